"""Values of bytes come as the server keeps them, in portions of any length, and a copy can be stopped."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import (
    URL,
    Connection,
    LargeBinary,
    Select,
    case,
    create_engine,
    false,
    func,
    literal,
    select,
    text,
    union_all,
)
from sqlalchemy.exc import DBAPIError

from lms_desktop.config import Settings
from lms_desktop.database.copying import Values, copy_values
from lms_desktop.database.engine import make_engine

VALUES = [b"", b"\0\\x41%s'", bytes(range(256)), b"x" * 300_000]


@pytest.fixture
def connection(empty_database: URL) -> Iterator[Connection]:
    """A connection of the application's."""
    engine = make_engine(empty_database, Settings())
    with engine.connect() as made:
        yield made
    engine.dispose()


def reading(*values: bytes | None) -> Select[Any]:
    """A statement that reads these values."""
    rows = [select(literal(value, LargeBinary).label("v"), literal(at).label("at")) for at, value in enumerate(values)]
    every = union_all(*rows).subquery()
    return select(every.c.v).order_by(every.c.at)


@pytest.mark.parametrize("many", [1, 2, 7, 10**6])
def test_values_are_told_in_whatever_portions_they_come(many: int) -> None:
    sent = b"PGCOPY\n\xff\r\n\0" + bytes(4) + (3).to_bytes(4, "big") + b"..."
    for value in VALUES:
        sent += (1).to_bytes(2, "big") + len(value).to_bytes(4, "big") + value
    sent += (1).to_bytes(2, "big") + b"\xff\xff\xff\xff" + b"\xff\xff"
    told = list[bytes]()
    values = Values(told.append)
    for at in range(0, len(sent), many):
        assert not values.ended
        values.write(sent[at : at + many])
    assert (told, values.ended) == (VALUES, True)


def test_the_server_tells_values_as_they_are(connection: Connection) -> None:
    told = list[bytes]()
    copy_values(connection, reading(*VALUES, None, b"last"), told.append)
    assert told == [*VALUES, b"last"]
    assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_there_may_be_nothing_to_tell(connection: Connection) -> None:
    told = list[bytes]()
    copy_values(connection, reading(b"").where(false()), told.append)
    assert told == []


def test_who_cannot_take_them_hears_no_more(connection: Connection) -> None:
    def full(_: bytes) -> None:
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        copy_values(connection, reading(*VALUES * 20), full)
    assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_a_copy_is_stopped_on_the_server(connection: Connection) -> None:
    first, sleeping = literal(b"first", LargeBinary), case((func.pg_sleep(60).is_(None), None), else_=literal(b"late"))
    late = select(sleeping.label("v"))
    driver: Any = connection.connection.dbapi_connection
    stop = threading.Timer(0.2, driver.cancel)
    stop.start()
    with pytest.raises(DBAPIError) as caught:
        copy_values(connection, union_all(select(first.label("v")), late).subquery().select(), print)
    assert getattr(caught.value.orig, "pgcode", None) == "57014"
    stop.join()
    connection.rollback()
    assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_an_engine_that_does_not_know_how_is_found_out(empty_database: URL) -> None:
    engine = create_engine(empty_database)
    with engine.connect() as connection, pytest.raises(RuntimeError):
        copy_values(connection, reading(b"x"), print)
    engine.dispose()
