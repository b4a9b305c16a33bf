"""What is chosen on the course page: in the outline at the left, in its editor at the right, always the same."""

from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from lms_desktop.entities import Course, Lesson, Quiz, QuizQuestion
from lms_desktop.models.course_rows import CourseRows
from lms_desktop.services.teaching import finding
from lms_desktop.views.course.course_parts import CourseParts
from lms_desktop.views.course.quiz_editor import QuizEditor
from lms_desktop.views.session import Session


class ChoosingPage(CourseParts):
    """The course page, as far as it knows what is chosen; `CoursePage` does the rest.

    Attributes:
        rows: says which rows are the course's.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.rows = CourseRows(session.drafts, self._listed_under)

    @property
    def course_id(self) -> str:
        """The course shown, "" for none."""
        return self.rows.course_id

    def _tell(self) -> None:
        """Something else is chosen."""

    def _clicked(self, index: QModelIndex) -> None:
        """A click on the row that has the keyboard already leads back from the course's settings."""
        card = self.outline.model.card(index.row())
        if card is not None and not card.heading and card.key != self.chosen:
            self._show(*card.key)
        if card is not None and not card.heading and not QGuiApplication.keyboardModifiers():
            self.show_editor()

    def choose(self, entity: type, row_id: str) -> None:
        """Go to a row of the course: in the outline as soon as that shows it, and in its editor."""
        if entity is QuizQuestion and self.rows.quiz_of(row_id) is None:
            self._look_for_quiz(row_id)
            return
        if entity is not Course:
            self.outline.choose(entity, row_id)
        else:
            self.outline.list.clearSelection()
        self._show(entity, row_id)

    def _look_for_quiz(self, question_id: str) -> None:
        course_id = self.course_id

        def found(quiz_id: str | None) -> None:
            if quiz_id is not None and course_id == self.course_id:
                self.outline.choose(QuizQuestion, question_id)
                self._show_question(quiz_id, question_id)

        self.session.desk.read(
            lambda uow: finding.quiz_of(uow, question_id), done=found, failed=self.trouble.emit, owner=self
        )

    def _show(self, entity: type, row_id: str) -> None:
        """Show the editor of a row."""
        if entity is QuizQuestion:
            quiz_id = self.rows.quiz_of(row_id)
            if quiz_id is not None:
                self._show_question(quiz_id, row_id)
            return
        editor = self.editor(entity)
        self._become(entity, row_id)
        if editor.row_id() != row_id:
            editor.show_record(row_id)
        elif editor.record() is None:  # it was gone when it was read, and may have come back
            editor.refresh()
        self.stack.setCurrentWidget(editor)
        self._tell()

    def _show_question(self, quiz_id: str, question_id: str) -> None:
        editor = self.editor(Quiz)
        assert isinstance(editor, QuizEditor)
        self._become(QuizQuestion, question_id)
        if editor.row_id() != quiz_id:
            editor.show_record(quiz_id)
        editor.show_question(question_id)
        self.stack.setCurrentWidget(editor)
        self._tell()

    def _become(self, entity: type, row_id: str) -> None:
        self.chosen = self.rows.shown = (entity, row_id)

    def _question_shown(self, question_id: str) -> None:
        """The editor of a quiz went to another question: the person did so there, or it shows the first one by itself,
        which is no reason to leave the quiz in the outline."""
        editor, here = self.editor(Quiz), self.window().focusWidget()
        quiz_id = editor.row_id()
        there = here is not None and editor.isAncestorOf(here)
        follows = self.chosen is not None and (self.chosen[0] is QuizQuestion or there)
        if not follows or quiz_id is None or self.stack.currentWidget() is not editor:
            return
        row = (QuizQuestion, question_id) if question_id else (Quiz, quiz_id)
        if row != self.chosen:
            self._become(*row)
            self.outline.choose(*row)
            self._tell()

    def _open_editor(self, entity: type, row_id: str) -> None:
        """Enter or a double click: the keyboard goes into the editor."""
        self.choose(entity, row_id)
        self.focus_field(None)

    def _listed_under(self, entity: type, row_id: str) -> str | None:
        """Under which parent the outline shows a row."""
        model = self.outline.model
        card = model.card(model.find(entity, row_id))
        return None if card is None or card.heading else card.parent

    def lesson_chosen(self) -> str | None:
        """The saved lesson that is chosen, or to which the quiz that is chosen belongs."""
        entity, row_id = self.chosen or (Course, "")
        if entity is QuizQuestion or entity is Quiz:
            quiz_id = self.quiz_chosen()
            parent = None if quiz_id is None else self._listed_under(Quiz, quiz_id)
            entity, row_id = (Course, "") if parent is None or parent == self.course_id else (Lesson, parent)
        draft = self.session.drafts[Lesson].get(row_id)
        return row_id if entity is Lesson and not (draft is not None and draft.new) else None

    def quiz_chosen(self) -> str | None:
        """The quiz that is chosen, or to which the question that is chosen belongs."""
        entity, row_id = self.chosen or (Course, "")
        if entity is QuizQuestion:
            return self.rows.quiz_of(row_id) or self.editor(Quiz).row_id()
        return row_id if entity is Quiz else None
