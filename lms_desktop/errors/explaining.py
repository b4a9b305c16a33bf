"""`explain`: from any exception to one sentence."""

import errno
from collections.abc import Iterator

from lms_desktop.errors.kinds import (
    N_,
    BadValue,
    BugError,
    Busy,
    Cancelled,
    Conflict,
    ConnectionLost,
    UserError,
)
from lms_desktop.errors.postgres import explain_server_error
from lms_desktop.log import format_exception


def explain(error: BaseException, *, doing: str = "") -> UserError | BugError:
    """The sentence for `error`, for the screen; the log gets the original.

    `doing` says what was being done, translated and without a full stop ("Saving 3 enrollments"); the sentence begins
    with it. An error that is explained already is returned as it is. A constraint's name, SQL and tracebacks reach
    `details` alone, and no value of a row reaches even these.
    """
    if isinstance(error, UserError | BugError):
        explained: UserError | BugError = error
    else:
        explained = _explanation(error) or BugError()
        explained.details = _details(error)
    if doing and not explained.doing:
        explained.doing = doing
    return explained


def _explanation(error: BaseException) -> UserError | BugError | None:
    server_error = _server_error(error)
    if server_error is not None:
        return explain_server_error(server_error, invalidated=bool(getattr(error, "connection_invalidated", False)))
    for name, known in _BY_NAME.items():
        if name in _names(error):
            return known()
    match error:
        case KeyboardInterrupt():
            return Cancelled()
        case UnicodeEncodeError():
            return BadValue(
                N_("Character {place} of a text is half a character and cannot be stored."),
                way_out=N_("Delete it and type it anew."),
                values={"place": error.start + 1},
            )
        case UnicodeDecodeError():
            return BadValue(N_("The text is not written as {encoding}."), values={"encoding": error.encoding.upper()})
        case ValueError() if "NUL" in str(error) or "null character" in str(error):
            return BadValue(
                N_("A text holds a NUL character, which the database cannot store."),
                way_out=N_("Delete it and save again."),
            )
        case ValueError() if "JSON compliant" in str(error):
            return BadValue(
                N_("JSON has no infinite numbers and none that is not a number."), way_out=N_("Correct it.")
            )
        case TimeoutError() if error.errno is None:
            return Busy(N_("It took too long and was given up."), way_out=N_("Try again in a moment."))
        case OSError():
            return _explain_system(error)
        case MemoryError():
            return UserError(
                N_("There is not enough memory for this."), way_out=N_("Close other programs and try again.")
            )
    inner = getattr(error, "orig", None)  # SQLAlchemy's StatementError around an error of Python's
    return _explanation(inner) if isinstance(inner, Exception) else None


def _names(error: BaseException) -> set[str]:
    # Without importing the packages: whoever has not loaded them cannot have met their errors.
    return {f"{each.__module__}.{each.__qualname__}" for each in type(error).__mro__}


def _server_error(error: BaseException) -> BaseException | None:
    for candidate in (error, getattr(error, "orig", None)):
        if isinstance(candidate, BaseException) and "psycopg2.Error" in _names(candidate):
            return candidate
    return None


def _conflict() -> UserError:
    return Conflict(
        N_("Somebody else has changed or deleted this meanwhile; nothing was overwritten."),
        way_out=N_("Refresh to see what they did, then save again."),
    )


def _gone() -> UserError:
    return Conflict(
        N_("This is not in the database any more; somebody has deleted it."), way_out=N_("Refresh the list.")
    )


def _no_free_connection() -> UserError:
    return Busy(
        N_("All connections of this window to the database are busy."),
        way_out=N_("Wait for what is running, or cancel it, and try again."),
    )


def _lost_before() -> UserError:
    return ConnectionLost(
        N_("The connection to the database was lost."),
        way_out=N_("Your unsaved changes are kept; try again when the server can be reached."),
    )


def _bad_password() -> UserError:
    return BadValue(N_("This cannot be a password: it holds a NUL character or is too long."), field="password_hash")


def _newer_database() -> UserError:
    return UserError(
        N_("The migrations of this database and of this program do not fit together."),
        way_out=N_("It may have been made by a newer version: update the program, or ask an administrator."),
    )


_BY_NAME = {
    "sqlalchemy.orm.exc.StaleDataError": _conflict,
    "sqlalchemy.orm.exc.ObjectDeletedError": _gone,
    "sqlalchemy.exc.NoResultFound": _gone,
    "sqlalchemy.exc.TimeoutError": _no_free_connection,
    "sqlalchemy.exc.PendingRollbackError": _lost_before,
    "passlib.exc.PasswordValueError": _bad_password,
    "passlib.exc.PasswordSizeError": _bad_password,
    "alembic.util.exc.CommandError": _newer_database,
}

_SYSTEM: dict[int, tuple[str, str]] = {
    errno.ENOSPC: (N_("The disk is full: {file} could not be written."), N_("Make room and try again.")),
    errno.EDQUOT: (N_("Your share of the disk is full: {file} could not be written."), N_("Make room and try again.")),
    errno.EACCES: (N_("You may not use {file}."), N_("Choose another place, or ask for the right.")),
    errno.EPERM: (N_("You may not use {file}."), N_("Choose another place, or ask for the right.")),
    errno.EROFS: (N_("{file} is on a disk that can only be read."), N_("Choose another place.")),
    errno.ENOENT: (N_("{file} is not there."), N_("Choose another file.")),
    errno.EISDIR: (N_("{file} is a folder."), N_("Choose a file.")),
    errno.ENOTDIR: (N_("{file} is not in a folder."), N_("Choose another place.")),
    errno.EEXIST: (N_("{file} is there already."), N_("Choose another name.")),
    errno.EMFILE: (N_("Too many files are open."), N_("Close other windows and try again.")),
    errno.ENAMETOOLONG: (N_("The name of the file is too long."), N_("Choose a shorter one.")),
}


def _explain_system(error: OSError) -> UserError:
    file = error.filename if isinstance(error.filename, str) else ""
    if isinstance(error, ConnectionError) or "socket.gaierror" in _names(error):
        return ConnectionLost(N_("The network connection failed."), way_out=N_("Check the network and try again."))
    text, way_out = _SYSTEM.get(
        error.errno or 0, (N_("The system could not do that with {file}."), N_("Try again, or choose another place."))
    )
    return UserError(text, way_out=way_out, values={"file": f"“{file}”" if file else N_("the file")})


def _details(error: BaseException) -> str:
    return "\n".join([*_diagnostics(error), format_exception(error)])


def _diagnostics(error: BaseException) -> Iterator[str]:
    server_error = _server_error(error)
    if server_error is None:
        return
    diagnostics = getattr(server_error, "diag", None)
    for title, value in (
        ("SQLSTATE", getattr(server_error, "pgcode", None)),
        ("Table", getattr(diagnostics, "table_name", None)),
        ("Column", getattr(diagnostics, "column_name", None)),
        ("Constraint", getattr(diagnostics, "constraint_name", None)),
    ):
        if value:
            yield f"{title}: {value}"
