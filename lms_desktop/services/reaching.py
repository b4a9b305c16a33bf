"""How far a delete reaches: the live foreign keys walked from a table, whoever made them, as statements in sets.

Nothing is assumed of the tables but that they can be read: those of other programs have no `id`, keys of several
columns, rows that refer to rows of the same table. What cannot be counted is named, never left out in silence.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import text

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.services.joins import BY_TABLE

CASCADE, SET_NULL, SET_DEFAULT, RESTRICT, NO_ACTION = "c", "n", "d", "r", "a"
"""What PostgreSQL calls the rules of a foreign key in `pg_constraint.confdeltype`."""

_KEYS = text(
    """
    SELECT CASE WHEN pg_table_is_visible(child.oid) THEN child.relname::text ELSE cn.nspname || '.' || child.relname END
               AS child, quote_ident(cn.nspname) || '.' || quote_ident(child.relname) AS child_sql,
           CASE WHEN pg_table_is_visible(parent.oid) THEN parent.relname::text
                ELSE pn.nspname || '.' || parent.relname END AS parent,
           quote_ident(pn.nspname) || '.' || quote_ident(parent.relname) AS parent_sql,
           (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY AS k(num, n)
              JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.num) AS columns,
           (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(c.confkey) WITH ORDINALITY AS k(num, n)
              JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.num) AS parent_columns,
           (SELECT bool_or(a.attnotnull) FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (
               coalesce((SELECT array_agg(v::smallint) FROM json_array_elements_text(
                   nullif(row_to_json(c)->>'confdelsetcols', '')::json) AS v), c.conkey))) AS not_null,
           c.confdeltype::text AS rule, has_table_privilege(child.oid, 'SELECT') AS readable,
           has_table_privilege(child.oid, 'UPDATE') AND has_table_privilege(child.oid, 'DELETE') AS writable
      FROM pg_constraint c
      JOIN pg_class child ON child.oid = c.conrelid JOIN pg_namespace cn ON cn.oid = child.relnamespace
      JOIN pg_class parent ON parent.oid = c.confrelid JOIN pg_namespace pn ON pn.oid = parent.relnamespace
     WHERE c.contype = 'f' AND c.conparentid = 0
     ORDER BY child.relname, c.conkey, c.oid
    """
)


@dataclass(frozen=True)
class Reference:
    """A foreign key: `columns` of `child` refer to `parent_columns` of `parent`. Names with `_sql` are quoted.

    Attributes:
        rule: what happens to the child when the parent is deleted.
        not_null: one of the columns that the rule would empty takes no NULL.
        readable, writable: what this connection may do with the child.
    """

    child: str
    child_sql: str
    parent: str
    parent_sql: str
    columns: tuple[str, ...]
    parent_columns: tuple[str, ...]
    not_null: bool
    rule: str
    readable: bool
    writable: bool

    @property
    def forbids(self) -> bool:
        """Whether a row that refers by it stands in the way of the delete."""
        return self.rule in (RESTRICT, NO_ACTION) or (self.rule == SET_NULL and self.not_null)

    @property
    def name(self) -> str:
        """The columns as one name."""
        return ", ".join(self.columns)


def references(uow: UnitOfWork) -> tuple[Reference, ...]:
    """All foreign keys of the database."""
    found = []
    for row in uow.execute(_KEYS).mappings():
        columns = {name: tuple(row[name]) for name in ("columns", "parent_columns")}
        quoted_names = {name: row[name].replace(":", "\\:") for name in ("child_sql", "parent_sql")}
        found.append(Reference(**{**row, **columns, **quoted_names}))
    return tuple(found)


@dataclass(frozen=True)
class Reach:
    """The tables that a delete of rows of `start` reaches.

    Attributes:
        keys: the foreign keys of the database.
        going: the tables that cascades reach, each after those by which it is reached; `start` is the first.
        unknown: tables of which it cannot be said what would happen to their rows: not readable, or in a circle.
    """

    start: str
    start_sql: str
    keys: tuple[Reference, ...]
    going: tuple[str, ...] = field(init=False)
    unknown: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        reached = _reached(self.keys, self.start)
        order, placed = [self.start], {self.start}
        waiting = [name for name in reached if name != self.start]
        while ready := [n for n in waiting if self._parents(n, reached) <= placed]:
            order += ready
            placed |= set(ready)
            waiting = [name for name in waiting if name not in placed]
        unreadable = {k.child for k in self.keys if k.parent in reached and not k.readable}
        back = {self.start} if any(self._cascades(k) and k.child == self.start for k in self._between(reached)) else ()
        object.__setattr__(self, "going", tuple(order))
        object.__setattr__(self, "unknown", tuple(sorted({*waiting, *unreadable, *back})))

    @cached_property
    def sql(self) -> Mapping[str, str]:
        """Table → its quoted name."""
        return {self.start: self.start_sql, **{k.child: k.child_sql for k in self.keys}}

    def into(self, name: str) -> list[Reference]:
        """The cascades by which rows of a table go, those from the table itself apart."""
        if name == self.start:
            return []
        return [
            k for k in self.keys if k.child == name and self._cascades(k) and k.parent in self.going and not _own(k)
        ]

    def own(self, name: str) -> list[Reference]:
        """The cascades from a table to itself."""
        return [k for k in self.keys if k.child == name and self._cascades(k) and _own(k)]

    def touching(self) -> dict[str, list[Reference]]:
        """Table → the keys other than cascades by which the delete touches its rows."""
        found: dict[str, list[Reference]] = {}
        for key in self.keys:
            if key.parent in self.going and key.rule != CASCADE and key.readable:
                found.setdefault(key.child, []).append(key)
        return found

    def needed(self, name: str) -> list[str]:
        """The columns of a table by which others hang on it, and the id of one that is known here."""
        columns = {c for k in self.keys if k.parent == name for c in k.parent_columns}
        return sorted(columns | ({"id"} if name in BY_TABLE else set()))

    def has_children(self, name: str) -> bool:
        """Whether any table refers to it."""
        return any(key.parent == name for key in self.keys)

    def _parents(self, name: str, reached: Iterable[str]) -> set[str]:
        return {k.parent for k in self._between(reached) if k.child == name}

    def _between(self, reached: Iterable[str]) -> list[Reference]:
        within = set(reached)
        return [k for k in self.keys if self._cascades(k) and {k.child, k.parent} <= within and not _own(k)]

    @staticmethod
    def _cascades(key: Reference) -> bool:
        return key.rule == CASCADE and key.readable


def _own(key: Reference) -> bool:
    return key.child == key.parent


def _reached(keys: tuple[Reference, ...], start: str) -> tuple[str, ...]:
    found: dict[str, None] = {start: None}
    while more := [
        k.child for k in keys if k.rule == CASCADE and k.readable and k.parent in found and k.child not in found
    ]:
        found |= dict.fromkeys(more)
    return tuple(found)


# Statements. Sets of rows are told apart by where they stand (`tableoid`, `ctid`), which every table has.

Sets = Callable[[str], str]
"""Table that goes → the name under which a statement finds its rows that go."""


def quoted(name: str) -> str:
    """An identifier as SQL that `text` leaves alone."""
    return '"' + name.replace('"', '""').replace(":", "\\:") + '"'


def listed(columns: Iterable[str], alias: str) -> str:
    """Columns of an alias, with commas."""
    return ", ".join(f"{alias}.{quoted(column)}" for column in columns)


def hanging(key: Reference, sets: Sets, alias: str = "c") -> str:
    """The condition that a row of `alias` refers by this key to a row that goes."""
    columns = listed(key.columns, alias)
    return f"({columns}) IN (SELECT {listed(key.parent_columns, 'p')} FROM {sets(key.parent)} p)"


def going_tables(reach: Reach, most: int) -> tuple[str, Sets]:
    """`WITH` clauses for the rows that go, of each table at most one more than `most` by each way; and their names."""
    names = {name: f"lms_going_{i}" for i, name in enumerate(reach.going)}
    sets: Sets = names.__getitem__
    parts = []
    for name in reach.going:
        columns = listed(reach.needed(name), "c")
        shape = f"c.tableoid AS lms_table, c.ctid AS lms_place{', ' + columns if columns else ''}"
        source = f"FROM {reach.sql[name]} c"
        if name == reach.start:
            arms = [f"SELECT {shape} {source} WHERE c.id = ANY (CAST(:ids AS uuid[]))"]
        else:
            arms = [f"(SELECT {shape} {source} WHERE {hanging(k, sets)} LIMIT {most + 1})" for k in reach.into(name)]
        if own := reach.own(name):
            arms.append(f"SELECT {shape} {source}, {names[name]} p WHERE {' OR '.join(map(joined, own))}")
        parts.append(f"{names[name]} AS MATERIALIZED ({' UNION '.join(arms)})")
    return "WITH RECURSIVE " + ",\n".join(parts), sets


def joined(key: Reference) -> str:
    """The condition that a row `c` refers by this key to a row `p`."""
    return f"({listed(key.columns, 'c')}) = ({listed(key.parent_columns, 'p')})"


def touched_rows(reach: Reach, keys: list[Reference], sets: Sets, most: int) -> str:
    """A SELECT of the rows of one table that these keys touch, each once: its id as text where it has one, and a flag 0
    or 1 for each key. A row that goes itself is none of them, unless it stands in the way all the same."""
    flags = [f"lms_by_{i}" for i in range(len(keys))]
    identity = "c.id::text" if keys[0].child in BY_TABLE else "NULL::text"
    arms = []
    for place, key in enumerate(keys):
        said = ", ".join(f"{int(i == place)} AS {flag}" for i, flag in enumerate(flags))
        hard = int(key.rule == RESTRICT and key.child != reach.start)
        source = f"FROM {key.child_sql} c WHERE {hanging(key, sets)} LIMIT {most + 1}"
        shape = f"c.tableoid AS lms_table, c.ctid AS lms_place, {identity} AS lms_id"
        arms.append(f"(SELECT {shape}, {said}, {hard} AS hard {source})")
    sums = ", ".join(f"max({flag}) AS {flag}" for flag in flags)
    grouped = (
        f"SELECT lms_table, lms_place, max(lms_id) AS lms_id, {sums}, max(hard) AS hard"
        f" FROM ({' UNION ALL '.join(arms)}) a GROUP BY lms_table, lms_place"
    )
    if keys[0].child not in reach.going:
        return grouped
    gone = f"SELECT FROM {sets(keys[0].child)} g WHERE g.lms_table = t.lms_table AND g.lms_place = t.lms_place"
    return f"SELECT lms_id, {', '.join(flags)} FROM ({grouped}) t WHERE hard = 1 OR NOT EXISTS ({gone})"
