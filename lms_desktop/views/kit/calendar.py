"""Qt's calendar in the look of the house; undressed it has red weekends and black arrows in any theme."""

from PySide6.QtCore import QCoreApplication, QDate, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QToolButton, QWidget

from lms_desktop.views import icons, theme
from lms_desktop.views.kit.paint import px


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


def place_below(field: QWidget, popup: QWidget) -> QPoint:
    """Where a popup stands below its field; above it where there is no room; never off the screen."""
    below = field.mapToGlobal(QPoint(0, field.height() + px(4)))
    room: QRect = field.screen().availableGeometry()
    x = min(max(below.x(), room.left()), max(room.right() - popup.width(), room.left()))
    if below.y() + popup.height() > room.bottom():
        return QPoint(x, max(field.mapToGlobal(QPoint(0, 0)).y() - popup.height() - px(4), room.top()))
    return QPoint(x, below.y())
