"""A table over rows from memory, and eyes for what it paints: for the tests of the record table."""

from collections import Counter
from collections.abc import Sequence

from pytestqt.qtbot import QtBot

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QImage

from lms_desktop.models.cells import SORTABLE_ROLE, Cell, Look
from lms_desktop.views.record_table import RecordTable

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
STUDENT, COURSE, SCORE, NOTE = range(4)


class Rows(QAbstractTableModel):
    """Rows as a paged model has them: some are loaded, the others come when they are wanted."""

    TITLES = ("Student", "Course", "Score", "Note")

    def __init__(self, count: int = 30, loaded: bool = True) -> None:
        super().__init__()
        self.count = count
        self.cells: dict[int, list[Cell]] = {}
        self.asked: list[int] = []
        self.data_calls = 0
        if loaded:
            self.load(0, count - 1)

    def load(self, first: int, last: int) -> None:
        for row in range(first, min(last, self.count - 1) + 1):
            self.cells[row] = [
                Cell("Ana Sousa", "ana.sousa@school.edu"),
                Cell("Algebra I"),
                Cell(str(row), "", Look.NUMBER),
                Cell("", "", Look.NULL),
            ]

    def put(self, row: int, column: int, cell: Cell) -> None:
        self.cells[row][column] = cell
        self.dataChanged.emit(self.index(row, column), self.index(row, column))

    def row_cells(self, row: int) -> Sequence[Cell] | None:
        self.asked.append(row)
        return self.cells.get(row)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else self.count

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.TITLES)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        self.data_calls += 1
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole) or index.row() not in self.cells:
            return None
        return self.cells[index.row()][index.column()].text

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        self.put(index.row(), index.column(), Cell(str(value), "", Look.DIRTY))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() in (STUDENT, NOTE) else flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole and section == SCORE:
            return int(Qt.AlignmentFlag.AlignRight)
        if role == SORTABLE_ROLE:
            return section != NOTE
        return self.TITLES[section] if role == Qt.ItemDataRole.DisplayRole else None


def shown(qtbot: QtBot, model: Rows) -> RecordTable:
    made = RecordTable()
    qtbot.addWidget(made)
    made.setModel(model)
    model.setParent(made)
    made.resize(700, 34 + 10 * 33 + 12)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def rows_of(table: RecordTable) -> Rows:
    model = table.model()
    assert isinstance(model, Rows)
    return model


def part(table: RecordTable, row: int, column: int) -> QImage:
    """The picture of one cell."""
    return table.viewport().grab(table.visualRect(table.model().index(row, column))).toImage()


def inks(picture: QImage) -> Counter[int]:
    plain = picture.convertToFormat(QImage.Format.Format_ARGB32)
    return Counter(memoryview(plain.constBits()).cast("I"))


def ground(table: RecordTable, row: int, column: int) -> QColor:
    """The colour behind a cell."""
    return QColor.fromRgba(inks(part(table, row, column)).most_common(1)[0][0])
