"""What rows are called, by their declarations."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Text, and_, cast, literal, select

from lms_desktop import policy
from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.services.joins import Joins
from lms_desktop.spec import Catalog


def titles(uow: UnitOfWork, catalog: Catalog, entity: Any, ids: Sequence[str], zone: str = "UTC") -> dict[str, str]:
    """Id → what the row is called, of those that the actor may see; "" for one without a name."""
    joins = Joins(catalog, entity, zone)
    statement = select(cast(entity.id, Text), title(joins, catalog[entity].title)).select_from(entity)
    wanted = and_(entity.id.in_(ids), policy.scope(uow.actor, entity, "view"))
    return {row[0]: row[1] or "" for row in uow.execute(joins.apply(statement).where(wanted))}


def title(joins: Joins, parts: Sequence[Any]) -> Any:
    """The parts of a title as one text."""
    if not parts:
        return literal("", Text())
    return joins.joined([joins.label(part) for part in parts])
