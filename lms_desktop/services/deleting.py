"""Deleting rows with all that hangs on them, exactly as it was agreed: counted under lock, refused when it differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Text, and_, cast, func, select, text, update

from lms_desktop import policy
from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import QuizAttempt, QuizQuestion
from lms_desktop.errors import Conflict, UserError
from lms_desktop.errors.kinds import N_
from lms_desktop.errors.sentences import Sentence
from lms_desktop.services import conditions, gate, house_rules, ordering
from lms_desktop.services.impact import (
    FORBIDDING,
    MOST,
    MOVED,
    Effect,
    Impact,
    count,
    impact,
    reach_of,
    version_text,
)
from lms_desktop.services.joins import BY_TABLE, Joins
from lms_desktop.services.large_deletes import LargeDelete, Progress, can_be_chunked
from lms_desktop.services.reaching import Reach, going_tables, hanging
from lms_desktop.services.teaching.answer_counts import answered
from lms_desktop.services.titles import titles
from lms_desktop.spec import Catalog, EntityAdmin, Field, Filter, Operator, Query, Ref

Agreed = Impact | Mapping[str, int]
"""What the person was shown: the impact, or only the rows that go, by table."""

LARGE = 2_000
"""Rows beyond which a delete is a long operation with progress."""

COUNTING_LIMIT = 120.0
"""Seconds that counting may take; whoever waits can stop it any time."""

# What a delete is told as: of one row, and of several.
_WITHDREW = N_("Withdrew {name}."), N_("Withdrew {n} {things}.")
_GONE = N_("Deleted {name}."), N_("Deleted {n} {things}.")
_HANDED_OVER = N_("Deleted {name}; {count} {children} went to {heir}.")


# The question


@dataclass(frozen=True)
class Remedy:
    """What lets a delete happen that is forbidden: the rows of `entity` that refer by the field `key` get the row `to`
    instead. `count` is how many the person agreed to."""

    entity: type
    key: str
    to: str
    count: int


@dataclass(frozen=True)
class Question:
    """What a person is asked before a delete.

    Attributes:
        impact: all that the delete does, a few of the rows by name.
        names: what the rows themselves are called, a few of them.
        refused: why it may not be; None where it may.
        answered: of questions, how many attempts answered the one of them that most did; their scores stay.
    """

    impact: Impact
    names: tuple[str, ...] = ()
    refused: UserError | None = None
    answered: int = 0


def question(uow: UnitOfWork, catalog: Catalog, entity: Any, ids: Sequence[str], zone: str = "UTC") -> Question:
    """Count and name what deleting these rows does. Raises Denied where the actor may not delete them."""
    limit = str(int(COUNTING_LIMIT * 1000))
    uow.execute(select(func.set_config("statement_timeout", limit, True)))
    found = impact(uow, entity, ids)
    effects = tuple(_named(uow, catalog, effect, zone) for effect in found.effects)
    if (place := catalog[entity].place) and (moved := ordering.would_move(uow, place, ids)):
        effects += (Effect(entity.__tablename__, MOVED, moved, (place.order.key,)),)
    found = replace(found, effects=effects)
    names = tuple(titles(uow, catalog, entity, ids[:3], zone).values())
    try:
        house_rules.refuse_certificates(uow, entity, found)
    except UserError as error:
        return Question(found, names, error)
    asked = entity is QuizQuestion and policy.may(uow.actor, QuizAttempt, "view")
    return Question(found, names, answered=max(answered(uow, ids).values(), default=0) if asked else 0)


def _named(uow: UnitOfWork, catalog: Catalog, effect: Effect, zone: str) -> Effect:
    if effect.entity is None or not effect.samples or not policy.may(uow.actor, effect.entity, "view"):
        return effect
    found = titles(uow, catalog, effect.entity, effect.samples, zone)
    return replace(effect, names=tuple(filter(None, found.values())))


def remedies(uow_actor: Any, catalog: Catalog, found: Impact) -> tuple[tuple[Effect, Field, int], ...]:
    """Of each reference that forbids the delete: the effect, the field that another row can be put into, and how many
    rows that are. Empty where one of them is not the actor's to change, or unknown here: then no remedy helps."""
    ways = []
    for effect in found.of(FORBIDDING):
        for column, number in zip(effect.columns, effect.each, strict=True):
            field = _field(catalog, effect, column, found.entity)
            if field is None or effect.entity is None or effect.more:
                return ()
            may = policy.may(uow_actor, effect.entity, "edit") and policy.may_write(uow_actor, effect.entity, field.key)
            if not may or field.readonly or field.fixed:
                return ()
            ways.append((effect, field, number))
    return tuple(ways)


def _field(catalog: Catalog, effect: Effect, column: str, target: type) -> Field | None:
    if effect.entity is None:
        return None
    for field in catalog[effect.entity].refs():
        fits = isinstance(field.kind, Ref) and field.kind.target is target
        if fits and field.attribute.property.columns[0].name == column:
            return field
    return None


def is_large(found: Impact) -> bool:
    """Whether deleting this takes so long that it is a long operation with progress."""
    return found.rows > LARGE


# The delete


