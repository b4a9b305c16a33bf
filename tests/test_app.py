"""The whole program as a process that draws its window, and the parts that hold it together."""

import gc
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtCore import QObject, QSettings
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from shiboken6 import delete

from lms_desktop.app import Sitting
from lms_desktop.errors import BugError, UserError
from lms_desktop.options import WindowOptions
from lms_desktop.verbs import windows
from lms_desktop.views.settings import Preferences
from lms_desktop.views.tokens import DARK, LIGHT
from lms_desktop.views.unexpected import AT_MOST, SAME_AGAIN, Unexpected
from lms_desktop.views.warm_up import TURN, Collector, WarmUp
from tests.postgres import public_folder

ROOT = Path(__file__).parent.parent


def lms(*arguments: str, url: URL | None = None, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the program where there is no display and nobody at the keyboard."""
    given = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    del given["QT_QPA_PLATFORM"]
    if url is not None:
        given["DATABASE_URL"] = url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "lms_desktop", *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=given | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=110,
    )


def picture(file: Path) -> QImage:
    """The picture in a file; it shows something."""
    found = QImage(str(file))
    assert not found.isNull()
    colours = {found.pixel(x, y) for x in range(0, found.width(), 3) for y in range(0, found.height(), 3)}
    assert len(colours) > 50, "nothing but empty space"
    return found


def files_below(folder: Path) -> dict[Path, float]:
    """Every file and when it was changed."""
    return {path: path.stat().st_mtime for path in folder.rglob("*") if path.is_file()}


# ---------------------------------------------------------------------------------------------------- pictures


@pytest.fixture(scope="module")
def demo_folder() -> Iterator[Path]:
    """A folder for a demo of one's own, which all tests here share."""
    top = public_folder()
    yield top
    shutil.rmtree(top, ignore_errors=True)


def test_a_page_of_the_demo_is_drawn_without_a_display(tmp_path: Path, demo_folder: Path) -> None:
    file = tmp_path / "enrollments.png"
    config = tmp_path / "config"
    result = lms(
        *("demo", "--screenshot", str(file), "--page", "enrollments", "--sign-in", "registrar@lms.com"),
        LMS_DESKTOP_DATA_DIR=str(demo_folder / "demo"),
        XDG_CONFIG_HOME=str(config),
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    found = picture(file)
    assert (found.width(), found.height()) == (1440, 900)
    assert files_below(config) == {}, "a picture leaves no preferences behind"
    inks = {found.pixelColor(x, y).name() for x in range(240, 1000) for y in range(480, 520)}
    assert len(inks) > 20, "there are rows in the table"
    inks = {found.pixelColor(x, y).name() for x in range(1090, 1430) for y in range(110, 500)}
    assert len(inks) > 20, "there is a record in the form"


def test_size_and_theme_of_a_picture_are_as_wanted(tmp_path: Path, demo_folder: Path) -> None:
    file = tmp_path / "form.png"
    result = lms(
        *("demo", "--screenshot", str(file), "--page", "courses", "--sign-in", "instructor@lms.com"),
        *("--size", "1100x700", "--theme", "dark"),
        LMS_DESKTOP_DATA_DIR=str(demo_folder / "demo"),
    )
    assert (result.returncode, result.stderr) == (0, "")
    found = picture(file)
    assert (found.width(), found.height()) == (1100, 700)
    assert found.pixelColor(3, 350).name() == DARK.sidebar


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--page", "cafeteria", "--sign-in", "registrar@lms.com"], "There is no page “cafeteria”."),
        (
            ["--page", "sessions", "--sign-in", "registrar@lms.com"],
            "registrar@lms.com may not open the page “sessions”",
        ),
        (["--page", "users", "--sign-in", "student@lms.com"], "The demo has no account student@lms.com"),
        (["--page", "users"], "can be drawn only of the demo, with --sign-in EMAIL"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_one_sentence(
    tmp_path: Path, demo_folder: Path, arguments: list[str], sentence: str
) -> None:
    file = tmp_path / "nothing.png"
    result = lms("demo", "--screenshot", str(file), *arguments, LMS_DESKTOP_DATA_DIR=str(demo_folder / "demo"))
    assert result.returncode == 1
    (line,) = result.stderr.splitlines()
    assert sentence in line
    assert not file.exists()


def test_the_sign_in_of_any_database_can_be_drawn(tmp_path: Path, seeded_url: URL) -> None:
    file = tmp_path / "sign-in.png"
    result = lms("--screenshot", str(file), "--page", "sign-in", "--theme", "light", url=seeded_url)
    assert (result.returncode, result.stderr) == (0, "")
    assert picture(file).pixelColor(3, 850).name() == LIGHT.background


def test_the_connect_screen_can_be_drawn_without_any_database(tmp_path: Path) -> None:
    file = tmp_path / "connect.png"
    result = lms("--screenshot", str(file), "--page", "connect")
    assert (result.returncode, result.stderr) == (0, "")
    picture(file)


def test_a_picture_of_a_database_that_is_away_fails_with_the_reason(tmp_path: Path, seeded_url: URL) -> None:
    file = tmp_path / "nothing.png"
    result = lms("--screenshot", str(file), url=seeded_url.set(database="no_such_database"))
    assert result.returncode == 1
    assert "There is no such database on this server." in result.stderr
    assert str(seeded_url.password) not in result.stderr
    assert not file.exists()


def test_a_page_of_another_database_than_the_demo_is_refused() -> None:
    with pytest.raises(UserError, match="only of the demo"):
        windows.check(WindowOptions(screenshot=Path("a.png"), page="users", sign_in="admin@lms.com"))


# ------------------------------------------------------------------------------------------- first things fast


def test_the_first_window_does_not_wait_for_what_takes_long() -> None:
    code = (
        "import sys, lms_desktop.app\n"
        "heavy = {'sqlalchemy', 'psycopg2', 'alembic', 'passlib', 'keyring', 'lms_desktop.admin',"
        " 'lms_desktop.views.main_window'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_a_module_that_cannot_be_imported_is_reported(qtbot: QtBot) -> None:
    warm_up = WarmUp(("lms_desktop.no_such_module",))
    with qtbot.waitSignal(warm_up.failed) as failed:
        warm_up.start()
    assert isinstance(failed.args[0], BugError)


def test_garbage_with_widgets_in_it_is_collected_on_the_gui_thread(qtbot: QtBot) -> None:
    collector = Collector()
    collector._timer.setInterval(10)
    died_on: list[str] = []
    try:
        widget = QWidget()
        widget.destroyed.connect(lambda: died_on.append(threading.current_thread().name))
        widget.myself = widget  # type: ignore[attr-defined]
        del widget

        kept: list[list[int]] = []
        thread = threading.Thread(target=lambda: kept.extend([number] for number in range(20_000)))
        thread.start()
        thread.join()
        assert died_on == [], "Python would have collected on the thread that allocates"
        qtbot.waitUntil(lambda: bool(died_on))
    finally:
        collector.stop()
    assert died_on == [threading.main_thread().name]


def test_garbage_does_not_pile_up_until_it_takes_long_to_collect(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    class Ring:
        def __init__(self) -> None:
            self.me = self

    collector = Collector()
    most = 0
    try:
        collector._timer.stop()
        gc.collect()
        monkeypatch.setattr(collector, "MOST", 2_000)
        young: list[Ring] = []
        for _ in range(30):
            young, old = [Ring() for _ in range(1_000)], young  # each outlives one collection
            collector._collect()
            del old
            most = max(most, sum(isinstance(one, Ring) for one in gc.get_objects()))
    finally:
        collector.stop()
    assert most < 8_000


def slow_module(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module whose import lasts until the file returned is there."""
    gate = folder / "gate"
    lines = ["import pathlib, time", f"while not pathlib.Path({str(gate)!r}).exists():", "    time.sleep(0.001)"]
    (folder / f"{name}.py").write_text("\n".join(lines), encoding="ascii")
    monkeypatch.syspath_prepend(folder)
    return gate


def test_no_garbage_is_collected_while_modules_are_imported(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = slow_module("slow_to_import", tmp_path, monkeypatch)
    collected: list[int] = []
    warm_up, collector = WarmUp(("slow_to_import",)), Collector()
    collector._timer.stop()
    monkeypatch.setattr(gc, "collect", lambda generation=2: collected.append(generation))
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, 100))
    try:
        warm_up.start()
        collector._collect()
        assert collected == []
        with qtbot.waitSignal(warm_up.done):
            gate.touch()
        collector._collect()
        assert collected == [2]
    finally:
        collector.stop()


def test_garbage_is_collected_though_whoever_imported_is_gone(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = slow_module("slow_for_nobody", tmp_path, monkeypatch)
    collected: list[int] = []
    page = QWidget()
    warm_up, collector = WarmUp(("slow_for_nobody",), page), Collector()
    collector._timer.stop()
    monkeypatch.setattr(gc, "collect", lambda generation=2: collected.append(generation))
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, 100))
    try:
        warm_up.start()
        delete(page)
        gate.touch()
        warm_up._thread.join()
        collector._collect()
        assert collected == [2]
    finally:
        collector.stop()


def test_a_window_may_go_just_while_an_import_ends() -> None:
    code = (
        "import sys, time, random; sys.setswitchinterval(1e-5)\n"
        "from PySide6.QtCore import QCoreApplication, QObject\n"
        "from shiboken6 import delete\n"
        "from lms_desktop.views.warm_up import WarmUp\n"
        "application, until = QCoreApplication([]), time.monotonic() + 3\n"
        "while time.monotonic() < until:\n"
        "    windows = [QObject() for _ in range(4)]\n"
        "    for window in windows: WarmUp(('json',), window).start()\n"
        "    for _ in range(random.randrange(200)): pass\n"
        "    for window in windows: delete(window)\n"
        "    application.processEvents()\n"
        "print('lived')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == "lived\n", f"{done.returncode}: {done.stderr[-2000:]}"


def test_what_another_thread_is_filling_can_be_filled_while_garbage_is_counted() -> None:
    code = (
        "import sys, threading, time; sys.setswitchinterval(1e-5)\n"
        "from PySide6.QtCore import QCoreApplication\n"
        "from lms_desktop.views.warm_up import Collector\n"
        "application, collector, until, wrong = QCoreApplication([]), Collector(), time.monotonic() + 4, []\n"
        "collector._timer.stop()\n"
        "def read():\n"
        "    try:\n"
        "        while time.monotonic() < until: tuple(object() for _ in range(300))\n"
        "    except SystemError as error: wrong.append(error)\n"
        "kept, threads = [[] for _ in range(20_000)], [threading.Thread(target=read) for _ in range(2)]\n"
        "for thread in threads: thread.start()\n"
        "while time.monotonic() < until and not wrong: collector._collect()\n"
        "for thread in threads: thread.join()\n"
        "print(wrong)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == "[]\n", f"{done.returncode}: {done.stdout} {done.stderr[-2000:]}"


def test_what_an_import_has_left_is_not_looked_through_again(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    collected: list[int] = []
    warm_up, collector = WarmUp(("json",)), Collector()
    collector._timer.stop()
    monkeypatch.setattr(gc, "collect", lambda generation=2: collected.append(generation))
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, 0))
    monkeypatch.setattr(gc, "get_objects", lambda generation: [])
    collector._old = collector.MOST + 1
    try:
        with qtbot.waitSignal(warm_up.done):
            warm_up.start()
        collector._collect()
        assert collected == []
        collector._old = collector.MOST + 1
        collector._collect()
        assert collected == [2]
    finally:
        collector.stop()


# -------------------------------------------------------------------------------------------------- unexpected


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def unexpected(qtbot: QtBot, clock: Clock) -> Iterator[Unexpected]:
    """The hooks, installed for one test."""
    hooks = Unexpected(clock)
    hooks.install()
    yield hooks
    hooks.remove()


def fail(words: str = "a mistake") -> None:
    try:
        raise ZeroDivisionError(words)
    except ZeroDivisionError as error:
        sys.excepthook(type(error), error, error.__traceback__)


def fail_elsewhere() -> None:
    try:
        raise KeyError("elsewhere")
    except KeyError as error:
        sys.excepthook(type(error), error, error.__traceback__)


def test_what_nobody_caught_is_shown_as_one_sentence_and_logged_whole(
    qtbot: QtBot, unexpected: Unexpected, caplog: pytest.LogCaptureFixture
) -> None:
    with qtbot.waitSignal(unexpected.happened) as happened:
        fail()
    assert isinstance(happened.args[0], BugError)
    assert "ZeroDivisionError" not in str(happened.args[0])
    assert "ZeroDivisionError" in caplog.text
    assert "in fail" in caplog.text


def test_what_a_thread_did_not_catch_is_shown_too(qtbot: QtBot, unexpected: Unexpected) -> None:
    with qtbot.waitSignal(unexpected.happened):
        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start()
        thread.join()


def test_the_same_mistake_over_and_over_is_told_once(
    qtbot: QtBot, unexpected: Unexpected, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    shown: list[object] = []
    unexpected.happened.connect(shown.append)
    for _ in range(100):
        fail()
        clock.now += 0.1
    qtbot.waitUntil(lambda: bool(shown))
    assert len(shown) == 1
    assert caplog.text.count("Nobody caught this") == 1
    clock.now += SAME_AGAIN
    fail()
    qtbot.waitUntil(lambda: len(shown) == 2)


def test_many_mistakes_at_once_do_not_bury_the_window_in_boxes(
    qtbot: QtBot, unexpected: Unexpected, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    shown: list[object] = []
    unexpected.happened.connect(shown.append)
    fail()
    fail_elsewhere()
    qtbot.waitUntil(lambda: bool(shown))
    assert len(shown) == 1
    assert caplog.text.count("Nobody caught this") == 2, "both are in the log"
    clock.now += AT_MOST
    try:
        raise RuntimeError("a third place")
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    qtbot.waitUntil(lambda: len(shown) == 2)


def test_ctrl_c_in_the_terminal_is_no_mistake(
    qtbot: QtBot, unexpected: Unexpected, caplog: pytest.LogCaptureFixture
) -> None:
    with qtbot.waitSignal(unexpected.interrupted), qtbot.assertNotEmitted(unexpected.happened):
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert caplog.text == ""


def test_the_hooks_are_given_back(unexpected: Unexpected) -> None:
    unexpected.remove()
    assert not isinstance(getattr(sys.excepthook, "__self__", None), QObject)


def test_threads_take_short_turns_once_all_is_imported(qtbot: QtBot, tmp_path: Path) -> None:
    former = sys.getswitchinterval()
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    sitting = Sitting(WindowOptions(), Preferences(settings))
    qtbot.addWidget(sitting.window)
    try:
        sys.setswitchinterval(0.005)  # Python's own
        sitting._prepare()
        assert sys.getswitchinterval() == pytest.approx(TURN)
        assert TURN < 0.005
        sitting.end()
        assert sys.getswitchinterval() == pytest.approx(former)
    finally:
        sys.setswitchinterval(former)
        sitting.end()
