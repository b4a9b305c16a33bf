"""What came of a quiz: figures and spread of its scores, how hard each question was, one attempt in full.

Figures and spread are counted by PostgreSQL. How hard the questions were is worked out of the answers as they would be
marked now, portion by portion: what is remembered of them is a handful of sums for each question.
"""

from collections import Counter
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

from sqlalchemy import ColumnElement, Double, Text, case, cast, func, select

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import Quiz, QuizAttempt, User
from lms_desktop.errors import UserError
from lms_desktop.services import gate
from lms_desktop.services.joins import wire_text
from lms_desktop.services.teaching import attempts, paper
from lms_desktop.services.teaching.attempts import Attempt, Walk
from lms_desktop.services.teaching.grading import Verdict
from lms_desktop.services.teaching.marking import Marked, Marker, said, texts_of
from lms_desktop.services.teaching.paper import Paper
from lms_desktop.services.teaching.questions import Reading
from lms_desktop.spec import N_

STEP = 10
"""Percent that one bar of the spread covers; the last takes 100 along."""

BARS = 100 // STEP

MOST_WORDS = 200
"""Different wrong answers to one question that are counted; a longer list would only hold what was written once."""


@dataclass(frozen=True)
class Figures:
    """The scores of a quiz in numbers. Scores are percentages of points, those outside 0 to 100 count at the end.

    Attributes:
        attempts: all; `under_way` of them have not ended, `unmarked` have ended and have no score yet.
        mean, median: of the scores; None where there is none. `minutes`: the median of how long an attempt took.
        bars: how many scores are from 0 to 9, 10 to 19, … 90 to 100.
    """

    title: str
    passing: int
    attempts: int
    under_way: int
    unmarked: int
    passed: int
    mean: float | None
    median: float | None
    minutes: float | None
    bars: tuple[int, ...]

    @property
    def scored(self) -> int:
        """How many attempts have a score."""
        return sum(self.bars)


def figures(uow: UnitOfWork, quiz_id: str) -> Figures:
    """Count; raises Denied for a quiz that the actor may not see."""
    gate.require(uow, Quiz, "view", [quiz_id])
    quiz = uow.execute(select(Quiz.title, Quiz.passing_score_percentage).where(Quiz.id == quiz_id)).one_or_none()
    if quiz is None:
        raise UserError(N_("This quiz is no longer there."))
    score, ended = QuizAttempt.score, QuizAttempt.ended_at.is_not(None)
    reach = gate.condition(uow, QuizAttempt, "view")
    counted = select(
        func.count(),
        func.count().filter(~ended),
        func.count().filter(ended, score.is_(None)),
        func.count().filter(QuizAttempt.passed.is_(True)),
        func.avg(score),
        func.percentile_cont(0.5).within_group(score),
        func.percentile_cont(0.5).within_group(minutes(QuizAttempt)),
        *(func.count().filter(_in_bar(bar)) for bar in range(BARS)),
    ).where(QuizAttempt.quiz_id == quiz_id, reach)
    row: tuple[Any, ...] = tuple(uow.execute(counted).one())
    mean, median, took = (None if value is None else float(value) for value in row[4:7])
    attempts_, under_way, unmarked, passed = row[:4]
    head = quiz.title, quiz.passing_score_percentage, attempts_, under_way, unmarked, passed
    return Figures(*head, mean, median, took, row[7:])


def latest(uow: UnitOfWork) -> str | None:
    """The quiz that was taken last, as far as the actor sees; None where there is none."""
    reach = gate.condition(uow, QuizAttempt, "view")
    last = select(cast(QuizAttempt.quiz_id, Text)).where(reach).order_by(QuizAttempt.started_at.desc(), QuizAttempt.id)
    return uow.execute(last.limit(1)).scalar_one_or_none()


def _in_bar(bar: int) -> ColumnElement[bool]:
    """The scores of a bar; what lies beyond 0 to 100 belongs to the first or the last one."""
    over = QuizAttempt.score >= bar * STEP if bar else QuizAttempt.score.is_not(None)
    return over & (QuizAttempt.score < (bar + 1) * STEP) if bar < BARS - 1 else over


# How hard the questions were


GRAIN = 1_000
"""Into so many parts the share of points in the other questions is divided: few different ones are remembered."""

Kind = tuple[bool | None, bool, int]
"""Right or not (None: not marked), answered or not, the share of points in the other questions in parts of `GRAIN`;
-1 where they give none."""


@dataclass
class Difficulty:
    """What is remembered of the answers to one question.

    Attributes:
        kinds: how many attempts there are of each kind.
        wrong: the wrong answers as they would be said, and how often each was given.
    """

    kinds: dict[Kind, int] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)

    @property
    def asked(self) -> int:
        """How many attempts ended with the question in them."""
        return sum(self.kinds.values())

    @property
    def answered(self) -> int:
        """How many of them have an answer to it."""
        return sum(n for (_, answered, _), n in self.kinds.items() if answered)

    @property
    def marked(self) -> int:
        """In how many of them it is marked by itself."""
        return sum(n for (right, _, _), n in self.kinds.items() if right is not None)

    @property
    def right(self) -> int:
        """In how many of them it is right."""
        return sum(n for (right, _, _), n in self.kinds.items() if right)

    @property
    def share(self) -> float | None:
        """The share (0 to 1) that got it right; None where nobody can say."""
        return self.right / self.marked if self.marked else None

    @property
    def tells_apart(self) -> float | None:
        """How well it tells those who know from those who do not, -1 to 1: the correlation of being right here with the
        share of points in the other questions. None where all were right, or wrong, or the same in the others."""
        known = [(bool(right), rest / GRAIN, n) for (right, _, rest), n in self.kinds.items() if right is not None]
        whole = sum(n for _, _, n in known)
        share = sum(n for right, _, n in known if right) / whole if whole else 0.0
        if share in (0.0, 1.0) or any(rest < 0 for _, rest, _ in known):
            return None
        mean = sum(rest * n for _, rest, n in known) / whole
        variance = sum((rest - mean) ** 2 * n for _, rest, n in known) / whole
        if variance < 1e-9:
            return None
        both = sum((right - share) * (rest - mean) * n for right, rest, n in known) / whole
        return both / sqrt(share * (1 - share) * variance)

    def note_wrong(self, said: str) -> None:
        """Count a wrong answer."""
        if said and (said in self.wrong or len(self.wrong) < MOST_WORDS):
            self.wrong[said] += 1


