"""One attempt in full: whose it is, when, its score, and each answer beside the right one."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QLocale, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.errors import ExplainedError
from lms_desktop.models.desk import Job
from lms_desktop.models.render import half_up, render
from lms_desktop.models.wording import said as said_error
from lms_desktop.services.teaching import results
from lms_desktop.services.teaching.marking import BY_PLACE, said
from lms_desktop.services.teaching.results import AttemptInFull
from lms_desktop.spec import Moment
from lms_desktop.views.course.answer_card import AnswerCard
from lms_desktop.views.kit.flow import FlowLayout
from lms_desktop.views.kit.labels import ElidedLabel, Tag, label
from lms_desktop.views.kit.notices import Banner, BusyLine, EmptyState
from lms_desktop.views.kit.paint import px
from lms_desktop.views.session import Session


class AttemptDetail(QFrame):
    """Shows one attempt.

    Attributes:
        shown: what is shown; None while it is read, and for none.
        cards: its questions.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "panel")
        self._session = session
        self._wanted = ""
        self._job: Job | None = None
        self.shown: AttemptInFull | None = None
        self.cards: list[AnswerCard] = []
        self.busy = BusyLine()
        self._stack = QStackedWidget()
        self.empty = EmptyState("attempts", "")
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName(self.tr("Answers of the attempt"))
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._scroll)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.busy)
        column.addWidget(self._stack, 1)
        self.setMinimumWidth(px(240))
        self.show_attempt("")

    def show_attempt(self, attempt_id: str) -> None:
        """Show an attempt; "" for none."""
        if attempt_id == self._wanted and attempt_id:
            return
        self._wanted = attempt_id
        self._read()

    def attempt_id(self) -> str:
        """The attempt that is shown, or on its way; "" for none."""
        return self._wanted

    def refresh(self) -> None:
        """Read it again."""
        self._read()

    def _read(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
        wanted = self._wanted
        if not wanted:
            self.busy.stop()
            self._say(self.tr("Select an attempt to see its answers beside the right ones."))
            return
        text = self.tr("Reading the attempt…")
        self.busy.start(text)
        job = self._session.desk.read(
            partial(_load, wanted), done=partial(self._arrived, wanted), failed=self._failed, owner=self, label=text
        )
        if job.ended is None:
            self._job = job

    def _arrived(self, wanted: str, found: AttemptInFull | None) -> None:
        if wanted != self._wanted:
            return
        self._job = None
        self.busy.stop()
        if found is None:
            self._say(self.tr("This attempt is no longer there."))
            return
        at = self._scroll.verticalScrollBar().value() if self.shown and self.shown.id == found.id else 0
        self.shown = found
        self._scroll.setWidget(self._body(found))
        self._scroll.verticalScrollBar().setValue(at)
        self._stack.setCurrentWidget(self._scroll)

    def _failed(self, error: ExplainedError) -> None:
        self._job = None
        self.busy.stop()
        self._say(said_error(error))

    def _say(self, text: str) -> None:
        self.shown, self.cards = None, []
        self.empty.tell(text)
        self._stack.setCurrentWidget(self.empty)

    # What is shown

    def _body(self, found: AttemptInFull) -> QWidget:
        body = QWidget()
        body.setProperty("kind", "scrolled")
        column = QVBoxLayout(body)
        column.setContentsMargins(px(16), px(12), px(16), px(16))
        column.setSpacing(px(10))
        name = ElidedLabel(found.student or found.email or self.tr("A student who is no longer there"), "title")
        column.addWidget(name)
        if found.student:
            column.addWidget(ElidedLabel(found.email, "muted"))
        column.addWidget(self._tags(found))
        column.addWidget(label(self._when(found), "muted", wrap=True))
        for text in self._notes(found):
            column.addWidget(Banner(text, "warn"))
        self.cards = [AnswerCard(answered) for answered in found.questions]
        for card in self.cards:
            column.addWidget(card)
        if found.lost:
            text = self.tr("Answers to questions that are no longer there:")
            column.addWidget(label(text, "small", wrap=True))
            column.addWidget(label("\n".join(said(texts) or "—" for texts in found.lost), wrap=True))
        column.addStretch(1)
        return body

    def _tags(self, found: AttemptInFull) -> QWidget:
        holder = QWidget()
        flow = FlowLayout(holder)
        if found.score is None:
            flow.addWidget(Tag(self.tr("No score yet"), "neutral"))
        else:
            score = self.tr("{0} % of the points").format(self.locale().toString(found.score))
            flow.addWidget(Tag(score, "info"))
        if found.passed is not None:
            passed = self.tr("Passed") if found.passed else self.tr("Not passed")
            flow.addWidget(Tag(passed, "ok" if found.passed else "warn"))
        return holder

    def _when(self, found: AttemptInFull) -> str:
        zone = self._session.zone
        started = render(Moment(), found.started, zone).text
        if found.ended is None:
            return self.tr("Started {0}, under way").format(started)
        ended = render(Moment(), found.ended, zone).text
        if found.minutes is None:
            return self.tr("{0} to {1}").format(started, ended)
        took = QLocale().toString(half_up(found.minutes))
        return self.tr("{0} to {1}, {2} min").format(started, ended, took)

    def _notes(self, found: AttemptInFull) -> list[str]:
        notes = []
        if found.form == BY_PLACE:
            notes.append(
                self.tr("These answers are kept by place: they belong to these questions only if none was moved.")
            )
        elif not found.questions or not any(answered.given for answered in found.questions):
            notes.append(self.tr("No answer is kept that belongs to a question of this quiz."))
        persons = any(answered.verdict.right is None for answered in found.questions)
        if found.ended is not None and found.now is not None and found.now != found.score and not persons:
            now = self.locale().toString(found.now)
            notes.append(self.tr("By the questions as they are now, these answers would get {0} %.").format(now))
        return notes

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.setMinimumWidth(px(240))


def _load(attempt_id: str, uow: UnitOfWork) -> AttemptInFull | None:
    return results.attempt(uow, attempt_id)
