"""The revisions of a lineage as their files name them, without Alembic: its import takes as long as a window does.

Looking whether a database is at the head needs no more. Whoever applies something asks Alembic itself.
"""

import ast
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from lms_desktop.database.migrating.lineages import Lineage, folder_of
from lms_desktop.entities import ENTITIES


class Link(NamedTuple):
    """A revision: its id, and the first line of what its file says of it."""

    id: str
    description: str


@lru_cache
def chain(lineage: Lineage) -> tuple[Link, ...]:
    """All revisions of a lineage, oldest first. Raises ValueError where they are no single line."""
    after: dict[str | None, tuple[str, str]] = {}
    files = sorted(folder_of(lineage).glob("*.py"))
    for file in files:
        revision, before, description = _read(file)
        if revision is not None:
            if before in after:
                raise ValueError(f"two revisions follow {before}")
            after[before] = (revision, description)
    found, at = list[Link](), None
    while at in after:
        at, description = after.pop(at)
        found.append(Link(at, description))
    if after:
        raise ValueError(f"nothing leads to {', '.join(revision for revision, _ in after.values())}")
    return tuple(found)


def rows_of(connection: sa.Connection, lineage: Lineage) -> tuple[str, ...]:
    """What the lineage's version table holds; nothing where there is none."""
    if not connection.scalar(_HAS_VERSIONS, {"schema": lineage.schema}):
        return ()
    versions = sa.table("alembic_version", sa.column("version_num", sa.Text), schema=lineage.schema)
    return tuple(connection.scalars(sa.select(versions.c.version_num).order_by(versions.c.version_num)))


def at_head(connection: sa.Connection, lineage: Lineage) -> bool:
    """Whether a database is at the lineage's newest revision by its own word, and has every column that this program
    reads. False means that it has to be looked at closely (`migrating.standing`)."""
    try:
        with connection.begin_nested():
            if rows_of(connection, lineage) != (chain(lineage)[-1].id,):
                return False
            found = {tuple(row) for row in connection.execute(_COLUMNS)}
    except (sa.exc.DBAPIError, ValueError):
        return False
    read = ENTITIES if lineage is Lineage.DOCUMENT else ()
    return all((entity.__tablename__, column.name) in found for entity in read for column in entity.__table__.columns)


_HAS_VERSIONS = sa.text(
    "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relname = 'alembic_version' AND c.relkind IN ('r', 'p', 'v', 'f', 'm')"
    " AND CASE WHEN CAST(:schema AS text) IS NULL THEN pg_table_is_visible(c.oid) ELSE n.nspname = :schema END)"
)

_COLUMNS = sa.text(
    "SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
    " JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND NOT a.attisdropped"
)


_DEFINITION = re.compile(rb"^(?:def|class) ", re.MULTILINE)
"""Where the head of a revision's file ends. To read what it does as well takes four times as long."""


def _read(file: Path) -> tuple[str | None, str | None, str]:
    """The id of a revision's file, that of the one before, and its description; the id is None in any other file."""
    source, module, values = file.read_bytes(), ast.Module([], []), dict[str, str | None]()
    definition = _DEFINITION.search(source)
    for text in (source[: definition.start()] if definition else source, source):
        try:
            module = ast.parse(text)
        except SyntaxError:
            if text is source:
                raise
            continue  # what looks like a definition stands within a text
        values = _names(module)
        if "revision" in values:
            break
    words = (ast.get_docstring(module) or "").strip().split("\n")
    return values.get("revision"), values.get("down_revision"), words[0]


def _names(module: ast.Module) -> dict[str, str | None]:
    values: dict[str, str | None] = {}
    for statement in module.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=value))
            ) if name in ("revision", "down_revision"):
                values[name] = value if isinstance(value, str) else None
    return values
