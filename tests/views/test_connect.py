"""Choosing a database: addresses, how safe the way is, what is remembered and what is not."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from lms_desktop.database.engine import display_url
from lms_desktop.models.desk import Desk
from lms_desktop.options import WindowOptions
from lms_desktop.views import theme
from lms_desktop.views.connect import ConnectScreen
from lms_desktop.views.first_run import FirstRunScreen
from lms_desktop.views.settings import Preferences
from lms_desktop.views.sign_in import SignInScreen
from tests.views.conftest import MakeStart

PASSWORD = "p@ss/w:rd?#1"
ADDRESS = "postgresql://marta:p%40ss%2Fw%3Ard%3F%231@db.school.edu:6432/school?sslmode=require&application_name=desk"


class MemoryStore(KeyringBackend):
    """A key store of the system's, in memory."""

    priority = 1

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


@pytest.fixture
def store() -> Iterator[MemoryStore]:
    """This computer has a key store."""
    before, made = keyring.get_keyring(), MemoryStore()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    """Preferences of nobody in particular."""
    return Preferences(QSettings(str(tmp_path / "preferences.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def make_screen(qtbot: QtBot, qapp: QApplication, preferences: Preferences) -> Iterator[Callable[[], ConnectScreen]]:
    """Makes connect screens that nobody listens to."""
    theme.install(qapp, theme.Scheme.LIGHT, 100)
    desk = Desk(None)

    def make() -> ConnectScreen:
        screen = ConnectScreen(preferences, desk)
        qtbot.addWidget(screen)
        screen.show()
        qtbot.waitUntil(lambda: not desk.jobs)
        return screen

    yield make
    desk.close()


@pytest.fixture
def screen(make_screen: Callable[[], ConnectScreen]) -> ConnectScreen:
    """A connect screen without recent connections."""
    return make_screen()


def fill(screen: ConnectScreen, url: URL, password: str | None = None) -> None:
    """Type an address into the fields."""
    host = str(url.query.get("host", url.host or ""))
    for line, text in (
        (screen.ui.host, host),
        (screen.ui.port, str(url.query.get("port", url.port or ""))),
        (screen.ui.database, url.database or ""),
        (screen.ui.user, url.username or ""),
        (screen.ui.password, url.password or "" if password is None else password),
    ):
        line.setText(text)


# ------------------------------------------------------------------------------------------------- the fields


def test_a_pasted_address_is_spread_over_the_fields(qtbot: QtBot, screen: ConnectScreen) -> None:
    screen.ui.address.setFocus()
    QApplication.clipboard().setText(ADDRESS)
    qtbot.keyClick(screen.ui.address, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    ui = screen.ui
    assert [line.text() for line in (ui.host, ui.port, ui.database, ui.user, ui.password)] == [
        "db.school.edu",
        "6432",
        "school",
        "marta",
        PASSWORD,
    ]
    assert ui.tls.currentData() == "require"
    assert screen.parts().url().query["application_name"] == "desk", "what has no field is kept"


def test_the_password_of_a_pasted_address_does_not_stay_readable(qtbot: QtBot, screen: ConnectScreen) -> None:
    QApplication.clipboard().setText(ADDRESS)
    screen.ui.address.setFocus()
    qtbot.keyClick(screen.ui.address, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert screen.ui.address.text().startswith("postgresql://marta@db.school.edu:6432/school")


def test_half_an_address_is_not_complained_about_while_it_is_typed(qtbot: QtBot, screen: ConnectScreen) -> None:
    screen.ui.address.setFocus()
    qtbot.keyClicks(screen.ui.address, "postgresql://marta@db:65")
    assert not screen.banner.isVisible()
    assert screen.ui.host.text() == "db"


def test_an_address_can_be_typed_and_handed_in_by_enter(qtbot: QtBot, screen: ConnectScreen) -> None:
    screen.ui.submit.click()
    assert screen.banner.isVisible()
    screen.ui.address.setFocus()
    qtbot.keyClicks(screen.ui.address, "postgresql://marta:geheim@db:6543/lms")
    assert not screen.banner.isVisible(), "the address has the name that was missing"
    with qtbot.waitSignal(screen.submitted) as handed_in:
        qtbot.keyClick(screen.ui.address, Qt.Key.Key_Return)
    url = handed_in.args[0]
    assert (url.username, url.password, url.host, url.port, url.database) == ("marta", "geheim", "db", 6543, "lms")


@pytest.mark.parametrize(
    ("port", "database", "sentence"),
    [
        ("0", "lms", "A port is a number from 1 to 65535."),
        ("65536", "lms", "A port is a number from 1 to 65535."),
        ("five", "lms", "A port is a number from 1 to 65535."),
        ("٥٤٣٢", "lms", "A port is a number from 1 to 65535."),
        ("", " ", "Type the name of the database."),
    ],
)
def test_what_cannot_be_an_address_is_said_at_its_field(
    qtbot: QtBot, screen: ConnectScreen, port: str, database: str, sentence: str
) -> None:
    screen.ui.port.setText(port)
    screen.ui.database.setText(database)
    with qtbot.assertNotEmitted(screen.submitted):
        screen.ui.submit.click()
    assert screen.banner.text == sentence


def test_nothing_is_asked_of_the_way_to_this_computer(screen: ConnectScreen) -> None:
    for host in ("", "localhost", "127.0.0.1", "::1", "/var/run/postgresql"):
        screen.ui.host.setText(host)
        assert screen.ui.tls.currentData() == "", host
        assert screen.advice.tone == "neutral"


def test_another_server_has_to_prove_who_it_is(screen: ConnectScreen) -> None:
    screen.ui.database.setText("school")
    screen.ui.host.setText("db.school.edu")
    assert screen.ui.tls.currentData() == "verify-full"
    assert screen.advice.tone == "ok"
    assert screen.parts().url().query == {"sslmode": "verify-full"}
    screen.ui.host.setText("localhost")
    assert screen.parts().url().query == {}


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("verify-ca", "Weaker than it should be."),
        ("require", "Not verified."),
        ("prefer", "Not safe."),
        ("disable", "Not encrypted."),
    ],
)
def test_a_weaker_way_is_marked_in_words(screen: ConnectScreen, mode: str, words: str) -> None:
    screen.ui.host.setText("db.school.edu")
    screen.ui.tls.setCurrentIndex(screen.ui.tls.findData(mode))
    assert screen.advice.text.startswith(words)
    assert screen.advice.tone in ("warn", "bad")
    assert screen.advice.isVisible()


def test_every_control_has_a_name_for_screen_readers(
    make_screen: Callable[[], ConnectScreen], preferences: Preferences
) -> None:
    preferences.remember_connection("postgresql://db.school.edu/school")
    screen = make_screen()
    for widget in screen.findChildren(QWidget):
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible():
            interface = QAccessible.queryAccessibleInterface(widget)
            assert interface.text(QAccessible.Text.Name), widget


# ------------------------------------------------------------------------------------------ recent connections


def test_a_recent_connection_fills_the_fields_and_asks_for_the_password(
    qtbot: QtBot, make_screen: Callable[[], ConnectScreen], preferences: Preferences
) -> None:
    preferences.remember_connection(ADDRESS)
    screen = make_screen()
    assert [(card.name, card.detail) for card in screen.cards] == [("school", "marta on db.school.edu:6432")]
    with qtbot.assertNotEmitted(screen.submitted):
        screen.cards[0].click()
        qtbot.waitUntil(screen.ui.password.hasFocus)
    assert screen.ui.database.text() == "school"
    assert screen.ui.tls.currentData() == "require"
    assert screen.ui.password.text() == ""


def test_a_recent_connection_with_its_password_in_the_key_store_connects_at_once(
    qtbot: QtBot, make_screen: Callable[[], ConnectScreen], preferences: Preferences, store: MemoryStore
) -> None:
    preferences.remember_connection(ADDRESS)
    store.held["lms-desktop", "postgresql://marta@db.school.edu:6432/school"] = PASSWORD
    screen = make_screen()
    with qtbot.waitSignal(screen.submitted) as submitted:
        screen.cards[0].click()
    assert submitted.args[0].password == PASSWORD
    assert screen.ui.remember.isChecked()


def test_a_recent_connection_can_be_forgotten(
    qtbot: QtBot, make_screen: Callable[[], ConnectScreen], preferences: Preferences, store: MemoryStore
) -> None:
    preferences.remember_connection(ADDRESS)
    store.held["lms-desktop", "postgresql://marta@db.school.edu:6432/school"] = PASSWORD
    screen = make_screen()
    (forget,) = [
        one for one in screen.findChildren(QAbstractButton) if one.accessibleName().startswith("Forget school")
    ]
    forget.click()
    assert screen.cards == []
    assert preferences.recent_connections() == []
    qtbot.waitUntil(lambda: not store.held)


def test_where_there_is_no_key_store_that_is_said(screen: ConnectScreen) -> None:
    assert not screen.ui.remember.isVisible()
    assert "no key store" in screen.ui.no_store.text()
    assert screen.ui.no_store.isVisible()


# --------------------------------------------------------------------------------------------------- for real


def test_without_an_address_one_is_asked_for_and_leads_to_the_sign_in(
    make_start: MakeStart, seeded_url: URL, store: MemoryStore
) -> None:
    start = make_start(WindowOptions())
    screen = start.screen(ConnectScreen)
    fill(screen, seeded_url)
    start.qtbot.waitUntil(screen.ui.remember.isVisible)
    screen.ui.remember.setChecked(True)
    screen.ui.submit.click()
    assert not screen.ui.submit.isEnabled()
    start.screen(SignInScreen)
    (remembered,) = start.preferences.recent_connections()
    assert str(seeded_url.database) in remembered
    assert str(seeded_url.password) not in remembered
    start.qtbot.waitUntil(lambda: list(store.held.values()) == [seeded_url.password])


def test_a_password_that_is_not_to_be_kept_is_taken_out_of_the_key_store(
    make_start: MakeStart, seeded_url: URL, store: MemoryStore
) -> None:
    start = make_start(WindowOptions())
    screen = start.screen(ConnectScreen)
    fill(screen, seeded_url)
    start.qtbot.waitUntil(screen.ui.remember.isVisible)
    store.held["lms-desktop", display_url(seeded_url)] = str(seeded_url.password)
    screen.ui.submit.click()
    start.screen(SignInScreen)
    start.qtbot.waitUntil(lambda: not store.held)


def test_a_wrong_password_is_said_and_what_was_typed_stays(make_start: MakeStart, seeded_url: URL) -> None:
    start = make_start(WindowOptions())
    screen = start.screen(ConnectScreen)
    fill(screen, seeded_url, password="not the password")
    screen.ui.submit.click()
    assert "did not accept the name or the password" in start.refusal(screen)
    assert screen.ui.database.text() == seeded_url.database
    assert screen.ui.password.text() == "not the password"
    assert screen.ui.submit.isEnabled()
    assert start.preferences.recent_connections() == []


def test_a_database_named_at_the_start_that_cannot_be_reached_is_asked_for_again(
    make_start: MakeStart, seeded_url: URL
) -> None:
    start = make_start(WindowOptions(url=seeded_url.set(database="no_such_database")))
    screen = start.screen(ConnectScreen)
    assert start.refusal(screen)
    assert screen.ui.database.text() == "no_such_database"
    screen.ui.database.setText(str(seeded_url.database))
    screen.ui.submit.click()
    start.screen(SignInScreen)


def test_the_password_in_the_key_store_serves_an_address_without_one(
    make_start: MakeStart, seeded_url: URL, store: MemoryStore
) -> None:
    store.held["lms-desktop", display_url(seeded_url)] = str(seeded_url.password)
    start = make_start(WindowOptions(url=seeded_url.set(password=None)))
    start.screen(SignInScreen)


def test_an_attempt_that_gets_no_answer_can_be_cancelled(make_start: MakeStart) -> None:
    start = make_start(WindowOptions())
    screen = start.screen(ConnectScreen)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        screen.ui.host.setText("127.0.0.1")
        screen.ui.port.setText(str(silent.getsockname()[1]))
        screen.ui.database.setText("lms")
        screen.ui.submit.click()
        start.qtbot.waitUntil(screen.ui.cancel.isVisible)
        screen.ui.cancel.click()
        assert screen.ui.submit.isEnabled()
        assert not screen.ui.cancel.isVisible()
        assert not screen.busy.busy
    assert start.flow.arrival is None


def test_the_demo_is_one_click_away_from_another_database(
    make_start: MakeStart, seeded_url: URL, empty_database: URL
) -> None:
    start = make_start(WindowOptions(demo=True, prepare=lambda tell: seeded_url))
    assert start.screen(SignInScreen).cards
    start.flow.switch()
    screen = start.screen(ConnectScreen)
    fill(screen, empty_database)
    screen.ui.submit.click()
    other = start.screen(FirstRunScreen)
    assert start.flow.info().name == empty_database.database, "that is not the demo"
    other.switch_requested.emit()
    start.screen(ConnectScreen).back_requested.emit()
    assert start.screen(SignInScreen).cards
    assert start.flow.info().name == "Demo school"
