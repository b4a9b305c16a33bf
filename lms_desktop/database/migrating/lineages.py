"""The two lines of revisions, and how Alembic is told of them."""

import os
import threading
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from lms_desktop.entities.logs import SCHEMA
from lms_desktop.paths import alembic_ini, migrations_folder

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATION_LOCK = 0x6C6D735F6D696772
"""The key of the advisory lock that whoever migrates holds: "lms_migr" as a number of 64 bits."""

WORK_LOCK = MIGRATION_LOCK + 1
"""The key that the session which runs the revisions holds besides: it may outlive its program by a moment."""


class Lineage(Enum):
    """A line of revisions: its section of alembic.ini, the folder of its revisions, the schema of its version table."""

    DOCUMENT = "alembic", "versions", None
    OWN = "desktop", "desktop", SCHEMA

    @property
    def word(self) -> str:
        """How the command line and the record call it: "document" or "desktop"."""
        return "document" if self is Lineage.DOCUMENT else "desktop"

    @property
    def schema(self) -> str | None:
        """The schema of its version table; None for the connection's default schema."""
        schema: str | None = self.value[2]
        return schema

    @property
    def version_table(self) -> str:
        """The version table as it stands in SQL."""
        return "alembic_version" if self.schema is None else f"{self.schema}.alembic_version"


# Alembic's environment is a module's global: one migration in a process at a time.
environment = threading.Lock()


def folder_of(lineage: Lineage) -> Path:
    """Where its revisions are."""
    name: str = lineage.value[1]
    return migrations_folder() / name


def config_of(lineage: Lineage, folders: tuple[Path, ...] = ()) -> "Config":
    """What Alembic's commands want; `folders` stand in for the lineage's own."""
    from alembic.config import Config  # not before something is migrated: a first screen needs none of it

    config = Config(str(alembic_ini()), ini_section=lineage.value[0])
    # A percent sign in a path is Config's interpolation.
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    places = os.pathsep.join(str(folder) for folder in folders or (folder_of(lineage),))
    config.set_main_option("version_locations", places.replace("%", "%%"))
    return config
