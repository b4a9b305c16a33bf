"""Work that hears nothing from the server: whether that answers anybody is asked beside it, on another connection."""

import logging
import threading
from collections.abc import Callable, Mapping
from math import ceil
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal

from lms_desktop.errors import ConnectionLost, explain
from lms_desktop.models.desk.entries import Entry

logger = logging.getLogger(__name__)

SILENT = 1.0
"""Seconds for which work hears nothing before it is asked."""

PATIENCE = 0.8
"""Seconds that an answer may take; then it is said that there is none, and its coming is awaited."""

ROUND_TRIPS = 15
"""To a server that is far away it may take so many times the way there and back: a connection with its encryption, its
sign-in and its settings takes ten of them."""

AGAIN = 2.0
"""Seconds after an answer until it is asked once more, as long as the work goes on hearing nothing."""

LOOK_MS = 100


class Silence(QObject):
    """Tells a server that stands still, of which no read would hear for a long time or ever, from one that works.

    Signals:
        answered: it answers.
        silent: it has not answered yet.
        lost: it cannot be reached.
    """

    answered = Signal()
    silent = Signal()
    lost = Signal()

    def __init__(
        self, entries: Mapping[int, Entry], knock: Callable[[], object] | None, parent: QObject | None = None
    ) -> None:
        """`entries`: what is under way, looked at anew each time. `knock` raises unless the server answers."""
        super().__init__(parent)
        self._entries, self._knock = entries, knock
        self._heard, self._patience = monotonic(), PATIENCE
        self._question: _Question | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._look)

    def began(self) -> None:
        """Work was handed in."""
        if self._knock is not None and not self._timer.isActive():
            self._timer.start(ceil(SILENT * 1000))

    def heard(self, latency_ms: float | None) -> None:
        """The server has answered somebody; `latency_ms`: milliseconds there and back, where that is known."""
        self._heard = monotonic()
        self._patience = max(PATIENCE, ROUND_TRIPS * (latency_ms or 0) / 1000)

    def stop(self) -> None:
        """Ask no more."""
        self._knock = self._question = None
        self._timer.stop()

    def _look(self) -> None:
        if self._question is not None:
            self._wait_for(self._question)
            return
        now = monotonic()
        waits = [entry.submitted for entry in self._entries.values() if _is_waiting(entry)]
        since = max(min(waits, default=now), self._heard)
        if waits and now - since >= SILENT and self._knock is not None:
            self._question = _Question(self._knock)
            self._timer.start(LOOK_MS)
        elif self._entries:
            self._timer.start(max(ceil((SILENT - (now - since)) * 1000), LOOK_MS))

    def _wait_for(self, question: "_Question") -> None:
        heard = question.answer or self._heard >= question.asked  # where others were answered, that one may never be
        if not heard and question.answer is None:
            self._timer.start(LOOK_MS)
            if monotonic() - question.asked >= self._patience:
                self.silent.emit()
            return
        self._question = None
        self._timer.start(ceil(AGAIN * 1000))
        if heard:
            self._heard = monotonic()
            self.answered.emit()
        else:
            self.lost.emit()


class _Question:
    """Asks on a thread, once. `answer` is None until something is known."""

    def __init__(self, knock: Callable[[], object]) -> None:
        self.asked = monotonic()
        self.answer: bool | None = None
        threading.Thread(target=self._ask, args=(knock,), name="lms-knock", daemon=True).start()

    def _ask(self, knock: Callable[[], object]) -> None:
        try:
            knock()
        except Exception as error:
            logger.debug("The server was asked and did not answer: %s", type(error).__name__)
            self.answer = not isinstance(explain(error), ConnectionLost)  # who refuses answers
        else:
            self.answer = True


def _is_waiting(entry: Entry) -> bool:
    control = entry.task.control
    return entry.job.kind != "plain" and control.started and not control.wished
