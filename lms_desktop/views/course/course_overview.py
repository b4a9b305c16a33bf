"""The first thing seen of a course: how much there is of what, and what is not ready, with the way to each."""

from time import monotonic

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from lms_desktop.database.unit_of_work import Outcome
from lms_desktop.entities import Course, Enrollment, Lesson, Quiz, QuizQuestion
from lms_desktop.errors import ExplainedError
from lms_desktop.models.desk import Job
from lms_desktop.models.live import Batch
from lms_desktop.models.wording import amid, said, told, word
from lms_desktop.services.teaching import overview
from lms_desktop.services.teaching.overview import Overview
from lms_desktop.services.teaching.readiness import Problem
from lms_desktop.views import icons
from lms_desktop.views.kit.flow import FlowLayout
from lms_desktop.views.kit.labels import SectionLabel, label
from lms_desktop.views.kit.notices import Banner
from lms_desktop.views.kit.paint import px
from lms_desktop.views.session import Session

PAUSE = 0.5
"""Seconds between two readings while others change the course all the time."""

_SHAPING = frozenset({Course, Lesson, Quiz, QuizQuestion, Enrollment})
_TABLES = frozenset({"courses", "lessons", "quizzes", "quiz_questions", "enrollments"})
_PROBLEM = Qt.ItemDataRole.UserRole


