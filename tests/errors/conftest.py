"""A database with one row in each table, and a way to be refused by it."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import URL, Engine, text

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.errors import BugError, UserError, explain
from tests.postgres import PostgresServer

SECRET = "$2b$12$aa.7xn.9XS7NbBc.xVOLdeZ7/1cyUeR3nWJPcdvDQS0FUdZ0B1xWm"
TOKEN = "a-refresh-token-that-nobody-may-read"
NEVER_ON_SCREEN = (
    *("SELECT", "INSERT", "UPDATE", "SQLSTATE", "violates", "constraint", "Traceback", "psycopg2"),
    *("uq_", "ix_", "fk_", "ck_", "pk_", "$2b$", TOKEN),
)

ONE_OF_EACH = """
INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled) VALUES
    ('00000000-0000-0000-0000-000000000001', 'ines@school.edu', :hash, 'Ines Teacher', 'instructor', true, false),
    ('00000000-0000-0000-0000-000000000002', 'sam@school.edu', :hash, 'Sam Student', 'student', true, false);
INSERT INTO courses (id, title, slug, instructor_id, is_published, metadata)
    VALUES (gen_random_uuid(), 'Botany', 'botany', '00000000-0000-0000-0000-000000000001', true, '{}');
INSERT INTO lessons (id, course_id, title, content_type, "order")
    SELECT gen_random_uuid(), id, 'Leaves', 'text', 1 FROM courses;
INSERT INTO enrollments (id, student_id, course_id)
    SELECT gen_random_uuid(), '00000000-0000-0000-0000-000000000002', id FROM courses;
INSERT INTO lesson_progress (id, enrollment_id, lesson_id, completed)
    SELECT gen_random_uuid(), e.id, l.id, false FROM enrollments e, lessons l;
INSERT INTO quizzes (id, course_id, lesson_id, title, passing_score_percentage, shuffle_questions, is_published)
    SELECT gen_random_uuid(), course_id, id, 'Leaf quiz', 70, false, true FROM lessons;
INSERT INTO quiz_questions (id, quiz_id, question_text, question_type, points, "order")
    SELECT gen_random_uuid(), id, 'What is green?', 'short_answer', 1, 1 FROM quizzes;
INSERT INTO quiz_attempts (id, quiz_id, student_id)
    SELECT gen_random_uuid(), id, '00000000-0000-0000-0000-000000000002' FROM quizzes;
INSERT INTO certificates (id, enrollment_id, certificate_number) SELECT gen_random_uuid(), id, 'C-1' FROM enrollments;
INSERT INTO refresh_tokens (id, user_id, token, expires_at, revoked)
    VALUES (gen_random_uuid(), '00000000-0000-0000-0000-000000000002', :token, now(), false);
"""

Refused = Callable[..., UserError]


def fill(engine: Engine) -> None:
    """Put one row into each table, two into `users`."""
    with engine.begin() as connection:
        for statement in ONE_OF_EACH.split(";\n"):
            if statement.strip():
                given = {"hash": SECRET, "token": TOKEN}
                connection.execute(
                    text(statement), {key: value for key, value in given.items() if f":{key}" in statement}
                )


def copy_of(table: str, **changes: Any) -> str:
    """A statement that inserts the first row of `table` again under a new id and with other values."""
    values = ", ".join(
        f"'{key}', {'NULL' if value is None else repr(value)}"
        for key, value in {"id": str(uuid.uuid4()), **changes}.items()
    )
    return (
        f"INSERT INTO {table} SELECT (jsonb_populate_record(row, jsonb_build_object({values}))).* "
        f"FROM {table} AS row ORDER BY row.id LIMIT 1"
    )


def refusal(engine: Engine, *statements: str, **parameters: object) -> UserError:
    """The explanation of what the last of these statements, or COMMIT, raises. Nothing of it stays."""
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement), parameters)
    except Exception as error:
        return shown(explain(error))
    raise AssertionError(f"{statements[-1]} was not refused")


def shown(error: UserError | BugError) -> UserError:
    """`error`, after a look at what no sentence for the screen may hold."""
    assert isinstance(error, UserError), error.details
    for sentence in filter(None, (error.text, error.way_out)):
        assert not [word for word in NEVER_ON_SCREEN if word in sentence]
        assert "{" not in sentence
        assert sentence.endswith((".", "…"))
    assert error.details
    assert SECRET not in error.details
    assert TOKEN not in error.details
    assert "@school.edu" not in error.details
    return error


@pytest.fixture(scope="module")
def school(server: PostgresServer, migrated_template: URL) -> Iterator[Engine]:
    """A database at the head with one row in each table, the same for all tests of a module: leave nothing behind."""
    url = server.create(template=migrated_template.database)
    engine = make_engine(url, Settings(lock_timeout=0.2, statement_timeout=5))
    fill(engine)
    yield engine
    engine.dispose()
    server.drop(url)


@pytest.fixture(scope="module")
def refused(school: Engine) -> Refused:
    """`refusal` on that database."""
    return lambda *statements, **parameters: refusal(school, *statements, **parameters)
