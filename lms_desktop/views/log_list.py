"""A list of the change log: filters above, rows newest first, and what is said where there are none."""

from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QModelIndex, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QWidget

from lms_desktop.errors import ExplainedError
from lms_desktop.models.log_table import LogTable
from lms_desktop.models.wording import amid, said
from lms_desktop.services.log_conditions import ENTITY, RECORD, OperationList
from lms_desktop.services.log_pages import LogPages
from lms_desktop.spec import Computed, EntityAdmin, Field, Filter, Query
from lms_desktop.views import theme
from lms_desktop.views.filter_bar import FilterBar
from lms_desktop.views.filter_words import filter_text
from lms_desktop.views.kit.chips import Chip
from lms_desktop.views.kit.notices import Banner, BusyLine, EmptyState
from lms_desktop.views.kit.paint import px
from lms_desktop.views.kit.yielding import YieldingColumn
from lms_desktop.views.page_parts import asked_width
from lms_desktop.views.record_table import RecordTable
from lms_desktop.views.session import Session
from lms_desktop.views.view_states import SavedView, from_view, to_view

NARROWEST, NARROWEST_NAME = 180, 100
"""Pixels at 100 % that the sentence of an operation has at least, and that a person's name has then."""

_YIELDING = ("said", "title")


class LogFilterBar(FilterBar):
    """The filters of a list of the log: one for a single record is only dropped again, never made here."""

    def showable(self) -> tuple[Field | Computed, ...]:
        """Override FilterBar.showable: what is only filtered by is no column."""
        hidden = {RECORD, ENTITY} if self._admin.entity is OperationList else {RECORD}
        return tuple(field for field in super().showable() if field.key not in hidden)

    def _chip(self, condition: Filter) -> Chip:
        if condition.key != RECORD:
            return super()._chip(condition)
        chip = Chip(filter_text(self._admin.field(RECORD), condition), self._flow)
        chip.removed.connect(lambda: self.remove(condition))
        return chip


