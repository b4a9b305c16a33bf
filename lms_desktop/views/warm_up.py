"""What takes long is imported behind the first window; garbage is collected where Qt's objects may die."""

import contextlib
import gc
import importlib
import sys
import threading
from functools import cache
from weakref import WeakSet

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from shiboken6 import isValid

from lms_desktop.errors import explain

TYPES = 1100
"""More types of PySide's than there ever are: those of Qt that this program uses, and its own."""

TURN = 0.001
"""Seconds after which a thread that works gives the interpreter to one that waits for it."""

_M_ARENA_MAX = -8
"""As glibc's malloc.h has it."""


class WarmUp(QObject):
    """Imports modules on a thread, while the first window is shown already.

    No garbage is collected meanwhile (`Collector`): half of what is imported would be looked through several times.
    What is there at the end is taken out of all later collections.

    Attributes:
        is_over: whether all of them are imported; `goes_on`, whether they are just being.

    Signals:
        done(): all of them are imported.
        failed(object): one could not be, an ExplainedError.
    """

    done = Signal()
    failed = Signal(object)

    def __init__(self, modules: tuple[str, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_over = self.goes_on = False
        teller, self._name = _teller(), object()
        self._thread = threading.Thread(
            target=_import, args=(modules, teller, self._name), name="lms-import", daemon=True
        )
        teller.ended.connect(self._end, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Begin; returns at once."""
        self.goes_on = True
        _at_work.add(self)
        self._thread.start()

    def _end(self, name: object, error: Exception | None) -> None:
        if name is not self._name:
            return
        self.goes_on = False
        _at_work.discard(self)
        _freeze()
        if error is None:
            self.is_over = True
            self.done.emit()
        else:
            self.failed.emit(explain(error))


class _Teller(QObject):
    """Tells what the threads do, and outlives them: a window may go with its `WarmUp` just while this tells something,
    which Qt survives of one that hears a signal, and not of one that sends it.

    Signals:
        ended(object, object): the name of a `WarmUp` whose thread has ended, and an error or None.
    """

    ended = Signal(object, object)


@cache
def _teller() -> _Teller:
    return _Teller()


def _import(modules: tuple[str, ...], teller: _Teller, name: object) -> None:
    error: Exception | None = None
    share_memory()
    try:
        for module in modules:
            importlib.import_module(module)
    except Exception as mistake:
        error = mistake
    with contextlib.suppress(RuntimeError):  # the program ends
        teller.ended.emit(name, error)


_at_work: WeakSet[WarmUp] = WeakSet()
"""Those that are just importing."""
_freezes = 0
"""How often all that was there was taken out of later collections."""


def _freeze() -> None:
    global _freezes
    gc.freeze()
    _freezes += 1


def make_room(types: int = TYPES) -> None:
    """Have room for so many types in PySide's table of them, before any is made on another thread.

    Qt asks for the meta object of a widget where the window's thread does not hold the interpreter's lock, and PySide
    then looks its type up in the table. While another thread, which makes a type, just makes the table larger, it is
    not found, and the process ends. In a table with room nothing is moved. Once it has grown it stays as large.
    """
    _freeze()  # so that only these are looked through
    made = [type("Room", (QObject,), {}) for _ in range(types)]
    made.clear()
    gc.collect(0)


def take_turns() -> None:
    """Let the window's thread get at the interpreter soon while another one computes: after Python's own five
    milliseconds, each time that an event reaches one of our widgets, a jump took three times as long.
    Not while modules are imported for the next screen: nobody does anything else meanwhile."""
    sys.setswitchinterval(TURN)


def share_memory() -> None:
    """Let all threads take memory from two places, where glibc would give each thread one of its own: what one of them
    gives back there serves no other, and the process grew by tens of megabytes in an hour of reading pages."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            import ctypes

            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def _tracked(generation: int) -> int:
    """How many objects are in a generation. No other thread gets a turn between the two calls: it may be filling a
    tuple, which Python refuses to go on with (a SystemError) while a list of all objects holds it as well."""
    return next(map(len, map(gc.get_objects, (generation,))))


class Collector(QObject):
    """Collects cyclic garbage on the GUI thread alone, and so much at a time that nobody notices.

    Python collects on whichever thread happens to allocate. A widget that is part of a cycle would then be destroyed on
    a worker, which Qt does not survive. To look through a thousand objects takes a millisecond, to destroy them another
    one: those that have outlived a collection are looked through as soon as there are too many of them.
    """

    EVERY_MS = 500
    MOST = 20_000
    """So many objects that have outlived one collection, or two, wait for the next."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._old, self._freezes = 0, _freezes
        self._timer = QTimer(self)
        self._timer.setInterval(self.EVERY_MS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.enable()

    def _collect(self) -> None:
        if any(isValid(one) for one in _at_work):  # whose window has gone tells nobody that it has ended
            return
        if self._freezes != _freezes:  # Python's own count of what is frozen goes through all of it
            self._old, self._freezes = 0, _freezes
        counts, limits = gc.get_count(), gc.get_threshold()
        waiting = _tracked(1)
        if counts[2] > limits[2] > 0 or self._old > self.MOST:
            gc.collect()
            self._old = 0
        elif counts[1] > limits[1] > 0 or waiting > self.MOST:
            young = waiting + _tracked(0)
            self._old += young - gc.collect(1)
        elif counts[0] > limits[0] > 0:
            gc.collect(0)
