"""Migrations as a person may work with them: looking is for everybody who works here, all else for administrators.

Everything here blocks and belongs on a worker's thread; only `Work.cancel` may be called from any other, and takes a
round trip to the server.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

import sqlalchemy as sa

from lms_desktop import policy
from lms_desktop.database.migrating import copying, dumping, failures, plan, preflight, standing, verifying
from lms_desktop.database.migrating.copying import CopyOffer, RehearseOnCopy
from lms_desktop.database.migrating.crew import APPLICATION, LOCK_NOT_AVAILABLE
from lms_desktop.database.migrating.dumping import DumpOffer
from lms_desktop.database.migrating.events import Decide, Limits, Tell, silent
from lms_desktop.database.migrating.lineages import Lineage
from lms_desktop.database.migrating.plan import Plan
from lms_desktop.database.migrating.preflight import Finding
from lms_desktop.database.migrating.rehearsal import Rehearsal, Rehearse
from lms_desktop.database.migrating.running import Migrate, Report
from lms_desktop.database.migrating.sessions import Session, on_tables, who_migrates
from lms_desktop.database.migrating.source import Source, Written, own
from lms_desktop.database.migrating.standing import Standing
from lms_desktop.database.migrating.verifying import Verification
from lms_desktop.database.migrating.words import refusal
from lms_desktop.database.unit_of_work import Actor, Database, UnitOfWork
from lms_desktop.errors import Busy, Denied, UserError
from lms_desktop.errors.kinds import N_
from lms_desktop.services import gate

T = TypeVar("T")

SOUND = ("empty", "behind", "current")
"""The states of the document's lineage beside which our own may be worked on."""


@dataclass(frozen=True)
class Overview:
    """Where a database stands in both lineages.

    Attributes:
        document: The document's.
        own: Ours; nothing is offered where the document's tables are not known to be the LMS's.
        may: Whether this person may do more than look.
    """

    document: Standing
    own: Standing
    may: bool

    def of(self, lineage: Lineage) -> Standing:
        """One of the two."""
        return self.document if lineage is Lineage.DOCUMENT else self.own


@dataclass(frozen=True)
class Prepared:
    """All that is to be known before anything is done.

    Attributes:
        plan: What would be done.
        findings: What stands in the way.
        copy: Whether it can be rehearsed on a copy.
        dump: Whether the database can be saved first.
    """

    plan: Plan
    findings: tuple[Finding, ...]
    copy: CopyOffer
    dump: DumpOffer

    @property
    def blocked(self) -> Finding | None:
        """What forbids it."""
        return preflight.blocked(self.findings)


@dataclass(frozen=True)
class Scripts:
    """What a revision is made of: its SQL upwards and downwards."""

    up: Written
    down: Written


@dataclass(frozen=True)
class Work(Generic[T]):
    """Something that takes its time: `run` it once on a worker's thread, `cancel` it from any."""

    run: Callable[[], T]
    cancel: Callable[[], None]


