"""One migration or rehearsal under way: it works on a thread of the desk, and tells here, on the GUI thread, how it
goes."""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import QObject, Qt, Signal

from lms_desktop.database.migrating.events import Decide, Event, Tell, TriedInVain
from lms_desktop.database.migrating.plan import Plan
from lms_desktop.database.migrating.rehearsal import Rehearsal
from lms_desktop.database.migrating.running import Report
from lms_desktop.errors import ExplainedError, explain
from lms_desktop.models.desk import Desk
from lms_desktop.services.migrating import Work

RunKind = Literal["rehearsal", "migration"]

CANCEL_EVERY = 0.5
"""Seconds between two attempts to stop it: one that arrives between two statements stops nothing."""


@dataclass(frozen=True)
class RunEnd:
    """How it ended: with what came of it, or with an error."""

    value: Rehearsal | Report | None = None
    error: ExplainedError | None = None


class _Post(QObject):
    """Where the threads drop what they tell. It belongs to nobody else, so it is there as long as they are.

    Signals:
        told: an Event.
        asked: a TriedInVain, about which somebody has to decide.
    """

    told = Signal(object)
    asked = Signal(object)


class MigrationRun(QObject):
    """A migration or a rehearsal. It goes on whatever page is shown; whoever closes the window asks first.

    Attributes:
        kind: which of the two.
        plan: what is run.
        events: all that was told so far, for a view that comes later.
        question: the TriedInVain that waits for an answer; None where none does.
        end: how it ended; None while it runs.

    Signals:
        told(object): an Event.
        asked(object): the table is still held: `answer` whether to go on.
        ended(): `end` is there.
    """

    told = Signal(object)
    asked = Signal(object)
    ended = Signal()

    def __init__(
        self, kind: RunKind, plan: Plan, make: Callable[[Tell, Decide], Work[Any]], parent: QObject | None = None
    ) -> None:
        """`make` gives the work, which is to tell and to ask by the two functions it is given."""
        super().__init__(parent)
        self.kind, self.plan = kind, plan
        self.events: list[Event] = []
        self.question: TriedInVain | None = None
        self.end: RunEnd | None = None
        self.cancelled = False
        self._over = threading.Event()
        self._post = _Post()
        self._post.told.connect(self._told, Qt.ConnectionType.QueuedConnection)
        self._post.asked.connect(self._asked, Qt.ConnectionType.QueuedConnection)
        self._answers: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._work = make(self._post.told.emit, _decider(self._post, self._answers))

    @property
    def running(self) -> bool:
        """Whether it is under way."""
        return self.end is None

    def start(self, desk: Desk, label: str) -> None:
        """Begin. Called once."""
        desk.plain(_ending(self._work, self._over), done=self._ended, failed=self._failed, owner=self, label=label)

    def cancel(self) -> None:
        """Have it stopped; what is not committed is rolled back. Returns at once, `ended` comes when that is done."""
        if self.cancelled or not self.running:
            return
        self.cancelled = True
        work, over = self._work, self._over

        def stop() -> None:
            while not over.is_set():
                work.cancel()
                over.wait(CANCEL_EVERY)

        threading.Thread(target=stop, name="lms-migration-cancel", daemon=True).start()
        self.answer(False)

    def answer(self, go_on: bool) -> None:
        """Whether to go on waiting for the table; where nobody has asked, nothing happens."""
        if self.question is not None:
            self.question = None
            self._answers.put(go_on)

    def _told(self, event: Event) -> None:
        self.events.append(event)
        self.told.emit(event)

    def _asked(self, last: TriedInVain) -> None:
        self.question = last
        if self.cancelled:
            self.answer(False)
        else:
            self.asked.emit(last)

    def _ended(self, end: RunEnd) -> None:
        self.question, self.end = None, end
        self.ended.emit()

    def _failed(self, error: ExplainedError) -> None:
        self._ended(RunEnd(error=error))


def _decider(post: _Post, answers: "queue.SimpleQueue[bool]") -> Decide:
    def decide(last: TriedInVain) -> bool:
        post.asked.emit(last)
        return answers.get()

    return decide


def _ending(work: Work[Any], over: threading.Event) -> Callable[[], RunEnd]:
    """The work with its errors as values: the desk would take one that was cancelled for nobody's affair."""

    def run() -> RunEnd:
        try:
            return RunEnd(value=work.run())
        except Exception as error:
            return RunEnd(error=explain(error))
        finally:
            over.set()

    return run
