"""Whether the change log of this database is on, for everything that needs it; and putting it in."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from lms_desktop.database.change_log import LogState, attach, log_state
from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.errors import ExplainedError
from lms_desktop.models.desk import Desk


class ChangeLog(QObject):
    """How it stands with the change log.

    Attributes:
        state: what was found last; before the first look, nothing is installed.

    Signals:
        changed(): `state` is another.
    """

    changed = Signal()

    def __init__(self, desk: Desk, state: LogState | None = None) -> None:
        """Without a `state` it looks for itself as soon as somebody has signed in."""
        super().__init__(desk)
        self._desk = desk
        self.state = state or LogState()
        if state is None and desk.actor is not None:
            self.look()

    @property
    def on(self) -> bool:
        """Whether changes are taken down and can be taken back."""
        return self.state.on

    def look(self) -> None:
        """See whether it is installed by now."""

        def work(uow: UnitOfWork) -> LogState:
            return log_state(uow.connection)

        self._desk.read(work, done=self._found, failed=lambda _: None, owner=self, background=True)

    def install(
        self, done: Callable[[], object] | None = None, failed: Callable[[ExplainedError], object] | None = None
    ) -> None:
        """Apply our own revisions, and cover tables that came since.

        The caller has seen to it that an administrator wants that. Of `done` and `failed` none is called whose object
        is gone by then: it may take longer than the window is open.
        """
        database = self._desk.database
        assert database is not None

        def work() -> LogState:
            from lms_desktop.database.migrations import Lineage, MigrationRunner  # not before something is migrated

            MigrationRunner(database.engine, Lineage.OWN).upgrade()
            with database.engine.begin() as connection:
                attach(connection)
                return log_state(connection)

        def installed(state: LogState) -> None:
            self._found(state)
            if done and _is_there(done):
                done()

        def refused(error: ExplainedError) -> None:
            if failed and _is_there(failed):
                failed(error)

        label = self.tr("Installing the change log")
        self._desk.plain(work, done=installed, failed=refused if failed else None, owner=self, label=label)

    def _found(self, state: LogState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit()


def _is_there(callback: Callable[..., object]) -> bool:
    """Whether the object whose method this is has not been deleted."""
    owner = getattr(callback, "__self__", None)
    return not isinstance(owner, QObject) or isValid(owner)
