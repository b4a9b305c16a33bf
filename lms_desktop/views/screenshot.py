"""Draws a window into a file, without anybody at the keyboard: for the README, and to look at while building."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QObject, QPoint, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QDialog, QWidget

from lms_desktop.errors import ExplainedError, UserError, explain
from lms_desktop.errors.kinds import N_
from lms_desktop.options import PAGE_NAMES, START_SCREENS, WindowOptions
from lms_desktop.views import theme
from lms_desktop.views.entity_page import EntityPage
from lms_desktop.views.help_dialogs import ShortcutsDialog
from lms_desktop.views.main_window import MainWindow
from lms_desktop.views.preferences_dialog import PreferencesDialog
from lms_desktop.views.settings import Preferences
from lms_desktop.views.start_flow import StartFlow

TICK_MS = 30
QUIET_TICKS = 5
"""The picture is taken when for so many ticks nothing was loading."""
PREPARE_LIMIT, LOAD_LIMIT = 240.0, 60.0
"""Seconds: for making the database ready, and from there to the picture."""


class Photographer(QObject):
    """Waits until what is wanted is there and at rest, and draws it.

    Signals:
        done(object): None, or the ExplainedError that was in the way.
    """

    done = Signal(object)

    def __init__(
        self, flow: StartFlow, options: WindowOptions, preferences: Preferences, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._flow, self._options, self._preferences = flow, options, preferences
        self._place = ""
        self._script = self._steps()
        self._deadline = monotonic() + PREPARE_LIMIT
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        flow.arrived.connect(self._arrived)
        flow.failed.connect(self._end)

    def start(self) -> None:
        """Begin to wait."""
        self._timer.start()

    def stop(self, error: ExplainedError) -> None:
        """Something is in the way."""
        self._end(error)

    def _arrived(self, place: str) -> None:
        self._place = place

    def _tick(self) -> None:
        try:
            if monotonic() > self._deadline:
                raise UserError(N_("The window was not ready to be drawn in time."))
            next(self._script)
        except StopIteration:
            self._end(None)
        except Exception as error:
            self._end(explain(error))

    def _end(self, error: ExplainedError | None) -> None:
        if self._timer.isActive():
            self._timer.stop()
            self.done.emit(error)

    def _steps(self) -> Iterator[None]:
        """What has to happen, one tick between two yields."""
        while not self._place:
            yield
        self._deadline = monotonic() + LOAD_LIMIT
        page = self._options.page or ""
        if self._options.sign_in and page not in START_SCREENS:
            self._begin_with(page, self._options.sign_in)
            self._flow.sign_in_without_password(self._options.sign_in)
            while self._flow.main is None:
                yield
        elif page in START_SCREENS and page != self._place:
            self._go(page)
        window: QWidget = self._flow.main or self._flow.window
        if self._flow.main is not None:
            yield from self._show_rows(self._flow.main, page if page in PAGE_NAMES else "")
        yield from self._rest()
        self._save(window, self._dialog(page, window))

    def _begin_with(self, page: str, email: str) -> None:
        """Have the main window open this page first, as if the person had left it there."""
        if page in PAGE_NAMES and self._flow.arrival is not None:
            self._preferences.for_person(email, self._flow.arrival.address)
            self._preferences.save_page_state("window", {"page": page})

    def _go(self, page: str) -> None:
        if page == "connect":
            self._flow.show_connect()
        elif page == "first-run":
            self._flow.show_example_of_first_run()
        else:
            raise UserError(N_("The database is not ready for anybody to sign in."))

    def _show_rows(self, main: MainWindow, page: str) -> Iterator[None]:
        if page and not main.open_page(page):
            raise UserError(
                N_("{person} may not open the page “{page}”."), values={"person": self._options.sign_in, "page": page}
            )
        yield from self._rest()
        shown = main.page
        if shown is not None:
            shown.select_first()
        if isinstance(shown, EntityPage):
            shown.form.refresh()  # it is made and read after a pause: here nobody could be hurrying on
            yield from self._rest()

    def _rest(self) -> Iterator[None]:
        """Until nothing is being loaded."""
        quiet = 0
        while quiet < QUIET_TICKS:
            yield
            busy = self._flow.desk is not None and bool(self._flow.desk.jobs)
            quiet = 0 if busy else quiet + 1

    def _dialog(self, page: str, window: QWidget) -> QDialog | None:
        if page == "preferences":
            return PreferencesDialog(self._preferences, window)
        if page == "shortcuts":
            return ShortcutsDialog(window)
        return None

    def _save(self, window: QWidget, dialog: QDialog | None) -> None:
        picture = window.grab()
        if dialog is not None:
            dialog.show()
            _lay_upon(picture, dialog.grab())
            dialog.close()
        file = self._options.screenshot
        if file is None or not picture.save(str(Path(file)), "PNG"):
            raise UserError(N_("The picture cannot be saved as {file}."), values={"file": file})


def _lay_upon(picture: QPixmap, dialog: QPixmap) -> None:
    """Draw the dialog in the middle of the window, which is dimmed."""
    size, upon = picture.deviceIndependentSize(), dialog.deviceIndependentSize()
    place = QPoint(round((size.width() - upon.width()) / 2), round((size.height() - upon.height()) / 2))
    painter = QPainter(picture)
    dark = theme.current().tokens.dark
    shade = QColor(theme.color("background" if dark else "text"))
    shade.setAlpha(150 if dark else 70)
    painter.fillRect(0, 0, round(size.width()), round(size.height()), shade)
    painter.drawPixmap(place, dialog)
    painter.setPen(theme.color("edge"))
    painter.drawRect(place.x(), place.y(), round(upon.width()) - 1, round(upon.height()) - 1)
    painter.end()
