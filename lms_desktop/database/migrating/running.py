"""Applying revisions and taking them back."""

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from lms_desktop.database.migrating import failures
from lms_desktop.database.migrating.crew import Crew, quiet
from lms_desktop.database.migrating.dumping import Dump
from lms_desktop.database.migrating.events import (
    Committed,
    Decide,
    Limits,
    Measure,
    Said,
    StepBegan,
    StepDone,
    Tell,
    TriedInVain,
    silent,
)
from lms_desktop.database.migrating.fingerprint import count_rows
from lms_desktop.database.migrating.plan import Plan, PlanStep, lost_by, make, refuse
from lms_desktop.database.migrating.preflight import invalid_indexes
from lms_desktop.database.migrating.rehearsal import check_still
from lms_desktop.database.migrating.sessions import quoted
from lms_desktop.database.migrating.source import Source
from lms_desktop.database.migrating.standing import look
from lms_desktop.database.migrating.verifying import Verification, verify
from lms_desktop.entities.logs import CHANNEL
from lms_desktop.errors import BadValue, Cancelled, ConnectionLost, explain
from lms_desktop.errors.kinds import N_
from lms_desktop.errors.sentences import Sentence


@dataclass(frozen=True)
class Report:
    """What a migration has done.

    Attributes:
        plan: What was to be done; all of it was.
        measures: The statements that counted, with their seconds.
        seconds: From the first to the last, pauses between tries included.
        tries: How often a table had to be waited for, and one.
        verified: How the database is afterwards.
        dump: The file that was saved before; None where none was wanted.
        rows: Of each table that was touched, how many rows it had and has; None where it was or is not there, or where
            counting took too long. Others may have written meanwhile.
    """

    plan: Plan
    measures: tuple[Measure, ...]
    seconds: float
    tries: int
    verified: Verification
    dump: Path | None = None
    rows: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)

    @property
    def sentence(self) -> Sentence:
        """What to say of it."""
        number, at = len(self.plan.steps), self.verified.standing.revision or N_("base")
        if not number:
            return Sentence(N_("There was nothing to do: the database is at {at}."), ("at",), at=at)
        done = (
            N_("Revisions applied: {number}. The database is at {at}.")
            if self.plan.direction == "upgrade"
            else N_("Revisions rolled back: {number}. The database is at {at}.")
        )
        return Sentence(done, ("at",), number=number, at=at)


@dataclass
class _Progress:
    """How far a migration has come."""

    at: str | None
    done: int = 0
    committed: bool = False
    committing: str | None = None
    tries: int = 1
    step: PlanStep | None = None
    measures: list[Measure] = field(default_factory=list)


