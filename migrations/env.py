"""How Alembic reaches the database, for the `alembic` command and for the application that runs it in-process.

A program that hands in a connection (`config.attributes["connection"]`) keeps its own transaction, timeouts and
logging, and may be told of every step (`config.attributes["on_version_apply"]`, as Alembic's parameter of that name).
It may hold the lock of whoever migrates on another connection (`"lock_held"`), say who acts (`"actor"`), and keep a
rehearsal out of the record (`"unrecorded"`).
Without one the database is DATABASE_URL's. With `--sql` no database is asked anything.
"""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from logging.config import fileConfig
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.ddl.postgresql import PostgresqlImpl
from alembic.util import CommandError

# In a checkout whose package is not installed, `alembic` finds it beside this folder.
if find_spec("lms_desktop") is None:
    sys.path.append(str(Path(__file__).resolve().parents[1]))

from lms_desktop import __version__
from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.migrating.lineages import MIGRATION_LOCK
from lms_desktop.database.migrating.sessions import wait_for_the_others
from lms_desktop.database.unit_of_work import Actor
from lms_desktop.entities import Base
from lms_desktop.errors import UserError, explain

VERSION_WIDTH = 255  # the longest id of the document has 36 characters, Alembic's own column 32
OWN = "lms_desktop"  # the schema of what is not the document's, and the prefix of such indexes on the document's tables

# The section of alembic.ini is the lineage: `[alembic]` is the document's, any other one keeps its versions in OWN.
DOCUMENT = context.config.config_ini_section == "alembic"
VERSION_SCHEMA = None if DOCUMENT else OWN
VERSION_TABLE = "alembic_version" if DOCUMENT else f"{OWN}.alembic_version"
MAKE_SCHEMA = f"CREATE SCHEMA IF NOT EXISTS {OWN}"
WIDEN = f"ALTER TABLE IF EXISTS {VERSION_TABLE} ALTER COLUMN version_num TYPE VARCHAR({VERSION_WIDTH})"
HOUSEKEEPING = {"lms_housekeeping": True}  # statements that are none of a revision's

RECORD_IS_OPEN = sa.text(
    "SELECT has_table_privilege(c.oid, 'INSERT') FROM pg_class c"
    f" WHERE c.relname = 'migrations' AND c.relnamespace = to_regnamespace('{OWN}')"
).execution_options(**HOUSEKEEPING)
TAKE_DOWN = sa.text(
    f"INSERT INTO {OWN}.migrations (lineage, revision, action, actor, program)"
    " VALUES (:lineage, :revision, :action, :actor, :program)"
).execution_options(**HOUSEKEEPING)


class WideVersionImpl(PostgresqlImpl):
    """PostgreSQL with a version table that holds the document's ids."""

    __dialect__ = "postgresql"

    def version_table_impl(self, **options: Any) -> sa.Table:
        """Overrides DefaultImpl: the same table, its column wider."""
        table = super().version_table_impl(**options)
        table.c.version_num.type = sa.String(VERSION_WIDTH)
        return table

    def _exec(self, construct: Any, *args: Any, **kwargs: Any) -> Any:
        """Overrides DefaultImpl: a script that starts at the base finds the version table that an earlier one left."""
        if self.as_sql and isinstance(construct, sa.schema.CreateTable) and "version_num" in construct.element.c:
            construct = sa.schema.CreateTable(construct.element, if_not_exists=True)
        return super()._exec(construct, *args, **kwargs)


def include_name(name: str | None, kind: str, parents: Any) -> bool:
    """What autogenerate and `alembic check` look at: the default schema, without what this application adds to it."""
    if kind == "schema":
        return name is None
    return not (name or "").startswith(OWN)


def configure(**where: Any) -> None:
    """Tell Alembic what is migrated and how."""
    context.configure(
        target_metadata=Base.metadata if DOCUMENT else None,
        version_table_schema=VERSION_SCHEMA,
        compare_type=True,
        compare_server_default=True,
        include_name=include_name,
        on_version_apply=tuple(filter(None, (take_down, context.config.attributes.get("on_version_apply")))),
        **where,
    )


def take_down(ctx: Any, step: Any, **_: Any) -> None:
    """Put on record what was applied, where our own lineage has made a table for that and we may write to it."""
    if ctx.as_sql or context.config.attributes.get("unrecorded") or not ctx.connection.scalar(RECORD_IS_OPEN):
        return
    action = "stamp" if step.is_stamp else "upgrade" if step.is_upgrade else "downgrade"
    values = {
        "lineage": "document" if DOCUMENT else "desktop",
        "action": action,
        "actor": context.config.attributes.get("actor") or Actor.command_line().email,
        "program": f"lms-desktop {__version__}",
    }
    for revision in step.up_revision_ids:
        ctx.connection.execute(TAKE_DOWN, values | {"revision": revision})


