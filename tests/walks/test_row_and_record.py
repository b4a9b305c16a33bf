"""The row that is current and the record beside it are the same, or no row is: nobody deletes what they do not see."""

from typing import NamedTuple

import pytest

from PySide6.QtCore import QRect, Qt

from tests.walks.answering import Answer
from tests.walks.cells import form_editor, said, type_over
from tests.walks.driving import CTRL, Sitting, click, wait_for
from tests.walks.truth import Truth

FIRST_LOADED = 100
"""Rows that a table loads at first."""


class Somebody(NamedTuple):
    """A person of the sample school."""

    id: str
    name: str
    email: str


@pytest.fixture
def far_down(truth: Truth) -> Somebody:
    """A student whose row is not among the first that are loaded."""
    statement = "SELECT id::text, full_name, email FROM users ORDER BY full_name, id"
    return Somebody(*truth.rows(f"{statement} OFFSET {FIRST_LOADED + 20} LIMIT 1")[0])


def same(sitting: Sitting) -> bool:
    """Whether the current row, if there is one, holds the record in the form."""
    page, current = sitting.page, sitting.page.table.currentIndex()
    return not current.isValid() or page.model.row_id(current.row()) == page.form.row_id()


def seen_ids(sitting: Sitting) -> list[str | None]:
    """The ids of the rows in view."""
    first, last = sitting.page.table.seen_rows()
    return [sitting.page.model.row_id(row) for row in range(first, last + 1)]


def go_to(sitting: Sitting, somebody: Somebody) -> None:
    """Ctrl+K, the address, Enter."""
    sitting.press(Qt.Key.Key_K, CTRL)
    sitting.type(somebody.email)
    found = sitting.window.quick_search.list
    wait_for(lambda: found.count() and somebody.name in found.item(0).text(), "the person in the list")
    sitting.press(Qt.Key.Key_Return)


def test_a_record_found_everywhere_has_its_row_however_far_down(at_courses: Sitting, far_down: Somebody) -> None:
    sitting = at_courses
    go_to(sitting, far_down)
    page = sitting.page
    assert page.form.row_id() == far_down.id
    row = page.table.currentIndex().row()
    assert page.model.row_id(row) == far_down.id
    first, last = page.table.seen_rows()
    assert first <= row <= last, "it is in view"
    answer = Answer("Keep")
    sitting.press(Qt.Key.Key_Delete)
    answer.wait()
    assert far_down.name in answer.said


def test_a_record_that_the_filters_hide_has_no_row_and_del_takes_no_other(
    at_courses: Sitting, far_down: Somebody
) -> None:
    sitting = at_courses
    page = sitting.open("users")
    sitting.pick(sitting.add_chip(), "Staff")
    sitting.rows_come()
    sitting.settle()
    go_to(sitting, far_down)
    assert page.form.row_id() == far_down.id
    assert not page.table.currentIndex().isValid()
    assert page.table.selected_count() == 0
    answer = Answer("Keep")
    page.table.setFocus()
    sitting.press(Qt.Key.Key_Delete)
    answer.expect_none()
    (chip,) = sitting.chips()
    sitting.drop_chip(chip)
    sitting.settle()
    assert same(sitting)


@pytest.mark.parametrize("number", [3, 150])
def test_f5_far_down_keeps_the_row_though_others_come_before_it(number: int, at_courses: Sitting, truth: Truth) -> None:
    sitting = at_courses
    page = sitting.open("progress")
    assert sitting.total() > 5000
    page.table.verticalScrollBar().setValue(2980 * page.table.rowHeight(0))
    sitting.settle()
    sitting.click_row(page.table.seen_rows()[1] - 1)
    row, row_id = page.table.currentIndex().row(), page.form.row_id()
    oldest = "SELECT id FROM lesson_progress ORDER BY created_at LIMIT"
    truth.rows(f"UPDATE lesson_progress SET created_at = now() WHERE id IN ({oldest} {number})")
    sitting.press(Qt.Key.Key_F5)
    assert page.form.row_id() == row_id
    assert page.table.currentIndex().row() == row + number
    assert page.model.row_id(row + number) == row_id


