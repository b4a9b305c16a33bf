"""A school's first hour: an empty database, the first administrator, a colleague, a course, the first enrollment."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from PySide6.QtCore import Qt

from lms_desktop.views.first_run import FirstRunScreen
from tests.walks.acting import Person, Walk, spoken, tab_to, to_the_front, type_here, walking
from tests.walks.driving import CTRL, click, wait_for
from tests.walks.others import rows

PASSWORD = "plum stones & 42"


@pytest.fixture
def walk(empty_database: URL, tmp_path: Path, _look: None) -> Iterator[Walk]:
    """The program on a database without any table."""
    with walking(empty_database, tmp_path) as walk:
        yield walk


def found_school(walk: Walk) -> Person:
    """Prepare the database and create the first administrator, by the keyboard alone."""
    walk.open()
    wait_for(lambda: isinstance(walk.window.screen_shown, FirstRunScreen), "the first run")
    to_the_front(walk.window)
    screen = walk.window.screen_shown
    assert isinstance(screen, FirstRunScreen)
    assert "Set up the database" in screen.ui.title.text()
    type_here("\r")
    wait_for(lambda: walk.window.findChildren(FirstRunScreen)[-1].ui.full_name.isVisible(), "the first administrator")
    type_here("Rui Castro")
    tab_to("E-mail")
    type_here("rui@school.edu")
    tab_to("Password")
    type_here(PASSWORD)
    tab_to("Password, again")
    type_here(PASSWORD + "\r")
    return walk.inside()


def add_person(person: Person, name: str, email: str, role: str = "", password: str = "") -> None:
    """Ctrl+N on the page of people, the fields one after the other, Ctrl+S."""
    person.press(Qt.Key.Key_N, CTRL)
    assert spoken() == "Name"
    person.type(name)
    person.tab_to("E-mail")
    person.type(email)
    if role:
        person.tab_to("Role")
        person.type(role)
        person.tab_to("Password")
        person.type(password)
    person.save()
    assert person.toast == f"Saved {name}."


def test_from_an_empty_database_to_the_first_enrollment(walk: Walk) -> None:
    person = found_school(walk)
    assert person.window.person_card.accessibleName() == "Rui Castro, Administrator"
    person.open("courses")
    assert "There are no courses yet" in person.page.empty.accessibleName()
    person.press(Qt.Key.Key_N, CTRL)
    person.type("Botany")
    person.tab_to("Short name")
    person.tab_to("Instructor")
    person.choose("rui", "Rui Castro")
    person.save()
    assert person.toast == "Saved Botany."

    person.open("users")
    add_person(person, "Marta Lopes", "marta@school.edu", "Registrar", PASSWORD)
    add_person(person, "Chloé Martin", "chloe@school.edu")
    everybody = "SELECT full_name, role, is_active FROM users ORDER BY created_at"
    assert rows(walk.url, everybody) == [
        ("Rui Castro", "admin", True),
        ("Marta Lopes", "registrar", True),
        ("Chloé Martin", "student", True),
    ]

    person.pick(person.window.person_card, "Sign out")
    person = walk.sign_in("marta@school.edu", PASSWORD)
    assert person.window.person_card.accessibleName() == "Marta Lopes, Registrar"
    person.open("enrollments")
    assert "Nobody is enrolled yet" in person.page.empty.accessibleName()
    click(person.page.empty.button)
    person.choose("chl", "Chloé Martin")
    person.tab_to("Course")
    person.choose("bot", "Botany")
    person.save()
    enrolled = "enrollments e JOIN users u ON u.id = student_id JOIN courses c ON c.id = course_id"
    assert rows(walk.url, f"SELECT full_name, title FROM {enrolled}") == [("Chloé Martin", "Botany")]
    assert person.shown("student_id") == "Chloé Martin"
