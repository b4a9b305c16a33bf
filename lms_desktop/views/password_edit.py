"""A field for a password that exists already: hidden, with an eye to look at it."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QLineEdit, QWidget

from lms_desktop.views.kit.paint import draw_ring, px
from lms_desktop.views.trailing import InlineButton, Trailing


class PasswordEdit(QLineEdit):
    """A line edit that shows dots. Tab reaches the eye, Space presses it.

    Attributes:
        eye: the button that shows and hides.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhSensitiveData)
        self.eye = _Eye("eye", self.tr("Show the password"), self._turn)
        self._trailing = Trailing(self)
        self._trailing.add(self.eye)

    def hide_password(self) -> None:
        """Show dots again."""
        if self.echoMode() is not QLineEdit.EchoMode.Password:
            self._turn()

    def _turn(self) -> None:
        hide = self.echoMode() is not QLineEdit.EchoMode.Password
        self.setEchoMode(QLineEdit.EchoMode.Password if hide else QLineEdit.EchoMode.Normal)
        self.eye.tell(
            "eye" if hide else "eye-off", self.tr("Show the password") if hide else self.tr("Hide the password")
        )


class _Eye(InlineButton):
    """Unlike the other buttons within inputs it is a stop for Tab: there is no key for it."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def draw(self, painter: QPainter) -> None:
        """Override: with the ring of the keyboard."""
        super().draw(painter)
        if self.hasFocus():
            draw_ring(painter, QRectF(self.rect()), px(4))
