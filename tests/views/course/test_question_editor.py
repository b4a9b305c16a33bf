"""A question is built, changed and taken back by keys, clicks and drags; the row is looked at from outside."""

import json

import pytest
from sqlalchemy import URL

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.views.course.quiz_desk import ALT, CTRL, QuizDesk, Sit, ask_question, question_id, stored
from tests.views.sittings import change

FRACTIONS = '["0.75", "0.34", "4/3", "6/8"]'
RIGHT = '["0.75", "6/8"]'


@pytest.fixture
def fractions(at_quiz: Sit, database_url: URL) -> QuizDesk:
    """Ines before a multiple choice with four options, two of them right."""
    ask_question(database_url, "fractions", options=FRACTIONS, correct=RIGHT, points=2)
    desk = at_quiz()
    desk.open()
    return desk


def choose_type(desk: QuizDesk, word: str) -> None:
    """Choose the type with the keyboard."""
    row = desk.question.fields.rows["question_type"]
    assert row.editor is not None
    desk.tab_to(row.editor)
    desk.press(Qt.Key.Key_A, CTRL)
    desk.type(word)
    desk.press(Qt.Key.Key_Return)


class TestBuiltByKeyboardAlone:
    def begin(self, at_quiz: Sit, text: str) -> QuizDesk:
        """A new question with this text."""
        desk = at_quiz()
        desk.open()
        desk.tab_to(desk.editor.questions.header.add_button)
        desk.press(Qt.Key.Key_Space)
        desk.type(text)
        return desk

    def test_a_multiple_choice(self, at_quiz: Sit, database_url: URL) -> None:
        desk = self.begin(at_quiz, "Which are even?")
        desk.press(Qt.Key.Key_Return, CTRL)
        for text in ("two", "three", "four"):
            desk.type(text)
            desk.press(Qt.Key.Key_Return)
        assert desk.texts() == ["two", "three", "four", ""], "Enter behind the last one adds another"
        desk.press(Qt.Key.Key_Backspace)
        assert desk.texts() == ["two", "three", "four"]
        for row in (desk.options.rows[2], desk.options.rows[0]):
            desk.tab_to(row.tick)
            desk.press(Qt.Key.Key_Space)
        desk.save()
        assert stored(database_url) == [
            ("Which are even?", "multiple_choice", '["two", "three", "four"]', '["two", "four"]', 1)
        ]

    def test_true_or_false(self, at_quiz: Sit, database_url: URL) -> None:
        desk = self.begin(at_quiz, "A half is a third.")
        choose_type(desk, "True or false")
        desk.tab_to(desk.question.fields.answers.truth.yes)
        desk.press(Qt.Key.Key_Space)
        desk.press(Qt.Key.Key_Down)
        desk.save()
        assert stored(database_url) == [("A half is a third.", "true_false", None, "false", 1)]

    def test_a_short_answer(self, at_quiz: Sit, database_url: URL) -> None:
        desk = self.begin(at_quiz, "2 + 2?")
        choose_type(desk, "Short answer")
        desk.tab_to(desk.options.add_row)
        desk.type("4")  # it looks like a field
        desk.press(Qt.Key.Key_Return)
        desk.type("four")
        desk.save()
        assert stored(database_url) == [("2 + 2?", "short_answer", None, '["4", "four"]', 1)]

    def test_an_essay_worth_five(self, at_quiz: Sit, database_url: URL) -> None:
        desk = self.begin(at_quiz, "Why?")
        choose_type(desk, "Essay")
        points = desk.question.fields.rows["points"].editor
        assert points is not None
        desk.tab_to(points)
        desk.press(Qt.Key.Key_A, CTRL)
        desk.type("5")
        desk.save()
        assert stored(database_url) == [("Why?", "essay", None, None, 5)]


