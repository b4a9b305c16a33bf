"""What would be done to a database on the way to a revision: step by step, in SQL and in words, with what is lost."""

import re
from dataclasses import dataclass
from itertools import chain

import sqlalchemy as sa

from lms_desktop.database.change_log import LOGGED_TABLES
from lms_desktop.database.migrating import losses
from lms_desktop.database.migrating.lineages import Lineage
from lms_desktop.database.migrating.losses import Loss
from lms_desktop.database.migrating.sessions import quoted
from lms_desktop.database.migrating.source import Direction, Revision, Source, Written
from lms_desktop.database.migrating.standing import Standing, look
from lms_desktop.database.migrating.statements import Rewrite
from lms_desktop.database.migrating.words import refusal


@dataclass(frozen=True)
class PlanStep:
    """A revision that is applied or undone.

    Attributes:
        revision: Which one.
        direction: Whether it is applied ("upgrade") or undone ("downgrade").
        written: Its SQL; `written.complete` is False where only a database shows it.
        tables: The tables that it touches, those that it makes and drops included.
        rewrites: Of those that are there already: which it writes anew, row by row, and how sure that is ("yes",
            "maybe"). A rehearsal knows.
        losses: What it takes away for good.
    """

    revision: Revision
    direction: Direction
    written: Written
    tables: tuple[str, ...]
    rewrites: tuple[tuple[str, Rewrite], ...]
    losses: tuple[Loss, ...] = ()

    @property
    def sql(self) -> str:
        """As a script."""
        return self.written.sql

    @property
    def begins_at(self) -> str | None:
        """The revision that the database is at before it; None for the base."""
        if self.direction == "downgrade":
            return self.revision.id
        return self.revision.down[0] if self.revision.down else None

    @property
    def leads_to(self) -> str | None:
        """The revision that the database is at after it; None for the base."""
        if self.direction == "upgrade":
            return self.revision.id
        return self.revision.down[0] if self.revision.down else None


@dataclass(frozen=True)
class Plan:
    """The way from where a database stands to a target.

    Attributes:
        standing: Where it stands.
        database: Its name.
        direction: Up or down.
        target: The revision that is aimed at; None for the base.
        steps: In the order in which they are done; none where it is there already.
        has_data: Whether a table of the lineage has a row.
    """

    standing: Standing
    database: str
    direction: Direction
    target: str | None
    steps: tuple[PlanStep, ...]
    has_data: bool

    @property
    def tables(self) -> tuple[str, ...]:
        """All tables that are touched."""
        return tuple(dict.fromkeys(chain.from_iterable(step.tables for step in self.steps)))

    @property
    def losses(self) -> tuple[Loss, ...]:
        """All that is taken away."""
        return tuple(chain.from_iterable(step.losses for step in self.steps))

    @property
    def one_transaction(self) -> bool:
        """Whether all of it is done or nothing. False: a revision commits in its midst, and those before it stay."""
        return all(step.written.in_transaction for step in self.steps)

    @property
    def groups(self) -> tuple[tuple[PlanStep, ...], ...]:
        """The steps as they are committed: as many as possible together, each of those that commit themselves alone."""
        groups: list[tuple[PlanStep, ...]] = []
        joins = False
        for step in self.steps:
            if step.written.in_transaction and joins:
                groups[-1] += (step,)
            else:
                groups.append((step,))
            joins = step.written.in_transaction
        return tuple(groups)

    @property
    def demands_name(self) -> bool:
        """Whether the database's name has to be typed first: data would go, or everything would."""
        return bool(self.losses) or (self.direction == "downgrade" and self.target is None and self.has_data)


def make(connection: sa.Connection, source: Source, target: str = "head") -> Plan:
    """The plan to a target: an id, its beginning, "head", "base", "+1", "-1". Looks, and counts what would be lost.

    Raises UserError for a target that there is not, and where the state of the database forbids it.
    """
    standing = look(connection, source)
    refuse(standing)
    wanted = source.resolve(target, standing.revision)
    direction, revisions = source.path(standing.revision, wanted)
    if direction == "downgrade" and "rollback" not in standing.offers:
        raise refusal(standing.sentence, standing.way_out)
    steps = tuple(_step(connection, source, revision, direction) for revision in revisions)
    database = str(connection.scalar(sa.text("SELECT current_database()")))
    return Plan(standing, database, direction, wanted, steps, _has_data(connection, source))


def refuse(standing: Standing) -> None:
    """Raise UserError where nothing may be planned in this state."""
    if standing.kind in ("empty", "behind", "current"):
        return
    raise refusal(standing.sentence, standing.way_out)


def _step(connection: sa.Connection, source: Source, revision: Revision, direction: Direction) -> PlanStep:
    written = source.written(revision, direction)
    named = chain.from_iterable(statement.tables for statement in written.statements)
    dropped = [name for statement in written.statements for name in statement.drops_indexes]
    tables = tuple(dict.fromkeys([*named, *_tables_of(connection, dropped), *_logged(connection, source, written)]))
    made = {name for statement in written.statements for name in statement.makes}
    rewrites = dict[str, Rewrite]()
    for statement in written.statements:
        for table in statement.tables[:1]:
            if statement.rewrites != "no" and table not in made and rewrites.get(table) != "yes":
                rewrites[table] = statement.rewrites
    return PlanStep(
        revision, direction, written, tables, tuple(rewrites.items()), lost_by(connection, revision, written, direction)
    )


def lost_by(connection: sa.Connection, revision: Revision, written: Written, direction: Direction) -> tuple[Loss, ...]:
    """What a revision takes away in one direction; an undoing of which nobody can say that counts as something."""
    drops = chain.from_iterable(statement.drops for statement in written.statements)
    lost = losses.count(connection, revision.id, drops)
    if direction == "downgrade" and not written.complete:
        lost += (losses.unknown(revision.id),)
    return lost


def _logged(connection: sa.Connection, source: Source, written: Written) -> list[str]:
    """The document's tables that our own revisions put triggers or indexes on, or take them off, by their own code."""
    if source.lineage is Lineage.DOCUMENT:
        return []
    every = re.search(r"\battach\(\)|\bDROP TRIGGER\b", written.sql)
    names = [name for name in LOGGED_TABLES if every or re.search(rf"\bON {name}\b", written.sql)]
    there = sa.text(
        "SELECT name FROM unnest(CAST(:names AS text[])) AS name WHERE to_regclass(quote_ident(name)) IS NOT NULL"
    )
    return [str(name) for name in connection.scalars(there, {"names": names})]


_INDEXED = sa.text(
    "SELECT DISTINCT c.relname FROM unnest(CAST(:names AS text[])) AS n JOIN pg_index i"
    " ON i.indexrelid = to_regclass(n) JOIN pg_class c ON c.oid = i.indrelid ORDER BY 1"
)


def _tables_of(connection: sa.Connection, indexes: list[str]) -> list[str]:
    if not indexes:
        return []
    return [str(name) for name in connection.scalars(_INDEXED, {"names": [quoted(name) for name in indexes]})]


def _has_data(connection: sa.Connection, source: Source) -> bool:
    tables = connection.scalars(
        sa.text(
            "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'p') AND c.relname <> 'alembic_version'"
            " AND n.nspname = coalesce(:schema, current_schema()) AND has_table_privilege(c.oid, 'SELECT')"
        ),
        {"schema": source.lineage.schema},
    ).all()
    return any(connection.exec_driver_sql(f"SELECT EXISTS (SELECT FROM {table})").scalar() for table in tables)
