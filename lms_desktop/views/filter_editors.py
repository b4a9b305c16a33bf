"""One editor for each kind of filter; what is chosen becomes a chip."""

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from lms_desktop.models.lookup import LookupModel
from lms_desktop.services.lookup import Found
from lms_desktop.spec import Choice, Computed, Field, Filter, Flag, Moment, Number, Operator, Ref, operators
from lms_desktop.views.filter_words import operator_name
from lms_desktop.views.session import Session

_WITHOUT_VALUE = {Operator.EMPTY, Operator.NOT_EMPTY}


class ValueEditor(QWidget):
    """The part of a filter's editor that depends on the kind: what values the operator compares with."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(8)

    def use(self, operator: Operator) -> None:
        """Show what this operator needs."""

    def put(self, condition: Filter) -> None:
        """Show the values of a filter."""

    def values(self) -> tuple[str, ...]:
        """The wire values chosen."""
        return ()

    def labels(self) -> tuple[str, ...]:
        """What the chip says for them; empty where the values say it themselves."""
        return ()


class TextValues(ValueEditor):
    """One line of text."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit()
        self.line.setAccessibleName(name)
        self.box.addWidget(self.line)
        self.setFocusProxy(self.line)

    def put(self, condition: Filter) -> None:
        """Override ValueEditor.put."""
        self.line.setText(condition.values[0] if condition.values else "")

    def values(self) -> tuple[str, ...]:
        """Override ValueEditor.values."""
        return (self.line.text(),) if self.line.text() else ()


