"""Watching a worker from beside: who blocks whom, and whether it has to stop."""

import logging
import threading
import time
from typing import Any, Protocol

import psycopg2

from lms_desktop.database.migrating.events import Limits, Tell, Waiting, silent
from lms_desktop.database.migrating.sessions import SESSION_COLUMNS, Session, session
from lms_desktop.database.migrating.stopping import Stops

LOOKS_EVERY = 0.1
"""Seconds between two looks at who blocks whom."""

_log = logging.getLogger(__name__)

# Whose lock we wait for, and who waits for ours; how long, by the server's clock.
_BLOCKING = f"""
    SELECT {SESSION_COLUMNS}, true, 0::float8 FROM pg_stat_activity a WHERE a.pid = ANY (pg_blocking_pids(%(pid)s))
    UNION ALL
    SELECT {SESSION_COLUMNS}, false, coalesce((SELECT extract(epoch FROM clock_timestamp() - min(l.waitstart))
             FROM pg_locks l WHERE l.pid = a.pid AND NOT l.granted), 0)::float8
      FROM pg_stat_activity a
     WHERE a.pid IN (SELECT l.pid FROM pg_locks l WHERE NOT l.granted AND l.pid <> %(pid)s)
       AND %(pid)s = ANY (pg_blocking_pids(a.pid))
"""


class Guarded(Protocol):
    """Whom the watcher watches.

    Attributes:
        stops: why it is to stop.
        blockers: who blocked it last.
    """

    stops: Stops
    blockers: tuple[Session, ...]

    def interrupt(self) -> None:
        """End the statement that is running, if any."""


class Watcher(threading.Thread):
    """Looks through the guard's connection at who blocks whom, and stops the worker where it has to."""

    def __init__(self, guarded: Guarded, guard: Any, pid: int, limits: Limits, tell: Tell) -> None:
        """`guard`: a psycopg2 connection that commits by itself. `pid`: the worker's server process."""
        super().__init__(name="migration watcher", daemon=True)
        self._guarded, self._guard, self._pid, self._limits, self._tell = guarded, guard, pid, limits, tell
        self._over = threading.Event()
        self._waiting_since: float | None = None
        self._told = False
        self._deadline = None if limits.time_limit is None else time.monotonic() + limits.time_limit

    def stop(self) -> None:
        """Look no more; waits for the last look."""
        self._over.set()
        self.join()

    def run(self) -> None:
        """Overrides Thread."""
        while not self._over.wait(LOOKS_EVERY):
            if self._deadline is not None and time.monotonic() > self._deadline:
                self._deadline = None
                self._guarded.stops.late.set()
                self._guarded.interrupt()
            try:
                with self._guard.cursor() as cursor:
                    cursor.execute(_BLOCKING, {"pid": self._pid})
                    rows = cursor.fetchall()
            except psycopg2.Error:
                if self._guard.closed:
                    self._guarded.stops.unguarded.set()
                    self._guarded.interrupt()
                    return
                continue
            self._look([session(row) for row in rows if row[7]], [(session(row), row[8]) for row in rows if not row[7]])

    def _look(self, blockers: list[Session], blocked: list[tuple[Session, float]]) -> None:
        now = time.monotonic()
        if blockers:
            self._guarded.blockers = tuple(blockers)
            self._waiting_since = self._waiting_since or now
        else:
            self._waiting_since = None
        if blockers or blocked or self._told:
            self._told = bool(blockers or blocked)
            since = self._waiting_since
            waited = 0.0 if since is None else now - since
            self._say(Waiting(tuple(blockers), tuple(each for each, _ in blocked), waited))
        # A transaction that holds one table while it waits for the next keeps others from both.
        longest = max((seconds for _, seconds in blocked), default=0.0)
        if blockers and longest > self._limits.lock_timeout:
            self._guarded.stops.yielding.set()
            self._guarded.interrupt()

    def _say(self, event: Waiting) -> None:
        """Tell; whoever listens and fails must not keep this from watching."""
        try:
            self._tell(event)
        except Exception:
            _log.exception("Nobody can be told who waits for whom")
            self._tell = silent
