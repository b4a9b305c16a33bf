"""What the change log says of changes that were just made: which rows, and whose doing it was."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.sql import visitors

from lms_desktop.database.changes import Notice
from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities.logs import operations
from lms_desktop.frozen import frozen
from lms_desktop.services.joins import hops_of, target_of
from lms_desktop.spec import Attribute, Catalog, Computed, EntityAdmin, Field, Query

MOST_IDS = 100
"""So many ids of one statement are told one by one."""

REACH = 1000
"""So many of the latest operations are looked through for those that were committed since."""


@frozen
class Doer:
    """Who did an operation, and when."""

    name: str
    at: datetime


@frozen
class News:
    """What was committed since a snapshot: the notices, and the `snapshot` to ask from the next time. `all_new`: more
    than was looked through."""

    snapshot: str
    notices: tuple[Notice, ...] = ()
    all_new: bool = False


# Operations are committed in another order than that of their numbers. A snapshot tells exactly which were not to be
# seen before, whatever their number.
_NEWS = text(
    "WITH latest AS (SELECT seq, id, xid FROM lms_desktop.operations ORDER BY seq DESC LIMIT :reach),"
    " fresh AS (SELECT seq, id FROM latest WHERE NOT pg_visible_in_snapshot(xid, CAST(:since AS pg_snapshot))),"
    " told AS (SELECT f.seq, f.id, c.entity, c.action, count(*) AS rows, (array_agg(DISTINCT c.row_id))[1:101] AS ids"
    " FROM fresh f JOIN lms_desktop.changes c ON c.operation = f.seq GROUP BY f.seq, f.id, c.entity, c.action)"
    " SELECT CAST(pg_current_snapshot() AS text), (SELECT count(*) FROM fresh), CAST(id AS text), entity,"
    " CAST(action AS text), rows, CAST(ids AS text[]) FROM (SELECT 1) one LEFT JOIN told ON true ORDER BY seq"
)


def news(uow: UnitOfWork, since: str | None) -> News:
    """What was committed since; without a `since` only the snapshot to begin with. One statement."""
    if since is None:
        return News(str(uow.execute(text("SELECT CAST(pg_current_snapshot() AS text)")).scalar_one()))
    rows = uow.execute(_NEWS, {"since": since, "reach": REACH}).all()
    snapshot, fresh = str(rows[0][0]), int(rows[0][1])
    notices = tuple(
        Notice(operation, entity, action, count, None if len(ids) > MOST_IDS else tuple(ids))
        for _, _, operation, entity, action, count, ids in rows
        if operation is not None
    )
    return News(snapshot, notices, all_new=fresh >= REACH)


def doers(uow: UnitOfWork, ids: Iterable[str]) -> dict[str, Doer]:
    """Who did these operations: names alone, which everybody who works here may know."""
    table = operations.c
    statement = select(table.id, table.actor_name, table.at).where(table.id.in_(list(ids)))
    return {row.id: Doer(row.actor_name, row.at) for row in uow.execute(statement)}


def is_logged(uow: UnitOfWork, operation: str) -> bool:
    """Whether the log holds this operation."""
    return uow.execute(select(operations.c.seq).where(operations.c.id == operation)).one_or_none() is not None


def sources(catalog: Catalog, admin: EntityAdmin, fields: Iterable[Field | Computed]) -> frozenset[str]:
    """The tables that these columns of an entity are read from."""
    own: str = admin.entity.__tablename__  # type: ignore[attr-defined]
    return frozenset({own}).union(*(_sources_of(catalog, admin.entity, field) for field in fields))


def asked_of(admin: EntityAdmin, query: Query) -> list[Field | Computed]:
    """The columns that decide which rows these are, and in which order, seen or not."""
    asked = [*(sort.key for sort in query.sorts or admin.sorts), *(condition.key for condition in query.filters)]
    keys = {key.partition(".")[0] for key in asked}
    searched = {field.key for field in admin.fields if query.search and isinstance(field, Field) and field.search}
    return [field for field in admin.fields if field.key in keys | searched]


_known: dict[tuple[int, type, Field | Computed], tuple[Catalog, frozenset[str]]] = {}
"""What columns are read from: an expression takes milliseconds to build, and this is asked at each change. The catalog
is kept, for its number belongs to no other one then."""


def _sources_of(catalog: Catalog, entity: type, field: Field | Computed) -> frozenset[str]:
    """What one column is read from."""
    key = (id(catalog), entity, field)
    if key not in _known:
        _known[key] = catalog, _read_from(catalog, entity, field)
    return _known[key][1]


def _read_from(catalog: Catalog, entity: type, field: Field | Computed) -> frozenset[str]:
    if isinstance(field, Computed):
        expression = field.expression(entity)
        return frozenset(str(e.name) for e in visitors.iterate(expression) if e.__visit_name__ == "table")  # type: ignore[attr-defined]
    return _passed(catalog, field.hops)


def _passed(catalog: Catalog, hops: tuple[Attribute, ...]) -> frozenset[str]:
    """The tables that a path goes through, and those that its end is called by."""
    target = target_of(hops[-1])
    called = () if target is None else (*catalog[target].title, *catalog[target].detail)
    own = frozenset({hop.class_.__tablename__ for hop in hops})
    return own.union(*(_passed(catalog, hops_of(part)) for part in called))
