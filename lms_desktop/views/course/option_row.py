"""One option of a question: its handle, its tick, its text edited in place, the way to take it away."""

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from lms_desktop.errors import BadValue
from lms_desktop.services.teaching.questions import Option
from lms_desktop.views.course.option_parts import Grip, Tick
from lms_desktop.views.field_editor import PAUSE_MS
from lms_desktop.views.kit.buttons import tool_button
from lms_desktop.views.kit.labels import Tag
from lms_desktop.views.kit.paint import draw_box, draw_ring, log, px
from lms_desktop.views.long_editor import PlainEdit
from lms_desktop.views.own_undo import asked_in_vain, forget_own, go_back

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_ALT, _CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
_MOVES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Home: -(10**6), Qt.Key.Key_End: 10**6}
_MODIFIERS = _ALT | _CTRL | Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.MetaModifier


class OptionText(PlainEdit):
    """The text of an option: Enter goes on, several lines that are pasted become several options.

    Signals:
        entered(): Enter: on to the next one.
        added(): Ctrl+Enter: another option.
        moved(int): Alt with an arrow, Home or End: so many places on, back where it is less than 0.
        stepped(int): an arrow led out of the text, up (-1) or down (1).
        emptied(): Backspace in an empty text: the option is not wanted.
        lines_pasted(object): the lines of what was pasted, a list; nothing was inserted.
        focused(bool): the keyboard came or went.
    """

    entered = Signal()
    added = Signal()
    moved = Signal(int)
    stepped = Signal(int)
    emptied = Signal()
    lines_pasted = Signal(object)
    focused = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, least=1, most=8)
        self.setProperty("kind", "inline")
        self.takes_files = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Override PlainEdit.insertFromMimeData."""
        lines = [line.strip() for line in source.text().splitlines() if line.strip()]
        if len(lines) > 1 and not self.isReadOnly():
            self.lines_pasted.emit(lines)
        elif lines and lines[0] != source.text() and source.text().endswith(("\n", "\r")):
            self.insertPlainText(lines[0])
        else:
            super().insertFromMimeData(source)

    def event(self, event: QEvent) -> bool:
        """Override QObject::event: our keys are not the page's, and Ctrl+Z is where nothing is left to undo here."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if asked_in_vain(self, event):
                return False
            if _is_ours(event):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override PlainEdit.keyPressEvent: the keys of the class's description."""
        key, held = Qt.Key(event.key()), event.modifiers() & _MODIFIERS
        none = Qt.KeyboardModifier.NoModifier
        if held == _ALT and key in _MOVES:
            self.moved.emit(_MOVES[key])
        elif key in ENTER and held == _CTRL:
            self.added.emit()
        elif key in ENTER and held == none:
            self.entered.emit()
        elif key == Qt.Key.Key_Backspace and held == none and not self.isReadOnly() and self.document().isEmpty():
            self.emptied.emit()
        elif held == none and key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._at_edge(key):
            self.stepped.emit(_MOVES[key])
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Override QPlainTextEdit::focusInEvent."""
        super().focusInEvent(event)
        self.focused.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Override QPlainTextEdit::focusOutEvent."""
        super().focusOutEvent(event)
        self.focused.emit(False)

    def _at_edge(self, key: Qt.Key) -> bool:
        """Whether there is no line further up, or down."""
        there = self.textCursor()
        way = QTextCursor.MoveOperation.Up if key == Qt.Key.Key_Up else QTextCursor.MoveOperation.Down
        return not there.movePosition(way)


