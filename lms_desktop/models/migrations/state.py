"""Where the database of a sitting stands, and what is run on it: one for a window, asked by all that hangs on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.errors import ExplainedError
from lms_desktop.models.desk import Desk

if TYPE_CHECKING:  # nobody who opens a window waits for it: the first look comes a second later
    from lms_desktop.database.migrating.events import Decide, Limits, Tell
    from lms_desktop.database.migrating.lineages import Lineage
    from lms_desktop.database.migrating.plan import Plan
    from lms_desktop.database.migrating.source import Source
    from lms_desktop.models.migrations.run import MigrationRun, RunKind
    from lms_desktop.services.migrating import Migrations, Overview, Work


class SchemaState(QObject):
    """How it stands with both lineages.

    Attributes:
        overview: what was found last; None before the first look.
        run: the migration or rehearsal under way, or the last one; None where there was none.

    Signals:
        changed(): `overview` was read again.
        run_began(): `run` is another one, and under way.
        run_ended(): it has ended.
    """

    changed = Signal()
    run_began = Signal()
    run_ended = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self.overview: Overview | None = None
        self.run: MigrationRun | None = None

    @cached_property
    def limits(self) -> Limits:
        """How long a migration waits for others; may be set."""
        from lms_desktop.database.migrating.events import Limits

        return Limits()

    @cached_property
    def sources(self) -> Callable[[Lineage], Source]:
        """Where the revisions are; may be set."""
        from lms_desktop.database.migrating.source import own

        return own

    @property
    def pending(self) -> int:
        """How many revisions may be applied."""
        if self.overview is None:
            return 0
        both = (self.overview.document, self.overview.own)
        return sum(len(each.pending) for each in both if "apply" in each.offers)

    @property
    def fits(self) -> bool:
        """Whether the tables are those that the pages read. Of a newer program's they are, with more besides."""
        return self.overview is None or self.overview.document.kind not in ("behind", "empty")

    @property
    def running(self) -> bool:
        """Whether something is under way."""
        return self.run is not None and self.run.running

    def migrations(self) -> Migrations:
        """The migrations for the person who is signed in. Its calls block: they are for the desk's threads."""
        database, actor = self._desk.database, self._desk.actor
        assert database is not None
        assert actor is not None
        from lms_desktop.services.migrating import Migrations

        return Migrations(database, actor, self.sources)

    def look(self, failed: Callable[[ExplainedError], object] | None = None) -> None:
        """Read where it stands; `changed` comes when that is known."""

        def work(uow: UnitOfWork) -> Overview:
            from lms_desktop.services.migrating import overview

            return overview(uow, self.sources)

        self._desk.read(
            work,
            done=self._found,
            failed=failed or _nobody,
            owner=self,
            background=failed is None,
            label=self.tr("Looking at the schema"),
        )

    def begin(self, kind: RunKind, plan: Plan, make: Callable[[Tell, Decide], Work[Any]], label: str) -> MigrationRun:
        """Start a run. The caller has seen to it that none is under way, and that the person wants it."""
        from lms_desktop.models.migrations.run import MigrationRun

        former, self.run = self.run, MigrationRun(kind, plan, make, self)
        if former is not None:
            former.deleteLater()
        self.run.ended.connect(self.run_ended)
        self.run.start(self._desk, label)
        self.run_began.emit()
        return self.run

    def _found(self, found: Overview) -> None:
        self.overview = found
        self.changed.emit()


def _nobody(_error: ExplainedError) -> None:
    return
