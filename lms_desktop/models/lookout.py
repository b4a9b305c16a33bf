"""What programs write that do not say so is looked out for, while somebody looks at it."""

from collections import Counter
from collections.abc import Callable, Sequence
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from lms_desktop.models.desk import Desk
from lms_desktop.models.live import Batch
from lms_desktop.models.paged import PagedModel
from lms_desktop.services import writes
from lms_desktop.services.writes import Writes

PAUSE = 3.0
"""Seconds between two questions."""

PART = 50
"""The pause is at least so many times as long as the question took, and, up to ALL, what was read and counted then."""

BUSY = 1.0
"""Seconds after which it is tried again where something else is under way."""

LATE = 11.0
"""Seconds by which the server's counts may come behind what they count."""

ALL = 30.0
"""Seconds after which everything is held to be another if anything in the server is: what is counted late, and what
decides which rows somebody may see and is itself not shown. Where nothing was counted of what was written, it is so at
once; where that goes on, for much is written elsewhere, after pauses that grow to this."""

MOST_DOUBTS = 8
"""From so many doubts in a row on the pauses grow no more."""

Kind = tuple[str, str]
"""A table, and what was done to it (I, U, D)."""

ACTIONS = ("I", "U", "D", "D")
"""What the counts of a table tell, one by one; in another file its rows are gone."""


class Lookout(QObject):
    """Asks every few seconds, while somebody looks, whether there was written what nobody has told of.

    Attributes:
        seen: the rows that somebody looks at and others may write to; None for none.

    Signals:
        noticed(object): a Batch: what was, as far as it is known.
    """

    noticed = Signal(object)

    def __init__(self, desk: Desk, tables: Sequence[str], parent: QObject | None = None) -> None:
        """`tables`: those that are looked at."""
        super().__init__(parent)
        self._desk, self._tables = desk, tuple(tables)
        self.seen: Callable[[], PagedModel | None] = lambda: None
        self._found: Writes | None = None
        self._asking = self._resting = self._refused = False
        self._due = self._told_at = 0.0
        self._all, self._all_at = "", 0.0  # the moment up to which everything was told, and when that was
        self._patience, self._doubts, self._doubted_at = ALL, 0, -ALL
        self._noticed_at = self._spent = 0.0
        self._weighed: PagedModel | None = None
        self._open: Counter[Kind] = Counter()  # rows written and not told of; below 0, told of and not counted yet
        self._told: Counter[Kind] = Counter()  # rows told of since it was asked last
        self._next = QTimer(self, singleShot=True)
        self._next.timeout.connect(self._look)
        desk.noticed.connect(self._note_told)
        desk.reconnected.connect(self._begin_anew)

    @Slot()
    def wake(self) -> None:
        """Somebody may look again: ask at once, unless it goes on all the time, or never began: what is shown then has
        only just been read."""
        if self._refused:
            return
        if self._found is None and not self._asking and not self._next.isActive():
            self._next.start(round(1000 * PAUSE))
        elif self._found is not None and self._resting:
            self._next.start(0)

    @Slot()
    def _begin_anew(self) -> None:
        """The server is there again, or another one: what it refused it may tell by now."""
        self._refused = False
        self.wake()

    def _look(self) -> None:
        """Ask if it is time to and somebody looks."""
        desk = self._desk
        if desk.actor is None or desk.state.kind == "closed":
            return
        if self.seen() is None:
            self._resting = True
            self._next.start(round(1000 * PAUSE))
            return
        self._resting = False
        if desk.state.kind != "ok" or desk.jobs:
            self._next.start(round(1000 * BUSY))
            return
        if self._weighed is not None:  # what followed is done
            pause = min(PART * (self._weighed.spent - self._spent), ALL)
            self._due = max(self._due, self._noticed_at + pause)
            self._weighed = None
        wait = self._due - monotonic()
        if wait > 0:
            self._next.start(round(1000 * wait) + 1)
            return
        tables, self._asking = self._tables, True
        desk.read(
            lambda uow: writes.writes(uow, tables),
            done=self._answered,
            failed=self._unanswered,
            owner=self,
            background=True,
            patient=True,
        )

    def _answered(self, found: Writes | None) -> None:
        if found is None:  # and would so for ever
            self._asking, self._refused, self._found = False, True, None
            return
        self._go_on(found.seconds)
        before, self._found = self._found, found
        everything, now = frozenset(self._tables), monotonic()
        changed, moved = self._written(before, found)
        # Before the first question something may have been written that was not read.
        if before is None or (found.moment != self._all and now >= self._all_at + self._patience):
            changed = everything
        if changed == everything:
            self._all, self._all_at, self._patience = found.moment, now, ALL
            self._open.clear()
        if changed:
            self._weighed, self._noticed_at = self.seen(), now
            self._spent = 0.0 if self._weighed is None else self._weighed.spent
            self.noticed.emit(Batch(changed, dict.fromkeys(changed), moved, unsure=True))

    def _written(self, before: Writes | None, now: Writes) -> tuple[frozenset[str], frozenset[str]]:
        """The tables that were written to, as far as nobody has told of it; those that have more or fewer rows now."""
        told, self._told = self._told, Counter()
        if before is None:
            return frozenset(), frozenset()
        if now.counts is None or before.counts is None:
            all_of_them = frozenset(self._tables if now.moment != before.moment else ())
            return all_of_them, all_of_them
        if told:
            self._told_at = monotonic()
        if now.moment != before.moment and now.counts == before.counts and not told:
            self._doubt()
        for table, counts in now.counts.items():
            for action, number, former in zip(ACTIONS, counts, before.counts[table], strict=True):
                self._open[table, action] += abs(number - former)  # a count that begins anew is another as well
        self._open.subtract(told)
        untold = {kind for kind, rows in self._open.items() if rows > 0}
        is_late = monotonic() < self._told_at + LATE
        self._open = Counter({kind: rows for kind, rows in self._open.items() if rows < 0 and is_late})
        return frozenset(table for table, _ in untold), frozenset(table for table, action in untold if action != "U")

    def _doubt(self) -> None:
        """Something was written somewhere, and nobody has counted it, or not yet."""
        now = monotonic()
        self._doubts = 0 if now > self._doubted_at + ALL else min(self._doubts + 1, MOST_DOUBTS)
        self._doubted_at = now
        self._patience = min(self._patience, PAUSE * (2**self._doubts - 1), ALL)

    def _unanswered(self, _error: object) -> None:
        self._go_on(ALL / PART)  # what holds the server up mostly does so for a while

    def _go_on(self, took: float) -> None:
        self._asking, pause = False, max(PAUSE, PART * took)
        self._due = monotonic() + pause
        self._next.start(round(1000 * pause) + 1)

    def _note_told(self, batch: Batch) -> None:
        for table, rows in batch.rows.items():
            self._told.update((table, told.action) for told in (rows or {}).values())
