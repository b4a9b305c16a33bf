"""The worker's side of a job: do it in its transaction, again where that is harmless, and explain what went wrong."""

import logging
from collections.abc import Callable
from time import monotonic
from typing import Any

from sqlalchemy import func, select

from lms_desktop.database.unit_of_work import Database, UnitOfWork
from lms_desktop.errors import BugError, ConnectionLost, Denied, UserError, explain
from lms_desktop.errors.kinds import N_
from lms_desktop.log import format_exception
from lms_desktop.models.desk.jobs import Control, ProgressNote, Reply, Task
from lms_desktop.services import gate

logger = logging.getLogger(__name__)

RETRY_WITHIN = 5.0
"""Seconds. A statement that nobody here cancelled is run again when it ended this soon; later, it was its timeout."""

PROGRESS_EVERY = 0.05
"""Seconds between two notes of progress."""

_ROUND_TRIPS_AT_THE_GATE = 2
"""BEGIN, and the SELECT of the actor's row."""

_QUERY_CANCELED = "57014"

Tell = Callable[[object], None]


def perform(task: Task, database: Database | None, tell: Tell) -> Reply:
    """Do the work and make a reply of whatever happens. Never raises.

    A read is tried a second time when its connection was lost or its statement cancelled though nobody here asked for
    it. A commit is never tried again: the first time may have reached the server.
    """
    control = task.control
    control.started = True
    try:
        reply = _attempt(task, database, tell)
        if reply.error is not None and task.kind == "read" and _worth_another_try(reply, control):
            reply = _attempt(task, database, tell)
        return reply
    finally:
        control.finished = True


def _attempt(task: Task, database: Database | None, tell: Tell) -> Reply:
    control = task.control
    began = monotonic()
    latencies: list[float] = []
    try:
        control.check()
        value = _call(task, database, latencies, tell)
        latency = latencies[0] if latencies else None
        return Reply(task.number, value=value, reached=control.reached, began=began, latency=latency)
    except BaseException as exc:  # a worker outlives whatever its work raises
        try:
            return _refusal(task, exc, began)
        except Exception as mistake:  # nor does it end with whoever waits for it hearing nothing
            logger.error("An error could not be explained:\n%s", format_exception(mistake))
            return Reply(task.number, error=BugError(), began=began)
        finally:
            _forget_frames(exc)


def _call(task: Task, database: Database | None, latencies: list[float], tell: Tell) -> Any:
    if task.kind == "plain":
        return task.work()
    if database is None:
        raise UserError(N_("There is no connection to a database."), way_out=N_("Connect to one first."))
    if task.actor is None:
        raise Denied(N_("Nobody has signed in."), way_out=N_("Sign in first."))
    control = task.control
    enter = gate.reading if task.kind == "read" else gate.transaction
    with enter(database, task.actor, control.bind) as uow:
        if not task.actor.system:
            latencies.append((monotonic() - control.bound_at) / _ROUND_TRIPS_AT_THE_GATE)
        if task.kind == "run":
            _own_time_limit(uow, task.limit)
            value = task.work(uow, _progress(task.number, control, tell))
        else:
            value = task.work(uow)
        control.check()  # the last moment to stop: after this comes COMMIT
    return value


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
