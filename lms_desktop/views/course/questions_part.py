"""The questions of a quiz: which there are, the one that is chosen, and the way from one to the next."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import QuizQuestion
from lms_desktop.errors import ExplainedError
from lms_desktop.models.desk import Job
from lms_desktop.models.drafts import Drafts
from lms_desktop.services.deleting import Question, question
from lms_desktop.services.edits import Behind
from lms_desktop.services.records import Record
from lms_desktop.services.teaching import copying, outline
from lms_desktop.services.teaching.lists import Spot
from lms_desktop.services.teaching.outline import QuestionRow
from lms_desktop.views.course.question_editor import QuestionEditor
from lms_desktop.views.course.question_fields import TYPE
from lms_desktop.views.course.question_header import NEXT, PREVIOUS, QuestionHeader
from lms_desktop.views.delete_dialog import DeleteDialog
from lms_desktop.views.kit.notices import EmptyState
from lms_desktop.views.kit.paint import px
from lms_desktop.views.session import Session

QUIZ = "quiz_id"


class QuestionsPart(QWidget):
    """The second tab of a quiz's editor.

    Attributes:
        editor: of the question that is shown; `header` stands above it.

    Signals:
        question_shown(str): another question is shown; "" for none.
        action_done(object): the Outcome of something that was done here.
        trouble(object): an error to show.
    """

    question_shown = Signal(str)
    action_done = Signal(object)
    trouble = Signal(object)

    def __init__(self, session: Session, drafts: Drafts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._drafts = session, drafts
        self._admin = session.catalog[QuizQuestion]
        self._quiz: Record | None = None
        self._rows: tuple[QuestionRow, ...] = ()
        self._wanted: str | None = None
        self._loaded = False
        self._job: Job | None = None
        self.header = QuestionHeader(self)
        self._stack = QStackedWidget(self)
        self.editor = QuestionEditor(session, drafts, self._stack)
        self.empty = EmptyState("question", "", parent=self._stack)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.editor)
        self._box = QVBoxLayout(self)
        self._box.addWidget(self.header)
        self._box.addWidget(self._stack, 1)
        self._connect()
        self._space()

    # What the editor of the quiz uses

    def show_quiz(self, quiz: Record | None) -> None:
        """Show the questions of a quiz; None: of none."""
        other = quiz is None or self._quiz is None or quiz.id != self._quiz.id
        self._quiz = quiz
        if other:
            self._rows, self._wanted, self._loaded = (), None, False
            self.editor.show_record(None)
        self.refresh()

    def show_question(self, question_id: str) -> None:
        """Show one of the questions."""
        self._wanted = question_id
        self.editor.show_record(question_id)
        self._tell()
        self.question_shown.emit(question_id)

    def question_id(self) -> str | None:
        """The question that is shown."""
        return self._wanted

    def refresh(self) -> None:
        """Read again which questions there are, and the one that is shown."""
        if self._quiz is None:
            return
        quiz_id = self._quiz.id
        if self._job is not None:
            self._job.cancel()
        job = self._session.desk.read(
            lambda uow: outline.questions(uow, quiz_id),
            done=partial(self._read, quiz_id),
            failed=self.trouble.emit,
            owner=self,
            background=self._loaded,
        )
        self._job = job if job.ended is None else None

    # Building

    def _connect(self) -> None:
        header, editor = self.header, self.editor
        header.stepped.connect(self.step)
        header.add.connect(lambda: self.add_question())
        header.duplicate.connect(self.duplicate)
        header.delete.connect(self.delete)
        editor.trouble.connect(self.trouble)
        editor.action_done.connect(self.action_done)
        editor.shown.connect(self._tell)
        self.empty.acted.connect(lambda: self.add_question())
        self._drafts.changed.connect(self._drafts_changed)
        self._session.desk.committed.connect(self._committed)
        for keys, by in ((PREVIOUS, -1), (NEXT, 1)):
            self._shortcut(keys, partial(self.step, by))
        for keys in (QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")):
            self._shortcut(keys, editor.add_option)

    def _shortcut(self, keys: QKeySequence, act: Callable[[], object]) -> None:
        made = QShortcut(keys, self)
        made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        made.activated.connect(act)

    # What is there

    def _ids(self) -> list[str]:
        """All questions in their order, those that are not saved yet where they will stand."""
        ids = [row.id for row in self._rows]
        for draft in self._drafts.new_rows():
            if self._is_mine(draft.id) and draft.id not in ids:
                after = draft.spot.after if draft.spot is not None else None
                ids.insert(ids.index(after) + 1 if after in ids else len(ids), draft.id)
        return ids

    def _is_mine(self, row_id: str) -> bool:
        draft = self._drafts.get(row_id)
        return draft is not None and self._quiz is not None and draft.values.get(QUIZ) == self._quiz.id

    def _read(self, quiz_id: str, rows: tuple[QuestionRow, ...]) -> None:
        self._job = None
        if self._quiz is None or self._quiz.id != quiz_id:
            return
        before, self._rows, self._loaded = self._ids(), rows, True
        ids = self._ids()
        if self._wanted is None and ids:
            self.show_question(ids[0])
        elif self._wanted is not None and self._wanted in before and self._wanted not in ids:
            self._go_near(before)
        self._tell()

    def _go_near(self, before: list[str]) -> None:
        """What was shown is gone: the one that stands in its place now is shown, else the last."""
        ids, at = self._ids(), before.index(self._wanted or "")
        if ids:
            self.show_question(ids[min(at, len(ids) - 1)])
        else:
            self._wanted = None
            self.editor.show_record(None)
            self.question_shown.emit("")

    def _tell(self) -> None:
        ids, wanted = self._ids(), self._wanted
        saved, kind, points = len(self._rows), "", 0
        new = wanted is not None and self._is_mine(wanted) and wanted not in [row.id for row in self._rows]
        place = ids.index(wanted) + 1 if wanted in ids and not new else 0
        if wanted in ids:
            reading = self.editor.reading()
            kind, points = reading.type, reading.points
        self.header.tell(place, saved, kind, points, new=new)
        may = self._session.may
        record = self.editor.record()
        add = may(self._admin, "add") and self._quiz is not None and "edit" in self._quiz.may
        self.header.offer(
            add=add, duplicate=add and wanted in ids, delete=new or (record is not None and "delete" in record.may)
        )
        act = self.tr("Add question") if add else ""
        self.empty.tell(
            self.tr("This quiz has no questions yet."),
            act,
            self.tr("Add the first one, or paste many at once.") if add else "",
        )
        self.header.setVisible(self._loaded or bool(ids))
        self._stack.setCurrentWidget(self.editor if wanted in ids or not self._loaded else self.empty)

    # What can be done

    def step(self, by: int) -> None:
        """On to the next question, or back."""
        ids = self._ids()
        at = ids.index(self._wanted) + by if self._wanted in ids else 0
        if 0 <= at < len(ids):
            self.show_question(ids[at])

    def add_question(self) -> None:
        """Begin a new question of this quiz, of the type of the one that is shown."""
        if self._quiz is None or not self.header.may_add:
            return
        kind = self.editor.reading().type if self._wanted is not None else ""
        first = {f.key: f.default for f in self._admin.own_fields if f.default is not None and not f.readonly}
        values: dict[str, str | None] = {**first, QUIZ: self._quiz.id, **({TYPE: kind} if kind else {})}
        self._begin(values)

    def _begin(self, values: dict[str, str | None]) -> None:
        assert self._quiz is not None
        ids, wanted = self._ids(), self._wanted
        spot = Behind(wanted) if wanted in ids[:-1] else None
        draft = self._drafts.begin_new(values, {QUIZ: (self._quiz.title, "")}, spot)
        self.show_question(draft.id)
        self.editor.focus_field(None)

    def duplicate(self) -> None:
        """Copy the question that is shown to right behind it; one with unsaved changes becomes a new one with them."""
        quiz, row_id = self._quiz, self._wanted
        if quiz is None or row_id is None or not self.editor.commit_open_editor():
            return
        draft, record = self._drafts.get(row_id), self.editor.record()
        if draft is not None:
            own = {f.key for f in self._admin.own_fields if not f.readonly}
            values = {key: value for key, value in (record.values.items() if record else ()) if key in own}
            self._begin({**values, **draft.values, QUIZ: quiz.id})
            return
        catalog = self._session.catalog
        self._commit(
            lambda uow: copying.copy(uow, catalog, QuizQuestion, [row_id], Spot(quiz.id, row_id)),
            self.tr("Duplicating"),
            lambda outcome: self._show_new(outcome.value.new),
        )

    def delete(self) -> None:
        """Give up a new question, or ask about deleting the one that is shown."""
        row_id = self._wanted
        if row_id is None:
            return
        draft = self._drafts.get(row_id)
        if draft is not None and draft.new:
            before = self._ids()
            self._drafts.give_up(row_id)
            if self._wanted == row_id:
                self._go_near(before)
            self._tell()
            return
        catalog, zone = self._session.catalog, self._session.zone
        self._session.desk.read(
            lambda uow: question(uow, catalog, QuizQuestion, (row_id,), zone),
            done=partial(self._ask_delete, row_id),
            failed=self.trouble.emit,
            owner=self,
        )

    def _ask_delete(self, row_id: str, asked: Question) -> None:
        session, record = self._session, self.editor.record()
        if record is None or record.id != row_id:
            return
        dialog = DeleteDialog(
            session.catalog, self._admin, asked.impact, asked.names, None, self, log=session.log.state, session=session
        )
        if dialog.exec():
            versions, records = {row_id: record.version}, session.records
            self._commit(
                lambda uow: records.delete(uow, QuizQuestion, versions, asked.impact),
                self.tr("Deleting"),
                lambda outcome: self._drafts.discard(row_id),
            )

    def _commit(
        self,
        operation: Callable[[UnitOfWork], Outcome],
        label: str,
        done: Callable[[Outcome], object],
    ) -> None:
        def ended(outcome: Outcome) -> None:
            done(outcome)
            self.action_done.emit(outcome)

        self._session.desk.commit(operation, done=ended, failed=self._refused, initiator=self, owner=self, label=label)

    def _show_new(self, ids: tuple[str, ...]) -> None:
        self.refresh()
        if ids:
            self.show_question(ids[-1])

    def _refused(self, error: ExplainedError) -> None:
        self.trouble.emit(error)
        self.refresh()

    # What happens elsewhere

    def _drafts_changed(self, row_id: str) -> None:
        wanted = self._wanted
        if wanted is not None and wanted not in self._ids() and self._loaded and row_id in ("", wanted):
            self.refresh()
        self._tell()

    def _committed(self, outcome: Outcome, initiator: object) -> None:
        if QuizQuestion in outcome.entities and self._quiz is not None:
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Override QWidget::showEvent."""
        super().showEvent(event)
        self._tell()

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def _space(self) -> None:
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self.header.setContentsMargins(px(16), px(12), px(16), 0)