class Migrations:
    """The migrations of one database for one person; `system` actors act with the connection's rights alone."""

    def __init__(self, database: Database, actor: Actor, sources: Callable[[Lineage], Source] = own) -> None:
        """`sources`: where the revisions are, which tests have others for."""
        self._database, self._actor, self._source = database, actor, sources

    def look(self) -> Overview:
        """Where it stands. Raises what the gate raises where this person may not work here any more."""
        with gate.reading(self._database, self._actor) as uow:
            return overview(uow, self._source)

    def prepare(self, lineage: Lineage, target: str = "head") -> Prepared:
        """Plan and check. Counts what would be lost, which may take a while on large tables.

        Raises UserError for a target that there is not, and where the state of the database forbids it.
        """
        self._admin()
        source = self._source(lineage)
        with self._database.engine.connect() as connection, _not_locked(connection):
            if lineage is Lineage.OWN:
                plan.refuse(standing.look(connection, self._source(Lineage.DOCUMENT)))
            made = plan.make(connection, source, target)
            findings = preflight.check(connection, source, made)
        return Prepared(made, findings, copying.offer(self._database.engine), dumping.offer(self._database.engine))

    def rehearsal(
        self, made: Plan, *, tell: Tell = silent, on_copy: bool = False, limits: Limits | None = None
    ) -> Work[Rehearsal]:
        """Run a plan for real and take it back. See `rehearsal.Rehearse` and `copying.RehearseOnCopy`."""
        kind = RehearseOnCopy if on_copy else Rehearse
        rehearse = kind(self._database.engine, self._of(made), tell=tell, limits=limits)
        return Work(self._guarded(lambda: rehearse.run(made)), rehearse.cancel)

    def migration(
        self,
        made: Plan,
        *,
        tell: Tell = silent,
        decide: Decide | None = None,
        confirmed_name: str = "",
        dump_to: Path | None = None,
        limits: Limits | None = None,
    ) -> Work[Report]:
        """Carry a plan out, up or down. See `running.Migrate`."""
        by = self._actor.email
        migrate = Migrate(self._database.engine, self._of(made), tell=tell, decide=decide, limits=limits, actor=by)
        run = self._guarded(lambda: migrate.run(made, confirmed_name=confirmed_name, dump_to=dump_to))
        return Work(run, migrate.cancel)

    def stamp(self, lineage: Lineage) -> Standing:
        """Put on record the revision that the schema equals. Raises UserError where it equals none."""
        self._admin()
        return verifying.stamp(self._database.engine, self._source(lineage), actor=self._actor.email)

    def verify(self, lineage: Lineage) -> Verification:
        """Whether the database is what its revision makes it."""
        with gate.reading(self._database, self._actor) as uow:
            found = standing.look(uow.connection, self._source(lineage))
            return Verification(found, preflight.invalid_indexes(uow.connection))

    def scripts(self, lineage: Lineage, revision: str) -> Scripts:
        """The SQL of one revision; raises UserError where this program knows none of that id."""
        source = self._source(lineage)
        found = next((each for each in source.revisions if each.id == revision), None)
        if found is None:
            raise UserError(N_("This program has no revision {revision}."), values={"revision": revision})
        return Scripts(source.written(found, "upgrade"), source.written(found, "downgrade"))

    def _of(self, made: Plan) -> Source:
        return self._source(made.standing.lineage)

    def _guarded(self, run: Callable[[], T]) -> Callable[[], T]:
        def guarded() -> T:
            self._admin()
            return run()

        return guarded

    def _admin(self) -> None:
        """Raise Denied unless this person is an administrator now."""
        with gate.reading(self._database, self._actor):
            pass
        if self._actor.role != policy.ADMIN:
            raise Denied(N_("Migrations are for administrators."), way_out=N_("You may see where the database stands."))


def overview(uow: UnitOfWork, sources: Callable[[Lineage], Source] = own) -> Overview:
    """Where the database of a transaction stands, for whoever acts in it."""
    with _not_locked(uow.connection):
        document = standing.look(uow.connection, sources(Lineage.DOCUMENT))
        ours = standing.look(uow.connection, sources(Lineage.OWN))
    if document.kind not in SOUND:
        ours = replace(ours, offers=frozenset(), way_out=document.way_out)
    return Overview(document, ours, uow.actor.role == policy.ADMIN)


@contextmanager
def _not_locked(connection: sa.Connection) -> Iterator[None]:
    """Say who it is where a table cannot even be looked at: whoever migrates, or works on the schema otherwise."""
    try:
        yield
    except sa.exc.OperationalError as error:
        if failures.sqlstate(error) != LOCK_NOT_AVAILABLE:
            raise
        with connection.engine.connect() as other:
            holder = who_migrates(other)
        if holder is None:
            raise Busy(
                N_("Somebody works on the schema just now and keeps everybody away from a table."),
                way_out=N_("Look again when that is done."),
            ) from error
        raise Busy(
            N_("This database is being migrated by somebody else just now: {holder}."),
            way_out=N_("Look again when that is done."),
            values={"holder": holder.sentence},
        ) from error


def in_the_way(uow: UnitOfWork, made: Plan) -> tuple[Session, ...]:
    """Who holds locks now on the tables that a plan touches, ourselves aside."""
    return tuple(each for each in on_tables(uow.connection, made.tables) if each.application != APPLICATION)


def check_state(found: Standing) -> None:
    """Raise UserError, saying why, where nothing may be done in this state."""
    if found.kind not in SOUND:
        raise refusal(found.sentence, found.way_out)
