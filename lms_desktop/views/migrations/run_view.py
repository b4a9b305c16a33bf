"""A run as it goes on, and what came of it: the statements, the log, who is in the way, the end."""

from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from lms_desktop.database.migrating.events import (
    Event,
    Saving,
    StatementBegan,
    StatementDone,
    StepBegan,
    TriedInVain,
    Waiting,
)
from lms_desktop.database.migrating.failures import Told
from lms_desktop.database.migrating.rehearsal import Rehearsal
from lms_desktop.database.migrating.running import Report
from lms_desktop.errors import Cancelled, ExplainedError
from lms_desktop.models.migrations.measures import MeasuresModel
from lms_desktop.models.migrations.run import MigrationRun, RunEnd
from lms_desktop.models.wording import reason, said, told
from lms_desktop.views import theme
from lms_desktop.views.feedback import copy_details
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.labels import ElidedLabel, SectionLabel
from lms_desktop.views.kit.notices import Banner, EmptyState
from lms_desktop.views.kit.paint import Tone, px
from lms_desktop.views.migrations import words
from lms_desktop.views.migrations.tables import RunTable

GATHER_MS = 40
"""What is told within this time is shown together."""
STEPS = 1000
"""Of the progress bar."""
MOST_LINES = 2000
"""Of the log."""