class TestOptions:
    def test_they_are_named_for_who_does_not_see_them(self, fractions: QuizDesk) -> None:
        assert fractions.names() == [
            "Option 1 of 4, 0.75, right",
            "Option 2 of 4, 0.34, wrong",
            "Option 3 of 4, 4/3, wrong",
            "Option 4 of 4, 6/8, right",
        ]

    def test_keys_reorder_them_and_the_keyboard_goes_along(self, fractions: QuizDesk, database_url: URL) -> None:
        moved = fractions.options.rows[0]
        moved.edit.setFocus()
        fractions.press(Qt.Key.Key_Down, ALT)
        assert fractions.texts() == ["0.34", "0.75", "4/3", "6/8"]
        assert moved.edit.hasFocus()
        fractions.press(Qt.Key.Key_End, ALT)
        fractions.press(Qt.Key.Key_Up, ALT)
        assert fractions.texts() == ["0.34", "4/3", "0.75", "6/8"]
        assert fractions.right() == ["0.75", "6/8"]
        fractions.save()
        assert stored(database_url)[0][2:4] == ('["0.34", "4/3", "0.75", "6/8"]', RIGHT)

    @pytest.mark.parametrize(
        ("at", "to", "texts"),
        [
            (0, 2, ["0.34", "0.75", "4/3", "6/8"]),
            (0, 4, ["0.34", "4/3", "6/8", "0.75"]),
            (3, 0, ["6/8", "0.75", "0.34", "4/3"]),
            (2, 1, ["0.75", "4/3", "0.34", "6/8"]),
        ],
    )
    def test_the_handle_drags_them(
        self, fractions: QuizDesk, database_url: URL, at: int, to: int, texts: list[str]
    ) -> None:
        fractions.drag(at, to)
        assert fractions.texts() == texts
        fractions.save()
        assert stored(database_url)[0][2:4] == (json.dumps(texts), RIGHT), "what is right is as it was written"

    def test_escape_gives_a_drag_up(self, fractions: QuizDesk) -> None:
        grip = fractions.options.rows[0].grip
        QTest.mousePress(grip, Qt.MouseButton.LeftButton, pos=grip.rect().center())
        QTest.mouseMove(grip, grip.rect().center() * 6)
        assert fractions.options._line.isVisible()
        fractions.press(Qt.Key.Key_Escape)
        QTest.mouseRelease(grip, Qt.MouseButton.LeftButton, pos=grip.rect().center() * 6)
        assert fractions.texts() == json.loads(FRACTIONS)
        assert not fractions.drafts

    def test_a_cross_takes_one_away(self, fractions: QuizDesk, database_url: URL) -> None:
        cross = fractions.options.rows[1].cross
        assert cross.accessibleName() == "Remove option 2"
        QTest.mouseClick(cross, Qt.MouseButton.LeftButton)
        fractions.save()
        assert stored(database_url)[0][2:4] == ('["0.75", "4/3", "6/8"]', RIGHT)

    def test_the_text_of_a_right_one_is_the_right_answer_too(self, fractions: QuizDesk, database_url: URL) -> None:
        fractions.options.rows[0].edit.setFocus()
        fractions.press(Qt.Key.Key_A, CTRL)
        fractions.type("3/4")
        fractions.save()
        assert stored(database_url)[0][2:4] == ('["3/4", "0.34", "4/3", "6/8"]', '["3/4", "6/8"]')

    def test_several_lines_that_are_pasted_are_several_options(self, fractions: QuizDesk, database_url: URL) -> None:
        fractions.options.rows[1].edit.setFocus()
        fractions.press(Qt.Key.Key_A, CTRL)
        fractions.paste("1/2\n\n  1/3\n1/4\n")
        assert fractions.texts() == ["0.75", "1/2", "1/3", "1/4", "4/3", "6/8"]
        assert fractions.options.rows[3].edit.hasFocus()
        fractions.save()
        assert stored(database_url)[0][2] == '["0.75", "1/2", "1/3", "1/4", "4/3", "6/8"]'

    def test_one_that_was_emptied_is_not_saved(self, fractions: QuizDesk) -> None:
        fractions.options.rows[1].edit.setFocus()
        fractions.press(Qt.Key.Key_A, CTRL)
        fractions.press(Qt.Key.Key_Delete)
        assert not fractions.editor.commit_open_editor()
        assert fractions.options.problem.text() == "An option needs a text; × takes it away."
        assert fractions.editor.unfinished() == 1
        assert fractions.options.rows[1].edit.hasFocus()
        fractions.press(Qt.Key.Key_Backspace)
        assert fractions.editor.unfinished() == 0
        assert fractions.texts() == ["0.75", "4/3", "6/8"]

    def test_one_that_is_added_and_left_empty_is_none(self, fractions: QuizDesk) -> None:
        QTest.mouseClick(fractions.options.add_row, Qt.MouseButton.LeftButton)
        assert len(fractions.texts()) == 5
        assert fractions.editor.commit_open_editor()
        assert not fractions.drafts

    def test_arrows_go_from_one_to_the_next(self, fractions: QuizDesk) -> None:
        rows = fractions.options.rows
        rows[0].edit.setFocus()
        fractions.press(Qt.Key.Key_Down)
        assert rows[1].edit.hasFocus()
        fractions.press(Qt.Key.Key_Up)
        assert rows[0].edit.hasFocus()

    def test_tab_goes_from_the_points_to_the_options_as_they_stand(self, fractions: QuizDesk) -> None:
        points = fractions.question.fields.rows["points"].editor
        assert points is not None
        points.setFocus()
        fractions.options.rows[0].edit.setFocus()
        fractions.press(Qt.Key.Key_Down, ALT)
        fractions.press(Qt.Key.Key_Return, CTRL)
        points.setFocus()
        for row in fractions.options.rows:
            for stop in (row.tick, row.edit, row.cross):
                fractions.press(Qt.Key.Key_Tab)
                assert stop.hasFocus()
        fractions.press(Qt.Key.Key_Tab)
        assert fractions.options.add_row.hasFocus()

    def test_what_is_not_saved_is_marked(self, fractions: QuizDesk) -> None:
        answers = fractions.question.fields.answers
        QTest.mouseClick(fractions.options.rows[1].tick, Qt.MouseButton.LeftButton)
        assert [row.unsaved for row in fractions.options.rows] == [False, True, False, False]
        assert answers._unsaved.isVisible()
        fractions.save()
        assert not any(row.unsaved for row in fractions.options.rows)
        assert not answers._unsaved.isVisible()

    def test_after_a_save_nothing_typed_before_is_undone_in_the_text(self, fractions: QuizDesk) -> None:
        edit = fractions.options.rows[1].edit
        edit.setFocus()
        fractions.type("x")
        fractions.save()
        assert not edit.document().isUndoAvailable()
        assert edit.hasFocus()
        assert edit.textCursor().position() == 1

    def test_why_a_save_refused_them_is_said_where_they_are(self, fractions: QuizDesk) -> None:
        QTest.mouseClick(fractions.options.rows[1].tick, Qt.MouseButton.LeftButton)
        fractions.drafts.refuse(question_id("fractions"), "correct_answer", "Too long.")
        note = fractions.question.fields.answers._note
        assert note.isVisible()
        assert (note.text, note.tone) == ("Too long.", "bad")
        fractions.question.focus_field("correct_answer")
        assert fractions.options.rows[0].edit.hasFocus()

    def test_more_than_anybody_chooses_from_are_edited_as_they_are_written(
        self, at_quiz: Sit, database_url: URL
    ) -> None:
        ask_question(database_url, "long", options=json.dumps([str(n) for n in range(1000)]), correct="7")
        desk = at_quiz()
        desk.open()
        answers = desk.question.fields.answers
        assert answers.raw.isVisible()
        assert not answers.options.isVisible()
        assert answers._note.text.startswith("These are too many")

    def test_who_may_only_look_changes_nothing(self, at_quiz: Sit, database_url: URL) -> None:
        ask_question(database_url, "fractions", options=FRACTIONS, correct=RIGHT)
        desk = at_quiz("registrar")
        desk.open()
        assert desk.texts() == json.loads(FRACTIONS)
        assert all(row.edit.isReadOnly() and not row.tick.isEnabled() for row in desk.options.rows)
        assert not desk.options.add_row.isVisible()
        assert not desk.editor.questions.header.add_button.isVisible()


