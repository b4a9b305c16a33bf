"""Who has come how far in a course: its students in an order, its lessons, and what stands where the two meet.

The order is read once, as the ids of the enrollments and nothing else (16 bytes each: 0.8 MB for 50,000), and what is
seen is read by these ids. Reading by keyset instead would work out how much each student has completed, ten
million rows in a large course, once more with each page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Text, and_, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import Course, Enrollment, Lesson, LessonProgress, User
from lms_desktop.services import gate
from lms_desktop.services.text_search import contains

ID_BYTES = 16
MOST_WORDS = 12
"""Words of a search that are looked for."""


class Order(StrEnum):
    """In which order students are listed."""

    NAME = "name"
    EMAIL = "email"
    LEAST = "least"
    MOST = "most"


@dataclass(frozen=True)
class Wanted:
    """Which students of which course: those whose name or e-mail holds every word of `search`; with `unfinished` those
    who have not completed every lesson."""

    course_id: str
    order: Order = Order.NAME
    search: str = ""
    unfinished: bool = False


class LessonHead(NamedTuple):
    """A lesson at the top of its column: `place` counts from 1."""

    id: str
    place: int
    title: str


@dataclass(frozen=True)
class Frame:
    """The lessons in their order and `ids`, the enrollments in theirs, 16 bytes each."""

    title: str
    lessons: tuple[LessonHead, ...]
    ids: bytes

    @property
    def students(self) -> int:
        """How many enrollments there are."""
        return len(self.ids) // ID_BYTES

    def enrollment(self, at: int) -> str:
        """The id of the enrollment at a place, from 0."""
        raw = self.ids[at * ID_BYTES : (at + 1) * ID_BYTES].hex()
        return f"{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}"

    def place(self, enrollment_id: str) -> int | None:
        """The place of an enrollment; None where it is not among them."""
        wanted = bytes.fromhex(enrollment_id.replace("-", ""))
        at = self.ids.find(wanted)
        while at >= 0 and at % ID_BYTES:
            at = self.ids.find(wanted, at + 1)
        return at // ID_BYTES if at >= 0 else None


class Student(NamedTuple):
    """A student of the course: `done` lessons are completed; `completed_at` is a wire text or None."""

    enrollment_id: str
    name: str
    email: str
    done: int
    completed_at: str | None


class Mark(NamedTuple):
    """How far a student has come with a lesson: the record's id, whether it is completed, and when (a wire text)."""

    id: str
    completed: bool
    at: str | None


def frame(uow: UnitOfWork, wanted: Wanted) -> Frame | None:
    """The course's lessons and the enrollments in their order, in two statements; None where the actor may not see the
    course or there is none."""
    reach = gate.condition(uow, Course, "view")
    lessons = uow.execute(
        select(Course.title.label("course"), cast(Lesson.id, Text).label("id"), Lesson.title)
        .select_from(Course)
        .outerjoin(Lesson, and_(Lesson.course_id == Course.id, gate.condition(uow, Lesson, "view")))
        .where(Course.id == wanted.course_id, reach)
        .order_by(Lesson.order, Lesson.created_at, Lesson.id)
    ).all()
    if not lessons:
        return None
    heads = [LessonHead(row.id, place, row.title) for place, row in enumerate(lessons, 1) if row.id is not None]
    return Frame(lessons[0].course, tuple(heads), bytes.fromhex(_ordered_ids(uow, wanted)))


def students(uow: UnitOfWork, course_id: str, enrollment_ids: Sequence[str]) -> dict[str, Student]:
    """By id those of these enrollments of the course that the actor may see."""
    done = (
        select(func.count())
        .select_from(LessonProgress)
        .join(Lesson, Lesson.id == LessonProgress.lesson_id)
        .where(
            LessonProgress.enrollment_id == Enrollment.id,
            LessonProgress.completed,
            Lesson.course_id == Enrollment.course_id,
        )
        .correlate(Enrollment)
        .scalar_subquery()
    )
    rows = uow.execute(
        select(cast(Enrollment.id, Text), User.full_name, User.email, done, cast(Enrollment.completed_at, Text))
        .join(User, User.id == Enrollment.student_id)
        .where(
            Enrollment.id.in_(list(enrollment_ids)),
            Enrollment.course_id == course_id,
            gate.condition(uow, Enrollment, "view"),
        )
    )
    return {row[0]: Student(row[0], row[1], row[2], int(row[3]), row[4]) for row in rows}


