"""What PostgreSQL and libpq report, by SQLSTATE and, where there is none, by the words of their messages."""

import errno
import os
import re
from dataclasses import dataclass
from typing import Any

from lms_desktop.errors import schema, words
from lms_desktop.errors.kinds import N_, BadValue, Busy, Cancelled, Conflict, ConnectionLost, Denied, UserError
from lms_desktop.errors.schema import Violation


@dataclass(frozen=True)
class _Said:
    """A sentence for a state or a message."""

    kind: type[UserError]
    text: str
    way_out: str | None = None

    def error(self, **values: str) -> UserError:
        return self.kind(self.text, way_out=self.way_out, values=values)


_KEPT = N_("Your unsaved changes are kept; save again in a moment.")
_ASK_ADMINISTRATOR = N_("Ask whoever administers the database.")
_CHECK_VALUES = N_("Look through what you entered and save again.")

_LOST = _Said(
    ConnectionLost,
    N_("The connection to the database was lost."),
    N_("Your unsaved changes are kept; try again when the server can be reached."),
)
_STARTING = _Said(ConnectionLost, N_("The database is just starting or recovering."), N_("Try again in a moment."))
_STOPPING = _Said(ConnectionLost, N_("The database is being shut down."), N_("Try again when it is back."))
_FULL = _Said(
    Busy,
    N_("The database has no free connection left."),
    N_("Try again in a moment; if it goes on, ask whoever administers the database."),
)
_SCHEMA_BEHIND = _Said(
    UserError,
    N_("The database does not have all the tables and columns that this program needs."),
    N_("An administrator has to apply the pending migrations."),
)
_NO_SUCH_DATABASE = _Said(
    UserError, N_("There is no such database on this server."), N_("Check the database's name in the connection.")
)
_REFUSED_SIGN_IN = _Said(
    Denied,
    N_("The server did not accept the name or the password of the connection."),
    N_("Check both in the connection; this is not your sign-in to the school."),
)
_RESOURCES = _Said(
    UserError, N_("The server has run out of memory or of another resource; nothing was changed."), _ASK_ADMINISTRATOR
)
_SERIALIZATION = _Said(
    Conflict,
    N_("Somebody else changed the same rows at the same moment; nothing was changed."),
    N_("Refresh to see what they did, then save again."),
)

_STATES: dict[str, _Said] = {
    "22001": _Said(BadValue, N_("A text is longer than its field allows."), N_("Shorten it and save again.")),
    "22003": _Said(
        BadValue,
        N_("A number is too large or too small to be stored."),
        N_("Use a number from -2147483648 to 2147483647."),
    ),
    "22007": _Said(BadValue, N_("A date or time is not written as one."), N_("Write it like 2026-11-20 10:00.")),
    "22008": _Said(BadValue, N_("There is no such date or time."), N_("Write it like 2026-11-20 10:00.")),
    "22009": _Said(BadValue, N_("There is no such offset from UTC."), N_("Write it like +01:00.")),
    "22021": _Said(BadValue, N_("A text holds a character that the database cannot store."), _CHECK_VALUES),
    "22P05": _Said(BadValue, N_("A text holds a character that the database cannot read back."), _CHECK_VALUES),
    "22P02": _Said(BadValue, N_("A value is not of the kind that its field takes."), _CHECK_VALUES),
    "25006": _Said(
        Denied,
        N_("This database can only be read at present, perhaps because it is a standby."),
        N_("Connect to the primary server to change anything."),
    ),
    "25P03": _LOST,
    "25P04": _Said(Busy, N_("The work took longer than the server allows; nothing was changed."), _ASK_ADMINISTRATOR),
    "28000": _REFUSED_SIGN_IN,
    "28P01": _REFUSED_SIGN_IN,
    "3D000": _NO_SUCH_DATABASE,
    "3F000": _SCHEMA_BEHIND,
    "40001": _SERIALIZATION,
    "40P01": _Said(Busy, N_("This met with another change of the same rows; nothing was changed."), _KEPT),
    "42501": _Said(
        Denied,
        N_("The database does not give this connection the right to do that."),
        N_("Ask whoever administers the database for the right, or use another connection."),
    ),
    "42703": _SCHEMA_BEHIND,
    "42704": _SCHEMA_BEHIND,
    "42883": _SCHEMA_BEHIND,
    "42P01": _SCHEMA_BEHIND,
    "53100": _Said(UserError, N_("The server's disk is full; nothing was changed."), _ASK_ADMINISTRATOR),
    "53200": _RESOURCES,
    "53300": _FULL,
    "54000": _Said(BadValue, N_("A value is too large for the database."), N_("Shorten it and save again.")),
    "55006": _Said(Busy, N_("Somebody else is using this just now."), N_("Try again in a moment.")),
    "55P03": _Said(Busy, N_("Somebody else is changing the same rows just now; nothing was changed."), _KEPT),
    "57P01": _STOPPING,
    "57P02": _LOST,
    "57P03": _STARTING,
    "57P04": _NO_SUCH_DATABASE,
    "57P05": _LOST,
}
# By the first two characters, where the state itself is not listed.
_CLASSES: dict[str, _Said] = {
    "08": _LOST,
    "22": _Said(BadValue, N_("A value cannot be stored as it is."), _CHECK_VALUES),
    "23": _Said(BadValue, N_("A rule of the database does not allow this."), _CHECK_VALUES),
    "40": _SERIALIZATION,
    "53": _RESOURCES,
    "58": _Said(UserError, N_("The server has trouble with its own files."), _ASK_ADMINISTRATOR),
    "XX": _Said(UserError, N_("The server reports an internal error."), _ASK_ADMINISTRATOR),
}

