"""The rows selected in a page's table, those too that are not loaded: all of them, or nothing is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QPersistentModelIndex

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.errors import ExplainedError, UserError
from lms_desktop.errors.kinds import N_
from lms_desktop.models.cells import Cell
from lms_desktop.models.gathering import Part, gather
from lms_desktop.models.rows import RowView, view_of
from lms_desktop.services.positions import Key
from lms_desktop.views.waiting import wait_for

if TYPE_CHECKING:
    from lms_desktop.views.entity_page import EntityPage

MOST_ROWS = 10_000
"""Rows to which something is done at one time."""


class Selected(NamedTuple):
    """A selected row and what it looks like."""

    view: RowView
    cells: tuple[Cell, ...]


class SelectedRows(QObject):
    """Knows which rows are selected, wherever they stand by now and whether or not they are still loaded."""

    def __init__(self, page: EntityPage) -> None:
        super().__init__(page)
        self._page = page
        self._ends: list[tuple[QPersistentModelIndex, Key]] = []
        page.table.selectionModel().selectionChanged.connect(self._note_ends)
        page.model.arrived.connect(self._note_ends)
        page.model.modelReset.connect(self._ends.clear)

    def count(self) -> int:
        """How many rows are selected."""
        return self._page.table.selected_count()

    def loaded(self) -> list[Selected]:
        """Those that are loaded, up to `MOST_ROWS`."""
        ranges = self._page.table.selected_ranges()
        there = (self.at(row) for first, last in ranges for row in range(first, last + 1))
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
        parts, model = self._parts(), page.model
        read = model.reader()
        known = {one.view.id: one for one in loaded}

        def work(uow: UnitOfWork) -> list[Selected]:
            found = []
            for part in parts:
                for block in gather(lambda want: read(uow, want), part, MOST_ROWS):
                    layout = block.page.layout
                    found += [
                        Selected(view_of(row, layout), cells)
                        for row, cells in zip(block.page.rows, block.cells, strict=True)
                    ]
            return found

        def arrived(found: list[Selected]) -> None:
            if len(found) > MOST_ROWS:
                self._refuse(len(found))
            else:  # what one has seen is what is meant: whoever changed it since is noticed by its version
                done(
                    [
                        known.get(one.view.id) or one._replace(cells=model.as_drafted(one.view.id, one.cells))
                        for one in found
                    ]
                )

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

    def _note_ends(self) -> None:
        """Keep the keys of the first and the last row of what is selected, which may not be loaded later on."""
        page = self._page
        ranges = page.table.selected_ranges()
        rows = {row for span in ranges for row in span}
        known = {index.row(): key for index, key in self._ends if index.isValid()}
        keys = {row: page.model.key(row) or known.get(row) for row in rows}
        self._ends[:] = [(QPersistentModelIndex(page.model.index(row, 0)), key) for row, key in keys.items() if key]

    def _parts(self) -> Sequence[Part]:
        page, known = self._page, {index.row(): key for index, key in self._ends if index.isValid()}
        total = page.model.rowCount()
        return [
            Part(first, last + 1 - first, known.get(first), known.get(last), last + 1 - first == total)
            for first, last in page.table.selected_ranges()
        ]


def _too_many(number: str, most: str) -> UserError:
    return UserError(
        N_("{count} rows are selected; something is done to at most {most} at one time. Nothing was done."),
        way_out=N_("Select or filter fewer, and go on part by part."),
        values={"count": number, "most": most},
    )
