"""What tests of migrations do to a database."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command

from lms_desktop.database.migrating.fingerprint import CATALOGUE
from lms_desktop.database.migrating.lineages import Lineage, config_of, folder_of
from lms_desktop.database.migrating.plan import Plan, make
from lms_desktop.database.migrating.source import Source, own
from lms_desktop.database.migrating.standing import Standing, look

DOCUMENT, OWN = own(Lineage.DOCUMENT), own(Lineage.OWN)
REVISIONS = Path(__file__).parent / "revisions"


def migrate(engine: sa.Engine, revision: str = "head", source: Source = DOCUMENT, *, down: bool = False) -> None:
    """Go to a revision as the `alembic` command does."""
    with engine.begin() as connection:
        config = config_of(source.lineage, source.folders)
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, revision)


def run(engine: sa.Engine, script: str) -> None:
    """Run SQL and commit."""
    with engine.begin() as connection:
        connection.exec_driver_sql(script)


def with_revisions(name: str) -> Source:
    """The document's lineage, and after it the tests' own revisions of a folder."""
    return Source(Lineage.DOCUMENT, (folder_of(Lineage.DOCUMENT), REVISIONS / name))


def made(engine: sa.Engine, source: Source = DOCUMENT, target: str = "head") -> Plan:
    """The plan to a target."""
    with engine.connect() as connection:
        return make(connection, source, target)


def catalogue(engine: sa.Engine) -> str:
    """Everything that a database is made of, as a text."""
    with engine.connect() as connection:
        return "\n".join(map(str, connection.scalars(sa.text(CATALOGUE))))


def standing(engine: sa.Engine, source: Source = DOCUMENT) -> Standing:
    """Where a database stands."""
    with engine.connect() as connection:
        return look(connection, source)
