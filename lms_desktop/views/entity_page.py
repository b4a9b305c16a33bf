"""The page of any entity: search and chips, the table with the band of new rows, the record beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QModelIndex, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from lms_desktop import policy
from lms_desktop.database.unit_of_work import Outcome
from lms_desktop.errors import ExplainedError
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.new_rows import NewRowsModel
from lms_desktop.models.table import TableModel
from lms_desktop.spec import Computed, EntityAdmin, Field, Query, Ref, Sort, Text
from lms_desktop.views.filter_bar import FilterBar
from lms_desktop.views.kit.notices import Banner, BusyLine, EmptyState, UnsavedBar
from lms_desktop.views.kit.paint import px
from lms_desktop.views.page import Destination, Page
from lms_desktop.views.record_form import RecordForm
from lms_desktop.views.record_table import RecordTable
from lms_desktop.views.row_actions import RowActions
from lms_desktop.views.saving import Saving
from lms_desktop.views.session import Session
from lms_desktop.views.table_delegate import FieldDelegate
from lms_desktop.views.table_keys import TableKeys
from lms_desktop.views.view_states import SavedView, from_view, to_view

NARROWEST = 0.6
"""Columns of texts may be this much narrower than declared at first, so that all columns are seen without scrolling."""


class EntityPage(Page):
    """The general page. What it shows comes from the EntityAdmin alone.

    Attributes:
        admin: the entity's declaration.
        model: the rows; `drafts` are the unsaved values, `form` the record beside the table.
    """

    def __init__(self, session: Session, admin: EntityAdmin, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.admin, self.name = session, admin, admin.name
        self.drafts = Drafts(admin.entity, self)
        view = self._remembered()
        self.model = TableModel(session.desk, session.catalog, session.pages, view.query, self.drafts, self)
        self.new_rows = NewRowsModel(self.model, self)
        self._columns = view.columns
        self._wanted_id: str | None = None
        self._build(view)
        self.saving = Saving(self)
        self.row_actions = RowActions(self)
        self._keys = TableKeys(self)
        self._connect()
        self._primary = QAction(QCoreApplication.translate("", admin.new), self)
        self._primary.triggered.connect(self.new_row)
        self._activated = False

    # Building

    def _build(self, view: SavedView) -> None:
        self.filters = FilterBar(self.session, self.admin, view.query)
        self.filters.columns = view.columns
        self.busy = BusyLine()
        self.banner = Banner("", "bad")
        self.banner.hide()
        self.table, self.band = RecordTable(), RecordTable()
        self.table.setModel(self.model)
        self.band.setModel(self.new_rows)
        plural = QCoreApplication.translate("", self.admin.plural)
        self.table.setAccessibleName(plural)
        self.band.setAccessibleName(self.tr("{0}, not saved yet").format(plural))
        self.band.horizontalHeader().hide()
        self.band.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.band.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.band.hide()
        self.delegate, self.band_delegate = (
            FieldDelegate(self.session, self.model, self),
            FieldDelegate(self.session, self.new_rows, self),
        )
        self.table.setItemDelegate(self.delegate)
        self.band.setItemDelegate(self.band_delegate)
        self.empty = EmptyState(self.admin.icon, "")
        self.unsaved_bar = UnsavedBar()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        self.form = RecordForm(self.session, self.admin, self.drafts)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.busy)
        self._banner_row = QWidget()
        banner_box = QHBoxLayout(self._banner_row)
        banner_box.setContentsMargins(16, 8, 16, 8)
        banner_box.addWidget(self.banner)
        self._banner_row.hide()
        column.addWidget(self._banner_row)
        column.addWidget(self.band)
        column.addWidget(self._stack, 1)
        column.addWidget(self.unsaved_bar)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.form)
        self.splitter.setHandleWidth(1)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.splitter.setChildrenCollapsible(True)
        self.splitter.setCollapsible(0, False)
        self.splitter.setSizes([900, px(372)])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.filters)
        whole.addWidget(self.splitter, 1)

    def _connect(self) -> None:
        self.filters.query_changed.connect(self._show)
        self.filters.columns_changed.connect(self._show_columns)
        self.filters.search.stepped_out.connect(self.table.setFocus)
        self.model.arrived.connect(self._rows_arrived)
        self.model.counted.connect(self._counted)
        self.model.failed.connect(self._failed)
        self.model.working.connect(self._working)
        self.model.modelReset.connect(self._model_reset)
        self.table.rowsWanted.connect(self.model.want)
        self.table.sort_requested.connect(self._sort)
        self.table.opened.connect(self._opened)
        self.table.selectionModel().currentRowChanged.connect(self._current_changed)
        self.band.selectionModel().currentRowChanged.connect(self._band_current_changed)
        self.table.horizontalHeader().sectionResized.connect(lambda i, _old, new: self.band.setColumnWidth(i, new))
        self.table.horizontalHeader().sectionMoved.connect(self._section_moved)
        self.table.horizontalScrollBar().valueChanged.connect(self.band.horizontalScrollBar().setValue)
        self.drafts.counted.connect(self._unsaved_changed)
        self.new_rows.modelReset.connect(self._band_changed)
        self.empty.acted.connect(self._empty_acted)
        self.unsaved_bar.save.connect(self.save)
        self.unsaved_bar.discard.connect(self._ask_discard)
        self.unsaved_bar.preview.connect(lambda: self.saving.preview())
        self.form.open_requested.connect(self.open_requested)
        self.form.trouble.connect(self.trouble)
        self.form.action_done.connect(self._action_done)
        for delegate in (self.delegate, self.band_delegate):
            delegate.refused.connect(self._editor_refused)

    # Page

    def title(self) -> str:
        """Override Page.title."""
        return QCoreApplication.translate("", self.admin.plural)

    def subtitle(self) -> str:
        """Override Page.subtitle: how many rows there are, “≈” until they are counted."""
        if not self.model.loaded:
            return ""
        locale = self.locale()
        number = ("" if self.model.exact else "≈ ") + locale.toString(self.model.total)
        query = self.model.query
        return self.tr("{0} match").format(number) if query.search or query.filters else number

    def primary(self) -> QAction | None:
        """Override Page.primary."""
        return self._primary if self.session.may(self.admin, "add") else None

    def activate(self) -> None:
        """Override Page.activate."""
        if not self._activated:
            self._activated = True
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            if not self.model.loaded:
                self.model.show(self.filters.query, self._columns)
        elif self.model.loaded:
            self.model.refresh()

    def deactivate(self) -> None:
        """Override Page.deactivate: remember how the page looks."""
        state = to_view(SavedView(self.model.query, self._columns))
        header = self.table.horizontalHeader()
        state["widths"] = {f.key: header.sectionSize(i) for i, f in enumerate(self.model.fields)}
        state["splitter"] = self.splitter.sizes()
        self.session.preferences.save_page_state(self.name, state)

    def refresh(self) -> None:
        """Override Page.refresh."""
        if self.model.query.zone != self.session.zone:
            self.filters.query = replace(self.filters.query, zone=self.session.zone)
            self.model.show(self.filters.query, self._columns)
        else:
            self.model.refresh()
        self.form.refresh()

    def new_row(self) -> None:
        """Override Page.new_row."""
        self.begin_new({})

    def save(self) -> None:
        """Override Page.save: takes the open editor's value along."""
        if self.take_editors():
            self.saving.save()

    def delete(self) -> None:
        """Override Page.delete."""
        self.row_actions.delete()

    def undo(self) -> None:
        """Override Page.undo."""
        row_id = self.drafts.undo()
        if row_id is None:
            self.status.emit(self.tr("Nothing unsaved is left to take back."))
        elif self.drafts.get(row_id) is None and self.form.row_id() == row_id and self.new_rows.find(row_id) is None:
            self.form.show_record(row_id if self.model.find(row_id) is not None else None)

    def focus_search(self) -> None:
        """Override Page.focus_search."""
        self.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filters.search.selectAll()

    def unsaved(self) -> int:
        """Override Page.unsaved; an open editor with another value counts."""
        return self.drafts.changes()

    def discard(self) -> None:
        """Override Page.discard."""
        shown = self.form.row_id()
        new = {draft.id for draft in self.drafts.new_rows()}
        self.drafts.clear()
        self.banner_off()
        if shown in new:
            self._reselect()

    def go_to(self, destination: Destination) -> None:
        """Override Page.go_to."""
        if destination.filters:
            query = Query(self.admin.entity, filters=destination.filters, zone=self.session.zone)
            self.filters.show_query(query)
            self._show(query)
        self._activated = self._activated or bool(destination.filters)
        if destination.record_id is not None:
            self.show_record(destination.record_id)
        if destination.new:
            self.begin_new(dict(destination.values))

    # Records

    def begin_new(self, values: Mapping[str, str | None]) -> None:
        """Begin a new row with these values beside the defaults of its fields."""
        if not self.session.may(self.admin, "add"):
            return
        actor = self.session.actor
        first: dict[str, str | None] = {
            field.key: field.default
            for field in self.admin.own_fields
            if field.default is not None
            and not field.readonly
            and policy.may_write(actor, self.admin.entity, field.key)
        }
        first.update(self._values_of_filters())
        first.update(values)
        labels = {c.key: (c.labels[0], "") for c in self.model.query.filters if c.labels and c.key in first}
        draft = self.drafts.begin_new(first, labels)
        self.table.clearSelection()
        self.form.show_record(draft.id)
        self.form.focus_field(None)
        row = self.new_rows.find(draft.id)
        if row is not None:
            self.band.selectRow(row)

    def show_record(self, row_id: str) -> None:
        """Show a record in the form, and its row in the table where that can be found."""
        self._wanted_id = row_id
        self.form.show_record(row_id)
        self._find_wanted()

    def current_id(self) -> str | None:
        """The id of the record shown."""
        return self.form.row_id()

    def take_editors(self) -> bool:
        """Take along what stands in open editors; False where it is no value (the person was told)."""
        return self.delegate.take() and self.band_delegate.take() and self.form.commit_open_editor()

    def select_first(self) -> None:
        """Select the first row, so that the form is not empty."""
        if self.model.total and self.form.row_id() is None and not self.drafts.new_rows():
            self.table.setCurrentIndex(self.model.index(0, 0))

    # What the table tells

    def _show(self, query: Query) -> None:
        self.banner_off()
        self.model.show(replace(query, sorts=query.sorts or self.model.query.sorts), self._columns)

    def _show_columns(self, columns: tuple[str, ...]) -> None:
        self._columns = columns
        self.model.show(self.filters.query, columns)

    def _opened(self, row: int) -> None:
        """A cell that is not edited here: its editor in the form gets the keyboard."""
        self.form.focus_field(self.model.fields[self.table.currentIndex().column()].key)

    def _sort(self, column: int, descending: bool) -> None:
        query = replace(self.filters.query, sorts=(Sort(self.model.fields[column].key, descending),))
        self.filters.query = query
        self.model.show(query, self._columns)

    def _model_reset(self) -> None:
        widths = self.session.preferences.page_state(self.name).get("widths", {})
        first = first_widths(self.model.fields, self.table.viewport().width())
        for i, field in enumerate(self.model.fields):
            width = int(widths.get(field.key) or first[i])
            self.table.setColumnWidth(i, width)
            self.band.setColumnWidth(i, width)
        sorts = self.model.query.sorts or self.admin.sorts
        keys = [field.key for field in self.model.fields]
        if sorts and sorts[0].key in keys:
            self.table.show_sort(keys.index(sorts[0].key), sorts[0].descending)
        else:
            self.table.show_sort(-1)
        self._tell_empty()
        self.title_changed.emit()
        QTimer.singleShot(0, self, self._reselect)

    def _rows_arrived(self) -> None:
        self._find_wanted()
        self._keep_current()

    def _counted(self) -> None:
        self._tell_empty()
        self.title_changed.emit()
        self._tell_status()

    def _working(self, working: bool) -> None:
        if working:
            self.busy.start(self.tr("Reading {0}…").format(self.title().lower()))
        else:
            self.busy.stop()

    def _failed(self, error: ExplainedError) -> None:
        self.busy.stop()
        self.tell_problem(error, self.tr("Try again"), self.model.refresh)

    def _current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        row_id = self.model.row_id(current.row()) if current.isValid() else None
        if row_id is not None and row_id != self.form.row_id():
            self._wanted_id = None
            self.band.clearSelection()
            self.form.show_record(row_id)
        self._tell_status()

    def _band_current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        row_id = self.new_rows.row_id(current.row()) if current.isValid() else None
        if row_id is not None and row_id != self.form.row_id():
            self.table.clearSelection()
            self.form.show_record(row_id)

    def _section_moved(self, logical: int, old: int, new: int) -> None:
        header = self.table.horizontalHeader()
        order = sorted(range(len(self.model.fields)), key=header.visualIndex)
        self._columns = self.filters.columns = tuple(self.model.fields[i].key for i in order)
        self.band.horizontalHeader().moveSection(old, new)

    def _reselect(self) -> None:
        """After a new query: the record shown stays current where it is among the first rows, else the first row is."""
        shown = self.form.row_id()
        if shown is not None and (self.new_rows.find(shown) is not None or shown == self._wanted_id):
            self._find_wanted()
            return
        row = self.model.find(shown) if shown is not None else None
        if row is None:
            self.form.show_record(None)
            self.select_first()
        else:
            self.table.setCurrentIndex(self.model.index(row, max(self.table.currentIndex().column(), 0)))

    def _keep_current(self) -> None:
        """After a refresh the same record is current, though rows were inserted or deleted above it."""
        shown, current = self.form.row_id(), self.table.currentIndex()
        if shown is None or not current.isValid():
            return
        there = self.model.row_id(current.row())
        if (
            there is not None
            and there != shown
            and self._wanted_id is None
            and (row := self.model.find(shown)) is not None
        ):
            self.table.selectionModel().blockSignals(True)
            self.table.setCurrentIndex(self.model.index(row, current.column()))
            self.table.selectionModel().blockSignals(False)
            self.table.viewport().update()

    def _find_wanted(self) -> None:
        row = self.model.find(self._wanted_id) if self._wanted_id else None
        if row is None:
            return
        self._wanted_id = None
        self.table.setCurrentIndex(self.model.index(row, 0))
        self.table.scrollTo(self.model.index(row, 0))

    # Drafts

    def _unsaved_changed(self) -> None:
        changes, rows = self.drafts.changes(), len(self.drafts)
        noun = QCoreApplication.translate("", self.admin.noun if rows == 1 else self.admin.plural).lower()
        self.unsaved_bar.tell(changes, self.tr("in {0} {1}").format(rows, noun))
        if not changes:
            self.banner_off()
        self.unsaved_changed.emit(changes)

    def _band_changed(self) -> None:
        rows = self.new_rows.rowCount()
        self.band.setVisible(rows > 0)
        self.band.setFixedHeight(self.band.rowHeight(0) * min(rows, 4) + 2 if rows else 0)
        self._tell_empty()
        for i in range(self.model.columnCount()):
            self.band.setColumnWidth(i, self.table.columnWidth(i))

    def _ask_discard(self) -> None:
        if self.saving.may_discard():
            self.discard()

    def _action_done(self, outcome: Outcome) -> None:
        self.message.emit(outcome.sentence)

    def _editor_refused(self, reason: str) -> None:
        if reason:
            self.banner.tell(reason, "bad")
            self.banner.clear_actions()
            self._show_banner()
        else:
            self.banner_off()

    # Words

    def tell_problem(self, error: ExplainedError, action: str = "", act: object = None) -> None:
        """Show an error in the page's banner, with one way on."""
        self.banner.tell(str(error), "bad")
        self.banner.clear_actions()
        if action and callable(act):
            self.banner.add_action(action, act)
        self._show_banner()

    def banner_off(self) -> None:
        """Take the banner away."""
        self.banner.hide()
        self._banner_row.hide()

    def _show_banner(self) -> None:
        self._banner_row.show()
        self.banner.show()

    def _tell_status(self) -> None:
        current, locale = self.table.currentIndex(), self.locale()
        total = ("" if self.model.exact else "≈ ") + locale.toString(self.model.total)
        if current.isValid():
            text = self.tr("Row {0} of {1}").format(locale.toString(current.row() + 1), total)
        else:
            text = self.tr("{0} rows").format(total)
        sorts = self.model.query.sorts or self.admin.sorts
        if sorts:
            label = QCoreApplication.translate("", self.admin.field(sorts[0].key).label)
            way = self.tr("descending") if sorts[0].descending else self.tr("ascending")
            text += "    " + self.tr("Sorted by {0}, {1}").format(label, way)
        self.status.emit(text)

    def _tell_empty(self) -> None:
        nothing = self.model.loaded and self.model.exact and self.model.total == 0
        if nothing:
            query = self.model.query
            if query.search or query.filters:
                self.empty.tell(
                    self.tr("Nothing matches this search and these filters."), self.tr("Show everything"), icon="search"
                )
            else:
                action = QCoreApplication.translate("", self.admin.new) if self.primary() else ""
                self.empty.tell(QCoreApplication.translate("", self.admin.blank), action, icon=self.admin.icon)
        self._stack.setCurrentWidget(self.empty if nothing else self.table)

    def _empty_acted(self) -> None:
        query = self.model.query
        if query.search or query.filters:
            plain = Query(self.admin.entity, zone=query.zone, sorts=query.sorts)
            self.filters.show_query(plain)
            self._show(plain)
        else:
            self.new_row()

    # Memory

    def _remembered(self) -> SavedView:
        state = self.session.preferences.page_state(self.admin.name)
        zone = self.session.zone
        found = from_view(self.admin, state, zone) if state else None
        if found is not None:
            return replace(found, query=replace(found.query, search=""))
        return SavedView(Query(self.admin.entity, zone=zone), tuple(f.key for f in self.admin.columns))

    def _values_of_filters(self) -> dict[str, str | None]:
        """What the filters say a new row is: in a list of one course, a new lesson is that course's."""
        values: dict[str, str | None] = {}
        for condition in self.model.query.filters:
            field = self.admin.field(condition.key)
            single = len(condition.values) == 1 and condition.operator in {"one_of", "is"}
            if single and isinstance(field, Field) and field.own and isinstance(field.kind, Ref):
                values[field.key] = condition.values[0]
        return values


def first_widths(fields: Sequence[Field | Computed], room: int) -> list[int]:
    """The widths of columns nobody has changed yet, in pixels: texts give way where `room` is short, dates and marks
    do not."""
    widths = [px(field.width) for field in fields]
    yielding = [isinstance(field.kind, Text | Ref) for field in fields]
    soft = sum(width for width, yields in zip(widths, yielding, strict=True) if yields)
    share = (room - (sum(widths) - soft)) / max(soft, 1)
    share = min(max(share, NARROWEST), 1.0)
    return [int(width * share) if yields else width for width, yields in zip(widths, yielding, strict=True)]
