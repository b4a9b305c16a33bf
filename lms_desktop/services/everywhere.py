"""Searching everything at once: what Ctrl+K asks."""

from dataclasses import dataclass

from lms_desktop import policy
from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.services.lookup import Found, lookup
from lms_desktop.spec import Catalog, Ref


@dataclass(frozen=True)
class Hit:
    """A row found, and the entity it is of. `more`: others of it match, which are not told."""

    entity: type
    found: Found
    more: bool = False


def search(uow: UnitOfWork, catalog: Catalog, typed: str, entities: tuple[type, ...], each: int = 5) -> tuple[Hit, ...]:
    """At most `each` rows of each of these entities that the actor may see; likeliest first within an entity."""
    hits: list[Hit] = []
    for entity in entities:
        if policy.may(uow.actor, entity, "view"):
            rows = lookup(uow, catalog, Ref(entity), typed, each + 1)
            told = rows[:each]
            hits += [Hit(entity, found, more=found is told[-1] and len(rows) > each) for found in told]
    return tuple(hits)
