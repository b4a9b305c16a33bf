"""Where somebody has been: the places that the arrows at the top, Alt+Left and Alt+Right go back and forth between."""

from collections.abc import Callable
from dataclasses import field

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWindow

from lms_desktop.frozen import frozen
from lms_desktop.spec import Query

KEPT = 100
"""Places remembered in one direction, the latest ones."""


@frozen
class Place:
    """What somebody saw: a page by its name, there the record shown, what of it (`within`), and the rows with search,
    filters and order. `called` is what the page said that it is, where its name does not."""

    page: str
    record_id: str | None = None
    query: Query | None = None
    within: tuple[type, str] | None = None
    called: str = field(default="", compare=False)


class Places(QObject):
    """The way that somebody came, and the way that they went back.

    A place is noted when it is left, as it is then: what was searched, filtered and selected there meanwhile is a part
    of it. Unsaved changes are no part of a place; they stay with their page.

    Signals:
        changed(): whether there is a way back or forth may be another now.
    """

    changed = Signal()

    def __init__(self, here: Callable[[], Place | None], go: Callable[[Place], bool], parent: QObject) -> None:
        """`here` tells the place shown, None where there is none; `go` shows one, False where that is impossible."""
        super().__init__(parent)
        self._here, self._go = here, go
        self._behind: list[Place] = []
        self._ahead: list[Place] = []
        self._left: Place | None = None

    @property
    def behind(self) -> Place | None:
        """Where back leads."""
        return self._behind[-1] if self._behind else None

    @property
    def ahead(self) -> Place | None:
        """Where forth leads."""
        return self._ahead[-1] if self._ahead else None

    def leave(self) -> None:
        """Note the place shown: another one is about to be shown in its stead."""
        self._left = self._here()

    def arrive(self) -> None:
        """The other place is shown. Where it is the same one, nobody went anywhere."""
        left, self._left = self._left, None
        if left is None or left == self._here():
            return
        self._behind = [*self._behind, left][-KEPT:]
        self._ahead.clear()
        self.changed.emit()

    def back(self) -> None:
        """Show the place where one was before."""
        self._step(self._behind, self._ahead)

    def forth(self) -> None:
        """Show the place from which one went back."""
        self._step(self._ahead, self._behind)

    def _step(self, way: list[Place], other: list[Place]) -> None:
        here = self._here()
        while way:
            place = way.pop()
            if place != here and self._go(place):
                if here is not None:
                    other.append(here)
                break
        self.changed.emit()

    # The mouse

    def listen(self, window: QWindow) -> None:
        """Take the mouse's buttons for back and forth, wherever in this window the pointer is."""
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject::eventFilter: no widget of the window gets those buttons."""
        if not isinstance(event, QMouseEvent) or event.button() not in _BUTTONS:
            return False
        if event.type() == QEvent.Type.MouseButtonPress:
            (self.back if event.button() == Qt.MouseButton.BackButton else self.forth)()
        return True


_BUTTONS = (Qt.MouseButton.BackButton, Qt.MouseButton.ForwardButton)
