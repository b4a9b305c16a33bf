"""The moment of patience when a page is opened: the former picture stays until the first rows are there."""

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from lms_desktop.views.page import Page

HOLD_MS = 50
"""So long the former picture may stay."""


class HeldPicture(QObject):
    """Holds the painting of a place: an empty page would be painted only to be painted once more with its rows."""

    def __init__(self, place: QWidget) -> None:
        super().__init__(place)
        self._place = place
        self._timer = QTimer(self, singleShot=True, interval=HOLD_MS)
        self._timer.timeout.connect(self.let_go)

    def until_filled(self, page: Page) -> None:
        """Paint nothing until `let_go` is called because this page is filled; for a moment at most."""
        if page.is_filled():
            self.let_go()
            return
        self._place.setUpdatesEnabled(False)
        self._timer.start()

    def let_go(self) -> None:
        """Paint again, whatever is there."""
        self._timer.stop()
        if not self._place.updatesEnabled():
            self._place.setUpdatesEnabled(True)
