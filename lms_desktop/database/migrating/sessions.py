"""Other sessions on the server that matter to a migration: who is migrating, who holds which table, who waits."""

import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lms_desktop.database.migrating.lineages import MIGRATION_LOCK, WORK_LOCK
from lms_desktop.errors.kinds import N_
from lms_desktop.errors.sentences import Sentence


@dataclass(frozen=True)
class Session:
    """Somebody's connection to this database. What the server does not tell about others is empty.

    Attributes:
        pid: Its process on the server.
        user: The database's role.
        host: Where it comes from; "" for the server's own machine, "?" where this role may not know.
        application: What it calls itself.
        state: What it does: "active", "idle in transaction" …
        since: Since when: its transaction's begin, else its own.
        seconds: How long that is, by the server's clock.
        tables: Which of the tables concerned it holds.
        modes: The locks that it holds on them, the strongest last.
    """

    pid: int
    user: str
    host: str = ""
    application: str = ""
    state: str = ""
    since: datetime | None = None
    seconds: float = 0.0
    tables: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()

    @property
    def who(self) -> str:
        """Role, place and program in one piece."""
        place = f"{self.user} @ {self.host or 'localhost'}"
        return f"{place} ({self.application})" if self.application else place

    @property
    def sentence(self) -> Sentence:
        """Who it is and since when."""
        if self.tables:
            return Sentence(
                N_("{who}, process {pid}, holds {tables} ({state}, {seconds} s)"),
                who=self.who,
                pid=self.pid,
                tables=", ".join(self.tables),
                state=self.state or "?",
                seconds=round(self.seconds),
            )
        return Sentence(
            N_("{who}, process {pid}, for {seconds} s"), who=self.who, pid=self.pid, seconds=round(self.seconds)
        )


SESSION_COLUMNS = (
    "a.pid, coalesce(a.usename, '?') AS user,"
    " coalesce(host(a.client_addr), CASE WHEN a.backend_start IS NULL THEN '?' ELSE '' END) AS host,"
    " coalesce(a.application_name, '') AS application, coalesce(a.state, '') AS state,"
    " coalesce(a.xact_start, a.backend_start) AS since,"
    " coalesce(extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, a.backend_start)), 0)::float8 AS seconds"
)
"""What a Session is made of, of `pg_stat_activity a`."""


def session(row: Any) -> Session:
    """A Session of a row of SESSION_COLUMNS, the psycopg2 kind included."""
    return Session(*row[:7])


_HOLDERS = sa.text(
    f"SELECT {SESSION_COLUMNS} FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory'"
    " AND l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND l.objsubid = 1 AND (l.classid::int8 << 32) | l.objid::int8 = ANY (:keys) AND a.pid <> ALL (:mine)"
    " ORDER BY a.backend_start LIMIT 1"
)


def who_migrates(
    connection: sa.Connection, mine: Collection[int] = (), keys: Collection[int] = (MIGRATION_LOCK,)
) -> Session | None:
    """Who holds the lock of whoever migrates this database, `mine` (pids) aside."""
    row = connection.execute(_HOLDERS, {"keys": list(keys), "mine": list(mine)}).first()
    return None if row is None else session(row)


def wait_for_the_others(connection: sa.Connection) -> None:
    """Wait until nobody else migrates; then nobody else can until the connection is closed.

    Asked for again and again: who queued for the lock would sit in a transaction, for whose end the CREATE INDEX
    CONCURRENTLY of whoever holds the lock would wait in turn.
    """
    for key in (MIGRATION_LOCK, WORK_LOCK):  # a worker may outlive its program by a moment
        while True:
            taken = connection.scalar(sa.select(sa.func.pg_try_advisory_lock(key)))
            connection.commit()
            if taken:
                break
            time.sleep(0.2)


_ON_TABLES = sa.text(
    f"SELECT {SESSION_COLUMNS}, array_agg(DISTINCT c.relname::text) AS tables, array_agg(DISTINCT l.mode) AS modes"
    " FROM pg_locks l JOIN pg_stat_activity a USING (pid) JOIN pg_class c ON c.oid = l.relation"
    " WHERE l.locktype = 'relation' AND l.granted AND a.pid <> pg_backend_pid()"
    " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND l.relation = ANY (SELECT to_regclass(t) FROM unnest(CAST(:tables AS text[])) AS t)"
    " GROUP BY a.pid, a.usename, a.client_addr, a.application_name, a.state, a.xact_start, a.backend_start"
    " ORDER BY a.xact_start"
)

_MODES = (
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
)


def strength(mode: str) -> int:
    """How much a lock keeps others away, 0 (readers are let in) to 7 (nobody is)."""
    return _MODES.index(mode) if mode in _MODES else 0


def on_tables(connection: sa.Connection, tables: Collection[str]) -> tuple[Session, ...]:
    """Who holds locks on these tables, the oldest transaction first."""
    rows = connection.execute(_ON_TABLES, {"tables": [quoted(table) for table in tables]})
    return tuple(
        replace(session(row), tables=tuple(sorted(row[7])), modes=tuple(sorted(row[8], key=strength))) for row in rows
    )


def quoted(name: str) -> str:
    """A table's name, its schema before it or not, as SQL takes it."""
    return ".".join(f'"{part}"' for part in name.replace('"', '""').split("."))
