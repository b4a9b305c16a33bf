"""The demo: a school of its own on an embedded server."""

from collections.abc import Callable
from contextlib import closing

import psycopg2
from sqlalchemy import URL, select

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.local_server import LocalServer, default_data_folder
from lms_desktop.database.migrating.chain import at_head, chain
from lms_desktop.database.migrating.lineages import Lineage
from lms_desktop.entities import User
from lms_desktop.entities.logs import SCHEMA
from lms_desktop.errors import UserError
from lms_desktop.options import Tell
from lms_desktop.spec import N_


def make_ready(server: LocalServer, tell: Tell, bring_up: Callable[[], object] | None = None) -> URL:
    """Have the server running, the schema at the head, a school in it, and return the database's address.

    Blocks: 4 s the first time, 0.5 s later. Seeds only where there is nobody at all: what people have deleted from
    their demo stays deleted. Raises UserError where the server cannot be started or the schema is a newer one.

    `bring_up`: brings the server up, where it was begun already and is only to be waited for.
    """
    tell(N_("Starting the embedded PostgreSQL."))
    (bring_up or server.bring_up)()
    url = server.url()
    if not _is_ready(server):
        _make(url, tell)
    return url


def _is_ready(server: LocalServer) -> bool:
    """Whether both lineages are at their heads, by their own word, and somebody is there; one short question."""
    try:
        with closing(server.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(_STANDING)
            found = cursor.fetchone()
    except (psycopg2.Error, OSError):  # no such tables, for one
        return False
    return found == (*(chain(lineage)[-1].id for lineage in (Lineage.DOCUMENT, Lineage.OWN)), True)


def _make(url: URL, tell: Tell) -> None:
    """Bring the schema to its heads, and fill it where nobody is there at all."""
    engine = make_engine(url, Settings(statement_timeout=0))
    try:
        tell(N_("Bringing the schema up to date."))
        for lineage in Lineage:
            with engine.connect() as connection:
                is_ready = at_head(connection, lineage)
            if not is_ready:
                from lms_desktop.database.migrations import MigrationRunner  # a demo at the head does not wait for it

                MigrationRunner(engine, lineage).upgrade()
        with engine.connect() as connection:
            deserted = connection.execute(select(User.id).limit(1)).first() is None
        if deserted:
            from lms_desktop.services.seeding import seed  # needed once in a demo's life

            seed(engine, progress=tell)
    finally:
        engine.dispose()


def is_its_database(address: URL) -> bool:
    """Whether this is the database of the demo in its usual folder, by the address. False where it does not run."""
    try:
        demo = LocalServer(default_data_folder()).url()
    except (UserError, OSError):  # it does not run, or is somebody else's
        return False
    return (address.host, address.port, address.database) == (demo.host, demo.port, demo.database) and all(
        address.query.get(key) == demo.query.get(key) for key in ("host", "port")
    )


_STANDING = (
    "SELECT (SELECT string_agg(version_num, ',') FROM alembic_version),"
    f" (SELECT string_agg(version_num, ',') FROM {SCHEMA}.alembic_version), EXISTS (SELECT FROM users)"
)
