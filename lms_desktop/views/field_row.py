"""One field in the form: its label, its editor or its value as text, what is to be said about it."""

from functools import cached_property

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from lms_desktop.models.cells import Cell, Look
from lms_desktop.spec import Computed, Field, Ref
from lms_desktop.views.editors import make_editor
from lms_desktop.views.field_editor import FieldEditor, Label
from lms_desktop.views.json_editor import JsonEditor
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.labels import ElidedLabel, label
from lms_desktop.views.kit.notices import Picture
from lms_desktop.views.kit.paint import px
from lms_desktop.views.long_editor import LongEditor
from lms_desktop.views.session import Session
from lms_desktop.views.trailing import InlineButton
from lms_desktop.views.value_text import ValueText


class FieldRow(QWidget):
    """A field of the form.

    Attributes:
        field: what is shown; `key` is its key.
        editor: the editor, None until the field was editable for the first time.
        known: the wire value that the editor was given, or that it told last.
        help: what is always said below the value; "" for nothing.

    Signals:
        edited(str, object, object): key, wire text or None, label or None.
        rejected(str, str): key and the reason, "" for none.
        escaped(str): Esc where there was nothing to put back.
        open_asked(str): go to the row that the field refers to.
        labelled(str, object): what a reference is called, learned late.
    """

    edited = Signal(str, object, object)
    rejected = Signal(str, str)
    escaped = Signal(str)
    open_asked = Signal(str)
    labelled = Signal(str, object)

    def __init__(self, session: Session, field: Field | Computed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self.field, self.key = session, field, field.key
        self.name = QCoreApplication.translate("", field.label)
        self.editor: FieldEditor | None = None
        self.known: str | None = None
        self.help = QCoreApplication.translate("", field.help) if field.help else ""
        self._refusal, self._unsaved = "", False
        self._read: tuple[str | None, Label | None, str] | None = None
        self._label = label(self.name, "small", parent=self)
        self._arrange()

    def prepare(self) -> None:
        """Make the editor, to be shown later."""
        if self.editor is None:
            self._make_editor().hide()

    # What the form shows here

    def show_editor(self, wire: str | None, name: Label | None, *, new: bool) -> None:
        """Show a value to be edited."""
        editor = self.editor or self._make_editor()
        editor.new = new
        self.known, self._read = wire, None
        self._show("_text", False)
        editor.show()
        editor.set_value(wire, name)
        self._show("_help", bool(self.help))
        self._show("_needed", new and isinstance(self.field, Field) and self.field.needed and wire is None)
        self._tell_buttons()
        self._tell_note(editor.note)

    def stand_on(self, wire: str | None, name: Label | None) -> None:
        """Another value is what is edited; what somebody is typing and is no value yet goes on in its place."""
        assert self.editor is not None
        self.known = wire
        self.editor.stand_on(wire, name)

    def show_text(self, wire: str | None, name: Label | None) -> None:
        """Show a value to be read."""
        if self.editor is not None:
            self.editor.hide()
        self.known, self._read = wire, (wire, name, self._session.zone)
        self._text.show()
        self._text.tell(self.field, wire, name, self._session.zone, self.name)
        for hidden in ("_help", "_needed", "_format", "_whole", "_note"):
            self._show(hidden, False)
        self.mark(unsaved=False)

    def shows(self, wire: str | None, name: Label | None) -> bool:
        """Whether this value stands here to be read."""
        return self._read == (wire, name, self._session.zone)

    def show_words(self, words: str) -> None:
        """Say something in place of a value."""
        self.show_text(None, None)
        self._read = None
        self._text.say(self.field.kind, _words_cell(words))

    def can_open(self, what: str) -> None:
        """Offer to go to the referenced row, which is called so; "" offers nothing."""
        self._show("_open", bool(what))
        if what:
            self._open.tell("arrow-right", self.tr("Open {0}").format(what))

    def tab_stops(self) -> list[QWidget]:
        """Where Tab stops here, in order: from one value straight to the next that is to be typed."""
        # The editor before its input: behind it, its focus proxy would lead Tab back.
        stops: list[QWidget] = [] if self.editor is None else [self.editor, *self.editor.tab_stops()]
        made: list[QWidget | None] = [self.__dict__.get(name) for name in ("_open", "_whole", "_format")]
        return [*filter(None, made[:1]), *stops, *filter(None, made[1:])]

    @property
    def editable(self) -> bool:
        """Whether there is an editor now."""
        return self.editor is not None and self.editor.isVisibleTo(self)

    def mark(self, *, unsaved: bool, was: str = "", refusal: str = "") -> None:
        """Mark as unsaved, with what it was, and as refused, with the reason."""
        self._refusal, self._unsaved = refusal, unsaved
        editor = self.editor
        if editor is None or not self.editable:
            self._show("_was", False)
            self._tell_reason("")
            return
        words = self.tr("was {0}").format(was) if was else ""
        inside = editor.tell_was(words)
        self._show("_was", bool(words) and not inside)
        if words and not inside:
            self._was.setText(words)
        reason = editor.reason or self._refusal
        editor.set_state("invalid" if reason else "dirty" if unsaved else "")
        self._tell_reason(reason)
        parts = [reason, self._unsaved_words(words), self.help]
        editor.set_name(self.name, " ".join(part for part in parts if part))

    # Within

    def _arrange(self) -> None:
        self._head = QHBoxLayout()
        self._head.setSpacing(px(4))
        self._head.addWidget(self._label)
        self._head.addStretch(1)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(px(4))
        self._box.addLayout(self._head)
        if isinstance(self.field.kind, Ref):
            self._open.hide()

    def _show(self, part: str, visible: bool) -> None:
        """Show or hide a part. Most fields never have most of them: those are not made."""
        if visible or part in self.__dict__:
            getattr(self, part).setVisible(visible)

    def _above(self, part: QWidget, *before: str, stretch: int = 0) -> None:
        """Put a part at the end of the first line, behind these as far as they are there."""
        part.hide()
        behind_gap = 2 + ("_needed" in self.__dict__)
        self._head.insertWidget(behind_gap + sum(name in self.__dict__ for name in before), part, stretch)

    def _below(self, part: QWidget, *behind: str) -> None:
        """Put a part below the value, before these as far as they are there."""
        part.hide()
        follows = next((self.__dict__[name] for name in behind if name in self.__dict__), None)
        self._box.insertWidget(-1 if follows is None else self._box.indexOf(follows), part)

    @cached_property
    def _needed(self) -> QLabel:
        made = label("· " + self.tr("needed"), "small", parent=self)
        made.hide()
        self._head.insertWidget(1, made)
        return made

    @cached_property
    def _was(self) -> ElidedLabel:
        made = ElidedLabel("", "small", self)
        made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._above(made, stretch=4)
        return made

    @cached_property
    def _whole(self) -> QPushButton:
        made = button(self.tr("Edit all of it"), "link", self._edit_whole, parent=self)
        made.setAccessibleName(self.tr("Edit all of {0}").format(self.name))
        self._above(made, "_was")
        return made

    @cached_property
    def _format(self) -> QPushButton:
        made = button(self.tr("Format"), "link", self._lay_out, parent=self)
        made.setAccessibleName(self.tr("Format {0}").format(self.name))
        self._above(made, "_was", "_whole")
        return made

    @cached_property
    def _open(self) -> InlineButton:
        made = InlineButton("arrow-right", self.tr("Open"), lambda: self.open_asked.emit(self.key), tab_stop=True)
        self._above(made, "_was", "_whole", "_format")
        return made

    @cached_property
    def _text(self) -> ValueText:
        made = ValueText(self)
        self._below(made, "_said", "_note", "_help")
        return made

    @cached_property
    def _said(self) -> QWidget:
        made = QWidget(self)
        line = QHBoxLayout(made)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(px(6))
        line.addWidget(Picture("error", "bad", 14), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._reason, 1)
        self._below(made, "_note", "_help")
        return made

    @cached_property
    def _reason(self) -> QLabel:
        return label("", "bad", wrap=True)

    @cached_property
    def _note(self) -> QLabel:
        made = label("", "small", wrap=True, parent=self)
        self._below(made, "_help")
        return made

    @cached_property
    def _help(self) -> QLabel:
        made = label(self.help, "small", wrap=True, parent=self)
        self._below(made)
        return made

    def _new_editor(self, field: Field) -> FieldEditor:
        """The editor that this row edits its field with."""
        return make_editor(self._session, field, self)

    def _make_editor(self) -> FieldEditor:
        assert isinstance(self.field, Field)
        editor = self.editor = self._new_editor(self.field)
        self._box.insertWidget(1, editor)
        self._label.setBuddy(editor)
        editor.edited.connect(self._edited)
        editor.rejected.connect(lambda reason: self._rejected(reason))
        editor.escaped.connect(lambda: self.escaped.emit(self.key))
        editor.noted.connect(self._tell_note)
        editor.labelled.connect(lambda wire, name: self.labelled.emit(self.key, name))
        self._tell_buttons()
        return editor

    def _edited(self, wire: str | None, name: Label | None) -> None:
        self.known = wire
        self._show("_needed", False)
        self._tell_buttons()
        self.edited.emit(self.key, wire, name)

    def _unsaved_words(self, was: str) -> str:
        if not self._unsaved:
            return ""
        return self.tr("not saved, {0}").format(was) if was else self.tr("not saved")

    def _rejected(self, reason: str) -> None:
        editor = self.editor
        if editor is not None and self.editable:
            editor.set_state("invalid" if reason or self._refusal else "dirty" if self._unsaved else "")
            self._tell_reason(reason or self._refusal)
        self.rejected.emit(self.key, reason)

    def _tell_reason(self, reason: str) -> None:
        if reason or "_said" in self.__dict__:
            self._reason.setText(reason)
        self._show("_said", bool(reason))

    def _tell_note(self, note: str) -> None:
        if note:
            self._note.setText(note)
        self._show("_note", bool(note) and self.editable)

    def _tell_buttons(self) -> None:
        if isinstance(self.editor, JsonEditor):
            self._format.setVisible(self.editor.can_format())
        elif isinstance(self.editor, LongEditor):
            self._whole.setVisible(self.editor.is_cut())

    def _lay_out(self) -> None:
        if isinstance(self.editor, JsonEditor):
            self.editor.format()
            self.editor.setFocus()

    def _edit_whole(self) -> None:
        if isinstance(self.editor, LongEditor):
            self.editor.edit_whole()
            self.editor.setFocus()
            self._tell_buttons()


def _words_cell(words: str) -> Cell:
    return Cell(words, "", Look.MUTED)
