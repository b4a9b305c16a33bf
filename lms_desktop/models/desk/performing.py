"""The worker's side of a job: do it in its transaction, again where that is harmless, and explain what went wrong."""

import logging
from collections.abc import Callable
from dataclasses import replace
from time import monotonic, sleep
from typing import Any

from sqlalchemy import func, select

from lms_desktop.database.fates import Fate, Sent, fate
from lms_desktop.database.unit_of_work import Database, Outcome, UnitOfWork
from lms_desktop.errors import BugError, ConnectionLost, Denied, InDoubt, UserError, explain
from lms_desktop.errors.kinds import N_
from lms_desktop.log import format_exception
from lms_desktop.models.desk.jobs import Control, Doubt, LossNote, ProgressNote, Reply, Task
from lms_desktop.services import gate

logger = logging.getLogger(__name__)

RETRY_WITHIN = 5.0
"""Seconds. A statement that nobody here cancelled is run again when it ended this soon; later, it was its timeout."""

SETTLE_WITHIN = 6.0
"""Seconds for which a worker asks what became of a COMMIT whose answer was lost; then the job ends in doubt."""

ASK_AFTER = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds before each time that it asks; the last pause is repeated."""

PROGRESS_EVERY = 0.05
"""Seconds between two notes of progress."""

_ROUND_TRIPS_AT_THE_GATE = 2
"""Of what writes: BEGIN, and what tells the log whose operation it is."""

_QUERY_CANCELED = "57014"
_UNIQUE_VIOLATION = "23505"
_COMMITTED_BEFORE = "was committed before"
"""Part of what the change log says of an operation that it holds already; never translated."""

Tell = Callable[[object], None]


def perform(task: Task, database: Database | None, tell: Tell) -> Reply:
    """Do the work and make a reply of whatever happens. Never raises.

    A read is tried a second time when its connection was lost or its statement cancelled though nobody here asked for
    it. A commit is never tried again: the first time may have reached the server. Where its answer was lost, the server
    is asked what became of it.
    """
    control = task.control
    control.started = True
    try:
        reply = _attempt(task, database, tell)
        if reply.doubt is not None and database is not None:
            return _settle(task, database, reply, reply.doubt, tell)
        if reply.error is not None and task.kind == "read" and _worth_another_try(reply, control):
            reply = _attempt(task, database, tell)
        return reply
    finally:
        control.finished = True


def _attempt(task: Task, database: Database | None, tell: Tell) -> Reply:
    control = task.control
    began = monotonic()
    flight = _Flight()
    try:
        control.check()
        value = _call(task, database, flight, tell)
        return Reply(task.number, value=value, reached=control.reached, began=began, latency=flight.latency)
    except BaseException as exc:  # a worker outlives whatever its work raises
        try:
            if flight.uow is not None and _was_committed_before(exc):
                value = Outcome(N_("This was saved already."), tuple(flight.uow.touched), None, task.operation)
                return Reply(task.number, value=value, reached=True, began=began)
            return flight.doubtful(_refusal(task, exc, began))
        except Exception as mistake:  # nor does it end with whoever waits for it hearing nothing
            logger.error("An error could not be explained:\n%s", format_exception(mistake))
            return Reply(task.number, error=BugError(), began=began)
        finally:
            _forget_frames(exc)


class _Flight:
    """How far an attempt has come.

    Attributes:
        latency: seconds for a round trip to the server, where it could be told.
        uow: its transaction.
        value: what the work returned.
    """

    def __init__(self) -> None:
        self.latency: float | None = None
        self.uow: UnitOfWork | None = None
        self.value: Any = None

    def doubtful(self, refusal: Reply) -> Reply:
        """The refusal, with a doubt where COMMIT had been sent and the connection was lost before it was answered."""
        sent = None if self.uow is None else self.uow.sent
        if sent is None or not refusal.lost or not isinstance(refusal.error, UserError):
            return refusal
        return replace(refusal, doubt=Doubt(sent, self.value, refusal.error))


def _settle(task: Task, database: Database, reply: Reply, doubt: Doubt, tell: Tell) -> Reply:
    """Ask the server until it can say what became of a COMMIT, for a bounded time; a wish to stop ends it too."""
    tell(LossNote(task.number, reply.began))
    deadline, asked = monotonic() + SETTLE_WITHIN, 0
    while True:
        sleep(ASK_AFTER[min(asked, len(ASK_AFTER) - 1)])
        asked += 1
        began = monotonic()
        found = ask_fate(database, doubt.sent)
        if found == "committed":
            return Reply(task.number, value=doubt.value, reached=True, began=began)
        if found == "aborted":
            return Reply(task.number, error=doubt.error, reached=True, began=began)
        if found == "unknown":
            return Reply(task.number, error=InDoubt(open=False), reached=True, began=began)
        if monotonic() > deadline or task.control.wished:
            return replace(reply, error=InDoubt())


def _was_committed_before(error: BaseException) -> bool:
    """Whether the change log refused an operation because it holds one of this very id."""
    found: BaseException | None = error
    while found is not None:
        orig = getattr(found, "orig", None)
        if getattr(orig, "pgcode", None) == _UNIQUE_VIOLATION and _COMMITTED_BEFORE in str(orig):
            return True
        found = found.__cause__ or found.__context__
    return False


def ask_fate(database: Database, sent: Sent) -> Fate | None:
    """What the server says of a transaction; None where it cannot be asked now."""
    try:
        with database.engine.connect() as connection:
            return fate(connection, sent)
    except Exception as error:
        logger.debug("What became of a commit cannot be asked: %s", type(error).__name__)
        return None


def _call(task: Task, database: Database | None, flight: _Flight, tell: Tell) -> Any:
    if task.kind == "plain":
        return task.work()
    if database is None:
        raise UserError(N_("There is no connection to a database."), way_out=N_("Connect to one first."))
    if task.actor is None:
        raise Denied(N_("Nobody has signed in."), way_out=N_("Sign in first."))
    control = task.control
    if task.kind == "read":
        entered = gate.reading(database, task.actor, control.bind, again=True, along=True)
    else:
        entered = gate.transaction(database, task.actor, control.bind, operation=task.operation or None)
    with entered as uow:
        flight.uow = uow
        if task.kind != "read" and not task.actor.system:
            flight.latency = (monotonic() - control.bound_at) / _ROUND_TRIPS_AT_THE_GATE
        if task.keeper is not None:
            uow.before_commit = task.keeper.sending
        if task.kind == "run":
            _own_time_limit(uow, task.limit)
            flight.value = task.work(uow, _progress(task.number, control, tell))
        else:
            flight.value = task.work(uow)
        control.check()  # the last moment to stop: after this comes COMMIT
    if task.kind == "read" and not task.actor.system:
        flight.latency = uow.round_trip
    return flight.value


def _own_time_limit(uow: UnitOfWork, seconds: float) -> None:
    """Let the statements of this transaction, and the pauses between them, take longer than those of a screen."""
    limit = str(int(seconds * 1000))
    uow.execute(
        select(
            func.set_config("statement_timeout", limit, True),
            func.set_config("idle_in_transaction_session_timeout", limit, True),
        )
    )


def _progress(number: int, control: Control, tell: Tell) -> Callable[[float, str], None]:
    last = 0.0

    def report(fraction: float, text: str) -> None:
        nonlocal last
        control.check()
        now = monotonic()
        if now - last >= PROGRESS_EVERY or fraction >= 1:
            last = now
            tell(ProgressNote(number, min(max(fraction, 0.0), 1.0), text))

    return report


def _worth_another_try(reply: Reply, control: Control) -> bool:
    if control.wished:
        return False
    return reply.lost or (reply.stray and monotonic() - reply.began < RETRY_WITHIN)


def _refusal(task: Task, exc: BaseException, began: float) -> Reply:
    error = explain(exc)
    lost = isinstance(error, ConnectionLost) and task.kind != "plain"
    # A write that lost its connection may have been committed: that is no cancellation, whatever was asked for.
    if task.control.wished and not (lost and task.kind in ("commit", "run")):
        _log(task, error, exc, wished=True)
        return Reply(task.number, cancelled=True, reached=task.control.reached, lost=lost, began=began)
    _log(task, error, exc)
    return Reply(
        task.number,
        error=error,
        reached=task.control.reached,
        lost=lost,
        stray=getattr(getattr(exc, "orig", None), "pgcode", None) == _QUERY_CANCELED,
        actor_lost=isinstance(exc, gate.ActorLost),
        began=began,
    )


def _log(task: Task, error: UserError | BugError, exc: BaseException, *, wished: bool = False) -> None:
    """As text: a record that kept the exception would keep its frames and what they hold."""
    if isinstance(error, BugError):
        logger.error("A %s failed through a mistake of this program:\n%s", task.kind, format_exception(exc))
    elif not wished:
        logger.info("A %s was refused: %s %s", task.kind, type(error).__name__, error.details or "")


def _forget_frames(error: BaseException) -> None:
    """Take the traceback off, and off what led to it: frames hold the work, and with it objects of the GUI thread."""
    found: BaseException | None = error
    while found is not None:
        following = found.__cause__ or found.__context__
        found.__traceback__ = found.__cause__ = found.__context__ = None
        found = following
