"""What is typed and no value yet, while another program writes to the very row: it stays, or is told and can be had."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from lms_desktop.entities import Lesson
from lms_desktop.models import lookout
from lms_desktop.views.page import Destination
from tests.walks.acting import ADMIN, Person, Reply
from tests.walks.driving import CTRL, wait_for
from tests.walks.others import rows, value, write
from tests.walks.seating import get_up, sit_down
from tests.walks.test_lookout import Asked

HALF = "2030-01-"
ROW = 3

pytestmark = pytest.mark.usefixtures("_look")


@pytest.fixture
def person(seeded_url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    """An administrator before the enrollments, who sees what other programs write as soon as they have."""
    for name, pause in (("PAUSE", 0.25), ("BUSY", 0.05), ("PART", 1)):
        monkeypatch.setattr(lookout, name, pause)
    asked = Asked(monkeypatch)
    at = sit_down(seeded_url, ADMIN, tmp_path / "settings.ini", page="enrollments")
    try:
        wait_for(lambda: at.window.live.kind == "live", "being live")
        asked.once_more()
        yield Person(at.window, at.desk, seeded_url)
    finally:
        get_up(at)


def begin_in_cell(person: Person, text: str = HALF) -> str:
    """Begin to type a moment in a cell; the id of its row."""
    row_id = person.ids()[ROW]
    person.click_row(ROW, "completed_at")
    person.hit(Qt.Key.Key_F2)
    person.replace(text)
    return row_id


def begin_in_form(person: Person, text: str = HALF) -> str:
    """The same in the form."""
    row_id = person.ids()[ROW]
    person.click_row(ROW, "completed_at")
    person.type_into_form("completed_at", text)
    return row_id


def drop(person: Person, row_id: str) -> None:
    write(person.url, "DELETE FROM enrollments WHERE id = %s", row_id)


def title_of(person: Person) -> str:
    record = person.page.form.record()
    assert record is not None
    return record.title


@pytest.mark.parametrize("begin", [begin_in_cell, begin_in_form], ids=["in a cell", "in the form"])
def test_of_a_row_that_another_program_deletes_what_was_typed_is_told_counted_and_copied(
    person: Person, begin: object
) -> None:
    row_id = begin(person)  # type: ignore[operator]
    title = title_of(person)
    drop(person, row_id)
    wait_for(lambda: HALF in person.banner, "word of what was typed", 15)
    person.settle()
    assert person.page.model.find(row_id) is None
    assert title in person.banner
    assert "deleted" in person.banner
    assert "Completed" in person.banner
    assert "written like" not in person.banner, "how moments are written is not what is wrong"
    assert person.page.unsaved() == 1
    wait_for(lambda: "1 unsaved change" in person.page.unsaved_bar.accessibleName(), "the bar")
    assert person.page.unsaved_bar.isVisible()
    assert person.window.navigation.entry("enrollments").badge == 1
    person.click_button("Copy")
    assert QGuiApplication.clipboard().text() == HALF
    person.click_button("Give it up")
    assert person.page.unsaved() == 0
    assert not person.banner
    assert not person.page.unsaved_bar.isVisible()


def test_it_is_told_again_by_a_save_wherever_one_has_gone_meanwhile(person: Person) -> None:
    row_id = begin_in_form(person)
    drop(person, row_id)
    wait_for(lambda: HALF in person.banner, "word of what was typed", 15)
    person.edit_cell(0, "completed_at", "2026-11-20 10:00")
    assert person.page.unsaved() == 2
    person.save()
    wait_for(lambda: HALF in person.banner, "word of what was typed, once more")
    assert person.page.unsaved() == 2
    person.click_button("Give it up")
    person.save()
    assert person.page.unsaved() == 0
    first = person.ids()[0]
    assert str(value(person.url, "SELECT completed_at FROM enrollments WHERE id = %s", first)).startswith("2026-11-20")


def test_of_a_row_that_comes_back_it_is_typed_on(person: Person) -> None:
    row_id = begin_in_form(person)
    columns = "id, student_id, course_id, enrolled_at, created_at, updated_at"
    write(person.url, f"CREATE TABLE aside AS SELECT {columns} FROM enrollments WHERE id = %s", row_id)
    drop(person, row_id)
    wait_for(lambda: HALF in person.banner, "word of what was typed", 15)
    write(person.url, f"INSERT INTO enrollments ({columns}) SELECT {columns} FROM aside")
    wait_for(lambda: person.page.form.record() is not None, "the record, which is there again", 15)
    assert person.in_form("completed_at") == HALF
    assert not person.banner
    assert person.page.unsaved() == 1
    person.type_into_form("completed_at", "2030-01-05 10:00")
    person.save()
    assert str(value(person.url, "SELECT completed_at FROM enrollments WHERE id = %s", row_id)).startswith("2030-01-05")


def test_what_another_program_writes_into_the_field_takes_nothing_of_it_away(person: Person) -> None:
    row_id = begin_in_form(person)
    write(person.url, "UPDATE enrollments SET completed_at = '2026-02-02 12:00+00' WHERE id = %s", row_id)
    wait_for(lambda: person.shown("completed_at", ROW).startswith("2026-02-02"), "what was written", 15)
    person.settle()
    assert person.in_form("completed_at") == HALF
    assert person.page.unsaved() == 1
    person.type("05 10:00")
    person.hit(Qt.Key.Key_Tab)
    wait_for(lambda: "changed Completed" in person.page.form.details.banner.text, "word of the other change")
    question = Reply("Keep mine", "Apply and save")
    person.hit(Qt.Key.Key_S, CTRL)
    question.wait()
    person.settle()
    assert "2026-02-02 07:00" in question.said, "theirs is shown before it is overruled"
    assert person.page.unsaved() == 0
    assert str(value(person.url, "SELECT completed_at FROM enrollments WHERE id = %s", row_id)).startswith("2030-01-05")


def test_esc_leads_to_what_another_program_has_written(person: Person) -> None:
    row_id = begin_in_form(person)
    write(person.url, "UPDATE enrollments SET completed_at = '2026-02-02 12:00+00' WHERE id = %s", row_id)
    wait_for(lambda: person.shown("completed_at", ROW).startswith("2026-02-02"), "what was written", 15)
    person.settle()
    person.press(Qt.Key.Key_Escape)
    assert person.in_form("completed_at") == "2026-02-02 07:00"
    assert person.page.unsaved() == 0
    person.type_into_form("completed_at", "2030-01-05 10:00")
    person.save()
    assert person.page.unsaved() == 0, "nothing is asked of what was seen"
    assert str(value(person.url, "SELECT completed_at FROM enrollments WHERE id = %s", row_id)).startswith("2030-01-05")


def test_what_waits_with_its_record_overwrites_nothing_that_was_written_meanwhile(person: Person) -> None:
    row_id = begin_in_form(person)
    person.click_row(0)
    write(person.url, "UPDATE enrollments SET completed_at = '2026-02-02 12:00+00' WHERE id = %s", row_id)
    wait_for(lambda: person.shown("completed_at", ROW).startswith("2026-02-02"), "what was written", 15)
    person.click_record(row_id)
    assert person.in_form("completed_at") == HALF
    person.type_into_form("completed_at", "2030-01-05 10:00")
    question = Reply("Take theirs", "Apply and save")
    person.hit(Qt.Key.Key_S, CTRL)
    question.wait()
    person.settle()
    assert person.page.unsaved() == 0
    assert str(value(person.url, "SELECT completed_at FROM enrollments WHERE id = %s", row_id)).startswith("2026-02-02")


def test_of_a_lesson_that_goes_from_its_course_it_is_told_at_once(person: Person) -> None:
    ((course, lesson, title),) = rows(
        person.url, 'SELECT course_id::text, id::text, title FROM lessons ORDER BY course_id, "order" OFFSET 1 LIMIT 1'
    )
    person.window.go_to(Destination("course", course, within=(Lesson, lesson)))
    person.settle()
    page = person.course
    form = page.editor(Lesson)
    wait_for(lambda: form.record() is not None, "the lesson")
    minutes = form.details.fields.rows["duration_minutes"].editor
    assert minutes is not None
    minutes.setFocus()
    person.replace("an hour")
    write(person.url, "DELETE FROM lessons WHERE id = %s", lesson)
    person.press(Qt.Key.Key_F5)
    wait_for(lambda: page.banner.isVisible(), "word of what was typed")
    assert title in page.banner.text
    assert "“an hour”" in page.banner.text
    assert page.unsaved() == 1
    person.click_button("Give it up")
    assert page.unsaved() == 0
    assert not page.banner.isVisible()
    person.press(Qt.Key.Key_F5)
    assert page.chosen is not None
    assert page.chosen[1] != lesson
    assert form.row_id() != lesson
