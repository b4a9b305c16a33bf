"""Which thread is which: SQL runs on workers, widgets live on the GUI thread, and both are asserted."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from sqlalchemy import Engine, event

from PySide6.QtCore import QThread

_local = threading.local()


class WrongThread(RuntimeError):
    """Something was done on a thread where it must not be done: a mistake of this program."""


def is_gui_thread() -> bool:
    """Whether this is the thread that made the QApplication. False where there is none."""
    return QThread.isMainThread()


def assert_gui_thread() -> None:
    """Raise WrongThread unless this is the GUI thread."""
    if not is_gui_thread():
        raise WrongThread(f"Only the GUI thread may do this, not {threading.current_thread().name}.")


def assert_not_gui_thread() -> None:
    """Raise WrongThread on the GUI thread, unless it plays the worker (`as_worker`)."""
    if is_gui_thread() and not getattr(_local, "playing_worker", 0):
        raise WrongThread("No SQL on the GUI thread: hand it to the desk, or talk through a database of your own.")


@contextmanager
def as_worker() -> Iterator[None]:
    """Let this thread do a worker's work meanwhile: for a desk that runs inline, in tests."""
    _local.playing_worker = getattr(_local, "playing_worker", 0) + 1
    try:
        yield
    finally:
        _local.playing_worker -= 1


def within(deadline: float, work: Callable[[], object]) -> bool:
    """Have something done on a thread of its own that may block; whether it was done by then, on the clock of
    `time.monotonic`."""
    thread = threading.Thread(target=work, name="lms-within", daemon=True)
    thread.start()
    thread.join(max(0.0, deadline - monotonic()))
    return not thread.is_alive()


class SqlGuard:
    """Refuses connecting and SQL on the GUI thread, for one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

        def refuse(*_: Any) -> None:
            assert_not_gui_thread()

        self._refuse = refuse
        event.listen(engine, "before_cursor_execute", refuse)
        event.listen(engine, "do_connect", refuse)

    def remove(self) -> None:
        """Allow it again."""
        for name in ("before_cursor_execute", "do_connect"):
            if event.contains(self._engine, name, self._refuse):
                event.remove(self._engine, name, self._refuse)
