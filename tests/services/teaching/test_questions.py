"""Questions are read from what any program wrote, and what was not edited stays byte for byte what it was."""

import json
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_desktop.services.teaching import json_items
from lms_desktop.services.teaching.question_edits import (
    add_options,
    move_options,
    remove_options,
    rename_option,
    set_accepted,
    set_truth,
    switch_type,
    tick,
)
from lms_desktop.services.teaching.questions import (
    ESSAY,
    MULTIPLE_CHOICE,
    SHORT_ANSWER,
    TRUE_FALSE,
    TYPES,
    Option,
    Reading,
    option_text,
    read,
    would_alter,
    write,
)
from tests.services.teaching.made_questions import readings

ODD = (
    None, "", " ", "null", "[]", " [ ] ", "{}", '""', '"a"', "1", "true", '{"A": "a"}', "[[1, 2], [3]]", "[{}]", "[[]]",
    "[null]", "[1, 2.50, 1e400, -0, 12345678901234567890123456789]", '["a", "a"]', '["a", null, true, 1]',
    '[{"text": "a", "id": 1}, {"label": "b"}, {"option": "c", "x": {"y": [1]}}, "d"]', '[{"text": null}]',
    '[{"text": {"en": "a"}}]', '[{"text": 5}, {"text": false}]', '[{"text": "a", "text": "b"}]',
    '[{"text": null, "label": "a"}]', '[{"value": "a"}]', '["\\ud800"]', '["\\u0000"]', '["\\ud83d\\ude00"]',
    '["a", {"text": "b"}, ["c"]]', "nul", "[", '["a"', '["a",]', "[1,,2]", "[NaN]", "[Infinity]", "{'a': 1}",
    "\ufeff[]",
    "[" * 5_000 + "]" * 5_000, '[{"text": "a", "x": ' + "[" * 5_000 + "]" * 5_000 + "}]",
    json.dumps(["x" * 50_000] * 3), json.dumps([str(i) for i in range(400)]), '[""]', '[" ", "\t"]', "[\n\n\t1\r\n]",
)  # fmt: skip
"""What other programs may have written into `options`, JSON or not."""

ODD_ANSWERS = (None, "", " ", "a", "A", "0", "1", '"a"', '["a"]', '["a", "b"]', "[]", "[1]", "[[]]", "{}", "null",
               "true", "True", "[", '["a"', "\ud800", "\x00", "x" * 20_000)  # fmt: skip


@pytest.mark.parametrize("options", ODD, ids=lambda wire: repr(wire)[:30])
def test_whatever_stands_there_opens_and_stays(options: str | None) -> None:
    for kind, correct in product((*TYPES, "matching", "", None), ODD_ANSWERS):
        reading = read(kind, "Why?", options, correct, 1)
        assert write(reading, options, correct) == (options, correct)
        assert all(option.text.encode() is not None for option in reading.options)


@given(st.sampled_from((*TYPES, "other")), st.none() | st.text(), st.none() | st.text())
def test_no_text_is_too_odd(kind: str, options: str | None, correct: str | None) -> None:
    assert write(read(kind, "", options, correct), options, correct) == (options, correct)


@pytest.mark.parametrize(
    ("options", "texts"),
    [
        (None, []),
        ("null", []),
        ("{}", []),
        ('["a", "b"]', ["a", "b"]),
        ('[{"text": "a", "id": 1}, {"label": "b"}, {"option": "c"}, "d"]', ["a", "b", "c", "d"]),
        ('["\\u00e9", 2.50, true, null]', ["é", "2.50", "true", "null"]),
        ("[12345678901234567890123]", ["12345678901234567890123"]),
        ('[{"text": 5}, {"label": "L", "text": "T"}, {"text": null, "label": "a"}]', ["5", "T", "a"]),
        ('[{"text": "a", "text": "b"}]', ["b"]),
        ('["\\ud800", "x\\u0000"]', ["\ufffd", "x\ufffd"]),
    ],
)  # fmt: skip
def test_options_are_shown_as_their_texts(options: str | None, texts: list[str]) -> None:
    reading = read(MULTIPLE_CHOICE, "", options, None)
    assert ([option.text for option in reading.options], reading.odd) == (texts, "")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ("nul", "The options are not JSON; they can be edited as they are written."),
        ("[NaN]", "The options are not JSON; they can be edited as they are written."),
        ('{"A": "a"}', "The options are not a list; they can be edited as they are written."),
        ('"a"', "The options are not a list; they can be edited as they are written."),
        ("[" * 5_000 + "]" * 5_000, "The options are nested too deeply; they can be edited as they are written."),
        ('["a", ["b"]]', "Option 2 is neither a text nor an object with a text; the options can be edited as written."),
        ('[{"a": 1}]', "Option 1 is neither a text nor an object with a text; the options can be edited as written."),
    ],
)  # fmt: skip
def test_what_cannot_be_edited_as_choices_says_why(options: str, why: str) -> None:
    assert read(MULTIPLE_CHOICE, "", options, None).odd == why
    assert read(ESSAY, "", options, None).odd == ""
    assert (
        read("matching", "", "[]", None).odd
        == "This type of question is not known here; it can be edited as it is written."
    )


