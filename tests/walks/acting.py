"""People who use the program from its first window on, others who write to the database meanwhile, and a watch on the
window's pulse."""

import gc
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import psycopg2
from sqlalchemy import URL

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from lms_desktop.options import WindowOptions
from lms_desktop.services.seeding import DEMO_PASSWORD
from lms_desktop.views.entity_page import EntityPage
from lms_desktop.views.kit.labels import StatusText
from lms_desktop.views.kit.toast import Toast
from lms_desktop.views.main_window import MainWindow
from lms_desktop.views.settings import Preferences
from lms_desktop.views.sign_in import SignInScreen
from lms_desktop.views.start_flow import StartFlow
from lms_desktop.views.start_window import StartWindow
from tests.postgres import plain_connection
from tests.walks.driving import CTRL, ZONE, Sitting, click, said_by, wait_for

T = TypeVar("T")

REGISTRAR, INSTRUCTOR, ADMIN = "registrar@lms.com", "instructor@lms.com", "admin@lms.com"

BEAT_MS = 5
"""So often the pulse is felt."""

LONGEST_GAP = 0.25
"""Seconds that the window may be deaf. It is made for 0.05; the rest is for a machine that is busy with other tests."""

# ------------------------------------------------------------------------------------------------------ at the window


class Walk:
    """The program on one database, from its first window to its last, and the person who sits before it.

    Attributes:
        flow: what leads from window to window.
        pulse: whether the window was alive all the time.
    """

    def __init__(self, url: URL, settings: Path) -> None:
        preferences = Preferences(QSettings(str(settings), QSettings.Format.IniFormat))
        preferences.zone = ZONE
        self.url = url
        self.window = StartWindow(preferences)
        self.flow = StartFlow(self.window, WindowOptions(url=url), preferences)
        self.pulse = Pulse()

    def begin(self) -> SignInScreen:
        """Open the first window and wait until somebody is asked for."""
        self.window.show()
        self.flow.begin()
        return self.asked_to_sign_in()

    def asked_to_sign_in(self) -> SignInScreen:
        """Wait for the question who it is."""
        wait_for(lambda: isinstance(self.window.screen_shown, SignInScreen) and self.window.isVisible(), "the sign-in")
        to_the_front(self.window)
        screen = self.window.screen_shown
        assert isinstance(screen, SignInScreen)
        return screen

    def sign_in(self, email: str, password: str = DEMO_PASSWORD) -> "Person":
        """Type e-mail and password, press Enter and wait for the main window."""
        screen = self.begin() if self.flow.arrival is None else self.asked_to_sign_in()
        click(screen.ui.email)
        QTest.keyClick(keyboard(), Qt.Key.Key_A, CTRL)
        QTest.keyClicks(keyboard(), email)
        QTest.keyClick(keyboard(), Qt.Key.Key_Tab)
        QTest.keyClicks(keyboard(), password)
        QTest.keyClick(keyboard(), Qt.Key.Key_Return)
        wait_for(lambda: self.flow.main is not None, "the main window")
        assert self.flow.main is not None
        assert self.flow.desk is not None
        to_the_front(self.flow.main)
        person = Person(self.flow.main, self.flow.desk, self.url)
        person.settle()
        return person

    def end(self) -> None:
        """Close whatever is open, without a question."""
        self.pulse.stop()
        while (dialog := QApplication.activeModalWidget()) is not None:
            dialog.close()
        desk = self.flow.desk
        self.flow.finish()
        assert desk is None or desk.close(), "threads of the desk went on"
        self.window.close()
        for gone in (self.flow, self.window):
            gone.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


