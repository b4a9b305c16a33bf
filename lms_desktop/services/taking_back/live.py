"""The tables as they are now: their columns, unique keys and references. A revision may have changed them since."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import text

from lms_desktop.database.unit_of_work import UnitOfWork

_COLUMNS = text(
    """
    SELECT t.name, a.attname, format_type(a.atttypid, NULL), a.attnotnull,
           a.atthasdef OR a.attidentity <> '', a.attgenerated <> '',
           a.attname ~* '(password|passwd|secret|token|otp)', has_table_privilege(a.attrelid, 'UPDATE')
      FROM unnest(CAST(:names AS text[])) AS t(name)
      JOIN pg_attribute a ON a.attrelid = to_regclass(quote_ident(t.name)) AND a.attnum > 0 AND NOT a.attisdropped
     ORDER BY t.name, a.attnum
    """
)
_UNIQUES = text(
    """
    SELECT DISTINCT t.name, ARRAY(
             SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place)
               JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
              WHERE k.place <= i.indnkeyatts ORDER BY k.place)
      FROM unnest(CAST(:names AS text[])) AS t(name)
      JOIN pg_index i ON i.indrelid = to_regclass(quote_ident(t.name))
     WHERE i.indisunique AND NOT i.indisprimary AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
    """
)
_REFERENCES = text(
    """
    SELECT c.conrelid::regclass::text, coalesce(child.name, ''), ca.attname, parent.name, pa.attname
      FROM pg_constraint c
      JOIN unnest(CAST(:names AS text[])) AS parent(name) ON c.confrelid = to_regclass(quote_ident(parent.name))
      LEFT JOIN unnest(CAST(:names AS text[])) AS child(name) ON c.conrelid = to_regclass(quote_ident(child.name))
      JOIN pg_attribute ca ON ca.attrelid = c.conrelid AND ca.attnum = c.conkey[1]
      JOIN pg_attribute pa ON pa.attrelid = c.confrelid AND pa.attnum = c.confkey[1]
     WHERE c.contype = 'f' AND array_length(c.conkey, 1) = 1 AND c.conparentid = 0
     ORDER BY 1, 3
    """
)


@dataclass(frozen=True)
class Column:
    """A column: `type` as SQL writes it, without a length. `made` says that the database makes a value itself."""

    name: str
    type: str
    not_null: bool
    made: bool
    generated: bool
    secret: bool


@dataclass(frozen=True)
class Reference:
    """A foreign key. `child_sql` is the child's table as SQL writes it, `child` its name if it is logged, else ""."""

    child_sql: str
    child: str
    column: str
    parent: str
    parent_column: str


@dataclass(frozen=True)
class LiveTable:
    """A table: columns by name, unique keys beside the id, whether its rows may be locked by this connection."""

    name: str
    columns: Mapping[str, Column]
    uniques: tuple[tuple[str, ...], ...]
    lockable: bool


@dataclass(frozen=True)
class Live:
    """The log's tables that exist, by name, and all references to them."""

    tables: Mapping[str, LiveTable]
    references: tuple[Reference, ...]

    @classmethod
    def look(cls, uow: UnitOfWork, names: Iterable[str]) -> "Live":
        """Read the catalogue; three statements."""
        asked = {"names": sorted(names)}
        columns: dict[str, dict[str, Column]] = {}
        lockable: dict[str, bool] = {}
        for table, name, kind, not_null, made, generated, secret, may in uow.execute(_COLUMNS, asked):
            columns.setdefault(table, {})[name] = Column(name, kind, not_null, made, generated, secret)
            lockable[table] = may
        uniques: dict[str, list[tuple[str, ...]]] = {}
        for table, key in uow.execute(_UNIQUES, asked):
            uniques.setdefault(table, []).append(tuple(key))
        tables = {
            name: LiveTable(name, found, tuple(sorted(uniques.get(name, []))), lockable[name])
            for name, found in columns.items()
        }
        return cls(tables, tuple(Reference(*row) for row in uow.execute(_REFERENCES, asked)))

    def parents_first(self) -> tuple[str, ...]:
        """The tables, each after those that it refers to; a cycle is cut where it closes."""
        order: dict[str, None] = {}
        path: set[str] = set()

        def visit(name: str) -> None:
            if name in order or name in path:
                return
            path.add(name)
            for reference in self.references:
                if reference.child == name:
                    visit(reference.parent)
            path.discard(name)
            order[name] = None

        for name in sorted(self.tables):
            visit(name)
        return tuple(order)

    def of_child(self, table: str) -> tuple[Reference, ...]:
        """What the table refers to."""
        return tuple(r for r in self.references if r.child == table)

    def to_parent(self, table: str) -> tuple[Reference, ...]:
        """What refers to the table."""
        return tuple(r for r in self.references if r.parent == table)


def quoted(name: str) -> str:
    """A name as SQL writes it, also within `sqlalchemy.text`."""
    return '"' + name.replace('"', '""').replace(":", "\\:") + '"'


def literal(value: str) -> str:
    """A text as SQL writes it, also within `sqlalchemy.text`."""
    return "'" + value.replace("'", "''").replace(":", "\\:") + "'"
