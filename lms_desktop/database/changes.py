"""Listening to what the change log tells: a connection of its own, which hears of each logged change after its COMMIT.

Opening it belongs on a thread, for it asks the server; polling it does not wait and may be done on any.
"""

import json
from typing import Any

import psycopg2
from sqlalchemy import Engine

from lms_desktop.entities.logs import CHANNEL
from lms_desktop.frozen import frozen

APPLICATION_NAME = "lms-desktop live"
"""What the server calls the listening connection, so that a look at it tells it from those that work."""


class CannotListen(Exception):
    """The server was reached and does not let this connection listen."""


class ListenerLost(Exception):
    """The listening connection is broken."""


@frozen
class Notice:
    """What one statement changed: `operation` is its id in the change log, `table` the table's name, `action` I, U or
    D, `rows` their number, `ids` the rows', None where there are too many to be told."""

    operation: str
    table: str
    action: str
    rows: int
    ids: tuple[str, ...] | None


@frozen
class Migrated:
    """A migration has ended: `lineage` is "document" or "desktop", `revision` where that is now, None for the base."""

    lineage: str
    revision: str | None


def parse(payload: str) -> Notice | Migrated | None:
    """The notice that a payload holds; None where it is none, for anybody may write to the channel."""
    try:
        told = json.loads(payload)
        if "migrated" in told:
            revision = told["revision"]
            return Migrated(str(told["migrated"]), None if revision is None else str(revision))
        ids = told["ids"]
        return Notice(
            str(told["operation"]),
            str(told["entity"]),
            str(told["action"]),
            int(told["rows"]),
            None if ids is None else tuple(str(row_id) for row_id in ids),
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


class Listener:
    """A connection that listens. After `listen` it is polled by one thread alone."""

    def __init__(self, connection: Any) -> None:
        """`connection`: psycopg2's, committing by itself and listening."""
        self._connection = connection

    @property
    def socket(self) -> int:
        """The number of the socket: when it can be read there may be something to `poll`."""
        return int(self._connection.fileno())

    @property
    def backend(self) -> int:
        """The process of the server at the other end."""
        return int(self._connection.info.backend_pid)

    def poll(self) -> list[Notice | Migrated]:
        """Take what has come; never waits for more, half a message stays for the next time. Raises ListenerLost."""
        connection = self._connection
        try:
            connection.poll()
        except (psycopg2.Error, OSError) as error:
            raise ListenerLost from error
        if connection.closed:
            raise ListenerLost
        came, connection.notifies[:] = list(connection.notifies), []
        parsed = (parse(notify.payload) for notify in came if notify.channel == CHANNEL)
        return [notice for notice in parsed if notice is not None]

    def close(self) -> None:
        """Hang up. May block where the server hangs: not for the GUI thread."""
        self._connection.close()


def listen(engine: Engine) -> Listener:
    """Open a connection as the engine opens its own, beside its pool, and listen. Blocks.

    Raises CannotListen where the server does not allow it, what SQLAlchemy raises where it cannot be reached.
    """
    pool = engine.pool.recreate()  # the same way to the server, and nothing of the engine's own connections
    held = pool.connect()
    held.detach()
    connection: Any = held.dbapi_connection
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('application_name', %s, false)", (APPLICATION_NAME,))
            cursor.execute(f'LISTEN "{CHANNEL}"')
    except psycopg2.Error as error:
        connection.close()
        raise CannotListen from error
    return Listener(connection)
