"""Taking an operation back: the inverse of what it changed, as one new operation, or nothing at all.

The change log says what each row was before and after. Taking back is guarded: where a row is no longer as the
operation left it, nothing is written, and `CannotRevert` says which rows, which fields and whose change it was. What
was taken back can be taken back in turn: that is redoing.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from lms_desktop.database.change_log import LOGGED_TABLES, log_state
from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import User
from lms_desktop.errors import UserError
from lms_desktop.errors.kinds import N_
from lms_desktop.errors.sentences import Sentence, done
from lms_desktop.services import locks
from lms_desktop.services.joins import BY_TABLE
from lms_desktop.services.taking_back import guard, places, rights, writing
from lms_desktop.services.taking_back.live import Live
from lms_desktop.services.taking_back.net import DELETE, INSERT, NEVER, UPDATE, Net
from lms_desktop.services.taking_back.plan import (
    CHANGED,
    GONE,
    MOST_OBSTACLES,
    PARENT,
    TAKEN,
    THERE,
    USED,
    CannotRevert,
    Obstacle,
    Only,
    Plan,
    Tell,
)
from lms_desktop.services.taking_back.selecting import with_what_went_along
from lms_desktop.services.taking_back.telling import Teller
from lms_desktop.spec import Catalog

__all__ = [
    "CHANGED",
    "GONE",
    "MOST_OBSTACLES",
    "PARENT",
    "TAKEN",
    "THERE",
    "USED",
    "CannotRevert",
    "Obstacle",
    "Plan",
    "Reverting",
]

NO_PASSWORD = N_("Who comes back has no password: nobody can sign in with that account until it gets a new one.")
NO_SESSIONS = N_("Sessions of the web neither come back nor go.")
PASSWORD_STAYS = N_("A password that was set stays: what it was before is written down nowhere.")
COLUMNS_LOST = N_("Some of it has no place in the database any more and is left out.")

_OPERATION = text(
    """
    WITH RECURSIVE up AS (
        SELECT id, seq, at, actor_id, sentence, parts, reverts, 0 AS depth
          FROM lms_desktop.operations WHERE id = CAST(:id AS uuid)
        UNION ALL
        SELECT o.id, o.seq, o.at, o.actor_id, o.sentence, o.parts, o.reverts, u.depth + 1
          FROM up u JOIN lms_desktop.operations o ON o.id = u.reverts)
    SELECT id::text, seq, at, actor_id::text, sentence, CAST(parts AS text) AS parts, depth FROM up ORDER BY depth
    """
)
_REVERTS = text(
    """
    WITH RECURSIVE down AS (
        SELECT id, seq, reverts FROM lms_desktop.operations WHERE reverts = CAST(:id AS uuid)
        UNION
        SELECT o.id, o.seq, o.reverts FROM down d JOIN lms_desktop.operations o ON o.reverts = d.id)
    SELECT id::text, seq, reverts::text FROM down ORDER BY seq
    """
)
# How images print and are read: whatever the address of the server says about its sessions.
_SETTINGS = text(
    "SELECT set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO', true),"
    " set_config('intervalstyle', 'postgres', true), set_config('extra_float_digits', '1', true),"
    " set_config('bytea_output', 'hex', true)"
)


@dataclass(frozen=True)
class _Operation:
    """What the log says of an operation. `root` is what was done in the first place, `again` whether this one did it,
    or did it again after it had been taken back."""

    id: str
    seq: int
    at: Any
    actor_id: str | None
    sentence: str
    root: str
    again: bool


class Reverting:
    """Takes operations of the change log back."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._places = {
            entity.__tablename__: admin.place  # type: ignore[attr-defined]
            for entity, admin in catalog.items()
            if admin.place
        }

    def plan(self, uow: UnitOfWork, operation_id: str, *, only: Only | None = None) -> Plan:
        """What taking it back would do; only reads.

        Raises UserError where there is no log or no such operation, or nothing in it could ever be taken back; Denied
        where the actor may not.
        """
        operation = self._enter(uow, operation_id)
        net, reverted_by = self._net(uow, operation, only, stage=False)
        if reverted_by:
            return Plan(operation.id, operation.sentence, reverted_by=reverted_by)
        rights.check_before(uow, net)
        return self._planned(net, operation)[0]

    def revert(
        self,
        uow: UnitOfWork,
        operation_id: str,
        progress: Tell | None = None,
        *,
        possible_part: bool = False,
        only: Only | None = None,
    ) -> Outcome:
        """Take it back, wholly, or with `possible_part` as far as it goes; the outcome's value is the notes.

        Raises CannotRevert, UserError, Denied; nothing is to be committed then.
        """
        tell = progress or (lambda fraction, sentence: None)
        tell(0.0, N_("Looking at what was done …"))
        operation = self._enter(uow, operation_id)
        locks.take_for(uow, operation.id)
        net, reverted_by = self._net(uow, operation, only, stage=True)
        if reverted_by:
            raise UserError(N_("This was taken back already."))
        tell(0.1, N_("Looking at what was done since …"))
        lists = [found for table, place in self._places.items() if (found := places.concerned(net, table, place))]
        writing.lock(net, _parents(lists))
        rights.check_before(uow, net)
        plan, left_out = self._planned(net, operation)
        if left_out and not (possible_part and plan.possible):
            raise CannotRevert(plan)
        tell(0.3, N_("Looking at what was done since …"))
        wanted = self._orders(net, lists, operation, whole=only is None and not net.covered)
        writing.Writer(net, lambda fraction, sentence: tell(0.3 + 0.65 * fraction, sentence)).write()
        for found in lists:
            places.renumber(net, found, wanted[found.table])
        rights.check_after(uow, net)
        _touch(uow, net)
        uow.reverts = operation.id
        tell(1.0, N_("Done."))
        return uow.outcome(_told(operation, plan, part=bool(left_out)), plan.notes)

    # Looking

    def _enter(self, uow: UnitOfWork, operation_id: str) -> _Operation:
        state = log_state(uow.connection)
        if not state.on:
            raise UserError(state.why_off)
        uow.execute(_SETTINGS)
        rows = uow.execute(_OPERATION, {"id": operation_id}).all()
        if not rows:
            raise UserError(N_("The change log knows nothing of this operation."))
        first, root = rows[0], rows[-1]
        rights.check_operation(uow, first.actor_id)
        said = [done(row.sentence, json.loads(row.parts or "null")) for row in (first, root)]
        return _Operation(first.id, first.seq, first.at, first.actor_id, said[0], said[1], root.depth % 2 == 0)

    def _net(self, uow: UnitOfWork, operation: _Operation, only: Only | None, *, stage: bool) -> tuple[Net, str | None]:
        """The net changes that still can be taken back; or the operation that has taken all of them back."""
        standing = _standing(uow, operation.id)
        live = Live.look(uow, LOGGED_TABLES)
        live = Live({k: v for k, v in live.tables.items() if k not in NEVER}, live.references)
        order = {table: place.order.property.columns[0].name for table, place in self._places.items()}
        net = Net(uow, live, operation.seq, order, covered=list(standing.values()))
        net.open(stage=stage)
        if only is not None:
            net.keep_only(with_what_went_along(net, self._places, only))
        if standing and not _has_substance(net):
            return net, list(standing)[-1]
        if not net.counts:
            raise UserError(_nothing(net))
        return net, None

    def _planned(self, net: Net, operation: _Operation) -> tuple[Plan, Mapping[guard.Row, str]]:
        """The plan; afterwards the net holds what is possible alone."""
        counts, total = _counts(net), sum(net.counts.values())
        notes = _notes(net)
        found = guard.obstacles(net)
        told = Teller(net, self.catalog).tell(found) if found else ()
        plan = Plan(operation.id, operation.sentence, counts, told, len(found), total - len(found), notes)
        return plan, found

    @staticmethod
    def _orders(
        net: Net, lists: list[places.Lists], operation: _Operation, *, whole: bool
    ) -> dict[str, dict[str, list[str]]]:
        wanted = {}
        for found in lists:
            places.look(net, found, operation.at)
            wanted[found.table] = places.orders(found, whole=whole and not net.lacks(found.table))
        return wanted


