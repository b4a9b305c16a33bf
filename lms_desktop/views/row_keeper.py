"""Keeps the rows that somebody reads where they are on the screen, while rows come and go above and between them."""

from typing import Any

from PySide6.QtCore import QAbstractItemModel, QItemSelectionModel, QModelIndex, QObject, QPersistentModelIndex
from PySide6.QtWidgets import QTableView


class RowKeeper(QObject):
    """Remembers before the rows move, and puts the table back on them afterwards.

    Attributes:
        keeping: the rows are being moved: a current row that goes leaves none in its place, for the person has chosen
            none.
    """

    def __init__(self, table: Any) -> None:
        super().__init__(table)
        self._table: Any = table
        self._model: Any = None
        self.keeping = False
        self._places: list[tuple[QPersistentModelIndex, int]] = []
        self._current: tuple[str | None, int] = (None, 0)

    def watch(self, model: QAbstractItemModel | None) -> None:
        """Keep the rows of this model, if it follows others."""
        former = getattr(self._model, "follower", None)
        if former is not None:
            former.about_to_move.disconnect(self._remember)
            former.moved.disconnect(self._put_back)
        self._model = model
        follower = getattr(model, "follower", None)
        if follower is not None:
            follower.about_to_move.connect(self._remember)
            follower.moved.connect(self._put_back)
            follower.anchor = self._anchor

    def _anchor(self) -> int:
        """The row that is read: the current one where it is seen."""
        current = self._table.currentIndex().row()
        first, last = self._table.seen_rows()
        return current if first <= current <= last else -1

    def _remember(self) -> None:
        table, model = self._table, self._model
        self.keeping = True
        current = table.currentIndex()
        self._current = (model.row_id(current.row()) if current.isValid() else None, current.column())
        first, last = table.seen_rows()
        rows = range(first, last + 1) if first >= 0 else range(0)
        anchor = self._anchor()
        order = sorted(rows, key=lambda row: (row != anchor, row < anchor, abs(row - anchor)))
        self._places = [(QPersistentModelIndex(model.index(row, 0)), table.rowViewportPosition(row)) for row in order]

    def _put_back(self) -> None:
        table: QTableView = self._table
        self.keeping = False
        places, self._places = self._places, []
        self._restore_current()
        for index, place in places:
            if index.isValid():
                off = table.rowViewportPosition(index.row()) - place
                if off:
                    table.updateGeometries()
                    bar = table.verticalScrollBar()
                    bar.setValue(bar.value() + off)
                break
        table.viewport().update()

    def _restore_current(self) -> None:
        """A row that only moved, for its place in the order is another now, stays the current one."""
        table, (row_id, column) = self._table, self._current
        if row_id is None or table.currentIndex().isValid():
            return
        row = self._model.find(row_id)
        if row is not None:
            selection = table.selectionModel()
            selection.blockSignals(True)
            flags = QItemSelectionModel.SelectionFlag
            selection.setCurrentIndex(self._model.index(row, max(column, 0)), flags.ClearAndSelect | flags.Rows)
            selection.blockSignals(False)


def let_go_of_current(table: QTableView, first: int, last: int) -> None:
    """The rows (first … last) are about to go: none of them stays current, and none takes their place."""
    if first <= table.currentIndex().row() <= last:
        table.selectionModel().setCurrentIndex(QModelIndex(), QItemSelectionModel.SelectionFlag.NoUpdate)
