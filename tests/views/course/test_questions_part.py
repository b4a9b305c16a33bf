"""The questions of a quiz: gone through, put in order, added one by one and many at once, changed under answers."""

from pathlib import Path

import pytest
from sqlalchemy import URL

from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from lms_desktop.services.teaching import quiz_files
from lms_desktop.services.teaching.questions import Option, Reading
from lms_desktop.views import theme
from lms_desktop.views.course import quiz_file_dialogs
from lms_desktop.views.course.found_questions import FoundModel
from lms_desktop.views.course.paste_dialog import PasteDialog
from lms_desktop.views.course.quiz_file_dialogs import ExportDialog, ImportDialog
from lms_desktop.views.delete_dialog import DeleteDialog
from lms_desktop.views.kit.notices import Banner
from lms_desktop.views.long_editor import LongEditor
from tests.dialogs import when_asked
from tests.views.course.quiz_desk import ALT, CTRL, QUIZ, QuizDesk, Sit, ask_question, attempt, question_id, stored
from tests.views.sittings import change

MANY = """\
Capital of France? (2 points)
- Rome
* Paris

The Earth goes round the Sun.
True

2 + 2?
Answer: 4
"""


@pytest.fixture
def three(at_quiz: Sit, database_url: URL) -> QuizDesk:
    """Ines before a quiz of three questions."""
    ask_question(database_url, "first", options='["a", "b"]', correct="a", points=2)
    ask_question(database_url, "second", "true_false", correct="true")
    ask_question(database_url, "third", "essay", points=3)
    desk = at_quiz()
    desk.open()
    return desk


def header(desk: QuizDesk) -> str:
    """What stands above the question."""
    found = desk.editor.questions.header
    return " · ".join((found.title.text(), found.type.text, found.points.text()))


def texts(url: URL) -> list[str]:
    """The questions that are stored, in their order."""
    return [row[0] for row in stored(url)]


class TestGoingThrough:
    def test_the_first_is_shown_and_which_it_is(self, three: QuizDesk) -> None:
        assert header(three) == "Question 1 of 3 · multiple choice · 2 point(s)"
        tabs = three.editor.tabs
        assert [tabs.tabText(at) for at in range(tabs.count())] == ["Settings", "Questions 3", "Results 1", "History"]
        assert three.editor.header.detail.text() == "Quiz after lesson 1 · pass at 70 % · no time limit · draft"
        assert three.shown == [], "nobody went there"

    def test_keys_lead_to_the_next_and_back(self, three: QuizDesk) -> None:
        three.options.rows[0].edit.setFocus()
        three.press(Qt.Key.Key_PageDown, CTRL)
        assert header(three) == "Question 2 of 3 · true or false · 1 point(s)"
        three.press(Qt.Key.Key_PageDown, CTRL)
        three.press(Qt.Key.Key_PageDown, CTRL)
        assert header(three) == "Question 3 of 3 · essay · 3 point(s)"
        three.press(Qt.Key.Key_PageUp, CTRL)
        assert three.shown == [question_id("second"), question_id("third"), question_id("second")]

    def test_the_keyboard_goes_to_the_text_where_the_answer_it_was_in_is_gone(self, three: QuizDesk) -> None:
        text = three.question.fields.rows["question_text"].editor
        assert text is not None
        three.options.rows[1].edit.setFocus()
        three.press(Qt.Key.Key_PageDown, CTRL)
        assert header(three).startswith("Question 2 of 3")
        assert text.has_keyboard()
        three.press(Qt.Key.Key_PageUp, CTRL)
        assert header(three).startswith("Question 1 of 3")
        assert text.has_keyboard()

    def test_a_question_that_is_asked_for_is_shown_as_soon_as_its_quiz_is(
        self, at_quiz: Sit, database_url: URL
    ) -> None:
        for name in ("first", "second"):
            ask_question(database_url, name, "essay")
        desk = at_quiz(threads=True)
        desk.editor.show_record(QUIZ)
        desk.editor.show_question(question_id("second"))
        desk.qtbot.waitUntil(lambda: desk.question.record() is not None)
        desk.rest()
        assert header(desk).startswith("Question 2 of 2")

    def test_all_that_stands_above_the_question_fits_a_narrow_editor_of_large_text(
        self, at_quiz: Sit, database_url: URL
    ) -> None:
        for name in ("first", "second"):
            ask_question(database_url, name, "multiple_choice", points=10)
        theme.current().set_text_size(150)
        desk = at_quiz(size=(420, 900))
        desk.open()
        desk.editor.resize(desk.editor.minimumSizeHint().width(), 900)
        desk.qtbot.wait(1)
        head = desk.editor.questions.header
        parts = (head.title, head.type, head.previous, head.next, head.duplicate_button, head.paste_button)
        for part in (*parts, head.add_button, head.more_button):
            place = QRect(part.mapTo(head, QPoint()), part.size())
            assert head.rect().contains(place), part
            assert part.width() >= part.minimumSizeHint().width(), part

    def test_alt_and_arrows_move_the_chosen_one(self, three: QuizDesk, database_url: URL) -> None:
        three.editor.questions.list.setFocus()
        three.press(Qt.Key.Key_Down, ALT)
        assert texts(database_url) == ["second", "first", "third"]
        assert header(three).startswith("Question 2 of 3")

    def test_the_list_says_what_is_typed(self, three: QuizDesk) -> None:
        text = three.question.fields.rows["question_text"].editor
        assert text is not None
        text.setFocus()
        three.type("Very ")
        text.flush()
        card = three.editor.questions.model.cards[0]
        assert (card.title, card.unsaved) == ("Very first", True)


