"""What a list of options draws by itself: handles, ticks, the row that adds one, where one would land."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from lms_desktop.views import icons, theme
from lms_desktop.views.kit.labels import key_text
from lms_desktop.views.kit.paint import Painted, PaintedButton, draw_box, draw_ring, leading, own_way, px
from lms_desktop.views.theme import FontRole


class Grip(Painted):
    """The handle by which a row is dragged.

    Signals:
        taken(): the mouse has begun to drag.
        dragged(object): where the pointer is, in global coordinates (a QPoint).
        dropped(): the button was released.
    """

    taken = Signal()
    dragged = Signal(object)
    dropped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pressed: QPointF | None = None
        self._dragging = False
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def ask(self) -> QSize:
        """Override Painted.ask."""
        return QSize(px(18), px(30))

    def draw(self, painter: QPainter) -> None:
        """Override Painted.draw."""
        side = px(14)
        icons.draw(painter, QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side), "grip")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mousePressEvent."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._dragging = event.globalPosition(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mouseMoveEvent."""
        if self._pressed is None:
            return
        if not self._dragging and (event.globalPosition() - self._pressed).manhattanLength() >= px(4):
            self._dragging = True
            self.taken.emit()
        if self._dragging:
            self.dragged.emit(event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mouseReleaseEvent."""
        dragging, self._pressed, self._dragging = self._dragging, None, False
        if dragging:
            self.dropped.emit()


class Tick(PaintedButton):
    """Says whether an option is right; Space and a click change it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setCheckable(True)

    def ask(self) -> QSize:
        """Override PaintedButton.ask."""
        return QSize(px(24), px(30))

    def draw(self, painter: QPainter) -> None:
        """Override PaintedButton.draw."""
        side = px(16)
        box = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        if self.isChecked():
            draw_box(painter, box, px(4), "ok" if self.isEnabled() else "muted")
            inner = box.adjusted(px(2), px(2), -px(2), -px(2))
            icons.draw(painter, inner, "check", "panel")
        else:
            draw_box(painter, box, px(4), "panel", "muted" if self.underMouse() and self.isEnabled() else "edge")
        if self.hasFocus():
            draw_ring(painter, box.adjusted(-px(4), -px(4), px(4), px(4)), px(6))


class AddRow(PaintedButton):
    """The dashed row below the others: “+ Add an option”, with its keys. Enter adds one too, and so does a letter.

    Signals:
        begun(str): what was typed here is how a new one begins.
    """

    begun = Signal(str)

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._keys = key_text("Ctrl+Enter")

    def ask(self) -> QSize:
        """Override PaintedButton.ask."""
        return QSize(px(160), px(34))

    def draw(self, painter: QPainter) -> None:
        """Override PaintedButton.draw."""
        rect, rtl = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), self.isRightToLeft()
        painter.setPen(QPen(theme.color("edge"), 1, Qt.PenStyle.DashLine))
        painter.setBrush(theme.color("hover") if self.underMouse() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect, px(6), px(6))
        inside = rect.adjusted(px(12), 0, -px(12), 0)
        icons.draw(painter, leading(inside, px(14), rtl), "plus")
        painter.setPen(theme.color("muted"))
        painter.setFont(theme.current().font(FontRole.BODY))
        words = inside.adjusted(0 if rtl else px(22), 0, -px(22) if rtl else 0, 0)
        # The painter has the widget's direction: left is where reading begins.
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, own_way(self.text()))
        painter.setFont(theme.current().font(FontRole.SMALL))
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._keys)
        if self.hasFocus():
            draw_ring(painter, QRectF(self.rect()), px(6))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QAbstractButton::keyPressEvent: it looks like a field, and is taken for one."""
        command = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier)
        text = event.text()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif text.isprintable() and text.strip() and not command:
            self.begun.emit(text)
        else:
            super().keyPressEvent(event)


class DropLine(Painted):
    """Where what is dragged would come to stand."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def ask(self) -> QSize:
        """Override Painted.ask."""
        return QSize(px(40), px(3))

    def draw(self, painter: QPainter) -> None:
        """Override Painted.draw."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        painter.drawRoundedRect(QRectF(self.rect()), px(1), px(1))
