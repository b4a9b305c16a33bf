"""A row that somebody deleted while another was editing it, put back where it stood."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import Text, cast, literal, select
from sqlalchemy.dialects.postgresql import insert

from lms_desktop.database.change_log import log_state
from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities.logs import changes
from lms_desktop.errors import Conflict, UserError
from lms_desktop.services import ordering, passwords
from lms_desktop.services.edits import Clash, Edit
from lms_desktop.services.merging import column_of
from lms_desktop.services.reverting import Reverting
from lms_desktop.spec import N_, Catalog, EntityAdmin, Secret


def bring_back(
    uow: UnitOfWork, catalog: Catalog, edit: Edit, clash: Clash, mine: Mapping[Any, Any], left: set[str]
) -> None:
    """Put a deleted row back: with all that went with it where the actor may take back the operation that deleted it,
    else alone, with `mine` (column → SQL value) in it. The list it stands in is added to `left`.

    Raises Conflict where it is there again or cannot be put together.
    """
    entity: Any = edit.entity
    if clash.operation is not None and clash.whole:
        reverts, sentence = uow.reverts, uow.sentence
        with suppress(UserError), uow.connection.begin_nested():
            Reverting(catalog).revert(uow, clash.operation, possible_part=True, only=(entity, [edit.id]))
        uow.reverts, uow.sentence = reverts, sentence  # this is a save, and more than taking something back
        if uow.execute(select(entity.id).where(entity.id == edit.id)).one_or_none() is not None:
            return
    _alone(uow, catalog[entity], edit, mine, left)


def _alone(uow: UnitOfWork, admin: EntityAdmin, edit: Edit, mine: Mapping[Any, Any], left: set[str]) -> None:
    """Insert a deleted row again under its id: as the log took it down when it went, else as it was last seen, with
    `mine` on top. What is missing gets what a new row gets. A person gets a password that nobody knows."""
    entity: Any = admin.entity
    table = entity.__table__
    image = _image(uow, entity, edit.id)
    seen = {**edit.seen, **edit.base}
    if image is None:
        own = {field.key: column_of(field) for field in admin.own_fields if not isinstance(field.kind, Secret)}
        image = {own[key]: value for key, value in seen.items() if key in own}
    values: dict[Any, Any] = {
        table.c[name]: cast(literal(text, Text()), table.c[name].type)
        for name, text in image.items()
        if name in table.c
    }
    values |= {column: value for column, value in mine.items() if column.name != "password_hash"}
    values[table.c.id] = edit.id
    if "password_hash" in table.c and table.c.password_hash not in values:
        values[table.c.password_hash] = passwords.hash_password(passwords.generate_password())
    if admin.place:
        order, parent = column_of(admin.field(admin.place.order.key)), column_of(admin.field(admin.place.parent.key))
        parent_id = edit.values.get(admin.place.parent.key) or image.get(parent)
        if parent_id is not None:
            _place(uow, admin, parent_id, table.c[order], image.get(order), values)
            left.add(parent_id)
    missing = [c.name for c in table.c if not (c.nullable or c in values or c.default or c.server_default)]
    if missing:
        raise Conflict(
            N_("Too little is known of what was deleted: it cannot be restored."),
            way_out=N_("Look it up in the history, or enter it anew."),
        )
    uow.touch(entity, [edit.id], "insert")
    statement: Any = insert(table).values(values).on_conflict_do_nothing(index_elements=["id"]).returning(table.c.id)
    if uow.execute(statement).one_or_none() is None:
        raise Conflict(N_("It is there again: somebody else restored it."), way_out=N_("Save once more."))


def _place(
    uow: UnitOfWork, admin: EntityAdmin, parent_id: str, order: Any, before: str | None, values: dict[Any, Any]
) -> None:
    """Where it stood, the others make room; at the end where that is not known."""
    assert admin.place is not None
    ordering.lock_parents(uow, admin.place, [parent_id])
    if before is None:
        values[order] = ordering.last_place(uow, admin.place, parent_id)
    else:
        ordering.make_room(uow, admin.place, parent_id, int(before))


def _image(uow: UnitOfWork, entity: Any, row_id: str) -> Mapping[str, str | None] | None:
    """The row as it was when it was deleted, as far as the log tells; secrets are never among it."""
    if not log_state(uow.connection).on:
        return None
    last = (
        select(changes.c.action, changes.c.before)
        .where(changes.c.row_id == row_id, changes.c.entity == entity.__tablename__)
        .order_by(changes.c.n.desc())
        .limit(1)
    )
    row = uow.execute(last).one_or_none()
    return row.before if row is not None and row.action == "D" else None
