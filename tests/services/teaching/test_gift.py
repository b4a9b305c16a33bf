"""GIFT: what is written is read again; what other programs write is understood, or it is said that it is not."""

from hypothesis import given
from hypothesis import strategies as st

from lms_desktop.services.teaching.gift import parse, render, unwritable
from lms_desktop.services.teaching.questions import Reading
from tests.services.teaching.made_questions import readings, texts

trimmed = texts.map(str.strip)


@given(st.lists(readings(trimmed), max_size=4))
def test_what_is_written_is_read_again(questions: list[Reading]) -> None:
    kept = tuple(question for question in questions if not unwritable(question))
    assert parse(render(questions)).questions == kept


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    parse(text)
