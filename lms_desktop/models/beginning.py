"""What others saved after the first rows were read and before anybody listened."""

from PySide6.QtCore import QObject, Qt, Signal

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.models.desk import Desk
from lms_desktop.models.live import Live
from lms_desktop.services.live import News, news


class Beginning(QObject):
    """Has it heard of what was committed since the first rows were read, as soon as it listens."""

    _noted = Signal(str)

    def __init__(self, desk: Desk, live: Live) -> None:
        super().__init__(live)
        self._desk, self._live = desk, live
        self._since: str | None = None
        self._noted.connect(self._begin, Qt.ConnectionType.QueuedConnection)
        live.state_changed.connect(self._look)

    def note(self, uow: UnitOfWork) -> None:
        """On a worker, before the first rows are read: what is seen of the database from here on."""
        snapshot = news(uow, None).snapshot
        try:
            self._noted.emit(snapshot)
        except RuntimeError:  # the window was taken down meanwhile
            return

    def _begin(self, snapshot: str) -> None:
        self._since = snapshot
        self._look()

    def _look(self) -> None:
        since = self._since
        if since is None or self._live.kind not in ("live", "polling") or self._desk.actor is None:
            return
        self._since = None
        self._desk.read(
            lambda uow: news(uow, since),
            done=self._live.hear,
            failed=lambda _: self._live.hear(News(since, all_new=True)),
            owner=self,
            background=True,
        )
