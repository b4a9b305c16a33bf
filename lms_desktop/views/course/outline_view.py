"""A course's outline: lessons, quizzes and questions, arranged like cards on a table."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from lms_desktop.database.unit_of_work import Outcome
from lms_desktop.entities import QuizQuestion
from lms_desktop.errors import ExplainedError
from lms_desktop.models.cards import Move
from lms_desktop.models.outline import AllDrafts, OutlineModel
from lms_desktop.models.wording import said, told
from lms_desktop.services.teaching.outline import CourseOutline
from lms_desktop.views.course.card_actions import CardActions
from lms_desktop.views.course.card_list import CardList
from lms_desktop.views.course.colleagues import Colleagues
from lms_desktop.views.course.outline_search import OutlineSearch
from lms_desktop.views.kit.labels import KeyHint, label
from lms_desktop.views.kit.notices import Banner, BusyLine, EmptyState
from lms_desktop.views.kit.paint import px
from lms_desktop.views.menus import menu_button
from lms_desktop.views.session import Session

NOTICE_MS = 60_000
"""So long what a colleague did is told."""
HINT_FROM = 420
"""Narrower than this, in pixels at 100 %, there is no room for the hint at the keys."""


class OutlineView(QWidget):
    """The outline with its menu, and below it what colleagues do meanwhile.

    Attributes:
        model, list, verbs: what it shows, the list that shows it, and what can be done with it.
        search: the bar that is opened to look for something.
        announced: what a screen reader was given to say last.
        banner: what colleagues did, or why a move was put back.

    Signals:
        chosen(object, str): the person went to the row of this entity and id; a row that is not saved yet has the id of
            its draft.
        opened(object, str): Enter or a double click on it: its editor is to have the keyboard.
        found(object, str): the search led to this row.
        arrived(): the outline was read, the first time or again.
        trouble(object): something could not be done.
        message(str): what was done.
        new_wanted(object, object, object): a new row of this entity is to be begun with these first values (wire texts
            by key), behind the row that a Behind names; None: at the end.
    """

    chosen = Signal(object, str)
    opened = Signal(object, str)
    found = Signal(object, str)
    arrived = Signal()
    trouble = Signal(object)
    message = Signal(str)
    new_wanted = Signal(object, object, object)

    def __init__(self, session: Session, drafts: AllDrafts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._wanted: tuple[type, str] | None = None
        self._beside: tuple[tuple[type, str], ...] = ()
        self._first = True
        self.announced = ""
        self.model = OutlineModel(session.desk, session.catalog, drafts, self)
        self.list = CardList(self.model, self)
        self.list.was_saved = self.model.maker.was_saved
        self.model.seen = self.isVisible  # while it is empty, something else stands in the list's place
        self.verbs = CardActions(session, drafts, self.list)
        self.search = OutlineSearch(self.model, drafts, self)
        self._colleagues = Colleagues(session.desk, self.model, self)
        self._build()
        self._connect()

    # What it shows

    @property
    def outline(self) -> CourseOutline | None:
        """What was read of the course; None before that, and where there is nothing to be seen."""
        return self.model.outline

    def show_course(self, course_id: str) -> None:
        """Show a course, "" for none."""
        if course_id == self.model.home:
            return
        self._wanted, self._first = None, True
        self.search.forget()
        self._below.hide()
        self._tell_empty()
        if course_id:
            self.busy.start(self.tr("Reading the outline…"))
        self.model.show(course_id)

    def course_id(self) -> str:
        """The course shown."""
        return self.model.home

    def choose(self, entity: type, row_id: str) -> None:
        """Go to a row, as soon as it is there; `chosen` is not told for it."""
        self._wanted = (entity, row_id)
        if self._wanted not in self._beside:
            self._beside = ()
        self.model.look_for_anew()
        self._look_for_wanted()

    def select_beside(self, keys: Sequence[tuple[type, str]]) -> None:
        """Have these rows selected together as soon as they are there, as long as one of them is the current one."""
        self._beside = tuple(keys)
        self._select_beside()

    def current(self) -> tuple[type, str] | None:
        """Entity and id of the row that has the keyboard."""
        card = self.list.current_card()
        return None if card is None or card.heading else card.key

    def lacking(self) -> Sequence[str]:
        """What is not ready, as sentences, each once."""
        return tuple(dict.fromkeys(line for lines in self.model.maker.lacking.values() for line in lines))

    def refresh(self) -> None:
        """Read again, keeping the row."""
        self.model.look_again()

    def delete(self) -> None:
        """Ask about deleting what is chosen."""
        self.verbs.delete()

    def take_keyboard(self) -> None:
        """Put the keyboard into the list."""
        self.list.setFocus()

    # Within

    def _build(self) -> None:
        self.busy = BusyLine()
        self._title = label(self.tr("Outline"), "strong")
        self._hint = QWidget()
        hint = QHBoxLayout(self._hint)
        hint.setContentsMargins(0, 0, 0, 0)
        hint.addWidget(label(self.tr("Drag, or"), "muted"))
        for keys in ("Alt+Up", "Alt+Down"):
            hint.addWidget(KeyHint(keys))
        self.more = menu_button(self.tr("More"), "quiet", self.verbs.fill)
        self.more.setAccessibleDescription(self.tr("What can be done with the rows that are chosen"))
        bar = QWidget()
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bar.setProperty("kind", "bar")
        self._head = QHBoxLayout(bar)
        self._head.addWidget(self._title)
        self._head.addStretch(1)
        self._head.addWidget(self._hint)
        self._head.addWidget(self.more)
        self.list.setAccessibleName(self.tr("Outline of the course"))
        self.list.setAccessibleDescription(
            self.tr("Alt with up or down moves what is chosen, left and right fold, the menu key has more.")
        )
        self.empty = EmptyState("lessons", "")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.empty)
        self.banner = Banner("", "info", closable=True)
        self._below = QWidget()
        self._below.hide()
        self._foot = QVBoxLayout(self._below)
        self._foot.addWidget(self.banner)
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(0)
        self._whole.addWidget(self.busy)
        self._whole.addWidget(bar)
        self._whole.addWidget(self.search)
        self._whole.addWidget(self._stack, 1)
        self._whole.addWidget(self._below)
        self._gone = QTimer(self, singleShot=True, interval=NOTICE_MS)
        self._gone.timeout.connect(self._below.hide)
        self.banner.closed.connect(self._below.hide)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("kind", "panel")
        self._space()
        self._tell_empty()

    def _connect(self) -> None:
        self.list.chosen.connect(lambda card: self.chosen.emit(card.entity, card.id))
        self.list.chosen.connect(self._forget_beside)
        self.list.clicked.connect(self._forget_beside)
        self.list.opened.connect(lambda card: self.opened.emit(card.entity, card.id))
        self.model.arrived.connect(self._arrived)
        self.model.lacks_known.connect(self.arrived)
        self.model.failed.connect(self._failed)
        self.model.arranged.connect(self._arranged)
        self.model.refused.connect(self._refused)
        for signal in (self.model.rowsInserted, self.model.rowsRemoved, self.model.modelReset):
            signal.connect(self._rows_changed)
        self.verbs.trouble.connect(self.trouble)
        self.verbs.message.connect(self.message)
        self.verbs.announced.connect(self.announce)
        self.verbs.new_wanted.connect(self.new_wanted)
        self._colleagues.told.connect(lambda sentence: self._tell(sentence, "info"))
        self.empty.acted.connect(self.verbs.add_lesson)
        self.search.went.connect(self._found)
        self.search.left.connect(self.take_keyboard)
        self.search.trouble.connect(self.trouble)

    def announce(self, sentence: str) -> None:
        """Have a screen reader say something."""
        self.announced = sentence
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.list, sentence))

    def _found(self, entity: type, row_id: str) -> None:
        self.choose(entity, row_id)
        self.found.emit(entity, row_id)

    def _arrived(self) -> None:
        self.busy.stop()
        self._tell_empty()
        self._hint.setVisible(self.model.editable and self.width() >= px(HINT_FROM))
        self._look_for_wanted()
        if self._first and self.model.loaded:
            self._first = False
            if self.list.current_card() is None and self.model.rowCount():
                first = self.model.cards[0]
                if not first.heading:
                    self.list.choose(first.entity, first.id)
        self.arrived.emit()

    def _rows_changed(self) -> None:
        self._tell_empty()
        self._look_for_wanted()
        self._select_beside()

    def _forget_beside(self) -> None:
        """The person selects for themselves."""
        self._beside = ()

    def _select_beside(self) -> None:
        if self.current() in self._beside:
            self.list.select_too(self._beside)

    def _look_for_wanted(self) -> None:
        wanted = self._wanted
        if wanted is not None and self.list.choose(*wanted):
            self._wanted = None
            self._select_beside()
        elif wanted is not None and wanted[0] is QuizQuestion:
            self.model.unfold_for(wanted[1])

    def _tell_empty(self) -> None:
        model = self.model
        if not model.home:
            self.empty.tell(self.tr("No course is open."), "", self.tr("Choose one on the page of courses."))
        elif model.loaded and model.editable:
            self.empty.tell(
                self.tr("This course has no lessons yet."),
                self.tr("Add the first lesson"),
                self.tr("A course is made of lessons. Quizzes hang on a lesson, or on the course itself."),
            )
        elif model.loaded:
            self.empty.tell(self.tr("This course has no lessons yet."))
        elif model.missing:
            self.empty.tell(
                self.tr("This course is not to be seen any more."),
                "",
                self.tr("It was deleted, or it is another instructor's by now."),
            )
        else:
            self.empty.tell("")
        self._stack.setCurrentWidget(self.list if model.rowCount() else self.empty)

    def _failed(self, error: ExplainedError) -> None:
        self.busy.stop()
        self.banner.clear_actions()
        self.banner.add_action(self.tr("Try again"), self._try_again)
        self._tell(said(error), "bad", keep=True)

    def _try_again(self) -> None:
        self._below.hide()
        self.banner.clear_actions()
        self.busy.start(self.tr("Reading the outline…"))
        self.model.reload()

    def _arranged(self, move: Move, outcome: Outcome) -> None:
        sentence = told(outcome.sentence)
        self.message.emit(sentence)
        if getattr(outcome.value, "merged", False):
            self._tell(sentence, "info")
        elif self.banner.isVisible() and self.banner.tone == "bad":
            self._below.hide()

    def _refused(self, move: Move, error: ExplainedError | None) -> None:
        if error is not None:
            self._tell(said(error), "bad", keep=True)

    def _tell(self, sentence: str, tone: str, *, keep: bool = False) -> None:
        if not keep:
            self.banner.clear_actions()
        self.banner.tell(sentence, "bad" if tone == "bad" else "info")
        self.banner.show()
        self._below.show()
        if keep:
            self._gone.stop()
        else:
            self._gone.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Override QWidget::showEvent: what was missed is read now."""
        super().showEvent(event)
        self.model.catch_up()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent: the hint gives way."""
        super().resizeEvent(event)
        self._hint.setVisible(self.model.editable and self.width() >= px(HINT_FROM))

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def _space(self) -> None:
        self._head.setContentsMargins(px(16), px(8), px(12), px(8))
        self._head.setSpacing(px(8))
        hint = self._hint.layout()
        if hint is not None:
            hint.setSpacing(px(6))
        self._foot.setContentsMargins(px(12), px(12), px(12), px(12))
