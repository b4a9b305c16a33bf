"""The questions of a quiz: the list of them, the one that is chosen, and the way from one to the next."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from lms_desktop.database.unit_of_work import Outcome
from lms_desktop.entities import QuizQuestion
from lms_desktop.errors import ExplainedError
from lms_desktop.models.cards import Card
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.outline import QuestionListModel
from lms_desktop.models.wording import said, told
from lms_desktop.services.records import Record
from lms_desktop.services.teaching.lists import Arranged
from lms_desktop.views.course.card_actions import CardActions
from lms_desktop.views.course.card_list import CardList
from lms_desktop.views.course.colleagues import Colleagues
from lms_desktop.views.course.many_questions import ManyQuestions
from lms_desktop.views.course.one_question import OneQuestion
from lms_desktop.views.course.question_answers import QuestionAnswers
from lms_desktop.views.course.question_editor import QuestionEditor
from lms_desktop.views.course.question_fields import POINTS, TYPE
from lms_desktop.views.course.question_header import NEXT, PREVIOUS, QuestionHeader
from lms_desktop.views.course.question_split import QuestionSplit
from lms_desktop.views.course.quiz_file_dialogs import dropped_file
from lms_desktop.views.kit.notices import Banner, EmptyState
from lms_desktop.views.kit.paint import Tone, px
from lms_desktop.views.session import Session


class QuestionsPart(QWidget):
    """The second tab of a quiz's editor.

    Attributes:
        quiz: whose questions are shown; `new`: it is not saved yet.
        model, list, verbs: the questions, the list that shows them, what can be done with it; `one` with the question
            that is shown, `many` with many at once; `answers` knows what attempts have to do with them.
        editor: of the question that is shown; `header` stands above it.

    Signals:
        question_shown(str): the person went to another question here; "" for none.
        message(str): what was done.
        counted(int): so many saved questions the quiz has now.
        trouble(object): an error to show.
    """

    question_shown = Signal(str)
    message = Signal(str)
    counted = Signal(int)
    trouble = Signal(object)

    def __init__(self, session: Session, drafts: Drafts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.drafts = session, drafts
        self._admin = session.catalog[QuizQuestion]
        self.quiz: Record | None = None
        self.new = False
        self._wanted: str | None = None
        self._awaited: str | None = None
        self._before: list[Card] = []
        self._removing = False
        self.setAcceptDrops(True)
        self.model = QuestionListModel(session.desk, session.catalog, session.drafts, self)
        # Before the list hears of it and makes a neighbour current.
        self.model.rowsAboutToBeRemoved.connect(lambda: self._remove(removing=True))
        self.model.rowsRemoved.connect(lambda: self._remove(removing=False))
        self._build()
        self.one, self.many, self.answers = OneQuestion(self), ManyQuestions(self), QuestionAnswers(self)
        self._connect()
        self._space()

    # What the editor of the quiz uses

    def show_quiz(self, quiz: Record | None, *, new: bool = False) -> None:
        """Show the questions of a quiz; None: of none. One that is `new` has those alone that are begun for it."""
        other = quiz is None or self.quiz is None or quiz.id != self.quiz.id
        if self.new and not new:
            self.banner.hide()  # what could not be done before the quiz was saved can be by now
        self.quiz, self.new = quiz, new
        if other:
            self._wanted, self._awaited, self._before = None, None, []
            self.banner.hide()
            self.answers.forget()
            self.answers.show(None)
            self.editor.show_record(None)
            self.model.show("" if quiz is None else quiz.id)
        self._tell()

    def show_question(self, question_id: str) -> None:
        """Show one of the questions."""
        if question_id != self._wanted or self.editor.row_id() != question_id:
            self._wanted = question_id
            self.editor.show_record(question_id)
            self.answers.show(question_id)
        self.list.choose(QuizQuestion, question_id)
        self._tell()

    def go_to(self, question_id: str) -> None:
        """The person went to one of the questions here."""
        other = question_id != self._wanted
        self.show_question(question_id)
        if other:
            self.question_shown.emit(question_id)

    def question_id(self) -> str | None:
        """The question that is shown."""
        return self._wanted

    def await_question(self, question_id: str) -> None:
        """Show a question that was just added, as soon as it is among the others."""
        self._awaited = question_id
        self._rows_changed()

    def refresh(self) -> None:
        """Read again which questions there are, and the one that is shown."""
        self.model.reload()
        self.editor.refresh()

    def may_add(self) -> bool:
        """Whether this person may add questions to this quiz."""
        may = self.session.may(self._admin, "add") and self.session.may(self._admin, "edit")
        return may and self.quiz is not None and "edit" in self.quiz.may

    def anchor(self) -> str | None:
        """The saved question behind which others are put; None where there is none."""
        ids = [card.id for card in self.model.cards]
        at = ids.index(self._wanted) if self._wanted in ids else len(ids) - 1
        return next((card.id for card in reversed(self.model.cards[: at + 1]) if not card.new), None)

    # Building

    def _build(self) -> None:
        self.splitter = QuestionSplit(self.model.rowCount, self)
        self.list = CardList(self.model, self.splitter)
        self.list.was_saved = self.model.maker.was_saved
        self.list.setAccessibleName(self.tr("Questions of the quiz"))
        self.list.setAccessibleDescription(self.tr("Alt with up or down moves what is chosen, the menu key has more."))
        self.verbs = CardActions(self.session, self.session.drafts, self.list)
        self._colleagues = Colleagues(self.session.desk, self.model, self)
        below = QWidget(self.splitter)
        self.header = QuestionHeader(below)
        self.banner = Banner("", "info", closable=True, parent=below)
        self.banner.hide()
        self._stack = QStackedWidget(below)
        self.editor = QuestionEditor(self.session, self.drafts, self._stack)
        self.empty = EmptyState("question", "", parent=self._stack)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.editor)
        self._column = QVBoxLayout(below)
        self._told = QVBoxLayout()
        self._told.addWidget(self.header)
        self._told.addWidget(self.banner)
        self._column.addLayout(self._told)
        self._column.addWidget(self._stack, 1)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setChildrenCollapsible(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.splitter)

    def _connect(self) -> None:
        header, editor, model, verbs = self.header, self.editor, self.model, self.verbs
        model.seen = self.isVisible  # of a single question no list is shown
        header.stepped.connect(self.step)
        header.add.connect(self.one.add)
        header.duplicate.connect(self.one.duplicate)
        header.delete.connect(self.one.delete)
        header.paste.connect(self.many.paste)
        header.load.connect(self.many.load)
        header.store.connect(self.many.store)
        editor.trouble.connect(self.trouble)
        editor.shown.connect(self._tell)
        editor.count_wanted.connect(self.answers.count)
        self.empty.acted.connect(self.one.add)
        self.list.chosen.connect(self._chosen)
        self.list.opened.connect(lambda card: editor.focus_field(None))
        model.arrived.connect(self._arrived)
        model.failed.connect(self._failed)
        for signal in (model.rowsInserted, model.rowsRemoved, model.rowsMoved, model.dataChanged, model.layoutChanged):
            signal.connect(self._rows_changed)
        model.arranged.connect(lambda move, outcome: self._arranged(outcome))
        model.refused.connect(lambda move, error: self._move_refused(error))
        verbs.trouble.connect(self.trouble)
        verbs.message.connect(self.message)
        verbs.announced.connect(self._announce)
        verbs.new_wanted.connect(lambda entity, values, spot: self.one.begin(dict(values), spot))
        self.drafts.changed.connect(self._draft_changed)
        self._colleagues.told.connect(lambda sentence: self.say(sentence, "info"))
        for keys, by in ((PREVIOUS, -1), (NEXT, 1)):
            self._shortcut(keys, partial(self.step, by))
        for keys in (QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")):
            self._shortcut(keys, editor.add_option)

    def _shortcut(self, keys: QKeySequence, act: Callable[[], object]) -> None:
        made = QShortcut(keys, self)
        made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        made.activated.connect(act)

    # What is there

    def ids(self) -> list[str]:
        """The ids of the questions, in their order."""
        return [card.id for card in self.model.cards]

    def _chosen(self, card: Card) -> None:
        """The person went to a card; where one is taken away, Qt goes to its neighbour by itself."""
        if not self._removing:
            self.go_to(card.id)

    def _remove(self, *, removing: bool) -> None:
        self._removing = removing

    def _arrived(self) -> None:
        ids = self.ids()
        if self._wanted is None and ids:
            self.show_question(ids[0])
        elif self._wanted is not None and self._wanted not in ids:
            self._go_near()
        self._rows_changed()

    def _rows_changed(self) -> None:
        """Rows came or went. What is shown stays; a new one that was saved is back as soon as it has been read."""
        cards, wanted = list(self.model.cards), self._wanted
        ids = [card.id for card in cards]
        if self._awaited in ids:
            awaited, self._awaited = self._awaited, None
            self.go_to(str(awaited))
        elif wanted in ids:
            if wanted not in [card.id for card in self._before]:
                self.list.choose(QuizQuestion, str(wanted))
        elif any(card.id == wanted and not card.new for card in self._before):
            self._go_near()
        if wanted is None or wanted in ids or not self._before:
            other = len(cards) != len(self._before)
            self._before = cards
            if other:
                self.splitter.share()
        self._tell()

    def _draft_changed(self, row_id: str) -> None:
        """What was begun here is given up, or all drafts are saved or given up: then the list says which."""
        wanted = self._wanted
        if wanted is None or wanted in self.ids() or self.drafts.get(wanted) is not None:
            return
        if row_id == wanted and not self.drafts.takes(wanted):
            self._go_near()
        elif row_id in ("", wanted):
            self.model.reload()

    def _go_near(self) -> None:
        """What was shown is gone: what stands in its place is shown, else the last."""
        ids = self.ids()
        at = next((at for at, card in enumerate(self._before) if card.id == self._wanted), 0)
        self._before = list(self.model.cards)
        if ids:
            self.go_to(ids[min(at, len(ids) - 1)])
        else:
            self._wanted = None
            self.editor.show_record(None)
            self.answers.show(None)
            self.question_shown.emit("")
        self.splitter.share()
        self._tell()

    def card(self) -> Card | None:
        """The card of the question that is shown."""
        return None if self._wanted is None else self.model.card(self.model.find(QuizQuestion, self._wanted))

    def _tell(self) -> None:
        card, saved = self.card(), [c for c in self.model.cards if not c.new]
        place = 0 if card is None else self.model.place(self.model.find(QuizQuestion, card.id))[0]
        new = card is not None and card.new
        kind, points = ("", 0) if card is None else self._content(card)
        self.header.tell(place, len(saved), kind, points, new=new)
        if self.model.loaded:
            self.counted.emit(len(saved))
        record, add = self.editor.record(), self.may_add()
        deletable = new or (record is not None and "delete" in record.may)
        self.header.offer(add=add, duplicate=add and card is not None, delete=deletable and card is not None)
        self.header.setVisible(self.model.loaded or card is not None)
        self.empty.tell(
            self.tr("This quiz has no questions yet."),
            self.tr("Add question") if add else "",
            self._advice() if add else "",
        )
        self._stack.setCurrentWidget(self.editor if card is not None or not self.model.loaded else self.empty)
        self.list.setVisible(len(self.model.cards) > 1)

    def _advice(self) -> str:
        if self.new:
            return self.tr("Add the first one: it is saved together with the quiz.")
        return self.tr("Add the first one, or paste many at once.")

    def tell_outcome(self, outcome: Outcome) -> None:
        """Say what was done."""
        self.message.emit(told(outcome.sentence))

    def _content(self, card: Card) -> tuple[str, int]:
        """Type and points of a question, as they are wanted, also before it has been read in full."""
        row = next((row for row in self.model.found.questions if row.id == card.id), None) if self.model.found else None
        draft = self.drafts.get(card.id)
        values: dict[str, str | None] = {} if row is None else {TYPE: row.type, POINTS: str(row.points)}
        values.update({key: draft.values[key] for key in (TYPE, POINTS) if draft is not None and key in draft.values})
        points = values.get(POINTS) or "0"
        return values.get(TYPE) or "", int(points) if points.lstrip("-").isdecimal() else 0

    def say(self, sentence: str, tone: Tone) -> Banner:
        """Say something above the question; what was offered with the last notice is offered no more."""
        self.banner.clear_actions()
        self.banner.tell(sentence, tone)
        self.banner.show()
        return self.banner

    # What can be done

    def step(self, by: int) -> None:
        """On to the next question, or back."""
        ids = self.ids()
        at = ids.index(self._wanted) + by if self._wanted in ids else 0
        if 0 <= at < len(ids):
            self.go_to(ids[at])

    # What comes of it

    def _arranged(self, outcome: Outcome) -> None:
        if isinstance(outcome.value, Arranged) and outcome.value.merged:
            self.say(told(outcome.sentence), "info")
        self.message.emit(told(outcome.sentence))

    def _move_refused(self, error: ExplainedError | None) -> None:
        if error is not None:
            self.say(said(error), "warn")

    def _failed(self, error: ExplainedError) -> None:
        banner = self.say(said(error), "bad")
        banner.add_action(self.tr("Try again"), self.model.reload)

    def _announce(self, sentence: str) -> None:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.list, sentence))

    # Files that are dropped

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Override QWidget::dragEnterEvent: a file with questions is taken."""
        if self.may_add() and dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Override QWidget::dropEvent: what is in the file is shown first, once the drag is over."""
        file = dropped_file(event.mimeData())
        if file is not None:
            event.acceptProposedAction()
            QTimer.singleShot(0, self, partial(self.many.load_file, file))

    # Within

    def showEvent(self, event: QShowEvent) -> None:
        """Override QWidget::showEvent: what was missed is read now."""
        super().showEvent(event)
        self.model.catch_up()

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_told"):
            self._space()

    def _space(self) -> None:
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._told.setContentsMargins(px(16), px(12), px(16), 0)
        self._told.setSpacing(px(8))
