"""What answers are worth: a table by hand, and any quiz against a computation that shares nothing with the program."""

import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms_desktop.services.teaching.grading import Marker, Verdict, answers, grade, percentage, score
from lms_desktop.services.teaching.questions import ESSAY, MULTIPLE_CHOICE, SHORT_ANSWER, TRUE_FALSE, Reading, read

ONE = read(MULTIPLE_CHOICE, "", '["red", "blue", "5", "true"]', "red", 2)
SEVERAL = read(MULTIPLE_CHOICE, "", '["red", "blue", {"text": "green"}]', '["red", "green"]', 3)
NUMBER = read(MULTIPLE_CHOICE, "", "[4, 5]", "5")
LETTER = read(MULTIPLE_CHOICE, "", '["red", "blue"]', "A")
RAW = read(MULTIPLE_CHOICE, "", '{"A": "red", "B": "blue"}', "B")
LISTED = read(MULTIPLE_CHOICE, "", '["[1, 2]", "1"]', "[1, 2]")
RIGHT, WRONG = read(TRUE_FALSE, "", None, "true"), read(TRUE_FALSE, "", None, "False")
WORD = read(TRUE_FALSE, "", None, "Wahr")
SHORT = read(SHORT_ANSWER, "", None, '["Straße", "New  York", "0.5", "007", "é"]', 4)


@pytest.mark.parametrize(
    ("reading", "given", "right"),
    [
        (ONE, "red", True),
        (ONE, ["red"], True),
        (ONE, ["red", "red"], True),
        (ONE, {"text": "red"}, True),
        (ONE, "Red", False),
        (ONE, "blue", False),
        (ONE, ["red", "blue"], False),
        (ONE, None, False),
        (ONE, "", False),
        (ONE, [], False),
        (ONE, 0, False),
        (SEVERAL, ["green", "red"], True),
        (SEVERAL, '["red", "green"]', True),
        (SEVERAL, ["red"], False),
        (SEVERAL, "red", False),
        (SEVERAL, ["red", "green", "blue"], False),
        (NUMBER, 5, True),
        (NUMBER, "5", True),
        (NUMBER, 4, False),
        (LETTER, "A", True),
        (LETTER, "red", False),
        (RAW, "B", True),
        (RAW, "blue", False),
        (LISTED, "[1, 2]", True),
        (LISTED, ["1"], False),
        (RIGHT, "true", True),
        (RIGHT, True, True),
        (RIGHT, "True", True),
        (RIGHT, "1", True),
        (RIGHT, 1, True),
        (RIGHT, "yes", True),
        (RIGHT, False, False),
        (RIGHT, None, False),
        (RIGHT, "perhaps", False),
        (WRONG, "f", True),
        (WRONG, False, True),
        (WRONG, 0, True),
        (WRONG, "true", False),
        (WORD, "wahr", True),
        (WORD, "true", False),
        (SHORT, "strasse", True),
        (SHORT, " STRASSE\n", True),
        (SHORT, "new york", True),
        (SHORT, "newyork", False),
        (SHORT, ["New York"], True),
        (SHORT, "0,5", True),
        (SHORT, ".50", True),
        (SHORT, "+0.5", True),
        (SHORT, "\u22120.5", False),
        (SHORT, "1/2", False),
        (SHORT, "007", True),
        (SHORT, "7", False),
        (SHORT, "E\u0301", True),
        (SHORT, None, False),
        (SHORT, "", False),
        (SHORT, ["0.5", "é"], False),
        (read(SHORT_ANSWER, "", None, "5"), 5, True),
        (read(SHORT_ANSWER, "", None, "5"), "5,0", True),
        (read(SHORT_ANSWER, "", None, "-1"), "\u22121", True),
        (read(SHORT_ANSWER, "", None, "1,234"), "1234", False),
        (read(ESSAY, "", None, None, 9), "anything", None),
        (read(ESSAY, "", None, "a model answer"), "a model answer", None),
        (read("matching", "", '["a"]', "a"), "a", None),
        (read(MULTIPLE_CHOICE, "", '["a", "b"]', None), "a", None),
        (read(TRUE_FALSE, "", None, None), "true", None),
        (read(SHORT_ANSWER, "", None, ""), "a", None),
    ],
)
def test_an_answer_is_right_or_wrong_or_a_persons_to_judge(reading: Reading, given: object, right: bool | None) -> None:
    of = max(reading.points, 0)
    assert grade(reading, given) == Verdict(of if right else 0, of, right)


@pytest.mark.parametrize(
    ("points", "of", "percent"),
    [(0, 0, None), (0, 3, 0), (1, 3, 33), (2, 3, 67), (3, 3, 100), (1, 8, 13), (1, 200, 1), (1, 201, 0),
     (199, 200, 100)],
)  # fmt: skip
def test_the_percentage_is_rounded_half_up(points: int, of: int, percent: int | None) -> None:
    assert percentage(points, of) == percent


def test_a_quiz_of_every_type_gives_the_score_computed_by_hand() -> None:
    quiz = {"one": ONE, "several": SEVERAL, "true": RIGHT, "short": SHORT, "essay": read(ESSAY, "", None, None, 5)}
    wire = json.dumps(
        [
            {"question_id": "short", "answer": "0,5"},
            {"question_id": "one", "answer": "red"},
            {"question_id": "several", "answer": ["red"]},
            {"question_id": "essay", "answer": "I would begin …"},
            {"question_id": "gone", "answer": "red"},
        ]
    )
    found = score(quiz, wire, 60)
    # 2 + 0 of 3 + 0 of 1 + 4 of 10 points that are marked: the essay's five are not among them.
    assert (found.points, found.of, found.percent, found.passed) == (6, 10, 60, True)
    assert [(key, verdict.right) for key, verdict in found.verdicts.items()] == [
        ("one", True),
        ("several", False),
        ("true", False),
        ("short", True),
        ("essay", None),
    ]
    assert score(quiz, wire, 61).passed is False


