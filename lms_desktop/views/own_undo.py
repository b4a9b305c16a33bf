"""Ctrl+Z in a field that has nothing of its own to take back is the page's.

Qt's text fields take both keys for themselves, whether they have anything to do with them or not.
"""

from PySide6.QtCore import QEvent, QMetaObject, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QWidget

_KEYS = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


def has_own(widget: QWidget, key: QKeySequence.StandardKey) -> bool:
    """Whether a text field has something to undo, or to redo."""
    undo, widget = key == QKeySequence.StandardKey.Undo, _typed_in(widget)
    if isinstance(widget, QLineEdit):
        return widget.isUndoAvailable() if undo else widget.isRedoAvailable()
    if isinstance(widget, QPlainTextEdit) and not widget.isReadOnly():
        return widget.document().isUndoAvailable() if undo else widget.document().isRedoAvailable()
    return False


def asked_in_vain(widget: QWidget, event: QEvent) -> bool:
    """Whether this event offers a text field an undo or redo key for which it has no use; it is to be filtered then."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if any(event.matches(key) and not has_own(widget, key) for key in _KEYS):
        event.ignore()
        return True
    return False


def go_back(widget: QWidget) -> bool:
    """Undo in a text field; False where it has nothing to undo."""
    widget = _typed_in(widget)
    if not has_own(widget, QKeySequence.StandardKey.Undo):
        return False
    assert isinstance(widget, QLineEdit | QPlainTextEdit)
    widget.undo()
    return True


def forget_own(widget: QWidget) -> None:
    """Leave a text field as it is, with nothing to undo."""
    widget = _typed_in(widget)
    if isinstance(widget, QLineEdit):
        from lms_desktop.views.exact_text import put_line  # a field is there long before anything is typed into it

        at, marked = widget.cursorPosition(), (widget.selectionStart(), len(widget.selectedText()))
        put_line(widget, widget.text())
        if marked[1]:
            widget.setSelection(*marked)
        else:
            widget.setCursorPosition(at)
    elif isinstance(widget, QPlainTextEdit):
        widget.document().clearUndoRedoStacks()


class OwnUndo(QObject):
    """Whether the text field that has the keyboard would take Ctrl+Z for itself; nothing else has the key then.

    Attributes:
        here: it would.

    Signals:
        changed(): it would now and would not before, or the other way round.
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.here = False
        self._field: QWidget | None = None
        self._followed: QMetaObject.Connection | None = None
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_changed)

    def look(self) -> None:
        """Look again: a field that was told to forget what was typed into it says nothing of that."""
        here = self._field is not None and has_own(self._field, QKeySequence.StandardKey.Undo)
        if here != self.here:
            self.here = here
            self.changed.emit()

    def press(self) -> bool:
        """Do what the key would do in the field; False where it would not have the key."""
        self.look()
        if self.here and self._field is not None:
            key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
            QApplication.sendEvent(self._field, key)  # its editor hears of it as of any other
            return True
        return False

    def _focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self._followed is not None:
            QObject.disconnect(self._followed)
        self._followed, self._field = None, None
        field = None if new is None else _typed_in(new)
        if isinstance(field, QLineEdit):
            self._field, self._followed = field, field.textChanged.connect(self.look)
        elif isinstance(field, QPlainTextEdit):
            self._field, self._followed = field, field.undoAvailable.connect(self.look)
        self.look()


def _typed_in(widget: QWidget) -> QWidget:
    """Of a combo box the line that is typed in, where there is one."""
    return (widget.lineEdit() or widget) if isinstance(widget, QComboBox) else widget
