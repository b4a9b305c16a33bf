"""Signing in at the real window, on a real server: who comes in, who does not, and what is said to them."""

import gc
from functools import partial
from weakref import ref

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from lms_desktop.database.unit_of_work import Actor
from lms_desktop.errors import UserError
from lms_desktop.options import Tell, WindowOptions
from lms_desktop.services.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from lms_desktop.services.people import SignInDelay, SignInRefused
from lms_desktop.views.connect import ConnectScreen
from lms_desktop.views.entity_page import EntityPage
from lms_desktop.views.main_window import MainWindow
from lms_desktop.views.sign_in import SignInScreen
from tests.views.conftest import MakeStart, Start

REGISTRAR = "registrar@lms.com"


def enter(start: Start, email: str, password: str) -> SignInScreen:
    """Type both and press Enter."""
    screen = start.screen(SignInScreen)
    screen.ui.email.clear()
    screen.ui.password.clear()
    start.qtbot.keyClicks(screen.ui.email, email)
    start.qtbot.keyClicks(screen.ui.password, password)
    start.qtbot.keyClick(screen.ui.password, Qt.Key.Key_Return)
    return screen


def test_whoever_knows_the_password_comes_in(start: Start) -> None:
    enter(start, REGISTRAR, DEMO_PASSWORD)
    main = start.main()
    assert main.session.actor.email == REGISTRAR
    assert main.isVisible()
    assert start.window.isHidden()


def test_the_address_is_remembered_and_the_password_is_not(start: Start) -> None:
    enter(start, REGISTRAR, DEMO_PASSWORD)
    start.main()._quit_for(start.main().sign_out_requested)
    screen = start.screen(SignInScreen)
    assert screen.ui.email.text() == REGISTRAR
    assert screen.ui.password.text() == ""
    start.qtbot.waitUntil(lambda: start.file.exists() and REGISTRAR in start.file.read_text("utf-8"))
    assert DEMO_PASSWORD not in start.file.read_text("utf-8")


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(start: Start) -> None:
    wrong = start.refusal(enter(start, REGISTRAR, "not the password"))
    unknown = start.refusal(enter(start, "nobody@lms.com", "not the password"))
    assert wrong == unknown
    assert "not right" in wrong
    assert start.flow.main is None


def test_after_a_refusal_the_password_can_be_typed_at_once(start: Start) -> None:
    screen = enter(start, REGISTRAR, "not the password")
    start.refusal(screen)
    assert screen.ui.email.text() == REGISTRAR
    assert screen.ui.password.selectedText()
    assert screen.ui.submit.isEnabled()


@pytest.mark.parametrize(
    ("email", "reason"),
    [
        ("harriet.oconnell@lms.com", "This account has been deactivated."),
        ("student@lms.com", "Students cannot sign in here."),
    ],
)
def test_who_may_not_work_here_is_told_why(start: Start, email: str, reason: str) -> None:
    assert start.refusal(enter(start, email, DEMO_PASSWORD)).startswith(reason)
    assert start.flow.main is None


def test_another_person_takes_over_without_a_restart(start: Start) -> None:
    enter(start, REGISTRAR, DEMO_PASSWORD)
    registrar = start.main()
    assert "users" in registrar.navigation.keys()  # noqa: SIM118
    registrar._quit_for(registrar.sign_out_requested)
    enter(start, "admin@lms.com", DEMO_PASSWORD)
    start.qtbot.waitUntil(lambda: start.flow.main is not None and start.flow.main is not registrar)
    admin = start.main()
    assert admin.session.actor.email == "admin@lms.com"
    assert set(admin.navigation.keys()) > set(registrar.navigation.keys())


def test_another_database_can_be_asked_for_from_the_main_window(start: Start) -> None:
    enter(start, REGISTRAR, DEMO_PASSWORD)
    start.main()._quit_for(start.main().switch_requested)
    screen = start.screen(ConnectScreen)
    assert start.window.isVisible()
    assert start.flow.desk is None
    assert screen.cards, "the connection just left is among the recent ones"


def test_closing_the_main_window_ends_it_all(start: Start) -> None:
    enter(start, REGISTRAR, DEMO_PASSWORD)
    main = start.main()
    with start.qtbot.waitSignal(start.flow.finished):
        main.close()
    assert start.flow.desk is None