_TIMED_OUT = _Said(
    Busy,
    N_("The database took too long and was stopped; nothing was changed."),
    N_("Try again, or narrow down what you are looking for."),
)
_STOPPED = _Said(Cancelled, N_("The database stopped before it was done. Nothing was changed."))

_UNREACHABLE = _Said(
    ConnectionLost,
    N_("The database server{host} cannot be reached."),
    N_("Check the network and that the server is running, then try again."),
)
_MESSAGES: tuple[tuple[_Said, tuple[str, ...]], ...] = (
    (
        _Said(
            ConnectionLost,
            N_("The server{host} could not prove that it is the right one, so nothing was sent to it."),
            N_(
                "Ask for the server's root certificate and put sslrootcert=… into the address; "
                "sslmode=require there goes without the proof, but not without the risk."
            ),
        ),
        (
            "certificate verify failed",
            "does not match host name",
            "root certificate file",
            "weak sslmode",
            "certificate authority",
            "could not get server's host name",
        ),
    ),
    (
        _Said(
            ConnectionLost,
            N_("The server{host} does not offer an encrypted connection, which this address demands."),
            N_(
                "Have encryption set up on the server; sslmode=disable in the address goes without, readable by others."
            ),
        ),
        ("does not support SSL", "SSL was required"),
    ),
    (
        _Said(
            Denied,
            N_("The server{host} does not let this name into this database from here."),
            N_("Ask whoever administers the server to allow it."),
        ),
        (
            "pg_hba.conf",
            "not permitted to log in",
            "permission denied for database",
            "authentication method requirement",
        ),
    ),
    (
        _REFUSED_SIGN_IN,
        ("authentication failed", "no password supplied", "password is required", "certificate authentication"),
    ),
    (_FULL, ("too many clients", "too many connections", "connection slots", "no more connections allowed")),
    (_STARTING, ("starting up", "recovery mode", "not yet accepting", "not accepting connections")),
    (_STOPPING, ("shutting down",)),
    (
        _Said(
            ConnectionLost,
            N_("There is no server of that name{host}."),
            N_("Check how the server is spelled in the connection, and the network."),
        ),
        ("could not translate host name", "could not parse network address"),
    ),
    (
        _Said(
            UserError,
            N_("Something between here and the database does not take this program's settings."),
            N_("Connect to PostgreSQL itself, or tell the pooler to let “options” pass."),
        ),
        ("unsupported startup parameter",),
    ),
    (
        _Said(
            UserError,
            N_("An option in the database's address is not one that PostgreSQL knows."),
            N_("Correct what stands after the question mark."),
        ),
        ("invalid connection option", "invalid dsn", "invalid sslmode", "invalid port", "invalid integer value"),
    ),
    (
        _LOST,
        (
            "server closed the connection",
            "connection already closed",
            "cursor already closed",
            "connection has been closed",
            "terminating connection",
            "could not receive data",
            "could not send data",
            "SSL SYSCALL",
            "SSL error",
            "no connection to the server",
            "lost synchronization",
        ),
    ),
    (
        _Said(
            ConnectionLost,
            N_("The database server{host} does not answer."),
            N_("Check the network and that the server is running, then try again."),
        ),
        ("timeout expired", "timed out"),
    ),
)


