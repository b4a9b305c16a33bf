"""What a table has asked the server for and not got yet."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QObject

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.errors import ExplainedError
from lms_desktop.models.desk import Desk, Job

T = TypeVar("T")


@dataclass
class _Request:
    awaited: bool
    given_up: Callable[[], None] | None
    job: Job | None = None


class Requests:
    """Requests by what they are for, one of each: another one for the same takes its place, and what is given up does
    not answer any more."""

    def __init__(self, desk: Desk, owner: QObject, label: str) -> None:
        self._desk, self._owner, self._label = desk, owner, label
        self._asked: dict[str, _Request] = {}

    def __contains__(self, what: str) -> bool:
        return what in self._asked

    @property
    def awaited(self) -> bool:
        """Whether somebody waits for any of them."""
        return any(request.awaited for request in self._asked.values())

    def ask(
        self,
        what: str,
        work: Callable[[UnitOfWork], T],
        done: Callable[[T], None],
        failed: Callable[[ExplainedError, bool], None],
        *,
        background: bool = False,
        given_up: Callable[[], None] | None = None,
    ) -> None:
        """Ask. `failed` is told the error and whether somebody waited; where it is given up, only that is told."""
        self.cancel(what)
        request = self._asked[what] = _Request(not background, given_up)

        def is_wanted() -> bool:
            if self._asked.get(what) is not request:
                return False
            del self._asked[what]
            return True

        def arrived(found: T) -> None:
            if is_wanted():
                done(found)

        def refused(error: ExplainedError) -> None:
            if is_wanted():
                failed(error, request.awaited)

        request.job = self._desk.read(
            work, done=arrived, failed=refused, owner=self._owner, label=self._label, background=background
        )

    def hurry(self, what: str) -> bool:
        """Somebody waits for it now: whether it is on its way. What was only to be asked for some time is given up."""
        request = self._asked.get(what)
        if request is None:
            return False
        if not request.awaited and (request.job is None or request.job.state != "running"):
            self.cancel(what)
            return False
        request.awaited = True
        return True

    def cancel(self, *whats: str) -> None:
        """Give these up."""
        for what in whats:
            request = self._asked.pop(what, None)
            if request is not None and request.job is not None:
                request.job.cancel()
            if request is not None and request.given_up is not None:
                request.given_up()

    def cancel_awaited(self) -> None:
        """Give up those that somebody waits for."""
        self.cancel(*[what for what, request in self._asked.items() if request.awaited])

    def cancel_all(self) -> None:
        """Give all up."""
        self.cancel(*self._asked)
