"""Attempts at a quiz, read in portions: a hundred thousand of them are never in memory at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Double, Select, Text, cast, func, select

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import QuizAttempt
from lms_desktop.services import gate
from lms_desktop.services.joins import wire_text

PORTION = 5_000
"""Attempts that are read and marked at once: about a fifth of a second."""


@dataclass(frozen=True)
class Attempt:
    """A student's run through a quiz: wire texts, and the moments that are counted with in seconds since 1970.

    Attributes:
        version: the row's, by which it is known whether somebody else wrote it since.
        ended: None while it is under way.
    """

    id: str
    version: str
    student_id: str
    started: float
    ended: float | None
    answers: str | None
    score: int | None
    passed: bool | None


def columns() -> Select[Any]:
    """The statement that reads attempts; it still asks for all of them."""
    return select(
        cast(QuizAttempt.id, Text),
        wire_text(QuizAttempt.xmin),
        cast(QuizAttempt.student_id, Text),
        cast(func.extract("epoch", QuizAttempt.started_at), Double),
        cast(func.extract("epoch", QuizAttempt.ended_at), Double),
        cast(QuizAttempt.answers, Text),
        QuizAttempt.score,
        QuizAttempt.passed,
    )


def number(uow: UnitOfWork, quiz_id: str, verb: str) -> int:
    """How many attempts at a quiz the actor has the verb on."""
    reach = gate.condition(uow, QuizAttempt, verb)
    counted = select(func.count()).select_from(QuizAttempt).where(QuizAttempt.quiz_id == quiz_id, reach)
    return int(uow.execute(counted).scalar_one())


def portion(uow: UnitOfWork, quiz_id: str, verb: str, after: str | None, size: int = PORTION) -> list[Attempt]:
    """The next attempts at a quiz that the actor has the verb on, in the order of their ids, behind the one named."""
    wanted = columns().where(QuizAttempt.quiz_id == quiz_id, gate.condition(uow, QuizAttempt, verb))
    if after is not None:
        wanted = wanted.where(QuizAttempt.id > after)
    return [Attempt(*row) for row in uow.execute(wanted.order_by(QuizAttempt.id).limit(size))]


class Walk:
    """Goes through all attempts at a quiz, one portion with each `step`: each may be a transaction of its own.

    Attributes:
        total: how many attempts there were when it began; `seen`, how many were looked at so far.
        ended: nothing is left.
    """

    def __init__(self, uow: UnitOfWork, quiz_id: str, verb: str, size: int = PORTION) -> None:
        """Begin; the actor's right is looked at with each portion."""
        self.quiz_id, self._verb, self._size = quiz_id, verb, size
        self.total, self.seen, self.ended = number(uow, quiz_id, verb), 0, False
        self._after: str | None = None

    def take(self, uow: UnitOfWork, rows: list[Attempt]) -> None:
        """What is done with a portion; must have no effect when it raises, for it is tried again then."""
        raise NotImplementedError

    def step(self, uow: UnitOfWork) -> float:
        """Look at the next portion; the fraction that is done (0 to 1)."""
        if not self.ended:
            rows = portion(uow, self.quiz_id, self._verb, self._after, self._size)
            self.take(uow, rows)
            self.seen += len(rows)
            self.ended = len(rows) < self._size
            self._after = rows[-1].id if rows else self._after
        return 1.0 if self.ended else min(self.seen / max(self.total, 1), 0.99)

    def through(self, uow: UnitOfWork) -> Iterator[float]:
        """All that is left, in this transaction; yields the fraction that is done after each portion."""
        while not self.ended:
            yield self.step(uow)
