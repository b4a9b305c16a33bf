"""Buttons of the kinds of the style sheet, in one line each."""

import logging
from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QIcon, QPaintEvent
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from lms_desktop.views import icons
from lms_desktop.views.kit.paint import as_written, own_way, px
from lms_desktop.views.tokens import Token

log = logging.getLogger(__name__)

GAP = 6
"""Pixels at 100 % between an icon and the words beside it."""
QT_GAP = 4
"""What Qt leaves there at any text size, and no style sheet changes."""

_ICON_INK: dict[str, Token] = {"primary": "on_accent", "danger": "bad", "link": "accent", "": "text", "quiet": "text"}


class Button(QPushButton):
    """A button whose text keeps its direction in a window where lines run the other way, and its distance from the icon
    beside it at any text size."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(own_way(text), parent)

    def setText(self, text: str) -> None:
        """Override QAbstractButton::setText."""
        super().setText(own_way(text))

    def text(self) -> str:
        """Override QAbstractButton::text: as it was given."""
        return as_written(super().text())

    def sizeHint(self) -> QSize:
        """Override QPushButton::sizeHint: with the distance."""
        hint = super().sizeHint()
        return QSize(hint.width() + px(GAP) - QT_GAP, hint.height()) if self._parts_them() else hint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QPushButton::paintEvent: icon and words apart. No exception leaves it: that would end
        the process."""
        if not self._parts_them():
            super().paintEvent(event)
            return
        try:
            self._draw()
        except Exception:
            log.exception("Drawing the button %s failed", self.text())

    def _parts_them(self) -> bool:
        """Whether there is an icon beside words. The arrow of a menu has room within its picture."""
        return bool(super().text()) and not self.icon().isNull() and self.menu() is None

    def _draw(self) -> None:
        # What is known of styles is large, and the first window draws no such button.
        from PySide6.QtWidgets import QStyle, QStyleOptionButton, QStylePainter

        painter, option = QStylePainter(self), QStyleOptionButton()
        self.initStyleOption(option)
        icon, text = self.icon(), option.text
        option.icon, option.text = QIcon(), ""
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        room = self.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, self)
        side, gap = option.iconSize, px(GAP)
        words = option.fontMetrics.size(Qt.TextFlag.TextShowMnemonic, text).width()
        left = room.left() + max(0, room.width() - side.width() - gap - words) // 2
        place = QRect(QPoint(left, room.center().y() - (side.height() - 1) // 2), side)
        enabled, lit = (option.state & flag for flag in (QStyle.StateFlag.State_Enabled, QStyle.StateFlag.State_On))
        mode = QIcon.Mode.Normal if enabled else QIcon.Mode.Disabled
        on = QIcon.State.On if lit else QIcon.State.Off
        icon.paint(painter, QStyle.visualRect(option.direction, room, place), Qt.AlignmentFlag.AlignCenter, mode, on)
        behind = QRect(place.right() + 1 + gap, room.top(), words, room.height()).intersected(room)
        option.rect, option.text = QStyle.visualRect(option.direction, room, behind), text
        painter.drawControl(QStyle.ControlElement.CE_PushButtonLabel, option)
        painter.end()


def button(
    text: str,
    kind: str = "",
    act: Callable[[], object] | None = None,
    *,
    icon: str = "",
    parent: QWidget | None = None,
) -> QPushButton:
    """A button of `kind` '', 'primary', 'quiet', 'danger' or 'link' that calls `act` without arguments."""
    made = Button(text, parent)
    made.setAutoDefault(False)
    if kind:
        made.setProperty("kind", kind)
    if icon:
        made.setIcon(icons.icon(icon, _ICON_INK[kind]))
    if act is not None:
        made.clicked.connect(lambda: act())
    return made


def tool_button(
    icon: str, name: str, act: Callable[[], object] | None = None, *, keys: str = "", parent: QWidget | None = None
) -> QToolButton:
    """A button that is only an icon; `name` is its tool tip and what a screen reader says.

    `keys` stand in the tool tip alone: of two shortcuts of the same keys, the window's and the button's, none works.
    """
    made = QToolButton(parent)
    made.setIcon(icons.icon(icon, "muted", on="accent"))
    made.setAccessibleName(name)
    made.setToolTip(f"{name} ({keys})" if keys else name)
    made.setAutoRaise(True)
    if act is not None:
        made.clicked.connect(lambda: act())
    return made
