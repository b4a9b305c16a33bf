"""Where rows have come and gone, as two readings of a part of a table tell it; and what the channel's payloads hold."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_desktop.admin import CATALOG
from lms_desktop.database.changes import Notice, parse
from lms_desktop.entities import Enrollment, Lesson, QuizAttempt
from lms_desktop.models.renewing import Run, shifts
from lms_desktop.services.live import asked_of, sources
from lms_desktop.spec import Filter, Operator, Query, Sort


def carried_out(rows: list[str | None], gone: list[Run], come: list[Run]) -> list[str | None]:
    """The rows after that; those that came are not known."""
    rows = list(rows)
    for at, number in reversed(gone):
        del rows[at : at + number]
    for at, number in come:
        rows[at:at] = [None] * number
    return rows


@pytest.mark.parametrize(
    ("before", "after", "known", "gone", "come"),
    [
        ("abc", "abc", 3, [], []),
        ("abc", "xabc", 3, [], [(0, 1)]),
        ("abc", "bc", 3, [(0, 1)], []),
        ("abc", "axbc", 3, [], [(1, 1)]),
        ("abc", "ac", 3, [(1, 1)], []),
        ("abc", "xbc", 3, [(0, 1)], [(0, 1)]),
        ("abc", "xyz", 0, [], []),
        ("abc", "xyz", 2, [(0, 2)], []),
        ("abc", "", 3, [(0, 3)], []),
        ("abcd", "abx", 2, [], []),
        ("abcd", "abx", 3, [(2, 1)], []),
        ("abcd", "cxyd", 4, [(0, 2)], [(1, 2)]),
    ],
)
def test_what_came_and_went_is_told_by_place(
    before: str, after: str, known: int, gone: list[Run], come: list[Run]
) -> None:
    assert shifts([(row_id,) for row_id in before], [(row_id,) for row_id in after], known) == (gone, come)


@pytest.mark.parametrize(
    ("before", "after", "gone", "come"),
    [
        ("1a 2b", "1a 3b", [], []),
        ("1a 2b", "1a 3c 5b", [(1, 1)], []),
        ("1a 2b 3c", "1a 3c 5b", [(1, 1)], []),
        ("1a 2b 3c", "0b 1a 3c", [(1, 1)], [(0, 1)]),
        ("1a 2b 3c 4d", "1a 3c 4d 5b 6e", [(1, 1)], []),
        ("1a 2b 3c 4d 5e 6f", "1a 4d 5b 5c 6f", [(1, 2), (4, 1)], [(2, 2)]),
        ("1a 2b 4d", "1a 2x 3b 4d", [], [(1, 1)]),
        ("1a 2b", "3a 4b", [], []),
    ],
)
def test_a_row_that_others_moved_past_unread_ones_is_gone_from_where_it_was(
    before: str, after: str, gone: list[Run], come: list[Run]
) -> None:
    """Each row is its key and its id."""
    one, other = ([(row[0], row[1]) for row in rows.split()] for rows in (before, after))
    assert shifts(one, other, len(one)) == (gone, come)


@given(st.lists(st.integers(0, 30), unique=True, max_size=20), st.lists(st.integers(0, 30), unique=True, max_size=20))
def test_rows_in_both_readings_land_where_the_later_has_them(one: list[int], other: list[int]) -> None:
    before, after = [str(n) for n in sorted(one)], [str(n) for n in sorted(other)]
    found = shifts([(row_id,) for row_id in before], [(row_id,) for row_id in after], len(before))
    moved = carried_out(list(before), *found)
    assert set(moved) - {None} == set(before) & set(after)
    for row_id in set(before) & set(after):
        assert moved.index(row_id) == after.index(row_id)


def test_a_payload_is_a_notice_or_nothing() -> None:
    told = '{"operation": "o", "entity": "users", "action": "U", "rows": 1, "ids": ["a"]}'
    assert parse(told) == Notice("o", "users", "U", 1, ("a",))
    assert parse(told.replace('["a"]', "null")) == Notice("o", "users", "U", 1, None)
    for nothing in ("", "{", "[]", "7", "null", "{}", told.replace("1", '"x"'), told.replace('["a"]', "7")):
        assert parse(nothing) is None


@pytest.mark.parametrize(
    ("entity", "shown", "query", "tables"),
    [
        (QuizAttempt, ("quiz_id",), {}, {"quiz_attempts", "quizzes", "courses"}),
        (Enrollment, ("course_id",), {"sorts": (Sort("id"),)}, {"enrollments", "courses"}),
        (Lesson, ("title",), {}, {"lessons", "courses"}),
        (Enrollment, ("course_id",), {"sorts": (Sort("student_id"),)}, {"enrollments", "courses", "users"}),
        (Enrollment, ("course_id",), {"sorts": (Sort("student_id.email"),)}, {"enrollments", "courses", "users"}),
        (Lesson, ("title",), {"search": "algebra"}, {"lessons", "courses"}),
        (
            Lesson,
            ("title",),
            {"filters": (Filter("course_id", Operator.ONE_OF, ("x",)),)},
            {"lessons", "courses"},
        ),
    ],
)
def test_rows_are_read_again_where_what_they_are_called_found_or_ordered_by_is_written(
    entity: type, shown: tuple[str, ...], query: dict[str, Any], tables: set[str]
) -> None:
    admin = CATALOG[entity]
    fields = [*(admin.field(key) for key in shown), *asked_of(admin, Query(entity, **query))]
    assert sources(CATALOG, admin, fields) == tables
