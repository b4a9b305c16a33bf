"""The spread of a quiz's scores as a picture or a table, and how hard each of its questions was."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from lms_desktop.models.quiz_results import HardnessModel, SpreadModel
from lms_desktop.services.teaching.results import BARS, Figures, Hardness
from lms_desktop.views import theme
from lms_desktop.views.course.score_picture import HEIGHT, ScorePicture
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.labels import SectionLabel, label
from lms_desktop.views.kit.notices import EmptyState
from lms_desktop.views.kit.paint import px
from lms_desktop.views.record_table import RecordTable
from lms_desktop.views.shared_table import SharedTable

SHARES = (6, 32, 16, 13, 15, 18)
"""Of the width of the questions, in per cent."""

NARROW, NARROW_SHARES = 640, (10, 42, 26, 0, 0, 22)
"""Where it is no wider than so many pixels at 100 %, the columns that explain themselves least are left out."""

LEAST_ROWS = 4
"""Questions that are seen at least: where there is no room for them, all of it scrolls."""


class ResultsOverview(QWidget):
    """Both, one below the other.

    Attributes:
        picture: the spread; `spread` the same as a table, `as_table` the button that turns it over; `none` says in
            their place that there are no scores.
        questions: how hard each was, the share of right answers as a bar.
        again: the button that works the questions out once more; hidden while they are up to date.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = ScorePicture()
        self.spread_model, self.questions_model = SpreadModel(self), HardnessModel(self)
        self.spread, self.questions = SharedTable((40, 30, 30)), SharedTable(SHARES)
        self.spread.setModel(self.spread_model)
        self.spread.setAccessibleName(self.tr("Spread of the scores"))
        self.questions.setModel(self.questions_model)
        self.questions.setAccessibleName(self.tr("How hard the questions are"))
        for table in (self.spread, self.questions):
            table.setProperty("kind", "boxed")
            table.setSelectionMode(RecordTable.SelectionMode.SingleSelection)
        self._turn = QStackedWidget()
        self._turn.addWidget(self.picture)
        self._turn.addWidget(self.spread)
        self.none = label("", "muted", wrap=True)
        self.none.hide()
        self._turn.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.as_table = button(self.tr("As a table"), "link", self._turn_over)
        self.again = button(self.tr("Work out again"), "link")
        self.again.hide()
        self._state = label("", "small")
        self._caption = label(self.tr("Scores are percentages of points."), "small")
        self._all = QWidget()
        self._column = QVBoxLayout(self._all)
        self._column.addLayout(_row(SectionLabel(self.tr("Scores")), self._caption, self.as_table))
        self._column.addWidget(self._turn)
        self._column.addWidget(self.none)
        self._column.addLayout(_row(SectionLabel(self.tr("Questions")), self._state, self.again))
        self._column.addWidget(self.questions, 1)
        self.empty = EmptyState("attempts", "")
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._all.setProperty("kind", "scrolled")
        self._scroll.setWidget(self._all)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._scroll)
        self._stack.addWidget(self.empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        self._space()

    def forget(self) -> None:
        """Show nothing of the quiz that was shown."""
        self.questions_model.fill([])
        self.spread_model.fill([])
        self._state.setText("")
        self.again.hide()

    def show_figures(self, found: Figures) -> None:
        """Show the spread."""
        self.picture.tell(found)
        self.spread_model.show(found)
        self.none.setText("" if found.scored else self.picture.words())
        self.none.setVisible(not found.scored)
        for part in (self._turn, self._caption, self.as_table):
            part.setVisible(bool(found.scored))
        if not found.attempts:
            self.empty.tell(
                self.tr("Nobody has taken this quiz yet."),
                detail=self.tr("Attempts appear here as students begin them on the web."),
            )
        self._stack.setCurrentWidget(self._scroll if found.attempts else self.empty)

    def show_hardness(self, found: Hardness) -> None:
        """Show how hard the questions are."""
        self.questions_model.show(found)
        self.again.hide()
        self._state.setText(self.tr("Worked out from %n attempt(s) that ended", "", found.marked))

    def tell_progress(self, seen: int, total: int) -> None:
        """So many of all attempts have been looked at."""
        locale = self.locale()
        text = self.tr("{0} of {1} attempts looked at…").format(locale.toString(seen), locale.toString(total))
        self._state.setText(text)

    def offer_again(self) -> None:
        """The attempts or the questions have changed since, and working it out takes long."""
        self._state.setText(self.tr("Something has changed since"))
        self.again.show()

    def _turn_over(self) -> None:
        table = self._turn.currentWidget() is self.picture
        self._turn.setCurrentWidget(self.spread if table else self.picture)
        self.as_table.setText(self.tr("As a picture") if table else self.tr("As a table"))
        self._space()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent: the spread takes no more than its share of the height."""
        super().resizeEvent(event)
        self._space()

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def _space(self) -> None:
        self._column.setContentsMargins(px(16), px(4), px(16), px(16))
        self._column.setSpacing(px(8))
        measures = theme.current().measures
        table = measures.header + BARS * measures.row + px(4)
        shown = self._turn.currentWidget() is self.spread
        self._turn.setFixedHeight(min(table, max(self.height() // 2, px(HEIGHT))) if shown else px(HEIGHT))
        self.questions.setMinimumHeight(measures.header + LEAST_ROWS * measures.row + px(4))
        self.questions.share(SHARES if self.width() > px(NARROW) else NARROW_SHARES)


def _row(title: QWidget, words: QWidget, act: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(px(8))
    row.addWidget(title)
    row.addWidget(words)
    row.addStretch(1)
    row.addWidget(act, 0, Qt.AlignmentFlag.AlignVCenter)
    return row
