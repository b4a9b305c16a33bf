"""What a delete takes with it, by walking the live foreign keys: rows that go, that are emptied, that forbid it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, text

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import Certificate
from lms_desktop.services import gate
from lms_desktop.services.joins import BY_TABLE
from lms_desktop.services.reaching import (
    SET_DEFAULT,
    SET_NULL,
    Reach,
    Reference,
    Sets,
    going_tables,
    references,
    touched_rows,
)

DELETED, EMPTIED, RESET, MOVED, FORBIDDING = "delete", "empty", "reset", "move", "forbid"

MOST = 1_000_000
"""Rows of one table that are counted; beyond that it is "more than"."""

SAMPLES = 3
"""Rows of each effect that are named."""


@dataclass(frozen=True)
class Effect:
    """`count` rows of `table` that the delete changes. `columns` are the references concerned.

    Attributes:
        action: DELETED, EMPTIED (SET NULL), RESET (SET DEFAULT), MOVED (another place in a list) or FORBIDDING.
        each: how many rows each of the columns is about; a row that loses two of them counts twice here.
        more: there are more than `count`, which is MOST.
        samples: the ids of a few of the rows, and in `names` what people call them, as far as they may see them.
    """

    table: str
    action: str
    count: int
    columns: tuple[str, ...]
    each: tuple[int, ...] = ()
    more: bool = False
    samples: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def entity(self) -> type | None:
        """The entity of the table; None for a table that this application does not know."""
        return BY_TABLE.get(self.table)


@dataclass(frozen=True)
class Impact:
    """All effects of deleting `ids` of `entity`, those rows themselves not among them. `unknown` are tables of which it
    cannot be said what would happen to their rows."""

    entity: type
    ids: tuple[str, ...]
    effects: tuple[Effect, ...]
    unknown: tuple[str, ...] = ()

    def of(self, action: str) -> tuple[Effect, ...]:
        """The effects of one kind."""
        return tuple(effect for effect in self.effects if effect.action == action)

    @property
    def forbidden(self) -> bool:
        """Whether something stands in the way."""
        return bool(self.of(FORBIDDING))

    @property
    def certificates(self) -> int:
        """How many certificates would go."""
        return sum(e.count for e in self.of(DELETED) if e.entity is Certificate)

    @property
    def rows(self) -> int:
        """How many rows would change, those deleted themselves included, as far as they were counted."""
        return len(self.ids) + sum(e.count for e in self.effects if e.action != FORBIDDING)

    def differs(self, now: "Impact | Mapping[str, int]") -> bool:
        """Whether these are other figures than those of `now`, which may be only the rows that go, by table. A figure
        that was not counted to its end stands for all that are not smaller."""
        if isinstance(now, Impact):
            agreed = {(e.action, e.table): e for e in self.effects if e.action not in (FORBIDDING, MOVED)}
            found = {(e.action, e.table): e for e in now.effects if e.action not in (FORBIDDING, MOVED)}
            return agreed.keys() != found.keys() or any(
                not (e.more and found[key].count >= e.count) and found[key].count != e.count
                for key, e in agreed.items()
            )
        return {e.table: e.count for e in self.of(DELETED)} != {name: count for name, count in now.items() if count}


def impact(uow: UnitOfWork, entity: Any, ids: Iterable[str], most: int = MOST) -> Impact:
    """Count what deleting these rows would do, in sets. Raises Denied where the actor may not delete them."""
    wanted = tuple(ids)
    gate.require(uow, entity, "delete", wanted)
    return count(uow, reach_of(uow, entity), entity, wanted, most)


def reach_of(uow: UnitOfWork, entity: Any) -> Reach:
    """How far a delete of rows of this entity reaches."""
    name = entity.__tablename__
    return Reach(name, name, references(uow))


def count(uow: UnitOfWork, reach: Reach, entity: Any, ids: tuple[str, ...], most: int = MOST) -> Impact:
    """Count in one statement; the gate has been asked."""
    clauses, sets = going_tables(reach, most)
    asked = [*_going(reach, sets, len(set(ids))), *touched(reach, sets, most)]
    if not asked:
        return Impact(entity, ids, (), reach.unknown)
    selects = " UNION ALL ".join(
        f"SELECT {i} AS place, q.number, q.each, q.samples FROM ({a.sql}) q" for i, a in enumerate(asked)
    )
    rows = uow.execute(text(f"{clauses}\n{selects} ORDER BY 1"), {"ids": list(ids)}).all()
    effects = (asked[row.place].effect(row, most) for row in rows)
    return Impact(entity, ids, tuple(e for e in effects if e.count), reach.unknown)


@dataclass(frozen=True)
class Asked:
    """A SELECT of one row (number, numbers of each column, sample ids) and what it is about."""

    table: str
    action: str
    columns: tuple[str, ...]
    sql: str
    every_column: bool = False

    def effect(self, row: Any, most: int = MOST) -> Effect:
        """The effect that its answer says."""
        number, each = int(row.number), tuple(int(n or 0) for n in row.each or ())
        columns, counts = self.columns, each
        if not self.every_column:
            there = [(c, n) for c, n in zip(columns, each, strict=True) if n]
            columns, counts = tuple(c for c, _ in there), tuple(n for _, n in there)
        return Effect(
            self.table, self.action, min(number, most), columns, counts, number > most, tuple(row.samples or ())
        )


def _going(reach: Reach, sets: Sets, roots: int) -> list[Asked]:
    found = []
    for name in reach.going:
        keys = reach.into(name) or reach.own(name)
        if not keys:
            continue
        minus = f" - {roots}" if name == reach.start else ""
        samples = f"ARRAY(SELECT id::text FROM {sets(name)} LIMIT {SAMPLES})" if name in BY_TABLE else "NULL::text[]"
        sql = (
            f"SELECT (SELECT count(*){minus} FROM {sets(name)}) AS number, NULL::bigint[] AS each, {samples} AS samples"
        )
        columns = tuple(dict.fromkeys(key.name for key in keys))
        found.append(Asked(name, DELETED, columns, sql, every_column=True))
    return found


def touched(reach: Reach, sets: Sets, most: int) -> list[Asked]:
    """What asks for the rows that the delete empties, sets back, or that forbid it."""
    found = []
    for name, keys in reach.touching().items():
        for action, of_this in _by_action(keys).items():
            flags = [f"lms_by_{i}" for i in range(len(of_this))]
            sums = ", ".join(f"sum({flag})" for flag in flags)
            rows = touched_rows(reach, of_this, sets, most)
            sql = (
                f"SELECT count(*) AS number, ARRAY[{sums}]::bigint[] AS each,"
                f" array_agg(lms_id) FILTER (WHERE lms_n <= {SAMPLES}) AS samples"
                f" FROM (SELECT lms_id, {', '.join(flags)}, row_number() OVER () AS lms_n FROM ({rows}) t) r"
            )
            found.append(Asked(name, action, tuple(key.name for key in of_this), sql))
    order = (EMPTIED, RESET, FORBIDDING)
    return sorted(found, key=lambda asked: order.index(asked.action))


def _by_action(keys: list[Reference]) -> dict[str, list[Reference]]:
    found: dict[str, list[Reference]] = {}
    for key in keys:
        action = FORBIDDING if key.forbids else {SET_NULL: EMPTIED, SET_DEFAULT: RESET}[key.rule]
        found.setdefault(action, []).append(key)
    return found


def version_text(entity: Any) -> ColumnElement[str]:
    """The row's version (`xmin`) as text."""
    return cast(entity.xmin, Text)