class NumberValues(ValueEditor):
    """One number, or two for “from … to”."""

    def __init__(self, kind: Number, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spins = (QSpinBox(), QSpinBox())
        row = QHBoxLayout()
        row.setSpacing(8)
        self._to = QLabel("–")
        for spin, widget in zip(self._spins, (self._to, None), strict=True):
            spin.setRange(kind.minimum, kind.maximum)
            spin.setSuffix(f" {kind.unit}" if kind.unit else "")
            spin.setValue(max(0, kind.minimum))
            spin.setAccessibleName(name)
            row.addWidget(spin, 1)
            if widget is not None:
                row.addWidget(widget)
        self.box.addLayout(row)
        self.setFocusProxy(self._spins[0])

    def use(self, operator: Operator) -> None:
        """Override ValueEditor.use."""
        self._to.setVisible(operator is Operator.BETWEEN)
        self._spins[1].setVisible(operator is Operator.BETWEEN)

    def put(self, condition: Filter) -> None:
        """Override ValueEditor.put."""
        for spin, value in zip(self._spins, condition.values, strict=False):
            spin.setValue(int(value))

    def values(self) -> tuple[str, ...]:
        """Override ValueEditor.values."""
        shown = [str(spin.value()) for spin in self._spins if not spin.isHidden()]
        return tuple(sorted(shown, key=int))


class MomentValues(ValueEditor):
    """A number of days, a day, or two."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._days = QSpinBox()
        self._days.setRange(1, 36500)
        self._days.setValue(30)
        self._days.setSuffix(self.tr(" days"))
        self._days.setAccessibleName(name)
        self._dates = (QDateEdit(), QDateEdit())
        self.box.addWidget(self._days)
        for edit in self._dates:
            edit.setCalendarPopup(True)
            edit.setDisplayFormat("yyyy-MM-dd")
            edit.setDate(QDate.currentDate())
            edit.setAccessibleName(name)
            self.box.addWidget(edit)
        self._dates[0].setDate(QDate.currentDate().addMonths(-1))
        self._operator = Operator.LAST_DAYS

    def use(self, operator: Operator) -> None:
        """Override ValueEditor.use."""
        self._operator = operator
        self._days.setVisible(operator is Operator.LAST_DAYS)
        self._dates[0].setVisible(operator is not Operator.LAST_DAYS)
        self._dates[1].setVisible(operator is Operator.BETWEEN)
        self.setFocusProxy(self._days if operator is Operator.LAST_DAYS else self._dates[0])

    def put(self, condition: Filter) -> None:
        """Override ValueEditor.put."""
        if condition.operator is Operator.LAST_DAYS:
            self._days.setValue(int(condition.values[0]))
            return
        for edit, value in zip(self._dates, condition.values, strict=False):
            edit.setDate(QDate.fromString(value, Qt.DateFormat.ISODate))

    def values(self) -> tuple[str, ...]:
        """Override ValueEditor.values."""
        if self._operator is Operator.LAST_DAYS:
            return (str(self._days.value()),)
        shown = self._dates[: 2 if self._operator is Operator.BETWEEN else 1]
        return tuple(str(edit.date().toString(Qt.DateFormat.ISODate)) for edit in shown)


class ChoiceValues(ValueEditor):
    """Several of a list of options."""

    def __init__(self, options: tuple[tuple[str, str], ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._boxes = {value: QCheckBox(label) for value, label in options}
        for box in self._boxes.values():
            self.box.addWidget(box)
        if self._boxes:
            self.setFocusProxy(next(iter(self._boxes.values())))

    def put(self, condition: Filter) -> None:
        """Override ValueEditor.put."""
        for value, box in self._boxes.items():
            box.setChecked(value in condition.values)

    def values(self) -> tuple[str, ...]:
        """Override ValueEditor.values."""
        return tuple(value for value, box in self._boxes.items() if box.isChecked())


class FlagValues(ChoiceValues):
    """Yes or no; the last one ticked counts."""

    def __init__(self, options: tuple[tuple[str, str], ...], parent: QWidget | None = None) -> None:
        super().__init__(options, parent)
        for box in self._boxes.values():
            box.setAutoExclusive(True)
        next(iter(self._boxes.values())).setChecked(True)


class RefValues(ValueEditor):
    """Rows of the referenced entity, found by typing, picked by Enter or a click, given up by a click on them."""

    def __init__(self, session: Session, reference: Ref, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picked: dict[str, str] = {}
        self._line = QLineEdit()
        self._line.setPlaceholderText(self.tr("Type to find…"))
        self._line.setAccessibleName(name)
        self._model = LookupModel(session.desk, session.catalog, reference, self)
        self._found = QListView()
        self._found.setModel(self._model)
        self._found.setAccessibleName(self.tr("Found"))
        self._found.setMinimumHeight(150)
        self._list = QListWidget()
        self._list.setAccessibleName(self.tr("Picked"))
        self._list.setMaximumHeight(84)
        self._list.hide()
        for widget in (self._line, self._found, self._list):
            self.box.addWidget(widget)
        self._line.textChanged.connect(self._model.ask)
        self._line.returnPressed.connect(self._pick_first)
        self._found.clicked.connect(lambda index: self._pick(self._model.found(index.row())))
        self._found.activated.connect(lambda index: self._pick(self._model.found(index.row())))
        self._list.itemActivated.connect(self._drop)
        self._list.itemClicked.connect(self._drop)
        self.setFocusProxy(self._line)
        self._model.ask("")

    def put(self, condition: Filter) -> None:
        """Override ValueEditor.put."""
        for value, label in zip(condition.values, condition.labels or condition.values, strict=False):
            self._pick(Found(value, label, ""))

    def values(self) -> tuple[str, ...]:
        """Override ValueEditor.values."""
        return tuple(self._picked)

    def labels(self) -> tuple[str, ...]:
        """Override ValueEditor.labels."""
        return tuple(self._picked.values())

    def _pick_first(self) -> None:
        index = self._found.currentIndex()
        self._pick(self._model.found(index.row() if index.isValid() else 0))
        self._line.selectAll()

    def _pick(self, found: Found | None) -> None:
        if found is None or found.id in self._picked:
            return
        self._picked[found.id] = found.label
        item = QListWidgetItem(f"✓ {found.label}")
        item.setData(Qt.ItemDataRole.UserRole, found.id)
        item.setToolTip(self.tr("Click to take it out"))
        self._list.addItem(item)
        self._list.show()

    def _drop(self, item: QListWidgetItem) -> None:
        self._picked.pop(item.data(Qt.ItemDataRole.UserRole), None)
        self._list.takeItem(self._list.row(item))
        self._list.setVisible(bool(self._picked))


class FilterEditor(QFrame):
    """A small panel in which one field's filter is made or changed.

    Signals:
        chosen(object): the Filter.
    """

    chosen = Signal(object)

    def __init__(
        self,
        session: Session,
        field: Field | Computed,
        label: str,
        condition: Filter | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("filterEditor")
        self.setAccessibleName(label)
        self._field = field
        self._operator = QComboBox()
        self._operator.setAccessibleName(self.tr("How to compare"))
        for operator in operators(field.kind):
            self._operator.addItem(operator_name(operator), operator)
        self.values = value_editor(session, field, label)
        title = QLabel(label)
        title.setProperty("role", "strong")
        buttons = QDialogButtonBox()
        apply = buttons.addButton(self.tr("Filter"), QDialogButtonBox.ButtonRole.AcceptRole)
        apply.setProperty("kind", "primary")
        apply.setDefault(True)
        buttons.accepted.connect(self._accept)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 16, 16, 16)
        box.setSpacing(8)
        for widget in (title, self._operator, self.values, buttons):
            box.addWidget(widget)
        self.setMinimumWidth(300)
        self._operator.currentIndexChanged.connect(self._operator_changed)
        if condition is not None:
            self._operator.setCurrentIndex(self._operator.findData(condition.operator))
            self.values.put(condition)
        self._operator_changed()
        (self.values if self.values.focusProxy() else self._operator).setFocus()

    def _operator_changed(self) -> None:
        operator = Operator(self._operator.currentData())
        self.values.setVisible(operator not in _WITHOUT_VALUE)
        self.values.use(operator)
        self.adjustSize()

    def _accept(self) -> None:
        operator = Operator(self._operator.currentData())
        if operator in _WITHOUT_VALUE:
            self.chosen.emit(Filter(self._field.key, operator))
        elif values := self.values.values():
            self.chosen.emit(Filter(self._field.key, operator, values, self.values.labels()))
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget::keyPressEvent: Enter applies."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._accept()
        else:
            super().keyPressEvent(event)


def value_editor(session: Session, field: Field | Computed, label: str) -> ValueEditor:
    """The value editor of a field's kind."""
    kind = field.kind
    if isinstance(kind, Ref):
        return RefValues(session, kind, label)
    if isinstance(kind, Flag):
        return FlagValues((("true", kind.yes), ("false", kind.no)))
    if isinstance(kind, Choice):
        return ChoiceValues(tuple((option.value, option.label) for option in kind.options))
    if isinstance(kind, Moment):
        return MomentValues(label)
    if isinstance(kind, Number):
        return NumberValues(kind, label)
    return TextValues(label)