def _standing(uow: UnitOfWork, operation_id: str) -> dict[str, int]:
    """The operations (id → number) that have taken this one back and have not been taken back themselves."""
    reverts: dict[str, list[tuple[str, int]]] = {}
    for row in uow.execute(_REVERTS, {"id": operation_id}):
        reverts.setdefault(row.reverts, []).append((row.id, row.seq))

    # What stands last in a chain stands; each one before it stands where nothing behind it does.
    stands: dict[str, bool] = {}
    for row_id, _ in sorted((pair for pairs in reverts.values() for pair in pairs), key=lambda pair: -pair[1]):
        stands[row_id] = not any(stands[later] for later, _ in reverts.get(row_id, []))
    return {row_id: seq for row_id, seq in reverts.get(operation_id, []) if stands[row_id]}


def _has_substance(net: Net) -> bool:
    """Whether there is more to take back than places in lists."""
    if net.tables(INSERT) or net.tables(DELETE):
        return True
    parts = [f"SELECT substance FROM {net.rows(table, UPDATE)} r" for table in net.tables(UPDATE)]
    if not parts:
        return False
    statement = f"SELECT coalesce(bool_or(substance), false) FROM ({' UNION ALL '.join(parts)}) s"
    return bool(net.ask(text(statement)).scalar_one())


