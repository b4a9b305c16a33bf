"""What nobody caught: to the log with its traceback, to the person as one sentence, not over and over."""

import logging
import sys
import threading
from collections.abc import Callable
from time import monotonic
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal

from lms_desktop.errors import BugError, ExplainedError, explain
from lms_desktop.log import format_exception

logger = logging.getLogger(__name__)

SAME_AGAIN = 60.0
"""Seconds in which a mistake at the same place is only counted: one in a painter would be told at each repaint."""
AT_MOST = 5.0
"""Seconds between two that are shown at all."""


class Unexpected(QObject):
    """The hooks of Python for exceptions that nobody has caught, in slots and overrides of Qt and on threads.

    Signals:
        happened(object): a BugError, or a UserError that slipped through, to be shown; on the GUI thread.
        interrupted(): Ctrl+C was pressed in the terminal.
    """

    happened = Signal(object)
    interrupted = Signal()
    _caught = Signal(object)

    def __init__(self, clock: Callable[[], float] = monotonic, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._told: dict[str, float] = {}
        self._last = -AT_MOST
        self._before = (sys.excepthook, threading.excepthook)
        self._caught.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take the hooks over."""
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_on_thread

    def remove(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._before

    def _uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self.interrupted.emit()
        else:
            self._note(error)

    def _uncaught_on_thread(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None and not isinstance(arguments.exc_value, SystemExit):
            self._note(arguments.exc_value)

    def _note(self, error: BaseException) -> None:
        """On any thread: write it down, and have it shown unless it was shown just now."""
        place, now = _place(error), self._clock()
        if now - self._told.get(place, -SAME_AGAIN) < SAME_AGAIN:
            return
        self._told[place] = now
        logger.error("Nobody caught this:\n%s", format_exception(error))
        explained = explain(error)
        error.__traceback__ = None  # its frames would keep widgets alive, and perhaps let them die on a worker
        try:
            self._caught.emit(explained)
        except RuntimeError:  # Qt is being torn down
            return

    def _show(self, error: ExplainedError) -> None:
        now = self._clock()
        if now - self._last >= AT_MOST or not isinstance(error, BugError):
            self._last = now
            self.happened.emit(error)


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else ""
    return f"{type(error).__qualname__} {where}"
