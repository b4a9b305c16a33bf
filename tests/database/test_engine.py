"""Addresses in every spelling, connections as few and as patient as configured, values that Python cannot hold."""

import datetime
import json
import threading
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import URL, Engine, Select, literal, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lms_desktop.config import IDLE_CONNECTIONS, Settings
from lms_desktop.database.engine import (
    AT_ONCE,
    COMPILED,
    OddJson,
    OddMoment,
    display_url,
    is_local,
    make_engine,
    normalise_url,
)
from lms_desktop.entities import User
from lms_desktop.errors import BadValue, UserError, explain
from tests.errors.conftest import fill

# ---------------------------------------------------------------------------------------------------------- addresses

SPELLINGS = [
    "postgresql+psycopg2://ann:pw@db:5432/lms",
    "postgresql://ann:pw@db:5432/lms",
    "postgres://ann:pw@db:5432/lms",
    "PostgreSQL://ann:pw@db:5432/lms",
    "postgresql+psycopg://ann:pw@db:5432/lms",
    "postgresql+asyncpg://ann:pw@db:5432/lms",
    "postgresql+pg8000://ann:pw@db:5432/lms",
    "  'postgresql://ann:pw@db:5432/lms'\n",
    "postgresql://db:5432/lms?user=ann&password=pw",
]


@pytest.mark.parametrize("address", SPELLINGS)
def test_every_spelling_of_postgresql_is_one_address(address: str) -> None:
    assert normalise_url(address) == URL.create("postgresql+psycopg2", "ann", "pw", "db", 5432, "lms")


@pytest.mark.parametrize(
    ("address", "name", "password", "host", "database"),
    [
        ("postgresql://ann:p@ss/w:rd@db:5432/lms", "ann", "p@ss/w:rd", "db", "lms"),
        ("postgresql://ann:@@@db/lms", "ann", "@@", "db", "lms"),
        ("postgresql://ann:who?me@db/lms", "ann", "who?me", "db", "lms"),
        ("postgresql://ann:who?m@e@db/lms", "ann", "who?m@e", "db", "lms"),
        ("postgresql://ann:p%40ss%2Fw%25@db/lms", "ann", "p@ss/w%", "db", "lms"),
        ("postgresql://ann:100%@db/lms", "ann", "100%", "db", "lms"),
        ("postgresql://ann:a b@db/lms", "ann", "a b", "db", "lms"),
        ("postgresql://ann:@db/lms", "ann", "", "db", "lms"),
        ("postgresql://ann@server:pw@db/lms", "ann@server", "pw", "db", "lms"),
        ("postgresql://ann@db/l@ms", "ann", None, "db", "l@ms"),
        ("postgresql://db/lms?application_name=a@b", None, None, "db", "lms"),
        ("postgresql://db:5432/lms?application_name=a@b", None, None, "db", "lms"),
        ("postgresql://ann:pw@[::1]:5432/lms", "ann", "pw", "::1", "lms"),
        ("postgresql:///lms", None, None, None, "lms"),
        ("postgresql://db/my school", None, None, "db", "my school"),
    ],
)
def test_an_address_means_what_its_writer_meant(
    address: str, name: str | None, password: str | None, host: str | None, database: str
) -> None:
    url = normalise_url(address)
    assert (url.username, url.password, url.host, url.database) == (name, password, host, database)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30))
def test_a_password_comes_through_whole(password: str) -> None:
    url = URL.create("postgresql", "ann", password, "db", 5432, "lms")
    assert normalise_url(url).password == password
    assert normalise_url(url.render_as_string(hide_password=False)).password == password


@pytest.mark.parametrize(
    "address",
    [
        "",
        "   ",
        "hunter2",
        "host=db user=ann password=hunter2",
        "postgresql:ann:hunter2@db/lms",
        "postgresql://ann:hunter2@db:port/lms",
        "postgresql://ann:hunter2@db:0/lms",
        "postgresql://ann:hunter2@db:99999/lms",
        "postgresql://ann:hunter2@one:5432,two:5432/lms",
        "postgresql://ann:hunter2@my server/lms",
        "postgresql://ann:hunter2@db/lms\0",
        "mysql://ann:hunter2@db/lms",
        "sqlite:///hunter2.db",
        "://ann:hunter2@db/lms",
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(UserError) as caught:
        normalise_url(address)
    assert "hunter2" not in str(caught.value)
    assert "postgresql://name:password@server:5432/database" in (caught.value.way_out or "")
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_asyncpgs_options_become_libpqs() -> None:
    url = normalise_url("postgresql+asyncpg://ann@db/lms?ssl=require&timeout=3&application_name=web")
    assert dict(url.query) == {"sslmode": "require", "application_name": "web"}
    assert normalise_url("postgresql+asyncpg://ann@db/lms?ssl=true").query["sslmode"] == "verify-full"


def test_the_shown_address_has_neither_password_nor_options() -> None:
    shown = display_url("postgresql+psycopg2://ann:hunter2@db:5432/lms?sslpassword=hunter2&sslmode=require")
    assert shown == "postgresql://ann@db:5432/lms"
    assert (
        display_url("postgresql://ann:pw@/lms?host=/run/postgresql") == "postgresql://ann@/lms?host=%2Frun%2Fpostgresql"
    )


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("postgresql:///lms", True),
        ("postgresql://localhost/lms", True),
        ("postgresql://127.0.0.5/lms", True),
        ("postgresql://[::1]/lms", True),
        ("postgresql:///lms?host=/run/postgresql", True),
        ("postgresql:///lms?host=localhost:5432&host=127.0.0.1:5433", True),
        ("postgresql://db.school.edu/lms", False),
        ("postgresql://192.0.2.7/lms", False),
        ("postgresql://localhost.school.edu/lms", False),
        ("postgresql:///lms?host=/run/postgresql&host=db.school.edu", False),
        ("postgresql:///lms?host=localhost,db.school.edu", False),
        ("postgresql://localhost/lms?hostaddr=192.0.2.7", False),
        ("postgresql:///lms?service=school", False),
    ],
)
def test_only_this_machine_is_local(address: str, local: bool) -> None:
    assert is_local(normalise_url(address)) is local


