"""The attempts at one quiz as a list."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from lms_desktop.entities import Quiz, QuizAttempt
from lms_desktop.services.edits import Record
from lms_desktop.spec import N_, Related
from lms_desktop.views.related_list import RelatedList
from lms_desktop.views.session import Session

ATTEMPTS = Related(QuizAttempt, QuizAttempt.quiz_id, N_("Attempts"))


class AttemptList(RelatedList):
    """Student, when, how long, score and result.

    Signals:
        chosen(str): another attempt is current now; its id.
    """

    chosen = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, ATTEMPTS, parent)
        self._told = ""
        self.table.selectionModel().currentRowChanged.connect(lambda: self._current_changed())
        self.model.arrived.connect(self._current_changed)
        self.model.modelReset.connect(self._current_changed)

    def show_quiz(self, quiz_id: str, title: str) -> None:
        """Show the attempts at this quiz."""
        if self._record is None or self._record.id != quiz_id:
            self._told = ""
        self.show_record(Record(Quiz, quiz_id, "", title, "", {}, {}, frozenset()))

    def current_id(self) -> str:
        """The attempt that is current, "" where none is."""
        index = self.table.currentIndex()
        return (self.model.row_id(index.row()) or "") if index.isValid() else ""

    def _current_changed(self) -> None:
        now = self.current_id()
        if now and now != self._told:
            self._told = now
            self.chosen.emit(now)

    def _columns(self) -> tuple[str, ...]:
        """Override RelatedList._columns."""
        return ("student_id", "score", "passed", "started_at", "duration", "ended_at")
