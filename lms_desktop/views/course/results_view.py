"""What came of a quiz: the spread of its scores, how hard its questions were, its attempts one by one."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from lms_desktop import policy
from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import Quiz, QuizAttempt, QuizQuestion
from lms_desktop.errors import ExplainedError
from lms_desktop.models.live import Batch
from lms_desktop.models.render import half_up
from lms_desktop.models.wording import said, told
from lms_desktop.services.teaching import results
from lms_desktop.services.teaching.attempts import Walk
from lms_desktop.services.teaching.results import Figures, Hardness
from lms_desktop.views.course.attempt_detail import AttemptDetail
from lms_desktop.views.course.attempt_list import AttemptList
from lms_desktop.views.course.portions import Portions
from lms_desktop.views.course.regrade_dialog import RegradeDialog
from lms_desktop.views.course.results_export import ResultsExport
from lms_desktop.views.course.results_overview import ResultsOverview
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.flow import FlowLayout
from lms_desktop.views.kit.labels import ElidedLabel
from lms_desktop.views.kit.notices import Banner, BusyLine
from lms_desktop.views.kit.paint import px
from lms_desktop.views.kit.surfaces import scrolling
from lms_desktop.views.session import Session

CONCERNED = frozenset({Quiz, QuizQuestion, QuizAttempt})

FEW = 10_000
"""Attempts up to which the questions are worked out again by themselves when something changes."""

SOON_MS = 1000
"""So long what changes is gathered before it is read again."""

WIDE = 880
"""From this width on, in pixels at 100 %, list and attempt stand side by side."""
HALF = 1_000
"""As long as both have it, each gets half of what there is."""


class ResultsView(QWidget):
    """The results of one quiz: an overview, and the attempts with their answers.

    Attributes:
        figures: what is shown, None until it has been read; `hardness` likewise.
        overview, attempts, detail: its parts.
        regrade: the button, there for those who may; `export` another one, and `exporting` what it does.

    Signals:
        open_requested(object): a Destination.
        arrived(): other figures are shown.
        message(str): a sentence about what was done.
        trouble(object): an error that belongs in a box.
    """

    open_requested = Signal(object)
    arrived = Signal()
    message = Signal(str)
    trouble = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._quiz_id = ""
        self._stale = self._questions_stale = False
        self.figures: Figures | None = None
        self.hardness: Hardness | None = None
        self._portions = Portions(session, self.tr("Looking at the answers"), self)
        self._portions.told.connect(self._seen)
        self._portions.arrived.connect(self._worked_out)
        self._portions.failed.connect(self._failed)
        self._soon = QTimer(self, singleShot=True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self._read)
        self._build()
        self.exporting = ResultsExport(session, self)
        self._column.addWidget(self.exporting.bar)
        self.exporting.begun.connect(lambda: self.busy.start(self.tr("Reading the attempts…")))
        self.exporting.told.connect(self.busy.advance)
        self.exporting.ended.connect(self._rest)
        self.exporting.message.connect(self.message)
        self.exporting.trouble.connect(self.trouble)
        session.desk.committed.connect(self._committed)
        session.desk.noticed.connect(self._noticed)

    # What others use

    def show_quiz(self, quiz_id: str) -> None:
        """Show the results of this quiz, at once where it is seen, else as soon as it is."""
        if quiz_id == self._quiz_id:
            return
        self._portions.stop()
        self._quiz_id = quiz_id
        self.figures = self.hardness = None
        self.sums.setText("")
        self.banner.hide()
        self.overview.forget()
        self.attempts.hide()  # until those of this quiz are there
        self.detail.show_attempt("")
        self._stale = self._questions_stale = bool(quiz_id)
        if self.isVisible():
            self._read()

    def show_attempt(self, attempt_id: str) -> None:
        """Show one of the quiz's attempts beside the list."""
        self.show_attempts.setChecked(True)
        self._turn_to(1)
        self.detail.show_attempt(attempt_id)

    def quiz_id(self) -> str:
        """The quiz shown, "" for none."""
        return self._quiz_id

    def attempt_id(self) -> str:
        """The attempt that is shown, "" for none."""
        return self.detail.attempt_id() if self._stack.currentWidget() is self._halves else ""

    def take_keyboard(self) -> None:
        """Put the keyboard where the work begins."""
        at = self.attempts.table if self._stack.currentWidget() is self._halves else self.show_overview
        at.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Read everything again, as soon as somebody sees it."""
        self._stale = self._questions_stale = bool(self._quiz_id)
        if not self.isVisible():
            return
        self.attempts.model.refresh()
        self.detail.refresh()
        self._read()

    # Building

    def _build(self) -> None:
        self.busy, self.banner = BusyLine(), Banner("", "bad")
        self.banner.hide()
        self._head = QWidget()
        flow = FlowLayout(self._head)
        self._choice = QButtonGroup(self)
        self.show_overview = self._segment(self.tr("Overview"), 0)
        self.show_attempts = self._segment(self.tr("Attempts"), 1)
        self.sums = ElidedLabel("", "muted")
        self.regrade = button(self.tr("Regrade…"), "", self._regrade, icon="refresh")
        self.regrade.setVisible(False)
        self.export = button(self.tr("Export…"), "", self._export, icon="export")
        self.export.setVisible(False)
        for widget in (self.show_overview, self.show_attempts, self.regrade, self.export, self.sums):
            flow.addWidget(widget)
        self.overview = ResultsOverview(self)
        self.overview.again.clicked.connect(self._work_out)
        self.attempts = AttemptList(self._session)
        self.detail = AttemptDetail(self._session)
        self.attempts.chosen.connect(self.detail.show_attempt)
        self.attempts.open_requested.connect(self.open_requested)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self.attempts)
        self.splitter.addWidget(self.detail)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.overview)
        # One below the other they need more than some screens have.
        self._halves = scrolling(self.splitter, self._stack)
        self._stack.addWidget(self._halves)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        for part in (self._head, self.busy, self.banner):
            self._column.addWidget(part)
        self._column.addWidget(self._stack, 1)
        self._space()

    def _segment(self, text: str, page: int) -> QPushButton:
        made = button(text, "segment", partial(self._turn_to, page))
        made.setCheckable(True)
        made.setChecked(page == 0)
        self._choice.addButton(made)
        return made

    def _turn_to(self, page: int) -> None:
        self._stack.setCurrentIndex(page)

    # Reading

    def _read(self) -> None:
        """Read what is stale, where somebody sees it."""
        quiz_id = self._quiz_id
        if not quiz_id or not self._stale or not self.isVisible():
            return
        self._stale = False
        text = self.tr("Reading the results…")
        self.busy.start(text)

        def work(uow: UnitOfWork) -> Figures:
            return results.figures(uow, quiz_id)

        arrived, failed = partial(self._arrived, quiz_id), partial(self._not_read, quiz_id)
        self._session.desk.read(work, done=arrived, failed=failed, owner=self, label=text)

    def _arrived(self, quiz_id: str, found: Figures) -> None:
        if quiz_id != self._quiz_id:
            return
        self._rest()
        self.banner.hide()
        self.figures = found
        self.sums.setText(self._words(found))
        self.overview.show_figures(found)
        self.attempts.show_quiz(quiz_id, found.title)
        self.attempts.show()
        if self._questions_stale and self.detail.shown is not None:
            self.detail.refresh()
        self.arrived.emit()
        may = policy.may(self._session.actor, QuizAttempt, "regrade")
        self.regrade.setVisible(may)
        self.regrade.setEnabled(found.attempts > found.under_way)
        self.export.setVisible(True)
        self.export.setEnabled(found.attempts > 0)
        if not self._questions_stale:
            return
        if self.hardness is None or found.attempts <= FEW:
            self._work_out()
        else:
            self.overview.offer_again()

    def _work_out(self) -> None:
        """How hard the questions are."""
        quiz_id = self._quiz_id

        def begin(uow: UnitOfWork) -> Walk:
            walk = Hardness(uow, quiz_id)
            walk.step(uow)
            return walk

        self._questions_stale = False
        self.busy.start(self.tr("Looking at the answers…"))
        self._portions.start(begin)

    def _seen(self, seen: int, total: int) -> None:
        self.busy.advance(seen, total)
        self.overview.tell_progress(seen, total)

    def _worked_out(self, walk: Hardness) -> None:
        self._rest()
        self.hardness = walk
        self.overview.show_hardness(walk)

    def _not_read(self, quiz_id: str, error: ExplainedError) -> None:
        if quiz_id == self._quiz_id:
            self._stale = True
            self._failed(error)

    def _failed(self, error: ExplainedError) -> None:
        self._questions_stale = True
        self._rest()
        self.banner.clear_actions()
        self.banner.tell(said(error), "bad")
        self.banner.add_action(self.tr("Try again"), self._try_again)
        self.banner.show()

    def _try_again(self) -> None:
        self._stale = True
        self._read()

    def _rest(self) -> None:
        """Something has been read: the line stops, unless a file is still on its way."""
        if not self.exporting.busy:
            self.busy.stop()

    # What changes meanwhile

    def _committed(self, outcome: Outcome, _initiator: object) -> None:
        if CONCERNED & outcome.entities:
            self._changed()

    def _noticed(self, batch: Batch) -> None:
        if batch.everything or batch.tables & {entity.__tablename__ for entity in CONCERNED}:
            self._changed()

    def _changed(self) -> None:
        if self._quiz_id:
            self._stale = self._questions_stale = True
            self._soon.start()

    # Regrading

    def _regrade(self) -> None:
        dialog = RegradeDialog(self._session, self._quiz_id, self)

        def done() -> None:
            if dialog.outcome is not None:
                self.message.emit(told(dialog.outcome.sentence))

        dialog.accepted.connect(done)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # Exporting

    def _export(self) -> None:
        if self.figures is not None:
            self.exporting.ask(self._quiz_id, self.figures.title)

    # What is said

    def _words(self, found: Figures) -> str:
        if not found.attempts:
            return ""
        locale = self.locale()
        parts = [self.tr("%n attempt(s)", "", found.attempts)]
        if found.under_way:
            parts.append(self.tr("%n under way", "", found.under_way))
        if found.unmarked:
            parts.append(self.tr("%n without a score", "", found.unmarked))
        if found.scored and found.median is not None:
            passed = min(half_up(100 * found.passed / found.scored), 100)
            parts.append(self.tr("{0} % passed").format(locale.toString(passed)))
            parts.append(self.tr("median {0} % of the points").format(locale.toString(half_up(found.median))))
        if found.minutes is not None:
            parts.append(self.tr("usually {0} min").format(locale.toString(half_up(found.minutes))))
        return " · ".join(parts)

    def showEvent(self, event: QShowEvent) -> None:
        """Override QWidget::showEvent: now it is wanted."""
        super().showEvent(event)
        self._read()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent: where it is narrow, the attempt stands below the list."""
        super().resizeEvent(event)
        way = Qt.Orientation.Horizontal if self.width() >= px(WIDE) else Qt.Orientation.Vertical
        if way != self.splitter.orientation():
            self.splitter.setOrientation(way)
            self.splitter.setSizes([HALF, HALF])  # else an attempt gets what the list would rather not have

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def _space(self) -> None:
        self._head.setContentsMargins(px(16), px(10), px(16), px(10))
        self._column.setContentsMargins(0, 0, 0, 0)
        self._stack.setMinimumHeight(px(80))  # where there is less room than for all, what stands above is seen first
