"""A lesson written, looked at, saved and taken back, and what is not ready mended, at the real window."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lms_desktop.entities import Course, Lesson, Quiz
from lms_desktop.views.course.course_editor import PROGRESS, CourseEditor
from lms_desktop.views.course.lesson_editor import LessonEditor
from lms_desktop.views.course.markdown_editor import MarkdownEditor
from lms_desktop.views.page import Destination
from tests.walks.driving import CTRL, Sitting, click, wait_for
from tests.walks.others import rows, value, write
from tests.walks.seating import get_up, sit_down

HERS = "academic-writing"


@pytest.fixture
def sitting(seeded_url: URL, tmp_path: Path, _look: None) -> Iterator[Sitting]:
    """The instructor before her course."""
    made = sit_down(seeded_url, "instructor@lms.com", tmp_path / "settings.ini", page="courses")
    course = str(value(seeded_url, "SELECT id::text FROM courses WHERE slug = %s", HERS))
    assert made.window.page is not None
    made.window.page.open_requested.emit(Destination("course", course))
    made.settle()
    assert made.course.title() == "Academic Writing"
    yield made
    get_up(made)


def first_lesson(url: URL) -> str:
    """The id of her first lesson."""
    found = (
        'SELECT l.id::text FROM lessons l JOIN courses c ON c.id = course_id WHERE slug = %s ORDER BY "order" LIMIT 1'
    )
    return str(value(url, found, HERS))


def before_the_lesson(sitting: Sitting) -> tuple[LessonEditor, MarkdownEditor]:
    """Choose the first lesson."""
    sitting.course.choose(Lesson, first_lesson(sitting.url))
    sitting.settle()
    editor = sitting.course.editor(Lesson)
    assert isinstance(editor, LessonEditor)
    text = editor.details.fields.rows["content"].editor
    assert isinstance(text, MarkdownEditor)
    return editor, text


def before_the_course(sitting: Sitting) -> CourseEditor:
    """Choose the course itself."""
    sitting.course.choose(Course, sitting.course.course_id)
    sitting.settle()
    editor = sitting.course.editor(Course)
    assert isinstance(editor, CourseEditor)
    return editor


def test_a_text_is_written_looked_at_saved_and_taken_back(sitting: Sitting) -> None:
    lesson = first_lesson(sitting.url)
    before = rows(sitting.url, "SELECT content FROM lessons WHERE id = %s", lesson)
    _, text = before_the_lesson(sitting)
    click(text.edit)
    sitting.press(Qt.Key.Key_A, CTRL)
    sitting.press(Qt.Key.Key_B, CTRL)
    sitting.press(Qt.Key.Key_Z, CTRL)
    sitting.press(Qt.Key.Key_A, CTRL)
    QTest.keyClicks(text.edit, "Cite ")
    sitting.press(Qt.Key.Key_B, CTRL)
    QTest.keyClicks(text.edit, "everything")
    wait_for(lambda: text.preview.toPlainText() == "Cite everything", "the preview")
    sitting.press(Qt.Key.Key_S, CTRL)
    sitting.settle()
    assert value(sitting.url, "SELECT content FROM lessons WHERE id = %s", lesson) == "Cite **everything**"
    sitting.press(Qt.Key.Key_Z, CTRL)
    sitting.settle()
    assert rows(sitting.url, "SELECT content FROM lessons WHERE id = %s", lesson) == before


def test_what_is_typed_survives_a_look_at_another_lesson(sitting: Sitting) -> None:
    _, text = before_the_lesson(sitting)
    click(text.edit)
    sitting.press(Qt.Key.Key_A, CTRL)
    QTest.keyClicks(text.edit, "Not saved yet")
    before_the_course(sitting)
    _, text = before_the_lesson(sitting)
    assert text.edit.toPlainText() == "Not saved yet"
    assert text.preview.toPlainText() == "Not saved yet"
    assert sitting.course.unsaved() == 1


def test_what_is_not_ready_is_gone_to_and_mended(sitting: Sitting) -> None:
    course = sitting.course.course_id
    quiz = value(sitting.url, "SELECT id::text FROM quizzes WHERE course_id = %s LIMIT 1", course) or ""
    write(sitting.url, "UPDATE quizzes SET passing_score_percentage = 170 WHERE id = %s", quiz)
    editor = before_the_course(sitting)
    listed = editor.overview.list
    wait_for(lambda: any("pass mark" in listed.item(at).text() for at in range(listed.count())), "the problem")
    at = next(at for at in range(listed.count()) if "pass mark" in listed.item(at).text())
    QTest.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=listed.visualItemRect(listed.item(at)).center())
    sitting.settle()
    there = sitting.course.editor(Quiz)
    assert there.isVisible()
    assert there.row_id() == quiz


def test_a_cell_of_the_progress_leads_to_its_record_and_back(sitting: Sitting) -> None:
    editor = before_the_course(sitting)
    editor.tabs.setCurrentIndex(PROGRESS)
    sitting.settle()
    table, model = editor.progress.table, editor.progress.model
    wait_for(lambda: model.student(0) is not None, "the students")
    table.setFocus()
    row, column = next((row, column) for row in range(20) for column in range(4) if model.mark(row, column) is not None)
    table.setCurrentIndex(model.index(row, column))
    mark = model.mark(row, column)
    assert mark is not None
    QTest.keyClick(table, Qt.Key.Key_Return)
    sitting.settle()
    assert sitting.page.name == "progress"
    assert sitting.page.form.row_id() == mark.id
    sitting.press(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    sitting.settle()
    assert sitting.course.title() == "Academic Writing"
    assert QApplication.focusWidget() is not None
