"""How often a transaction waits for the server: what it asks, and nothing besides."""

from typing import Any

import pytest
from psycopg2 import InterfaceError
from psycopg2.extensions import TRANSACTION_STATUS_IDLE
from sqlalchemy import URL, text
from sqlalchemy.exc import InternalError, OperationalError

from lms_desktop.config import Settings
from lms_desktop.database import asking
from lms_desktop.database.engine import make_engine
from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.entities import User
from lms_desktop.services import gate
from tests.small_school import actor as person
from tests.small_school import opened, row_id
from tests.walks.wire import Wire


@pytest.fixture(autouse=True)
def slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a test takes, what it used last was in use a moment ago."""
    monkeypatch.setattr(asking, "RECENT", 3600.0)


def test_a_read_asks_for_no_more_than_it_needs(seeded_url: URL) -> None:
    with Wire(seeded_url) as wire:
        database = Database(make_engine(wire.url, Settings()))
        with database.reading(Actor.command_line()) as uow:
            row = uow.execute(text("SELECT id::text, email, full_name, role FROM users WHERE role = 'admin'")).one()
        actor = Actor(*row)
        for again in (False, True):
            wire.asked.clear()
            with gate.reading(database, actor, again=again) as uow:
                uow.execute(text("SELECT count(*) FROM courses"))
            *ping, begin, count, end = wire.asked
            assert begin.startswith("BEGIN READ ONLY; SELECT")
            assert "is_active FROM users" in begin
            assert (count, end) == ("SELECT count(*) FROM courses", "ROLLBACK")
            assert len(ping) == (0 if again else 1), "whoever reads again has no need to ask first"
        database.dispose()


def test_a_connection_that_has_rested_is_asked_by_whoever_reads_again_too(
    database_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Wire(database_url) as wire:
        database = Database(make_engine(wire.url, Settings()))
        asked = []
        for rest in (3600.0, 3600.0, 0.0):
            monkeypatch.setattr(asking, "RECENT", rest)
            wire.asked.clear()
            with database.reading(Actor.command_line(), again=True):
                asked.append(len(wire.asked))
        database.dispose()
    assert asked[1:] == [1, 2], "BEGIN; the question and BEGIN"


def test_a_connection_that_was_lost_a_moment_ago_fails_one_read_and_no_write(database_url: URL) -> None:
    other = Database(make_engine(database_url, Settings()))
    with opened(database_url) as database:
        for write in (False, True):
            with database.reading(Actor.command_line(), again=True) as uow:
                lost = uow.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with other.engine.begin() as connection:
                connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": lost})
            if write:
                with database.unit_of_work(Actor.command_line()) as uow:
                    assert uow.execute(text("SELECT pg_backend_pid()")).scalar_one() != lost
                continue
            with pytest.raises(OperationalError), database.reading(Actor.command_line(), again=True):
                raise AssertionError("it is gone")
            with database.reading(Actor.command_line(), again=True) as uow:
                assert uow.execute(text("SELECT pg_backend_pid()")).scalar_one() != lost
    other.dispose()


def test_a_read_writes_nothing_and_leaves_nothing_behind(database_url: URL) -> None:
    with opened(database_url) as database:
        with (
            pytest.raises(InternalError, match="read-only"),
            database.reading(Actor.command_line(), again=True) as uow,
        ):
            uow.execute(text("DELETE FROM users"))
        with database.reading(Actor.command_line(), again=True) as uow:
            assert uow.execute(text("SHOW transaction_read_only")).scalar_one() == "on"
            driver: Any = uow.connection.connection.dbapi_connection
        assert (driver.autocommit, driver.info.transaction_status) == (False, TRANSACTION_STATUS_IDLE)


def test_a_connection_is_given_back_though_it_is_closed(database_url: URL) -> None:
    told: list[Any] = []
    with opened(database_url) as database:
        with database.reading(Actor.command_line(), told.append, again=True) as uow:
            driver: Any = uow.connection.connection.dbapi_connection
        driver.close()
        with pytest.raises(InterfaceError), database.reading(Actor.command_line(), told.append, again=True):
            raise AssertionError("it is closed")
        assert told == [driver, None] * 2
        with database.reading(Actor.command_line(), again=True) as uow:
            assert uow.execute(text("SELECT 1")).scalar_one() == 1


def test_a_write_names_itself_and_is_let_in_by_one_question(seeded_url: URL) -> None:
    with Wire(seeded_url) as wire:
        database = Database(make_engine(wire.url, Settings()))
        with database.reading(Actor.command_line()) as uow:
            row = uow.execute(text("SELECT id::text, email, full_name, role FROM users WHERE role = 'admin'")).one()
        actor = Actor(*row)
        for _ in range(2):
            wire.asked.clear()
            with gate.transaction(database, actor) as uow:
                uow.execute(text("UPDATE courses SET title = title"))
            _ping, begin, name, *rest = wire.asked
            assert begin == "BEGIN"
            assert "lms.operation" in name
            assert "users" in name
            assert [asked.split()[0] for asked in rest] == ["UPDATE", "SELECT", "COMMIT"], rest
        database.dispose()


@pytest.mark.parametrize(
    "change", ["UPDATE users SET is_active = false", "UPDATE users SET role = 'student'", "DELETE FROM users"]
)
def test_whoever_may_nothing_any_more_is_not_let_in_to_write(database_url: URL, change: str) -> None:
    with opened(database_url) as database:
        with gate.transaction(database, person("registrar")) as uow:
            assert uow.actor.email
        with database.engine.begin() as connection:
            connection.execute(text(f"{change} WHERE id = :id"), {"id": row_id(User, "registrar")})
        with pytest.raises(gate.ActorLost), gate.transaction(database, person("registrar")):
            raise AssertionError("let in")


def test_after_a_read_the_same_connection_writes(database_url: URL) -> None:
    with Wire(database_url) as wire:
        database = Database(make_engine(wire.url, Settings()))
        for _ in range(2):
            with database.reading(Actor.command_line()) as uow:
                reader = uow.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with database.unit_of_work(Actor.command_line()) as uow:
                writer = uow.execute(text("SELECT pg_backend_pid()")).scalar_one()
                uow.execute(text("UPDATE users SET full_name = full_name"))
            assert reader == writer
        assert not [asked for asked in wire.asked if asked.startswith("SET default_transaction")]
        database.dispose()