class TestAddingAndTakingAway:
    def test_a_new_one_comes_behind_the_one_that_is_shown(self, three: QuizDesk, database_url: URL) -> None:
        QTest.mouseClick(three.editor.questions.header.add_button, Qt.MouseButton.LeftButton)
        assert header(three).startswith("New question · multiple choice")
        three.type("new")
        three.save()
        assert texts(database_url) == ["first", "new", "second", "third"]
        assert header(three).startswith("Question 2 of 4")

    def test_a_copy_comes_right_behind(self, three: QuizDesk, database_url: URL) -> None:
        QTest.mouseClick(three.editor.questions.header.duplicate_button, Qt.MouseButton.LeftButton)
        assert texts(database_url) == ["first", "first", "second", "third"]
        assert header(three).startswith("Question 2 of 4")

    def test_a_copy_of_what_is_not_saved_is_not_saved_either(self, three: QuizDesk, database_url: URL) -> None:
        three.options.rows[1].edit.setFocus()
        three.type("x")
        QTest.mouseClick(three.editor.questions.header.duplicate_button, Qt.MouseButton.LeftButton)
        assert three.texts() == ["a", "xb"]
        assert len(three.new()) == 1
        three.save()
        assert [row[2] for row in stored(database_url)[:2]] == ['["a", "xb"]', '["a", "xb"]']

    def test_where_a_new_one_is_given_up_the_next_one_is_shown(self, three: QuizDesk) -> None:
        three.editor.questions.one.add()
        three.type("x")
        three.editor.questions.one.delete()
        assert not three.new()
        assert header(three).startswith("Question 2 of 3")
        three.drafts.undo()
        assert len(three.new()) == 1, "it can be taken back"

    def test_whoever_deletes_what_was_answered_is_told_so_before(self, three: QuizDesk, database_url: URL) -> None:
        for _ in range(3):
            attempt(database_url, {question_id("first"): "a"})
        said: list[str] = []

        def look() -> None:
            dialog = QApplication.activeModalWidget()
            assert isinstance(dialog, DeleteDialog)
            said.append(" ".join(banner.text for banner in dialog.findChildren(Banner)))
            dialog.reject()

        for name in ("first", "second"):
            three.show(name)
            when_asked(three.editor, look)
            three.editor.questions.one.delete()
        assert "3 attempt(s) answered it; their scores stay as they are." in said[0]
        assert "answered" not in said[1]

    def test_after_a_delete_the_next_one_is_shown(self, three: QuizDesk, database_url: URL) -> None:
        when_asked(three.editor, lambda: _press_danger())
        three.editor.questions.one.delete()
        three.qtbot.waitUntil(lambda: texts(database_url) == ["second", "third"])
        assert header(three).startswith("Question 1 of 2 · true or false")

    def test_a_quiz_without_questions_says_what_to_do(self, at_quiz: Sit) -> None:
        desk = at_quiz()
        desk.open()
        part = desk.editor.questions
        assert part.empty.isVisible()
        assert part.empty.accessibleName() == "This quiz has no questions yet."
        QTest.mouseClick(part.empty.button, Qt.MouseButton.LeftButton)
        assert len(desk.new()) == 1


