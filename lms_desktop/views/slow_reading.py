"""Reading that takes long: why, how long it has been, and a way to stop it and keep what is shown."""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from lms_desktop.spec import Query
from lms_desktop.views.kit.notices import BusyLine

if TYPE_CHECKING:
    from lms_desktop.views.entity_page import EntityPage

AFTER_MS = 1000
"""A wait that lasts so long can be given up."""


class SlowReading(QObject):
    """Watches how long a page waits for the first rows of what was asked for: another order, filter or search.

    Attributes:
        reason: why it takes long, where that is known.
    """

    def __init__(self, page: EntityPage) -> None:
        super().__init__(page)
        self._page = page
        self.reason = ""
        self._began = 0.0
        self._query: Query | None = None
        self._tick = QTimer(self, interval=AFTER_MS)
        self._tick.timeout.connect(self._tell)
        page.model.working.connect(self._look)
        self._look(page.model.is_reading())  # rows may have been asked for before there was a page

    def explain(self, query: Query, reason: str) -> None:
        """Say why this query takes long, if it is what is waited for now."""
        if self._page.model.pending == query:
            self.reason = reason
            if self._page.banner.isVisible():
                self._tell()

    def stop(self) -> bool:
        """Give up what is waited for: what is shown stays, in its order and with its filters. False for nothing."""
        page, model = self._page, self._page.model
        if model.pending is None:
            return False
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
        page.message.emit(self.tr("Stopped: what is shown is what was shown before."))
        return True

    def stop_if_seen(self) -> bool:
        """The same by a key, which may have been pressed for something else: False too where nobody can have seen yet
        that anything is waited for."""
        model = self._page.model
        unseen = model.awaited is not None and 1000 * (monotonic() - self._began) < BusyLine.SHOW_AFTER_MS
        return not unseen and self.stop()

    def _look(self, working: bool) -> None:
        query = self._page.model.awaited if working else None
        if query == self._query:
            return
        before, self._query, self.reason = self._query, query, ""
        if before is not None:
            self._page.reading_over()
        if query is None:
            self._tick.stop()
        else:
            self._began = monotonic()
            self._tick.start()

    def _tell(self) -> None:
        page = self._page
        seconds = page.locale().toString(round(monotonic() - self._began))
        words = " ".join(filter(None, (self.reason, self.tr("Reading for {0} s.").format(seconds))))
        page.tell_wait(words, self.tr("Stop"), self.stop)