class Figure(QFrame):
    """A number with its word."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._number, self._word = label("", "title"), label("", "small")
        self._box = QVBoxLayout(self)
        self._box.addWidget(self._number)
        self._box.addWidget(self._word)
        self._space()

    def tell(self, number: str, word: str) -> None:
        """Say a number of something."""
        self._number.setText(number)
        self._word.setText(word)
        self.setAccessibleName(f"{number} {word}")

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def _space(self) -> None:
        self._box.setContentsMargins(px(12), px(8), px(12), px(8))
        self._box.setSpacing(px(2))
        self.setMinimumWidth(px(96))


class CourseOverview(QWidget):
    """Figures, and the list of what is not ready.

    Attributes:
        figures: the numbers by name; `list` is what is not ready.

    Signals:
        problem_chosen(object, str): the entity and the id of what is to be mended.
    """

    problem_chosen = Signal(object, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._course: str | None = None
        self._shown: Overview | None = None
        self._stale = False
        self._job: Job | None = None
        self._read_at = 0.0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._read_if_seen)
        self._build()
        session.desk.committed.connect(self._committed)
        session.desk.noticed.connect(self._noticed)

    def show_course(self, course_id: str | None) -> None:
        """Show another course, or this one as it is now."""
        if course_id != self._course:
            self._course, self._shown = course_id, None
            self._tell_nothing()
        self._stale = True
        self._read_if_seen()

    def problems(self) -> tuple[Problem, ...]:
        """What is not ready, as far as it is known."""
        return self._shown.problems if self._shown is not None else ()

    # Building

    def _build(self) -> None:
        self.figures = {name: Figure(self) for name in ("lessons", "minutes", "quizzes", "questions", "students")}
        self._cards = QWidget(self)
        self._flow = FlowLayout(self._cards)
        for figure in self.figures.values():
            self._flow.addWidget(figure)
        self.banner = Banner("", "ok", parent=self)
        self.banner.hide()
        self._section = SectionLabel(self.tr("Not ready yet"), self)
        self._count: QLabel = label("", "small")
        head = QHBoxLayout()
        head.addWidget(self._section)
        head.addStretch(1)
        head.addWidget(self._count)
        self.list = QListWidget(self)
        self.list.setWordWrap(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(False)
        self.list.setAccessibleName(self.tr("What is not ready yet; Enter goes there"))
        self.list.itemActivated.connect(self._chosen)
        self.list.itemClicked.connect(self._chosen)
        self._box = QVBoxLayout(self)
        self._box.addWidget(self._cards)
        self._box.addWidget(self.banner)
        self._box.addLayout(head)
        self._box.addWidget(self.list, 100)
        self._box.addStretch(1)  # with nothing in the list everything stands at the top
        self._space()

    # Reading

    def _read_if_seen(self) -> None:
        if self._course is None or not self._stale or not self.isVisible():
            return
        if self._job is not None:
            self._job.cancel()
        self._later.stop()
        self._stale, self._read_at, course = False, monotonic(), self._course
        job = self._session.desk.read(
            lambda uow: overview.load(uow, course),
            done=lambda found: self._loaded(course, found),
            failed=lambda error: self._not_loaded(course, error),
            owner=self,
            background=True,
        )
        self._job = job if job.ended is None else None

    def _loaded(self, course: str, found: Overview | None) -> None:
        if course != self._course:
            return
        self._job = None
        if found is not None and found != self._shown:
            self._shown = found
            self._tell(found)

    def _not_loaded(self, course: str, error: ExplainedError) -> None:
        if course == self._course:
            self._job = None
            self.banner.tell(said(error), "bad")
            self.banner.show()

    def _again(self) -> None:
        self._stale = True
        if not self._later.isActive():
            self._later.start(max(0, round(1000 * (self._read_at + PAUSE - monotonic()))))

    def _committed(self, outcome: Outcome, initiator: object) -> None:
        if outcome.entities & _SHAPING:
            self._again()

    def _noticed(self, batch: Batch) -> None:
        if batch.everything or batch.tables & _TABLES:
            self._again()

    # Telling

    def _tell_nothing(self) -> None:
        for figure in self.figures.values():
            figure.tell("…", "")
        self.banner.hide()
        self._fill(())

    def _tell(self, found: Overview) -> None:
        number = self.locale().toString
        hours, minutes = divmod(found.minutes, 60)
        long = self.tr("{0} h {1} min").format(number(hours), number(minutes))
        length = long if hours else self.tr("{0} min").format(number(minutes))
        silent = self.tr("Duration, without %n lesson(s)", "", found.unknown) if found.unknown else ""
        drafts = self.tr("Quizzes, %n of them draft(s)", "", found.drafts) if found.drafts else self.tr("Quizzes")
        quiz = f"{word('Quiz')}, {amid('Draft')}" if found.drafts else word("Quiz")
        for name, count, one, many in (
            ("lessons", found.lessons, word("Lesson"), self.tr("Lessons")),
            ("quizzes", found.quizzes, quiz, drafts),
            ("questions", found.questions, word("Question"), self.tr("Questions")),
            ("students", found.students, word("Student"), self.tr("Students")),
        ):
            self.figures[name].tell(number(count), one if count == 1 else many)
        self.figures["minutes"].tell(length, silent or self.tr("Duration"))
        self._fill(found.problems)
        if not found.problems:
            everything = self.tr("Everything that can be checked is ready.")
            students = self.tr("Students see this course.") if found.published else self.tr("It is still a draft.")
            self.banner.tell(f"{everything} {students}", "ok")
            self.banner.show()
        elif found.published:
            self.banner.tell(self.tr("Students see this course already."), "warn")
            self.banner.show()
        else:
            self.banner.hide()

    def _fill(self, problems: tuple[Problem, ...]) -> None:
        at = self.list.currentRow()
        self.list.clear()
        for problem in problems:
            item = QListWidgetItem(
                icons.icon(self._session.catalog[problem.entity].icon, "warn"), told(problem.sentence)
            )
            item.setData(_PROBLEM, problem)
            self.list.addItem(item)
        if problems:
            self.list.setCurrentRow(min(max(at, 0), len(problems) - 1))
        for widget in (self._section, self._count, self.list):
            widget.setVisible(bool(problems))
        self._count.setText(self.locale().toString(len(problems)))

    def _chosen(self, item: QListWidgetItem) -> None:
        problem = item.data(_PROBLEM)
        self.problem_chosen.emit(problem.entity, problem.id)

    def showEvent(self, event: QShowEvent) -> None:
        """Override QWidget::showEvent: what was changed meanwhile is read."""
        super().showEvent(event)
        self._read_if_seen()

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def _space(self) -> None:
        self._box.setContentsMargins(px(16), px(14), px(16), px(16))
        self._box.setSpacing(px(12))
        self.list.setIconSize(QSize(px(16), px(16)))
