"""A school of a few rows, each by name, in which two instructors have one of everything."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from passlib.hash import bcrypt
from sqlalchemy import URL, Connection, Engine, event, insert, update

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.unit_of_work import Actor, Database, Outcome, UnitOfWork
from lms_desktop.entities import (
    Certificate,
    Course,
    Enrollment,
    Lesson,
    LessonProgress,
    Quiz,
    QuizAttempt,
    QuizQuestion,
    RefreshToken,
    User,
)
from lms_desktop.services import gate

PEOPLE = {
    "admin": "admin",
    "second admin": "admin",
    "former admin": "admin",
    "registrar": "registrar",
    "ines": "instructor",
    "ivan": "instructor",
    "ana": "student",
    "bo": "student",
    "idle": "student",
    "librarian": "librarian",
}
"""Name → role. `former admin` is deactivated; `librarian` has a role that this program does not know; Ana takes the
course of Ines, Bo the one of Ivan, Idle none."""

INACTIVE = {"former admin"}
PASSWORD = "correct horse"
HASHED = str(bcrypt.using(rounds=4).hash(PASSWORD))
"""Cheap to check: a test waits for no more than it must."""
SYSTEM = Actor("", "root@machine", "root", "admin", system=True)


def row_id(entity: type, name: str) -> str:
    """The id of the row that bears this name here."""
    return str(uuid5(NAMESPACE_URL, f"{entity.__name__}/{name}"))


def name_of(entity: type, identity: str) -> str:
    """The name of the row with this id."""
    return next(name for name in ROWS[entity] if row_id(entity, name) == identity)


def actor(name: str) -> Actor:
    """One of the people, as if signed in."""
    return Actor(row_id(User, name), email(name), name.title(), PEOPLE[name])


def email(name: str) -> str:
    """The address of one of the people."""
    return f"{name.replace(' ', '.')}@school.edu"


def _row(entity: type, name: str, **values: Any) -> dict[str, Any]:
    return {"id": row_id(entity, name), **values}


ROWS: dict[type, dict[str, dict[str, Any]]] = {
    User: {
        name: _row(
            User,
            name,
            email=email(name),
            full_name=name.title(),
            role=role,
            is_active=name not in INACTIVE,
            password_hash="no hash",
        )
        for name, role in PEOPLE.items()
    },
    RefreshToken: {
        name: _row(
            RefreshToken,
            name,
            user_id=row_id(User, person),
            token=f"token of {name}",
            expires_at=datetime(year, 1, 1, tzinfo=UTC),
            revoked=revoked,
        )
        for name, person, year, revoked in (
            ("live", "ana", 2999, False),
            ("expired", "ana", 2001, False),
            ("revoked", "bo", 2999, True),
            ("long gone", "bo", 2001, True),
        )
    },
    Course: {
        name: _row(
            Course, name, title=name.title(), slug=name, instructor_id=row_id(User, teacher), is_published=published
        )
        for name, teacher, published in (
            ("algebra", "ines", True),
            ("botany", "ivan", False),
            ("empty", "admin", False),
        )
    },
    Lesson: {
        name: _row(Lesson, name, title=name.title(), content_type="text", course_id=row_id(Course, course), order=order)
        for name, course, order in (
            ("sums", "algebra", 1),
            ("products", "algebra", 2),
            ("powers", "algebra", 3),
            ("leaves", "botany", 1),
        )
    },
    Enrollment: {
        name: _row(Enrollment, name, student_id=row_id(User, student), course_id=row_id(Course, course))
        for name, student, course in (
            ("ana in algebra", "ana", "algebra"),
            ("bo in botany", "bo", "botany"),
            ("idle in empty", "idle", "empty"),
        )
    },
    LessonProgress: {
        name: _row(
            LessonProgress,
            name,
            enrollment_id=row_id(Enrollment, enrollment),
            lesson_id=row_id(Lesson, lesson),
            completed=completed,
        )
        for name, enrollment, lesson, completed in (
            ("ana at sums", "ana in algebra", "sums", True),
            ("ana at products", "ana in algebra", "products", True),
            ("ana at powers", "ana in algebra", "powers", False),
            ("bo at leaves", "bo in botany", "leaves", True),
        )
    },
    Certificate: {
        name: _row(Certificate, name, enrollment_id=row_id(Enrollment, enrollment), certificate_number=name)
        for name, enrollment in (("of ana", "ana in algebra"), ("of bo", "bo in botany"))
    },
    Quiz: {
        name: _row(
            Quiz,
            name,
            title=name.title(),
            course_id=row_id(Course, course) if course else None,
            lesson_id=row_id(Lesson, lesson) if lesson else None,
        )
        for name, course, lesson in (
            ("of algebra", "algebra", None),
            ("of sums", None, "sums"),
            ("of algebra and sums", "algebra", "sums"),
            ("of botany", "botany", None),
            ("of algebra and leaves", "algebra", "leaves"),
            ("of nothing", None, None),
        )
    },
    QuizQuestion: {},
    QuizAttempt: {},
}
for _quiz in ROWS[Quiz]:
    ROWS[QuizQuestion][_quiz] = _row(
        QuizQuestion, _quiz, quiz_id=row_id(Quiz, _quiz), question_text="Why?", question_type="essay", order=1
    )
    ROWS[QuizAttempt][_quiz] = _row(QuizAttempt, _quiz, quiz_id=row_id(Quiz, _quiz), student_id=row_id(User, "ana"))


def fill(connection: Connection) -> None:
    """Write all rows, parents first."""
    if _written:
        connection.exec_driver_sql(_written[0])
        return
    said: list[str] = []

    def note(_connection: Connection, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        said.append(cursor.mogrify(statement, parameters).decode())

    event.listen(connection, "before_cursor_execute", note)
    for entity, rows in ROWS.items():
        connection.execute(insert(entity), list(rows.values()))
    event.remove(connection, "before_cursor_execute", note)
    _written.append(";\n".join(said))


_written: list[str] = []
"""What `fill` has said to the first database. To compose it anew on each engine takes longer than to carry it out."""


def let_in(connection: Connection) -> None:
    """Give everybody the password `PASSWORD`. `updated_at` is given lest it becomes the moment of this."""
    connection.execute(update(User).values(password_hash=HASHED, updated_at=User.updated_at))


def act(database: Database, who: Actor, do: Callable[[UnitOfWork], Outcome]) -> Outcome:
    """Run an operation as this actor, and commit it."""
    with gate.transaction(database, who) as uow:
        return do(uow)


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """All SQL that runs meanwhile."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


@contextmanager
def opened(url: URL) -> Iterator[Database]:
    """The school in an empty database at the head, through the program's own engine."""
    engine: Engine = make_engine(url, Settings())
    with engine.begin() as connection:
        fill(connection)
    yield Database(engine)
    engine.dispose()
