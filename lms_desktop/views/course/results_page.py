"""The page of a quiz's results, for quizzes that stand in no course, and for who comes from an attempt."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from lms_desktop.admin.quizzes import ATTEMPTS, QUIZZES
from lms_desktop.entities import QuizAttempt
from lms_desktop.services.teaching import results
from lms_desktop.views.course.preview_student import TakeQuizDialog
from lms_desktop.views.course.results_view import ResultsView
from lms_desktop.views.course.ways import RESULTS_PAGE
from lms_desktop.views.kit.notices import EmptyState
from lms_desktop.views.page import Crumb, Destination, Page
from lms_desktop.views.places import Place
from lms_desktop.views.session import Session


class ResultsPage(Page):
    """Opened by `Destination("results", quiz id)`, with `within` an attempt at it.

    Attributes:
        view: what came of the quiz.
    """

    name = RESULTS_PAGE

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.view = ResultsView(session, self)
        self.view.open_requested.connect(self.open_requested)
        self.view.message.connect(self.message)
        self.view.trouble.connect(self.trouble)
        self.view.arrived.connect(self.title_changed)
        self._preview = QAction(self.tr("Preview as a student"), self)
        self._preview.triggered.connect(self._take)
        self._stack = QStackedWidget(self)
        self.empty = EmptyState(ATTEMPTS.icon, self.tr("No quiz is chosen."), self.tr("Show quizzes"))
        self.empty.acted.connect(lambda: self.open_requested.emit(Destination(QUIZZES.name)))
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)

    def title(self) -> str:
        """Override Page.title."""
        found = self.view.figures
        return self.tr("Results") if found is None else self.tr("Results of {0}").format(found.title)

    def crumb(self) -> Crumb:
        """Override Page.crumb."""
        quiz_id = self.view.quiz_id() or None
        return Crumb(QCoreApplication.translate("", QUIZZES.plural), Destination(QUIZZES.name, quiz_id))

    def toolbar_actions(self) -> list[QAction]:
        """Override Page.toolbar_actions."""
        return [self._preview]

    def activate(self) -> None:
        """Override Page.activate: the quiz that was shown the last time, else the one that was taken last."""
        if self.view.quiz_id():
            return
        remembered = self._session.preferences.page_state(self.name).get("quiz")
        if isinstance(remembered, str) and remembered:
            self._show(remembered, None)
        else:
            self._session.desk.read(results.latest, done=self._found, failed=self.trouble.emit, owner=self)

    def deactivate(self) -> None:
        """Override Page.deactivate: remember the quiz."""
        self._session.preferences.save_page_state(self.name, {"quiz": self.view.quiz_id()})

    def take_keyboard(self) -> None:
        """Override Page.take_keyboard."""
        if self._stack.currentWidget() is self.view:
            self.view.take_keyboard()
        else:
            self.empty.button.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Override Page.refresh."""
        self.view.refresh()

    def go_to(self, destination: Destination) -> None:
        """Override Page.go_to."""
        if destination.record_id is not None:
            self._show(destination.record_id, destination.within)

    def place(self) -> Place:
        """Override Page.place."""
        attempt = self.view.attempt_id()
        within = (QuizAttempt, attempt) if attempt else None
        return Place(self.name, self.view.quiz_id() or None, within=within, called=self.title())

    def return_to(self, place: Place) -> None:
        """Override Page.return_to."""
        if place.record_id is not None:
            self._show(place.record_id, place.within)

    def _found(self, quiz_id: str | None) -> None:
        if quiz_id is not None and not self.view.quiz_id():  # nobody went to another one meanwhile
            self._show(quiz_id, None)

    def _show(self, quiz_id: str, within: tuple[type, str] | None) -> None:
        self._stack.setCurrentWidget(self.view)
        self.view.show_quiz(quiz_id)
        if within is not None and within[0] is QuizAttempt:
            self.view.show_attempt(within[1])

    def _take(self) -> None:
        if self.view.quiz_id():
            dialog = TakeQuizDialog(self._session, self.view.quiz_id(), self)
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()
