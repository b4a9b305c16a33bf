"""About where rows stand, as the server's statistics have it: known at once, before anybody has read them.

Of each column PostgreSQL keeps a sample: values that many rows have, with their shares, values that part the others
evenly, and the share of NULLs. Of a row that is referred to, these tell where the rows stand that refer to it, where
about as many refer to each; which of them many rows refer to, it keeps as well.
"""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import String, text
from sqlalchemy.dialects.postgresql.base import PGDialect

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.services.page_statements import Ordering
from lms_desktop.services.plans import Plan
from lms_desktop.services.positions import Anchors, id_of

FURTHEST = 20_000
"""So many rows of an index are read past for a first guess."""
STEP = 2000
"""Rows from one guessed place to the next, at least, among those that have one key."""
SCATTER = 0.02
"""By so much of the whole range a sample of ids that were drawn from it at random may be off: many times its error."""
EVENLY = 500
"""In so many parts at most the range of such ids is parted, and the rows that have one key."""
ALL_BUT = 0.999
"""Nearly all rows of one value stand before its last ones."""
UNKNOWN = 0.02
"""The share of rows of which the statistics may tell nothing."""
FIRST_ID, LAST_ID = "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"

_IDS = 1 << 128
_DIALECT = PGDialect()  # type: ignore[no-untyped-call]
quote = _DIALECT.identifier_preparer.quote

Tail = tuple[str | None, ...]
"""The last parts of a key."""


def guess(uow: UnitOfWork, plan: Plan, *, reads_on: bool) -> Anchors | None:
    """Anchors as the server's statistics have them; None where they do not tell. `reads_on`: an index leads from one on
    through the rows behind it."""
    total, bounds = _ids(uow, plan)
    if total < 1:
        return None
    ties = Ids(bounds, descending=plan.tie_descends)
    if not plan.orderings:
        if ties.random:
            return _evenly(total, descending=plan.tie_descends)
        places = [round(i * total / (len(bounds) - 1)) for i in range(1, len(bounds) - 1)]
        inner = ties.bounds[1:-1]
        return Anchors(places, [(bound,) for bound in inner], total, furthest=FURTHEST) if inner else None
    spread: Ids | Spread = ties
    for ordering in reversed(plan.orderings):
        steps = _steps(uow, ordering)
        if not steps:
            return None
        spread = Spread(steps, spread)
    assert isinstance(spread, Spread)
    shares, keys = spread.parts(max(STEP, total / EVENLY) / total)
    places = [round(share * total) for share in shares]
    return Anchors(places, keys, total, furthest=FURTHEST if reads_on else 0, between=True) if keys else None


class Step(NamedTuple):
    """A value, the share of the rows that stand before it, and of those that have it: 0 where few do."""

    value: str | None
    before: float
    share: float


class Ids:
    """How ids are spread that end the ties of an order."""

    def __init__(self, bounds: Sequence[str], *, descending: bool) -> None:
        self.random = len(bounds) > 1 and _are_random(bounds)
        self.bounds = bounds[::-1] if descending else bounds
        self._descending = descending

    @property
    def lowest(self) -> Tail:
        """What no id stands before."""
        return (LAST_ID if self._descending else FIRST_ID,)

    def at(self, share: float) -> Tail:
        """Before what about that share of the rows stands."""
        if self.random:
            place = 1 - share if self._descending else share
            return (id_of(f"{min(max(int(place * _IDS), 0), _IDS - 1):032x}"),)
        return (self.bounds[int(share * (len(self.bounds) - 1))],) if len(self.bounds) > 1 else self.lowest


class Spread:
    """How the values are spread that an order is by, and those behind them that end their ties."""

    def __init__(self, steps: Sequence[Step], ties: "Ids | Spread") -> None:
        self._steps, self._ties = steps, ties

    @cached_property
    def lowest(self) -> Tail:
        """What hardly a row stands before."""
        return (self._steps[0].value, *self._ties.lowest)

    def at(self, share: float) -> Tail:
        """Before what about that share of the rows stands."""
        behind = bisect_right(self._steps, share, key=lambda step: step.before)
        step = self._steps[max(behind - 1, 0)]
        within = (share - step.before) / step.share if step.share else 0
        if within >= 1 and behind < len(self._steps):  # behind all that have this value: there are few before the next
            step, within = self._steps[behind], 0
        return (step.value, *(self._ties.at(min(within, ALL_BUT)) if within > 0 else self._ties.lowest))

    def parts(self, part: float) -> tuple[list[float], list[Tail]]:
        """Keys in their order, from one to the next about `part` of the rows where many have one value, and the share
        of the rows before each."""
        shares, keys = list[float](), list[Tail]()
        for step in self._steps:
            number = max(round(step.share / part), 1)
            for i in range(number):
                shares.append(step.before + i * step.share / number)
                keys.append((step.value, *(self._ties.at(i / number) if i else self._ties.lowest)))
        return shares, keys


def even_ids(parts: int, *, descending: bool) -> list[str]:
    """The last id of each of so many parts of the range of all ids, but of the last part. That a row has one of them is
    as likely as that two rows have one id."""
    ids = [id_of(f"{i * _IDS // parts - 1:032x}") for i in range(1, parts)]
    return ids[::-1] if descending else ids


def _ids(uow: UnitOfWork, plan: Plan) -> tuple[int, list[str]]:
    """About how many rows the table has, and ids that part them evenly; none where nobody looked."""
    row = uow.execute(_BOUNDS, {"table": plan.table}).one_or_none()
    return (0, []) if row is None else (row.total, row.bounds or [])


