"""Keeps the rows that somebody reads where they are on the screen, while rows come and go above and between them."""

from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
)
from PySide6.QtWidgets import QTableView

from lms_desktop.views.row_watch import RowWatch


class RowKeeper(QObject):
    """Remembers before the rows move, and puts the table back on them afterwards.

    Attributes:
        moving: the rows are being moved: whichever becomes current meanwhile, the person has not chosen it.
        keeping: it is others who move them: a current row that goes leaves none in its place.
    """

    def __init__(self, table: Any, watch: RowWatch) -> None:
        super().__init__(table)
        self._table: Any = table
        self._watch = watch
        self._picture: tuple[object, ...] | None = None
        self._model: Any = None
        self.moving = self.keeping = self._selected = self._several = False
        self._places: list[tuple[QPersistentModelIndex, int]] = []
        self._current: tuple[str | None, int] = (None, 0)
        self._left = QPersistentModelIndex()
        self._behind: str | None = None
        self._column = 0

    def let_go(self, first: int, last: int) -> None:
        """The rows (first … last) are about to go. Of others' doing: see `let_go_of_current`; the keys go on from where
        they were. Of the person's own: the next row is current, Qt would take the one before."""
        current = self._table.currentIndex()
        if first <= current.row() <= last:
            behind = current.siblingAtRow(last + 1)
            if not self.keeping:
                if behind.isValid():
                    flags = QItemSelectionModel.SelectionFlag
                    self._table.selectionModel().setCurrentIndex(behind, flags.NoUpdate)
                return
            place = QPersistentModelIndex(behind if behind.isValid() else current.siblingAtRow(first - 1))
            let_go_of_current(self._table, first, last)
            self._left, self._column = place, current.column()

    def leave(self, row_id: str) -> None:
        """No row is current from now on, for this record has none; the keys go on from where its row was."""
        place = self._table.currentIndex()
        behind = self._model.find(self._behind) if self._current[0] == row_id and self._behind is not None else None
        let_go_of_current(self._table, place.row(), place.row())
        self._column = place.column()
        self._left = QPersistentModelIndex(place if behind is None else place.siblingAtRow(behind))

    def left(self) -> QModelIndex:
        """Where the keys go on while no row is current; invalid where one is, or none was."""
        return (
            QModelIndex()
            if self._table.currentIndex().isValid()
            else self._left.sibling(self._left.row(), self._left.column())
        )

    def column(self) -> int:
        """The column that is current, or was when the current row went."""
        current: QModelIndex = self._table.currentIndex()
        return current.column() if current.isValid() else min(self._column, max(self._model.columnCount() - 1, 0))

    def watch(self, model: QAbstractItemModel | None) -> None:
        """Keep the rows of this model, if it follows others."""
        if hasattr(self._model, "about_to_move"):
            self._model.about_to_move.disconnect(self._remember)
            self._model.moved.disconnect(self._put_back)
        self._model = model
        if hasattr(model, "about_to_move"):
            self._model.about_to_move.connect(self._remember)
            self._model.moved.connect(self._put_back)
            self._model.follower.anchor = self._anchor

    def _anchor(self) -> int:
        """The row that is read: the current one where it is seen."""
        current = self._table.currentIndex().row()
        first, last = self._table.seen_rows()
        return current if first <= current <= last else -1

    def _remember(self, by_others: bool) -> None:
        table, model = self._table, self._model
        self.moving, self.keeping = True, by_others
        self._selected, self._several = table.selectionModel().hasSelection(), table.selected_count() > 1
        current = table.currentIndex()
        self._current = (model.row_id(current.row()) if current.isValid() else None, current.column())
        self._behind = model.row_id(current.row() + 1) if current.isValid() else None
        first, last = table.seen_rows()
        rows = range(first, last + 1) if first >= 0 else range(0)
        anchor = self._anchor()
        loaded = {row for row in rows if model.row_id(row) is not None}  # of others nobody has seen where they stand
        # Who reads upwards goes on from the lowest: what comes between would push it out of sight, and all above it.
        near = (lambda row: (True, -row)) if self._watch.upwards else (lambda row: (row < anchor, abs(row - anchor)))
        order = sorted(rows, key=lambda row: (row not in loaded, row != anchor, *near(row)))
        self._places = [(QPersistentModelIndex(model.index(row, 0)), table.rowViewportPosition(row)) for row in order]
        self._picture = table.picture() if self._watch.keep() else None

    def _put_back(self) -> None:
        before, self._picture, same = self._picture, None, False
        try:
            self._put_rows_back()
            same = before is not None and before == self._table.picture()
        finally:  # whatever a model gives to be painted, the table goes on
            self.moving = False
            self._watch.kept(same)

    def _put_rows_back(self) -> None:
        table: QTableView = self._table
        was_selected = self._selected and not self.keeping
        self.keeping = False
        places, self._places = self._places, []
        self._restore_current()
        if was_selected and not table.selectionModel().hasSelection():  # the next row stands where those were
            flags = QItemSelectionModel.SelectionFlag
            table.selectionModel().select(table.currentIndex(), flags.ClearAndSelect | flags.Rows)
        for index, place in places:
            if index.isValid():
                bar = table.verticalScrollBar()
                off = table.rowViewportPosition(index.row()) - place
                value = bar.value() + off  # at the end Qt takes the bar back by itself as soon as it is measured
                if off:
                    table.updateGeometries()
                    bar.setValue(value)
                break

    def _restore_current(self) -> None:
        """A row that only moved, for its place in the order is another now, stays the current one."""
        table, (row_id, column) = self._table, self._current
        if row_id is None or table.currentIndex().isValid():
            return
        row = self._model.find(row_id)
        if row is not None:
            make_current_quietly(table, self._model.index(row, max(column, 0)), alone=not self._several)


def let_go_of_current(table: QTableView, first: int, last: int) -> None:
    """The rows (first … last) are about to go: none of them stays current, and none takes their place."""
    if first <= table.currentIndex().row() <= last:
        table.selectionModel().setCurrentIndex(QModelIndex(), QItemSelectionModel.SelectionFlag.NoUpdate)


def make_current_quietly(table: QTableView, index: QModelIndex, *, alone: bool = True) -> None:
    """Make a row current, and select it alone: nobody has chosen it, nobody hears of it, and nothing is scrolled to.
    Not `alone`: what else is selected stays so."""
    selection, flags = table.selectionModel(), QItemSelectionModel.SelectionFlag
    selection.blockSignals(True)
    selection.setCurrentIndex(index, (flags.ClearAndSelect if alone else flags.Select) | flags.Rows)
    selection.blockSignals(False)


def is_beside_rows(index: QModelIndex | QPersistentModelIndex, event: QEvent | None) -> bool:
    """Whether it is a button of the mouse that is pressed or let go where no row is. What was chosen stays so, as it is
    shown in the form or editor beside; Qt would leave nothing chosen, and keys and buttons with nothing to do."""
    buttons = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease)
    return not index.isValid() and event is not None and event.type() in buttons
