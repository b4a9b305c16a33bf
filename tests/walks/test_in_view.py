"""What one has just chosen is to be seen: a column more, a row that was cut by the edge."""

import threading
import time
from collections.abc import Iterator

import pytest

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QScrollBar, QStyle, QStyleOptionSlider

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.models import fetched, paged, whereabouts
from lms_desktop.services import pages as pages_module
from lms_desktop.services import plans
from lms_desktop.services.pages import Pages
from lms_desktop.services.positions import Positions
from lms_desktop.spec import Query, Sort
from tests.walks.acting import to_the_front
from tests.walks.driving import CTRL, Sitting, click, column_of, the, wait_for
from tests.walks.truth import Truth


def is_seen(sitting: Sitting, key: str) -> bool:
    """Whether the whole title of a column is in view."""
    header, column = sitting.page.table.header(), column_of(sitting.page, key)
    left = header.sectionViewportPosition(column)
    return left >= 0 and left + header.sectionSize(column) <= header.viewport().width()


def columns_button(sitting: Sitting) -> QAbstractButton:
    """What opens the menu of columns."""
    return the(QAbstractButton, sitting.page.filters, lambda button: button.text() == "Columns", "the menu of columns")


@pytest.mark.parametrize("way", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_a_column_that_is_ticked_comes_into_view_and_nothing_else_moves(
    way: Qt.LayoutDirection, at_courses: Sitting
) -> None:
    sitting, page = at_courses, at_courses.open("users")
    sitting.window.setLayoutDirection(way)
    try:
        sitting.click_row(40, "full_name")
        place, shown = page.table.verticalScrollBar().value(), page.current_id()
        page.table.horizontalScrollBar().setValue(0)
        before = page.columns
        assert "updated_at" not in before
        sitting.tick(columns_button(sitting), ["Changed"])
        wait_for(lambda: len(page.model.fields) > len(before), "the column")
        sitting.settle()
        assert page.table.horizontalScrollBar().value() > 0, "the table is too narrow for all of them"
        assert is_seen(sitting, "updated_at")
        assert (page.table.verticalScrollBar().value(), page.current_id()) == (place, shown)
        assert page.table.currentIndex().row() == 40

        there = page.table.horizontalScrollBar().value()
        sitting.click_title("updated_at")
        sitting.settle()
        assert page.table.horizontalScrollBar().value() == there, "it stays there in another order"
        page.table.horizontalScrollBar().setValue(0)
        sitting.tick(columns_button(sitting), ["Changed"])
        wait_for(lambda: page.columns == before and len(page.model.fields) == len(before), "the columns as before")
        sitting.settle()
        assert page.table.horizontalScrollBar().value() == 0, "what goes moves nothing"
    finally:
        sitting.window.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        sitting.pick(columns_button(sitting), "As it was at first")
        sitting.click_title("full_name")
        sitting.settle()


def test_while_the_bar_is_drawn_it_is_said_which_rows_are_seen(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.open("users")
    bar = page.table.verticalScrollBar()
    bar.setValue(0)
    sitting.click_row(2)
    before = sitting.window.bottom.said()
    assert "Row 3 of " in before
    handle, there = handle_of(bar), handle_of(bar) + QPoint(0, bar.height() // 3)
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, handle)
    QTest.mouseMove(bar, there)
    first, last = page.table.seen_rows()
    assert first > 10
    assert f"Rows {first + 1} to {last + 1} of " in sitting.window.bottom.said()
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, there)
    sitting.settle()
    assert sitting.window.bottom.said() == before


def handle_of(bar: QScrollBar) -> QPoint:
    """The middle of what is drawn along a bar."""
    option = QStyleOptionSlider()
    bar.initStyleOption(option)
    control = QStyle.SubControl.SC_ScrollBarSlider
    return bar.style().subControlRect(QStyle.ComplexControl.CC_ScrollBar, option, control, bar).center()


def test_a_column_that_was_moved_stays_where_it_was_put_when_rows_are_sorted(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.open("users")
    header, before = page.table.header(), page.columns

    def shown() -> list[str]:
        return [page.model.fields[header.logicalIndex(place)].key for place in range(header.count())]

    header.moveSection(header.visualIndex(before.index("last_login_at")), 0)
    wanted = ["last_login_at", *(key for key in before if key != "last_login_at")]
    assert shown() == wanted
    for key in ("last_login_at", "email", "full_name"):
        sitting.click_title(key)
        sitting.settle()
        assert shown() == wanted == list(page.columns)
    header.moveSection(0, before.index("last_login_at"))
    assert tuple(shown()) == page.columns == before
    sitting.click_title("email")
    sitting.settle()
    assert tuple(shown()) == before
    sitting.click_title("full_name")
    sitting.settle()


@pytest.mark.parametrize("edge", ["bottom", "top"])
def test_a_row_that_the_edge_cuts_comes_wholly_into_view_when_it_is_clicked(edge: str, at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.open("users")
    to_the_front(sitting.window)
    table, bar = page.table, page.table.verticalScrollBar()
    height = table.rowHeight(0)
    bar.setValue(5 * height + height // 2)
    sitting.settle()
    view = table.viewport()
    y = view.height() - 3 if edge == "bottom" else 3
    row = table.rowAt(y)
    cut = table.visualRect(page.model.index(row, 0))
    assert not view.rect().contains(cut.adjusted(0, 0, cut.left() - cut.right(), 0)), "it is cut"
    click(view, QRect(40, y, 1, 1))
    assert table.currentIndex().row() == row
    assert 0 <= table.rowViewportPosition(row) <= view.height() - height
    across = table.horizontalScrollBar().value()
    assert table.rowAt(y) == row, "the pointer is still on it"
    sitting.settle()
    assert page.current_id() == page.model.row_id(row)
    assert table.horizontalScrollBar().value() == across
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QRect(40, y, 1, 1).center())
    assert table.state() == table.State.EditingState, "a double click edits that row"
    assert table.currentIndex().row() == row
    sitting.press(Qt.Key.Key_Escape)
    assert table.state() != table.State.EditingState


def test_filtered_rows_begin_with_the_first_one_wherever_one_was(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.open("users")
    sitting.press(Qt.Key.Key_End, CTRL)
    sitting.settle()
    assert page.table.seen_rows()[0] > 0
    wanted: list[int] = []
    page.table.rowsWanted.connect(lambda first, _last: wanted.append(first))
    sitting.pick(sitting.add_chip(), "Students")
    sitting.rows_come()
    sitting.settle()
    assert set(wanted) == {0}, "no others are asked for on the way there"
    assert page.table.seen_rows()[0] == 0
    assert page.table.currentIndex().row() == 0
    assert page.current_id() == page.model.row_id(0)
    assert page.table.rowViewportPosition(0) == 0


TO_THE_ENDS = [((Qt.Key.Key_Home, Qt.Key.Key_Up), 0), ((Qt.Key.Key_End, Qt.Key.Key_Down), -1)]
"""The keys that lead to an end of a table and nowhere else where one is there, and its row."""


@pytest.mark.parametrize(("keys", "place"), TO_THE_ENDS)
def test_the_row_that_is_current_comes_into_view_by_the_keys_that_lead_to_it(
    keys: tuple[Qt.Key, Qt.Key], place: int, at_courses: Sitting
) -> None:
    sitting, page = at_courses, at_courses.open("users")
    for chip in sitting.chips():  # of a test before
        sitting.drop_chip(chip)
    bar = page.table.verticalScrollBar()
    for key, pressed_with in ((keys[0], CTRL), (keys[1], Qt.KeyboardModifier.NoModifier)):
        page.table.setFocus()
        sitting.press(keys[0], CTRL)
        sitting.settle()
        row = page.table.currentIndex().row()
        assert row == place % page.model.total
        bar.setValue(bar.maximum() // 2)
        sitting.settle()
        first, last = page.table.seen_rows()
        assert not first <= row <= last
        sitting.press(key, pressed_with)
        sitting.settle()
        first, last = page.table.seen_rows()
        assert first <= row <= last
        assert page.table.currentIndex().row() == row


def test_the_last_row_is_reached_again_in_another_order(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.open("users")
    try:
        for key in ("full_name", "email", "full_name"):
            sitting.click_title(key)
            sitting.settle()
            assert page.table.seen_rows()[0] == 0
            page.table.setFocus()
            sitting.press(Qt.Key.Key_End, CTRL)
            sitting.settle()
            last = page.model.total - 1
            assert page.table.seen_rows()[1] == last
            assert page.current_id() == page.model.row_id(last)
            assert page.table.rowViewportPosition(last) < page.table.viewport().height()
    finally:
        sitting.click_title("full_name")
        sitting.settle()


def test_the_end_is_gone_to_though_the_other_order_is_still_on_its_way(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.open("users")
    try:
        for key, keys in (("email", [Qt.Key.Key_End]), ("full_name", [Qt.Key.Key_End, Qt.Key.Key_Home])):
            sitting.click_title(key)
            assert page.model.awaited is not None
            page.table.setFocus()
            for one in keys:
                sitting.press(one, CTRL)
            sitting.settle()
            row = page.model.total - 1 if len(keys) == 1 else 0
            assert page.table.seen_rows()[1 if len(keys) == 1 else 0] == row
            assert page.current_id() == page.model.row_id(row)
            assert page.table.selected_ranges() == [(row, row)]
    finally:
        sitting.click_title("full_name")
        sitting.settle()


def test_a_bar_that_is_drawn_before_the_other_order_has_come_means_its_rows(
    at_courses: Sitting, truth: Truth, monkeypatch: pytest.MonkeyPatch
) -> None:
    sitting, page = at_courses, at_courses.open("users")
    known, fetch = threading.Event(), Pages.fetch

    def late(*asked: object) -> object:
        known.wait(10)
        return fetch(*asked)  # type: ignore[arg-type]

    bar = page.table.verticalScrollBar()
    bar.setValue(0)
    sitting.settle()
    monkeypatch.setattr(Pages, "fetch", late)
    try:
        sitting.click_title("email")
        assert page.model.awaited is not None
        handle = handle_of(bar)
        there = QPoint(handle.x(), handle.y() + bar.height() // 2)
        QTest.mousePress(bar, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, handle)
        QTest.mouseMove(bar, there)
        QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, there)
        assert "Rows" not in sitting.window.bottom.said(), "which rows these will be nobody knows"
        part = bar.value() / bar.maximum()
        assert 0.3 < part < 0.8
        known.set()
        sitting.settle()
        assert page.model.query.sorts == (Sort("email"),)
        assert abs(bar.value() / bar.maximum() - part) < 0.01
        first, last = page.table.seen_rows()
        ordered = [row_id for (row_id,) in truth.rows("SELECT id::text FROM users ORDER BY email, id")]
        assert [page.model.row_id(row) for row in range(first, last + 1)] == ordered[first : last + 1]
    finally:
        known.set()
        sitting.click_title("full_name")
        sitting.settle()


def test_the_end_of_an_order_without_an_index_turned_round(
    at_courses: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (whereabouts, fetched):
        monkeypatch.setattr(module, "NEAR", 8)  # so that the ids of all rows are written down
    sitting, page = at_courses, at_courses.open("users")
    try:
        former = ""
        for number in range(4):
            sitting.click_title("role")
            if number:
                page.table.setFocus()
                sitting.press(Qt.Key.Key_End, CTRL)
            sitting.settle()
            wait_for(lambda: page.model.anywhere and not page.model.is_counting(), "what leads to any place")
            if number:
                last = page.model.total - 1
                assert page.table.seen_rows()[1] == last
                assert page.current_id() == page.model.row_id(last)
                assert page.model.row_id(last) == former
            sitting.press(Qt.Key.Key_Home, CTRL)
            sitting.settle()
            former = page.current_id() or ""
    finally:
        sitting.click_title("full_name")
        sitting.settle()


def test_a_title_pressed_twice_before_rows_come_turns_the_order_round(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.open("users")
    try:
        sitting.click_title("email")
        assert page.model.awaited is not None, "the rows came too soon for this test"
        sitting.click_title("email")
        sitting.settle()
        assert page.model.query.sorts == (Sort("email", descending=True),)
        sitting.click_title("email")
        sitting.settle()
        assert page.model.query.sorts == (Sort("email"),)
    finally:
        sitting.click_title("full_name")
        sitting.settle()


@pytest.fixture
def known(at_courses: Sitting, truth: Truth, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The page of users is shown. Where the rows of another order are is found out when the event is set, and guessed
    before."""
    for module in (whereabouts, fetched, paged):
        monkeypatch.setattr(module, "NEAR", 8)
    known, find = threading.Event(), Pages.positions

    def find_late(pages: Pages, uow: UnitOfWork, query: Query, *, alone: bool = False) -> Positions:
        assert known.wait(30)
        return find(pages, uow, query, alone=alone)

    truth.rows("ANALYZE users")
    sitting = at_courses
    sitting.open("users")
    for chip in sitting.chips():  # of a test before
        sitting.drop_chip(chip)
    monkeypatch.setattr(Pages, "positions", find_late)
    monkeypatch.setattr(pages_module, "STATISTICS_LAST", 0.0)
    monkeypatch.setattr(plans, "NEAR_END", 4)
    yield known
    known.set()
    sitting.click_title("full_name")
    sitting.settle()


def test_a_jump_right_after_sorting_comes_about_at_once_and_says_that_its_place_is_about_right(
    at_courses: Sitting, known: threading.Event, truth: Truth
) -> None:
    sitting, page = at_courses, at_courses.page
    sitting.click_title("role")
    wait_for(lambda: page.model.query.sorts == (Sort("role"),) and page.model.exact, "the order")
    bar = page.table.verticalScrollBar()
    bar.setValue(bar.maximum() * 8 // 10)
    row = page.table.seen_rows()[0] + 2
    wait_for(lambda: page.model.row_id(row) is not None, "the rows")
    assert not known.is_set()
    index = page.model.index(row, column_of(page, "full_name"))
    click(page.table.viewport(), page.table.visualRect(index))
    chosen = page.model.row_id(row)
    wait_for(lambda: sitting.window.status_text().startswith(f"Row ≈ {row + 1} of"), "about where it is")
    known.set()
    place = [row_id for (row_id,) in truth.rows("SELECT id::text FROM users ORDER BY role, id")].index(chosen or "")
    wait_for(lambda: sitting.window.status_text().startswith(f"Row {place + 1} of"), "where it is")
    assert page.current_id() == chosen == page.model.row_id(place)
    first, last = page.table.seen_rows()
    assert first <= place <= last


@pytest.mark.parametrize("others", [False, True])
def test_the_row_that_is_chosen_stays_so_out_of_view_when_the_places_are_known(
    others: bool, at_courses: Sitting, known: threading.Event, truth: Truth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_module, "FEW", -2)  # as if there were too many to count those before it
    sitting, page = at_courses, at_courses.page
    sitting.click_title("last_login_at")
    wait_for(lambda: page.model.query.sorts == (Sort("last_login_at"),) and page.model.exact, "the order")
    click(page.table.viewport(), page.table.visualRect(page.model.index(2, column_of(page, "full_name"))))
    chosen, height = page.current_id(), page.table.rowHeight(0)
    bar = page.table.verticalScrollBar()
    bar.setValue(bar.maximum() * 8 // 10)
    seen = page.table.seen_rows()[0]
    wait_for(lambda: page.model.row_id(seen + 2) is not None, "the rows")
    assert not known.is_set()
    known.set()
    wait_for(lambda: page.model.anywhere and not page.model.is_rough(page.table.seen_rows()[0]), "the places")
    if others:  # before it is asked where the row stands; what is written down knows nothing of it
        truth.rows(
            "INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled, last_login_at)"
            " SELECT gen_random_uuid(), 'early' || n || '@lms.com', 'x', 'Early', 'student', true, false, '2001-01-01'"
            " FROM generate_series(1, 3) AS n"
        )
    try:
        ordered = [row_id for (row_id,) in truth.rows("SELECT id::text FROM users ORDER BY last_login_at, id")]
        place, deadline = ordered.index(chosen or ""), time.monotonic() + 30
        assert place == 2 + 3 * others
        while page.table.currentIndex().row() != place:
            assert others or not page.table.currentIndex().isValid(), "another row is current"
            QTest.qWait(5)
            assert time.monotonic() < deadline, "the row that was chosen is not current again"
        assert bar.value() > place * height, "it is out of view"
        assert page.current_id() == chosen
        page.table.setFocus()
        sitting.press(Qt.Key.Key_Down)
        sitting.settle()
        assert page.table.currentIndex().row() == place + 1
        assert page.current_id() == page.model.row_id(place + 1) == ordered[place + 1]
    finally:
        truth.rows("DELETE FROM users WHERE email LIKE 'early%@lms.com'")


def test_what_is_searched_is_asked_for_when_the_keyboard_goes_on_to_the_rows(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.open("users")
    page.filters.search.setFocus()
    QTest.keyClicks(page.filters.search, "an")
    page.table.setFocus()
    sitting.press(Qt.Key.Key_End, CTRL)
    sitting.settle()
    last = page.model.total - 1
    assert page.model.query.search == "an"
    assert last > 8
    assert page.current_id() == page.model.row_id(last)
    assert page.table.seen_rows()[1] == last


def test_letters_look_in_the_order_that_is_still_on_its_way(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.open("users")
    try:
        sitting.click_title("email")
        assert page.model.awaited is not None
        page.table.setFocus()
        sitting.press(Qt.Key.Key_R)
        sitting.settle()
        row = page.table.currentIndex().row()
        assert (page.model.wire(row, "email") or "").startswith("r")
        assert not (page.model.wire(row - 1, "email") or "").startswith("r")
    finally:
        sitting.click_title("full_name")
        sitting.settle()
