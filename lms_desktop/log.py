"""The log: a rotating file that only its owner can read, in which no password survives."""

import logging
import os
import re
import sys
import traceback
from collections.abc import Iterator
from functools import cache
from io import TextIOWrapper
from itertools import pairwise
from pathlib import Path

from lms_desktop import paths

FILE_NAME = "lms-desktop.log"
MAX_BYTES = 1_000_000
OLDER_FILES = 5
HIDDEN = "***"

_KEY = r"(?:password|passwd|pwd|passphrase|token|secret)[\w-]{0,40}"
_QUOTED = r"""(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_BLANK = r"[^\S\n]*"
_SIGNS = ("$2", "failing row contains ", ")=(", "://", "pass", "pwd", "token", "secret")
"""A text in which none of them stands, whatever its case, has nothing to hide."""


@cache
def _rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    """What is hidden, and by what; each needs one of the `_SIGNS`. Compiled with the first line in which there is one:
    the first window, and the first rows, wait for none."""
    return (
        # A bcrypt hash, wherever it stands.
        (re.compile(r"\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}"), HIDDEN),
        # A row or a key that a constraint refused. Values may hold line breaks; a blank line ends what is hidden.
        (re.compile(r"(Failing row contains )\(.*?(?=\n\s*\n|\Z)", re.DOTALL), rf"\1({HIDDEN})"),
        (re.compile(r"(\((?:[^()\n]|\([^()\n]{0,80}\)){1,200}\)=)\(.*\)"), rf"\1({HIDDEN})"),
        # A database's address. An @ that the password holds unescaped is no end: all up to the line's last one goes.
        # The bounds keep the time linear where there is none.
        (re.compile(r"(postgres\w*(?:\+\w+)?://[^\s:/]{0,300}:).{0,1000}@", re.IGNORECASE), rf"\1{HIDDEN}@"),
        (re.compile(r"([a-z][a-z0-9+.-]{1,20}://[^\s:/]{0,300}:)\S{0,1000}@", re.IGNORECASE), rf"\1{HIDDEN}@"),
        # A JSON or Python literal that was itself quoted: where it ends depends on the depth, so the line's rest goes.
        (re.compile(rf"({_KEY}\\+[\"']{_BLANK}[:=,]).*", re.IGNORECASE), rf"\1 {HIDDEN}"),
        # "password": "…", 'password': '…', ('password', '…')
        (re.compile(rf"({_KEY}[\"']{_BLANK}[:=,]{_BLANK})(?:{_QUOTED}|[^\s,}}\])]+)", re.IGNORECASE), rf"\1{HIDDEN}"),
        # password=… and password: …, with libpq's quoting or without; ALTER ROLE … PASSWORD '…'
        (re.compile(rf"({_KEY}{_BLANK}(?:=>?|:){_BLANK})(?:{_QUOTED}\S*|\S+)", re.IGNORECASE), rf"\1{HIDDEN}"),
        (re.compile(rf"(\bpassword{_BLANK})(?:E?'(?:''|[^'])*'|{_QUOTED})", re.IGNORECASE), rf"\1{HIDDEN}"),
    )


def redact(text: str) -> str:
    """`text` without what may be a password, a token, a hash, or the content of a refused row.

    Rather too much is hidden than too little. Linear in the length of the text.
    """
    folded = text.casefold()
    if not any(sign in folded for sign in _SIGNS):
        return text
    for pattern, replacement in _rules():
        text = pattern.sub(replacement, text)
    return text


def format_exception(error: BaseException) -> str:
    """The traceback of `error` and of what caused it, redacted.

    Of an error of PostgreSQL only the SQLSTATE, the constraint and the first sentence are told: its full text repeats
    the refused row and, because psycopg2 puts values into the statement itself, a piece of the statement with them.
    """
    return redact("\n".join(_parts(error, set())))


class RedactionFilter(logging.Filter):
    """Redacts a record's message, arguments, traceback and stack once and for all, for every handler that follows."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Overrides logging.Filter: lets everything pass."""
        try:
            message = record.getMessage()
        except Exception:  # a wrong format string must not cost the message
            message = f"{record.msg!r} {record.args!r}"
        record.msg, record.args = redact(message), None
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = format_exception(record.exc_info[1])
        elif record.exc_text:
            record.exc_text = redact(record.exc_text)
        record.exc_info = None
        record.stack_info = redact(record.stack_info) if record.stack_info else None
        return True


