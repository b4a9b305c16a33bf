"""Shift+F10 asks whatever has the keyboard for its menu, as the menu key does."""

import sys

import pytest

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPlainTextEdit, QWidget

from lms_desktop.spec import Sort
from tests.walks.driving import SHIFT, Sitting, column_of, wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the window system does it elsewhere")


def offered(sitting: Sitting, widget: QWidget) -> list[str]:
    """What the menu offers that the key opens there."""
    found: list[str] = []

    def read() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        found.extend(action.text() for action in menu.actions())
        menu.close()

    widget.setFocus()
    QTimer.singleShot(100, sitting.window, read)
    QTest.keyClick(widget, Qt.Key.Key_F10, SHIFT)
    wait_for(lambda: bool(found), "the menu")
    return found


def test_the_menu_of_a_row(at_courses: Sitting) -> None:
    at_courses.open("courses")
    at_courses.click_row(0)
    assert "Copy" in offered(at_courses, at_courses.page.table)


def test_the_menu_of_a_long_text_and_of_a_line(at_courses: Sitting) -> None:
    page = at_courses.open("courses")
    at_courses.click_row(0)
    texts = [edit for edit in page.form.findChildren(QPlainTextEdit) if edit.isVisible()]
    assert texts
    for widget in (*texts, page.filters.search):
        assert any("Select All" in entry for entry in offered(at_courses, widget))


def test_the_menu_of_a_title(at_courses: Sitting) -> None:
    page = at_courses.open("courses")
    before = page.columns
    header, column = page.table.header(), column_of(page, "title")

    def choose(text: str) -> list[str]:
        found: list[str] = []

        def read() -> None:
            menu = QApplication.activePopupWidget()
            assert isinstance(menu, QMenu)
            found.extend(action.text() for action in menu.actions())
            next(action for action in menu.actions() if action.text() == text).trigger()
            menu.close()

        QTimer.singleShot(100, at_courses.window, read)
        place = QPoint(header.sectionViewportPosition(column) + 8, header.height() // 2)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, header.viewport().mapToGlobal(place))
        QApplication.sendEvent(header.viewport(), event)
        wait_for(lambda: bool(found), "the menu")
        at_courses.settle()
        return found

    assert choose("Sort downwards")[:3] == ["Sort upwards", "Sort downwards", "Filter…"]
    assert page.model.query.sorts[:1] == (Sort("title", descending=True),)
    choose("Hide this column")
    assert page.columns == tuple(key for key in before if key != "title")
    page.filters.use_columns(before)
    at_courses.settle()
