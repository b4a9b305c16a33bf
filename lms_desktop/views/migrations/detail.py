"""The right of the page: one revision with its plan, its SQL, its rehearsal and what undoing it would lose."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QFrame, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from lms_desktop.database.migrating.sessions import Session
from lms_desktop.errors import ExplainedError
from lms_desktop.models.migrations.revisions import Entry
from lms_desktop.models.wording import said, told, word
from lms_desktop.services.migrating import Overview, Prepared, Scripts
from lms_desktop.spec import Moment
from lms_desktop.views import theme
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.notices import BusyLine
from lms_desktop.views.kit.paint import px
from lms_desktop.views.kit.surfaces import scrolling
from lms_desktop.views.migrations.losses_view import LossesView
from lms_desktop.views.migrations.plan_view import PlanView
from lms_desktop.views.migrations.run_view import RunView
from lms_desktop.views.migrations.safety import Safety
from lms_desktop.views.migrations.sql_view import SqlTab

PLAN, SQL, REHEARSAL, LOSSES, RUN = range(5)

ROOMY = 640
"""From this height on, in pixels at 100 %, what is good to know beforehand stands below a rehearsal's result too."""


class RevisionDetail(QWidget):
    """Shows what is known of one revision, and the run under way.

    Attributes:
        tabs: the parts; the last one is there only once something was applied or rolled back.
        plan, sql, losses: the parts themselves; `rehearsal` and `applying` show runs.
        safety: who is in the way and the backup, below the plan of what may be applied.
    """

    def __init__(self, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._may_apply = self._may_roll_back = False
        self.setProperty("kind", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._build()
        self._space()
        theme.current().changed.connect(self._space)

    def _build(self) -> None:
        self._head = QFrame(self)
        self._head.setProperty("kind", "bar")
        self.title, self.words = label("", "fixed", parent=self._head), label("", "muted", wrap=True, parent=self._head)
        self.tabs = QTabBar(self._head)
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName(self.tr("Parts of the revision"))
        for name in (self.tr("Plan"), self.tr("SQL"), self.tr("Rehearsal"), self.tr("What a rollback loses")):
            self.tabs.addTab(name)
        self._head_box = QVBoxLayout(self._head)
        for widget in (self.title, self.words, self.tabs):
            self._head_box.addWidget(widget)
        self.busy = BusyLine(parent=self)
        self._stack = QStackedWidget(self)
        self.plan, self.sql, self.losses = PlanView(self._stack), SqlTab(self._stack), LossesView(self._stack)
        self.rehearsal = RunView(
            self._zone,
            self.tr("Not rehearsed yet."),
            self.tr("A rehearsal runs everything for real, measures it, and takes it back."),
            self.tr("Rehearse…"),
            self._stack,
        )
        self.applying = RunView(self._zone, self.tr("Nothing was applied yet."), "", "", self._stack)
        for part in (self.plan, self.sql, self.rehearsal, self.losses, self.applying):
            self._stack.addWidget(part)
        self.safety = Safety(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self.busy)
        column.addWidget(scrolling(self._stack, self), 1)
        column.addWidget(self.safety)
        self.tabs.currentChanged.connect(self._tab_changed)
        self._tab_changed(PLAN)

    def _space(self) -> None:
        self._head_box.setContentsMargins(px(16), px(12), px(16), 0)
        self._head_box.setSpacing(px(4))
        font = QFont(theme.current().font(theme.FontRole.FIXED))
        font.setPointSizeF(font.pointSizeF() * 1.1)
        font.setBold(True)
        self.title.setFont(font)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent."""
        super().resizeEvent(event)
        self._show_safety()

    def open_run_tab(self, title: str) -> None:
        """Show the part of what is applied, which is not there before."""
        if self.tabs.count() <= RUN:
            self.tabs.addTab(title)
        self.tabs.setTabText(RUN, title)
        self.tabs.setCurrentIndex(RUN)

    def _tab_changed(self, tab: int) -> None:
        self._stack.setCurrentIndex(tab)
        self._show_safety()

    def _show_safety(self) -> None:
        run = self.applying.run if self.tabs.currentIndex() == RUN else self.rehearsal.run
        running = run is not None and run.running
        high = self.height() >= px(ROOMY)
        self.safety.in_the_way.set_compact(not high)
        roomy = self.rehearsal.run is None or high
        tab = self.tabs.currentIndex()
        up = self._may_apply and (tab == PLAN or (tab == REHEARSAL and roomy))
        self.safety.setVisible((up or (self._may_roll_back and tab == LOSSES)) and not running)

    def settle(self) -> None:
        """A run has begun or ended."""
        self._show_safety()

    # What is shown

    def show_entry(self, entry: Entry) -> None:
        """Show another revision; what it would do comes later."""
        revision = entry.state.revision
        self.title.setText(revision.id)
        self.words.setText(word(revision.description) or self.tr("This application does not know this revision."))
        self._may_apply = self._may_roll_back = False
        self.plan.show_sentence(self.tr("Reading…"))
        self.sql.show_sql("", self.tr("Reading…"))
        self.losses.show_sentence(self.tr("Reading…"))
        self.safety.in_the_way.show_sessions(())
        self._show_safety()

    def show_nothing(self, sentence: str) -> None:
        """There is no revision to show."""
        self.title.setText("")
        self.words.setText("")
        self._may_apply = self._may_roll_back = False
        for part in (self.plan, self.losses):
            part.show_sentence(sentence)
        self.sql.show_sql("", sentence)
        self._show_safety()

    def show_found(
        self, entry: Entry, found: Overview, scripts: Scripts | None, prepared: Prepared | ExplainedError | None
    ) -> None:
        """Show what was found out of a revision: its SQL, and the plan to it or back from it."""
        state = entry.state.state
        self._may_apply = state == "pending" and isinstance(prepared, Prepared)
        self._may_roll_back = False
        self._show_sql(entry, scripts)
        standing = found.of(entry.lineage)
        refused = (
            said(prepared)
            if isinstance(prepared, ExplainedError)
            else " ".join(filter(None, (told(standing.sentence), told(standing.way_out or ""))))
        )
        words = entry.state.revision.words
        if state == "pending" and isinstance(prepared, Prepared):
            self.plan.show_plan(prepared)
            self.safety.backup.show_offer(prepared.plan.database, prepared.dump)
        elif state == "applied":
            self.plan.show_sentence(self._applied(entry), words)
            if isinstance(prepared, Prepared):
                self.safety.backup.show_offer(prepared.plan.database, prepared.dump)
        else:
            self.plan.show_sentence(refused, words)
        if state == "applied" and isinstance(prepared, Prepared):
            self._may_roll_back = found.may and "rollback" in standing.offers
            self.losses.show_losses(entry, prepared, may=self._may_roll_back)
        elif state == "pending" and scripts is not None:
            self.losses.show_pending(scripts)
        else:
            self.losses.show_sentence(refused)
        self._show_safety()

    def show_sessions(self, found: tuple[Session, ...]) -> None:
        """Show who is in the way right now."""
        self.safety.in_the_way.show_sessions(found)

    def _show_sql(self, entry: Entry, scripts: Scripts | None) -> None:
        if scripts is None:
            self.sql.show_sql("", self.tr("This application does not know this revision."))
            return
        note = "" if scripts.up.complete else self.tr("Its SQL depends on the database; a rehearsal shows it.")
        self.sql.show_sql(scripts.up.sql, note)

    def _applied(self, entry: Entry) -> str:
        applied = entry.state.applied
        if applied is None:
            return self.tr("It is applied; when and by whom is not on record.")
        moment = Moment().show(applied.at.strftime("%Y-%m-%d %H:%M:%S+00"), self._zone)
        text = (
            self.tr("Put on record on {0} by {1}, as {2}.")
            if applied.stamped
            else self.tr("Applied on {0} by {1}, as {2}.")
        )
        return text.format(moment, applied.actor, applied.db_role)
