"""Dialogs that hold a test up until somebody answers them."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

LOOK_EVERY_MS = 10
GIVE_UP_AFTER_MS = 30_000
"""A dialog is open twice as long as this at most before it is closed by force."""


def when_asked(owner: QObject, act: Callable[[], object]) -> None:
    """Do something as soon as a dialog is open and has the keyboard, however long that takes.

    Once, and not after its owner is gone.
    """

    def look() -> None:
        dialog, keyboard = QApplication.activeModalWidget(), QApplication.focusWidget()
        if dialog is not None and keyboard is not None and dialog.isAncestorOf(keyboard):
            act()
        else:
            QTimer.singleShot(LOOK_EVERY_MS, owner, look)

    QTimer.singleShot(LOOK_EVERY_MS, owner, look)


class Impatience(QObject):
    """Closes a dialog that nobody answers: while one waits, no time limit of the suite's reaches the test.

    Attributes:
        closed: the titles of those that were closed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.closed: list[str] = []
        self._seen: QWidget | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(GIVE_UP_AFTER_MS)

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    def _look(self) -> None:
        before, self._seen = self._seen, QApplication.activeModalWidget() or QApplication.activePopupWidget()
        if before is not None and isValid(before) and before is self._seen:
            self.closed.append(before.windowTitle() or type(before).__name__)
            before.close()
