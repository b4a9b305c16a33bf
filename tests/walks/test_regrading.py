"""An instructor corrects a right answer and marks an attempt again, in the real window."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from PySide6.QtCore import Qt

from tests.views.sittings import change
from tests.walks.acting import INSTRUCTOR, Walk, walking
from tests.walks.answering import Answer
from tests.walks.driving import CTRL
from tests.walks.others import rows, value

QUIZ = "Values and text"


@pytest.fixture
def walk(seeded_url: URL, tmp_path: Path, _look: None) -> Iterator[Walk]:
    """The program on a school of one's own."""
    with walking(seeded_url, tmp_path) as walk:
        yield walk


def test_one_attempt_is_marked_again_and_taken_back(walk: Walk) -> None:
    change(walk.url, "UPDATE quiz_questions SET correct_answer = '4' WHERE question_text LIKE %s", "%naïve%")
    attempt, before = rows(
        walk.url,
        "SELECT a.id::text, a.score FROM quiz_attempts a JOIN quizzes q ON q.id = quiz_id"
        " WHERE q.title = %s AND a.ended_at IS NOT NULL ORDER BY a.started_at DESC LIMIT 1",
        QUIZ,
    )[0]
    score = "SELECT score FROM quiz_attempts WHERE id = %s"
    person = walk.sign_in(INSTRUCTOR)
    person.open("attempts")
    person.press(Qt.Key.Key_F, CTRL)
    person.replace(QUIZ)
    person.press(Qt.Key.Key_Return)
    person.click_record(attempt)
    asked = Answer("Regrade")
    person.click_button("Regrade…")
    assert "marked again" in asked.wait().said
    person.settle()
    assert person.toast == "Regraded. Results changed: 1."
    after = value(walk.url, score, attempt)
    assert after != before
    assert person.shown("score") == f"{after} %"
    person.press(Qt.Key.Key_Z, CTRL)
    person.settle()
    assert value(walk.url, score, attempt) == before
    assert person.shown("score") == f"{before} %"
