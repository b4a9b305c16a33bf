"""What stands at the end of an input, inside its border: muted words and small buttons."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from lms_desktop.views import icons, theme
from lms_desktop.views.kit.labels import ElidedLabel, label
from lms_desktop.views.kit.paint import PaintedButton, draw_ring, px

NARROW = 190
"""Below so many pixels (at 100 %) an input keeps its room for the value."""

AROUND, LEAST_WAS = 48, 60
"""Pixels at 100 %: what a value needs beside its letters, and what has to be left to say what it was."""

_TURNED = {"arrow-right": "arrow-left"}
"""What points the other way where reading runs from right to left."""


class InlineButton(PaintedButton):
    """A small button that is only an icon (or one sign), within an input."""

    def __init__(
        self, icon: str, name: str, act: Callable[[], object], *, sign: str = "", tab_stop: bool = False
    ) -> None:
        """`tab_stop` is for what no key of the input does."""
        super().__init__("")
        self._icon, self._sign = icon, sign
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if tab_stop else Qt.FocusPolicy.NoFocus)
        self.clicked.connect(lambda: act())

    def tell(self, icon: str, name: str) -> None:
        """Show another icon."""
        self._icon = icon
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.update()

    def ask(self) -> QSize:
        """Override."""
        return QSize(px(22), px(22))

    def draw(self, painter: QPainter) -> None:
        """Override."""
        rect = QRectF(self.rect())
        lit = self.underMouse() and self.isEnabled()
        if lit or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("pressed" if self.isDown() else "hover"))
            painter.drawRoundedRect(rect, px(4), px(4))
        token: theme.Token = "disabled" if not self.isEnabled() else "text" if lit else "muted"
        if self._sign:
            painter.setFont(theme.current().font())
            painter.setPen(theme.color(token))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._sign)
        else:
            side = px(15)
            middle = QRectF(rect.center().x() - side / 2, rect.center().y() - side / 2, side, side)
            rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            icons.draw(painter, middle, _TURNED.get(self._icon, self._icon) if rtl else self._icon, token)
        if self.hasFocus():
            draw_ring(painter, rect, px(4))


class Trailing(QWidget):
    """Keeps its place at the end of a line edit or a combo box and makes room for itself in the text.

    Attributes:
        words: muted words that belong to the value: its unit, its zone.
    """

    def __init__(self, host: QLineEdit | QComboBox, *, words: str = "") -> None:
        super().__init__(host)
        self._host = host
        self._was = ElidedLabel("", "muted")
        self.words = label(words, "muted")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for widget in (self._was, self.words):
            widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self._row.addWidget(widget)
        self._was.hide()
        self.setCursor(Qt.CursorShape.ArrowCursor)
        host.installEventFilter(self)
        self.settle()

    def add(self, widget: QWidget) -> None:
        """Put a button at the end."""
        self._row.addWidget(widget)
        self.settle()

    def tell_was(self, text: str) -> None:
        """Say what the value was before it was changed; "" for nothing."""
        if text or self._was.text():
            self._was.setText(text)
            self.settle()  # the same words too: the value is another

    def tell_words(self, text: str) -> None:
        """Say other words."""
        if text != self.words.text():
            self.words.setText(text)
            self.settle()

    def show_button(self, widget: QWidget, visible: bool) -> None:
        """Show or hide one of its buttons."""
        if widget.isVisibleTo(self) != visible:
            widget.setVisible(visible)
            self.settle()

    def settle(self) -> None:
        """Take the room it needs; as long as nobody sees it, none is measured."""
        if not self._host.isVisible():
            return
        wide, line = self._host.width() >= px(NARROW), self._line()
        value = 0 if line is None else line.fontMetrics().horizontalAdvance(line.text()) + px(AROUND)
        left_over = self._host.width() - value
        self._was.setVisible(bool(self._was.text()) and wide and left_over >= px(LEAST_WAS))
        self.words.setVisible(bool(self.words.text()) and wide and not self._was.text())
        self._was.setMaximumWidth(max(min(int(self._host.width() * 0.45), left_over), px(40)))
        self._row.setSpacing(px(4))
        width = self._row.sizeHint().width()
        rtl = self._host.layoutDirection() == Qt.LayoutDirection.RightToLeft
        edge = px(26) if isinstance(self._host, QComboBox) else px(6)
        left = edge if rtl else self._host.width() - edge - width
        self.setGeometry(left, 0, width, self._host.height())
        if line is not None:
            room = width + px(2) if width > 0 else 0
            inset = -2 if line is not self._host else 0  # a combo box and the line within both keep a distance
            line.setTextMargins(room if rtl else inset, 0, inset if rtl else room, 0)

    def _line(self) -> QLineEdit | None:
        return self._host if isinstance(self._host, QLineEdit) else self._host.lineEdit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject::eventFilter: settle when the input is shown, or changes its size or its look."""
        if event.type() in (
            QEvent.Type.Show,
            QEvent.Type.Resize,
            QEvent.Type.LayoutDirectionChange,
            QEvent.Type.StyleChange,
            QEvent.Type.FontChange,
        ):
            self.settle()
        return False
