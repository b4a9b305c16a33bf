"""Fields of a filter that are typed into: what is no value of theirs is marked, and never taken for another one."""

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from lms_desktop.errors import BadValue
from lms_desktop.models.wording import said, word
from lms_desktop.spec import Number
from lms_desktop.views import theme
from lms_desktop.views.trailing import InlineButton, Trailing

STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
"""The keys that step, and by how many."""


class TypedEdit(QLineEdit):
    """One value, typed in one go. Up and Down step by one, Page Up and Page Down by more.

    Attributes:
        trailing: what stands at its end.

    Signals:
        value_changed(): another value stands here, or none.
    """

    value_changed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.trailing = Trailing(self)
        self.textChanged.connect(self._typed)

    def wire(self) -> str:
        """The value as it is sent. Raises BadValue where none stands here."""
        raise NotImplementedError

    def step(self, by: int) -> None:
        """Go on by so many."""
        raise NotImplementedError

    def complain(self) -> str:
        """Why what stands here is no value, which is marked then; "" where it is one."""
        words = ""
        try:
            self.wire()
        except BadValue as error:
            words = said(error)
        theme.set_state(self, "invalid" if words else "")
        self.setAccessibleDescription(words)
        return words

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QLineEdit::keyPressEvent: the keys that step."""
        by = STEPS.get(Qt.Key(event.key()))
        if by is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        else:
            self.step(by)
            self.selectAll()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Override QLineEdit::mouseDoubleClickEvent: it is one word."""
        super().mouseDoubleClickEvent(event)
        self.selectAll()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Override QLineEdit::focusInEvent: whoever comes here by a key types another one."""
        super().focusInEvent(event)
        if event.reason() not in (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.PopupFocusReason):
            self.selectAll()

    def _typed(self) -> None:
        theme.set_state(self, "")
        self.setAccessibleDescription("")
        self.value_changed.emit()


class WholeEdit(TypedEdit):
    """A whole number within its range, with its unit."""

    def __init__(self, kind: Number, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._kind = kind
        self.setInputMethodHints(Qt.InputMethodHint.ImhPreferNumbers)
        self.trailing.tell_words(word(kind.unit) if kind.unit else "")
        less = QCoreApplication.translate("NumberEditor", "One less (Down)")
        more = QCoreApplication.translate("NumberEditor", "One more (Up)")
        self.trailing.add(InlineButton("minus", less, lambda: self._stepped(-1)))
        self.trailing.add(InlineButton("plus", more, lambda: self._stepped(1)))
        self.show_number(max(0, kind.minimum))

    def show_number(self, number: int) -> None:
        """Write a number."""
        self.setText(str(number))

    def wire(self) -> str:
        """Override TypedEdit.wire."""
        return self._kind.parse(self.text()) or ""

    def step(self, by: int) -> None:
        """Override TypedEdit.step: within the range."""
        try:
            number = int(self.wire()) + by
        except BadValue:
            return
        self.show_number(self._kind.nearest(number))

    def _stepped(self, by: int) -> None:
        self.setFocus()
        self.step(by)
