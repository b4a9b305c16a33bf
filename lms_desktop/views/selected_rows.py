"""The rows selected in a page's table, those too that are not loaded: all of them, or nothing is done."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QPersistentModelIndex

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.errors import ExplainedError, UserError
from lms_desktop.errors.kinds import N_
from lms_desktop.models.cells import Cell
from lms_desktop.models.rows import RowView, view_of
from lms_desktop.services.positions import Key

if TYPE_CHECKING:
    from lms_desktop.models.gathering import Part
    from lms_desktop.views.entity_page import EntityPage

MOST_ROWS = 10_000
"""Rows to which something is done at one time."""


class Selected(NamedTuple):
    """A selected row and what it looks like."""

    view: RowView
    cells: tuple[Cell, ...]


class _End(NamedTuple):
    """The first or the last of rows selected beside each other: where it stands, and its key when it was chosen.
    `lost`: another row has been seen there since, though none came or went."""

    place: QPersistentModelIndex
    key: Key
    lost: bool = False


class SelectedRows(QObject):
    """Knows which rows are selected, wherever they stand by now and whether or not they are still loaded."""

    def __init__(self, page: EntityPage) -> None:
        super().__init__(page)
        self._page = page
        self._ends: list[_End] = []
        selection = page.table.selectionModel()
        for chosen in (selection.selectionChanged, selection.currentRowChanged):
            chosen.connect(lambda: self._note_ends(page.table.currentIndex().row()))
        page.model.arrived.connect(lambda: self._note_ends())
        page.model.modelReset.connect(self._ends.clear)

    def count(self) -> int:
        """How many rows are selected."""
        return self._page.table.selected_count()

    def loaded(self) -> list[Selected]:
        """Those that are loaded, up to `MOST_ROWS`."""
        ranges, model = self._page.table.selected_ranges(), self._page.model
        there = (self.at(row) for span in ranges for row in model.loaded_within(*span))
        return list(islice(filter(None, there), MOST_ROWS))

    def at(self, row: int) -> Selected | None:
        """The row at a place; None where it is not loaded."""
        view, cells = self._page.model.row(row), self._page.model.row_cells(row)
        return None if view is None or cells is None else Selected(view, cells)

    def take(self, done: Callable[[list[Selected]], None]) -> None:
        """Tell all of them to `done`, at once where all are loaded. Those that are not are read; it is said where they
        are too many, or where others have changed which ones they are."""
        page, number = self._page, self.count()
        if number > MOST_ROWS:
            self._refuse(number)
            return
        loaded = self.loaded()
        if len(loaded) == number:
            done(loaded)
            return
        from lms_desktop.models.gathering import changed, gather  # few selections are read
        from lms_desktop.views.waiting import wait_for

        parts, model = self._parts(), page.model
        read, fields = model.reader(), model.fields
        known = {one.view.id: one for one in loaded}

        def work(uow: UnitOfWork) -> list[Selected]:
            if parts is None:
                raise changed()
            found = []
            for block in (block for part in parts for block in gather(partial(read, uow), part, MOST_ROWS)):
                layout = block.page.layout
                pairs = zip(block.page.rows, block.cells, strict=True)
                found += [Selected(view_of(row, layout), cells) for row, cells in pairs]
            if not known.keys() <= {one.view.id for one in found}:
                raise changed()
            return found

        def arrived(found: list[Selected]) -> None:
            if len(found) > MOST_ROWS:
                self._refuse(len(found))
                return
            # What one has seen is what is meant: whoever changed it since is noticed by its version.
            drafted = ((one.view.id, one._replace(cells=model.as_drafted(*one, fields))) for one in found)
            done([known.get(row_id, one) for row_id, one in drafted])

        text = self.tr("Reading what is selected")
        job = page.session.desk.read(work, done=arrived, failed=self._failed, owner=self, label=text)
        wait_for(job, text, page.window())

    def _failed(self, error: ExplainedError) -> None:
        self._page.trouble.emit(error)
        self._page.refresh()

    def _refuse(self, number: int) -> None:
        locale = self._page.locale()
        self._page.trouble.emit(_too_many(locale.toString(number), locale.toString(MOST_ROWS)))

    # Where they begin and end

    def _note_ends(self, chosen: int = -1) -> None:
        """Keep the keys of the first and the last row of what is selected, which may not be loaded later on; `chosen`
        is the row that the person is at just now."""
        page, known = self._page, self._known()
        rows = {row for span in page.table.selected_ranges() for row in span}
        ends = {row: known.get(row) for row in rows}
        for row in rows:
            key, end = page.model.key(row), ends[row]
            if key is None:
                continue
            if end is None:
                ends[row] = _End(QPersistentModelIndex(page.model.index(row, 0)), key)
            elif row == chosen or key[-1] == end.key[-1]:
                ends[row] = _End(end.place, key)
            else:
                ends[row] = end._replace(lost=True)
        self._ends[:] = [end for end in ends.values() if end is not None]

    def _known(self) -> dict[int, _End]:
        return {end.place.row(): end for end in self._ends if end.place.isValid()}

    def _parts(self) -> list[Part] | None:
        """What is to be read; None where nobody knows any more which rows are meant."""
        from lms_desktop.models.gathering import Part

        page, known = self._page, self._known()
        if any(end.lost for end in known.values()):
            return None
        total, parts = page.model.rowCount(), []
        for first, last in page.table.selected_ranges():
            start, end = (None if row not in known else known[row].key for row in (first, last))
            parts.append(Part(first, last + 1 - first, start, end, whole=last + 1 - first == total))
        return parts


def _too_many(number: str, most: str) -> UserError:
    return UserError(
        N_("{count} rows are selected; something is done to at most {most} at one time. Nothing was done."),
        way_out=N_("Select or filter fewer, and go on part by part."),
        values={"count": number, "most": most},
    )
