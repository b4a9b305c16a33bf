"""Who has come how far: lessons × students of a course, to be filtered, sorted and opened."""

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from lms_desktop.entities import Enrollment, Lesson, LessonProgress
from lms_desktop.errors import ExplainedError
from lms_desktop.models.progress_matrix import ProgressMatrixModel
from lms_desktop.models.wording import said
from lms_desktop.services.teaching.progress import Order, Wanted
from lms_desktop.views.course.progress_table import ProgressTable
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.fields import SearchBox
from lms_desktop.views.kit.labels import ElidedLabel
from lms_desktop.views.kit.notices import Banner, BusyLine, EmptyState
from lms_desktop.views.kit.paint import px
from lms_desktop.views.page import Destination
from lms_desktop.views.session import Session


class ProgressView(QWidget):
    """The progress of one course.

    Attributes:
        model: its students and lessons; `table` shows them.

    Signals:
        open_requested(object): a Destination: the progress record of a cell, the enrollment of a student, a lesson.
    """

    open_requested = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._course: str | None = None
        self._kept: tuple[str, str] | None = None
        self.model = ProgressMatrixModel(session.desk, lambda: session.zone, self)
        self.model.seen = self.isVisible
        self._build()
        self._connect()

    def show_course(self, course_id: str | None) -> None:
        """Show another course. Nothing is read before it is seen."""
        if course_id == self._course:
            return
        self._course, self._kept = course_id, None
        self.search.show_text("")
        self.unfinished.setChecked(False)
        self.model.show(None)
        self._tell()
        if self.isVisible():
            self._show()

    def refresh(self) -> None:
        """Read again what is shown."""
        self.banner.hide()
        if self._course is not None and self.isVisible():
            self._show()

    def focus_search(self) -> None:
        """Put the keyboard into the search box."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    # Building

    def _build(self) -> None:
        self.search = SearchBox(self.tr("Find a student"))
        self.unfinished = button(self.tr("Not finished"), "segment")
        self.unfinished.setCheckable(True)
        self.unfinished.setToolTip(self.tr("Only students who have not completed every lesson"))
        self.order = QComboBox()
        self.order.setAccessibleName(self.tr("Order of the students"))
        for order, words in (
            (Order.NAME, self.tr("By name")),
            (Order.EMAIL, self.tr("By e-mail")),
            (Order.LEAST, self.tr("Least completed first")),
            (Order.MOST, self.tr("Most completed first")),
        ):
            self.order.addItem(words, order)
        self.count = ElidedLabel("", "small")
        self._tools = QHBoxLayout()
        for widget, stretch in ((self.search, 2), (self.unfinished, 0), (self.order, 0)):
            self._tools.addWidget(widget, stretch)
        self.busy, self.banner = BusyLine(), Banner("", "bad")
        self.banner.hide()
        self._stack = QStackedWidget()
        self.table = ProgressTable(self._stack)
        self.table.setModel(self.model)
        self.table.setAccessibleName(self.tr("Progress: students down, lessons across"))
        self.empty = EmptyState("progress", "")
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.count, 1)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.addLayout(self._tools)
        self._box.addWidget(self.busy)
        self._box.addWidget(self.banner)
        self._box.addWidget(self._stack, 1)
        self._box.addLayout(self._foot)
        self._space()

    def _connect(self) -> None:
        self.search.searched.connect(lambda _: self._show())
        self.search.stepped_out.connect(lambda: self.table.setFocus(Qt.FocusReason.OtherFocusReason))
        self.unfinished.toggled.connect(lambda _: self._show())
        self.order.activated.connect(lambda _: self._show())
        self.table.cells_wanted.connect(self.model.want)
        self.table.opened.connect(self._open)
        self.table.student_opened.connect(self._open_student)
        self.table.lesson_opened.connect(self._open_lesson)
        self.table.menu_wanted.connect(self._menu)
        self.model.framed.connect(self._tell)
        self.model.framed.connect(self.table.ask)
        self.model.failed.connect(self._failed)
        self.model.working.connect(self._working)
        self.model.modelAboutToBeReset.connect(self._keep)
        self.model.modelReset.connect(self._find_again)

    # Showing

    def _show(self) -> None:
        if self._course is not None:
            order = self.order.currentData()
            self.model.show(Wanted(self._course, Order(order), self.search.text().strip(), self.unfinished.isChecked()))

    def _tell(self) -> None:
        """Say how many there are, or why there is nothing."""
        frame = self.model.frame
        if frame is None:
            self.count.setText("")
            self.empty.tell(self.tr("Reading how far students have come…") if self._course else "", "", "")
            self._stack.setCurrentWidget(self.empty)
            return
        narrowed = bool(self.search.text().strip()) or self.unfinished.isChecked()
        number = self.locale().toString(frame.students)
        students = self.tr("%n student(s)", "", frame.students).replace(str(frame.students), number)
        lessons = self.tr("%n lesson(s)", "", len(frame.lessons))
        self.count.setText(f"{students} · {lessons}")
        if not frame.lessons:
            self.empty.tell(self.tr("There are no lessons yet"), "", self.tr("Progress is made lesson by lesson."))
        elif not frame.students and narrowed:
            self.empty.tell(self.tr("Nobody is found"), "", self.tr("Search for something else, or show all."))
        elif not frame.students:
            self.empty.tell(self.tr("Nobody takes this course yet"), "", "")
        there = bool(frame.lessons and frame.students)
        self._stack.setCurrentWidget(self.table if there else self.empty)

    def _working(self, on: bool) -> None:
        if on:
            self.busy.start(self.tr("Reading how far students have come…"))
        else:
            self.busy.stop()

    def _failed(self, error: ExplainedError) -> None:
        self.banner.clear_actions()
        self.banner.add_action(self.tr("Try again"), self.refresh)
        self.banner.tell(said(error), "bad")
        self.banner.show()

    # The same cell in another order

    def _keep(self) -> None:
        index, frame = self.table.currentIndex(), self.model.frame
        if index.isValid() and frame is not None:
            self._kept = frame.enrollment(index.row()), frame.lessons[index.column()].id

    def _find_again(self) -> None:
        frame = self.model.frame
        if frame is None or not frame.students or not frame.lessons:
            return
        row, column = 0, 0
        if self._kept is not None:
            row = frame.place(self._kept[0]) or 0
            ids = [lesson.id for lesson in frame.lessons]
            column = ids.index(self._kept[1]) if self._kept[1] in ids else 0
        self.table.setCurrentIndex(self.model.index(row, column))

    # Going there

    def _open(self, row: int, column: int) -> None:
        """The record of a cell; where there is none, the student's enrollment."""
        mark = self.model.mark(row, column)
        if mark is None:
            self._open_student(row)
        else:
            self.open_requested.emit(Destination(self._session.catalog[LessonProgress].name, mark.id))

    def _open_student(self, row: int) -> None:
        page = self._session.catalog[Enrollment].name
        self.open_requested.emit(Destination(page, self.model.enrollment_id(row)))

    def _open_lesson(self, column: int) -> None:
        self.open_requested.emit(Destination(self._session.catalog[Lesson].name, self.model.lesson(column).id))

    def _menu(self, row: int, column: int, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.model.mark(row, column) is not None:
            menu.addAction(self.tr("Open the progress record")).triggered.connect(lambda: self._open(row, column))
        menu.addAction(self.tr("Open the enrollment")).triggered.connect(lambda: self._open_student(row))
        menu.addAction(self.tr("Open the lesson")).triggered.connect(lambda: self._open_lesson(column))
        menu.popup(at)

    def showEvent(self, event: QShowEvent) -> None:
        """Override QWidget::showEvent: what is wanted, or was changed meanwhile, is read."""
        super().showEvent(event)
        if self._course is not None and self.model.wanted is None:
            self._show()
        else:
            self.model.catch_up()
            self.table.ask()

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def _space(self) -> None:
        self._box.setSpacing(px(0))
        self._tools.setContentsMargins(px(16), px(12), px(16), px(10))
        self._tools.setSpacing(px(8))
        self._foot.setContentsMargins(px(16), px(6), px(16), px(8))
