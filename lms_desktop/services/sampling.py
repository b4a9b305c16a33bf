"""About where the rows of a query stand, by a sample of its table: where filters or an actor's reach leave some of the
rows, no statistics tell how these are spread."""

from sqlalchemy import text

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.services.guessing import quote
from lms_desktop.services.plans import Plan
from lms_desktop.services.positions import Key

BLOCKS, MORE = 100, 5
"""So many of the table's blocks are read, from one end to the other: whatever was written together lies together. And
up to so many times as many, where the rows that are looked for are few."""
LEAST = 200
"""Fewer rows that are found in them do not tell where the others stand."""
MOST = 500
"""Of more, so many keys are kept."""


def sample(uow: UnitOfWork, plan: Plan, total: int) -> list[Key]:
    """Keys that part the plan's rows evenly, of which there are `total`, in their order; none where too few of these
    are found, or can be."""
    table = quote(plan.table)
    bound = {"blocks": BLOCKS, "more": MORE * BLOCKS, "least": LEAST, "total": total}
    within = text(f"{table}.ctid = ANY (ARRAY({_TIDS.format(table=table)}))").bindparams(**bound)
    return [tuple(row) for row in uow.execute(plan.keys_within(within, LEAST, MOST))]


# Blocks at equal distances, and of each all the rows that it can hold, with those that are gone: half as many again as
# there is room for rows of their usual width, and never more than PostgreSQL puts into one.
_TIDS = (
    "SELECT CAST(format('(%s,%s)', i * blocks / taken, n) AS tid) FROM (SELECT blocks,"
    " CASE WHEN needed <= least(blocks, :more) THEN least(blocks, greatest(needed, :blocks)) ELSE 0 END AS taken,"
    " CAST(least(1.5 * size / (28 + width) + 8, 291) AS int) AS most"
    " FROM (SELECT *, CAST(ceil(1.25 * :least * blocks / CAST(:total AS float8)) AS bigint) AS needed"
    " FROM (SELECT size, pg_relation_size(c.oid) / size AS blocks,"
    " (SELECT coalesce(sum(s.avg_width), 0) FROM pg_stats s JOIN pg_namespace n ON n.nspname = s.schemaname"
    " WHERE n.oid = c.relnamespace AND s.tablename = c.relname AND NOT s.inherited) AS width"
    " FROM pg_class c, CAST(current_setting('block_size') AS int) size WHERE c.oid = to_regclass('{table}')) c) c) t,"
    " generate_series(0, taken - 1) i, generate_series(1, most) n"
)
