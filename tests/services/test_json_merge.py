"""Two people's changes of one JSON text: what is merged, what clashes, and that nobody's writing is written anew."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_desktop.services.json_merge import MINE, KeyClash, merge_json

BASE = '{"colour": "red",  "size": 1.50, "big": 12345678901234567890, "note": "é"}'


@pytest.mark.parametrize(
    ("mine", "theirs", "merged"),
    [
        # Only one side changed anything: that side's text, byte for byte.
        (BASE, '{ "colour":"blue" }', '{ "colour":"blue" }'),
        ('{"colour":"blue"}', BASE, '{"colour":"blue"}'),
        ('{"size":2,\n "colour":"blue"}', BASE, '{"size":2,\n "colour":"blue"}'),
        # Other keys: theirs is the paper, mine is put in its place.
        (
            BASE.replace('"red"', '"blue"'),
            BASE.replace("1.50", "1e400"),
            '{"colour": "blue",  "size": 1e400, "big": 12345678901234567890, "note": "é"}',
        ),
        # A key of mine comes last, one that I took away goes with its comma.
        (
            BASE.replace('"note": "é"', '"note": "é", "x" :[1.0,  2]'),
            BASE.replace('"red"', '"blue"'),
            '{"colour": "blue",  "size": 1.50, "big": 12345678901234567890, "note": "é", "x" :[1.0,  2]}',
        ),
        (
            BASE.replace('"colour": "red",  ', ""),
            BASE.replace("1.50", "2"),
            '{"size": 2, "big": 12345678901234567890, "note": "é"}',
        ),
        (
            BASE.replace(', "note": "é"', ""),
            BASE.replace("1.50", "2"),
            BASE.replace("1.50", "2").replace(', "note": "é"', ""),
        ),
        # They wrote it all anew in another order and other escapes: their writing is kept, my change is in it.
        (
            BASE.replace('"red"', '"blue"'),
            '{"note":"\\u00e9","big":12345678901234567890,"colour":"red","size":1.50}',
            '{"note":"\\u00e9","big":12345678901234567890,"colour":"blue","size":1.50}',
        ),
        # Both to the same: theirs as it stands.
        (BASE.replace('"red"', '"blue"'), '{"colour":"blue"}', None),
    ],
)
def test_disjoint_changes_are_merged_and_the_rest_is_left_as_it_was_written(
    mine: str, theirs: str, merged: str | None
) -> None:
    found = merge_json(BASE, mine, theirs)
    if merged is None:
        assert found.text == theirs
    else:
        assert found.text == merged
        assert found.clashes == ()


def test_objects_are_merged_inside_each_other() -> None:
    base = '{"a": {"b": {"c": 1, "d": 2}}, "e": [1]}'
    mine = '{"a": {"b": {"c": 10, "d": 2}}, "e": [1]}'
    theirs = '{"a": {"b": {"c": 1, "d": 20, "f": 0.10}}, "e": [1, 2]}'
    assert merge_json(base, mine, theirs).text == '{"a": {"b": {"c": 10, "d": 20, "f": 0.10}}, "e": [1, 2]}'


def test_the_same_key_changed_by_both_is_chosen_and_the_rest_merges() -> None:
    mine = BASE.replace('"red"', '"blue"').replace("1.50", "2.50")
    theirs = BASE.replace('"red"', '"green"').replace('"é"', '"è"')
    found = merge_json(BASE, mine, theirs)
    assert found.clashes == (KeyClash(("colour",), '"red"', '"blue"', '"green"'),)
    assert found.text == theirs.replace("1.50", "2.50"), "theirs, where nothing is chosen"
    assert merge_json(BASE, mine, theirs, {("colour",): MINE}).text == theirs.replace("1.50", "2.50").replace(
        '"green"', '"blue"'
    )


def test_a_key_taken_away_by_one_and_changed_by_the_other_is_chosen() -> None:
    gone, changed = BASE.replace('"colour": "red",  ', ""), BASE.replace('"red"', '"blue"')
    found = merge_json(BASE, gone, changed)
    assert found.clashes == (KeyClash(("colour",), '"red"', None, '"blue"'),)
    assert found.text == changed
    assert merge_json(BASE, gone, changed, {("colour",): MINE}).text == gone
    assert merge_json(BASE, changed, gone).text == gone
    kept = merge_json(BASE, changed, gone, {("colour",): MINE}).text
    assert kept is not None
    assert json.loads(kept)["colour"] == "blue"


def test_of_nothing_both_may_make_something() -> None:
    assert merge_json(None, '{"a": 1}', '{"b": 2.0}').text == '{"b": 2.0, "a": 1}'
    assert merge_json(None, '{"a": 1}', "{}").text == '{"a": 1}'
    assert [c.way for c in merge_json('{"a": 1}', None, '{"a": 2}').clashes] == [()]
    assert merge_json('{"a": 1}', None, '{"a": 2}', {(): MINE}).text is None


@pytest.mark.parametrize(
    ("base", "mine", "theirs"),
    [
        ("[1, 2]", "[1, 2, 3]", "[0, 1, 2]"),
        ("1", "2", "3"),
        ('{"a": 1, "a": 2}', '{"a": 3}', '{"a": 1, "b": 2, "a": 2}'),
        ("[" * 300 + "]" * 300, "[" * 300 + "1" + "]" * 300, "[" * 300 + "2" + "]" * 300),
    ],
    ids=["lists", "numbers", "a key twice", "deep"],
)
def test_what_cannot_be_taken_apart_is_chosen_as_a_whole(base: str, mine: str, theirs: str) -> None:
    found = merge_json(base, mine, theirs)
    assert found.clashes == (KeyClash((), base, mine, theirs),)
    assert found.text == theirs
    assert merge_json(base, mine, theirs, {(): MINE}).text == mine


def test_a_text_of_several_lines_stays_one_of_several_lines() -> None:
    base = '{\n  "a": 1,\n  "b": 2\n}\n'
    found = merge_json(base, base.replace("2\n", '2,\n  "c": 3\n'), base.replace("1", "1.0"))
    assert found.text == '{\n  "a": 1.0,\n  "b": 2,\n  "c": 3\n}\n'
    alone = merge_json('{\n  "a": 1\n}', '{\n  "a": 1,\n "c": 3\n}', '{\n  "a": 1.0\n}')
    assert alone.text == '{\n  "a": 1.0,\n  "c": 3\n}'


leaves = st.one_of(st.integers(), st.text(max_size=3), st.booleans(), st.none(), st.lists(st.integers(), max_size=2))
objects = st.recursive(
    st.dictionaries(st.sampled_from("abc"), leaves, max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), st.one_of(leaves, inner), max_size=3),
    max_leaves=8,
)


def model(base: Any, mine: Any, theirs: Any, mine_wins: bool) -> Any:
    """What the merge means, on values; a missing key is `...`."""
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    if isinstance(mine, dict) and isinstance(theirs, dict) and (base is ... or isinstance(base, dict)):
        before = {} if base is ... else base
        merged = {
            k: model(before.get(k, ...), mine.get(k, ...), theirs.get(k, ...), mine_wins) for k in {*mine, *theirs}
        }
        return {key: value for key, value in merged.items() if value is not ...}
    return mine if mine_wins else theirs


def as_told(value: Any) -> Any:
    """Values apart that Python takes for equal: true and 1."""
    return json.loads(json.dumps(value), parse_int=lambda digits: f"number {digits}")


@given(base=objects, mine=objects, theirs=objects, indents=st.tuples(*[st.sampled_from([None, 1])] * 3))
def test_any_three_objects_merge_as_their_values_do(
    base: Any, mine: Any, theirs: Any, indents: tuple[int | None, ...]
) -> None:
    texts = [json.dumps(v, indent=i) for v, i in zip((base, mine, theirs), indents, strict=True)]
    was, own, others = texts
    found = merge_json(was, own, others)
    wanted = as_told(base), as_told(mine), as_told(theirs)
    assert found.text is not None
    assert as_told(json.loads(found.text)) == model(*wanted, False)
    chosen = merge_json(was, own, others, {clash.way: MINE for clash in found.clashes})
    assert chosen.text is not None
    assert as_told(json.loads(chosen.text)) == model(*wanted, True)