def _are_random(bounds: Sequence[str]) -> bool:
    """Whether these ids, in order, part the range of all ids evenly: they were drawn from it at random then."""
    parts = len(bounds) - 1
    return all(abs(UUID(bound).int / _IDS - i / parts) < SCATTER for i, bound in enumerate(bounds))


def _evenly(total: int, *, descending: bool) -> Anchors:
    """Anchors among ids that were drawn at random: nearer to the truth than a sample of them can tell, which is off by
    a third of a hundredth of the table in its middle."""
    parts = max(min(total // STEP, EVENLY), 1)
    places = [i * total // parts for i in range(1, parts)]
    return Anchors(places, [(row_id,) for row_id in even_ids(parts, descending=descending)], total, even=True)


def _steps(uow: UnitOfWork, ordering: Ordering) -> list[Step]:
    """How what rows are sorted by is spread over them, in the order; nothing where the server does not tell."""
    if not ordering.path:
        return []
    *hops, shown = (attribute.property.columns[0] for attribute in ordering.path)
    asked: dict[str, object] = {"table": shown.table.name, "column": shown.name, "depth": len(hops)}
    # Of texts the length is not that of the declaration where another program has widened the column.
    kind = "text" if isinstance(shown.type, String) else shown.type.compile(dialect=_DIALECT)
    parts = [_OF_VALUES.format(kind=kind)]
    for depth, hop in enumerate(hops):
        tables = [quote(fk.column.table.name) for one in hops[depth:] for fk in one.foreign_keys]
        joins = [
            f" LEFT JOIN {table} p{i} ON p{i}.id = p{i - 1}.{quote(near.name)}"
            for i, (table, near) in enumerate(zip(tables[1:], hops[depth + 1 :], strict=True), 1)
        ]
        value = f"p{len(joins)}.{quote(shown.name)}"
        parts.append(_OF_REFERENCES.format(depth=depth, value=value, target=tables[0], joins="".join(joins)))
        asked |= {f"table{depth}": hop.table.name, f"column{depth}": hop.name}
    found = [tuple(row) for row in uow.execute(text(_SPREAD.format(parts=" UNION ALL ".join(parts))), asked)]
    return _in_order(found[::-1] if ordering.descending else found, len(hops))


def _in_order(found: Sequence[tuple[str | None, float | None, int]], depth: int) -> list[Step]:
    """The steps that lead through these values: each with the share of the rows that have it, of those that all before
    its depth leave, or with none where it is a bound between equal parts of what is left in the end."""
    left = [1.0]
    for at in range(depth + 1):
        left.append(left[at] * max(1 - sum(share for _, share, of in found if of == at and share is not None), 0))
    bounds = sum(share is None for _, share, _ in found)
    if bounds < 2 and left[-1] > UNKNOWN:
        return []
    part = left[-1] / max(bounds - 1, 1)
    steps, before, begun = list[Step](), 0.0, False
    for value, share, of in found:
        if share == 0:
            continue
        begin, held = before, 0.0
        if share is not None:
            held = share * left[of]
        elif begun:
            begin = before = before + part
        begun = begun or share is None
        before += held
        if steps and steps[-1].value == value:
            begin = steps.pop().before
            held = before - begin
        steps.append(Step(value, begin, held))
    return steps


_OF_COLUMN = (
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_stats s"
    " ON s.schemaname = n.nspname AND s.tablename = c.relname AND NOT s.inherited"
)

_BOUNDS = text(
    "SELECT c.reltuples::bigint AS total, CAST(CAST(s.histogram_bounds AS text) AS text[]) AS bounds"
    f"{_OF_COLUMN} WHERE c.oid = to_regclass(:table) AND s.attname = 'id' AND s.most_common_vals IS NULL"
)

# In the order of the type itself, NULLs last.
_SPREAD = "SELECT CAST(value AS text), share, depth FROM ({parts}) spread ORDER BY spread.value"

_OF_VALUES = (
    f"SELECT v.value, v.share, CAST(:depth AS int) AS depth{_OF_COLUMN} CROSS JOIN LATERAL ("
    "SELECT * FROM unnest(CAST(CAST(s.most_common_vals AS text) AS {kind}[]), s.most_common_freqs) m(value, share)"
    " UNION ALL SELECT b, NULL FROM unnest(CAST(CAST(s.histogram_bounds AS text) AS {kind}[])) b"
    " UNION ALL SELECT NULL, s.null_frac) v WHERE c.oid = to_regclass(:table) AND s.attname = :column"
)

# What many rows refer to has so many of them. Where rows refer to less than a quarter of what there is, the bounds
# between equal parts of their references are taken as a sample of it.
_OF_REFERENCES = (
    "SELECT v.value, v.share, {depth}" + _OF_COLUMN + " CROSS JOIN LATERAL ("
    "WITH r AS (SELECT id, share FROM unnest(CAST(CAST(s.most_common_vals AS text) AS uuid[]), s.most_common_freqs)"
    " m(id, share) UNION ALL SELECT id,"
    " (1 - s.null_frac - (SELECT coalesce(sum(f), 0) FROM unnest(s.most_common_freqs) f)) / cardinality(b.ids)"
    " FROM (SELECT CAST(CAST(s.histogram_bounds AS text) AS uuid[]) AS ids) b, unnest(b.ids) u(id)"
    " WHERE CASE WHEN s.n_distinct < 0 THEN -s.n_distinct * c.reltuples ELSE s.n_distinct END"
    " < (SELECT reltuples / 4 FROM pg_class WHERE oid = to_regclass('{target}')))"
    " SELECT {value} AS value, r.share FROM r JOIN {target} p0 ON p0.id = r.id{joins}"
    " UNION ALL SELECT NULL, s.null_frac) v WHERE c.oid = to_regclass(:table{depth}) AND s.attname = :column{depth}"
)
