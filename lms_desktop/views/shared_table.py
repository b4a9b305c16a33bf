"""A table in a dialog: its columns share the width that there is."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from lms_desktop.views.record_table import RecordTable


class SharedTable(RecordTable):
    """Columns that share the width."""

    def __init__(self, shares: tuple[int, ...], parent: QWidget | None = None) -> None:
        """`shares` are percentages, one for each column."""
        super().__init__(parent)
        self._shares = shares

    def share(self, shares: tuple[int, ...]) -> None:
        """Share the width in another way; a column without a share is not shown."""
        if shares == self._shares:
            return
        self._shares = shares
        for column, share in enumerate(shares):
            self.setColumnHidden(column, share == 0)
        self._share_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override RecordTable.resizeEvent."""
        super().resizeEvent(event)
        self._share_out()

    def _share_out(self) -> None:
        room = self.viewport().width()
        for column, share in enumerate(self._shares):
            self.setColumnWidth(column, room * share // 100)
