"""What is done to the selected rows is done to all of them, those too that are not loaded, and to no others."""

import csv
import threading
from collections.abc import Iterator
from io import StringIO

import pytest

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QMenu

from lms_desktop.admin import CATALOG
from lms_desktop.entities import User
from lms_desktop.models import stretches
from lms_desktop.services.pages import Pages
from lms_desktop.spec import Sort
from lms_desktop.views import selected_rows
from tests.postgres import plain_connection
from tests.walks.answering import Answer
from tests.walks.driving import CTRL, SHIFT, Sitting, wait_for
from tests.walks.truth import Truth

PEOPLE = 420
FLAGS = QItemSelectionModel.SelectionFlag
_FILL = """
INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled)
    SELECT md5('many' || i)::uuid, 'many' || i || '@many.edu', 'none', 'Many ' || to_char(i, 'FM0000'), 'student',
           false, false
      FROM generate_series(1, %s) i
"""
_ACTIVE = "SELECT full_name FROM users WHERE email LIKE '%%@many.edu' AND is_active ORDER BY full_name"


def name(number: int) -> str:
    """What the person of a number is called."""
    return f"Many {number:04}"


def write(sitting: Sitting, statement: str, *values: object) -> None:
    """Somebody else writes, and nobody is told: no other program tells."""
    with plain_connection(sitting.url) as connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement, values)
        connection.commit()


@pytest.fixture
def many(at_courses: Sitting, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sitting]:
    """At many people, of whom few are kept in memory."""
    monkeypatch.setattr(stretches, "KEPT", 60)
    write(at_courses, _FILL, PEOPLE)
    page = at_courses.open("users")
    at_courses.press(Qt.Key.Key_F, CTRL)
    at_courses.replace("@many.edu")
    at_courses.press(Qt.Key.Key_Return)
    at_courses.rows_come()
    at_courses.settle()
    wait_for(lambda: page.model.exact and page.model.total == PEOPLE, "the people")
    at_courses.settle()
    QApplication.clipboard().setText("as before")
    yield at_courses
    at_courses.tidy()
    write(at_courses, "DELETE FROM users WHERE email LIKE '%%@many.edu'")


def select(sitting: Sitting, first: int, last: int) -> None:
    """Click a row and, far from it, another with Shift; what is between was passed and is forgotten, or never read."""
    model = sitting.page.model
    sitting.click_row(first)
    sitting.page.table.scrollToBottom()
    sitting.settle()
    sitting.page.table.scrollTo(model.index(last, 0))
    sitting.settle()
    sitting.click_row(last, modifiers=SHIFT)
    assert sitting.page.table.selected_ranges() == [(first, last)]
    assert any(model.row_id(row) is None for row in range(first, last + 1)), "all are loaded: nothing is tried here"
    assert f"{last + 1 - first} selected" in sitting.window.bottom.said()


def leave(sitting: Sitting) -> None:
    """Go elsewhere, and on to the first rows: all others are forgotten."""
    for row in (400, 150, 220, 0):
        sitting.page.table.scrollTo(sitting.page.model.index(row, 0), QAbstractItemView.ScrollHint.PositionAtTop)
        sitting.settle()


def copied(sitting: Sitting) -> list[str]:
    """Ctrl+C, and the names that are in the clipboard."""
    sitting.press(Qt.Key.Key_C, CTRL)
    column = [field.key for field in sitting.page.model.fields].index("full_name")
    return [line.split("\t")[column] for line in QApplication.clipboard().text().split("\n")]


def test_all_selected_rows_are_copied_whether_or_not_they_are_loaded(many: Sitting) -> None:
    select(many, 2, 401)
    assert copied(many) == [name(number) for number in range(3, 403)]
    assert "400 rows are copied" in many.window.bottom.said()


