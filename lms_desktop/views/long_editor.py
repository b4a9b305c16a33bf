"""The editor of text of several lines, and of any length."""

from math import ceil

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QResizeEvent, QTextCursor, QWheelEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from lms_desktop.errors import BadValue
from lms_desktop.spec import Field
from lms_desktop.spec.storable import MAX_TEXT
from lms_desktop.views import theme
from lms_desktop.views.exact_text import (
    ExactText,
    half_a_character,
    has_odd_breaks,
    invisible_note,
    is_whole,
    put_document,
)
from lms_desktop.views.field_editor import FieldEditor, Label, Value
from lms_desktop.views.theme import FontRole

LONG = 200_000
"""Characters from which a text is laid out only when the person wants to edit it."""
EXCERPT = 2_000


class PlainEdit(QPlainTextEdit):
    """A text edit that grows with its text, leaves the wheel to the form until it has the keyboard, and keeps track of
    the line breaks that Qt would make all alike.

    Attributes:
        exact: what `document()` was made from.
        takes_files: the path of a file that is dropped is text as any other; else it is left to what is behind.

    Signals:
        refused(str): what was pasted is too long; nothing was inserted.
    """

    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, least: int = 3, most: int = 12) -> None:
        super().__init__(parent)
        self.exact = ExactText("")
        self.takes_files = True
        self._least, self._most = least, most
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(2)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().documentLayout().documentSizeChanged.connect(lambda size: self._fit())
        self._fit()

    def put(self, text: str) -> bool:
        """Show a text; whether `text()` gives it back exactly."""
        self.exact = ExactText(text)
        return put_document(self, text)

    def text(self) -> str:
        """The text, with the line breaks it had where it was not edited; raises BadValue for half a character."""
        raw = self.document().toRawText()
        if not is_whole(self.document(), raw):
            raise half_a_character()
        return self.exact.text(raw)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Override QPlainTextEdit::canInsertFromMimeData."""
        files = source.hasUrls() and all(url.isLocalFile() for url in source.urls())
        return super().canInsertFromMimeData(source) and (self.takes_files or not files)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Override QPlainTextEdit::insertFromMimeData: what is pasted stays as it is."""
        text = source.text()
        if self.document().characterCount() + len(text) > MAX_TEXT + 1:
            self.refused.emit(
                self.tr("At most {0} characters can be edited here; nothing was pasted.").format(f"{MAX_TEXT:,}")
            )
            return
        if not has_odd_breaks(text):
            super().insertFromMimeData(source)
            return
        raw, cursor = self.document().toRawText(), self.textCursor()
        before = self.exact.text(raw)
        first = self.exact.index(raw, cursor.selectionStart())
        last = self.exact.index(raw, cursor.selectionEnd())
        super().insertFromMimeData(source)
        self.exact = ExactText(before[:first] + text + before[last:])
        self.textChanged.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QPlainTextEdit::keyPressEvent: Shift+Enter is an ordinary line break."""
        shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and shifted:
            self.insertPlainText("\n")
            event.accept()
            return
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Override QPlainTextEdit::wheelEvent: without the keyboard the form scrolls."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QPlainTextEdit::resizeEvent: lines are broken anew."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Override QPlainTextEdit::changeEvent: grow with the text size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._fit()

    def _fit(self) -> None:
        lines = min(max(ceil(self.document().size().height()), self._least), self._most)
        border = self.height() - self.viewport().height()
        text = ceil(lines * QFontMetricsF(self.font()).lineSpacing() + 2 * self.document().documentMargin())
        height = text + max(border, 0) + 1
        if height != self.height():
            self.setFixedHeight(height)


class LongEditor(FieldEditor):
    """Text of several lines. Ctrl+Enter closes it in a table.

    Attributes:
        edit: the text edit.
    """

    def __init__(self, field: Field, parent: QWidget | None = None, *, fixed: bool = False) -> None:
        super().__init__(field, parent)
        self.edit = self._make_edit()
        self._fixed = fixed
        self._null = True
        self._shown = ""
        self._whole: str | None = None
        self._box.addWidget(self.edit)
        self._watch(self.edit)
        self.edit.textChanged.connect(self._text_changed)
        self.edit.refused.connect(self._say_reason)
        self._use_font()

    def _make_edit(self) -> PlainEdit:
        """The text edit."""
        return PlainEdit(self)

    def typed(self) -> str:
        """Override FieldEditor.typed."""
        try:
            return self.edit.text()
        except BadValue:
            return self.edit.document().toRawText()

    def resume(self, typed: str) -> None:
        """Override FieldEditor.resume."""
        self._showing = True
        self.edit.put(typed)
        self._showing = False
        self._null = False
        self._look_empty()
        self._touched()

    def is_untouched(self) -> bool:
        """Override FieldEditor.is_untouched."""
        if self._whole is not None:
            return not self._null
        raw = self.edit.document().toRawText()
        same = raw == self._shown and is_whole(self.edit.document(), raw)
        return self._null == (self._original[0] is None) and same

    def is_cut(self) -> bool:
        """Whether only the beginning of a long text is shown, to be read."""
        return self._whole is not None

    def edit_whole(self) -> None:
        """Lay the whole of a long text out, to be edited."""
        if self._whole is not None:
            whole, self._whole = self._whole, None
            self._lay_out(whole)

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: the fixed font grows with the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._use_font()

    def _put(self, wire: str | None, label: Label | None) -> None:
        self._whole = wire if wire is not None and len(wire) > LONG else None
        if self._whole is not None:
            self._lay_out(self._whole[:EXCERPT] + " …")
            self.edit.setReadOnly(True)
            self._say_note(
                self.tr("{0} characters; only the beginning is shown.").format(self.locale().toString(len(wire or "")))
            )
            return
        self._null = wire is None
        self._lay_out(wire or "")

    def _lay_out(self, text: str) -> None:
        self._showing = True
        place = self._place() if text and self.edit.document().toPlainText() == text else None
        exact = self.edit.put(text)
        if place is not None:
            self._go_back_to(*place)
        self.edit.setReadOnly(not exact)
        self._shown = self.edit.document().toRawText()
        self._showing = False
        self._null = self._original[0] is None
        self._look_empty()
        if exact:
            self._say_note(invisible_note(text, one_line=False))
        else:
            self._say_note(self.tr("Holds characters that would change here; it can be read, not edited."))

    def _place(self) -> tuple[int, int, int]:
        """Where the person is in the text: anchor, cursor, and how far it is scrolled."""
        cursor = self.edit.textCursor()
        return cursor.anchor(), cursor.position(), self.edit.verticalScrollBar().value()

    def _go_back_to(self, anchor: int, position: int, scrolled: int) -> None:
        """The same text is laid out once more, as after a new row was saved: whoever writes goes on where she was."""
        cursor = self.edit.textCursor()
        cursor.setPosition(anchor)
        cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
        self.edit.setTextCursor(cursor)
        self.edit.verticalScrollBar().setValue(scrolled)

    def _read(self) -> Value:
        if self._null:
            return None, None
        text = self.edit.text()
        return self.field.kind.parse(text), None

    def _settled(self) -> None:
        self._shown = self.edit.document().toRawText()

    def _clear(self) -> None:
        self._whole = None
        self.edit.setReadOnly(False)
        self.edit.selectAll()
        self.edit.textCursor().removeSelectedText()
        self._null = True
        self._look_empty()
        self._touched()

    def _text_changed(self) -> None:
        if self._showing:
            return
        document = self.edit.document()
        self._null = document.isEmpty() and self._original[0] is None and not document.isUndoAvailable()
        self._look_empty()
        self._touched()

    def _touched(self) -> None:
        if self.edit.document().characterCount() > LONG:  # not with each key
            self._pause.start()
        else:
            super()._touched()

    def _pressed(self, event: QKeyEvent) -> bool:
        """Enter is a line break here; with Ctrl it ends the editing."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self._commit()
                return True
            if not self.in_cell:
                return False
        return False

    def _key(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        return super()._key(event)

    def _look_empty(self) -> None:
        self.edit.setPlaceholderText("—" if self._null else self.tr("empty text"))

    def _use_font(self) -> None:
        if self._fixed:
            self.edit.setFont(theme.current().font(FontRole.FIXED))
