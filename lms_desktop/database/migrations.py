"""How far a database's schema is, and bringing it up to date. Alembic does the work; nothing else here talks to it.

It is imported when there is some work: to find a database at the head, at every start, nobody waits for it.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from lms_desktop.database.migrating.chain import chain, rows_of
from lms_desktop.database.migrating.lineages import MIGRATION_LOCK, WORK_LOCK, Lineage, config_of, environment
from lms_desktop.database.migrating.sessions import who_migrates
from lms_desktop.database.migrating.source import own
from lms_desktop.database.migrating.standing import look
from lms_desktop.database.migrating.state import RevisionInfo, State, Step
from lms_desktop.errors import Busy, Cancelled, UserError
from lms_desktop.errors.kinds import N_

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["MIGRATION_LOCK", "Lineage", "MigrationRunner", "RevisionInfo", "State", "Step"]

LOCK_TIMEOUT = 3.0
"""Seconds to wait for a table that somebody is using, or for somebody else's migration."""

QUERY_CANCELED = "57014"


class MigrationRunner:
    """A lineage's revisions and one database. Every call blocks; none may be made from the GUI's thread."""

    def __init__(self, engine: sa.Engine, lineage: Lineage = Lineage.DOCUMENT) -> None:
        self._engine, self._lineage = engine, lineage
        self._running: Any = None
        self._cancelled = threading.Event()

    @property
    def revisions(self) -> tuple[RevisionInfo, ...]:
        """All that this program knows, oldest first."""
        return tuple(RevisionInfo(*link) for link in chain(self._lineage))

    def status(self) -> State:
        """Look, and change nothing."""
        with self._engine.connect() as connection:
            return self._status(connection)

    def upgrade(
        self,
        target: str = "head",
        on_step: Callable[[Step], None] | None = None,
        *,
        lock_timeout: float = LOCK_TIMEOUT,
    ) -> State:
        """Apply what is pending, up to the revision `target`, in one transaction: all of it or nothing.

        `on_step` is called after each revision, in this thread; what it raises undoes the upgrade. `lock_timeout`, in
        seconds, bounds the wait for each lock; a statement may take as long as it needs. Returns the state afterwards.
        Raises UserError where the database cannot be upgraded, Busy while somebody else is migrating it, Cancelled
        after `cancel`, and otherwise what the driver raises.
        """
        self._cancelled.clear()
        try:
            with environment, self._connection(lock_timeout) as connection, connection.begin():
                before = self._status(connection)
                _refuse(before)
                if before.can_upgrade:
                    from alembic import command

                    command.upgrade(self._config_for(connection, before, target, on_step), target)
                return self._status(connection)
        except sa.exc.OperationalError as error:
            if self._cancelled.is_set() and _sqlstate(error) == QUERY_CANCELED:
                raise Cancelled from error
            raise

    def cancel(self) -> None:
        """Stop an upgrade, from another thread: it ends its statement at once, changes nothing and raises Cancelled."""
        self._cancelled.set()
        running = self._running
        if running is not None:
            running.cancel()

    def _status(self, connection: sa.Connection) -> State:
        revisions = self.revisions
        head = revisions[-1].id
        if self._lineage is Lineage.DOCUMENT and (found := look(connection, own(self._lineage))).kind == "foreign":
            called = ", ".join(found.current)
            return State("foreign" if called else "unversioned", called or None, head, ())
        heads = rows_of(connection, self._lineage)
        known = [revision.id for revision in revisions]
        if not heads:
            empty = self._lineage is Lineage.OWN or not connection.scalar(_ANY_TABLE)
            return State("empty" if empty else "unversioned", None, head, revisions if empty else ())
        current = ", ".join(heads)
        if current not in known:
            return State("ahead", current, head, ())
        pending = revisions[known.index(current) + 1 :]
        return State("behind" if pending else "current", current, head, pending)

    @contextmanager
    def _connection(self, lock_timeout: float) -> Iterator[sa.Connection]:
        """A session of its own with the migration lock, both gone when it is closed."""
        with self._engine.connect() as connection:
            connection.detach()
            with connection.begin():
                connection.execute(_SESSION, {"lock_timeout": f"{round(lock_timeout * 1000)}ms"})
            self._running = connection.connection.dbapi_connection
            try:
                _take_lock(connection, lock_timeout)
                yield connection
            finally:
                self._running = None

    def _config_for(
        self, connection: sa.Connection, before: State, target: str, on_step: Callable[[Step], None] | None
    ) -> "Config":
        config = config_of(self._lineage)
        config.attributes["connection"] = connection
        ids = [revision.id for revision in before.pending]
        total = ids.index(target) + 1 if target in ids else len(ids)

        def applied(*, step: Any, **_: Any) -> None:
            if on_step is not None:
                number = ids.index(step.up_revision_id)
                on_step(Step(before.pending[number], number + 1, total))
            if self._cancelled.is_set():
                raise Cancelled

        config.attributes["on_version_apply"] = applied
        return config


# A table that belongs to an extension (PostGIS's spatial_ref_sys) says nothing about whose database this is.
_ANY_TABLE = sa.text(
    "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND c.relname <> 'alembic_version' AND NOT EXISTS"
    " (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'))"
)

_SESSION = sa.text(
    "SELECT set_config('lock_timeout', :lock_timeout, false), set_config('statement_timeout', '0', false),"
    " set_config('idle_in_transaction_session_timeout', '0', false)"
)


_KEYS = (MIGRATION_LOCK, WORK_LOCK)


def _take_lock(connection: sa.Connection, seconds: float) -> None:
    """Ask for the lock again and again, never queue for it: whoever queues holds up those behind."""
    deadline = time.monotonic() + seconds
    while True:
        with connection.begin():
            # The second is a worker's, which may outlive its program by a moment.
            if all(connection.scalar(sa.select(sa.func.pg_try_advisory_lock(key))) for key in _KEYS):
                return
            mine = connection.scalar(sa.select(sa.func.pg_backend_pid()))
            holder = who_migrates(connection, (int(mine or 0),), _KEYS)
        if time.monotonic() >= deadline:
            raise Busy(
                N_("This database is being migrated by somebody else just now: {holder}."),
                way_out=N_("Look again when that is done."),
                values={"holder": "?" if holder is None else str(holder.sentence)},
            )
        time.sleep(min(0.1, seconds))


def _sqlstate(error: sa.exc.OperationalError) -> str | None:
    return getattr(error.orig, "pgcode", None)


def _refuse(state: State) -> None:
    if state.kind == "ahead":
        raise UserError(
            N_("This database is at revision {revision}, which this program does not know."),
            way_out=N_("It was made by a newer version; use that one."),
            values={"revision": state.current},
        )
    if state.kind == "foreign":
        raise UserError(
            N_("This database calls itself {revision}, but its tables are not those of the LMS."),
            way_out=N_("It belongs to another program: choose the LMS's database, or an empty one."),
            values={"revision": state.current},
        )
    if state.kind == "unversioned":
        raise UserError(
            N_("This database has tables, but no record of which revision they are."),
            way_out=N_("Choose the LMS's database, or an empty one; or let an administrator stamp it with Alembic."),
        )
