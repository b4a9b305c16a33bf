"""Taking a quiz as a student does: by keys, against the clock, and without a trace."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, text

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Quiz, QuizQuestion
from lms_desktop.models.desk import as_worker
from lms_desktop.models.desk.jobs import Task
from lms_desktop.views import theme
from lms_desktop.views.course.answer_card import AnswerCard
from lms_desktop.views.course.preview_student import TakeQuizDialog
from lms_desktop.views.kit.notices import Banner
from lms_desktop.views.session import Session
from tests.services.school_states import State, state
from tests.services.teaching import quiz_of_all
from tests.services.teaching.quiz_of_all import QUESTIONS, QUIZ, question
from tests.small_school import actor, opened, row_id, statements
from tests.views.sittings import immediate, sitting

ALL = row_id(Quiz, QUIZ)


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        """The seconds now."""
        return self.seconds


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school with a quiz of every type."""
    with opened(database_url) as database:
        with database.engine.begin() as connection:
            quiz_of_all.fill(connection)
        yield database


@pytest.fixture
def session(qapp: QApplication, school: Database, tmp_path: Path) -> Iterator[Session]:
    """Ines, whose quiz it is."""
    theme.install(qapp, theme.Scheme.LIGHT, 100)
    with sitting(school, actor("ines"), tmp_path) as made:
        yield made


