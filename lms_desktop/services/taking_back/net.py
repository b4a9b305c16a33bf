"""What an operation changed in the end, row by row, as relations that SQL can ask.

A row may stand in an operation several times: what counts is the row before the first time and after the last. Large
operations are unpacked once, into tables that end with the transaction; small ones, and those that are only looked at,
are unpacked in each statement.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.services.edits import BOOKKEEPING
from lms_desktop.services.taking_back.live import Live, literal, quoted

INSERT, UPDATE, DELETE = "I", "U", "D"
"""What the operation did to a row in the end; taking it back does the opposite."""

STAGED_FROM = 2_000
"""Changed rows from which on an operation is unpacked into tables."""

NEVER = frozenset({"refresh_tokens"})
"""Tables whose rows are never put back nor taken away: sessions of the web."""

_CHANGES = text(
    """
    SELECT entity, count(*), count(DISTINCT row_id), coalesce(bool_or(hidden IS NOT NULL), false)
      FROM lms_desktop.changes WHERE operation = :seq GROUP BY entity
    """
)

# Of each row that stands several times: per column the first value and the last.
_SEVERAL = """
    SELECT s.row_id, s.kind, v.before, v.after, s.n FROM (
        SELECT row_id, max(n) AS n, CASE WHEN (array_agg(action ORDER BY n))[1] = 'I' THEN 'I'
                 WHEN (array_agg(action ORDER BY n DESC))[1] = 'D' THEN 'D' ELSE 'U' END AS kind
          FROM lms_desktop.changes WHERE operation = :seq AND entity = {entity} GROUP BY row_id
        HAVING count(*) > 1
           AND NOT ((array_agg(action ORDER BY n))[1] = 'I' AND (array_agg(action ORDER BY n DESC))[1] = 'D')
    ) s CROSS JOIN LATERAL (
        SELECT json_object_agg(key, b.value) AS before, json_object_agg(key, a.value) AS after FROM
            (SELECT DISTINCT ON (j.key) j.key, j.value FROM lms_desktop.changes c, json_each_text(c.before) j
              WHERE c.row_id = s.row_id AND c.operation = :seq AND c.entity = {entity} ORDER BY j.key, c.n) b
            FULL JOIN
            (SELECT DISTINCT ON (j.key) j.key, j.value FROM lms_desktop.changes c, json_each_text(c.after) j
              WHERE c.row_id = s.row_id AND c.operation = :seq AND c.entity = {entity} ORDER BY j.key, c.n DESC) a
            USING (key) WHERE s.kind <> 'U' OR b.value IS DISTINCT FROM a.value
    ) v WHERE v.before IS NOT NULL
"""
_ONCE = """
    SELECT row_id, action::text AS kind, before, after, n FROM lms_desktop.changes
     WHERE operation = :seq AND entity = {entity}
"""
_ONLY_ONCE = """
    SELECT row_id, min(action::text) AS kind, (array_agg(before))[1] AS before, (array_agg(after))[1] AS after,
           min(n) AS n
      FROM lms_desktop.changes WHERE operation = :seq AND entity = {entity} GROUP BY row_id HAVING count(*) = 1
