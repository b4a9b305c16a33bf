"""Keeps a table up with what others save, without moving the row that somebody reads, and marks what they changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from math import inf
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from lms_desktop.models.live import Batch, Told
from lms_desktop.models.whereabouts import PART
from lms_desktop.services.live import Doer, asked_of, sources
from lms_desktop.services.paging import Row

if TYPE_CHECKING:
    from lms_desktop.models.paged import PagedModel

PAUSE = 0.5
"""Seconds between two readings of what is on the screen, while others change it all the time."""

COUNT_PAUSE = 2.0
"""Seconds between two counts meanwhile."""

MARK_MS = 4000
"""So long a row that a colleague has changed is marked."""


class Follower(QObject):
    """Follows what the desk notices for one table.

    Attributes:
        seen: whether somebody sees the table; while nobody does, nothing is read.
        anchor: the row that is read, which is followed where it goes; -1 for none.
        spent: the seconds that reading again took so far.

    Signals:
        marked(): other rows are marked now.
    """

    marked = Signal()

    def __init__(self, model: PagedModel) -> None:
        super().__init__(model)
        self._model = model
        self.seen: Callable[[], bool] = lambda: True
        self.anchor: Callable[[], int] = lambda: -1
        self._missed = self._reading = self._again = self._count = self._changed = False
        self._unsure = self._comparing = False  # what was heard of last, what is read: nobody has told which rows
        self._began = self._took = self._counted = self.spent = 0.0
        self._heard = inf
        self._marks: dict[str, tuple[Told, float]] = {}
        self._doers: Mapping[str, Doer] = {}
        self._soon = self._timer(self._read)
        self._count_soon = self._timer(self._count_now)
        self._fade = self._timer(self._unmark)
        model.desk.noticed.connect(self.hear)

    def catch_up(self) -> None:
        """Somebody sees the table again, or does by the time that events are dealt with."""
        if self._missed:
            self._soon.start(0)

    def look_again(self) -> None:
        """Something was changed that the table shows: it is read again, and counted, as soon as somebody sees it."""
        if self._model.loaded:
            self._count, self._unsure = True, False
            self._hear()

    def place(self) -> None:
        """The places of what is seen are known better now: it is read again, wherever it stands."""
        if self._model.loaded:
            self._due()

    def count_soon(self) -> None:
        """The rows are counted again, not too often."""
        self._count = True
        if not self._count_soon.isActive():
            self._count_soon.start(max(0, round(1000 * (self._counted + COUNT_PAUSE - monotonic()))))

    def is_marked(self, row_id: str) -> bool:
        """Whether a colleague has just changed the row."""
        return row_id in self._marks

    def words(self, row_id: str) -> str:
        """Who has just changed the row, for a tool tip and a screen reader; "" for a row that is not marked."""
        mark = self._marks.get(row_id)
        return "" if mark is None else change_words(mark[0], self._doers)

    def compare(self, before: Iterable[Row], after: Iterable[Row]) -> None:
        """The same part of the table was read again. Where nobody has told which rows were changed, those are marked
        that have another version: it was somebody else, unless a save of one's own is under way."""
        if not self._comparing or any(job.kind in ("commit", "run") for job in self._model.desk.jobs):
            return
        versions = {row[0]: row[1] for row in before}
        changed = [row[0] for row in after if row[0] and versions.get(row[0], row[1]) != row[1]]
        until, told = monotonic() + MARK_MS / 1000, Told("", "U", own=False)
        self._marks |= {row_id: (told, until) for row_id in changed if row_id not in self._marks}
        if changed:
            self._fade.start(MARK_MS)
            self.marked.emit()

    # What is noticed

    def hear(self, batch: Batch) -> None:
        """Rows were changed: read again what is seen, now or as soon as it is, if it may be any of it."""
        model = self._model
        if not model.loaded and model.pending is None:
            return
        table = model.admin.entity.__tablename__  # type: ignore[attr-defined]
        asked = asked_of(model.admin, model.query)
        concerned = sources(model.catalog, model.admin, (*model.fields, *asked)) & batch.tables
        others = batch.others(table)
        if others and self.seen():
            self._doers = batch.doers
            until = monotonic() + MARK_MS / 1000
            self._marks.update({row_id: (told, until) for row_id, told in others.items()})
            self._fade.start(MARK_MS)
            self.marked.emit()
        if concerned or batch.everything:
            query = model.query
            filtered = bool(query.search or query.filters)
            self._count = self._count or table in batch.moved or filtered or batch.everything
            self._unsure = batch.unsure and (self._unsure or not self._changed)
            self._hear()

    def _hear(self) -> None:
        self._changed, self._heard = True, min(self._heard, monotonic())
        self._due()

    def _unmark(self) -> None:
        now = monotonic()
        self._marks = {row_id: mark for row_id, mark in self._marks.items() if mark[1] > now + 0.05}
        if self._marks:
            self._fade.start(max(50, round(1000 * (min(until for _, until in self._marks.values()) - now))))
        self.marked.emit()

    # Reading again

    def _due(self) -> None:
        if not self.seen():
            self._missed = True
        elif self._reading:
            self._again = True
        elif not self._soon.isActive():
            wait = self._began + max(PAUSE, (PART + 1) * self._took) - monotonic()
            self._soon.start(max(0, round(1000 * wait)))

    def _read(self) -> None:
        model = self._model
        if not self.seen():
            self._missed = True
            return
        if model.is_reading():
            self._soon.start(50)
            return
        if not model.loaded:  # its first rows could not be read: they will be as they are then
            return
        self._missed, self._reading, self._again, self._began = False, True, False, monotonic()
        changed, self._changed = self._changed, False
        self._comparing = changed and self._unsure
        heard, self._heard = min(self._heard, self._began), inf

        def done(came_about: bool) -> None:
            self._reading, self._took = False, monotonic() - self._began
            self.spent += self._took
            if not came_about:
                self._heard = heard
            if self._count:
                self.count_soon()
            if self._again or not came_about:
                self._due()
            if changed:
                model.where.renew()

        model.read_again(done, since=heard)

    def _count_now(self) -> None:
        if self._model.is_counting():
            self._count_soon.start(200)
            return
        self._count, self._counted = False, monotonic()
        self._model.count()

    def _timer(self, act: Callable[[], None]) -> QTimer:
        timer = QTimer(self, singleShot=True)
        timer.timeout.connect(act)
        return timer


def change_words(told: Told, doers: Mapping[str, Doer]) -> str:
    """Who did what to a row and when, as a colleague would say it."""
    translate = QCoreApplication.translate
    doer = doers.get(told.operation)
    if doer is None or not doer.name:
        if told.action == "D":
            return translate("Live", "just deleted by somebody else")
        return (
            translate("Live", "just added by somebody else")
            if told.action == "I"
            else translate("Live", "just changed by somebody else")
        )
    words = {
        "I": translate("Live", "added by {0} {1}"),
        "D": translate("Live", "deleted by {0} {1}"),
    }.get(told.action, translate("Live", "changed by {0} {1}"))
    return words.format(doer.name, ago(doer.at))


def another_program() -> str:
    """Whoever did something, where nobody has told."""
    return QCoreApplication.translate("Clash", "Another program")


def ago(at: datetime) -> str:
    """How long ago something was, in words."""
    seconds = max(0, round((datetime.now(UTC) - at).total_seconds()))
    translate = QCoreApplication.translate
    if seconds < 5:
        return translate("Live", "just now")
    if seconds < 60:
        return translate("Live", "{0} s ago").format(seconds)
    return translate("Live", "{0} min ago").format(seconds // 60)
