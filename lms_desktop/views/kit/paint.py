"""What several widgets draw, and the guard that keeps exceptions out of Qt's painting."""

import logging
import unicodedata
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFontMetrics, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from lms_desktop.views import theme
from lms_desktop.views.theme import FontRole
from lms_desktop.views.tokens import Token

log = logging.getLogger(__name__)

Tone = Literal["neutral", "info", "ok", "warn", "bad"]
"""What a mark means: nothing special, a notice, done, unsaved or pending, refused or destructive."""

INK: dict[Tone, Token] = {"neutral": "muted", "info": "accent", "ok": "ok", "warn": "warn", "bad": "bad"}
"""Colour of a text or a mark of a tone."""

SOFT: dict[Tone, Token] = {
    "neutral": "line",
    "info": "accent_soft",
    "ok": "ok_soft",
    "warn": "warn_soft",
    "bad": "bad_soft",
}
"""Background below `INK` of the same tone."""

TONE_ICON: dict[Tone, str] = {
    "neutral": "info",
    "info": "info",
    "ok": "success",
    "warn": "warning",
    "bad": "error",
}
"""The picture that says the same as the colour."""

_FROM_LEFT, _FROM_RIGHT = "\N{LEFT-TO-RIGHT ISOLATE}", "\N{RIGHT-TO-LEFT ISOLATE}"
_END = "\N{POP DIRECTIONAL ISOLATE}"


def px(length: float) -> int:
    """`length` at 100 % in pixels of the text size in force."""
    return theme.current().measures.px(length)


def tag_size(text: str) -> QSize:
    """Size of a badge around `text`."""
    metrics = QFontMetrics(theme.current().font(FontRole.SMALL))
    return QSize(metrics.horizontalAdvance(text) + px(14), max(metrics.height() + px(2), px(19)))


def draw_tag(painter: QPainter, rect: QRectF, text: str, tone: Tone) -> None:
    """A badge that fills `rect`; its font must be set on the painter."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color(SOFT[tone]))
    painter.drawRoundedRect(rect, px(4), px(4))
    painter.setPen(theme.color(INK[tone]))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, own_way(text))


def draw_ring(painter: QPainter, rect: QRectF, radius: float, token: Token = "accent") -> None:
    """The focus ring, 2 px, just inside `rect`."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color(token), 2))
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), max(0.0, radius - 1), max(0.0, radius - 1))


def draw_box(painter: QPainter, rect: QRectF, radius: float, fill: Token | None, border: Token | None = None) -> None:
    """A rounded rectangle with a 1 px border."""
    painter.setBrush(theme.color(fill) if fill else Qt.BrushStyle.NoBrush)
    if border:
        painter.setPen(QPen(theme.color(border), 1))
        rect = rect.adjusted(0.5, 0.5, -0.5, -0.5)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(rect, radius, radius)


def draw_dot(painter: QPainter, center: QPointF, size: float, tone: Tone) -> None:
    """The mark of a state, told apart by its shape too: done a disc, pending or unknown a ring, refused a cross."""
    ink, half = theme.color(INK[tone]), size / 2
    if tone in ("ok", "info"):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(center, half, half)
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(ink, max(1.6, size / 5), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    if tone == "bad":
        arm = half * 0.8
        painter.drawLine(center - QPointF(arm, arm), center + QPointF(arm, arm))
        painter.drawLine(center + QPointF(-arm, arm), center + QPointF(arm, -arm))
    else:
        inner = half * 0.85
        painter.drawEllipse(center, inner, inner)


class Painted(QWidget):
    """A widget that draws itself in `draw` and measures itself in `ask`; both follow theme and text size."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def draw(self, painter: QPainter) -> None:
        """Draw the widget; antialiasing is on."""
        raise NotImplementedError

    def ask(self) -> QSize:
        """The size it wants."""
        raise NotImplementedError

    def changeEvent(self, event: QEvent) -> None:
        """Override: measure again when fonts or measures change."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Override."""
        return self.ask()

    def minimumSizeHint(self) -> QSize:
        """Override."""
        return self.ask()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: `draw`, and no exception leaves it."""
        guarded(self)


class PaintedButton(QPushButton):
    """A button that draws itself in `draw` and measures itself in `ask`, with the keyboard of a QPushButton."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("kind", "drawn")
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def draw(self, painter: QPainter) -> None:
        """Draw the button; antialiasing is on."""
        raise NotImplementedError

    def ask(self) -> QSize:
        """The size it wants."""
        raise NotImplementedError

    def changeEvent(self, event: QEvent) -> None:
        """Override: measure again when fonts or measures change."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self.updateGeometry()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Override: hover shows."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Override: hover goes."""
        super().leaveEvent(event)
        self.update()

    def sizeHint(self) -> QSize:
        """Override."""
        return self.ask()

    def minimumSizeHint(self) -> QSize:
        """Override."""
        return self.ask()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: `draw`, and no exception leaves it."""
        guarded(self)


def guarded(widget: Painted | PaintedButton) -> None:
    """Run `widget.draw`; an exception inside paintEvent would end the process."""
    painter = QPainter(widget)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        widget.draw(painter)
    except Exception:
        log.exception("Drawing a %s failed", type(widget).__name__)
    finally:
        painter.end()


def own_way(text: str) -> str:
    """A text as it is drawn where lines may run the other way: in its own direction, which its first letter has.
    Without that, an English question in an Arabic window has its question mark in front."""
    rtl = QGuiApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft
    if not rtl and text.isascii():
        return text
    first = next((way for way in map(unicodedata.bidirectional, text[:200]) if way in ("L", "R", "AL")), "")
    if not first or (first != "L") == rtl:
        return text
    return f"{_FROM_LEFT if first == 'L' else _FROM_RIGHT}{text}{_END}"


def as_written(text: str) -> str:
    """The text that `own_way` was given."""
    return text[1:-1] if text.startswith((_FROM_LEFT, _FROM_RIGHT)) and text.endswith(_END) else text


def leading(rect: QRectF, width: float, right_to_left: bool) -> QRectF:
    """The part of `rect` where reading starts, `width` wide."""
    return QRectF(rect.right() - width if right_to_left else rect.left(), rect.top(), width, rect.height())


def without_leading(rect: QRectF, width: float, right_to_left: bool) -> QRectF:
    """`rect` without its `leading` part."""
    return rect.adjusted(0, 0, -width, 0) if right_to_left else rect.adjusted(width, 0, 0, 0)