def test_they_are_copied_from_where_one_has_left_them(many: Sitting) -> None:
    select(many, 30, 300)
    leave(many)
    assert many.page.model.row_id(300) is None
    assert copied(many) == [name(number) for number in range(31, 302)]


def test_rows_that_others_put_elsewhere_push_none_out_and_none_in(many: Sitting) -> None:
    select(many, 30, 300)
    write(many, "DELETE FROM users WHERE email IN ('many2@many.edu', 'many310@many.edu')")
    assert copied(many) == [name(number) for number in range(31, 302)]


@pytest.mark.parametrize(
    "others",
    [
        "DELETE FROM users WHERE email = 'many150@many.edu'",
        "DELETE FROM users WHERE email = 'many301@many.edu'",
        "UPDATE users SET full_name = 'Many 0100 x' WHERE email = 'many301@many.edu'",
        "INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled)"
        " SELECT gen_random_uuid(), 'in' || i || '@many.edu', 'none', 'Many 0100 ' || i, 'student', false, false"
        " FROM generate_series(1, 300) i",
    ],
)
def test_where_others_have_changed_which_rows_these_are_nothing_is_done_and_it_is_said(
    others: str, many: Sitting, truth: Truth
) -> None:
    select(many, 30, 300)
    leave(many)
    write(many, others)
    answer = Answer("Close")
    QTest.keyClick(many.page.table, Qt.Key.Key_C, CTRL)
    assert "Others have changed which rows these are" in answer.wait().said
    assert QApplication.clipboard().text() == "as before"
    many.settle()
    select(many, 30, 300)
    now = [one for (one,) in truth.rows("SELECT full_name FROM users WHERE email LIKE '%@many.edu' ORDER BY full_name")]
    assert copied(many) == now[30:301]


def test_a_row_where_another_is_seen_by_now_is_not_taken_for_the_one_that_was_chosen(many: Sitting) -> None:
    select(many, 130, 400)
    leave(many)
    write(many, "DELETE FROM users WHERE email IN ('many2@many.edu', 'many3@many.edu', 'many4@many.edu')")
    table = many.page.table
    table.scrollTo(many.page.model.index(130, 0), QAbstractItemView.ScrollHint.PositionAtTop)
    many.settle()
    found = many.page.model.row(130)
    assert found is not None
    assert found.values["full_name"] != name(131), "its number was put right: nothing is tried here"
    leave(many)
    answer = Answer("Close")
    QTest.keyClick(table, Qt.Key.Key_C, CTRL)
    assert "Others have changed which rows these are" in answer.wait().said


