"""The main window begun while somebody still types a password: what does not hang on who that will be."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QRect, QSize, QTimer
from PySide6.QtWidgets import QApplication

from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.models.desk import Desk, Job
from lms_desktop.services.arrival import Arrival
from lms_desktop.services.pages import Pages, Want
from lms_desktop.spec import Query
from lms_desktop.views.cell_styles import style_book
from lms_desktop.views.connection_info import ConnectionInfo
from lms_desktop.views.entering import begin, dismiss
from lms_desktop.views.main_window import MainWindow
from lms_desktop.views.page_registry import first_query
from lms_desktop.views.settings import Preferences
from lms_desktop.views.theme import FontRole

PAUSE_MS = 30
"""Milliseconds from one step to the next: whoever types is not held up."""
ROWS = 50
"""So many rows are read to see how it goes."""
TABLE_FONTS = (FontRole.BODY, FontRole.STRONG, FontRole.SMALL, FontRole.SMALL_STRONG)
"""What a table is written in: they are asked for the widths of their letters."""


class Ahead(QObject):
    """Begins a main window step by step, none of which is long, and reads a page once so that it is quick next time.

    What is read is dropped: whoever signs in has it read again, as far as it is theirs to see.
    """

    def __init__(
        self, desk: Desk, arrival: Arrival, preferences: Preferences, info: ConnectionInfo, size: QSize, page: str
    ) -> None:
        """`size` is that of the window to come, `page` the page that it will show first, "" where nobody knows."""
        super().__init__(desk)
        self._desk, self._arrival, self._preferences = desk, arrival, preferences
        self._info, self._size, self._page = info, size, page
        self._window: MainWindow | None = None
        self._reading: Job | None = None
        self._steps: list[Callable[[], bool]] = [
            *(self._begin, self._build, self._lay_out, self._measure, self._rehearse),
        ]
        self._timer = QTimer(self, interval=PAUSE_MS)
        self._timer.timeout.connect(self._take_step)
        self._timer.start()

    def goes_on(self) -> bool:
        """Whether there is something left to do."""
        return self._timer.isActive() or (self._reading is not None and self._reading.ended is None)

    def take(self) -> MainWindow | None:
        """The window, as far as it has come; from now on it is the caller's. None where it was not begun."""
        self._timer.stop()
        self._steps.clear()
        window, self._window = self._window, None
        return window

    def drop(self) -> None:
        """Nobody signs in here any more."""
        window = self.take()
        if window is not None:
            dismiss(window)
        self.deleteLater()

    def _take_step(self) -> None:
        if not self._steps:
            self._timer.stop()
        elif not QApplication.mouseButtons():
            step = self._steps.pop(0)  # one that fails is not taken once more
            if step():
                self._steps.insert(0, step)

    # The steps: each tells whether it has not come to its end

    def _begin(self) -> bool:
        self._window = begin(self._desk, self._arrival, self._preferences, self._info)
        return False

    def _build(self) -> bool:
        return self._window is not None and self._window.build()

    def _lay_out(self) -> bool:
        if self._window is not None:
            self._window.resize(self._size)
            self._window.splitter.fit()
            self._window.grab(QRect(0, 0, 1, 1))
        return False

    def _measure(self) -> bool:
        for role in TABLE_FONTS:
            style_book().face(role)
        return False

    def _rehearse(self) -> bool:
        if self._window is not None:
            found = first_query(self._window.session, self._page)
            if found is not None:
                work = partial(_read, self._arrival.database, self._window.session.pages, *found)
                self._reading = self._desk.plain(work, done=_nothing, failed=_nothing, owner=self)
        return False


def _read(database: Database, pages: Pages, query: Query, columns: tuple[str, ...]) -> None:
    with database.reading(Actor.command_line()) as uow:
        if not pages.fetch(uow, query, columns, Want(0, ROWS)).ended:
            pages.estimate(uow, query)


def _nothing(_: object) -> None:
    return
