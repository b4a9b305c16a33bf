"""A course as its outline shows it: lessons in their order, quizzes, questions. One statement a level, at any size."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, and_, cast, func, or_, select

from lms_desktop import policy
from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import Course, Enrollment, Lesson, Quiz, QuizQuestion
from lms_desktop.services import gate


@dataclass(frozen=True)
class LessonRow:
    """A lesson as the outline shows it; `minutes` is None where none are given."""

    id: str
    title: str
    content_type: str
    minutes: int | None


@dataclass(frozen=True)
class QuizRow:
    """A quiz as the outline shows it: `questions` and `points` are counted; `lesson_id` is None for one of the course,
    and `elsewhere` says that the lesson which it hangs on is another course's."""

    id: str
    title: str
    lesson_id: str | None
    published: bool
    questions: int
    points: int
    elsewhere: bool = False


@dataclass(frozen=True)
class QuestionRow:
    """A question as the outline shows it."""

    id: str
    quiz_id: str
    text: str
    type: str
    points: int


@dataclass(frozen=True)
class QuestionList:
    """A quiz's questions in their order; `editable`: whether the actor may arrange them."""

    quiz_id: str
    editable: bool
    questions: tuple[QuestionRow, ...]


@dataclass(frozen=True)
class CourseOutline:
    """A course: its lessons in their order, its quizzes in that in which they were made.

    Attributes:
        students: how many take it, of those that the actor may see.
        editable: whether the actor may arrange it.
    """

    course_id: str
    title: str
    published: bool
    students: int
    editable: bool
    lessons: tuple[LessonRow, ...]
    quizzes: tuple[QuizRow, ...]

    @property
    def minutes(self) -> int:
        """How long all lessons together take, as far as that is given."""
        return sum(lesson.minutes or 0 for lesson in self.lessons)


def load(uow: UnitOfWork, course_id: str) -> CourseOutline | None:
    """The course's outline, in three statements; None where the actor may not see the course or there is none."""
    students: Any = select(func.count()).select_from(Enrollment).where(Enrollment.course_id == Course.id)
    students = students.where(policy.scope(uow.actor, Enrollment, "view")).correlate(Course).scalar_subquery()
    editable = policy.scope(uow.actor, Course, "edit")
    found = uow.execute(
        select(Course.title, Course.is_published, students.label("students"), editable.label("editable")).where(
            Course.id == course_id, gate.condition(uow, Course, "view")
        )
    ).one_or_none()
    if found is None:
        return None
    may = bool(found.editable) and policy.may(uow.actor, Lesson, "edit")
    lessons, quizzes = _lessons(uow, course_id), _quizzes(uow, course_id)
    return CourseOutline(course_id, found.title, found.is_published, int(found.students), may, lessons, quizzes)


def questions(uow: UnitOfWork, quiz_id: str) -> tuple[QuestionRow, ...]:
    """The questions of a quiz in their order; () where the actor may not see the quiz."""
    return questions_of(uow, [quiz_id])[quiz_id]


def list_of(uow: UnitOfWork, quiz_id: str) -> QuestionList | None:
    """A quiz's questions to be arranged; None where the actor may not see the quiz."""
    editable = policy.scope(uow.actor, Quiz, "edit")
    reach = gate.condition(uow, Quiz, "view")
    found = uow.execute(select(editable.label("editable")).where(Quiz.id == quiz_id, reach)).one_or_none()
    if found is None:
        return None
    may = bool(found.editable) and policy.may(uow.actor, QuizQuestion, "edit")
    return QuestionList(quiz_id, may, questions(uow, quiz_id))


def questions_of(uow: UnitOfWork, quiz_ids: Sequence[str]) -> dict[str, tuple[QuestionRow, ...]]:
    """Quiz id → its questions in their order, of all these quizzes in one statement."""
    found: dict[str, list[QuestionRow]] = defaultdict(list)
    if quiz_ids:
        q = QuizQuestion
        rows = uow.execute(
            select(cast(q.id, Text), cast(q.quiz_id, Text), q.question_text, q.question_type, q.points)
            .where(q.quiz_id.in_(list(quiz_ids)), gate.condition(uow, q, "view"))
            .order_by(q.quiz_id, q.order, q.created_at, q.id)
        )
        for row in rows:
            found[row[1]].append(QuestionRow(*row))
    return {quiz_id: tuple(found[quiz_id]) for quiz_id in quiz_ids}


def _lessons(uow: UnitOfWork, course_id: str) -> tuple[LessonRow, ...]:
    rows = uow.execute(
        select(cast(Lesson.id, Text), Lesson.title, Lesson.content_type, Lesson.duration_minutes)
        .where(Lesson.course_id == course_id, gate.condition(uow, Lesson, "view"))
        .order_by(Lesson.order, Lesson.created_at, Lesson.id)
    )
    return tuple(LessonRow(*row) for row in rows)


def _quizzes(uow: UnitOfWork, course_id: str) -> tuple[QuizRow, ...]:
    own = select(Lesson.id).where(Lesson.course_id == course_id).scalar_subquery()
    here = Quiz.lesson_id.in_(own)
    counted = (
        select(QuizQuestion.quiz_id, func.count().label("n"), func.sum(QuizQuestion.points).label("points"))
        .join(Quiz, Quiz.id == QuizQuestion.quiz_id)
        .where(or_(here, Quiz.course_id == course_id))
        .group_by(QuizQuestion.quiz_id)
        .subquery()
    )
    elsewhere = and_(Quiz.lesson_id.is_not(None), ~here)
    rows = uow.execute(
        select(
            cast(Quiz.id, Text),
            Quiz.title,
            cast(Quiz.lesson_id, Text),
            Quiz.is_published,
            func.coalesce(counted.c.n, 0),
            func.coalesce(counted.c.points, 0),
            func.coalesce(elsewhere, False),
        )
        .outerjoin(counted, counted.c.quiz_id == Quiz.id)
        .where(or_(here, Quiz.course_id == course_id), gate.condition(uow, Quiz, "view"))
        .order_by(Quiz.created_at, Quiz.id)
    )
    return tuple(QuizRow(r[0], r[1], None if r[6] else r[2], r[3], int(r[4]), int(r[5]), r[6]) for r in rows)
