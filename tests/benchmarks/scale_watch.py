"""What the benchmarks look at: the gaps in the GUI thread, when a table was painted, when a commit was answered."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QPaintEvent

from lms_desktop.models.desk import Desk
from lms_desktop.models.desk.jobs import Reply
from lms_desktop.views.entity_page import EntityPage
from lms_desktop.views.painted_table import PaintedTable

LIMIT = 120.0
"""Seconds after which what should have been painted is given up."""


class Pulse(QObject):
    """The gaps between ticks of a 1 ms timer, in milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[float] = []
        self._clock = QElapsedTimer()
        self._timer = QTimer(self, interval=1, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def begin(self) -> None:
        """Start with an empty list."""
        self.gaps = []
        self._clock.start()
        self._timer.start()

    def end(self) -> None:
        """The time since the last tick counts as well."""
        self._tick()
        self._timer.stop()

    def _tick(self) -> None:
        self.gaps.append(self._clock.nsecsElapsed() / 1e6)
        self._clock.restart()


_watching: list[Callable[[PaintedTable], None]] = []
_paint = PaintedTable.paintEvent


def _paint_and_tell(self: PaintedTable, event: QPaintEvent) -> None:
    _paint(self, event)
    for look in list(_watching):
        look(self)


PaintedTable.paintEvent = _paint_and_tell  # type: ignore[method-assign]


class Painted(QObject):
    """Knows when a page's table was painted with all rows in view loaded, and with whatever else was to be so by then.

    Attributes:
        page: whose table it is.
        done: whether that has happened; `at` when, of `time.perf_counter`.
    """

    def __init__(self, page: EntityPage) -> None:
        super().__init__(page)
        self.page, self.done, self.at = page, False, 0.0
        self._ready: Callable[[], bool] = lambda: True
        _watching[:] = [self._look]  # one page is looked at

    def expect(self, ready: Callable[[], bool] = lambda: True) -> None:
        """Wait for a painting from now on, and for one by which this is so."""
        self._ready, self.done = ready, False

    def _look(self, table: PaintedTable) -> None:
        page, now = self.page, time.perf_counter()  # the look itself takes time
        if table is not page.table or self.done or not page.table.viewport().updatesEnabled() or not self._ready():
            return
        first, last = page.table.seen_rows()
        if first >= 0 and all(page.model.row_id(row) is not None for row in range(first, last + 1)):
            self.done, self.at = True, now

    def wait(self) -> None:
        """Run the event loop until that has happened."""
        wake = QTimer(interval=100)  # for the deadline: each event ends the waiting for more
        wake.start()
        deadline = time.monotonic() + LIMIT
        while not self.done:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            assert time.monotonic() < deadline, "never painted"


def rest(milliseconds: int) -> None:
    """Run the event loop for so long, as the application does: the threads that read have the interpreter meanwhile.

    `QTest.qWait` keeps it from them, even while it sleeps: each answer of the server would wait for six milliseconds.
    """
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


class Answered(QObject):
    """When the server last answered a commit, told on the worker's own thread: `at`, of `time.perf_counter`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk, self.at = desk, 0.0
        arrived = desk._crew.mailbox.arrived
        arrived.disconnect(desk._deliver)  # first the time is taken: the desk may be through with it before that
        arrived.connect(self._note, Qt.ConnectionType.DirectConnection)
        arrived.connect(desk._deliver, Qt.ConnectionType.QueuedConnection)

    def _note(self, message: object) -> None:
        if isinstance(message, Reply):
            entry = self._desk._entries.get(message.number)
            if entry is not None and entry.job.kind == "commit":
                self.at = time.perf_counter()


def peak_memory() -> float:
    """The most memory that this process ever had, in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def machine_speed() -> float:
    """Milliseconds of a fixed loop: what this machine can do just now."""
    began = time.perf_counter()
    total = 0
    for number in range(2_000_000):
        total += number * number % 7
    return (time.perf_counter() - began) * 1000