class TestUndo:
    def test_a_tick_is_taken_back(self, fractions: QuizDesk) -> None:
        QTest.mouseClick(fractions.options.rows[1].tick, Qt.MouseButton.LeftButton)
        assert fractions.right() == ["0.75", "0.34", "6/8"]
        fractions.drafts.undo()
        assert fractions.right() == ["0.75", "6/8"]
        assert not fractions.drafts

    def test_a_text_and_the_right_answer_go_back_together(self, fractions: QuizDesk) -> None:
        fractions.options.rows[0].edit.setFocus()
        fractions.type("x")
        fractions.options.flush()
        assert fractions.values("fractions")["correct_answer"] == '["x0.75", "6/8"]'
        fractions.drafts.undo()
        assert fractions.texts() == json.loads(FRACTIONS)
        assert fractions.right() == ["0.75", "6/8"]
        assert not fractions.drafts

    def test_the_texts_own_undo_goes_first(self, fractions: QuizDesk) -> None:
        QTest.mouseClick(fractions.options.rows[1].tick, Qt.MouseButton.LeftButton)
        fractions.options.rows[0].edit.setFocus()
        fractions.type("x")
        fractions.options.flush()
        fractions.undo()
        assert fractions.texts()[0] == "0.75"
        assert fractions.right() == ["0.75", "0.34", "6/8"], "the tick came before"
        fractions.drafts.undo()
        assert not fractions.drafts

    def test_another_type_and_back_keeps_what_was_there(self, fractions: QuizDesk) -> None:
        choose_type(fractions, "Short answer")
        assert fractions.texts() == ["0.75", "6/8"], "what was right is accepted"
        choose_type(fractions, "Essay")
        assert fractions.values("fractions") == {"question_type": "essay", "options": None, "correct_answer": None}
        choose_type(fractions, "Multiple choice")
        assert fractions.texts() == json.loads(FRACTIONS)
        assert not fractions.drafts, "all is as it was"

    def test_a_type_of_anothers_keeps_what_is_written(self, fractions: QuizDesk) -> None:
        choose_type(fractions, "matching")
        assert fractions.values("fractions") == {"question_type": "matching"}
        answers = fractions.question.fields.answers
        assert answers.raw.isVisible()
        choose_type(fractions, "Multiple choice")
        assert fractions.texts() == json.loads(FRACTIONS)
        assert not fractions.drafts

    def test_what_was_half_written_for_another_type_stops_no_save(self, fractions: QuizDesk, database_url: URL) -> None:
        choose_type(fractions, "matching")
        raw = fractions.question.fields.rows["options"].editor
        assert raw is not None
        fractions.tab_to(raw)
        fractions.press(Qt.Key.Key_A, CTRL)
        fractions.type("[half")
        choose_type(fractions, "Essay")
        fractions.save()
        assert not fractions.drafts
        assert [row[1] for row in stored(database_url)][:1] == ["essay"]

    def test_another_type_is_taken_back_at_once(self, fractions: QuizDesk) -> None:
        choose_type(fractions, "Essay")
        fractions.drafts.undo()
        assert fractions.texts() == json.loads(FRACTIONS)
        assert not fractions.drafts


