"""The model behind a picker of references: what the server finds for what is typed."""

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from lms_desktop.errors import ExplainedError
from lms_desktop.models.desk import Desk, Job
from lms_desktop.services.lookup import LIMIT, Found, lookup
from lms_desktop.spec import Catalog, Ref

FOUND_ROLE = Qt.ItemDataRole.UserRole
DETAIL_ROLE = Qt.ItemDataRole.UserRole + 1

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class LookupModel(QAbstractListModel):
    """At most twenty rows of a reference's target, for what was typed last; earlier questions are cancelled.

    Attributes:
        has_more: others match too.

    Signals:
        answered(str): the rows for this text are there.
        failed(object): the server could not be asked.
    """

    answered = Signal(str)
    failed = Signal(object)

    def __init__(self, desk: Desk, catalog: Catalog, reference: Ref, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._catalog, self._reference = desk, catalog, reference
        self._found: tuple[Found, ...] = ()
        self._job: Job | None = None
        self._asked: str | None = None
        self.has_more = False

    def ask(self, typed: str) -> None:
        """Ask the server, unless this is what it was asked last."""
        if typed == self._asked:
            return
        self._asked = typed
        if self._job is not None:
            self._job.cancel()
        self._job = self._desk.read(
            lambda uow: lookup(uow, self._catalog, self._reference, typed, LIMIT + 1),
            done=lambda found: self._arrived(typed, found),
            failed=self._refused,
            owner=self,
        )

    def found(self, row: int) -> Found | None:
        """What stands in a row."""
        return self._found[row] if 0 <= row < len(self._found) else None

    def _arrived(self, typed: str, found: tuple[Found, ...]) -> None:
        if typed != self._asked:
            return
        self.beginResetModel()
        self._found, self.has_more = found[:LIMIT], len(found) > LIMIT
        self.endResetModel()
        self.answered.emit(typed)

    def _refused(self, error: ExplainedError) -> None:
        self._asked = None
        self.failed.emit(error)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Override QAbstractItemModel::rowCount."""
        return 0 if parent.isValid() else len(self._found)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::data."""
        found = self.found(index.row()) if index.isValid() else None
        if found is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return found.label
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{found.label} {found.detail}".rstrip()
        return {int(FOUND_ROLE): found, int(DETAIL_ROLE): found.detail}.get(int(role))
