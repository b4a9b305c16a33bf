"""A short message at the bottom of a window that goes by itself, with at most one act ("Undo")."""

from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPoint, QPropertyAnimation, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGraphicsOpacityEffect, QHBoxLayout, QPushButton, QWidget
from shiboken6 import isValid

from lms_desktop.views import icons
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.paint import TONE_ICON, Tone, draw_box, log, px
from lms_desktop.views.kit.to_be_read import PASSING, TO_BE_READ

FADE_MS = 180
_STIRS = (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Resize, QEvent.Type.Move)
"""What happens to a notice whereupon a message may stand on it, or has no reason any more to stand elsewhere."""


class _Card(QFrame):
    """What is seen of a message."""

    def __init__(self, tone: Tone, parent: QWidget) -> None:
        super().__init__(parent)
        self._tone = tone
        self.setProperty("kind", "toast")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override."""
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw_box(painter, QRectF(self.rect()), px(8), "text")
            rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            side = px(16)
            x = self.width() - px(14) - side if rtl else px(14)
            icons.draw(painter, QRectF(x, (self.height() - side) / 2, side, side), TONE_ICON[self._tone], "panel")
        except Exception:
            log.exception("Drawing a message failed")
        finally:
            painter.end()


class Toast(QWidget):
    """One message; `show_toast` makes it. It stays while the pointer or the keyboard is on it, and covers no notice of
    the page.

    Signals:
        gone: it has faded away and will be deleted.
    """

    gone = Signal()

    def __init__(self, window: QWidget, text: str, tone: Tone = "ok", seconds: float = 6.0) -> None:
        super().__init__(window)
        self.setAccessibleName(text)
        # Qt paints all that a fading widget stands in, whenever that begins or ends: so it stands in this one.
        card = self._card = _Card(tone, self)
        around = QHBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(card)
        self._words = label(text, "toast", wrap=False)
        self._action: QPushButton | None = None
        self._row = QHBoxLayout(card)
        self._row.setContentsMargins(px(14), px(8), px(14), px(8))
        self._row.setSpacing(px(12))
        self._row.addSpacing(px(24))  # where the icon is drawn
        self._row.addWidget(self._words)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(int(seconds * 1000))
        self._timer.timeout.connect(self.fade)
        self._effect = QGraphicsOpacityEffect(card)
        self._effect.setEnabled(False)
        card.setGraphicsEffect(self._effect)
        self._fading = QPropertyAnimation(self._effect, b"opacity", self)
        self._fading.setDuration(FADE_MS)
        self._fading.setEasingCurve(QEasingCurve.Type.InOutQuad)
        window.installEventFilter(self)
        self._place_soon = QTimer(self, singleShot=True, interval=0)  # once what stands around it has its place
        self._place_soon.timeout.connect(self._place)

    @property
    def text(self) -> str:
        """What it says."""
        return self._words.text()

    def add_action(self, text: str, act: Callable[[], object]) -> QPushButton:
        """Offer an act; it closes the message too."""
        made = button(text, "toast")
        made.clicked.connect(self.fade)
        made.clicked.connect(lambda: act())
        self._row.addWidget(made)
        self._action = made
        if self.isVisible():  # it was said before there was anything to offer
            made.show()
            self._row.activate()
            self._card.updateGeometry()
            self._place()
        return made

    def appear(self) -> None:
        """Show it, fading in, and tell screen readers."""
        PASSING.add(self)
        for notice in self._notices():
            notice.installEventFilter(self)
        self._place()
        self.show()
        self.raise_()
        self._run(0.0, 1.0)
        self._timer.start()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def fade(self) -> None:
        """Let it go."""
        self._timer.stop()
        if self._fading.endValue() == 0.0:
            return
        self._run(1.0, 0.0)
        self._fading.finished.connect(self._end)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Override: it waits while the pointer is on it."""
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Override."""
        self._timer.start()
        super().leaveEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override: stay at the bottom of the window, or where no notice is."""
        if event.type() == QEvent.Type.Resize and watched is self.parent():
            self._place()
            self._place_soon.start()
        elif event.type() in _STIRS:
            self._place_soon.start()
        return False

    def _run(self, start: float, end: float) -> None:
        self._fading.stop()
        self._effect.setEnabled(True)
        self._fading.setStartValue(start)
        self._fading.setEndValue(end)
        if end == 1.0:
            self._fading.finished.connect(self.settle, Qt.ConnectionType.SingleShotConnection)
        self._fading.start()

    def settle(self) -> None:
        """Stand there in full, without waiting for the fading."""
        self._fading.stop()
        self._effect.setEnabled(False)

    def _end(self) -> None:
        self.hide()
        self.gone.emit()
        self.deleteLater()

    def _place(self) -> None:
        window = self.parentWidget()
        if window is None:
            return
        self.setMaximumWidth(max(px(200), window.width() - px(32)))
        self.adjustSize()
        left, home = (window.width() - self.width()) // 2, window.height() - self.height() - px(92)
        seen = [_seen(notice, window) for notice in self._notices() if notice.isVisible()]
        taken = [rect.adjusted(0, -px(8), 0, px(8)) for rect in seen if not rect.isEmpty()]
        ways = [home, *(rect.top() - self.height() for rect in taken), *(rect.bottom() + 1 for rect in taken)]
        free = [
            y
            for y in ways
            if 0 <= y <= window.height() - self.height()
            and not any(rect.intersects(QRect(QPoint(left, y), self.size())) for rect in taken)
        ]
        self.move(left, min(free, key=lambda y: abs(y - home), default=home))

    def _notices(self) -> list[QWidget]:
        """Those of its window, whether they are to be seen or not."""
        return [each for each in TO_BE_READ if isValid(each) and each.window() is self.parent()]


def _seen(notice: QWidget, window: QWidget) -> QRect:
    """Where a notice is to be seen in its window."""
    return notice.visibleRegion().boundingRect().translated(notice.mapTo(window, QPoint()))


def toasts(window: QWidget) -> list[Toast]:
    """The messages of a window."""
    return window.findChildren(Toast, options=Qt.FindChildOption.FindDirectChildrenOnly)


def show_toast(
    parent: QWidget,
    text: str,
    *,
    tone: Tone = "ok",
    action: str = "",
    act: Callable[[], object] | None = None,
    seconds: float = 6.0,
) -> Toast:
    """Say `text` at the bottom of the window of `parent`; an older message there gives way at once."""
    window = parent.window()
    for older in toasts(window):
        older.hide()
        older.deleteLater()
    toast = Toast(window, text, tone, seconds)
    if action and act is not None:
        toast.add_action(action, act)
    toast.appear()
    return toast
