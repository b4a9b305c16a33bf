"""The editors of fields: what is shown comes back exactly, what is typed is a value or a reason, nothing is lost."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from lms_desktop.admin import CATALOG
from lms_desktop.entities import Course, Enrollment, Lesson, Quiz, QuizQuestion, User
from lms_desktop.errors import BadValue
from lms_desktop.services import passwords
from lms_desktop.spec import Choice, Field, Flag, Json, Number, Option, Secret, Text
from lms_desktop.views import theme
from lms_desktop.views.choice_editors import ChoiceEditor
from lms_desktop.views.editors import FieldEditor, make_editor
from lms_desktop.views.exact_text import ExactText
from lms_desktop.views.json_editor import JsonEditor, laid_out
from lms_desktop.views.long_editor import LongEditor, PlainEdit
from lms_desktop.views.moment_editor import MomentEditor
from lms_desktop.views.number_editor import NumberEditor
from lms_desktop.views.reference_picker import ReferenceEditor
from lms_desktop.views.secret_editor import SecretEditor
from lms_desktop.views.session import Session
from lms_desktop.views.text_editors import LineEditor
from tests.small_school import actor, opened, row_id
from tests.views.sittings import immediate, sitting

NAME = Field(User.full_name, "Name", Text(length=255, blank=False))
CATEGORY = Field(Course.category, "Category", Text(length=100))
EMAIL = Field(User.email, "E-mail", Text("email", length=255))
SLUG = Field(Course.slug, "Short name", Text("slug", length=255))
PICTURE = Field(Course.thumbnail_url, "Picture", Text("url", length=500))
CONTENT = Field(Lesson.content, "Content", Text("markdown"))
QUESTION = Field(QuizQuestion.question_text, "Question", Text("long", blank=False))
POINTS = Field(QuizQuestion.points, "Points", Number(minimum=0))
LIMIT = Field(Quiz.time_limit_minutes, "Time limit", Number(minimum=0, unit="min"))
ACTIVE = Field(User.is_active, "Account", Flag("Active", "Deactivated"))
LEVELS = Choice(options=(Option("beginner", "Beginner"), Option("advanced", "Advanced")), length=50)
LEVEL = Field(Course.difficulty_level, "Difficulty", LEVELS)
TYPES = Choice(options=(Option("text", "Text"), Option("video", "Video")), strict=False, length=50)
TYPE = Field(Lesson.content_type, "Type", TYPES)
DATA = Field(Course.course_metadata, "Further data", Json("object"))
PASSWORD = Field(User.password_hash, "Password", Secret(), made=True)
ENROLLED = Field(Enrollment.enrolled_at, "Enrolled", CATALOG[Enrollment].field("enrolled_at").kind)
COMPLETED = Field(Enrollment.completed_at, "Completed", CATALOG[Enrollment].field("completed_at").kind)
TEACHER = Field(Course.instructor_id, "Instructor", CATALOG[Course].field("instructor_id").kind)
QUIZ_COURSE = Field(Quiz.course_id, "Course", CATALOG[Quiz].field("course_id").kind)

ODD_TEXTS = {
    "emoji and joiners": "👩\u200d👩\u200d👧 😀",
    "right to left": "عمر الحسيني",
    "bidi override": "\u202eabc\u202c",
    "decomposed": "Chloe\u0301 A\u030a",
    "non-characters": "\ufffe\uffff x",
    "byte-order mark": "\ufeffname",
    "control characters": "a\x01\x07\x1b\x7fz",
    "line and paragraph separator": "a\u2028b\u2029c",
    "no-break space": "a\u00a0b\u202fc",
    "frame characters of Qt": "a\ufdd0b\ufdd1c",
    "object replacement": "a\ufffcb",
    "carriage returns": "one\r\ntwo\rthree\nfour",
    "tabs and blanks": "  a\t b  ",
    "quotes": "'; DROP TABLE users; --",
    "markup": "<b>&amp;</b>",
}

Make = Callable[..., Any]


@pytest.fixture(autouse=True)
def _the_usual_look(qapp: QApplication) -> None:
    if theme.current().scheme != theme.Scheme.LIGHT or theme.current().text_size != 100:
        theme.install(qapp, theme.Scheme.LIGHT, 100)


@pytest.fixture
def session(qapp: QApplication, tmp_path: Path) -> Iterator[Session]:
    """A sitting that needs no database."""
    with sitting(None, actor("registrar"), tmp_path) as found:
        yield found


@pytest.fixture
def school(qapp: QApplication, tmp_path: Path, database_url: URL) -> Iterator[Session]:
    """A registrar in the small school."""
    with opened(database_url) as database, sitting(database, actor("admin"), tmp_path) as found:
        yield found


@pytest.fixture
def make(qtbot: QtBot) -> Make:
    """Makes an editor in a window of its own, with a value, and notes what it tells."""
    windows: list[QWidget] = []

    def editor(session: Session, field: Field, wire: str | None = None, label: Any = None) -> FieldEditor:
        window = QWidget()
        qtbot.addWidget(window)
        windows.append(window)
        made = make_editor(session, field, window)
        window.resize(372, 120)
        made.resize(340, made.sizeHint().height())
        made.set_value(wire, label)
        made.told = []  # type: ignore[attr-defined]
        made.edited.connect(lambda value, name: made.told.append(value))  # type: ignore[attr-defined]
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        made.setFocus()
        return made

    return editor


def box_of(editor: FieldEditor) -> QWidget:
    """The widget in the editor that has the keyboard."""
    box = editor.focusProxy()
    assert box is not None
    return box


def refusal(editor: FieldEditor) -> str:
    """Why what stands in the editor is no value."""
    with pytest.raises(BadValue) as caught:
        editor.take()
    return str(caught.value)


def paste(editor: FieldEditor, text: str) -> None:
    """Paste over everything, as a person does."""
    box = box_of(editor)
    QGuiApplication.clipboard().setText(text)
    QTest.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(box, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def type_over(editor: FieldEditor, text: str) -> None:
    """Type over everything."""
    box = box_of(editor)
    QTest.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    if text:
        QTest.keyClicks(box, text)
    else:
        QTest.keyClick(box, Qt.Key.Key_Delete)


class TestWhatIsShownComesBack:
    @pytest.mark.parametrize(
        ("field", "wire"),
        [
            (NAME, "Ana Sousa"),
            (NAME, "x" * 255),
            (NAME, "x" * 40_000),  # longer than the field would let in today
            (EMAIL, "not an address, but stored"),
            (CATEGORY, ""),
            (CONTENT, "# Title\n\ntext"),
            (POINTS, "12"),
            (POINTS, "-5"),
            (ACTIVE, "false"),
            (LEVEL, "advanced"),
            (LEVEL, "written by another program"),
            (TYPE, "podcast"),
            (COMPLETED, "2026-11-20 10:00:00+00"),
            (COMPLETED, "2026-11-20 10:00:00.123456+00"),
            (COMPLETED, "2026-10-25 00:30:00+00"),  # the first of two half past ones in Lisbon
            (COMPLETED, "2026-10-25 01:30:00+00"),  # the second
            (COMPLETED, "infinity"),
            (COMPLETED, "0044-03-15 12:00:00+00 BC"),
            (COMPLETED, "12026-01-01 00:00:00+00"),
            (DATA, '{"b":1,\n "a" : 1.50, "b": 12345678901234567890}'),
            (DATA, "no JSON at all"),
        ],
    )
    def test_byte_for_byte_whatever_it_is(self, session: Session, make: Make, field: Field, wire: str) -> None:
        editor = make(session, field, wire)
        assert editor.take()[0] == wire
        assert editor.flush()
        editor.hide()
        assert editor.told == []

    @pytest.mark.parametrize(
        "field",
        [CATEGORY, PICTURE, CONTENT, LIMIT, LEVEL, COMPLETED, DATA, QUIZ_COURSE, PASSWORD],
        ids=lambda f: f.label,
    )
    def test_no_value_stays_none(self, session: Session, make: Make, field: Field) -> None:
        editor = make(session, field, None)
        assert editor.take() == (None, None)
        assert editor.flush()
        assert editor.told == []

    @pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
    @pytest.mark.parametrize("field", [NAME, CONTENT], ids=["one line", "several lines"])
    def test_odd_characters_too(self, session: Session, make: Make, field: Field, text: str) -> None:
        editor = make(session, field, text)
        assert editor.take()[0] == text

    def test_a_new_value_takes_the_place_of_an_old_one_and_of_what_was_typed(
        self, session: Session, make: Make
    ) -> None:
        editor = make(session, EMAIL, "ana@school.edu")
        type_over(editor, "nonsense")
        editor.flush()
        assert editor.reason
        editor.set_value("bo@school.edu")
        assert not editor.reason
        assert editor.take()[0] == "bo@school.edu"


class TestTextInALine:
    def test_what_is_typed_is_told_after_a_pause_and_at_once_on_enter(self, session: Session, make: Make) -> None:
        editor = make(session, NAME, "Ana")
        type_over(editor, "Ana Sousa")
        assert editor.told == []
        committed: list[bool] = []
        editor.committed.connect(lambda: committed.append(True))
        QTest.keyClick(editor.line, Qt.Key.Key_Return)
        assert editor.told == ["Ana Sousa"]
        assert committed == [True]

    def test_the_pause_ends_by_itself(self, session: Session, make: Make, qtbot: QtBot) -> None:
        editor = make(session, NAME, "Ana")
        type_over(editor, "Bo")
        qtbot.waitUntil(lambda: editor.told == ["Bo"])

    def test_leaving_tells(self, session: Session, make: Make, qtbot: QtBot) -> None:
        editor = make(session, NAME, "Ana")
        other = QLineEdit(editor.window())
        other.show()
        type_over(editor, "Bo")
        other.setFocus()
        assert editor.told == ["Bo"]

    def test_hiding_tells(self, session: Session, make: Make) -> None:
        editor = make(session, NAME, "Ana")
        type_over(editor, "Bo")
        editor.hide()
        assert editor.told == ["Bo"]

    @pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
    def test_what_is_pasted_is_stored_exactly(self, session: Session, make: Make, text: str) -> None:
        editor = make(session, NAME, "Ana")
        pasted = text.lstrip("\ufeff\ufffe")  # a clipboard of PySide drops them before any editor could see them
        paste(editor, pasted)
        assert editor.take()[0] == pasted

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("a\x00b", "There is a NUL character in this text; PostgreSQL cannot store it."),
            ("half \ud83d of one", "There is half a character (a lone surrogate) in this text; it cannot be stored."),
            ("x" * 256, "At most 255 characters fit; this has 256."),
            ("x" * 255 + "   ", "At most 255 characters fit; this has 258."),
            ("   ", "This may not be blank."),
            ("", "This may not be blank."),
        ],
        ids=["NUL", "lone surrogate", "256 characters", "trailing blanks", "blanks", "nothing"],
    )
    def test_what_cannot_be_stored_is_refused_with_the_reason(
        self, session: Session, make: Make, text: str, reason: str
    ) -> None:
        editor = make(session, NAME, "Ana")
        if text:
            paste(editor, text)
        else:
            type_over(editor, "")
        assert refusal(editor) == reason
        assert not editor.flush()
        assert editor.reason == reason
        assert editor.told == []
        assert editor.typed() or not text, "what was typed stays"

    def test_half_a_character_behind_the_old_text_is_seen_too(self, session: Session, make: Make) -> None:
        editor = make(session, NAME, "Ana")
        editor.line.end(False)
        QGuiApplication.clipboard().setText("\ud83d")
        editor.line.paste()
        assert "half a character" in refusal(editor)

    def test_a_fault_that_is_put_right_is_forgotten_at_once(self, session: Session, make: Make) -> None:
        editor = make(session, EMAIL, "ana@school.edu")
        said: list[str] = []
        editor.rejected.connect(said.append)
        type_over(editor, "ana")
        editor.flush()
        assert said == ["An e-mail address looks like name@school.edu."]
        QTest.keyClicks(editor.line, "@school.org")
        assert said[-1] == ""

    def test_an_address_is_trimmed_and_composed(self, session: Session, make: Make) -> None:
        editor = make(session, EMAIL, None)
        paste(editor, "  chloe\u0301@school.edu\n")
        assert editor.take()[0] == "chlo\u00e9@school.edu"

    def test_a_line_break_that_was_pasted_is_kept_and_said(self, session: Session, make: Make) -> None:
        editor = make(session, NAME, "Ana")
        paste(editor, "Ana\nSousa")
        assert editor.take()[0] == "Ana\nSousa"
        assert "line break" in editor.note

    def test_characters_that_nobody_sees_are_named(self, session: Session, make: Make) -> None:
        editor = make(session, NAME, "\u202eabc\x07")
        assert "right-to-left override (U+202E)" in editor.note
        assert "U+0007" in editor.note
        editor.set_value("abc")
        assert editor.note == ""

    def test_escape_puts_back_what_stood_here(self, session: Session, make: Make) -> None:
        editor = make(session, NAME, "Ana")
        escaped: list[bool] = []
        editor.escaped.connect(lambda: escaped.append(True))
        type_over(editor, "Bo")
        QTest.keyClick(editor.line, Qt.Key.Key_Escape)
        assert editor.take()[0] == "Ana"
        assert not escaped
        QTest.keyClick(editor.line, Qt.Key.Key_Escape)
        assert escaped == [True]

    def test_undo_is_the_editors_own(self, session: Session, make: Make) -> None:
        editor = make(session, NAME, "Ana")
        type_over(editor, "Bo")
        QTest.keyClick(editor.line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(editor.line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert editor.take()[0] == "Ana"


class TestNoValueAndTheEmptyText:
    @pytest.mark.parametrize("field", [CATEGORY, CONTENT], ids=["one line", "several lines"])
    def test_deleting_everything_leaves_the_empty_text(self, session: Session, make: Make, field: Field) -> None:
        editor = make(session, field, "something")
        type_over(editor, "")
        assert editor.take()[0] == ""
        assert editor.focusProxy().placeholderText() == "empty text"

    @pytest.mark.parametrize("field", [CATEGORY, CONTENT], ids=["one line", "several lines"])
    def test_control_0_leaves_no_value(self, session: Session, make: Make, field: Field) -> None:
        editor = make(session, field, "something")
        QTest.keyClick(editor.focusProxy(), Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
        assert editor.take()[0] is None
        assert editor.told == [None]
        assert editor.focusProxy().placeholderText() == "—"

    @pytest.mark.parametrize("field", [CATEGORY, CONTENT], ids=["one line", "several lines"])
    def test_taking_back_what_was_typed_leads_back_to_no_value(
        self, session: Session, make: Make, field: Field
    ) -> None:
        editor = make(session, field, None)
        QTest.keyClicks(editor.focusProxy(), "a")
        assert editor.take()[0] == "a"
        QTest.keyClick(editor.focusProxy(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert editor.take()[0] is None

    @pytest.mark.parametrize("field", [CATEGORY, CONTENT], ids=["one line", "several lines"])
    def test_the_empty_text_can_be_typed_where_there_was_no_value(
        self, session: Session, make: Make, field: Field
    ) -> None:
        editor = make(session, field, None)
        QTest.keyClicks(editor.focusProxy(), "a")
        QTest.keyClick(editor.focusProxy(), Qt.Key.Key_Backspace)
        assert editor.take()[0] == ""

    def test_an_emptied_web_address_is_none(self, session: Session, make: Make) -> None:
        editor = make(session, PICTURE, "https://school.edu/a.png")
        type_over(editor, "")
        assert editor.take()[0] is None

    def test_control_0_does_nothing_where_a_value_is_needed(self, session: Session, make: Make) -> None:
        editor = make(session, EMAIL, "ana@school.edu")
        QTest.keyClick(editor.line, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
        assert editor.take()[0] == "ana@school.edu"

    def test_an_emptied_field_that_needs_a_value_says_so(self, session: Session, make: Make) -> None:
        for field, wire in ((EMAIL, "a@b.cd"), (SLUG, "a"), (POINTS, "1"), (ENROLLED, "2026-01-01 00:00:00+00")):
            if field.nullable:
                continue
            editor = make(session, field, wire)
            type_over(editor, "")
            assert refusal(editor) == f"{field.label} is needed."

    def test_in_a_new_row_a_value_may_be_taken_away_again(self, session: Session, make: Make) -> None:
        editor = make(session, SLUG, "algebra")
        editor.new = True
        type_over(editor, "")
        assert editor.take()[0] is None


class TestTextInSeveralLines:
    def test_lines_that_were_not_edited_keep_their_breaks(self, session: Session, make: Make) -> None:
        editor = make(session, CONTENT, "one\r\ntwo\rthree\nfour\u2029five\r\n")
        cursor = editor.edit.textCursor()
        cursor.setPosition(3)
        cursor.insertText("!")
        cursor.movePosition(cursor.MoveOperation.End)
        cursor.insertText("end")
        assert editor.take()[0] == "one!\r\ntwo\rthree\nfour\u2029five\r\nend"

    @pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
    def test_what_is_pasted_among_others_is_stored_exactly(self, session: Session, make: Make, text: str) -> None:
        editor = make(session, CONTENT, "first\r\nlast")
        cursor = editor.edit.textCursor()
        cursor.setPosition(6)
        editor.edit.setTextCursor(cursor)
        QGuiApplication.clipboard().setText(text.lstrip("\ufeff\ufffe"))
        editor.edit.paste()
        assert editor.take()[0] == "first\r\n" + text.lstrip("\ufeff\ufffe") + "last"

    def test_a_line_break_that_is_typed_is_one_whatever_the_shift_key(self, session: Session, make: Make) -> None:
        editor = make(session, CONTENT, "a")
        editor.edit.moveCursor(editor.edit.textCursor().MoveOperation.End)
        QTest.keyClick(editor.edit, Qt.Key.Key_Return)
        QTest.keyClick(editor.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
        QTest.keyClicks(editor.edit, "b")
        assert editor.take()[0] == "a\n\nb"

    def test_nul_and_half_characters_are_refused(self, session: Session, make: Make) -> None:
        editor = make(session, CONTENT, "a")
        paste(editor, "a\x00b")
        assert "NUL" in refusal(editor)
        paste(editor, "a\ud800b")
        assert "half a character" in refusal(editor)

    def test_a_question_may_not_be_blank(self, session: Session, make: Make) -> None:
        editor = make(session, QUESTION, "Why?")
        type_over(editor, " ")
        assert refusal(editor) == "This may not be blank."

    def test_too_much_is_not_pasted_and_the_text_stays(self, session: Session, make: Make) -> None:
        editor = make(session, CONTENT, "a")
        said: list[str] = []
        editor.rejected.connect(said.append)
        paste(editor, "x" * 1_000_001)
        assert said == ["At most 1,000,000 characters can be edited here; nothing was pasted."]
        assert editor.edit.toPlainText() == "a"

    def test_a_very_long_text_is_laid_out_only_when_it_is_to_be_edited(self, session: Session, make: Make) -> None:
        text = "0123456789\r\n" * 20_000
        editor = make(session, CONTENT, text)
        assert editor.is_cut()
        assert editor.edit.isReadOnly()
        assert len(editor.edit.toPlainText()) < 3_000
        assert editor.take()[0] == text
        editor.edit_whole()
        assert not editor.edit.isReadOnly()
        assert editor.take()[0] == text
        editor.edit.insertPlainText("!")
        assert editor.take()[0] == "!" + text

    def test_tab_leaves_and_the_wheel_scrolls_the_form(self, session: Session, make: Make) -> None:
        editor = make(session, CONTENT, "line\n" * 50)
        assert editor.edit.tabChangesFocus()
        editor.edit.clearFocus()
        assert not turn_wheel(editor.edit.viewport())

    def test_random_edits_change_nothing_else(self, session: Session, make: Make) -> None:
        chance = random.Random(7)
        breaks = ["\n", "\r\n", "\r", "\u2029"]
        for _ in range(60):
            lines = [chance.choice(["a", "bb", "", "ccc", "😀"]) + str(i) for i in range(8)]
            ends = [chance.choice(breaks) for _ in range(7)]
            editor = make(session, CONTENT, "".join(x + y for x, y in zip(lines, [*ends, ""], strict=True)))
            at = chance.randrange(8)
            cursor = editor.edit.textCursor()
            cursor.setPosition(editor.edit.document().findBlockByNumber(at).position())
            cursor.insertText("new ")
            lines[at] = "new " + lines[at]
            expected = "".join(x + y for x, y in zip(lines, [*ends, ""], strict=True))
            assert editor.take()[0] == expected


def turn_wheel(widget: QWidget) -> bool:
    """Turn the wheel over a widget; whether it took that for itself."""
    event = QWheelEvent(
        QPointF(5, 5),
        widget.mapToGlobal(QPointF(5, 5)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    event.ignore()
    parent = widget.parentWidget()
    (parent if isinstance(parent, PlainEdit) else widget).wheelEvent(event)
    return event.isAccepted()


class TestNumbers:
    @pytest.mark.parametrize(("typed", "wire"), [("12", "12"), (" +7 ", "7"), ("007", "7"), ("0", "0")])
    def test_whole_numbers(self, session: Session, make: Make, typed: str, wire: str) -> None:
        editor = make(session, POINTS, "1")
        type_over(editor, typed)
        assert editor.take()[0] == wire

    @pytest.mark.parametrize(
        ("typed", "reason"),
        [
            ("2147483648", "Only 0 to 2,147,483,647 is possible here."),
            ("-1", "Only 0 to 2,147,483,647 is possible here."),
            ("1.5", "A whole number is wanted here, such as 12."),
            ("1e3", "A whole number is wanted here, such as 12."),
            ("NaN", "A whole number is wanted here, such as 12."),
            ("٣", "A whole number is wanted here, such as 12."),
        ],
    )
    def test_what_is_none_says_why(self, session: Session, make: Make, typed: str, reason: str) -> None:
        editor = make(session, POINTS, "1")
        paste(editor, typed)
        assert refusal(editor) == reason

    def test_keys_step_within_the_range(self, session: Session, make: Make) -> None:
        editor = make(session, POINTS, "1")
        QTest.keyClick(editor.line, Qt.Key.Key_Up)
        assert editor.take()[0] == "2"
        QTest.keyClick(editor.line, Qt.Key.Key_PageDown)
        assert editor.take()[0] == "0"

    def test_the_wheel_changes_nothing(self, session: Session, make: Make) -> None:
        editor = make(session, POINTS, "1")
        turn_wheel(editor.line)
        assert editor.take()[0] == "1"

    def test_an_emptied_number_is_none_where_that_may_be(self, session: Session, make: Make) -> None:
        editor = make(session, LIMIT, "30")
        type_over(editor, "")
        assert editor.take()[0] is None


class TestChoices:
    def test_none_is_offered_where_there_may_be_none(self, session: Session, make: Make) -> None:
        assert make(session, LEVEL, "beginner").combo.itemText(0) == "—"
        assert make(session, ACTIVE, "true").combo.itemText(0) == "Active"

    def test_picking_tells_at_once(self, session: Session, make: Make) -> None:
        editor = make(session, LEVEL, "beginner")
        QTest.keyClick(editor.combo, Qt.Key.Key_Down)
        assert editor.told == ["advanced"]
        QTest.keyClick(editor.combo, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
        assert editor.told == ["advanced", None]

    def test_an_unknown_value_is_listed_and_kept(self, session: Session, make: Make) -> None:
        editor = make(session, LEVEL, "expert")
        assert editor.combo.currentText() == "expert"
        QTest.keyClick(editor.combo, Qt.Key.Key_Up)
        assert editor.take()[0] == "advanced"
        QTest.keyClick(editor.combo, Qt.Key.Key_Down)
        assert editor.take()[0] == "expert"

    def test_a_choice_that_is_not_strict_takes_another_value(self, session: Session, make: Make) -> None:
        editor = make(session, TYPE, "text")
        line = editor.combo.lineEdit()
        line.selectAll()
        QTest.keyClicks(line, "podcast")
        assert editor.take()[0] == "podcast"
        line.selectAll()
        QTest.keyClicks(line, "Video")
        assert editor.take()[0] == "video", "by the word that a person reads"
        paste_into(line, "x" * 51)
        assert refusal(editor) == "At most 50 characters fit; this has 51."

    def test_the_beginning_of_a_known_one_is_that_one(self, session: Session, make: Make) -> None:
        editor = make(session, TYPE, "text")
        line = editor.combo.lineEdit()
        line.selectAll()
        QTest.keyClicks(line, "v")
        assert editor.take()[0] == "video"
        QApplication.sendEvent(line, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.TabFocusReason))
        assert line.text() == "Video"

    def test_the_wheel_changes_nothing(self, session: Session, make: Make) -> None:
        editor = make(session, ACTIVE, "true")
        assert not turn_wheel(editor.combo)
        assert editor.take()[0] == "true"

    def test_a_new_row_has_none_chosen_yet(self, session: Session, make: Make) -> None:
        editor = make(session, ACTIVE, None)
        assert editor.combo.currentIndex() == -1
        assert editor.take()[0] is None


def paste_into(line: QLineEdit, text: str) -> None:
    """Paste over everything in a line edit."""
    QGuiApplication.clipboard().setText(text)
    line.selectAll()
    line.paste()


class TestMoments:
    @pytest.mark.parametrize(
        ("typed", "wire"),
        [
            ("2026-07-01 10:00", "2026-07-01 09:00:00+00"),  # summer in Lisbon
            ("2026-12-01 10:00:30.5", "2026-12-01 10:00:30.5+00"),
            ("2026-12-01", "2026-12-01 00:00:00+00"),
            ("2026-12-01 10:00 +02:00", "2026-12-01 08:00:00+00"),
            ("2026-12-01 10:00Z", "2026-12-01 10:00:00+00"),
            ("2026-10-25 01:30", "2026-10-25 00:30:00+00"),  # comes twice: the first
            ("infinity", "infinity"),
        ],
    )
    def test_typed_in_the_persons_zone(self, session: Session, make: Make, typed: str, wire: str) -> None:
        editor = make(session, COMPLETED, None)
        type_over(editor, typed)
        assert editor.take()[0] == wire

    def test_a_time_that_the_clocks_skip_is_refused(self, session: Session, make: Make) -> None:
        editor = make(session, COMPLETED, None)
        type_over(editor, "2026-03-29 01:30")
        assert "the clocks go forward" in refusal(editor)

    @pytest.mark.parametrize("typed", ["tomorrow", "2026-02-30", "2026-13-01 10:00", "10:00", "2026-01-01 25:00"])
    def test_what_is_no_moment_says_why(self, session: Session, make: Make, typed: str) -> None:
        editor = make(session, COMPLETED, None)
        type_over(editor, typed)
        assert refusal(editor)

    def test_the_zone_stands_beside_it(self, session: Session, make: Make) -> None:
        assert make(session, COMPLETED, None).trailing.words.text() == "Europe/Lisbon"

    @pytest.mark.parametrize("wire", ["infinity", "-infinity", "0044-03-15 12:00:00+00 BC", "12026-01-01 00:00:00+00"])
    def test_what_no_calendar_holds_is_read_until_it_is_replaced(self, session: Session, make: Make, wire: str) -> None:
        editor = make(session, COMPLETED, wire)
        assert editor.line.isReadOnly()
        assert "No calendar reaches this moment" in editor.note
        QTest.keyClicks(editor.line, "2026")
        assert editor.take()[0] == wire
        QTest.keyClick(editor.line, Qt.Key.Key_Delete)
        assert editor.take()[0] == wire, "to be typed over, and not gone yet"
        type_over(editor, "2026-12-01 10:00")
        assert editor.take()[0] == "2026-12-01 10:00:00+00"

    def test_control_0_takes_it_away(self, session: Session, make: Make) -> None:
        editor = make(session, COMPLETED, "infinity")
        QTest.keyClick(editor.line, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
        assert editor.take()[0] is None

    def test_leaving_writes_it_the_usual_way(self, session: Session, make: Make) -> None:
        editor = make(session, COMPLETED, None)
        other = QLineEdit(editor.window())
        other.show()
        type_over(editor, "2026-12-01")
        other.setFocus()
        assert editor.line.text() == "2026-12-01 00:00"
        assert editor.told == ["2026-12-01 00:00:00+00"]

    @pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
    def test_the_calendar_by_keyboard(self, session: Session, make: Make, qtbot: QtBot) -> None:
        editor = make(session, COMPLETED, "2026-11-20 10:00:30.25+00")
        QTest.keyClick(editor.line, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
        popup = editor._popup
        assert popup is not None
        view = popup.calendar.findChild(QWidget, "qt_calendar_calendarview")
        QTest.keyClick(view, Qt.Key.Key_Right)
        QTest.keyClick(view, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: editor._popup is None)
        assert editor.take()[0] == "2026-11-21 10:00:30.25+00"

    @pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
    def test_escape_in_the_calendar_takes_the_choice_back(self, session: Session, make: Make, qtbot: QtBot) -> None:
        editor = make(session, COMPLETED, "2026-11-20 10:00:00+00")
        editor.open_popup()
        popup = editor._popup
        assert popup is not None
        popup.time.setTime(popup.time.time().addSecs(3600))
        assert editor.take()[0] == "2026-11-20 11:00:00+00"
        QTest.keyClick(popup, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: editor._popup is None)
        assert editor.take()[0] == "2026-11-20 10:00:00+00"

    @pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
    def test_everything_in_the_calendar_has_a_name(self, session: Session, make: Make, qtbot: QtBot) -> None:
        editor = make(session, COMPLETED, None)
        editor.open_popup()
        assert editor._popup is not None
        assert nameless(editor._popup) == []
        editor._popup.close()
        qtbot.waitUntil(lambda: editor._popup is None)


class TestReferences:
    def test_nothing_is_asked_before_somebody_types(self, school: Session, make: Make) -> None:
        immediate(school).hold()
        make(school, TEACHER, row_id(User, "ines"), ("Ines", "ines@school.edu"))
        assert immediate(school).held == 0
        immediate(school).release()

    @pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
    def test_typing_finds_and_enter_picks(self, school: Session, make: Make, qtbot: QtBot) -> None:
        editor = make(school, TEACHER, row_id(User, "ines"), ("Ines", "ines@school.edu"))
        committed: list[bool] = []
        editor.committed.connect(lambda: committed.append(True))
        type_over(editor, "iva")
        qtbot.waitUntil(lambda: editor._answer == "iva")
        assert editor.list_open
        QTest.keyClick(editor.line, Qt.Key.Key_Return)
        assert editor.take() == (row_id(User, "ivan"), ("Ivan", "ivan@school.edu"))
        assert editor.told == [row_id(User, "ivan")]
        assert committed == [True]
        assert not editor.list_open

    @pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
    def test_who_types_faster_than_the_server_answers_has_the_first_one_picked(
        self, school: Session, make: Make
    ) -> None:
        desk = immediate(school)
        editor = make(school, TEACHER, row_id(User, "ines"), ("Ines", ""))
        desk.hold()
        type_over(editor, "ivan")
        QTest.keyClick(editor.line, Qt.Key.Key_Return)
        assert editor.told == []
        desk.release()
        assert editor.told == [row_id(User, "ivan")]

    @pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
    @pytest.mark.parametrize("way", ["escape", "leaving", "another value"])
    def test_a_list_that_is_opened_later_picks_nobody_by_itself(self, way: str, school: Session, make: Make) -> None:
        desk = immediate(school)
        editor = make(school, TEACHER, row_id(User, "ines"), ("Ines", ""))
        desk.hold()
        type_over(editor, "ivan")
        QTest.keyClick(editor.line, Qt.Key.Key_Return)
        if way == "escape":
            QTest.keyClick(editor.line, Qt.Key.Key_Escape)
        elif way == "leaving":
            editor._left()
        else:
            editor.set_value(row_id(User, "ines"), ("Ines", ""))
        desk.release()
        QTest.keyClick(editor.line, Qt.Key.Key_Down)
        assert editor.list_open
        assert editor.told == []

    @pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
    def test_down_opens_the_list_and_the_arrows_choose(self, school: Session, make: Make) -> None:
        editor = make(school, TEACHER, row_id(User, "ivan"), ("Ivan", ""))
        QTest.keyClick(editor.line, Qt.Key.Key_Down)
        assert editor.list_open
        names = [editor._model.found(row).label for row in range(editor._model.rowCount())]
        assert "Ana" not in names, "a student teaches nothing"
        QTest.keyClick(editor.line, Qt.Key.Key_Down)
        QTest.keyClick(editor.line, Qt.Key.Key_Return)
        assert editor.take()[1][0] == names[1]

    @pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
    def test_escape_puts_the_name_back(self, school: Session, make: Make, qtbot: QtBot) -> None:
        editor = make(school, TEACHER, row_id(User, "ines"), ("Ines", "ines@school.edu"))
        type_over(editor, "zzz")
        qtbot.waitUntil(lambda: editor._answer == "zzz")
        assert "Nothing is found for “zzz”" in editor._list.words.text()
        QTest.keyClick(editor.line, Qt.Key.Key_Escape)
        assert editor.line.text() == "Ines"
        assert not editor.list_open
        assert editor.take()[0] == row_id(User, "ines")
        assert editor.flush()

    @pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
    def test_a_text_that_names_nobody_stays_with_its_reason(self, school: Session, make: Make) -> None:
        editor = make(school, TEACHER, row_id(User, "ines"), ("Ines", ""))
        type_over(editor, "somebody")
        assert not editor.flush()
        assert editor.reason == "Choose one from the list."
        assert editor.line.text() == "somebody"

    @pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
    def test_an_emptied_reference_is_none_where_that_may_be(self, school: Session, make: Make) -> None:
        editor = make(school, QUIZ_COURSE, row_id(Course, "algebra"), ("Algebra", ""))
        type_over(editor, "")
        assert editor.take()[0] is None
        editor = make(school, TEACHER, row_id(User, "ines"), ("Ines", ""))
        type_over(editor, "")
        assert refusal(editor) == "Instructor is needed."

    @pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
    def test_a_server_that_does_not_answer_is_said_in_the_list(self, school: Session, make: Make, qtbot: QtBot) -> None:
        desk = immediate(school)
        editor = make(school, TEACHER, row_id(User, "ines"), ("Ines", ""))
        desk.actor = actor("former admin")
        type_over(editor, "i")
        qtbot.waitUntil(lambda: "deactivated" in editor._list.words.text())

    def test_a_name_that_did_not_come_along_is_asked_for(self, school: Session, make: Make) -> None:
        editor = make(school, TEACHER, row_id(User, "ines"))
        assert editor.line.text() == "Ines"
        assert editor.take() == (row_id(User, "ines"), ("Ines", "ines@school.edu"))
        assert editor.told == []


class TestJson:
    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("{", "line 1, column 2"),
            ('{"a": NaN}', "JSON has no NaN."),
            ('{"a": 1e400}', "The number 1e400 is too large."),
            ('{"a": "\\u0000"}', "\\u0000"),
            ('{"a": "\\ud800"}', "half a character"),
            ("[1]", "A JSON object is wanted here"),
            ('{"a":' + "[" * 300 + "]" * 300 + "}", "nested too deeply"),
            ('{"a": "b\nc"}', "line 1"),
        ],
        ids=["unfinished", "NaN", "too large", "NUL", "surrogate", "a list", "deep", "line break in a text"],
    )
    def test_what_postgresql_could_not_read_back_is_refused(
        self, session: Session, make: Make, text: str, reason: str
    ) -> None:
        editor = make(session, DATA, "{}")
        paste(editor, text)
        assert reason in refusal(editor)

    def test_nothing_is_none_and_null_is_a_value_of_json(self, session: Session, make: Make) -> None:
        editor = make(session, DATA, "{}")
        type_over(editor, "")
        assert editor.take()[0] is None
        anything = make(session, Field(Course.course_metadata, "Data", Json()), "{}")
        paste(anything, "null")
        assert anything.take()[0] == "null"

    def test_formatting_is_asked_for_and_loses_nothing(self, session: Session, make: Make) -> None:
        text = '{"b":12345678901234567890,"a":[1.50,{}],"b":"x,y:{z}","é":"\\u00e9"}'
        editor = make(session, DATA, text)
        assert editor.can_format()
        editor.format()
        wire = editor.take()[0]
        assert wire.split("\n")[0] == "{"
        assert wire.replace("\n", "").replace("  ", "").replace('": ', '":') == text
        assert not editor.can_format()
        QTest.keyClick(editor.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert editor.take()[0] == text

    def test_lists_of_lists_are_laid_out(self) -> None:
        assert laid_out("[[1, 2], [], {}]") == "[\n  [\n    1,\n    2\n  ],\n  [],\n  {}\n]"


class TestSecrets:
    def test_the_stored_one_is_never_shown(self, session: Session, make: Make) -> None:
        editor = make(session, PASSWORD, None)
        assert editor.line.text() == ""
        assert editor.line.placeholderText() == "Set a new password…"
        assert editor.line.echoMode() is QLineEdit.EchoMode.Password

    @pytest.mark.parametrize(
        ("typed", "reason"),
        [
            ("short", "A password has at least 8 characters."),
            ("        ", "A password may not be blank."),
            ("é" * 37, "at most 72 bytes"),
        ],
    )
    def test_one_that_is_no_good_says_why(self, session: Session, make: Make, typed: str, reason: str) -> None:
        editor = make(session, PASSWORD, None)
        paste(editor, typed)
        assert reason in refusal(editor)

    def test_what_is_made_up_is_good_and_can_be_read(self, session: Session, make: Make) -> None:
        editor = make(session, PASSWORD, None)
        editor.generate.click()
        wire = editor.take()[0]
        passwords.check_new_password(wire)
        assert editor.told == [wire]
        assert editor.line.echoMode() is QLineEdit.EchoMode.Normal

    def test_giving_it_up_leaves_the_stored_one(self, session: Session, make: Make) -> None:
        editor = make(session, PASSWORD, None)
        type_over(editor, "long enough")
        editor.flush()
        type_over(editor, "")
        assert editor.flush()
        assert editor.told == ["long enough", None]
        assert editor.line.echoMode() is QLineEdit.EchoMode.Password


def nameless(widget: QWidget) -> list[str]:
    """What the keyboard can reach and a screen reader has no name for."""
    found = [widget, *widget.findChildren(QWidget)]
    return [
        f"{type(each).__name__} {each.objectName()}"
        for each in found
        if each.isVisibleTo(widget)
        and each.focusPolicy() & Qt.FocusPolicy.TabFocus
        and each.focusProxy() is None
        and not (each.accessibleName() or getattr(each, "text", lambda: "")())
    ]


@pytest.mark.parametrize(
    "field",
    [NAME, CONTENT, POINTS, ACTIVE, LEVEL, TYPE, COMPLETED, DATA, PASSWORD, QUIZ_COURSE],
    ids=lambda field: field.label,
)
def test_everything_has_a_name(session: Session, make: Make, field: Field) -> None:
    editor = make(session, field, None)
    assert nameless(editor) == []
    assert editor.focusProxy().accessibleName() == field.label


def test_each_kind_has_its_editor(session: Session, make: Make) -> None:
    kinds = {
        NAME: LineEditor,
        CONTENT: LongEditor,
        POINTS: NumberEditor,
        ACTIVE: ChoiceEditor,
        LEVEL: ChoiceEditor,
        COMPLETED: MomentEditor,
        TEACHER: ReferenceEditor,
        DATA: JsonEditor,
        PASSWORD: SecretEditor,
    }
    for field, kind in kinds.items():
        assert type(make(session, field, None)) is kind


class TestExactText:
    def test_places_in_the_document_are_found_in_the_text(self) -> None:
        exact = ExactText("a😀\r\nbc\rd")
        raw = "a😀\u2029bc\u2029d"
        assert [exact.index(raw, at) for at in (0, 1, 3, 4, 6, 7, 8)] == [0, 1, 2, 4, 6, 7, 8]

    def test_lines_that_were_taken_out_take_their_breaks_along(self) -> None:
        assert ExactText("a\r\nb\nc\rd").text("a\u2029c\u2029d") == "a\r\nc\rd"

    def test_new_lines_get_the_usual_break(self) -> None:
        assert ExactText("a\r\nb\r\nc").text("a\u2029new\u2029b\u2029c") == "a\r\nnew\r\nb\r\nc"
