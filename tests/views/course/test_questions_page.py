"""The page of all questions: written by the editor of the course's page, and guarded as there."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from lms_desktop.admin import PAGES
from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import QuizQuestion
from lms_desktop.models.live import Batch
from lms_desktop.views.course.question_editor import QuestionEditor
from lms_desktop.views.course.questions_page import QuestionsPage
from lms_desktop.views.course.regrade_dialog import RegradeDialog
from lms_desktop.views.long_editor import LongEditor
from lms_desktop.views.page_registry import entries
from lms_desktop.views.session import Session
from tests.dialogs import when_asked
from tests.small_school import actor
from tests.views.course.quiz_desk import CTRL, QUIZ, ask_question, attempt, question_id, stored
from tests.views.sittings import sitting


@dataclass
class Before:
    """The page and the sitting at it."""

    page: QuestionsPage
    session: Session
    qtbot: QtBot

    def show(self, name: str) -> None:
        """Show a question in the form."""
        self.page.show_record(question_id(name))
        self.qtbot.waitUntil(lambda: self.page.form.record() is not None)

    def go_to_points(self) -> QWidget:
        """Put the keyboard where points are written; that place."""
        editor = self.page.form.fields.rows["points"].editor
        assert editor is not None
        editor.setFocus()
        keyboard = QApplication.focusWidget()
        assert keyboard is not None
        return keyboard

    def type_points(self, points: str) -> None:
        """Write points into the form."""
        keyboard = self.go_to_points()
        QTest.keyClick(keyboard, Qt.Key.Key_A, CTRL)
        QTest.keyClicks(keyboard, points)

    def turn(self) -> None:
        """By keyboard from the last answer: Tab to where the answers are shown as written, Space."""
        answers = self.page.form.fields.answers
        answers.stops()[-2].setFocus()
        if answers.raw_only:
            answers.turn_button.setFocus()
        else:
            self.press(Qt.Key.Key_Tab)
        assert answers.turn_button.hasFocus()
        self.press(Qt.Key.Key_Space)

    def press(self, key: Qt.Key) -> None:
        """Press a key where the keyboard is."""
        keyboard = QApplication.focusWidget()
        assert keyboard is not None
        QTest.keyClick(keyboard, key)

    def type(self, text: str) -> None:
        """Type in place of what stands where the keyboard is."""
        keyboard = QApplication.focusWidget()
        assert keyboard is not None
        QTest.keyClick(keyboard, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(keyboard, text)

    def written(self, key: str) -> str | None:
        """What stands in the editor of what is written; None where there is none to be seen."""
        editor = self.page.form.fields.rows[key].editor
        assert isinstance(editor, LongEditor)
        return editor.edit.text() if editor.isVisible() else None

    def save(self, *answers: Callable[[], object]) -> None:
        """Save, and answer what is asked."""
        for answer in answers:
            when_asked(self.page, answer)
        self.page.save()


@pytest.fixture
def before(qtbot: QtBot, quiz_school: Database, database_url: URL, tmp_path: Path) -> Iterator[Before]:
    """An administrator before two questions, the first of which four attempts answered."""
    first = ask_question(database_url, "first", options='["a", "b", "c"]', correct="a", points=2)
    ask_question(database_url, "second", "true_false", correct="true")
    for answer in ("a", "a", "a", "b"):
        attempt(database_url, {first: answer})
    with sitting(quiz_school, actor("admin"), tmp_path) as session:
        (entry,) = [entry for entry in entries(session) if entry.name == "questions"]
        page = entry.make(session, None)  # type: ignore[arg-type]
        assert isinstance(page, QuestionsPage)
        qtbot.addWidget(page)
        page.resize(1400, 800)
        page.show()
        page.activate()
        qtbot.waitUntil(lambda: page.model.total > 0)
        yield Before(page, session, qtbot)


def said(box: list[str], *, agree: bool) -> Callable[[], None]:
    """Note what is asked, and answer."""

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert dialog is not None
        box.append(dialog.accessibleDescription())
        dialog.accept() if agree else dialog.reject()  # type: ignore[attr-defined]

    return answer


def regraded(before: Before) -> list[str]:
    """The quizzes that are looked through when the offer is taken."""
    found: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, RegradeDialog)
        found.append(dialog._quiz_id)
        dialog.reject()

    when_asked(before.page, look)
    (offer,) = [b for b in before.page.banner.findChildren(QPushButton) if b.text() == "Regrade…"]
    offer.click()
    return found


def edit_points_in_cell(before: Before, points: str) -> None:
    """Write the points of the first question into the table."""
    model = before.page.model
    row = next(at for at in range(model.total) if (view := model.row(at)) and view.id == question_id("first"))
    column = [field.key for field in model.fields].index("points")
    assert model.setData(model.index(row, column), points, Qt.ItemDataRole.EditRole)


def test_what_students_have_answered_is_not_altered_without_a_question(before: Before, database_url: URL) -> None:
    before.show("first")
    before.type_points("3")
    asked: list[str] = []
    before.save(said(asked, agree=False))
    assert asked[0].startswith("“first”: this changes the points; 4 attempt(s) answered it.")
    assert [row[4] for row in stored(database_url)] == [2, 1]
    assert before.page.unsaved() == 1


def test_what_was_agreed_to_is_saved_and_can_be_marked_again(before: Before, database_url: URL) -> None:
    before.show("first")
    before.type_points("3")
    before.save(said([], agree=True))
    assert [row[4] for row in stored(database_url)] == [3, 1]
    QTest.qWait(50)
    assert before.page.banner.isVisible(), "it stays"
    assert before.page.banner.text == "4 attempt(s) were marked by the former answer."
    assert regraded(before) == [QUIZ]


def test_students_may_answer_while_it_is_asked_about(before: Before, database_url: URL) -> None:
    before.show("first")
    before.type_points("3")

    def hear_and_agree() -> None:
        before.session.desk.noticed.emit(Batch(frozenset({"quiz_attempts"})))
        said([], agree=True)()

    before.save(hear_and_agree)
    assert [row[4] for row in stored(database_url)] == [3, 1]


def test_a_change_in_a_cell_is_asked_about_as_well(before: Before, database_url: URL) -> None:
    edit_points_in_cell(before, "5")
    asked: list[str] = []
    before.save(said(asked, agree=False))
    assert asked[0].startswith("“first”: this changes the points; 4 attempt(s) answered it.")
    assert [row[4] for row in stored(database_url)] == [2, 1]


def test_which_quiz_it_was_is_known_without_its_column(before: Before) -> None:
    before.page.filters.columns_changed.emit(("points",))
    edit_points_in_cell(before, "5")
    before.save(said([], agree=True))
    assert regraded(before) == [QUIZ]


def test_what_nobody_answered_is_saved_at_once(before: Before, database_url: URL) -> None:
    before.show("second")
    before.type_points("7")
    before.save()
    assert [row[4] for row in stored(database_url)] == [2, 7]


def test_an_option_is_ticked_where_it_stands_and_written_as_in_the_course(before: Before, database_url: URL) -> None:
    before.show("first")
    options = before.page.form.fields.answers.options
    assert [row.edit.toPlainText() for row in options.rows] == ["a", "b", "c"]
    QTest.mouseClick(options.rows[1].tick, Qt.MouseButton.LeftButton)
    asked: list[str] = []
    before.save(said(asked, agree=True))
    assert asked[0].startswith("“first”: this changes the right answer; 4 attempt(s) answered it.")
    text, kind, options_text, correct, _ = stored(database_url)[0]
    assert (text, kind, options_text) == ("first", "multiple_choice", '["a", "b", "c"]')
    assert json.loads(correct) == ["a", "b"]


def test_a_type_is_chosen_where_its_answers_are_seen(before: Before) -> None:
    model = before.page.model
    column = [field.key for field in model.fields].index("question_type")
    assert not model.flags(model.index(0, column)) & Qt.ItemFlag.ItemIsEditable
    before.show("second")
    assert before.page.form.fields.answers.truth.isVisible()


def test_a_new_question_asks_for_its_quiz_first(before: Before) -> None:
    before.page.new_row()
    row = before.page.form.fields.first_row()
    assert row is not None
    assert row.key == "quiz_id"
    assert row.isVisible()
    assert before.session.drafts[QuizQuestion].new_rows()


def test_ctrl_enter_adds_an_option_wherever_in_the_form(before: Before) -> None:
    before.show("first")
    options = before.page.form.fields.answers.options
    QTest.keyClick(before.go_to_points(), Qt.Key.Key_Return, CTRL)
    assert len(options.rows) == 4
    before.press(Qt.Key.Key_D)
    options.rows[0].edit.setFocus()
    QTest.keyClick(options.rows[0].edit, Qt.Key.Key_Return, CTRL)
    assert len(options.rows) == 5


def test_it_is_made_ahead_as_the_pages_of_other_tables_are(before: Before) -> None:
    there = {entry.name: entry for entry in entries(before.session)}
    assert {name for name, entry in there.items() if entry.general} == set(PAGES)
    page = there["questions"].make(before.session, None)  # type: ignore[arg-type]
    assert isinstance(page, QuestionsPage)
    before.qtbot.addWidget(page)
    page.resize(1400, 800)
    while page.prepare():
        pass
    page.show()
    page.activate()
    page.show_record(question_id("second"))
    before.qtbot.waitUntil(page.form.fields.answers.truth.isVisible)


ITEMS = '[{"text": "a", "hint": 1}, "b"]'


def test_what_stands_beside_an_options_text_is_edited_as_it_is_written(before: Before, database_url: URL) -> None:
    ask_question(database_url, "third", options=ITEMS, correct="a")
    before.show("third")
    options = before.page.form.fields.answers.options
    assert [row.edit.toPlainText() for row in options.rows] == ["a", "b"]
    assert before.written("options") is None
    before.turn()
    assert not options.isVisible()
    assert before.written("options") == ITEMS
    assert before.written("correct_answer") == "a"
    before.type(ITEMS.replace("1", "2"))
    assert before.page.form.commit_open_editor()
    assert before.written("options") == ITEMS.replace("1", "2"), "it is still shown as it was chosen"
    before.turn()
    assert [row.edit.toPlainText() for row in options.rows] == ["a", "b"]
    before.save()
    assert stored(database_url)[2][2] == ITEMS.replace("1", "2")


def test_an_answer_that_its_type_does_not_show_is_found_as_it_is_written(before: Before, database_url: URL) -> None:
    ask_question(database_url, "third", "essay", correct="true")
    before.show("third")
    before.page.form.fields.answers.turn_button.setFocus()
    before.press(Qt.Key.Key_Space)
    assert before.written("correct_answer") == "true"


def test_what_is_half_written_is_mended_before_it_is_shown_otherwise(before: Before) -> None:
    before.show("first")
    before.turn()
    before.type("[half")
    before.turn()
    assert before.written("options") == "[half"
    before.show("second")
    before.page.form.fields.answers.turn_button.click()
    assert before.written("options") is None
    before.show("first")
    assert before.written("options") == "[half"


def test_only_where_a_question_is_a_row_its_answers_are_shown_as_written(before: Before) -> None:
    before.show("first")
    assert before.page.form.fields.answers.turn_button.isVisible()
    assert not QuestionEditor(before.session, before.session.drafts[QuizQuestion]).fields.answers.offers_raw
