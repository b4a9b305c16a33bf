"""What can be done at the top of the course page: publish, preview, duplicate, add."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from lms_desktop.admin.courses import COURSES
from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import Quiz
from lms_desktop.errors import ExplainedError
from lms_desktop.models.wording import told
from lms_desktop.services.teaching import copying
from lms_desktop.services.teaching.outline import CourseOutline
from lms_desktop.views import icons
from lms_desktop.views.doubts import Doubts
from lms_desktop.views.page import Destination

if TYPE_CHECKING:
    from lms_desktop.views.course.course_page import CoursePage


class CourseActions(QObject):
    """The actions of the course page.

    Attributes:
        add: the main one, with further things to add in its menu.
        course, preview: the others; `publish` is an entry in the menu of `course`.
    """

    def __init__(self, page: CoursePage) -> None:
        super().__init__(page)
        self._page = page
        self._doubts = Doubts(page.session, page)
        self._doubts.trouble.connect(page.trouble)
        self.add = QAction(QCoreApplication.translate("", "Add lesson"), self)
        self.add.triggered.connect(lambda: page.begin.lesson())
        menu = QMenu(self.tr("Add something else"), page)
        self._quiz = self._entry(menu, self.tr("Add quiz to this lesson"), "quiz", page.begin.quiz_of_lesson)
        self._entry(menu, self.tr("Add quiz of the course"), "quiz", page.begin.quiz_of_course)
        self._question = self._entry(menu, self.tr("Add question to this quiz"), "question", page.begin.question)
        self.add.setMenu(menu)
        self.preview = QAction(self.tr("Preview as student"), self)
        self.preview.triggered.connect(lambda: self._preview())
        self.course = QAction(QCoreApplication.translate("", COURSES.label), self)
        more = QMenu(self.tr("What can be done with the course"), page)
        self.publish = self._entry(more, self.tr("Publish"), "eye", self._publish)
        self._duplicate = self._entry(more, self.tr("Duplicate course"), "copy", self._copy_course)
        more.addSeparator()
        self._entry(more, self.tr("Course settings"), "settings", page.show_settings)
        self._entry(more, self.tr("Show on the page of courses"), "courses", self._go_to_record)
        self.course.setMenu(more)

    @staticmethod
    def _entry(menu: QMenu, text: str, icon: str, act: Callable[[], object]) -> QAction:
        entry = menu.addAction(icons.icon(icon, "text"), text)
        entry.triggered.connect(lambda: act())
        return entry

    def shown(self) -> list[QAction]:
        """Those left of the main one."""
        outline = self._page.outline.outline
        if outline is None:
            return []
        return [self.course, self.preview]

    def primary(self) -> QAction | None:
        """The main one."""
        outline = self._page.outline.outline
        return self.add if outline is not None and outline.editable else None

    def tell(self) -> None:
        """Let the actions be what they are for what is chosen now."""
        page, outline = self._page, self._page.outline.outline
        published = outline is not None and outline.published
        self.publish.setText(self.tr("Unpublish") if published else self.tr("Publish"))
        self.publish.setIcon(icons.icon("eye-off" if published else "eye", "text"))
        self.publish.setVisible(outline is not None and self._may_publish(outline))
        quiz = page.quiz_chosen()
        draft = None if quiz is None else page.session.drafts[Quiz].get(quiz)
        saved = quiz is not None and not (draft is not None and draft.new)
        self.preview.setEnabled(saved)
        self.preview.setToolTip("" if saved else self.tr("Choose a quiz that is saved"))
        self._quiz.setEnabled(page.lesson_chosen() is not None)
        self._question.setEnabled(quiz is not None)
        self._duplicate.setVisible(page.session.may(COURSES, "add"))

    def _may_publish(self, outline: CourseOutline) -> bool:
        verb = "unpublish" if outline.published else "publish"
        return outline.editable and self._page.session.may(COURSES, verb)

    def _publish(self) -> None:
        outline = self._page.outline.outline
        if outline is not None:
            verb, ids = "unpublish" if outline.published else "publish", (outline.course_id,)
            action = next(action for action in COURSES.actions if action.name == verb)
            self._doubts.unless(action, ids, lambda: self._run(lambda uow: action.run(uow, ids), self.publish.text()))

    def _preview(self) -> None:
        quiz = self._page.quiz_chosen()
        if quiz is not None and self._page.take_editors():
            self._page.preview_quiz(quiz)

    def _copy_course(self) -> None:
        page = self._page
        course_id, catalog = page.course_id, page.session.catalog
        self._run(
            lambda uow: copying.duplicate_course(uow, catalog, course_id),
            self.tr("Duplicating the course"),
            lambda outcome: page.show_copy(str(outcome.value)),
        )

    def _go_to_record(self) -> None:
        self._page.open_requested.emit(Destination(COURSES.name, self._page.course_id))

    def _run(
        self,
        operation: Callable[[UnitOfWork], Outcome],
        label: str,
        then: Callable[[Outcome], object] | None = None,
    ) -> None:
        page = self._page

        def done(outcome: Outcome) -> None:
            page.message.emit(told(outcome.sentence))
            if then is not None:
                then(outcome)

        def failed(error: ExplainedError) -> None:
            page.trouble.emit(error)
            page.refresh()

        page.session.desk.commit(operation, done=done, failed=failed, initiator=page, owner=self, label=label)
