"""The window: where everything is put together. Qt's application, look, language, hooks; then the first window.

What is imported here is what the first window needs. The rest comes on a thread behind it.
"""

import logging
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QLocale,
    QMessageLogContext,
    QObject,
    QSettings,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from lms_desktop import __version__
from lms_desktop.errors import ExplainedError
from lms_desktop.options import WindowOptions
from lms_desktop.views import theme, translations
from lms_desktop.views.settings import Preferences
from lms_desktop.views.start_window import StartWindow
from lms_desktop.views.unexpected import Unexpected
from lms_desktop.views.warm_up import Collector, WarmUp, make_room, take_turns

if TYPE_CHECKING:
    from lms_desktop.views.screenshot import Photographer
    from lms_desktop.views.start_flow import StartFlow

NAME = "lms-desktop"
HEAVY = ("lms_desktop.views.start_flow",)
"""What is imported behind the first window: what it takes to connect."""
SCREENS = ("lms_desktop.views.entering",)
"""What is imported while the connection is made: the main window."""
SIGN_IN = ("lms_desktop.views.sign_in", "lms_desktop.views.connect")
"""And before it what somebody signs in by, unless the demo does that by itself."""
LATER = (
    "lms_desktop.views.known_types",
    "lms_desktop.views.record_form",
    "lms_desktop.services.records",
    "lms_desktop.views.entry_list",
    "lms_desktop.services.everywhere",
    "lms_desktop.views.leave_dialog",
    "lms_desktop.services.passwords",
    "passlib.handlers.bcrypt",
    "lms_desktop.views.filter_editors",
    "lms_desktop.views.deleting",
    "lms_desktop.services.large_reverts",
    "lms_desktop.views.revert_dialog",
    "lms_desktop.views.kit.toast",
    "lms_desktop.services.migrating",
    "lms_desktop.views.course.course_page",
    "lms_desktop.views.course.results_page",
    "lms_desktop.views.history_page",
    "lms_desktop.views.preview_dialog",
    "lms_desktop.views.conflict_dialog",
    "lms_desktop.views.help_dialogs",
    "alembic.command",
    *SIGN_IN,
)
"""What no first screen shows: imported while somebody types a password, or once the first rows are there."""
LATER_MS = 400
"""Milliseconds of rest after which that begins."""
SOON_MS = 50
"""Milliseconds after which it is looked again whether the window is begun that comes before."""
PICTURE_SIZE = (1440, 900)
"""Of a picture, where no other size is asked for."""

logger = logging.getLogger(__name__)


def run(options: WindowOptions) -> int:
    """Open the window and return the exit status when the last one is closed.

    With `options.screenshot`, draw it into that file instead and end. Raises an ExplainedError where there is nothing
    to be drawn, or no way to the first window.
    """
    qInstallMessageHandler(_to_log)
    application = make_application()
    with _preferences(options) as preferences:
        speak(application, preferences.language)
        theme.install(application, theme.Scheme(options.theme or preferences.theme), preferences.text_size)
        sitting = Sitting(options, preferences)
        sitting.begin()
        application.exec()
        sitting.end()
    if sitting.error is not None:
        raise sitting.error
    return 0


