"""What became of a transaction whose COMMIT was sent and whose answer never came."""

from typing import Literal

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from lms_desktop.entities.logs import SCHEMA
from lms_desktop.frozen import frozen

Fate = Literal["committed", "aborted", "running", "unknown"]
"""Of a transaction: "running" it is not decided yet; "unknown", this server cannot tell any more."""

_NO_SUCH_TRANSACTION = "22023"


@frozen
class Sent:
    """A transaction whose COMMIT is sent next: by this one can find out what became of it.

    Attributes:
        operation: the id made here.
        xid: the transaction's id on the server.
        recorded: it has a line in the change log, which stands there if it was committed.
        server: since when the server ran, as PostgreSQL prints it.
    """

    operation: str
    xid: str
    recorded: bool
    server: str


def fate(connection: Connection, sent: Sent) -> Fate:
    """Ask the server. Raises what the driver raises where it cannot be asked.

    A line of the change log proves a commit by the operation's own id. Without one the server is asked by the
    transaction's id, which a server that has crashed since may have given to another: then nobody knows.
    """
    status = _status(connection, sent)
    if status == "running":
        return status
    recorded = _recorded(connection, sent) if sent.recorded else None
    if recorded is not None:  # asked after the status: who was not running any more is in the log by now, or never
        return "committed" if recorded else "aborted"
    return status


def _status(connection: Connection, sent: Sent) -> Fate:
    try:
        row = connection.execute(_STATUS, {"xid": sent.xid}).one()
    except DBAPIError as error:
        connection.rollback()
        if getattr(error.orig, "pgcode", None) != _NO_SUCH_TRANSACTION:
            raise
        return "aborted"  # an id that this server has still to give: it lost the transaction in a crash
    if row.status == "in progress":
        return "running"
    if row.status == "committed":
        return "committed" if row.server == sent.server else "unknown"
    return "aborted" if row.status == "aborted" else "unknown"


def _recorded(connection: Connection, sent: Sent) -> bool | None:
    """Whether the log has its line; None where there is no log any more."""
    try:
        return bool(connection.execute(_RECORDED, {"operation": sent.operation}).scalar())
    except DBAPIError as error:
        connection.rollback()
        if error.connection_invalidated:
            raise
        return None


_STATUS = text(
    "SELECT pg_xact_status(CAST(CAST(:xid AS text) AS xid8)) AS status,"
    " CAST(pg_postmaster_start_time() AS text) AS server"
)
_RECORDED = text(f"SELECT EXISTS (SELECT FROM {SCHEMA}.operations WHERE id = CAST(:operation AS uuid))")
