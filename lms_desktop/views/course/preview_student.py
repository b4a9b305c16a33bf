"""Taking a quiz as a student does, to see what it is like: one reading, and nothing is ever written."""

import json
from collections.abc import Callable
from random import Random
from time import monotonic

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import Quiz, QuizQuestion
from lms_desktop.errors import ExplainedError
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.wording import said
from lms_desktop.services.teaching import grading, paper
from lms_desktop.services.teaching.grading import Score
from lms_desktop.services.teaching.paper import Asked, Paper
from lms_desktop.views import theme
from lms_desktop.views.course.question_card import QuestionCard, follow
from lms_desktop.views.course.quiz_outcome import QuizOutcome
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.notices import Banner, BusyLine, EmptyState
from lms_desktop.views.kit.paint import px
from lms_desktop.views.kit.sheet import Sheet
from lms_desktop.views.session import Session

WIDTH, HEIGHT = 720, 640
"""In pixels at 100 %."""

TICK_MS = 200
LAST_SECONDS = 60
"""From here on the clock warns."""


class TakeQuizDialog(Sheet):
    """The quiz as it is saved, to be answered; then the score, and what was right.

    Attributes:
        paper: the quiz, None until it has been read.
        cards: the questions in the order in which they are asked.
        score: what the answers were worth, None until it is finished.
        back, go_on, finish, again: the buttons; `one_by_one` and `all_at_once` choose how much is seen.
    """

    def __init__(
        self,
        session: Session,
        quiz_id: str,
        parent: QWidget | None = None,
        *,
        seed: int | None = None,
        now: Callable[[], float] = monotonic,
    ) -> None:
        """`seed` decides about the shuffled order; `now` are seconds that only go forward."""
        super().__init__("", parent, width=WIDTH, height=HEIGHT, icon="play", tone="info")
        self.setWindowTitle(self.tr("Preview as a student"))
        self.setAccessibleName(self.windowTitle())
        self._session, self._quiz_id, self._random, self._now = session, quiz_id, Random(seed), now
        self.paper: Paper | None = None
        self.cards: list[QuestionCard] = []
        self.score: Score | None = None
        self._at, self._ends = 0, 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)
        self.finished.connect(self._timer.stop)
        self._build()
        self._tell_buttons()
        focus = QApplication.instance()
        if isinstance(focus, QApplication):
            focus.focusChanged.connect(self._focus_changed)
        self._read()

    # Building

    def _build(self) -> None:
        self.busy, self.notice = BusyLine(), Banner("", "info")
        self.notice.hide()
        self._bar = QWidget()
        row = QHBoxLayout(self._bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(8))
        self.progress, self.clock = label("", "muted"), label("", "strong")
        self._modes = QButtonGroup(self)
        self.all_at_once = self._mode(self.tr("All on one page"))
        self.one_by_one = self._mode(self.tr("One by one"))
        row.addWidget(self.progress)
        row.addStretch(1)
        row.addWidget(self.clock)
        row.addWidget(self.all_at_once)
        row.addWidget(self.one_by_one)
        self._pages = QScrollArea()
        self._pages.setWidgetResizable(True)
        self._pages.setFrameShape(QFrame.Shape.NoFrame)
        self._pages.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._pages.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._pages.viewport().setAutoFillBackground(False)
        self.empty = EmptyState("quiz", "")
        self.empty.hide()
        self.add(self.busy, self.notice, self._bar)
        self.column.addWidget(self._pages, 1)
        self.column.addWidget(self.empty, 1)
        self.back = self.add_button(self.tr("Back"), "", self._back)
        self.go_on = self.add_button(self.tr("Next"), "", self.next)
        self.again = self.add_button(self.tr("Take it again"), "", self._begin)
        self._close = self.add_button(self.tr("Close"), "", self.reject)
        self.finish = self.add_button(self.tr("Finish"), "primary", self.end)

    def _mode(self, text: str) -> QPushButton:
        made = button(text, "segment", self._arrange)
        made.setCheckable(True)
        made.setChecked(self._modes.checkedButton() is None)
        self._modes.addButton(made)
        return made

    # Reading

    def _read(self) -> None:
        quiz_id = self._quiz_id

        def work(uow: UnitOfWork) -> Paper:
            return paper.load(uow, quiz_id)

        text = self.tr("Reading the quiz…")
        self.busy.start(text)
        self._session.desk.read(work, done=self._arrived, failed=self._failed, owner=self, label=text)

    def _arrived(self, found: Paper) -> None:
        self.busy.stop()
        self.busy.hide()
        self.paper = found
        self.heading.setText(found.title)
        self._tell_unsaved(found)
        self._begin()

    def _failed(self, error: ExplainedError) -> None:
        self.busy.stop()
        self.busy.hide()
        self.empty.tell(said(error), icon="warning")
        self._show_empty()

    def _tell_unsaved(self, found: Paper) -> None:
        drafts, own = self._session.drafts, set(found.order)
        edited = _concerned(drafts[QuizQuestion], own, found.quiz_id) + _concerned(
            drafts[Quiz], {found.quiz_id}, found.quiz_id
        )
        if edited:
            text = self.tr("This is the quiz as it is saved: %n unsaved change(s) are not in it.", "", edited)
            self.notice.tell(text, "warn")
            self.notice.show()

    # Taking it

    def _begin(self) -> None:
        """Ask all questions, from the first one on."""
        assert self.paper is not None
        self.score, self._at = None, 0
        asked = list(self.paper.questions)
        if not asked:
            self.empty.tell(self.tr("This quiz has no questions yet."))
            self._show_empty()
            return
        if self.paper.shuffle:
            self._random.shuffle(asked)
        self._lay_out(asked)
        minutes = self.paper.minutes or 0
        self._ends = self._now() + minutes * 60
        self.clock.setVisible(minutes > 0)
        theme.set_kind(self.clock, "strong")
        if minutes > 0:
            self._tell_clock(minutes * 60)
            self._timer.start()
        self._arrange()

    def _lay_out(self, asked: list[Asked]) -> None:
        body = _body()
        column = body.layout()
        assert isinstance(column, QVBoxLayout)
        assert self.paper is not None
        if self.paper.description:
            column.addWidget(label(self.paper.description, "muted", wrap=True))
        self.cards = [QuestionCard(each, place, len(asked)) for place, each in enumerate(asked, 1)]
        for card in self.cards:
            card.changed.connect(self._tell_progress)
            column.addWidget(card)
        column.addStretch(1)
        self._pages.setWidget(body)
        follow(self.one_by_one, self.cards)

    def _arrange(self) -> None:
        """Show all questions, or the one it has come to."""
        if self.score is not None or not self.cards:
            return
        single = self.one_by_one.isChecked()
        for i, card in enumerate(self.cards):
            card.setVisible(not single or i == self._at)
        self._tell_buttons()
        self._go(self._at)

    def _go(self, at: int) -> None:
        """Come to a question: show it and put the keyboard there."""
        self._at = at
        if self.one_by_one.isChecked():
            for i, card in enumerate(self.cards):
                card.setVisible(i == at)
        self.cards[at].first().setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, self.cards[at], lambda: self._pages.ensureWidgetVisible(self.cards[at], 0, px(8)))
        self._tell_progress()
        self._tell_buttons()

    def _focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        """The person came to a question by Tab or by the mouse."""
        for i, card in enumerate(self.cards):
            if card.holds(now):
                self._at = i

    def next(self) -> None:
        """On to the next question; behind the last one stands the end."""
        if self._at + 1 < len(self.cards):
            self._go(self._at + 1)
        else:
            self.finish.setFocus(Qt.FocusReason.OtherFocusReason)

    def _back(self) -> None:
        self._go(max(self._at - 1, 0))

    def end(self) -> None:
        """Finish: mark the answers as an attempt's are, and show what was right."""
        if self.paper is None or self.score is not None or not self.cards:
            return
        late = self._timer.isActive() and self._now() >= self._ends
        self._timer.stop()
        given = {card.asked.id: card.answer() for card in self.cards}
        kept = json.dumps([{"question_id": key, "answer": answer} for key, answer in given.items()])
        self.score = grading.score(self.paper.readings, kept, self.paper.passing)
        outcome = QuizOutcome(self.paper, self.score, given, [card.asked for card in self.cards], late=late)
        body = _body()
        column = body.layout()
        assert column is not None
        column.addWidget(outcome)
        self.cards = []
        self._pages.setWidget(body)
        self.clock.hide()
        self._tell_buttons()
        self.again.setFocus(Qt.FocusReason.OtherFocusReason)
        QAccessible.updateAccessibility(QAccessibleEvent(outcome, QAccessible.Event.Alert))

    # The clock

    def tick(self) -> None:
        """Tell the time that is left; where there is none, that is the end."""
        if not self._timer.isActive():
            return
        left = self._ends - self._now()
        if left <= 0:
            self.end()
        else:
            self._tell_clock(left)

    def _tell_clock(self, left: float) -> None:
        seconds = round(left + 0.499)
        hours, rest = divmod(seconds, 3600)
        shown = f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"
        if shown == self.clock.text():
            return
        self.clock.setText(shown)
        self.clock.setAccessibleName(self.tr("{0} left").format(shown))
        if seconds <= LAST_SECONDS and self.clock.property("kind") != "bad":
            theme.set_kind(self.clock, "bad")
            QAccessible.updateAccessibility(QAccessibleEvent(self.clock, QAccessible.Event.Alert))

    # What is said and shown

    def _tell_progress(self) -> None:
        answered = sum(card.answer() is not None for card in self.cards)
        locale = self.locale()
        whole, done = locale.toString(len(self.cards)), locale.toString(answered)
        text = self.tr("{0} of {1} answered").format(done, whole)
        if self.one_by_one.isChecked():
            text = self.tr("Question {0} of {1}").format(locale.toString(self._at + 1), whole) + " · " + text
        self.progress.setText(text)

    def _tell_buttons(self) -> None:
        taking = self.score is None and bool(self.cards)
        single = self.one_by_one.isChecked()
        self._bar.setVisible(taking)
        self.back.setVisible(taking and single)
        self.go_on.setVisible(taking and single)
        self.back.setEnabled(self._at > 0)
        self.go_on.setEnabled(self._at + 1 < len(self.cards))
        self.finish.setVisible(taking)
        self.again.setVisible(self.score is not None)

    def _show_empty(self) -> None:
        self._pages.hide()
        self.empty.show()
        self._tell_buttons()
        self._close.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override Sheet.keyPressEvent: Enter in a question goes on to the next one."""
        focused = QApplication.focusWidget()
        entered = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if entered and any(card.holds(focused) for card in self.cards):
            self.next()
            event.accept()
        else:
            super().keyPressEvent(event)


def _body() -> QWidget:
    body = QWidget()
    body.setProperty("kind", "scrolled")
    column = QVBoxLayout(body)
    column.setContentsMargins(0, 0, px(8), 0)
    column.setSpacing(px(12))
    return body


def _concerned(drafts: Drafts, ids: set[str], quiz_id: str) -> int:
    """How many unsaved values belong to this quiz."""
    rows = (d for d in drafts.all() if d.id in ids or d.values.get("quiz_id") == quiz_id)
    return drafts.changes({d.id for d in rows}.__contains__)
