"""The page of any entity: search and chips, the table with the band of new rows, the record beside it."""

from dataclasses import replace

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from lms_desktop.admin.logs import OPERATIONS
from lms_desktop.database.unit_of_work import Change
from lms_desktop.errors import ExplainedError
from lms_desktop.models.page_drafts import Row
from lms_desktop.models.wording import amid
from lms_desktop.services.log_conditions import ENTITY
from lms_desktop.spec import EntityAdmin, Filter, Operator, Query
from lms_desktop.views import theme
from lms_desktop.views.live_telling import LiveTelling
from lms_desktop.views.new_rows_band import NewRowsBand
from lms_desktop.views.onward import Onward
from lms_desktop.views.page import Destination
from lms_desktop.views.page_parts import PageParts
from lms_desktop.views.places import Place
from lms_desktop.views.row_actions import RowActions
from lms_desktop.views.row_finder import RowFinder
from lms_desktop.views.session import Session
from lms_desktop.views.slow_reading import SlowReading
from lms_desktop.views.sorting import Sorting
from lms_desktop.views.staying import Staying
from lms_desktop.views.table_keys import TableKeys
from lms_desktop.views.type_ahead import TypeAhead


class EntityPage(PageParts):
    """The general page. What it shows comes from the EntityAdmin alone."""

    def __init__(self, session: Session, admin: EntityAdmin, parent: QWidget | None = None) -> None:
        super().__init__(session, admin, parent)
        self.finder = RowFinder(self)
        self.row_actions = RowActions(self)
        self._new_rows, self._sorting, self._onward = NewRowsBand(self), Sorting(self), Onward(self)
        self.slow, self._staying = SlowReading(self), Staying(self)
        self._keys, self.ahead = TableKeys(self), TypeAhead(self, self.status_soon.start)
        self._telling = LiveTelling(self)
        self._connect()
        self._primary = QAction(QCoreApplication.translate("", admin.new), self)
        self._primary.triggered.connect(self.new_row)
        self._history = QAction(self.tr("History of {0}").format(amid(admin.plural)), self)
        self._history.triggered.connect(self._open_history)
        self._activated = self._asked_ahead = False

    def _connect(self) -> None:
        self.filters.query_changed.connect(self._show)
        self.filters.columns_changed.connect(self._show_columns)
        self.filters.search.stepped_out.connect(self.table.setFocus)
        self.model.follower.seen = lambda: self.isVisibleTo(self.window())  # which may be about to be shown
        self.model.arrived.connect(self._rows_arrived)
        for signal in (self.model.arrived, self.model.failed):
            signal.connect(lambda *_: self.filled.emit())
        self.model.counted.connect(self._counted)
        self.model.failed.connect(self._failed)
        self.model.working.connect(self._working)
        self.model.modelReset.connect(self._model_reset)
        self.table.rowsWanted.connect(self.model.want)
        self.table.opened.connect(self._opened)
        for signal in (self.table.selectionModel().currentRowChanged, self.table.selectionModel().selectionChanged):
            signal.connect(lambda: self.current_changed())
        self.table.horizontalHeader().sectionResized.connect(self._section_resized)
        self.table.horizontalHeader().geometriesChanged.connect(self._room_changed)
        self.splitter.splitterMoved.connect(self.form_moved)
        self.table.horizontalHeader().sectionMoved.connect(self._section_moved)
        self.beside.made.connect(self._form_made)
        for delegate in (self.delegate, self.band_delegate):
            delegate.refused.connect(self._editor_refused)
            delegate.left_unfinished.connect(lambda *typed: self.form.details.fields.keep(*typed))

    def _form_made(self) -> None:
        form = self.form
        self.follow_form(form)
        form.open_requested.connect(self.open_requested)
        form.merge.connect(lambda row_id: self.saving.merge(self.admin.entity, [row_id]))

    # Page

    def title(self) -> str:
        """Override Page.title."""
        return QCoreApplication.translate("", self.admin.plural)

    def subtitle(self) -> str:
        """Override Page.subtitle: how many rows there are, as `total_words` says it."""
        if not self.model.loaded:
            return ""
        number, query = self.total_words(), self.model.query
        return self.tr("{0} match").format(number) if query.search or query.filters else number

    def primary(self) -> QAction | None:
        """Override Page.primary."""
        return self._primary if self.session.may(self.admin, "add") else None

    def toolbar_actions(self) -> list[QAction]:
        """Override Page.toolbar_actions."""
        return [self._history]

    def activate(self) -> None:
        """Override Page.activate."""
        first, self._activated, model = not self._activated, True, self.model
        if first and self._was_asked:
            self._take_asked()
        elif first and (not model.loaded or model.query != self.filters.query):
            model.show(self.filters.query, self.columns)
        elif first:
            self.tell_words()
            self._staying.renew_soon()
        elif model.loaded:
            model.refresh()

    def _take_asked(self) -> None:
        """The rows were asked for before there was a page."""
        if self.model.loaded:
            self._model_reset()
            self._rows_arrived()
            self._counted()
        else:
            self._working(True)

    def prepare(self) -> bool:
        """Override Page.prepare."""
        if self.beside.prepare():
            return True
        if not self._asked_ahead:
            self._asked_ahead = True
            self.model.prepare(self.filters.query, self.columns, is_slow=self.session.pages.sorts_slowly)
            self.lay_out()
            return True
        if self.model.loaded:
            self.table.viewport().grab()  # its texts are cut to fit, and what is drawn as a picture is one
        return False

    def is_filled(self) -> bool:
        """Override Page.is_filled."""
        return self.model.loaded and self.model.awaited is None

    def deactivate(self) -> None:
        """Override Page.deactivate: remember how the page looks."""
        if self.model.loaded:
            self.session.preferences.save_page_state(self.name, self.state())

    def refresh(self) -> None:
        """Override Page.refresh."""
        if self.model.query.zone != self.session.zone:
            self.filters.query = replace(self.filters.query, zone=self.session.zone)
            self.model.show(self.filters.query, self.columns)
        else:
            self.model.refresh()
        self.beside.refresh()

    def new_row(self) -> None:
        """Override Page.new_row."""
        self._new_rows.begin({})

    def delete(self) -> None:
        """Override Page.delete."""
        self.row_actions.delete()

    def redo(self) -> None:
        """Override Page.redo."""
        self._new_rows.redo()

    def undo(self) -> None:
        """Override Page.undo."""
        self._new_rows.undo()

    def focus_search(self) -> None:
        """Override Page.focus_search."""
        self.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filters.search.selectAll()

    def unfinished(self) -> int:
        """Override Page.unfinished; what is a value in an open editor becomes a draft by it."""
        return self.beside.unfinished()

    def discard(self) -> None:
        """Override Page.discard."""
        shown = self.beside.row_id()
        new = {draft.id for draft in self.drafts.new_rows()}
        self.beside.forget_unfinished()
        self.drafts.clear()
        self.banner_off()
        if shown in new:
            self.reselect()

    def go_to(self, destination: Destination) -> None:
        """Override Page.go_to."""
        if destination.filters or destination.search:
            query = Query(self.admin.entity, destination.search, destination.filters, zone=self.session.zone)
            self.filters.show_query(query)
            self._show(query)
        self._activated = self._activated or bool(destination.filters or destination.search)
        if destination.record_id is not None:
            self.show_record(destination.record_id)
        if destination.new:
            self._new_rows.begin(dict(destination.values))

    def place(self) -> Place:
        """Override Page.place."""
        return Place(self.name, self.beside.row_id(), self.filters.query)

    def return_to(self, place: Place) -> None:
        """Override Page.return_to: first the rows as they were searched, filtered and ordered, then the record."""
        query = None if place.query is None else replace(place.query, zone=self.session.zone)
        other = query is not None and query != self.filters.query
        if query is not None and other:
            self.banner_off()
            self.filters.show_query(query)
            self.model.show(query, self.columns)
        if place.record_id is not None and place.record_id != self.beside.row_id():
            self.show_record(place.record_id, at_once=not other)
        elif other and self.beside.row_id() is not None:
            self.finder.want(str(self.beside.row_id()), at_once=False)

    # Records

    def show_record(self, row_id: str, *, at_once: bool = True) -> None:
        """Show a record in the form, and its row in the table where that can be found.

        `at_once`: among the rows that are there; otherwise among those that are on their way.
        """
        self.beside.show_record(row_id)
        if self.new_rows.find(row_id) is None:  # no table will ever have a new row
            self.finder.want(row_id, at_once=at_once)
        else:
            self.finder.forget()

    def row_shown(self) -> Row | None:
        """Override DraftsPage.row_shown."""
        row_id = self.beside.row_id()
        return None if row_id is None else (self.admin.entity, row_id)

    def show_row(self, entity: type, row_id: str) -> None:
        """Override DraftsPage.show_row."""
        self.show_record(row_id)

    def focus_field(self, key: str | None) -> None:
        """Override DraftsPage.focus_field."""
        self.form.focus_field(key)

    def current_id(self) -> str | None:
        """The id of the record shown."""
        return self.beside.row_id()

    def take_editors(self) -> bool:
        """Take along what stands in open editors; False where it is no value (the person was told)."""
        return self.delegate.take() and self.band_delegate.take() and self.beside.commit_open_editor()

    def show_changes(self, changes: tuple[Change, ...]) -> bool:
        """Override Page.show_changes: select the first row of these that there is."""
        here = [change for change in changes if change.entity is self.admin.entity]
        there = next((change for change in here if change.action != "delete"), None)
        gone = {change.id for change in here if change.action == "delete"}
        if there is not None:
            self.show_record(there.id)
        elif self.current_id() in gone and self.drafts.get(self.current_id() or "") is None:
            self.beside.show_record(None)  # the row that takes its place is shown as soon as it is there
        return bool(here) or not changes

    def select_first(self) -> None:
        """Override Page.select_first: the row that was current, else the first one."""
        if self.model.total and self.beside.row_id() is None and not self.drafts.new_rows():
            self._select_current()

    def tell_changed_meanwhile(self, row_ids: list[str], sentence: str) -> None:
        """Say at once that somebody else changed rows that are being edited here; saving will show both."""
        self.message.emit(self.tr("{0}. You are editing it too: nothing is overwritten.").format(sentence))

    def go_on(self) -> None:
        """Open where the record shown leads."""
        self._onward.go()

    def _open_history(self) -> None:
        """What was done to rows of this entity."""
        table = self.admin.entity.__tablename__  # type: ignore[attr-defined]
        self.open_requested.emit(Destination(OPERATIONS.name, filters=(Filter(ENTITY, Operator.ONE_OF, (table,)),)))

    # What the table tells

    def _show(self, query: Query) -> None:
        self.banner_off()
        # A view is saved with its order.
        self.filters.query = replace(query, sorts=query.sorts or self.model.query.sorts)
        self.model.show(self.filters.query, self.columns)

    def _show_columns(self, columns: tuple[str, ...]) -> None:
        self.columns = columns
        self.model.show(self.filters.query, columns)

    def _opened(self, row: int) -> None:
        self.form.focus_field(self.model.fields[self.table.currentIndex().column()].key)  # a cell not edited here

    def _model_reset(self) -> None:
        if tuple(field.key for field in self.model.fields) == self.columns:  # as they were put by hand, by now
            self.table.header().straighten()
        self.give_widths()
        self.table.settle_bars(counted=self.model.exact)
        if self.new_rows.rowCount():
            self._new_rows.fit_columns()
        self._sorting.show()
        self.tell_empty()
        self.tell_words()
        self._staying.settle()  # before anything is painted: the row that is current is painted as such at once

    def _room_changed(self) -> None:
        """The table is wider or narrower than it was: so are the columns of which nobody has chosen the width."""
        if self.model.loaded and self._given != self.room():
            self.give_widths()
            self.table.settle_bars(counted=self.model.exact)
            self._new_rows.fit_columns()

    def _rows_arrived(self) -> None:
        if self.model.pending is None:  # else what is said is said of other rows, which could not be read
            self.reading_over()
        self.finder.keep()
        if self.beside.row_id() is None:  # after a delete the next row stands in its place
            self.current_changed()

    def _counted(self) -> None:
        if self.model.exact:
            self.table.settle_bars(counted=True)
        self.tell_empty()
        self.tell_words()

    def _working(self, working: bool) -> None:
        if working:
            self.busy.start(self.tr("Reading {0}…").format(amid(self.admin.plural)))
        else:
            self.busy.stop()

    def _failed(self, error: ExplainedError) -> None:
        self.busy.stop()
        self._counted()  # where it was looked once more, that is over
        self.tell_problem(error, self.tr("Try again"), self.model.refresh, reading=True)

    def current_changed(self) -> None:
        """The person made another row current, or selected the current one again after a new row was."""
        if self.table.is_moving_rows():
            return
        row_id = self.model.row_id(self.table.selected_row())
        if row_id is not None and row_id != self.beside.row_id():
            self.finder.forget()
            if self.has_band:
                self.band.clearSelection()
            self.beside.show_record(row_id)
        self.status_soon.start()

    def _section_resized(self, column: int, _old: int, new: int) -> None:
        if column < len(self.model.fields):
            self.chosen_widths[self.model.fields[column].key] = round(new / theme.current().measures.scale)

    def _section_moved(self, logical: int, old: int, new: int) -> None:
        header = self.table.horizontalHeader()
        order = sorted(range(len(self.model.fields)), key=header.visualIndex)
        self.columns = self.filters.columns = tuple(self.model.fields[i].key for i in order)

    def reselect(self) -> None:
        """After a new query, or a new row given up: the record shown stays current where it is among the first rows,
        else the row that was, or the first."""
        shown = self.beside.row_id()
        if shown is not None and (self.new_rows.find(shown) is not None or shown == self.finder.wanted):
            self.finder.look()
            return
        row = self.model.find(shown) if shown is not None else None
        if row is None and (not self.model.total or self.drafts.new_rows()):
            self.beside.show_record(None)
        elif row is None:
            self._select_current()
            if self.beside.row_id() == shown:  # the row is on its way
                self.beside.show_record(None)
        else:
            self.table.setCurrentIndex(self.model.index(row, self.table.current_column()))

    def _select_current(self) -> None:
        current = self.table.currentIndex()
        self.table.setCurrentIndex(current if current.isValid() else self.model.index(0, 0))
        self.current_changed()

    def _editor_refused(self, reason: str) -> None:
        if reason:
            self.banner.tell(reason, "bad")
            self.banner.clear_actions()
            self._show_banner()
        else:
            self.banner_off()

    def empty_acted(self) -> None:
        """Override PageParts.empty_acted."""
        query = self.model.query
        if query.search or query.filters:
            plain = Query(self.admin.entity, zone=query.zone, sorts=query.sorts)
            self.filters.show_query(plain)
            self._show(plain)
        else:
            self.new_row()