@pytest.mark.parametrize(
    ("options", "correct", "right", "problem"),
    [
        ('["a", "b"]', None, (), ""),
        ('["a", "b"]', "", (), ""),
        ('["a", "b"]', "b", (1,), ""),
        ('["a", "b"]', '["b", "a"]', (0, 1), ""),
        ('["a", "b"]', "[]", (), ""),
        ('[1, 2]', "2", (1,), ""),
        ('[1, 2]', "[2, 1]", (0, 1), ""),
        ('["", "b"]', "", (), ""),
        ('["", "b"]', '[""]', (0,), ""),
        ('["[1, 2]", "1", "2"]', "[1, 2]", (0,), ""),
        ('["a", "b"]', "B", (), "The right answer “B” is none of the options."),
        ('["a", "b"]', "1", (), "The right answer “1” is none of the options."),
        ('["a", "b"]', '"a"', (), "The right answer “\"a\"” is none of the options."),
        ('["a", "b"]', '["a", "x"]', (0,), "The right answer “x” is none of the options."),
        ('["a", "a"]', "a", (), "The right answer “a” is the text of several options."),
        (None, "a", (), "The right answer “a” is none of the options."),
    ],
)  # fmt: skip
def test_right_options_are_found_by_their_text_and_never_guessed(
    options: str | None, correct: str | None, right: tuple[int, ...], problem: str
) -> None:
    reading = read(MULTIPLE_CHOICE, "", options, correct)
    assert (reading.right, reading.problem) == (right, problem)
    assert bool(reading.accepted) == bool(problem)


@pytest.mark.parametrize(
    ("correct", "truth"),
    [("true", True), ("True", True), (" TRUE ", True), ("t", True), ("1", True), ("yes", True), ('"true"', True),
     ('["true"]', True), ("false", False), ("F", False), ("0", False), ("No", False), (None, None), ("", None)],
)  # fmt: skip
def test_truth_is_read_in_its_many_spellings(correct: str | None, truth: bool | None) -> None:
    reading = read(TRUE_FALSE, "", None, correct)
    assert (reading.truth, reading.problem) == (truth, "")


def test_what_is_neither_true_nor_false_is_kept_and_said() -> None:
    reading = read(TRUE_FALSE, "", '["Wahr", "Falsch"]', "Wahr")
    assert (reading.truth, reading.accepted) == (None, ("Wahr",))
    assert reading.problem == "The right answer “Wahr” is neither true nor false."
    assert write(set_truth(reading, True), '["Wahr", "Falsch"]', "Wahr") == ('["Wahr", "Falsch"]', "true")


@pytest.mark.parametrize(
    ("before", "truth", "after"),
    [("true", False, "false"), ("True", False, "False"), ("TRUE", False, "FALSE"), ("1", False, "0"),
     ("no", True, "yes"), ("Wahr", True, "true"), (None, True, "true"), ("true", None, None),
     ("True", True, "True"), ('["true"]', False, "false")],
)  # fmt: skip
def test_truth_keeps_the_spelling_of_the_program_that_wrote_it(
    before: str | None, truth: bool | None, after: str | None
) -> None:
    assert write(set_truth(read(TRUE_FALSE, "", None, before), truth), None, before) == (None, after)


