"""Keeps a table up with what others save, without moving the row that somebody reads, and marks what they changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from difflib import SequenceMatcher
from itertools import pairwise
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.models.live import Batch, Told
from lms_desktop.models.rows import Block
from lms_desktop.services.live import Doer, sources

if TYPE_CHECKING:
    from lms_desktop.models.paged import PagedModel

PAUSE = 0.5
"""Seconds between two readings of what is on the screen, while others change it all the time."""

PART = 4
"""A reading that takes long is followed by a pause of so many times its length."""

COUNT_PAUSE = 2.0
"""Seconds between two counts meanwhile."""

MARK_MS = 4000
"""So long a row that a colleague has changed is marked."""

ANCHORS = 3
"""So many rows are looked for on the server where none of those on the screen is near its place any more."""

Shift = tuple[int, int]
"""(row, n): at this row n rows have come, or -n rows are gone."""


class Follower(QObject):
    """Follows what the desk notices for one table.

    Attributes:
        seen: whether somebody sees the table; while nobody does, nothing is read.
        anchor: the row that is read, which is looked for first; -1 for none.

    Signals:
        about_to_move(), moved(): around each change of the rows: whoever shows them keeps their place.
        marked(): other rows are marked now.
    """

    about_to_move = Signal()
    moved = Signal()
    marked = Signal()

    def __init__(self, model: PagedModel) -> None:
        super().__init__(model)
        self._model = model
        self.seen: Callable[[], bool] = lambda: True
        self.anchor: Callable[[], int] = lambda: -1
        self._missed = self._reading = self._again = self._count = False
        self._began = self._took = self._counted = 0.0
        self._marks: dict[str, tuple[Told, float]] = {}
        self._doers: Mapping[str, Doer] = {}
        self._soon = self._timer(self._read)
        self._count_soon = self._timer(self._count_now)
        self._fade = self._timer(self._unmark)
        model.desk.noticed.connect(self._noticed)

    def catch_up(self) -> None:
        """Somebody sees the table again, or does by the time that events are dealt with."""
        if self._missed:
            self._soon.start(0)

    def look_again(self) -> None:
        """Something was changed that the table shows: it is read again, and counted, as soon as somebody sees it."""
        if self._model.loaded:
            self._count = True
            self._due()

    def place(self) -> None:
        """The places of what is seen are known better now: it is read again, wherever it stands."""
        if self._model.loaded:
            self._due()

    def is_marked(self, row_id: str) -> bool:
        """Whether a colleague has just changed the row."""
        return row_id in self._marks

    def words(self, row_id: str) -> str:
        """Who has just changed the row, for a tool tip and a screen reader; "" for a row that is not marked."""
        mark = self._marks.get(row_id)
        return "" if mark is None else change_words(mark[0], self._doers)

    # What is noticed

    def _noticed(self, batch: Batch) -> None:
        model = self._model
        if not model.loaded:
            return
        table = model.admin.entity.__tablename__  # type: ignore[attr-defined]
        concerned = sources(model.admin, model.fields) & batch.tables
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
        self._missed, self._reading, self._again, self._began = False, True, False, monotonic()
        first, last = model.visible
        ids = {row: row_id for row in range(first, last + 1) if (row_id := model.row_id(row)) is not None}
        anchor = self.anchor()
        order = sorted(ids, key=lambda row: (row != anchor, row))
        fetch, place, generation = model.reader(), model.placer(), model.generation

        def work(uow: UnitOfWork) -> dict[int, Block]:
            look = Rereading(lambda numbers: fetch(uow, numbers), lambda row_id: place(uow, row_id), model.block_size)
            return look.read(first, max(last, first), [(row, ids[row]) for row in order])

        def ended() -> None:
            self._reading, self._took = False, monotonic() - self._began
            if self._again:
                self._due()

        def done(blocks: dict[int, Block]) -> None:
            if generation == model.generation:
                self.about_to_move.emit()
                model.renew(blocks)
                self.moved.emit()
                if self._count and not self._count_soon.isActive():
                    self._count_soon.start(max(0, round(1000 * (self._counted + COUNT_PAUSE - monotonic()))))
            ended()

        model.desk.read(work, done=done, failed=lambda _: ended(), owner=self, background=True)

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


class Rereading:
    """Reads what is on the screen once more, and where its rows have moved, the place that they moved to."""

    def __init__(
        self, fetch: Callable[[range], dict[int, Block]], place: Callable[[str], int | None], size: int
    ) -> None:
        self._fetch, self._place, self._size = fetch, place, size

    def read(self, first: int, last: int, rows: Sequence[tuple[int, str]]) -> dict[int, Block]:
        """The blocks of (first … last) as it is now. `rows`: (row, id) of those seen, the one to be kept first."""
        blocks = self._fetch(self._numbers(first, last))
        shift = self._shift(blocks, rows)
        if not shift:
            return blocks
        wanted = self._numbers(max(first + shift, 0), max(last + shift, 0))
        missing = [number for number in wanted if number not in blocks]
        if missing:
            blocks |= self._fetch(range(missing[0], missing[-1] + 1))
        return {number: blocks[number] for number in wanted if number in blocks}

    def _numbers(self, first: int, last: int) -> range:
        return range(max(first, 0) // self._size, max(last, 0) // self._size + 1)

    def _shift(self, blocks: dict[int, Block], rows: Sequence[tuple[int, str]]) -> int:
        there = {
            row[0]: number * self._size + offset
            for number, block in blocks.items()
            for offset, row in enumerate(block.page.rows)
        }
        for row, row_id in rows:
            if row_id in there:
                return there[row_id] - row
        for row, row_id in rows[:ANCHORS]:
            place = self._place(row_id)
            if place is not None:
                return place - row
        return 0


def shifts(start: int, before: Sequence[str | None], begin: int, after: Sequence[str | None]) -> list[Shift]:
    """Where rows have come and gone between two readings: `before` stood from row `start` on, `after` from `begin` on.

    To be carried out from the last to the first; the rows are those of `before`. What is past the last row that is in
    both is not known and not told.
    """
    matched = [b for b in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks() if b.size]
    if not matched:
        return []
    found: list[Shift] = []
    first = matched[0]
    head = (begin + first.b) - (start + first.a)
    if start == 0 and begin == 0:
        found += [(0, -first.a)] if first.a else []
        found += [(first.a, first.b)] if first.b else []
    elif head:
        found.append((start, head) if head > 0 else (max(start + head, 0), -min(-head, start)))
    for one, other in pairwise(matched):
        gone, come = other.a - one.a - one.size, other.b - one.b - one.size
        at = start + one.a + one.size
        found += [(at, -gone)] if gone else []
        found += [(at + gone, come)] if come else []
    return found


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


def ago(at: datetime) -> str:
    """How long ago something was, in words."""
    seconds = max(0, round((datetime.now(UTC) - at).total_seconds()))
    translate = QCoreApplication.translate
    if seconds < 5:
        return translate("Live", "just now")
    if seconds < 60:
        return translate("Live", "{0} s ago").format(seconds)
    return translate("Live", "{0} min ago").format(seconds // 60)
