"""Reading that takes long: why, how long it has been, and a way to stop it and keep what is shown."""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QTimer

from lms_desktop.spec import Query
from lms_desktop.views.kit.notices import BusyLine

if TYPE_CHECKING:
    from lms_desktop.views.entity_page import EntityPage

AFTER_MS = 1000
"""A wait that lasts so long can be given up."""


class SlowReading(QObject):
    """Watches how long a page waits: for the first rows of what was asked for, another order, filter or search, or for
    those of the place to which one has gone.

    Attributes:
        reason: why it takes long, where that is known.
    """

    def __init__(self, page: EntityPage) -> None:
        super().__init__(page)
        self._page = page
        self.reason = ""
        self._began = 0.0
        self._awaited: Query | Literal["rows"] | None = None
        self._place = 0  # where the table stood when all that was seen of it was there
        self._tick = QTimer(self, interval=AFTER_MS)
        self._tick.timeout.connect(self._tell)
        page.model.working.connect(self._look)
        page.model.arrived.connect(self._rows_came)
        page.session.desk.state_changed.connect(self._tell_if_told)
        self._look(page.model.is_reading())  # rows may have been asked for before there was a page

    def explain(self, query: Query, reason: str) -> None:
        """Say why this query takes long, if it is what is waited for now."""
        if self._page.model.pending == query:
            self.reason = reason
            self._tell_if_told()

    def stop(self) -> bool:
        """Give up what is waited for: what is shown stays, in its order and with its filters. False for nothing."""
        page, model = self._page, self._page.model
        if model.pending is None:
            return self._stay()
        model.give_up()
        page.reading_over()
        page.filters.show_query(model.query)
        if not model.loaded:
            read = partial(model.show, model.query, page.columns)
            page.tell_news(self.tr("Nothing was read."), self.tr("Read it now"), read, reading=True)
            return True
        page.tell_empty()
        page.tell_words()
        page.columns = page.filters.columns = tuple(field.key for field in model.fields)
        self._tell_stopped()
        return True

    def stop_if_seen(self) -> bool:
        """The same by a key, which may have been pressed for something else: False too where nobody can have seen yet
        that anything is waited for."""
        unseen = self._awaited is not None and 1000 * (monotonic() - self._began) < BusyLine.SHOW_AFTER_MS
        return not unseen and self.stop()

    def _stay(self) -> bool:
        """Wait for rows of this query no longer: go back to where all of them were there, and to the record shown."""
        page, model, table = self._page, self._page.model, self._page.table
        if self._awaited is None:
            return False
        place = self._place
        model.give_up()
        page.reading_over()
        if not self._all_there():
            row = model.find(page.beside.row_id() or "")
            if row is not None:
                table.setCurrentIndex(model.index(row, table.current_column()))
            table.verticalScrollBar().setValue(place)
        self._tell_stopped()
        return True

    def _tell_stopped(self) -> None:
        self._page.message.emit(self.tr("Stopped: what is shown is what was shown before."))

    def _look(self, working: bool) -> None:
        model = self._page.model
        if not working and self._all_there():
            self._place = self._page.table.verticalScrollBar().value()
        rows: Literal["rows"] | None = "rows" if model.pending is None else None
        awaited = (model.awaited or rows) if working else None
        if awaited == self._awaited:
            return
        before, self._awaited, self.reason = self._awaited, awaited, ""
        if before is not None:
            self._page.reading_over()
        if awaited is None:
            self._tick.stop()
        else:
            self._begin()

    def _all_there(self) -> bool:
        return all(self._page.model.row_id(row) is not None for row in self._page.table.seen_rows())

    def _begin(self) -> None:
        self._began = monotonic()
        self._tick.start()

    def _rows_came(self) -> None:
        """Who goes on faster than rows come sees that they come."""
        if self._awaited == "rows":
            self._begin()

    def _tell_if_told(self) -> None:
        if self._awaited is not None and 1000 * (monotonic() - self._began) >= AFTER_MS:
            self._tell()

    def _tell(self) -> None:
        page, state = self._page, self._page.session.desk.state
        seconds = page.locale().toString(round(monotonic() - self._began))
        reason = self.reason if state.kind == "ok" else f"{state.text}."
        words = " ".join(filter(None, (reason, self.tr("Reading for {0} s.").format(seconds))))
        page.tell_wait(words, self.tr("Stop"), self._pressed)

    def _pressed(self) -> None:
        """The button goes, and the keyboard with it to wherever Qt likes: it goes back to the rows."""
        if self.stop():
            self._page.take_keyboard()
