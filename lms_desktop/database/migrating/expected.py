"""What a revision should give, kept in a file for each: read without a right, a lock or a scratch database.

The files are made by running the revisions on an empty database (`record`); a test runs them again and compares. A
revision that has no file yet, as while it is being written, cannot be compared with.
"""

import json
import re
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from lms_desktop.database.migrating.catalogue import Schema, read
from lms_desktop.database.migrating.lineages import config_of, environment
from lms_desktop.database.migrating.source import Source

BASE = Schema()
"""What is there before the first revision."""


def expected(source: Source, revision_id: str | None) -> Schema | None:
    """The schema at a revision; None where it was not recorded."""
    if revision_id is None:
        return BASE
    for folder in source.expected_folders:
        if (file := folder / f"{revision_id}.json").is_file():
            return _load(file)
    return None


@cache
def _load(file: Path) -> Schema:
    return Schema.from_json(json.loads(file.read_text("utf-8")))


def record(source: Source, engine: sa.Engine, folder: Path) -> list[Path]:
    """Run the revisions on an empty database, one after the other, and write down what each of them gives."""
    from alembic import command

    written = []
    for revision in source.revisions:
        with engine.begin() as connection:
            config = config_of(source.lineage, source.folders)
            config.attributes["connection"] = connection
            with environment:
                command.upgrade(config, revision.id)
        with engine.connect() as connection:
            schema = read(connection, source.lineage)
        file = folder / f"{revision.id}.json"
        file.write_text(as_text(schema), "utf-8")
        written.append(file)
    return written


def as_text(schema: Schema) -> str:
    """As it is kept: a line for each column, constraint, index, trigger and function."""
    spread = json.dumps(schema.as_json(), indent=1, ensure_ascii=False)
    return re.sub(r"\{\s+(\"type\"[^{}]*?)\s+\}", lambda match: "{" + " ".join(match[1].split()) + "}", spread) + "\n"