def test_a_host_in_the_environment_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "db.school.edu")
    assert not is_local(normalise_url("postgresql:///lms"))
    assert is_local(normalise_url("postgresql://localhost/lms"))


# -------------------------------------------------------------------------------------------------------- connections


@pytest.fixture
def engine(database_url: URL) -> Iterator[Engine]:
    """An engine on a database at the head, as the program makes it."""
    engine = make_engine(database_url, Settings(), application_name="lms-desktop test")
    yield engine
    engine.dispose()


def settings_of(engine: Engine, *names: str) -> list[str]:
    """What the server says of its settings for a connection."""
    with engine.connect() as connection:
        return [str(connection.execute(text(f"SHOW {name}")).scalar_one()) for name in names]


def test_every_connection_runs_in_utc_under_the_time_limits(engine: Engine) -> None:
    assert settings_of(engine, "timezone", "client_encoding", "datestyle", "application_name") == [
        "UTC",
        "UTF8",
        "ISO, MDY",
        "lms-desktop test",
    ]
    assert settings_of(engine, "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout") == [
        "15s",
        "3s",
        "30s",
    ]
    assert settings_of(engine, "client_connection_check_interval") == ["2s"]


def test_settings_outlive_a_rolled_back_transaction(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        connection.rollback()
    assert settings_of(engine, "client_connection_check_interval", "timezone") == ["2s", "UTC"]


def test_what_the_address_says_wins(database_url: URL) -> None:
    url = database_url.update_query_dict({"application_name": "mine", "options": "-c statement_timeout=1234"})
    engine = make_engine(url, Settings(lock_timeout=0.5))
    try:
        names = ("application_name", "statement_timeout", "lock_timeout", "timezone")
        assert settings_of(engine, *names) == ["mine", "1234ms", "500ms", "UTC"]
    finally:
        engine.dispose()


def test_no_connection_is_opened_before_it_is_needed_and_few_are_kept(database_url: URL) -> None:
    engine = make_engine(database_url, Settings())
    count = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
    watcher = make_engine(database_url, Settings())
    try:
        with watcher.connect() as watching:
            assert watching.execute(count).scalar_one() == 0
            together, done = threading.Barrier(12), threading.Barrier(13)

            def work() -> None:
                with engine.connect() as connection:
                    together.wait(30)
                    connection.execute(text("SELECT 1"))
                    done.wait(30)

            threads = [threading.Thread(target=work) for _ in range(12)]
            for thread in threads:
                thread.start()
            done.wait(30)
            for thread in threads:
                thread.join()
            watching.rollback()
            while watching.execute(count).scalar_one() > IDLE_CONNECTIONS:
                watching.rollback()
            assert watching.execute(count).scalar_one() == IDLE_CONNECTIONS
    finally:
        engine.dispose()
        watcher.dispose()


def test_a_secret_in_a_statement_stays_out_of_its_error(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(DBAPIError) as caught:
        connection.execute(text("SELECT CAST(:secret AS integer[])"), {"secret": "{hunter2"})
    assert "[parameters" not in str(caught.value)
    assert str(engine.url.password) not in repr(engine)


def test_the_password_of_a_key_file_stands_in_no_address(database_url: URL) -> None:
    engine = make_engine(database_url.update_query_dict({"sslpassword": "hunter2"}), Settings())
    assert "hunter2" not in str(engine.url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    engine.dispose()


# ------------------------------------------------------------------------------------------------------------- values

MOMENTS = [
    "infinity",
    "-infinity",
    "0044-03-15 12:00:00+00 BC",
    "10000-01-01 00:00:00+00",
    "294276-12-31 23:59:59.999999+00",
    "0001-01-01 00:00:00+00 BC",
]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("kind", ["timestamptz", "timestamp", "date"])
def test_a_moment_beyond_python_comes_as_its_text_and_goes_back_as_itself(
    engine: Engine, moment: str, kind: str
) -> None:
    with engine.connect() as connection:
        written = text(f"SELECT CAST(CAST(:moment AS {kind}) AS text)")
        expected = connection.execute(written, {"moment": moment}).scalar_one()
        value = connection.execute(text(f"SELECT CAST(:moment AS {kind})"), {"moment": moment}).scalar_one()
        assert isinstance(value, OddMoment)
        assert value == expected
        assert connection.execute(written, {"moment": value}).scalar_one() == expected
        array = connection.execute(text(f"SELECT ARRAY[CAST(:moment AS {kind}), NULL]"), {"moment": moment})
        assert array.scalar_one() == [expected, None]


def test_ordinary_moments_are_those_of_python(engine: Engine) -> None:
    with engine.connect() as connection:
        row = connection.execute(
            text(
                "SELECT timestamptz '2026-11-20 12:00+02', timestamp '2026-11-20 12:00', date '9999-12-31', NULL::date"
            )
        ).one()
    assert row[0] == datetime.datetime(2026, 11, 20, 10, tzinfo=datetime.UTC)
    assert row[1:] == (datetime.datetime(2026, 11, 20, 12), datetime.date(9999, 12, 31), None)


def test_one_odd_row_does_not_empty_the_page(engine: Engine) -> None:
    fill(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE users SET last_login_at = '0044-03-15 BC' WHERE role = 'student'"))
        connection.execute(text("UPDATE users SET last_login_at = 'infinity' WHERE role = 'instructor'"))
    everybody: Select[Any] = select(User).order_by(User.email)
    with Session(engine) as session:
        moments = [user.last_login_at for user in session.scalars(everybody)]
        assert moments == ["infinity", "0044-03-15 00:00:00+00 BC"]
        ines, sam = session.scalars(everybody)
        ines.last_login_at = sam.last_login_at
        session.flush()
        session.expire_all()
        assert [user.last_login_at for user in session.scalars(everybody)] == ["0044-03-15 00:00:00+00 BC"] * 2


def test_an_id_is_text_everywhere(engine: Engine) -> None:
    fill(engine)
    with engine.connect() as connection:
        ids = connection.execute(select(User.id).order_by(User.id)).scalars().all()
        assert ids == ["00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"]
        assert connection.execute(text("SELECT array_agg(id ORDER BY id) FROM users")).scalar_one() == ids
        assert connection.execute(select(User.email).where(User.id.in_(ids[:1]))).scalars().all() == ["ines@school.edu"]
    with Session(engine) as session:
        user = session.get_one(User, ids[0])
        assert user.id == ids[0]


DEEP = "[" * 5000 + "]" * 5000
LONG_NUMBER = '{"n": ' + "9" * 5000 + "}"


@pytest.mark.parametrize("content", [DEEP, LONG_NUMBER])
def test_json_beyond_python_comes_as_its_text_and_goes_back_as_itself(engine: Engine, content: str) -> None:
    fill(engine)
    with engine.begin() as connection:
        update = text("UPDATE users SET metadata = CAST(:content AS json) WHERE role = 'student'")
        connection.execute(update, {"content": content})
    with Session(engine) as session:
        ines, sam = session.scalars(select(User).order_by(User.email))
        value: object = sam.profile_metadata
        assert isinstance(value, OddJson)
        ines.profile_metadata = sam.profile_metadata
        session.commit()
    with engine.connect() as connection:
        stored = connection.execute(text("SELECT metadata::text FROM users")).scalars().all()
    assert stored == [content, content]


def test_json_keeps_null_apart_and_letters_as_they_are(engine: Engine) -> None:
    fill(engine)
    with Session(engine) as session:
        ines, sam = session.scalars(select(User).order_by(User.email))
        ines.profile_metadata = {"name": "密", "n": [1, 2.5, None, True]}
        sam.profile_metadata = None
        session.commit()
        assert ines.profile_metadata == {"name": "密", "n": [1, 2.5, None, True]}
    with engine.connect() as connection:
        stored = connection.execute(text("SELECT metadata::text FROM users ORDER BY email")).scalars().all()
    assert stored == [json.dumps({"name": "密", "n": [1, 2.5, None, True]}, ensure_ascii=False), None]


def test_no_number_is_stored_that_json_does_not_have(engine: Engine) -> None:
    fill(engine)
    with Session(engine) as session:
        user = session.scalars(select(User)).first()
        assert user is not None
        user.profile_metadata = {"n": float("nan")}
        with pytest.raises(Exception, match="JSON compliant") as caught:
            session.commit()
    error = explain(caught.value)
    assert isinstance(error, BadValue)
    assert error.text == "JSON has no infinite numbers and none that is not a number."


def test_statements_that_were_compiled_are_forgotten_a_few_at_a_time(engine: Engine) -> None:
    sizes = []
    with engine.connect() as connection:
        cache = connection.get_execution_options()["compiled_cache"]
        for number in range(2 * COMPILED):
            connection.execute(select(literal(1).label(f"n{number}")))
            sizes.append(len(cache))
    assert max(sizes) == COMPILED + AT_ONCE
    assert min(after - before for before, after in pairwise(sizes)) == -AT_ONCE