def marks(
    uow: UnitOfWork, course_id: str, enrollment_ids: Sequence[str], lesson_ids: Sequence[str]
) -> dict[tuple[str, str], Mark]:
    """By enrollment and lesson what stands where they meet, as far as the actor may see it; nothing where the student
    has not begun."""
    if not enrollment_ids or not lesson_ids:
        return {}
    at = func.coalesce(LessonProgress.completed_at, LessonProgress.updated_at)
    rows = uow.execute(
        select(
            cast(LessonProgress.enrollment_id, Text),
            cast(LessonProgress.lesson_id, Text),
            cast(LessonProgress.id, Text),
            LessonProgress.completed,
            cast(LessonProgress.completed_at, Text),
            cast(at, Text),
        )
        .join(Enrollment, Enrollment.id == LessonProgress.enrollment_id)
        .where(
            LessonProgress.enrollment_id.in_(list(enrollment_ids)),
            LessonProgress.lesson_id.in_(list(lesson_ids)),
            Enrollment.course_id == course_id,
            gate.condition(uow, LessonProgress, "view"),
        )
    )
    return {(row[0], row[1]): Mark(row[2], row[3], row[4] if row[3] else row[5]) for row in rows}


# Within


def _ordered_ids(uow: UnitOfWork, wanted: Wanted) -> str:
    """All ids one behind the other, in hexadecimal digits: one value, whatever the number."""
    conditions: list[ColumnElement[bool]] = [
        Enrollment.course_id == wanted.course_id,
        gate.condition(uow, Enrollment, "view"),
    ]
    for word in wanted.search.split()[:MOST_WORDS]:
        conditions.append(or_(contains(User.full_name, word), contains(User.email, word)))
    by: list[Any] = [User.email] if wanted.order is Order.EMAIL else [User.full_name, User.email]
    counted = wanted.unfinished or wanted.order in (Order.LEAST, Order.MOST)
    done = _completed_by_enrollment(wanted.course_id) if counted else None
    if done is not None:
        count = func.coalesce(done.c.done, 0)
        if wanted.unfinished:
            conditions.append(count < _lesson_count(wanted.course_id))
        if wanted.order in (Order.LEAST, Order.MOST):
            by.insert(0, count.desc() if wanted.order is Order.MOST else count)
    digits = func.encode(func.uuid_send(Enrollment.id), "hex")
    joined = func.string_agg(digits, aggregate_order_by(literal("", Text()), *by, Enrollment.id))
    statement: Any = (
        select(func.coalesce(joined, "")).select_from(Enrollment).join(User, User.id == Enrollment.student_id)
    )
    if done is not None:
        statement = statement.outerjoin(done, done.c.enrollment_id == Enrollment.id)
    return str(uow.execute(statement.where(*conditions)).scalar_one())


def _lesson_count(course_id: str) -> Any:
    return select(func.count()).select_from(Lesson).where(Lesson.course_id == course_id).scalar_subquery()


def _completed_by_enrollment(course_id: str) -> Any:
    """How many lessons of the course each enrollment has completed: all of them in one go. Looking for a lesson that is
    missing, one enrollment after the other, takes six times as long."""
    lesson, progress, enrollment = aliased(Lesson), aliased(LessonProgress), aliased(Enrollment)
    return (
        select(progress.enrollment_id, func.count().label("done"))
        .join(enrollment, enrollment.id == progress.enrollment_id)
        .join(lesson, and_(lesson.id == progress.lesson_id, lesson.course_id == course_id))
        .where(enrollment.course_id == course_id, progress.completed)
        .group_by(progress.enrollment_id)
        .subquery()
    )
