"""How the scores of a quiz spread, as a picture: a bar for each ten percent, and where the pass mark is."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from lms_desktop.models.quiz_results import span
from lms_desktop.services.teaching.results import BARS, STEP, Figures
from lms_desktop.views import theme
from lms_desktop.views.kit.paint import Painted, px
from lms_desktop.views.theme import FontRole

HEIGHT = 190
"""In pixels at 100 %."""


class ScorePicture(Painted):
    """A histogram; a screen reader says its figures in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._found: Figures | None = None
        self.setAccessibleName(self.tr("Spread of the scores"))

    def tell(self, found: Figures) -> None:
        """Show these figures."""
        self._found = found
        self.setAccessibleDescription(self.words())
        self.update()

    def words(self) -> str:
        """The picture in words."""
        found = self._found
        if found is None or not found.scored:
            return self.tr("There is no score yet.")
        locale = self.locale()
        bars = [
            self.tr("{0}: {1}").format(span(found, bar), locale.toString(number))
            for bar, number in enumerate(found.bars)
            if number
        ]
        mark = self.tr("The pass mark is {0} %.").format(locale.toString(found.passing))
        return self.tr("Scores: {0}.").format("; ".join(bars)) + " " + mark

    def ask(self) -> QSize:
        """Override Painted.ask."""
        return QSize(px(280), px(HEIGHT))

    def draw(self, painter: QPainter) -> None:
        """Override Painted.draw: low scores stand where reading begins."""
        found = self._found
        if found is None:
            return
        painter.setFont(theme.current().font(FontRole.SMALL))
        metrics = QFontMetricsF(painter.font())
        line = metrics.height()
        area = QRectF(px(8), line + px(20), self.width() - 2 * px(8), self.height() - 2 * line - px(28))
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        width, gap = area.width() / BARS, px(4)
        most = max(*found.bars, 1)
        locale = self.locale()
        for bar, number in enumerate(found.bars):
            left = area.right() - (bar + 1) * width if rtl else area.left() + bar * width
            high = area.height() * number / most
            if number:
                passes = bar * STEP >= found.passing
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("accent" if passes else "edge"))
                rect = QRectF(left + gap / 2, area.bottom() - max(high, 2), width - gap, max(high, 2))
                painter.drawRoundedRect(rect, px(2), px(2))
                painter.setPen(theme.color("text"))
                above = QRectF(left - width, rect.top() - line - 1, 3 * width, line)
                painter.drawText(above, Qt.AlignmentFlag.AlignCenter, locale.toString(number))
            painter.setPen(theme.color("muted"))
            below = QRectF(left - width, area.bottom() + px(4), 3 * width, line)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, locale.toString(bar * STEP))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        self._draw_mark(painter, area, found.passing, rtl, line)

    def _draw_mark(self, painter: QPainter, area: QRectF, passing: int, rtl: bool, line: float) -> None:
        """A dashed line at the pass mark, and what it is above it."""
        share = min(max(passing, 0), 100) / 100
        x = area.right() - share * area.width() if rtl else area.left() + share * area.width()
        painter.setPen(QPen(theme.color("warn"), px(2), Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, line + px(4)), QPointF(x, area.bottom()))
        text = self.tr("Pass mark {0} %").format(self.locale().toString(passing))
        wide = QFontMetricsF(painter.font()).horizontalAdvance(text) + 1
        left = min(max(x - wide / 2, 0.0), self.width() - wide)
        painter.drawText(QRectF(left, 0, wide, line), Qt.AlignmentFlag.AlignCenter, text)
