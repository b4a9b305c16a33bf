"""The small panel in which one field's filter is made or changed; what is chosen becomes a chip."""

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from lms_desktop.models.wording import word
from lms_desktop.spec import Choice, Computed, Field, Filter, Flag, Moment, Number, Operator, Ref, operators
from lms_desktop.views.filter_picker import RefValues
from lms_desktop.views.filter_values import (
    ChoiceValues,
    FlagValues,
    MomentValues,
    NumberValues,
    TextValues,
    ValueEditor,
)
from lms_desktop.views.filter_words import operator_name
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.paint import px
from lms_desktop.views.session import Session

_WITHOUT_VALUE = {Operator.EMPTY, Operator.NOT_EMPTY}
WIDTH = 320
"""Of the panel, in pixels at 100 %."""


class FilterEditor(QFrame):
    """A panel that drops from a chip. Enter applies, Esc and a click elsewhere give it up.

    Signals:
        chosen(object): the Filter.
        removed(): the filter that was there shall go.
    """

    chosen = Signal(object)
    removed = Signal()

    def __init__(
        self,
        session: Session,
        field: Field | Computed,
        name: str,
        condition: Filter | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("kind", "popup")
        self.setAccessibleName(name)
        self._field = field
        self._at: QWidget | None = None
        self._operator = QComboBox()
        self._operator.setAccessibleName(self.tr("How to compare"))
        for operator in operators(field.kind):
            self._operator.addItem(operator_name(operator), operator)
        self.values = value_editor(session, field, name)
        self._apply = button(self.tr("Filter"), "primary", self._accept)
        self._remove = button(self.tr("Remove"), "", self._give_up)
        self._build(name)
        self._remove.setVisible(condition is not None)  # in its place by now: else it would be a window for a moment
        self._operator.currentIndexChanged.connect(self._operator_changed)
        self.values.changed.connect(self._changed)
        self.values.wanted.connect(self._accept)
        if condition is not None:
            self._operator.setCurrentIndex(self._operator.findData(condition.operator))
            self.values.put(condition)
        self._operator_changed()

    def drop_from(self, at: QWidget) -> None:
        """Show the panel below a widget, above it where there is no room, and put the keyboard into it."""
        self._at = at
        self.show()
        self._fit()
        (self.values if not self.values.isHidden() and self.values.focusProxy() else self._operator).setFocus()

    def sizeHint(self) -> QSize:
        """Override QWidget::sizeHint: of the house's width unless more is needed."""
        hint = super().sizeHint()
        return QSize(max(px(WIDTH), hint.width()), hint.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget::keyPressEvent: Enter does what is meant where the keyboard is."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        focused = self.focusWidget()
        if isinstance(focused, QPushButton):
            focused.click()
        elif focused is not None and self.values.isAncestorOf(focused):
            self.values.enter()
        else:
            self._accept()

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def _build(self, name: str) -> None:
        self._buttons = QHBoxLayout()
        self._buttons.addStretch(1)
        self._buttons.addWidget(self._remove)
        self._buttons.addWidget(self._apply)
        self._box = QVBoxLayout(self)
        for widget in (label(name, "strong"), self._operator, self.values):
            self._box.addWidget(widget)
        self._box.addLayout(self._buttons)
        self._space()

    def _space(self) -> None:
        margin = px(16)
        self._box.setContentsMargins(margin, px(12), margin, margin)
        self._box.setSpacing(px(8))
        self._buttons.setContentsMargins(0, px(8), 0, 0)
        self._buttons.setSpacing(px(8))

    def _compared(self) -> Filter | None:
        """The filter as it stands; None where there is nothing to compare with yet."""
        operator = Operator(self._operator.currentData())
        if operator in _WITHOUT_VALUE:
            return Filter(self._field.key, operator)
        values = self.values.values()
        return Filter(self._field.key, operator, values, self.values.labels()) if values else None

    def _operator_changed(self) -> None:
        operator = Operator(self._operator.currentData())
        self.values.setVisible(operator not in _WITHOUT_VALUE)
        self.values.use(operator)
        self._changed()

    def _changed(self) -> None:
        self._apply.setEnabled(self._compared() is not None)
        if self.isVisible():
            QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        """Take the size that is asked for now, and stay on the screen."""
        if self._at is None:
            return
        self._box.activate()
        size, room, gap = self.sizeHint(), self._at.screen().availableGeometry(), px(4)
        if self._box.hasHeightForWidth():
            size.setHeight(self._box.totalHeightForWidth(size.width()))
        self.resize(size)
        start = self._at.mapToGlobal(QPoint(0, 0))
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        x = start.x() + (self._at.width() - size.width() if rtl else 0)
        y = start.y() + self._at.height() + gap
        if y + size.height() > room.bottom() and start.y() - gap - size.height() >= room.top():
            y = start.y() - gap - size.height()
        x = max(room.left(), min(x, room.right() - size.width()))
        self.move(x, max(room.top(), min(y, room.bottom() - size.height())))

    def _accept(self) -> None:
        chosen = self._compared()
        if chosen is not None:
            self.close()
            self.chosen.emit(chosen)

    def _give_up(self) -> None:
        self.close()
        self.removed.emit()


def value_editor(session: Session, field: Field | Computed, name: str) -> ValueEditor:
    """The value editor of a field's kind; `name` is what the field is called."""
    kind = field.kind
    if isinstance(kind, Ref):
        return RefValues(session, kind, name)
    if isinstance(kind, Flag):
        return FlagValues(tuple((value, word(kind.show(value))) for value in ("true", "false")))
    if isinstance(kind, Choice):
        return ChoiceValues(tuple((option.value, word(option.label)) for option in kind.options))
    if isinstance(kind, Moment):
        return MomentValues(name)
    if isinstance(kind, Number):
        return NumberValues(kind, name)
    return TextValues(name)