def shown(qtbot: QtBot, session: Session, quiz: str = QUIZ, **more: Any) -> TakeQuizDialog:
    """The dialog, with the keyboard."""
    dialog = TakeQuizDialog(session, row_id(Quiz, quiz), **more)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def press(*keys: Qt.Key | str, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press keys, or type a text, wherever the keyboard is."""
    for key in keys:
        where = QApplication.focusWidget()
        assert where is not None
        if isinstance(key, str):
            QTest.keyClicks(where, key)
        else:
            QTest.keyClick(where, key, held)


def sql(school: Database, statement: str, **values: Any) -> None:
    """What somebody else saves."""
    with as_worker(), school.engine.begin() as connection:
        connection.execute(text(statement), values)


def everything(school: Database) -> State:
    """What all tables hold."""
    with as_worker():
        return state(school)


@pytest.mark.parametrize("one_by_one", [False, True], ids=["on one page", "one by one"])
def test_every_type_by_keys_gives_the_score_computed_by_hand_and_writes_nothing(
    qtbot: QtBot, session: Session, school: Database, monkeypatch: pytest.MonkeyPatch, one_by_one: bool
) -> None:
    before, kinds, desk = everything(school), list[str](), immediate(session)
    start = desk._start

    def note(task: Task) -> None:
        kinds.append(task.kind)
        start(task)

    monkeypatch.setattr(desk, "_start", note)
    with statements(school) as seen:
        dialog = shown(qtbot, session)
        if one_by_one:
            dialog.one_by_one.click()
        press("12")  # the second thought counts: right, 2 points
        press(Qt.Key.Key_Return)
        press("1223")  # b is taken back: a and c are right, 3 points
        press(Qt.Key.Key_Return)
        press("2")  # false, which is wrong: 0 of 1
        press(Qt.Key.Key_Enter)
        press("0,50")  # right, 2 points
        press(Qt.Key.Key_Return)
        press("An essay.", Qt.Key.Key_Return, "Of two lines.")
        press(Qt.Key.Key_Return, held=Qt.KeyboardModifier.ControlModifier)
        assert dialog.finish.hasFocus()
        press(Qt.Key.Key_Return)
    assert dialog.score is not None
    assert (dialog.score.points, dialog.score.of, dialog.score.percent, dialog.score.passed) == (7, 8, 88, True)
    assert everything(school) == before
    assert kinds == ["read"]
    assert not [s for s in seen if s.lstrip().upper().startswith(("UPDATE", "INSERT", "DELETE"))]


def test_what_was_right_is_said_beside_what_was_answered(qtbot: QtBot, session: Session) -> None:
    dialog = shown(qtbot, session)
    press("3", Qt.Key.Key_Return, "13", Qt.Key.Key_Return, "2")
    dialog.end()
    cards = dialog.findChildren(AnswerCard)
    assert [card.words for card in cards] == [
        "Wrong, 0 of 2 point(s)",
        "Right, 3 of 3 point(s)",
        "Wrong, 0 of 1 point(s)",
        "Not answered, 0 of 2 point(s)",
        "Not marked by itself, 5 point(s)",
    ]
    # The stars are no part of the text.
    assert cards[0].accessibleName() == "Question 1: The one one? Wrong, 0 of 2 point(s). Given: 5. Right: 4"
    assert "Given: False. Right: True" in cards[2].accessibleName()
    assert "Given: No answer. Right: 0.5, half" in cards[3].accessibleName()


def test_shuffled_where_it_is_set(qtbot: QtBot, session: Session, school: Database) -> None:
    given = [question(name) for name in QUESTIONS]
    dialog = shown(qtbot, session, seed=3)
    assert [card.asked.id for card in dialog.cards] == given
    sql(school, "UPDATE quizzes SET shuffle_questions = true WHERE id = :id", id=ALL)
    first, same, other = (shown(qtbot, session, seed=seed) for seed in (3, 3, 4))
    orders = [[card.asked.id for card in each.cards] for each in (first, same, other)]
    assert orders[0] == orders[1]
    assert orders[0] != orders[2]
    assert sorted(orders[0]) == sorted(given)
    truth = next(card for card in first.cards if card.asked.id == question("truth"))
    truth.boxes[0].click()
    first.end()
    assert first.score is not None
    assert (first.score.points, first.score.verdicts[question("truth")].right) == (1, True)
    texts = {question(name): f"The *{name}* one?" for name in QUESTIONS}
    assert [card.answered.reading.text for card in first.findChildren(AnswerCard)] == [texts[key] for key in orders[0]]
    first.again.click()
    assert not first.findChildren(AnswerCard)
    assert sorted(card.asked.id for card in first.cards) == sorted(given)


def test_the_clock_counts_down_and_ends_it(qtbot: QtBot, session: Session, school: Database) -> None:
    sql(school, "UPDATE quizzes SET time_limit_minutes = 2 WHERE id = :id", id=ALL)
    clock = Clock()
    dialog = shown(qtbot, session, now=clock)
    assert dialog.clock.text() == "2:00"
    press("2")
    clock.seconds += 60.5
    qtbot.waitUntil(lambda: dialog.clock.text() == "1:00")
    assert dialog.clock.accessibleName() == "1:00 left"
    assert dialog.clock.property("kind") == "bad"
    clock.seconds += 60
    qtbot.waitUntil(lambda: dialog.score is not None)
    assert dialog.score is not None
    assert dialog.score.points == 2
    assert "The time is up: what was answered by then counts." in [each.text for each in dialog.findChildren(Banner)]


def test_without_a_time_limit_there_is_no_clock(qtbot: QtBot, session: Session, school: Database) -> None:
    for minutes in (None, 0, -5):
        sql(school, "UPDATE quizzes SET time_limit_minutes = :minutes WHERE id = :id", id=ALL, minutes=minutes)
        dialog = shown(qtbot, session)
        assert not dialog.clock.isVisible()
        dialog.tick()
        assert dialog.score is None
        dialog.close()


def test_it_says_that_unsaved_edits_are_not_in_it(qtbot: QtBot, session: Session) -> None:
    dialog = shown(qtbot, session)
    assert not dialog.notice.isVisible()
    dialog.close()
    drafts = session.drafts[QuizQuestion]
    drafts.begin_new({"quiz_id": row_id(Quiz, "of botany"), "question_text": "Elsewhere?"})
    dialog = shown(qtbot, session)
    assert not dialog.notice.isVisible()
    dialog.close()
    drafts.begin_new({"quiz_id": ALL, "question_text": "New?"})
    dialog = shown(qtbot, session)
    assert dialog.notice.isVisible()
    assert "This is the quiz as it is saved" in dialog.notice.text
    assert len(dialog.cards) == 5


def test_a_quiz_without_questions_and_one_out_of_reach(qtbot: QtBot, session: Session, school: Database) -> None:
    sql(school, "DELETE FROM quiz_questions WHERE quiz_id = :id", id=ALL)
    dialog = shown(qtbot, session)
    assert dialog.empty.accessibleName() == "This quiz has no questions yet."
    assert not dialog.finish.isVisible()
    dialog.close()
    foreign = shown(qtbot, session, "of botany")
    assert "you may not see this" in foreign.empty.accessibleName()
    assert foreign.cards == []


def test_odd_questions_open_and_are_finished(qtbot: QtBot, session: Session, school: Database) -> None:
    odd = [None, "[]", "{}", "null", '"x"', "7", '[1, null, true, "a", "a"]', '[{"text": "b"}, {"c": [1]}]', "[[[]]]"]
    for place, wire in enumerate(odd):
        for kind in ("multiple_choice", "matching"):
            sql(
                school,
                "INSERT INTO quiz_questions (id, quiz_id, question_text, question_type, options, correct_answer,"
                ' points, "order", created_at) VALUES (gen_random_uuid(), :quiz, :text, :kind, CAST(:wire AS json),'
                " :right, 1, :place, now())",
                quiz=ALL, text="<img src='file:///etc/passwd'> ![x](http://a.b/c.png)", kind=kind, wire=wire,
                right="a", place=place,
            )  # fmt: skip
    dialog = shown(qtbot, session)
    assert len(dialog.cards) == 5 + 2 * len(odd)
    for card in dialog.cards:
        for box in card.boxes:
            box.click()
    dialog.end()
    assert dialog.score is not None
    assert len(dialog.score.verdicts) == 5 + 2 * len(odd)


def test_every_control_has_a_name(qtbot: QtBot, session: Session) -> None:
    dialog = shown(qtbot, session)
    boxes = [box for card in dialog.cards for box in card.boxes]
    assert [box.accessibleName() for box in boxes] == ["3", "4", "5", "a", "b", "c", "True", "False"]
    assert boxes[1].accessibleDescription() == "Question 1 of 5: The one one?. Option 2 of 3"
    short, essay = dialog.cards[3].line, dialog.cards[4].text
    assert short is not None
    assert essay is not None
    assert short.accessibleName() == "Answer to Question 4 of 5: The short one?"
    assert essay.accessibleName() == "Answer to Question 5 of 5: The essay one?"


def test_enter_goes_past_a_question_that_cannot_be_answered(qtbot: QtBot, session: Session, school: Database) -> None:
    sql(school, "UPDATE quiz_questions SET question_type = 'matching' WHERE id = :id", id=question("several"))
    dialog = shown(qtbot, session)
    press("2", Qt.Key.Key_Return)
    assert dialog.cards[1].hasFocus()
    press(Qt.Key.Key_Return, "1")
    assert dialog.score is None
    assert dialog.cards[2].answer() == "true"
    press(Qt.Key.Key_Backtab)
    assert dialog.cards[1].hasFocus()
