"""A desk for tests of models and widgets: the same verbs, no threads."""

from collections import deque

from PySide6.QtCore import QObject, Slot

from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.models.desk import Desk, as_worker
from lms_desktop.models.desk.jobs import Task
from lms_desktop.models.desk.performing import perform


class ImmediateDesk(Desk):
    """Does what it is asked here and now: `done` or `failed` has been called when `read`, `commit`, `run` or `plain`
    returns.

    Between `hold` and `release` it lets its work lie, as a slow server does; a job that is cancelled meanwhile never
    calls back. It does not look for a lost server: the next job that reaches one finds it.
    """

    def __init__(self, database: Database | None, actor: Actor | None = None, *, parent: QObject | None = None) -> None:
        super().__init__(database, actor, parent=parent)
        self._held: deque[Task] | None = None

    def hold(self) -> None:
        """From now on keep what is handed in."""
        if self._held is None:
            self._held = deque()

    def release(self, count: int | None = None) -> None:
        """Do what was kept, oldest first: all of it, and go on as before; or `count` jobs, and go on holding."""
        if count is None:
            held, self._held = self._held or deque(), None
            while held:
                self._do(held.popleft())
        else:
            for _ in range(count):
                assert self._held, "nothing is held"
                self._do(self._held.popleft())

    def release_last(self) -> None:
        """Do what was handed in last, before the rest, and go on holding."""
        assert self._held, "nothing is held"
        self._do(self._held.pop())

    @property
    def held(self) -> int:
        """How many jobs are kept."""
        return len(self._held or ())

    def _start(self, task: Task) -> None:
        if self._held is None:
            self._do(task)
        else:
            self._held.append(task)

    def _do(self, task: Task) -> None:
        with as_worker():
            reply = perform(task, self._database, self._deliver)
        self._deliver(reply)

    @Slot()
    def _look_for_server(self) -> None:
        pass
