"""The keys of the product, pressed at the real window."""

import pytest

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from lms_desktop.views.text_editors import LineField
from tests.walks.answering import Answer
from tests.walks.cells import cell_editor, cell_picture, form_editor, said, spoken, type_over
from tests.walks.driving import CTRL, SHIFT, Sitting, column_of, wait_for
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


# Rows


def test_ctrl_n_begins_a_row_and_del_gives_it_up(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    sitting.click_row(0)
    sitting.press(Qt.Key.Key_N, CTRL)
    assert page.band.isVisible()
    assert form_editor(page, "title").has_keyboard(), "what a new row needs first has the keyboard"
    sitting.type("A course that will not be")
    sitting.press(Qt.Key.Key_Tab)
    assert page.new_rows.index(0, 0).data() == "A course that will not be"
    page.band.setFocus()
    sitting.press(Qt.Key.Key_Delete)
    assert not page.band.isVisible()
    assert page.unsaved() == 0


def test_a_new_row_is_edited_in_its_band_too(at_courses: Sitting, truth: Truth) -> None:
    sitting, page = at_courses, at_courses.page
    sitting.press(Qt.Key.Key_N, CTRL)
    new_id = page.form.row_id()
    assert new_id is not None
    page.band.setFocus()
    page.band.setCurrentIndex(page.new_rows.index(0, column_of(page, "title")))
    sitting.press(Qt.Key.Key_F2)
    sitting.type("Typed in the band")
    sitting.press(Qt.Key.Key_Tab)
    editor = page.band_delegate.editor
    assert editor is not None
    assert editor.field.key == "instructor_id"
    sitting.type("ingrid")
    sitting.press(Qt.Key.Key_Return)
    sitting.settle()
    assert "Ingrid" in str(page.new_rows.index(0, column_of(page, "instructor_id")).data())
    sitting.save()
    assert truth.row("courses", new_id)["title"] == "Typed in the band"
    assert page.form.row_id() == new_id, "it stays in the form"
    assert page.model.row_id(page.table.currentIndex().row()) == new_id, "and is found in the table"
    truth.rows("DELETE FROM courses WHERE id = %s", (new_id,))


def test_what_a_new_row_still_needs_is_said(at_courses: Sitting) -> None:
    sitting = at_courses
    page = sitting.open("lessons")
    sitting.press(Qt.Key.Key_N, CTRL)
    sitting.save()
    assert page.banner.isVisible()
    assert page.banner.text.startswith("Course is needed")
    assert form_editor(page, "course_id").has_keyboard()
    assert page.band.isVisible()


def test_several_rows_are_deleted_together(at_courses: Sitting, truth: Truth) -> None:
    sitting, page = at_courses, at_courses.page
    insert_three_courses(truth)
    sitting.press(Qt.Key.Key_F5)
    sitting.click_row(0)
    sitting.click_row(2, modifiers=SHIFT)
    answer = Answer("Delete 3 courses")
    sitting.press(Qt.Key.Key_Delete)
    answer.wait()
    sitting.settle()
    assert truth.ids("courses", "t.slug LIKE 'inserted-%'") == []
    record = page.form.record()
    assert record is not None, "a row that stands there now is shown"
    assert record.id == page.model.row_id(page.table.currentIndex().row())


def insert_three_courses(truth: Truth) -> None:
    """Somebody else adds three courses before all others."""
    truth.rows(
        "INSERT INTO courses (id, title, slug, instructor_id, is_published) SELECT gen_random_uuid(), '0' || i,"
        " 'inserted-' || i, (SELECT id FROM users WHERE email = 'admin@lms.com'), false FROM generate_series(1, 3) i"
    )


def test_del_asks_with_the_impact_and_keeps_what_is_to_be_kept(at_courses: Sitting, truth: Truth) -> None:
    sitting, page = at_courses, at_courses.page
    row_id = truth.value(
        "SELECT c.id::text FROM courses c WHERE EXISTS (SELECT 1 FROM quizzes q WHERE q.course_id = c.id)"
        " ORDER BY (SELECT count(*) FROM enrollments e WHERE e.course_id = c.id) DESC LIMIT 1"
    )
    sitting.click_record(row_id)
    answer = Answer("Keep")
    sitting.press(Qt.Key.Key_Delete)
    answer.wait()
    counts = {
        "lessons": "SELECT count(*) FROM lessons WHERE course_id = %s",
        "enrollments": "SELECT count(*) FROM enrollments WHERE course_id = %s",
        "quizzes": "SELECT count(*) FROM quizzes WHERE course_id = %s",
        "certificate": "SELECT count(*) FROM certificates WHERE enrollment_id IN"
        " (SELECT id FROM enrollments WHERE course_id = %s)",
    }
    for word, statement in counts.items():
        number = truth.value(statement, (row_id,))
        assert f"{number}\n{word}"[:-1] in answer.said, f"{number} {word} in: {answer.said}"
    assert str(truth.row("courses", row_id)["title"]) in answer.said
    assert truth.exists("courses", row_id)
    assert page.form.row_id() == row_id


def test_f5_reads_again_and_keeps_the_row_though_others_came_before_it(at_courses: Sitting, truth: Truth) -> None:
    sitting, page = at_courses, at_courses.page
    sitting.click_row(4, "category")
    row_id = page.form.row_id()
    assert row_id is not None
    insert_three_courses(truth)
    sitting.press(Qt.Key.Key_F5)
    assert page.form.row_id() == row_id
    assert page.model.row_id(page.table.currentIndex().row()) == row_id
    assert page.table.currentIndex().row() == 7
    assert [said(page, row, "title") for row in range(3)] == ["01", "02", "03"]
    truth.rows("DELETE FROM courses WHERE slug LIKE 'inserted-%'")
    sitting.press(Qt.Key.Key_F5)
    assert page.table.currentIndex().row() == 4
    assert page.form.row_id() == row_id


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
