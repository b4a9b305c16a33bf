"""Buttons that open menus, and a menu that stays open while things are ticked in it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from lms_desktop.views import icons
from lms_desktop.views.kit.buttons import button

Fill = Callable[[QMenu], None]


def menu_button(
    text: str, kind: str, fill: Fill, *, menu: QMenu | None = None, parent: QWidget | None = None
) -> QPushButton:
    """A button of a kind of `kit.button` that opens a menu; `fill` puts its entries in each time. A quiet one, having
    no border, bears an arrow where its text ends."""
    made = button(text, kind, parent=parent)
    made.setAccessibleName(text)
    if kind == "quiet":
        made.setIcon(icons.icon("chevron-down"))
        rtl = QGuiApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft
        made.setLayoutDirection(Qt.LayoutDirection.LeftToRight if rtl else Qt.LayoutDirection.RightToLeft)
    opened = menu or QMenu()
    opened.setParent(made, opened.windowFlags())
    opened.setLayoutDirection(QGuiApplication.layoutDirection())
    made.setMenu(opened)

    def show() -> None:
        opened.clear()
        fill(opened)

    opened.aboutToShow.connect(show)
    return made


class StayingMenu(QMenu):
    """A menu in which entries with a tick can be ticked one after another."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Override QMenu::mouseReleaseEvent."""
        if not self._tick():
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QMenu::keyPressEvent: Space ticks, Enter ticks and closes as everywhere."""
        if event.key() != Qt.Key.Key_Space or not self._tick():
            super().keyPressEvent(event)

    def _tick(self) -> bool:
        action = self.activeAction()
        if action is None or not (action.isCheckable() and action.isEnabled()):
            return False
        action.trigger()
        return True
