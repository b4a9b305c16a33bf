"""What PostgreSQL and libpq report is provoked for real, and what a person reads is read."""

import secrets
import threading
from collections.abc import Callable
from typing import Any

import psycopg2
import pytest
from sqlalchemy import URL, Engine, text

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.errors import BadValue, Busy, Cancelled, Conflict, ConnectionLost, Denied, UserError, explain
from tests.errors.conftest import Refused, refusal, shown
from tests.postgres import PostgresServer

BAD_VALUES = {
    "UPDATE users SET full_name = repeat('x', 256)": "longer than the 255 characters",
    "UPDATE lessons SET duration_minutes = 2147483648": "too large or too small",
    "UPDATE lessons SET duration_minutes = CAST('99999999999' AS integer)": "too large or too small",
    "UPDATE lessons SET duration_minutes = CAST('many' AS integer)": "not of the kind",
    "UPDATE users SET is_active = CAST('perhaps' AS boolean)": "not of the kind",
    "UPDATE courses SET instructor_id = 'nobody'": "not of the kind",
    "UPDATE courses SET metadata = CAST('{\"a\": NaN}' AS json)": "not valid JSON",
    "SELECT CAST('{\"a\": \"\\u0000\"}' AS json) ->> 'a'": "cannot read back",
    "UPDATE enrollments SET completed_at = 'someday'": "not written as one",
    "UPDATE enrollments SET completed_at = '2026-02-30 10:00+00'": "no such date",
    "UPDATE enrollments SET completed_at = '2026-02-03 10:00+99'": "no such offset",
    "SELECT convert_from(CAST('\\xff' AS bytea), 'UTF8')": "a character that the database cannot store",
    "SELECT repeat('x', 2000000000)": "too large",
    "SELECT sqrt(-1)": "cannot be stored as it is",
}


@pytest.mark.parametrize(("statement", "words"), BAD_VALUES.items())
def test_a_value_that_cannot_be_stored_is_explained(refused: Refused, statement: str, words: str) -> None:
    error = refused(statement.replace(":00", "\\:00"))
    assert words in error.text
    assert isinstance(error, BadValue)
    assert error.way_out


def test_python_values_that_never_reach_the_server_are_explained(refused: Refused) -> None:
    update = "UPDATE users SET full_name = :name"
    assert "NUL character" in refused(update, name="a\0b").text
    assert "Character 2" in refused(update, name="a\ud800").text


def test_a_copy_tells_the_field(school: Engine) -> None:
    def copy(row: str) -> UserError:
        connection = school.raw_connection()
        try:
            cursor: Any = connection.cursor()
            cursor.copy_expert("COPY courses (id, estimated_duration_minutes, title) FROM STDIN", _Lines(row), 100)
        except psycopg2.Error as error:
            return shown(explain(error))
        finally:
            connection.close()
        raise AssertionError("COPY took it")

    assert copy("4f4f4f4f-4f4f-4f4f-4f4f-4f4f4f4f4f4f\tmany\tBotany\n").field == "estimated_duration_minutes"
    assert copy(f"4f4f4f4f-4f4f-4f4f-4f4f-4f4f4f4f4f4f\t1\t{'x' * 300}\n").field == "title"


class _Lines:
    """A file of one piece, for COPY."""

    def __init__(self, content: str) -> None:
        self._content = content

    def read(self, size: int = -1) -> str:
        content, self._content = self._content, ""
        return content


# ---------------------------------------------------------------------------------------------------------- others


def raised(work: Callable[[], object]) -> UserError:
    """The explanation of what `work` raises."""
    try:
        work()
    except Exception as error:
        return shown(explain(error))
    raise AssertionError("nothing was raised")


def test_a_lock_held_by_somebody_else_is_explained(school: Engine, refused: Refused) -> None:
    with school.connect() as other:
        other.execute(text("SELECT 1 FROM courses FOR UPDATE"))
        error = refused("UPDATE courses SET title = 'x'")
    assert isinstance(error, Busy)
    assert "Somebody else is changing the same rows" in error.text
    assert "save again" in (error.way_out or "")


def test_a_deadlock_is_explained(school: Engine) -> None:
    patient = make_engine(school.url, Settings(lock_timeout=0))
    meet = threading.Barrier(2)
    found: list[UserError] = []

    def lock_both(first: str, second: str) -> None:
        statement = text("SELECT 1 FROM users WHERE email LIKE :who FOR UPDATE")
        try:
            with patient.begin() as connection:
                connection.execute(statement, {"who": first})
                meet.wait(10)
                connection.execute(statement, {"who": second})
        except Exception as error:
            found.append(shown(explain(error)))

    other = threading.Thread(target=lock_both, args=("sam%", "ines%"))
    other.start()
    lock_both("ines%", "sam%")
    other.join()
    patient.dispose()
    (error,) = found
    assert isinstance(error, Busy)
    assert "met with another change" in error.text