class OptionRow(QFrame):
    """A row of a list of options.

    Attributes:
        option: what it was made from, its text as it was told last.
        stored: it stands in the question; a row that somebody has added and left empty does not yet.
        unsaved: whether the text or the tick is another than what is saved.

    Signals:
        edited(object, bool): the row; whether an undo of the text's own led to it.
        ticked(object): the row.
    """

    edited = Signal(object, bool)
    ticked = Signal(object)

    def __init__(self, option: Option, *, ticks: bool, stored: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.option, self.stored, self.unsaved = option, stored, False
        self._ticks, self._showing, self._was_empty, self._lifted = ticks, False, not option.text, False
        self.grip, self.tick, self.edit = Grip(self), Tick(self), OptionText(self)
        self.tag = Tag(self.tr("right answer"), "ok", self)
        self.cross = tool_button("close", "", parent=self)
        self._row = QHBoxLayout(self)
        for part in (self.grip, self.tick):
            self._row.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self.edit, 1, Qt.AlignmentFlag.AlignVCenter)
        self._row.addWidget(self.tag, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addWidget(self.cross, 0, Qt.AlignmentFlag.AlignVCenter)
        self.tick.setVisible(ticks)
        self.tag.hide()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.flush)
        self.edit.textChanged.connect(self._touched)
        self.edit.focused.connect(self._focused)
        self.edit.installEventFilter(self)
        self.tick.toggled.connect(self._toggled)
        self._space()
        self.put(option)

    def put(self, option: Option) -> None:
        """Show an option; where its text stands here already, caret and undo stay."""
        self.option = option
        self._was_empty = not option.text
        if self._text() != option.text:
            self._pause.stop()
            self._showing = True
            exact = self.edit.put(option.text)
            self._showing = False
            self.edit.setReadOnly(not exact)

    def set_right(self, right: bool) -> None:
        """Show whether it is right."""
        self._showing = True
        self.tick.setChecked(right)
        self._showing = False
        self.tag.setVisible(right and self._ticks)

    def set_editable(self, editable: bool) -> None:
        """Let it be edited, or only be read."""
        self.edit.setReadOnly(not editable)
        self.tick.setEnabled(editable)
        self.grip.setVisible(editable)
        self.cross.setVisible(editable)

    def mark(self, *, unsaved: bool) -> None:
        """Mark as not saved."""
        if unsaved != self.unsaved:
            self.unsaved = unsaved
            self.update()

    def lift(self, lifted: bool) -> None:
        """Show that it is dragged, or that it is no longer."""
        self._lifted = lifted
        self.update()

    @property
    def right(self) -> bool:
        """Whether it is ticked."""
        return self.tick.isChecked()

    @property
    def waiting(self) -> bool:
        """Whether it was added and nothing was typed into it yet."""
        return not self.stored and self.edit.document().isEmpty()

    @property
    def reason(self) -> str:
        """Why what stands here is no option; "" where it is one."""
        try:
            text = self.edit.text()
        except BadValue as error:
            return error.text
        return self.tr("An option needs a text; × takes it away.") if self.stored and self._is_emptied(text) else ""

    def settle(self) -> None:
        """What stands here is saved: nothing typed before is left to undo."""
        if not self._pause.isActive() and self._text() == self.option.text:
            forget_own(self.edit)

    def take_keyboard(self) -> None:
        """Put the keyboard behind the text."""
        self.edit.setFocus()
        self.edit.moveCursor(QTextCursor.MoveOperation.End)

    def flush(self) -> bool:
        """Tell what has not been told yet; False where what stands here is no option."""
        return self._tell(back=False)

    def _tell(self, *, back: bool) -> bool:
        self._pause.stop()
        text = self._text()
        if self.reason:
            self.update()
            return False
        if text is not None and text != self.option.text:
            self.option = Option(text, self.option.source)
            self.stored = self.stored or bool(text)
            self.edited.emit(self, back)
        return True

    def _is_emptied(self, text: str) -> bool:
        return not text and not self._was_empty

    def _text(self) -> str | None:
        """What stands here; None where that is no text."""
        try:
            return self.edit.text()
        except BadValue:
            return None

    def _touched(self) -> None:
        if not self._showing:
            self._pause.start()
            self.update()

    def _toggled(self, right: bool) -> None:
        if not self._showing:
            self.tag.setVisible(right and self._ticks)
            self.ticked.emit(self)

    def _focused(self, here: bool) -> None:
        if not here:
            self.flush()
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject::eventFilter: what the text's own undo leads back to is told at once."""
        if not (isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress):
            return False
        if event.matches(QKeySequence.StandardKey.Undo) and go_back(self.edit):
            self._tell(back=True)
            return True
        return False

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent: the frame says what state the row is in."""
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw(painter)
        except Exception:
            log.exception("Drawing an option failed")
        finally:
            painter.end()

    def _draw(self, painter: QPainter) -> None:
        rect = QRectF(self.rect())
        if self._lifted:
            draw_box(painter, rect, px(6), "accent_soft", "accent")
        elif self.reason:
            draw_box(painter, rect, px(6), "bad_soft", "bad")
        elif self.unsaved:
            draw_box(painter, rect, px(6), "warn_soft", "warn")
        else:
            draw_box(painter, rect, px(6), "panel", "line")
        if self.edit.hasFocus():
            draw_ring(painter, rect, px(6))

    def _space(self) -> None:
        self._row.setContentsMargins(px(6), px(4), px(6), px(4))
        self._row.setSpacing(px(6))


def _is_ours(event: QKeyEvent) -> bool:
    held, key = event.modifiers() & _MODIFIERS, Qt.Key(event.key())
    return (held == _ALT and key in _MOVES) or (held == _CTRL and key in ENTER)
