"""What tests of migrations do to a database."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command

from lms_desktop.database.migrating.lineages import Lineage, config_of
from lms_desktop.database.migrating.source import Source, own
from lms_desktop.database.migrating.standing import Standing, look

DOCUMENT, OWN = own(Lineage.DOCUMENT), own(Lineage.OWN)
HERE = Path(__file__).parent


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


def standing(engine: sa.Engine, source: Source = DOCUMENT) -> Standing:
    """Where a database stands."""
    with engine.connect() as connection:
        return look(connection, source)
