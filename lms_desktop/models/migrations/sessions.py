"""Who holds the tables that a migration wants."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from lms_desktop.database.migrating.sessions import Session

PROCESS, WHO, SINCE, HOLDS, MODE = range(5)
Index = QModelIndex | QPersistentModelIndex


class SessionsModel(QAbstractTableModel):
    """One row a session."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Session, ...] = ()

    @property
    def rows(self) -> Sequence[Session]:
        """The sessions in their order."""
        return self._rows

    def show(self, rows: Sequence[Session]) -> None:
        """Show these in place of all."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Override QAbstractTableModel::rowCount."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Override QAbstractTableModel::columnCount."""
        return 0 if parent is not None and parent.isValid() else 5

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::data."""
        if not index.isValid() or not self.checkIndex(index):
            return None
        session, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.ToolTipRole:
            return session.application if column == WHO else None
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if column == PROCESS:
            return str(session.pid)
        if column == WHO:
            return f"{session.user} @ {session.host or 'localhost'}"
        if column == SINCE:
            return f"{clock(session.seconds)} {session.state}".strip()
        if column == HOLDS:
            return ", ".join(session.tables)
        return session.modes[-1].removesuffix("Lock") if session.modes else ""

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::headerData."""
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        names = (self.tr("Process"), self.tr("Who"), self.tr("Since"), self.tr("Holds"), self.tr("Lock"))
        return names[section] if 0 <= section < 5 else None


def clock(seconds: float) -> str:
    """A time that has gone by: "00:02:11"."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest:02}"
