"""A rehearsal: the revisions run for real, everything is measured, and everything is rolled back."""

import time
from dataclasses import dataclass

import sqlalchemy as sa

from lms_desktop.database.migrating import failures, fingerprint
from lms_desktop.database.migrating.crew import Crew
from lms_desktop.database.migrating.events import Limits, Lock, Measure, StepBegan, StepDone, Tell, TriedInVain, silent
from lms_desktop.database.migrating.fingerprint import Fingerprint
from lms_desktop.database.migrating.plan import Plan, PlanStep
from lms_desktop.database.migrating.sessions import strength
from lms_desktop.database.migrating.source import Revision, Source
from lms_desktop.database.migrating.standing import look
from lms_desktop.database.migrating.stopping import Moved, TooLong
from lms_desktop.errors import Cancelled, UserError
from lms_desktop.errors.kinds import N_
from lms_desktop.errors.sentences import Sentence

WARNING = N_(
    "The rehearsal runs on this database itself: while it lasts, others wait for the tables that it changes. Nothing of"
    " it stays."
)
"""What to say before a live rehearsal."""


@dataclass(frozen=True)
class Rehearsal:
    """What came of a rehearsal.

    Attributes:
        plan: What was rehearsed.
        on_copy: Whether on a copy of the database, where also what commits itself could be run.
        measures: Each statement: its seconds, the locks that it took, the tables that it wrote anew.
        seconds: All of it, from the first statement to the last.
        before: The database before.
        after: And afterwards.
        rolled_back: Whether the server itself says that the transaction was rolled back; on a copy there is none.
        skipped: What could not be rehearsed: a revision that commits in its midst, and all behind it.
        failure: Why it stopped where it did; None where all went well.
    """

    plan: Plan
    on_copy: bool
    measures: tuple[Measure, ...]
    seconds: float
    before: Fingerprint
    after: Fingerprint
    rolled_back: bool
    skipped: tuple[Revision, ...] = ()
    failure: UserError | None = None

    @property
    def locks(self) -> tuple[Lock, ...]:
        """The strongest lock on each table, those that keep most people away first."""
        strongest: dict[str, Lock] = {}
        for measure in self.measures:
            for lock in measure.locks:
                if strength(lock.mode) >= strength(strongest.get(lock.table, lock).mode):
                    strongest[lock.table] = lock
        return tuple(sorted(strongest.values(), key=lambda lock: (-strength(lock.mode), lock.table)))

    @property
    def rewritten(self) -> tuple[str, ...]:
        """The tables that were written anew, row by row."""
        return tuple(dict.fromkeys(table for measure in self.measures for table in measure.rewritten))

    @property
    def written_by_others(self) -> tuple[str, ...]:
        """The tables of which rows are others than before: as the server rolled ours back, others wrote them."""
        return self.before.changed(self.after)

    @property
    def unchanged(self) -> bool:
        """Whether schema and rows are exactly what they were."""
        return self.before.schema == self.after.schema and not self.written_by_others

    @property
    def sentence(self) -> Sentence:
        """What to say of it."""
        if not self.rolled_back and not self.on_copy:
            return Sentence(N_("The server does not say that the rehearsal was rolled back."))
        if self.before.schema != self.after.schema:
            return Sentence(N_("The schema was changed meanwhile, by somebody else: the rehearsal was rolled back."))
        if self.written_by_others:
            tables = ", ".join(self.written_by_others)
            return Sentence(N_("The rehearsal was rolled back; others wrote to {tables} meanwhile."), tables=tables)
        return Sentence(
            N_("Nothing was changed: the schema and all rows ({rows}) are exactly what they were."),
            rows=self.before.rows,
        )


