"""The threads behind the desk: lanes that work, one thread that cancels, one that asks whether the server is back.

Plain Python threads, all daemons and all asleep while there is nothing to do. None of them touches a Qt object but the
mailbox, whose signal carries what they have to say to the GUI thread.
"""

import logging
import random
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from time import monotonic

from lms_desktop.models.desk.jobs import Control, PingNote, Reply, Task

logger = logging.getLogger(__name__)

CANCEL_AGAIN = (0.1, 2.0)
"""Seconds between two attempts to cancel the same job: the first pause, which doubles, and the longest. More than one
attempt, for a cancel that arrives between two statements stops nothing."""

BACK_OFF = (0.5, 15.0)
"""Seconds before a ping: the first pause, which doubles, and the longest."""

JITTER = 0.2
"""The part of a pause by which it may be longer or shorter, so that a hundred desks do not all come back at once."""


class Lane:
    """A queue and the threads that empty it, started when they are needed.

    Foreground tasks come first, in order; background ones have at most all threads but one.
    """

    def __init__(self, name: str, size: int, perform: Callable[[Task], Reply], tell: Callable[[object], None]) -> None:
        self._name = name
        self._size = size
        self._perform = perform
        self._tell = tell
        self._changed = threading.Condition()
        self._foreground: deque[Task] = deque()
        self._background: deque[Task] = deque()
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._busy = 0
        self._busy_in_background = 0
        self._stopping = False

    def put(self, task: Task) -> None:
        """Queue a task."""
        with self._changed:
            (self._background if task.background else self._foreground).append(task)
            waiting = len(self._foreground) + len(self._background)
            if waiting > self._idle and len(self._threads) < self._size:
                name = f"lms-{self._name}-{len(self._threads) + 1}"
                thread = threading.Thread(target=self._loop, name=name, daemon=True)
                self._threads.append(thread)
                thread.start()
            else:
                self._changed.notify_all()

    def finish_all(self, deadline: float) -> bool:
        """Wait until nothing is queued or running, at the longest until `deadline` (`time.monotonic`)."""
        with self._changed:
            return self._changed.wait_for(
                lambda: not self._busy and not self._foreground and not self._background,
                timeout=max(0.0, deadline - monotonic()),
            )

    def stop(self) -> None:
        """Let the threads end after what they are at; what is still queued is forgotten, here and on this thread."""
        with self._changed:
            self._stopping = True
            forgotten = [*self._foreground, *self._background]
            self._foreground.clear()
            self._background.clear()
            self._changed.notify_all()
        for task in forgotten:
            task.control.finished = True

    def threads(self) -> list[threading.Thread]:
        """The threads started so far."""
        with self._changed:
            return list(self._threads)

    def _loop(self) -> None:
        while (task := self._take()) is not None:
            reply = self._perform(task)
            background = task.background
            # The desk holds the job until it has the reply: what the work refers to must die on the GUI thread.
            del task
            self._tell(reply)
            del reply
            with self._changed:
                self._busy -= 1
                self._busy_in_background -= background
                self._changed.notify_all()

    def _take(self) -> Task | None:
        with self._changed:
            while not self._stopping:
                task = self._next()
                if task is not None:
                    self._busy += 1
                    self._busy_in_background += task.background
                    return task
                self._idle += 1
                self._changed.wait()
                self._idle -= 1
            return None

    def _next(self) -> Task | None:
        if self._foreground:
            return self._foreground.popleft()
        if self._background and self._busy_in_background < max(1, self._size - 1):
            return self._background.popleft()
        return None


class Canceller:
    """Sends the driver's cancel for jobs that are to stop, again and again until they have ended.

    On a thread of its own, since a cancel opens a connection of its own and waits for it.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._due: dict[Control, tuple[float, float]] = {}
        self._thread: threading.Thread | None = None
        self._retiring = False

    def request(self, control: Control) -> None:
        """Have this job stopped; returns at once."""
        with self._changed:
            self._due.setdefault(control, (monotonic(), CANCEL_AGAIN[0]))
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop, name="lms-cancel", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def retire(self) -> None:
        """End the thread as soon as everything it was asked to stop has ended."""
        with self._changed:
            self._retiring = True
            self._changed.notify_all()

    def threads(self) -> list[threading.Thread]:
        """The thread, where it was ever needed."""
        with self._changed:
            return [] if self._thread is None else [self._thread]

    def _loop(self) -> None:
        while (control := self._wait_for_one()) is not None:
            try:
                control.interrupt()
            except Exception as exc:  # the connection may be closed, the server away: the job ends by itself then
                logger.debug("A cancel could not be sent: %s", type(exc).__name__)

    def _wait_for_one(self) -> Control | None:
        with self._changed:
            while True:
                self._due = {control: due for control, due in self._due.items() if not control.finished}
                control = min(self._due, key=lambda one: self._due[one][0], default=None)
                if control is None:
                    if self._retiring:
                        return None
                    self._changed.wait()
                    continue
                at, pause = self._due[control]
                now = monotonic()
                if at > now:
                    self._changed.wait(at - now)
                    continue
                self._due[control] = (now + pause, min(2 * pause, CANCEL_AGAIN[1]))
                return control


def pauses() -> Iterator[float]:
    """How long to wait before each ping, in seconds, for ever."""
    pause, longest = BACK_OFF
    while True:
        yield pause * random.uniform(1 - JITTER, 1 + JITTER)
        pause = min(2 * pause, longest)


class Pinger:
    """Asks for a lost server until it answers, then ends; tells each attempt as a PingNote.

    An attempt is a few calls in a row, none of which may raise.
    """

    def __init__(self, attempt: Sequence[Callable[[], object]], tell: Callable[[object], None]) -> None:
        self._attempt = attempt
        self._tell = tell
        self._stopped = threading.Event()
        self.thread = threading.Thread(target=self._loop, name="lms-ping", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """End it at once, or when the attempt under way is over."""
        self._stopped.set()

    def _loop(self) -> None:
        for attempt, pause in enumerate(pauses(), start=1):
            if self._stopped.wait(pause):
                return
            answered = self._answers()
            if self._stopped.is_set():
                return
            self._tell(PingNote(self, attempt, answered))
            if answered:
                return

    def _answers(self) -> bool:
        try:
            for step in self._attempt:
                step()
        except Exception as exc:
            logger.debug("The server does not answer: %s", type(exc).__name__)
            return False
        return True