class LogList(QWidget):
    """One list of the log.

    Attributes:
        admin: its declaration; `model` its rows, `table` shows them, `filters` say which.

    Signals:
        current_changed(object): the id of another row is current; None for none.
        opened(object): Enter or a double click on the row of this id.
        told(): number of rows or filters are others.
    """

    current_changed = Signal(object)
    opened = Signal(object)
    told = Signal()

    def __init__(self, session: Session, pages: LogPages, admin: EntityAdmin, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.admin = session, admin
        view = self._remembered()
        self.columns = view.columns
        self.model = LogTable(session.desk, pages, view.query, self)
        self.filters = LogFilterBar(session, admin, view.query, self)
        self.filters.columns = view.columns
        self._shown_id: str | None = None
        self._wanted: str | None = None
        self._chosen = self._arranging = False
        self._scale = theme.current().measures.scale
        self._build()
        self._connect()

    # What the page uses

    def activate(self) -> None:
        """It is seen now: read what is wanted, or what has come since."""
        if not self.model.loaded:
            self.model.show(self.filters.query, self.columns)
        else:
            self.model.follower.catch_up()

    def refresh(self) -> None:
        """Read again what is shown, keeping the row."""
        if self.model.query.zone != self.session.zone:
            self.show_query(replace(self.filters.query, zone=self.session.zone))
        elif self.model.loaded:
            self.model.follower.look_again()
        else:
            self.activate()

    def show_filters(self, filters: tuple[Filter, ...]) -> None:
        """Show what these filters leave, and nothing else."""
        self.show_query(Query(self.admin.entity, filters=filters, zone=self.session.zone))

    def show_query(self, query: Query) -> None:
        """Show another query."""
        self.filters.show_query(query)
        self._show(query)

    def show_row(self, row_id: str) -> bool:
        """Make this row the current one, or as soon as the rows asked for are there; whether it is there already."""
        row = self.model.find(row_id) if self.model.query == self.filters.query else None
        self._wanted = row_id if row is None else None
        if row is not None:
            self.table.setCurrentIndex(self.model.index(row, 0))
            self.table.scrollTo(self.table.currentIndex())
        return row is not None

    def current_id(self) -> str | None:
        """The id of the current row."""
        return self.model.row_id(self.table.currentIndex().row()) if self.table.currentIndex().isValid() else None

    def selected_ids(self) -> list[str]:
        """The ids of the selected rows that are loaded."""
        rows = [row for span in self.table.selected_ranges() for row in self.model.loaded_within(*span)]
        return [row_id for row in rows if (row_id := self.model.row_id(row)) is not None]

    def subtitle(self) -> str:
        """How many rows there are, “≈” until they are counted."""
        if not self.model.loaded:
            return ""
        number = ("" if self.model.exact else "≈ ") + self.locale().toString(self.model.total)
        query = self.model.query
        return self.tr("{0} match").format(number) if query.search or query.filters else number

    def remember(self) -> None:
        """Keep columns and filters for the next sitting; a single record is none of them."""
        query = self.model.query
        kept = tuple(condition for condition in query.filters if condition.key != RECORD)
        view = SavedView(replace(query, filters=kept), self.columns)
        self.session.preferences.save_page_state(self.admin.name, to_view(view))

    # Within

    def _build(self) -> None:
        self._stack = QStackedWidget(self)
        self.table = RecordTable(self._stack)
        self.table.setModel(self.model)
        self.table.setAccessibleName(QCoreApplication.translate("", self.admin.plural))
        self.empty = EmptyState(self.admin.icon, "", parent=self._stack)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        self.busy = BusyLine(parent=self)
        self.banner = Banner("", "bad")
        self._banner_row = QWidget()
        banner_box = QHBoxLayout(self._banner_row)
        banner_box.setContentsMargins(px(16), px(8), px(16), px(8))
        banner_box.addWidget(self.banner)
        self._banner_row.hide()
        box = YieldingColumn(self, self.filters)
        for widget in (self.busy, self._banner_row):
            box.addWidget(widget)
        box.addWidget(self._stack, 1)
        self._stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)

    def _connect(self) -> None:
        self.filters.query_changed.connect(self._show)
        self.filters.columns_changed.connect(self._show_columns)
        self.filters.widths_forgotten.connect(self._share_room)
        self.filters.search.stepped_out.connect(self.table.setFocus)
        self.model.arrived.connect(self._arrived)
        self.model.counted.connect(self._counted)
        self.model.failed.connect(self._failed)
        self.model.working.connect(self._working)
        self.model.modelReset.connect(self._reset)
        self.model.follower.seen = self.isVisible
        self.table.rowsWanted.connect(self.model.want)
        self.table.opened.connect(lambda row: self.opened.emit(self.model.row_id(row)))
        self.table.selectionModel().currentRowChanged.connect(self._current_changed)
        self.table.horizontalHeader().sectionResized.connect(self._section_resized)
        self.empty.acted.connect(lambda: self.show_filters(()))
        theme.current().changed.connect(self._rescale)

    def _show(self, query: Query) -> None:
        self._banner_row.hide()
        self.model.show(query, self.columns)

    def _show_columns(self, columns: tuple[str, ...]) -> None:
        self.columns = columns
        self.model.show(self.filters.query, columns)

    def _reset(self) -> None:
        self._fit()
        self._tell_empty()
        self.told.emit()
        if self.model.total and not self.table.currentIndex().isValid():
            wanted, self._wanted = self._wanted or self._shown_id, None
            row = self.model.find(wanted) if wanted is not None else None
            self.table.setCurrentIndex(self.model.index(row or 0, 0))
        else:
            self._current_changed()

    def _fit(self) -> None:
        """Share the room among the columns, as long as nobody has."""
        if not self._chosen:
            self._arranging = True
            for column, width in enumerate(self._widths()):
                self.table.setColumnWidth(column, width)
            self._arranging = False

    def _share_room(self) -> None:
        self._chosen = False
        self._fit()

    def _section_resized(self) -> None:
        self._chosen = self._chosen or not self._arranging

    def _widths(self) -> list[int]:
        """Everything as wide as it is declared; the sentence, or what the record is called, has what is left, and where
        that is little, whoever did it gives way."""
        keys = [field.key for field in self.model.fields]
        widths = {field.key: max(px(field.width), asked_width(field)) for field in self.model.fields}
        room = self.table.width() - self.table.verticalScrollBar().sizeHint().width()
        main = next((key for key in _YIELDING if key in keys), None)
        if main is not None:
            left = room - sum(widths.values()) + widths[main]
            if "person" in widths and left < px(NARROWEST):
                given = min(px(NARROWEST) - left, widths["person"] - px(NARROWEST_NAME))
                widths["person"] -= max(given, 0)
                left += max(given, 0)
            widths[main] = max(px(NARROWEST), left)
        return [widths[key] for key in keys]

    def _rescale(self) -> None:
        before, self._scale = self._scale, theme.current().measures.scale
        if before == self._scale:
            return
        header, self._arranging = self.table.horizontalHeader(), True
        for column in range(header.count()):
            self.table.setColumnWidth(column, round(header.sectionSize(column) * self._scale / before))
        self._arranging = False

    def _arrived(self) -> None:
        self._banner_row.hide()
        if self.table.currentIndex().isValid() and self.current_id() != self._shown_id:
            self._current_changed()

    def _counted(self) -> None:
        self._tell_empty()
        self.told.emit()

    def _tell_empty(self) -> None:
        nothing = self.model.loaded and self.model.exact and self.model.total == 0
        query = self.model.query
        if query.search or query.filters:
            self.empty.tell(self.tr("Nothing matches these filters."), self.tr("Show everything"))
        else:
            self.empty.tell(QCoreApplication.translate("", self.admin.blank))
        self._stack.setCurrentWidget(self.empty if nothing else self.table)

    def _current_changed(self, current: QModelIndex | None = None, _before: QModelIndex | None = None) -> None:
        row_id = self.current_id()
        if row_id != self._shown_id:
            self._shown_id = row_id
            self.current_changed.emit(row_id)

    def _working(self, working: bool) -> None:
        if working:
            self.busy.start(self.tr("Reading {0}…").format(amid(self.admin.plural)))
        else:
            self.busy.stop()

    def _failed(self, error: ExplainedError) -> None:
        self.busy.stop()
        self.banner.clear_actions()
        self.banner.tell(said(error), "bad")
        self.banner.add_action(self.tr("Try again"), self.model.refresh)
        self._banner_row.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent: the columns share the room that there is now."""
        super().resizeEvent(event)
        if self.model.loaded:
            QTimer.singleShot(0, self, self._fit)  # when the table has its size

    def _remembered(self) -> SavedView:
        state = self.session.preferences.page_state(self.admin.name)
        zone = self.session.zone
        found = from_view(self.admin, state, zone) if state else None
        if found is not None:
            return replace(found, query=replace(found.query, search=""))
        return SavedView(Query(self.admin.entity, zone=zone), tuple(f.key for f in self.admin.columns))
