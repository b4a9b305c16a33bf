"""What a filter compares with: one small editor for each kind of field."""

from PySide6.QtCore import QCoreApplication, QDate, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from lms_desktop.errors import BadValue
from lms_desktop.spec import Filter, Number, Operator
from lms_desktop.views.day_edit import DayEdit
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.paint import px
from lms_desktop.views.typed_edit import TypedEdit, WholeEdit

MOST_DAYS = 36_500
"""So many days can be counted back."""


class ValueEditor(QWidget):
    """The part of a filter's editor that depends on the kind: what values the operator compares with.

    Signals:
        changed(): there are other values.
        wanted(): Enter, and nothing is left to be done here: the filter is wanted as it stands.
    """

    changed = Signal()
    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(px(8))

    def use(self, operator: Operator) -> None:
        """Show what this operator needs."""

    def put(self, condition: Filter) -> None:
        """Show the values of a filter."""

    def values(self) -> tuple[str, ...]:
        """The wire values chosen; none where there is nothing to compare with yet."""
        return ()

    def labels(self) -> tuple[str, ...]:
        """What the chip says for them; empty where the values say it themselves."""
        return ()

    def enter(self) -> None:
        """Enter was pressed in here."""
        self.wanted.emit()


class TextValues(ValueEditor):
    """One line of text."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit()
        self.line.setAccessibleName(name)
        self.box.addWidget(self.line)
        self.setFocusProxy(self.line)
        self.line.textChanged.connect(self.changed)

    def put(self, condition: Filter) -> None:
        """Override ValueEditor.put."""
        self.line.setText(condition.values[0] if condition.values else "")

    def values(self) -> tuple[str, ...]:
        """Override ValueEditor.values."""
        return (self.line.text(),) if self.line.text() else ()


class TypedValues(ValueEditor):
    """Fields that are typed into: what is no value of theirs is told, and never taken for another one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._note = label("", "small")
        self._note.setWordWrap(True)
        self._note.hide()

    def shown(self) -> tuple[TypedEdit, ...]:
        """The fields in use."""
        raise NotImplementedError

    def use(self, operator: Operator) -> None:
        """Override ValueEditor.use: what is wrong with the fields that are shown by now is told."""
        self._complain()

    def values(self) -> tuple[str, ...]:
        """Override ValueEditor.values."""
        try:
            return tuple(edit.wire() for edit in self.shown())
        except BadValue:
            return ()

    def enter(self) -> None:
        """Override ValueEditor.enter."""
        if not self._complain():
            super().enter()

    def _watch(self, *edits: TypedEdit) -> None:
        """Begin, with all fields in their places."""
        self.box.addWidget(self._note)
        for edit in edits:
            edit.value_changed.connect(self._value_changed)
            edit.editingFinished.connect(self._complain)

    def _value_changed(self) -> None:
        self._note.hide()
        self.changed.emit()

    def _complain(self) -> bool:
        """Whether something else than a value stands in one of them."""
        words = next(filter(None, [edit.complain() for edit in self.shown()]), "")
        if QApplication.mouseButtons():
            return bool(words)  # no button moves away from under the hand that presses it
        if words != self._note.text() or bool(words) != self._note.isVisibleTo(self):
            self._note.setText(words)
            self._note.setVisible(bool(words))
            self.changed.emit()
        return bool(words)


