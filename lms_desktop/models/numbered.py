"""The rows of a table that are loaded and the numbers put on them, which are put right under the eye that reads."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import chain

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Signal

from lms_desktop.models.rows import RowView, view_of
from lms_desktop.models.stretches import Stretch, Stretches
from lms_desktop.services.positions import Key
from lms_desktop.spec import Computed, Field

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class NumberedRows(QAbstractTableModel):
    """Rows × columns, of which some rows are loaded.

    Attributes:
        fields: the columns.
        total: the number of rows, `exact` or about.

    Signals:
        arrived(): rows came or changed; the first ones of a new query too.
        counted(): `total` or `exact` changed.
        doubted(): there are more rows than was thought, or fewer.
        outdated(): rows that are shown are not there any more.
        about_to_move(bool), moved(): around each change of the places of rows, which others have brought about (True)
            or what was done here: whoever shows them keeps their place.
    """

    arrived = Signal()
    counted = Signal()
    doubted = Signal()
    outdated = Signal()
    about_to_move = Signal(bool)
    moved = Signal()

    def __init__(self, fields: tuple[Field | Computed, ...], parent: QObject | None) -> None:
        super().__init__(parent)
        self.fields = fields
        self.total, self.exact = 0, False
        self._rows = Stretches()
        self._visible = (0, 0)

    def row(self, row: int) -> RowView | None:
        """A loaded row; None while it is not."""
        found = self._rows.of(row)
        return None if found is None else view_of(found[0].page.rows[found[1]], found[0].page.layout)

    def row_id(self, row: int) -> str | None:
        """The id of a loaded row."""
        found = self._rows.of(row)
        return None if found is None else found[0].page.rows[found[1]][0]

    def key(self, row: int) -> Key | None:
        """The key of a loaded row."""
        found = self._rows.of(row)
        return None if found is None else found[0].page.layout.key(found[0].page.rows[found[1]])

    def loaded_within(self, first: int, last: int) -> Iterator[int]:
        """The places of the loaded rows among (first … last), in their order."""
        return chain.from_iterable(self._rows.within(first, min(last, self.total - 1)))

    def find(self, row_id: str) -> int | None:
        """The place of a row among those loaded."""
        row = self._rows.find(row_id)
        return row if row is not None and row < self.total else None

    def _seen(self) -> tuple[int, int]:
        """(first, last) row that a view shows; the last is before the first where there is none."""
        first, last = self._visible
        return max(first, 0), min(max(last, 0), self.total - 1)

    def _tell(self, *parts: range) -> None:
        """The rows at these places are others now."""
        for part in parts:
            last = min(part.stop, self.total) - 1
            if last >= part.start:
                self.dataChanged.emit(self.index(part.start, 0), self.index(last, self.columnCount() - 1))
        self.arrived.emit()

    # Places

    @contextmanager
    def _moving(self, by_others: bool = True) -> Iterator[None]:
        """Around what changes the places of rows that are seen."""
        self.about_to_move.emit(by_others)
        first, last = self._visible
        mark = QPersistentModelIndex(self.index(first, 0))
        try:
            yield
        finally:
            if mark.isValid():
                self._visible = (mark.row(), last + mark.row() - first)
            self.moved.emit()

    def _shift(self, rows: int) -> None:
        """Put so many rows more before the stretch that is read, or fewer; there may be fewer in all by now."""
        if not rows:
            return
        gone = min(-rows, self.total)
        if rows > 0:
            self.beginInsertRows(_NOWHERE, 0, rows - 1)
        elif gone:
            self.beginRemoveRows(_NOWHERE, 0, gone - 1)
        self.total -= gone
        self._rows.alone()
        if self._rows.here is not None:
            self._rows.here.first += rows
        if rows > 0:
            self.endInsertRows()
        elif gone:
            self.endRemoveRows()

    def _insert(self, at: int, rows: int) -> None:
        """Put rows in, or, below 0, take them out from there on."""
        at = min(at, self.total)
        if rows > 0:
            self.beginInsertRows(_NOWHERE, at, at + rows - 1)
            self.total += rows
            self.endInsertRows()
        elif (gone := min(-rows, self.total - at)) > 0:
            self.beginRemoveRows(_NOWHERE, at, at + gone - 1)
            self.total -= gone
            self.endRemoveRows()

    def _take_out(self, here: Stretch, row: int, count: int = 1) -> None:
        """Loaded rows do not stand there any more."""
        self.beginRemoveRows(_NOWHERE, row, row + count - 1)
        for _ in range(count):
            here.remove(row)
        self.total -= count
        self.endRemoveRows()

    def _carry(self, row: int, to: int) -> None:
        """A row stands elsewhere now; all others stay."""
        if to >= self.total:
            self._insert(self.total, to + 1 - self.total)
        if row != to:
            self.beginMoveRows(_NOWHERE, row, row, _NOWHERE, to + 1 if to > row else to)
            self.endMoveRows()

    def _end_at(self, end: int, *, exact: bool = False) -> None:
        """Nothing stands from a place on."""
        if end > self.total:
            self._insert(self.total, end - self.total)
        elif end < self.total:
            self._insert(end, end - self.total)
            self._rows.cut(end)
        self.exact = exact
        self.counted.emit()

    def _set_total(self, total: int, *, exact: bool) -> None:
        """There are so many rows. Those that are read stay as long as there is room for them: others come or go behind
        them, and where they are known to be the last, before them."""
        here, more, above = self._rows.here, total - self.total, 0
        if here is not None and not here.first and total <= self._seen()[1] < here.end:
            self.exact = False  # some of those read are gone, and nobody knows which: what is seen is not cut off
            self.counted.emit()
            self.outdated.emit()
            return
        if here is not None and here.first:
            left = total - here.end - (0 if here.ends else 1)  # what does not end there has a row behind it at least
            above = more if more > 0 and here.ends else max(min(left, 0), -here.first)
        elif here is not None and more > 0:
            here.ends = False
        with self._moving() if above else nullcontext():
            self._shift(above)
            self._end_at(total, exact=exact)

    def _meet_end(self, here: Stretch, ended: bool) -> None:
        """Where a stretch ends, or does not end as was thought, there are fewer rows than it seemed, or more."""
        here.ends = ended
        if ended or here.end >= self.total:
            end = here.end if ended else here.end + 1
            sure = (self.exact and end == self.total) or (ended and here.first == 0)
            self._end_at(end, exact=sure)
            if not sure:
                self.doubted.emit()

    # Qt

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Override QAbstractItemModel::rowCount."""
        return 0 if parent.isValid() else self.total

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Override QAbstractItemModel::columnCount."""
        return 0 if parent.isValid() else len(self.fields)
