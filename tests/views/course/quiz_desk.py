"""Somebody before the editor of a quiz, in a real window; what they do, and what the database has then."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from lms_desktop.database.unit_of_work import Database, Outcome
from lms_desktop.entities import Quiz, QuizQuestion, User
from lms_desktop.errors import ExplainedError
from lms_desktop.models.drafts import Drafts
from lms_desktop.services.records import Refused
from lms_desktop.views.course.option_list import OptionList
from lms_desktop.views.course.question_editor import QuestionEditor
from lms_desktop.views.course.quiz_editor import QUESTIONS, QuizEditor
from lms_desktop.views.session import Session
from tests.postgres import plain_connection
from tests.small_school import actor, row_id
from tests.views.sittings import change, sitting

QUIZ = row_id(Quiz, "of algebra and sums")
NONE = Qt.KeyboardModifier.NoModifier
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def question_id(name: str) -> str:
    """The id of the question that bears this name here."""
    return str(uuid5(NAMESPACE_URL, f"question/{name}"))


def ask_question(
    url: URL,
    name: str,
    kind: str = "multiple_choice",
    options: str | None = None,
    correct: str | None = None,
    points: int = 1,
    quiz: str = QUIZ,
) -> str:
    """Put a question last into a quiz, as another program might; its id."""
    change(
        url,
        "INSERT INTO quiz_questions (id, quiz_id, question_text, question_type, options, correct_answer, points,"
        ' "order", created_at) SELECT %s, %s, %s, %s, %s, %s, %s, count(*) + 1, now() FROM quiz_questions'
        " WHERE quiz_id = %s",
        *(question_id(name), quiz, name, kind, options, correct, points, quiz),
    )
    return question_id(name)


def attempt(url: URL, answers: dict[str, Any], quiz: str = QUIZ, score: int = 0) -> None:
    """Somebody has taken the quiz."""
    given = [{"question_id": key, "answer": answer} for key, answer in answers.items()]
    change(
        url,
        "INSERT INTO quiz_attempts (id, quiz_id, student_id, started_at, ended_at, answers, score, passed, created_at)"
        " VALUES (gen_random_uuid(), %s, %s, now(), now(), %s, %s, false, now())",
        *(quiz, row_id(User, "ana"), json.dumps(given), score),
    )


def stored(url: URL, quiz: str = QUIZ) -> list[tuple[Any, ...]]:
    """(text, type, options as they are written, right answer, points) of the questions of a quiz, in their order."""
    with plain_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT question_text, question_type, options::text, correct_answer, points FROM quiz_questions"
            ' WHERE quiz_id = %s ORDER BY "order", created_at, id',
            (quiz,),
        )
        return cursor.fetchall()


@dataclass
class QuizDesk:
    """An editor with its drafts, and what it told."""

    session: Session
    editor: QuizEditor
    drafts: Drafts
    url: URL
    done: list[Outcome]
    trouble: list[ExplainedError]
    shown: list[str]
    qtbot: QtBot

    @property
    def question(self) -> QuestionEditor:
        """The editor of the question that is shown."""
        return self.editor.questions.editor

    @property
    def options(self) -> OptionList:
        """The list of options that is seen."""
        answers = self.question.fields.answers
        return answers.options if answers.options.isVisible() else answers.accepted

    def open(self, quiz: str = QUIZ) -> None:
        """Show the questions of a quiz."""
        self.editor.show_record(quiz)
        self.qtbot.waitUntil(lambda: self.editor.record() is not None)
        self.editor.tabs.setCurrentIndex(QUESTIONS)
        self.rest()

    def show(self, name: str) -> None:
        """Show a question."""
        self.editor.show_question(question_id(name))
        self.rest()

    def rest(self) -> None:
        """Wait until the record is there."""
        editor = self.question
        self.qtbot.waitUntil(
            lambda: (
                not self.session.desk.jobs
                and (editor.row_id() is None or editor.record() is not None or editor.row_id() in self.new())
            )
        )

    def new(self) -> list[str]:
        """The ids of the new questions."""
        return [draft.id for draft in self.drafts.new_rows()]

    def texts(self) -> list[str]:
        """The options on the screen."""
        return [row.edit.toPlainText() for row in self.options.rows]

    def right(self) -> list[str]:
        """Those of them that are ticked."""
        return [row.edit.toPlainText() for row in self.options.rows if row.right]

    def names(self) -> list[str]:
        """What a screen reader calls them."""
        return [row.edit.accessibleName() for row in self.options.rows]

    def keyboard(self) -> QWidget:
        """Where the keyboard is, or keys go."""
        return QApplication.focusWidget() or self.editor

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """Press a key where the keyboard is."""
        QTest.keyClick(self.keyboard(), key, modifiers)

    def type(self, text: str) -> None:
        """Type where the keyboard is."""
        QTest.keyClicks(self.keyboard(), text)

    def tab_to(self, what: QWidget) -> None:
        """Press Tab until the keyboard is there."""
        for _ in range(60):
            if what.hasFocus() or what.focusProxy() is self.keyboard():
                return
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab does not lead to {what.accessibleName() or what}")

    def paste(self, text: str) -> None:
        """Paste where the keyboard is."""
        QGuiApplication.clipboard().setText(text)
        self.press(Qt.Key.Key_V, CTRL)

    def drag(self, at: int, to: int) -> None:
        """Drag an option by its handle to before another one; behind all with their number."""
        rows = self.options.rows
        grip = rows[at].grip
        begin = grip.rect().center()
        if to < len(rows):
            target = rows[to].mapToGlobal(QPoint(20, 2))
        else:
            target = rows[-1].mapToGlobal(QPoint(20, rows[-1].height() - 2))
        QTest.mousePress(grip, Qt.MouseButton.LeftButton, NONE, begin)
        for step in range(1, 5):
            way = grip.mapToGlobal(begin) + (target - grip.mapToGlobal(begin)) * step / 4
            QTest.mouseMove(grip, grip.mapFromGlobal(way))
        QTest.mouseRelease(grip, Qt.MouseButton.LeftButton, NONE, grip.mapFromGlobal(target))

    def undo(self) -> None:
        """Ctrl+Z where the keyboard is."""
        self.press(Qt.Key.Key_Z, CTRL)

    def values(self, name: str) -> dict[str, str | None]:
        """The unsaved values of a question."""
        draft = self.drafts.get(question_id(name))
        return {} if draft is None else draft.values

    def save(self) -> None:
        """Save all questions, as the page does."""
        assert self.editor.commit_open_editor()
        edits, records = self.drafts.edits(), self.session.records
        if not edits:
            return

        def failed(error: ExplainedError) -> None:
            self.trouble.append(error)
            if isinstance(error, Refused):
                self.drafts.refuse(error.row_id, error.field, error.text)

        self.session.desk.commit(
            lambda uow: records.save(uow, edits),
            done=lambda outcome: self.drafts.saved(edits, outcome.value),
            failed=failed,
        )
        self.rest()


Sit = Callable[..., QuizDesk]


@contextmanager
def seats(qtbot: QtBot, database: Database, url: URL, folder: Path) -> Iterator[Sit]:
    """Seats people before the editor of a quiz."""
    with ExitStack() as open_sittings:
        kept: list[QWidget] = []

        def seat(who: str = "ines", *, threads: bool = False, size: tuple[int, int] = (640, 900)) -> QuizDesk:
            session = open_sittings.enter_context(sitting(database, actor(who), folder, threads=threads))
            drafts = session.drafts[QuizQuestion]
            editor = QuizEditor(session, session.drafts[Quiz], drafts)
            qtbot.addWidget(editor)
            kept.append(editor)
            found = QuizDesk(session, editor, drafts, url, [], [], [], qtbot)
            editor.action_done.connect(found.done.append)
            editor.trouble.connect(found.trouble.append)
            editor.question_shown.connect(found.shown.append)
            editor.resize(*size)
            editor.show()
            editor.activateWindow()
            qtbot.waitUntil(editor.isActiveWindow)
            return found

        yield seat
