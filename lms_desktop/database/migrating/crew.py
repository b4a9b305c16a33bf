"""The sessions of a migration: one that works, and one that holds the lock and watches it.

The guard holds the advisory lock for as long as the migration lives, and sees who blocks whom. The worker is alone in
its transactions, holds a lock of its own besides (its server process may outlive this program by a moment, and must not
meet a successor), and is stopped through the guard's eyes: on a person's word, when its time is up, or when others have
queued behind it for too long.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg2
import sqlalchemy as sa

from lms_desktop.database.cancelling import Canceller
from lms_desktop.database.migrating.events import Limits, Tell
from lms_desktop.database.migrating.lineages import MIGRATION_LOCK, WORK_LOCK, config_of, environment
from lms_desktop.database.migrating.measuring import Meter
from lms_desktop.database.migrating.plan import PlanStep
from lms_desktop.database.migrating.preflight import invalid_indexes
from lms_desktop.database.migrating.sessions import Session, quoted, who_migrates
from lms_desktop.database.migrating.source import Source
from lms_desktop.database.migrating.standing import version_rows
from lms_desktop.database.migrating.statements import read
from lms_desktop.database.migrating.stopping import LeftInvalid, Moved, Stops
from lms_desktop.database.migrating.watching import LOOKS_EVERY, Watcher
from lms_desktop.errors import Busy
from lms_desktop.errors.kinds import N_

APPLICATION = "lms-desktop migrate"
"""What the server calls our sessions."""

PREDECESSOR = 5.0
"""Seconds that a worker whose program is gone may take to be noticed by the server."""

LONGEST_PAUSE = 600.0
"""Seconds between two statements of a transaction after which the server itself ends it: whoever is behind it sleeps,
or its machine does, and everybody waits for the tables that it holds."""

GRACE = 2.0
"""Seconds after a time limit at which the server ends what this program should have ended by itself."""

LOCK_NOT_AVAILABLE, QUERY_CANCELED, DEADLOCK = "55P03", "57014", "40P01"


class Crew:
    """The two sessions and what they do. `with` opens and closes them.

    Attributes:
        connection: the worker's.
        stops: why it is to stop.
        meter: what it sent.
        blockers: who blocked it last.
    """

    def __init__(self, engine: sa.Engine, source: Source, limits: Limits, tell: Tell, *, deep: bool = False) -> None:
        self._engine, self._source, self._limits, self._tell, self._deep = engine, source, limits, tell, deep
        self.stops = Stops()
        self.blockers: tuple[Session, ...] = ()
        self._canceller: Canceller | None = None
        self._cancelling = threading.Lock()

    def cancel(self) -> None:
        """Stop, from another thread. What was not committed is rolled back. Takes a round trip to the server."""
        self.stops.cancelled.set()
        self.interrupt()

    def interrupt(self) -> None:
        """End the statement that is running, if any."""
        with self._cancelling, suppress(psycopg2.Error):
            if self._canceller is not None:
                self._canceller.cancel()

    @contextmanager
    def at_work(self) -> Iterator["Crew"]:
        """Take the lock, open both sessions. Raises Busy while somebody else migrates."""
        self.stops.check()
        guard = _plain_connection(self._engine)
        try:
            take_lock(self._engine, guard)
            with _one_connection(self._engine) as connection:
                self._prepare(connection)
                self.connection = connection
                self.meter = Meter(connection, self._tell, deep=self._deep, before=self.stops.check)
                driver: Any = connection.connection.dbapi_connection
                self._canceller = Canceller(driver)
                watcher = Watcher(self, guard, driver.info.backend_pid, self._limits, self._tell)
                watcher.start()
                try:
                    yield self
                finally:
                    watcher.stop()
                    with self._cancelling:
                        canceller, self._canceller = self._canceller, None
                        canceller.close()
        finally:
            _give_back_lock(guard)
            guard.close()

    def _prepare(self, connection: sa.Connection) -> None:
        with connection.begin():
            # Where this program is stopped, or its machine, nobody but the server ends what it has begun.
            limit = self._limits.time_limit
            values = {
                "lock_timeout": _milliseconds(self._limits.lock_timeout),
                "name": APPLICATION,
                "limit": "0" if limit is None else _milliseconds(limit + GRACE),
                "pause": _milliseconds(LONGEST_PAUSE if limit is None else limit + GRACE),
            }
            connection.execute(_SESSION, values)
            connection.execute(_TRANSACTION_TIMEOUT, {"limit": values["limit"]})
        with suppress(sa.exc.DBAPIError), connection.begin():  # not on every operating system
            connection.exec_driver_sql("SET client_connection_check_interval = 500")
        deadline = time.monotonic() + PREDECESSOR
        while True:
            with connection.begin():
                if connection.scalar(sa.select(sa.func.pg_try_advisory_lock(WORK_LOCK))):
                    return
                if time.monotonic() > deadline:
                    raise _busy(who_migrates(connection, keys=(WORK_LOCK,)))
            self.stops.cancelled.wait(0.1)
            self.stops.check()

    def set_lock_timeout(self, seconds: float) -> None:
        """For what comes now; outside a transaction."""
        with self.connection.begin():
            query = sa.text("SELECT set_config('lock_timeout', :value, false)")
            self.connection.execute(query, {"value": _milliseconds(seconds)})

    def run(self, step: PlanStep, actor: str = "", *, recorded: bool = True) -> None:
        """Run a revision: in the transaction that the worker is in, else in those that it needs itself.

        Raises UserError where the database is no longer where the step begins: Alembic would go any way to its end.
        """
        connection = self.connection
        alone = not connection.in_transaction()
        rows = version_rows(connection, self._source.lineage)
        if rows != (() if step.begins_at is None else (step.begins_at,)):
            raise Moved
        self._drop_leftovers(step, alone=alone)
        before = set(invalid_indexes(connection))
        if alone:
            connection.rollback()
        from alembic import command

        config = config_of(self._source.lineage, self._source.folders)

        def applied(**_: Any) -> None:
            self.meter.enter(None)
            self._check_indexes(step, before)
            self.stops.check()

        config.attributes.update(
            connection=connection, on_version_apply=applied, lock_held=True, actor=actor, unrecorded=not recorded
        )
        self.meter.enter(step)
        try:
            with environment:
                if step.direction == "upgrade":
                    command.upgrade(config, step.revision.id)
                else:
                    command.downgrade(config, step.leads_to or "base")
        except BaseException:
            self.meter.fail()
            raise
        finally:
            self.meter.enter(None)

    def _check_indexes(self, step: PlanStep, before: set[tuple[str, str]]) -> None:
        """Raise LeftInvalid where the step has left an invalid index, or found one in place of what it was to make."""
        sent = (read(measure.sql) for measure in self.meter.measures if measure.revision == step.revision.id)
        wanted = {name.rpartition(".")[2] for statement in sent for name in statement.indexes}
        left = {each for each in invalid_indexes(self.connection) if each not in before or each[1] in wanted}
        if not left:
            return
        error = LeftInvalid(
            N_("The index {name} was made, but is not valid."),
            values={"name": ", ".join(sorted(name for _, name in left))},
        )
        known = {name.rpartition(".")[2] for statement in step.written.statements for name in statement.indexes}
        error.remade = {name for _, name in left} <= known
        raise error

    def _drop_leftovers(self, step: PlanStep, *, alone: bool) -> None:
        """Indexes that an earlier try of this revision left behind: the invalid, and what would be in the way."""
        for statement in step.written.statements:
            for name in statement.indexes:
                table = quoted(statement.tables[0]) if statement.tables else ""
                found = self.connection.execute(_LEFT_OVER, {"name": quoted(name), "table": table}).first()
                again = statement.concurrently and " IF NOT EXISTS " not in statement.sql.upper()
                if found is None or not (found.invalid or again):
                    continue
                if alone:
                    self.connection.rollback()
                    autocommit = self.connection.execution_options(isolation_level="AUTOCOMMIT")
                    autocommit.exec_driver_sql(f"DROP INDEX CONCURRENTLY IF EXISTS {quoted(name)}")
                    self.connection.rollback()
                    self.connection.execution_options(isolation_level=self.connection.default_isolation_level)
                else:
                    self.connection.exec_driver_sql(f"DROP INDEX IF EXISTS {quoted(name)}")


def take_lock(engine: sa.Engine, guard: Any) -> None:
    """Take the lock of whoever migrates on a psycopg2 connection; raises Busy, saying who has it."""
    with guard.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", (MIGRATION_LOCK,))
        if cursor.fetchone()[0]:
            return
    with engine.connect() as connection:
        raise _busy(who_migrates(connection))


def _give_back_lock(guard: Any) -> None:
    """Of a connection that is closed the server lets go a moment later: who tried once more at once would be told that
    somebody migrates."""
    with suppress(psycopg2.Error), guard.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", (MIGRATION_LOCK,))


def quiet(engine: sa.Engine) -> None:
    """Wait until no worker is left whose program lost it: what it was committing is committed, or never will be."""
    deadline = time.monotonic() + PREDECESSOR
    while time.monotonic() < deadline:
        with engine.connect() as connection:
            if who_migrates(connection, keys=(WORK_LOCK,)) is None:
                return
        time.sleep(LOOKS_EVERY)


def _busy(holder: Session | None) -> Busy:
    return Busy(
        N_("This database is being migrated by somebody else just now: {holder}."),
        way_out=N_("Look again when that is done."),
        values={"holder": "?" if holder is None else holder.sentence},
    )


@contextmanager
def _one_connection(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A session beside the engine's pool, gone when it is closed. (One that was taken out of the pool cannot change its
    isolation level, as running outside a transaction wants it.)"""
    own = sa.create_engine(
        engine.url.set(query={}),
        creator=lambda: open_beside(engine),
        poolclass=sa.pool.NullPool,
        hide_parameters=True,
        use_native_hstore=False,
    )
    try:
        with own.connect() as connection:
            yield connection
    finally:
        own.dispose()


