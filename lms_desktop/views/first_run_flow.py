"""The first run: from a database where nobody can sign in to one where somebody can."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from lms_desktop.database.migrating.chain import chain
from lms_desktop.database.migrating.events import Waiting
from lms_desktop.database.migrating.lineages import Lineage
from lms_desktop.database.migrating.state import RevisionInfo, State, Step
from lms_desktop.services import arrival as arriving
from lms_desktop.services.upgrading import Upgrade, stamp
from lms_desktop.views.first_run import FirstRunScreen

if TYPE_CHECKING:
    from lms_desktop.views.start_flow import StartFlow


class FirstRunFlow(QObject):
    """Does what the screen of the first run asks for, and leads back to the flow that it is a part of."""

    _stepped = Signal(object)
    _held_up = Signal(object)

    def __init__(self, flow: "StartFlow") -> None:
        super().__init__(flow)
        self._flow = flow
        self._upgrade: Upgrade | None = None
        self._screen: FirstRunScreen | None = None
        self._stepped.connect(self._show_step, Qt.ConnectionType.QueuedConnection)
        self._held_up.connect(self._show_waiting, Qt.ConnectionType.QueuedConnection)

    def show(self) -> FirstRunScreen:
        """Say what the database lacks."""
        flow = self._flow
        _, arrival = flow.reached()
        screen = self._screen = FirstRunScreen(flow.where(), safe=flow.info().safe)
        screen.migrate_requested.connect(partial(self._migrate, screen))
        screen.cancel_requested.connect(self._cancel)
        screen.stamp_requested.connect(partial(self._stamp, screen))
        screen.look_requested.connect(flow.look_again)
        screen.admin_given.connect(partial(self._found, screen))
        screen.switch_requested.connect(flow.switch)
        screen.show_state(arrival.state)
        flow.show(screen)
        return screen

    def show_example(self) -> None:
        """Say it as of an empty database; for pictures."""
        revisions = tuple(RevisionInfo(*link) for link in chain(Lineage.DOCUMENT))
        self.show().show_state(State("empty", None, revisions[-1].id, revisions))

    def _migrate(self, screen: FirstRunScreen) -> None:
        desk, arrival = self._flow.reached()
        screen.working()
        self._upgrade = Upgrade(arrival, self._stepped.emit, self._held_up.emit)
        desk.plain(self._upgrade.run, done=self._flow.arrive, failed=screen.refuse, owner=self)

    def _stamp(self, screen: FirstRunScreen) -> None:
        desk, arrival = self._flow.reached()
        screen.working()
        desk.plain(partial(stamp, arrival), done=self._flow.arrive, failed=screen.refuse, owner=self)

    def _found(self, screen: FirstRunScreen, email: str, name: str, password: str) -> None:
        desk, arrival = self._flow.reached()
        screen.working()
        work = partial(arriving.found_school, arrival, email, name, password)
        desk.plain(work, done=self._flow.enter, failed=screen.refuse, owner=self)

    def _cancel(self) -> None:
        if self._upgrade is not None:
            self._flow.outside.plain(self._upgrade.cancel, done=_nothing, owner=self)

    def _shown(self) -> FirstRunScreen | None:
        return self._screen if self._screen is not None and self._flow.window.screen_shown is self._screen else None

    def _show_step(self, step: Step) -> None:
        screen = self._shown()
        if screen is not None:
            screen.stepped(step)

    def _show_waiting(self, event: Waiting) -> None:
        screen = self._shown()
        if screen is not None:
            screen.wait_for(event)


def _nothing(_: object) -> None:
    return
