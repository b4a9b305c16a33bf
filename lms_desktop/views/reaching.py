"""On the way to a database: it is made ready where it is the demo's, then connected to, and both can be given up."""

import os
import threading
from collections.abc import Callable
from functools import partial

from sqlalchemy import URL

from PySide6.QtCore import QObject, Qt, Signal

from lms_desktop.config import Settings
from lms_desktop.errors import Cancelled, ExplainedError
from lms_desktop.models.desk import Desk, Job
from lms_desktop.options import Prepare
from lms_desktop.services.arrival import Arrival, Attempt

Failed = Callable[[ExplainedError], object]


class Reaching(QObject):
    """One way at a time.

    Signals:
        said(str): an English sentence about what is being done just now.
    """

    said = Signal(str)
    _said = Signal(str)

    def __init__(self, outside: Desk, parent: QObject) -> None:
        """`outside` does what needs no connection."""
        super().__init__(parent)
        self._outside = outside
        self._stop = threading.Event()
        self._attempt: Attempt | None = None
        self._connecting: Job | None = None
        self._said.connect(self.said, Qt.ConnectionType.QueuedConnection)

    def prepare(self, prepare: Prepare, done: Callable[[URL], object], failed: Failed) -> None:
        """Have a database made ready; it fails with Cancelled where nobody waits for it any more."""
        self._stop.clear()
        prepared = partial(self._prepared, done, failed)
        self._outside.plain(partial(prepare, self._tell), done=prepared, failed=failed, owner=self)

    def connect_to(self, address: URL, done: Callable[[Arrival], object], failed: Failed) -> None:
        """Connect to a database and look how far it is."""
        self._stop.clear()
        try:
            attempt = self._attempt = Attempt(address, Settings.from_environment(os.environ))
        except ExplainedError as error:
            failed(error)
        else:
            reached = partial(self._reached, done)
            self._connecting = self._outside.plain(attempt.run, done=reached, failed=failed, owner=self)

    def give_up(self) -> None:
        """Nobody waits any more for the connection under way."""
        if self._attempt is not None:
            self._attempt.give_up()
        if self._connecting is not None:
            self._connecting.cancel()
            self._connecting = None

    def stop(self) -> bool:
        """Stop whatever is under way. True where that is done; else it fails with Cancelled at its next step."""
        self._stop.set()
        if self._connecting is None and self._outside.jobs:
            return False
        self.give_up()
        return True

    def _tell(self, sentence: str) -> None:
        """Called on a worker's thread, between two steps."""
        if self._stop.is_set():
            raise Cancelled
        self._said.emit(sentence)

    def _prepared(self, done: Callable[[URL], object], failed: Failed, address: URL) -> None:
        if self._stop.is_set():
            failed(Cancelled())
        else:
            done(address)

    def _reached(self, done: Callable[[Arrival], object], arrival: Arrival) -> None:
        self._connecting = None
        done(arrival)
