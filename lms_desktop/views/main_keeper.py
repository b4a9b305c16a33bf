"""The main window's coming and going: begun ahead, opened for whoever signs in, taken down again."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from lms_desktop.models.desk import Desk
from lms_desktop.services.arrival import Arrival
from lms_desktop.views.connection_info import ConnectionInfo
from lms_desktop.views.held_picture import HOLD_MS
from lms_desktop.views.settings import Preferences

if TYPE_CHECKING:  # imported while the connection is made
    from lms_desktop.views.ahead import Ahead
    from lms_desktop.views.main_window import MainWindow


class MainKeeper(QObject):
    """Holds the main window of whoever works here, and the one that is begun for whoever will.

    Attributes:
        window: the main window, once it is shown, while somebody is signed in.

    Signals:
        shown(): it is seen.
        signed_out(bool): the window was left for somebody else; whether the database may be another by now.
        switch_requested(): another database is wanted.
        closed(): the window was closed.
    """

    shown = Signal()
    signed_out = Signal(bool)
    switch_requested = Signal()
    closed = Signal()

    def __init__(self, preferences: Preferences, *, keeps: bool, parent: QObject) -> None:
        """`keeps`: what is not saved yet is kept on disk."""
        super().__init__(parent)
        self._preferences, self._keeps = preferences, keeps
        self.window: MainWindow | None = None
        self._coming: MainWindow | None = None
        self._ahead: Ahead | None = None

    def goes_ahead(self, desk: Desk, arrival: Arrival, info: ConnectionInfo, size: QSize, page: str) -> bool:
        """Nobody waits for anything just now: begin a window of this size, for whoever will sign in. Whether that goes
        on."""
        if self.window is not None or self._coming is not None:
            return False
        if self._ahead is None:
            from lms_desktop.views.ahead import Ahead

            self._ahead = Ahead(desk, arrival, self._preferences, info, size, page)
        return self._ahead.goes_on()

    def drop_ahead(self) -> None:
        """What was begun is of no use: the database is another, or left."""
        if self._ahead is not None:
            self._ahead.drop()
            self._ahead = None

    def open(self, desk: Desk, arrival: Arrival, info: ConnectionInfo, before: QWidget, page: str) -> None:
        """Show the window of the desk's actor, on this page where there is one of that name: as soon as its rows are
        there, so that it is not painted twice, and after a moment in any case. It comes in the place of the window
        `before`."""
        from lms_desktop.views.entering import admit, begin

        begun = None if self._ahead is None else self._ahead.take()
        self.drop_ahead()
        window = self._coming = begun or begin(desk, arrival, self._preferences, info)
        try:
            admit(window, arrival, first=page, keeps=self._keeps)
        except BaseException:
            self.close()  # whoever tries once more has another one
            raise
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        window.sign_out_requested.connect(self._sign_out)
        window.switch_requested.connect(self.switch_requested)
        window.closed.connect(self.closed)
        if before.isMaximized() or before.isFullScreen():
            window.restoreGeometry(before.saveGeometry())
        elif before.isVisible():
            window.resize(before.size())
            window.move(before.pos())
        elif self._preferences.window_state("main").isEmpty():
            window.resize(before.size())
        window.splitter.fit()
        window.grab(QRect(0, 0, 1, 1))  # laid out: rows find their room
        first = window.page
        if first is None or first.is_filled():
            self._show()
        else:
            first.filled.connect(self._show)
            QTimer.singleShot(HOLD_MS, self, self._show)

    def _show(self) -> None:
        if self._coming is not None:
            self.window, self._coming = self._coming, None
            self.window.show()
            self.shown.emit()

    def close(self) -> None:
        """Take the window down."""
        window, self.window, self._coming = self.window or self._coming, None, None
        if window is not None:
            from lms_desktop.views.entering import dismiss

            window.hide()
            window.live.close()
            window.session.journal.close(keep=True)  # whoever may not go on here finds it when he comes back
            dismiss(window)

    def _sign_out(self) -> None:
        moved = self.window is not None and self.window.standing.moved
        self.close()
        self.signed_out.emit(moved)
