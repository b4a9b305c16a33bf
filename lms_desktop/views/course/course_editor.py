"""A course at the right of the course page: at a glance first, then its own fields, who takes it and how far."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from lms_desktop.entities import Course, Lesson, Quiz
from lms_desktop.models.drafts import Drafts
from lms_desktop.services.records import Record
from lms_desktop.spec import EntityAdmin, Related
from lms_desktop.views.course.course_overview import CourseOverview
from lms_desktop.views.course.progress_view import ProgressView
from lms_desktop.views.record_form import RecordForm
from lms_desktop.views.session import Session

OVERVIEW, DETAILS, PROGRESS = range(3)
_IN_THE_OUTLINE = (Lesson, Quiz)


class CourseEditor(RecordForm):
    """Edits one course through the drafts, as `RecordForm` does. Lessons and quizzes stand in the outline beside it.

    Attributes:
        overview: the first tab; `progress` is the one with who has come how far.

    Signals:
        problem_chosen(object, str): go to what is not ready: its entity and id.
    """

    problem_chosen = Signal(object, str)

    def __init__(self, session: Session, drafts: Drafts, parent: QWidget | None = None) -> None:
        super().__init__(session, session.catalog[Course], drafts, parent)
        self.overview.problem_chosen.connect(self.problem_chosen)
        self.progress.open_requested.connect(self.open_requested)

    def _wanted_lists(self, admin: EntityAdmin) -> tuple[Related, ...]:
        """Override RecordForm._wanted_lists."""
        return tuple(related for related in admin.related if related.entity not in _IN_THE_OUTLINE)

    def _first_parts(self) -> tuple[tuple[str, QWidget], ...]:
        """Override RecordForm._first_parts: the course at a glance, then its fields."""
        self.overview = CourseOverview(self._session, self._parts)
        self.progress = ProgressView(self._session, self._parts)
        return (
            (self.tr("Overview"), self.overview),
            (self.tr("Details"), self.details),
            (self.tr("Progress"), self.progress),
        )

    def _show_picture(self, row_id: str, record: Record | None) -> None:
        super()._show_picture(row_id, record)
        for tab in (OVERVIEW, PROGRESS):
            self.tabs.setTabVisible(tab, record is not None)
        if record is None:
            self.tabs.setCurrentIndex(DETAILS)
        course = record.id if record is not None else None
        self.overview.show_course(course)
        self.progress.show_course(course)
