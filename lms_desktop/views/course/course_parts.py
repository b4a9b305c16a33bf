"""What the course page consists of: outline, editors, the words about the course."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from lms_desktop.admin.courses import COURSES
from lms_desktop.entities import Course, Lesson, Quiz, QuizQuestion
from lms_desktop.models.page_drafts import Row
from lms_desktop.views import theme
from lms_desktop.views.course.course_editor import CourseEditor
from lms_desktop.views.course.edge_drops import EdgeDrops
from lms_desktop.views.course.lesson_editor import LessonEditor
from lms_desktop.views.course.outline_view import OutlineView
from lms_desktop.views.course.quiz_editor import QuizEditor
from lms_desktop.views.course.ways import COURSE_PAGE
from lms_desktop.views.drafts_page import DraftsPage
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.paint import Tone, px
from lms_desktop.views.kit.surfaces import Bar, scrolling
from lms_desktop.views.page import Crumb, Destination
from lms_desktop.views.record_form import RecordForm
from lms_desktop.views.session import Session

OUTLINE_WIDTH = 480
"""The outline's width at first, in pixels at 100 %."""
WIDEST_OUTLINE = 0.5
"""The share of the page that the outline takes at most at first."""
BESIDE_FROM = 700
"""Where the page is narrower, in pixels at 100 %, either the outline is seen or the editor."""


class CourseParts(DraftsPage):
    """The parts of the course page, put together; `CoursePage` gives them life.

    Attributes:
        outline: the list at the left; `course_button` below it opens the course's own settings.
        stack: shows the editor of what is chosen at the right, or in the outline's place where the page is narrow.
        room: scrolls the editor where it is lower than that needs; `outline_button`, above it, leads back to the
            outline.
        chosen: what that is: entity and id; None while nothing is chosen.
    """

    name = COURSE_PAGE

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._editors: dict[type, RecordForm] = {}
        self._state = session.preferences.page_state(self.name)
        self._fitted = False
        self._narrow, self._editing = False, False
        self.chosen: Row | None = None
        self._build()
        self.splitter.splitterMoved.connect(self._moved)
        theme.current().changed.connect(self._fit)

    def _build(self) -> None:
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        left = self._left = QWidget(self.splitter)
        foot = Bar("footer", height=44, parent=left)
        self.course_button = button(self.tr("Course settings"), "quiet", icon="settings", parent=foot)
        self.course_button.setCheckable(True)
        foot.add(self.course_button)
        foot.stretch()
        self.outline = OutlineView(self.session, self.session.drafts, left)
        EdgeDrops(self.outline.list, left)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.outline, 1)
        column.addWidget(foot)
        right = self._right = QWidget(self.splitter)
        self._way_back = Bar("bar", height=40, parent=right)
        outline = QCoreApplication.translate("OutlineView", "Outline")
        self.outline_button = button(outline, "quiet", self.show_outline, icon="list", parent=self._way_back)
        self._way_back.add(self.outline_button)
        self._way_back.stretch()
        self._way_back.hide()
        self.make_notices(right)
        self.stack = QStackedWidget()
        self.room = scrolling(self.stack, right)
        self._nothing = QWidget(self.stack)
        self.stack.addWidget(self._nothing)
        beside = QVBoxLayout(right)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(0)
        beside.addWidget(self._way_back)
        beside.addWidget(self.banner_row)
        beside.addWidget(self.room, 1)
        self.splitter.addWidget(left)
        self.splitter.addWidget(right)
        self.splitter.setHandleWidth(1)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setChildrenCollapsible(False)
        self.outline.setMinimumHeight(px(140))  # its list scrolls; the bar of what is unsaved has to fit below
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.splitter, 1)
        whole.addWidget(self.unsaved_bar)

    def editor(self, entity: type) -> RecordForm:
        """The editor of an entity; that of a quiz shows its questions."""
        kind = Quiz if entity is QuizQuestion else entity
        if kind not in self._editors:
            made = self._editors[kind] = self._made(kind)
            self.stack.addWidget(made)
            self._adopt(kind, made)
        return self._editors[kind]

    def _adopt(self, kind: type, made: RecordForm) -> None:
        """An editor was made: listen to it."""

    def _made(self, kind: type) -> RecordForm:
        session, drafts = self.session, self.session.drafts
        if kind is Course:
            return CourseEditor(session, drafts[Course], self.stack)
        if kind is Lesson:
            return LessonEditor(session, drafts[Lesson], self.stack)
        return QuizEditor(session, drafts[Quiz], drafts[QuizQuestion], self.stack)

    # Words

    def title(self) -> str:
        """Override Page.title."""
        outline = self.outline.outline
        return outline.title if outline is not None else QCoreApplication.translate("", COURSES.label)

    def crumb(self) -> Crumb:
        """Override Page.crumb."""
        return Crumb(QCoreApplication.translate("", COURSES.plural), Destination(COURSES.name))

    def tag(self) -> tuple[str, Tone] | None:
        """Override Page.tag."""
        outline = self.outline.outline
        if outline is None:
            return None
        return (self.tr("published"), "ok") if outline.published else (self.tr("draft"), "neutral")

    def subtitle(self) -> str:
        """Override Page.subtitle."""
        outline, locale = self.outline.outline, self.locale()
        if outline is None:
            return ""
        # Not tr: with a number it looks in the context of the subclass alone.
        parts = [QCoreApplication.translate("CourseParts", "%n lesson(s)", "", len(outline.lessons))]
        if outline.minutes:
            parts.append(self.tr("{0} min").format(locale.toString(outline.minutes)))
        parts.append(QCoreApplication.translate("CourseParts", "%n student(s)", "", outline.students))
        return " · ".join(parts)

    # Widths

    def showEvent(self, event: QShowEvent) -> None:
        """Override QWidget::showEvent: the outline is as wide as it was left."""
        super().showEvent(event)
        self._fitted = True
        self._fit()
        self.outline.model.catch_up()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent: a page is shown before it has its size."""
        super().resizeEvent(event)
        self._fit()

    def show_outline(self) -> None:
        """Show the outline where there is room for one half only."""
        self._editing = False
        self._share()
        self.outline.take_keyboard()

    def show_editor(self) -> None:
        """Show the editor where there is room for one half only."""
        self._editing = True
        self._share()

    def _share(self) -> None:
        """Both halves, or the one that is worked with where there is no room for two."""
        self._narrow = self.width() < px(BESIDE_FROM)
        here = self.window().focusWidget()
        gone = self._left if self._editing else self._right
        leaving = self._narrow and here is not None and gone.isAncestorOf(here)
        self._way_back.setVisible(self._narrow)
        for half, seen in ((self._left, not self._editing), (self._right, self._editing)):
            half.setVisible(seen or not self._narrow)
        if leaving:
            heir = self.outline_button if self._editing else self.outline.list
            heir.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fit(self) -> None:
        if self._fitted:
            self._share()
        if self._fitted and not self._narrow:
            chosen = self._state.get("outline")
            wanted = chosen if isinstance(chosen, int) else OUTLINE_WIDTH
            width = min(px(wanted), int(self.width() * (1 if chosen else WIDEST_OUTLINE)))
            self.splitter.setSizes([width, self.width() - width])

    def _moved(self) -> None:
        self._state["outline"] = round(self.splitter.sizes()[0] / theme.current().measures.scale)