def _press_danger() -> None:
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    dialog.delete_button.click()  # type: ignore[attr-defined]


class TestManyAtOnce:
    def test_they_are_understood_as_they_are_typed(self, three: QuizDesk) -> None:
        dialog = PasteDialog(three.session, "here")
        three.qtbot.addWidget(dialog)
        QAbstractItemModelTester(dialog.found.found)
        dialog.show()
        dialog.edit.setPlainText(MANY + "\nNo options\n- one\n")
        dialog.read_now()
        spoken = [dialog.found.found.index(row).data() for row in range(dialog.found.found.rowCount())]
        assert spoken == [
            "1. Capital of France?, multiple choice, Rome · ✓ Paris",
            "2. The Earth goes round the Sun., true or false, ✓ True",
            "3. 2 + 2?, short answer, ✓ 4",
            "4. No options, multiple choice, one",
            "Line 11: This question has one option only.",
            "Line 11: None of the options is marked as right.",
        ]
        assert dialog.accept_button.text() == "Add 4 question(s)"
        dialog.found.line_wanted.emit(11)
        assert dialog.edit.textCursor().block().text() == "No options"
        dialog.done(0)

    def test_they_come_behind_the_chosen_one_in_one_operation(self, three: QuizDesk, database_url: URL) -> None:
        three.show("second")

        def paste() -> None:
            dialog = QApplication.activeModalWidget()
            assert isinstance(dialog, PasteDialog)
            assert dialog._where.text().startswith("They come behind question 2 of")
            dialog.edit.setPlainText(MANY)
            dialog.accept()

        when_asked(three.editor, paste)
        QTest.mouseClick(three.editor.questions.header.paste_button, Qt.MouseButton.LeftButton)
        three.rest()
        assert stored(database_url)[2:5] == [
            ("Capital of France?", "multiple_choice", '["Rome", "Paris"]', "Paris", 2),
            ("The Earth goes round the Sun.", "true_false", None, "true", 1),
            ("2 + 2?", "short_answer", None, "4", 1),
        ]
        assert texts(database_url)[5] == "third"
        assert header(three).startswith("Question 3 of 6"), "the first of them is shown"

    def test_what_could_not_be_added_is_still_there(self, three: QuizDesk, database_url: URL) -> None:
        def paste() -> None:
            dialog = QApplication.activeModalWidget()
            assert isinstance(dialog, PasteDialog)
            if not three.trouble:
                dialog.edit.setPlainText(MANY)
            assert dialog.text() == MANY
            dialog.accept()

        change(database_url, "ALTER TABLE quiz_questions ADD CONSTRAINT no CHECK (question_text <> '2 + 2?') NOT VALID")
        when_asked(three.editor, paste)
        QTest.mouseClick(three.editor.questions.header.paste_button, Qt.MouseButton.LeftButton)
        three.rest()
        assert len(three.trouble) == 1
        assert len(texts(database_url)) == 3
        change(database_url, "ALTER TABLE quiz_questions DROP CONSTRAINT no")
        when_asked(three.editor, paste)
        buttons = three.editor.questions.banner.findChildren(QAbstractButton)
        again = next(button for button in buttons if button.text() == "Show the text")
        QTest.mouseClick(again, Qt.MouseButton.LeftButton)
        three.rest()
        assert len(texts(database_url)) == 6
        assert not three.editor.questions.banner.isVisible()

    @pytest.mark.parametrize("typed", [MANY, "- what is no question " * 10], ids=["understood", "not understood"])
    def test_what_was_typed_is_not_lost_by_a_key(self, three: QuizDesk, typed: str) -> None:
        dialog = PasteDialog(three.session, "here")
        three.qtbot.addWidget(dialog)
        dialog.show()
        dialog.edit.setPlainText(typed)
        dialog.read_now()
        when_asked(dialog, lambda: QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape))  # type: ignore[arg-type]
        dialog.reject()
        assert dialog.isVisible()
        dialog.done(0)

    @pytest.mark.parametrize("form", quiz_files.FORMS, ids=lambda form: form.key)
    def test_a_file_that_is_dropped_is_shown_and_added(
        self, three: QuizDesk, database_url: URL, tmp_path: Path, form: quiz_files.Form
    ) -> None:
        reading = Reading("multiple_choice", "From a file?", (Option("yes"), Option("no")), (0,), points=3)
        file = tmp_path / f"quiz{form.suffixes[0]}"
        file.write_text(form.render([reading]), encoding="utf-8")
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(file))])
        seen: list[str] = []

        def add() -> None:
            dialog = QApplication.activeModalWidget()
            assert isinstance(dialog, ImportDialog)
            seen.append(dialog.form.currentText())
            dialog.accept()

        when_asked(three.editor, add)
        drop(three, data)
        three.qtbot.waitUntil(lambda: len(stored(database_url)) == 4)
        assert seen == [form.label]
        assert stored(database_url)[1] == ("From a file?", "multiple_choice", '["yes", "no"]', "yes", 3)

    def test_another_file_is_not_taken(self, three: QuizDesk, tmp_path: Path) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(tmp_path / "photo.png"))])
        event = QDragEnterEvent(
            QPoint(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(three.editor.questions, event)
        assert not event.isAccepted()

    def test_a_file_that_is_no_text_is_refused_in_words(self, three: QuizDesk, tmp_path: Path) -> None:
        file = tmp_path / "quiz.txt"
        file.write_bytes(b"a\xff\xfe b")
        dialog = ImportDialog(three.session, file, "here")
        three.qtbot.addWidget(dialog)
        dialog.show()
        assert dialog.banner.text.startswith("Line 1 of this file is not UTF-8.")
        assert not dialog.accept_button.isEnabled()

    def test_a_file_says_what_it_leaves_out_before_it_is_written(
        self, three: QuizDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        readings = [
            Reading("multiple_choice", "Even?", (Option("two"), Option("three")), (0,)),
            Reading("multiple_choice", "Odd", odd="why"),
        ]
        dialog = ExportDialog(three.session, "Of algebra: 1/2", readings)
        three.qtbot.addWidget(dialog)
        dialog.show()
        assert dialog._count.text() == "1 question(s) will be written · 1 left out"
        assert dialog.left_out.found.index(0).data().startswith("Question 2: ")
        dialog.form.setCurrentIndex(1)
        asked: list[str] = []
        file = tmp_path / "written.gift"

        def pick(parent: QWidget, title: str, name: str, kinds: str) -> Path:
            asked.append(name)
            return file

        monkeypatch.setattr(quiz_file_dialogs, "pick_new_file", pick)
        dialog.save_button.click()
        assert asked == ["Of algebra_ 1_2.gift"]
        assert dialog.written == file
        assert quiz_files.load(file.read_bytes(), file.name).parsed.questions[0].text == "Even?"

    def test_what_a_person_may_do_stands_in_the_menu(self, three: QuizDesk, at_quiz: Sit) -> None:
        assert menu_of(three) == ["Import from a file…", "Export to a file…", "Delete question…"]
        registrar = at_quiz("registrar")
        registrar.open()
        assert menu_of(registrar) == ["Export to a file…"]


def menu_of(desk: QuizDesk) -> list[str]:
    """What is offered behind the three dots."""
    QTest.mouseClick(desk.editor.questions.header.more_button, Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    texts = [action.text() for action in menu.actions() if action.text()]
    menu.close()
    return texts


def drop(desk: QuizDesk, data: QMimeData) -> None:
    """Let something fall onto the questions."""
    part: QWidget = desk.editor.questions
    none = Qt.KeyboardModifier.NoModifier
    text = desk.question.fields.rows["question_text"].editor
    assert isinstance(text, LongEditor)
    assert not text.edit.canInsertFromMimeData(data), "its path is no question"
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none)
    QApplication.sendEvent(part, enter)
    assert enter.isAccepted()
    event = QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none)
    QApplication.sendEvent(part, event)


class TestUnderAnswers:
    @pytest.fixture
    def answered(self, at_quiz: Sit, database_url: URL) -> QuizDesk:
        """Ines before a question that four attempts have answered."""
        first = ask_question(database_url, "first", options='["a", "b", "c"]', correct="a", points=2)
        ask_question(database_url, "second", "true_false", correct="true")
        for answer in ("a", "a", "a", "b"):
            attempt(database_url, {first: answer, question_id("second"): False})
        desk = at_quiz()
        desk.open()
        return desk

    def test_it_is_said_how_many_answered_and_how(self, answered: QuizDesk) -> None:
        editor = answered.question
        assert editor.warning.isVisible()
        assert editor.warning.text.startswith("4 attempt(s) already answered this question")
        assert editor.bars.isVisible()
        assert editor.bars.accessibleDescription() == "✓ a · 75 %; b · 25 %; c · 0 %"
        answered.show("second")
        assert editor.bars.accessibleDescription() == "✓ True · 0 %; False · 100 %"

    def test_another_right_answer_is_asked_about_and_can_be_marked_again(self, answered: QuizDesk) -> None:
        for row in answered.options.rows[:2]:
            QTest.mouseClick(row.tick, Qt.MouseButton.LeftButton)
        said: list[str] = []

        def refuse() -> None:
            dialog = QApplication.activeModalWidget()
            assert dialog is not None
            said.append(dialog.accessibleDescription())
            dialog.reject()  # type: ignore[attr-defined]

        when_asked(answered.editor, refuse)
        assert not answered.editor.may_save(answered.drafts.all())
        assert said[0].startswith("“first”: this changes the right answer; 4 attempt(s) answered it.")
        when_asked(answered.editor, lambda: QApplication.activeModalWidget().accept())  # type: ignore[union-attr]
        assert answered.editor.may_save(answered.drafts.all())
        answered.save()
        banner = answered.editor.questions.banner
        assert banner.isVisible()
        assert banner.text == "4 attempt(s) were marked by the former answer."

    def test_another_wording_is_not_asked_about(self, answered: QuizDesk) -> None:
        text = answered.question.fields.rows["question_text"].editor
        assert text is not None
        text.setFocus()
        answered.type("Very ")
        text.flush()
        answered.options.rows[0].edit.setFocus()
        answered.press(Qt.Key.Key_Down, ALT)
        assert answered.drafts
        assert answered.editor.may_save(answered.drafts.all())

    def test_what_nobody_answered_is_not_asked_about(self, three: QuizDesk) -> None:
        QTest.mouseClick(three.options.rows[1].tick, Qt.MouseButton.LeftButton)
        assert not three.question.warning.isVisible()
        assert three.editor.may_save(three.drafts.all())


def test_what_was_found_is_a_proper_model() -> None:
    model = FoundModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert model.entry(0) is None