def test_on_the_demo_one_click_signs_in(make_start: MakeStart, seeded_url: URL) -> None:
    def prepare(tell: Tell) -> URL:
        tell("Starting.")
        return seeded_url

    start = make_start(WindowOptions(demo=True, prepare=prepare))
    screen = start.screen(SignInScreen)
    assert [card.name for card in screen.cards] == [name for _, _, _, name in DEMO_ACCOUNTS]
    card = next(card for card in screen.cards if REGISTRAR in card.detail)
    start.qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    assert start.main().session.actor.email == REGISTRAR


def test_elsewhere_no_accounts_are_offered(start: Start) -> None:
    screen = start.screen(SignInScreen)
    assert screen.cards == []
    assert not screen.ui.demo_title.isVisible()


# ---------------------------------------------------------------------------------------- the screen by itself


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
def screen(qtbot: QtBot, clock: Clock) -> SignInScreen:
    """A sign-in screen that nobody listens to."""
    made = SignInScreen("school · db.school.edu · verified TLS", SignInDelay(clock))
    qtbot.addWidget(made)
    made.show()
    made.ui.email.setText("ann@school.edu")
    made.ui.password.setText("something")
    return made


def refuse(screen: SignInScreen, times: int) -> None:
    for _ in range(times):
        screen.working()
        screen._delay.failed(screen.ui.email.text())
        screen.refuse(SignInRefused("Not right.", field="password"))


def test_after_three_failures_it_says_how_long_to_wait(qtbot: QtBot, screen: SignInScreen, clock: Clock) -> None:
    refuse(screen, 2)
    assert screen.ui.submit.isEnabled()
    assert not screen.ui.wait.isVisible()
    refuse(screen, 3)
    assert not screen.ui.submit.isEnabled()
    assert "4 s" in screen.ui.wait.text()
    with qtbot.assertNotEmitted(screen.submitted):
        qtbot.keyClick(screen.ui.password, Qt.Key.Key_Return)
    clock.now += 2.5
    qtbot.waitUntil(lambda: "2 s" in screen.ui.wait.text())
    clock.now += 2.5
    qtbot.waitUntil(screen.ui.submit.isEnabled)
    assert not screen.ui.wait.isVisible()
    with qtbot.waitSignal(screen.submitted):
        qtbot.keyClick(screen.ui.password, Qt.Key.Key_Return)


def test_nothing_is_handed_in_while_an_attempt_is_under_way(qtbot: QtBot, screen: SignInScreen) -> None:
    screen.working()
    assert not screen.ui.submit.isEnabled()
    with qtbot.assertNotEmitted(screen.submitted):
        screen.submit()
    screen.refuse(UserError("The server is away."))
    assert screen.ui.submit.isEnabled()


def test_enter_goes_to_the_field_that_is_still_empty(qtbot: QtBot, screen: SignInScreen) -> None:
    screen.ui.password.clear()
    screen.ui.email.setFocus()
    with qtbot.assertNotEmitted(screen.submitted):
        qtbot.keyClick(screen.ui.email, Qt.Key.Key_Return)
    qtbot.waitUntil(screen.ui.password.hasFocus)


def test_the_keyboard_alone_looks_at_the_password_and_hides_it(qtbot: QtBot, screen: SignInScreen) -> None:
    password = screen.ui.password
    password.setFocus()
    qtbot.keyClick(password, Qt.Key.Key_Tab)
    qtbot.waitUntil(password.eye.hasFocus)
    assert password.eye.accessibleName() == "Show the password"
    qtbot.keyClick(password.eye, Qt.Key.Key_Space)
    assert password.echoMode() is QLineEdit.EchoMode.Normal
    assert password.eye.accessibleName() == "Hide the password"
    qtbot.keyClick(password.eye, Qt.Key.Key_Space)
    assert password.echoMode() is QLineEdit.EchoMode.Password


def test_a_password_that_was_looked_at_is_hidden_after_a_refusal(screen: SignInScreen) -> None:
    screen.ui.password.eye.click()
    refuse(screen, 1)
    assert screen.ui.password.echoMode() is QLineEdit.EchoMode.Password


def test_every_control_has_a_name_for_screen_readers(screen: SignInScreen) -> None:
    for widget in screen.findChildren(QWidget):
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible():
            interface = QAccessible.queryAccessibleInterface(widget)
            assert interface.text(QAccessible.Text.Name), widget


