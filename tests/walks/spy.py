"""A spy on all SQL: what this process sends, on which thread, and what the server says it was asked."""

import itertools
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
from sqlalchemy import URL, Engine, event

from lms_desktop.models.desk import is_gui_thread
from tests.postgres import PostgresServer, plain_connection
from tests.walks.truth import LOOKING

_LITERAL = re.compile(r"'(?:[^']|'')*'")
_ENTRY = re.compile(r"^\d{4}-\d\d-\d\d \S+ \S+ \[\d+\] ", re.MULTILINE)
_STATEMENT = re.compile(r"LOG:  statement: (.*)", re.DOTALL)
_TAG = re.compile(r" /\* (\d+) (\S+) \*/$")
_HOUSEKEEPING = re.compile(
    r"BEGIN( READ (ONLY|WRITE))?|COMMIT|ROLLBACK|SET \w+ (=|TO) \S+|SELECT 1"
    r"|SELECT set_config\('application_name', 'lms-desktop live', false\)|LISTEN \"lms_desktop\"",
    re.IGNORECASE,
)
"""What the driver and the engine say by themselves: transactions, and whether a pooled connection is still alive; and
what the connection says that only listens."""
_INTRODUCTION = re.compile(
    r"select (pg_catalog\.version|current_schema)\(\)|show (standard_conforming_strings|transaction isolation level)"
)
"""What SQLAlchemy asks on the first connection of an engine."""


@dataclass(frozen=True)
class Said:
    """A statement that an engine of this process was given: the how manyth, and where."""

    number: int
    text: str
    thread: str
    on_gui: bool


@dataclass
class Spy:
    """What was said since the spying began, or since `forget`.

    Attributes:
        said: the statements of all engines of this process.
        connected: for each new connection of the driver's, whether it was made on the GUI thread.
    """

    url: URL
    server: PostgresServer
    said: list[Said] = field(default_factory=list)
    connected: list[bool] = field(default_factory=list)
    _read: int = 0

    def __post_init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self.said.clear()
        self.connected.clear()
        if self.server.local is not None:
            self._read = self.server.local.log.stat().st_size

    def heard(self) -> list[str]:
        """The statements that the server has logged for the database, those of the tests' own look excepted; none of a
        server whose log is out of reach."""
        if self.server.local is None:
            return []
        log, begins = self.server.local.log, self._read
        former = ""
        if log.stat().st_size < begins:  # it had grown too large, and what stood in it was put aside
            former, begins = _from(log.with_suffix(".log.1"), begins), 0
        entries = _ENTRY.split(former + _from(log, begins))
        found = [match[1].strip() for entry in entries if (match := _STATEMENT.match(entry))]
        return [statement for statement in found if LOOKING not in statement]

    def check(self) -> None:
        """Nothing on the GUI thread, nothing past the engines, no secret read; begins anew."""
        said, connected = list(self.said), list(self.connected)
        heard = self.heard()
        # A statement of a worker may be on its way to the server's log, also one that was said before the spy forgot.
        for _ in range(100):
            if self.server.local is None or not unheard(said, heard):
                break
            time.sleep(0.02)
            heard = self.heard()
        self.forget()
        on_gui = [statement.text for statement in said if statement.on_gui]
        assert not on_gui, f"SQL on the GUI thread: {on_gui}"
        assert not any(connected), "a connection was made on the GUI thread"
        tagged = [statement for statement in heard if _TAG.search(statement)]
        others = {statement for statement in heard if not _TAG.search(statement)}
        unknown = [s for s in others if not (_HOUSEKEEPING.fullmatch(s) or _INTRODUCTION.fullmatch(s))]
        assert not unknown, f"said past the engines: {unknown}"
        if self.server.local is not None:
            assert not unheard(said, heard), "an engine's statement has not reached the server"
        for text in {*(statement.text for statement in said), *tagged}:
            assert not reads_secret(text), text


def _from(log: Path, begins: int) -> str:
    """What stands in a log from this byte on."""
    with log.open("rb") as file:
        file.seek(begins)
        return file.read().decode(errors="replace")


@contextmanager
def spying(url: URL, server: PostgresServer) -> Iterator[Spy]:
    """Listen to everything that is said to a database by connections that are made from now on."""
    if server.local is not None:
        with plain_connection(url) as connection, connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE \"{url.database}\" SET log_statement = 'all'")
            connection.commit()
    spy = Spy(url, server)
    connect = psycopg2.connect
    counting = itertools.count()

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> tuple[str, Any]:
        thread = threading.current_thread().name
        mine = next(counting)
        spy.said.append(Said(mine, statement, thread, is_gui_thread()))
        return f"{statement} /* {mine} {thread} */", parameters

    def note_connection(*arguments: Any, **options: Any) -> Any:
        if options.get("application_name") == "lms-desktop":
            spy.connected.append(is_gui_thread())
        return connect(*arguments, **options)

    event.listen(Engine, "before_cursor_execute", note, retval=True)
    psycopg2.connect = note_connection
    try:
        yield spy
    finally:
        psycopg2.connect = connect
        event.remove(Engine, "before_cursor_execute", note)


def unheard(said: list[Said], heard: list[str]) -> set[int]:
    """The numbers of what was said and has not reached the server's log."""
    return {one.number for one in said} - {int(tag[1]) for one in heard if (tag := _TAG.search(one))}


def reads_secret(statement: str) -> bool:
    """Whether a statement asks for a password's hash, a session's token, or for whole rows that may hold them."""
    plain = _LITERAL.sub("''", statement)
    if re.match(r"\s*(INSERT|UPDATE)\b", plain):
        plain = plain.partition("RETURNING")[2]
    return bool(re.search(r"\bpassword_hash\b|\btoken\b|(SELECT|,)\s+(\w+\.)?\*", plain))
