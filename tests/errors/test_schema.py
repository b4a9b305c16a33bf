"""Each rule of the schema is broken on a real server, and what a person reads is read."""

import secrets
import uuid
from typing import Any

import pytest
import sqlalchemy as sa
import sqlalchemy.orm
from sqlalchemy import URL, Engine, text

from lms_desktop.admin import CATALOG
from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.entities import Base
from lms_desktop.errors import BadValue, words
from tests.errors.conftest import Refused, copy_of, fill, refusal
from tests.postgres import PostgresServer

TABLES = Base.metadata.tables
ENTITIES: dict[str, sa.orm.Mapper[Any]] = {
    str(sa.inspect(entity).local_table): sa.inspect(entity) for entity in CATALOG
}
REQUIRED = [
    (table.name, column.name)
    for table in TABLES.values()
    for column in table.columns
    if not column.nullable and column.name != "xmin"
]
FOREIGN = [(table.name, column.name) for table in TABLES.values() for column in table.columns if column.foreign_keys]
# Each statement breaks one rule of uniqueness; it names the field and the words that a person must read.
UNIQUE = {
    "email": (
        copy_of("users", email="ines@school.edu"),
        "email",
        "Another person has the e-mail address “ines@school.edu”",
    ),
    "slug": (copy_of("courses"), "slug", "Another course has the short name “botany”"),
    "enrollment": (copy_of("enrollments"), "course_id", "This student is enrolled in this course already."),
    "progress": (copy_of("lesson_progress"), "lesson_id", "There is a progress record of this lesson"),
    "certificate": (
        copy_of("certificates", certificate_number="C-2"),
        "enrollment_id",
        "A certificate has been issued for this enrollment already.",
    ),
    "number": (
        "UPDATE enrollments SET id = id; INSERT INTO enrollments (id, student_id, course_id) SELECT "
        "'00000000-0000-0000-0000-0000000000ee', '00000000-0000-0000-0000-000000000001', id FROM courses; "
        + copy_of("certificates", enrollment_id="00000000-0000-0000-0000-0000000000ee"),
        "certificate_number",
        "Another certificate has the number “C-1”",
    ),
    "token": (copy_of("refresh_tokens"), "token", "Another session has the same token already."),
}
MISSING_PARENT = "99999999-9999-9999-9999-999999999999"


def attribute_of(table: str, column: str) -> str:
    """The key of the mapped attribute for a column."""
    return str(ENTITIES[table].get_property_by_column(TABLES[table].columns[column]).key)


@pytest.mark.parametrize("rule", UNIQUE)
def test_a_second_one_of_what_must_be_unique_is_explained(refused: Refused, rule: str) -> None:
    statement, field, sentence = UNIQUE[rule]
    error = refused(statement)
    assert isinstance(error, BadValue)
    assert error.text.startswith(sentence)
    assert error.field == field
    assert error.way_out


@pytest.mark.parametrize("table", TABLES)
def test_a_row_saved_twice_is_explained(refused: Refused, school: Engine, table: str) -> None:
    with school.connect() as connection:
        known = connection.execute(text(f"SELECT id::text FROM {table} ORDER BY id LIMIT 1")).scalar_one()
    # The first index that is broken is reported: everything else that is unique has to differ.
    new = {"users": "email", "courses": "slug", "certificates": "certificate_number", "refresh_tokens": "token"}
    changes = {new[table]: "something else"} if table in new else {}
    error = refused(copy_of(table, **{**changes, "id": known}))
    assert error.field in ("id", *UNIQUE_FIELDS)
    assert "already" in error.text


UNIQUE_FIELDS = tuple(field for _, field, _ in UNIQUE.values())


@pytest.mark.parametrize(("table", "column"), REQUIRED)
def test_a_missing_value_is_named_as_the_form_names_it(refused: Refused, table: str, column: str) -> None:
    error = refused(f'UPDATE {table} SET "{column}" = NULL')
    assert isinstance(error, BadValue)
    assert error.field == attribute_of(table, column)
    assert f"“{words.label(table, column)}”" in error.text
    assert words.one(table) in error.text


