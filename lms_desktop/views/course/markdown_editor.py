"""The editor of Markdown: the source, what it looks like beside it, and buttons for what is typed most."""

from functools import partial

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from lms_desktop.spec import Computed, Field
from lms_desktop.views.course import markdown_acts as acts
from lms_desktop.views.course.markdown_preview import MarkdownPreview
from lms_desktop.views.field_editor import FieldEditor, Label
from lms_desktop.views.field_row import FieldRow
from lms_desktop.views.kit.buttons import button, tool_button
from lms_desktop.views.kit.flow import FlowLayout
from lms_desktop.views.kit.labels import key_text, label
from lms_desktop.views.kit.paint import px
from lms_desktop.views.long_editor import LongEditor, PlainEdit
from lms_desktop.views.session import Session

PREVIEW_MS = 200
"""So long after the last key the preview follows."""

PREVIEW_LONG_MS = 700
LONG_TEXT = 100_000
"""Characters from which on the preview follows after `PREVIEW_LONG_MS`."""

BESIDE = 560
"""Pixels at 100 % from which on source and preview stand side by side."""

MODES = ("source", "both", "preview")
STATE = "lesson editor"


class SourceEdit(PlainEdit):
    """The source: as high as there is room, and scrolled by itself."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Override PlainEdit.wheelEvent: it always scrolls."""
        QPlainTextEdit.wheelEvent(self, event)

    def _fit(self) -> None:
        """As high as it is let."""