class NumberValues(TypedValues):
    """One number, or two for “from … to”."""

    def __init__(self, kind: Number, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._numbers = (WholeEdit(kind, name), WholeEdit(kind, self.tr("{0}, to").format(name)))
        self._to = label(self.tr("to"), "muted")
        self.box.addLayout(_side_by_side(*self._numbers, between=self._to))
        self.setFocusProxy(self._numbers[0])
        self._watch(*self._numbers)

    def use(self, operator: Operator) -> None:
        """Override ValueEditor.use."""
        for widget in (self._to, self._numbers[1]):
            widget.setVisible(operator is Operator.BETWEEN)
        super().use(operator)

    def put(self, condition: Filter) -> None:
        """Override ValueEditor.put."""
        for edit, value in zip(self._numbers, condition.values, strict=False):
            edit.setText(value)

    def shown(self) -> tuple[TypedEdit, ...]:
        """Override TypedValues.shown."""
        return tuple(edit for edit in self._numbers if not edit.isHidden())

    def values(self) -> tuple[str, ...]:
        """Override ValueEditor.values: from the smaller to the larger."""
        return tuple(sorted(super().values(), key=int))


class MomentValues(TypedValues):
    """A number of days, a day, or two."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._operator = Operator.LAST_DAYS
        self._days = WholeEdit(Number(minimum=1, maximum=MOST_DAYS), name)
        self._days.value_changed.connect(self._tell_days)
        self._days.show_number(30)
        self._dates = (DayEdit(name), DayEdit(self.tr("{0}, to").format(name)))
        self._dates[0].show_day(QDate.currentDate().addMonths(-1))
        self._to = label(self.tr("to"), "muted")
        self.box.addWidget(self._days)
        self.box.addLayout(_side_by_side(*self._dates, between=self._to))
        self._watch(self._days, *self._dates)

    def use(self, operator: Operator) -> None:
        """Override ValueEditor.use."""
        self._operator = operator
        self._days.setVisible(operator is Operator.LAST_DAYS)
        self._dates[0].setVisible(operator is not Operator.LAST_DAYS)
        for widget in (self._to, self._dates[1]):
            widget.setVisible(operator is Operator.BETWEEN)
        super().use(operator)
        self.setFocusProxy(self._days if operator is Operator.LAST_DAYS else self._dates[0])

    def put(self, condition: Filter) -> None:
        """Override ValueEditor.put."""
        if condition.operator is Operator.LAST_DAYS:
            self._days.setText(condition.values[0])
            return
        for edit, value in zip(self._dates, condition.values, strict=False):
            edit.setText(value)

    def shown(self) -> tuple[TypedEdit, ...]:
        """Override TypedValues.shown."""
        if self._operator is Operator.LAST_DAYS:
            return (self._days,)
        return self._dates[: 2 if self._operator is Operator.BETWEEN else 1]

    def values(self) -> tuple[str, ...]:
        """Override ValueEditor.values: from the earlier to the later."""
        return tuple(sorted(super().values()))

    def _tell_days(self) -> None:
        """What the number counts, in its plural."""
        try:
            count = int(self._days.wire())
        except BadValue:
            return
        words = QCoreApplication.translate("Filter", "%n day(s)", "", count)
        self._days.trailing.tell_words(words.replace(str(count), "", 1).strip())


class ChoiceValues(ValueEditor):
    """Several of a list of options."""

    def __init__(self, options: tuple[tuple[str, str], ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._boxes: dict[str, QAbstractButton] = {}
        self.box.setSpacing(px(2))
        for value, text in options:
            self._offer(value, text)

    def put(self, condition: Filter) -> None:
        """Override ValueEditor.put: a value that is not offered, as of another program, is offered too."""
        for value in condition.values:
            if value not in self._boxes:
                self._offer(value, value)
        for value, box in self._boxes.items():
            box.setChecked(value in condition.values)

    def values(self) -> tuple[str, ...]:
        """Override ValueEditor.values."""
        return tuple(value for value, box in self._boxes.items() if box.isChecked())

    def make(self, text: str) -> QAbstractButton:
        """The box of one option."""
        return QCheckBox(text)

    def _offer(self, value: str, text: str) -> None:
        box = self.make(text.replace("&", "&&"))
        box.setAccessibleName(text)
        box.toggled.connect(self.changed)
        if not self._boxes:
            self.setFocusProxy(box)
        self._boxes[value] = box
        self.box.addWidget(box)


class FlagValues(ChoiceValues):
    """Yes or no."""

    def __init__(self, options: tuple[tuple[str, str], ...], parent: QWidget | None = None) -> None:
        self._group = QButtonGroup()
        super().__init__(options, parent)
        next(iter(self._boxes.values())).setChecked(True)

    def make(self, text: str) -> QAbstractButton:
        """Override ChoiceValues.make: one excludes the other."""
        button = QRadioButton(text)
        self._group.addButton(button)
        return button


def _side_by_side(first: QWidget, second: QWidget, *, between: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(px(8))
    row.addWidget(first, 1)
    row.addWidget(between)
    row.addWidget(second, 1)
    return row
