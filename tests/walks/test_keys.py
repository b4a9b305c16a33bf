"""The keys of the product, pressed at the real window."""

import pytest

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lms_desktop.views.text_editors import LineField
from tests.walks.answering import Answer
from tests.walks.cells import cell_editor, cell_picture, form_editor, said, spoken, type_over
from tests.walks.driving import CTRL, SHIFT, Sitting, wait_for
from tests.walks.truth import Truth

# Editing in the table


@pytest.mark.parametrize("key", [Qt.Key.Key_F2, Qt.Key.Key_Return])
def test_f2_and_enter_edit_the_cell(key: Qt.Key, at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    sitting.click_row(1, "title")
    sitting.press(key)
    editor = cell_editor(page)
    assert editor is not None
    assert editor.has_keyboard()
    sitting.replace("Another title")
    sitting.press(Qt.Key.Key_Return)
    assert cell_editor(page) is None
    assert said(page, 1, "title") == "Another title"
    assert page.unsaved() == 1


def test_esc_in_the_editor_leaves_the_cell_as_it_was(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    before = said(page, 0, "title")
    sitting.click_row(0, "title")
    sitting.press(Qt.Key.Key_F2)
    sitting.replace("Not this")
    sitting.press(Qt.Key.Key_Escape)
    assert cell_editor(page) is None
    assert said(page, 0, "title") == before
    assert page.unsaved() == 0


def test_esc_on_an_unsaved_cell_reverts_that_cell_alone(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    before = said(page, 0, "title")
    type_over(sitting, 0, "title", "Not this")
    type_over(sitting, 0, "category", "But this")
    sitting.click_row(0, "title")
    sitting.press(Qt.Key.Key_Escape)
    assert said(page, 0, "title") == before
    assert said(page, 0, "category") == "But this"
    assert page.unsaved() == 1


def test_tab_takes_the_value_and_goes_on_to_the_next_cell_that_can_be_edited(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    sitting.click_row(2, "difficulty_level")
    sitting.press(Qt.Key.Key_F2)
    sitting.press(Qt.Key.Key_Tab)
    editor = page.delegate.editor
    assert editor is not None
    assert editor.field.key == "is_published", "past the number of lessons, which is counted and not typed"
    sitting.press(Qt.Key.Key_Escape)
    sitting.click_row(2, "title")
    sitting.press(Qt.Key.Key_F2)
    sitting.replace("Tabbed")
    sitting.press(Qt.Key.Key_Tab)
    assert said(page, 2, "title") == "Tabbed"
    assert page.delegate.editor is not None
    assert page.delegate.editor.field.key == "instructor_id"
    sitting.press(Qt.Key.Key_Backtab, SHIFT)
    assert page.delegate.editor is not None
    assert page.delegate.editor.field.key == "title"
    sitting.press(Qt.Key.Key_Escape)


def test_arrows_go_through_a_cells_choices_and_enter_takes_one(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    sitting.click_row(0, "difficulty_level")
    sitting.press(Qt.Key.Key_0, CTRL)
    sitting.press(Qt.Key.Key_F2)
    sitting.press(Qt.Key.Key_Down)
    sitting.press(Qt.Key.Key_Down)
    sitting.press(Qt.Key.Key_Return)
    assert said(page, 0, "difficulty_level") == "Intermediate"
    assert cell_editor(page) is None
    sitting.press(Qt.Key.Key_F2)
    sitting.press(Qt.Key.Key_Down)
    sitting.press(Qt.Key.Key_Escape)
    assert said(page, 0, "difficulty_level") == "Intermediate"


def test_a_choice_from_the_open_list_ends_the_editing_of_its_cell(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    sitting.click_row(0, "difficulty_level")
    sitting.press(Qt.Key.Key_0, CTRL)
    sitting.press(Qt.Key.Key_F2)
    sitting.press(Qt.Key.Key_F4)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Return):
        opened = QApplication.activePopupWidget()
        assert opened is not None
        QTest.keyClick(opened.focusWidget() or opened, key)
    sitting.settle()
    assert cell_editor(page) is None
    assert said(page, 0, "difficulty_level") == "Beginner"


def test_enter_on_a_cell_that_is_counted_goes_to_the_form(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    sitting.click_row(1, "lessons")
    sitting.press(Qt.Key.Key_Return)
    assert cell_editor(page) is None
    keyboard = QApplication.focusWidget()
    assert keyboard is not None
    assert page.form.isAncestorOf(keyboard)


def test_esc_in_the_form_puts_back_what_is_stored(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    before = said(page, 0, "title")
    sitting.click_row(0)
    form_editor(page, "title").setFocus()
    sitting.replace("Typed")
    sitting.press(Qt.Key.Key_Tab)
    assert page.unsaved() == 1
    form_editor(page, "title").setFocus()
    sitting.replace("Typed over it")
    sitting.press(Qt.Key.Key_Escape)
    assert form_editor(page, "title").typed() == before
    assert said(page, 0, "title") == before
    assert page.unsaved() == 0


# NULL


def test_ctrl_0_sets_null_in_the_table_in_its_editor_and_in_the_form(at_courses: Sitting, truth: Truth) -> None:
    sitting, page = at_courses, at_courses.page
    ids = sitting.ids()[:3]
    truth.rows("UPDATE courses SET category = 'Something' WHERE id = ANY(%s::uuid[])", (ids,))
    sitting.press(Qt.Key.Key_F5)
    sitting.click_row(0, "category")
    sitting.press(Qt.Key.Key_0, CTRL)
    sitting.click_row(1, "category")
    sitting.press(Qt.Key.Key_F2)
    sitting.press(Qt.Key.Key_0, CTRL)
    sitting.press(Qt.Key.Key_Return)
    sitting.click_row(2)
    form_editor(page, "category").setFocus()
    sitting.press(Qt.Key.Key_0, CTRL)
    assert [said(page, row, "category") for row in range(3)] == ["—"] * 3
    assert [spoken(page, row, "category") for row in range(3)] == ["no value, not saved"] * 3
    sitting.save()
    assert [truth.row("courses", row_id)["category"] for row_id in ids] == [None] * 3


def test_ctrl_0_where_a_value_is_needed_changes_nothing_and_says_so(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    heard: list[str] = []
    page.status.connect(heard.append)
    sitting.click_row(0, "title")
    sitting.press(Qt.Key.Key_0, CTRL)
    page.status.disconnect(heard.append)
    assert page.unsaved() == 0
    assert any("needs a value" in sentence for sentence in heard)


def test_null_and_the_empty_text_look_different_and_are_stored_differently(at_courses: Sitting, truth: Truth) -> None:
    sitting, page = at_courses, at_courses.page
    for row in (0, 1):
        type_over(sitting, row, "category", "x")
    sitting.save()
    sitting.click_row(0, "category")
    sitting.press(Qt.Key.Key_0, CTRL)
    type_over(sitting, 1, "category", "")
    sitting.save()
    first, second = sitting.ids()[:2]
    assert truth.row("courses", first)["category"] is None
    assert truth.row("courses", second)["category"] == ""
    sitting.click_row(3)
    assert (spoken(page, 0, "category"), spoken(page, 1, "category")) == ("no value", "empty text")
    assert cell_picture(page, 0, "category") != cell_picture(page, 1, "category")
    placeholders = []
    for row in (0, 1):
        sitting.click_row(row)
        editor = form_editor(page, "category")
        assert isinstance(editor, LineField)
        placeholders.append(editor.line.placeholderText())
    assert placeholders == ["—", "empty text"]


# Searching


def test_ctrl_f_searches_here_esc_shows_all_and_down_goes_to_the_rows(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    all_rows = sitting.total()
    sitting.click_row(0)
    sitting.press(Qt.Key.Key_F, CTRL)
    assert page.filters.search.hasFocus()
    sitting.type("algebra")
    sitting.settle()
    assert 0 < sitting.total() < all_rows, "after a pause in typing, without Enter"
    assert all("lgebra" in said(page, row, "title") for row in range(sitting.total()))
    sitting.press(Qt.Key.Key_Escape)
    assert sitting.total() == all_rows
    sitting.press(Qt.Key.Key_Down)
    assert page.table.hasFocus()


def test_ctrl_k_finds_a_person_and_enter_opens_their_record(at_courses: Sitting, truth: Truth) -> None:
    sitting = at_courses
    ((row_id, name),) = truth.rows("SELECT id::text, full_name FROM users WHERE email = 'registrar@lms.com'")
    sitting.press(Qt.Key.Key_K, CTRL)
    assert sitting.window.quick_search.field.hasFocus()
    sitting.type(name)
    sitting.settle()
    wait_for(lambda: any(name in text for text in _found(sitting)), "the person in the list")
    sitting.press(Qt.Key.Key_Return)
    assert sitting.page.name == "users"
    assert sitting.page.form.row_id() == row_id
    record = sitting.page.form.record()
    assert record is not None
    assert record.title == name


def test_ctrl_k_finds_pages_too(at_courses: Sitting) -> None:
    sitting = at_courses
    sitting.press(Qt.Key.Key_K, CTRL)
    sitting.type("certif")
    sitting.settle()
    sitting.press(Qt.Key.Key_Return)
    assert sitting.page.name == "certificates"


def _found(sitting: Sitting) -> list[str]:
    found = sitting.window.quick_search.list
    return [found.item(row).text() for row in range(found.count())]


# Taking back, help


def test_ctrl_z_takes_back_the_last_unsaved_change_first(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    before = [said(page, 0, "title"), said(page, 1, "category")]
    type_over(sitting, 0, "title", "First")
    type_over(sitting, 0, "title", "Second")
    type_over(sitting, 1, "category", "Third")
    page.table.setFocus()
    sitting.press(Qt.Key.Key_Z, CTRL)
    assert [said(page, 0, "title"), said(page, 1, "category")] == ["Second", before[1]]
    sitting.press(Qt.Key.Key_Z, CTRL)
    assert said(page, 0, "title") == "First"
    sitting.press(Qt.Key.Key_Z, CTRL)
    assert said(page, 0, "title") == before[0]
    assert page.unsaved() == 0


def test_ctrl_z_gives_a_new_row_up_at_last(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    sitting.click_row(2)
    row_id = page.form.row_id()
    sitting.press(Qt.Key.Key_N, CTRL)
    page.band.setFocus()
    sitting.press(Qt.Key.Key_Z, CTRL)
    assert page.unsaved() == 0
    assert not page.band.isVisible()
    assert page.form.row_id() == row_id, "the row that was shown before is shown again"


def test_ctrl_z_in_an_open_editor_takes_back_its_typing_alone(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    type_over(sitting, 0, "title", "Stays")
    sitting.click_row(1, "category")
    sitting.press(Qt.Key.Key_F2)
    sitting.type("abc")
    sitting.press(Qt.Key.Key_Z, CTRL)
    assert page.delegate.editor is not None
    assert not page.delegate.editor.typed().endswith("abc")
    assert said(page, 0, "title") == "Stays"
    sitting.press(Qt.Key.Key_Escape)


def test_f1_lists_the_keys(at_courses: Sitting) -> None:
    sitting = at_courses
    answer = Answer("Close")
    sitting.press(Qt.Key.Key_F1)
    answer.wait()
    for key in ("F2", "Esc", "Tab", "Ctrl 0", "Ctrl N", "Del", "F5", "Ctrl F", "Ctrl K", "Ctrl S", "Ctrl Z", "F1"):
        assert key in answer.said.splitlines(), key
