"""Buttons of the kinds of the style sheet, in one line each."""

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from lms_desktop.views import icons
from lms_desktop.views.kit.paint import as_written, own_way
from lms_desktop.views.tokens import Token

_ICON_INK: dict[str, Token] = {"primary": "on_accent", "danger": "bad", "link": "accent", "": "text", "quiet": "text"}


class Button(QPushButton):
    """A button whose text keeps its direction in a window where lines run the other way."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(own_way(text), parent)

    def setText(self, text: str) -> None:
        """Override QAbstractButton::setText."""
        super().setText(own_way(text))

    def text(self) -> str:
        """Override QAbstractButton::text: as it was given."""
        return as_written(super().text())


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
