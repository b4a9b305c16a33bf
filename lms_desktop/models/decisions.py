"""What a person decides of rows that somebody else changed meanwhile, and the list of those rows."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from lms_desktop.models.cell_roles import cell_data
from lms_desktop.models.cells import SORTABLE_ROLE, Cell, Look
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.render import one_line
from lms_desktop.models.wording import word
from lms_desktop.services.edits import Clash, Point, Sides, State
from lms_desktop.services.json_merge import MINE, THEIRS
from lms_desktop.services.merging import settled
from lms_desktop.spec import EntityAdmin

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class Fate(Enum):
    """What becomes of the edits of a row that is gone."""

    RESTORE = "restore"
    DROP = "drop"
    KEEP = "keep"
    """They stay unsaved."""


class Decisions:
    """The choices for all rows that clash. Where nothing was chosen, what others did stands.

    Attributes:
        clashes: the rows, those first where somebody has to choose.
    """

    def __init__(self, admin: EntityAdmin, clashes: Sequence[Clash]) -> None:
        order = (State.CHOOSE, State.DELETED, State.AWAY, State.MERGES)
        self.clashes = sorted(clashes, key=lambda clash: order.index(clash.state))
        self._admin = admin
        self._choices: dict[str, dict[tuple[str, tuple[str, ...]], str]] = {}
        self._written: dict[str, dict[str, str | None]] = {}
        self._fates: dict[str, Fate] = {}

    def side(self, clash: Clash, point: Point) -> str:
        """Whose value stands, `MINE` or `THEIRS`; "" where something was written in place of both."""
        if point.key in self._written.get(clash.edit.id, {}):
            return ""
        return self._choices.get(clash.edit.id, {}).get(point.place, THEIRS)

    def choose(self, clash: Clash, point: Point, side: str) -> None:
        """Let one side's value stand."""
        self._written.get(clash.edit.id, {}).pop(point.key, None)
        self._choices.setdefault(clash.edit.id, {})[point.place] = side

    def write(self, clash: Clash, key: str, value: str | None) -> None:
        """Let this value stand in the field, in place of either side's."""
        self._written.setdefault(clash.edit.id, {})[key] = value

    def choose_for_all(self, side: str) -> None:
        """Let one side stand in all rows; a deleted row is restored, or my edits of it dropped."""
        for clash in self.clashes:
            for point in clash.points:
                if point.sides is Sides.BOTH:
                    self.choose(clash, point, side)
            if clash.state is State.DELETED:
                self._fates[clash.edit.id] = Fate.RESTORE if side == MINE else Fate.DROP

    def fate(self, clash: Clash) -> Fate:
        """What becomes of the edits of a row that is gone, or out of reach."""
        return self._fates.get(clash.edit.id, Fate.DROP if clash.state is State.DELETED else Fate.KEEP)

    def decide(self, clash: Clash, fate: Fate) -> None:
        """Say what becomes of the edits of a row that is gone, or out of reach."""
        self._fates[clash.edit.id] = fate

    def result(self, clash: Clash, key: str) -> str | None:
        """What will stand in a field of a row that is there."""
        now = clash.theirs.values.get(key) if clash.theirs is not None else None
        return self.wanted(clash).get(key, now)

    def wanted(self, clash: Clash) -> dict[str, str | None]:
        """What of the edits is left to be written, by field key."""
        row_id = clash.edit.id
        return settled(self._admin, clash, self._choices.get(row_id, {}), self._written.get(row_id))

    def carry_out(self, drafts: Drafts) -> frozenset[str]:
        """Give the drafts what was decided; the ids of those that cannot be saved for now. A draft in which something
        was typed or given up since the edit was sent stays as it is: the next save compares it again."""
        kept = set()
        for clash in self.clashes:
            row_id = clash.edit.id
            draft = drafts.get(row_id)
            if draft is None or draft.values != clash.edit.values:
                continue
            if clash.theirs is not None:
                drafts.rebase(row_id, clash.theirs.version, clash.theirs.values, self.wanted(clash))
            elif self.fate(clash) is Fate.RESTORE:
                drafts.restore(row_id)
            elif self.fate(clash) is Fate.DROP:
                drafts.discard(row_id)
            else:
                kept.add(row_id)
        return frozenset(kept)


class ClashesModel(QAbstractTableModel):
    """The rows that clash: what each is called, what happened to it, what will become of it."""

    def __init__(self, admin: EntityAdmin, decisions: Decisions, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._admin, self._decisions = admin, decisions
        self._titles = (word(admin.label), self.tr("Meanwhile"), self.tr("Will stand"))
        self._happened: Mapping[State, Cell] = {
            State.CHOOSE: Cell(self.tr("both changed"), "", Look.TAG_BAD),
            State.DELETED: Cell(self.tr("deleted"), "", Look.TAG_BAD),
            State.AWAY: Cell(self.tr("out of reach"), "", Look.TAG_WARN),
            State.MERGES: Cell(self.tr("merges itself"), "", Look.TAG_OK),
        }

    def row_cells(self, row: int) -> Sequence[Cell] | None:
        """The cells of a row, as `RecordTable` wants them."""
        if not 0 <= row < len(self._decisions.clashes):
            return None
        clash = self._decisions.clashes[row]
        name = Cell(one_line(clash.title) or word(self._admin.label))
        return name, self._happened[clash.state], Cell(self._result(clash), "", Look.MUTED)

    def tell_changed(self) -> None:
        """Something else was decided."""
        if self._decisions.clashes:
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, 2))

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Override QAbstractItemModel::rowCount."""
        return 0 if parent.isValid() else len(self._decisions.clashes)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Override QAbstractItemModel::columnCount."""
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::data."""
        cells = self.row_cells(index.row()) if index.isValid() else None
        return None if cells is None else cell_data(cells[index.column()], role, None)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::headerData."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == SORTABLE_ROLE:
            return False
        return self._titles[section] if role == Qt.ItemDataRole.DisplayRole else None

    def _result(self, clash: Clash) -> str:
        decisions = self._decisions
        if clash.theirs is None:
            return {
                Fate.RESTORE: self.tr("restored, with mine"),
                Fate.DROP: self.tr("mine dropped"),
                Fate.KEEP: self.tr("mine waits"),
            }[decisions.fate(clash)]
        sides = {decisions.side(clash, point) for point in clash.points if point.sides is Sides.BOTH}
        if sides == {MINE}:
            return self.tr("mine")
        if sides == {THEIRS}:
            return self.tr("theirs")
        return self.tr("of both") if sides else self.tr("mine and theirs")
