"""Where rows have come and gone, as two readings of a part of a table tell it; and what the channel's payloads hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_desktop.database.changes import Notice, parse
from lms_desktop.models.following import Shift, shifts


def carried_out(rows: list[str | None], moves: list[Shift]) -> list[str | None]:
    """The rows after the moves; those that came are not known."""
    rows = list(rows)
    for at, number in reversed(moves):
        if number > 0:
            rows[at:at] = [None] * number
        else:
            del rows[at : at - number]
    return rows


@pytest.mark.parametrize(
    ("before", "after", "moves"),
    [
        ("abc", "abc", []),
        ("abc", "xabc", [(0, 1)]),
        ("abc", "bc", [(0, -1)]),
        ("abc", "axbc", [(1, 1)]),
        ("abc", "ac", [(1, -1)]),
        ("abc", "xbc", [(0, -1), (1, 1)]),
        ("abc", "xyz", []),
        ("abc", "", []),
    ],
)
def test_what_came_and_went_is_told_by_place(before: str, after: str, moves: list[Shift]) -> None:
    assert shifts(0, list(before), 0, list(after)) == moves


@pytest.mark.parametrize(
    ("begin", "after", "moves"),
    [(10, "zabc", [(10, 1)]), (10, "bcde", [(9, -1)]), (20, "abcd", [(10, 10)]), (0, "abcd", [(0, -10)])],
)
def test_what_came_and_went_above_moves_all_rows(begin: int, after: str, moves: list[Shift]) -> None:
    assert shifts(10, list("abcd"), begin, list(after)) == moves


@given(st.lists(st.integers(0, 30), unique=True, max_size=20), st.lists(st.integers(0, 30), unique=True, max_size=20))
def test_rows_in_both_readings_land_where_the_later_has_them(one: list[int], other: list[int]) -> None:
    before, after = [str(n) for n in sorted(one)], [str(n) for n in sorted(other)]
    moved = carried_out(list(before), shifts(0, before, 0, after))
    for row_id in set(before) & set(after):
        assert moved.index(row_id) == after.index(row_id)


def test_a_payload_is_a_notice_or_nothing() -> None:
    told = '{"operation": "o", "entity": "users", "action": "U", "rows": 1, "ids": ["a"]}'
    assert parse(told) == Notice("o", "users", "U", 1, ("a",))
    assert parse(told.replace('["a"]', "null")) == Notice("o", "users", "U", 1, None)
    for nothing in ("", "{", "[]", "7", "null", "{}", told.replace("1", '"x"'), told.replace('["a"]', "7")):
        assert parse(nothing) is None
