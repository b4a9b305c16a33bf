"""The statements of a run as a table: what each locked, whether it wrote a table anew, how long it took."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from lms_desktop.database.migrating.events import Lock, Measure
from lms_desktop.database.migrating.sessions import strength

MEASURE_ROLE = Qt.ItemDataRole.UserRole + 1
STATEMENT, TABLES, LOCK, REWRITES, SECONDS = range(5)
Index = QModelIndex | QPersistentModelIndex


class MeasuresModel(QAbstractTableModel):
    """Rows come while the run goes on.

    Attributes:
        measured: whether locks and rewrites were measured, as a rehearsal does.
        made: the tables that the run makes itself: locks on them keep nobody away.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Measure] = []
        self.measured = True
        self.made: frozenset[str] = frozenset()

    @property
    def rows(self) -> Sequence[Measure]:
        """The measures in their order."""
        return self._rows

    def show(self, rows: Sequence[Measure], *, measured: bool) -> None:
        """Show these in place of all."""
        self.beginResetModel()
        self._rows, self.measured = list(rows), measured
        self.endResetModel()

    def add(self, measure: Measure) -> None:
        """One more has been run; of one that is tried again the former try goes."""
        same = [
            n for n, row in enumerate(self._rows) if (row.revision, row.number) == (measure.revision, measure.number)
        ]
        if same:
            self._drop_from(same[0])
        self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows))
        self._rows.append(replace(measure))
        self.endInsertRows()

    def _drop_from(self, row: int) -> None:
        self.beginRemoveRows(QModelIndex(), row, len(self._rows) - 1)
        del self._rows[row:]
        self.endRemoveRows()

    def _locks(self, measure: Measure) -> tuple[Lock, ...]:
        return tuple(lock for lock in measure.locks if lock.table not in self.made)

    def lock(self, row: int) -> Lock | None:
        """The strongest lock of a statement; None where it took none on a table."""
        return max(self._locks(self._rows[row]), key=lambda lock: strength(lock.mode), default=None)

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
        measure = self._rows[index.row()]
        if role == MEASURE_ROLE:
            return measure
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(index.row(), index.column(), measure)
        if role == Qt.ItemDataRole.ToolTipRole:
            if index.column() == STATEMENT:
                return measure.sql
            if index.column() in (TABLES, LOCK) and measure.locks:
                return "\n".join(f"{lock.table}: {lock.mode}" for lock in measure.locks)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in (REWRITES, SECONDS):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _text(self, row: int, column: int, measure: Measure) -> str:
        if column == STATEMENT:
            return " ".join(measure.sql.split())
        if column == SECONDS:
            return f"{measure.seconds:.3f}"
        if not self.measured:
            return "–"
        if column == TABLES:
            return ", ".join(dict.fromkeys(lock.table for lock in self._locks(measure))) or "–"
        if column == REWRITES:
            return ", ".join(measure.rewritten) or self.tr("no")
        lock = self.lock(row)
        return self.tr("none on data") if lock is None else lock.mode.removesuffix("Lock")

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::headerData."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < 5:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section in (REWRITES, SECONDS):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        names = (
            self.tr("Statement"),
            self.tr("Tables locked"),
            self.tr("Lock"),
            self.tr("Rewrites"),
            self.tr("Seconds"),
        )
        return names[section]
