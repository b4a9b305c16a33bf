"""A day: typed in one go, or picked from a calendar."""

import re
from datetime import date

from PySide6.QtCore import QCoreApplication, QDate, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QCalendarWidget, QFrame, QLineEdit, QVBoxLayout, QWidget

from lms_desktop.views import theme
from lms_desktop.views.kit.calendar import dress_calendar
from lms_desktop.views.kit.paint import px
from lms_desktop.views.trailing import InlineButton, Trailing

_WAYS = (
    re.compile(r"(?P<year>\d{4})([-./])(?P<month>\d{1,2})\2(?P<day>\d{1,2})"),
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"),
    re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})"),
)
_STEPS = {Qt.Key.Key_Up: (1, 0), Qt.Key.Key_Down: (-1, 0), Qt.Key.Key_PageUp: (0, 1), Qt.Key.Key_PageDown: (0, -1)}


def day_of(typed: str) -> QDate | None:
    """The day that is written `2026-11-20`, `20261120`, `2026/11/20`, `2026.11.20` or `20.11.2026`; None for anything
    else, also where there is no such day: the next or the last one is never taken in its place."""
    for way in _WAYS:
        found = way.fullmatch(typed.strip())
        if found is not None:
            try:
                day = date(int(found["year"]), int(found["month"]), int(found["day"]))
            except ValueError:
                return None
            return QDate(day.year, day.month, day.day)
    return None


class DayEdit(QLineEdit):
    """A day as it is written everywhere here. Up and Down go on by a day, Page Up and Page Down by a month; Alt+Down
    opens the calendar.

    Signals:
        day_changed(): another day stands here, or none.
    """

    day_changed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Year, month, day run so everywhere, also where everything else is read from the right.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setAccessibleName(name)
        self._calendar: QFrame | None = None
        words = QCoreApplication.translate("MomentEditor", "Choose from a calendar (Alt+Down)")
        Trailing(self).add(InlineButton("calendar", words, self.open_calendar))
        self.show_day(QDate.currentDate())
        self.textChanged.connect(self._typed)

    def day(self) -> QDate | None:
        """The day that stands here; None where it is none."""
        return day_of(self.text())

    def show_day(self, day: QDate) -> None:
        """Write a day."""
        self.setText(day.toString(Qt.DateFormat.ISODate))

    def complain(self) -> bool:
        """Whether what stands here is no day; it is marked then."""
        is_none = self.day() is None
        theme.set_state(self, "invalid" if is_none else "")
        return is_none

    def open_calendar(self) -> None:
        """Open the calendar below."""
        self.setFocus()
        popup = self._calendar = QFrame(self, Qt.WindowType.Popup)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        popup.setProperty("kind", "popup")
        popup.destroyed.connect(self._calendar_gone)
        calendar = dress_calendar(QCalendarWidget())
        calendar.setSelectedDate(self.day() or QDate.currentDate())
        box = QVBoxLayout(popup)
        box.setContentsMargins(px(8), px(8), px(8), px(8))
        box.addWidget(calendar)
        for signal in (calendar.clicked, calendar.activated):
            signal.connect(self._picked)
        popup.adjustSize()
        below = self.mapToGlobal(QPoint(0, self.height() + px(4)))
        room = self.screen().availableGeometry()
        x = max(room.left(), min(below.x(), room.right() - popup.width()))
        popup.move(x, max(room.top(), min(below.y(), room.bottom() - popup.height())))
        popup.show()
        calendar.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QLineEdit::keyPressEvent: the keys that step and that open the calendar."""
        alt_down = event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier
        step = _STEPS.get(Qt.Key(event.key()))
        if alt_down or event.key() == Qt.Key.Key_F4:
            self.open_calendar()
        elif step is not None and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self._step(*step)
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Override QLineEdit::mouseDoubleClickEvent: a day is one word."""
        super().mouseDoubleClickEvent(event)
        self.selectAll()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Override QLineEdit::focusInEvent: whoever comes here by a key types another day."""
        super().focusInEvent(event)
        if event.reason() not in (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.PopupFocusReason):
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Override QLineEdit::focusOutEvent: the day is written the way it always is."""
        super().focusOutEvent(event)
        day = self.day()
        if day is not None:
            self.show_day(day)
        self.complain()

    def hideEvent(self, event: QHideEvent) -> None:
        """Override QWidget::hideEvent: the calendar goes along."""
        if self._calendar is not None:
            self._calendar.close()
        super().hideEvent(event)

    def _typed(self) -> None:
        theme.set_state(self, "")
        self.day_changed.emit()

    def _step(self, days: int, months: int) -> None:
        there = self.day()
        later = None if there is None else there.addDays(days).addMonths(months)
        if later is not None and 1 <= later.year() <= 9999:
            self.show_day(later)
            self.selectAll()

    def _picked(self, day: QDate) -> None:
        self.show_day(day)
        if self._calendar is not None:
            self._calendar.close()

    def _calendar_gone(self) -> None:
        self._calendar = None
