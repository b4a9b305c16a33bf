"""What hangs on rows that are about to be moved: asked before, so that a person can be warned. Only reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import Course, Lesson, Quiz, QuizQuestion
from lms_desktop.services import gate


@dataclass(frozen=True)
class MoveEffect:
    """What a move to another parent does beside it; all numbers are 0 where it does nothing.

    Attributes:
        progress: records of lesson progress that stay with enrollments of the former courses, where their lesson no
            longer is: the new course's students begin anew, and the former one's no longer see what they did.
        students: whose progress that is.
        quizzes: quizzes that go along with lessons.
        attempts: at those quizzes; of questions: attempts in which one of them was answered, and whose answer no
            longer belongs to a question of the quiz.
        positional: attempts (at a quiz that questions leave or come to) whose answers are a plain list by place: they
            would be read as answers to other questions.
    """

    progress: int = 0
    students: int = 0
    quizzes: int = 0
    attempts: int = 0
    positional: int = 0

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to warn of; quizzes that go along without an attempt are none."""
        return not (self.progress or self.attempts or self.positional)


@dataclass(frozen=True)
class ReorderWarnings:
    """Attempts at a quiz, and those among them whose answers are a plain list by place (another program's form): they
    would be read as answers to other questions once the questions stand otherwise."""

    attempts: int
    positional: int


# An answer list in which anything names no question. The text is looked at and not the JSON inside: whatever another
# program has written must not stop the question.
_POSITIONAL = """
    json_typeof(a.answers) = 'array' AND EXISTS (
        SELECT FROM json_array_elements(CASE WHEN json_typeof(a.answers) = 'array' THEN a.answers ELSE '[]' END) e(item)
         WHERE json_typeof(e.item) <> 'object' OR e.item::text NOT LIKE '%"question_id"%')
"""

_OF_LESSONS = text(
    """
    WITH mine AS (SELECT id, course_id FROM lessons
                   WHERE id = ANY(CAST(:ids AS uuid[])) AND course_id <> CAST(:parent AS uuid)),
         hanging AS (SELECT q.id FROM quizzes q JOIN mine m ON q.lesson_id = m.id)
    SELECT count(p.id) AS progress, count(DISTINCT e.student_id) AS students,
           (SELECT count(*) FROM hanging) AS quizzes,
           (SELECT count(*) FROM quiz_attempts a WHERE a.quiz_id IN (SELECT id FROM hanging)) AS attempts
      FROM lesson_progress p JOIN enrollments e ON e.id = p.enrollment_id JOIN mine m ON m.id = p.lesson_id
     WHERE e.course_id <> CAST(:parent AS uuid)
    """
)
_OF_QUESTIONS = text(
    f"""
    WITH mine AS (SELECT id, quiz_id FROM quiz_questions
                   WHERE id = ANY(CAST(:ids AS uuid[])) AND quiz_id <> CAST(:parent AS uuid)),
         seen AS (SELECT a.quiz_id, {_POSITIONAL} AS positional,
                         EXISTS (SELECT FROM mine m
                                  WHERE m.quiz_id = a.quiz_id AND strpos(a.answers::text, m.id::text) > 0) AS answered
                    FROM quiz_attempts a
                   WHERE EXISTS (SELECT FROM mine)
                     AND (a.quiz_id = CAST(:parent AS uuid) OR a.quiz_id IN (SELECT quiz_id FROM mine)))
    SELECT count(*) FILTER (WHERE answered) AS attempts, count(*) FILTER (WHERE positional) AS positional FROM seen
    """
)
_OF_QUIZ = text(
    f"""
    SELECT count(*) AS attempts, count(*) FILTER (WHERE {_POSITIONAL}) AS positional
      FROM quiz_attempts a WHERE a.quiz_id = CAST(:quiz AS uuid)
    """
)


def move_effect(uow: UnitOfWork, entity: Any, ids: Sequence[str], parent: str) -> MoveEffect:
    """What moving these lessons (questions) to this course (quiz) does to what students have done.

    Raises Denied where one of them is out of the actor's reach.
    """
    gate.require(uow, entity, "edit", ids)
    asked = {"ids": list(ids), "parent": parent}
    if entity is Lesson:
        gate.require(uow, Course, "edit", [parent])
        row = uow.execute(_OF_LESSONS, asked).one()
        return MoveEffect(row.progress, row.students, row.quizzes, row.attempts)
    if entity is QuizQuestion:
        gate.require(uow, Quiz, "edit", [parent])
        row = uow.execute(_OF_QUESTIONS, asked).one()
        return MoveEffect(attempts=row.attempts, positional=row.positional)
    raise TypeError(f"{entity} stands in no list")


def reorder_warnings(uow: UnitOfWork, quiz_id: str) -> ReorderWarnings:
    """What a new order of this quiz's questions would do to attempts; raises Denied."""
    gate.require(uow, Quiz, "view", [quiz_id])
    row = uow.execute(_OF_QUIZ, {"quiz": quiz_id}).one()
    return ReorderWarnings(row.attempts, row.positional)