class Migrate:
    """One migration, up or down. `run` blocks; `cancel` may be called from any thread.

    Events go to `tell`; see `events.Tell` for where it is called.
    """

    def __init__(
        self,
        engine: sa.Engine,
        source: Source,
        *,
        tell: Tell = silent,
        decide: Decide | None = None,
        limits: Limits | None = None,
        actor: str = "",
    ) -> None:
        """`decide`: asked after the last try whether to go on for another round; without it there is none. `actor`:
        who is put on record."""
        self._engine, self._source, self._tell, self._decide, self._actor = engine, source, tell, decide, actor
        self._limits = limits or Limits()
        self._crew = Crew(engine, source, self._limits, tell)
        self._dump: Dump | None = None
        self._lock = threading.Lock()

    def cancel(self) -> None:
        """Stop: what is not committed is rolled back, and `run` raises Stopped. Takes a round trip to the server."""
        self._crew.cancel()
        with self._lock:
            if self._dump is not None:
                self._dump.cancel()

    def run(self, plan: Plan, *, confirmed_name: str = "", dump_to: Path | None = None) -> Report:
        """Do what the plan says.

        `confirmed_name`: the database's name as a person has typed it, wanted where `plan.demands_name`. `dump_to`: the
        file into which the database is saved first. Raises Busy while somebody else migrates, BadValue for a name that
        is not the database's, GaveUp, Stopped or StepFailed with the state that the database is in.
        """
        confirm(plan, confirmed_name)
        refuse(plan.standing)
        progress = _Progress(plan.standing.revision)
        try:
            return self._run(plan, progress, confirmed_name, dump_to)
        except failures.Told:
            raise
        except Cancelled as error:  # before anything was begun
            raise self._told(error, plan, progress) from error

    def _run(self, plan: Plan, progress: _Progress, confirmed_name: str, dump_to: Path | None) -> Report:
        with self._crew.at_work() as crew:
            check_still(crew.connection, self._source, plan)
            self._confirm_again(crew.connection, plan, confirmed_name)
            if dump_to is not None:
                self._save(dump_to)
            rows = count_rows(crew.connection, plan.tables)
            began = time.monotonic()
            try:
                for group in plan.groups:
                    self._group(crew, plan, group, progress, confirmed_name)
            except Unconfirmed:
                raise
            except Exception as error:
                raise self._told(error, plan, progress) from error
            seconds = time.monotonic() - began
            self._notify(crew.connection, progress.at)
            rows_after = count_rows(crew.connection, plan.tables)
        verified = verify(self._engine, self._source)
        self._tell(Said(verified.sentence))
        counted = {table: (rows[table], rows_after[table]) for table in rows}
        return Report(plan, tuple(progress.measures), seconds, progress.tries, verified, dump_to, counted)

    def _confirm_again(self, connection: sa.Connection, plan: Plan, name: str) -> None:
        """Count again what would be lost: rows may have come since the plan was made."""
        if name != plan.database:
            with connection.begin():
                confirm(make(connection, self._source, plan.target or "base"), name)

    def _save(self, file: Path) -> None:
        with self._lock:
            self._dump = Dump(self._engine, file, self._tell)
        self._tell(Said(Sentence(N_("Saving the database to {file} first."), file=str(file))))
        try:
            self._dump.run()
            self._crew.stops.check()
        finally:
            with self._lock:
                self._dump = None
        self._tell(Said(Sentence(N_("The database was saved to {file}."), file=str(file))))

    def _confirm_under_lock(self, crew: Crew, plan: Plan, group: tuple[PlanStep, ...], name: str) -> None:
        """And once more when nobody can add any: waiting for a table may have taken an hour."""
        connection = crew.connection
        for step in group:
            drops = [drop for statement in step.written.statements for drop in statement.drops]
            if name == plan.database or not drops:
                continue
            if connection.in_transaction():
                there = sa.text("SELECT to_regclass(:name) IS NOT NULL")
                for table in dict.fromkeys(quoted(drop.table) for drop in drops):
                    if connection.scalar(there, {"name": table}):
                        connection.exec_driver_sql(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
                lost = lost_by(connection, step.revision, step.written, step.direction)
            else:
                with connection.begin():
                    lost = lost_by(connection, step.revision, step.written, step.direction)
            if lost:
                _demand(plan, name)

    def _group(self, crew: Crew, plan: Plan, group: tuple[PlanStep, ...], progress: _Progress, name: str) -> None:
        """Steps that are committed together, tried again while others are in the way."""
        attempt = 0
        while True:
            attempt += 1
            crew.stops.yielding.clear()
            crew.blockers = ()
            try:
                crew.stops.check()
                self._attempt(crew, plan, group, progress, name)
                break
            except Exception as error:
                if crew.stops.cancelled.is_set() or not failures.is_lock_trouble(error, crew.stops):
                    raise
                attempt = self._wait(crew, attempt, error)
                progress.tries += 1
        progress.measures += crew.meter.measures
        progress.done += len(group)
        progress.at, progress.committed, progress.step = group[-1].leads_to, True, None
        self._tell(Committed(progress.at))

    def _attempt(self, crew: Crew, plan: Plan, group: tuple[PlanStep, ...], progress: _Progress, name: str) -> None:
        crew.meter.forget()
        connection = crew.connection
        together = group[0].written.in_transaction
        crew.set_lock_timeout(self._limits.lock_timeout if together else self._limits.concurrent_wait)
        transaction = connection.begin() if together else None
        try:
            self._confirm_under_lock(crew, plan, group, name)
            for number, step in enumerate(group, progress.done + 1):
                progress.step = step
                self._tell(StepBegan(step, number, len(plan.steps)))
                began = time.monotonic()
                crew.run(step, self._actor)
                self._tell(StepDone(step, number, len(plan.steps), time.monotonic() - began))
            if transaction is not None:
                crew.stops.check()
                progress.committing = group[-1].leads_to or "base"
                transaction.commit()
            progress.committing = None
        except BaseException:
            if transaction is not None:
                transaction.rollback()
            elif not connection.invalidated:
                connection.rollback()
            raise

    def _wait(self, crew: Crew, attempt: int, error: Exception) -> int:
        """Pause after an attempt in vain; how many count. Raises where it was the last one."""
        last = attempt >= self._limits.tries
        pause = None if last else self._limits.pause(attempt)
        told = TriedInVain(attempt, self._limits.tries, crew.blockers, pause)
        self._tell(told)
        if not last:
            crew.stops.cancelled.wait(pause)
            crew.stops.check()
            return attempt
        if self._decide is not None and self._decide(told):
            crew.stops.check()
            return 0
        crew.stops.check()
        raise _Last(told) from error

    def _told(self, error: Exception, plan: Plan, progress: _Progress) -> Exception:
        """The error that says which state the database is in now."""
        crew, step, found = self._crew, progress.step, list[str | None]()
        cut = progress.committing is not None and isinstance(explain(error), ConnectionLost)

        def revision() -> str | None:
            if cut:
                quiet(self._engine)
            with self._engine.connect() as connection:
                found.append(look(connection, self._source).revision)
                return found[0]

        halfway, invalid = "", ""
        if step is not None and not step.written.in_transaction:
            halfway, invalid = step.revision.id, self._invalid()
        state = failures.state_after(
            revision, plan.standing.revision, progress.committed, halfway=halfway, invalid=invalid
        )
        if cut and found and (found[0] or "base") == progress.committing:
            return failures.cut(state)
        if crew.stops.cancelled.is_set() or isinstance(error, Cancelled):
            return failures.stopped(state)
        if crew.stops.unguarded.is_set():
            return failures.unguarded(state)
        if isinstance(error, _Last):
            return failures.gave_up(error.told, state)
        last = crew.meter.measures[-1] if crew.meter.measures else None
        return failures.failed(error, step.revision.id if step else "", last, state)

    def _invalid(self) -> str:
        """The indexes that are of no use."""
        with suppress(Exception), self._engine.connect() as connection:
            return ", ".join(name for _, name in invalid_indexes(connection))
        return ""

    def _notify(self, connection: sa.Connection, at: str | None) -> None:
        """Tell other windows, which listen to the change log's channel."""
        told: Any = sa.func.json_build_object("migrated", self._source.lineage.word, "revision", at)
        try:
            with connection.begin():
                connection.execute(sa.select(sa.func.pg_notify(CHANNEL, sa.cast(told, sa.Text))))
        except sa.exc.DBAPIError:  # it is done, and the others will see it sooner or later
            if connection.invalidated:
                return


class _Last(Exception):
    """The last try was in vain."""

    def __init__(self, told: TriedInVain) -> None:
        super().__init__()
        self.told = told


def confirm(plan: Plan, name: str) -> None:
    """Raise BadValue where the database's name is wanted and this is not it."""
    if plan.demands_name:
        _demand(plan, name)


class Unconfirmed(BadValue):
    """The database's name is wanted, because data would go."""


def _demand(plan: Plan, name: str) -> None:
    if name == plan.database:
        return
    if not name:
        raise Unconfirmed(
            N_("Data would be lost for good, so the database's name has to be given first."),
            field="confirmed_name",
            way_out=N_("It is {database}."),
            values={"database": plan.database},
        )
    raise Unconfirmed(N_("This is not the database's name, and nothing was done."), field="confirmed_name")
