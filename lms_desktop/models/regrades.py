"""The results that would change, as rows of a table: student, score before and after, passed before and after."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from lms_desktop.models.cell_roles import cell_data
from lms_desktop.models.cells import SORTABLE_ROLE, Cell, Look
from lms_desktop.models.render import NULL_CELL, one_line
from lms_desktop.services.teaching.regrading import Changed

Index = QModelIndex | QPersistentModelIndex

_NOWHERE = QModelIndex()


class RegradesModel(QAbstractTableModel):
    """Results that would change: a hundred thousand of them are no more than a list."""

    def __init__(self, changes: Sequence[Changed] = (), parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._changes = changes
        self._titles = (
            self.tr("Student"),
            self.tr("Score"),
            self.tr("New score"),
            self.tr("Result"),
            self.tr("New result"),
        )
        self._words = {True: self.tr("Passed"), False: self.tr("Not passed")}

    def show(self, changes: Sequence[Changed]) -> None:
        """Show other ones."""
        self.beginResetModel()
        self._changes = changes
        self.endResetModel()

    def row_cells(self, row: int) -> Sequence[Cell] | None:
        """The cells of a row, as `RecordTable` wants them."""
        if not 0 <= row < len(self._changes):
            return None
        change = self._changes[row]
        name = Cell(one_line(change.name or change.email), change.email if change.name else "")
        new = Look.TAG_OK if change.passed else Look.TAG_WARN if change.old_passed else Look.TAG_NEUTRAL
        return (
            name if name.text else NULL_CELL,
            _score(change.old_score),
            _score(change.score)._replace(look=Look.NUMBER | Look.STRONG),
            self._result(change.old_passed, Look.MUTED),
            self._result(change.passed, new if change.passed != change.old_passed else Look.MUTED),
        )

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Override QAbstractItemModel::rowCount."""
        return 0 if parent.isValid() else len(self._changes)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Override QAbstractItemModel::columnCount."""
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::data."""
        cells = self.row_cells(index.row()) if index.isValid() else None
        return cell_data(cells[index.column()], role, None) if cells else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::headerData."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == SORTABLE_ROLE:
            return False
        if role == Qt.ItemDataRole.ToolTipRole and section in (1, 2):
            return self.tr("The percentage of points")
        if role == Qt.ItemDataRole.TextAlignmentRole and section in (1, 2):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return self._titles[section] if role == Qt.ItemDataRole.DisplayRole else None

    def _result(self, passed: bool | None, look: int) -> Cell:
        return NULL_CELL if passed is None else Cell(self._words[passed], "", look)


def _score(score: int | None) -> Cell:
    return NULL_CELL if score is None else Cell(f"{score} %", "", Look.NUMBER)
