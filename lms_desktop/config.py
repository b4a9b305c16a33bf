"""What the environment decides: which database, how many connections, how long to wait."""

from collections.abc import Mapping
from dataclasses import field
from typing import NamedTuple

from lms_desktop.errors.kinds import N_, UserError
from lms_desktop.frozen import frozen

IDLE_CONNECTIONS = 5
"""Connections that one desk keeps open while it does nothing, at most: a hundred desks must not eat the server."""


class PoolSize(NamedTuple):
    """What the pool is made with. Connections are opened when they are needed, none beforehand.

    Attributes:
        kept: How many stay open after use.
        overflow: How many more may be open at once; they are closed after use. -1: no limit.
    """

    kept: int
    overflow: int


@frozen
class Settings:
    """The environment contract. Times are in seconds.

    Attributes:
        database_url: `DATABASE_URL` as it was given; None: ask. Left out of `repr`, for it may hold a password.
        pool_size: `DB_POOL_SIZE`, connections that may be kept open; 0: no limit.
        max_overflow: `DB_MAX_OVERFLOW`, connections beyond that; -1: no limit.
        pool_recycle: `DB_POOL_RECYCLE`, the age at which a connection is replaced before it is used again.
        pool_timeout: `DB_POOL_TIMEOUT`, the longest wait for a free connection.
        connect_timeout: `DB_CONNECT_TIMEOUT`, the longest wait for the server's answer.
        statement_timeout: `DB_STATEMENT_TIMEOUT`, the longest statement; 0: no limit.
        lock_timeout: `DB_LOCK_TIMEOUT`, the longest wait for a lock; 0: no limit.
        idle_timeout: `DB_IDLE_TIMEOUT`, the longest pause inside a transaction; 0: no limit.
    """

    database_url: str | None = field(default=None, repr=False)
    pool_size: int = 20
    max_overflow: int = 40
    pool_recycle: int = 3600
    pool_timeout: float = 10
    connect_timeout: int = 5
    statement_timeout: float = 15
    lock_timeout: float = 3
    idle_timeout: float = 30

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Read `environ`; a variable that is missing or blank has its default. Raises UserError naming the variable."""
        url = environ.get("DATABASE_URL", "").strip()
        return cls(
            database_url=url or None,
            pool_size=_whole(environ, "DB_POOL_SIZE", cls.pool_size, 0, 1000),
            max_overflow=_whole(environ, "DB_MAX_OVERFLOW", cls.max_overflow, -1, 1000),
            pool_recycle=_whole(environ, "DB_POOL_RECYCLE", cls.pool_recycle, 1, 31 * 86400),
            pool_timeout=_seconds(environ, "DB_POOL_TIMEOUT", cls.pool_timeout, 0.1, 3600),
            # libpq takes whole seconds and reads 1 as 2
            connect_timeout=_whole(environ, "DB_CONNECT_TIMEOUT", cls.connect_timeout, 2, 3600),
            statement_timeout=_seconds(environ, "DB_STATEMENT_TIMEOUT", cls.statement_timeout, 0, 86400),
            lock_timeout=_seconds(environ, "DB_LOCK_TIMEOUT", cls.lock_timeout, 0, 86400),
            idle_timeout=_seconds(environ, "DB_IDLE_TIMEOUT", cls.idle_timeout, 0, 86400),
        )

    def effective_pool(self) -> PoolSize:
        """How many connections this desk keeps, and how many it may have at once beyond these.

        The web backend shares `DB_POOL_SIZE` and `DB_MAX_OVERFLOW`, whose numbers are a server's. Their sum stays the
        limit; but a desk keeps few of them while idle.
        """
        unlimited = self.pool_size == 0 or self.max_overflow < 0
        kept = IDLE_CONNECTIONS if self.pool_size == 0 else min(self.pool_size, IDLE_CONNECTIONS)
        return PoolSize(kept, -1 if unlimited else self.pool_size + self.max_overflow - kept)


def _whole(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environ.get(name, "").strip()
    if not text:
        return default
    try:
        number = int(text)
    except ValueError:
        number = None
    if number is None or not least <= number <= most:
        raise _out_of_range(name, text, N_("a whole number"), least, most)
    return number


def _seconds(environ: Mapping[str, str], name: str, default: float, least: float, most: float) -> float:
    text = environ.get(name, "").strip()
    if not text:
        return default
    try:
        number = float(text)
    except ValueError:
        number = None
    if number is None or not least <= number <= most:  # a NaN compares false and is refused here
        raise _out_of_range(name, text, N_("a number of seconds"), least, most)
    return number


def _out_of_range(name: str, text: str, kind: str, least: float, most: float) -> UserError:
    return UserError(
        N_("The environment variable {name} is “{text}”, but it must be {kind} from {least} to {most}."),
        way_out=N_("Correct it, or remove it to use the usual value."),
        values={"name": name, "text": text[:40], "kind": kind, "least": f"{least:g}", "most": f"{most:g}"},
    )
