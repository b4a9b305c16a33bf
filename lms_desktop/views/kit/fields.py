"""Fields that Qt does not have ready."""

from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QToolButton, QWidget

from lms_desktop.views import icons, theme
from lms_desktop.views.kit.labels import key_text
from lms_desktop.views.kit.paint import draw_box, leading, log, px
from lms_desktop.views.own_undo import asked_in_vain
from lms_desktop.views.theme import FontRole

TYPING_PAUSE_MS = 220
"""So long after the last key a search begins by itself."""


class SearchBox(QLineEdit):
    """A line edit with a lens, a cross that empties it, and where it is empty a key cap with its shortcut.

    Signals:
        searched: what to look for, stripped: after a pause in typing, at once on Enter and when emptied; never twice
            the same.
        stepped_out: Down was pressed: the person wants to go on in the list below.
    """

    searched = Signal(str)
    stepped_out = Signal()

    def __init__(
        self, placeholder: str, keys: str | QKeySequence = "", *, quiet: bool = False, parent: QWidget | None = None
    ) -> None:
        """`keys` is the shortcut to show; `quiet` puts it on the window's background, as the search in the top bar."""
        super().__init__(parent)
        self._hint = key_text(keys) if keys else ""
        self._told: str | None = ""
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setProperty("kind", "search" if quiet else "")
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._tell)
        self._cross = QToolButton(self)
        self._cross.setIcon(icons.icon("close"))
        self._cross.setToolTip(self.tr("Empty the search"))
        self._cross.setAccessibleName(self.tr("Empty the search"))
        self._cross.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._cross.setCursor(Qt.CursorShape.ArrowCursor)
        self._cross.hide()
        self._cross.clicked.connect(self.empty)
        self.textChanged.connect(self._on_text)
        self.returnPressed.connect(self._tell)
        self._make_room()

    def empty(self) -> None:
        """Take the text away and say so at once."""
        self.clear()
        self._tell()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_text(self, text: str) -> None:
        """Set the text without starting a search, as when a saved view is opened."""
        self._told = text.strip()
        self.setText(text)
        self._pause.stop()

    def sizeHint(self) -> QSize:
        """Override: wide enough for the placeholder."""
        hint = super().sizeHint()
        width = self.fontMetrics().horizontalAdvance(self.placeholderText()) + px(64) + self._hint_width()
        return QSize(max(hint.width(), width), hint.height())

    def event(self, event: QEvent) -> bool:
        """Override: Ctrl+Z with nothing typed to take back is the page's."""
        return False if asked_in_vain(self, event) else super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override: Escape empties, Down goes on."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.empty()
        elif event.key() == Qt.Key.Key_Down:
            self._tell()
            self.stepped_out.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Override: whoever goes on elsewhere has typed to the end."""
        super().focusOutEvent(event)
        if self._pause.isActive():
            self._tell()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: the cross stays at the end."""
        super().resizeEvent(event)
        self._place_cross()

    def changeEvent(self, event: QEvent) -> None:
        """Override: icons grow with the text."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.LayoutDirectionChange):
            self._make_room()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: lens and key cap on top."""
        super().paintEvent(event)
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            inside = QRectF(self.rect()).adjusted(px(9), 0, -px(9), 0)
            icons.draw(painter, leading(inside, px(15), rtl), "search")
            if self._hint and not self.text():
                self._draw_hint(painter, leading(inside.adjusted(0, 0, px(2), 0), self._hint_width(), not rtl))
        except Exception:
            log.exception("Drawing the search box failed")
        finally:
            painter.end()

    def _draw_hint(self, painter: QPainter, room: QRectF) -> None:
        painter.setFont(theme.current().font(FontRole.SMALL))
        height = px(19)
        cap = QRectF(room.x(), (self.height() - height) / 2, room.width(), height)
        draw_box(painter, cap, px(4), "panel", "line")
        painter.setPen(theme.color("muted"))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, self._hint)

    def _hint_width(self) -> int:
        if not self._hint:
            return 0
        return QFontMetrics(theme.current().font(FontRole.SMALL)).horizontalAdvance(self._hint) + px(12)

    def _make_room(self) -> None:
        end = max(px(18), self._hint_width() if not self.text() else 0)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        start = px(18)
        self.setTextMargins(end if rtl else start, 0, start if rtl else end, 0)
        self._cross.setIconSize(QSize(px(12), px(12)))
        self._place_cross()

    def _place_cross(self) -> None:
        side = px(22)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        x = px(5) if rtl else self.width() - side - px(5)
        self._cross.setGeometry(QRect(QPoint(x, (self.height() - side) // 2), QSize(side, side)))

    def tell_again(self) -> None:
        """After the next pause, or at Enter, tell what stands there, though it was told before."""
        self._told = None

    def _on_text(self, text: str) -> None:
        self._cross.setVisible(bool(text))
        self._make_room()
        self._pause.start()

    def _tell(self) -> None:
        self._pause.stop()
        text = self.text().strip()
        if text != self._told:
            self._told = text
            self.searched.emit(text)


Spin = TypeVar("Spin", bound=QAbstractSpinBox)


class _Room(QObject):
    """Keeps the text of a spin box off its border; Qt ignores the padding of the style sheet there."""

    def __init__(self, spin: QAbstractSpinBox) -> None:
        super().__init__(spin)
        self._spin = spin
        self._settle()
        spin.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override: settle again when the measures change."""
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.LayoutDirectionChange):
            self._settle()
        return False

    def _settle(self) -> None:
        edit = self._spin.findChild(QLineEdit, "qt_spinbox_lineedit")
        if edit is not None:
            rtl = self._spin.layoutDirection() == Qt.LayoutDirection.RightToLeft
            edit.setTextMargins(0 if rtl else px(11), 0, px(11) if rtl else 0, 0)
            if rtl:  # figures have no direction of their own, and would stand below the arrows
                self._spin.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute)


def roomy(spin: Spin) -> Spin:
    """Give a spin box or a date editor the same inner distance as other fields; returns it."""
    _Room(spin)
    return spin