class RunView(QWidget):
    """Shows one run. Before the first it says that there was none and offers one.

    Attributes:
        result: how it ended; `waiting`: who is in the way, with what can be done about it.
        measures: the statements; `table` shows them.
        log: the lines.

    Signals:
        wanted(): the person wants to begin.
        progressed(float, str): it has come so far (0 to 1) and does this now.
    """

    wanted = Signal()
    progressed = Signal(float, str)

    def __init__(self, zone: str, empty: str, detail: str, offer: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone, self._offer, self._empty_words = zone, offer, (empty, detail)
        self.run: MigrationRun | None = None
        self._queue: list[Event] = []
        self._step = (0, 1)
        self._title = ""
        self._gather = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._gather.timeout.connect(self._flush)
        self._build()
        self.offer(False)

    def _build(self) -> None:
        self._stack = QStackedWidget(self)
        self.empty = EmptyState("play", "", parent=self._stack)
        self.empty.acted.connect(self.wanted)
        inner = QWidget(self._stack)
        self.result, self.waiting = Banner("", "ok", parent=inner), Banner("", "warn", parent=inner)
        self._bar = QWidget(inner)
        row = QHBoxLayout(self._bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(8))
        self.doing = ElidedLabel("", "muted", self._bar)
        self.progress = QProgressBar(self._bar)
        self.progress.setRange(0, STEPS)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(px(160))
        self.cancel_button = button(self.tr("Cancel"), "", self._cancel, parent=self._bar)
        row.addWidget(self.doing, 1)
        row.addWidget(self.progress)
        row.addWidget(self.cancel_button)
        self.measures = MeasuresModel(self)
        self.table = RunTable(self.measures, self.tr("Statements of the run"), inner)
        self._log_title = SectionLabel(self.tr("Log"), inner)
        self.log = QPlainTextEdit(inner)
        self.log.setReadOnly(True)
        self.log.setMaximumBlockCount(MOST_LINES)
        self.log.setAccessibleName(self.tr("Log of the run"))
        self.log.setTabChangesFocus(True)
        self.log.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self._column = QVBoxLayout(inner)
        for widget in (self.result, self.waiting, self._bar):
            self._column.addWidget(widget)
        self._column.addWidget(self.table, 3)
        self._column.addWidget(self._log_title)
        self._column.addWidget(self.log, 1)
        self._inner = inner
        self._stack.addWidget(self.empty)
        self._stack.addWidget(inner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        for hidden in (self.result, self.waiting, self._bar):
            hidden.hide()
        self._space()
        theme.current().changed.connect(self._space)

    def _space(self) -> None:
        self._column.setContentsMargins(px(16), px(12), px(16), px(12))
        self._column.setSpacing(px(10))
        self.log.setFont(theme.current().font(theme.FontRole.FIXED))
        self.log.setMinimumHeight(px(64))
        self.table.setMinimumHeight(px(96))

    def offer(self, may: bool) -> None:
        """Whether a first run can be begun here."""
        text, detail = self._empty_words
        self.empty.tell(text, self._offer if may else "", detail)

    def follow(self, run: MigrationRun, title: str) -> None:
        """Show a run from its beginning on."""
        self.run, self._title, self._step = run, title, (0, 1)
        self._queue = list(run.events)
        statements = [statement for step in run.plan.steps for statement in step.written.statements]
        self.measures.made = frozenset(name for statement in statements for name in statement.makes)
        self.measures.show((), measured=run.kind == "rehearsal")
        self.log.clear()
        self.result.hide()
        self.waiting.hide()
        self._bar.show()
        self.cancel_button.setEnabled(True)
        self.cancel_button.setAccessibleName(self.tr("Cancel: {0}").format(title))
        self.progress.setAccessibleName(title)
        self._show_progress(0.0, "")
        self._write(title)
        self._stack.setCurrentWidget(self._inner)
        run.told.connect(self._told)
        run.asked.connect(self._asked)
        run.ended.connect(self._ended)
        self.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Show that there was no run."""
        if self.run is None or not self.run.running:
            self.run = None
            self._stack.setCurrentWidget(self.empty)

    # What is told

    def _told(self, event: Event) -> None:
        self._queue.append(event)
        if not self._gather.isActive():
            self._gather.start()

    def _flush(self) -> None:
        events, self._queue = self._queue, []
        doing = ""
        for event in events:
            if isinstance(event, StatementDone):
                self.measures.add(event.measure)
            elif isinstance(event, Waiting):
                self._wait(event)
            elif isinstance(event, TriedInVain) and event.pause is not None:
                self._again(event)
            elif isinstance(event, StepBegan | StatementBegan | Saving):
                doing = self._doing(event)
            if text := words.line(event):
                self._write(text)
        if doing:
            self._show_progress(self._fraction, doing)
        if events:
            self.table.scrollToBottom()

    def _doing(self, event: StepBegan | StatementBegan | Saving) -> str:
        if isinstance(event, Saving):
            self._fraction = min(0.99, event.written / event.whole) if event.whole else 0.0
            return words.saving(event)
        if isinstance(event, StepBegan):
            self._step = (event.number - 1, event.total)
            self._fraction = self._step[0] / self._step[1]
            return self.tr("{0} ({1} of {2})").format(event.step.revision.id, event.number, event.total)
        done, total = self._step
        share = (event.number - 1) / event.total if event.total else 0.0
        self._fraction = min(1.0, (done + min(share, 1.0)) / total)
        statement = " ".join(event.sql.split())[:80]
        if event.total:
            return self.tr("Statement {0} of {1}: {2}").format(event.number, event.total, statement)
        return self.tr("Statement {0}: {1}").format(event.number, statement)

    _fraction = 0.0

    def _show_progress(self, fraction: float, text: str) -> None:
        self._fraction = fraction
        self.doing.setText(text or self._title)
        self.progress.setValue(round(fraction * STEPS))
        self.progressed.emit(fraction, text)

    def _write(self, text: str) -> None:
        now = datetime.now(ZoneInfo(self._zone)).strftime("%H:%M:%S")
        self.log.appendPlainText(f"{now}  {text}")

    # Others

    def _wait(self, event: Waiting) -> None:
        text = words.waiting(event)
        if self.run is not None and self.run.question is not None:
            return
        if not text:
            self.waiting.hide()
            return
        self._say_waiting(text)

    def _again(self, event: TriedInVain) -> None:
        self._say_waiting(words.line(event))

    def _say_waiting(self, text: str) -> None:
        if self.waiting.isHidden():
            self._offer_ways(asked=False)
        if text != self.waiting.text:
            self.waiting.tell(text, "warn")
        self.waiting.show()

    def _asked(self, last: TriedInVain) -> None:
        self._flush()
        text = self.tr("The table could not be locked in {0} tries: it is held by {1}. Nothing is held by us.")
        self.waiting.tell(text.format(last.tries, words.who(last.blockers) or "?"), "warn")
        wait = self._offer_ways(asked=True)
        self.waiting.show()
        if wait is not None:
            wait.setFocus(Qt.FocusReason.OtherFocusReason)

    def _offer_ways(self, *, asked: bool) -> QWidget | None:
        self.waiting.clear_actions()
        wait = self.waiting.add_action(self.tr("Wait"), lambda: self._answer(True)) if asked else None
        self.waiting.add_action(self.tr("Give up"), lambda: self._answer(False) if asked else self._cancel())
        return wait

    def _answer(self, go_on: bool) -> None:
        self.waiting.hide()
        self.waiting.clear_actions()
        if self.run is not None:
            self.run.answer(go_on)
        self.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _cancel(self) -> None:
        self.cancel_button.setEnabled(False)
        self.waiting.hide()
        if self.run is not None and self.run.running:
            self.doing.setText(self.tr("Stopping; what is not committed is rolled back…"))
            self.run.cancel()

    # The end

    def _ended(self) -> None:
        self._gather.stop()
        self._flush()
        run = self.run
        if run is None or run.end is None:
            return
        self._bar.hide()
        self.waiting.hide()
        text, strong, tone, error = self._words(run.end)
        self._write(text)
        self.result.clear_actions()
        self.result.tell(text, tone, strong=strong)
        if error is not None and error.details:
            self.result.add_action(self.tr("Copy details"), lambda: copy_details(error))
        self.result.show()
        value = run.end.value
        if value is not None:
            self.measures.show(value.measures, measured=run.kind == "rehearsal")
            self.table.scrollToTop()

    def _words(self, end: RunEnd) -> tuple[str, str, Tone, ExplainedError | None]:
        """What is said of the end, what of that in semi-bold, the tone, and the error where there is one."""
        if end.error is not None:
            tone: Tone = "warn" if isinstance(end.error, Cancelled) else "bad"
            return self._failure(end.error), reason(end.error), tone, end.error
        if isinstance(end.value, Rehearsal):
            return self._rehearsed(end.value)
        assert isinstance(end.value, Report)
        verified = end.value.verified
        strong = self.tr("Done in {0}.").format(words.seconds(end.value.seconds))
        parts = [strong, self._count(end.value), told(verified.sentence)]
        if end.value.dump is not None:
            parts.append(self.tr("The database as it was before is in {0}.").format(end.value.dump))
        return " ".join(parts), strong, "ok" if verified.good else "bad", None

    def _count(self, report: Report) -> str:
        number = len(report.plan.steps)
        if report.plan.direction == "upgrade":
            return self.tr("%n revision(s) applied.", "", number)
        return self.tr("%n revision(s) rolled back.", "", number)

    def _rehearsed(self, found: Rehearsal) -> tuple[str, str, Tone, ExplainedError | None]:
        if found.failure is not None:
            text = self._failure(found.failure)
            return f"{text} {told(found.sentence)}", reason(found.failure), "bad", found.failure
        rows = self.locale().toString(found.before.rows)
        place = (
            self.tr("{0} rehearsed in {1} on a copy with {2} rows.")
            if found.on_copy
            else self.tr("{0} rehearsed in {1} on this database with {2} rows.")
        )
        strong = place.format(words.steps(found.plan), words.seconds(found.seconds), rows)
        parts = [strong, told(found.sentence)]
        if found.skipped:
            names = ", ".join(revision.id for revision in found.skipped)
            parts.append(self.tr("Not rehearsed, for it commits in its midst: {0}.").format(names))
        safe = found.rolled_back or found.on_copy
        return " ".join(parts), strong, "warn" if found.skipped else "ok" if safe else "bad", None

    def _failure(self, error: ExplainedError) -> str:
        text = said(error)
        if isinstance(error, Told) and (todo := getattr(error, "todo", None)) is not None:
            text = f"{text} {told(todo)}"
        return text

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent."""
        super().resizeEvent(event)
        self.progress.setFixedWidth(min(px(160), max(px(60), self.width() // 4)))
