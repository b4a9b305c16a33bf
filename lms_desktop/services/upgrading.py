"""Bringing a database that was reached to where somebody can sign in: apply what is pending, put on record what is.

Everything here blocks and belongs on a worker's thread.
"""

import threading
from collections.abc import Callable

from lms_desktop.database.migrating.events import Event, StepDone, Waiting, silent
from lms_desktop.database.migrating.lineages import Lineage
from lms_desktop.database.migrating.running import Report
from lms_desktop.database.migrating.state import RevisionInfo, Step
from lms_desktop.database.migrating.words import refusal
from lms_desktop.database.unit_of_work import Actor
from lms_desktop.errors import Cancelled, UserError
from lms_desktop.services.arrival import Arrival, look
from lms_desktop.services.migrating import Migrations, Prepared, Work
from lms_desktop.spec import N_


def _nothing(_: Waiting) -> None:
    return


def stamp(arrival: Arrival) -> Arrival:
    """Put on record which revision the tables are, and look again. Raises UserError where they are none's."""
    Migrations(arrival.database, Actor.command_line()).stamp(Lineage.DOCUMENT)
    return look(arrival)


class Upgrade:
    """Bringing a database to the head, which can be cancelled from another thread."""

    def __init__(
        self, arrival: Arrival, on_step: Callable[[Step], None], tell: Callable[[Waiting], None] = _nothing
    ) -> None:
        """`on_step` is called after each revision of the document, `tell` while somebody is in the way; both on the
        threads that work."""
        self._arrival, self._on_step, self._tell = arrival, on_step, tell
        self._migrations = Migrations(arrival.database, Actor.command_line())
        self._cancelled = threading.Event()
        self._work: Work[Report] | None = None

    def cancel(self) -> None:
        """Stop; nothing is changed then. Sends the driver's cancel, which takes a round trip."""
        self._cancelled.set()
        if self._work is not None:
            self._work.cancel()

    def run(self) -> Arrival:
        """Apply what is pending and look again. Raises UserError for what stands in the way, and what
        `running.Migrate` raises.

        A database that was empty is the school's own affair from the start, and gets the change log too. In one that
        others work with already, that is for an administrator to decide.
        """
        self._apply(Lineage.DOCUMENT)
        if self._arrival.state.kind == "empty":
            self._apply(Lineage.OWN)
        return look(self._arrival)

    def _apply(self, lineage: Lineage) -> None:
        prepared = self._prepare(lineage)
        self._check()
        tell = self._events if lineage is Lineage.DOCUMENT else silent
        work = self._work = self._migrations.migration(prepared.plan, tell=tell)
        if self._cancelled.is_set():  # between the two lines above
            work.cancel()
        work.run()

    def _prepare(self, lineage: Lineage) -> Prepared:
        try:
            prepared = self._migrations.prepare(lineage)
        except UserError:
            self._check()
            raise
        blocked = prepared.blocked
        if blocked is not None and prepared.plan.steps:
            raise refusal(blocked.sentence, blocked.way_out)
        return prepared

    def _check(self) -> None:
        if self._cancelled.is_set():
            raise Cancelled(N_("The migration was stopped."), way_out=N_("Nothing was changed."))

    def _events(self, event: Event) -> None:
        if isinstance(event, StepDone):
            revision = event.step.revision
            self._on_step(Step(RevisionInfo(revision.id, revision.description), event.number, event.total))
        elif isinstance(event, Waiting):
            self._tell(event)
