"""Rows on their way into the database: copied into temporary tables first, then inserted where they may be.

What is there already wins, always. A row is added when neither its id nor anything else that is unique is taken, and
when what it hangs on has been added by the same seeding: nothing that people have deleted or moved comes back below a
parent that they have kept.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, inspect, text

from lms_desktop.entities import (
    Base,
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

Row = Mapping[str, str | int | bool | datetime | None]
"""A row by the names of its columns; JSON as text. `place` numbers the rows that the bulk refers to."""

Tell = Callable[[str], None]

_AT_ONCE = 10_000
_NUMBERED = (User, Course)
_ADDED = "(SELECT id FROM seed_added)"
_CONDITIONS: Mapping[type[Base], str] = {
    User: "true",
    Course: "EXISTS (SELECT FROM users u WHERE u.id = s.instructor_id)",
    Lesson: f"s.course_id IN {_ADDED}",
    Enrollment: (
        "EXISTS (SELECT FROM users u WHERE u.id = s.student_id)"
        " AND EXISTS (SELECT FROM courses c WHERE c.id = s.course_id)"
        f" AND (s.student_id IN {_ADDED} OR s.course_id IN {_ADDED})"
    ),
    LessonProgress: (f"s.enrollment_id IN {_ADDED} AND EXISTS (SELECT FROM lessons l WHERE l.id = s.lesson_id)"),
    Quiz: (f"(s.course_id IS NULL OR s.course_id IN {_ADDED}) AND (s.lesson_id IS NULL OR s.lesson_id IN {_ADDED})"),
    QuizQuestion: f"s.quiz_id IN {_ADDED}",
    QuizAttempt: (
        "EXISTS (SELECT FROM users u WHERE u.id = s.student_id)"
        " AND EXISTS (SELECT FROM quizzes q WHERE q.id = s.quiz_id)"
        f" AND (s.student_id IN {_ADDED} OR s.quiz_id IN {_ADDED})"
    ),
    RefreshToken: f"s.user_id IN {_ADDED}",
}
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Staging:
    """The temporary tables of one seeding; they go with its transaction.

    Attributes:
        connection: The transaction.
        added: How many rows of each table were added so far.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.added: dict[str, int] = {entity.__tablename__: 0 for entity in _CONDITIONS}
        self.run("CREATE TEMP TABLE seed_added (id uuid) ON COMMIT DROP")
        for entity in _CONDITIONS:
            table = entity.__tablename__
            self.run(f"CREATE TEMP TABLE seed_{table} (LIKE {table}) ON COMMIT DROP")
            if entity in _NUMBERED:
                self.run(f"ALTER TABLE seed_{table} ADD COLUMN place integer")

    def run(self, statement: str, **values: Any) -> int:
        """Run a statement; returns its number of rows."""
        return self.connection.execute(text(statement), values).rowcount

    def copy(self, entity: type[Base], rows: Iterable[Row]) -> None:
        """Stage rows, all with the same columns, by COPY. Takes them as they come, ten thousand at a time."""
        cursor = self.connection.connection.cursor()
        try:
            for batch in _batches(rows):
                columns = ", ".join(f'"{name}"' for name in batch[0])
                lines = "".join("\t".join(map(_field, row.values())) + "\n" for row in batch)
                cursor.copy_expert(f"COPY seed_{entity.__tablename__} ({columns}) FROM STDIN", io.StringIO(lines))
        finally:
            cursor.close()

    def use_existing_people(self) -> None:
        """Let the staged courses be taught by whoever has their instructor's e-mail address here already."""
        self.run(
            "UPDATE seed_courses s SET instructor_id = u.id FROM seed_users p JOIN users u USING (email)"
            " WHERE p.id = s.instructor_id AND u.id <> p.id"
        )

    def insert(self, entity: type[Base]) -> int:
        """Insert the staged rows that may be; returns how many."""
        table = entity.__tablename__
        columns = ", ".join(f'"{column.name}"' for column in inspect(entity).columns if not column.system)
        self.run(f"ANALYZE seed_{table}")
        count = self.run(
            f"WITH added AS (INSERT INTO {table} ({columns}) SELECT {columns} FROM seed_{table} s"
            f" WHERE {_CONDITIONS[entity]} ON CONFLICT DO NOTHING RETURNING id)"
            " INSERT INTO seed_added SELECT id FROM added"
        )
        self.run("ANALYZE seed_added")
        self.count(entity, count)
        return count

    def count(self, entity: type[Base], rows: int) -> None:
        """Note rows as added."""
        table = entity.__tablename__
        self.added[table] = self.added.get(table, 0) + rows


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, _AT_ONCE)):
        yield batch


def _field(value: str | int | bool | datetime | None) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    return value.isoformat() if isinstance(value, datetime) else str(value)
