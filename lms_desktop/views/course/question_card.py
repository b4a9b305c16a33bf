"""A question to be answered, as a student meets it: its text, and what it is answered with."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from lms_desktop.models.wording import told
from lms_desktop.services.teaching.paper import Asked
from lms_desktop.services.teaching.questions import ESSAY, MULTIPLE_CHOICE, SHORT_ANSWER, TRUE_FALSE
from lms_desktop.views.course.question_text import QuestionText
from lms_desktop.views.kit.labels import KeyHint, label
from lms_desktop.views.kit.notices import Banner
from lms_desktop.views.kit.paint import px

LONGEST_NAME = 200
"""Characters of a question that a screen reader says with each of its options."""

DIGITS = 9
"""Options that have a digit for a key."""


class OptionLine(QWidget):
    """An option to be ticked: its digit, its box, its text on as many lines as it needs."""

    def __init__(self, place: int, text: str, box: QAbstractButton, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box, self._words = box, label(text, wrap=True)
        box.setAccessibleName(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(10))
        row.addWidget(box, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)
        if place <= DIGITS:
            row.addWidget(KeyHint(str(place)), 0, Qt.AlignmentFlag.AlignTop)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mousePressEvent: the text is as good as the box."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.box.setFocus(Qt.FocusReason.MouseFocusReason)
            self.box.click()
        else:
            super().mousePressEvent(event)


class QuestionCard(QFrame):
    """One question.

    Attributes:
        asked: the question; `place` of `whole`, from 1, as it is shown.
        boxes: the boxes of its options, in their order.
        line, text: where a short answer, an essay is written; None for other types.

    Signals:
        changed(): another answer is given.
    """

    changed = Signal()

    def __init__(self, asked: Asked, place: int, whole: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.asked, self.place = asked, place
        self.boxes: list[QAbstractButton] = []
        self.line: QLineEdit | None = None
        self.text: QPlainTextEdit | None = None
        reading = asked.reading
        self._texts = tuple(option.text for option in reading.options)
        self._group = QButtonGroup(self)
        self._column = QVBoxLayout(self)
        points = self.tr("%n point(s)", "", reading.points)
        number = self.tr("Question {0} of {1}").format(place, whole)
        head = QHBoxLayout()
        head.addWidget(label(number, "small"))
        head.addStretch(1)
        head.addWidget(label(points, "small"))
        question = QuestionText(reading.text)
        self._name = f"{number}: {question.plain()[:LONGEST_NAME]}"
        self.setAccessibleName(self._name)
        self._column.addLayout(head)
        self._column.addWidget(question)
        self._add_answers()
        if self.first() is self:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._space()

    def answer(self) -> object:
        """The answer in the form in which attempts keep it; None where nothing was answered."""
        reading = self.asked.reading
        if self.line is not None:
            return self.line.text() or None
        if self.text is not None:
            return self.text.toPlainText() or None
        ticked = [i for i, box in enumerate(self.boxes) if box.isChecked()]
        if not ticked:
            return None
        if reading.type == TRUE_FALSE:
            return "true" if ticked == [0] else "false"
        texts = [self._texts[i] for i in ticked]
        return texts if self._several() else texts[0]

    def first(self) -> QWidget:
        """What has the keyboard first; the card itself where nothing can be answered."""
        ticked = next((box for box in self.boxes if box.isChecked()), None)
        return self.line or self.text or ticked or next(iter(self.boxes), self)

    def holds(self, widget: QWidget | None) -> bool:
        """Whether this is the card, or in it."""
        return widget is not None and (widget is self or self.isAncestorOf(widget))

    # Building

    def _several(self) -> bool:
        reading = self.asked.reading
        return len(reading.right or reading.accepted) > 1

    def _add_answers(self) -> None:
        reading = self.asked.reading
        if reading.odd:
            self._column.addWidget(Banner(told(reading.odd), "warn"))
        elif reading.type == MULTIPLE_CHOICE:
            self._add_boxes(self._texts, several=self._several())
        elif reading.type == TRUE_FALSE:
            self._add_boxes((self.tr("True"), self.tr("False")), several=False)
        elif reading.type == SHORT_ANSWER:
            self.line = QLineEdit()
            self.line.setAccessibleName(self.tr("Answer to {0}").format(self._name))
            self.line.textChanged.connect(self.changed)
            self._column.addWidget(self.line)
        elif reading.type == ESSAY:
            self.text = QPlainTextEdit()
            self.text.setTabChangesFocus(True)
            self.text.setAccessibleName(self.tr("Answer to {0}").format(self._name))
            self.text.textChanged.connect(self.changed)
            self._column.addWidget(self.text)
            self._column.addWidget(label(self.tr("An essay is not marked by itself."), "small", wrap=True))

    def _add_boxes(self, texts: Sequence[str], *, several: bool) -> None:
        if not texts:
            self._column.addWidget(Banner(self.tr("This question has no options to choose from."), "warn"))
        if several:
            self._column.addWidget(label(self.tr("Tick all that are right."), "small"))
        self._group.setExclusive(not several)
        for place, text in enumerate(texts, 1):
            box = QCheckBox(self) if several else QRadioButton(self)
            box.setAccessibleDescription(self.tr("{0}. Option {1} of {2}").format(self._name, place, len(texts)))
            box.toggled.connect(self.changed)
            self._group.addButton(box)
            self.boxes.append(box)
            self._column.addWidget(OptionLine(place, text, box))

    def _space(self) -> None:
        margin = px(16)
        self._column.setContentsMargins(margin, px(12), margin, margin)
        self._column.setSpacing(px(10))
        if self.text is not None:
            self.text.setFixedHeight(px(120))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget::keyPressEvent: a digit ticks its option."""
        place = event.key() - Qt.Key.Key_0
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or not 1 <= place <= min(len(self.boxes), DIGITS):
            super().keyPressEvent(event)
            return
        box = self.boxes[place - 1]
        box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        box.click()

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()


def follow(first: QWidget, cards: Sequence[QuestionCard]) -> None:
    """Have Tab go through the cards in their order."""
    before = first
    for card in cards:
        for widget in (*card.boxes, card.line, card.text, card if card.first() is card else None):
            if widget is not None:
                QWidget.setTabOrder(before, widget)
                before = widget
