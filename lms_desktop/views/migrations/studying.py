"""Finding out what is to be known of a revision, on a thread, one after the other: whoever is shown last counts."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject

from lms_desktop.errors import ExplainedError, explain
from lms_desktop.models.desk import Desk
from lms_desktop.models.migrations.revisions import Entry
from lms_desktop.models.migrations.state import SchemaState
from lms_desktop.services.migrating import Migrations, Overview, Prepared, Scripts


@dataclass(frozen=True)
class Study:
    """What was found out of a revision.

    Attributes:
        scripts: its SQL; None where this program does not know it.
        prepared: the plan to it, or back from it; an error where there is none; None where none was asked for.
    """

    scripts: Scripts | None
    prepared: Prepared | ExplainedError | None


class Studies(QObject):
    """Asks the database for one revision at a time: counting what would be lost may take a while, and whoever walks
    through the list with the arrow keys wants the last one alone."""

    def __init__(self, desk: Desk, schema: SchemaState, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._schema = desk, schema
        self._wanted: tuple[Entry, Overview, Callable[[Study], object]] | None = None
        self._busy = False

    @property
    def busy(self) -> bool:
        """Whether something is being found out."""
        return self._busy

    def want(self, entry: Entry, overview: Overview, done: Callable[[Study], object]) -> None:
        """Find out about a revision, instead of the one that was wanted before."""
        self._wanted = (entry, overview, done)
        if not self._busy:
            self._next()

    def drop(self) -> None:
        """Nobody waits any more."""
        self._wanted = None

    def _next(self) -> None:
        if self._wanted is None or self._desk.actor is None:
            return
        entry, overview, done = self._wanted
        self._busy = True
        migrations = self._schema.migrations()

        def found(study: Study) -> None:
            self._busy = False
            wanted = self._wanted
            if wanted is not None and wanted[0] is entry and wanted[1] is overview:
                self._wanted = None
                done(study)
            else:
                self._next()

        def failed(error: ExplainedError) -> None:
            found(Study(None, error))

        work = _study(migrations, entry, overview)
        self._desk.plain(work, done=found, failed=failed, owner=self, label=self.tr("Reading {0}").format(entry.short))


def _study(migrations: Migrations, entry: Entry, overview: Overview) -> Callable[[], Study]:
    target = target_of(entry, overview)

    def work() -> Study:
        known = bool(entry.state.revision.description or entry.state.revision.words)
        scripts = migrations.scripts(entry.lineage, entry.id) if known else None
        prepared: Prepared | ExplainedError | None = None
        if target is not None:
            try:
                prepared = migrations.prepare(entry.lineage, target)
            except Exception as error:
                prepared = explain(error)
        return Study(scripts, prepared)

    return work


def target_of(entry: Entry, overview: Overview) -> str | None:
    """Where the plan that is shown with a revision leads: to it, or to below it. None: nothing may be planned."""
    standing = overview.of(entry.lineage)
    if not overview.may:
        return None
    if entry.state.state == "pending" and "apply" in standing.offers:
        return entry.id
    if entry.state.state == "applied" and "rollback" in standing.offers:
        return entry.state.revision.down[0] if entry.state.revision.down else "base"
    return None
