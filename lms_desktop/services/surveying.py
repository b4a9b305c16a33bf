"""Finds what leads to any place of a query's rows, by what its order is made of.

By the id, or by one column of its own that an index knows together with the id: anchors by hops along that index, and
with them the exact count; by ids that were drawn at random, by counting equal parts of their range. By a column of a
row that each row refers to: the rows of each are counted and summed up in the order. By anything else: the ids of all
rows in their order.
"""

from collections.abc import Sequence
from functools import partial
from itertools import accumulate, pairwise

from sqlalchemy import text

from lms_desktop.database.copying import copy_values
from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.frozen import frozen
from lms_desktop.services import guessing
from lms_desktop.services.guessing import EVENLY, FIRST_ID, LAST_ID, even_ids, quote
from lms_desktop.services.hopping import Own, hop
from lms_desktop.services.plans import Plan
from lms_desktop.services.positions import Anchors, IdBlock, Positions

MANY = 100_000
"""So many rows are worth being counted by another processor than the one that is at work."""
STEP = 2000
"""Rows from one anchor to the next, where a hop takes one look into an index."""
ANCHORS = 10_000
"""So many anchors at most are kept."""
WIDEST = 50_000
"""Where so many rows have one key, a page among them takes long to find from an anchor."""
PARENTS = 5000
"""With more rows for each row that they refer to, on average, that is to be expected."""
PARTS, PART = 64, 32_000
"""In so many parts at least such ids are counted, of about so many rows at most: more take longer to plan than they
spare who jumps into a part, and reads past its first rows."""
LIMIT = 120
"""Seconds for the longest statement of a survey, and of a page in an order that is worked out for each row."""
SLOWEST = 5000
"""So many ids a second, at least, come over a line. All of them are one statement, which has that time besides."""
SORT_MEMORY = "16MB"
"""What a sort of ids may take on the server: sorted in parts that its caches hold, they are sorted a third faster than
in one that these do not."""

COUNT_MEMORY = "4MB"
"""What a join of counted rows may take, and their sort: in parts that the processor's caches hold they are faster than
in one of a hundred megabytes."""


@frozen
class Index:
    """An index that sorts as PostgreSQL does by itself: its columns, and whether it tells all rows apart."""

    columns: tuple[str, ...]
    unique: bool


def survey(
    uow: UnitOfWork, plan: Plan, about: int, guessed: Anchors | None = None, *, alone: bool = False
) -> Positions:
    """What leads to any place of the plan's rows, of `about` so many, in a transaction that nobody waits for; `guessed`
    is what the statistics tell of them. `alone`: one of the server's processors is enough."""
    if guessed is not None and guessed.even and MANY <= about <= EVENLY * PART and not alone:
        found = _parts(uow, plan, about)
        if found is not None:
            return found
    if has_steps(uow, plan):
        return steps(uow, plan, about)
    _begin(uow)
    if plan.unfiltered:
        found = _running_counts(uow, plan)
        if found is not None and found.widest() <= WIDEST:
            return found
    # An index that has the order leads through the whole table at random: to read it as it lies and to sort is faster.
    uow.execute(_AS_IT_LIES, {"memory": SORT_MEMORY, "limit": f"{LIMIT + max(about, 0) // SLOWEST}s"})
    return IdBlock(partial(copy_values, uow.connection, plan.ids()))


def has_steps(uow: UnitOfWork, plan: Plan) -> bool:
    """Whether an index leads through the plan's rows step by step: they are counted on the way."""
    own = _own(plan) if plan.unfiltered else None
    return own is not None and _has_index(uow, plan, own)


def _has_index(uow: UnitOfWork, plan: Plan, own: Own) -> bool:
    return own.column is None or _is_known(own.column, indexes(uow, plan.table))


def own_order(plan: Plan, there: Sequence[Index]) -> Own | None:
    """The plan's order where it is by the id or by one column of its own, and one of these indexes has it."""
    own = _own(plan)
    return own if own is not None and _is_known(own.column, there) else None


