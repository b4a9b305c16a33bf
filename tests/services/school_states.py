"""A whole school as text, to be compared; operations on it, and taking them back."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Actor, Database, Outcome, UnitOfWork
from lms_desktop.entities import ENTITIES, RefreshToken
from lms_desktop.services import gate
from lms_desktop.services.impact import DELETED, impact
from lms_desktop.services.records import Edit, Record, Records
from lms_desktop.services.reverting import Plan, Reverting
from tests.small_school import act

records = Records(CATALOG)
reverting = Reverting(CATALOG)

State = dict[str, dict[str, tuple[str | None, ...]]]
"""Table → id → all columns as text, `password_hash` and the rows of `refresh_tokens` aside."""


def state(database: Database) -> State:
    """What all tables hold, byte for byte."""
    found: State = {}
    with database.engine.connect() as connection:
        for entity in ENTITIES:
            if entity is RefreshToken:
                continue
            columns = [c.name for c in entity.__table__.columns if c.name not in {"password_hash", "xmin"}]
            shown = ", ".join(f'"{name}"::text' for name in columns)
            rows = connection.execute(text(f"SELECT {shown} FROM {entity.__tablename__}"))
            found[entity.__tablename__] = {str(row[columns.index("id")]): tuple(row) for row in rows}
    return found


def changed(before: State, after: State) -> dict[str, set[str]]:
    """Table → ids of rows that are not the same in both."""
    found = {}
    for table, rows in before.items():
        ids = {row_id for row_id in {*rows, *after[table]} if rows.get(row_id) != after[table].get(row_id)}
        if ids:
            found[table] = ids
    return found


def undo(database: Database, who: Actor, operation: str | None, **how: Any) -> Outcome:
    """Take an operation back."""
    assert operation is not None
    return act(database, who, lambda uow: reverting.revert(uow, operation, **how))


def plan(database: Database, who: Actor, operation: str | None, **how: Any) -> Plan:
    """What taking it back would do."""
    assert operation is not None
    with gate.reading(database, who) as uow:
        return reverting.plan(uow, operation, **how)


def record(database: Database, who: Actor, entity: type, row_id: str) -> Record:
    """The record as this person sees it."""
    with gate.reading(database, who) as uow:
        found = records.load(uow, entity, row_id)
    assert found is not None
    return found


def save(database: Database, who: Actor, entity: type, row_id: str, **values: str | None) -> Outcome:
    """Change fields of a record."""
    seen = record(database, who, entity, row_id)
    base = {key: seen.values.get(key) for key in values}
    edit = Edit(entity, row_id, seen.version, values, base)
    return act(database, who, lambda uow: records.save(uow, (edit,)))


def add(database: Database, who: Actor, entity: type, row_id: str, **values: str | None) -> Outcome:
    """Make a record."""
    return act(database, who, lambda uow: records.save(uow, (Edit(entity, row_id, None, values),)))


def delete(database: Database, who: Actor, entity: Any, *ids: str) -> Outcome:
    """Delete records with all that hangs on them."""

    def do(uow: UnitOfWork) -> Outcome:
        versions = {row_id: record(database, who, entity, row_id).version for row_id in ids}
        expected = {effect.table: effect.count for effect in impact(uow, entity, ids).of(DELETED)}
        return records.delete(uow, entity, versions, expected)

    return act(database, who, do)


def execute(database: Database, who: Actor, *statements: str, **values: Any) -> Outcome:
    """Run plain SQL as a logged operation of this person."""

    def do(uow: UnitOfWork) -> Outcome:
        for statement in statements:
            uow.execute(text(statement), values)
        return uow.outcome("Ran SQL.")

    return act(database, who, do)


Do = Callable[[Database], Outcome]
