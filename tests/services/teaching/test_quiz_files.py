"""Quizzes as files: the form is found out, the bytes are read, what cannot be written is said."""

import pytest

from lms_desktop.errors import BadValue
from lms_desktop.services.teaching import quiz_files
from lms_desktop.services.teaching.question_text import EXAMPLE, parse
from lms_desktop.services.teaching.questions import MULTIPLE_CHOICE, TRUE_FALSE, Option, Reading
from lms_desktop.services.teaching.quiz_files import FORMS, GIFT, MOODLE_XML, TEXT, Form, decoded, detect, export, load

QUESTIONS = parse(EXAMPLE).questions


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.key)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_is_exported_is_recognized_and_read_again(form: Form, encoding: str) -> None:
    exported = export(QUESTIONS, form)
    text = exported.text.replace("UTF-8", encoding.removesuffix("-sig"))
    loaded = load(text.encode(encoding), "quiz")
    assert (loaded.form, loaded.parsed.questions, exported.problems) == (form, QUESTIONS, ())


@pytest.mark.parametrize(
    ("text", "name", "form"),
    [
        ("  <quiz/>", "a.txt", MOODLE_XML),
        ("What?\n- a\n* b", "a.gift", GIFT),
        ("What? {=a ~b}", "a.txt", GIFT),
        ("::A::What\n{\n=a\n~b\n}\n\nB {}", "", GIFT),
        ("What does `{}` make?\n- a list\n* a dict\n\nAnd `{1}`?\n* a set\n- a dict", "a.txt", TEXT),
        ("What?\n- a\n* b", "a.md", TEXT),
        ("", "", TEXT),
    ],
)
def test_the_form_is_found_out(text: str, name: str, form: Form) -> None:
    assert detect(text, name) is form


def test_the_form_that_was_chosen_counts() -> None:
    assert load(b"What? {=a ~b}", form=TEXT).parsed.questions[0].text == "What? {=a ~b}"
    assert load(b"no xml", form=MOODLE_XML).parsed.problems


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("a\nb\ncafé".encode("latin-1"), "Line 3 of this file is not UTF-8."),
        (b"PK\x03\x04\x00\x00", "This is not a text file."),
        (b"\xff\xfea", "Line 1 of this file is not UTF-8."),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(BadValue) as refused:
        decoded(data)
    assert refused.value.text == sentence


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiz_files, "MAX_BYTES", 3_000_000)
    with pytest.raises(BadValue, match="at most 3 MB are read"):
        load(b" " * 3_000_001)


def test_what_cannot_be_written_is_said_with_its_place() -> None:
    questions = [
        Reading(TRUE_FALSE, "a", truth=True),
        Reading("matching", "b"),
        Reading(TRUE_FALSE, "c"),
        Reading(MULTIPLE_CHOICE, "d", (Option("x"),), odd="odd"),
    ]
    assert [problem.line for problem in export(questions, GIFT).problems] == [2, 3, 4]
    assert [problem.line for problem in export(questions, MOODLE_XML).problems] == [2, 4]
    assert export(questions, TEXT).text == "a\nTrue\n\nc\nTrue/False\n"
