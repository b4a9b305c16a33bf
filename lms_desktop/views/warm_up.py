"""What takes long is imported behind the first window; garbage is collected where Qt's objects may die."""

import contextlib
import gc
import importlib
import sys
import threading

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from lms_desktop.errors import explain

_M_ARENA_MAX = -8
"""As glibc's malloc.h has it."""


class WarmUp(QObject):
    """Imports modules on a thread, while the first window is shown already.

    The cyclic garbage collector should be off meanwhile (`Collector`): it would look through half of what is imported
    several times. What is there at the end is taken out of all later collections.

    Attributes:
        is_over: whether all of them are imported.

    Signals:
        done(): all of them are imported.
        failed(object): one could not be, an ExplainedError.
    """

    done = Signal()
    failed = Signal(object)
    _ended = Signal(object)

    def __init__(self, modules: tuple[str, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._modules, self.is_over = modules, False
        self._thread = threading.Thread(target=self._import, name="lms-import", daemon=True)
        self._ended.connect(self._end, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def _import(self) -> None:
        error: Exception | None = None
        share_memory()
        try:
            for name in self._modules:
                importlib.import_module(name)
        except Exception as mistake:
            error = mistake
        try:
            self._ended.emit(error)
        except RuntimeError:  # the window was closed meanwhile
            return

    def _end(self, error: Exception | None) -> None:
        gc.freeze()
        if error is None:
            self.is_over = True
            self.done.emit()
        else:
            self.failed.emit(explain(error))


def share_memory() -> None:
    """Let all threads take memory from two places, where glibc would give each thread one of its own: what one of them
    gives back there serves no other, and the process grew by tens of megabytes in an hour of reading pages."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            import ctypes

            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


class Collector(QObject):
    """Collects cyclic garbage on the GUI thread alone.

    Python collects on whichever thread happens to allocate. A widget that is part of a cycle would then be destroyed on
    a worker, which Qt does not survive.
    """

    EVERY_MS = 500

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(self.EVERY_MS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.enable()

    def _collect(self) -> None:
        counts, limits = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if limits[generation] and counts[generation] > limits[generation]:
                gc.collect(generation)
                return
