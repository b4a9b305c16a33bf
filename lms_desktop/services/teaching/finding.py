"""Which course something belongs to, and which one somebody begins with."""

from sqlalchemy import Text, cast, func, select

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import Course, QuizQuestion
from lms_desktop.services import gate


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
