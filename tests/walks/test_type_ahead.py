"""Letters typed over a table lead to the first row that begins with them."""

from dataclasses import replace

import pytest

from PySide6.QtCore import Qt

from lms_desktop.spec import Sort
from tests.walks.driving import SHIFT, Sitting, wait_for
from tests.walks.truth import Truth

PEOPLE = "SELECT full_name FROM users ORDER BY full_name"


def names(truth: Truth, *, descending: bool = False) -> list[str]:
    """All people, in the database's order."""
    return [name for (name,) in truth.rows(PEOPLE + (" DESC" if descending else ""))]


def type_letters(sitting: Sitting, letters: str) -> None:
    """Type over the table, and wait for what comes of it."""
    sitting.page.table.setFocus()
    sitting.type(letters)
    sitting.settle()


@pytest.mark.parametrize("descending", [False, True])
def test_letters_lead_to_the_first_that_begins_so(descending: bool, at_courses: Sitting, truth: Truth) -> None:
    sitting = at_courses
    page = sitting.open("users")
    sitting.click_title("full_name")
    sitting.settle()
    if page.model.query.sorts[0].descending is not descending:
        sitting.click_title("full_name")
        sitting.settle()
    everybody = names(truth, descending=descending)
    far = next(name for name in everybody[-90:] if name[:1].isascii())
    for typed in (far[:1], far[:4].upper(), far):
        place = next(i for i, name in enumerate(everybody) if name.casefold().startswith(typed.casefold()))
        page.table.setCurrentIndex(page.model.index(0, 0))
        sitting.settle()
        wait_for(lambda: not page.model.is_counting(), "the count")
        page.ahead.forget()
        type_letters(sitting, typed)
        assert page.table.selected_ranges() == [(place, place)]
        first, last = page.table.seen_rows()
        assert first <= place <= last
        assert page.form.row_id() == page.model.row_id(place)


def test_a_pause_begins_another_word_and_nothing_is_said_so(at_courses: Sitting) -> None:
    sitting = at_courses
    page = sitting.open("users")
    sitting.click_row(0)
    page.ahead.forget()
    type_letters(sitting, "qqx")
    assert "nothing begins with “qqx”" in sitting.window.bottom.said()
    assert page.table.selected_ranges() == [(0, 0)], "the row stays"
    page.ahead.forget()
    type_letters(sitting, "q")
    assert page.ahead.typed == "q"


def test_letters_that_stay_on_the_row_are_looked_for_no_longer(at_courses: Sitting, truth: Truth) -> None:
    sitting = at_courses
    page = sitting.open("users")
    sitting.click_title("full_name")
    sitting.settle()
    wait_for(lambda: not page.model.is_counting(), "the count")
    everybody = names(truth, descending=page.model.query.sorts[0].descending)
    name = next(name for name in everybody[20:] if name.isascii())
    place = next(i for i, other in enumerate(everybody) if other.casefold().startswith(name.casefold()))
    for typed in (name[:-1], name):
        page.ahead.forget()
        type_letters(sitting, typed)
        wait_for(lambda: "Find" not in sitting.window.bottom.said(), "the line below the table")
    assert page.table.selected_ranges() == [(place, place)]
    assert f"Row {place + 1} of {len(everybody)}" in sitting.window.bottom.said()


def test_a_year_leads_to_its_first_moment(at_courses: Sitting, truth: Truth) -> None:
    sitting = at_courses
    page = sitting.open("enrollments")
    for key in ("enrolled_at",):
        sitting.click_title(key)
        sitting.settle()
    if page.model.query.sorts[0].descending:
        sitting.click_title("enrolled_at")
        sitting.settle()
    newest = truth.value("SELECT to_char(max(enrolled_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD') FROM enrollments")
    zone = page.model.query.zone
    statement = "SELECT count(*) FROM enrollments WHERE enrolled_at < timezone(%s, %s::timestamp)"
    for typed, begin in ((newest[:7], f"{newest[:7]}-01"), (newest[:4], f"{newest[:4]}-01-01")):
        page.ahead.forget()
        type_letters(sitting, typed)
        place = truth.value(statement, (zone, begin))
        assert page.table.selected_ranges() == [(place, place)], typed


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    ("key", "letters", "is_it"),
    [
        ("score", "100", "score = 100"),
        ("score", "100 %", "score = 100"),
        ("score", "100,0", "score = 100"),
        ("passed", "pas", "passed"),
        ("passed", "Not p", "NOT passed"),
    ],
)
def test_a_score_and_a_result_lead_to_their_first_row(
    key: str, letters: str, is_it: str, descending: bool, at_courses: Sitting, truth: Truth
) -> None:
    sitting = at_courses
    page = sitting.open("attempts")
    while page.model.query.sorts[:1] != (Sort(key, descending),):
        sitting.click_title(key)
        sitting.settle()
    wait_for(lambda: not page.model.is_counting(), "the count")
    way = "DESC" if descending else "ASC"
    found = truth.rows(f"SELECT {is_it} FROM quiz_attempts ORDER BY {key} {way}")
    place = found.index((True,))
    sitting.click_row(2)
    page.ahead.forget()
    type_letters(sitting, letters)
    wait_for(lambda: "Find" not in sitting.window.bottom.said(), "the line below the table")
    assert page.table.selected_ranges() == [(place, place)]
    assert page.form.row_id() == page.model.row_id(place)


def test_an_order_by_ids_is_not_said_to_have_none_that_begins_so(at_courses: Sitting) -> None:
    sitting = at_courses
    page = sitting.open("attempts")
    page.model.show(replace(page.model.query, sorts=(Sort("id"),)), page.columns)
    sitting.settle()
    page.ahead.forget()
    type_letters(sitting, "a")
    said = sitting.window.bottom.said()
    assert "rows are not looked for by typing in this order" in said
    assert "nothing begins" not in said


def test_letters_in_an_editor_are_its_own(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    sitting.click_row(0, "title")
    sitting.press(Qt.Key.Key_F2)
    sitting.type("z")
    assert page.ahead.typed == ""
    sitting.press(Qt.Key.Key_Escape)
    assert page.table.selected_ranges() == [(0, 0)]
    sitting.press(Qt.Key.Key_Down, SHIFT)
    assert page.table.selected_ranges() == [(0, 1)], "no key of the table's is taken away"