"""


@dataclass
class Net:
    """The net changes of one operation.

    Attributes:
        live: the tables as they are.
        seq: the operation's number in the log.
        places: table → the column that holds a place in a list.
        covered: numbers of operations that took some of it back already: their rows do not count any more.
        keys: (table, kind) → the columns in the images that still exist.
        counts: (table, kind) → rows.
        lost_columns: whether images hold columns that exist no more.
        hidden: tables in which a secret was changed.
        sessions: whether sessions of the web were among it.
    """

    uow: UnitOfWork
    live: Live
    seq: int
    places: dict[str, str]
    covered: list[int] = field(default_factory=list)
    keys: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    lost_columns: bool = False
    hidden: set[str] = field(default_factory=set)
    sessions: bool = False

    def __post_init__(self) -> None:
        self._tables: dict[str, bool] = {}
        self._staged: dict[tuple[str, str], str] = {}
        self._only: dict[str, list[str]] | None = None
        self._out: dict[str, list[str]] = {}
        self.size = 0

    def open(self, *, stage: bool) -> None:
        """Learn what there is; with `stage` unpack a large operation into tables."""
        for entity, rows, distinct, hidden in self.ask(_CHANGES):
            if entity in NEVER:
                self.sessions = True
            elif entity in self.live.tables:
                self._tables[entity] = rows != distinct
                self.size += rows
                if hidden:
                    self.hidden.add(entity)
            else:
                self.lost_columns = True
        for table in self._tables:
            for kind in (INSERT, UPDATE, DELETE):
                self._learn_keys(table, kind)
        if stage and self.size >= STAGED_FROM and self._may_stage():
            self._stage()
        self.count()

    def keep_only(self, rows: dict[str, list[str]]) -> None:
        """From now on it is about these rows alone (table → ids); others are not known any more."""
        self._only = rows
        for (table, _), name in self._staged.items():
            self.ask(
                text(f"DELETE FROM {name} WHERE NOT row_id = ANY(CAST(:ids AS uuid[]))"), {"ids": rows.get(table, [])}
            )
        self.count()

    def leave_out(self, rows: Iterable[tuple[str, str]]) -> None:
        """Leave these rows, (table, id), as they are."""
        by_table: dict[str, list[str]] = {}
        for table, row_id in rows:
            by_table.setdefault(table, []).append(row_id)
        for table, ids in by_table.items():
            self._out[table] = [*self._out.get(table, []), *ids]
            for kind in (INSERT, UPDATE, DELETE):
                if name := self._staged.get((table, kind)):
                    self.ask(text(f"DELETE FROM {name} WHERE row_id = ANY(CAST(:ids AS uuid[]))"), {"ids": ids})
        self.count()

    def lacks(self, table: str) -> bool:
        """Whether rows of the table that the operation changed are left as they are."""
        return bool(self._out.get(table))

    def ask(self, statement: Any, more: dict[str, Any] | None = None) -> Any:
        """Run a statement that speaks of these relations."""
        parameters = {"seq": self.seq, "covered": self.covered, **(more or {})}
        parameters |= {f"out_{table}": ids for table, ids in self._out.items()}
        if self._only is not None:
            parameters |= {f"only_{table}": self._only.get(table, []) for table in self._tables}
        return self.uow.execute(statement, parameters)

    def has(self, table: str, kind: str) -> bool:
        """Whether the operation did this to rows of the table."""
        return self.counts.get((table, kind), 0) > 0

    def tables(self, kind: str) -> tuple[str, ...]:
        """The tables to whose rows it did this, parents before children."""
        return tuple(table for table in self.live.parents_first() if self.has(table, kind))

    def rows(self, table: str, kind: str) -> str:
        """The rows as something that can stand in FROM.

        Of inserted and deleted rows `row_id`, `n` and each column (`v_…`, typed) as it was last or first; of updated
        ones `row_id`, `n`, `before`, `after` (json of texts) and `substance`: whether it is about more than a place.
        """
        return self._staged.get((table, kind)) or f"({self._unpacked(table, kind)})"

    def aside(self, table: str) -> tuple[str, ...]:
        """Columns whose present value nobody is asked about."""
        return tuple(sorted(BOOKKEEPING)) + ((self.places[table],) if table in self.places else ())

    def count(self) -> None:
        """Count the rows again."""
        wanted = [
            (table, kind) for table in self._tables for kind in (INSERT, UPDATE, DELETE) if self.keys[table, kind]
        ]
        self.counts = {}
        if wanted:
            parts = [
                f"SELECT {literal(table)}, '{kind}', count(*) FROM {self.rows(table, kind)} r" for table, kind in wanted
            ]
            self.counts = {(t, k): n for t, k, n in self.ask(text(" UNION ALL ".join(parts))) if n}

    # Unpacking

    def _learn_keys(self, table: str, kind: str) -> None:
        image = "after" if kind == INSERT else "before"
        if kind == UPDATE:
            found = f"SELECT DISTINCT json_object_keys(before) FROM ({self._net(table)}) r WHERE kind = 'U'"
        else:
            one = f"SELECT {image} FROM ({self._net(table)}) r WHERE kind = '{kind}' LIMIT 1"
            found = f"SELECT json_object_keys({image}) FROM ({one}) r"
        names = set(self.ask(text(found)).scalars())
        columns = self.live.tables[table].columns
        self.lost_columns = self.lost_columns or bool(names - set(columns))
        self.keys[table, kind] = tuple(c for c in columns if c in names and not columns[c].generated)

    def _net(self, table: str) -> str:
        entity = literal(table)
        if not self._tables[table]:
            return _ONCE.format(entity=entity)
        return f"{_ONLY_ONCE.format(entity=entity)} UNION ALL {_SEVERAL.format(entity=entity)}"

    def _unpacked(self, table: str, kind: str) -> str:
        conditions = [f"s.kind = '{kind}'"]
        if self.covered:
            conditions.append(
                "NOT EXISTS (SELECT FROM lms_desktop.changes k WHERE k.operation = ANY(CAST(:covered AS bigint[]))"
                f" AND k.entity = {literal(table)} AND k.row_id = s.row_id)"
            )
        if self._only is not None:
            conditions.append(f"s.row_id = ANY(CAST(:only_{table} AS uuid[]))")
        if self._out.get(table):
            conditions.append(f"NOT s.row_id = ANY(CAST(:out_{table} AS uuid[]))")
        keys = self.keys[table, kind]
        if kind == UPDATE:
            some, more = (
                f"EXISTS (SELECT FROM json_object_keys(s.before) k WHERE k = ANY({_array(names)}))"
                for names in (
                    [k for k in keys if k not in BOOKKEEPING],
                    [k for k in keys if k not in self.aside(table)],
                )
            )
            conditions.append(some)
            shown, joined = f"s.before, s.after, {more} AS substance", ""
        else:
            columns = self.live.tables[table].columns
            shown = ", ".join(f"x.{quoted(k)}::{columns[k].type} AS {quoted('v_' + k)}" for k in keys)
            image = "after" if kind == INSERT else "before"
            named = ", ".join(f"{quoted(k)} text" for k in keys)
            joined = f" CROSS JOIN LATERAL json_to_record(s.{image}) AS x({named})"
        return f"SELECT s.row_id, s.n, {shown} FROM ({self._net(table)}) s{joined} WHERE {' AND '.join(conditions)}"

    def _may_stage(self) -> bool:
        return bool(self.ask(text("SELECT has_database_privilege(current_database(), 'TEMPORARY')")).scalar_one())

    def _stage(self) -> None:
        for table in self._tables:
            for kind in (INSERT, UPDATE, DELETE):
                if not self.keys[table, kind]:
                    continue
                name = quoted(f"lms_{self.seq}_{kind}_{table}"[:60])
                self.ask(text(f"CREATE TEMP TABLE {name} ON COMMIT DROP AS {self._unpacked(table, kind)}"))
                self.ask(text(f"ANALYZE {name}"))
                self._staged[table, kind] = name


def _array(names: Iterable[str]) -> str:
    return f"ARRAY[{', '.join(literal(name) for name in names)}]::text[]"