class Sitting(QObject):
    """From the first window to the last one.

    Attributes:
        window: the first window.
        flow: what leads on from there; None while it is being imported.
        error: why it ended before its time.
    """

    def __init__(self, options: WindowOptions, preferences: Preferences) -> None:
        super().__init__()
        self._options, self._preferences = options, preferences
        self.error: ExplainedError | None = None
        self.flow: StartFlow | None = None
        self._photographer: Photographer | None = None
        self._collector = Collector(self)
        self._unexpected = Unexpected(parent=self)
        self._unexpected.happened.connect(self._happened)
        self._unexpected.interrupted.connect(self._interrupt)
        self._unexpected.install()
        self._turns = sys.getswitchinterval()
        self._warm_up = WarmUp(HEAVY, self)
        self._warm_up.done.connect(self._go_on)
        self._warm_up.failed.connect(self._give_up)
        self._screens = WarmUp(SCREENS if options.sign_in else (*SIGN_IN, *SCREENS), self)
        self._screens.failed.connect(self._give_up)
        self._later: WarmUp | None = None
        self._at_rest = QTimer(self, singleShot=True, interval=LATER_MS)
        self._at_rest.timeout.connect(self._import_the_rest)
        preferences.changed.connect(self._follow)
        self.window = StartWindow(preferences)
        self.window.opening.cancelled.connect(self._leave)
        self.window.closed.connect(self._leave)
        if options.size is not None or options.screenshot is not None:
            self.window.resize(*(options.size or PICTURE_SIZE))

    def begin(self) -> None:
        """Show the first window, and have the rest imported as soon as it stands: before, it would be in its way."""
        self.window.opening.start(self.tr("Opening LMS Desktop"))
        self.window.shown.connect(self._import_what_connects)
        self.window.shown.connect(_show_icon)
        self.window.show()

    def _import_what_connects(self) -> None:
        make_room()
        self._warm_up.start()

    def end(self) -> None:
        """Give back what belongs to the process."""
        self._unexpected.remove()
        self._collector.stop()
        sys.setswitchinterval(self._turns)

    def _go_on(self) -> None:
        from lms_desktop.views.start_flow import StartFlow

        self.window.opening.cancelled.disconnect(self._leave)
        self.window.closed.disconnect(self._leave)
        self.flow = StartFlow(self.window, self._options, self._preferences, self, screens=self._screens)
        self.flow.finished.connect(QApplication.quit)
        self.flow.arrived.connect(lambda _: self._at_rest.start())
        if self._options.screenshot is not None:
            from lms_desktop.views.screenshot import Photographer

            self._photographer = Photographer(self.flow, self._options, self._preferences, self)
            self._photographer.done.connect(self._drawn)
            self._photographer.start()
        self._screens.start()
        if self._options.screenshot is not None and self._options.page == "connect":
            self.flow.show_connect()
        else:
            self.flow.begin()

    def _import_the_rest(self) -> None:
        """Nobody waits for anything just now: import what comes next, so that nobody waits for it then."""
        flow = self.flow
        if flow is None:
            return
        if flow.makes_ahead():
            QTimer.singleShot(SOON_MS, self, self._import_the_rest)
            return
        if self._later is not None:
            if self._later.is_over:
                self._prepare()
            return
        if flow.desk is not None and flow.desk.jobs:
            self._at_rest.start()
            return
        self._later = WarmUp(LATER, self)
        self._later.done.connect(self._prepare)
        self._later.start()

    def _prepare(self) -> None:
        """Once all is imported and somebody has signed in, pages are made ahead."""
        take_turns()
        if self.flow is not None and self.flow.main is not None:
            self.flow.main.preparing.start()

    def _drawn(self, error: ExplainedError | None) -> None:
        self.error = error
        self._leave()

    def _give_up(self, error: ExplainedError) -> None:
        self.error = error
        self._leave()

    def _happened(self, error: ExplainedError) -> None:
        if self._photographer is not None:
            self._photographer.stop(error)
        elif self.flow is not None:
            self.flow.say(error)
        else:
            from lms_desktop.views.feedback import show_error  # not before there is something to say

            show_error(self.window, error)

    def _interrupt(self) -> None:
        """Ctrl+C in the terminal is like closing the window: what is not saved yet is asked about."""
        if self.flow is not None and self.flow.main is not None:
            self.flow.main.close()
        else:
            self._leave()

    def _leave(self) -> None:
        if self.flow is not None:
            self.flow.finish()
        else:
            QApplication.quit()

    def _follow(self, key: str) -> None:
        if key == "theme" and self._options.theme is None:
            theme.current().choose(theme.Scheme(self._preferences.theme))
        elif key == "text_size":
            theme.current().set_text_size(self._preferences.text_size)


def make_application() -> QApplication:
    """The QApplication, with the names by which settings and desktops know the program."""
    found = QApplication.instance()
    if isinstance(found, QApplication):
        application = found
    else:
        application = QApplication([*sys.argv[:1], "-style", "fusion"])
        application.setProperty(theme.STYLED, True)
    application.setApplicationName(NAME)
    application.setApplicationVersion(__version__)
    application.setOrganizationName(NAME)
    QGuiApplication.setDesktopFileName(NAME)
    application.setQuitOnLastWindowClosed(False)
    return application


def _show_icon() -> None:
    """For title bars and task bars. Seven sizes are drawn: the window stands by then."""
    from lms_desktop.views.mark import window_icon

    QGuiApplication.setWindowIcon(window_icon())


def speak(application: QApplication, language: str) -> str:
    """Install the translations of a language ("" for the system's), Qt's own too; the language that came of it.

    Where this program is not translated, Qt's own texts stay English as well.
    """
    spoken = translations.install(application, language)
    application.setLayoutDirection(QLocale(spoken).textDirection())
    return spoken


def _to_log(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """What Qt has to say goes to the log; the terminal belongs to the command line's own sentences."""
    levels = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
    }
    logger.log(levels.get(kind, logging.ERROR), "Qt: %s", message)
    if kind == QtMsgType.QtFatalMsg:  # the process ends here, and nobody would read why
        print(message, file=sys.stderr, flush=True)


@contextmanager
def _preferences(options: WindowOptions) -> Iterator[Preferences]:
    """The person's; for a picture empty ones, so that it looks the same everywhere and nothing is remembered of it."""
    if options.screenshot is None:
        yield Preferences()
        return
    with tempfile.TemporaryDirectory(prefix="lms-desktop-") as folder:
        yield Preferences(QSettings(str(Path(folder) / "preferences.ini"), QSettings.Format.IniFormat))