def _nothing(net: Net) -> str:
    """Why there is nothing to take back."""
    if net.sessions:
        return N_("Sessions of the web that were ended do not come back.")
    if net.hidden:
        return N_("A password that was set cannot be taken back: what it was before is written down nowhere.")
    return N_("There is nothing in it that could be taken back.")


def _notes(net: Net) -> tuple[str, ...]:
    given = (
        (NO_PASSWORD, net.has(User.__tablename__, DELETE)),
        (PASSWORD_STAYS, bool(net.hidden & set(net.tables(UPDATE)))),
        (NO_SESSIONS, net.sessions),
        (COLUMNS_LOST, net.lost_columns),
    )
    return tuple(note for note, holds in given if holds)


def _counts(net: Net) -> dict[type, tuple[int, int, int]]:
    """Entity → rows that taking back inserts, updates, deletes."""
    tables = {table: None for kind in (DELETE, UPDATE, INSERT) for table in net.tables(kind)}
    return {
        BY_TABLE[t]: tuple(net.counts.get((t, kind), 0) for kind in (DELETE, UPDATE, INSERT))  # type: ignore[misc]
        for t in net.live.parents_first()
        if t in tables
    }


def _parents(lists: Iterable[places.Lists]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in lists:
        found.setdefault(each.parent_table, []).extend(each.parents)
    return found


MOST_TOUCHED = 1_000
"""Rows of a table that the outcome names one by one at most."""


def _touch(uow: UnitOfWork, net: Net) -> None:
    for kind, action in ((DELETE, "insert"), (UPDATE, "update"), (INSERT, "delete")):
        for table in net.tables(kind):
            some = f"SELECT row_id::text FROM {net.rows(table, kind)} r LIMIT {MOST_TOUCHED}"
            uow.touch(BY_TABLE[table], net.ask(text(some)).scalars(), action)


def _told(operation: _Operation, plan: Plan, *, part: bool) -> str:
    if operation.again:
        template = N_("Took back in part: {what}") if part else N_("Took back: {what}")
    else:
        template = N_("Did again in part: {what}") if part else N_("Did again: {what}")
    said = Sentence(template, what=operation.root)
    if NO_PASSWORD not in plan.notes:
        return said
    return Sentence(N_("{said} {note}"), ("note",), said=said, note=NO_PASSWORD)
