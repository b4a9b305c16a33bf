"""What attempts have to do with the questions of a quiz: how many answered, and how; asked before they are altered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import QuizAttempt
from lms_desktop.models.desk import Job
from lms_desktop.models.drafts import Draft
from lms_desktop.services.teaching.answer_counts import Spread, answered
from lms_desktop.services.teaching.attempts import Walk
from lms_desktop.services.teaching.grading import grade
from lms_desktop.services.teaching.questions import (
    ESSAY,
    MULTIPLE_CHOICE,
    TRUE_FALSE,
    Reading,
    truth_of,
)
from lms_desktop.views.course.answer_bars import Share
from lms_desktop.views.course.answered_guard import AnsweredGuard
from lms_desktop.views.course.portions import Portions

if TYPE_CHECKING:
    from lms_desktop.views.course.questions_part import QuestionsPart

FEW = 5_000
"""Answers up to which they are counted without being asked for: a portion, a fifth of a second."""


class QuestionAnswers(QObject):
    """Tells the editor of a question how it was answered, and asks before what was answered is altered.

    Attributes:
        guard: asks before what was answered is altered; `counts` is what it knows: question id → how many attempts
            answered it.
    """

    def __init__(self, part: QuestionsPart) -> None:
        super().__init__(part)
        self._part, self._session = part, part.session
        self.guard = AnsweredGuard(part.session, part)
        self.counts = self.guard.counts
        self._may = self._session.may(self._session.catalog[QuizAttempt], "view")
        self._job: Job | None = None
        self._shown: str | None = None
        self._spread: Spread | None = None
        self._portions = Portions(self._session, self.tr("Counting the answers"), self)
        self._portions.arrived.connect(self._counted)
        self._portions.failed.connect(lambda error: part.editor.tell_spread((), 0))
        self.guard.stale.connect(self._stale)
        self.guard.altered.connect(self._offer_regrade)
        self.guard.regraded.connect(self._regraded)
        self.guard.trouble.connect(part.trouble)

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
        """Whether these questions may be saved, as the guard says."""
        return self.guard.may_save(drafts)

    def _offer_regrade(self, number: int) -> None:
        """What altered answered questions is saved: offer to mark the attempts again."""
        banner = self._part.say(self.guard.words(number), "warn")
        banner.add_action(self.tr("Regrade…"), self.guard.regrade)

    def _regraded(self, outcome: Outcome) -> None:
        self._part.banner.hide()
        self._part.tell_outcome(outcome)

    # What happens elsewhere

    def _stale(self) -> None:
        self._spread = None
        if self._shown is not None and self._part.isVisible():
            self.show(self._shown)


def _begin(quiz_id: str, uow: UnitOfWork) -> Spread:
    """Begin to count, with the first portion."""
    spread = Spread(uow, quiz_id)
    spread.step(uow)
    return spread
