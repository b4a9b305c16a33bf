"""Qt's calendar in the look of the house; undressed it has red weekends and black arrows in any theme."""

from PySide6.QtCore import QCoreApplication, QDate, Qt
from PySide6.QtGui import QColor, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QToolButton, QWidget

from lms_desktop.views import icons, theme


def dress_calendar(calendar: QCalendarWidget) -> QCalendarWidget:
    """Give a calendar the colours of the theme in force, the house's arrows, and names; returns it."""
    calendar.setAccessibleName(QCoreApplication.translate("MomentPopup", "Day"))
    calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
    calendar.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.ShortDayNames)
    calendar.setGridVisible(False)
    calendar.setFirstDayOfWeek(calendar.locale().firstDayOfWeek())
    calendar.setMinimumDate(QDate(1, 1, 1))
    calendar.setMaximumDate(QDate(9999, 12, 31))
    plain, head = QTextCharFormat(), QTextCharFormat()
    plain.setForeground(QColor(theme.color("text")))
    head.setForeground(QColor(theme.color("muted")))
    for day in Qt.DayOfWeek:
        calendar.setWeekdayTextFormat(day, plain)
    calendar.setHeaderTextFormat(head)
    names = {
        "qt_calendar_prevmonth": (QCoreApplication.translate("MomentPopup", "Previous month"), "chevron-left"),
        "qt_calendar_nextmonth": (QCoreApplication.translate("MomentPopup", "Next month"), "chevron-right"),
        "qt_calendar_monthbutton": (QCoreApplication.translate("MomentPopup", "Month"), ""),
        "qt_calendar_yearbutton": (QCoreApplication.translate("MomentPopup", "Year"), ""),
    }
    for name, (text, icon) in names.items():
        found = calendar.findChild(QToolButton, name)
        if isinstance(found, QToolButton):
            found.setAccessibleName(text)
            if icon:
                found.setIcon(icons.icon(icon, "text"))
    view = calendar.findChild(QWidget, "qt_calendar_calendarview")
    if isinstance(view, QWidget):
        view.setAccessibleName(QCoreApplication.translate("MomentPopup", "Day"))
    return calendar
