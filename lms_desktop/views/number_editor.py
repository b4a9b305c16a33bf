"""The editor of whole numbers: typed, or stepped with the keyboard, and never by an accident of the wheel."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from lms_desktop.errors import BadValue
from lms_desktop.spec import Field, Number
from lms_desktop.views.exact_text import line_text
from lms_desktop.views.field_editor import Value
from lms_desktop.views.text_editors import LineField
from lms_desktop.views.trailing import InlineButton
from lms_desktop.views.typed_edit import STEPS


class NumberEditor(LineField):
    """A number within its range, with its unit. Up and Down step by one, Page Up and Page Down by ten."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        assert isinstance(field.kind, Number)
        self._kind = field.kind
        self.trailing.tell_words(QCoreApplication.translate("", field.kind.unit) if field.kind.unit else "")
        self.trailing.add(InlineButton("minus", self.tr("One less (Down)"), lambda: self._step_pressed(-1)))
        self.trailing.add(InlineButton("plus", self.tr("One more (Up)"), lambda: self._step_pressed(1)))
        self.line.setInputMethodHints(Qt.InputMethodHint.ImhPreferNumbers)

    def step(self, by: int) -> None:
        """Add to the number, within its range; from no value to the nearest to zero."""
        try:
            wire, _ = self.take()
        except BadValue:
            return
        number = self._kind.nearest(int(wire) + by if wire is not None else 0)
        self.line.selectAll()
        self.line.insert(str(number))

    def _text_of(self, wire: str) -> str:
        return self._kind.edit_text(wire)

    def _empty_words(self) -> str:
        return ""

    def _read(self) -> Value:
        text = line_text(self.line)
        if not text.strip():
            return None, None
        return self._kind.parse(text), None

    def _pressed(self, event: QKeyEvent) -> bool:
        step = STEPS.get(Qt.Key(event.key()))
        if step is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        self.step(step)
        return True

    def _step_pressed(self, by: int) -> None:
        self.line.setFocus()
        self.step(by)
