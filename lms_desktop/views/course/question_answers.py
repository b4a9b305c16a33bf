"""What attempts have to do with the questions of a quiz: how many answered, and how; asked before they are altered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QObject, QTimer

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import QuizAttempt, QuizQuestion
from lms_desktop.models.desk import Job
from lms_desktop.models.drafts import Draft
from lms_desktop.models.live import Batch
from lms_desktop.services.teaching.answer_counts import Spread, answered
from lms_desktop.services.teaching.attempts import Walk
from lms_desktop.services.teaching.grading import grade
from lms_desktop.services.teaching.questions import (
    ESSAY,
    MULTIPLE_CHOICE,
    TRUE_FALSE,
    Reading,
    read,
    truth_of,
    would_alter,
)
from lms_desktop.views.course.answer_bars import Share
from lms_desktop.views.course.found_questions import one_line
from lms_desktop.views.course.portions import Portions
from lms_desktop.views.course.question_fields import CORRECT, OPTIONS, POINTS, TEXT, TYPE
from lms_desktop.views.course.regrade_dialog import RegradeDialog
from lms_desktop.views.feedback import ask
from lms_desktop.views.waiting import wait_for

if TYPE_CHECKING:
    from lms_desktop.views.course.questions_part import QuestionsPart

FEW = 5_000
"""Answers up to which they are counted without being asked for: a portion, a fifth of a second."""
NAMED = 5
"""Questions that are named one by one before they are saved."""


class QuestionAnswers(QObject):
    """Tells the editor of a question how it was answered, and asks before what was answered is altered.

    Attributes:
        counts: question id → how many attempts answered it, as far as it is known.
    """

    def __init__(self, part: QuestionsPart) -> None:
        super().__init__(part)
        self._part, self._session = part, part.session
        self.counts: dict[str, int] = {}
        self._may = self._session.may(self._session.catalog[QuizAttempt], "view")
        self._job: Job | None = None
        self._shown: str | None = None
        self._spread: Spread | None = None
        self._altered: dict[str, int] = {}
        self._agreed: dict[int, tuple[Draft, Reading, Reading]] = {}
        self._to_regrade: tuple[str, ...] = ()
        self._portions = Portions(self._session, self.tr("Counting the answers"), self)
        self._portions.arrived.connect(self._counted)
        self._portions.failed.connect(lambda error: part.editor.tell_spread((), 0))
        self._session.desk.committed.connect(self._committed)
        self._session.desk.noticed.connect(self._noticed)

    # One question

    def show(self, question_id: str | None) -> None:
        """Tell of this question, as soon as it is known."""
        part = self._part
        if self._job is not None:
            self._job.cancel()
            self._job = None
        if question_id != self._shown:
            part.editor.tell_answered(0)
            part.editor.tell_spread((), 0)
        self._shown = question_id
        draft = None if question_id is None else part.drafts.get(question_id)
        if question_id is None or not self._may or (draft is not None and draft.new):
            return
        if question_id in self.counts:
            part.editor.tell_answered(self.counts[question_id])
        job = self._session.desk.read(
            lambda uow: answered(uow, [question_id]),
            done=partial(self._answered, question_id),
            failed=lambda error: None,
            owner=self,
            background=True,
        )
        self._job = job if job.ended is None else None

    def count(self) -> None:
        """Count how the questions of the quiz were answered."""
        quiz = self._part.quiz
        if quiz is not None and not self._portions.busy:
            quiz_id = quiz.id
            self._portions.start(partial(_begin, quiz_id))

    def forget(self) -> None:
        """Another quiz is shown."""
        self._portions.stop()
        self._spread = None
        self.counts.clear()

    def _answered(self, question_id: str, found: Mapping[str, int]) -> None:
        self._job = None
        self.counts.update(found)
        if question_id != self._shown:
            return
        number = found.get(question_id, 0)
        self._part.editor.tell_answered(number)
        if not number:
            return
        if self._spread is not None:
            self._tell_spread()
        elif number <= FEW:
            self.count()
        else:
            self._part.editor.offer_count()

    def _counted(self, walk: Walk) -> None:
        assert isinstance(walk, Spread)
        if self._part.quiz is not None and walk.quiz_id == self._part.quiz.id:
            self._spread = walk
            self._tell_spread()

    def _tell_spread(self) -> None:
        spread, question_id = self._spread, self._shown
        if spread is None or question_id is None:
            return
        reading = spread.paper.readings.get(question_id)
        given = spread.questions.get(question_id, Counter())
        shares = [] if reading is None else self._shares(reading, given)
        self._part.editor.tell_spread(shares, max(self.counts.get(question_id, 0), 1))

    def _shares(self, reading: Reading, given: Counter[str]) -> list[Share]:
        """What was answered, of a multiple choice in the order of its options, else the most frequent first."""
        if reading.type == ESSAY:
            return []
        left = Counter(given)
        if reading.type == MULTIPLE_CHOICE:
            right = set(reading.right_texts or reading.accepted)
            known = list(dict.fromkeys(option.text for option in reading.options))
            texts = known + [text for text, _ in left.most_common() if text not in known]
            return [Share(text, left[text], text in right if right else None) for text in texts]
        if reading.type == TRUE_FALSE:
            words = {True: self.tr("True"), False: self.tr("False")}
            sums = Counter[str]()
            for text, number in left.items():
                truth = truth_of(text)
                sums[text if truth is None else words[truth]] += number
            says = {word: truth for truth, word in words.items()}
            judged = None if reading.truth is None else reading.truth
            order = [*words.values(), *(text for text in sums if text not in says)]
            return [Share(t, sums[t], None if judged is None else says.get(t) is judged) for t in order]
        return [Share(text, number, grade(reading, text).right) for text, number in left.most_common()]

    # Before and after a save

    def may_save(self, drafts: Sequence[Draft]) -> bool:
        """Whether these questions may be saved: asked where that alters what was already answered, and once for a save
        that has to be tried again."""
        altering, self._altered = _altering(drafts), {}
        if not altering or not self._may:
            return True
        counts = self._counts_of([draft.id for draft, _, _ in altering])
        if counts is None:
            return False
        concerned = [(d, b, a) for d, b, a in altering if counts.get(d.id, 0)]
        if not concerned:
            return True
        title = self.tr("Change the meaning of %n answered question(s)?", "", len(concerned))
        lines = [self._line(before, after, counts[draft.id]) for draft, before, after in concerned[:NAMED]]
        if len(concerned) > NAMED:
            lines.append(self.tr("and %n more", "", len(concerned) - NAMED))
        lines.append(self.tr("Results stay as they are until the attempts are regraded, which is offered afterwards."))
        wanted = {id(draft): (draft, before, after) for draft, before, after in concerned}
        if wanted != self._agreed and not ask(
            self._part, title, "\n\n".join(lines), self.tr("Save"), destructive=True, keep=self.tr("Go on editing")
        ):
            return False
        self._agreed = wanted
        self._altered = {draft.id: counts[draft.id] for draft, _, _ in concerned}
        self._to_regrade = tuple(dict.fromkeys(_quiz_of(draft) for draft, _, _ in concerned))
        return True

    def _counts_of(self, ids: list[str]) -> Mapping[str, int] | None:
        """How many attempts answered these, asked where it is not known; None where the person gave up waiting."""
        unknown = [row_id for row_id in ids if row_id not in self.counts]
        if unknown:
            label = self.tr("Finding out who answered")
            job = self._session.desk.read(
                lambda uow: answered(uow, unknown),
                done=self.counts.update,
                failed=self._part.trouble.emit,
                owner=self,
                label=label,
            )
            if job.ended is None:
                wait_for(job, label, self._part.window())
                _until_it_ended(job)
        return self.counts if all(row_id in self.counts for row_id in ids) else None

    def _line(self, before: Reading, after: Reading, number: int) -> str:
        """What is altered of one question, and how many answered it."""
        what = []
        if before.type != after.type:
            what.append(self.tr("the type"))
        if before.points != after.points:
            what.append(self.tr("the points"))
        if [o.text for o in before.options] != [o.text for o in after.options] and before.type == MULTIPLE_CHOICE:
            what.append(self.tr("the options"))
        if (set(before.right_texts), before.truth, set(before.accepted)) != (
            set(after.right_texts),
            after.truth,
            set(after.accepted),
        ):
            what.append(self.tr("the right answer"))
        text = one_line(before.text)
        text = text if len(text) <= 80 else f"{text[:80]}…"
        attempts = self.tr("%n attempt(s) answered it", "", number)
        return self.tr("“{0}”: this changes {1}; {2}.").format(
            text, ", ".join(what) or self.tr("the meaning"), attempts
        )

    def _offer_regrade(self) -> None:
        """What altered answered questions is saved: offer to mark the attempts again."""
        number, self._altered = max(self._altered.values()), {}
        if self._session.may(self._session.catalog[QuizAttempt], "regrade"):
            words = self.tr("%n attempt(s) were marked by the former answer.", "", number)
            banner = self._part.say(words, "warn")
            banner.add_action(self.tr("Regrade…"), self.regrade)

    def regrade(self) -> None:
        """Show whose result would change, and mark again where that is wanted: in the quizzes whose questions were
        altered, whichever is shown by now."""
        for quiz_id in self._to_regrade:
            dialog = RegradeDialog(self._session, quiz_id, self._part)
            if dialog.exec() and dialog.outcome is not None:
                self._part.banner.hide()
                self._part.tell_outcome(dialog.outcome)
            dialog.deleteLater()

    # What happens elsewhere

    def _committed(self, outcome: Outcome, initiator: object) -> None:
        written = {c.id for c in outcome.changes if c.entity is QuizQuestion}
        if any(draft.id in written for draft, _, _ in self._agreed.values()):
            self._agreed = {}
        if self._altered.keys() & written:
            self._offer_regrade()
        if outcome.entities & {QuizAttempt, QuizQuestion}:
            self._stale()

    def _noticed(self, batch: Batch) -> None:
        if batch.everything or batch.tables & {"quiz_attempts", "quiz_questions"}:
            self._stale()

    def _stale(self) -> None:
        self._spread = None
        self.counts.clear()
        if self._shown is not None and self._part.isVisible():
            self.show(self._shown)


def _altering(drafts: Sequence[Draft]) -> list[tuple[Draft, Reading, Reading]]:
    """Those that would mean something else, as they are saved and as they are wanted."""
    found = []
    for draft in drafts:
        before = {**draft.seen, **draft.base}
        one, other = _reading(before), _reading({**before, **draft.values})
        if not draft.new and not draft.restore and would_alter(one, other):
            found.append((draft, one, other))
    return found


def _begin(quiz_id: str, uow: UnitOfWork) -> Spread:
    """Begin to count, with the first portion."""
    spread = Spread(uow, quiz_id)
    spread.step(uow)
    return spread


def _until_it_ended(job: Job) -> None:
    """Let the window go on until a job has ended, in whichever way."""
    loop, watch = QEventLoop(), QTimer()
    watch.timeout.connect(lambda: loop.quit() if job.ended is not None else None)
    watch.start(20)
    loop.exec()


def _quiz_of(draft: Draft) -> str:
    return {**draft.seen, **draft.base}.get("quiz_id") or ""


def _reading(values: Mapping[str, str | None]) -> Reading:
    return read(values.get(TYPE), values.get(TEXT), values.get(OPTIONS), values.get(CORRECT), values.get(POINTS))
