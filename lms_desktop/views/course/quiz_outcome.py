"""What came of taking a quiz in the preview: the score, whether that passes, and what was right."""

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from lms_desktop.services.teaching.grading import Score
from lms_desktop.services.teaching.marking import texts_of
from lms_desktop.services.teaching.paper import Asked, Paper
from lms_desktop.services.teaching.results import Answered
from lms_desktop.views.course.answer_card import AnswerCard
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.notices import Banner
from lms_desktop.views.kit.paint import px


class QuizOutcome(QWidget):
    """The result; a screen reader says the score and whether it passes.

    Attributes:
        verdict: the banner with the score.
        cards: what was answered and what is right, in the order in which it was asked.
    """

    def __init__(
        self,
        quiz: Paper,
        score: Score,
        given: Mapping[str, object],
        asked: Sequence[Asked],
        *,
        late: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """`late`: the time was up before it was finished."""
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(12))
        if late:
            column.addWidget(Banner(self.tr("The time is up: what was answered by then counts."), "warn"))
        self.verdict = Banner("", "info")
        self._tell(quiz, score)
        column.addWidget(self.verdict)
        column.addWidget(label(self.tr("Nothing of this preview is kept."), "small", wrap=True))
        self.cards = [
            AnswerCard(Answered(place, each.reading, texts_of(given.get(each.id)), score.verdicts[each.id]))
            for place, each in enumerate(asked, 1)
        ]
        for card in self.cards:
            column.addWidget(card)
        self.setAccessibleName(self.verdict.text)

    def _tell(self, quiz: Paper, score: Score) -> None:
        locale = self.locale()
        open_ = sum(verdict.right is None for verdict in score.verdicts.values())
        waits = (
            self.tr("%n question(s) are not marked by themselves and do not count here.", "", open_) if open_ else ""
        )
        if score.percent is None:
            text = self.tr("There is no score: nothing in this quiz is marked by itself.")
            self.verdict.tell(text, "info")
            return
        percent = self.tr("{0} %").format(locale.toString(score.percent))
        points, of = locale.toString(score.points), locale.toString(score.of)
        mark = self.tr("{0} %").format(locale.toString(quiz.passing))
        passed = self.tr("Passed") if score.passed else self.tr("Not passed")
        text = self.tr("{0}: {1} of the points, {2} of {3}. The pass mark is {4}.")
        self.verdict.tell(
            " ".join(filter(None, (text.format(passed, percent, points, of, mark), waits))),
            "ok" if score.passed else "bad",
            strong=passed,
        )
