"""People who use the program from its first window on: what they press, type and read."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL

from PySide6.QtCore import QCoreApplication, QEvent, QSettings, Qt, QTimer
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from shiboken6 import isValid

from lms_desktop.options import WindowOptions
from lms_desktop.services.demo_accounts import DEMO_PASSWORD
from lms_desktop.views.entity_page import EntityPage
from lms_desktop.views.kit.labels import StatusText
from lms_desktop.views.kit.toast import Toast
from lms_desktop.views.settings import Preferences
from lms_desktop.views.sign_in import SignInScreen
from lms_desktop.views.start_flow import StartFlow
from lms_desktop.views.start_window import StartWindow
from lms_desktop.views.warm_up import Collector
from tests.walks.driving import CTRL, ZONE, Sitting, click, said_by, wait_for
from tests.walks.pulse import Pulse

REGISTRAR, INSTRUCTOR, ADMIN = "registrar@lms.com", "instructor@lms.com", "admin@lms.com"


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
        self._collector: Collector | None = None
        if not _walking:  # a program has one collector; another walk at its side is felt by the pulse of the first
            gc.collect()  # what was there before is not this window's to clean up; the application does the same
            gc.freeze()
            self._collector = Collector()
        _walking.append(self)
        self.pulse = Pulse()

    def begin(self) -> SignInScreen:
        """Open the first window and wait until somebody is asked for."""
        self.open()
        return self.asked_to_sign_in()

    def open(self) -> None:
        """Open the first window and wait for nothing."""
        self.window.show()
        self.flow.begin()

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
        type_here(password + "\r")
        return self.inside()

    def inside(self) -> "Person":
        """Who is at the main window, as soon as that is open and its rows are there."""
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
        _walking.remove(self)
        if self._collector is not None:
            self._collector.stop()
            gc.disable()  # until the test has ended: `conftest` collects then
        while (dialog := QApplication.activeModalWidget()) is not None:
            dialog.close()
        desk = self.flow.desk
        self.flow.finish()
        assert desk is None or desk.close(), "threads of the desk went on"
        self.window.close()
        for gone in (self.flow, self.window):
            gone.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


_walking: list[Walk] = []
"""Those that have not ended."""


@contextmanager
def walking(url: URL, folder: Path) -> Iterator[Walk]:
    """The program on one database, remembering what it remembers in this folder; alive all the time."""
    walk = Walk(url, folder / "settings.ini")
    try:
        yield walk
    finally:
        walk.end()
    assert walk.pulse.steady, f"the window was deaf for {walk.pulse.longest * 1000:.0f} ms"


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
        tab_to(name)
        self.settle()

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
        return self.window.bottom.work.text()


def keyboard() -> QWidget:
    """Where the keyboard is."""
    found = QApplication.focusWidget()
    assert found is not None, "the keyboard is nowhere"
    return found


def spoken() -> str:
    """What a screen reader calls the place where the keyboard is."""
    here = keyboard()  # of a combo box Qt says the value in place of the name, on Linux
    return here.accessibleName() or QAccessible.queryAccessibleInterface(here).text(QAccessible.Text.Name)


def tab_to(name: str) -> None:
    """Press Tab, a few times at most, until the keyboard is in what a screen reader calls so."""
    passed = []
    for _ in range(4):
        QTest.keyClick(keyboard(), Qt.Key.Key_Tab)
        if spoken() == name:
            return
        passed.append(spoken())
    raise AssertionError(f"Tab leads to {passed} and not to {name!r}")


def type_here(text: str) -> None:
    """Type where the keyboard is; "\\r" is Enter."""
    for part in text.split("\r")[:-1]:
        QTest.keyClicks(keyboard(), part)
        QTest.keyClick(keyboard(), Qt.Key.Key_Return)
    QTest.keyClicks(keyboard(), text.rpartition("\r")[2])


def to_the_front(window: QWidget) -> None:
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
        self._below: QWidget | None = None
        self._timer = QTimer()
        self._timer.setInterval(2)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    @property
    def done(self) -> bool:
        """Whether everything is pressed."""
        return not self._buttons

    def wait(self) -> str:
        """Wait until everything is pressed; what the dialog said."""
        wait_for(lambda: not self._buttons, f"a dialog with {self._buttons}")
        below = self._below if self._below is not None and isValid(self._below) else None
        if below is not None and below.isVisible() and QApplication.activeModalWidget() is None:
            to_the_front(below)  # what every window system does and the offscreen one does not
        return self.said

    def _look(self) -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None or not dialog.isVisible():
            return
        self._timer.stop()
        self.said = said_by(dialog)
        parent = dialog.parentWidget()
        self._below = None if parent is None else parent.window()
        there = {b.text().replace("&", ""): b for b in dialog.findChildren(QAbstractButton) if b.isEnabled()}
        self.offered = list(there)
        for text in list(self._buttons):
            self._buttons.remove(text)
            if text not in there:
                dialog.close()
                raise AssertionError(f"{text!r} cannot be pressed in: {self.said}")
            click(there[text])