def test_the_status_bar_tells_where_a_row_stands_that_somebody_else_has_moved(
    at_courses: Sitting, truth: Truth
) -> None:
    sitting, page = at_courses, at_courses.open("users")
    sitting.click_row(3, "full_name")
    chosen = page.current_id()
    name = truth.value("SELECT full_name FROM users WHERE id::text = %s", (chosen,))
    assert sitting.window.status_text().startswith("Row 4 of")
    try:
        truth.rows("UPDATE users SET full_name = 'M' || full_name WHERE id::text = %s", (chosen,))
        sitting.press(Qt.Key.Key_F5)
        wait_for(lambda: page.table.currentIndex().row() != 3, "its new place")
        place = page.table.currentIndex().row()
        assert page.current_id() == chosen == page.model.row_id(place)
        wait_for(lambda: sitting.window.status_text().startswith(f"Row {place + 1} of"), "the new place in words")
    finally:
        truth.rows("UPDATE users SET full_name = %s WHERE id::text = %s", (name, chosen))
        sitting.press(Qt.Key.Key_F5)
        sitting.settle()


@pytest.mark.parametrize("does", ["insert", "delete"])
def test_a_row_out_of_view_stays_the_one_that_is_shown_while_others_write(
    does: str, at_courses: Sitting, truth: Truth
) -> None:
    sitting = at_courses
    truth.rows(
        "UPDATE lesson_progress p SET created_at = timestamptz '2026-01-01' + n * interval '1 minute'"
        " FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM lesson_progress) r WHERE r.id = p.id"
    )
    page = sitting.open("progress")
    sitting.click_row(2)
    row_id, row = page.form.row_id(), page.table.currentIndex().row()
    page.table.verticalScrollBar().setValue(2980 * page.table.rowHeight(0))
    sitting.settle()
    seen = seen_ids(sitting)
    # Behind the current row, and before those that are in view.
    ahead = "(SELECT created_at + interval '1 second' FROM lesson_progress ORDER BY created_at DESC OFFSET 20 LIMIT 1)"
    if does == "insert":
        old = "SELECT id FROM lesson_progress ORDER BY created_at LIMIT 30"
        truth.rows(f"UPDATE lesson_progress SET created_at = {ahead} WHERE id IN ({old})")
    else:
        these = f"SELECT id FROM lesson_progress WHERE created_at < {ahead} ORDER BY created_at DESC LIMIT 30"
        truth.rows(f"DELETE FROM lesson_progress WHERE id IN ({these})")
    page.model.refresh()
    sitting.settle()
    assert seen_ids(sitting) == seen, "what is read stays"
    assert page.form.row_id() == row_id
    wait_for(lambda: page.table.currentIndex().row() == row, "the row where it stands")
    assert page.table.selected_row() == row
    assert seen_ids(sitting) == seen, "and nothing was scrolled to"
    sitting.press(Qt.Key.Key_Right)
    sitting.settle()
    assert (page.form.row_id(), page.table.currentIndex().row()) == (row_id, row)
    assert same(sitting)


