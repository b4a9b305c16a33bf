"""How a migration that did not succeed is told: what happened, which state the database is in, what to do."""

import logging
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import sqlalchemy as sa

from lms_desktop.database.migrating.crew import DEADLOCK, LOCK_NOT_AVAILABLE, QUERY_CANCELED
from lms_desktop.database.migrating.events import Measure, TriedInVain
from lms_desktop.database.migrating.sessions import Session
from lms_desktop.database.migrating.stopping import LeftInvalid, Moved, Stops
from lms_desktop.errors import BadValue, Busy, Cancelled, ConnectionLost, ExplainedError, UserError, explain
from lms_desktop.errors.kinds import N_
from lms_desktop.errors.sentences import Sentence
from lms_desktop.log import format_exception

logger = logging.getLogger(__name__)


class Told(UserError):
    """A migration that came to no good end.

    Attributes:
        state: Which state the database is in.
        todo: What to do; `way_out` says both.
        revision: The revision that was being run, "" where none was.
        statement: The statement that failed, "" where none did.
        server_says: What PostgreSQL itself says of it, without values of rows.
    """

    state: Sentence
    todo: Sentence
    revision: str = ""
    statement: str = ""
    server_says: str = ""


class StepFailed(Told):
    """A revision failed."""


class GaveUp(Told, Busy):
    """A table was not to be had.

    Attributes:
        blockers: Who held it.
    """

    blocked: TriedInVain | None = None


class Stopped(Told, Cancelled):
    """A person stopped it."""


def is_lock_trouble(error: BaseException, stops: Stops) -> bool:
    """Whether others were in the way, and the same may succeed a little later."""
    code = sqlstate(error)
    return code in (LOCK_NOT_AVAILABLE, DEADLOCK) or (code == QUERY_CANCELED and stops.yielding.is_set())


def sqlstate(error: BaseException) -> str | None:
    """PostgreSQL's code, where the error is its."""
    return getattr(getattr(error, "orig", None), "pgcode", None) if isinstance(error, sa.exc.DBAPIError) else None


def stopped(state: Sentence) -> Stopped:
    """A person stopped it: told with the state."""
    made = Stopped(N_("The migration was stopped."), way_out=state.template, values=dict(state.values))
    made.state, made.todo = state, Sentence(N_("Apply it again when it suits you."))
    return made


def unguarded(state: Sentence) -> Told:
    """The lock was lost in the midst of it."""
    made = Told(
        N_("The connection that held the migration's lock was lost, so the migration was stopped."),
        way_out=state.template,
        values=dict(state.values),
    )
    made.state, made.todo = state, Sentence(N_("See where it stands, then go on from there."))
    return made


def gave_up(last: TriedInVain, state: Sentence) -> GaveUp:
    """Others held on."""
    values = {"tries": last.attempt, "who": _listed(last.blockers)} | dict(state.values)
    made = GaveUp(
        N_("A table could not be locked, because somebody else holds it (tries: {tries}): {who}."),
        way_out=state.template,
        values=values,
    )
    made.state, made.todo, made.blocked = state, Sentence(N_("Ask them to finish, then apply it again.")), last
    return made


def _listed(sessions: Sequence[Session]) -> str:
    if not sessions:
        return "?"
    first, *rest = (each.sentence for each in sessions)
    return reduce(lambda most, last: Sentence(N_("{most}; {last}"), most=most, last=last), rest, first)


def _reason(explained: ExplainedError) -> str:
    """What happened, which can still be said in another language."""
    parts = explained.again()
    values = parts["values"]
    return explained.text if values is None else Sentence(parts["text"], tuple(values), **values)


def failed(error: BaseException, revision: str, last: Measure | None, state: Sentence) -> Told:
    """A revision failed, of which `last` is what was sent last."""
    explained: ExplainedError = explain(error) if isinstance(error, Exception) else UserError(str(error))
    statement = last.sql if last is not None and last.failed else ""
    says = getattr(getattr(getattr(error, "orig", None), "diag", None), "message_primary", None) or ""
    todo = _todo(error, explained)
    if says:
        text, values = N_("Revision {revision} failed. PostgreSQL says: {says}."), {"says": says.rstrip(".")}
    elif isinstance(explained, UserError):
        text, values = N_("Revision {revision} failed: {reason}"), {"reason": _reason(explained)}
    else:
        text, values = N_("Revision {revision} failed, which is a mistake in it."), {}
        logger.error("Revision %s failed:\n%s", revision, format_exception(error))
    made = StepFailed(
        text,
        way_out=state.template,
        values={"revision": revision, **values, **state.values},
        details=explained.details,
    )
    made.state, made.todo, made.revision, made.statement, made.server_says = state, todo, revision, statement, says
    return made


def _todo(error: BaseException, explained: ExplainedError) -> Sentence:
    if isinstance(error, LeftInvalid):
        if error.remade:
            return Sentence(N_("It is of no use like that; the next run drops it and makes it again."))
        return Sentence(N_("It is of no use like that: drop it, or make it again with REINDEX INDEX CONCURRENTLY."))
    if isinstance(error, Moved):
        return Sentence(N_("Look at the plan again."))
    if isinstance(explained, ConnectionLost):
        return Sentence(N_("See where it stands as soon as the server can be reached, then go on from there."))
    if isinstance(error, sa.exc.IntegrityError) or isinstance(explained, BadValue):
        return Sentence(N_("Mend the rows that stand in the way, then apply it again."))
    return Sentence(N_("Send the details to whoever wrote the revision; until then the database works as it is."))


def cut(state: Sentence) -> Told:
    """The connection was lost between COMMIT and its answer; it has been asked meanwhile, and it was committed."""
    made = Told(
        N_("The connection was lost while the migration was being committed. It was committed."),
        way_out=state.template,
        values=dict(state.values),
    )
    made.state, made.todo = state, Sentence(N_("See where it stands, then go on from there."))
    return made


def state_after(
    look: Callable[[], str | None], before: str | None, done: bool, *, halfway: str = "", invalid: str = ""
) -> Sentence:
    """Which state the database is in: `look` asks it for its revision; `done` tells whether anything was committed.

    `halfway`: the revision that was being run, where that commits in its midst; `invalid`: indexes that are of no use.
    """
    try:
        now = look()
    except Exception:  # the server is gone, which is why it failed
        return Sentence(N_("Where the database stands could not be found out."))
    values: dict[str, Any] = {"state_revision": now or N_("base")}
    if halfway:
        values |= {"halfway": halfway, "invalid_indexes": invalid}
        if invalid:
            text = N_(
                "The database is at {state_revision}. What {halfway} did until then may have stayed, because it"
                " commits in its midst; these indexes are invalid: {invalid_indexes}."
            )
        else:
            text = N_(
                "The database is at {state_revision}. What {halfway} did until then may have stayed, because it"
                " commits in its midst."
            )
        return Sentence(text, **values)
    if now == before and not done:
        return Sentence(N_("Nothing was changed: the database is at {state_revision} as before."), **values)
    return Sentence(N_("What was done before that stays: the database is at {state_revision}."), **values)
