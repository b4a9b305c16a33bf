"""Anchors by hops along an index: each a look into it, and the exact count with them.

The rows are parted by keys that are about equally far from each other. Several readers, each in a transaction of its
own, take one part after the other: a server with two processors is through in half the time, without the processes that
it would have to begin for a statement of many workers.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import text

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.services.positions import Anchors, Key


@dataclass(frozen=True)
class Own:
    """An order by the id, or by one column of the table itself: `column` is None, or quoted."""

    table: str
    column: str | None
    descending: bool

    @property
    def keys(self) -> list[str]:
        """The columns that it is by."""
        return [*([self.column] if self.column else []), "id"]


class Division(NamedTuple):
    """How a survey is divided: rows from one anchor to the next, and the keys at which one part ends and the next
    begins."""

    step: int
    cuts: Sequence[Key]


class _Part(NamedTuple):
    """The rows behind one key (None: from the first on) up to another (None: to the last)."""

    number: int
    behind: Key | None
    upto: Key | None


class _Found(NamedTuple):
    """The keys met on the way through a part, a step from each other, and how many rows it has."""

    keys: list[Key]
    rows: int


class Shared:
    """A survey that several readers may share in. To be used from their threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = False
        self._step = 0
        self._left: list[_Part] | None = None
        self._found: list[_Found | None] = []

    def is_mine(self) -> bool:
        """Where it cannot be shared: whether nobody else has begun with it."""
        with self._lock:
            taken, self._taken = self._taken, True
            return not taken

    def survey(self, uow: UnitOfWork, own: Own, divide: Callable[[], Division]) -> Anchors | None:
        """Take part: go through one part after the other until none is left. All anchors for whoever ends last, None
        for the others. The first to come divides it."""
        with self._lock:
            if self._left is None:
                self._step, cuts = divide()
                edges = [None, *cuts, None]
                self._left = [_Part(i, edges[i], edges[i + 1]) for i in range(len(edges) - 1)]
                self._found = [None] * len(self._left)
        while True:
            with self._lock:
                if not self._left:
                    return None
                part = self._left.pop(0)
            found = _go_through(uow, own, part, self._step)
            with self._lock:
                self._found[part.number] = found
                there = [one for one in self._found if one is not None]
                if len(there) == len(self._found):
                    return self._together(there)

    def _together(self, found: Sequence[_Found]) -> Anchors:
        places, keys, before = list[int](), list[Key](), 0
        for part in found:
            places += range(before + self._step, before + self._step * len(part.keys) + 1, self._step)
            keys += part.keys
            before += part.rows
        return Anchors(places, keys, before)


def _go_through(uow: UnitOfWork, own: Own, part: _Part, step: int) -> _Found:
    """The anchors of a part and its rows, in one statement; one more where it has not as many rows as a step."""
    columns, way = own.keys, "DESC" if own.descending else "ASC"
    names = [f"k{i}" for i in range(len(columns))]
    taken = ", ".join(f"t.{column} AS {name}" for column, name in zip(columns, names, strict=True))
    order = ", ".join(f"t.{column} {way}" for column in columns)
    here, there = ", ".join(f"t.{column}" for column in columns), ", ".join(f"hop.{name}" for name in names)
    beyond, within = (f"({here}) {'<' if own.descending else '>'}", f"({here}) {'>=' if own.descending else '<='}")
    bounds = {f"{edge}{i}": k for edge in ("behind", "upto") for i, k in enumerate(getattr(part, edge) or ())}
    bound = {edge: ", ".join(f":{edge}{i}" for i in range(len(columns))) for edge in ("behind", "upto")}
    first = [f"{beyond} ({bound['behind']})"] if part.behind is not None else []
    last = [f"{within} ({bound['upto']})"] if part.upto is not None else []
    shown = ", ".join(f"CAST({name} AS text)" for name in names)
    rest = _where([f"{beyond} (SELECT {there} FROM hop ORDER BY n DESC LIMIT 1)", *last])
    statement = (
        f"WITH RECURSIVE hop AS ((SELECT CAST(1 AS bigint) AS n, {taken} FROM {own.table} t{_where([*first, *last])}"
        f" ORDER BY {order} OFFSET :skip LIMIT 1) UNION ALL"
        f" SELECT hop.n + 1, {', '.join(f'x.{name}' for name in names)} FROM hop CROSS JOIN LATERAL (SELECT {taken}"
        f" FROM {own.table} t{_where([f'{beyond} ({there})', *last])} ORDER BY {order} OFFSET :skip LIMIT 1) x)"
        f" SELECT n, {shown} FROM hop UNION ALL"
        f" SELECT (SELECT count(*) FROM {own.table} t{rest}), {', '.join('NULL' for _ in names)}"
    )
    *hops, (more, *_) = uow.execute(text(statement), {"skip": step - 1, **bounds}).all()
    if not hops:
        counted = text(f"SELECT count(*) FROM {own.table} t{_where([*first, *last])}")
        more = uow.execute(counted, bounds).scalar_one()
    return _Found([tuple(row[1:]) for row in hops], len(hops) * step + int(more))


def _where(conditions: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""
