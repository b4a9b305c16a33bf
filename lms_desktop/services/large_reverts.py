"""Looking at an operation before it is taken back: a large one is only counted, as its own transaction looks at it all.

What stands in the way of a large one is found when it is taken back; until then nothing is written.
"""

import json

from sqlalchemy import func, select, text

from lms_desktop.database.change_log import log_state
from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import User
from lms_desktop.errors.sentences import done
from lms_desktop.services.joins import BY_TABLE
from lms_desktop.services.reverting import NO_PASSWORD, NO_SESSIONS, PASSWORD_STAYS, Plan, Reverting
from lms_desktop.services.taking_back import rights
from lms_desktop.services.taking_back.net import DELETE, INSERT, NEVER, UPDATE
from lms_desktop.services.taking_back.plan import Only

LARGE = 1_000
"""Changed rows from which on an operation is large."""

LOOKING_LIMIT = 120.0
"""Seconds that each statement may take of those that look at a smaller one, or at a part."""

_OPERATION = text(
    "SELECT o.seq, o.actor_id::text, o.sentence, CAST(o.parts AS text) AS parts FROM lms_desktop.operations o"
    " WHERE o.id = CAST(:id AS uuid) AND NOT EXISTS (SELECT FROM lms_desktop.operations r WHERE r.reverts = o.id)"
)
_SIZE = text(
    "SELECT entity, action, count(DISTINCT row_id) AS rows, bool_or(hidden IS NOT NULL) AS hidden"
    " FROM lms_desktop.changes WHERE operation = :seq GROUP BY entity, action ORDER BY entity, action"
)


def look(uow: UnitOfWork, reverting: Reverting, operation_id: str, *, only: Only | None = None) -> Plan:
    """What taking an operation back would do, as `Reverting.plan` says; of a large one without its obstacles.

    Raises what `Reverting.plan` raises.
    """
    limit = str(int(LOOKING_LIMIT * 1000))
    uow.execute(select(func.set_config("statement_timeout", limit, True)))
    counted = _counted(uow, operation_id) if only is None else None
    return counted or reverting.plan(uow, operation_id, only=only)


def _counted(uow: UnitOfWork, operation_id: str) -> Plan | None:
    """None for what is small, and for what was taken back before, in whole or in part."""
    if not log_state(uow.connection).on:
        return None
    operation = uow.execute(_OPERATION, {"id": operation_id}).one_or_none()
    if operation is None:
        return None
    rights.check_operation(uow, operation.actor_id)
    found = [row for row in uow.execute(_SIZE, {"seq": operation.seq}) if row.entity in BY_TABLE]
    counts: dict[type, tuple[int, int, int]] = {}
    for row in found:
        if row.entity not in NEVER:
            numbers = list(counts.get(BY_TABLE[row.entity], (0, 0, 0)))
            numbers[(DELETE, UPDATE, INSERT).index(row.action)] = row.rows
            counts[BY_TABLE[row.entity]] = (numbers[0], numbers[1], numbers[2])
    total = sum(map(sum, counts.values()))
    if total < LARGE:
        return None
    given = (
        (NO_PASSWORD, any((row.entity, row.action) == (User.__tablename__, DELETE) for row in found)),
        (PASSWORD_STAYS, any(row.hidden and row.action == UPDATE for row in found)),
        (NO_SESSIONS, any(row.entity in NEVER for row in found)),
    )
    notes = tuple(note for note, holds in given if holds)
    said = done(operation.sentence, json.loads(operation.parts or "null"))
    return Plan(operation_id, said, counts, possible=total, notes=notes)
