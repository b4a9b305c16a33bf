"""The moment of patience when a page is opened: the former picture stays until the first rows are there.

What stands around the page is painted in a turn of the event loop of its own, right after it.
"""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from lms_desktop.views.page import Page

HOLD_MS = 50
"""So long the former picture may stay."""


class HeldPicture(QObject):
    """Holds the painting of a window: an empty page would be painted only to be painted once more with its rows.

    The window is kept from being asked to paint, the page from asking. What is filled when it is opened is painted in
    the next turn of the event loop: to open it and to paint it are the two longest things that are done at once.
    """

    def __init__(self, place: QWidget) -> None:
        """`place` is in the window, or will be."""
        super().__init__(place)
        self._place = place
        self._window: QWidget | None = None
        self._page: Page | None = None
        self._asked = False
        self._later: Sequence[QWidget] = ()
        self._timer, self._next, self._after = (QTimer(self, singleShot=True, interval=ms) for ms in (HOLD_MS, 0, 0))
        for timer in (self._timer, self._next):
            timer.timeout.connect(self.let_go)
        self._after.timeout.connect(self._paint_around)

    def until_filled(self, page: Page, around: Sequence[QWidget] = ()) -> None:
        """Paint nothing until `let_go` is called because this page is filled; for a moment at most. What is `around`
        the page is painted after it."""
        self.let_go()
        self._paint_around()
        window = self._place.window()
        if not window.isVisible():
            return
        self._window = window
        self._later = around
        for part in around:
            part.setUpdatesEnabled(False)
        window.installEventFilter(self)
        if page.is_filled():
            self._next.start()
            return
        self._page = page
        page.setUpdatesEnabled(False)
        self._timer.start()

    def let_go(self) -> None:
        """Paint again, whatever is there."""
        self._timer.stop()
        self._next.stop()
        window, self._window = self._window, None
        page, self._page = self._page, None
        if window is None:
            return
        window.removeEventFilter(self)
        if page is not None and isValid(page):
            page.setUpdatesEnabled(True)
        self._after.start()
        if self._asked:
            self._asked = False
            request = QEvent(QEvent.Type.UpdateRequest)
            QCoreApplication.postEvent(window, request, Qt.EventPriority.LowEventPriority.value)

    def _paint_around(self) -> None:
        self._after.stop()
        later, self._later = self._later, ()
        for part in filter(isValid, later):
            part.setUpdatesEnabled(True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject::eventFilter: the window is not asked to paint now."""
        if event.type() is not QEvent.Type.UpdateRequest:
            return False
        self._asked = True
        return True
