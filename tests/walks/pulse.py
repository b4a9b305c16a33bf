"""Whether the window lives: how long it is deaf at the longest, and what flashes up that nobody asked for."""

import os
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

BEAT_MS = 5
"""So often the pulse is felt."""

LONGEST_GAP = 0.25
"""Seconds that the window may be deaf, on a machine that has as many cores as it has work."""

_TURNS, _USUAL = 100_000, 0.0055
"""So often a fixed loop turns, and the seconds of a processor's time that it takes where the limits here were set."""


class Pulse(QObject):
    """Feels whether the event loop turns: a timer fires each few milliseconds, and the longest gap is kept.

    Time that the machine gave to other processes, as Linux tells it, is not counted.

    Attributes:
        longest: the longest gap so far, in seconds.
        gaps: all of them, in seconds.
    """

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0
        self.gaps: list[float] = []
        self._last = (time.monotonic(), _waited_for_the_machine())
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    @property
    def steady(self) -> bool:
        """Whether the window was never deaf for too long. What else is running makes everything take longer."""
        return self.longest < LONGEST_GAP * crowded()

    def percentile(self, percent: int) -> float:
        """So many per cent of the gaps were no longer than this, in seconds."""
        assert self.gaps, "nothing was felt"
        return sorted(self.gaps)[min(len(self.gaps) * percent // 100, len(self.gaps) - 1)]

    def stop(self) -> None:
        """Feel no more."""
        self._timer.stop()

    def _beat(self) -> None:
        now, waited = time.monotonic(), _waited_for_the_machine()
        gap = (now - self._last[0]) - (waited - self._last[1])
        self._last = (now, waited)
        self.longest = max(self.longest, gap)
        self.gaps.append(gap)


def crowded() -> float:
    """By what factor everything takes longer because of what else is running here, and because the processor is slow; 1
    where each has a core that is as fast as usual.

    The load is a mean of the last minute, and does not know of the suite's other processes that have just begun.
    """
    cores, load = os.cpu_count() or 1, os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    beside = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    return max(1.0, load / cores, beside / cores) * _slow()


def _slow() -> float:
    """By what factor this processor is slower just now, at its slowest, than where the limits were set; 1 at the least.
    The same core of a shared machine takes four times as long at some hours, and from one moment to the next."""
    taken = []
    for _ in range(10):
        began, total = time.thread_time(), 0
        for number in range(_TURNS):
            total += number * number % 7
        taken.append(time.thread_time() - began)
    return max(1.0, max(taken) / _USUAL)


def _waited_for_the_machine() -> float:
    """Seconds that this thread was ready to run and had to wait; 0 where the system does not tell."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text("ascii").split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


class Strays(QObject):
    """Windows that nobody asked for: widgets shown before they have a place, which flash up and take the keyboard.

    Attributes:
        seen: what they were.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject::eventFilter."""
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            is_window = watched.windowType() == Qt.WindowType.Window
            if is_window and not isinstance(watched, QMainWindow):
                self.seen.append(f"{type(watched).__name__} {watched.accessibleName() or watched.objectName()}")
        return False