def changes_the_database() -> bool:
    """Whether the command writes versions (upgrade, downgrade, stamp), rather than looking at them (current, check)."""
    return "destination_rev" in context.get_context().opts


def widen_version_column(connection: sa.Connection) -> None:
    """Make room in a version table that some other program's Alembic has made."""
    query = sa.text(
        "SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass(:table) AND attname = 'version_num'"
        " AND atttypid = 'varchar'::regtype AND atttypmod BETWEEN 0 AND :width + 3"
    )
    if connection.scalar(query.execution_options(**HOUSEKEEPING), {"table": VERSION_TABLE, "width": VERSION_WIDTH}):
        connection.execute(sa.text(WIDEN).execution_options(**HOUSEKEEPING))


def run_offline() -> None:
    """Print the SQL. What the version table looks like is not known, so it is widened wherever it exists."""
    configure(url="postgresql+psycopg2://", literal_binds=True, dialect_opts={"paramstyle": "named"})
    with context.begin_transaction():
        if not DOCUMENT:
            context.execute(MAKE_SCHEMA)
        context.execute(WIDEN)
        context.run_migrations()


def run_on(connection: sa.Connection) -> None:
    """Run the command, in the connection's transaction if it has one, else in one of its own."""
    configure(connection=connection)
    with context.begin_transaction():
        if changes_the_database():
            if not context.config.attributes.get("lock_held"):
                # Free when the transaction ends; for the time between two transactions the session's lock is needed.
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
            there = sa.text("SELECT to_regnamespace(:name) IS NOT NULL").execution_options(**HOUSEKEEPING)
            if not DOCUMENT and not connection.scalar(there, {"name": OWN}):
                connection.execute(sa.text(MAKE_SCHEMA))
            widen_version_column(connection)
        context.run_migrations()
        if changes_the_database():
            if DOCUMENT:
                attach_log(connection)
            else:
                drop_empty_schema(connection)


def attach_log(connection: sa.Connection) -> None:
    """Have the change log, where it is installed, see tables that came with these revisions. Only its owner may."""
    query = sa.text(
        "SELECT has_function_privilege(oid, 'EXECUTE') FROM pg_proc"
        " WHERE proname = 'attach' AND pronamespace = to_regnamespace(:schema)"
    )
    if connection.scalar(query.execution_options(**HOUSEKEEPING), {"schema": OWN}):
        connection.execute(sa.text(f"SELECT {OWN}.attach()").execution_options(**HOUSEKEEPING))


def drop_empty_schema(connection: sa.Connection) -> None:
    """A downgrade to the base leaves nothing of ours behind: the schema goes with its version table."""
    query = sa.text(f"SELECT NOT EXISTS (SELECT FROM {VERSION_TABLE})").execution_options(**HOUSEKEEPING)
    if connection.scalar(query):
        connection.execute(sa.text(f"DROP TABLE {VERSION_TABLE}"))
        connection.execute(sa.text(f"DROP SCHEMA {OWN}"))


@contextmanager
def own_connection() -> Iterator[sa.Connection]:
    """A connection to DATABASE_URL, migrating alone: whoever else wants to waits until it is closed."""
    try:
        settings = replace(Settings.from_environment(os.environ), statement_timeout=0, idle_timeout=0)
        if settings.database_url is None:
            raise CommandError(
                "DATABASE_URL is not set; it says which database to migrate, as in"
                " postgresql+psycopg2://user@localhost:5432/lms."
            )
        engine = make_engine(settings.database_url, settings)
        connection = engine.connect()
    except (UserError, sa.exc.OperationalError) as error:
        raise CommandError(str(explain(error))) from error
    try:
        with connection:
            # Another migration may take its time, and is waited for; a table in somebody's hands is not.
            wait_for_the_others(connection)
            yield connection
    finally:
        engine.dispose()


def set_up_logging() -> None:
    """The `alembic` command prints what it does. Whoever else runs this has logging of their own."""
    config = context.config
    if config.cmd_opts is not None and config.config_file_name is not None and not logging.getLogger().handlers:
        fileConfig(config.config_file_name, disable_existing_loggers=False)


set_up_logging()
if context.is_offline_mode():
    run_offline()
elif (handed_in := context.config.attributes.get("connection")) is not None:
    run_on(handed_in)
else:
    with own_connection() as connection:
        run_on(connection)
