"""What becomes of what is not saved yet: how it looks, what keeps it, what saves it, what asks before it goes."""

import pytest

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from lms_desktop.views import theme
from tests.walks.answering import Answer
from tests.walks.cells import cell_picture, form_editor, ground, line_picture, said, type_over
from tests.walks.driving import CTRL, Sitting, click, wait_for
from tests.walks.truth import Truth

# How it looks, how it is saved


def test_unsaved_values_have_one_colour_in_table_and_form_and_are_counted(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    wanted = QColor(theme.color("warn_soft")).name()
    sitting.click_row(0, "category")
    before_cell, before_line = cell_picture(page, 0, "category"), line_picture(page, "category")
    type_over(sitting, 0, "category", "Unsaved")
    sitting.click_row(0, "title")
    assert ground(before_cell) != wanted
    assert ground(before_line) != wanted
    assert ground(cell_picture(page, 0, "category")) == wanted
    assert ground(line_picture(page, "category")) == wanted
    assert ground(line_picture(page, "title")) != wanted
    assert page.unsaved_bar.isVisible()
    assert "1 unsaved change" in page.unsaved_bar.accessibleName()
    assert sitting.window.navigation.entry("courses").badge == 1
    assert sitting.window.isWindowModified()
    form_editor(page, "title").setFocus()
    sitting.replace("From the form")
    sitting.press(Qt.Key.Key_Tab)
    assert said(page, 0, "title") == "From the form", "one draft, seen in both"
    assert ground(line_picture(page, "title")) == wanted
    assert "2 unsaved changes" in page.unsaved_bar.accessibleName()


def test_ctrl_s_takes_the_open_editors_value_along(at_courses: Sitting, truth: Truth) -> None:
    sitting, page = at_courses, at_courses.page
    row_id = sitting.ids()[0]
    sitting.click_row(0, "category")
    sitting.press(Qt.Key.Key_F2)
    sitting.replace("From the cell")
    sitting.save()
    assert truth.row("courses", row_id)["category"] == "From the cell"
    assert page.delegate.editor is None
    form_editor(page, "category").setFocus()
    sitting.replace("From the form")
    sitting.save()
    assert truth.row("courses", row_id)["category"] == "From the form"
    assert page.unsaved() == 0


def test_ctrl_s_with_what_is_no_value_saves_nothing_and_keeps_it(at_courses: Sitting, truth: Truth) -> None:
    sitting, page = at_courses, at_courses.page
    row_id = sitting.ids()[0]
    before = truth.row("courses", row_id)
    type_over(sitting, 0, "category", "A change beside it")
    form_editor(page, "estimated_duration_minutes").setFocus()
    sitting.replace("an hour")
    sitting.save()
    assert truth.row("courses", row_id) == before
    assert form_editor(page, "estimated_duration_minutes").has_keyboard()
    assert "whole number" in form_editor(page, "estimated_duration_minutes").reason
    assert page.unsaved() == 2


# What keeps them


def test_edits_survive_another_order_a_filter_that_hides_them_and_scrolling(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    row_id = sitting.ids()[0]
    type_over(sitting, 0, "category", "Kept")
    sitting.click_title("difficulty_level")
    wait_for(lambda: page.model.query.sorts and page.model.query.sorts[0].key == "difficulty_level", "the other order")
    sitting.settle()
    row = page.model.find(row_id)
    assert row is not None
    assert said(page, row, "category") == "Kept"
    sitting.press(Qt.Key.Key_F, CTRL)
    sitting.type("no course is called so")
    sitting.press(Qt.Key.Key_Return)
    assert sitting.total() == 0
    assert page.unsaved() == 1
    assert page.unsaved_bar.isVisible()
    sitting.press(Qt.Key.Key_Escape)
    sitting.click_title("title")
    sitting.settle()
    assert said(page, 0, "category") == "Kept"


@pytest.mark.parametrize("act", ["another order", "another page", "F5"])
def test_what_stands_in_an_open_editor_survives(act: str, at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    row_id = sitting.ids()[0]
    sitting.click_row(0, "category")
    sitting.press(Qt.Key.Key_F2)
    sitting.replace("Half typed")
    if act == "another order":
        sitting.click_title("difficulty_level")
        sitting.settle()
    elif act == "another page":
        sitting.open("users")
        assert page.unsaved() == 1
        sitting.open("courses")
    else:
        sitting.press(Qt.Key.Key_F5)
        sitting.press(Qt.Key.Key_Return)
    row = page.model.find(row_id)
    assert row is not None
    assert said(page, row, "category") == "Half typed"
    sitting.click_title("title")
    sitting.settle()


def test_edits_survive_scrolling_so_far_that_their_rows_are_forgotten(at_courses: Sitting) -> None:
    sitting = at_courses
    page = sitting.open("progress")
    assert sitting.total() > 5000
    sitting.click_row(0, "completed_at")
    sitting.press(Qt.Key.Key_F2)
    sitting.replace("2026-05-06 07:08")
    sitting.press(Qt.Key.Key_Return)
    bar = page.table.verticalScrollBar()
    for place in (bar.maximum(), bar.maximum() // 2, 0):
        bar.setValue(place)
        sitting.settle()
    assert said(page, 0, "completed_at") == "2026-05-06 07:08"
    assert page.unsaved() == 1


def test_drafts_of_a_page_survive_a_visit_to_another_page(at_courses: Sitting, truth: Truth) -> None:
    sitting, courses = at_courses, at_courses.page
    row_id = sitting.ids()[0]
    type_over(sitting, 0, "category", "Still here")
    sitting.press(Qt.Key.Key_N, CTRL)
    sitting.type("A new course")
    lessons = sitting.open("lessons")
    assert sitting.window.navigation.entry("courses").badge == courses.unsaved() > 1
    assert lessons.unsaved() == 0
    sitting.save()
    assert truth.row("courses", row_id)["category"] != "Still here", "Ctrl+S saves the page that is shown"
    sitting.open("courses")
    assert said(courses, 0, "category") == "Still here"
    assert courses.new_rows.index(0, 0).data() == "A new course"
    assert courses.band.isVisible()


def test_what_is_no_value_yet_waits_with_its_record(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    sitting.click_row(0)
    form_editor(page, "estimated_duration_minutes").setFocus()
    sitting.replace("half an hour")
    sitting.click_row(1)
    assert form_editor(page, "estimated_duration_minutes").typed() != "half an hour"
    assert page.unsaved() == 1
    sitting.click_row(0)
    assert form_editor(page, "estimated_duration_minutes").typed() == "half an hour"
    assert "whole number" in form_editor(page, "estimated_duration_minutes").reason


# What gives them up


def test_discard_asks_first(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    before = said(page, 0, "category")
    type_over(sitting, 0, "category", "Given up")
    answer = Answer("Cancel")
    click(page.unsaved_bar.discard_button)
    answer.wait()
    assert "1 unsaved change" in answer.said
    assert said(page, 0, "category") == "Given up"
    answer = Answer("Discard")
    click(page.unsaved_bar.discard_button)
    answer.wait()
    sitting.settle()
    assert said(page, 0, "category") == before
    assert page.unsaved() == 0
    assert not page.unsaved_bar.isVisible()


def test_preview_says_what_would_be_saved(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    type_over(sitting, 0, "category", "Previewed")
    answer = Answer("Close")
    click(page.unsaved_bar.preview_button)
    answer.wait()
    assert answer.said
    assert page.unsaved() == 1


def test_closing_with_unsaved_changes_asks_and_may_be_thought_better_of(at_courses: Sitting, truth: Truth) -> None:
    sitting, page = at_courses, at_courses.page
    row_id = sitting.ids()[0]
    before = truth.row("courses", row_id)
    closed: list[bool] = []
    sitting.window.closed.connect(lambda: closed.append(True))
    type_over(sitting, 0, "category", "Almost lost")
    sitting.open("users")
    answer = Answer("Stay here")
    assert not sitting.window.close()
    answer.wait()
    assert "1 unsaved change" in answer.said
    assert sitting.window.isVisible()
    assert sitting.page.name == "courses", "what would be lost is shown"
    assert said(page, 0, "category") == "Almost lost"
    answer = Answer("Discard and leave")
    assert sitting.window.close()
    answer.wait()
    assert closed == [True]
    assert truth.row("courses", row_id) == before
    sitting.window.show()
    sitting.window.activateWindow()
    wait_for(sitting.window.isActiveWindow, "the window")


@pytest.mark.parametrize("place", ["table", "form"])
def test_closing_while_an_editor_holds_another_value_asks(place: str, at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    sitting.click_row(0, "category")
    if place == "table":
        sitting.press(Qt.Key.Key_F2)
    else:
        form_editor(page, "category").setFocus()
    sitting.replace("Half typed")
    answer = Answer("Stay here")
    assert not sitting.window.close()
    answer.wait()
    sitting.settle()
    assert said(page, 0, "category") == "Half typed"


def test_closing_with_nothing_unsaved_asks_nothing(at_courses: Sitting) -> None:
    sitting = at_courses
    answer = Answer("Stay here")
    assert sitting.window.close()
    answer.expect_none()
    sitting.window.show()
    sitting.window.activateWindow()
    wait_for(sitting.window.isActiveWindow, "the window")
