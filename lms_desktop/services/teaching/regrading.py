"""Marking attempts again after a right answer, the points or the pass mark were corrected.

What is decided here:

- Attempts that are under way are never marked: whoever runs them does it when they end.
- Answers that cannot be read, or that answer none of the quiz's questions, leave the attempt as it is.
- What only a person can mark (an essay, a question without a right answer) may already have been given points, which
  stand nowhere but in the score. Attempts with such a question are left out, unless the person wants them in: then it
  counts neither among the points reached nor among those to be had.
- A score over 0 without any answer was not made of these answers: it is left alone too.
- Answers by place say nothing about which question they belong to: they are right only while no question was moved or
  deleted. Such attempts are left out as well, unless wanted.
- Questions that came after an attempt began, and that it does not answer, do not count for it.

A preview looks at all attempts and writes nothing. What is agreed to is written only where the row is still the one
that was looked at, and only while the questions and the pass mark are the same.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Text, cast, func, not_, select, text

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import Quiz, QuizAttempt, User
from lms_desktop.errors import Conflict, Denied
from lms_desktop.errors.sentences import Sentence
from lms_desktop.services import gate
from lms_desktop.services.teaching import attempts, paper
from lms_desktop.services.teaching.attempts import Attempt, Walk
from lms_desktop.services.teaching.marking import BY_PLACE, Marker
from lms_desktop.services.teaching.paper import Paper
from lms_desktop.spec import N_

Progress = Callable[[float, str], None]

AT_ONCE = 20_000
"""Results that one UPDATE writes; more are written by several, in the one transaction."""

LARGE = 1_000
"""Results from which on the rows are no longer named one by one to those who show them."""

UNDER_WAY, UNREADABLE, BY_HAND, PLACES, POINTLESS = "under_way", "unreadable", "by_hand", "places", "pointless"
"""Why an attempt is left out: it has not ended; its answers cannot be read; some of it only a person can mark; its
answers are written by place; the questions that it had give no points."""

REASONS = (BY_HAND, PLACES, UNREADABLE, POINTLESS, UNDER_WAY)


@dataclass(frozen=True)
class Including:
    """What is left out unless it is wanted."""

    by_hand: bool = False
    places: bool = False


@dataclass(frozen=True)
class Changed:
    """An attempt whose result would be another; `version` is that of the row that was looked at."""

    id: str
    version: str
    student_id: str
    old_score: int | None
    old_passed: bool | None
    score: int
    passed: bool
    name: str = ""
    email: str = ""

    @property
    def now_passes(self) -> bool:
        """It did not pass, as far as was known, and does now."""
        return self.passed and not self.old_passed

    @property
    def no_longer_passes(self) -> bool:
        """It passed and does not any more."""
        return bool(self.old_passed) and not self.passed


@dataclass(frozen=True)
class Preview:
    """What marking a quiz's attempts again would do.

    Attributes:
        mark: what the paper was like (`Paper.mark`).
        changes: the results that would be others: those who no longer pass first, then those who do now, by name.
        same: how many were marked and stay as they are.
        left_out: reason → how many.
        now_pass, no_longer_pass: how many pass that did not, and did that do not any more.
    """

    quiz_id: str
    title: str
    mark: str
    including: Including
    changes: tuple[Changed, ...]
    same: int
    left_out: Mapping[str, int]
    now_pass: int
    no_longer_pass: int


@dataclass(frozen=True)
class Regraded:
    """What was written: how many results; `changed_meanwhile` were written by somebody else since the preview, or are
    gone, and were left alone; `left_out` as in the preview."""

    written: int
    changed_meanwhile: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)


class Looking(Walk):
    """A preview in the making, step by step.

    Attributes:
        preview: what marking again would do; None until all attempts were looked at.
    """

    def __init__(self, uow: UnitOfWork, quiz_id: str, including: Including = Including(), size: int = 0) -> None:
        gate.check_entity(uow, QuizAttempt, "regrade")
        self._paper, self._including = paper.load(uow, quiz_id), including
        super().__init__(uow, quiz_id, "regrade", *([size] if size else []))
        self._marking = Marking(self._paper, including)
        self._changes: list[Changed] = []
        self._same, self._left_out = 0, Counter[str]()
        self.preview: Preview | None = None

    def take(self, uow: UnitOfWork, rows: list[Attempt]) -> None:
        """Override Walk.take."""
        changes, same, left_out = self._marking.all(rows)
        changes = _named(uow, changes)
        self._changes += changes
        self._same += same
        self._left_out += left_out

    def step(self, uow: UnitOfWork) -> float:
        """Override Walk.step: behind the last portion the preview is made, here and not where a window waits."""
        fraction = super().step(uow)
        if self.ended and self.preview is None:
            self.preview = self._made()
        return fraction

    def _made(self) -> Preview:
        quiz, changes = self._paper, self._changes
        return Preview(
            quiz.quiz_id,
            quiz.title,
            quiz.mark,
            self._including,
            tuple(sorted(changes, key=_by_weight)),
            self._same,
            dict(self._left_out),
            sum(change.now_passes for change in changes),
            sum(change.no_longer_passes for change in changes),
        )


@dataclass
class Marking:
    """Marks attempts by one paper."""

    quiz: Paper
    including: Including

    def __post_init__(self) -> None:
        self._marker = Marker(self.quiz)

    def all(self, rows: Iterable[Attempt]) -> tuple[list[Changed], int, Counter[str]]:
        """The attempts whose result is another, how many stay the same, and why others are left out."""
        changes, same, left_out = list[Changed](), 0, Counter[str]()
        for row in rows:
            found = self.one(row)
            if isinstance(found, str):
                left_out[found] += 1
            elif (found.score, found.passed) == (found.old_score, found.old_passed):
                same += 1
            else:
                changes.append(found)
        return changes, same, left_out

    def one(self, row: Attempt) -> Changed | str:
        """The result of an attempt, or why there is none."""
        if row.ended is None:
            return UNDER_WAY
        marked = self._marker.mark(row)
        if not marked.readable or (row.score and not marked.given):
            return UNREADABLE
        if marked.form == BY_PLACE and not self.including.places:
            return PLACES
        if marked.by_hand and not self.including.by_hand:
            return BY_HAND
        score = marked.percent
        if score is None:
            return POINTLESS
        passed = score >= self.quiz.passing
        return Changed(row.id, row.version, row.student_id, row.score, row.passed, score, passed)


def preview(
    uow: UnitOfWork,
    quiz_id: str,
    including: Including = Including(),
    progress: Callable[[float], None] | None = None,
) -> Preview:
    """Look at all attempts at a quiz, in one transaction. Raises Denied where the actor may not mark them again."""
    looking = Looking(uow, quiz_id, including)
    for fraction in looking.through(uow):
        if progress is not None:
            progress(fraction)
    assert looking.preview is not None
    return looking.preview


def regrade(uow: UnitOfWork, quiz_id: str, agreed: Preview, progress: Progress | None = None) -> Outcome:
    """Write the results that were agreed to; its value is a `Regraded`.

    Raises Denied where one of them is not the actor's to mark again, and Conflict where the questions or the pass mark
    have changed since. A result that somebody else wrote meanwhile is left alone, and that is said.
    """
    gate.check_entity(uow, QuizAttempt, "regrade")
    quiz = paper.load(uow, quiz_id, lock=True)
    if quiz.mark != agreed.mark or quiz_id != agreed.quiz_id:
        raise Conflict(
            N_("Meanwhile the questions of “{quiz}” or its pass mark have been changed. Nothing was written."),
            entity=Quiz,
            ids=(quiz_id,),
            values={"quiz": quiz.title},
            way_out=N_("Look once more at what would change."),
        )
    done = _write(uow, quiz_id, agreed.changes, progress)
    written = len(done)
    return uow.outcome(
        _sentence(written, len(agreed.changes), quiz.title), Regraded(written, len(agreed.changes) - written)
    )


def regrade_selected(uow: UnitOfWork, ids: tuple[str, ...]) -> Outcome:
    """Mark these attempts again, of whatever quizzes, leaving out what a preview leaves out."""
    gate.require(uow, QuizAttempt, "regrade", ids)
    quizzes = select(cast(QuizAttempt.quiz_id, Text)).where(QuizAttempt.id.in_(set(ids))).distinct()
    written, left_out, titles = 0, Counter[str](), list[str]()
    for quiz_id in sorted(uow.execute(quizzes).scalars()):
        quiz = paper.load(uow, quiz_id, lock=True)
        wanted = attempts.columns().where(QuizAttempt.id.in_(set(ids)), QuizAttempt.quiz_id == quiz_id)
        rows = [Attempt(*row) for row in uow.execute(wanted.order_by(QuizAttempt.id).with_for_update(key_share=True))]
        changes, _, out = Marking(quiz, Including()).all(rows)
        written += len(_write(uow, quiz_id, changes, None))
        left_out += out
        titles.append(quiz.title)
    return uow.outcome(_selected_sentence(written, sum(left_out.values())), Regraded(written, 0, dict(left_out)))


def _write(uow: UnitOfWork, quiz_id: str, changes: Sequence[Changed], progress: Progress | None) -> list[str]:
    """Write the results of rows that are still those looked at; their ids."""
    _check_reach(uow, quiz_id, changes)
    done = list[str]()
    for first in range(0, len(changes), AT_ONCE):
        if progress is not None:
            told = Sentence(N_("{n} of {whole} results are written."), n=first, whole=len(changes))
            progress(first / len(changes), told)
        part = changes[first : first + AT_ONCE]
        values = {
            "quiz": quiz_id,
            "ids": [change.id for change in part],
            "versions": [change.version for change in part],
            "scores": [change.score for change in part],
            "passed": [change.passed for change in part],
        }
        done += uow.execute(_UPDATE, values).scalars()
    if len(done) < LARGE:
        uow.touch(QuizAttempt, done, "update")
    elif done:
        uow.touch_some(QuizAttempt)
    if progress is not None:
        progress(1.0, Sentence(N_("Finishing…")))
    return done


_UPDATE = text(
    "UPDATE quiz_attempts a SET score = n.score, passed = n.passed"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:versions AS xid[]), CAST(:scores AS integer[]),"
    " CAST(:passed AS boolean[])) AS n(id, version, score, passed)"
    " WHERE a.id = n.id AND a.xmin = n.version AND a.quiz_id = CAST(:quiz AS uuid) RETURNING CAST(a.id AS text)"
)
"""A row that somebody else writes meanwhile is waited for, and has another version then."""


def _check_reach(uow: UnitOfWork, quiz_id: str, changes: Sequence[Changed]) -> None:
    """Raise Denied where one of these rows is there and is no attempt at this quiz within the actor's reach."""
    reach = gate.condition(uow, QuizAttempt, "regrade")
    ids = text("SELECT unnest(CAST(:ids AS uuid[])) AS id").bindparams(ids=[change.id for change in changes])
    among = ids.columns(QuizAttempt.id).subquery().c.id
    foreign = (
        select(func.count())
        .select_from(QuizAttempt)
        .where(QuizAttempt.id.in_(select(among)), not_(reach & (QuizAttempt.quiz_id == quiz_id)))
    )
    if changes and uow.execute(foreign).scalar_one():
        raise Denied(
            N_("Some of these attempts are not yours to mark again."),
            way_out=N_("An administrator can do it."),
        )