class TestWhileOthersWork:
    def test_the_caret_stays_where_somebody_types(self, fractions: QuizDesk, database_url: URL) -> None:
        edit = fractions.options.rows[1].edit
        edit.setFocus()
        fractions.press(Qt.Key.Key_End)
        fractions.type("5")
        theirs = "UPDATE quiz_questions SET question_text = 'theirs' WHERE id = %s"
        change(database_url, theirs, question_id("fractions"))
        fractions.question.refresh()
        assert edit.hasFocus()
        assert fractions.texts()[1] == "0.345"
        assert edit.textCursor().position() == 5

    def test_what_they_did_to_options_moves_no_caret(self, fractions: QuizDesk, database_url: URL) -> None:
        edit = fractions.options.rows[2].edit
        edit.setFocus()
        fractions.press(Qt.Key.Key_End)
        theirs = '["new", "0.75", "0.34", "4/3", "6/8"]'
        change(database_url, "UPDATE quiz_questions SET options = %s WHERE id = %s", theirs, question_id("fractions"))
        fractions.question.refresh()
        assert fractions.texts() == json.loads(theirs)
        assert edit.hasFocus()
        assert edit.toPlainText() == "4/3"
        assert edit.textCursor().position() == 3


ODD = (
    None,
    "null",
    "[]",
    "{}",
    '""',
    '"text"',
    "7",
    "[1, 2.50, 1e3]",
    '[true, null, "a"]',
    '["a",   "a"]',
    '["\\u00e9", "\\/"]',
    '[ "a" ,\n "b" ]',
    '[{"text": "red", "id": 7, "weight": 1.0}, {"label":"blue"}]',
    '[{"id": 1}]',
    '[["nested"]]',
    '[{"text": "x", "text": "y"}]',
    '["a", {"option": "b", "x": [1, {"y": null}]}]',
    '["\\u0000 inside"]',
    '["line\\nbreak", " blanks ", ""]',
)


