"""Whether a database is what its revision makes it, and putting a revision on record for one that has no record."""

from dataclasses import dataclass

import sqlalchemy as sa

from lms_desktop.database.migrating.crew import Crew
from lms_desktop.database.migrating.drift import Difference
from lms_desktop.database.migrating.events import Limits, silent
from lms_desktop.database.migrating.lineages import config_of, environment
from lms_desktop.database.migrating.preflight import invalid_indexes
from lms_desktop.database.migrating.source import Source
from lms_desktop.database.migrating.standing import Standing, look
from lms_desktop.database.migrating.words import refusal
from lms_desktop.errors import UserError
from lms_desktop.errors.kinds import N_
from lms_desktop.errors.sentences import Sentence


@dataclass(frozen=True)
class Verification:
    """Whether a database is what its revision makes it.

    Attributes:
        standing: Where it stands, with its differences.
        invalid: Tables and indexes that are of no use because building them failed.
    """

    standing: Standing
    invalid: tuple[tuple[str, str], ...]

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Where the schema is not what the revision should have given."""
        return self.standing.differences

    @property
    def good(self) -> bool:
        """Whether nothing is missing or other than it should be."""
        return not self.invalid and not self.standing.drifted

    @property
    def sentence(self) -> Sentence:
        """What to say of it."""
        at = self.standing.revision or N_("base")
        if self.invalid:
            names = ", ".join(name for _, name in self.invalid)
            return Sentence(
                N_("The database is at {at}, but these indexes are invalid: {names}."), ("at",), at=at, names=names
            )
        if self.standing.drifted:
            number = sum(difference.grave for difference in self.differences)
            return Sentence(
                N_("The database is at {at}; differences from that: {number}."), ("at",), at=at, number=number
            )
        if self.standing.revision is not None and self.standing.compared_with is None:
            return Sentence(
                N_("The database is at {at}; what that should have given was not recorded."), ("at",), at=at
            )
        return Sentence(N_("The database is at {at}, and the schema is as that makes it."), ("at",), at=at)


def verify(engine: sa.Engine, source: Source) -> Verification:
    """Look whether the database is what its revision makes it."""
    with engine.connect() as connection:
        return Verification(look(connection, source), invalid_indexes(connection))


def stamp(engine: sa.Engine, source: Source, *, actor: str = "") -> Standing:
    """Put on record which revision a database without a record is at: the one that its schema equals.

    Raises UserError where it equals none, Busy while somebody else migrates.
    """
    from alembic import command

    crew = Crew(engine, source, Limits(), silent)
    with crew.at_work(), crew.connection.begin():
        found = look(crew.connection, source)
        if found.kind != "unversioned":
            raise refusal(found.sentence, found.way_out)
        if found.may_stamp is None:
            raise UserError(
                N_("The schema equals that of no revision, so none was put on record."),
                way_out=N_("Look at the differences, and mend them first."),
            )
        config = config_of(source.lineage, source.folders)
        config.attributes.update(connection=crew.connection, lock_held=True, actor=actor)
        with environment:
            command.stamp(config, found.may_stamp)
        return look(crew.connection, source)
