"""The revisions of both lineages as a list, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from lms_desktop.database.migrating.lineages import Lineage
from lms_desktop.database.migrating.standing import RevisionState
from lms_desktop.models.wording import word
from lms_desktop.services.migrating import Overview

ENTRY_ROLE = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Entry:
    """A revision of a lineage and what became of it; `newest`: it is the last one that is applied."""

    lineage: Lineage
    state: RevisionState
    newest: bool = False

    @property
    def id(self) -> str:
        """The revision's id."""
        return self.state.revision.id

    @property
    def short(self) -> str:
        """The part of the id that people say: "0007"."""
        return short(self.id)


def short(revision: str | None) -> str:
    """An id as people say it: "0007_add_users_mfa_enabled" is 0007."""
    return "" if revision is None else revision.split("_", 1)[0]


class RevisionsModel(QAbstractListModel):
    """Our own revisions stand above the document's, as they build upon them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []

    @property
    def entries(self) -> Sequence[Entry]:
        """All of them in their order."""
        return self._entries

    def show(self, found: Overview) -> None:
        """Show what was found. Where the same revisions stand there already, the rows stay."""
        entries = [*_entries(found, Lineage.OWN), *_entries(found, Lineage.DOCUMENT)]
        keys = [(entry.lineage, entry.id) for entry in entries]
        if keys == [(entry.lineage, entry.id) for entry in self._entries]:
            self._entries = entries
            if entries:
                self.dataChanged.emit(self.index(0), self.index(len(entries) - 1))
            return
        self.beginResetModel()
        self._entries = entries
        self.endResetModel()

    def find(self, lineage: Lineage, revision: str) -> int | None:
        """The row of a revision."""
        keys = [(entry.lineage, entry.id) for entry in self._entries]
        return keys.index((lineage, revision)) if (lineage, revision) in keys else None

    def rowCount(self, parent: Index | None = None) -> int:
        """Override QAbstractListModel::rowCount."""
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::data."""
        if not self.checkIndex(index) or not index.isValid():
            return None
        entry = self._entries[index.row()]
        if role == ENTRY_ROLE:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.id
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{entry.id}\n{word(entry.state.revision.description)}".strip()
        if role == Qt.ItemDataRole.AccessibleTextRole:
            parts = (entry.id, word(entry.state.revision.description), self.state_word(entry))
            return ", ".join(part for part in parts if part)
        return None

    def state_word(self, entry: Entry) -> str:
        """What has become of a revision, in a word."""
        words = {"applied": self.tr("applied"), "pending": self.tr("pending"), "unknown": self.tr("unknown")}
        return words[entry.state.state]


def _entries(found: Overview, lineage: Lineage) -> list[Entry]:
    standing = found.of(lineage)
    return [
        Entry(lineage, state, state.state == "applied" and state.revision.id == standing.revision)
        for state in reversed(standing.revisions)
    ]
