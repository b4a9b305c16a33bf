"""The matrix of progress on the screen: keys, filters, what is opened, what is said."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QFont, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Course, Enrollment, Lesson, LessonProgress
from lms_desktop.services.teaching.progress import Order
from lms_desktop.views import theme
from lms_desktop.views.course.progress_table import two_lines
from lms_desktop.views.course.progress_view import ProgressView
from lms_desktop.views.page import Destination
from tests.small_school import actor, opened, row_id
from tests.views.sittings import change, sitting
from tests.views.test_editors import nameless

ALGEBRA, BOTANY, EMPTY = (row_id(Course, name) for name in ("algebra", "botany", "empty"))
ANA = row_id(Enrollment, "ana in algebra")
SUMS, POWERS = row_id(Lesson, "sums"), row_id(Lesson, "powers")
AT_SUMS = row_id(LessonProgress, "ana at sums")

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def database(database_url: URL, qapp: QApplication) -> Iterator[Database]:
    """The small school; two hundred more take algebra, and have not begun."""
    if theme.current().scheme != theme.Scheme.LIGHT or theme.current().text_size != 100:
        theme.install(qapp, theme.Scheme.LIGHT, 100)
    with opened(database_url) as found:
        change(
            database_url,
            "INSERT INTO users (id, email, full_name, role, password_hash, is_active, mfa_enabled, created_at,"
            " updated_at) SELECT md5('s' || n)::uuid, 's' || n || '@x.edu', 'Student ' || to_char(n, 'FM000'),"
            " 'student', 'no', true, false, now(), now() FROM generate_series(0, 199) n",
        )
        change(
            database_url,
            "INSERT INTO enrollments (id, student_id, course_id, enrolled_at, created_at, updated_at) SELECT"
            " md5('e' || n)::uuid, md5('s' || n)::uuid, %s, now(), now(), now() FROM generate_series(0, 199) n",
            ALGEBRA,
        )
        yield found


@pytest.fixture
def view(qtbot: QtBot, database: Database, tmp_path: Path) -> Iterator[ProgressView]:
    """The progress of algebra, before its instructor."""
    with sitting(database, actor("ines"), tmp_path) as session:
        made = ProgressView(session)
        qtbot.addWidget(made)
        made.resize(700, 500)
        made.show_course(ALGEBRA)
        assert made.model.frame is None, "nothing is read before it is seen"
        made.show()
        made.activateWindow()
        qtbot.waitUntil(made.isActiveWindow)
        qtbot.waitUntil(lambda: made.model.student(0) is not None)
        yield made


def here(view: ProgressView) -> tuple[int, int]:
    """The cell that has the keyboard."""
    index = view.table.currentIndex()
    return index.row(), index.column()


def opened_by(view: ProgressView) -> list[Destination]:
    """Where one is led to from now on."""
    found: list[Destination] = []
    view.open_requested.connect(found.append)
    return found


def test_how_many_there_are(view: ProgressView) -> None:
    assert view.count.text() == "201 student(s) · 3 lesson(s)"
    assert view._stack.currentWidget() is view.table
    assert nameless(view) == []


def test_the_arrows_go_from_cell_to_cell_and_enter_opens(view: ProgressView) -> None:
    found = opened_by(view)
    view.table.setFocus()
    assert here(view) == (0, 0)
    QTest.keyClick(view.table, Qt.Key.Key_Return)
    assert found[-1] == Destination("progress", AT_SUMS)
    QTest.keyClick(view.table, Qt.Key.Key_Down)
    QTest.keyClick(view.table, Qt.Key.Key_Right)
    assert here(view) == (1, 1)
    QTest.keyClick(view.table, Qt.Key.Key_Return)
    assert found[-1] == Destination("enrollments", view.model.enrollment_id(1)), "there is no record yet"
    QTest.keyClick(view.table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert here(view) == (200, 2)
    view.table.ask()
    assert view.model.student(200) is not None, "what one comes to is read"
    QTest.keyClick(view.table, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert here(view) == (0, 0)


def test_a_screen_reader_hears_the_whole_cell(view: ProgressView, database_url: URL) -> None:
    change(database_url, "UPDATE lesson_progress SET completed_at = '2025-11-12 14:05Z' WHERE id = %s", AT_SUMS)
    view.refresh()
    interface = QAccessible.queryAccessibleInterface(view.table)
    cell = interface.child(1 * (1 + 3) + 1)  # behind the corner and the lessons, behind the student
    assert cell.text(QAccessible.Text.Name) == "Ana, lesson 1 Sums, completed 2025-11-12 14:05"


def test_a_double_click_at_the_side_and_at_the_top(view: ProgressView) -> None:
    found = opened_by(view)
    side, top = view.table.verticalHeader(), view.table.horizontalHeader()
    for header, place in ((side, side.sectionViewportPosition(0) + 5), (top, top.sectionViewportPosition(2) + 5)):
        at = header.viewport().rect().topLeft()
        at = type(at)(5, place) if header is side else type(at)(place, 5)
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
        QTest.mouseDClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert found == [Destination("enrollments", ANA), Destination("lessons", POWERS)]


def test_the_menu_of_a_cell(view: ProgressView, qtbot: QtBot) -> None:
    found = opened_by(view)
    view.table.setFocus()
    view.table.menu_wanted.emit(0, 0, view.mapToGlobal(view.rect().center()))
    (menu,) = (menu for menu in view.findChildren(QMenu) if menu.isVisible())
    assert [action.text() for action in menu.actions()] == [
        "Open the progress record",
        "Open the enrollment",
        "Open the lesson",
    ]
    for _ in range(3):
        QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert found == [Destination("lessons", SUMS)]


def test_only_who_has_not_finished(view: ProgressView, database_url: URL) -> None:
    change(database_url, "UPDATE lesson_progress SET completed = true")
    view.refresh()
    QTest.mouseClick(view.unfinished, Qt.MouseButton.LeftButton)
    assert view.model.rowCount() == 200
    assert view.model.frame is not None
    assert view.model.frame.place(ANA) is None


def test_finding_somebody_keeps_to_them_when_all_are_shown_again(view: ProgressView) -> None:
    QTest.keyClicks(view.search, "student 123")
    QTest.keyClick(view.search, Qt.Key.Key_Return)
    assert view.model.rowCount() == 1
    QTest.keyClick(view.search, Qt.Key.Key_Down)
    assert QApplication.focusWidget() is view.table
    QTest.keyClick(view.table, Qt.Key.Key_Right)
    view.search.empty()
    assert view.model.rowCount() == 201
    assert here(view) == (124, 1), "behind Ana and 0 to 122, at the same lesson"


def test_nobody_is_found(view: ProgressView) -> None:
    QTest.keyClicks(view.search, "nobody")
    QTest.keyClick(view.search, Qt.Key.Key_Return)
    assert view._stack.currentWidget() is view.empty
    assert view.empty.accessibleName() == "Nobody is found"


def test_another_order(view: ProgressView) -> None:
    view.order.setFocus()
    QTest.keyClick(view.order, Qt.Key.Key_End)
    assert view.order.currentData() == Order.MOST
    assert view.model.frame is not None
    assert view.model.frame.place(ANA) == 0


def test_a_course_that_has_nothing_says_so(qtbot: QtBot, database: Database, tmp_path: Path) -> None:
    with sitting(database, actor("admin"), tmp_path) as session:
        view = ProgressView(session)
        qtbot.addWidget(view)
        view.show()
        view.show_course(EMPTY)
        assert view.empty.accessibleName() == "There are no lessons yet"
        view.show_course(BOTANY)
        assert view._stack.currentWidget() is view.table
        view.show_course(None)
        assert view.model.rowCount() == 0


def test_anothers_course_shows_nobody(qtbot: QtBot, database: Database, tmp_path: Path) -> None:
    with sitting(database, actor("ines"), tmp_path) as session:
        view = ProgressView(session)
        qtbot.addWidget(view)
        view.show()
        view.show_course(BOTANY)
        assert view.model.frame is None
        assert view._stack.currentWidget() is view.empty


def test_it_is_drawn_at_any_size_and_in_either_direction(view: ProgressView, qapp: QApplication) -> None:
    before = view.grab().toImage()
    view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    view.resize(300, 200)
    QApplication.processEvents()
    assert view.grab().toImage() != before


@pytest.mark.parametrize(
    "text", ["", " ", "one", "one two three four five six", "W" * 80, "👩‍🏫 " * 30, "שלום עולם " * 9]
)
def test_a_title_stands_in_two_lines_at_most(text: str, qapp: QApplication) -> None:
    font = QFont(qapp.font())
    lines = two_lines(text, font, 80)
    assert len(lines) <= 2
    assert all(QFontMetrics(font).horizontalAdvance(line) <= 90 for line in lines)