class TestOddContent:
    def test_what_was_not_edited_is_byte_for_byte_what_it_was(self, at_quiz: Sit, database_url: URL) -> None:
        names = [f"odd {at}" for at in range(len(ODD))]
        for name, options in zip(names, ODD, strict=True):
            ask_question(database_url, name, options=options, correct="red")
        desk = at_quiz()
        desk.open()
        for name in names:
            desk.show(name)
            text = desk.question.fields.rows["question_text"].editor
            assert text is not None
            text.setFocus()
            desk.type("Very ")
        desk.save()
        assert not desk.trouble
        wanted = [
            (f"Very {name}", "multiple_choice", options, "red", 1) for name, options in zip(names, ODD, strict=True)
        ]
        assert stored(database_url) == wanted

    def test_what_is_no_list_is_edited_as_it_is_written(self, at_quiz: Sit, database_url: URL) -> None:
        ask_question(database_url, "odd", options='[["nested"]]', correct="red")
        desk = at_quiz()
        desk.open()
        answers = desk.question.fields.answers
        assert not answers.options.isVisible()
        assert answers.raw.isVisible()
        assert answers._note.text.startswith("Option 1 is neither a text nor an object with a text")
        raw = desk.question.fields.rows["options"].editor
        assert raw is not None
        raw.setFocus()
        desk.press(Qt.Key.Key_A, CTRL)
        desk.type('["red"]')
        assert raw.flush()
        assert desk.texts() == ["red"], "now it can be edited as options"
        assert desk.right() == ["red"]

    def test_another_key_of_an_option_is_kept(self, at_quiz: Sit, database_url: URL) -> None:
        ask_question(database_url, "odd", options='[{"text": "red", "id": 7}, {"id": 8, "text":"blue"}]', correct="red")
        desk = at_quiz()
        desk.open()
        desk.options.rows[1].edit.setFocus()
        desk.press(Qt.Key.Key_End)
        desk.type("ish")
        desk.press(Qt.Key.Key_Up, ALT)
        desk.save()
        assert stored(database_url)[0][2] == '[{"id": 8, "text":"blueish"}, {"text": "red", "id": 7}]'

    def test_a_right_answer_that_is_no_option_is_said_and_kept(self, at_quiz: Sit, database_url: URL) -> None:
        ask_question(database_url, "odd", options='["red", "blue"]', correct="green")
        desk = at_quiz()
        desk.open()
        note = desk.question.fields.answers._note
        assert note.text == "The right answer “green” is none of the options."
        desk.options.rows[0].edit.setFocus()
        desk.type("dark")
        desk.save()
        assert stored(database_url)[0][2:4] == ('["darkred", "blue"]', "green")
        QTest.mouseClick(desk.options.rows[0].tick, Qt.MouseButton.LeftButton)
        assert not note.isVisible()
        desk.save()
        assert stored(database_url)[0][3] == "darkred"