@pytest.mark.parametrize(
    ("correct", "accepted"),
    [(None, ()), ("", ()), ("int", ("int",)), ('["int", "int()"]', ("int", "int()")), ("[1, 2", ("[1, 2",)),
     ("[[1, 2], [3]]", ("[[1, 2], [3]]",)), ("[]", ()), ('{"a": 1}', ('{"a": 1}',)), ("[5, \"five\"]", ("5", "five"))],
)  # fmt: skip
def test_accepted_answers_are_one_text_or_a_list(correct: str | None, accepted: tuple[str, ...]) -> None:
    reading = read(SHORT_ANSWER, "", None, correct)
    assert (reading.accepted, reading.problem) == (accepted, "")


@pytest.mark.parametrize(
    ("before", "accepted", "after"),
    [
        (None, ("a",), "a"),
        (None, ("a", "é"), '["a", "é"]'),
        ("a", (), None),
        ("a", ("[1]",), '["[1]"]'),
        (None, ("",), '[""]'),
        ('["\\u00e9",  "b"]', ("é", "c"), '["\\u00e9",  "c"]'),
        ('["\\u00e9",  "b"]', ("b",), "b"),
        ("[1, 2]", ("1", "3"), '[1, "3"]'),
    ],
)
def test_accepted_answers_are_written_so(before: str | None, accepted: tuple[str, ...], after: str | None) -> None:
    assert write(set_accepted(read(SHORT_ANSWER, "", None, before), accepted), None, before) == (None, after)


WIRE = '[ {"id": 7, "text":"a\\u0062", "x": 1.0e+5, "x": 2},\n  "c\\/d",\n  3.50 ]'
LAST_FIRST = '[ 3.50,\n  {"id": 7, "text":"a\\u0062", "x": 1.0e+5, "x": 2},\n  "c\\/d" ]'


@pytest.mark.parametrize(
    ("edit", "options", "correct"),
    [
        (lambda r: rename_option(r, 0, 'z"'), WIRE.replace('"a\\u0062"', '"z\\""'), "c/d"),
        (lambda r: rename_option(r, 1, "é"), WIRE.replace('"c\\/d"', '"é"'), "é"),
        (lambda r: rename_option(r, 2, "4"), WIRE.replace("3.50", '"4"'), "c/d"),
        (lambda r: rename_option(rename_option(r, 1, "x"), 1, "c/d"), WIRE, "c/d"),
        (lambda r: remove_options(r, [2]), WIRE.replace(",\n  3.50", ""), "c/d"),
        (lambda r: remove_options(r, [1]), WIRE.replace(',\n  "c\\/d"', ""), None),
        (lambda r: remove_options(r, [0, 1, 2]), "[]", None),
        (lambda r: add_options(r, ["new", "er"]), WIRE.replace("3.50", '3.50,\n  "new",\n  "er"'), "c/d"),
        (lambda r: add_options(r, ["new"], 0), WIRE.replace("[ {", '[ "new",\n  {'), "c/d"),
        (lambda r: move_options(r, [2], 0), LAST_FIRST, "c/d"),
        (lambda r: move_options(r, [0, 1], 3), LAST_FIRST, "c/d"),
        (lambda r: tick(r, 2, True), WIRE, '["c/d", "3.50"]'),
        (lambda r: tick(r, 2, True, alone=True), WIRE, "3.50"),
        (lambda r: tick(r, 1, False), WIRE, None),
    ],
)  # fmt: skip
def test_an_edit_changes_what_it_is_of_and_nothing_else(edit: object, options: str, correct: str | None) -> None:
    assert callable(edit)
    reading = read(MULTIPLE_CHOICE, "Why?", WIRE, "c/d", 2)
    assert write(edit(reading), WIRE, "c/d") == (options, correct)


def test_a_list_of_several_right_ones_is_never_mistaken_for_an_option() -> None:
    before = '["a", "b", "[\\"a\\", \\"b\\"]"]'
    reading = tick(tick(read(MULTIPLE_CHOICE, "", before, None), 0, True), 1, True)
    _, correct = write(reading, before, None)
    assert read(MULTIPLE_CHOICE, "", before, correct).right == (0, 1)