def test_a_change_in_between_is_a_conflict(school: Engine) -> None:
    engine = make_engine(school.url, Settings()).execution_options(isolation_level="REPEATABLE READ")

    def change_what_somebody_changes() -> None:
        with engine.begin() as mine:
            mine.execute(text("SELECT 1 FROM courses"))
            with school.begin() as other:
                other.execute(text("UPDATE courses SET title = title"))
            mine.execute(text("UPDATE courses SET title = 'mine'"))

    error = raised(change_what_somebody_changes)
    engine.dispose()
    assert isinstance(error, Conflict)


def test_a_statement_that_takes_too_long_is_told_from_one_that_was_cancelled(school: Engine, refused: Refused) -> None:
    slow = refused("SET LOCAL statement_timeout = 50", "SELECT pg_sleep(10)")
    assert type(slow) is Busy
    assert "took too long" in slow.text

    with school.connect() as connection:
        driver_connection: Any = connection.connection.dbapi_connection
        timer = threading.Timer(0.2, driver_connection.cancel)
        timer.start()
        cancelled = raised(lambda: connection.execute(text("SELECT pg_sleep(10)")))
        timer.join()
    assert isinstance(cancelled, Cancelled)


def test_a_missing_right_is_explained(school: Engine, refused: Refused) -> None:
    role = f"lms_test_{secrets.token_hex(4)}"
    with school.begin() as connection:
        connection.execute(text(f"CREATE ROLE {role}"))
    try:
        error = refused(f"SET LOCAL ROLE {role}", "DELETE FROM refresh_tokens")
        table = refused(f"SET LOCAL ROLE {role}", "CREATE TABLE public.mine (id integer)")
    finally:
        with school.begin() as connection:
            connection.execute(text(f"DROP ROLE {role}"))
    assert isinstance(error, Denied)
    assert error.text == "The database does not give this connection the right to these sessions."
    assert isinstance(table, Denied)


def test_a_database_that_can_only_be_read_is_explained(refused: Refused) -> None:
    error = refused("SET TRANSACTION READ ONLY", "DELETE FROM refresh_tokens")
    assert isinstance(error, Denied)
    assert "only be read" in error.text


@pytest.mark.parametrize(
    "statement", ["SELECT 1 FROM no_such_table", "SELECT no_such_column FROM users", "SELECT no_such_function()"]
)
def test_a_schema_that_is_behind_points_to_the_migrations(refused: Refused, statement: str) -> None:
    assert "migrations" in (refused(statement).way_out or "")


RAISED = {
    "53100": (UserError, "disk is full"),
    "53200": (UserError, "run out of memory"),
    "53300": (Busy, "no free connection"),
    "58030": (UserError, "its own files"),
    "XX000": (UserError, "internal error"),
    "57P03": (ConnectionLost, "just starting"),
    "55006": (Busy, "using this just now"),
    "08006": (ConnectionLost, "was lost"),
    "P0001": (UserError, "The database refused this: Not in the holidays."),
    "23P01": (BadValue, "A rule of the database"),
}


@pytest.mark.parametrize(("state", "expected"), RAISED.items())
def test_what_cannot_be_provoked_is_raised_by_the_server(
    refused: Refused, state: str, expected: tuple[type[UserError], str]
) -> None:
    kind, words = expected
    error = refused(f"DO $$ BEGIN RAISE EXCEPTION 'Not in the holidays.' USING ERRCODE = '{state}'; END $$")
    assert isinstance(error, kind)
    assert words in error.text


def test_a_mistake_in_our_own_sql_is_a_bug(school: Engine) -> None:
    with school.connect() as connection, pytest.raises(Exception, match="syntax error") as caught:
        connection.execute(text("SELEC 1"))
    error = explain(caught.value)
    assert not isinstance(error, UserError)
    assert "SQLSTATE: 42601" in (error.details or "")


# ----------------------------------------------------------------------------------------------------- connections


def test_a_connection_cut_in_mid_transaction_is_explained_and_the_next_one_works(school: Engine) -> None:
    def lose_it() -> None:
        with school.begin() as mine:
            number = mine.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with school.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:number, 5000)"), {"number": number})
            mine.execute(text("SELECT 1"))

    error = raised(lose_it)
    assert isinstance(error, ConnectionLost)
    assert "Your unsaved changes are kept" in (error.way_out or "")
    with school.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_a_connection_cut_while_it_rests_is_not_even_noticed(school: Engine) -> None:
    engine = make_engine(school.url, Settings())
    with engine.connect() as mine:
        number = mine.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with school.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:number, 5000)"), {"number": number})
    with engine.connect() as mine:
        assert mine.execute(text("SELECT pg_backend_pid()")).scalar_one() != number
    engine.dispose()