@pytest.mark.parametrize(("table", "column"), FOREIGN)
@pytest.mark.parametrize("doing", ["insert", "update"])
def test_a_parent_that_is_gone_is_explained(refused: Refused, table: str, column: str, doing: str) -> None:
    if doing == "update":
        error = refused(f"UPDATE {table} SET {column} = '{MISSING_PARENT}'")
    else:
        new = {"courses": "slug", "certificates": "certificate_number", "refresh_tokens": "token"}
        changes = {new[table]: "something else"} if table in new else {}
        error = refused(copy_of(table, **{**changes, column: MISSING_PARENT}))
    assert isinstance(error, BadValue)
    assert error.field == column
    assert "not in the database any more" in error.text
    assert f"“{words.label(table, column)}”" in error.text


def test_an_instructor_with_courses_cannot_be_deleted_on_any_version(each_empty_database: URL) -> None:
    engine = make_engine(each_empty_database, Settings())
    Base.metadata.create_all(engine)
    fill(engine)
    error = refusal(engine, "DELETE FROM users WHERE role = 'instructor'")
    engine.dispose()
    assert error.text == "This person still has courses as their instructor and cannot be deleted."
    assert "Hand the courses over" in (error.way_out or "")
    assert error.field is None


def test_a_difficulty_that_is_none_is_explained(refused: Refused) -> None:
    error = refused("UPDATE courses SET difficulty_level = 'impossible'")
    assert error.field == "difficulty_level"
    assert "beginner, intermediate, advanced or empty" in error.text


# ------------------------------------------------------------------------------ databases made by other programs


@pytest.fixture
def foreign_names(database_url: URL) -> Engine:
    """The school in a database whose constraints another program has named, without ON DELETE."""
    engine = make_engine(database_url, Settings())
    fill(engine)
    with engine.begin() as connection:
        rows = connection.execute(
            text(
                "SELECT conrelid::regclass::text, conname, contype::text, pg_get_constraintdef(oid) FROM pg_constraint "
                "WHERE contype IN ('f', 'c', 'u') AND connamespace = 'public'::regnamespace"
            )
        ).all()
        for number, (table, name, _, definition) in enumerate(rows):
            bare = definition.partition(" ON DELETE")[0]
            connection.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'))
            connection.execute(text(f'ALTER TABLE {table} ADD CONSTRAINT "Rule no. {number}" {bare}'))
        connection.execute(text("DROP INDEX ix_users_email"))
        connection.execute(text("CREATE UNIQUE INDEX one_of_a_kind ON users (lower(email))"))
    return engine


def test_rules_are_recognised_under_any_name(foreign_names: Engine) -> None:
    found = {
        "email": refusal(foreign_names, copy_of("users", email="INES@school.edu")).text,
        "enrollment": refusal(foreign_names, copy_of("enrollments")).text,
        "difficulty": refusal(foreign_names, "UPDATE courses SET difficulty_level = 'x'").text,
        "parent": refusal(foreign_names, f"UPDATE lessons SET course_id = '{MISSING_PARENT}'").text,
        "instructor": refusal(foreign_names, "DELETE FROM users WHERE role = 'instructor'").text,
        "quiz": refusal(foreign_names, "DELETE FROM quizzes").text,
        "student": refusal(foreign_names, "DELETE FROM users WHERE role = 'student'").text,
    }
    foreign_names.dispose()
    assert found["email"] == "Another person has the e-mail address “ines@school.edu” already."
    assert found["enrollment"] == "This student is enrolled in this course already."
    assert found["difficulty"] == "The difficulty can only be beginner, intermediate, advanced or empty."
    assert found["parent"] == "What was chosen as “Course” of this lesson is not in the database any more."
    assert found["instructor"] == "This person still has courses as their instructor and cannot be deleted."
    assert found["quiz"].startswith("This quiz cannot be deleted: there are ")
    assert found["student"].startswith("This person cannot be deleted: there are ")