class Person(Sitting):
    """Somebody who has signed in: what they press, type and read in the main window."""

    def go(self, name: str) -> EntityPage:
        """Click a page in the navigation, without waiting for its rows."""
        click(self.window.navigation.entry(name))
        return self.page

    def search(self, text: str) -> None:
        """Search on the page: Ctrl+F, the words, and wait for the rows."""
        self.press(Qt.Key.Key_F, CTRL)
        self.replace(text)
        self.settle()

    def hit(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the keyboard is, and wait for nothing."""
        QTest.keyClick(keyboard(), key, modifiers)

    def enrol(self, student: str, name: str, course: str, title: str) -> None:
        """Begin a new enrollment by the keyboard alone: Ctrl+N, a part of the student, Tab, a part of the course."""
        self.press(Qt.Key.Key_N, CTRL)
        self.choose(student, name)
        self.tab_to("Course")
        self.choose(course, title)

    def tab_to(self, name: str) -> None:
        """Press Tab until the keyboard is in what a screen reader calls so."""
        for _ in range(3):
            self.press(Qt.Key.Key_Tab)
            if keyboard().accessibleName() == name:
                return
        raise AssertionError(f"Tab leads to {keyboard().accessibleName()!r} instead of {name!r}")

    def edit_cell(self, row: int, key: str, text: str) -> None:
        """F2 in a cell of the table, the new value, Enter."""
        self.click_row(row, key)
        self.press(Qt.Key.Key_F2)
        self.replace(text)
        self.press(Qt.Key.Key_Return)

    def type_into_form(self, key: str, text: str) -> None:
        """Click a field of the form and type in place of what stands there."""
        row = self.page.form.details.fields.rows[key]
        assert row.editor is not None
        self.page.form.details.ensureWidgetVisible(row)
        line = row.editor.focusProxy()
        assert line is not None
        click(line)
        assert line.hasFocus(), f"{key} did not get the keyboard"
        self.replace(text)

    def choose(self, typed: str, shown: str) -> None:
        """Type into the picker that has the keyboard, and take with Enter what it offers first."""
        self.type(typed)
        self.press(Qt.Key.Key_Return)
        line = keyboard()
        assert isinstance(line, QLineEdit)
        assert line.text() == shown

    def shown(self, key: str, row: int = 0) -> str:
        """What a cell of the table says."""
        cells = self.page.model.row_cells(row)
        assert cells is not None
        return cells[[field.key for field in self.page.model.fields].index(key)].text

    def in_form(self, key: str) -> str:
        """What an editor of the form says."""
        editor = self.page.form.details.fields.rows[key].editor
        assert editor is not None
        return editor.typed()

    @property
    def banner(self) -> str:
        """What the banner of the page says; "" where there is none."""
        return self.page.banner.text if self.page.banner.isVisible() else ""

    @property
    def toast(self) -> str:
        """The short message at the bottom of the window; "" where there is none."""
        return next((toast.text for toast in self.window.findChildren(Toast) if toast.isVisible()), "")

    @property
    def connection(self) -> str:
        """What the status bar says of the connection."""
        return self.window.findChildren(StatusText)[-1].words.text()

    @property
    def work(self) -> str:
        """What the status bar says of running work."""
        return self.window._work.text()


def keyboard() -> QWidget:
    """Where the keyboard is."""
    found = QApplication.focusWidget()
    assert found is not None, "the keyboard is nowhere"
    return found


def type_here(text: str) -> None:
    """Type where the keyboard is; "\\r" is Enter."""
    for part in text.split("\r")[:-1]:
        QTest.keyClicks(keyboard(), part)
        QTest.keyClick(keyboard(), Qt.Key.Key_Return)
    QTest.keyClicks(keyboard(), text.rpartition("\r")[2])


def to_the_front(window: MainWindow | StartWindow) -> None:
    """Give a window the keyboard."""
    window.activateWindow()
    wait_for(window.isActiveWindow, "the window's turn")


class Reply:
    """What a person presses in the next dialog, one button after another, from now on.

    Attributes:
        said: what the dialog said.
        offered: what could be pressed there.
    """

    def __init__(self, *buttons: str) -> None:
        self._buttons = list(buttons)
        self.said = ""
        self.offered: list[str] = []
        self._timer = QTimer()
        self._timer.setInterval(2)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def wait(self) -> str:
        """Wait until everything is pressed; what the dialog said."""
        wait_for(lambda: not self._buttons, f"a dialog with {self._buttons}")
        return self.said

    def _look(self) -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None or not dialog.isVisible():
            return
        self._timer.stop()
        self.said = said_by(dialog)
        there = {b.text().replace("&", ""): b for b in dialog.findChildren(QAbstractButton) if b.isEnabled()}
        self.offered = list(there)
        for text in list(self._buttons):
            self._buttons.remove(text)
            if text not in there:
                dialog.close()
                raise AssertionError(f"{text!r} cannot be pressed in: {self.said}")
            click(there[text])


# ---------------------------------------------------------------------------------------------------- the others


def aside(work: Callable[[], T]) -> T:
    """Have something done elsewhere, as life does it, while the window goes on; what it returned or raised."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    wait_for(lambda: not thread.is_alive(), "what goes on elsewhere")
    if errors:
        raise errors[0]
    return results[0]


def rows(url: URL, question: str, *values: object) -> list[tuple[Any, ...]]:
    """The answer of PostgreSQL to a connection that owes nothing to the program."""

    def ask() -> list[tuple[Any, ...]]:
        with plain_connection(url) as connection, connection.cursor() as cursor:
            cursor.execute(question, values)
            return cursor.fetchall()

    return aside(ask)


def value(url: URL, question: str, *values: object) -> Any:
    """The one value of the one row of an answer."""
    ((found,),) = rows(url, question, *values)
    return found


def write(url: URL, statement: str, *values: object) -> None:
    """What another program writes and commits."""

    def do() -> None:
        with plain_connection(url) as connection:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
            connection.commit()

    aside(do)


@contextmanager
def locked(url: URL, statement: str, *values: object) -> Iterator[None]:
    """Somebody else's transaction that has done this and takes its time; at the end it is given up."""

    def begin() -> "psycopg2.extensions.connection":
        connection = psycopg2.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
        return connection

    connection = aside(begin)
    try:
        yield
    finally:
        aside(connection.close)


def wait_for_save_in_the_middle(url: URL) -> None:
    """Wait until a statement of the program waits for a lock that somebody else holds."""
    question = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name = 'lms-desktop' AND wait_event_type = 'Lock'"
    )
    wait_for(lambda: value(url, question), "a save that waits for a lock")


# ------------------------------------------------------------------------------------------------------------ pulse


class Pulse(QObject):
    """Feels whether the event loop turns: a timer fires each few milliseconds, and the longest gap is kept.

    Time that the machine gave to other processes, as Linux tells it, is not counted.

    Attributes:
        longest: the longest gap so far, in seconds.
    """

    def __init__(self) -> None:
        super().__init__()
        gc.collect()  # what earlier tests have left behind is not this window's to clean up
        self.longest = 0.0
        self._last = (time.monotonic(), _waited_for_the_machine())
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def stop(self) -> None:
        """Feel no more."""
        self._timer.stop()

    def _beat(self) -> None:
        now, waited = time.monotonic(), _waited_for_the_machine()
        gap = (now - self._last[0]) - (waited - self._last[1])
        self._last = (now, waited)
        self.longest = max(self.longest, gap)


def _waited_for_the_machine() -> float:
    """Seconds that this thread was ready to run and had to wait; 0 where the system does not tell."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text("ascii").split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0
