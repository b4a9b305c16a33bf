"""Finding one row of an entity by typing: what the pickers of references ask."""

from typing import Any, NamedTuple

from sqlalchemy import Text, case, cast, func, select

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.services import conditions, gate
from lms_desktop.services.joins import Joins
from lms_desktop.spec import Catalog, Filter, Operator, Query, Ref

LIMIT = 20


class Found(NamedTuple):
    """A row that a picker offers: its id, what it is called, the muted text beside it."""

    id: str
    label: str
    detail: str


def lookup(uow: UnitOfWork, catalog: Catalog, reference: Ref, typed: str, limit: int = LIMIT) -> tuple[Found, ...]:
    """The rows of the reference's target that match what was typed, within the actor's reach, likeliest first.

    Those whose name begins with it come before those that only contain it. At most `limit` rows are read.
    """
    entity: Any = reference.target
    reach = gate.condition(uow, entity, "view")
    only = tuple(Filter(key, Operator.ONE_OF, values) for key, values in reference.only)
    query = Query(entity, search=typed, filters=only)
    joins = Joins(catalog, entity, query.zone)
    wanted = conditions.where(joins, catalog, query)
    label = joins.joined([joins.label(path) for path in catalog[entity].title])
    detail = joins.joined([joins.label(path) for path in catalog[entity].detail]) if catalog[entity].detail else label
    statement: Any = select(cast(entity.id, Text), label, detail).select_from(entity)
    rank = case((label.istartswith(typed.strip(), autoescape=True), 0), else_=1) if typed.strip() else func.length("")
    statement = joins.apply(statement).where(reach, *wanted).order_by(rank, label, entity.id).limit(limit)
    own = bool(catalog[entity].detail)
    return tuple(Found(row[0], row[1] or "", (row[2] or "") if own else "") for row in uow.execute(statement))
