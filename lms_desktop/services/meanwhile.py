"""What has become of rows since somebody began to edit them, as far as the edits are concerned."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, and_, cast, false, or_, select

from lms_desktop import policy
from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.services import since
from lms_desktop.services.deleted import parents_first
from lms_desktop.services.edits import BOOKKEEPING, Clash, Edit, Point, Record, Sides, State
from lms_desktop.services.impact import version_text
from lms_desktop.services.joins import Joins, target_of
from lms_desktop.services.merging import compare
from lms_desktop.spec import Catalog, EntityAdmin, Field, Place, Ref

if TYPE_CHECKING:
    from lms_desktop.services.records import Records

NEVER_TOLD = frozenset({"id", "password_hash"})
"""Fields of which it goes without saying that they come back, or do not."""


Groups = Mapping[type, Sequence[Edit]]
"""Edits by their entity, parents before what refers to them."""


def grouped(edits: Sequence[Edit]) -> dict[type, list[Edit]]:
    """The edits by their entity, parents first."""
    entities = {edit.entity for edit in edits}
    return {entity: [edit for edit in edits if edit.entity is entity] for entity in _in_order(entities)}


def lock_rows(uow: UnitOfWork, catalog: Catalog, groups: Groups) -> dict[type, dict[str, str]]:
    """Lock the rows that are to be changed, and the parents whose lists change: entity by entity, parents first, each
    in order of ids, so that no two who save block each other. Entity → id → version of the rows to be changed within
    the actor's reach."""
    parents: dict[type, set[str]] = {}
    for entity, edits in groups.items():
        place = catalog[entity].place
        if place and (parent := target_of(place.parent)) is not None:
            parents.setdefault(parent, set()).update(_lists(uow, entity, place, edits))
    locked = {}
    for entity in _in_order({*groups, *parents}):
        ids = {edit.id for edit in groups.get(entity, ()) if edit.version is not None}
        locked[entity] = _lock(uow, entity, ids, parents.get(entity, set()))
    return locked


def _in_order(entities: Iterable[type]) -> list[type]:
    wanted, order = set(entities), parents_first()
    return sorted(wanted, key=lambda entity: order.index(entity.__tablename__))  # type: ignore[attr-defined]


def _lists(uow: UnitOfWork, entity: Any, place: Place, edits: Sequence[Edit]) -> set[str]:
    """The parents whose lists these edits may change."""
    key = place.parent.key
    parents = {values.get(key) for edit in edits for values in (edit.values, edit.base)}
    ids = [edit.id for edit in edits if edit.version is not None]
    if ids:  # where somebody moved a row meanwhile its list is another than the edit knows
        present = select(place.parent).where(entity.id.in_(ids), policy.scope(uow.actor, entity, "edit")).distinct()
        parents |= set(uow.execute(present).scalars())
    return {str(parent) for parent in parents if parent}


def _lock(uow: UnitOfWork, entity: Any, ids: set[str], parents: set[str]) -> dict[str, str]:
    """Lock rows of one table, those to be changed only within the actor's reach; id → version of these."""
    if not ids and not parents:
        return {}
    mine = and_(entity.id.in_(ids), policy.scope(uow.actor, entity, "edit"))
    wanted = or_(mine, entity.id.in_(parents)) if ids and parents else mine if ids else entity.id.in_(parents)
    shown = mine if ids else false()
    statement = select(cast(entity.id, Text), version_text(entity), shown.label("mine")).where(wanted)
    locked = uow.execute(statement.order_by(entity.id).with_for_update(key_share=True, of=entity))
    return {row[0]: row[1] for row in locked if row.mine}


