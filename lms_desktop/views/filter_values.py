"""What a filter compares with: one small editor for each kind of field."""

from PySide6.QtCore import QCoreApplication, QDate, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QDateEdit,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from lms_desktop.models.wording import word
from lms_desktop.spec import Filter, Number, Operator
from lms_desktop.views.kit.calendar import dress_calendar
from lms_desktop.views.kit.fields import roomy
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.paint import px


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


class NumberValues(ValueEditor):
    """One number, or two for “from … to”."""

    def __init__(self, kind: Number, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spins = (roomy(QSpinBox()), roomy(QSpinBox()))
        for spin in self._spins:
            spin.setRange(kind.minimum, kind.maximum)
            spin.setSuffix(f" {word(kind.unit)}" if kind.unit else "")
            spin.setValue(max(0, kind.minimum))
            spin.setAccessibleName(name)
            spin.valueChanged.connect(self.changed)
        self._spins[1].setAccessibleName(self.tr("{0}, to").format(name))
        self._to = label(self.tr("to"), "muted")
        self.box.addLayout(_side_by_side(*self._spins, between=self._to))
        self.setFocusProxy(self._spins[0])

    def use(self, operator: Operator) -> None:
        """Override ValueEditor.use."""
        for widget in (self._to, self._spins[1]):
            widget.setVisible(operator is Operator.BETWEEN)

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
        self._operator = Operator.LAST_DAYS
        self._days = roomy(QSpinBox())
        self._days.setRange(1, 36500)
        self._days.setAccessibleName(name)
        self._days.valueChanged.connect(self._tell_days)
        self._days.setValue(30)
        self._dates = (_DayEdit(name), _DayEdit(self.tr("{0}, to").format(name)))
        self._dates[0].setDate(QDate.currentDate().addMonths(-1))
        self._to = label(self.tr("to"), "muted")
        self.box.addWidget(self._days)
        self.box.addLayout(_side_by_side(*self._dates, between=self._to))
        for date in self._dates:
            date.dateChanged.connect(self.changed)

    def use(self, operator: Operator) -> None:
        """Override ValueEditor.use."""
        self._operator = operator
        self._days.setVisible(operator is Operator.LAST_DAYS)
        self._dates[0].setVisible(operator is not Operator.LAST_DAYS)
        for widget in (self._to, self._dates[1]):
            widget.setVisible(operator is Operator.BETWEEN)
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
        return tuple(sorted(str(edit.date().toString(Qt.DateFormat.ISODate)) for edit in shown))

    def _tell_days(self, count: int) -> None:
        words = QCoreApplication.translate("Filter", "%n day(s)", "", count)
        self._days.setSuffix(words.replace(str(count), "", 1) if words.startswith(str(count)) else f" {words}")
        self.changed.emit()


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


class _DayEdit(QDateEdit):
    """A day, typed or picked from a calendar."""

    def __init__(self, name: str) -> None:
        super().__init__()
        # Year, month, day run so everywhere; from the right, Qt would turn the format round.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setCalendarPopup(True)
        self.setDisplayFormat("yyyy-MM-dd")
        self.setDate(QDate.currentDate())
        self.setAccessibleName(name)
        dress_calendar(self.calendarWidget())
        roomy(self)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Override QAbstractSpinBox::wheelEvent: only what has the keyboard is changed by the wheel."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def _side_by_side(first: QWidget, second: QWidget, *, between: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(px(8))
    row.addWidget(first, 1)
    row.addWidget(between)
    row.addWidget(second, 1)
    return row
