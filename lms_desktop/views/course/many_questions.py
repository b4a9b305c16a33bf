"""Many questions at once into a quiz, typed, pasted or from a file, and all of them out to one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from lms_desktop.database.unit_of_work import Outcome
from lms_desktop.entities import QuizQuestion
from lms_desktop.errors import ExplainedError
from lms_desktop.models.wording import told
from lms_desktop.services.ordering import LAST
from lms_desktop.services.teaching import paper, quiz_writing
from lms_desktop.services.teaching.lists import Arranged
from lms_desktop.services.teaching.questions import Reading
from lms_desktop.views.course.paste_dialog import PasteDialog
from lms_desktop.views.course.quiz_file_dialogs import ExportDialog, ImportDialog, pick_file

if TYPE_CHECKING:
    from lms_desktop.views.course.questions_part import QuestionsPart


class ManyQuestions(QObject):
    """What is done with many questions of a part at once."""

    def __init__(self, part: QuestionsPart) -> None:
        super().__init__(part)
        self._part = part
        self._refused = ""  # the text of what was typed and could not be added

    def paste(self) -> None:
        """Ask for questions as text, and add them."""
        part = self._part
        if part.quiz is None or not part.may_add() or not self._is_saved():
            return
        dialog = PasteDialog(part.session, self._where(), part)
        if self._refused:
            dialog.edit.setPlainText(self._refused)
            self._refused = ""
        if dialog.exec():
            self._add(dialog.questions, dialog.text())

    def load(self) -> None:
        """Ask for a file, and for what is in it."""
        if self._part.may_add() and self._is_saved():
            file = pick_file(self._part, self.tr("Import questions"))
            if file is not None:
                self.load_file(file)

    def load_file(self, file: Path) -> None:
        """Show what is in a file, and add it where that is wanted."""
        part = self._part
        if part.quiz is None or not part.may_add() or not self._is_saved():
            return
        dialog = ImportDialog(part.session, file, self._where(), part)
        if dialog.exec():
            self._add(dialog.questions)

    def store(self) -> None:
        """Show the quiz as a file, as it is saved, and write it where that is wanted."""
        quiz = self._part.quiz
        if quiz is None or not self._is_saved():
            return
        quiz_id, title = quiz.id, quiz.title
        self._part.session.desk.read(
            lambda uow: [asked.reading for asked in paper.load(uow, quiz_id).questions],
            done=lambda readings: self._store(title, readings),
            failed=self._part.trouble.emit,
            owner=self,
            label=self.tr("Reading the questions"),
        )

    def _store(self, title: str, readings: Sequence[Reading]) -> None:
        dialog = ExportDialog(self._part.session, title, readings, self._part)
        if dialog.exec() and dialog.written is not None:
            self._part.message.emit(self.tr("Written to {0}.").format(dialog.written))

    def _is_saved(self) -> bool:
        """Whether the quiz is in the database; where it is not, that is said."""
        if self._part.new:
            self._part.say(self.tr("Save the quiz first. Many questions at once come to a quiz that is saved."), "info")
        return not self._part.new

    def _where(self) -> str:
        """Where they will stand."""
        part, after = self._part, self._part.anchor()
        assert part.quiz is not None
        row = -1 if after is None else part.model.find(QuizQuestion, after)
        if row < 0:
            return self.tr("They come at the end of “{0}”.").format(part.quiz.title)
        place = part.locale().toString(part.model.place(row)[0])
        return self.tr("They come behind question {0} of “{1}”.").format(place, part.quiz.title)

    def _add(self, questions: Sequence[Reading], typed: str = "") -> None:
        part, after = self._part, self._part.anchor()
        if part.quiz is None or not questions:
            return
        catalog, quiz_id, wanted = part.session.catalog, part.quiz.id, tuple(questions)
        part.session.desk.commit(
            lambda uow: quiz_writing.add_questions(uow, catalog, quiz_id, wanted, LAST if after is None else after),
            done=self._added,
            failed=lambda error: self._failed(error, typed),
            initiator=self,
            owner=self,
            label=self.tr("Adding questions"),
        )

    def _failed(self, error: ExplainedError, typed: str) -> None:
        """What was typed is not lost with the dialog: it is there when that is opened again."""
        self._refused = typed
        if typed:
            banner = self._part.say(self.tr("The questions were not added. Their text is kept."), "warn")
            banner.add_action(self.tr("Show the text"), self.paste)
        self._part.trouble.emit(error)

    def _added(self, outcome: Outcome) -> None:
        self._part.banner.hide()
        self._part.message.emit(told(outcome.sentence))
        if isinstance(outcome.value, Arranged) and outcome.value.new:
            self._part.await_question(outcome.value.new[0])
