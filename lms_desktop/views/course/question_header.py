"""The line above a question: which it is, of what type, worth how much, and what can be done with it."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from lms_desktop.admin.quizzes import QUESTION_TYPES
from lms_desktop.models.wording import amid
from lms_desktop.views import icons
from lms_desktop.views.kit.buttons import button, tool_button
from lms_desktop.views.kit.flow import FlowLayout
from lms_desktop.views.kit.labels import ElidedLabel, Tag, key_text
from lms_desktop.views.kit.paint import px

PREVIOUS, NEXT = QKeySequence("Ctrl+PgUp"), QKeySequence("Ctrl+PgDown")


class QuestionHeader(QWidget):
    """Says where the person is, and offers the way on.

    Attributes:
        title: “Question 3 of 8”; `type` and `points` are beside it.
        may_add: whether questions may be added here.

    Signals:
        stepped(int): to the question before (-1) or behind (1).
        add, duplicate, paste, delete, load, store: what was asked for: a new question, a copy of this one, many at
            once, to take this one away, questions from a file, questions to a file.
    """

    stepped = Signal(int)
    add = Signal()
    duplicate = Signal()
    paste = Signal()
    delete = Signal()
    load = Signal()
    store = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._where = QWidget(self)
        self.title, self.type = ElidedLabel("", "heading"), Tag("", "neutral")
        self.points = ElidedLabel("", "muted")
        self.previous = self._step("chevron-up", self.tr("Previous question"), PREVIOUS, -1)
        self.next = self._step("chevron-down", self.tr("Next question"), NEXT, 1)
        self._line = QHBoxLayout(self._where)
        self._line.setContentsMargins(0, 0, 0, 0)
        for part in (self.title, self.type, self.points):
            self._line.addWidget(part)
        self._line.addWidget(self.previous)
        self._line.addWidget(self.next)
        self.duplicate_button = self._button(self.tr("Duplicate"), self.duplicate.emit)
        self.paste_button = self._button(self.tr("Paste many…"), self.paste.emit)
        self.add_button = self._button(self.tr("Add question"), self.add.emit, "plus")
        self.more_button = tool_button("more", self.tr("More actions"), self._open_menu)
        self._flow = FlowLayout(self)
        self._flow.trailing = (self.duplicate_button, self.paste_button, self.add_button, self.more_button)
        self._flow.addWidget(self._where)
        for act in self._flow.trailing:
            self._flow.addWidget(act)
        self.may_add = self._may_delete = False
        self._space()

    def tell(self, place: int, count: int, kind: str, points: int, *, new: bool = False) -> None:
        """Say which question is shown, of how many; 0 for none."""
        locale = self.locale()
        one = self.tr("Question {0} of {1}").format(locale.toString(place), locale.toString(count))
        nothing = self.tr("%n question(s)", "", count)
        self.title.setText((self.tr("New question") if new else one) if place or new else nothing)
        shown = bool(place) or new
        word = QCoreApplication.translate("", QUESTION_TYPES.option(kind).label) if kind else ""
        self.type.tell(amid(QUESTION_TYPES.option(kind).label) if word else "", "neutral")
        self.type.setVisible(shown and bool(word))
        self.points.setText(self.tr("%n point(s)", "", points))
        self.points.setVisible(shown)
        self.previous.setEnabled(place > 1 or (new and count > 0))
        self.next.setEnabled(0 < place < count)
        for step in (self.previous, self.next):
            step.setVisible(count > 1)

    def offer(self, *, add: bool, duplicate: bool, delete: bool) -> None:
        """Offer what this person may do here."""
        self.may_add, self._may_delete = add, delete
        self.add_button.setVisible(add)
        self.paste_button.setVisible(add)
        self.duplicate_button.setVisible(duplicate)

    # Within

    def _step(self, icon: str, name: str, keys: QKeySequence, by: int) -> QToolButton:
        made = tool_button(icon, name, lambda: self.stepped.emit(by), keys=key_text(keys))
        made.setParent(self._where)
        return made

    def _button(self, text: str, act: Callable[[], object], icon: str = "") -> QPushButton:
        return button(text, "", act, icon=icon, parent=self)

    def _open_menu(self) -> None:
        menu = QMenu(self)
        if self.may_add:
            menu.addAction(icons.icon("import", "text"), self.tr("Import from a file…")).triggered.connect(
                lambda: self.load.emit()
            )
        menu.addAction(icons.icon("export", "text"), self.tr("Export to a file…")).triggered.connect(
            lambda: self.store.emit()
        )
        if self._may_delete:
            menu.addSeparator()
            menu.addAction(icons.icon("trash", "text"), self.tr("Delete question…")).triggered.connect(
                lambda: self.delete.emit()
            )
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.more_button.mapToGlobal(QPoint(0, self.more_button.height() + 4)))

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def _space(self) -> None:
        self._line.setSpacing(px(8))
