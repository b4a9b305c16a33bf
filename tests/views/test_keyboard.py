"""By keyboard alone: Tab goes through everything there is and comes back, Shift+Tab takes the same way."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from lms_desktop.admin import CATALOG, PAGES
from lms_desktop.entities import Course
from lms_desktop.errors import BugError
from lms_desktop.services.impact import Effect, Impact
from lms_desktop.spec import Filter, Operator
from lms_desktop.views import theme
from lms_desktop.views.connection_info import ConnectionInfo
from lms_desktop.views.delete_dialog import DeleteDialog
from lms_desktop.views.entity_page import EntityPage
from lms_desktop.views.feedback import ErrorBox
from lms_desktop.views.help_dialogs import AboutDialog, ShortcutsDialog
from lms_desktop.views.kit.sheet import Sheet
from lms_desktop.views.main_window import MainWindow
from lms_desktop.views.preferences_dialog import PreferencesDialog
from lms_desktop.views.session import Session
from tests.small_school import actor, opened
from tests.views.sittings import sitting

MOST = 80
"""Stops there may be; more means going round in a circle."""


@pytest.fixture(autouse=True)
def _the_usual_look(qapp: QApplication) -> None:
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    theme.install(qapp, theme.Scheme.LIGHT, 100)


@pytest.fixture
def session(qtbot: QtBot, database_url: URL, tmp_path: Path) -> Iterator[Session]:
    """The administrator's sitting at the small school."""
    with opened(database_url) as school, sitting(school, actor("admin"), tmp_path) as made:
        yield made


def give_up(window: MainWindow) -> None:
    """Leave nothing unsaved: nobody is there to be asked about it in the end."""
    for page in window.pages():
        page.discard()


@pytest.fixture
def window(qtbot: QtBot, session: Session) -> MainWindow:
    """The main window with the keyboard."""
    made = MainWindow(session, ConnectionInfo("school", "this computer"))
    qtbot.addWidget(made, before_close_func=give_up)
    made.resize(1440, 900)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def page_of(window: MainWindow, name: str) -> EntityPage:
    """A page, opened, with a record beside it."""
    assert window.open_page(name)
    page = window.page
    assert isinstance(page, EntityPage)
    page.select_first()
    assert page.form.record() is not None
    return page


def stops(top: QWidget) -> list[QWidget]:
    """Everything below `top` where the keyboard may stop."""
    return [
        widget
        for widget in top.findChildren(QWidget)
        if widget.isVisibleTo(top)
        and widget.isEnabledTo(top)
        and not widget.isWindow()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
    ]


def way_round(key: Qt.Key) -> list[QWidget]:
    """Where this key leads, from where the keyboard is until it is there again."""
    start = QApplication.focusWidget()
    assert start is not None, "the keyboard is nowhere"
    way = [start]
    for _ in range(MOST):
        QTest.keyClick(way[-1], key)
        there = QApplication.focusWidget()
        assert there is not None
        if there is start:
            return way
        assert there not in way, f"{told(there)} again, without {told(start)}: a circle within the window"
        way.append(there)
    raise AssertionError(f"no end after {MOST} stops")


def told(widget: QWidget) -> str:
    """A widget as a failure names it."""
    return f"{type(widget).__name__} {widget.accessibleName()!r}"


def check_the_way(top: QWidget) -> list[QWidget]:
    """Tab reaches every stop and comes back, Shift+Tab the other way; the way there."""
    forth = way_round(Qt.Key.Key_Tab)
    assert {told(widget) for widget in stops(top)} - {told(widget) for widget in forth} == set()
    back = way_round(Qt.Key.Key_Backtab)
    assert [told(widget) for widget in back[1:]] == [told(widget) for widget in reversed(forth[1:])]
    return forth


@pytest.mark.parametrize("name", PAGES)
def test_tab_goes_round_the_window(window: MainWindow, name: str) -> None:
    page = page_of(window, name)
    page.table.setFocus()
    check_the_way(window)


def test_the_way_is_that_of_the_eye(window: MainWindow) -> None:
    page = page_of(window, "users")
    student = Filter("role", Operator.ONE_OF, ("student",))
    page.filters.show_query(replace(page.filters.query, filters=(student,)))
    window.quick_search.begin()
    names = [widget.accessibleName() or getattr(widget, "text", str)() for widget in check_the_way(window)]
    wanted = [
        "Refresh",
        "Add person",
        "Name, e-mail",
        "Filter: Role: Student",
        "Filter",
        "Views, now Students",
        "Columns",
        "People",
    ]
    places = [names.index(name) for name in wanted]
    assert places == sorted(places)
    assert names.index("People") < names.index("Name")
    assert names[-1].startswith("Admin"), "the person's card is the last of the navigation"


def test_the_keyboard_goes_from_page_to_page_and_nowhere_between(window: MainWindow, qapp: QApplication) -> None:
    page_of(window, "users").table.setFocus()
    way: list[QWidget | None] = []
    spy = qapp.focusChanged.connect(lambda _, there: way.append(there))
    assert window.open_page("courses")
    qapp.focusChanged.disconnect(spy)
    page = window.page
    assert isinstance(page, EntityPage)
    assert [there for there in way if there is not None] == [page.table]


def test_a_button_keeps_the_keyboard_while_the_page_is_read_again(window: MainWindow) -> None:
    page = page_of(window, "users")
    add = next(widget for widget in stops(window) if getattr(widget, "text", str)() == "Add person")
    add.setFocus()
    page.refresh()
    assert QApplication.focusWidget() is add


@pytest.mark.parametrize("name", PAGES)
def test_tab_goes_round_the_editor_of_a_filter(window: MainWindow, qtbot: QtBot, name: str) -> None:
    page = page_of(window, name)
    for field in page.filters.filterable():
        editor = page.filters.open_editor(field, None, page.filters)
        qtbot.waitUntil(editor.isVisible)
        check_the_way(editor)
        editor.close()


def delete() -> Sheet:
    gentler = next(action for action in CATALOG[Course].actions if action.gentler)
    impact = Impact(Course, ("1",), (Effect("lessons", "delete", 3, ("course_id",)),))
    return DeleteDialog(CATALOG, CATALOG[Course], impact, ["Algebra"], gentler)


DIALOGS: dict[str, Callable[[Session], Sheet]] = {
    "delete": lambda _: delete(),
    "preferences": lambda session: PreferencesDialog(session.preferences),
    "shortcuts": lambda _: ShortcutsDialog(),
    "about": lambda _: AboutDialog("school", "this computer"),
    "error": lambda _: ErrorBox(BugError("It broke.", details="where")),
}


@pytest.mark.parametrize("name", DIALOGS)
def test_tab_goes_round_a_dialog(qtbot: QtBot, session: Session, name: str) -> None:
    dialog = DIALOGS[name](session)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    assert dialog.focusWidget() is not None, "the keyboard is somewhere from the start"
    check_the_way(dialog)
