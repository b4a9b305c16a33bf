"""The log's function was written anew: what it takes down is what the one of d001 takes down, to the letter."""

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from hypothesis import example, given, settings
from hypothesis import strategies as st
from psycopg2 import sql

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.paths import alembic_ini
from tests.database.test_change_log_lineage import migrate
from tests.postgres import PostgresServer, plain_connection

ROWS = range(1, 5)
COLUMNS = {
    "a_numeric": ("numeric", ("1", "1.0", "1.00", "NaN", "-1e30")),
    "a_float": ("float8", ("0", "-0", "NaN", "0.1", "1e300")),
    "a_json": ("json", ("null", '{"a":1}', '{"a": 1}', r'"\u0000"')),
    "a_jsonb": ("jsonb", ("null", '{"a":1}', '{"a": 1.0}')),
    "a text": ("text", ("", "a", "A", 'é"\\', "two\nlines", "x" * 3000)),
    'a"name%': ("varchar(9)", ("", "a", "b")),
    "a_char": ('"char"', ("a", "b")),
    "a_padded": ("char(4)", ("a", "a ", "ab")),
    "a_flag": ("boolean", ("true", "false")),
    "a_number": ("integer", ("1", "-1", "2147483647")),
    "a_moment": ("timestamptz", ("infinity", "2020-01-01 12:00+02", "2020-01-01 10:00+00", "0044-03-15 00:00+00 BC")),
    "a_day": ("date", ("-infinity", "2020-01-01", "12020-01-01")),
    "a_span": ("interval", ("1 day", "24 hours", "1 mon", "30 days")),
    "an_hour": ("timetz", ("00:00+00", "01:00+01")),
    "some_bytes": ("bytea", (r"\x", r"\x00ff")),
    "a_list": ("text[]", ("{}", "{a,NULL}", '{a,"NULL"}')),
    "an_address": ("inet", ("1.2.3.4", "1.2.3.4/32", "1.2.3.0/24")),
    "some_token": ("text", ("first", "second")),
    "a_secret": ("text", ("first", "second")),
}
"""A column of each kind that is compared or printed in a way of its own, two of them secret: type and values."""

TABLES = sql.SQL(
    "CREATE TABLE upper (id uuid PRIMARY KEY, n integer UNIQUE);"
    "CREATE TABLE middle (id uuid PRIMARY KEY, n integer UNIQUE REFERENCES upper (n) ON DELETE CASCADE);"
    "CREATE TABLE odd (n integer UNIQUE, id uuid PRIMARY KEY, upper integer REFERENCES upper (n) ON DELETE SET NULL,"
    " middle integer REFERENCES middle (n) ON DELETE SET NULL, {columns});"
).format(
    columns=sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind)) for name, (kind, _) in COLUMNS.items()
    )
)
TRIGGERS = (
    "CREATE TRIGGER i AFTER INSERT ON odd REFERENCING NEW TABLE AS new_rows"
    " FOR EACH STATEMENT EXECUTE FUNCTION lms_desktop.log_changes();"
    "CREATE TRIGGER u AFTER UPDATE ON odd REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"
    " FOR EACH STATEMENT EXECUTE FUNCTION lms_desktop.log_changes();"
    "CREATE TRIGGER d AFTER DELETE ON odd REFERENCING OLD TABLE AS old_rows"
    " FOR EACH STATEMENT EXECUTE FUNCTION lms_desktop.log_changes();"
)
FILL = sql.SQL(
    "INSERT INTO {} (id, n) SELECT (lpad(n::text, 8, '0') || '-0000-0000-0000-000000000000')::uuid, n FROM unnest(%s) n"
)
LOGGED = "SELECT row_id, action, before::text, after::text, hidden FROM lms_desktop.changes ORDER BY n"

Values = dict[str, str | None]
Step = tuple[str, set[int], Values]

verbs = ("set", "set", "set", "rename", "number", "delete upper", "delete", "add")
steps = st.tuples(
    st.sampled_from(verbs),
    st.sets(st.sampled_from(list(ROWS)), min_size=1),
    st.fixed_dictionaries(
        {}, optional={name: st.sampled_from([*values, None]) for name, (_, values) in COLUMNS.items()}
    ),
)