def test_ticking_gives_up_what_was_not_understood() -> None:
    reading = tick(read(MULTIPLE_CHOICE, "", '["a", "b"]', "B"), 1, True)
    assert (reading.problem, write(reading, '["a", "b"]', "B")) == ("", ('["a", "b"]', "b"))


# Any edits of any list

RAWS = (
    '"a"', '"\\u00e9"', '"c\\/d"', "1", "2.50", "1e400", "null", "true", '{"text": "t", "n": 12345678901234567890}',
    '{ "label":"l" , "k":[1, {"text": "no"}] }', '{"option":"o","option":"p"}', '"\\ud800"', '""', '" x "',
    '{"text": "q", "label": "r"}', '{"a": "}", "text": "]"}', '"[\\"a\\", \\"b\\"]"', '"日本"',
)  # fmt: skip
blanks = st.sampled_from(("", " ", "\n  ", "\t", "\r\n"))


@st.composite
def lists(draw: st.DrawFn) -> str:
    """A list of options, set in any way."""
    raws = draw(st.lists(st.sampled_from(RAWS), max_size=6))
    parts = (f"{draw(blanks)}{raw}{draw(blanks)}" for raw in raws)
    return f"{draw(blanks)}[{','.join(parts) or draw(blanks)}]{draw(blanks)}"


@st.composite
def edits(draw: st.DrawFn, reading: Reading) -> tuple[Reading, list[str]]:
    """What a few edits make of a reading, and the options' texts that a plain list has then."""
    texts = [option.text for option in reading.options]
    new = st.sampled_from(("new", "é", '"', "1", "a", "[1]", "", "[]", '["a", "1"]'))
    for _ in range(draw(st.integers(1, 4))):
        places = draw(st.lists(st.integers(0, len(texts) - 1), unique=True)) if texts else []
        at = draw(st.integers(0, len(texts)))
        what = draw(st.sampled_from(("add", "remove", "rename", "move", "tick")))
        if what == "add":
            text = draw(new)
            reading, texts = add_options(reading, [text], at), [*texts[:at], text, *texts[at:]]
        elif what == "remove":
            reading, texts = remove_options(reading, places), [t for i, t in enumerate(texts) if i not in places]
        elif what == "move":
            reading = move_options(reading, places, at)
            head = [t for i, t in enumerate(texts) if i not in places and i < at]
            tail = [t for i, t in enumerate(texts) if i not in places and i >= at]
            texts = head + [texts[i] for i in sorted(places)] + tail
        elif places and what == "rename":
            texts[places[0]] = draw(new)
            reading = rename_option(reading, places[0], texts[places[0]])
        elif places:
            reading = tick(reading, places[0], draw(st.booleans()), alone=draw(st.booleans()))
    return reading, texts


@given(st.data(), lists(), st.sampled_from((None, "a", "é", '["a", "1"]', "[]", "B", "")))
def test_any_edits_give_the_options_of_a_plain_list(data: st.DataObject, wire: str, correct: str | None) -> None:
    before = read(MULTIPLE_CHOICE, "", wire, correct)
    after, texts = data.draw(edits(before))
    options, answer = write(after, wire, correct)
    again = read(MULTIPLE_CHOICE, "", options, answer)
    assert [option.text for option in again.options] == texts
    assert options is not None
    json.loads(options)
    for option, stored in zip(after.options, again.options, strict=True):
        if option.source is not None and option_text(option.source) == option.text:
            assert stored.source == option.source
    if not after.problem and len(set(texts)) == len(texts):
        assert (again.right, again.problem) == (after.right, "")
    assert write(again, options, answer) == (options, answer)


@given(lists())
def test_a_list_is_put_together_again_as_it_was(wire: str) -> None:
    items = json_items.items_of(wire)
    assert items is not None
    assert items.text() == wire
    assert [json.loads(raw) for raw in items.raws] == json.loads(wire)


@given(readings())
def test_a_new_question_is_read_as_it_was_made(made: Reading) -> None:
    options, correct = write(made, None, None)
    again = read(made.type, made.text, options, correct, made.points)
    if len({option.text for option in made.options}) == len(made.options):
        assert (again.right, again.truth, again.accepted) == (made.right, made.truth, made.accepted)
    assert [option.text for option in again.options] == [option.text for option in made.options]
    assert (again.text, again.points, again.odd) == (made.text, made.points, "")


