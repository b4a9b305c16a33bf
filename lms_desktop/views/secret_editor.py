"""The editor of a secret: what is stored is never shown, a new one can be typed or made up."""

from PySide6.QtWidgets import QLineEdit, QWidget

from lms_desktop.services import passwords
from lms_desktop.spec import Field
from lms_desktop.views.exact_text import line_text
from lms_desktop.views.field_editor import Label, Value
from lms_desktop.views.text_editors import LineField
from lms_desktop.views.trailing import InlineButton


class SecretEditor(LineField):
    """A new password, hidden until its eye is pressed. Left empty, the stored one stays."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self._eye = InlineButton("eye", self.tr("Show the password"), self._turn, tab_stop=True)
        self.generate = InlineButton("refresh", self.tr("Make up a password"), self._generate, tab_stop=True)
        self.trailing.add(self._eye)
        self.trailing.add(self.generate)

    def _text_of(self, wire: str) -> str:
        return wire

    def _put(self, wire: str | None, label: Label | None) -> None:
        super()._put(wire, label)
        self._say_note("")

    def _text_changed(self, text: str) -> None:
        super()._text_changed(text)
        if not self._showing:
            once_saved = self.tr("Once it is saved, a new password cannot be taken back.")
            self._say_note(once_saved if text and not self.new else "")

    def _look_empty(self) -> None:
        self.line.setPlaceholderText(self.tr("Set a new password…"))
        self.trailing.show_button(self._eye, bool(self.line.text()))
        self.trailing.show_button(self._null_button, False)
        if not self.line.text() and self.line.echoMode() is QLineEdit.EchoMode.Normal:
            self._turn()

    def _offer_null(self) -> None:
        pass

    def tab_stops(self) -> list[QWidget]:
        """Override FieldEditor.tab_stops."""
        return [self.line, self._eye, self.generate]

    def take(self) -> Value:
        """Override FieldEditor.take: without a new password there is nothing to store, and that is no fault."""
        if not self.line.text():
            return None, None
        return super().take()

    def _read(self) -> Value:
        text = line_text(self.line)
        passwords.check_new_password(text)
        return text, None

    def set_null(self) -> None:
        """Override FieldEditor.set_null: give the new password up."""
        self._clear()
        self.flush()

    def _turn(self) -> None:
        hidden = self.line.echoMode() is QLineEdit.EchoMode.Password
        self.line.setEchoMode(QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password)
        self._eye.tell(
            "eye-off" if hidden else "eye", self.tr("Hide the password") if hidden else self.tr("Show the password")
        )

    def _generate(self) -> None:
        self.line.setFocus()
        self.line.selectAll()
        self.line.insert(passwords.generate_password())
        if self.line.echoMode() is QLineEdit.EchoMode.Password:
            self._turn()
        self.flush()