def _named(uow: UnitOfWork, changes: Sequence[Changed]) -> list[Changed]:
    """The same, with the students' names."""
    wanted = {change.student_id for change in changes}
    people = select(cast(User.id, Text), User.full_name, User.email).where(User.id.in_(wanted))
    names: dict[str, tuple[str, str]] = {row[0]: (row[1], row[2]) for row in uow.execute(people)} if wanted else {}
    return [
        replace(change, name=name, email=email)
        for change in changes
        for name, email in [names.get(change.student_id, ("", ""))]
    ]


def _by_weight(change: Changed) -> tuple[int, str, str]:
    return (0 if change.no_longer_passes else 1 if change.now_passes else 2), change.name.casefold(), change.id


def _sentence(done: int, agreed: int, title: str) -> str:
    if done < agreed:
        template = N_("Regraded “{quiz}”. Results changed: {n}. Left alone, for others changed them meanwhile: {left}.")
        return Sentence(template, quiz=title, n=done, left=agreed - done)
    if done == 1:
        return Sentence(N_("Regraded “{quiz}”: one result changed."), quiz=title)
    return Sentence(N_("Regraded “{quiz}”: {n} results changed."), quiz=title, n=done)


def _selected_sentence(written: int, left_out: int) -> str:
    if left_out:
        template = N_(
            "Regraded. Results changed: {n}. Left as they are, for they cannot be marked by themselves: {left}."
        )
        return Sentence(template, n=written, left=left_out)
    if written:
        return Sentence(N_("Regraded. Results changed: {n}."), n=written)
    return Sentence(N_("Regraded. All results stay as they are."))
