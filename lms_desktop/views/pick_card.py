"""A button of two lines to pick something by: an account, a connection."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from lms_desktop.views import icons, theme
from lms_desktop.views.kit.labels import initials
from lms_desktop.views.kit.paint import PaintedButton, draw_box, draw_ring, leading, own_way, px, without_leading
from lms_desktop.views.theme import FontRole


class PickCard(PaintedButton):
    """A disc with initials, or an icon, beside a name and a muted line."""

    def __init__(self, name: str, detail: str, *, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.name, self.detail = name, detail
        self._icon = icon
        self.setAccessibleName(f"{name}, {detail}")
        self.setToolTip(f"{name}\n{detail}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def ask(self) -> QSize:
        """Override."""
        strong = QFontMetrics(theme.current().font(FontRole.STRONG)).height()
        small = QFontMetrics(theme.current().font(FontRole.SMALL)).height()
        return QSize(px(160), strong + small + px(12))

    def draw(self, painter: QPainter) -> None:
        """Override."""
        rect = QRectF(self.rect())
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        if self.isEnabled() and (self.underMouse() or self.isDown()):
            draw_box(painter, rect, px(6), "pressed" if self.isDown() else "hover")
        inside = rect.adjusted(px(8), px(6), -px(8), -px(6))
        self._draw_picture(painter, leading(inside, px(28), rtl))
        room = without_leading(inside, px(38), rtl)
        enabled = self.isEnabled()
        for role, text, token in (
            (FontRole.STRONG, self.name, theme.color("text" if enabled else "disabled")),
            (FontRole.SMALL, self.detail, theme.color("muted" if enabled else "disabled")),
        ):
            painter.setFont(theme.current().font(role))
            painter.setPen(token)
            metrics = painter.fontMetrics()
            line = QRectF(room.x(), room.y(), room.width(), metrics.height())
            cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
            align = Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft)
            painter.drawText(line, align | Qt.AlignmentFlag.AlignAbsolute, own_way(cut))
            room = room.adjusted(0, metrics.height(), 0, 0)
        if self.hasFocus():
            draw_ring(painter, rect, px(6))

    def _draw_picture(self, painter: QPainter, room: QRectF) -> None:
        side = room.width()
        square = QRectF(room.x(), room.center().y() - side / 2, side, side)
        if self._icon:
            draw_box(painter, square, px(6), "accent_soft")
            inset = side * 0.23
            icons.draw(painter, square.adjusted(inset, inset, -inset, -inset), self._icon, "accent")
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent_soft"))
        painter.drawEllipse(square)
        painter.setFont(theme.current().font(FontRole.SMALL_STRONG))
        painter.setPen(theme.color("accent"))
        painter.drawText(square, Qt.AlignmentFlag.AlignCenter, initials(self.name))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override: Enter works as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)