def test_a_pause_that_was_too_long_is_explained(school: Engine) -> None:
    engine = make_engine(school.url, Settings(idle_timeout=0.1))

    def pause() -> None:
        with engine.begin() as mine:
            number = mine.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with school.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
                alive = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :number")
                while other.execute(alive, {"number": number}).scalar_one():
                    pass
            mine.execute(text("SELECT 1"))

    error = raised(pause)
    engine.dispose()
    assert isinstance(error, ConnectionLost)


def test_no_free_connection_in_the_pool_is_explained(school: Engine) -> None:
    engine = make_engine(school.url, Settings(pool_size=1, max_overflow=0, pool_timeout=0.1))
    with engine.connect():
        error = raised(engine.connect)
    engine.dispose()
    assert isinstance(error, Busy)
    assert "busy" in error.text


def unreachable(url: URL) -> UserError:
    """The explanation of why no connection to `url` can be opened."""
    engine = make_engine(url, Settings(connect_timeout=2))
    try:
        return refusal(engine, "SELECT 1")
    finally:
        engine.dispose()


def test_a_server_that_is_not_there_is_explained(database_url: URL) -> None:
    nobody = URL.create("postgresql", "me", "hunter2-hunter2", "127.0.0.1", 1, "lms")
    error = unreachable(nobody)
    assert isinstance(error, ConnectionLost)
    assert error.text == "The database server 127.0.0.1 cannot be reached."
    name = unreachable(nobody.set(host="no-such-server.invalid"))
    assert isinstance(name, ConnectionLost)
    assert name.text == "There is no server of that name no-such-server.invalid."
    socket = unreachable(URL.create("postgresql", "me", None, None, None, "lms", {"host": "/no/such/folder"}))
    assert isinstance(socket, ConnectionLost)
    assert "cannot be reached" in socket.text


def test_a_wrong_password_a_wrong_name_and_a_wrong_database_are_explained(database_url: URL) -> None:
    for wrong in (database_url.set(password="not-this-one"), database_url.set(username="nobody-here")):
        error = unreachable(wrong)
        assert isinstance(error, Denied)
        assert "did not accept the name or the password" in error.text
        assert "not-this-one" not in (error.details or "")
    error = unreachable(database_url.set(database="nowhere"))
    assert error.text == "There is no such database on this server."


def test_a_server_with_no_place_left_is_explained(school: Engine, database_url: URL) -> None:
    role, password = f"lms_test_{secrets.token_hex(4)}", secrets.token_hex(8)
    with school.begin() as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN PASSWORD '{password}' CONNECTION LIMIT 0"))
    try:
        full = unreachable(database_url.set(username=role, password=password))
        with school.begin() as connection:
            connection.execute(text(f"ALTER ROLE {role} NOLOGIN"))
        barred = unreachable(database_url.set(username=role, password=password))
    finally:
        with school.begin() as connection:
            connection.execute(text(f"DROP ROLE {role}"))
    assert isinstance(full, Busy)
    assert "no free connection" in full.text
    assert isinstance(barred, Denied)


def test_an_option_that_nobody_knows_is_explained(database_url: URL) -> None:
    assert "option" in unreachable(database_url.update_query_dict({"colour": "blue"})).text
    assert "option" in unreachable(database_url.update_query_dict({"sslmode": "perhaps"})).text


def test_a_server_without_encryption_is_explained_where_the_address_demands_it(server: PostgresServer) -> None:
    messages = {
        'connection to server at "db.school.edu" (192.0.2.7), port 5432 failed: server does not support SSL, '
        "but SSL was required\n": "does not offer an encrypted connection",
        'connection to server at "db.school.edu" (192.0.2.7), port 5432 failed: timeout expired\n': "does not answer",
        'connection to server at "db.school.edu" (192.0.2.7), port 5432 failed: FATAL:  no pg_hba.conf entry for host '
        '"192.0.2.9", user "me", database "lms", no encryption\n': "does not let this name in",
        'connection to server at "db.school.edu" (192.0.2.7), port 5432 failed: FATAL:  the database system is '
        "starting up\n": "just starting",
        'connection to server at "db.school.edu" (192.0.2.7), port 5432 failed: FATAL:  das ist ein anderer Grund\n': (
            "cannot be reached"
        ),
    }
    for message, words in messages.items():
        error = shown(explain(psycopg2.OperationalError(message)))
        assert words in error.text
