"""The rows selected in a page's table, those too that are not loaded: all of them, or nothing is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject, QPersistentModelIndex

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.errors import ExplainedError, UserError
from lms_desktop.errors.kinds import N_
from lms_desktop.models.cells import Cell
from lms_desktop.models.rows import Block, RowView, view_of
from lms_desktop.services.paging import Layout, Row
from lms_desktop.services.positions import Key

if TYPE_CHECKING:
    from lms_desktop.models.gathering import Part
    from lms_desktop.views.entity_page import EntityPage
    from lms_desktop.views.related_list import RelatedList

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
    """Knows which rows are selected, wherever they stand by now and whether or not they are still loaded.

    Attributes:
        several: the person has selected more than one.
    """

    def __init__(self, page: EntityPage | RelatedList) -> None:
        super().__init__(page)
        self._page = page
        self._ends: list[_End] = []
        self._puts_right = self.several = False
        selection = page.table.selectionModel()
        for chosen in (selection.selectionChanged, selection.currentRowChanged):
            chosen.connect(self._chosen)
        page.model.arrived.connect(self._arrived)
        page.model.modelReset.connect(self._ends.clear)

    def _chosen(self) -> None:
        table = self._page.table
        if not table.is_moving_rows() and not self._puts_right:
            self.several = table.selected_count() > 1
        if not self._puts_right:
            self._note_ends(table.currentIndex().row())

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

    def take(self, done: Callable[[list[Selected]], None], *, to_change: bool = False) -> None:
        """Tell all of them to `done`, at once where all are loaded. Those that are not are read; it is said where they
        are too many, or where others have changed which ones they are. `to_change`: they are changed without more ado.
        """
        page, number = self._page, self.count()
        if number > MOST_ROWS:
            self._refuse(number)
            return
        self._arrived()
        loaded, parts = self.loaded(), self._parts()
        if len(loaded) == number and parts is not None:
            done(loaded)
            return
        from lms_desktop.models.gathering import changed, gather, renewed  # few selections are read
        from lms_desktop.views.waiting import wait_for

        model = page.model
        read, fields, query, pages = model.reader(), model.fields, model.query, model.pages
        known = {one.view.id: one for one in loaded}

        def key(uow: UnitOfWork, row_id: str) -> Key | None:
            return pages.key(uow, query, row_id)

        def work(uow: UnitOfWork) -> list[Selected]:
            if parts is None:
                raise changed()
            found = list[Selected]()
            for part in parts:
                blocks = gather(partial(read, uow), renewed(part, partial(key, uow)), MOST_ROWS)
                rows = [Selected(view_of(*one), cells) for block in blocks for one, cells in _rows_of(block)]
                found += rows[part.beside[0] : len(rows) - part.beside[1]]
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
        job.leads_on = to_change
        wait_for(job, text, page.window())

    def _failed(self, error: ExplainedError) -> None:
        self._page.trouble.emit(error)
        self._page.refresh()

    def _refuse(self, number: int) -> None:
        locale = self._page.locale()
        self._page.trouble.emit(_too_many(locale.toString(number), locale.toString(MOST_ROWS)))

    # Where they begin and end

    def key(self, row: int) -> Key | None:
        """The key of the row that was chosen there, as far as it was ever loaded."""
        known = self._known().get(row)
        return self._page.model.key(row) if known is None else known.key

    def know(self, row: int, key: Key) -> None:
        """The row of this key stands there, and is selected, though it is not loaded."""
        kept = [end for end in self._ends if end.place.row() != row]
        self._ends[:] = [*kept, _End(QPersistentModelIndex(self._page.model.index(row, 0)), key)]

    def _arrived(self) -> None:
        self._note_ends()
        if any(end.lost for end in self._ends):
            self._put_right()

    def _put_right(self) -> None:
        """Others stand by now where rows were chosen: those that were chosen are selected, if they are loaded."""
        model, known, chosen = self._page.model, self._known(), QItemSelection()
        found = list[tuple[int, Key]]()
        for span in self._page.table.selected_ranges():
            places = list[int]()
            for row in span:
                end = known.get(row)
                place = model.find(str(end.key[-1])) if end is not None and end.lost else row
                if place is None:
                    return  # it may come yet; until then nothing is done
                places.append(place)
                found += [(place, end.key)] if end is not None and end.lost else []
            first, last = places
            if first > last:
                return
            chosen.select(model.index(first, 0), model.index(last, model.columnCount() - 1))
        for place, key in found:
            self.know(place, key)
        flags = QItemSelectionModel.SelectionFlag
        self._puts_right = True
        try:
            self._page.table.selectionModel().select(chosen, flags.ClearAndSelect | flags.Rows)
        finally:
            self._puts_right = False
        self._note_ends()

    def _note_ends(self, chosen: int = -1) -> None:
        """Keep the keys of the first and the last row of what is selected, which may not be loaded later on; `chosen`
        is the row that the person is at just now."""
        page, known = self._page, self._known()
        ends = {row: known.get(row) for span in page.table.selected_ranges() for row in self._told_by(span, known)}
        for row in ends:
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

    def _told_by(self, span: tuple[int, int], known: dict[int, _End]) -> set[int]:
        """The places of rows that tell which ones are selected beside each other: the first and the last; of one that
        nobody has seen, the one outside beside it."""
        beside = {end: out for end, out in zip(span, (span[0] - 1, span[1] + 1), strict=True) if end not in known}
        rows = self._page.model.rowCount()
        return {*span, *(out for end, out in beside.items() if 0 <= out < rows and self._page.model.key(end) is None)}

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
            # Beside an end that nobody has seen there may be a row of which it is known that it is not selected.
            before, after = (row not in known and out in known for row, out in ((first, first - 1), (last, last + 1)))
            begin, until = first - before, last + after
            start, end = (None if row not in known else known[row].key for row in (begin, until))
            whole = last + 1 - first == total
            parts.append(Part(begin, until + 1 - begin, start, end, whole=whole, beside=(int(before), int(after))))
        return parts


def _rows_of(block: Block) -> Iterator[tuple[tuple[Row, Layout], tuple[Cell, ...]]]:
    """The rows of a block, with what they are read by, and their cells."""
    return zip(((row, block.page.layout) for row in block.page.rows), block.cells, strict=True)


def _too_many(number: str, most: str) -> UserError:
    return UserError(
        N_("{count} rows are selected; something is done to at most {most} at one time. Nothing was done."),
        way_out=N_("Select or filter fewer, and go on part by part."),
        values={"count": number, "most": most},
    )
