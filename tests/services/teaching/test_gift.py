"""GIFT: what is written is read again; what other programs write is understood, or it is said that it is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_desktop.services.teaching.gift import parse, render, unwritable
from lms_desktop.services.teaching.questions import ESSAY, MULTIPLE_CHOICE, SHORT_ANSWER, TRUE_FALSE, Option, Reading
from tests.services.teaching.made_questions import readings, texts

trimmed = texts.map(str.strip)

MOODLE = r"""
// question: 0  name: Switch category to $course$/top/Default for Algebra
$CATEGORY: $course$/top/Default for Algebra


// question: 11  name: Colours
::Colours::[html]<p>What is between <b>orange</b> and green in the spectrum?</p>{
	=<p>yellow</p>#<p>Right; good!</p>
	~<p>red</p>#<p>Wrong, it's yellow.</p>
	~[plain]blue#wrong
}


// question: 12  name: Primes
::Primes::[markdown]Which are *prime*?{
	~%50%2
	~%50%3
	~%-100%4 \= 2 \* 2
}

// question: 13  name: Ratio
::Ratio::At 12\:30 the ratio is 1\:2 in \{a, b\}.{TRUE#No.#Yes.####In general.}

// question: 14  name: Grant
::Grant::Who is buried in Grant's tomb?{=no one =nobody#Right}

// question: 15  name: Match
::Match::Match the capitals.{
	=Canada -> Ottawa
	=Italy  -> Rome
}

// question: 16  name: Born
::Born::When was Ulysses S. Grant born?{#1822:5}

// question: 17  name: Four
::Four::2 + 2{#4}

// question: 18  name: Say
::Say::[plain]Describe <head> and\nwhy.{}

// question: 19  name: Note
::Note::Now follow three hard questions.
"""


def test_an_export_of_moodle_is_read() -> None:
    parsed = parse(MOODLE)
    assert parsed.questions == (
        Reading(
            MULTIPLE_CHOICE,
            "What is between orange and green in the spectrum?",
            (Option("yellow"), Option("red"), Option("blue")),
            (0,),
        ),
        Reading(MULTIPLE_CHOICE, "Which are *prime*?", (Option("2"), Option("3"), Option("4 = 2 \\* 2")), (0, 1)),
        Reading(TRUE_FALSE, "At 12:30 the ratio is 1:2 in {a, b}.", truth=True),
        Reading(SHORT_ANSWER, "Who is buried in Grant's tomb?", accepted=("no one", "nobody")),
        Reading(SHORT_ANSWER, "2 + 2", accepted=("4",)),
        Reading(ESSAY, "Describe <head> and\nwhy."),
    )
    assert [(problem.line, str(problem.sentence)) for problem in parsed.problems] == [
        (3, "Categories are left out: the questions come into one quiz."),
        (7, "Feedback is left out: there is no place for it here."),
        (22, "Feedback is left out: there is no place for it here."),
        (25, "Feedback is left out: there is no place for it here."),
        (28, "Matching questions are not known here: this one was left out."),
        (34, "Numerical questions are not known here: this one was left out."),
        (37, "This numerical question was taken as one with a short answer."),
        (43, "This is a text without a question: it was left out."),
    ]
    assert parsed.lines == (7, 15, 22, 25, 37, 40)


@pytest.mark.parametrize(
    ("source", "reading"),
    [
        (
            "Two plus {=two =2} equals four.",
            Reading(SHORT_ANSWER, "Two plus _____ equals four.", accepted=("two", "2")),
        ),
        ("{~a =b} begins", Reading(MULTIPLE_CHOICE, "_____ begins", (Option("a"), Option("b")), (1,))),
        ("Ends.\n{T}", Reading(TRUE_FALSE, "Ends.", truth=True)),
        ("Ends {FALSE}", Reading(TRUE_FALSE, "Ends", truth=False)),
        ("a{=1~2}", Reading(MULTIPLE_CHOICE, "a", (Option("1"), Option("2")), (0,))),
        ("a{~%100%b ~c}", Reading(MULTIPLE_CHOICE, "a", (Option("b"), Option("c")), (0,))),
        ("a{\n~b\n\n=c\n}", Reading(MULTIPLE_CHOICE, "a", (Option("b"), Option("c")), (1,))),
        ("a {Paris}", Reading(SHORT_ANSWER, "a", accepted=("Paris",))),
        ("a {=[html]x &lt; y}", Reading(SHORT_ANSWER, "a", accepted=("x < y",))),
        ("H<sub>2</sub>O {}", Reading(ESSAY, "H₂O")),
        ("one\ntwo {}", Reading(ESSAY, "one\ntwo")),
        ("$CATEGORY: x\na {}", Reading(ESSAY, "a")),
        ("\ufeffa {}", Reading(ESSAY, "a")),
        ("::Title::{T}", Reading(TRUE_FALSE, "Title", truth=True)),
        ("a\r\n{\r\n=b\r\n~c\r\n}\r\n", Reading(MULTIPLE_CHOICE, "a", (Option("b"), Option("c")), (0,))),
        ("see http\\://x.y // not a comment {}", Reading(ESSAY, "see http://x.y // not a comment")),
        ("a {=\\\\alpha}", Reading(SHORT_ANSWER, "a", accepted=("\\alpha",))),
    ],
)
def test_one_question_is_read(source: str, reading: Reading) -> None:
    assert parse(source).questions == (reading,)


@pytest.mark.parametrize(
    ("source", "sentence", "questions"),
    [
        ("", "There are no questions in this.", 0),
        ("a {=b", "A brace is missing in this question: it was left out.", 0),
        ("a =b}", "A brace is missing in this question: it was left out.", 0),
        ("a {#1..5}", "Numerical questions are not known here: this one was left out.", 0),
        ("a {=x =%50%y}", "Answers that give a part of the points are left out or wrong here: y.", 1),
        ("a {=x ~%50%y ~z}", "Answers that give a part of the points are left out or wrong here: y.", 1),
        ("a {=x =y ~z}", "One of several right options was enough; here all of them have to be ticked.", 1),
        ("a {=b*c}", "A star stands for any text in the answer b*c; here it is a star.", 1),
        ("a {=x ~y} b {=z}", "There is more than one gap in this question: only the first is a question here.", 1),
        ("a {~x ~y}", "None of the options is marked as right.", 1),
        ('[html]<img src="x.png" alt="a cat"> {}', "Pictures and sounds are left out.", 1),
    ],
)
def test_what_cannot_be_kept_is_said(source: str, sentence: str, questions: int) -> None:
    parsed = parse(source)
    assert [str(problem.sentence) for problem in parsed.problems] == [sentence]
    assert len(parsed.questions) == questions


def test_it_is_written_as_moodle_reads_it() -> None:
    questions = [
        Reading(MULTIPLE_CHOICE, "1:2 = ?\nChoose.", (Option("{x}"), Option("~y#"), Option("%50%z")), (0,), points=2),
        Reading(MULTIPLE_CHOICE, "q", (Option("a"), Option("b"), Option("c"), Option("d")), (0, 1, 2)),
        Reading(TRUE_FALSE, "t", truth=False),
        Reading(SHORT_ANSWER, "s", accepted=("a*b", "[html]c")),
        Reading(ESSAY, "e"),
    ]
    assert render(questions) == (
        "// points: 2\n"
        "[plain]1\\:2 \\= ?\\nChoose.{\n\t=\\{x\\}\n\t~\\~y\\#\n\t~%0%%50%z\n}\n"
        "\n"
        "[plain]q{\n\t~%33.33333%a\n\t~%33.33333%b\n\t~%33.33333%c\n\t~%-100%d\n}\n"
        "\n"
        "[plain]t{FALSE}\n"
        "\n"
        "[plain]s{\n\t=a\\\\*b\n\t=[plain][html]c\n}\n"
        "\n"
        "[plain]e{}\n"
    )


@pytest.mark.parametrize(
    "reading",
    [
        Reading("matching", "m"),
        Reading(MULTIPLE_CHOICE, "m", odd="odd"),
        Reading(MULTIPLE_CHOICE, "m"),
        Reading(TRUE_FALSE, "m"),
        Reading(SHORT_ANSWER, "m"),
        Reading(SHORT_ANSWER, "m", accepted=("a -> b",)),
    ],
)
def test_what_gift_has_no_form_for_is_left_out_with_a_reason(reading: Reading) -> None:
    assert unwritable(reading)
    assert render([reading]) == ""


@given(st.lists(readings(trimmed), max_size=4))
def test_what_is_written_is_read_again(questions: list[Reading]) -> None:
    kept = tuple(question for question in questions if not unwritable(question))
    assert parse(render(questions)).questions == kept


def test_a_brace_that_is_never_closed_swallows_no_other_question() -> None:
    parsed = parse("one {=a\n\ntwo {=b}\n\n" + "three {\n\n=c\n\n}\n\n" * 5_000)
    assert len(parsed.questions) == 5_001
    assert [problem.line for problem in parsed.problems] == [1]


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    parse(text)
