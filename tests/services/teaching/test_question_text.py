"""Many questions as plain text: what is written is read again, what is pasted is understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_desktop.services.teaching.question_text import EXAMPLE, parse, render
from lms_desktop.services.teaching.questions import ESSAY, MULTIPLE_CHOICE, SHORT_ANSWER, TRUE_FALSE, Option, Reading
from tests.services.teaching.made_questions import readings


def choice(text: str, *options: str, points: int = 1) -> Reading:
    """A multiple choice; a star before an option says that it is right."""
    right = tuple(i for i, option in enumerate(options) if option.startswith("*"))
    return Reading(MULTIPLE_CHOICE, text, tuple(Option(o.lstrip("*")) for o in options), right, points=points)


def test_the_example_says_what_it_seems_to_say() -> None:
    parsed = parse(EXAMPLE)
    assert parsed.questions == (
        choice("What is the capital of France?", "Rome", "*Paris", "Madrid", points=2),
        Reading(TRUE_FALSE, "The Earth goes round the Sun.", truth=True),
        Reading(SHORT_ANSWER, "What is 2 + 2?", accepted=("4", "four")),
        Reading(ESSAY, "Why does it rain?", points=5),
    )
    assert (parsed.problems, parsed.lines) == ((), (1, 6, 9, 13))
    assert render(parsed.questions) == EXAMPLE


@pytest.mark.parametrize(
    ("pasted", "questions"),
    [
        ("1. Q?\nA. x\nB. y\nANSWER: B", [choice("Q?", "x", "*y")]),
        ("1) Q?\na) x\nb) y\n2) R?\na) z\n*b) w", [choice("Q?", "x", "y"), choice("R?", "z", "*w")]),
        ("Q?\n(a) x\n(b) y\n(c) z\nCorrect answers: a, c", [choice("Q?", "*x", "y", "*z")]),
        ("Q?\n- [ ] x\n- [x] y", [choice("Q?", "x", "*y")]),
        ("Q?\n[x] x\n[] y\n☑ z\n☐ w", [choice("Q?", "*x", "y", "*z", "w")]),
        ("Q?\n\n- x\n\n* y\n", [choice("Q?", "x", "*y")]),
        ("Q?\n• x\n– y\n* z", [choice("Q?", "x", "y", "*z")]),
        ("Q?\n- x\n- y\nAnswer: y", [choice("Q?", "x", "*y")]),
        ("Q?\n  - x\n  * y\n    and more", [choice("Q?", "x", "*y\nand more")]),
        ("Q?\n* x\n- y\nR?\n* z\n- w", [choice("Q?", "*x", "y"), choice("R?", "*z", "w")]),
        ("\ufeffQ?\r\n* x\r\n- y\r\n\r\nR?\r\n", [choice("Q?", "*x", "y"), Reading(ESSAY, "R?")]),
        ("Q (3 marks)\n* x\n- y", [choice("Q", "*x", "y", points=3)]),
        ("Q\nPoints: 3\n* x\n- y", [choice("Q", "*x", "y", points=3)]),
        ("Q [1 pt]\nmore of it\n* x\n- y", [choice("Q\nmore of it", "*x", "y")]),
        ("Q one\n  and two:\n* x\n- y", [choice("Q one\n  and two:", "*x", "y")]),
        ("1. Q\n2. R", [Reading(ESSAY, "Q"), Reading(ESSAY, "R")]),
        ("Steps:\n1. mix\n2. stir", [Reading(ESSAY, "Steps:\n1. mix\n2. stir")]),
        ("Q: It rains.\nFalse", [Reading(TRUE_FALSE, "It rains.", truth=False)]),
        ("It rains.\nAnswer: t", [Reading(TRUE_FALSE, "It rains.", truth=True)]),
        ("It rains.\nTrue\nFalse\nAnswer: False", [Reading(TRUE_FALSE, "It rains.", truth=False)]),
        ("Q?\nAnswer: a\nanswer: b", [Reading(SHORT_ANSWER, "Q?", accepted=("a", "b"))]),
        ("Q?\n= True", [Reading(SHORT_ANSWER, "Q?", accepted=("True",))]),
        ("A. Lincoln was what?\n* x\n- y", [choice("A. Lincoln was what?", "*x", "y")]),
        ("Q?\nI. Asimov wrote it.", [Reading(ESSAY, "Q?\nI. Asimov wrote it.")]),
        ("*Note* well:\n* x\n- y", [choice("*Note* well:", "*x", "y")]),
        ("Which?\n\\- this\n\\\n  that\n* x\n- \\[x] y", [choice("Which?\n- this\n\n  that", "*x", "[x] y")]),
        ("\\frac{1}{2}?\nAnswer: \\alpha", [Reading(SHORT_ANSWER, "\\frac{1}{2}?", accepted=("\\alpha",))]),
        ("Q? (2 points) (3 points)", [Reading(ESSAY, "Q? (2 points)", points=3)]),
    ],
)
def test_what_is_pasted_is_understood(pasted: str, questions: list[Reading]) -> None:
    assert parse(pasted).questions == tuple(questions)


@pytest.mark.parametrize(
    ("pasted", "problems"),
    [
        ("", [(0, "There are no questions in this.")]),
        ("\n\n- x", [(3, "There is no question above this line.")]),
        ("Q?\n- x\n- y", [(1, "None of the options is marked as right.")]),
        ("Q?\n* x\n* y", [(1, "All of the options are marked as right.")]),
        ("R\n\nQ?\n* x", [(3, "This question has one option only."),]),
        ("Q?\n* x\n- x", [(1, "Two options are the same: x.")]),
        ("Q?\n-", [(1, "This question has no options.")]),
        ("Q?\nAnswer:", [(1, "There is no accepted answer.")]),
        ("Q.\nTrue\nFalse", [(1, "It is not said whether this is true or false.")]),
        ("Q?\nTrue/False", [(1, "It is not said whether this is true or false.")]),
        ("Q?\na) x\n*b) y\nAnswer: C", [(4, "The answer “C” is none of the options.")]),
        ("Q?\n* x\n- y\n= z", [(4, "This question has options already: this line was left out.")]),
        ("Q?\n= z\n* x\n- y", [(1, "This question has answers of several kinds: only its options were taken.")]),
        ("Q (0.5 points)", [(1, "Points are whole numbers: 0.5 was left out.")]),
        ("\\", [(1, "This question has no text.")]),
    ],
)  # fmt: skip
def test_what_is_not_as_it_should_be_is_said_with_its_line(pasted: str, problems: list[tuple[int, str]]) -> None:
    assert [(problem.line, str(problem.sentence)) for problem in parse(pasted).problems] == problems


@given(st.lists(readings(), max_size=4))
def test_what_is_written_is_read_again(questions: list[Reading]) -> None:
    assert parse(render(questions)).questions == tuple(questions)


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "a " * 200_000,
        "a" + " " * 300_000 + "b",
        "- x\n" * 20_000,
        "c) x\n" * 20_000,
        "a, " * 100_000,
        "[" * 300_000,
    ],
)
def test_a_large_text_is_read_at_once(text: str) -> None:
    assert parse("Q?\n" + text).questions
    assert parse("Q?\n- x\nAnswer: " + text).questions
