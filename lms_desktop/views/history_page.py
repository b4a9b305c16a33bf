"""The history: what was done here, what was deleted and can be restored, who signed in."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSplitter, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from lms_desktop.admin.logs import OPERATIONS, logs_for
from lms_desktop.database.unit_of_work import Outcome
from lms_desktop.errors import ExplainedError
from lms_desktop.models.wording import word
from lms_desktop.services.deleted import DeletedRow
from lms_desktop.services.joins import BY_TABLE
from lms_desktop.services.log_conditions import DeletedList, OperationList
from lms_desktop.services.log_pages import LogPages
from lms_desktop.spec import N_
from lms_desktop.views.kit.notices import Banner
from lms_desktop.views.kit.paint import px
from lms_desktop.views.log_list import LogList
from lms_desktop.views.log_notice import LogNotice, ask_to_install, may_install
from lms_desktop.views.operation_panel import OperationPanel
from lms_desktop.views.page import Destination, Page
from lms_desktop.views.page_parts import FORM_WIDTH, WIDEST_FORM
from lms_desktop.views.places import Place
from lms_desktop.views.session import Session

_TABS = {"history": N_("What was done"), "history.deleted": N_("Deleted"), "history.sign_ins": N_("Sign-ins")}


class HistoryPage(Page):
    """What was done, of everybody or of oneself; a list at the left, one operation in full at the right.

    Attributes:
        lists: the lists in the order of their tabs; `tabs` switches between them.
        panel: the operation in full; `notice` stands in place of all where the change log is off.
    """

    name = OPERATIONS.name

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._logs = logs_for(session.actor)
        self._fitted = False
        self._panel_width: int | None = session.preferences.page_state("history.panel").get("width")
        self._build()
        self._connect()
        self._tell_state()

    def _build(self) -> None:
        self._stack = QStackedWidget(self)
        self.notice = LogNotice(self.session, parent=self._stack)
        whole, pages = QWidget(self._stack), LogPages(self.session.catalog, self._logs)
        bar = QFrame(whole)
        bar.setProperty("kind", "bar")
        self.tabs = QTabBar(bar)
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName(self.tr("Parts of the history"))
        bar_box = QVBoxLayout(bar)
        bar_box.setContentsMargins(px(14), px(4), px(14), 0)
        bar_box.addWidget(self.tabs)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, whole)
        self._lists = QStackedWidget(self.splitter)
        self.lists = tuple(LogList(self.session, pages, admin, self._lists) for admin in self._logs.values())
        for shown in self.lists:
            self._lists.addWidget(shown)
            self.tabs.addTab(word(_TABS[shown.admin.name]))
        self.panel = OperationPanel(self.session, self.splitter)
        self.splitter.addWidget(self._lists)
        self.splitter.addWidget(self.panel)
        self.splitter.setHandleWidth(1)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setCollapsible(0, False)
        self.gaps = Banner("", "warn")
        self._gaps_row = QWidget(whole)
        gaps_box = QHBoxLayout(self._gaps_row)
        gaps_box.setContentsMargins(px(16), px(8), px(16), px(8))
        gaps_box.addWidget(self.gaps)
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (bar, self._gaps_row):
            column.addWidget(widget)
        column.addWidget(self.splitter, 1)
        self._whole = whole
        self._stack.addWidget(self.notice)
        self._stack.addWidget(whole)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self._stack)

    def _connect(self) -> None:
        self.notice.trouble.connect(self.trouble)
        self.notice.installed.connect(self._installed)
        self.session.log.changed.connect(self._tell_state)
        self.session.desk.committed.connect(self._committed)
        self.tabs.currentChanged.connect(self._tab_changed)
        self.splitter.splitterMoved.connect(self._panel_moved)
        self.panel.take_back_requested.connect(self.take_back_requested)
        self.panel.open_requested.connect(self.open_requested)
        self.panel.operation_requested.connect(self.show_operation)
        for shown in self.lists:
            shown.current_changed.connect(partial(self._current_changed, shown))
            shown.opened.connect(lambda _: self.panel.take_keyboard())
            shown.told.connect(self.title_changed)
            shown.table.selectionModel().selectionChanged.connect(partial(self._selection_changed, shown))

    # Page

    def title(self) -> str:
        """Override Page.title."""
        return QCoreApplication.translate("", self._logs[OperationList].plural)

    def subtitle(self) -> str:
        """Override Page.subtitle."""
        return self.shown.subtitle() if self.session.log.on else ""

    def activate(self) -> None:
        """Override Page.activate."""
        if self.session.log.on:
            self.shown.activate()
        else:
            self.session.log.look()

    def deactivate(self) -> None:
        """Override Page.deactivate: remember how it looks."""
        for shown in self.lists:
            if shown.model.loaded:
                shown.remember()
        if self._panel_width is not None:
            self.session.preferences.save_page_state("history.panel", {"width": self._panel_width})

    def take_keyboard(self) -> None:
        """Override Page.take_keyboard."""
        on = self.session.log.on
        (self.shown.table if on else self.notice.empty.button).setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Override Page.refresh."""
        if self.session.log.on:
            self.shown.refresh()
            self.panel.refresh()
        else:
            self.session.log.look()

    def focus_search(self) -> None:
        """Override Page.focus_search."""
        self.shown.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.shown.filters.search.selectAll()

    def go_to(self, destination: Destination) -> None:
        """Override Page.go_to: filtered operations, or one in full."""
        if destination.filters:
            self.tabs.setCurrentIndex(0)
            self.lists[0].show_filters(destination.filters)
        if destination.record_id is not None:
            self.show_operation(destination.record_id)

    def place(self) -> Place:
        """Override Page.place."""
        return Place(self.name, self.shown.current_id(), self.shown.filters.query)

    def return_to(self, place: Place) -> None:
        """Override Page.return_to: the list as it was filtered, then its row."""
        if place.query is None or not self.session.log.on:
            return
        entities = [shown.admin.entity for shown in self.lists]
        self.tabs.setCurrentIndex(entities.index(place.query.entity))
        query = replace(place.query, zone=self.session.zone)
        if query != self.shown.filters.query:
            self.shown.show_query(query)
        if place.record_id is not None:
            self.shown.show_row(place.record_id)

    # Operations

    @property
    def shown(self) -> LogList:
        """The list shown."""
        return self.lists[self.tabs.currentIndex()]

    def show_operation(self, operation: str) -> None:
        """Show an operation in full, and its row where it is among those loaded."""
        self.tabs.setCurrentIndex(0)
        self.lists[0].show_row(operation)
        self.panel.show_operation(operation)

    # What happens

    def _tab_changed(self) -> None:
        self._lists.setCurrentWidget(self.shown)
        self.panel.setVisible(self.shown.admin.entity in (OperationList, DeletedList))
        self.shown.activate()
        self._show_current(self.shown)
        if self.isVisible() and not self.tabs.hasFocus():  # it was in the list that is hidden now
            self.take_keyboard()
        self.title_changed.emit()

    def _current_changed(self, shown: LogList, _row_id: str | None) -> None:
        if shown is self.shown:
            self._show_current(shown)

    def _selection_changed(self, shown: LogList, *_: object) -> None:
        if shown is self.shown and shown.admin.entity is DeletedList:
            self._show_current(shown)

    def _show_current(self, shown: LogList) -> None:
        row_id = shown.current_id()
        if shown.admin.entity is OperationList:
            self.panel.show_operation(row_id)
        elif shown.admin.entity is DeletedList:
            current = DeletedRow.of(row_id) if row_id is not None else None
            if current is None:
                self.panel.show_operation(None)
                return
            chosen = [DeletedRow.of(line) for line in shown.selected_ids()]
            # What is restored together was deleted together: the rows of one table and one operation.
            like = [row for row in chosen if (row.table, row.operation) == (current.table, current.operation)]
            self.panel.show_operation(current.operation, tuple(like) if current in like else (current,))

    def _committed(self, _outcome: Outcome, _initiator: object) -> None:
        """An operation that is shown may have been taken back."""
        if self.session.log.on and self.shown.admin.entity is OperationList and self.isVisible():
            self.panel.refresh()

    # How it stands with the log

    def _tell_state(self) -> None:
        state = self.session.log.state
        self._stack.setCurrentWidget(self._whole if state.on else self.notice)
        gaps = state.on and bool(state.uncovered)
        self._gaps_row.setVisible(gaps)
        if gaps:
            self._tell_gaps(state.uncovered)
        if state.on and self.isVisible():
            self.shown.activate()
        self.title_changed.emit()

    def _tell_gaps(self, tables: tuple[str, ...]) -> None:
        catalog = self.session.catalog
        names = [word(catalog[BY_TABLE[name]].plural) if name in BY_TABLE else name for name in tables]
        self.gaps.clear_actions()
        self.gaps.tell(self.tr("Changes to these are not taken down here: {0}.").format(", ".join(names)), "warn")
        if may_install(self.session):
            self.gaps.add_action(self.tr("Install the change log…"), self._cover)

    def _cover(self) -> None:
        if ask_to_install(self):
            self.session.log.install(failed=self._not_installed)

    def _installed(self) -> None:
        self.message.emit(self.tr("The change log is installed. The history begins now."))
        if self.isVisible():
            self.take_keyboard()

    def _not_installed(self, error: ExplainedError) -> None:
        self.trouble.emit(error)

    # Measures

    def showEvent(self, event: QShowEvent) -> None:
        """Override QWidget::showEvent: the panel is as wide as it was left."""
        super().showEvent(event)
        if not self._fitted:
            self._fitted = True
            self._fit_panel()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent: the panel keeps its width."""
        super().resizeEvent(event)
        if self._fitted and self.panel.width():
            self._fit_panel()

    def _fit_panel(self) -> None:
        panel = min(px(self._panel_width or FORM_WIDTH + 48), int(self.width() * WIDEST_FORM))
        self.splitter.setSizes([self.width() - panel, panel])

    def _panel_moved(self) -> None:
        self._panel_width = round(self.panel.width() * FORM_WIDTH / max(px(FORM_WIDTH), 1))
