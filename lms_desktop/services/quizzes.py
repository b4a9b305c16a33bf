"""What is done to quizzes beyond adding, editing and deleting."""

from collections.abc import Mapping

from sqlalchemy import text

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import Quiz
from lms_desktop.services.switching import Switch, Wording
from lms_desktop.spec import N_

_PUBLISH = Switch(
    entity=Quiz,
    verb="publish",
    name=Quiz.title,
    done=Quiz.is_published,
    values={Quiz.is_published: True},
    wording=Wording(N_("Published {name}."), N_("Published {n} quizzes."), N_("This was published already.")),
)
_UNPUBLISH = Switch(
    entity=Quiz,
    verb="unpublish",
    name=Quiz.title,
    done=~Quiz.is_published,
    values={Quiz.is_published: False},
    wording=Wording(N_("Unpublished {name}."), N_("Unpublished {n} quizzes."), N_("This was a draft already.")),
)


def publish(uow: UnitOfWork, ids: tuple[str, ...]) -> Outcome:
    """Let students take these quizzes; raises Denied where the actor may not."""
    return _PUBLISH.run(uow, ids)


def unpublish(uow: UnitOfWork, ids: tuple[str, ...]) -> Outcome:
    """Take these quizzes back to draft; attempts are kept. Raises Denied where the actor may not."""
    return _UNPUBLISH.run(uow, ids)


# Locked in the order of ids, as everybody does who writes several.
_FOLLOW = text(
    """
    WITH mine AS (
        SELECT q.id FROM quizzes q
          JOIN unnest(CAST(:lessons AS uuid[]), CAST(:former AS uuid[])) AS v(lesson, former)
            ON q.lesson_id = v.lesson AND q.course_id = v.former
         ORDER BY q.id FOR NO KEY UPDATE OF q)
    UPDATE quizzes q SET course_id = CAST(:course AS uuid), updated_at = now() FROM mine WHERE q.id = mine.id
    RETURNING q.id::text
    """
)


def follow_lessons(uow: UnitOfWork, lessons: Mapping[str, str], course: str) -> None:
    """Have the quizzes of lessons (id → former course) that have come to another course follow them: those that name
    both the lesson and its former course name the new one. Those that name the lesson alone need nothing, those of yet
    another course are left as they are."""
    if lessons:
        asked = {"lessons": list(lessons), "former": list(lessons.values()), "course": course}
        uow.touch(Quiz, uow.execute(_FOLLOW, asked).scalars().all(), "update")