@pytest.mark.parametrize("wire", [None, "", "null", "[]", "{", "7", '"a"', "[" * 5_000])
def test_nothing_answered_is_nothing_reached(wire: str | None) -> None:
    found = score({"one": ONE, "essay": read(ESSAY, "", None, None)}, wire, 50)
    assert (found.points, found.of, found.percent, found.passed) == (0, 2, 0, False)


def test_essays_alone_have_no_score() -> None:
    found = score({"essay": read(ESSAY, "", None, None, 5)}, '["words"]', 0)
    assert (found.percent, found.passed, found.of) == (None, None, 0)
    assert score({}, "[]", 0).percent is None


def test_points_below_zero_count_for_nothing() -> None:
    assert grade(read(TRUE_FALSE, "", None, "true", -3), True) == Verdict(0, 0, True)


ORDER = ("5f0e7a52-7f0f-4a3c-9f8a-000000000001", "5f0e7a52-7f0f-4a3c-9f8a-000000000002")


@pytest.mark.parametrize(
    ("wire", "given"),
    [
        (f'[{{"question_id": "{ORDER[1]}", "answer": "b"}}]', {ORDER[1]: "b"}),
        (f'[{{"question_id": "{ORDER[1].upper()}", "answer": 5.0}}]', {ORDER[1]: "5.0"}),
        (f'[{{"question_id": "{{{ORDER[1]}}}", "answer": true}}]', {ORDER[1]: True}),
        (f'[{{"question_id": "{ORDER[0]}"}}, "b", null]', {ORDER[0]: None}),
        (json.dumps([{"question_id": ORDER[0], "answer": n} for n in (1, 2)]), {ORDER[0]: "2"}),
        ('[{"question_id": 7, "answer": "b"}]', {}),
        ('["a", ["b", "c"]]', {ORDER[0]: "a", ORDER[1]: ["b", "c"]}),
        ('["a"]', {ORDER[0]: "a"}),
        ('["a", "b", "c"]', {ORDER[0]: "a", ORDER[1]: "b"}),
        ('[{"text": "a"}]', {ORDER[0]: {"text": "a"}}),
        (f'{{"{ORDER[0]}": "a", "x": 1}}', {ORDER[0]: "a"}),
        ("7", {}),
        ("[", {}),
        (None, {}),
    ],
)  # fmt: skip
def test_answers_are_read_in_every_form(wire: str | None, given: dict[str, object]) -> None:
    assert dict(answers(wire, ORDER)) == given


@st.composite
def quizzes(draw: st.DrawFn) -> tuple[dict[str, Reading], dict[str, object], int, int, set[str]]:
    """A quiz, answers to it, the points reached and to be had as they were dealt out, and what is right."""
    quiz, given, right = dict[str, Reading](), dict[str, object](), set[str]()
    reached = whole = 0
    for number in range(draw(st.integers(0, 8))):
        key, points = f"q{number}", draw(st.integers(0, 9))
        kind = draw(st.sampled_from((MULTIPLE_CHOICE, TRUE_FALSE, SHORT_ANSWER, ESSAY)))
        fine, wrong = ("x", "y")
        options = None
        if kind == MULTIPLE_CHOICE:
            options, correct = '["x", "y", "z"]', draw(st.sampled_from(("x", '["x", "z"]')))
            choices = ["x"] if correct == "x" else ["z", "x"]
            answer: object = choices if draw(st.booleans()) else draw(st.sampled_from((["y"], [], ["x", "y", "z"])))
            good = answer == choices
        elif kind == TRUE_FALSE:
            correct, answer = draw(st.sampled_from((("true", True), ("true", "false"), ("false", "F"))))
            good = (correct, answer) != ("true", "false")
        elif kind == SHORT_ANSWER:
            correct, answer = fine, draw(st.sampled_from((" X ", wrong, None)))
            good = answer == " X "
        else:
            correct, answer, good = None, "words", False
        quiz[key] = read(kind, "", options, correct, points)
        if draw(st.integers(0, 5)):
            given[key] = answer
            reached += points if good and kind != ESSAY else 0
            right |= {key} if good else set()
        whole += points if kind != ESSAY else 0
    return quiz, given, reached, whole, right


@given(quizzes(), st.integers(0, 100), st.booleans())
def test_any_quiz_is_scored_as_a_plain_computation_does(
    made: tuple[dict[str, Reading], dict[str, object], int, int, set[str]], passing: int, by_place: bool
) -> None:
    quiz, given, reached, whole, right = made
    if by_place:
        wire = json.dumps([given.get(key) for key in quiz])
    else:
        wire = json.dumps([{"question_id": key, "answer": answer} for key, answer in reversed(given.items())])
    found = Marker(quiz).score(wire, passing)
    assert (found.points, found.of) == (reached, whole)
    assert {key for key, verdict in found.verdicts.items() if verdict.right} == right
    if whole:
        assert found.percent == int(Fraction(100 * reached, whole) + Fraction(1, 2))
        assert found.passed is (found.percent >= passing)
    else:
        assert (found.percent, found.passed) == (None, None)


@settings(max_examples=25)
@given(
    st.text(),
    st.recursive(st.none() | st.booleans() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)),
)
def test_no_answer_is_too_odd(wire: str, answer: object) -> None:
    for reading in (ONE, SEVERAL, LETTER, RAW, RIGHT, WORD, SHORT):
        grade(reading, answer)
        score({"q": reading}, wire, 50)
        score({"q": reading}, json.dumps(answer), 50)
