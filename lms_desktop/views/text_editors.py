"""The editors of one line of text."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from lms_desktop.spec import Field, Text
from lms_desktop.spec.storable import MAX_TEXT
from lms_desktop.views.exact_text import (
    invisible_note,
    is_line_whole,
    line_text,
    put_line,
)
from lms_desktop.views.field_editor import FieldEditor, Label, Value
from lms_desktop.views.trailing import InlineButton, Trailing


class LineField(FieldEditor):
    """An editor made of a line edit with words and buttons at its end.

    Attributes:
        line: the line edit; `trailing` is what stands at its end.
    """

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.line = self._make_line()
        self.line.setMaxLength(MAX_TEXT + 1)  # Qt's own limit cuts without a word
        self.trailing = Trailing(self.line)
        self._null = True
        self._shown = ""
        self._null_button = InlineButton("close", self.tr("No value (Ctrl+0)"), self._null_pressed, sign="∅")
        self._null_button.hide()
        self.trailing.add(self._null_button)
        self._box.addWidget(self.line)
        self._watch(self.line)
        self.line.textChanged.connect(self._text_changed)

    def typed(self) -> str:
        """Override FieldEditor.typed."""
        return self.line.text()

    def resume(self, typed: str) -> None:
        """Override FieldEditor.resume."""
        self.line.selectAll()
        self.line.insert(typed)

    def stand_on(self, wire: str | None, label: Label | None = None) -> None:
        """Override FieldEditor.stand_on: one types on at the same place."""
        place = self.line.cursorPosition()
        super().stand_on(wire, label)
        self.line.setCursorPosition(place)

    def is_untouched(self) -> bool:
        """Override FieldEditor.is_untouched."""
        text = self.line.text()
        return self._null == (self._original[0] is None) and text == self._shown and is_line_whole(self.line, text)

    def tell_was(self, text: str) -> bool:
        """Override FieldEditor.tell_was."""
        self.trailing.tell_was(text)
        return True

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: what stands at the end grows with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.trailing.settle()

    def _make_line(self) -> QLineEdit:
        """The line edit."""
        return QLineEdit(self)

    def _text_of(self, wire: str) -> str:
        """What stands in the line for a value."""
        return wire

    def _empty_words(self) -> str:
        """What the empty line says where that is a value."""
        return self.tr("empty text")

    def _put(self, wire: str | None, label: Label | None) -> None:
        self._showing = True
        self._null = wire is None
        put_line(self.line, "" if wire is None else self._text_of(wire))
        self._shown = self.line.text()
        self._showing = False
        self._look_empty()

    def _settled(self) -> None:
        self._shown = self.line.text()

    def _clear(self) -> None:
        self.line.selectAll()
        self.line.del_()
        self._null = True
        self._look_empty()
        self._touched()

    def _text_changed(self, text: str) -> None:
        if self._showing:
            return
        # Taking back everything that was typed leads back to no value; deleting it leads to the empty text.
        self._null = not text and self._original[0] is None and not self.line.isUndoAvailable()
        self._look_empty()
        self._touched()

    def _look_empty(self) -> None:
        self.line.setPlaceholderText("—" if self._null else self._empty_words())
        self._offer_null()

    def _offer_null(self) -> None:
        wanted = (
            self.field.may_be_null
            and not self._null
            and not self.line.isReadOnly()
            and (self.line.hasFocus() or self.line.underMouse())
        )
        self.trailing.show_button(self._null_button, wanted)

    def _null_pressed(self) -> None:
        self.line.setFocus()
        self.set_null()

    def _entered(self) -> None:
        self._offer_null()

    def _left(self) -> None:
        self._offer_null()


class LineEditor(LineField):
    """One line of text, an e-mail address, a short name or a web address. A line break that is pasted stays one, and is
    said."""

    def _read(self) -> Value:
        text = line_text(self.line)
        assert isinstance(self.field.kind, Text)
        if not text and (self._null or self.field.kind.form != "line"):
            return None, None
        return self.field.kind.parse(text), None

    def _put(self, wire: str | None, label: Label | None) -> None:
        super()._put(wire, label)
        self._say_note(invisible_note(self.line.text(), one_line=True))

    def _text_changed(self, text: str) -> None:
        super()._text_changed(text)
        if not self._showing:
            self._say_note(invisible_note(text, one_line=True))
