"""What goes on elsewhere while somebody sits at the window: other programs read, write and hold rows."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg2
from sqlalchemy import URL

from tests.postgres import plain_connection
from tests.walks.driving import wait_for

T = TypeVar("T")


def aside(work: Callable[[], T]) -> T:
    """Have something done elsewhere, as life does it, while the window goes on; what it returned or raised."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    wait_for(lambda: not thread.is_alive(), "what goes on elsewhere")
    if errors:
        raise errors[0]
    return results[0]


def rows(url: URL, question: str, *values: object) -> list[tuple[Any, ...]]:
    """The answer of PostgreSQL to a connection that owes nothing to the program."""

    def ask() -> list[tuple[Any, ...]]:
        with plain_connection(url) as connection, connection.cursor() as cursor:
            cursor.execute(question, values)
            return cursor.fetchall()

    return aside(ask)


def value(url: URL, question: str, *values: object) -> Any:
    """The one value of the one row of an answer."""
    ((found,),) = rows(url, question, *values)
    return found


def write(url: URL, statement: str, *values: object) -> None:
    """What another program writes and commits."""

    def do() -> None:
        with plain_connection(url) as connection:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
            connection.commit()

    aside(do)


@contextmanager
def locked(url: URL, statement: str, *values: object, keep: bool = False) -> Iterator[None]:
    """Somebody else's transaction that has done this and takes its time; at the end it is given up, or `keep`s it."""

    def begin() -> "psycopg2.extensions.connection":
        connection = psycopg2.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
        return connection

    connection = aside(begin)
    try:
        yield
        if keep:
            aside(connection.commit)
    finally:
        aside(connection.close)


def wait_for_save_in_the_middle(url: URL) -> None:
    """Wait until a statement of the program waits for a lock that somebody else holds."""
    question = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name = 'lms-desktop' AND wait_event_type = 'Lock'"
    )
    wait_for(lambda: value(url, question), "a save that waits for a lock")
