"""A quiz as students get it: its settings and its questions in their order, as they are saved."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Double, Text, cast, func, select

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import Quiz, QuizQuestion
from lms_desktop.errors import UserError
from lms_desktop.services import gate
from lms_desktop.services.teaching import questions
from lms_desktop.services.teaching.questions import Reading
from lms_desktop.spec import N_


@dataclass(frozen=True)
class Asked:
    """One question of a paper: its id, since when it is there (in seconds since 1970), and what it asks."""

    id: str
    since: float
    reading: Reading


@dataclass(frozen=True)
class Paper:
    """A quiz with its questions in the order in which readers see them.

    Attributes:
        minutes: the time limit; None or 0 where there is none.
        passing: the percentage of points that passes.
        mark: tells whether anything that decides about scores is another: points, right answers, the pass mark, order.
    """

    quiz_id: str
    title: str
    description: str
    minutes: int | None
    passing: int
    shuffle: bool
    questions: tuple[Asked, ...]
    mark: str

    @property
    def readings(self) -> Mapping[str, Reading]:
        """What each question asks, by its id."""
        return {asked.id: asked.reading for asked in self.questions}

    @property
    def order(self) -> tuple[str, ...]:
        """The ids of the questions."""
        return tuple(asked.id for asked in self.questions)


def load(uow: UnitOfWork, quiz_id: str, *, lock: bool = False) -> Paper:
    """The paper of a quiz that the actor may see; raises Denied where there is none.

    `lock` keeps the quiz and its questions as they are until the transaction ends.
    """
    gate.require(uow, Quiz, "view", [quiz_id])
    row = select(
        Quiz.title,
        Quiz.description,
        Quiz.time_limit_minutes,
        Quiz.passing_score_percentage,
        Quiz.shuffle_questions,
    ).where(Quiz.id == quiz_id)
    quiz = uow.execute(row.with_for_update(key_share=True) if lock else row).one_or_none()
    if quiz is None:
        raise UserError(N_("This quiz is no longer there."))
    asked = select(
        cast(QuizQuestion.id, Text).label("id"),
        cast(func.extract("epoch", QuizQuestion.created_at), Double).label("since"),
        QuizQuestion.question_type,
        QuizQuestion.question_text,
        cast(QuizQuestion.options, Text).label("options"),
        QuizQuestion.correct_answer,
        QuizQuestion.points,
    ).where(QuizQuestion.quiz_id == quiz_id)
    if lock:  # in the order of ids: who saves several at once waits for, and does not block, this
        kept = select(QuizQuestion.id).where(QuizQuestion.quiz_id == quiz_id).order_by(QuizQuestion.id)
        uow.execute(kept.with_for_update(read=True))
    rows = uow.execute(asked.order_by(QuizQuestion.order, QuizQuestion.created_at, QuizQuestion.id)).all()
    decides = [quiz.passing_score_percentage, [(r.id, r[2], r.options, r.correct_answer, r.points) for r in rows]]
    return Paper(
        quiz_id,
        quiz.title,
        quiz.description or "",
        quiz.time_limit_minutes,
        quiz.passing_score_percentage,
        quiz.shuffle_questions,
        tuple(Asked(r.id, r.since, questions.read(*r[2:])) for r in rows),
        hashlib.sha256(repr(decides).encode("utf-8", "backslashreplace")).hexdigest(),
    )
