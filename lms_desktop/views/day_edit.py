"""A day: typed in one go, or picked from a calendar."""

import re
from datetime import date

from PySide6.QtCore import QCoreApplication, QDate, Qt
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QCalendarWidget, QFrame, QVBoxLayout, QWidget

from lms_desktop.errors import BadValue
from lms_desktop.errors.kinds import N_
from lms_desktop.views.kit.calendar import dress_calendar, place_below
from lms_desktop.views.kit.paint import px
from lms_desktop.views.trailing import InlineButton
from lms_desktop.views.typed_edit import TypedEdit

_WAYS = (
    re.compile(r"(?P<year>\d{4})([-./])(?P<month>\d{1,2})\2(?P<day>\d{1,2})"),
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"),
    re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})"),
)
LAST_YEAR = 9999


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


class DayEdit(TypedEdit):
    """A day as it is written everywhere here. Up and Down go on by a day, Page Up and Page Down by a month; Alt+Down
    opens the calendar."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        # Year, month, day run so everywhere, also where everything else is read from the right.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._calendar: QFrame | None = None
        words = QCoreApplication.translate("MomentEditor", "Choose from a calendar (Alt+Down)")
        self.trailing.add(InlineButton("calendar", words, self.open_calendar))
        self.show_day(QDate.currentDate())

    def day(self) -> QDate | None:
        """The day that stands here; None where it is none."""
        return day_of(self.text())

    def show_day(self, day: QDate) -> None:
        """Write a day."""
        self.setText(day.toString(Qt.DateFormat.ISODate))

    def wire(self) -> str:
        """Override TypedEdit.wire."""
        day = self.day()
        if day is None:
            raise BadValue(N_("There is no such day. Write it like 2026-11-20."))
        return str(day.toString(Qt.DateFormat.ISODate))

    def step(self, by: int) -> None:
        """Override TypedEdit.step: ten are a month."""
        there = self.day()
        if there is not None:
            later = there.addDays(by) if abs(by) == 1 else there.addMonths(1 if by > 0 else -1)
            if 1 <= later.year() <= LAST_YEAR:
                self.show_day(later)

    def open_calendar(self) -> None:
        """Open the calendar below."""
        self.setFocus()
        popup = self._calendar = QFrame(self, Qt.WindowType.Popup)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        popup.setProperty("kind", "popup")
        popup.setAccessibleName(QCoreApplication.translate("MomentPopup", "Day"))
        popup.destroyed.connect(self._calendar_gone)
        calendar = dress_calendar(QCalendarWidget())
        calendar.setSelectedDate(self.day() or QDate.currentDate())
        box = QVBoxLayout(popup)
        box.setContentsMargins(px(8), px(8), px(8), px(8))
        box.addWidget(calendar)
        for signal in (calendar.clicked, calendar.activated):
            signal.connect(self._picked)
        popup.adjustSize()
        popup.move(place_below(self, popup))
        popup.show()
        calendar.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override TypedEdit.keyPressEvent: the keys that open the calendar."""
        alt_down = event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier
        if alt_down or event.key() == Qt.Key.Key_F4:
            self.open_calendar()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Override QLineEdit::focusOutEvent: the day is written the way it always is."""
        day = self.day()
        if day is not None and day.toString(Qt.DateFormat.ISODate) != self.text():
            self.show_day(day)
        super().focusOutEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Override QWidget::hideEvent: the calendar goes along."""
        if self._calendar is not None:
            self._calendar.close()
        super().hideEvent(event)

    def _picked(self, day: QDate) -> None:
        self.show_day(day)
        if self._calendar is not None:
            self._calendar.close()

    def _calendar_gone(self) -> None:
        self._calendar = None