def open_beside(engine: sa.Engine) -> Any:
    """A psycopg2 connection as the engine opens its own, beside its pool."""
    held = engine.pool.recreate().connect()
    held.detach()
    return held.dbapi_connection


def _plain_connection(engine: sa.Engine) -> Any:
    """The same, committing by itself."""
    connection = open_beside(engine)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('application_name', %s, false), set_config('statement_timeout', '10s', false),"
            " set_config('lock_timeout', '0', false), set_config('idle_session_timeout', '0', false)",
            (APPLICATION,),
        )
    return connection


def _milliseconds(seconds: float) -> str:
    return f"{max(1, round(seconds * 1000))}ms"


_SESSION = sa.text(
    "SELECT set_config('lock_timeout', :lock_timeout, false), set_config('statement_timeout', :limit, false),"
    " set_config('idle_in_transaction_session_timeout', :pause, false), set_config('idle_session_timeout', '0', false),"
    " set_config('application_name', :name, false)"
)
_TRANSACTION_TIMEOUT = sa.text(  # PostgreSQL 17 and later
    "SELECT set_config(name, :limit, false) FROM pg_settings WHERE name = 'transaction_timeout'"
)

_LEFT_OVER = sa.text(
    "SELECT NOT (indisvalid AND indisready) AS invalid FROM pg_index"
    " WHERE indexrelid = to_regclass(:name) AND indrelid = to_regclass(:table)"
).execution_options(lms_housekeeping=True)
