"""The editor of moments: typed in the person's zone, or picked from a calendar."""

from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, QSize, Qt, QTime, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QCalendarWidget, QFrame, QHBoxLayout, QTimeEdit, QVBoxLayout, QWidget

from lms_desktop.errors import BadValue
from lms_desktop.spec import Field, Moment
from lms_desktop.spec.kinds import python_moment, wire_moment
from lms_desktop.views.exact_text import line_text
from lms_desktop.views.field_editor import Label, Value
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.calendar import dress_calendar, place_below
from lms_desktop.views.kit.fields import roomy
from lms_desktop.views.kit.labels import label as make_label
from lms_desktop.views.kit.paint import px
from lms_desktop.views.session import Session
from lms_desktop.views.text_editors import LineField
from lms_desktop.views.trailing import InlineButton

FORM = "%Y-%m-%d %H:%M"


class MomentPopup(QFrame):
    """A calendar with a time below it. What is chosen is told at once; Esc closes and takes it back.

    Signals:
        chosen(object): a naive datetime in the person's zone; None: now.
        gave_up(): Esc.
    """

    chosen = Signal(object)
    gave_up = Signal()

    def __init__(self, start: datetime, zone: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("kind", "card")
        self.setAccessibleName(self.tr("Choose a day and a time"))
        self.calendar = dress_calendar(QCalendarWidget())
        self.time = roomy(QTimeEdit())
        self.time.setDisplayFormat("HH:mm")
        self.time.setAccessibleName(self.tr("Time"))
        self._start = start
        self._arrange(zone)
        self.calendar.setSelectedDate(QDate(start.year, start.month, start.day))
        self.time.setTime(QTime(start.hour, start.minute))
        self.calendar.clicked.connect(lambda day: self._tell())
        self.calendar.activated.connect(lambda day: self._done())
        self.time.timeChanged.connect(lambda time: self._tell())

    def _arrange(self, zone: str) -> None:
        now = button(self.tr("Now"), "", self._now)
        done = button(self.tr("Done"), "primary", self._done)
        foot = QHBoxLayout()
        foot.setSpacing(px(8))
        foot.addWidget(self.time)
        foot.addWidget(make_label(zone, "small"), 1)
        foot.addWidget(now)
        foot.addWidget(done)
        box = QVBoxLayout(self)
        box.setContentsMargins(px(12), px(12), px(12), px(12))
        box.setSpacing(px(8))
        box.addWidget(self.calendar)
        box.addLayout(foot)

    def _moment(self) -> datetime:
        day, time = self.calendar.selectedDate(), self.time.time()
        chosen = datetime(day.year(), day.month(), day.day(), time.hour(), time.minute())
        if chosen.hour == self._start.hour and chosen.minute == self._start.minute:
            chosen = chosen.replace(second=self._start.second, microsecond=self._start.microsecond)
        return chosen

    def _tell(self) -> None:
        self.chosen.emit(self._moment())

    def _now(self) -> None:
        self.chosen.emit(None)
        self.close()

    def _done(self) -> None:
        self._tell()
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget::keyPressEvent: Esc takes back, Enter keeps."""
        if event.key() == Qt.Key.Key_Escape:
            self.gave_up.emit()
            self.close()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._done()
        else:
            super().keyPressEvent(event)


class MomentEditor(LineField):
    """A moment as `2026-11-20 10:00` in the person's zone, or with an offset of its own. Alt+Down opens the calendar.

    Infinity, years before 1 and after 9999 are read, not edited, until the person replaces them.
    """

    def __init__(self, session: Session, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        assert isinstance(field.kind, Moment)
        self._session, self._kind = session, field.kind
        self._zone = session.zone
        self._locked = False
        self._popup: MomentPopup | None = None
        self._replace = InlineButton("edit", self.tr("Replace this moment (Del)"), self._unlock)
        self.calendar_button = InlineButton("calendar", self.tr("Choose from a calendar (Alt+Down)"), self.open_popup)
        self.trailing.add(self._replace)
        self.trailing.add(self.calendar_button)

    def open_popup(self) -> None:
        """Open the calendar."""
        if self._locked:
            return
        self.line.setFocus()
        before = self.line.text()
        self._popup = popup = MomentPopup(self._starting_moment(), self._zone, self)
        popup.chosen.connect(self._chosen)
        popup.gave_up.connect(lambda: self._write(before))
        popup.destroyed.connect(self._popup_gone)
        popup.adjustSize()
        popup.move(place_below(self.line, popup))
        popup.show()
        popup.calendar.setFocus()

    def sizeHint(self) -> QSize:
        """Override QWidget::sizeHint: room for a moment to the second beside the buttons, in a narrow column too."""
        hint = super().sizeHint()
        moment = self.line.fontMetrics().horizontalAdvance("0000-00-00 00:00:00")
        return QSize(max(hint.width(), moment + px(84)), hint.height())

    def is_locked(self) -> bool:
        """Whether the moment shown is one that cannot be edited here."""
        return self._locked

    def _text_of(self, wire: str) -> str:
        return self._kind.edit_text(wire, self._zone)

    def _empty_words(self) -> str:
        return ""

    def _put(self, wire: str | None, label: Label | None) -> None:
        self._zone = self._session.zone
        super()._put(wire, label)
        self._lock(not self._kind.editable(wire))

    def _lock(self, locked: bool) -> None:
        self._locked = locked
        self.line.setReadOnly(locked)
        self.trailing.show_button(self._replace, locked)
        self.trailing.show_button(self.calendar_button, not locked)
        # A cell has no room for the zone; the status bar says it.
        self.trailing.tell_words("" if locked or self.in_cell else self._zone)
        self._say_note(
            self.tr("No calendar reaches this moment; it is kept as it is unless you replace it.") if locked else ""
        )
        self._offer_null()

    def _unlock(self) -> None:
        self._lock(False)
        self.line.setFocus()
        self.line.selectAll()

    def _clear(self) -> None:
        self._lock(False)
        super()._clear()

    def _read(self) -> Value:
        text = line_text(self.line)
        if not text.strip():
            return None, None
        return self._kind.parse(text, self._zone), None

    def _left(self) -> None:
        """Write what was typed the way it is always written."""
        super()._left()
        if self._reason or self.is_untouched():
            return
        wire, _ = self.take()
        if wire is not None and self.line.text() != self._text_of(wire):
            self._write(self._text_of(wire))
            self.flush()

    def _pressed(self, event: QKeyEvent) -> bool:
        if self._locked and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._unlock()
            return True
        alt_down = event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier
        if alt_down or event.key() == Qt.Key.Key_F4:
            self.open_popup()
            return True
        return False

    def _starting_moment(self) -> datetime:
        zone = ZoneInfo(self._zone)
        try:
            wire, _ = self.take()
            moment = python_moment(wire) if wire else None
            if moment is not None:
                return moment.astimezone(zone).replace(tzinfo=None)
        except (BadValue, OverflowError):
            pass
        return datetime.now(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)

    def _chosen(self, moment: datetime | None) -> None:
        if moment is None:
            now = datetime.now(ZoneInfo("UTC")).replace(second=0, microsecond=0)
            self._write(self._text_of(wire_moment(now)))
        else:
            local = moment.strftime(FORM).rjust(16, "0")
            self._write(local if not (moment.second or moment.microsecond) else moment.isoformat(sep=" "))
        self.flush()

    def _write(self, text: str) -> None:
        self.line.selectAll()
        if text:
            self.line.insert(text)
        else:
            self.line.del_()

    def _popup_gone(self) -> None:
        self._popup = None

    def hideEvent(self, event: QHideEvent) -> None:
        """Override FieldEditor.hideEvent: the calendar goes along."""
        if self._popup is not None:
            self._popup.close()
        super().hideEvent(event)
