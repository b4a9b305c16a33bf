"""The keys that add, delete and read again whole rows."""

from PySide6.QtCore import Qt

from tests.walks.answering import Answer
from tests.walks.cells import form_editor, said
from tests.walks.driving import CTRL, SHIFT, Sitting, column_of
from tests.walks.truth import Truth


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


def test_what_del_gave_up_unasked_comes_back_by_ctrl_z_with_all_that_was_typed(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    sitting.click_row(0)
    sitting.press(Qt.Key.Key_N, CTRL)
    new_id = page.form.row_id()
    sitting.type("Deleted by mistake")
    sitting.press(Qt.Key.Key_Tab)
    page.band.setFocus()
    sitting.press(Qt.Key.Key_Delete)
    assert page.unsaved() == 0
    sitting.press(Qt.Key.Key_Z, CTRL)
    assert page.new_rows.index(0, 0).data() == "Deleted by mistake"
    assert page.form.row_id() == new_id, "it is shown again"
    page.band.setFocus()
    sitting.press(Qt.Key.Key_Z, CTRL | SHIFT)
    assert not page.band.isVisible()
    assert page.unsaved() == 0
    sitting.press(Qt.Key.Key_Z, CTRL)
    page.band.setFocus()
    sitting.press(Qt.Key.Key_Z, CTRL)
    assert page.new_rows.index(0, 0).data() != "Deleted by mistake", "the typing before it is taken back next"
    page.discard()


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


def test_ctrl_end_and_ctrl_home_lead_to_the_last_and_the_first_record(at_courses: Sitting) -> None:
    sitting = at_courses
    page = sitting.open("users")
    sitting.click_row(1)
    sitting.press(Qt.Key.Key_End, CTRL)
    assert not page.model.is_reading()
    last = page.model.total - 1
    assert page.table.selected_ranges() == [(last, last)]
    assert page.form.row_id() == page.model.row_id(last) is not None
    sitting.press(Qt.Key.Key_Up)
    assert page.form.row_id() == page.model.row_id(last - 1) is not None, "on from there"
    sitting.press(Qt.Key.Key_Home, CTRL)
    assert page.table.selected_ranges() == [(0, 0)]
    assert page.form.row_id() == page.model.row_id(0)
    sitting.press(Qt.Key.Key_End, CTRL | SHIFT)
    assert page.table.selected_ranges() == [(0, last)], "with Shift all from here on"


def test_the_keyboard_alone_stays_where_ctrl_and_page_down_took_it(at_courses: Sitting) -> None:
    """Rows come there that were not loaded: they bring the keyboard back to the record shown no more."""
    sitting = at_courses
    page = sitting.open("users")
    sitting.click_row(1)
    shown = page.form.row_id()
    current = page.table.currentIndex().row()
    for _ in range(6):
        sitting.press(Qt.Key.Key_PageDown, CTRL)
        assert page.table.currentIndex().row() > current
        current = page.table.currentIndex().row()
    assert current > 60, "further than what was loaded"
    assert page.form.row_id() == shown
    assert page.table.selected_ranges() == [(1, 1)]
    sitting.press(Qt.Key.Key_Down)
    assert page.table.selected_ranges() == [(current + 1, current + 1)]
    assert page.form.row_id() == page.model.row_id(current + 1)


def test_a_new_row_stands_below_the_columns_as_they_were_arranged(at_courses: Sitting) -> None:
    sitting = at_courses
    page = sitting.open("quizzes")
    assert not page.has_band, "nobody has begun a row here"
    header = page.table.horizontalHeader()
    header.moveSection(header.visualIndex(2), 0)
    header.resizeSection(0, header.sectionSize(0) + 37)
    sitting.settle()
    sitting.press(Qt.Key.Key_N, CTRL)
    assert page.band.isVisible()
    own, columns = page.band.horizontalHeader(), range(page.model.columnCount())
    assert [own.visualIndex(column) for column in columns] == [header.visualIndex(column) for column in columns]
    assert own.visualIndex(2) == 0
    assert [own.sectionSize(column) for column in columns] == [header.sectionSize(column) for column in columns]
    header.moveSection(0, 2)
    assert [own.visualIndex(column) for column in columns] == [header.visualIndex(column) for column in columns]
    lowest, highest = (
        page.band.mapTo(page, page.band.rect().bottomLeft()),
        page.table.mapTo(page, page.rect().topLeft()),
    )
    assert lowest.y() < highest.y(), "it stands above the table"
    page.discard()
    assert not page.band.isVisible()