class PrivateRotatingFileHandler(logging.FileHandler):
    """A rotating file of mode 0600 that follows along when another window of the program has rotated it.

    It rotates as `logging.handlers.RotatingFileHandler` does; that module brings sockets and pickling along, whose
    import would hold up the first window.
    """

    def __init__(self, file: Path, *, most_bytes: int, older_files: int) -> None:
        """The file is put aside as `file.1` before it exceeds `most_bytes`; `older_files` of them are kept."""
        self._most_bytes, self._older_files = most_bytes, older_files
        super().__init__(file, encoding="utf-8")

    def emit(self, record: logging.LogRecord) -> None:
        """Overrides FileHandler."""
        try:
            stream = self.stream
            if stream is not None and not self._still_there(stream.fileno()):
                stream.close()
                stream = None
            stream = self.stream = stream or self._open()
            size = os.fstat(stream.fileno()).st_size
            if size and size + len(self.format(record)) >= self._most_bytes:
                stream.close()
                self._put_aside()
                self.stream = self._open()
        except Exception:
            self.handleError(record)
        else:
            super().emit(record)

    def _put_aside(self) -> None:
        names = [self.baseFilename, *(f"{self.baseFilename}.{number + 1}" for number in range(self._older_files))]
        for newer, older in reversed(list(pairwise(names))):
            if os.path.exists(newer):
                os.replace(newer, older)

    def _still_there(self, open_file: int) -> bool:
        try:
            there, here = os.stat(self.baseFilename), os.fstat(open_file)
        except OSError:
            return False
        return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)

    def _open(self) -> TextIOWrapper:
        """Overrides FileHandler: nobody else may read along, not even for the moment after creation."""
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, 0o600)
        return open(descriptor, "a", encoding="utf-8", errors="backslashreplace")


def setup(level: int | str = logging.INFO, *, terminal: bool = False) -> Path | None:
    """Send the log of the whole process to the log folder; with `terminal`, to standard error too.

    Calling it again replaces what an earlier call made. Returns the file, None where none can be written (a full or
    read-only disk must not keep anybody from working).
    """
    root = logging.getLogger()
    for handler in [h for h in root.handlers if getattr(h, "lms_desktop", False)]:
        root.removeHandler(handler)
        handler.close()
    file: Path | None = paths.log_folder() / FILE_NAME
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)] if terminal else []
    try:
        assert file is not None
        paths.make_private(file.parent)
        handlers.append(PrivateRotatingFileHandler(file, most_bytes=MAX_BYTES, older_files=OLDER_FILES))
    except OSError:
        file = None
    for handler in handlers or [logging.NullHandler()]:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"))
        handler.addFilter(RedactionFilter())
        handler.lms_desktop = True  # type: ignore[attr-defined]
        root.addHandler(handler)
    root.setLevel(level)
    return file


def _parts(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None and id(earlier) not in seen:
        yield from _parts(earlier, seen)
        yield "which led to:" if error.__cause__ else "while this was handled:"
    yield "".join(traceback.format_tb(error.__traceback__)) + f"{type(error).__module__}.{_sentence(error)}"
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _parts(each, seen)


def _sentence(error: BaseException) -> str:
    name = type(error).__qualname__
    server_error = getattr(error, "orig", None) or error
    diagnostics = getattr(server_error, "diag", None)
    if diagnostics is None:
        return f"{name}: {error}"
    said = [getattr(server_error, "pgcode", None), diagnostics.table_name, diagnostics.column_name]
    said.append(diagnostics.constraint_name)
    # Without diagnostics the text is libpq's own, which speaks of hosts and not of rows.
    first = diagnostics.message_primary or str(server_error).strip()
    return f"{name}: {first} [{', '.join(part for part in said if part)}]"