class MarkdownEditor(LongEditor):
    """Markdown with its preview. Of a long text the part around the cursor is previewed.

    Attributes:
        preview: what it looks like; `tools` are the buttons by name, `modes` those that choose what is seen.
        mode: "source", "both" or "preview".

    Signals:
        mode_chosen(str): the person chose what is seen.
    """

    mode_chosen = Signal(str)

    def __init__(self, field: Field, parent: QWidget | None = None, *, mode: str = "both") -> None:
        super().__init__(field, parent, fixed=True)
        self.mode = mode if mode in MODES else "both"
        self.preview = MarkdownPreview(self)
        self.preview.setAccessibleName(self.tr("Preview of the content"))
        self.preview.setPlaceholderText(self.tr("What students will read appears here."))
        self._cut = label(
            self.tr("This text is long: only the part around the cursor is previewed."), "small", wrap=True
        )
        self._cut.hide()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._show_preview)
        self._build()
        self._connect()
        self.show_mode(self.mode)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_mode(self, mode: str) -> None:
        """Show source, preview or both."""
        self.mode = mode
        self.edit.setVisible(mode != "preview")
        self._paper.setVisible(mode != "source")
        for name, switch in self.modes.items():
            switch.setChecked(name == mode)
        self._tools_row.setEnabled(mode != "preview")
        if mode != "source":
            self._show_preview()

    def tab_stops(self) -> list[QWidget]:
        """Override FieldEditor.tab_stops: the source, the preview, for its links, and then the buttons."""
        return [self.edit, self.preview, *self.tools.values(), *self.modes.values()]

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """Override QWidget::setFocus: the source has to be seen for that."""
        if self.mode == "preview" and not self.edit.isReadOnly():
            self.show_mode("both")
        super().setFocus(reason)

    def edit_whole(self) -> None:
        """Override LongEditor.edit_whole."""
        super().edit_whole()
        self._show_preview()

    def act(self, act: acts.Act) -> None:
        """Do what a button does, where the text can be edited."""
        if self.edit.isReadOnly() or self.mode == "preview":
            return
        act(self.edit)
        self.edit.setFocus()

    # Building

    def _make_edit(self) -> PlainEdit:
        return SourceEdit(self)

    def _build(self) -> None:
        self._box.removeWidget(self.edit)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setProperty("kind", "airy")
        self._splitter.setHandleWidth(px(8))
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.edit)
        self._paper = QWidget()
        paper = QVBoxLayout(self._paper)
        paper.setContentsMargins(0, 0, 0, 0)
        paper.setSpacing(px(4))
        paper.addWidget(self.preview, 1)
        paper.addWidget(self._cut)
        self._splitter.addWidget(self._paper)
        self._splitter.setSizes([500, 500])
        self.edit.setMinimumSize(px(120), px(80))
        self.preview.setMinimumSize(px(120), px(80))
        self._tools_row = QWidget()
        row = QHBoxLayout(self._tools_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(2))
        self.tools = {}
        for name, words, act, keys in self._acts():
            tool = tool_button(name, words, partial(self.act, act), keys=key_text(keys) if keys else "")
            tool.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.tools[name] = tool
            row.addWidget(tool)
        self.modes = {}
        chooser = QWidget()
        choice = QHBoxLayout(chooser)
        choice.setContentsMargins(0, 0, 0, 0)
        choice.setSpacing(px(4))
        words_of = {"source": self.tr("Source"), "both": self.tr("Both"), "preview": self.tr("Preview")}
        for mode, words in words_of.items():
            switch = button(words, "segment", partial(self._choose, mode))
            switch.setCheckable(True)
            self.modes[mode] = switch
            choice.addWidget(switch)
        top = FlowLayout()
        top.trailing = (chooser,)
        top.addWidget(self._tools_row)
        top.addWidget(chooser)
        column = QVBoxLayout()
        column.setSpacing(px(6))
        column.addLayout(top)
        column.addWidget(self._splitter, 1)
        self._box.addLayout(column)

    def _acts(self) -> tuple[tuple[str, str, acts.Act, str], ...]:
        return (
            ("bold", self.tr("Bold"), acts.bold, "Ctrl+B"),
            ("italic", self.tr("Italic"), acts.italic, "Ctrl+I"),
            ("heading", self.tr("Heading"), acts.heading, ""),
            ("list", self.tr("List"), acts.bullets, ""),
            ("link", self.tr("Link"), acts.link, ""),
            ("code", self.tr("Code"), acts.code, ""),
        )

    def _connect(self) -> None:
        self.edit.textChanged.connect(self._preview_soon)
        self.edit.cursorPositionChanged.connect(self._cursor_moved)
        self.edit.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.preview.shortened.connect(self._cut.setVisible)

    # Following

    def _preview_soon(self) -> None:
        if self.mode != "source":
            long = self.edit.document().characterCount() > LONG_TEXT
            self._later.start(PREVIEW_LONG_MS if long else PREVIEW_MS)

    def _show_preview(self) -> None:
        self._later.stop()
        if self.mode == "source":
            return
        if self._whole is not None:
            self.preview.tell(self._whole)
            return
        self.preview.tell(self.edit.toPlainText(), self.edit.textCursor().position())
        self._scrolled()

    def _cursor_moved(self) -> None:
        if not self._cut.isHidden() and not self.preview.shown.holds(self.edit.textCursor().position()):
            self._preview_soon()

    def _scrolled(self) -> None:
        """Let the preview show what stands beside it."""
        bar = self.edit.verticalScrollBar()
        if self.mode == "both" and self._whole is None and self._cut.isHidden() and bar.maximum() > 0:
            self.preview.scroll_to(bar.value() / bar.maximum())

    def _lay_out(self, text: str) -> None:
        super()._lay_out(text)
        self._show_preview()

    def _choose(self, mode: str) -> None:
        self.show_mode(mode)
        self.mode_chosen.emit(mode)

    # Keys

    def _pressed(self, event: QKeyEvent) -> bool:
        if event.keyCombination() in _KEYS:
            self.act(_KEYS[event.keyCombination()])
            return True
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.edit.isReadOnly():
            return acts.new_line(self.edit)
        return super()._pressed(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override FieldEditor.eventFilter: the keys of the buttons are no shortcuts of the window."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.keyCombination() in _KEYS
        ):
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent: where it is narrow the preview stands below the source."""
        super().resizeEvent(event)
        wide = self.width() >= px(BESIDE)
        self._splitter.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)


_KEYS: dict[QKeyCombination, acts.Act] = {
    QKeyCombination(Qt.Modifier.CTRL, Qt.Key.Key_B): acts.bold,
    QKeyCombination(Qt.Modifier.CTRL, Qt.Key.Key_I): acts.italic,
}


class MarkdownRow(FieldRow):
    """A field of Markdown: edited with its preview; the preview alone where it is read. What is seen is remembered."""

    def __init__(self, session: Session, field: Field | Computed, parent: QWidget | None = None) -> None:
        self._paper: MarkdownPreview | None = None
        super().__init__(session, field, parent)

    def show_editor(self, wire: str | None, name: Label | None, *, new: bool) -> None:
        """Override FieldRow.show_editor."""
        super().show_editor(wire, name, new=new)
        if self._paper is not None:
            self._paper.hide()

    def show_text(self, wire: str | None, name: Label | None) -> None:
        """Override FieldRow.show_text: what it looks like."""
        super().show_text(wire, name)
        if wire and self._paper is None:
            self._paper = MarkdownPreview(self)
            self._paper.setAccessibleName(self.name)
            self._box.insertWidget(1, self._paper, 1)
        if self._paper is not None:
            self._paper.tell(wire or "")
            self._paper.setVisible(bool(wire))
        self._show("_text", not wire)

    def _new_editor(self, field: Field) -> FieldEditor:
        mode = str(self._session.preferences.page_state(STATE).get("mode", "both"))
        editor = MarkdownEditor(field, self, mode=mode)
        editor.set_name(self.name, self.help)
        editor.mode_chosen.connect(lambda chosen: self._session.preferences.save_page_state(STATE, {"mode": chosen}))
        return editor

    def _make_editor(self) -> FieldEditor:
        editor = super()._make_editor()
        self._box.setStretchFactor(editor, 1)
        return editor
