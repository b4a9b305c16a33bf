"""A quiz worked on in the page of its course, at the real window: questions, what students answered, undo."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from lms_desktop.entities import Quiz, QuizQuestion
from lms_desktop.views.course.quiz_editor import QUESTIONS, QuizEditor
from lms_desktop.views.course.regrade_dialog import RegradeDialog
from lms_desktop.views.page import Destination
from tests.dialogs import when_asked
from tests.walks.acting import Reply
from tests.walks.driving import CTRL, Sitting, click, said_by, the, wait_for
from tests.walks.others import locked, rows, value, wait_for_save_in_the_middle, write
from tests.walks.seating import get_up, sit_down

HERS = "academic-writing"


@pytest.fixture
def sitting(seeded_url: URL, tmp_path: Path, _look: None) -> Iterator[Sitting]:
    """The instructor before the courses."""
    made = sit_down(seeded_url, "instructor@lms.com", tmp_path / "settings.ini", page="courses")
    yield made
    get_up(made)


def a_question(url: URL) -> tuple[str, str]:
    """A multiple choice of a course of hers that somebody has answered, and its quiz."""
    found = rows(
        url,
        "SELECT k.id::text, q.id::text FROM quiz_questions k JOIN quizzes q ON q.id = quiz_id"
        " JOIN courses c ON c.id = q.course_id WHERE slug = %s AND question_type = 'multiple_choice'"
        " AND correct_answer NOT LIKE '[%%' AND EXISTS (SELECT FROM quiz_attempts a WHERE a.quiz_id = q.id"
        " AND a.answers::text LIKE '%%' || k.id || '%%') ORDER BY k.order LIMIT 1",
        HERS,
    )
    return str(found[0][0]), str(found[0][1])


def right_answer(url: URL, question: str) -> object:
    """What is right, as it is stored."""
    return value(url, "SELECT correct_answer FROM quiz_questions WHERE id = %s", question)


def go(sitting: Sitting, question: str) -> QuizEditor:
    """Open her course, and a question of it."""
    course = value(sitting.url, "SELECT id::text FROM courses WHERE slug = %s", HERS)
    sitting.click_record(str(course), "title")
    sitting.press(Qt.Key.Key_Return, CTRL)
    sitting.course.choose(QuizQuestion, question)
    sitting.settle()
    editor = sitting.course.editor(Quiz)
    assert isinstance(editor, QuizEditor)
    wait_for(lambda: editor.questions.editor.record() is not None, "the question")
    assert editor.tabs.currentIndex() == QUESTIONS
    return editor


def test_another_right_answer_is_asked_about_saved_and_marked_again(sitting: Sitting, seeded_url: URL) -> None:
    question, _ = a_question(seeded_url)
    editor = go(sitting, question)
    part = editor.questions
    wait_for(part.editor.warning.isVisible, "the word on attempts")
    options = part.editor.fields.answers.options
    before = right_answer(seeded_url, question)
    other = next(row for row in options.rows if not row.right)
    wanted = other.edit.toPlainText()
    for row in [row for row in options.rows if row.right] + [other]:
        part.editor.details.ensureWidgetVisible(row)
        click(row.tick)
    asked: list[str] = []

    def agree() -> None:
        box = QApplication.activeModalWidget()
        assert box is not None
        asked.append(said_by(box))
        the(QPushButton, box, lambda b: b.text() == "Save", "the button").click()

    when_asked(sitting.window, agree)
    sitting.save()
    assert len(asked) == 1
    assert "this changes the right answer" in asked[0]
    wait_for(lambda: right_answer(seeded_url, question) == wanted, "the other answer")
    wait_for(part.banner.isVisible, "the offer")

    def look() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, RegradeDialog)
        box.reject()

    when_asked(sitting.window, look)
    click(the(QPushButton, part.banner, lambda b: b.text() == "Regrade…", "the offer"))
    sitting.settle()
    sitting.press(Qt.Key.Key_Z, CTRL)
    wait_for(lambda: right_answer(seeded_url, question) == before, "what was before")


def test_an_option_that_is_emptied_is_counted_at_once(sitting: Sitting, seeded_url: URL) -> None:
    question, _ = a_question(seeded_url)
    part = go(sitting, question).questions
    page, options = sitting.course, part.editor.fields.answers.options
    row = options.rows[0]
    part.editor.details.ensureWidgetVisible(row)
    click(row.edit)
    before = row.edit.toPlainText()
    sitting.press(Qt.Key.Key_A, CTRL)
    QTest.keyClick(row.edit, Qt.Key.Key_Delete)  # and no pause after it, in which anything would be told
    assert row.reason
    QApplication.processEvents()
    assert page.unsaved_bar.isVisible()
    assert page.unsaved_bar.accessibleName() == "1 unsaved change"
    wait_for(sitting.window.isWindowModified, "the window's mark")
    click(page.unsaved_bar.preview_button)
    assert row.edit.hasFocus(), "there is nothing to preview: it is led to what is no option"

    def agree() -> None:
        box = QApplication.activeModalWidget()
        assert box is not None
        assert "Discard 1 unsaved change" in said_by(box)
        the(QPushButton, box, lambda b: b.text() == "Discard", "the button").click()

    when_asked(sitting.window, agree)
    click(page.unsaved_bar.discard_button)
    wait_for(lambda: not page.unsaved_bar.isVisible(), "nothing left to count")
    assert row.edit.toPlainText() == before
    wait_for(lambda: not sitting.window.isWindowModified(), "the window's mark gone")


def test_what_was_altered_is_marked_again_whatever_is_shown_by_then(sitting: Sitting, seeded_url: URL) -> None:
    """An answered question is edited on the page of questions, and saved on that of the course, at a lesson."""
    question, quiz = a_question(seeded_url)
    drafts = sitting.window.session.drafts[QuizQuestion]
    right = str(right_answer(seeded_url, question))
    sitting.open("questions")
    sitting.window.go_to(Destination("questions", question))
    wait_for(lambda: sitting.page.form.record() is not None, "the question")
    record = sitting.page.form.record()
    assert record is not None
    base = {"correct_answer": right}
    drafts.set_all(question, {"correct_answer": "42"}, version=record.version, base=base, seen=record.values)
    course = value(seeded_url, "SELECT course_id::text FROM quizzes WHERE id = %s", quiz)
    sitting.window.go_to(Destination("course", str(course)))
    sitting.settle()
    asked: list[str] = []

    def agree() -> None:
        box = QApplication.activeModalWidget()
        assert box is not None
        asked.append(said_by(box))
        the(QPushButton, box, lambda b: b.text() == "Save", "the button").click()

    when_asked(sitting.window, agree)
    sitting.save()
    assert len(asked) == 1
    wait_for(lambda: right_answer(seeded_url, question) == "42", "the other answer")
    editor = sitting.course.editor(Quiz)
    assert isinstance(editor, QuizEditor)
    regraded: list[str] = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, RegradeDialog)
        regraded.append(box._quiz_id)
        box.reject()

    when_asked(sitting.window, look)
    editor.questions.answers.guard.regrade()
    assert regraded == [quiz]


def another_answer(sitting: Sitting, question: str) -> None:
    """What is right is to be 42, not saved yet."""
    editor = sitting.course.editor(Quiz)
    assert isinstance(editor, QuizEditor)
    record = editor.questions.editor.record()
    assert record is not None
    drafts = sitting.window.session.drafts[QuizQuestion]
    base = {"correct_answer": str(right_answer(sitting.url, question))}
    drafts.set_all(question, {"correct_answer": "42"}, version=record.version, base=base, seen=record.values)
    sitting.settle()


def test_save_again_asks_about_what_was_altered_since(sitting: Sitting, seeded_url: URL) -> None:
    question, quiz = a_question(seeded_url)
    go(sitting, question)
    before, record = right_answer(seeded_url, question), sitting.course.editor(Quiz).record()
    assert record is not None
    title = {"title": str(record.values["title"])}
    drafts = sitting.window.session.drafts[Quiz]
    drafts.set_all(quiz, {"title": "Another"}, version=record.version, base=title, seen=record.values)
    with locked(seeded_url, "UPDATE quizzes SET title = title WHERE id = %s", quiz):
        QTest.keyClick(sitting.window, Qt.Key.Key_S, CTRL)
        wait_for_save_in_the_middle(seeded_url)
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        rows(seeded_url, f"{cut} AND application_name = 'lms-desktop'")
        wait_for(sitting.course.banner.isVisible, "the news that the save did not work")
    sitting.settle()
    another_answer(sitting, question)
    refused = Reply("Go on editing")
    click(the(QPushButton, sitting.course.banner, lambda b: b.text() == "Save again", "the way on"))
    assert "this changes the right answer" in refused.wait()
    sitting.settle()
    assert right_answer(seeded_url, question) == before
    assert sitting.course.unsaved() == 2
    sitting.course.discard()


def test_the_save_after_a_conflict_asks_about_answered_questions(sitting: Sitting, seeded_url: URL) -> None:
    question, _ = a_question(seeded_url)
    go(sitting, question)
    another_answer(sitting, question)
    write(seeded_url, "UPDATE quiz_questions SET correct_answer = 'Theirs' WHERE id = %s", question)
    ways, replies = [("Save",), ("Keep mine", "Apply and save"), ("Go on editing",)], list[Reply]()

    def answer() -> None:
        """Each dialog comes while the answer to the one before is dealt with."""
        if len(replies) < len(ways) and all(reply.done for reply in replies):
            replies.append(Reply(*ways[len(replies)]))

    one_by_one = QTimer(interval=5)
    one_by_one.timeout.connect(answer)
    one_by_one.start()
    QTest.keyClick(sitting.window, Qt.Key.Key_S, CTRL)
    wait_for(lambda: len(replies) == 3 and replies[2].done, "all three questions")
    one_by_one.stop()
    assert "this changes the right answer" in replies[2].said
    sitting.settle()
    assert right_answer(seeded_url, question) == "Theirs"
    assert sitting.course.unsaved() == 1
    sitting.course.discard()


def test_ctrl_z_takes_back_the_last_edit_of_a_question_and_the_editor_follows(
    sitting: Sitting, seeded_url: URL
) -> None:
    question, _ = a_question(seeded_url)
    part = go(sitting, question).questions
    options = part.editor.fields.answers.options
    texts = [row.edit.toPlainText() for row in options.rows]
    options.rows[0].edit.setFocus()
    sitting.press(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    QTest.keyClicks(options.rows[1].edit, "x")
    options.flush()
    sitting.press(Qt.Key.Key_Z, CTRL)
    assert [row.edit.toPlainText() for row in options.rows] == [texts[1], texts[0], *texts[2:]]
    sitting.press(Qt.Key.Key_Z, CTRL)
    assert [row.edit.toPlainText() for row in options.rows] == texts
    assert not sitting.course.held.changes()


def test_questions_are_added_saved_and_found_in_the_outline(sitting: Sitting, seeded_url: URL) -> None:
    question, quiz = a_question(seeded_url)
    part = go(sitting, question).questions
    number = part.model.rowCount()
    click(part.header.add_button)
    sitting.settle()
    sitting.type("Is it?")
    sitting.press(Qt.Key.Key_Return, CTRL)
    sitting.type("yes")
    sitting.press(Qt.Key.Key_Return)
    sitting.type("no")
    sitting.save()
    written = "SELECT options::text FROM quiz_questions WHERE quiz_id = %s AND question_text = 'Is it?'"
    wait_for(lambda: rows(seeded_url, written, quiz), "the question")
    assert json.loads(str(value(seeded_url, written, quiz))) == ["yes", "no"]
    sitting.settle()
    assert part.model.rowCount() == number + 1
    new = part.question_id()
    assert sitting.course.chosen == (QuizQuestion, new)
    assert sitting.course.outline.current() == (QuizQuestion, new)


def begin_quiz(sitting: Sitting) -> QuizEditor:
    """A quiz of her course begun with a title and two questions, none of it saved."""
    course = value(sitting.url, "SELECT id::text FROM courses WHERE slug = %s", HERS)
    sitting.click_record(str(course), "title")
    sitting.press(Qt.Key.Key_Return, CTRL)
    sitting.course.begin.quiz_of_course()
    sitting.settle()
    sitting.type("Begun")
    editor = sitting.course.editor(Quiz)
    assert isinstance(editor, QuizEditor)
    shown = [editor.tabs.tabText(at) for at in range(editor.tabs.count()) if editor.tabs.isTabVisible(at)]
    assert shown == ["Settings", "Questions"]
    editor.tabs.setCurrentIndex(QUESTIONS)
    sitting.settle()
    assert editor.questions.empty.isVisible()
    click(the(QPushButton, editor.questions.empty, lambda b: b.text() == "Add question", "the way to the first"))
    sitting.type("Is it so?")
    sitting.press(Qt.Key.Key_Return, CTRL)
    sitting.type("yes")
    click(editor.questions.header.add_button)
    sitting.type("And this?")
    sitting.settle()
    return editor


def begun(sitting: Sitting) -> list[tuple[str, str]]:
    """What the outline shows of it: tags and titles."""
    return [(card.entity.__name__, card.title) for card in sitting.course.outline.model.cards if card.new]


WHOLE = [("Quiz", "Begun"), ("QuizQuestion", "Is it so?"), ("QuizQuestion", "And this?")]
TOGETHER = (
    "SELECT q.title, question_text FROM quiz_questions k JOIN quizzes q ON q.id = quiz_id WHERE q.title = 'Begun'"
    ' ORDER BY k."order"'
)


def test_a_quiz_is_saved_together_with_the_questions_begun_for_it(sitting: Sitting, seeded_url: URL) -> None:
    editor = begin_quiz(sitting)
    assert begun(sitting) == WHOLE
    assert sitting.course.chosen is not None
    assert editor.tabs.tabText(QUESTIONS) == "Questions", "none is saved, but there are some"
    assert sitting.course.outline.current() == sitting.course.chosen, "the question that is typed"
    sitting.save()
    assert rows(seeded_url, TOGETHER) == [("Begun", "Is it so?"), ("Begun", "And this?")]
    sitting.settle()
    wait_for(lambda: editor.record() is not None, "the saved quiz")
    assert editor.tabs.currentIndex() == QUESTIONS
    assert editor.questions.header.title.text() == "Question 2 of 2"
    wait_for(lambda: editor.tabs.tabText(QUESTIONS) == "Questions 2", "how many there are")
    assert not sitting.course.held.changes()
    assert begun(sitting) == []


def test_many_at_once_wait_until_a_new_quiz_is_saved(sitting: Sitting) -> None:
    part = begin_quiz(sitting).questions
    click(part.header.paste_button)
    assert QApplication.activeModalWidget() is None
    assert "Save the quiz first" in part.banner.text
    sitting.save()
    sitting.settle()
    wait_for(lambda: not part.banner.isVisible(), "nothing in the way")


def test_a_new_quiz_is_taken_back_behind_its_questions_and_comes_again_before_them(sitting: Sitting) -> None:
    begin_quiz(sitting)
    page = sitting.course
    left = []
    while page.can_undo():
        page.undo()
        left.append(begun(sitting))
    for now in left:
        assert not now or now[0][0] == "Quiz", "no question without its quiz"
    assert left[-1] == []
    while page.can_redo():
        page.redo()
        assert begun(sitting)[0][0] == "Quiz"
    sitting.settle()
    assert begun(sitting) == WHOLE


def test_questions_go_with_the_quiz_that_is_given_up_and_come_back_with_it(sitting: Sitting) -> None:
    begin_quiz(sitting)
    page = sitting.course
    quiz = page.quiz_chosen()
    assert quiz is not None
    page.choose(Quiz, quiz)
    page.outline.take_keyboard()
    sitting.press(Qt.Key.Key_Delete)
    assert begun(sitting) == []
    assert not page.held.changes()
    for number in (1, 2, 3):
        sitting.press(Qt.Key.Key_Z, CTRL)
        assert len(begun(sitting)) == number
    assert sorted(begun(sitting)) == sorted(WHOLE)


def test_whoever_gives_the_quiz_up_elsewhere_gives_up_its_questions(sitting: Sitting) -> None:
    begin_quiz(sitting)
    drafts = sitting.window.session.drafts
    sitting.window.open_page("quizzes")
    sitting.settle()
    assert sitting.window.page is not None
    sitting.window.page.discard()
    assert not drafts[Quiz].all()
    assert not drafts[QuizQuestion].all()


def test_ctrl_f_finds_a_question_in_a_quiz_that_is_folded_away(sitting: Sitting, seeded_url: URL) -> None:
    question, _ = a_question(seeded_url)
    course = value(seeded_url, "SELECT id::text FROM courses WHERE slug = %s", HERS)
    words = str(value(seeded_url, "SELECT question_text FROM quiz_questions WHERE id = %s", question)).splitlines()[0]
    sitting.click_record(str(course), "title")
    sitting.press(Qt.Key.Key_Return, CTRL)
    sitting.press(Qt.Key.Key_F, CTRL)
    search = sitting.course.outline.search
    assert search.box.hasFocus()
    sitting.type(words)
    sitting.press(Qt.Key.Key_Return)
    wait_for(lambda: (QuizQuestion, question) in search.found, "what is called so")
    while sitting.course.chosen != (QuizQuestion, question):
        sitting.press(Qt.Key.Key_Return)
        sitting.settle()
    wait_for(lambda: sitting.course.outline.current() == (QuizQuestion, question), "its row")
    editor = sitting.course.editor(Quiz)
    assert isinstance(editor, QuizEditor)
    assert editor.question_id() == question
    assert search.box.hasFocus(), "to go on to the next"
    sitting.press(Qt.Key.Key_Escape)
    assert sitting.course.outline.list.hasFocus()
