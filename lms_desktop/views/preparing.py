"""Makes pages before they are opened, while nothing else is to be done: opening one waits for its rows alone then.

When all are made, their rows are counted as well, one page after the other."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QStackedWidget

from lms_desktop.views.page import Page
from lms_desktop.views.page_registry import PageEntry
from lms_desktop.views.session import Session

PAUSE_MS = 100
"""Milliseconds from one step to the next."""


class Preparing(QObject):
    """Makes the general pages that were not opened yet, one at a time, and holds them until they are.

    Signals:
        prepared(object): a Page is made, and nothing more can be done for it here.
    """

    prepared = Signal(object)

    def __init__(
        self, entries: Mapping[str, PageEntry], opened: Mapping[str, Page], session: Session, home: QStackedWidget
    ) -> None:
        """`home` is where pages are born and stay, `opened` those that were."""
        super().__init__(home)
        self._entries, self._opened, self._session, self._home = entries, opened, session, home
        self._made: dict[str, Page] = {}
        self._tried: set[str] = set()
        self._counted: set[str] = set()
        self._raw = ""
        self._timer = QTimer(self, interval=PAUSE_MS)
        self._timer.timeout.connect(self._make_one)

    @property
    def goes_on(self) -> bool:
        """Whether pages are still to be made."""
        return self._timer.isActive()

    def start(self) -> None:
        """Begin."""
        self._timer.start()

    def stop(self) -> None:
        """The window is left."""
        self._timer.stop()

    def take(self, name: str) -> Page:
        """The page of this name, made now where it was not made yet; it is the caller's from now on."""
        if name in self._made:
            return self._made.pop(name)
        return self._make(name)

    def _make_one(self) -> None:
        left = [n for n, one in self._entries.items() if one.general and n not in self._opened and n not in self._tried]
        raw = self._made.get(self._raw)
        uncounted = [name for name in self._made if name not in self._counted]
        if raw is None and not left and not uncounted and not self._session.desk.jobs:
            self._timer.stop()
        elif self._session.desk.jobs or QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            return
        elif raw is not None:  # what fails is not tried over and over
            name, self._raw = self._raw, ""
            if raw.prepare():
                self._raw = name
            else:
                self.prepared.emit(raw)
        elif not left:
            self._counted.add(uncounted[0])
            self._made[uncounted[0]].count_ahead()
        else:
            self._tried.add(left[0])
            self._made[left[0]] = self._make(left[0])
            self._raw = left[0]

    def _make(self, name: str) -> Page:
        page = self._entries[name].make(self._session, self._home)
        page.resize(self._home.size())  # else it is laid out for another size first
        if self._home.count():  # the first one is shown at once
            self._home.addWidget(page)
        return page
