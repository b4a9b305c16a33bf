"""What tests of the screens before the main window share: a start window and its flow, on a database or on none."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from lms_desktop.models import lookout
from lms_desktop.options import WindowOptions
from lms_desktop.views import theme
from lms_desktop.views.connect import ConnectScreen
from lms_desktop.views.first_run import FirstRunScreen
from lms_desktop.views.main_window import MainWindow
from lms_desktop.views.session import Session
from lms_desktop.views.settings import Preferences
from lms_desktop.views.sign_in import SignInScreen
from lms_desktop.views.start_flow import StartFlow
from lms_desktop.views.start_window import StartWindow
from tests.small_school import actor, opened
from tests.views.sittings import sitting

PATIENCE_MS = 30_000
"""What should have happened by then does not happen any more; a busy machine takes its time."""

Screen = TypeVar("Screen", SignInScreen, FirstRunScreen, ConnectScreen)


@pytest.fixture(scope="session", autouse=True)
def nobody_looks_out() -> Iterator[None]:
    """What is asked is asked because of what a test does, unless it says otherwise."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lookout, "PAUSE", 3600.0)
        yield


@pytest.fixture(autouse=True)
def text_of_the_usual_size() -> None:
    """Whatever another test of this process has left: lengths are measured in it."""
    if QApplication.instance() is not None and theme.current().text_size != 100:
        theme.current().set_text_size(100)


@pytest.fixture
def session(qtbot: QtBot, database_url: URL, tmp_path: Path) -> Iterator[Session]:
    """The administrator's sitting at the small school, the threads of which read."""
    with (
        opened(database_url) as school,
        sitting(school, actor("admin"), tmp_path, threads=True) as made,
    ):
        yield made


@dataclass
class Start:
    """A start window on the screen, and what leads on from it."""

    qtbot: QtBot
    window: StartWindow
    flow: StartFlow
    preferences: Preferences
    file: Path

    def screen(self, kind: type[Screen]) -> Screen:
        """The screen of this kind, as soon as it is shown."""
        self.qtbot.waitUntil(lambda: isinstance(self.window.screen_shown, kind), timeout=PATIENCE_MS)
        shown = self.window.screen_shown
        assert isinstance(shown, kind)
        return shown

    def main(self) -> MainWindow:
        """The main window, as soon as it is open and its first page has been read."""
        self.qtbot.waitUntil(lambda: self.flow.main is not None, timeout=PATIENCE_MS)
        assert self.flow.main is not None
        self.rest()
        return self.flow.main

    def rest(self) -> None:
        """Wait until nothing is under way."""
        self.qtbot.waitUntil(lambda: self.flow.desk is None or not self.flow.desk.jobs, timeout=PATIENCE_MS)

    def refusal(self, screen: SignInScreen | FirstRunScreen | ConnectScreen) -> str:
        """What the screen complains about, as soon as it does."""
        self.qtbot.waitUntil(screen.banner.isVisible, timeout=PATIENCE_MS)
        return screen.banner.text


MakeStart = Callable[[WindowOptions], Start]


@pytest.fixture
def make_start(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[MakeStart]:
    """Opens start windows that go where the options say, with preferences of their own; takes them down in the end."""
    theme.install(qapp, theme.Scheme.LIGHT, 100)
    made: list[Start] = []

    def make(options: WindowOptions) -> Start:
        file = tmp_path / f"preferences {len(made)}.ini"
        preferences = Preferences(QSettings(str(file), QSettings.Format.IniFormat))
        window = StartWindow(preferences)
        qtbot.addWidget(window)
        window.show()
        start = Start(qtbot, window, StartFlow(window, options, preferences), preferences, file)
        made.append(start)
        start.flow.begin()
        return start

    yield make
    for start in made:
        start.flow.finish()
        start.flow.deleteLater()


@pytest.fixture
def start(make_start: MakeStart, seeded_url: URL) -> Start:
    """A start window on the sample school."""
    return make_start(WindowOptions(url=seeded_url))
