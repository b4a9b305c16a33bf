"""The navigation and its cards, for a hand, a keyboard and a screen reader."""

import pytest
from pytestqt.qtbot import QtBot

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QVBoxLayout, QWidget

from lms_desktop.views import kit, theme


@pytest.fixture(autouse=True)
def _the_usual_look(qapp: QApplication) -> None:
    if theme.current().scheme != theme.Scheme.LIGHT or theme.current().text_size != 100:
        theme.install(qapp, theme.Scheme.LIGHT, 100)


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    """An empty window with a column."""
    window = QWidget()
    qtbot.addWidget(window)
    QVBoxLayout(window)
    window.resize(600, 400)
    return window


def put(page: QWidget, *widgets: QWidget) -> None:
    """Put widgets on the page and show it."""
    layout = page.layout()
    assert layout is not None
    for widget in widgets:
        layout.addWidget(widget)
    page.show()
    page.activateWindow()


@pytest.fixture
def navigation(page: QWidget) -> kit.NavList:
    """Three entries, the middle one open."""
    entries = kit.NavList()
    entries.add_section("Registry")
    for key, text, icon in (
        ("users", "People", "users"),
        ("courses", "Courses", "courses"),
        ("history", "History", "history"),
    ):
        entries.add(key, text, icon)
    entries.select("courses")
    put(page, entries)
    return entries


def test_arrows_move_in_the_navigation_and_enter_opens(navigation: kit.NavList, qtbot: QtBot) -> None:
    navigation.entry("courses").setFocus()
    QTest.keyClick(navigation.entry("courses"), Qt.Key.Key_Down)
    assert navigation.entry("history").hasFocus()
    QTest.keyClick(navigation.entry("history"), Qt.Key.Key_Down)
    assert navigation.entry("history").hasFocus(), "it ends at the end"
    QTest.keyClick(navigation.entry("history"), Qt.Key.Key_Home)
    with qtbot.waitSignal(navigation.chosen, timeout=100) as chosen:
        QTest.keyClick(navigation.entry("users"), Qt.Key.Key_Return)
    assert chosen.args == ["users"]
    assert navigation.selected == "courses", "the page that opens marks it, not the click"


def test_tab_stops_once_in_the_navigation(navigation: kit.NavList) -> None:
    stops = [
        key for key in ("users", "courses", "history") if navigation.entry(key).focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert stops == ["courses"]


def test_a_count_is_said_with_the_entry(navigation: kit.NavList) -> None:
    navigation.entry("history").set_badge(7)
    assert navigation.entry("history").accessibleName() == "History, 7"
    navigation.entry("history").set_badge(0)
    assert navigation.entry("history").accessibleName() == "History"


@pytest.mark.parametrize("key", ["courses", "history"])
def test_the_navigation_does_not_slip_sideways_where_a_text_is_too_long(
    navigation: kit.NavList, qtbot: QtBot, key: str
) -> None:
    navigation.add("long", "Whatever takes more room than there is", "history")
    navigation.setFixedSize(110, 60)
    qtbot.waitUntil(lambda: navigation.width() == 110)
    entry = navigation.entry("long")
    qtbot.waitUntil(lambda: entry.isVisible() and entry.y() > navigation.entry("history").y())
    navigation.select(key)
    QTest.keyClick(navigation.entry(key), Qt.Key.Key_Down)
    assert navigation.verticalScrollBar().value() > 0, "what is chosen is seen"
    assert navigation.horizontalScrollBar().value() == 0
    qtbot.waitUntil(lambda: entry.width() <= navigation.viewport().width())


def test_a_navigation_is_filled_anew_for_another_role(navigation: kit.NavList) -> None:
    navigation.clear()
    navigation.add("users", "People", "users")
    assert navigation.keys() == ["users"]
    assert navigation.selected == ""
    with pytest.raises(ValueError, match="users"):
        navigation.add("users", "People", "users")


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_cards_say_connection_and_person(page: QWidget, qtbot: QtBot) -> None:
    connection, person = kit.ConnectionCard(), kit.PersonCard()
    connection.tell("School", "db.school.edu · verified TLS", "ok", "connected")
    person.tell("Marta Lopes", "Registrar")
    menu = QMenu(person)
    menu.addAction("Sign out")
    person.give_menu(menu)
    put(page, connection, person)
    assert connection.accessibleName() == "School, db.school.edu · verified TLS, connected"
    assert person.accessibleName() == "Marta Lopes, Registrar"
    with qtbot.waitSignal(connection.clicked, timeout=100):
        QTest.keyClick(connection, Qt.Key.Key_Return)
    person.click()
    assert menu.isVisible()
    menu.close()
