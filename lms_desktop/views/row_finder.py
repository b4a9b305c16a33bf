"""The row of the record that the form shows: found among those loaded, else asked for, wherever it stands."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QTimer
from PySide6.QtWidgets import QAbstractItemView

from lms_desktop.models.desk import Job
from lms_desktop.services.positions import IdBlock
from lms_desktop.spec import Query
from lms_desktop.views.row_keeper import make_current_quietly

if TYPE_CHECKING:
    from lms_desktop.database.unit_of_work import UnitOfWork
    from lms_desktop.services.positions import Key
    from lms_desktop.views.entity_page import EntityPage

PAUSE_MS = 500
"""Before it is asked where a row stands by now: where others write all the time it is not asked for all the time."""


class RowFinder(QObject):
    """Makes the row of a record current in a page's table.

    Until it is found, and where the table's rows do not hold it, no row is current: what is done to the selected rows
    must not be done to another record than the one that is shown.

    Attributes:
        wanted: the id of the record whose row is looked for.
    """

    def __init__(self, page: EntityPage) -> None:
        super().__init__(page)
        self._page = page
        self._place: int | None = None
        self._job: Job | None = None
        self.wanted: str | None = None
        self._from: tuple[int, int] | None = None
        self._apart = False
        self._stood = -1
        self._lost: tuple[str, int] | None = None
        self._soon = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._soon.timeout.connect(self._ask_where)
        page.model.about_to_move.connect(self._note)
        page.model.moved.connect(self._moved)
        page.table.selectionModel().currentChanged.connect(self._current_changed)
        page.model.arrived.connect(self.look)
        page.model.counted.connect(self._go)
        page.model.where.found.connect(self._ask_again)

    def want(self, row_id: str, *, at_once: bool = True) -> None:
        """Look for the row of this record, from now on until it is found; not `at_once`: from the next rows on."""
        self.forget()
        self.wanted = row_id
        if at_once:
            self.look()

    def want_soon(self, row_id: str, column: int) -> None:
        """Make the row of this record current, in a column, if it is found quickly and nobody does anything else by
        then: the rows that are shown stay till those around it are there."""
        self.forget()
        page, model = self._page, self._page.model
        self.wanted, self._from = row_id, (page.table.verticalScrollBar().value(), column)
        pages = page.session.pages
        model.seek(lambda uow, query: pages.place_soon(uow, query, row_id), partial(self._missed, row_id))

    def is_led(self) -> bool:
        """Whether a row is looked for that the person was led to."""
        return self.wanted is not None and self._from is None

    def forget(self) -> None:
        """The person chose another row."""
        self.wanted = self._place = self._from = None
        self._apart = False
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def look(self) -> None:
        """Rows came, perhaps the one that is looked for."""
        page, model = self._page, self._page.model
        if self.wanted is None or not model.loaded:
            return
        row = model.find(self.wanted)
        if self._from is not None:
            if row is not None:
                self._go_soon(row, *self._from)
            return
        if row is None:
            self._ask()
            return
        self.forget()
        page.table.setCurrentIndex(model.index(row, page.table.current_column()))
        page.table.scrollTo(page.table.currentIndex())

    def _go_soon(self, row: int, place: int, column: int) -> None:
        self.forget()
        table = self._page.table
        if table.verticalScrollBar().value() != place:
            return  # somebody scrolls: the rows stay under her hand
        table.updateGeometries()
        table.scrollTo(self._page.model.index(row, column), QAbstractItemView.ScrollHint.PositionAtCenter)
        table.setCurrentIndex(self._page.model.index(row, column))

    def _missed(self, row_id: str) -> None:
        if self._from is not None and row_id == self.wanted:
            self.forget()

    def keep(self) -> None:
        """After a refresh the record shown stays current, though rows were inserted or deleted above it."""
        page, model = self._page, self._page.model
        shown, current = page.beside.row_id(), page.table.currentIndex()
        if shown is None or self.wanted is not None or not current.isValid():
            return
        there = model.row_id(current.row())
        self._apart = self._apart and there != shown
        if there is None or there == shown or page.new_rows.find(shown) is not None:
            return
        if self._apart:
            page.current_changed()  # where the row is selected too, it was not loaded when it was chosen
            return
        row, several = model.find(shown), page.row_actions.rows.several
        if row is None and several:
            page.table.leave_row(shown, selected=True)
            return
        if row is None:
            self.want(shown)
            return
        make_current_quietly(page.table, model.index(row, current.column()), alone=not several)
        page.table.viewport().update()

    # A row that is current and out of view

    def _note(self) -> None:
        self._stood = self._page.table.currentIndex().row()

    def _moved(self) -> None:
        """Rows came or went before those in view. How many of them stand before a current row that is above the view
        and not loaded any more, nobody knows: it is not current until the server has told where it stands."""
        page, stood, row = self._page, self._stood, self._page.table.currentIndex().row()
        shown = page.beside.row_id()
        if page.row_actions.rows.several:  # they stay so, and it is known by their keys which they are
            self._ask_again()
            return
        is_above = 0 <= stood < page.table.seen_rows()[0] or (stood >= 0 > row)
        is_chosen = not self._apart and self.wanted is None
        if (
            (shown is not None and is_chosen and is_above and row != stood)
            and page.model.find(shown) is None
            and page.new_rows.find(shown) is None
        ):
            self._lost = shown, page.table.current_column()
            page.table.leave_row(shown)
        self._ask_again()

    def _ask_where(self) -> None:
        if self._lost is None or not self._is_lost():
            self._lost = None
            return
        page, query, lost = self._page, self._page.model.query, self._lost
        pages, known, at = page.session.pages, page.model.where.positions, page.model.where.placed_at

        def look(uow: UnitOfWork) -> tuple[int, Key] | None:
            is_fresh = at is not None and pages.moment(uow, query) == at
            return pages.place_soon(uow, query, lost[0], known if is_fresh else None)

        page.session.desk.read(
            look,
            done=partial(self._found_again, lost, query),
            failed=lambda error: None,
            owner=self,
            background=True,
        )

    def _found_again(self, lost: tuple[str, int], query: Query, found: tuple[int, Key] | None) -> None:
        if lost != self._lost or self._soon.isActive():
            return
        page, (_, column) = self._page, lost
        if found is None and isinstance(page.model.where.positions, IdBlock):
            return  # others have written since; what is written down next tells
        if found is not None and query == page.model.query and self._is_lost() and found[0] < page.model.total:
            make_current_quietly(page.table, page.model.index(found[0], column))
            page.row_actions.rows.know(*found)
            page.table.viewport().update()
            page.tell_words()
        self._lost = None

    def _ask_again(self) -> None:
        """What leads to the places was written down anew."""
        if self._lost is not None and not self._soon.isActive():
            self._soon.start()

    def _is_lost(self) -> bool:
        """Whether no row is current though that of the record that is shown was."""
        page, lost = self._page, self._lost
        is_shown = lost is not None and page.beside.row_id() == lost[0]
        return is_shown and self.wanted is None and not page.table.currentIndex().isValid()

    def _current_changed(self, current: QModelIndex) -> None:
        """The keyboard is led away from the record that is shown: with Ctrl and the arrows it goes alone, and a row
        that is not loaded yet is shown when it comes."""
        table = self._page.table
        if not table.is_moving_rows():
            loaded = current.isValid() and self._page.model.row_id(current.row()) is not None
            self._apart = current.isValid() and (not loaded or table.selected_row() < 0)

    def _ask(self) -> None:
        """Ask the server for the row's place, once."""
        if self._place is not None or self._job is not None or self.wanted is None:
            return
        page, row_id, query = self._page, self.wanted, self._page.model.query
        page.table.leave_row(row_id)
        pages = page.session.pages
        job = page.session.desk.read(
            lambda uow: pages.position(uow, query, row_id),
            done=partial(self._placed, row_id, query),
            failed=lambda error: self.forget(),
            owner=self,
        )
        self._job = job if job.ended is None else None

    def _placed(self, row_id: str, query: Query, place: int | None) -> None:
        self._job = None
        if row_id != self.wanted:
            return
        if query != self._page.model.query:
            self.look()
        elif place is None:
            self.forget()
        else:
            self._place = place
            self._go()

    def _go(self) -> None:
        """Scroll to the place as soon as the table is so long: its rows are fetched then."""
        model = self._page.model
        if self._place is not None and self._place < model.total:
            centre, table = QAbstractItemView.ScrollHint.PositionAtCenter, self._page.table
            table.updateGeometries()  # right after the count the bar still ends where the rows ended before
            table.scrollTo(model.index(self._place, 0), centre)
