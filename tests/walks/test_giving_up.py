"""Giving up what was begun: what is shown afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from PySide6.QtCore import Qt

from tests.walks.acting import REGISTRAR, Person, Walk
from tests.walks.driving import CTRL


@pytest.fixture
def registrar(seeded_url: URL, tmp_path: Path, _look: None) -> Iterator[Person]:
    """Who has just signed in, on a school of one's own."""
    walk = Walk(seeded_url, tmp_path / "settings.ini")
    yield walk.sign_in(REGISTRAR)
    walk.end()


def test_after_a_refused_new_row_is_given_up_the_table_s_row_is_shown_again(registrar: Person) -> None:
    page = registrar.go("enrollments")
    registrar.settle()
    shown = page.form.row_id()
    assert shown is not None
    registrar.press(Qt.Key.Key_N, CTRL)
    registrar.press(Qt.Key.Key_S, CTRL)
    assert registrar.banner == "Student is needed."
    registrar.click_button("Show it")
    page.discard()
    registrar.settle()
    assert page.form.row_id() == shown
    assert page.form.record() is not None, "not that it cannot be found"


def test_what_was_refused_is_not_spoken_of_once_it_is_not_wanted_any_more(registrar: Person) -> None:
    page = registrar.go("enrollments")
    registrar.settle()
    registrar.press(Qt.Key.Key_N, CTRL)
    registrar.press(Qt.Key.Key_S, CTRL)
    assert registrar.banner == "Student is needed."
    registrar.choose("camille v", "Camille Vásquez")
    assert registrar.banner == ""
    registrar.press(Qt.Key.Key_S, CTRL)
    assert registrar.banner == "Course is needed."
    page.band.setFocus()
    registrar.press(Qt.Key.Key_Delete)
    assert page.unsaved() == 0
    assert registrar.banner == ""
