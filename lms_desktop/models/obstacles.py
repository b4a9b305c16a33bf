"""What stands in the way of taking an operation back, as rows of a table: one for each field that is another now."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from lms_desktop.models.cell_roles import cell_data
from lms_desktop.models.cells import SORTABLE_ROLE, Cell, Look
from lms_desktop.models.render import one_line, render
from lms_desktop.models.wording import word
from lms_desktop.services.reverting import CHANGED, GONE, PARENT, TAKEN, THERE, USED, Obstacle, Plan
from lms_desktop.spec import Catalog, Moment, Ref

Index = QModelIndex | QPersistentModelIndex
Names = Mapping[tuple[type, str], tuple[str, str]]
"""(entity, id) → what the row is called, and the muted text beside it."""

_NOWHERE = QModelIndex()
_NOTHING = Cell("")


class ObstaclesModel(QAbstractTableModel):
    """The obstacles of a plan: row, field, as the operation left it, as it is now, whose change that was and when."""

    def __init__(
        self, catalog: Catalog, plan: Plan, zone: str, names: Names | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._catalog, self._zone, self._names = catalog, zone, names or {}
        self._titles = (
            self.tr("Row"),
            self.tr("Field"),
            self.tr("As it was left"),
            self.tr("Now"),
            self.tr("Changed by"),
            self.tr("When"),
        )
        self._rows = [cells for obstacle in plan.obstacles for cells in self._lines(obstacle)]

    def row_cells(self, row: int) -> Sequence[Cell] | None:
        """The cells of a row, as `RecordTable` wants them."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Override QAbstractItemModel::rowCount."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Override QAbstractItemModel::columnCount."""
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::data."""
        return cell_data(self._rows[index.row()][index.column()], role, None) if index.isValid() else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::headerData."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == SORTABLE_ROLE:
            return False
        return self._titles[section] if role == Qt.ItemDataRole.DisplayRole else None

    # Cells

    def _lines(self, obstacle: Obstacle) -> list[tuple[Cell, ...]]:
        admin = self._catalog[obstacle.entity]
        name = Cell(one_line(obstacle.title) or word(admin.label), word(admin.noun) if obstacle.title else "")
        by = self._by(obstacle)
        reason = Cell(self._reason(obstacle.reason), "", Look.MUTED)
        if not obstacle.fields:
            return [(name, _NOTHING, _NOTHING, reason, *by)]
        told = obstacle.reason != CHANGED
        return [
            (name, *self._field(obstacle, key, left, now, reason if told else None), *by)
            for key, left, now in obstacle.fields
        ]

    def _field(
        self, obstacle: Obstacle, key: str, left: str | None, now: str | None, reason: Cell | None
    ) -> tuple[Cell, Cell, Cell]:
        try:
            field = self._catalog[obstacle.entity].field(key)
        except KeyError:
            label, cells = key, [Cell(one_line(text)) if text is not None else Cell("—", "", 1) for text in (left, now)]
        else:
            label, cells = word(field.label), [self._value(field.kind, text) for text in (left, now)]
        return Cell(label, "", Look.MUTED), cells[0], reason or cells[1]

    def _value(self, kind: Any, wire: str | None) -> Cell:
        if isinstance(kind, Ref) and wire is not None:
            name = self._names.get((kind.target, wire))
            return Cell(one_line(name[0]), name[1]) if name else Cell(self.tr("another one"), "", Look.MUTED)
        cell = render(kind, wire, self._zone)
        return cell._replace(look=cell.look & ~Look.NUMBER)  # at the start here: the column has other kinds too

    def _by(self, obstacle: Obstacle) -> tuple[Cell, Cell]:
        who = Cell(one_line(obstacle.who)) if obstacle.who else Cell(self.tr("another program"), "", Look.MUTED)
        return who, _NOTHING if obstacle.when is None else render(Moment(), obstacle.when, self._zone)

    def _reason(self, reason: str) -> str:
        return {
            CHANGED: self.tr("changed since"),
            GONE: self.tr("deleted since"),
            THERE: self.tr("there again"),
            PARENT: self.tr("what it belongs to is gone"),
            TAKEN: self.tr("taken by another row"),
            USED: self.tr("others hang on it since"),
        }.get(reason, reason)
