"""A large tree of rows deleted in chunks from below: progress can be told, and a cancel comes through in a moment.

The rows that go and that others refer to are locked and noted in temporary tables, which is at once their count: no
counting beforehand doubles the time. They are deleted by ranges, those farthest from the root first. What hangs on them
goes by PostgreSQL's own cascades: deleting it first, and having the cascades look for it in vain, takes longer.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.errors.kinds import N_
from lms_desktop.errors.sentences import Sentence
from lms_desktop.errors.words import many
from lms_desktop.services.impact import DELETED, MOST, Effect, Impact, touched
from lms_desktop.services.joins import BY_TABLE
from lms_desktop.services.reaching import Reach, Reference, hanging, joined, listed

Progress = Callable[[float, str], None]
"""Takes the fraction done and the words behind "Deleting … · "; raises when the delete is to stop."""

CHUNK = 10_000
"""About so many rows go with one statement."""

_MAY_MAKE_TABLES = text("SELECT has_database_privilege(current_database(), 'TEMP')")


def can_be_chunked(uow: UnitOfWork, reach: Reach) -> bool:
    """Whether this tree can be deleted in chunks: nothing in it is unknown or refers to itself, and the connection may
    make temporary tables."""
    if reach.unknown or any(map(reach.own, reach.going)):
        return False
    return bool(uow.execute(_MAY_MAKE_TABLES).scalar_one())


@dataclass
class LargeDelete:
    """A large tree on its way out: first `count`, then `delete`, in one transaction, on rows that are locked already.

    Attributes:
        mark: tells its temporary tables from those of another delete in the same transaction.
        kept: table → the temporary table of its rows that go, and how many they are.
        weight: table → about how many rows go with each of those.
    """

    uow: UnitOfWork
    reach: Reach
    entity: Any
    ids: tuple[str, ...]
    progress: Progress
    mark: str = field(default_factory=lambda: uuid4().hex[:8])
    kept: dict[str, tuple[str, int]] = field(default_factory=dict)
    weight: dict[str, float] = field(default_factory=dict)

    def count(self) -> Impact:
        """Lock, note and count."""
        for name in self.reach.going:
            if name == self.reach.start or self.reach.has_children(name) or name in self.reach.touching():
                self._keep(name)
        effects = []
        for name in self.reach.going[1:]:
            self._tell(0, N_("counting {things}…"), name)
            number = self.kept[name][1] if name in self.kept else self._count_leaves(name)
            effects.append(Effect(name, DELETED, number, tuple(key.name for key in self.reach.into(name))))
        for asked in touched(self.reach, self._set, MOST):
            self._tell(0, N_("counting {things}…"), asked.table)
            effects.append(asked.effect(self.uow.execute(text(asked.sql)).one()))
        return Impact(self.entity, self.ids, tuple(e for e in effects if e.count))

    def delete(self) -> None:
        """Delete all that was counted."""
        whole = sum(self.weight[name] * rows for name, (_, rows) in self.kept.items())
        gone = 0.0
        for name in self._leaves_first():
            key = self._identity(name)
            if not key or not self._writable(name):
                continue
            kept, rows = self.kept[name]
            step = max(1, int(CHUNK / self.weight[name]))
            match = f"({listed(key, 'c')}) = ({listed(key, 'p')})"
            which = f"{match} AND p.lms_n > :low AND p.lms_n <= :high"
            statement = text(f"DELETE FROM {self.reach.sql[name]} c USING {kept} p WHERE {which}")
            for low in range(0, rows, step):
                self._tell(gone / max(whole, 1), N_("{things}…"), name)
                self.uow.execute(statement, {"low": low, "high": low + step})
                gone += self.weight[name] * min(step, rows - low)
        self.progress(1, Sentence(N_("finishing…")))

    def _leaves_first(self) -> list[str]:
        """The tables noted, each behind those that go with it, and of several the one with most rows first: what hangs
        on two of them then goes in the smaller portions."""
        order: list[str] = []
        left = set(self.kept)
        while left:
            parents = {key.parent for name in left for key in self.reach.into(name)}
            order.append(max(left - parents, key=lambda name: (self.kept[name][1], name)))
            left.remove(order[-1])
        return order

    def _keep(self, name: str) -> None:
        """Lock the rows of a table that go and note them."""
        reach, kept = self.reach, f"pg_temp.lms_going_{self.mark}_{len(self.kept)}"
        needed = reach.needed(name)
        shape = ", ".join(["c.tableoid AS lms_table", "c.ctid AS lms_place", *(listed([n], "c") for n in needed)])
        kept_columns = ", ".join(["r.lms_table", "r.lms_place", *(listed([n], "r") for n in needed)])
        lock = " FOR UPDATE OF c" if self._writable(name) else ""
        again = f"NOT EXISTS (SELECT FROM {kept} k WHERE k.lms_table = c.tableoid AND k.lms_place = c.ctid)"
        rows, head = 0, f"CREATE TEMP TABLE {kept.removeprefix('pg_temp.')} ON COMMIT DROP AS"
        for condition in [hanging(key, self._set) for key in reach.into(name)] or ["c.id = ANY (CAST(:ids AS uuid[]))"]:
            self._tell(0, N_("counting {things}…"), name)
            new = f"{condition} AND {again}" if rows else condition
            found = f"SELECT {shape} FROM {reach.sql[name]} c WHERE {new}{lock}"
            statement = f"{head} SELECT {rows} + row_number() OVER () AS lms_n, {kept_columns} FROM ({found}) r"
            result: Any = self.uow.execute(text(statement), {"ids": list(self.ids)} if ":ids" in statement else {})
            rows += int(result.rowcount)
            head = f"INSERT INTO {kept}"
        self.uow.execute(text(f"ANALYZE {kept}"))
        self.kept[name], self.weight[name] = (kept, rows), 1.0

    def _set(self, name: str) -> str:
        return self.kept[name][0]

    def _count_leaves(self, name: str) -> int:
        """Count the rows of a table that go and that nothing refers to, each once; each belongs to the first of the
        ways by which it goes, and those with the most rows to go by come first."""
        found = 0
        ways = sorted(self.reach.into(name), key=lambda key: -self.kept[key.parent][1])
        for place, way in enumerate(ways):
            others = "".join(f" AND NOT {self._hangs(other)}" for other in ways[:place])
            sql = f"SELECT count(*) FROM {self.reach.sql[name]} c WHERE {hanging(way, self._set)}{others}"
            number = int(self.uow.execute(text(sql)).scalar_one())
            self.weight[way.parent] += number / max(self.kept[way.parent][1], 1)
            found += number
        return found

    def _hangs(self, key: Reference) -> str:
        return f"EXISTS (SELECT FROM {self._set(key.parent)} p WHERE {joined(key)})"

    def _identity(self, name: str) -> list[str]:
        """Columns that tell the rows of a table apart."""
        if name in BY_TABLE:
            return ["id"]
        return next((list(key.parent_columns) for key in self.reach.keys if key.parent == name), [])

    def _writable(self, name: str) -> bool:
        return all(key.writable for key in self.reach.into(name))

    def _tell(self, fraction: float, template: str, table: str) -> None:
        things = many(table) if table in BY_TABLE else table.replace("_", " ")
        self.progress(min(fraction, 0.99), Sentence(template, ("things",), things=things))
