"""A course at a glance: how much there is of what, and what is not ready."""

from dataclasses import dataclass

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.services.teaching import outline, readiness
from lms_desktop.services.teaching.readiness import Problem


@dataclass(frozen=True)
class Overview:
    """What is said of a course.

    `minutes` is the sum of what the lessons take, `unknown` how many of them do not say; `students` are those that the
    actor may see; `drafts` are the quizzes that students do not see.
    """

    course_id: str
    published: bool
    lessons: int
    minutes: int
    unknown: int
    quizzes: int
    drafts: int
    questions: int
    students: int
    problems: tuple[Problem, ...]


def load(uow: UnitOfWork, course_id: str) -> Overview | None:
    """The course at a glance; None where the actor may not see it or there is none."""
    found = outline.load(uow, course_id)
    if found is None:
        return None
    return Overview(
        course_id,
        found.published,
        len(found.lessons),
        found.minutes,
        sum(lesson.minutes is None for lesson in found.lessons),
        len(found.quizzes),
        sum(not quiz.published for quiz in found.quizzes),
        sum(quiz.questions for quiz in found.quizzes),
        found.students,
        readiness.problems(uow, course_id),
    )
