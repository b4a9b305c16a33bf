"""A question with the answer that was given beside the right one, and what that is worth."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from lms_desktop.services.teaching.marking import said
from lms_desktop.services.teaching.questions import ESSAY, SHORT_ANSWER, TRUE_FALSE
from lms_desktop.services.teaching.results import Answered
from lms_desktop.views.course.question_text import QuestionText
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.notices import Picture
from lms_desktop.views.kit.paint import Tone, px


class AnswerCard(QFrame):
    """One question of an attempt. A screen reader says it as one sentence.

    Attributes:
        answered: what is shown.
        words: what is said of the answer: right, wrong, or not marked by itself.
    """

    def __init__(self, answered: Answered, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.answered = answered
        self.words, tone, icon = self._verdict()
        self._column = QVBoxLayout(self)
        self._head = QHBoxLayout()
        number = self.tr("Question {0}").format(answered.place)
        self._head.addWidget(label(number, "small"))
        self._head.addStretch(1)
        self._head.addWidget(Picture(icon, tone))
        self._head.addWidget(label(self.words, tone if tone in ("ok", "bad") else "muted"))
        question = QuestionText(answered.reading.text)
        self._column.addLayout(self._head)
        self._column.addWidget(question)
        self._grid = QGridLayout()
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        given, right = self._given(), self._right()
        for column, (title, text) in enumerate(((self.tr("Answer given"), given), (self._title_of_right(), right))):
            self._grid.addWidget(label(title, "small"), 0, column)
            words = label(text, "" if column or answered.given else "muted", wrap=True)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.setAccessibleName(f"{title}: {text}")
            self._grid.addWidget(words, 1, column, Qt.AlignmentFlag.AlignTop)
        self._column.addLayout(self._grid)
        self.setAccessibleName(
            self.tr("{0}: {1} {2}. Given: {3}. Right: {4}").format(number, question.plain(), self.words, given, right)
        )
        self._space()

    def _verdict(self) -> tuple[str, Tone, str]:
        verdict = self.answered.verdict
        if verdict.right is None:
            return self.tr("Not marked by itself, %n point(s)", "", verdict.of), "neutral", "help"
        worth = self.tr("{0} of %n point(s)", "", verdict.of).format(self.locale().toString(verdict.points))
        if verdict.right:
            return self.tr("Right, {0}").format(worth), "ok", "check"
        if not self.answered.given:
            return self.tr("Not answered, {0}").format(worth), "bad", "close"
        return self.tr("Wrong, {0}").format(worth), "bad", "close"

    def _given(self) -> str:
        return self._listed(self.answered.given) if self.answered.given else self.tr("No answer")

    def _right(self) -> str:
        reading = self.answered.reading
        if self.answered.right:
            return self._listed(self.answered.right)
        return self.tr("A person decides") if reading.type == ESSAY or reading.odd else self.tr("None is set")

    def _title_of_right(self) -> str:
        several = len(self.answered.right) > 1
        if self.answered.reading.type == SHORT_ANSWER and several:
            return self.tr("Any of these is right")
        return self.tr("Right answers") if several else self.tr("Right answer")

    def _listed(self, texts: Sequence[str]) -> str:
        if self.answered.reading.type == TRUE_FALSE:
            words = {"true": self.tr("True"), "false": self.tr("False")}
            texts = [words.get(text.casefold(), text) for text in texts]
        return "\n".join(texts) if sum(map(len, texts)) > 60 else said(texts)

    def _space(self) -> None:
        margin = px(14)
        self._column.setContentsMargins(margin, px(10), margin, margin)
        self._column.setSpacing(px(8))
        self._head.setSpacing(px(6))
        self._grid.setHorizontalSpacing(px(16))
        self._grid.setVerticalSpacing(px(2))

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()
