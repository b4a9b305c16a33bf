"""Deleting in the real window: many rows with progress and a way to stop, remedies, what is refused at once."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy import URL

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from lms_desktop.services import large_deletes
from lms_desktop.views import selected_rows
from lms_desktop.views.delete_dialog import DeleteDialog
from lms_desktop.views.reference_picker import ReferenceEditor
from lms_desktop.views.waiting import WaitSheet
from lms_desktop.views.work_bar import WorkBar
from tests import big_course
from tests.walks.answering import Answer
from tests.walks.driving import CTRL, SHIFT, ZONE, Sitting, click, type_into, wait_for
from tests.walks.others import write
from tests.walks.pulse import Pulse
from tests.walks.seating import get_up, sit_down
from tests.walks.truth import Truth
from tests.walks.undoing import sums

ENROLLMENTS, PROGRESS = 1_500, 6_000


@pytest.fixture
def school(seeded_url: URL) -> URL:
    """The sample school with one course more, which very many take."""
    with closing(psycopg2.connect(seeded_url.set(drivername="postgresql").render_as_string(False))) as connection:
        big_course.fill(connection, ENROLLMENTS, PROGRESS)
    return seeded_url


@pytest.fixture
def admin(school: URL, _look: None, tmp_path: Path) -> Iterator[Sitting]:
    """An administrator before the courses."""
    sitting = sit_down(school, "admin@lms.com", tmp_path / "admin.ini", page="courses")
    yield sitting
    get_up(sitting)


def find(sitting: Sitting, row_id: str) -> None:
    """Search for a row and select it."""
    sitting.press(Qt.Key.Key_F, CTRL)
    sitting.replace(row_id)
    sitting.press(Qt.Key.Key_Return)
    assert sitting.ids() == [row_id]
    sitting.click_record(row_id)


def delete(sitting: Sitting, button: str) -> Answer:
    """Press Del and answer the question."""
    answer = Answer(button)
    QTest.keyClick(sitting.page.table, Qt.Key.Key_Delete)
    return answer.wait()


def exists(sitting: Sitting, table: str, condition: str) -> int:
    """How many rows there are, as seen from outside."""
    with closing(Truth(sitting.url, ZONE)) as truth:
        ((number,),) = truth.rows(f"SELECT count(*) FROM {table} WHERE {condition}")
    return int(number)


def test_a_large_delete_shows_how_far_it_is_and_the_window_lives(
    admin: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_deletes, "CHUNK", 500)
    find(admin, big_course.COURSE)
    bar: WorkBar = admin.window.work
    told: list[tuple[int, str]] = []
    pulse = Pulse()
    answer = delete(admin, "Delete course")
    look = QTimer(bar)
    look.timeout.connect(lambda: told.append((bar.progress.value(), bar.words.text())) if bar.isVisible() else None)
    look.start(1)
    assert {str(ENROLLMENTS), str(PROGRESS)} <= set(answer.said.split("\n"))
    assert "Ctrl+Z" in answer.said
    wait_for(lambda: bool(told) and not bar.isVisible(), "the end of the delete")
    admin.settle()
    look.stop()
    assert not exists(admin, "courses", f"id = '{big_course.COURSE}'")
    pulse.stop()
    assert pulse.steady, pulse.longest
    assert "Deleting The big course · enrollments…" in [words for _, words in told]
    assert [value for value, _ in told] == sorted(value for value, _ in told), "it never goes back"
    assert not bar.isVisible()
    assert exists(admin, "lms_desktop.operations", "sentence = 'Deleted The big course.'") == 1
    assert exists(admin, "lms_desktop.changes", "action = 'D'") == 1 + 4 + ENROLLMENTS + PROGRESS


def test_a_large_delete_that_is_stopped_leaves_everything_as_it_was(
    admin: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_deletes, "CHUNK", 200)
    before = sums(admin.url)
    find(admin, big_course.COURSE)
    bar: WorkBar = admin.window.work
    delete(admin, "Delete course")
    wait_for(lambda: bar.isVisible() and bar.progress.value() > 0, "the delete to begin")
    began = time.monotonic()
    click(bar.cancel_button)
    wait_for(lambda: not bar.isVisible(), "the end")
    assert time.monotonic() - began < 2
    admin.settle()
    assert admin.window.status_text() == "Cancelled. Nothing was deleted."
    assert sums(admin.url) == before
    assert admin.ids() == [big_course.COURSE]


def test_rows_that_nobody_scrolled_to_are_deleted_as_selected(admin: Sitting) -> None:
    page = admin.open("enrollments")
    admin.press(Qt.Key.Key_F, CTRL)
    admin.replace("big.edu")
    admin.press(Qt.Key.Key_Return)
    wait_for(lambda: page.model.exact and page.model.total == ENROLLMENTS, "the enrollments of the big course")
    admin.click_row(0)
    page.table.scrollTo(page.model.index(299, 0))
    admin.settle()
    admin.click_row(299, modifiers=SHIFT)
    assert page.model.row(150) is None, "nobody has looked at it"
    answer = delete(admin, "Withdraw 300 enrollments")
    assert "1200\nprogress" in answer.said
    wait_for(lambda: exists(admin, "enrollments", f"course_id = '{big_course.COURSE}'") == ENROLLMENTS - 300, "them")
    admin.settle()


def test_more_rows_than_are_deleted_at_one_time_are_refused_in_words(
    admin: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selected_rows, "MOST_ROWS", 3)
    before = sums(admin.url)
    admin.page.table.setFocus()
    admin.page.table.selectAll()
    answer = delete(admin, "Close")
    assert "something is done to at most 3 at one time" in answer.said
    assert sums(admin.url) == before


def test_ones_own_account_is_refused_before_any_question(admin: Sitting) -> None:
    with closing(Truth(admin.url, ZONE)) as truth:
        ((me,),) = truth.rows("SELECT id::text FROM users WHERE email = 'admin@lms.com'")
    page = admin.open("users")
    find(admin, me)
    answer = delete(admin, "Close")
    assert "You cannot delete your own account." in answer.said
    offered: list[str] = []

    def read() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        offered.extend(action.text() for action in menu.actions())
        menu.close()

    QTimer.singleShot(100, page, read)
    page.table.row_menu_wanted.emit(0, page.table.mapToGlobal(page.table.rect().center()))
    wait_for(lambda: bool(offered), "the menu")
    assert "Copy" in offered
    assert not [text for text in offered if text.startswith("Delete")]


def test_an_instructors_courses_are_reassigned_and_the_instructor_deleted_by_one_answer(admin: Sitting) -> None:
    admin.open("users")
    find(admin, big_course.TEACHER)
    with closing(Truth(admin.url, ZONE)) as truth:
        ((heir, name),) = truth.rows(
            "SELECT id::text, full_name FROM users WHERE role = 'instructor' AND is_active AND id <> %s"
            " ORDER BY email LIMIT 1",
            (big_course.TEACHER,),
        )
    done: list[str] = []

    def pick() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, DeleteDialog):
            QTimer.singleShot(20, admin.window, pick)
            return
        assert not dialog.delete_button.isEnabled()
        editor = dialog.findChild(ReferenceEditor)
        assert editor is not None
        editor.line.setFocus()
        type_into(editor.line, name)
        QTest.keyClick(editor.line, Qt.Key.Key_Return)
        wait_for(dialog.delete_button.isEnabled, "somebody to be picked")
        done.append(dialog.delete_button.text())
        click(dialog.delete_button)

    QTimer.singleShot(20, admin.window, pick)
    QTest.keyClick(admin.page.table, Qt.Key.Key_Delete)
    wait_for(lambda: bool(done), "the question")
    admin.settle()
    assert done == ["Reassign 1 course and delete"]
    assert not exists(admin, "users", f"id = '{big_course.TEACHER}'")
    assert exists(admin, "courses", f"id = '{big_course.COURSE}' AND instructor_id = '{heir}'") == 1
    assert exists(admin, "lms_desktop.operations", "true") == 1


def test_figures_that_change_between_question_and_answer_stop_it(admin: Sitting) -> None:
    find(admin, big_course.COURSE)
    asked: list[str] = []

    def meanwhile() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, DeleteDialog):
            QTimer.singleShot(20, admin.window, meanwhile)
            return
        write(
            admin.url,
            "DELETE FROM enrollments WHERE id = (SELECT min(id::text)::uuid FROM enrollments WHERE course_id = %s)",
            big_course.COURSE,
        )
        asked.append(dialog.delete_button.text())
        click(dialog.delete_button)

    QTimer.singleShot(20, admin.window, meanwhile)
    QTest.keyClick(admin.page.table, Qt.Key.Key_Delete)
    wait_for(lambda: bool(asked), "the question")
    refused = Answer("Close").wait()
    assert "other rows hang on this than when you were asked" in refused.said
    admin.settle()
    assert exists(admin, "enrollments", f"course_id = '{big_course.COURSE}'") == ENROLLMENTS - 1
    assert not admin.window.work.isVisible()


def test_counting_that_takes_long_can_be_given_up(admin: Sitting) -> None:
    find(admin, big_course.COURSE)
    address = admin.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg2.connect(address)) as other, other.cursor() as cursor:
        cursor.execute("LOCK TABLE lesson_progress IN ACCESS EXCLUSIVE MODE")
        QTest.keyClick(admin.page.table, Qt.Key.Key_Delete)
        wait_for(lambda: isinstance(QApplication.activeModalWidget(), WaitSheet), "that it says it counts")
        sheet = QApplication.activeModalWidget()
        assert sheet is not None
        assert sheet.windowTitle() == "Counting what hangs on it"
        QTest.keyClick(sheet, Qt.Key.Key_Escape)
        wait_for(lambda: QApplication.activeModalWidget() is None, "its end")
        wait_for(lambda: not [job for job in admin.desk.jobs if job.kind == "read"], "the end of the counting")
        other.rollback()
    admin.settle()
    assert exists(admin, "courses", f"id = '{big_course.COURSE}'")
