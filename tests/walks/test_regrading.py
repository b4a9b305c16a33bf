"""An instructor corrects a right answer and marks attempts again, in the real window."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from PySide6.QtCore import Qt

from lms_desktop.views.course.regrade_dialog import RegradeDialog
from lms_desktop.views.course.results_page import ResultsPage
from tests.views.sittings import change
from tests.walks.acting import INSTRUCTOR, Walk, walking
from tests.walks.answering import Answer
from tests.walks.driving import CTRL, click, wait_for
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


def test_a_whole_quiz_from_one_of_its_attempts(walk: Walk) -> None:
    change(walk.url, "UPDATE quiz_questions SET correct_answer = '4' WHERE question_text LIKE %s", "%naïve%")
    scores = (
        "SELECT a.id::text, score FROM quiz_attempts a JOIN quizzes q ON q.id = quiz_id WHERE title = %s ORDER BY 1"
    )
    before = rows(walk.url, scores, QUIZ)
    person = walk.sign_in(INSTRUCTOR)
    person.open("attempts")
    person.press(Qt.Key.Key_F, CTRL)
    person.replace(QUIZ)
    person.press(Qt.Key.Key_Return)
    person.click_row(0, "score")
    person.click_button("Results")
    page = person.window.page
    assert isinstance(page, ResultsPage)
    assert page.title() == f"Results of {QUIZ}"
    wait_for(lambda: page.view.detail.shown is not None, "the attempt")
    click(page.view.regrade)
    dialog = page.findChild(RegradeDialog)
    assert dialog is not None
    wait_for(dialog.apply.isEnabled, "what would change")
    changes = dialog.model.rowCount()
    click(dialog.apply)
    person.settle()
    after = rows(walk.url, scores, QUIZ)
    assert sum(one != other for one, other in zip(before, after, strict=True)) == changes > 10
    assert person.toast == f"Regraded “{QUIZ}”: {changes} results changed."
    asked = Answer("Take back")
    person.press(Qt.Key.Key_Z, CTRL)
    asked.wait()
    person.settle()
    assert rows(walk.url, scores, QUIZ) == before
