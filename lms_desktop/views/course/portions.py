"""Going through many attempts from the window: one reading after the other, told and stopped between two of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.errors import ExplainedError
from lms_desktop.models.desk import Job
from lms_desktop.services.teaching.attempts import Walk
from lms_desktop.views.session import Session

Begin = Callable[[UnitOfWork], Walk]


class Portions(QObject):
    """Takes a `Walk` through all attempts; a newer one takes the place of one that is under way.

    Signals:
        told(int, int): so many of all attempts have been looked at.
        arrived(object): the Walk, at its end.
        failed(object): what kept it from getting there.
    """

    told = Signal(int, int)
    arrived = Signal(object)
    failed = Signal(object)

    def __init__(self, session: Session, label: str, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._label = session, label
        self._job: Job | None = None
        self._turn = 0

    @property
    def busy(self) -> bool:
        """Whether one is under way."""
        return self._job is not None

    def start(self, begin: Begin) -> None:
        """Begin a walk."""
        self.stop()
        self._read(begin, self._turn)

    def stop(self) -> None:
        """Give up what is under way."""
        self._turn += 1
        if self._job is not None:
            self._job.cancel()
        self._job = None

    def _read(self, work: Begin, turn: int) -> None:
        ended = partial(self._stepped, turn)
        job = self._session.desk.read(
            work, done=ended, failed=partial(self._failed, turn), owner=self, label=self._label
        )
        if turn == self._turn and job.ended is None:
            self._job = job

    def _stepped(self, turn: int, walk: Walk) -> None:
        if turn != self._turn:
            return
        self._job = None
        if walk.ended:
            self.arrived.emit(walk)
            return
        self.told.emit(walk.seen, walk.total)

        def work(uow: UnitOfWork) -> Walk:
            walk.step(uow)
            return walk

        self._read(work, turn)

    def _failed(self, turn: int, error: ExplainedError) -> None:
        if turn == self._turn:
            self._job = None
            self.failed.emit(error)
