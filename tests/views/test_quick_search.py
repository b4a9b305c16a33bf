"""Search everywhere: what is offered, how it is picked, when the list goes away."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lms_desktop.entities import Course, User
from lms_desktop.views import theme
from lms_desktop.views.connection_info import ConnectionInfo
from lms_desktop.views.entity_page import EntityPage
from lms_desktop.views.entry_list import KIND
from lms_desktop.views.main_window import MainWindow
from lms_desktop.views.page import Destination
from lms_desktop.views.quick_search import QuickSearch
from lms_desktop.views.session import Session
from tests.small_school import actor, opened, row_id
from tests.views.sittings import change, immediate, sitting

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def _the_usual_look(qapp: QApplication) -> None:
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    theme.install(qapp, theme.Scheme.LIGHT, 100)


@pytest.fixture
def session(qtbot: QtBot, database_url: URL, tmp_path: Path) -> Iterator[Session]:
    """The administrator's sitting at the small school."""
    with opened(database_url) as school, sitting(school, actor("admin"), tmp_path) as made:
        yield made


@pytest.fixture
def window(qtbot: QtBot, session: Session) -> MainWindow:
    """The main window with the keyboard."""
    made = MainWindow(session, ConnectionInfo("school", "this computer"))
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


@pytest.fixture
def search(window: MainWindow, qtbot: QtBot) -> QuickSearch:
    """The search, opened by its keys."""
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_K, CTRL)
    qtbot.waitUntil(window.quick_search.field.hasFocus)
    return window.quick_search


def type_and_find(search: QuickSearch, qtbot: QtBot, text: str) -> None:
    """Type, and wait for what is found."""
    QTest.keyClicks(search.field, text)
    qtbot.waitUntil(lambda: bool(shown(search)) and "Searching…" not in shown(search))


def shown(search: QuickSearch) -> list[str]:
    """What the list says."""
    return [search.list.item(row).text() for row in range(search.list.count())] if search.list.isVisible() else []


def test_pages_and_people_are_found_and_each_says_what_it_is(search: QuickSearch, qtbot: QtBot) -> None:
    type_and_find(search, qtbot, "co")
    kinds = {search.list.item(row).text(): search.list.item(row).data(KIND) for row in range(search.list.count())}
    assert kinds["Courses"] == "page"
    search.field.clear()
    type_and_find(search, qtbot, "alg")
    rows = [search.list.item(row) for row in range(search.list.count())]
    found = [(row.text(), row.data(KIND)) for row in rows]
    assert found[:2] == [("Algebra", "Course"), ("Algebra", "open course")]
    assert ("Of Algebra", "Quiz") in found


def test_enter_goes_to_the_first_and_empties_the_field(window: MainWindow, search: QuickSearch, qtbot: QtBot) -> None:
    type_and_find(search, qtbot, "idle")
    QTest.keyClick(search.field, Qt.Key.Key_Return)
    page = window.page
    assert isinstance(page, EntityPage)
    assert (page.name, page.current_id()) == ("users", row_id(User, "idle"))
    assert search.field.text() == ""
    assert not search.list.isVisible()


@pytest.mark.parametrize("then", ["waits", "types on", "gives up"])
def test_enter_before_the_server_has_answered_goes_to_the_first_that_is_found(
    window: MainWindow, search: QuickSearch, session: Session, qtbot: QtBot, then: str
) -> None:
    desk, before = immediate(session), window.page
    desk.hold()
    QTest.keyClicks(search.field, "idl")
    QTest.keyClick(search.field, Qt.Key.Key_Return)
    assert (desk.held, shown(search)) == (1, ["Searching…"])
    if then == "types on":
        QTest.keyClicks(search.field, "e")
    elif then == "gives up":
        QTest.keyClick(search.field, Qt.Key.Key_Escape)
    desk.release()
    page = window.page
    if then == "waits":
        assert isinstance(page, EntityPage)
        assert (page.name, page.current_id()) == ("users", row_id(User, "idle"))
        assert (search.field.text(), search.list.isVisible()) == ("", False)
    else:
        if then == "types on":
            qtbot.waitUntil(lambda: bool(shown(search)) and "Searching…" not in shown(search))
        assert page is window.page is before


def test_arrows_choose_and_go_round(search: QuickSearch, qtbot: QtBot) -> None:
    type_and_find(search, qtbot, "alg")
    rows = search.list.count()
    assert search.list.currentRow() == 0
    QTest.keyClick(search.field, Qt.Key.Key_Up)
    assert search.list.currentRow() == rows - 1
    QTest.keyClick(search.field, Qt.Key.Key_Down)
    assert search.list.currentRow() == 0
    with qtbot.waitSignal(search.chosen) as chosen:
        QTest.keyClick(search.field, Qt.Key.Key_Return)
    assert chosen.args == [Destination("courses", row_id(Course, "algebra"))]