def test_rules_are_recognised_where_the_server_hides_the_values(server: PostgresServer, school: Engine) -> None:
    """Who may not read a key's columns is not told them: the constraint's name has to do."""
    role = f"lms_test_{secrets.token_hex(4)}"
    with school.begin() as connection:
        connection.execute(text(f"CREATE ROLE {role}"))
        connection.execute(text(f"GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"))
        connection.execute(text(f"GRANT SELECT (id) ON users, courses, lessons, enrollments TO {role}"))
        course, lesson = (connection.execute(text(f"SELECT id FROM {t}")).scalar_one() for t in ("courses", "lessons"))
        enrollment = connection.execute(text("SELECT id FROM enrollments")).scalar_one()
    enter = f"SET LOCAL ROLE {role}"
    new, student = uuid.uuid4(), "00000000-0000-0000-0000-000000000002"
    try:
        unique = [
            refusal(school, enter, statement).text
            for statement in (
                f"INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled) "
                f"VALUES ('{new}', 'sam@school.edu', 'x', 'x', 'student', true, false)",
                f"INSERT INTO enrollments (id, student_id, course_id) VALUES ('{new}', '{student}', '{course}')",
                "INSERT INTO lesson_progress (id, enrollment_id, lesson_id, completed) "
                f"VALUES ('{new}', '{enrollment}', '{lesson}', false)",
            )
        ]
        parent = refusal(school, enter, f"UPDATE courses SET instructor_id = '{MISSING_PARENT}'")
        restricted = refusal(school, enter, "DELETE FROM users")
    finally:
        with school.begin() as connection:
            connection.execute(text(f"DROP OWNED BY {role}"))
            connection.execute(text(f"DROP ROLE {role}"))
    assert unique == [
        "Another person has the e-mail address already.",
        "This student is enrolled in this course already.",
        "There is a progress record of this lesson for this enrollment already.",
    ]
    assert parent.field == "instructor_id"
    assert restricted.text == "This person still has courses as their instructor and cannot be deleted."


def test_rules_that_the_document_does_not_have_get_a_sentence_too(database_url: URL) -> None:
    engine = make_engine(database_url, Settings())
    fill(engine)
    with engine.begin() as connection:
        connection.execute(
            text("ALTER TABLE quizzes ADD CONSTRAINT sane_time_limit_minutes CHECK (time_limit_minutes > 0)")
        )
        connection.execute(text("ALTER TABLE lessons ADD CONSTRAINT one_title UNIQUE (course_id, title)"))
        connection.execute(text("ALTER TABLE users ADD COLUMN school integer UNIQUE"))
        connection.execute(text("ALTER TABLE users ADD CONSTRAINT rule CHECK (school > 0)"))
        connection.execute(text("ALTER TABLE courses ADD COLUMN campus text NOT NULL DEFAULT ''"))
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS plpgsql"))
    check = refusal(engine, "UPDATE quizzes SET time_limit_minutes = 0")
    unique = refusal(engine, copy_of("lessons"))
    unknown_column = refusal(engine, "UPDATE users SET school = 1")
    unknown_check = refusal(engine, "UPDATE users SET school = -1 WHERE role = 'student'")
    missing = refusal(engine, "UPDATE courses SET campus = NULL")
    engine.dispose()
    assert (check.field, "“Time limit” of a quiz" in check.text) == ("time_limit_minutes", True)
    assert (unique.field, unique.text) == ("title", "Another lesson has the same “Title” already.")
    assert (unknown_column.field, unknown_column.text) == (None, "There is a person with the same values already.")
    assert unknown_check.field is None
    assert (missing.field, missing.text) == (None, "A value that has to be there is missing.")


# ------------------------------------------------------------------------------------------------------------- words


def test_the_words_are_those_of_the_screen() -> None:
    for admin in CATALOG.values():
        mapper: sa.orm.Mapper[Any] = sa.inspect(admin.entity)
        table = str(mapper.local_table)
        assert words.one(table) == admin.noun
        for field in admin.fields:
            if field.key in mapper.column_attrs:
                column = mapper.column_attrs[field.key].columns[0].name
                assert words.label(table, column) == field.label, f"errors/words.py differs for {table}.{column}"
                assert words.field_of(table, column) == field.key
