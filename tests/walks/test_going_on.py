"""What one does while something is on its way counts: what comes of it afterwards takes nobody away."""

import threading
from typing import Any

import pytest

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lms_desktop.models import stretches
from lms_desktop.services.pages import Pages
from tests.walks.acting import Reply
from tests.walks.driving import CTRL, NONE, Sitting, wait_for
from tests.walks.others import locked
from tests.walks.test_selected_rows import PEOPLE, go_to, many, name  # noqa: F401 - the fixture is asked for by its name

HELD = "LOCK TABLE users IN ACCESS EXCLUSIVE MODE"


def wheel_up(sitting: Sitting, notches: int) -> None:
    """Turn the wheel over the rows."""
    viewport = sitting.page.table.viewport()
    here, turn = QPointF(50, 100), QPoint(0, 120 * notches)
    there = QPointF(viewport.mapToGlobal(here.toPoint()))
    event = QWheelEvent(here, there, QPoint(), turn, Qt.MouseButton.NoButton, NONE, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(viewport, event)


def by_name(sitting: Sitting) -> None:
    """Order the people by their names, upwards."""
    for _ in range(2):
        sorts = sitting.page.model.query.sorts
        if [(sort.key, sort.descending) for sort in sorts] != [("full_name", False)]:
            sitting.click_title("full_name")
            sitting.rows_come()
            sitting.settle()


@pytest.mark.parametrize("then", ["end", "click", "wheel"])
def test_who_goes_on_is_not_led_to_what_the_letters_typed_before_begin(then: str, many: Sitting) -> None:  # noqa: F811
    page, table = many.page, many.page.table
    by_name(many)
    many.click_row(2)
    page.ahead.forget()
    with locked(many.url, HELD):
        QTest.keyClicks(table, name(200))
        if then == "end":
            QTest.keyClick(table, Qt.Key.Key_End, CTRL)
        elif then == "click":
            QTest.mouseClick(
                table.viewport(), Qt.MouseButton.LeftButton, NONE, table.visualRect(page.model.index(4, 0)).center()
            )
        else:
            wheel_up(many, -1)
        wait_for(lambda: "Find" not in many.window.bottom.said(), "the end of the looking", seconds=2)
    many.settle()
    row = {"end": PEOPLE - 1, "click": 4, "wheel": 2}[then]
    assert table.currentIndex().row() == row
    assert (table.seen_rows()[0] < 10) is (then != "end")


def test_letters_alone_lead_there(many: Sitting) -> None:  # noqa: F811
    by_name(many)
    many.click_row(2)
    many.page.ahead.forget()
    many.type(name(200))
    many.settle()
    assert many.page.model.wire(many.page.table.currentIndex().row(), "full_name") == name(200)


def test_who_scrolls_away_from_the_end_is_not_led_back_to_it_by_the_count(
    many: Sitting,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counted, count = threading.Event(), Pages.count

    def late(*given: Any, **options: Any) -> Any:
        counted.wait(30)
        return count(*given, **options)

    monkeypatch.setattr(Pages, "count", late)
    page = many.page
    many.press(Qt.Key.Key_F, CTRL)
    many.replace("many.edu")
    QTest.keyClick(page.filters.search, Qt.Key.Key_Return)
    wait_for(lambda: page.model.awaited is None and page.model.query.search == "many.edu", "the rows")
    page.table.setFocus()
    assert not page.model.exact
    QTest.keyClick(page.table, Qt.Key.Key_End, CTRL)
    for _ in range(20):
        wheel_up(many, 3)
    assert page.table.seen_rows()[0] == 0
    counted.set()
    wait_for(lambda: page.model.exact, "the count")
    many.settle()
    assert page.table.seen_rows()[0] == 0


@pytest.mark.parametrize("clicks", [1, 2])
def test_an_editor_that_new_rows_take_away_leaves_the_keyboard_with_its_row(
    clicks: int,
    many: Sitting,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stretches, "KEPT", 400)
    page, table = many.page, many.page.table
    by_name(many)
    many.click_row(5, "full_name")
    row_id = page.model.row_id(5) or ""
    with locked(many.url, HELD):
        for _ in range(clicks):  # the second turns the order
            many.click_title("email")
        QTest.mouseClick(
            table.viewport(), Qt.MouseButton.LeftButton, NONE, table.visualRect(page.model.index(5, 0)).center()
        )
        QTest.keyClick(table, Qt.Key.Key_F2)
        many.replace("Somebody else")
        assert page.model.awaited is not None
    many.rows_come()
    many.settle()
    assert table.hasFocus()
    draft = page.drafts.get(row_id)
    assert draft is not None
    assert draft.values["full_name"] == "Somebody else"
    assert page.beside.row_id() == row_id
    assert page.model.row_id(table.currentIndex().row()) == row_id
    page.discard()
    by_name(many)


@pytest.mark.parametrize("at", [0, 5, 200])
def test_the_next_row_is_the_current_one_after_a_delete(at: int, many: Sitting) -> None:  # noqa: F811
    page, table = many.page, many.page.table
    by_name(many)
    go_to(many, at)
    for _ in range(2):
        many.click_row(at)
        behind = page.model.row_id(at + 1)
        left = page.model.total - 1
        answer = Reply("Delete person")
        QTest.keyClick(table, Qt.Key.Key_Delete)
        answer.wait()
        wait_for(lambda: page.model.total == left, "that it is gone")  # noqa: B023
        many.settle()
        assert table.currentIndex().row() == at
        assert table.selected_ranges() == [(at, at)]
        assert page.model.row_id(at) == page.beside.row_id() == behind


def test_the_row_before_is_the_current_one_after_the_last_was_deleted(many: Sitting) -> None:  # noqa: F811
    page, table = many.page, many.page.table
    by_name(many)
    table.setFocus()
    many.press(Qt.Key.Key_End, CTRL)
    answer = Reply("Delete person")
    QTest.keyClick(table, Qt.Key.Key_Delete)
    answer.wait()
    wait_for(lambda: page.model.total == PEOPLE - 1, "that it is gone")
    many.settle()
    assert table.currentIndex().row() == PEOPLE - 2
    assert page.beside.row_id() == page.model.row_id(PEOPLE - 2)
