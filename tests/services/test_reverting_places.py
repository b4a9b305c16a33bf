"""Places in lists: the former order comes back exactly where the list is as it was left; otherwise it is merged."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import URL, text

from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Course, Lesson, new_id
from lms_desktop.services.taking_back.places import merged
from tests.services.school_states import add, changed, delete, execute, save, state, undo
from tests.small_school import actor, opened, row_id

ADMIN = actor("admin")
ALGEBRA, EMPTY = row_id(Course, "algebra"), row_id(Course, "empty")
SUMS, PRODUCTS, POWERS = (row_id(Lesson, name) for name in ("sums", "products", "powers"))


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school."""
    with opened(database_url) as database:
        yield database


def lessons(school: Database, course: str = ALGEBRA) -> list[tuple[str, int]]:
    """Titles and numbers, as readers see them."""
    question = text('SELECT title, "order" FROM lessons WHERE course_id = :id ORDER BY "order", created_at, id')
    with school.engine.connect() as connection:
        return [(title, place) for title, place in connection.execute(question, {"id": course})]


def other_program(school: Database, statement: str) -> None:
    """What a program does that the log knows nothing of."""
    with school.engine.begin() as connection:
        connection.execute(text(statement))


def append(school: Database, title: str) -> str:
    """A lesson more, by another person."""
    made = new_id()
    add(school, actor("second admin"), Lesson, made, title=title, content_type="text", course_id=ALGEBRA)
    return made


def test_the_order_comes_back_and_not_the_gaps_and_doubles_of_other_programs(school: Database) -> None:
    other_program(school, 'UPDATE lessons SET "order" = 7 * "order" WHERE title <> \'Powers\'')
    other_program(school, "UPDATE lessons SET \"order\" = 14 WHERE title = 'Powers'")
    order = [title for title, _ in lessons(school)]
    done = delete(school, ADMIN, Lesson, SUMS)
    assert [place for _, place in lessons(school)] == [1, 2]
    second = delete(school, ADMIN, Lesson, PRODUCTS)
    undo(school, ADMIN, second.operation)
    back = undo(school, ADMIN, done.operation)
    assert lessons(school) == [(title, place) for place, title in enumerate(order, 1)]
    again = undo(school, ADMIN, back.operation)
    assert lessons(school) == [(title, place) for place, title in enumerate(order[1:], 1)]
    undo(school, ADMIN, again.operation)
    assert lessons(school) == [(title, place) for place, title in enumerate(order, 1)]


def test_a_lesson_comes_back_to_its_place_in_a_list_that_has_grown(school: Database) -> None:
    done = delete(school, ADMIN, Lesson, PRODUCTS)
    append(school, "Roots")
    undo(school, ADMIN, done.operation)
    assert lessons(school) == [("Sums", 1), ("Products", 2), ("Powers", 3), ("Roots", 4)]


def test_the_last_lesson_comes_back_before_what_was_appended(school: Database) -> None:
    done = delete(school, ADMIN, Lesson, POWERS)
    append(school, "Roots")
    undo(school, ADMIN, done.operation)
    assert lessons(school) == [("Sums", 1), ("Products", 2), ("Powers", 3), ("Roots", 4)]


def test_a_colleagues_new_order_stays(school: Database) -> None:
    done = delete(school, ADMIN, Lesson, PRODUCTS)
    execute(
        school,
        actor("second admin"),
        "UPDATE lessons SET \"order\" = 3 - \"order\" WHERE title IN ('Sums', 'Powers')",
    )
    undo(school, ADMIN, done.operation)
    assert lessons(school) == [("Products", 1), ("Powers", 2), ("Sums", 3)]


def test_an_added_lesson_goes_from_a_list_that_has_grown(school: Database) -> None:
    made = new_id()
    done = add(school, ADMIN, Lesson, made, title="New", content_type="text", course_id=ALGEBRA)
    append(school, "Roots")
    undo(school, ADMIN, done.operation)
    assert lessons(school) == [("Sums", 1), ("Products", 2), ("Powers", 3), ("Roots", 4)]


def test_a_new_order_is_taken_back_among_what_is_still_there(school: Database) -> None:
    done = execute(school, ADMIN, f'UPDATE lessons SET "order" = 4 - "order" WHERE course_id = \'{ALGEBRA}\'')
    append(school, "Roots")
    delete(school, actor("second admin"), Lesson, PRODUCTS)
    undo(school, ADMIN, done.operation)
    assert lessons(school) == [("Sums", 1), ("Powers", 2), ("Roots", 3)]


def test_a_lesson_goes_back_to_the_course_that_it_came_from(school: Database) -> None:
    before = state(school)
    done = save(school, ADMIN, Lesson, SUMS, course_id=EMPTY)
    assert lessons(school) == [("Products", 1), ("Powers", 2)]
    back = undo(school, ADMIN, done.operation)
    assert changed(before, state(school)) == {}
    undo(school, ADMIN, back.operation)
    append(school, "Roots")
    other_program(school, f"UPDATE lessons SET course_id = '{EMPTY}', \"order\" = 9 WHERE title = 'Powers'")
    undo(school, ADMIN, undo(school, ADMIN, undo(school, ADMIN, done.operation).operation).operation)
    assert lessons(school) == [("Sums", 1), ("Products", 2), ("Roots", 3)]
    assert [title for title, _ in lessons(school, EMPTY)] == ["Powers"]


def test_one_of_two_deleted_lessons(school: Database) -> None:
    append(school, "Roots")
    before = state(school)
    done = delete(school, ADMIN, Lesson, SUMS, POWERS)
    undo(school, ADMIN, done.operation, only=(Lesson, [POWERS]))
    assert lessons(school) == [("Products", 1), ("Powers", 2), ("Roots", 3)]
    undo(school, ADMIN, done.operation)
    assert lessons(school) == [("Sums", 1), ("Products", 2), ("Powers", 3), ("Roots", 4)]
    assert set(changed(before, state(school))) <= {"lessons"}


ROWS = st.lists(st.integers(0, 20).map(str), unique=True, max_size=12)


@given(ROWS, st.data())
def test_every_row_is_in_the_merged_list_once(current: list[str], data: st.DataObject) -> None:
    leaving = data.draw(st.sets(st.sampled_from(current))) if current else set()
    back = [f"back {n}" for n in range(data.draw(st.integers(0, 4)))]
    stayed = data.draw(st.sets(st.sampled_from(current))) - leaving if current else set()
    places = st.integers(-3, 30)
    former = {row: data.draw(places) for row in [*stayed, *back]}
    left = {row: data.draw(places) for row in stayed}
    found = merged(current, leaving, former, left)
    assert sorted(found) == sorted({*current, *back} - leaving)
    strangers = [row for row in current if row not in former and row not in leaving]
    assert [row for row in found if row in strangers] == strangers


@given(st.permutations("abcdef"), st.sets(st.sampled_from("abcdef")))
def test_an_untouched_list_gets_its_order_back(after: list[str], deleted: set[str]) -> None:
    before = list("abcdef")
    current = [row for row in after if row not in deleted]
    former = {row: place for place, row in enumerate(before, 1)}
    left = {row: place for place, row in enumerate(current, 1)}
    assert merged(current, (), former, left) == before
