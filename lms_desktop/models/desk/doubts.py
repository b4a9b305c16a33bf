"""Writes of which nobody knows yet whether they came through: asked after until the server can say."""

from math import ceil

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from lms_desktop.database.fates import Fate
from lms_desktop.database.unit_of_work import Database
from lms_desktop.models.desk.jobs import Doubt
from lms_desktop.models.desk.performing import ask_fate

ASK_AGAIN = 2.0
"""Seconds between two questions."""


class Doubts(QObject):
    """The doubtful writes of one desk, each with what it belongs to.

    Signals:
        asking(object): a function to be called on a thread; what it returns goes to `told`.
        settled(object, object, str): what was added, its Doubt, and "committed", "aborted" or "unknown".
    """

    asking = Signal(object)
    settled = Signal(object, object, str)

    def __init__(self, database: Database | None, parent: QObject) -> None:
        super().__init__(parent)
        self._database = database
        self._open: list[tuple[object, Doubt]] = []
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self.ask)

    def __len__(self) -> int:
        return len(self._open)

    def add(self, what: object, doubt: Doubt) -> None:
        """Ask after this one from now on."""
        self._open.append((what, doubt))
        self._wait()

    @Slot()
    def ask(self) -> None:
        """Ask now."""
        database, sent = self._database, [doubt.sent for _, doubt in self._open]
        if sent and database is not None:
            self._wait()
            self.asking.emit(lambda: {one.operation: ask_fate(database, one) for one in sent})

    def stop(self) -> None:
        """Ask no more: whoever remembers them does so at the next start."""
        self._again.stop()
        self._open.clear()

    def _wait(self) -> None:
        self._again.start(ceil(ASK_AGAIN * 1000))

    def told(self, fates: dict[str, Fate | None]) -> None:
        """The server's answers, by the operations' ids."""
        for what, doubt in list(self._open):
            found = fates.get(doubt.sent.operation)
            if found is not None and found != "running":
                self._open.remove((what, doubt))
                self.settled.emit(what, doubt, found)
        if not self._open:
            self._again.stop()
