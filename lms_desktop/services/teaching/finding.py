"""Which course something belongs to, and which one somebody begins with."""

from typing import Any

from sqlalchemy import Text, cast, func, or_, select

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import Course, Lesson, Quiz, QuizQuestion
from lms_desktop.services import gate
from lms_desktop.services.text_search import contains


def first_course(uow: UnitOfWork) -> str | None:
    """The id of the course that comes first by its title, of those that the actor may see."""
    reach = gate.condition(uow, Course, "view")
    order = func.lower(Course.title), Course.id
    found: str | None = uow.execute(
        select(cast(Course.id, Text)).where(reach).order_by(*order).limit(1)
    ).scalar_one_or_none()
    return found


def quiz_of(uow: UnitOfWork, question_id: str) -> str | None:
    """The id of a question's quiz; None where the actor may not see it, or it is gone."""
    reach = gate.condition(uow, QuizQuestion, "view")
    found: str | None = uow.execute(
        select(cast(QuizQuestion.quiz_id, Text)).where(QuizQuestion.id == question_id, reach)
    ).scalar_one_or_none()
    return found


def course_of(uow: UnitOfWork, entity: Any, row_id: str) -> str | None:
    """The id of the course to which a lesson, a quiz or a question belongs, of a course its own; None where the actor
    may not see the course, or there is none."""
    asked = {
        Course: select(Course.id).where(Course.id == row_id),
        Lesson: select(Lesson.course_id).where(Lesson.id == row_id),
        Quiz: _course_of_quiz().where(Quiz.id == row_id),
        QuizQuestion: _course_of_quiz().join(QuizQuestion).where(QuizQuestion.id == row_id),
    }[entity]
    reach = gate.condition(uow, Course, "view")
    found: str | None = uow.execute(
        select(cast(Course.id, Text)).where(Course.id.in_(asked), reach)
    ).scalar_one_or_none()
    return found


def _course_of_quiz() -> Any:
    return select(func.coalesce(Quiz.course_id, Lesson.course_id)).outerjoin(Lesson, Lesson.id == Quiz.lesson_id)


def questions_with(uow: UnitOfWork, course_id: str, words: str) -> dict[str, list[str]]:
    """Quiz id → the ids of its questions in whose text these words stand, in their order; of the quizzes that hang on
    the course or on a lesson of it."""
    q = QuizQuestion
    reach, of_lessons = gate.condition(uow, q, "view"), select(Lesson.id).where(Lesson.course_id == course_id)
    here = select(Quiz.id).where(or_(Quiz.course_id == course_id, Quiz.lesson_id.in_(of_lessons)))
    rows = uow.execute(
        select(cast(q.quiz_id, Text), cast(q.id, Text))
        .where(q.quiz_id.in_(here), contains(q.question_text, words, loose=True), reach)
        .order_by(q.quiz_id, q.order, q.created_at, q.id)
    )
    found: dict[str, list[str]] = {}
    for quiz_id, row_id in rows:
        found.setdefault(quiz_id, []).append(row_id)
    return found
