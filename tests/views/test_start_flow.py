"""The way to the sign-in: what is told meanwhile, what can be stopped, and a server that falls and comes back."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from lms_desktop.database.local_server import LocalServer
from lms_desktop.database.migrations import MigrationRunner
from lms_desktop.errors import UserError
from lms_desktop.models.desk import is_gui_thread
from lms_desktop.options import Tell, WindowOptions
from lms_desktop.services.seeding import seed
from lms_desktop.views.connect import ConnectScreen
from lms_desktop.views.sign_in import SignInScreen
from tests.sample_school import engine_of
from tests.views.conftest import PATIENCE_MS, MakeStart, Start


def sentences(start: Start) -> list[str]:
    """What the opening screen tells, oldest first."""
    return [line.accessibleName() for line in start.window.opening.steps()]


class Preparation:
    """Makes ready a database that is ready already, step by step as the test says.

    Attributes:
        go_on: lets it take one more step.
        error: what the last step raises.
    """

    def __init__(self, url: URL) -> None:
        self._url = url
        self.go_on = threading.Semaphore(0)
        self.error: Exception | None = None
        self.on_gui_thread: bool | None = None

    def __call__(self, tell: Tell) -> URL:
        self.on_gui_thread = is_gui_thread()
        for sentence in ("Starting.", "Filling."):
            tell(sentence)
            assert self.go_on.acquire(timeout=60)
        if self.error is not None:
            raise self.error
        return self._url


@pytest.fixture
def preparation(seeded_url: URL) -> Iterator[Preparation]:
    """One that the test leads; it comes to its end in any case."""
    made = Preparation(seeded_url)
    yield made
    made.go_on.release(10)


def test_what_is_being_prepared_is_told_step_by_step(make_start: MakeStart, preparation: Preparation) -> None:
    start = make_start(WindowOptions(demo=True, prepare=preparation))
    start.qtbot.waitUntil(lambda: sentences(start) == ["Starting."])
    assert start.window.opening.isVisible()
    assert start.window.opening.busy.busy
    preparation.go_on.release()
    start.qtbot.waitUntil(lambda: sentences(start) == ["Starting.", "Filling."])
    assert start.window.opening.steps()[0].accessibleDescription() == "done"
    preparation.go_on.release()
    start.screen(SignInScreen)
    assert preparation.on_gui_thread is False
    assert not start.window.opening.busy.busy


def test_the_demo_opens_the_page_and_the_person_it_is_told(make_start: MakeStart, seeded_url: URL) -> None:
    start = make_start(WindowOptions(demo=True, url=seeded_url, sign_in="registrar@lms.com", page="enrollments"))
    main = start.main()
    assert main.session.actor.email == "registrar@lms.com"
    assert main.page is not None
    assert main.page.name == "enrollments"
    main.sign_out_requested.emit()
    start.screen(SignInScreen)
    assert start.flow.main is None, "the next person is asked who it is"


def test_a_person_the_demo_does_not_have_is_said_on_the_sign_in(make_start: MakeStart, seeded_url: URL) -> None:
    start = make_start(WindowOptions(demo=True, url=seeded_url, sign_in="nobody@lms.com"))
    assert "nobody@lms.com" in start.refusal(start.screen(SignInScreen))


def test_a_preparation_that_fails_says_why_and_can_be_tried_again(
    make_start: MakeStart, preparation: Preparation
) -> None:
    preparation.error = UserError("The disk is full.", way_out="Make room.")
    preparation.go_on.release(2)
    start = make_start(WindowOptions(demo=True, prepare=preparation))
    opening = start.window.opening
    start.qtbot.waitUntil(opening.banner.isVisible, timeout=PATIENCE_MS)
    assert opening.banner.text == "The disk is full. Make room."
    assert opening.steps()[-1].accessibleDescription() == "failed"
    preparation.error = None
    preparation.go_on.release(2)
    start.qtbot.keyClick(opening.retry, Qt.Key.Key_Space)
    start.screen(SignInScreen)


def test_a_preparation_can_be_cancelled_between_two_steps(make_start: MakeStart, preparation: Preparation) -> None:
    start = make_start(WindowOptions(demo=True, prepare=preparation))
    start.qtbot.waitUntil(lambda: sentences(start) == ["Starting."])
    start.window.opening.cancel.click()
    assert start.window.opening.cancel.text() == "Stopping…"
    with start.qtbot.waitSignal(start.flow.finished, timeout=PATIENCE_MS):
        preparation.go_on.release()
    assert start.flow.arrival is None


def test_a_cancel_that_comes_after_the_last_step_counts_too(make_start: MakeStart, preparation: Preparation) -> None:
    preparation.go_on.release()
    start = make_start(WindowOptions(demo=True, prepare=preparation))
    start.qtbot.waitUntil(lambda: sentences(start) == ["Starting.", "Filling."])
    start.window.opening.cancel.click()
    with start.qtbot.waitSignal(start.flow.finished, timeout=PATIENCE_MS):
        preparation.go_on.release()
    assert start.flow.arrival is None


def test_closing_the_window_while_it_prepares_ends_it(make_start: MakeStart, preparation: Preparation) -> None:
    start = make_start(WindowOptions(demo=True, prepare=preparation))
    start.qtbot.waitUntil(lambda: sentences(start) == ["Starting."])
    preparation.go_on.release()
    with start.qtbot.waitSignal(start.flow.finished, timeout=PATIENCE_MS):
        start.window.close()


def test_an_environment_that_cannot_be_read_is_named(
    make_start: MakeStart, seeded_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_POOL_SIZE", "many")
    start = make_start(WindowOptions(url=seeded_url))
    assert "DB_POOL_SIZE" in start.refusal(start.screen(ConnectScreen))


def test_an_address_that_makes_no_sense_is_complained_about_where_another_can_be_given(make_start: MakeStart) -> None:
    start = make_start(WindowOptions(url="mysql://ana:s3cr3t-w0rd@server/lms"))
    screen = start.screen(ConnectScreen)
    said = start.refusal(screen)
    assert "mysql" in said
    assert "s3cr3t" not in said
    assert "Back" not in [each.text() for each in screen.findChildren(QPushButton)], "there is nothing to go back to"


def test_long_preparations_show_their_latest_steps(make_start: MakeStart) -> None:
    start = make_start(WindowOptions())
    opening = start.window.opening
    opening.start("Preparing")
    for number in range(20):
        opening.say(f"Step {number}.")
    assert sentences(start)[-1] == "Step 19."
    assert len(sentences(start)) <= 7


@pytest.fixture
def own_server(server_folder: Path) -> Iterator[LocalServer]:
    """An embedded server of one's own with the sample school."""
    made = LocalServer(server_folder, fast=True)
    yield made
    made.stop()


def test_a_server_that_was_killed_comes_back_under_the_open_window(
    make_start: MakeStart, own_server: LocalServer
) -> None:
    def prepare(tell: Tell) -> URL:
        url = own_server.start()
        with engine_of(url) as engine:
            MigrationRunner(engine).upgrade()
            seed(engine, students=5)
        return url

    start = make_start(WindowOptions(demo=True, prepare=prepare))
    screen = start.screen(SignInScreen)
    next(card for card in screen.cards if "registrar" in card.detail).click()
    main = start.main()
    assert own_server.postmaster is not None
    os.kill(own_server.postmaster, signal.SIGKILL)
    states: list[str] = []
    main.session.desk.state_changed.connect(lambda state: states.append(state.kind))
    assert main.page is not None
    main.page.refresh()
    start.qtbot.waitUntil(lambda: states[:1] == ["lost"] and states[-1] == "ok", timeout=PATIENCE_MS)
    assert main.isVisible()
    start.rest()
