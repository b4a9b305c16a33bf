"""All threads of one desk, and the way their messages come home."""

import atexit
from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QObject, Signal

from lms_desktop.database.unit_of_work import Database
from lms_desktop.models.desk.jobs import Control, Kind, Reply, Task
from lms_desktop.models.desk.performing import perform
from lms_desktop.models.desk.workers import Canceller, Lane

AT_EXIT = 1.0
"""Seconds that the end of the interpreter waits for desks that nobody closed."""

_crews: "set[Crew]" = set()
"""Crews whose threads may still run: their mailboxes must outlive them, and must not die on one of them."""


class Mailbox(QObject):
    """What the workers emit through. It belongs to nobody else, so it is there as long as they are.

    Signals:
        arrived: a Reply, ProgressNote or PingNote; to be connected queued.
    """

    arrived = Signal(object)


class Crew:
    """The lanes and the canceller of one desk. To be used on the GUI thread; only `tell` may be called on any.

    Attributes:
        kept: what must not die on a thread that `stop` could not end.
    """

    def __init__(self, database: Database | None, readers: int) -> None:
        self.mailbox = Mailbox()
        self.canceller = Canceller()
        self.kept: list[object] = []
        self._controls: dict[int, tuple[Kind, Control]] = {}
        threads: dict[Kind, int] = {"read": readers, "commit": 1, "run": 1, "plain": 2}
        self._lanes = {kind: Lane(kind, size, self._performer(database), self.tell) for kind, size in threads.items()}
        _crews.add(self)

    def put(self, task: Task) -> None:
        """Have a task done on its lane."""
        self._controls[task.number] = (task.kind, task.control)
        self._lanes[task.kind].put(task)

    def forget(self, number: int) -> None:
        """The task's reply has arrived."""
        self._controls.pop(number, None)

    def tell(self, message: object) -> None:
        """Send a message to the GUI thread, from any thread."""
        try:
            self.mailbox.arrived.emit(message)
        except RuntimeError:  # Qt is being torn down at the end of the process: nobody listens any more
            return

    def cancel(self, *, but: Kind | None = None) -> None:
        """Ask everything to stop, one kind perhaps excepted."""
        for kind, control in list(self._controls.values()):
            if kind != but and not control.wished:
                control.wished = True
                if kind != "plain":
                    self.canceller.request(control)

    def finish_commits(self, deadline: float) -> bool:
        """Wait for the commits handed in so far, at the longest until `deadline`; whether they have ended."""
        return self._lanes["commit"].finish_all(deadline)

    def stop(self, deadline: float) -> bool:
        """End all threads, at the longest until `deadline`; whether they have ended. One that has not is left alone: it
        ends after what it is at, or with the process."""
        for lane in self._lanes.values():
            lane.stop()
        workers = [thread for lane in self._lanes.values() for thread in lane.threads()]
        for thread in workers:
            thread.join(max(0.0, deadline - monotonic()))
        self.canceller.retire()
        threads = [*workers, *self.canceller.threads()]
        for thread in threads:
            thread.join(max(0.0, deadline - monotonic()))
        ended = not any(thread.is_alive() for thread in threads)
        if ended:
            _crews.discard(self)
        self._controls.clear()
        return ended

    def abandon(self) -> None:
        """The desk is gone without having been closed: stop what can be stopped, wait for nothing."""
        self.cancel()
        for lane in self._lanes.values():
            lane.stop()
        self.canceller.retire()

    def _performer(self, database: Database | None) -> Callable[[Task], Reply]:
        return lambda task: perform(task, database, self.tell)


@atexit.register
def _end_all() -> None:
    for crew in list(_crews):
        crew.cancel()
        crew.stop(monotonic() + AT_EXIT)
