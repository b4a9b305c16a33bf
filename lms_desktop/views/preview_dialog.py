"""What a save would write, value by value."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from lms_desktop.models.cell_roles import cell_data, draft_cell
from lms_desktop.models.cells import SORTABLE_ROLE, Cell, Look
from lms_desktop.models.draft import Draft
from lms_desktop.models.page_drafts import PageDrafts
from lms_desktop.models.render import one_line, render
from lms_desktop.models.wording import amid, word
from lms_desktop.spec import Ref
from lms_desktop.views.kit.sheet import Sheet
from lms_desktop.views.session import Session
from lms_desktop.views.shared_table import SharedTable

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()

SHARES = (34, 18, 24, 24)
"""Of the width, in per cent: row, field, as it is, as it would be."""


class PreviewDialog(Sheet):
    """All unsaved values: row, field, as it is, as it would be. Accepted, they are wanted saved."""

    def __init__(self, session: Session, held: PageDrafts, parent: QWidget | None = None) -> None:
        super().__init__("", parent, width=760, height=460)
        self.setWindowTitle(self.tr("What will be saved"))
        self.setAccessibleName(self.windowTitle())
        changes, number = self.tr("%n unsaved change(s)", "", held.changes()), len(held)
        if len(held.entities()) == 1:
            admin = session.catalog[held.entities()[0]]
            noun = amid(admin.noun if number == 1 else admin.plural)
            where = self.tr("in {0} {1}").format(self.locale().toString(number), noun)
        else:
            where = self.tr("in %n row(s)", "", number)
        self.heading.setText(self.tr("{0} {1}, saved together or not at all").format(changes, where))
        self.table = SharedTable(SHARES)
        self.table.setModel(PreviewModel(session, held.all(), self.table))
        self.table.setAccessibleName(self.tr("Unsaved changes"))
        self.table.setProperty("kind", "boxed")
        self.add(self.table)
        self.add_button(self.tr("Close"), "", self.reject)
        save = self.add_button(self.tr("Save"), "primary", self.accept, default=True)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Save), self).activated.connect(self.accept)
        save.setFocus()


class PreviewModel(QAbstractTableModel):
    """The unsaved values, one a row, four columns; made once."""

    def __init__(
        self, session: Session, drafts: Sequence[Draft], parent: QObject | None = None, *, before: str = ""
    ) -> None:
        """`before`: what the column of the values is called on which the drafts are based, where that is not now."""
        super().__init__(parent)
        self._catalog, self._zone = session.catalog, session.zone
        entities = {draft.entity for draft in drafts}
        what = word(session.catalog[entities.pop()].label) if len(entities) == 1 else self.tr("Row")
        self._titles = (what, self.tr("Field"), before or self.tr("Now"), self.tr("Will be"))
        self._rows = [line for draft in drafts for line in self._lines(draft)]

    def row_cells(self, row: int) -> Sequence[Cell] | None:
        """The cells of a row, as `RecordTable` wants them."""
        return self._rows[row][0] if 0 <= row < len(self._rows) else None

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Override QAbstractItemModel::rowCount."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Override QAbstractItemModel::columnCount."""
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::data."""
        if not index.isValid():
            return None
        cells, error = self._rows[index.row()]
        return cell_data(cells[index.column()], role, error if index.column() == len(self._titles) - 1 else None)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::headerData."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == SORTABLE_ROLE:
            return False
        return self._titles[section] if role == Qt.ItemDataRole.DisplayRole else None

    def _lines(self, draft: Draft) -> list[tuple[tuple[Cell, ...], str | None]]:
        """The rows of a draft, each with the reason why its value was refused."""
        admin = self._catalog[draft.entity]
        new = self.tr("new {0}").format(amid(admin.noun))
        name = Cell(one_line(draft.title), self.tr("new") if draft.new else "") if draft.title else Cell(new)
        lines: list[tuple[tuple[Cell, ...], str | None]] = []
        for key in draft.values:
            field = admin.field(key)
            cells = (name, Cell(word(field.label), "", Look.MUTED), self._before(draft, key))
            after = draft_cell(field, draft, self._zone)
            lines.append(((*cells, _at_the_start(after)), draft.errors.get(key)))
        return lines

    def _before(self, draft: Draft, key: str) -> Cell:
        kind, wire = self._catalog[draft.entity].field(key).kind, draft.base.get(key)
        if draft.new:
            return Cell("")
        if isinstance(kind, Ref) and wire is not None:
            return Cell(self.tr("another one"), "", Look.MUTED)
        return _at_the_start(render(kind, wire, self._zone))


def _at_the_start(cell: Cell) -> Cell:
    """Figures stand at the start here: the column has other kinds too."""
    return cell._replace(look=cell.look & ~Look.NUMBER)
