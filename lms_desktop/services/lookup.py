"""Finding one row of an entity by typing: what the pickers of references ask."""

from typing import Any, NamedTuple

from sqlalchemy import Text, and_, case, cast, func, or_, select

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.services import conditions, gate
from lms_desktop.services.joins import Joins
from lms_desktop.services.text_search import FEW, contains, has_word, may_be_loose, starts, starts_a_word, starts_whole
from lms_desktop.spec import Catalog, Filter, Operator, Query, Ref

LIMIT = 20
WORDS = 8
"""By so many words it is ranked; the others only have to be there."""


class Found(NamedTuple):
    """A row that a picker offers: its id, what it is called, the muted text beside it."""

    id: str
    label: str
    detail: str


def lookup(uow: UnitOfWork, catalog: Catalog, reference: Ref, typed: str, limit: int = LIMIT) -> tuple[Found, ...]:
    """The rows of the reference's target that match what was typed, within the actor's reach, likeliest first.

    What is called just so comes first, then what begins with it, whole words before parts; then what has each word
    typed in its label, as a whole, then as the beginning of one; then what has some of them beside the label, then the
    rest. Where few are found, those that differ by accents alone follow. At most `limit` rows are read.
    """
    found = _look(uow, catalog, reference, typed, limit)
    if len(found) < min(FEW, limit) and may_be_loose(typed):
        there = {one.id for one in found}
        found += tuple(one for one in _look(uow, catalog, reference, typed, limit, loose=True) if one.id not in there)
    return found[:limit]


def _look(
    uow: UnitOfWork, catalog: Catalog, reference: Ref, typed: str, limit: int, *, loose: bool = False
) -> tuple[Found, ...]:
    entity: Any = reference.target
    reach = gate.condition(uow, entity, "view")
    only = tuple(Filter(key, Operator.ONE_OF, values) for key, values in reference.only)
    query = Query(entity, search=typed, filters=only, loose=loose)
    joins = Joins(catalog, entity, query.zone)
    wanted = conditions.where(joins, catalog, query)
    label = joins.joined([joins.label(path) for path in catalog[entity].title])
    own = bool(catalog[entity].detail)
    detail = joins.joined([joins.label(path) for path in catalog[entity].detail]) if own else label
    statement: Any = select(cast(entity.id, Text), label, detail).select_from(entity)
    order = [*_rank(label, detail, typed.split(), loose), label, entity.id]
    statement = joins.apply(statement).where(reach, *wanted).order_by(*order).limit(limit)
    return tuple(Found(row[0], row[1] or "", (row[2] or "") if own else "") for row in uow.execute(statement))


def _rank(label: Any, detail: Any, words: list[str], loose: bool) -> list[Any]:
    """By how much of it was typed: nothing to order by where nothing was."""
    if not words:
        return []
    typed, words = " ".join(words), words[:WORDS]
    whole = starts_whole(label, typed, loose=loose)
    begins = case((func.lower(label) == typed.lower(), 0), (whole, 1), else_=2)
    in_label = [starts_a_word(label, word, loose=loose) for word in words]
    in_either = [
        or_(here, starts_a_word(detail, word, loose=loose)) for here, word in zip(in_label, words, strict=True)
    ]
    return [
        case(
            (starts(label, typed, loose=loose), begins),
            (func.lower(detail) == typed.lower(), 0),
            (and_(*in_label), case((and_(*(has_word(label, word, loose=loose) for word in words)), 3), else_=4)),
            (and_(*in_either), 5),
            (and_(*(contains(label, word, loose=loose) for word in words)), 6),
            else_=7,
        )
    ]
