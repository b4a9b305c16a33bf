"""Asks before what students have answered is altered, on whichever page, and offers to mark the attempts again."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import QuizAttempt, QuizQuestion
from lms_desktop.models.desk import Job
from lms_desktop.models.drafts import Draft
from lms_desktop.models.live import Batch
from lms_desktop.services.teaching.answer_counts import answered
from lms_desktop.services.teaching.finding import quiz_of
from lms_desktop.services.teaching.questions import MULTIPLE_CHOICE, Reading, read, would_alter
from lms_desktop.views.course.found_questions import one_line
from lms_desktop.views.course.question_fields import CORRECT, OPTIONS, POINTS, QUIZ, TEXT, TYPE
from lms_desktop.views.course.regrade_dialog import RegradeDialog
from lms_desktop.views.feedback import ask
from lms_desktop.views.session import Session
from lms_desktop.views.waiting import wait_for

NAMED = 5
"""Questions that are named one by one before they are saved."""

Alteration = tuple[Draft, Reading, Reading]
"""What is to be saved, how its question is read as it is saved now, and as it is wanted."""


class AnsweredGuard(QObject):
    """Stands before the saves of a page.

    Attributes:
        counts: question id → how many attempts answered it, as far as it is known.

    Signals:
        stale(): of answers and questions something else may be true by now.
        altered(int): what was agreed to is saved, and so many attempts were marked by what was right before; only for
            who may mark them again.
        regraded(object): the Outcome of that.
        trouble(object): an error to show.
    """

    stale = Signal()
    altered = Signal(int)
    regraded = Signal(object)
    trouble = Signal(object)

    def __init__(self, session: Session, page: QWidget) -> None:
        super().__init__(page)
        self._session, self._page = session, page
        self._may = session.may(session.catalog[QuizAttempt], "view")
        self.counts: dict[str, int] = {}
        self._quizzes: dict[str, str | None] = {}
        self._altered: dict[str, int] = {}
        self._agreed: dict[int, Alteration] = {}
        self._to_regrade: tuple[str, ...] = ()
        session.desk.committed.connect(self._committed)
        session.desk.noticed.connect(self._noticed)

    def may_save(self, drafts: Sequence[Draft]) -> bool:
        """Whether these questions may be saved: asked where that alters what was already answered, and once for a save
        that has to be tried again."""
        altering, self._altered = _altering(drafts), {}
        if not altering or not self._may:
            return True
        counts = self._counts_of([draft for draft, _, _ in altering])
        if counts is None:
            return False
        concerned = [alteration for alteration in altering if counts.get(alteration[0].id, 0)]
        if not concerned:
            return True
        title = self.tr("Change the meaning of %n answered question(s)?", "", len(concerned))
        lines = [self._line(alteration, counts[alteration[0].id]) for alteration in concerned[:NAMED]]
        if len(concerned) > NAMED:
            lines.append(self.tr("and %n more", "", len(concerned) - NAMED))
        lines.append(self.tr("Results stay as they are until the attempts are regraded, which is offered afterwards."))
        quizzes = [_saved(draft).get(QUIZ) or self._quizzes.get(draft.id) for draft, _, _ in concerned]
        wanted = {id(alteration[0]): alteration for alteration in concerned}
        if wanted != self._agreed and not ask(
            self._page, title, "\n\n".join(lines), self.tr("Save"), destructive=True, keep=self.tr("Go on editing")
        ):
            return False
        self._agreed = wanted
        self._altered = {draft.id: counts[draft.id] for draft, _, _ in concerned}
        self._to_regrade = tuple(dict.fromkeys(filter(None, quizzes)))
        return True

    def words(self, number: int) -> str:
        """What is said when it is offered to mark so many attempts again."""
        return self.tr("%n attempt(s) were marked by the former answer.", "", number)

    def regrade(self) -> None:
        """Show whose result would change, and mark again where that is wanted: in the quizzes whose questions were
        altered, whichever is shown by now."""
        for quiz_id in self._to_regrade:
            dialog = RegradeDialog(self._session, quiz_id, self._page)
            if dialog.exec() and dialog.outcome is not None:
                self.regraded.emit(dialog.outcome)
            dialog.deleteLater()

    def _counts_of(self, drafts: Sequence[Draft]) -> Mapping[str, int] | None:
        """How many attempts answered these, asked where it is not known; None where the person gave up waiting. A
        table need not show to which quiz they belong: that is asked along."""
        astray = {draft.id for draft in drafts if not _saved(draft).get(QUIZ)} - self._quizzes.keys()
        unknown = [draft.id for draft in drafts if draft.id not in self.counts or draft.id in astray]
        if unknown:
            label = self.tr("Finding out who answered")

            def work(uow: UnitOfWork) -> tuple[dict[str, int], dict[str, str | None]]:
                return answered(uow, unknown), {row_id: quiz_of(uow, row_id) for row_id in astray}

            job = self._session.desk.read(
                work,
                done=self._note,
                failed=self.trouble.emit,
                owner=self,
                label=label,
            )
            if job.ended is None:
                wait_for(job, label, self._page.window())
                _until_it_ended(job)
        # As they are now: while the person is asked, others may answer, and all is forgotten.
        return dict(self.counts) if all(draft.id in self.counts for draft in drafts) else None

    def _note(self, found: tuple[dict[str, int], dict[str, str | None]]) -> None:
        """How many answered, and to which quizzes the questions belong."""
        self.counts.update(found[0])
        self._quizzes.update(found[1])

    def _line(self, alteration: Alteration, number: int) -> str:
        """What is altered of one question, and how many answered it."""
        draft, before, after = alteration
        what = []
        if _moves(draft):
            what.append(self.tr("the quiz"))
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
        text = one_line(before.text or draft.title)
        text = text if len(text) <= 80 else f"{text[:80]}…"
        attempts = self.tr("%n attempt(s) answered it", "", number)
        return self.tr("“{0}”: this changes {1}; {2}.").format(
            text, ", ".join(what) or self.tr("the meaning"), attempts
        )

    def _committed(self, outcome: Outcome, initiator: object) -> None:
        written = {change.id for change in outcome.changes if change.entity is QuizQuestion}
        if any(draft.id in written for draft, _, _ in self._agreed.values()):
            self._agreed = {}
        if self._altered.keys() & written:
            number, self._altered = max(self._altered.values()), {}
            if self._session.may(self._session.catalog[QuizAttempt], "regrade"):
                self.altered.emit(number)
        if outcome.entities & {QuizAttempt, QuizQuestion}:
            self._forget()

    def _noticed(self, batch: Batch) -> None:
        if batch.everything or batch.tables & {"quiz_attempts", "quiz_questions"}:
            self._forget()

    def _forget(self) -> None:
        self.counts.clear()
        self._quizzes.clear()
        self.stale.emit()


def _altering(drafts: Sequence[Draft]) -> list[Alteration]:
    """Those that would mean something else, as they are saved and as they are wanted."""
    found = []
    for draft in drafts:
        before = _saved(draft)
        one, other = _reading(before), _reading({**before, **draft.values})
        if not draft.new and not draft.restore and (would_alter(one, other) or _moves(draft)):
            found.append((draft, one, other))
    return found


def _saved(draft: Draft) -> dict[str, str | None]:
    """What is saved of it, as far as it was seen."""
    return {**draft.seen, **draft.base}


def _moves(draft: Draft) -> bool:
    """Whether it is to go to another quiz, to which the answers do not belong."""
    return QUIZ in draft.values and draft.values[QUIZ] != _saved(draft).get(QUIZ)


def _until_it_ended(job: Job) -> None:
    """Let the window go on until a job has ended, in whichever way."""
    loop, watch = QEventLoop(), QTimer()
    watch.timeout.connect(lambda: loop.quit() if job.ended is not None else None)
    watch.start(20)
    loop.exec()


def _reading(values: Mapping[str, str | None]) -> Reading:
    return read(values.get(TYPE), values.get(TEXT), values.get(OPTIONS), values.get(CORRECT), values.get(POINTS))