class Rehearse:
    """One rehearsal on the database itself. `run` blocks; `cancel` may be called from any thread."""

    def __init__(self, engine: sa.Engine, source: Source, *, tell: Tell = silent, limits: Limits | None = None) -> None:
        """Without `limits` a minute is allowed."""
        self._engine, self._source, self._tell = engine, source, tell
        self._limits = limits or Limits(time_limit=60.0)
        self._crew = Crew(engine, source, self._limits, tell, deep=True)

    def cancel(self) -> None:
        """Stop; nothing is changed then. Takes a round trip to the server."""
        self._crew.cancel()

    def run(self, plan: Plan) -> Rehearsal:
        """Rehearse. Raises Busy while somebody else migrates, Cancelled after `cancel`.

        A revision that fails, a table that is not to be had and a time limit that is reached are results: `failure`.
        """
        steps = _rehearsable(plan)
        with self._engine.connect() as other:
            before = fingerprint.take(other, self._crew.stops.check)
        with self._crew.at_work() as crew:
            check_still(crew.connection, self._source, plan)
            seconds, failure, xid = self._in_transaction(crew, steps)
            measures = tuple(crew.meter.measures)
        with self._engine.connect() as other:
            rolled_back = xid is None or _status(other, xid) == "aborted"
            after = fingerprint.take(other)  # whatever else has come meanwhile, this is wanted
        skipped = tuple(step.revision for step in plan.steps[len(steps) :])
        return Rehearsal(plan, False, measures, seconds, before, after, rolled_back, skipped, failure)

    def _in_transaction(self, crew: Crew, steps: tuple[PlanStep, ...]) -> tuple[float, UserError | None, str | None]:
        began, step, xid = time.monotonic(), None, None
        failure: UserError | None = None
        transaction = crew.connection.begin()
        try:
            xid = str(crew.connection.scalar(sa.text("SELECT pg_current_xact_id()")))
            for number, step in enumerate(steps, 1):
                self._tell(StepBegan(step, number, len(steps)))
                step_began = time.monotonic()
                crew.run(step, recorded=False)
                self._tell(StepDone(step, number, len(steps), time.monotonic() - step_began))
        except Exception as error:
            failure = self._failure(crew, error, step, time.monotonic() - began)
        finally:
            seconds = time.monotonic() - began
            try:
                transaction.rollback()
            except sa.exc.DBAPIError as error:  # cut off, and so rolled back by the server
                failure = failure or self._failure(crew, error, step, seconds)
        return seconds, failure, xid

    def _failure(self, crew: Crew, error: Exception, step: PlanStep | None, seconds: float) -> UserError:
        state = Sentence(N_("Everything was rolled back."))
        last = crew.meter.measures[-1] if crew.meter.measures else None
        if crew.stops.cancelled.is_set():
            raise Cancelled(N_("The rehearsal was stopped, and everything rolled back.")) from error
        limit = self._limits.time_limit
        if crew.stops.late.is_set() or isinstance(error, TooLong) or (limit is not None and seconds > limit):
            return TooLong()
        if failures.is_lock_trouble(error, crew.stops):
            return failures.gave_up(TriedInVain(1, 1, crew.blockers), state)
        if crew.connection.closed or crew.connection.invalidated:
            raise error
        return failures.failed(error, step.revision.id if step else "", last, state)


def _rehearsable(plan: Plan) -> tuple[PlanStep, ...]:
    """All before the first that commits in its midst: what comes behind it builds on it."""
    steps: list[PlanStep] = []
    for step in plan.steps:
        if not step.written.in_transaction:
            break
        steps.append(step)
    return tuple(steps)


def check_still(connection: sa.Connection, source: Source, plan: Plan) -> None:
    """Raise Moved where the database is no longer where it was when the plan was made."""
    with connection.begin():
        now = look(connection, source)
    if (now.kind, now.current) != (plan.standing.kind, plan.standing.current):
        raise Moved


def _status(connection: sa.Connection, xid: str) -> str:
    with connection.begin():
        return str(connection.scalar(sa.text("SELECT pg_xact_status(CAST(:xid AS xid8))"), {"xid": xid}))
