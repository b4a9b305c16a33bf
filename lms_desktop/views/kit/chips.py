"""Filters as chips: one for each filter that is set, and the one that adds another."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from lms_desktop.models.wording import plain_tip
from lms_desktop.views import icons, theme
from lms_desktop.views.kit.paint import PaintedButton, draw_ring, leading, own_way, px, without_leading
from lms_desktop.views.theme import FontRole
from lms_desktop.views.tokens import Token


class Chip(PaintedButton):
    """A filter that is set: "Not completed ×".

    A click, Enter or Space opens it (`clicked`); the cross, Delete or Backspace drops it (`removed`).

    Signals:
        removed: the person took the filter away; the chip itself stays until its owner drops it.
    """

    removed = Signal()

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setMouseTracking(True)
        self._over_cross = False
        self._pressed_cross = False
        self.tell(text)

    def tell(self, text: str) -> None:
        """Say something else."""
        self.setText(text)
        self.setAccessibleName(self.tr("Filter: %s") % text)
        self.setAccessibleDescription(self.tr("Enter changes it, Delete removes it"))
        self.setToolTip(plain_tip(text) if self._text_width() > px(260) else "")
        self.updateGeometry()
        self.update()

    def ask(self) -> QSize:
        """Override."""
        return QSize(px(12) + min(self._text_width(), px(260)) + px(4) + px(20) + px(2), px(28))

    def draw(self, painter: QPainter) -> None:
        """Override."""
        rect = QRectF(self.rect())
        radius = rect.height() / 2
        hovered = self.underMouse() and not self._over_cross
        painter.setPen(QPen(theme.color("accent"), 1) if hovered else Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent_soft"))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5) if hovered else rect, radius, radius)
        cross = self._cross()
        if self._over_cross:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("panel"))
            painter.drawEllipse(cross)
        side = px(11)
        middle = cross.center() - QPointF(side / 2, side / 2)
        icons.draw(painter, QRectF(middle.x(), middle.y(), side, side), "close", "accent")
        painter.setFont(theme.current().font(FontRole.BODY))
        painter.setPen(theme.color("accent"))
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        room = without_leading(rect, px(12), rtl)
        room.setWidth(min(self._text_width(), px(260)) + 1)
        if rtl:
            room.moveRight(rect.right() - px(12))
        text = QFontMetrics(painter.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, own_way(text))
        if self.hasFocus():
            draw_ring(painter, rect, radius)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override: Enter opens, Delete removes."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Override: the cross answers to the pointer."""
        over = self._cross().contains(event.position())
        if over != self._over_cross:
            self._over_cross = over
            self.update()
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Override."""
        self._over_cross = False
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override: remember where it began."""
        self._pressed_cross = event.button() == Qt.MouseButton.LeftButton and self._cross().contains(event.position())
        if self._pressed_cross:
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Override: only a press and a release on the cross removes."""
        if self._pressed_cross:
            self._pressed_cross = False
            event.accept()
            if self._cross().contains(event.position()):
                self.removed.emit()
        else:
            super().mouseReleaseEvent(event)

    def _text_width(self) -> int:
        return QFontMetrics(theme.current().font(FontRole.BODY)).horizontalAdvance(self.text())

    def _cross(self) -> QRectF:
        """Where the cross is: a square at the trailing end."""
        side = px(20)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        rect = QRectF(self.rect()).adjusted(px(4), 0, -px(4), 0)
        cross = leading(rect, side, not rtl)
        return QRectF(cross.x(), (self.height() - side) / 2, side, side)


class AddChip(PaintedButton):
    """The dashed "+ Filter" that adds a chip."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setAccessibleName(text)

    def ask(self) -> QSize:
        """Override."""
        width = QFontMetrics(theme.current().font(FontRole.BODY)).horizontalAdvance(self.text())
        return QSize(width + px(36), px(28))

    def draw(self, painter: QPainter) -> None:
        """Override."""
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        radius = rect.height() / 2
        pen = QPen(theme.color("edge"), 1)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        painter.setBrush(theme.color("hover") if self.underMouse() or self.isDown() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect, radius, radius)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        token: Token = "text" if self.isEnabled() else "disabled"
        sign = leading(rect.adjusted(px(9), 0, -px(9), 0), px(13), rtl)
        icons.draw(painter, sign, "plus", "muted" if self.isEnabled() else "disabled")
        painter.setFont(theme.current().font(FontRole.BODY))
        painter.setPen(theme.color(token))
        room = without_leading(rect, px(24), rtl)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, own_way(self.text()))
        if self.hasFocus():
            draw_ring(painter, QRectF(self.rect()), radius)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override: Enter works as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)
