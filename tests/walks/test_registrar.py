"""A registrar's day: she finds a student, enrols her, corrects the enrollment, and withdraws it again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from PySide6.QtCore import Qt

from lms_desktop.admin import PAGES
from tests.walks.acting import ADMIN, REGISTRAR, Person, Reply, Walk, keyboard, walking
from tests.walks.driving import CTRL, click
from tests.walks.enrollments import COURSE, HERS, STUDENT
from tests.walks.others import rows, value
from tests.walks.pulse import Strays

THEIRS = "FROM enrollments e JOIN users u ON u.id = student_id JOIN courses c ON c.id = course_id"


@pytest.fixture
def walk(seeded_url: URL, tmp_path: Path, _look: None) -> Iterator[Walk]:
    """The program on a school of one's own."""
    with walking(seeded_url, tmp_path) as walk:
        yield walk


@pytest.fixture
def registrar(walk: Walk) -> Person:
    """Who has just signed in."""
    return walk.sign_in(REGISTRAR)


def completed(walk: Walk) -> str:
    """When she completed the course, as it stands in PostgreSQL."""
    return str(value(walk.url, f"SELECT completed_at AT TIME ZONE 'UTC' {HERS}"))


def test_a_student_is_found_enrolled_completed_corrected_and_withdrawn(walk: Walk, registrar: Person) -> None:
    person = registrar
    assert person.window.person_card.accessibleName().startswith("Marta Lopes")

    # She looks for a student by a part of the name, and sees in her record what she takes already.
    person.open("users")
    person.search("kjær")
    assert [person.shown("full_name", row) for row in range(person.total())] == [STUDENT]
    person.click_row(0, "full_name")
    assert person.page.form.header.title.text() == STUDENT

    # She enrols her, both picked by typing.
    person.open("enrollments")
    person.enrol("kj", STUDENT, "photo", COURSE)
    assert value(walk.url, f"SELECT count(*) {HERS}") == 0, "nothing is saved yet"
    assert person.page.unsaved_bar.isVisible()
    person.save()
    assert person.toast == f"Saved {STUDENT} · {COURSE}."
    assert value(walk.url, f"SELECT count(*) {HERS}") == 1
    assert completed(walk) == "None"
    assert not person.page.unsaved_bar.isVisible()

    # The row is the first one now: she completes it in the table …
    assert (person.shown("student_id"), person.shown("course_id")) == (STUDENT, COURSE)
    person.edit_cell(0, "completed_at", "2026-11-20 10:00")
    assert completed(walk) == "None", "nothing is saved yet"
    person.save()
    assert completed(walk) == "2026-11-20 15:00:00", "New York is five hours behind UTC in November"

    # … and corrects that in the form, with what is still typed there taken along.
    person.type_into_form("completed_at", "2026-11-21 09:30")
    person.save()
    assert completed(walk) == "2026-11-21 14:30:00"
    assert person.shown("completed_at").startswith("2026-11-21 09:30")

    # The same again is refused in words, and the new row waits to be corrected or given up.
    person.enrol("kj", STUDENT, "photo", COURSE)
    person.save()
    assert "already" in person.banner
    assert "enrolled in this course" in person.banner
    assert not any(word in person.banner.lower() for word in ("constraint", "uq_", "key", "psycopg", "sql"))
    assert person.page.unsaved() > 0
    assert person.page.band.isVisible()
    assert person.in_form("course_id") == COURSE
    assert value(walk.url, f"SELECT count(*) {HERS}") == 1
    # She is shown the one that is there; the new one waits on.
    person.settle()
    person.click_button("Show the enrollment that is there")
    assert person.page.form.row_id() == value(walk.url, f"SELECT e.id::text {HERS}")
    assert person.page.unsaved() > 0
    question = Reply("Discard")
    click(person.page.unsaved_bar.discard_button)
    question.wait()
    person.settle()
    assert person.page.unsaved() == 0
    assert not person.page.band.isVisible()

    # She withdraws it: a question says what goes with it.
    person.click_row(0, "student_id")
    question = Reply("Withdraw")
    person.press(Qt.Key.Key_Delete)
    assert question.wait().startswith("Withdraw")
    assert f"{STUDENT} · {COURSE}" in question.said
    person.settle()
    assert value(walk.url, f"SELECT count(*) {HERS}") == 0
    assert person.toast == f"Withdrew {STUDENT} · {COURSE}."
    assert person.shown("student_id") != STUDENT or person.shown("course_id") != COURSE


def test_an_enrollment_with_a_certificate_is_not_withdrawn_and_she_is_told_why(walk: Walk, registrar: Person) -> None:
    one = f"SELECT e.id::text, u.full_name, c.title {THEIRS} JOIN certificates z ON z.enrollment_id = e.id LIMIT 1"
    ((enrollment, student, course),) = rows(walk.url, one)
    registrar.open("enrollments")
    registrar.search(f"{student} {course}")
    registrar.click_record(enrollment, "student_id")
    question = Reply("Keep")
    registrar.press(Qt.Key.Key_Delete)
    assert f"{student} · {course}" in question.wait()
    assert "A certificate was issued for this enrollment" in question.said
    assert "Withdraw" not in question.offered
    assert value(walk.url, "SELECT count(*) FROM enrollments WHERE id = %s", enrollment) == 1


def test_no_window_flashes_up_and_the_keyboard_stays_while_pages_are_opened(walk: Walk) -> None:
    person, strays = walk.sign_in(ADMIN), Strays()
    for name in PAGES:
        person.open(name)
        assert person.window.isActiveWindow()
        if person.page.primary() is not None:
            person.press(Qt.Key.Key_N, CTRL)
            assert person.page.form.isAncestorOf(keyboard()), "the keyboard is in the form of the new row"
            person.press(Qt.Key.Key_Z, CTRL)
    assert not strays.seen
