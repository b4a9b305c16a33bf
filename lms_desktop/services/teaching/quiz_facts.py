"""What is said of a quiz beside its own columns."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, tuple_

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import Lesson, Quiz
from lms_desktop.services import gate


@dataclass(frozen=True)
class QuizFacts:
    """Of the lesson that a quiz hangs on its place in the course, from 1; None where it hangs on none."""

    lesson_place: int | None = None


def facts(uow: UnitOfWork, quiz_id: str) -> QuizFacts:
    """What there is to say; nothing of a quiz that the actor may not see."""
    lesson, other = Lesson, Lesson.__table__.alias("other")
    before: Any = (
        select(func.count())
        .select_from(other)
        .where(
            other.c.course_id == lesson.course_id,
            tuple_(other.c.order, other.c.created_at, other.c.id) <= tuple_(lesson.order, lesson.created_at, lesson.id),
        )
        .correlate(lesson)
        .scalar_subquery()
    )
    found = uow.execute(
        select(before)
        .select_from(Quiz)
        .join(lesson, Quiz.lesson_id == lesson.id)
        .where(Quiz.id == quiz_id, gate.condition(uow, Quiz, "view"))
    ).scalar_one_or_none()
    return QuizFacts(None if found is None else int(found))