def test_a_row_that_a_saved_change_takes_out_of_the_filter_leaves_none_in_its_place(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    sitting.pick(sitting.add_chip(), "Drafts")
    sitting.rows_come()
    sitting.settle()
    row_id, rows = sitting.ids()[0], sitting.total()
    sitting.click_row(0, "is_published")
    sitting.press(Qt.Key.Key_F2)
    sitting.press(Qt.Key.Key_Up)
    sitting.press(Qt.Key.Key_Return)
    assert said(page, 0, "is_published") == "Published"
    sitting.save()
    assert sitting.total() == rows - 1
    assert page.form.row_id() == row_id, "what was just saved is still to be seen"
    assert not page.table.currentIndex().isValid()
    sitting.click_row(0)
    assert same(sitting)


def test_a_row_that_somebody_else_deleted_leaves_none_in_its_place(at_courses: Sitting, truth: Truth) -> None:
    sitting, page = at_courses, at_courses.page
    truth.rows(
        "INSERT INTO courses (id, title, slug, instructor_id, is_published) SELECT gen_random_uuid(), '0', 'gone',"
        " id, false FROM users WHERE email = 'admin@lms.com'"
    )
    sitting.press(Qt.Key.Key_F5)
    sitting.click_row(0)
    row_id = page.form.row_id()
    truth.rows("DELETE FROM courses WHERE slug = 'gone'")
    sitting.press(Qt.Key.Key_F5)
    assert page.form.row_id() == row_id
    assert page.form.details.banner.isVisible()
    assert same(sitting)


def test_a_saved_change_of_the_order_takes_the_row_along(at_courses: Sitting, truth: Truth) -> None:
    sitting, page = at_courses, at_courses.page
    row_id, title = sitting.ids()[0], said(page, 0, "title")
    type_over(sitting, 0, "title", "Zzz")
    sitting.save()
    assert page.form.row_id() == row_id
    assert page.table.currentIndex().row() == sitting.ids().index(row_id) > 0
    assert same(sitting)
    truth.rows("UPDATE courses SET title = %s WHERE id = %s", (title, row_id))
    sitting.press(Qt.Key.Key_F5)
    assert page.table.currentIndex().row() == 0


def in_view(sitting: Sitting, row_id: str) -> bool:
    """Whether the row of a record is current, selected, and wholly to be seen."""
    table = sitting.page.table
    row = table.selected_row()
    place = table.visualRect(table.currentIndex())
    return row >= 0 and sitting.page.model.row_id(row) == row_id and table.viewport().rect().contains(place.center())


def search_and_choose(sitting: Sitting, somebody: Somebody, key: str) -> None:
    """Ctrl+F, the address, and a click on the row that is found."""
    sitting.press(Qt.Key.Key_F, CTRL)
    sitting.replace(somebody.email)
    sitting.rows_come()
    sitting.settle()
    sitting.click_record(somebody.id, key)
    assert in_view(sitting, somebody.id)


def test_the_row_stays_current_and_in_view_when_the_search_is_cleared(at_courses: Sitting, far_down: Somebody) -> None:
    sitting, page = at_courses, at_courses.open("users")
    search_and_choose(sitting, far_down, "email")
    column = page.table.currentIndex().column()
    sitting.press(Qt.Key.Key_F, CTRL)
    sitting.replace("")
    wait_for(lambda: not page.model.query.search and in_view(sitting, far_down.id), "the row among all others")
    assert page.current_id() == far_down.id
    assert page.table.currentIndex().column() == column
    assert page.table.currentIndex().row() == FIRST_LOADED + 20
    sitting.settle()
    assert in_view(sitting, far_down.id)
    assert all(page.model.row_id(row) for row in range(*page.table.seen_rows())), "with those around it"


def test_the_row_stays_current_when_the_last_filter_goes(at_courses: Sitting, far_down: Somebody) -> None:
    sitting, page = at_courses, at_courses.open("users")
    sitting.pick(sitting.add_chip(), "Students")
    sitting.rows_come()
    sitting.settle()
    page.table.setFocus()
    sitting.press(Qt.Key.Key_End, CTRL)
    last = page.current_id()
    assert last is not None
    (chip,) = sitting.chips()
    sitting.drop_chip(chip)
    wait_for(lambda: in_view(sitting, last), "the row among all others")
    sitting.settle()
    assert in_view(sitting, last)


@pytest.mark.parametrize("does", ["scrolls", "chooses another row"])
def test_the_rows_stay_under_the_hand_of_who_does_something_else_meanwhile(
    does: str, at_courses: Sitting, far_down: Somebody
) -> None:
    sitting, page = at_courses, at_courses.open("users")
    table, bar = page.table, page.table.verticalScrollBar()
    search_and_choose(sitting, far_down, "email")
    there: list[tuple[int, str | None]] = []

    def act() -> None:
        """In the very moment in which all rows are shown again, when nobody knows yet where the row stands."""
        if does == "scrolls":
            click(bar, QRect(0, bar.height() - 20, bar.width(), 4))
        else:
            click(table.viewport(), table.visualRect(page.model.index(2, 0)))
        there.append((bar.value(), page.current_id()))

    page.model.modelReset.connect(act, Qt.ConnectionType.SingleShotConnection)
    sitting.press(Qt.Key.Key_F, CTRL)
    sitting.replace("")
    wait_for(lambda: there, "the rows")
    sitting.settle()
    assert page.finder.wanted is None
    assert [(bar.value(), page.current_id())] == there
    assert same(sitting)
    assert bar.value() == 0 if does == "chooses another row" else bar.value() > 0


def test_what_is_saved_stands_in_the_record_which_is_read_again_after_the_row(
    at_courses: Sitting, truth: Truth
) -> None:
    sitting, page = at_courses, at_courses.page
    row_id, title = sitting.ids()[0], said(page, 0, "title")
    type_over(sitting, 0, "title", f"{title}!")
    seen = list[tuple[str, list[str]]]()

    def note(goes_on: bool) -> None:
        if not goes_on:
            states = [job.state for job in sitting.desk.jobs if job.label == "Course"]
            seen.append((form_editor(page, "title").typed(), list(states)))

    page.model.working.connect(note)
    sitting.save()
    page.model.working.disconnect(note)
    assert seen[0] == (f"{title}!", ["waiting"])
    record = page.form.record()
    assert record is not None
    assert record.values["title"] == f"{title}!"
    truth.rows("UPDATE courses SET title = %s WHERE id = %s", (title, row_id))
    sitting.press(Qt.Key.Key_F5)
