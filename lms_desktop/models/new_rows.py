"""The model of the band above a table: rows that are not saved yet."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt

from lms_desktop import policy
from lms_desktop.models.cell_roles import cell_data, draft_cell, header_data
from lms_desktop.models.cells import Cell, Look
from lms_desktop.models.drafts import Draft, Drafts, Label
from lms_desktop.models.render import NULL_CELL
from lms_desktop.models.table import TableModel
from lms_desktop.services.pages import is_long
from lms_desktop.spec import Field, Secret

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class NewRowsModel(QAbstractTableModel):
    """The new rows of a table's drafts × the table's columns.

    Attributes:
        table: the model of the table below the band, whose columns it shares.
    """

    def __init__(self, table: TableModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table = table
        self.drafts: Drafts = table.drafts
        self._rows: tuple[Draft, ...] = ()
        self._resetting = False
        self.drafts.changed.connect(self._changed)
        table.modelReset.connect(self._reset)

    def row_id(self, row: int) -> str | None:
        """The id of a new row."""
        return self._rows[row].id if 0 <= row < len(self._rows) else None

    def find(self, row_id: str) -> int | None:
        """The place of a new row."""
        return next((i for i, draft in enumerate(self._rows) if draft.id == row_id), None)

    def row_cells(self, row: int) -> tuple[Cell, ...] | None:
        """The cells of a new row; where its first column has no value yet it says that the row is new."""
        if not 0 <= row < len(self._rows):
            return None
        draft, zone = self._rows[row], self.table.query.zone
        cells = [
            draft_cell(field, draft, zone) if field.key in draft.values else NULL_CELL for field in self.table.fields
        ]
        if cells and cells[0] is NULL_CELL:
            noun = QCoreApplication.translate("", self.table.admin.noun)
            cells[0] = Cell(self.tr("New {0}").format(noun), "", Look.MUTED | Look.DIRTY)
        return tuple(cells)

    def _changed(self, row_id: str) -> None:
        rows = self.drafts.new_rows()
        if [d.id for d in rows] != [d.id for d in self._rows]:
            self._reset()
        elif self._rows and self.columnCount():
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, self.columnCount() - 1))

    def _reset(self) -> None:
        if self._resetting:  # an open editor left its value to the drafts
            return
        self._resetting = True
        self.beginResetModel()
        self._rows = self.drafts.new_rows()
        self._resetting = False
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Override QAbstractItemModel::rowCount."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Override QAbstractItemModel::columnCount."""
        return 0 if parent.isValid() else len(self.table.fields)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::data."""
        cells = self.row_cells(index.row()) if index.isValid() else None
        if cells is None or index.column() >= len(cells):
            return None
        draft, key = self._rows[index.row()], self.table.fields[index.column()].key
        if role == Qt.ItemDataRole.EditRole:
            return draft.values.get(key)
        return cell_data(cells[index.column()], role, draft.errors.get(key))

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Override QAbstractItemModel::setData, as the table's."""
        if not index.isValid() or role != Qt.ItemDataRole.EditRole:
            return False
        wire, label = value if isinstance(value, tuple) else (value, None)
        self.set_value(self._rows[index.row()], self.table.fields[index.column()].key, wire, label)
        return True

    def set_value(self, draft: Draft, key: str, value: str | None, label: Label | None = None) -> None:
        """Note a value of a new row; one that was given up or saved meanwhile does not come back by it."""
        if self.drafts.get(draft.id) is draft:
            self.drafts.set(draft.id, key, value, label=label)

    def row(self, row: int) -> Draft | None:
        """The draft of a new row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Override QAbstractItemModel::flags."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        if index.column() >= len(self.table.fields):
            return flags
        field, actor = self.table.fields[index.column()], self.table.desk.actor
        if (
            isinstance(field, Field)
            and field.own
            and not (field.readonly or field.in_form or is_long(field) or isinstance(field.kind, Secret))
            and actor is not None
            and policy.may_write(actor, self.table.admin.entity, field.key)
        ):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::headerData."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.table.fields):
            return None
        return header_data(self.table.fields[section], role)
