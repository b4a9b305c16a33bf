"""How students answered a question: a bar for each answer, with its share in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from lms_desktop.models.render import half_up
from lms_desktop.models.wording import plain_tip
from lms_desktop.views import theme
from lms_desktop.views.course.found_questions import one_line
from lms_desktop.views.kit.paint import Painted, leading, px
from lms_desktop.views.theme import FontRole

MOST = 12
"""Answers that have a bar of their own; the rest share the last one."""
BAR = 0.55
"""The share of the width that the longest bar can take."""


@dataclass(frozen=True)
class Share:
    """An answer, how many gave it, and whether it is right (None: nobody can say)."""

    text: str
    count: int
    right: bool | None


class AnswerBars(Painted):
    """Bars one below the other, the right answers in the colour of what is right, and marked by a tick."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.shares: tuple[Share, ...] = ()
        self._of = 0

    def show_shares(self, shares: Sequence[Share], of: int) -> None:
        """Show these, each as a share of `of` answers."""
        first, rest = list(shares[:MOST]), shares[MOST:]
        if rest:
            first.append(Share(self.tr("%n other answer(s)", "", len(rest)), sum(s.count for s in rest), None))
        self.shares, self._of = tuple(first), of
        self.setAccessibleName(self.tr("How students answered"))
        self.setAccessibleDescription("; ".join(self.words(share) for share in self.shares))
        self.setToolTip(plain_tip("\n".join(self.words(share) for share in self.shares)))
        self.updateGeometry()
        self.update()

    def words(self, share: Share) -> str:
        """An answer with its share: “0.75 · 71 %”."""
        percent = self.locale().toString(half_up(100 * share.count / self._of)) if self._of else "0"
        mark = "✓ " if share.right else ""
        text = one_line(share.text) or self.tr("no answer")
        return f"{mark}{text} · {percent} %"

    def ask(self) -> QSize:
        """Override Painted.ask."""
        return QSize(px(200), len(self.shares) * self._row())

    def draw(self, painter: QPainter) -> None:
        """Override Painted.draw."""
        font = theme.current().font(FontRole.SMALL)
        metrics, row, rtl = QFontMetrics(font), self._row(), self.isRightToLeft()
        painter.setFont(font)
        start = (Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignAbsolute
        for at, share in enumerate(self.shares):
            line = QRectF(0, at * row, self.width(), row)
            track = leading(line, self.width() * BAR, rtl)
            groove = QRectF(track.x(), track.center().y() - px(3), track.width(), px(6))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("line"))
            painter.drawRoundedRect(groove, px(3), px(3))
            if share.count and self._of:
                painter.setBrush(theme.color("ok" if share.right else "muted"))
                length = max(groove.width() * min(share.count / self._of, 1.0), px(6))
                painter.drawRoundedRect(leading(groove, length, rtl), px(3), px(3))
            left = self.width() * (1 - BAR) - px(10)
            room = leading(line, left, not rtl)
            words = metrics.elidedText(self.words(share), Qt.TextElideMode.ElideMiddle, int(room.width()))
            painter.setPen(theme.color("text"))
            painter.drawText(room, int(start | Qt.AlignmentFlag.AlignVCenter), words)

    def _row(self) -> int:
        return QFontMetrics(theme.current().font(FontRole.SMALL)).height() + px(8)