def steps(uow: UnitOfWork, plan: Plan, about: int) -> Anchors:
    """Anchors along that index, and with them the exact count; see `survey`."""
    own = _own(plan)
    assert own is not None
    _begin(uow)
    return hop(uow, own, max(STEP, -(-about // ANCHORS)))


def _parts(uow: UnitOfWork, plan: Plan, about: int) -> Anchors | None:
    """Anchors at ids that part the range of all ids evenly: the rows of each part are counted along the index alone, by
    all of the server's processors. None where the ids turn out not to be drawn at random."""
    parts, table = max(PARTS, about // PART), quote(plan.table)
    ids = even_ids(parts, descending=plan.tie_descends)
    beyond, within = ("<", ">=") if plan.tie_descends else (">", "<=")
    counts = []
    for number, (begin, end) in enumerate(pairwise([None, *ids, None])):
        ends = [f"id {sign} '{row_id}'" for sign, row_id in ((beyond, begin), (within, end)) if row_id is not None]
        counts.append(f"SELECT {number}, count(*) FROM {table} WHERE {' AND '.join(ends)}")
    uow.execute(_ALONG_INDEX, {"limit": f"{LIMIT}s"})
    counted = [rows for _, rows in sorted(tuple(row) for row in uow.execute(text(" UNION ALL ".join(counts))))]
    if max(counted) > 2 * PART:
        return None
    *places, total = accumulate(counted)
    return Anchors(places, [(row_id,) for row_id in ids], total, between=True)


def _begin(uow: UnitOfWork) -> None:
    """One processor alone: the screen has the other."""
    uow.execute(_ALONE, {"limit": f"{LIMIT}s"})


def take_time(uow: UnitOfWork) -> None:
    """Let the statements of this transaction take as long as those of a survey, if not longer already; whoever waits
    can give them up."""
    uow.execute(_LONGER, {"limit": f"{LIMIT}s"})


def guess(uow: UnitOfWork, plan: Plan) -> Anchors | None:
    """Anchors as the server's statistics have them; None where they do not tell."""
    if not plan.unfiltered:
        return None
    own = _own(plan)
    return guessing.guess(uow, plan, reads_on=own is not None and _has_index(uow, plan, own))


def is_indexed(uow: UnitOfWork, plan: Plan) -> bool:
    """Whether the first rows of the plan's order are found without reading all of them."""
    if not plan.orderings:
        return True
    first = plan.orderings[0]
    if not first.path:
        return False
    column = first.path[-1].property.columns[0]
    there = indexes(uow, column.table.name)
    if first.nullable and len(first.path) > 1:
        return False  # the join is an outer one: no order comes through it
    return any(index.columns[:1] == (column.name,) for index in there)


def indexes(uow: UnitOfWork, table: str) -> tuple[Index, ...]:
    """The indexes of a table that its orders can use."""
    return tuple(Index(tuple(row.columns), row.indisunique) for row in uow.execute(_INDEXES, {"name": table}))


def _own(plan: Plan) -> Own | None:
    if not plan.orderings:
        return Own(quote(plan.table), None, plan.tie_descends)
    (first, *more) = plan.orderings
    if more or len(first.path) != 1 or first.nullable or first.descending != plan.tie_descends:
        return None
    return Own(quote(plan.table), quote(first.path[0].property.columns[0].name), first.descending)


def _is_known(column: str | None, there: Sequence[Index]) -> bool:
    """Whether an index has the order by this column and the id, or a unique one by the column alone."""
    if column is None:
        return True
    name = column.strip('"')
    return any(index.columns[:2] == (name, "id") or (index.unique and index.columns == (name,)) for index in there)


def _running_counts(uow: UnitOfWork, plan: Plan) -> Anchors | None:
    """Anchors behind all rows of one key each: the rows of each row that is referred to, summed up in the order."""
    first = plan.orderings[0] if len(plan.orderings) == 1 else None
    if first is None or len(first.path) < 2 or first.nullable or first.descending != plan.tie_descends:
        return None
    *references, shown = first.path
    parent = shown.property.columns[0].table.name
    rows, parents = (uow.execute(_ABOUT, {"name": table}).scalar_one() for table in (plan.table, parent))
    if rows > PARENTS * max(parents, 1):
        return None
    name = shown.property.columns[0].name
    there = [index for index in indexes(uow, parent) if index.columns[:1] == (name,)]
    if not there:
        return None  # no page could be read from an anchor
    key = quote(name)
    alone = any(index.unique and index.columns == (name,) for index in there)
    # Numbers of four bytes: PostgreSQL sums up those of eight as numerics, and makes one for each row.
    *between, last = (quote(reference.property.columns[0].name) for reference in references)
    tables = [quote(reference.property.columns[0].table.name) for reference in references]
    hops = enumerate(zip(tables[1:], between, strict=True), 1)
    through = "".join(f" JOIN {table} t{i} ON t{i}.id = t{i - 1}.{near}" for i, (table, near) in hops)
    counted = (
        f"SELECT t{len(between)}.{last} AS parent, CAST(count(*) AS int) AS n FROM {tables[0]} t0{through} GROUP BY 1"
    )
    joined = f"FROM counted JOIN {quote(parent)} p ON p.id = counted.parent"
    keyed = f"SELECT p.{key} AS k, n {joined}"
    if not alone:
        keyed = f"SELECT p.{key} AS k, CAST(sum(n) AS int) AS n {joined} GROUP BY p.{key}"
    way = "DESC" if first.descending else "ASC"
    statement = (
        f"WITH counted AS ({counted}), keyed AS ({keyed}),"
        " run AS (SELECT k, n, sum(n) OVER w AS place, lead(n) OVER w IS NULL AS last FROM keyed"
        f" WINDOW w AS (ORDER BY k {way} ROWS UNBOUNDED PRECEDING))"
        " SELECT place, CAST(k AS text) FROM run WHERE last OR place / :step <> (place - n) / :step ORDER BY place"
    )
    uow.execute(_IN_PARTS, {"memory": COUNT_MEMORY})
    found = uow.execute(text(statement), {"step": max(1, -(-int(rows) // ANCHORS))}).all()
    if not found:
        return None
    beyond = FIRST_ID if first.descending else LAST_ID
    return Anchors([place for place, _ in found], [(k, beyond) for _, k in found], found[-1][0], between=True)


_ALONE = text(
    "SELECT set_config('max_parallel_workers_per_gather', '0', true), set_config('statement_timeout', :limit, true)"
)

_ALONG_INDEX = text(
    "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),"
    " set_config('jit', 'off', true), set_config('statement_timeout', :limit, true)"
)

# In the order of their ids, the rows that are referred to would be read from all over their table.
_IN_PARTS = text("SELECT set_config('enable_mergejoin', 'off', true), set_config('work_mem', :memory, true)")

# 0 is no limit at all.
_LONGER = text(
    "SELECT set_config('statement_timeout', CASE WHEN CAST(now AS interval) > '0' AND CAST(now AS interval)"
    " < CAST(:limit AS interval) THEN :limit ELSE now END, true) FROM current_setting('statement_timeout') AS s(now)"
)

_AS_IT_LIES = text(
    "SELECT set_config('enable_indexscan', 'off', true), set_config('enable_mergejoin', 'on', true),"
    " set_config('work_mem', :memory, true),"
    " set_config('statement_timeout', :limit, true)"
)

_ABOUT = text("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = to_regclass(:name)")

_INDEXES = text(
    "SELECT i.indisunique, ARRAY(SELECT CAST(a.attname AS text) FROM unnest(CAST(i.indkey AS int2[]))"
    " WITH ORDINALITY k(n, o) JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n"
    " WHERE k.o <= i.indnkeyatts ORDER BY k.o) AS columns"
    " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam"
    " WHERE i.indrelid = to_regclass(:name) AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL"
    " AND m.amname = 'btree'"
    # One direction for all columns, and the order of their types themselves.
    " AND (SELECT count(DISTINCT o) FROM unnest(CAST(i.indoption AS int2[])) o) = 1"
    " AND NOT EXISTS (SELECT FROM unnest(CAST(i.indclass AS oid[])) u(class) JOIN pg_opclass p ON p.oid = u.class"
    " WHERE NOT p.opcdefault)"
)