def delete(
    uow: UnitOfWork,
    catalog: Catalog,
    entity: Any,
    versions: Mapping[str, str],
    agreed: Agreed,
    progress: Progress | None = None,
    ways: Sequence[Remedy] = (),
) -> Outcome:
    """As `Records.delete`, which is what others call."""
    admin, ids = catalog[entity], list(versions)
    names = list(titles(uow, catalog, entity, ids[:2]).values())
    gate.require(uow, entity, "delete", ids)
    house_rules.refuse_own_account(uow, entity, ids)
    parents = _lock_parents(uow, admin, ids)
    rows = select(cast(entity.id, Text), version_text(entity)).where(entity.id.in_(ids))
    now: dict[str, str] = dict(map(tuple, uow.execute(rows.order_by(entity.id).with_for_update())))
    if now != dict(versions):
        raise Conflict(
            N_("Meanwhile somebody else changed or deleted what you were about to delete. Nothing was deleted."),
            way_out=N_("Look at it once more, then delete it if you still want to."),
        )
    heirs = [_hand_over(uow, catalog, entity, ids, way) for way in ways]
    found = _delete_tree(uow, entity, tuple(ids), agreed, progress)
    uow.touch(entity, ids, "delete")
    for effect in found.effects:
        if effect.entity is not None:
            uow.touch_some(effect.entity)
    if admin.place and parents:
        ordering.renumber(uow, admin.place, parents)
    house_rules.after(uow, {entity, *(way.entity for way in ways)})
    return uow.outcome(_sentence(admin, names, len(ids), catalog, list(zip(ways, heirs, strict=True))))


def _delete_tree(
    uow: UnitOfWork, entity: Any, ids: tuple[str, ...], agreed: Agreed, progress: Progress | None
) -> Impact:
    """Delete rows that are locked already, and all that hangs on them.

    A small tree is counted under its lock and deleted by one statement, PostgreSQL's cascades doing the rest.
    """
    reach = reach_of(uow, entity)
    if progress and can_be_chunked(uow, reach):
        large = LargeDelete(uow, reach, entity, ids, progress)
        found = large.count()
        _check(uow, entity, found, agreed)
        large.delete()
        return found
    _lock(uow, reach, ids)
    found = count(uow, reach, entity, ids)
    _check(uow, entity, found, agreed)
    uow.execute(entity.__table__.delete().where(entity.id.in_(ids)))
    return found


def _check(uow: UnitOfWork, entity: Any, found: Impact, agreed: Agreed) -> None:
    house_rules.refuse_certificates(uow, entity, found)
    house_rules.refuse_forbidden(found)
    if agreed.differs(found) if isinstance(agreed, Impact) else found.differs(agreed):
        raise Conflict(
            N_("Meanwhile other rows hang on this than when you were asked. Nothing was deleted."),
            way_out=N_("Delete again to see the figures as they are now."),
        )


def _lock(uow: UnitOfWork, reach: Reach, ids: tuple[str, ...]) -> None:
    """Lock the rows that go and that others can refer to: nobody can hang anything on them any more."""
    clauses, sets = going_tables(reach, MOST)
    for name in reach.going[1:]:
        for key in reach.into(name):
            if reach.has_children(name) and key.writable:
                order = " ORDER BY c.id" if name in BY_TABLE else ""
                rows = f"SELECT FROM {key.child_sql} c WHERE {hanging(key, sets)}{order} FOR UPDATE OF c"
                uow.execute(text(f"{clauses} SELECT count(*) FROM ({rows}) r"), {"ids": list(ids)})


def _lock_parents(uow: UnitOfWork, admin: EntityAdmin, ids: list[str]) -> list[str]:
    if not admin.place:
        return []
    entity: Any = admin.entity
    rows = uow.execute(select(admin.place.parent).where(entity.id.in_(ids)).distinct()).scalars().all()
    ordering.lock_parents(uow, admin.place, rows)
    return list(rows)


# What forbids it


def _hand_over(uow: UnitOfWork, catalog: Catalog, target: Any, ids: list[str], way: Remedy) -> str:
    """Give the rows that refer to what will be deleted another row to refer to; what that is called."""
    child: Any = way.entity
    field = _field(catalog, Effect(child.__tablename__, FORBIDDING, 0, ()), way.key, target)
    gate.check_fields(uow, child, {way.key})
    reach = gate.condition(uow, child, "edit")
    if field is None or not isinstance(field.kind, Ref) or way.to in ids:
        raise UserError(N_("They cannot be given to what is being deleted as well."), way_out=N_("Choose another one."))
    only = tuple(Filter(key, Operator.ONE_OF, values) for key, values in field.kind.only)
    joins = Joins(catalog, target, "UTC")
    wanted = and_(target.id == way.to, gate.condition(uow, target, "view"))
    heir = joins.apply(select(target.id).select_from(target)).where(
        wanted, *conditions.where(joins, catalog, Query(target, filters=only))
    )
    if uow.execute(heir).one_or_none() is None:
        raise UserError(N_("Whoever should get them is not there any more."), way_out=N_("Choose another one."))
    changed = uow.execute(
        update(child.__table__)
        .where(and_(field.attribute.in_(ids), reach))
        .values({field.attribute.property.columns[0]: way.to})
        .returning(cast(child.id, Text))
    )
    rows = list(changed.scalars())
    if len(rows) != way.count:
        raise Conflict(
            N_("Meanwhile other rows refer to this than when you were asked. Nothing was deleted."),
            way_out=N_("Delete again to see the figures as they are now."),
        )
    uow.touch(child, rows, "update")
    return titles(uow, catalog, target, [way.to]).get(way.to, "")


def _sentence(
    admin: EntityAdmin, names: list[str], number: int, catalog: Catalog, handed: list[tuple[Remedy, str]]
) -> Sentence:
    one, several = _WITHDREW if admin.delete == "Withdraw" else _GONE
    if number > 1:
        return Sentence(several, ("things",), n=number, things=admin.plural.lower())
    if len(handed) == 1:
        way, heir = handed[0]
        what = catalog[way.entity]
        children = (what.noun if way.count == 1 else what.plural).lower()
        return Sentence(_HANDED_OVER, ("children",), name=names[0], count=way.count, children=children, heir=heir)
    return Sentence(one, name=names[0])
