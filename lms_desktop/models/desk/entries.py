"""The work that a desk has under way, and telling a person of what takes long."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from time import monotonic
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal, Slot
from shiboken6 import isValid

from lms_desktop.errors import BugError, UserError
from lms_desktop.models.desk.jobs import Job, Kind, Task

Failed = Callable[[UserError | BugError], object]

SLOW = 0.2
"""Seconds after which work is shown to be going on."""

HOLD_MS = 1
"""Milliseconds after which what was held back may be painted first: what is under way on the GUI thread is over by
then, and other timers have their turn."""

PAUSE_MS = 40
"""Milliseconds for which what is patient waits at least: longer than a key held down takes to repeat."""

BEHIND_PAINTING = Qt.EventPriority.LowEventPriority.value - 1
"""The priority of an event behind Qt's own requests to paint."""

WRITES: tuple[Kind, ...] = ("commit", "run")


@dataclass(eq=False)
class Entry:
    """A job under way: what stays on the GUI thread, and the task, so that what its work refers to dies here too."""

    job: Job
    task: Task
    owner: QObject | None
    done: Callable[[Any], object] | None
    failed: Failed | None
    cancelled: Callable[[], object] | None = None
    progress: Callable[[float, str], object] | None = None
    initiator: object = None
    submitted: float = 0.0

    def alive(self, callback: Callable[..., object]) -> bool:
        """Whether the object that the callback is for is still there."""
        owner = self.owner if self.owner is not None else getattr(callback, "__self__", None)
        return not isinstance(owner, QObject) or isValid(owner)


class SlowWork(QObject):
    """Which of a desk's entries have been going on for over 200 ms.

    Signals:
        changed: the labels of the foreground work among them, a tuple of str.
    """

    changed = Signal(object)

    def __init__(self, entries: Mapping[int, Entry], parent: QObject) -> None:
        """`entries`: those under way, looked at anew each time."""
        super().__init__(parent)
        self._entries = entries
        self._labels: tuple[str, ...] = ()
        self._next = QTimer(self, singleShot=True)
        self._next.timeout.connect(self.look)

    def began(self, entry: Entry) -> None:
        """Look again when this one may have turned slow."""
        if not entry.task.background and not self._next.isActive():
            self._next.start(ceil(SLOW * 1000))

    def ended(self, entry: Entry) -> None:
        """It is under way no more."""
        if entry.job.label in self._labels:
            self.look()

    def stop(self) -> None:
        """Look no more by itself."""
        self._next.stop()

    @Slot()
    def look(self) -> None:
        """Tell the labels that have changed, and come back when the next job turns slow."""
        now = monotonic()
        shown: dict[str, None] = {}
        youngest_age = -1.0
        for entry in self._entries.values():
            if entry.task.background or (entry.task.control.wished and entry.job.kind not in WRITES):
                continue
            age = now - entry.submitted
            if age >= SLOW:
                shown[entry.job.label] = None
            else:
                youngest_age = max(youngest_age, age)
        if youngest_age >= 0:
            self._next.start(ceil((SLOW - youngest_age) * 1000))
        else:
            self._next.stop()
        labels = tuple(shown)
        if labels != self._labels:
            self._labels = labels
            self.changed.emit(labels)


class WaitingRoom(QObject):
    """Where work stays until it may begin: at once, unless nobody waits for it or who waits for it is patient.

    What nobody waits for begins once what has arrived was painted: the server works for the screen till then, and the
    screen has the processor; beside the painting, where it takes one of the server's alone. What is patient begins
    after a moment in which nothing was asked for that somebody waits for without patience; who hurries on has given it
    up by then. So does what the GUI thread itself does at leisure. What a write leads to is read when it was painted.
    """

    def __init__(self, begin: Callable[[Task], object], entries: Mapping[int, Entry], parent: QObject) -> None:
        """`entries`: those under way, looked at anew each time."""
        super().__init__(parent)
        self._begin, self._entries = begin, entries
        self._tasks, self._patient = list[Task](), list[Task]()
        self._held: list[Task] | None = None
        self._resting: list[QObject] = []
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._paused)
        self._hold = QTimer(self, singleShot=True, interval=HOLD_MS)
        self._hold.timeout.connect(self._let_go)

    def put(self, task: Task) -> None:
        """Begin with a task as soon as it may."""
        if task.patient:
            self._patient.append(task)
            self._pause.start()
        elif self._held is not None and task.kind == "read":
            self._held.append(task)
        elif task.background and not task.beside:
            self._behind_painting([task])
        else:
            self._begin(task)

    def hold(self) -> None:
        """Let the reads of this turn of the event loop begin once what the turn leads to was painted: beside threads
        that read, each call into Qt can wait for the interpreter."""
        if self._held is None:
            self._held = []
            self._hold.start()

    def pause(self, whom: QObject) -> None:
        """Send an object an event of the type User after a moment in which nothing was asked for, behind painting."""
        if whom not in self._resting:
            self._resting.append(whom)
        self._pause.start()

    def is_busy(self) -> bool:
        """Whether something was asked for just now that somebody waits for without patience."""
        since, patient = monotonic() - SLOW, {task.number for task in self._patient}
        return any(
            entry.submitted > since and not entry.task.background
            for number, entry in self._entries.items()
            if number not in patient
        )

    def go(self) -> None:
        """Begin with all of them now."""
        self._pause.stop()
        self._hold.stop()
        tasks, self._tasks, self._patient = [*(self._held or ()), *self._tasks, *self._patient], [], []
        self._held = None
        for task in tasks:
            self._begin(task)

    def _behind_painting(self, tasks: list[Task]) -> None:
        if tasks and not self._tasks:
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), BEHIND_PAINTING)
        self._tasks += tasks

    def _let_go(self) -> None:
        held, self._held = self._held, None
        self._behind_painting(held or [])

    def _paused(self) -> None:
        if self.is_busy():
            self._pause.start()
            return
        patient, self._patient = self._patient, []
        resting, self._resting = self._resting, []
        self._behind_painting(patient)
        for whom in resting:
            if isValid(whom):
                QCoreApplication.postEvent(whom, QEvent(QEvent.Type.User), BEHIND_PAINTING)

    def customEvent(self, event: QEvent) -> None:
        """Override QObject::customEvent."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            self._begin(task)