def test_a_click_picks(search: QuickSearch, qtbot: QtBot) -> None:
    type_and_find(search, qtbot, "bot")
    place = search.list.visualItemRect(search.list.item(0)).center()
    with qtbot.waitSignal(search.chosen) as chosen:
        QTest.mouseClick(search.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [Destination("courses", row_id(Course, "botany"))]


def test_where_nothing_is_found_it_is_said_and_leads_nowhere(
    window: MainWindow, search: QuickSearch, qtbot: QtBot
) -> None:
    page = window.page
    type_and_find(search, qtbot, "zzz")
    assert shown(search) == ["Nothing found for “zzz”"]
    QTest.keyClick(search.field, Qt.Key.Key_Return)
    QTest.mouseClick(search.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, 10))
    assert window.page is page
    assert search.list.isVisible()


def test_escape_closes_the_list_then_empties_the_field(search: QuickSearch, qtbot: QtBot) -> None:
    type_and_find(search, qtbot, "alg")
    QTest.keyClick(search.field, Qt.Key.Key_Escape)
    assert not search.list.isVisible()
    assert search.field.text() == "alg"
    QTest.keyClick(search.field, Qt.Key.Key_Escape)
    assert search.field.text() == ""


def test_a_press_elsewhere_closes_the_list_also_where_nothing_takes_the_keyboard(
    window: MainWindow, search: QuickSearch, qtbot: QtBot
) -> None:
    type_and_find(search, qtbot, "alg")
    sidebar = window.navigation.parentWidget()
    assert sidebar is not None
    QTest.mouseClick(sidebar, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert not search.list.isVisible()


def test_tab_leaves_the_list_behind(search: QuickSearch, qtbot: QtBot) -> None:
    type_and_find(search, qtbot, "alg")
    QTest.keyClick(search.field, Qt.Key.Key_Tab)
    assert not search.field.hasFocus()
    assert not search.list.isVisible()


def test_a_late_answer_to_what_was_typed_before_is_dropped(search: QuickSearch, session: Session, qtbot: QtBot) -> None:
    desk = immediate(session)
    desk.hold()
    QTest.keyClicks(search.field, "alg")
    qtbot.waitUntil(lambda: desk.held > 0)  # two where the machine pauses between the letters
    assert shown(search) == ["Searching…"]
    QTest.keyClick(search.field, Qt.Key.Key_Escape)
    desk.release()
    assert shown(search) == []


def test_a_server_that_does_not_answer_is_told(
    search: QuickSearch, session: Session, database_url: URL, qtbot: QtBot
) -> None:
    change(database_url, "ALTER TABLE courses RENAME TO gone")
    type_and_find(search, qtbot, "alg")
    assert len(shown(search)) == 1
    assert "gone" not in shown(search)[0]
    assert search.list.item(0).data(KIND) == ""


@pytest.mark.parametrize("size", [100, 150, 200])
@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_the_list_stays_inside_the_window(
    qapp: QApplication, session: Session, qtbot: QtBot, size: int, direction: Qt.LayoutDirection
) -> None:
    qapp.setLayoutDirection(direction)
    try:
        theme.current().set_text_size(size)
        window = MainWindow(session, ConnectionInfo("school", "this computer"))
        qtbot.addWidget(window)
        window.resize(900, 600)
        window.show()
        window.activateWindow()
        window.quick_search.begin()
        qtbot.waitUntil(window.quick_search.field.hasFocus)
        type_and_find(window.quick_search, qtbot, "a")
        found = window.quick_search.list
        assert QRect(QPoint(0, 0), window.size()).contains(found.geometry())
        assert found.y() >= window.quick_search.field.mapTo(window, QPoint(0, 0)).y()
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_what_can_be_done_is_found_by_the_beginning_of_a_word(
    window: MainWindow, search: QuickSearch, qtbot: QtBot
) -> None:
    type_and_find(search, qtbot, "enrol stu")
    assert shown(search)[-1] == "Enrol student"
    row = search.list.count() - 1
    assert search.list.item(row).data(KIND) == "action"
    search.list.setCurrentRow(row)
    QTest.keyClick(search.field, Qt.Key.Key_Return)
    page = window.page
    assert isinstance(page, EntityPage)
    assert page.name == "enrollments"
    assert len(page.drafts.new_rows()) == 1


def test_an_act_of_the_window_is_done_at_once(window: MainWindow, search: QuickSearch, qtbot: QtBot) -> None:
    done: list[str] = []
    search.acts = [("Count the sheep", "info", lambda: done.append("counted"))]
    type_and_find(search, qtbot, "sheep")
    QTest.keyClick(search.field, Qt.Key.Key_Return)
    assert done == ["counted"]
    assert not search.list.isVisible()