# Types


def test_another_type_is_made_of_what_there_is() -> None:
    choice = read(MULTIPLE_CHOICE, "Why?", '["a", "true"]', "true", 3)
    assert switch_type(choice, SHORT_ANSWER).accepted == ("true",)
    assert switch_type(choice, TRUE_FALSE).truth is True
    assert switch_type(choice, ESSAY).points == 3
    made = switch_type(read(TRUE_FALSE, "", None, "false"), MULTIPLE_CHOICE, ("Wahr", "Falsch"))
    assert (made.options, made.right) == ((Option("Wahr"), Option("Falsch")), (1,))
    made = switch_type(read(SHORT_ANSWER, "", None, '["b", "c"]'), MULTIPLE_CHOICE)
    assert (made.options, made.right) == ((Option("b"),), (0,))
    assert switch_type(read(SHORT_ANSWER, "", None, "x"), TRUE_FALSE).truth is None


def test_a_question_of_an_unknown_type_can_be_made_one_of_a_known() -> None:
    other = read("mcq", "Why?", '[ "a", {"label": "b"} ]', "b")
    assert (other.odd != "", write(other, "x", "y")) == (True, ("x", "y"))
    made = switch_type(other, MULTIPLE_CHOICE)
    assert (made.right, made.odd) == ((1,), "")
    assert write(made, '[ "a", {"label": "b"} ]', "b") == ('[ "a", {"label": "b"} ]', "b")
    assert switch_type(read("text_input", "Why?", None, "b"), SHORT_ANSWER).accepted == ("b",)


@given(st.lists(st.sampled_from(TYPES), max_size=5), lists(), st.sampled_from((None, "a", "B", "true")))
def test_the_former_type_brings_back_what_was(ways: list[str], wire: str, correct: str | None) -> None:
    for kind in TYPES:
        before = read(kind, "Why?", wire, correct)
        reading = before
        for way in ways:
            reading = switch_type(replace(reading, text="Why not?"), way)
        back = switch_type(reading, kind)
        assert replace(back, text="Why?") == before
        assert write(back, wire, correct) == (wire, correct)


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (MULTIPLE_CHOICE, ('[ "x", "z" ]', "z")),
        (SHORT_ANSWER, (None, "z")),
        (TRUE_FALSE, (None, None)),
        (ESSAY, (None, None)),
    ],
)
def test_what_another_type_does_not_need_is_not_written(kind: str, written: tuple[str | None, str | None]) -> None:
    before = read(MULTIPLE_CHOICE, "", '[ "x", "z" ]', "z")
    assert write(switch_type(before, kind), '[ "x", "z" ]', "z") == written


# What an edit alters


@pytest.mark.parametrize(
    ("edit", "alters"),
    [
        (lambda r: replace(r, text="Why not?"), False),
        (lambda r: move_options(r, [0], 2), False),
        (lambda r: r, False),
        (lambda r: replace(r, points=3), True),
        (lambda r: tick(r, 0, True), True),
        (lambda r: rename_option(r, 0, "z"), True),
        (lambda r: add_options(r, ["z"]), True),
        (lambda r: remove_options(r, [0]), True),
        (lambda r: switch_type(r, ESSAY), True),
    ],
)
def test_an_edit_that_alters_what_former_answers_mean_is_known(edit: object, alters: bool) -> None:
    assert callable(edit)
    before = read(MULTIPLE_CHOICE, "Why?", '["a", "b"]', "b", 2)
    assert would_alter(before, edit(before)) is alters


def test_another_truth_or_accepted_answer_alters_as_well() -> None:
    statement, short = read(TRUE_FALSE, "", None, "true"), read(SHORT_ANSWER, "", None, "a")
    assert would_alter(statement, set_truth(statement, False))
    assert not would_alter(statement, read(TRUE_FALSE, "", None, "True"))
    assert would_alter(short, set_accepted(short, ["a", "b"]))
    assert not would_alter(short, read(SHORT_ANSWER, "", None, '["a"]'))
