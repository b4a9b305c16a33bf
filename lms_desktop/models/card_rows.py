"""Cards as rows of Qt's: read by row, and gone over to other ones by steps that Qt understands."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from lms_desktop.models import cards as table
from lms_desktop.models.cards import Card, Key
from lms_desktop.models.rows import runs
from lms_desktop.models.wording import plain_tip

CARD_ROLE = int(Qt.ItemDataRole.UserRole)
MOST_STEPS = 12
"""Rows that change places in more pieces than this are put in order at once."""

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class CardRows(QAbstractListModel):
    """Shows cards, each with its place in its list."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Card] = []
        self._places: dict[Key, tuple[int, int]] = {}

    @property
    def cards(self) -> Sequence[Card]:
        """All cards in the order in which they are shown."""
        return self._rows

    def card(self, row: int) -> Card | None:
        """The card in a row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def find(self, entity: type, row_id: str) -> int:
        """The row of a card, -1 for none."""
        return table.find(self._rows, entity, row_id)

    def place(self, row: int) -> tuple[int, int]:
        """(n, of): the card is the n-th of so many in its list, from 1 on; (0, of) for one that has no place yet."""
        return self._places.get(self._rows[row].key, (0, 0))

    def spoken(self, row: int) -> str:
        """What a screen reader says of a card: "Lesson 3 of 12, Fractions, video, 18 minutes"."""
        card = self._rows[row]
        return ", ".join(part for part in (card.kind.format(*self.place(row)), card.title, *card.facts) if part)

    def _become(self, wanted: list[Card]) -> None:
        """Go over to other rows by steps that Qt understands, so that whoever points at a row goes on doing so."""
        before = self._rows
        pairs = enumerate(zip(before, wanted, strict=False))
        changed = [row for row, (old, new) in pairs if old is not new and old != new]  # most are the same object
        same_rows = len(before) == len(wanted) and all(before[row].key == wanted[row].key for row in changed)
        if not same_rows:
            self._go_over(wanted)
            changed = list(range(len(wanted)))
        self._rows = list(wanted)
        if not same_rows or any(_listed(before[row]) != _listed(wanted[row]) for row in changed):
            self._count()
        for part in runs(changed):
            self.dataChanged.emit(self.index(part.start), self.index(part.stop - 1))

    def _go_over(self, wanted: list[Card]) -> None:
        self._rows = list(self._rows)
        keys = {card.key for card in wanted}
        self._remove([row for row, card in enumerate(self._rows) if card.key not in keys])
        there = {card.key for card in self._rows}
        self._permute([card.key for card in wanted if card.key in there])
        row = 0
        while row < len(wanted):
            if row < len(self._rows) and self._rows[row].key == wanted[row].key:
                row += 1
                continue
            end = row
            while end < len(wanted) and wanted[end].key not in there:
                end += 1
            self.beginInsertRows(_NOWHERE, row, end - 1)
            self._rows[row:row] = wanted[row:end]
            self.endInsertRows()
            row = end

    def _remove(self, rows: list[int]) -> None:
        while rows:
            last = first = rows.pop()
            while rows and rows[-1] == first - 1:
                first = rows.pop()
            self.beginRemoveRows(_NOWHERE, first, last)
            del self._rows[first : last + 1]
            self.endRemoveRows()

    def _permute(self, keys: list[Key]) -> None:
        """Bring the rows into the order of these keys, which are theirs."""
        now = [card.key for card in self._rows]
        if now == keys:
            return
        place = {key: n for n, key in enumerate(keys)}
        breaks = sum(1 for one, other in pairwise(now) if place[other] != place[one] + 1)
        if breaks > MOST_STEPS:
            self._permute_at_once(place)
            return
        for row, key in enumerate(keys):
            if self._rows[row].key == key:
                continue
            first = next(r for r in range(row + 1, len(self._rows)) if self._rows[r].key == key)
            last = first
            while last + 1 < len(self._rows) and self._rows[last + 1].key == keys[row + last + 1 - first]:
                last += 1
            self.beginMoveRows(_NOWHERE, first, last, _NOWHERE, row)
            taken = self._rows[first : last + 1]
            del self._rows[first : last + 1]
            self._rows[row:row] = taken
            self.endMoveRows()

    def _permute_at_once(self, place: dict[Key, int]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        keys = [self._rows[index.row()].key for index in before]
        self._rows.sort(key=lambda card: place[card.key])
        self.changePersistentIndexList(before, [self.index(place[key]) for key in keys])
        self.layoutChanged.emit()

    def _count(self) -> None:
        """Give each card its place in its list."""
        lists: dict[tuple[type, str], list[Key]] = {}
        for card in self._rows:
            if not card.new and not card.heading:
                lists.setdefault((card.entity, card.parent), []).append(card.key)
        self._places = {key: (n, len(keys)) for keys in lists.values() for n, key in enumerate(keys, 1)}

    # Overrides of Qt

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Override QAbstractItemModel::rowCount."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::data."""
        card = self.card(index.row()) if index.isValid() else None
        if card is None:
            return None
        match int(role):
            case int(Qt.ItemDataRole.DisplayRole):
                return card.title
            case int(Qt.ItemDataRole.AccessibleTextRole):
                return self.spoken(index.row())
            case int(Qt.ItemDataRole.ToolTipRole):
                return plain_tip(card.tip) or None
            case _ if int(role) == CARD_ROLE:
                return card
        return None


def _listed(card: Card) -> tuple[bool, bool, str]:
    """What decides about the list in which a card is counted."""
    return card.new, card.heading, card.parent
