"""Rows that follow each other, in several blocks."""

import pytest

from lms_desktop.models.rows import Block
from lms_desktop.models.stretches import Stretch, Stretches
from lms_desktop.services.paging import Layout, Page

LAYOUT = Layout.of([("name", False)])


def block(*ids: str) -> Block:
    """Rows with these ids, in an order by name."""
    rows = tuple((row_id, "1", "true", f"name of {row_id}", f"key of {row_id}") for row_id in ids)
    return Block(Page(rows, LAYOUT, False, False), tuple(() for _ in rows))


@pytest.fixture
def stretch() -> Stretch:
    """Six rows from the hundredth on."""
    return Stretch(100, [block("a", "b", "c"), block(), block("d"), block("e", "f")])


@pytest.mark.parametrize("first", range(100, 106))
def test_what_stands_behind_a_place_is_told_as_row_by_row(stretch: Stretch, first: int) -> None:
    places = range(first, 106)
    assert stretch.keys(first) == {stretch.key(row): row - first for row in places}
    assert stretch.rows(first, 106) == [stretch.row(row) for row in places]
    assert [stretch.find(row[0]) for row in stretch.rows(first, 106)] == list(places)


def test_rows_beyond_both_ends_are_left_out(stretch: Stretch) -> None:
    assert [row[0] for row in stretch.rows(90, 102)] == ["a", "b"]
    assert [row[0] for row in stretch.rows(104, 120)] == ["e", "f"]
    assert stretch.rows(80, 90) == stretch.rows(110, 120) == []


def test_of_very_many_places_those_that_are_loaded_are_told_at_once(stretch: Stretch) -> None:
    rows = Stretches()
    rows.put(Stretch(1_000_000_000, [block("x", "y")]))
    rows.put(stretch)
    assert rows.within(0, 2_000_000_000) == [range(100, 106), range(1_000_000_000, 1_000_000_002)]
    assert rows.within(104, 1_000_000_000) == [range(104, 106), range(1_000_000_000, 1_000_000_001)]
    assert rows.within(106, 999) == []