def explain_server_error(error: Any, *, invalidated: bool) -> UserError | None:
    """The sentence for an error of psycopg2's; None where it can only be a mistake in this program.

    `invalidated`: SQLAlchemy has found the connection to be broken.
    """
    state, diagnostics = error.pgcode, error.diag
    if state is None:
        return _without_state(error, invalidated)
    primary = diagnostics.message_primary or ""
    if state.startswith("23"):
        return _refused_row(state, diagnostics)
    if state == "57014":
        return _stopped(primary)
    if state == "P0001":  # RAISE in somebody's trigger, written for people to read
        return UserError(N_("The database refused this: {message}"), way_out=_CHECK_VALUES, values={"message": primary})
    if state == "22001" and (limit := re.search(r"\((\d+)\)", primary)):
        return BadValue(
            N_("A text is longer than the {limit} characters that its field allows."),
            way_out=N_("Shorten it and save again."),
            field=_field_in_copy(diagnostics),
            values={"limit": limit[1]},
        )
    if state == "22P02" and re.search(r"\bjson\b", primary):
        return BadValue(
            N_("A value is not valid JSON."),
            way_out=N_("Correct it and save again."),
            field=_field_in_copy(diagnostics),
        )
    if state == "42501" and (tables := words.tables_in(primary)):
        said = _Said(
            Denied, N_("The database does not give this connection the right to these {things}."), _ASK_ADMINISTRATOR
        )
        return said.error(things=words.many(tables[0]))
    found = _STATES.get(state) or _CLASSES.get(state[:2])
    if found is None:
        return _LOST.error() if invalidated else None
    result = found.error()
    result.field = _field_in_copy(diagnostics) if isinstance(result, BadValue) else None
    return result


def _stopped(primary: str) -> UserError:
    # Only English servers tell which of the two it was.
    if "user request" in primary:
        return Cancelled()
    return (_TIMED_OUT if "timeout" in primary else _STOPPED).error()


def _refused_row(state: str, diagnostics: Any) -> UserError:
    key = re.search(r"\((.+?)\)=\((.*)\)", diagnostics.message_detail or "", re.DOTALL)
    if diagnostics.column_name:
        columns: tuple[str, ...] = (diagnostics.column_name,)
    else:
        columns = tuple(part.strip(' "') for part in key[1].split(", ")) if key else ()
    violation = Violation(
        table=diagnostics.table_name or "",
        columns=columns,
        constraint=diagnostics.constraint_name or "",
        value=key[2] if key else "",
        tables_named=words.tables_in(diagnostics.message_primary or ""),
    )
    match state:
        case "23502":
            return schema.explain_not_null(violation)
        case "23503" | "23001":  # PostgreSQL 18 gives RESTRICT a state of its own
            return schema.explain_foreign_key(violation)
        case "23505":
            return schema.explain_unique(violation)
        case "23514":
            return schema.explain_check(violation)
    return _CLASSES["23"].error()


def _field_in_copy(diagnostics: Any) -> str | None:
    """The attribute that a COPY stumbled over; other statements do not tell."""
    place = re.search(r"COPY (\w+), line \d+, column (\w+)", diagnostics.context or "")
    return words.field_of(place[1], place[2]) if place else None


def _without_state(error: Any, invalidated: bool) -> UserError | None:
    message = str(error)
    at = re.search(r"server at \"([^\"]+)\"|host name \"([^\"]+)\"|server certificate for \"([^\"]+)\"", message)
    host = f" {next(filter(None, at.groups()))}" if at else ""
    for said, signs in _MESSAGES:
        if any(sign in message for sign in signs):
            return said.error(host=host)
    if re.search(r"database \"[^\"]*\" does not exist", message):
        return _NO_SUCH_DATABASE.error()
    if re.search(r"role \"[^\"]*\" does not exist", message):
        return _REFUSED_SIGN_IN.error()
    # The operating system's own words come in the language that Qt has set for the process.
    network = (errno.ECONNREFUSED, errno.ENOENT, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ETIMEDOUT, errno.EACCES)
    if any(os.strerror(number) in message for number in network) or "refused" in message or at:
        return _UNREACHABLE.error(host=host)
    if invalidated:
        return _LOST.error()
    names = {each.__name__ for each in type(error).__mro__}
    return _UNREACHABLE.error(host=host) if "OperationalError" in names else None
