"""How a list of questions and the question that is chosen share what room there is."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QWidget

from lms_desktop.views import theme
from lms_desktop.views.kit.paint import px

BESIDE_FROM = 860
"""Where it is so wide, in pixels at 100 %, the list stands beside the question, else above it."""
WIDTH = 300
"""Of the list beside the question, in pixels at 100 %."""
ROWS = 5
"""Rows of the list that are seen at first where it stands above."""


class QuestionSplit(QSplitter):
    """The list first, then the question; above it where there is no room beside it."""

    def __init__(self, rows: Callable[[], int], parent: QWidget | None = None) -> None:
        """`rows`: how many rows the list has."""
        super().__init__(Qt.Orientation.Vertical, parent)
        self._rows = rows
        self.setHandleWidth(1)

    def share(self) -> None:
        """Give the list as much as its rows take, no more than is left by the question."""
        first = self.widget(0)
        if first is None or self.count() < 2:
            return
        if self.orientation() == Qt.Orientation.Horizontal:
            first.setMaximumHeight(2**24 - 1)
            self.setSizes([px(WIDTH), max(self.width() - px(WIDTH), 1)])
            return
        row, count = theme.current().measures.row, self._rows()
        first.setMaximumHeight(max(count, 1) * row)
        top = min(count, ROWS, max(2, self.height() // (3 * row))) * row
        self.setSizes([top, max(self.height() - top, 1)])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QSplitter::resizeEvent: beside each other where there is room for both."""
        super().resizeEvent(event)
        beside = self.width() >= px(BESIDE_FROM)
        wanted = Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
        if wanted != self.orientation():
            self.setOrientation(wanted)
            self.share()

    def showEvent(self, event: QShowEvent) -> None:
        """Override QWidget::showEvent."""
        super().showEvent(event)
        self.share()

    def changeEvent(self, event: QEvent) -> None:
        """Override QSplitter::changeEvent: rows grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.share()
