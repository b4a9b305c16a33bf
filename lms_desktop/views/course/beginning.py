"""What is begun on the course page: lessons, quizzes and questions at their places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from lms_desktop.entities import Course, Lesson, Quiz, QuizQuestion
from lms_desktop.services.edits import Behind
from lms_desktop.views.drafts_page import first_values

if TYPE_CHECKING:
    from lms_desktop.views.course.course_page import CoursePage


class Beginning(QObject):
    """Begins new rows where the person is in the course."""

    def __init__(self, page: CoursePage) -> None:
        super().__init__(page)
        self._page = page

    def lesson(self) -> None:
        """A lesson behind the one that is chosen, else at the end."""
        page = self._page
        entity, row_id = page.chosen or (Course, "")
        lesson = row_id if entity is Lesson else page.lesson_chosen()
        self.new(Lesson, {"course_id": page.course_id}, Behind(lesson) if lesson else None)

    def quiz_of_lesson(self) -> None:
        """A quiz of the lesson that is chosen."""
        lesson = self._page.lesson_chosen()
        if lesson is not None:
            self.new(Quiz, {"course_id": self._page.course_id, "lesson_id": lesson}, None)

    def quiz_of_course(self) -> None:
        """A quiz of the course itself."""
        self.new(Quiz, {"course_id": self._page.course_id}, None)

    def question(self) -> None:
        """A question in the quiz that is chosen, behind the question that is."""
        quiz, (entity, row_id) = self._page.quiz_chosen(), self._page.chosen or (Course, "")
        if quiz is not None:
            self.new(QuizQuestion, {"quiz_id": quiz}, Behind(row_id) if entity is QuizQuestion else None)

    def new(self, entity: type, values: Mapping[str, str | None], spot: Behind | None) -> None:
        """A row of the course with these values beside the defaults of its fields."""
        page, session = self._page, self._page.session
        outline, admin = page.outline.outline, session.catalog[entity]
        if outline is None:  # it is still being read
            return
        if not outline.editable or not session.may(admin, "add"):
            page.status.emit(self.tr("Your role may not change this course."))
            return
        labels = {"course_id": (outline.title, "")} if "course_id" in values else {}
        lesson = next((one for one in outline.lessons if one.id == values.get("lesson_id")), None)
        if lesson is not None:
            labels["lesson_id"] = (lesson.title, "")
        draft = session.drafts[entity].begin_new({**first_values(session, admin), **values}, labels, spot)
        page.choose(entity, draft.id)
        page.focus_field(None)