def compared(
    records: "Records", uow: UnitOfWork, edits: Sequence[Edit], zone: str = "UTC", known: dict[str, str] | None = None
) -> tuple[Clash, ...]:
    """The edits (of one entity) whose rows somebody changed, deleted or took away since; rows as they were are left
    out. `known` are versions that are locked. Three statements, and three more where a log tells who it was."""
    wanted = [edit for edit in edits if edit.version is not None and (known or {}).get(edit.id) != edit.version]
    if not wanted:
        return ()
    entity: Any = wanted[0].entity
    admin, ids = records.catalog[entity], [edit.id for edit in wanted]
    now = records.load_all(uow, entity, ids, zone)
    wanted = [edit for edit in wanted if edit.id not in now or now[edit.id].version != edit.version]
    gone = [edit.id for edit in wanted if edit.id not in now]
    # Of a row that the person had before them it may be said that it is still there.
    there = set(uow.execute(select(cast(entity.id, Text)).where(entity.id.in_(gone))).scalars()) if gone else set()
    history = since.logged_since(uow, entity, {edit.id: edit.version for edit in wanted})
    deletes = {i: history[i][0].operation for i in gone if history.get(i) and history[i][0].action == "D"}
    with_it = since.went_with(uow, entity, deletes)
    clashes = []
    for edit in wanted:
        told, record = history.get(edit.id, ()), now.get(edit.id)
        if record is not None:
            clash = compare(admin, edit, record, told)
            clashes.append(clash if _may_edit(uow, edit, record) else _without(clash, record, State.AWAY))
        else:
            state = State.AWAY if edit.id in there else State.DELETED
            clashes.append(_vanished(uow, admin, edit, state, told, with_it.get(edit.id, {})))
    return tuple(_named(records.catalog, uow, admin, clashes, zone))


def lost(uow: UnitOfWork, clashes: Sequence[Clash]) -> dict[str, int]:
    """Table → how many rows went with rows that were restored, and did not come back."""
    deletes = {clash.edit.id: clash.operation for clash in clashes if clash.operation is not None}
    counted: dict[str, int] = {}
    if deletes:
        entity: Any = clashes[0].edit.entity
        for of_row in since.went_with(uow, entity, deletes, missing=True).values():
            for table, count in of_row.items():
                counted[table] = counted.get(table, 0) + count
    return counted


def _may_edit(uow: UnitOfWork, edit: Edit, record: Record) -> bool:
    password_alone = set(edit.values) == {"password_hash"}
    return uow.actor.system or ("set_password" if password_alone else "edit") in record.may


def _without(clash: Clash, record: Record, state: State) -> Clash:
    return Clash(clash.edit, record.title or clash.edit.title, state, clash.points, None, clash.who, clash.when)


def _vanished(
    uow: UnitOfWork,
    admin: EntityAdmin,
    edit: Edit,
    state: State,
    history: Sequence[since.Logged],
    with_it: dict[str, int],
) -> Clash:
    points = tuple(Point(key, Sides.MINE, edit.base.get(key), mine, None) for key, mine in edit.values.items())
    last = history[0] if history else None
    if last is None or (last.action == "D") != (state is State.DELETED):
        seen = {*edit.seen, *edit.base, *edit.values, *BOOKKEEPING}
        unknown = tuple(f.key for f in admin.own_fields if f.key not in seen and f.key not in NEVER_TOLD)
        return Clash(edit, edit.title, state, points, None, ("",), unknown=unknown)
    actor = uow.actor
    mine_to_take_back = actor.system or actor.role == policy.ADMIN or actor.id == last.actor_id
    operation = last.operation if state is State.DELETED else None
    return Clash(
        edit, edit.title, state, points, None, (last.who,), last.when, {}, with_it, operation, mine_to_take_back
    )


def _named(catalog: Catalog, uow: UnitOfWork, admin: EntityAdmin, clashes: list[Clash], zone: str) -> list[Clash]:
    """The same, with what references that stood or are wanted there are called. One statement a referenced entity."""
    names: dict[str, tuple[str, str]] = {}
    for field in admin.refs():
        ids = {
            wire
            for clash in clashes
            for point in clash.points
            if point.key == field.key
            for wire in (point.base, point.mine, point.theirs)
            if wire
        }
        if ids and isinstance(field, Field) and isinstance(field.kind, Ref):
            target: Any = field.kind.target
            joins = Joins(catalog, target, zone)
            title, detail = (
                joins.joined([joins.label(part) for part in parts]) if parts else cast(None, Text)
                for parts in (catalog[target].title, catalog[target].detail)
            )
            statement = joins.apply(select(cast(target.id, Text), title, detail).select_from(target))
            rows = uow.execute(statement.where(cast(target.id, Text).in_(ids)))
            names |= {row[0]: (row[1] or "", row[2] or "") for row in rows}
    return [replace(clash, names=names) for clash in clashes] if names else clashes
