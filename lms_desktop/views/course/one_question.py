"""What can be done with one question of a quiz: begin a new one, copy or delete the one that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from lms_desktop.entities import QuizQuestion
from lms_desktop.services.edits import Behind
from lms_desktop.views.course.question_fields import QUIZ, TYPE

if TYPE_CHECKING:
    from lms_desktop.views.course.questions_part import QuestionsPart


class OneQuestion(QObject):
    """The verbs of the question that is shown; `ManyQuestions` has those of many at once."""

    def __init__(self, part: QuestionsPart) -> None:
        super().__init__(part)
        self._part = part
        self._fields = part.session.catalog[QuizQuestion].own_fields

    def add(self) -> None:
        """Begin a new question behind the one that is shown, of the same type."""
        shown = self._part.question_id()
        self.begin({}, Behind(shown) if shown is not None and shown in self._part.ids()[:-1] else None)

    def begin(self, given: dict[str, str | None], spot: Behind | None) -> None:
        """Begin a new question with these values in this place; None: the last."""
        part = self._part
        if part.quiz is None or not part.may_add():
            return
        values = {f.key: f.default for f in self._fields if f.default is not None and not f.readonly}
        if part.card() is not None and part.editor.reading().type:
            values[TYPE] = part.editor.reading().type
        draft = part.drafts.begin_new({**values, **given, QUIZ: part.quiz.id}, {QUIZ: (part.quiz.title, "")}, spot)
        part.go_to(draft.id)
        part.editor.focus_field(None)

    def duplicate(self) -> None:
        """Copy the question that is shown to right behind it; one with unsaved changes becomes a new one with them."""
        part = self._part
        row_id, record = part.question_id(), part.editor.record()
        if row_id is None or not part.editor.commit_open_editor():
            return
        draft = part.drafts.get(row_id)
        if draft is None:
            part.list.choose(QuizQuestion, row_id)
            part.verbs.duplicate()
            return
        own = {f.key for f in self._fields if not f.readonly}
        values = {key: value for key, value in (record.values.items() if record else ()) if key in own}
        self.begin({**values, **draft.values}, Behind(row_id) if row_id in part.ids()[:-1] else None)

    def delete(self) -> None:
        """Give up a new question, or ask about deleting the one that is shown."""
        part, shown = self._part, self._part.question_id()
        if shown is not None and part.list.choose(QuizQuestion, shown):
            part.editor.fields.flush()  # what was typed last can be taken back with the rest
            part.verbs.delete()
