"""The editor of a quiz: its settings, its questions, what came of it, its history."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import Quiz, QuizAttempt
from lms_desktop.models.drafts import Draft, Drafts
from lms_desktop.services.records import Record
from lms_desktop.services.related import related_counts
from lms_desktop.services.teaching.quiz_facts import QuizFacts, facts
from lms_desktop.spec import EntityAdmin, Related
from lms_desktop.views.course.questions_part import QuestionsPart
from lms_desktop.views.course.results_view import ResultsView
from lms_desktop.views.record_form import RecordForm
from lms_desktop.views.session import Session

Counts = tuple[int | None, ...]
SETTINGS, QUESTIONS = 0, 1
"""Places of the tabs."""


class QuizEditor(RecordForm):
    """As `RecordForm`, for a quiz, with the questions of it on a tab.

    Attributes:
        questions: the second tab; `results` the third, None for who may not see any.

    Signals:
        question_shown(str): the person went to another question here; "" for none.
        message(str): what was done with questions.
    """

    question_shown = Signal(str)
    message = Signal(str)

    def __init__(
        self, session: Session, quiz_drafts: Drafts, question_drafts: Drafts, parent: QWidget | None = None
    ) -> None:
        self._question_drafts = question_drafts
        self._facts = QuizFacts()
        self._expected: str | None = None
        super().__init__(session, session.catalog[Quiz], quiz_drafts, parent)

    # What the page uses

    def show_question(self, question_id: str) -> None:
        """Show a question of the quiz that is shown, or on its way."""
        if self._shown == self._wanted and self._shown is not None:
            self.tabs.setCurrentIndex(QUESTIONS)
            self.questions.show_question(question_id)
        else:
            self._expected = question_id

    def show_record(self, row_id: str | None) -> None:
        """Override RecordForm.show_record."""
        self._expected = None
        super().show_record(row_id)

    def question_id(self) -> str | None:
        """The question that is shown, where its tab is."""
        return self.questions.question_id() if self.tabs.currentIndex() == QUESTIONS else None

    def refresh(self, patient: bool = False) -> None:
        """Override RecordForm.refresh."""
        super().refresh(patient)
        self.questions.refresh()
        if self.results is not None:
            self.results.refresh()

    def commit_open_editor(self) -> bool:
        """Override RecordForm.commit_open_editor: settings and the question."""
        if not super().commit_open_editor():
            return False
        if self.questions.editor.commit_open_editor():
            return True
        self.tabs.setCurrentIndex(QUESTIONS)
        return False

    def may_save(self, drafts: Sequence[Draft]) -> bool:
        """Whether these questions may be saved: asked where that alters what students have answered already."""
        return self.questions.answers.may_save(drafts)

    def unfinished(self) -> int:
        """Override RecordForm.unfinished."""
        return super().unfinished() + self.questions.editor.unfinished()

    def forget_unfinished(self) -> None:
        """Override RecordForm.forget_unfinished."""
        super().forget_unfinished()
        self.questions.editor.forget_unfinished()

    # RecordForm

    def _wanted_lists(self, admin: EntityAdmin) -> tuple[Related, ...]:
        """Override RecordForm: what hangs on a quiz has tabs of its own."""
        return ()

    def _first_parts(self) -> tuple[tuple[str, QWidget], ...]:
        """Override RecordForm: settings, questions, results."""
        self.questions = QuestionsPart(self._session, self._question_drafts, self._parts)
        parts = [(self.tr("Settings"), self.details), (self.tr("Questions"), self.questions)]
        self.results: ResultsView | None = None
        if self._session.may(self._session.catalog[QuizAttempt], "view"):
            self.results = ResultsView(self._session, self._parts)
            parts.append((self.tr("Results"), self.results))
        return tuple(parts)

    def _connect(self) -> None:
        """Override RecordForm."""
        super()._connect()
        part = self.questions
        part.question_shown.connect(self._question_changed)
        part.message.connect(self.message)
        part.counted.connect(self._tell_questions)
        part.trouble.connect(self.trouble)
        part.editor.keyboard_left.connect(self.keyboard_left)
        part.editor.action_done.connect(self.action_done)
        if self.results is not None:
            self.results.open_requested.connect(self.open_requested)
            self.results.message.connect(self.message)
            self.results.trouble.connect(self.trouble)
        part.editor.open_requested.connect(self.open_requested)
        part.editor.take_back_requested.connect(self.take_back_requested)
        part.editor.merge.connect(self.merge)

    def _question_changed(self, question_id: str) -> None:
        """Another question is shown; of no interest any more where another quiz is on its way."""
        if self._shown == self._wanted:
            self.question_shown.emit(question_id)

    def _show_picture(self, row_id: str, record: Record | None) -> None:
        """Override RecordForm: a quiz that is not saved yet has no results, but questions may be begun for it."""
        if row_id != self._shown:
            self._facts = QuizFacts()
        super()._show_picture(row_id, record)
        if record is None:
            self.tabs.setTabText(QUESTIONS, self.tr("Questions"))
        for at in range(QUESTIONS + 1, len(self._firsts)):
            self.tabs.setTabVisible(at, record is not None)
        self.questions.show_quiz(self._begun(row_id) if record is None else record, new=record is None)
        expected, self._expected = self._expected, None
        if expected is not None:
            self.show_question(expected)
        if self.results is not None and record is not None:
            self.results.show_quiz(record.id)

    def _begun(self, quiz_id: str) -> Record | None:
        """The draft of a new quiz as its questions take it."""
        draft = self._drafts.get(quiz_id)
        if draft is None:
            return None
        title = draft.values.get("title") or ""
        return Record(Quiz, quiz_id, "", title, "", dict(draft.values), dict(draft.labels), frozenset({"edit"}))

    def _show_nothing(self, words: str, action: str = "") -> None:
        """Override RecordForm."""
        super()._show_nothing(words, action)
        self.questions.show_quiz(None)

    def _count(self, row_id: str) -> None:
        """Override RecordForm: the numbers on the tabs, and where the quiz stands."""
        related = tuple(r for r in self._admin.related if self._session.may(self._session.catalog[r.entity], "view"))
        if self._counting is not None:
            self._counting.cancel()

        def work(uow: UnitOfWork) -> tuple[Counts, QuizFacts]:
            return related_counts(uow, related, row_id), facts(uow, row_id)

        self._counting = self._session.desk.read(
            work, done=partial(self._learned, row_id), failed=lambda error: None, owner=self, background=True
        )

    def _learned(self, row_id: str, found: tuple[Counts, QuizFacts]) -> None:
        if row_id != self._shown:
            return
        counts, self._facts = found
        for at, (text, count) in enumerate(zip((self.tr("Questions"), self.tr("Results")), counts, strict=False), 1):
            if at < len(self._firsts):
                self.tabs.setTabText(at, text if count is None else f"{text} {self.locale().toString(count)}")
        self._tell()

    def _tell_questions(self, count: int) -> None:
        """Questions came or went."""
        if self._record is not None and self._shown == self._wanted:
            self.tabs.setTabText(QUESTIONS, f"{self.tr('Questions')} {self.locale().toString(count)}")

    def _tell(self) -> None:
        """Override RecordForm: the header says in a line what the settings say at length."""
        super()._tell()
        if self._shown is not None and self._record is not None:
            self.header.detail.setText(self._line(self._record))

    def _line(self, record: Record) -> str:
        """“Quiz after lesson 2 · pass at 70 % · 15 minutes · shuffled”."""
        values, place = record.values, self._facts.lesson_place
        if place is not None:
            where = self.tr("Quiz after lesson {0}").format(self.locale().toString(place))
        elif values.get("lesson_id") is not None:
            where = self.tr("Quiz of a lesson")
        elif values.get("course_id") is not None:
            where = self.tr("Quiz of the course")
        else:
            where = self.tr("Quiz of no course")
        parts = [where, self.tr("pass at {0} %").format(values.get("passing_score_percentage") or "0")]
        minutes = values.get("time_limit_minutes")
        parts.append(self.tr("%n minute(s)", "", int(minutes)) if minutes else self.tr("no time limit"))
        if values.get("shuffle_questions") == "true":
            parts.append(self.tr("shuffled"))
        if values.get("is_published") != "true":
            parts.append(self.tr("draft"))
        return " · ".join(parts)
