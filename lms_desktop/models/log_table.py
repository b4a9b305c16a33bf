"""The model behind the lists of the change log: what was done, what was deleted, who signed in."""

from typing import Any

from PySide6.QtCore import QObject, Qt

from lms_desktop.database.unit_of_work import Outcome
from lms_desktop.models.cells import SORTABLE_ROLE, Cell, Look
from lms_desktop.models.desk import Desk
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.following import another_program
from lms_desktop.models.live import Batch
from lms_desktop.models.table import TableModel
from lms_desktop.services.log_pages import LogPages
from lms_desktop.spec import Query


class LogTable(TableModel):
    """Rows of a list of the log, newest first, which cannot be edited or sorted otherwise. Whatever is saved, here or
    elsewhere, makes new ones: they come without moving the one that is read."""

    def __init__(self, desk: Desk, pages: LogPages, query: Query, parent: QObject | None = None) -> None:
        super().__init__(desk, pages.logs, pages, query, Drafts(query.entity), parent)
        self.drafts.setParent(self)
        desk.noticed.connect(self._heard)

    def _heard(self, batch: Batch) -> None:
        if batch.tables or batch.everything:
            self.follower.look_again()

    def _committed(self, outcome: Outcome, initiator: object) -> None:
        """Override TableModel._committed: every operation is a new row."""
        self.follower.look_again()

    def row_cells(self, row: int) -> tuple[Cell, ...] | None:
        """Override TableModel.row_cells: where nobody is known who did it, a program did."""
        cells = super().row_cells(row)
        at = next((at for at, field in enumerate(self.fields) if field.key == "person"), -1)
        if cells is None or at < 0 or cells[at].text:
            return cells
        return (*cells[:at], Cell(another_program(), "", Look.MUTED), *cells[at + 1 :])

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override TableModel.headerData: the order is that of time."""
        return False if role == SORTABLE_ROLE else super().headerData(section, orientation, role)
