"""What all editors of fields have in common: values in and out, reasons, keys, nothing lost."""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHBoxLayout, QWidget

from lms_desktop.errors import BadValue
from lms_desktop.models.wording import said
from lms_desktop.spec import Field
from lms_desktop.views import theme
from lms_desktop.views.own_undo import asked_in_vain, forget_own, go_back

PAUSE_MS = 400
"""So long after the last key a value is told, or why it is none; at once when the keyboard leaves."""

Label = tuple[str, str]
Value = tuple[str | None, Label | None]
"""A wire value and, of a reference, what it is called."""

_LEAVING = {Qt.FocusReason.PopupFocusReason, Qt.FocusReason.MenuBarFocusReason, Qt.FocusReason.ActiveWindowFocusReason}


class FieldEditor(QWidget):
    """The editor of one field, in the form and in a table's cell.

    What was not touched is given back as it came, byte for byte, whatever it is.

    Attributes:
        field: what is edited.
        new: the row is not saved yet: a value may be taken away that must be there in the end.
        going_back: what is told now comes of the editor's own undo.

    Signals:
        edited(object, object): wire text or None, label or None: a valid value that the person gave.
        rejected(str): why what stands here is no value; "" when it is one again.
        committed(): Enter, or something was picked: a table closes the editor.
        escaped(): Esc was pressed and there was nothing to put back.
        noted(str): something worth saying about the value shown, "" for nothing.
        labelled(object, object): wire text and label: what a reference that was shown without a name is called.
    """

    edited = Signal(object, object)
    rejected = Signal(str)
    committed = Signal()
    escaped = Signal()
    noted = Signal(str)
    labelled = Signal(object, object)

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.new = self.going_back = False
        self.note = ""
        self._original: Value = (None, None)
        self._told: str | None = None
        self._reason = ""
        self._showing = False
        self._input: QWidget = self
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._tell)
        self._box = QHBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)

    # What form and table use

    def set_value(self, wire: str | None, label: Label | None = None) -> None:
        """Show a value; emits no `edited`."""
        self._pause.stop()
        self._original, self._told = (wire, label), wire
        self._put(wire, label)
        self._say_reason("")

    def settle(self, wire: str | None, label: Label | None = None) -> None:
        """What stands here has been saved: it is what Esc leads back to, and nothing typed before is left to undo."""
        if self._told != wire or self._reason or self._pause.isActive():
            return
        self._showing = True
        self._original = wire, label
        forget_own(self._input)
        self._showing = False
        self._settled()

    def stand_on(self, wire: str | None, label: Label | None = None) -> None:
        """Another value is what Esc leads back to, and what is compared with; what is typed and no value yet stays."""
        typed = self.typed()
        self.set_value(wire, label)
        self.resume(typed)
        self.flush()

    def shows(self, wire: str | None, label: Label | None) -> bool:
        """Whether this value stands here as it was shown, untouched."""
        return self._original == (wire, label) and self.is_untouched()

    def take(self) -> Value:
        """The present value; raises BadValue with the reason where there is none."""
        if self.is_untouched():
            return self._original
        wire, label = self._read()
        if wire is None and not self.field.may_be_null and not self.new:
            raise BadValue(self.needed(), field=self.field.key)
        return wire, label

    def set_null(self) -> None:
        """Take the value away, where the field may be without one."""
        if self.field.may_be_null or self.new:
            self._clear()
            self.flush()

    def flush(self) -> bool:
        """Tell at once what has not been told yet; False where what stands here is no value."""
        self._pause.stop()
        self._tell()
        return not self._reason

    def restore(self) -> None:
        """Put back what stood here at first."""
        self._put(*self._original)
        self.flush()

    @property
    def reason(self) -> str:
        """Why what stands here is no value; "" where it is one."""
        return self._reason

    def typed(self) -> str:
        """What stands here, value or not, as `resume` takes it."""
        raise NotImplementedError

    def resume(self, typed: str) -> None:
        """Go on with what was typed earlier and is no value yet."""
        raise NotImplementedError

    def is_untouched(self) -> bool:
        """Whether what was shown still stands here."""
        raise NotImplementedError

    def tell_was(self, text: str) -> bool:
        """Show what the value was before it was changed ("" for nothing); False where there is no room for it."""
        return False

    def set_state(self, state: str) -> None:
        """Mark as "dirty", "invalid" or "" for neither."""
        theme.set_state(self._input, state)

    def set_name(self, name: str, description: str = "") -> None:
        """What a screen reader calls it."""
        self._input.setAccessibleName(name)
        self._input.setAccessibleDescription(description)

    def needed(self) -> str:
        """The sentence for a value that must be there."""
        label = QCoreApplication.translate("", self.field.label)
        return QCoreApplication.translate("FieldEditor", "{0} is needed.").format(label)

    def tab_stops(self) -> list[QWidget]:
        """Where Tab stops within, in order."""
        return [self._input]

    def has_keyboard(self) -> bool:
        """Whether the keyboard is in here."""
        there = QApplication.focusWidget()
        return there is not None and self.isAncestorOf(there)

    @property
    def in_cell(self) -> bool:
        """Whether it stands in a cell of a table."""
        parent = self.parentWidget()
        return parent is not None and isinstance(parent.parentWidget(), QAbstractItemView)

    # What the editors of the kinds fill in

    def _put(self, wire: str | None, label: Label | None) -> None:
        """Show a value."""
        raise NotImplementedError

    def _read(self) -> Value:
        """The value of what was typed; raises BadValue."""
        raise NotImplementedError

    def _clear(self) -> None:
        """Take the value away, as the person asked."""
        raise NotImplementedError

    def _settled(self) -> None:
        """What stands here is what was shown, from now on."""

    def _entered(self) -> None:
        """The keyboard came."""

    def _left(self) -> None:
        """The keyboard went; everything was told."""

    def _pressed(self, event: QKeyEvent) -> bool:
        """A key that the editor takes before the input; whether it did."""
        return False

    # For them to use

    def _watch(self, widget: QWidget) -> None:
        """Make this the input."""
        self._input = widget
        widget.installEventFilter(self)
        self.setFocusProxy(widget)

    def _touched(self) -> None:
        """The person changed what stands here."""
        if self._showing:
            return
        if self._reason:  # a fault that was put right is forgotten at once; a new one waits for a pause in typing
            self._check()
        self._pause.start()

    def _say_note(self, note: str) -> None:
        if note != self.note:
            self.note = note
            self._input.setToolTip(note)
            self.noted.emit(note)

    def _say_reason(self, reason: str) -> None:
        if reason != self._reason:
            self._reason = reason
            self.rejected.emit(reason)

    def _check(self) -> None:
        try:
            self.take()
        except BadValue as error:
            self._say_reason(said(error))
        else:
            self._say_reason("")

    def _tell(self) -> None:
        self._check()
        if self._reason:
            return
        wire, label = self.take()
        if wire != self._told:
            self._told = wire
            self.edited.emit(wire, label)

    def _commit(self) -> None:
        """The value is final, as far as the person is concerned."""
        if self.flush():
            self.committed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Override QWidget::hideEvent: nothing typed is lost."""
        super().hideEvent(event)
        self.flush()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject::eventFilter: the keys and the focus of the input."""
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride and _is_null_key(event):
                event.accept()
                return True
            if asked_in_vain(self._input, event):
                return True
            if event.type() == QEvent.Type.KeyPress:
                return self._goes_back(event) or self._pressed(event) or self._key(event)
        elif isinstance(event, QFocusEvent):
            if event.type() == QEvent.Type.FocusIn:
                self._entered()
            elif event.type() == QEvent.Type.FocusOut and event.reason() not in _LEAVING:
                self._leave(event)
        return False

    def _goes_back(self, event: QKeyEvent) -> bool:
        """Undo in the input, and tell at once what that leads back to; False where there is nothing to undo."""
        if not event.matches(QKeySequence.StandardKey.Undo) or not go_back(self._input):
            return False
        self.going_back = True
        try:
            self.flush()
        finally:
            self.going_back = False
        return True

    def _key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if _is_null_key(event):
            self.set_null()
            return True
        if key == Qt.Key.Key_Escape:
            return self._escape(event)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._commit()
            return True
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and self.in_cell:
            if self.flush():
                QApplication.sendEvent(self, event)
            return True
        return False

    def _escape(self, event: QKeyEvent) -> bool:
        if self.in_cell:
            QApplication.sendEvent(self, event)
            return True
        if self._reason or not self.is_untouched():
            self.restore()
            return True
        self.escaped.emit()
        return False

    def _leave(self, event: QFocusEvent) -> None:
        valid = self.flush()
        self._left()
        if self.in_cell and valid and not self.has_keyboard():
            # The delegate watches the editor; the keyboard was in the input within.
            QApplication.sendEvent(self, QFocusEvent(QEvent.Type.FocusOut, event.reason()))


def _is_null_key(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_0 and event.modifiers() == Qt.KeyboardModifier.ControlModifier
