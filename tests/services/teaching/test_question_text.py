"""Many questions as plain text: what is written is read again, what is pasted is understood."""

from hypothesis import given
from hypothesis import strategies as st

from lms_desktop.services.teaching.question_text import parse, render
from lms_desktop.services.teaching.questions import Reading
from tests.services.teaching.made_questions import readings


@given(st.lists(readings(), max_size=4))
def test_what_is_written_is_read_again(questions: list[Reading]) -> None:
    assert parse(render(questions)).questions == tuple(questions)