def test_the_window_is_begun_before_anybody_has_signed_in(start: Start) -> None:
    start.screen(SignInScreen)
    assert start.flow.makes_ahead()
    ahead = start.flow._keeper._ahead
    assert ahead is not None
    start.qtbot.waitUntil(lambda: not ahead.goes_on())
    begun = ahead._window
    assert begun is not None
    assert not begun.isVisible()
    enter(start, REGISTRAR, DEMO_PASSWORD)
    main = start.main()
    assert main is begun
    assert main.isVisible()
    assert main.session.actor.email == REGISTRAR
    assert "users" in main.navigation.keys()  # noqa: SIM118
    assert "migrations" not in main.navigation.keys(), "they are an administrator's"  # noqa: SIM118
    assert main.session.journal.keeps


def test_whoever_is_quicker_than_the_window_comes_in_all_the_same(start: Start) -> None:
    start.screen(SignInScreen)
    assert start.flow.makes_ahead()
    enter(start, REGISTRAR, DEMO_PASSWORD)
    assert start.main().page is not None


def test_whoever_could_not_be_let_in_can_try_once_more(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    start.screen(SignInScreen)
    with monkeypatch.context() as patch:
        patch.setattr("lms_desktop.views.entering.admit", fail)
        with pytest.raises(ZeroDivisionError):
            start.flow.enter(Actor.command_line())
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not any(isinstance(one, MainWindow) for one in QApplication.topLevelWidgets())
    assert start.flow.makes_ahead(), "no window is on its way any more"
    enter(start, REGISTRAR, DEMO_PASSWORD)
    assert start.main().isVisible()


def test_a_step_that_fails_is_not_taken_over_and_over(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError

    start.screen(SignInScreen)
    monkeypatch.setattr("lms_desktop.views.ahead.begin", fail)
    with start.qtbot.captureExceptions() as mistakes:
        assert start.flow.makes_ahead()
        start.qtbot.waitUntil(lambda: not start.flow.makes_ahead())
    assert [kind for kind, *_ in mistakes] == [ValueError]


def test_nothing_is_kept_of_somebody_who_has_signed_out(start: Start) -> None:
    def children() -> int:
        assert start.flow.desk is not None
        return len(start.flow.desk.findChildren(QObject, options=Qt.FindChildOption.FindDirectChildrenOnly))

    def sign_in_and_out() -> list[ref[QObject]]:
        """What was made for the sitting: the window, its pages, what they show, and what is kept beside them."""
        start.screen(SignInScreen)
        start.qtbot.waitUntil(lambda: not start.flow.makes_ahead())
        enter(start, REGISTRAR, DEMO_PASSWORD)
        main = start.main()
        assert isinstance(main.page, EntityPage)
        session = main.session
        made = [main, session.drafts, session.log, session.journal, session.schema]
        for page in main.findChildren(EntityPage):
            made += [page, page.table, page.table.model()]
        main._quit_for(main.sign_out_requested)
        start.screen(SignInScreen)
        return [ref(one) for one in made]

    def are_gone(made: list[ref[QObject]]) -> bool:
        """What is still on its way to a page is waited for; a failed assertion would hold what it looked at."""
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
        return all(one() is None for one in made)

    beside = []
    for _ in range(3):
        start.qtbot.waitUntil(partial(are_gone, sign_in_and_out()))
        beside.append(children())
    assert beside[1] == beside[2]


def test_a_window_that_was_begun_goes_with_its_database(start: Start) -> None:
    screen = start.screen(SignInScreen)
    assert start.flow.makes_ahead()
    screen.switch_requested.emit()
    start.screen(ConnectScreen)
    assert not start.flow.makes_ahead()


def test_the_main_window_is_seen_with_its_rows(start: Start) -> None:
    filled: list[bool] = []

    def look(place: str) -> None:
        if place == "main":
            page = start.flow.main.page if start.flow.main is not None else None
            filled.append(page is not None and page.is_filled())
            assert start.window.isHidden()

    start.flow.arrived.connect(look)
    screen = enter(start, REGISTRAR, DEMO_PASSWORD)
    start.qtbot.waitUntil(lambda: start.flow.desk is not None and start.flow.desk.actor is not None)
    assert screen.isVisible() or filled, "what was seen before stands until then"
    main = start.main()
    assert main.isVisible()
    assert len(filled) == 1


def test_each_window_comes_where_the_one_before_it_stands(start: Start) -> None:
    start.window.move(7, 53)
    start.window.resize(780, 640)
    enter(start, REGISTRAR, DEMO_PASSWORD)
    main = start.main()
    assert main.geometry() == start.window.geometry()
    main.move(11, 71)
    main.resize(770, 650)
    there = main.geometry()
    main._quit_for(main.sign_out_requested)
    start.screen(SignInScreen)
    assert start.window.geometry() == there
