"""A school in which hardly anything tells two rows apart: few values, many ties, NULLs wherever a column takes them."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.unit_of_work import Database, UnitOfWork
from lms_desktop.services import gate
from tests.postgres import PostgresServer
from tests.small_school import SYSTEM
from tests.walks.crowd import _FILL, ADMIN

_FEW = {
    "TEXT": "(ARRAY['a', 'A', 'b', 'é', 'a b', ''])[1 + floor(random() * 6)::int]",
    "VARCHAR": "(ARRAY['a', 'A', 'b', 'é', 'a b', 'c'])[1 + floor(random() * 6)::int]",
    "TIMESTAMP": "timestamptz '2026-01-01' + interval '1 day' * floor(random() * 4)",
    "INTEGER": "1 + floor(random() * 3)::int",
    "BOOLEAN": "random() < 0.5",
    "JSON": "CAST((ARRAY['{}', '[1]', '\"a\"'])[1 + floor(random() * 3)::int] AS json)",
}
"""Type → one of few values."""


@contextmanager
def tangled_school(server: PostgresServer, template: URL, rows: int) -> Iterator[Database]:
    """A database of its own with such a school, for as long as it is used."""
    url = server.create(template=template.database)
    engine = make_engine(url, Settings())
    tangle(engine, rows)
    yield Database(engine)
    engine.dispose()
    server.drop(url)


@contextmanager
def reading(school: Database) -> Iterator[UnitOfWork]:
    """A transaction of somebody who may read everything."""
    with gate.reading(school, SYSTEM) as uow:
        yield uow


def tangle(engine: Engine, rows: int) -> None:
    """Fill an empty database at the head: `rows` rows in each table, in columns without a constraint few values."""
    with engine.begin() as connection:
        connection.exec_driver_sql(_FILL, {"rows": rows, "admin": ADMIN})
        connection.execute(text("SELECT setseed(0.5)"))
        _spread(connection, "enrollments", "course_id", "courses")
        _spread(connection, "lessons", "course_id", "courses")
        _spread(connection, "quiz_attempts", "quiz_id", "quizzes")
        _spread(connection, "quiz_questions", "quiz_id", "quizzes")
        _spread(connection, "refresh_tokens", "user_id", "users")
        _spread(connection, "courses", "instructor_id", "users")
        tables = inspect(connection)
        for table in tables.get_table_names(schema="public"):
            kept = {key for one in tables.get_foreign_keys(table) for key in one["constrained_columns"]}
            for column in tables.get_columns(table):
                few = _FEW.get(type(column["type"]).__name__)
                if few and column["name"] not in kept | {"role", "is_active", "revoked", "version_num"}:
                    _few(connection, table, str(column["name"]), few, nullable=bool(column["nullable"]))
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def _spread(connection: Connection, table: str, column: str, target: str) -> None:
    """Let the rows refer to a few rows of the target."""
    connection.execute(
        text(
            f"UPDATE {table} SET {column} = t.id FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM {target}"
            f" LIMIT 5) t WHERE t.n = 1 + abs(hashtext(CAST({table}.id AS text))) % 5"
        )
    )


def _few(connection: Connection, table: str, column: str, few: str, *, nullable: bool) -> None:
    value = f"CASE WHEN random() < 0.4 THEN NULL ELSE {few} END" if nullable else few
    where = "" if table != "users" else f" WHERE email <> '{ADMIN}'"
    nested = connection.begin_nested()
    try:
        connection.execute(text(f'UPDATE {table} SET "{column}" = {value}{where}'))
        nested.commit()
    except IntegrityError:  # the column has a constraint
        nested.rollback()