def test_what_is_copied_is_what_was_shown_then(many: Sitting, monkeypatch: pytest.MonkeyPatch) -> None:
    page, known, fetch = many.page, threading.Event(), Pages.fetch
    before = page.columns
    select(many, 30, 300)

    def late(*asked: object, **said: object) -> object:
        known.wait(10)
        return fetch(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(Pages, "fetch", late)
    QTest.keyClick(page.table, Qt.Key.Key_C, CTRL)
    page.filters.columns_changed.emit(("role", "email"))
    known.set()
    many.settle()
    monkeypatch.undo()
    column = [field.key for field in CATALOG[User].columns].index("full_name")
    lines = [line.split("\t") for line in QApplication.clipboard().text().split("\n")]
    assert {len(line) for line in lines} == {len(before)}
    assert [line[column] for line in lines] == [name(number) for number in range(31, 302)]
    page.filters.columns_changed.emit(before)
    many.settle()


@pytest.mark.parametrize("seen", [20, 350, 180])
def test_rows_between_places_that_nobody_has_looked_at_are_not_taken_for_any(many: Sitting, seen: int) -> None:
    page = many.page
    many.click_row(seen)
    chosen = QItemSelection(page.model.index(20, 0), page.model.index(350, 0))
    page.table.selectionModel().select(chosen, FLAGS.ClearAndSelect | FLAGS.Rows)
    known = {row for row in (20, 350) if page.model.row_id(row) is not None}
    assert known == {seen} & {20, 350}, "what is known of their ends is not what is tried here"
    answer = Answer("Close")
    QTest.keyClick(page.table, Qt.Key.Key_C, CTRL)
    assert "Others have changed which rows these are" in answer.wait().said


INTO = (
    "INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled)"
    " VALUES (gen_random_uuid(), 'x' || %s || '@many.edu', 'none', %s, 'student', false, false)"
)


def go_to(sitting: Sitting, row: int) -> None:
    """Scroll there."""
    sitting.page.table.scrollTo(sitting.page.model.index(row, 0), QAbstractItemView.ScrollHint.PositionAtTop)
    sitting.settle()


def renew(sitting: Sitting) -> None:
    """F5, as a notice would have it."""
    sitting.page.refresh()
    sitting.settle()


def taken(sitting: Sitting) -> list[str]:
    """The ids of the rows to which something would be done."""
    found: list[str] = []
    sitting.page.row_actions.rows.take(lambda rows: found.extend(one.view.id for one in rows))
    sitting.settle()
    return found


@pytest.mark.parametrize("but_for", [None, 3, 300])
def test_all_rows_or_all_but_one_are_not_others_where_more_have_come(many: Sitting, but_for: int | None) -> None:
    many.click_row(0)
    many.press(Qt.Key.Key_A, CTRL)
    if but_for is not None:
        go_to(many, but_for)
        many.click_row(but_for, modifiers=CTRL)
    expected = [name(number) for number in range(1, PEOPLE + 1) if number - 1 != but_for]
    if but_for is not None:
        assert copied(many) == expected
    write(many, INTO, "1", "Many 0200 x")
    if but_for is None:
        renew(many)
        assert "420 selected" in many.window.bottom.said()
        assert many.page.model.total == PEOPLE + 1
    QApplication.clipboard().setText("as before")
    answer = Answer("Close")
    QTest.keyClick(many.page.table, Qt.Key.Key_C, CTRL)
    assert "Others have changed which rows these are" in answer.wait().said
    assert QApplication.clipboard().text() == "as before"


@pytest.mark.parametrize(
    "others",
    [
        ("DELETE FROM users WHERE email = 'many100@many.edu'",),
        (INTO, "1", "Many 0100 x"),
        ("UPDATE users SET full_name = 'Many 0400 x' WHERE email = 'many100@many.edu'",),
    ],
)
@pytest.mark.parametrize("kept", [60, 2000])
def test_rows_chosen_far_from_each_other_stay_the_same_whatever_others_put_between_them(
    many: Sitting, truth: Truth, monkeypatch: pytest.MonkeyPatch, kept: int, others: tuple[str, ...]
) -> None:
    monkeypatch.setattr(stretches, "KEPT", kept)
    many.click_row(5)
    go_to(many, 300)
    many.click_row(305, modifiers=CTRL)
    write(many, *others)
    renew(many)
    go_to(many, 0)
    assert copied(many) == [name(6), name(306)]
    pick(many, "Activate")
    wait_for(lambda: truth.rows(_ACTIVE) == [(name(6),), (name(306),)], "these two and no others")
    rows = [row for first, last in many.page.table.selected_ranges() for row in range(first, last + 1)]
    assert many.page.model.row_id(rows[0]) == truth.value("SELECT id::text FROM users WHERE email = 'many6@many.edu'")


def test_a_range_through_which_others_have_written_is_still_that_one_once_it_is_seen(many: Sitting) -> None:
    select(many, 5, 65)
    go_to(many, 300)
    write(many, "DELETE FROM users WHERE email = 'many30@many.edu'")
    renew(many)
    for row in (40, 20, 0, 40):
        go_to(many, row)
    expected = [name(number) for number in range(6, 67) if number != 30]
    assert copied(many) == expected
    assert many.page.table.selected_ranges() == [(5, 64)]


def test_several_rows_stay_selected_where_others_write_above_them(many: Sitting) -> None:
    many.click_row(5)
    many.click_row(7, modifiers=SHIFT)
    go_to(many, 300)
    write(many, INTO, "1", "Many 0100 x")
    renew(many)
    assert "3 selected" in many.window.bottom.said()
    go_to(many, 0)
    assert copied(many) == [name(6), name(7), name(8)]


def test_with_other_columns_the_record_that_is_shown_is_the_current_one_wherever_it_stands(many: Sitting) -> None:
    page, before = many.page, many.page.columns
    for away in (False, True):
        go_to(many, 290)
        many.click_row(300)
        shown = page.beside.row_id()
        if away:
            go_to(many, 0)
        write(many, INTO, str(away), "Many 0100 x")
        page.filters.columns_changed.emit(("full_name", "role"))
        many.settle()
        QTest.qWait(700)
        many.settle()
        assert page.beside.row_id() == shown
        assert taken(many) == [shown]
        page.filters.columns_changed.emit(before)
        many.settle()


def test_a_row_that_was_found_again_is_known_by_its_key(many: Sitting) -> None:
    page = many.page
    many.click_row(5)
    shown = page.beside.row_id()
    go_to(many, 300)
    write(many, INTO, "1", "Many 0100 x")
    renew(many)
    wait_for(lambda: page.table.currentIndex().isValid(), "the row, found again")
    write(many, INTO, "2", "Many 0000 z")
    assert taken(many) == [shown]


def test_of_rows_among_which_the_current_one_is_not_those_are_copied(many: Sitting) -> None:
    many.click_row(3)
    many.click_row(5, modifiers=CTRL)
    many.click_row(5, modifiers=CTRL)
    assert copied(many) == [name(4)]


def test_an_action_is_done_to_all_that_are_selected(many: Sitting, truth: Truth) -> None:
    select(many, 10, 400)
    pick(many, "Activate")
    wait_for(lambda: truth.rows(_ACTIVE) == [(name(number),) for number in range(11, 402)], "all of them, no others")


def test_all_that_there_are_is_all_even_where_more_have_come(many: Sitting) -> None:
    write(
        many,
        "INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled)"
        " VALUES (gen_random_uuid(), 'more@many.edu', 'none', 'Many 9999', 'student', false, false)",
    )
    many.click_row(3)
    many.press(Qt.Key.Key_A, CTRL)
    assert copied(many) == [*(name(number) for number in range(1, PEOPLE + 1)), "Many 9999"]


def test_too_many_are_refused_in_words(many: Sitting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selected_rows, "MOST_ROWS", 100)
    select(many, 0, 200)
    answer = Answer("Close")
    QTest.keyClick(many.page.table, Qt.Key.Key_C, CTRL)
    assert "201 rows are selected; something is done to at most 100 at one time" in answer.wait().said
    assert QApplication.clipboard().text() == "as before"


def test_columns_are_copied_in_the_order_in_which_they_stand(many: Sitting) -> None:
    page = many.page
    many.click_row(0)
    many.press(Qt.Key.Key_Down, SHIFT)
    header, before = page.table.header(), page.columns
    last, moved = header.count() - 1, before.index("email")
    header.moveSection(header.visualIndex(moved), last)
    many.press(Qt.Key.Key_C, CTRL)
    lines = [line.split("\t") for line in QApplication.clipboard().text().split("\n")]
    assert [line[last] for line in lines] == ["many1@many.edu", "many2@many.edu"]
    header.moveSection(last, moved)


def test_texts_are_copied_whole_and_with_their_lines(many: Sitting, truth: Truth) -> None:
    text = 'One "long" text:\n\t' + "many words, " * 100
    write(many, "UPDATE courses SET description = %s WHERE slug = (SELECT min(slug) FROM courses)", text)
    page = many.open("courses")
    many.settle()
    before = page.columns
    page.filters.columns_changed.emit(("slug", "description", "updated_at"))
    many.settle()
    try:
        if page.model.query.sorts != (Sort("slug"),):
            many.click_title("slug")
            many.settle()
        many.click_row(0, "description")
        many.press(Qt.Key.Key_C, CTRL)
        assert QApplication.clipboard().text() == text
        many.press(Qt.Key.Key_Down, SHIFT)
        many.press(Qt.Key.Key_C, CTRL)
        rows = list(csv.reader(StringIO(QApplication.clipboard().text()), csv.excel_tab))
        slugs = truth.rows("SELECT slug, coalesce(description, '') FROM courses ORDER BY slug LIMIT 2")
        assert [tuple(row[:2]) for row in rows] == slugs
    finally:
        page.filters.columns_changed.emit(before)
        many.settle()


def pick(sitting: Sitting, text: str) -> None:
    """Open the menu of the current row and pick an entry."""
    picked: list[str] = []

    def pick() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        for action in menu.actions():
            if action.text() == text:
                picked.append(text)
                action.trigger()
        menu.close()

    QTimer.singleShot(100, sitting.page, pick)
    QTest.keyClick(sitting.window, Qt.Key.Key_F10, SHIFT)
    wait_for(lambda: bool(picked), "the menu")


def test_in_another_order_nothing_is_known_of_the_rows_that_were_chosen_in_the_former_one(many: Sitting) -> None:
    page = many.page
    many.click_row(5)
    go_to(many, 300)
    write(many, INTO, "1", "Many 0100 x")
    renew(many)
    wait_for(lambda: page.table.currentIndex().isValid(), "the row, found again")
    many.click_title("email")
    many.settle()
    many.click_row(2)
    many.click_row(4, modifiers=SHIFT)
    expected = [page.model.row_id(row) for row in (2, 3, 4)]
    assert taken(many) == expected
    assert len(page.row_actions.rows._ends) == 2
    many.click_title("full_name")
    many.settle()


@pytest.mark.parametrize("kept", [60, 2000])
def test_a_row_that_one_has_renamed_oneself_is_still_the_one_that_is_meant(
    many: Sitting, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    monkeypatch.setattr(stretches, "KEPT", kept)
    page = many.page
    many.click_row(5)
    shown = page.beside.row_id()
    assert shown is not None
    go_to(many, 60 if kept > 60 else 300)
    page.drafts.set(shown, "full_name", "Many 0006 b")
    many.save()
    renew(many)
    assert taken(many) == [shown]


def test_of_several_rows_none_is_lost_where_one_moves_in_the_order(many: Sitting) -> None:
    page = many.page
    many.click_row(3)
    for row in (6, 10):
        many.click_row(row, modifiers=CTRL)
    ids = [page.model.row_id(row) for row in (3, 6, 10)]
    write(many, "UPDATE users SET full_name = 'Many 0014 x' WHERE email = 'many11@many.edu'")
    renew(many)
    assert page.beside.row_id() == ids[2]
    assert taken(many) == ids
    write(many, "UPDATE users SET full_name = 'Many 0016 x' WHERE email = 'many11@many.edu'")
    renew(many)
    assert taken(many) == ids
    many.click_row(1)
    write(many, "UPDATE users SET full_name = 'Many 0005 x' WHERE email = 'many2@many.edu'")
    renew(many)
    assert taken(many) == [page.beside.row_id()]


def test_a_range_is_not_given_up_because_its_current_row_was_pushed_away(many: Sitting) -> None:
    many.click_row(130)
    many.click_row(127, modifiers=SHIFT)
    expected = taken(many)
    assert len(expected) == 4
    leave(many)
    write(many, "DELETE FROM users WHERE email IN ('many2@many.edu', 'many3@many.edu', 'many4@many.edu')")
    go_to(many, 125)
    go_to(many, 120)
    assert taken(many) == expected
