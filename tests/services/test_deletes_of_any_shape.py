"""Trees of any shape: whatever hangs on whatever, the figures are the rows that the delete changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import URL

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Course, Enrollment, Lesson, Quiz, User
from lms_desktop.services import gate
from lms_desktop.services.deleting import question
from lms_desktop.services.records import Records
from tests.postgres import PostgresServer, plain_connection
from tests.sample_school import engine_of
from tests.services.deleted import Tables, all_rows, changed, foretold
from tests.small_school import SYSTEM

records = Records(CATALOG)

COURSES, STUDENTS = 3, 4
PEOPLE = (
    "INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled, created_at, updated_at)"
    " VALUES (%s, %s, 'no hash', %s, %s, true, false, now(), now())"
)

few = st.integers(0, COURSES - 1)
trees = st.fixed_dictionaries(
    {
        "lessons": st.lists(few, max_size=8),
        "enrollments": st.lists(st.tuples(few, st.integers(0, STUDENTS - 1)), max_size=10, unique=True),
        "progress": st.lists(st.tuples(st.integers(0, 9), st.integers(0, 7)), max_size=20, unique=True),
        "certificates": st.lists(st.integers(0, 9), max_size=4, unique=True),
        "quizzes": st.lists(
            st.tuples(st.none() | few, st.none() | st.integers(0, 7), st.integers(0, 3), st.integers(0, 3)), max_size=6
        ),
    }
)
"""Who hangs on whom, by numbers; a progress may be of a lesson of another course, a quiz of a lesson of another one."""


def uid(kind: str, number: int) -> str:
    """An id that says whose it is."""
    kinds = ["user", "course", "lesson", "enrollment", "progress", "certificate", "quiz", "question", "attempt"]
    return f"{kinds.index(kind):08x}-0000-4000-8000-{number:012x}"


def plant(cursor: Any, tree: dict[str, Any]) -> None:
    """Write a tree."""
    for n in range(STUDENTS + 1):
        cursor.execute(PEOPLE, (uid("user", n), f"{n}@tree.edu", f"Person {n}", "student" if n < STUDENTS else "admin"))
    for n in range(COURSES):
        cursor.execute(
            "INSERT INTO courses (id, title, slug, instructor_id, is_published, created_at, updated_at)"
            " VALUES (%s, %s, %s, %s, false, now(), now())",
            (uid("course", n), f"Course {n}", f"tree-{n}", uid("user", STUDENTS)),
        )
    for n, course in enumerate(tree["lessons"]):
        cursor.execute(
            'INSERT INTO lessons (id, course_id, title, content_type, "order", created_at, updated_at)'
            " VALUES (%s, %s, %s, 'text', %s, now(), now())",
            (uid("lesson", n), uid("course", course), f"Lesson {n}", n),
        )
    for n, (course, student) in enumerate(tree["enrollments"]):
        cursor.execute(
            "INSERT INTO enrollments (id, student_id, course_id, enrolled_at, created_at, updated_at)"
            " VALUES (%s, %s, %s, now(), now(), now())",
            (uid("enrollment", n), uid("user", student), uid("course", course)),
        )
    hang(cursor, tree, len(tree["lessons"]), len(tree["enrollments"]))


def hang(cursor: Any, tree: dict[str, Any], lessons: int, enrollments: int) -> None:
    """Write what hangs on lessons and enrollments, as far as there are so many."""
    for n, (enrollment, lesson) in enumerate(tree["progress"]):
        if enrollment < enrollments and lesson < lessons:
            cursor.execute(
                "INSERT INTO lesson_progress (id, enrollment_id, lesson_id, completed, created_at, updated_at)"
                " VALUES (%s, %s, %s, false, now(), now())",
                (uid("progress", n), uid("enrollment", enrollment), uid("lesson", lesson)),
            )
    for n in tree["certificates"]:
        if n < enrollments:
            cursor.execute(
                "INSERT INTO certificates (id, enrollment_id, certificate_number, issued_at, created_at)"
                " VALUES (%s, %s, %s, now(), now())",
                (uid("certificate", n), uid("enrollment", n), f"tree-{n}"),
            )
    for n, (course, lesson, questions, attempts) in enumerate(tree["quizzes"]):
        there = lesson is not None and lesson < lessons
        cursor.execute(
            "INSERT INTO quizzes (id, course_id, lesson_id, title, passing_score_percentage, shuffle_questions,"
            " is_published, created_at, updated_at) VALUES (%s, %s, %s, %s, 70, false, false, now(), now())",
            (
                uid("quiz", n),
                None if course is None else uid("course", course),
                uid("lesson", lesson) if there else None,
                f"Quiz {n}",
            ),
        )
        for q in range(questions):
            cursor.execute(
                'INSERT INTO quiz_questions (id, quiz_id, question_text, question_type, points, "order", created_at)'
                " VALUES (%s, %s, 'Why?', 'essay', 1, %s, now())",
                (uid("question", n * 10 + q), uid("quiz", n), q),
            )
        for a in range(attempts):
            cursor.execute(
                "INSERT INTO quiz_attempts (id, quiz_id, student_id, started_at, created_at)"
                " VALUES (%s, %s, %s, now(), now())",
                (uid("attempt", n * 10 + a), uid("quiz", n), uid("user", a % STUDENTS)),
            )


@pytest.fixture(scope="module")
def school(server: PostgresServer, migrated_template: URL) -> Iterator[Database]:
    """An empty school, in which each tree grows and is taken away."""
    url = server.create(template=migrated_template.database)
    with engine_of(url) as engine:
        yield Database(engine)
    server.drop(url)


@contextmanager
def grown(school: Database, tree: dict[str, Any]) -> Iterator[Tables]:
    """A tree that stands as if it always had: PostgreSQL looks harder at rows that its own transaction made."""
    with plain_connection(school.engine.url) as connection, connection.cursor() as cursor:
        plant(cursor, tree)
        connection.commit()
        yield all_rows(cursor)
        connection.rollback()
        cursor.execute("TRUNCATE users CASCADE")
        connection.commit()


def check(school: Database, entity: Any, tree: dict[str, Any], wanted: list[str], *, chunks: bool) -> None:
    """Delete, compare, and let it be as before."""
    with grown(school, tree) as before, gate.transaction(school, SYSTEM) as uow:
        table = entity.__tablename__
        ids = [row_id for row_id in dict.fromkeys(wanted) if row_id in before[table]]
        driver: Any = uow.connection.connection.dbapi_connection
        with driver.cursor() as cursor:
            if ids:
                asked = question(uow, CATALOG, entity, ids)
                cursor.execute(f"SELECT id::text, xmin::text FROM {table} WHERE id = ANY (%s::uuid[])", (ids,))
                versions = dict(cursor.fetchall())
                records.delete(uow, entity, versions, asked.impact, (lambda *_: None) if chunks else None)
                assert changed(before, all_rows(cursor)) == foretold(asked.impact)
        uow.connection.rollback()


KINDS = pytest.mark.parametrize(
    ("entity", "kind", "most"),
    [
        (User, "user", STUDENTS),
        (Course, "course", COURSES),
        (Lesson, "lesson", 8),
        (Enrollment, "enrollment", 10),
        (Quiz, "quiz", 6),
    ],
    ids=["users", "courses", "lessons", "enrollments", "quizzes"],
)
shapes = given(tree=trees, picked=st.sets(st.integers(0, 9), min_size=1, max_size=4), chunks=st.booleans())


@KINDS
@shapes
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_the_figures_are_the_rows_that_the_delete_changes(
    school: Database, entity: Any, kind: str, most: int, tree: dict[str, Any], picked: set[int], chunks: bool
) -> None:
    check(school, entity, tree, [uid(kind, n % most) for n in sorted(picked)], chunks=chunks)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@KINDS
@shapes
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_the_figures_are_right_of_very_many_trees(
    school: Database, entity: Any, kind: str, most: int, tree: dict[str, Any], picked: set[int], chunks: bool
) -> None:
    check(school, entity, tree, [uid(kind, n % most) for n in sorted(picked)], chunks=chunks)
