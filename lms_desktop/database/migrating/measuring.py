"""The statements of a migration as they are sent: told, timed, and in a rehearsal looked at from behind."""

import re
import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from lms_desktop.database.migrating.events import Lock, Measure, StatementBegan, StatementDone, Tell
from lms_desktop.database.migrating.plan import PlanStep
from lms_desktop.database.migrating.sessions import strength
from lms_desktop.database.migrating.statements import split
from lms_desktop.errors import UserError
from lms_desktop.errors.kinds import N_


class EndsTransaction(UserError):
    """A revision ends the transaction that it runs in, and is stopped before it does: nothing could be taken back."""

    def __init__(
        self,
        text: str = N_("It ends its transaction itself, so that not all of it could be taken back."),
        **more: Any,
    ) -> None:
        more.setdefault("way_out", N_("Whoever wrote it has to use Alembic's autocommit_block."))
        super().__init__(text, **more)


_ENDS = re.compile(
    r"(/\*.*?\*/\s*)*(COMMIT|END|ABORT|PREPARE\s+TRANSACTION|ROLLBACK(?!(\s+(WORK|TRANSACTION))?\s+TO\b))\b",
    re.IGNORECASE | re.DOTALL,
)

_BODY = re.compile(r"\bBEGIN\s+ATOMIC\b", re.IGNORECASE)  # has an END of its own


class Meter:
    """Hears of every statement on a connection.

    Attributes:
        measures: What was measured since `forget`.
    """

    def __init__(
        self, connection: sa.Connection, tell: Tell, *, deep: bool, before: Callable[[], None] = lambda: None
    ) -> None:
        """`deep`: look at locks and files after each statement. `before` is called ahead of each; it may raise."""
        self._connection, self._tell, self._deep, self._before = connection, tell, deep, before
        self.measures: list[Measure] = []
        self._step: PlanStep | None = None
        self._number, self._began = 0, 0.0
        self._looking = False
        self._running: str | None = None
        self._locks: set[Lock] = set()
        self._files: dict[int, tuple[str, int | None]] = {}
        sa.event.listen(connection, "before_cursor_execute", self._begins)
        sa.event.listen(connection, "after_cursor_execute", self._ended)
        sa.event.listen(connection, "commit", self._stays_open)
        sa.event.listen(connection, "rollback", self._stays_open)

    def forget(self) -> None:
        """What was measured was taken back."""
        self.measures.clear()
        self._locks.clear()
        self._files.clear()

    def enter(self, step: PlanStep | None) -> None:
        """What comes now belongs to this step; None: to none."""
        self._step, self._number = step, 0
        if step is not None and self._deep and not self._files:
            self._files = self._files_now()

    def _begins(self, *arguments: Any) -> None:
        _connection, _cursor, statement, _parameters, context, _many = arguments
        if self._looking or self._step is None:
            return
        self._before()
        if any(map(_ENDS.match, split(statement))) and not _BODY.search(statement):
            self._stays_open()
        if not self._counts(statement, context):
            return
        self._number += 1
        written = self._step.written
        total = len(written.statements) if written.complete else None
        self._tell(StatementBegan(self._step.revision.id, self._number, total, statement.strip()))
        self._began, self._running = time.monotonic(), statement

    def _stays_open(self, *_: Any) -> None:
        """Raise EndsTransaction where a revision ends the transaction that all of it was to be in."""
        if self._step is not None and self._step.written.in_transaction:
            raise EndsTransaction

    def fail(self) -> None:
        """Whatever was begun has failed."""
        if self._running is not None:
            self._note(self._running, failed=True)

    def _ended(self, *arguments: Any) -> None:
        _connection, _cursor, statement, _parameters, context, _many = arguments
        if not self._looking and self._counts(statement, context):
            self._note(statement, failed=False)

    def _note(self, statement: str, *, failed: bool) -> None:
        assert self._step is not None
        seconds, self._running = time.monotonic() - self._began, None
        locks, rewritten = self._look() if self._deep and not failed else ((), ())
        measure = Measure(self._step.revision.id, self._number, statement.strip(), seconds, locks, rewritten, failed)
        self.measures.append(measure)
        self._tell(StatementDone(measure))

    def _counts(self, statement: str, context: Any) -> bool:
        """Whether it is a revision's own, and none of Alembic's or of its environment's."""
        if self._step is None or "alembic_version" in statement or "pg_catalog.pg_class" in statement:
            return False
        if statement.lstrip().startswith(("SELECT pg_advisory_xact_lock", "CREATE SCHEMA IF NOT EXISTS lms_desktop")):
            return False
        return context is None or not context.execution_options.get("lms_housekeeping")

    def _look(self) -> tuple[tuple[Lock, ...], tuple[str, ...]]:
        held = {Lock(str(table), str(mode)) for table, mode in self._ask(_LOCKS)}
        fresh = sorted(held - self._locks, key=lambda lock: (-strength(lock.mode), lock.table))
        self._locks |= held
        now = self._files_now()
        rewritten = [name for oid, (name, file) in now.items() if oid in self._files and self._files[oid][1] != file]
        self._files |= {oid: now[oid] for oid in self._files if oid in now}
        return tuple(fresh), tuple(sorted(rewritten))

    def _files_now(self) -> dict[int, tuple[str, int | None]]:
        return {int(oid): (str(name), file) for oid, name, file in self._ask(_FILES)}

    def _ask(self, query: str) -> list[Any]:
        self._looking = True
        try:
            return list(self._connection.exec_driver_sql(query).all())
        finally:
            self._looking = False


_USERS = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relname <> 'alembic_version'"
_LOCKS = (
    "SELECT c.oid::regclass::text, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
    " JOIN pg_namespace n ON n.oid = c.relnamespace"
    f" WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND c.relkind IN ('r', 'p', 'm') AND {_USERS}"
)
_FILES = (
    "SELECT c.oid, c.oid::regclass::text, pg_relation_filenode(c.oid) FROM pg_class c"
    f" JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm') AND {_USERS}"
)
