"""Where the database of a sitting stands, and what is run on it: one for a window, asked by all that hangs on it."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from lms_desktop.database.migrating.events import Decide, Limits, Tell
from lms_desktop.database.migrating.lineages import Lineage
from lms_desktop.database.migrating.plan import Plan
from lms_desktop.database.migrating.source import Source, own
from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.errors import ExplainedError
from lms_desktop.models.desk import Desk
from lms_desktop.models.migrations.run import MigrationRun, RunKind
from lms_desktop.services.migrating import Migrations, Overview, Work, overview


class SchemaState(QObject):
    """How it stands with both lineages.

    Attributes:
        overview: what was found last; None before the first look.
        run: the migration or rehearsal under way, or the last one; None where there was none.
        limits: how long a migration waits for others.
        sources: where the revisions are, which tests have others for.

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
        self.limits = Limits()
        self.sources: Callable[[Lineage], Source] = own

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
        return Migrations(database, actor, self.sources)

    def look(self, failed: Callable[[ExplainedError], object] | None = None) -> None:
        """Read where it stands; `changed` comes when that is known."""
        sources = self.sources

        def work(uow: UnitOfWork) -> Overview:
            return overview(uow, sources)

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
