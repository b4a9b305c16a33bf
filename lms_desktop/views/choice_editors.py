"""Editors of choices and of yes or no."""

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from lms_desktop.errors import BadValue
from lms_desktop.spec import Choice, Field, Flag
from lms_desktop.views.exact_text import line_text, put_line
from lms_desktop.views.field_editor import FieldEditor, Label, Value
from lms_desktop.views.trailing import Trailing

_NOTHING = "—"


class CalmComboBox(QComboBox):
    """A combo box that turns with the wheel only while its list is open.

    Attributes:
        stepping: a key goes through the options while the list is closed; Qt calls each step a choice.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stepping = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QComboBox::keyPressEvent."""
        self.stepping = True
        super().keyPressEvent(event)
        self.stepping = False

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Override QComboBox::wheelEvent: the form scrolls."""
        event.ignore()


class ChoiceEditor(FieldEditor):
    """One of several values, `—` where there may be none. A value that is not among them is listed and kept; where the
    choice is not strict another can be typed.

    Attributes:
        combo: the box.
    """

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.combo = CalmComboBox(self)
        self.combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(8)
        self._free = isinstance(field.kind, Choice) and not field.kind.strict
        self._shown_index, self._shown_text = -1, ""
        self.combo.setEditable(self._free)
        self.trailing = Trailing(self.combo)
        self._box.addWidget(self.combo)
        self._watch(self.combo)
        line = self.combo.lineEdit()
        if line is not None:
            line.installEventFilter(self)
            self.combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            self.combo.setCompleter(None)  # type: ignore[arg-type]
            line.textEdited.connect(lambda text: self._touched())
            line.editingFinished.connect(self._show_known)
        self.combo.currentIndexChanged.connect(self._index_changed)
        self.combo.activated.connect(self._picked)

    def typed(self) -> str:
        """Override FieldEditor.typed."""
        return self.combo.currentText()

    def resume(self, typed: str) -> None:
        """Override FieldEditor.resume."""
        line = self.combo.lineEdit()
        if line is not None:
            line.selectAll()
            line.insert(typed)
            self._touched()

    def is_untouched(self) -> bool:
        """Override FieldEditor.is_untouched."""
        return self.combo.currentIndex() == self._shown_index and self.combo.currentText() == self._shown_text

    def tell_was(self, text: str) -> bool:
        """Override FieldEditor.tell_was."""
        self.trailing.tell_was(text)
        return True

    def set_name(self, name: str, description: str = "") -> None:
        """Override FieldEditor.set_name."""
        super().set_name(name, description)
        line = self.combo.lineEdit()
        if line is not None:
            line.setAccessibleName(name)

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: what stands at the end grows with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.trailing.settle()

    def options(self) -> list[tuple[str, str]]:
        """What is offered: values and how they read."""
        kind = self.field.kind
        if isinstance(kind, Flag):
            pairs = [("true", kind.yes), ("false", kind.no)]
        elif isinstance(kind, Choice):
            pairs = [(option.value, option.label) for option in kind.options]
        else:
            pairs = []
        return [(value, QCoreApplication.translate("", text)) for value, text in pairs]

    def _put(self, wire: str | None, label: Label | None) -> None:
        self._showing = True
        self.combo.clear()
        if self.field.may_be_null:
            self.combo.addItem(_NOTHING, None)
        for value, text in self.options():
            self.combo.addItem(text, value)
        index = self._find(wire)
        if index < 0 and wire is not None:
            self.combo.addItem(wire or self.tr("empty text"), wire)
            index = self.combo.count() - 1
            self.combo.setItemData(index, self.tr("Not among the usual values"), Qt.ItemDataRole.ToolTipRole)
        self.combo.setCurrentIndex(index)
        line = self.combo.lineEdit()
        if line is not None:
            put_line(line, self.combo.itemText(index) if index >= 0 else "")
        self.combo.setPlaceholderText(self.tr("Choose…") if wire is None else "")
        self._shown_index, self._shown_text = self.combo.currentIndex(), self.combo.currentText()
        self._showing = False

    def _settled(self) -> None:
        self._shown_index, self._shown_text = self.combo.currentIndex(), self.combo.currentText()

    def _find(self, wire: str | None) -> int:
        """QComboBox.findData takes None for any value without data."""
        for index in range(self.combo.count()):
            if self.combo.itemData(index) == wire:
                return index
        return -1

    def _read(self) -> Value:
        index = self.combo.currentIndex()
        line = self.combo.lineEdit()
        if line is not None and (index < 0 or line.text() != self.combo.itemText(index)):
            text = line_text(line)
            if text.strip() in {"", _NOTHING}:
                return None, None
            known = self._known(text.strip().casefold())
            return (self.field.kind.parse(text) if known is None else known), None
        if index < 0:
            raise BadValue(self.tr("Choose one from the list."))
        value = self.combo.itemData(index)
        return (None if value is None else str(value)), None

    def _known(self, typed: str) -> str | None:
        """Which of those that are offered is meant: by its name, its value, or by how it begins and no other one does.
        “t” is “True or false” then, and no value of its own."""
        options = [(value, {shown.casefold(), value.casefold()}) for value, shown in self.options()]
        exact = [value for value, names in options if typed in names]
        begun = [value for value, names in options if any(name.startswith(typed) for name in names)]
        found = exact or begun
        return found[0] if len(found) == 1 or exact else None

    def _show_known(self) -> None:
        """What was meant is shown in full."""
        line, index = self.combo.lineEdit(), self.combo.currentIndex()
        if line is not None and line.text().strip() and line.text() != self.combo.itemText(index):
            known = self._known(line.text().strip().casefold())
            if known is not None:
                self.combo.setCurrentIndex(self._find(known))
                line.setText(self.combo.currentText())

    def _clear(self) -> None:
        self.combo.setCurrentIndex(self._find(None))
        line = self.combo.lineEdit()
        if line is not None:
            line.setText(_NOTHING if self.field.may_be_null else "")
        self._touched()

    def _index_changed(self, index: int) -> None:
        if not self._showing:
            self._touched()
            self.flush()

    def _picked(self, index: int) -> None:
        self.flush()
        if self.in_cell and not self.combo.stepping:
            self._commit()
