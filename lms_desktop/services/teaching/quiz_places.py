"""Where quizzes hang: on a lesson, or on the course itself."""

from collections.abc import Sequence

from sqlalchemy import Text, cast, select, update

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import Course, Lesson, Quiz
from lms_desktop.errors import Denied
from lms_desktop.errors.sentences import Sentence
from lms_desktop.services import gate
from lms_desktop.spec import N_


def hang(uow: UnitOfWork, ids: Sequence[str], course_id: str, lesson_id: str | None) -> Outcome:
    """Hang quizzes on a lesson of the course, or with None on the course itself. A quiz that names its lesson alone
    goes on doing so. Raises Denied unless quizzes, course and lesson are the actor's to change."""
    gate.require(uow, Quiz, "edit", ids)
    gate.require(uow, Course, "edit", [course_id])
    where = _named(uow, course_id, lesson_id)
    rows = uow.execute(
        select(cast(Quiz.id, Text), Quiz.title, cast(Quiz.course_id, Text), cast(Quiz.lesson_id, Text))
        .where(Quiz.id.in_(list(ids)))
        .order_by(Quiz.id)
        .with_for_update(key_share=True)
    ).all()
    wanted = {row[0]: None if row[2] is None and lesson_id else course_id for row in rows}
    away = [row[0] for row in rows if (row[2], row[3]) != (wanted[row[0]], lesson_id)]
    for course in {wanted[row_id] for row_id in away}:
        uow.execute(
            update(Quiz)
            .where(Quiz.id.in_([row_id for row_id in away if wanted[row_id] == course]))
            .values(course_id=course, lesson_id=lesson_id)
            .execution_options(synchronize_session=False)
        )
    uow.touch(Quiz, away, "update")
    gate.require(uow, Quiz, "edit", ids)
    return uow.outcome(_sentence([row[1] for row in rows if row[0] in away], where, of_lesson=lesson_id is not None))


def _named(uow: UnitOfWork, course_id: str, lesson_id: str | None) -> str:
    """What the place is called. The course's row is kept from going until the end, the lesson's from being put into
    another course as well: its quizzes would follow it there, and those that come to it now would not."""
    if lesson_id is None:
        found = uow.execute(
            select(Course.title).where(Course.id == course_id).with_for_update(read=True, key_share=True)
        )
        return str(found.scalar_one_or_none() or "")
    gate.require(uow, Lesson, "edit", [lesson_id])
    within = select(Lesson.title).where(Lesson.id == lesson_id, Lesson.course_id == course_id)
    title = uow.execute(within.with_for_update(read=True)).scalar_one_or_none()
    if title is None:
        raise Denied(N_("This lesson stands in another course by now."), way_out=N_("Look at the course again."))
    return str(title)


def _sentence(names: Sequence[str], where: str, *, of_lesson: bool) -> str:
    if not names:
        return N_("It was there already.")
    if len(names) == 1:
        template = (
            N_("Moved “{name}” to the lesson “{where}”.")
            if of_lesson
            else N_("Moved “{name}” to the course “{where}”.")
        )
        return Sentence(template, name=names[0], where=where)
    template = (
        N_("Moved {n} quizzes to the lesson “{where}”.")
        if of_lesson
        else N_("Moved {n} quizzes to the course “{where}”.")
    )
    return Sentence(template, n=len(names), where=where)