class Hardness(Walk):
    """Works out how hard each question is, step by step.

    Attributes:
        paper: the quiz as it is saved.
        questions: id → what is remembered; `marked` counts the attempts that were looked into.
    """

    def __init__(self, uow: UnitOfWork, quiz_id: str, size: int = 0) -> None:
        self.paper = paper.load(uow, quiz_id)
        super().__init__(uow, quiz_id, "view", *([size] if size else []))
        self._marker = Marker(self.paper)
        self.questions = {asked.id: Difficulty() for asked in self.paper.questions}
        self.marked = 0

    def take(self, uow: UnitOfWork, rows: list[Attempt]) -> None:
        """Override Walk.take."""
        for marked in [self._marker.mark(row) for row in rows if row.ended is not None]:
            if marked.readable:
                self.marked += 1
                self._note(marked)

    def _note(self, marked: Marked) -> None:
        given, whole, reached = marked.given, marked.of, marked.points
        for key, verdict in marked.verdicts.items():
            found, right, answered = self.questions[key], verdict.right, key in given
            others = whole if right is None else whole - verdict.of
            rest = (reached - verdict.points) * GRAIN // others if others > 0 else -1
            kind = right, answered, rest
            found.kinds[kind] = found.kinds.get(kind, 0) + 1
            if answered and right is False:
                answer = given[key]
                said_so = answer if isinstance(answer, str) and answer.isprintable() else said(texts_of(answer))
                found.note_wrong(said_so)


# One attempt


@dataclass(frozen=True)
class Answered:
    """One question of an attempt: its place in the quiz from 1, what was asked, what was answered (each a text), and
    what that is worth today."""

    place: int
    reading: Reading
    given: tuple[str, ...]
    verdict: Verdict

    @property
    def right(self) -> tuple[str, ...]:
        """The right answers, each a text; of several accepted short answers all."""
        reading = self.reading
        if reading.truth is not None:
            return ("true" if reading.truth else "false",)
        return reading.right_texts or reading.accepted


@dataclass(frozen=True)
class AttemptInFull:
    """An attempt with its answers beside the right ones. Moments are wire texts.

    Attributes:
        minutes: how long it took; None while it is under way.
        score, passed: as they are stored; `now` is the score that its answers would get today, None where none can.
        form: how its answers are written, as `marking` names it.
        lost: answers to questions that the quiz no longer has, each as texts.
    """

    id: str
    quiz: Paper
    student: str
    email: str
    started: str | None
    ended: str | None
    minutes: float | None
    score: int | None
    passed: bool | None
    now: int | None
    form: str
    questions: tuple[Answered, ...]
    lost: tuple[tuple[str, ...], ...]


def attempt(uow: UnitOfWork, attempt_id: str) -> AttemptInFull | None:
    """An attempt in full; None where it is gone or out of reach."""
    reach = gate.condition(uow, QuizAttempt, "view")
    moments = wire_text(QuizAttempt.started_at), wire_text(QuizAttempt.ended_at), cast(minutes(QuizAttempt), Double)
    wanted = attempts.columns().add_columns(cast(QuizAttempt.quiz_id, Text), User.full_name, User.email, *moments)
    named = wanted.outerjoin(User, User.id == QuizAttempt.student_id)
    row = uow.execute(named.where(QuizAttempt.id == attempt_id, reach)).one_or_none()
    if row is None:
        return None
    own = len(row) - 6
    one, (quiz_id, name, email, started, ended, took) = Attempt(*row[:own]), row[own:]
    quiz = paper.load(uow, quiz_id)
    marked = Marker(quiz).mark(one)
    lost = tuple(texts_of(answer) for answer in marked.lost.values())
    return AttemptInFull(
        attempt_id, quiz, name or "", email or "", started, ended, took, one.score, one.passed, marked.percent,
        marked.form, _answered(quiz, marked), lost,
    )  # fmt: skip


def minutes(attempt: Any) -> ColumnElement[Any]:
    """How many minutes an attempt took, in SQL; NULL while it is under way, and for moments beyond counting."""
    finite = func.isfinite(attempt.started_at) & func.isfinite(attempt.ended_at)
    return case((finite, func.extract("epoch", attempt.ended_at - attempt.started_at) / 60))


def _answered(quiz: Paper, marked: Marked) -> tuple[Answered, ...]:
    """The questions of an attempt; those that came later are not among them."""
    found = []
    for place, asked in enumerate(quiz.questions, 1):
        if (verdict := marked.verdicts.get(asked.id)) is None:
            continue
        given = texts_of(marked.given[asked.id]) if asked.id in marked.given else ()
        found.append(Answered(place, asked.reading, given, verdict))
    return tuple(found)
