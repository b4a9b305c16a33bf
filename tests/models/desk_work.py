"""Work to hand to a desk, and ears for what comes back."""

import threading
from collections.abc import Callable
from typing import Any

from pytestqt.qtbot import QtBot
from sqlalchemy import URL, text

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.errors import BugError, UserError
from lms_desktop.models.desk import Desk, assert_gui_thread
from tests.postgres import plain_connection


class Ears:
    """Hears `done`, `failed` and `cancelled`, all of which must come on the GUI thread."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.errors: list[UserError | BugError] = []
        self.cancellations = 0

    def done(self, value: Any) -> None:
        assert_gui_thread()
        self.values.append(value)

    def failed(self, error: UserError | BugError) -> None:
        assert_gui_thread()
        self.errors.append(error)

    def cancelled(self) -> None:
        assert_gui_thread()
        self.cancellations += 1

    @property
    def heard(self) -> int:
        """How many times anything was said."""
        return len(self.values) + len(self.errors) + self.cancellations

    def hearing(self, count: int) -> Callable[[], bool]:
        """Whether so much has been said, to be asked again and again."""
        return lambda: self.heard == count


def sleeping(seconds: float, value: Any = None) -> Callable[[UnitOfWork], Any]:
    """Work that lets the server sleep and returns `value`."""

    def work(uow: UnitOfWork) -> Any:
        uow.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": seconds})
        return value

    return work


def answering(value: Any) -> Callable[[UnitOfWork], Any]:
    """Work that has the server say `value`."""
    return lambda uow: uow.execute(text("SELECT CAST(:value AS text)"), {"value": str(value)}).scalar_one()


def writing(word: str, seconds: float = 0.0) -> Callable[[UnitOfWork], Outcome]:
    """An operation that adds a word to the table `words` and then takes its time."""

    def operation(uow: UnitOfWork) -> Outcome:
        uow.execute(text("INSERT INTO words (word) VALUES (:word)"), {"word": word})
        if seconds:
            uow.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": seconds})
        return uow.outcome(f"Wrote {word}", value=word)

    return operation


def make_words(url: URL) -> None:
    """Create the table `words`."""
    with plain_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE words (place integer GENERATED ALWAYS AS IDENTITY, word text NOT NULL UNIQUE)")
        connection.commit()


def words(url: URL) -> list[str]:
    """What stands in the table `words`, in the order in which it was written."""
    with plain_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT word FROM words ORDER BY place")
        return [word for (word,) in cursor.fetchall()]


def terminate_backends(url: URL) -> int:
    """End all other connections to this database, as an administrator can; how many there were."""
    with plain_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'lms-desktop'"
        )
        ((count,),) = cursor.fetchall()
        return int(count)


def running_statements(url: URL, part: str) -> int:
    """How many statements with this part in them the server is at, on this database."""
    with plain_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND state = 'active' AND query LIKE %s",
            (f"%{part}%",),
        )
        ((count,),) = cursor.fetchall()
        return int(count)


def open_connections(desk: Desk, qtbot: QtBot) -> None:
    """Have each of the three reading threads open its connection, which takes longer than any later work."""
    ears, meeting = Ears(), threading.Barrier(3, timeout=10)
    for _ in range(3):
        desk.read(lambda uow: (uow.execute(text("SELECT 1")).scalar_one(), meeting.wait()), done=ears.done)
    qtbot.waitUntil(ears.hearing(3))


def desk_threads() -> list[str]:
    """The names of the desks' threads that live just now."""
    return sorted(thread.name for thread in threading.enumerate() if thread.name.startswith("lms-"))