@pytest.fixture(scope="module")
def connection(server: PostgresServer) -> Iterator["psycopg2.extensions.connection"]:
    """A database with the log and a table of odd columns that it takes down, whose rows are there already."""
    url = server.create()
    engine = make_engine(url, Settings())
    migrate(engine, "head", ours=True)
    engine.dispose()
    with plain_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(TABLES)
        for table in ("upper", "middle", "odd"):
            cursor.execute(FILL.format(sql.Identifier(table)), (list(ROWS),))
        cursor.execute("UPDATE odd SET upper = n, middle = n % 3 + 1")
        for number in ROWS[1:]:
            do(cursor, ("set", {number}, {name: values[number % len(values)] for name, (_, values) in COLUMNS.items()}))
        cursor.execute(TRIGGERS)
        connection.commit()
        yield connection
    server.drop(url)


def function_of(revision: str) -> str:
    """The function as a revision makes it."""
    found = ScriptDirectory.from_config(Config(str(alembic_ini()), ini_section="desktop")).get_revision(revision)
    assert found is not None
    return str(found.module.LOG_CHANGES)


def do(cursor: "psycopg2.extensions.cursor", step: Step) -> None:
    """One statement and what it brings about."""
    verb, rows, values = step
    numbers = sorted(rows)
    if verb == "set" and values:
        sets = [
            sql.SQL("{} = {}::{}").format(sql.Identifier(name), sql.Literal(value), sql.SQL(COLUMNS[name][0]))
            for name, value in values.items()
        ]
        change = sql.SQL("UPDATE odd SET {} WHERE n = ANY({})").format(sql.SQL(", ").join(sets), sql.Literal(numbers))
        cursor.execute(change)
    elif verb == "rename":
        cursor.execute("UPDATE odd SET id = md5(id::text)::uuid, a_number = 7 WHERE n = ANY(%s)", (numbers,))
    elif verb == "number":
        cursor.execute("UPDATE odd SET a_number = n, a_flag = n < 3 WHERE n = ANY(%s)", (numbers,))
    elif verb == "delete upper":  # which goes on to the middle one: rows below lose both, one after the other
        cursor.execute("DELETE FROM upper WHERE n = ANY(%s)", (numbers,))
    elif verb == "delete":
        cursor.execute("DELETE FROM odd WHERE n = ANY(%s)", (numbers,))
    elif verb == "add":
        cursor.execute(FILL.format(sql.SQL("odd")), ([number + 10 for number in numbers],))


def logged(connection: "psycopg2.extensions.connection", revision: str, made: list[Step]) -> Any:
    """What the function of the revision takes down of these steps, which are then forgotten. What PostgreSQL refuses
    (two rows of one id, for one) is passed over."""
    with connection.cursor() as cursor:
        cursor.execute(function_of(revision).replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
        cursor.execute("SELECT set_config('lms.operation', gen_random_uuid()::text, true)")
        for step in made:
            cursor.execute("SAVEPOINT step")
            try:
                do(cursor, step)
            except psycopg2.IntegrityError:
                cursor.execute("ROLLBACK TO step")
        cursor.execute(LOGGED)
        found = cursor.fetchall()
    connection.rollback()
    return found


@settings(max_examples=60)
@given(st.lists(steps, max_size=5))
@example([("delete upper", {1, 2, 3}, {}), ("delete upper", {4}, {})])
@example([("set", {2}, {"a_numeric": "1"}), ("set", {2}, {"a_span": "30 days"}), ("set", {3}, {"a_jsonb": "null"})])
@example([("set", {1, 2, 3}, {"a_numeric": "1.00"}), ("rename", {1, 2}, {}), ("delete", {1}, {})])
@example([("set", {1, 2}, {"some_token": "second"}), ("set", {1, 2}, {"a_secret": "x", "a_flag": "true"})])
def test_the_same_is_taken_down(connection: "psycopg2.extensions.connection", made: list[Step]) -> None:
    assert logged(connection, "d004_faster_log", made) == logged(connection, "d001_change_log", made)


def test_a_row_that_one_cascade_changes_twice_is_taken_down_twice(connection: "psycopg2.extensions.connection") -> None:
    found = logged(connection, "d004_faster_log", [("delete upper", {1, 2, 3}, {})])
    assert len({row_id for row_id, *_ in found}) < len(found)
