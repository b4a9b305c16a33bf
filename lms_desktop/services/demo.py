"""The demo: a school of its own on an embedded server."""

from sqlalchemy import URL, select

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.local_server import LocalServer, default_data_folder
from lms_desktop.database.migrating.chain import at_head
from lms_desktop.database.migrating.lineages import Lineage
from lms_desktop.entities import User
from lms_desktop.errors import UserError
from lms_desktop.options import Tell
from lms_desktop.spec import N_


def make_ready(server: LocalServer, tell: Tell) -> URL:
    """Have the server running, the schema at the head, a school in it, and return the database's address.

    Blocks: 4 s the first time, 0.5 s later. Seeds only where there is nobody at all: what people have deleted from
    their demo stays deleted. Raises UserError where the server cannot be started or the schema is a newer one.
    """
    tell(N_("Starting the embedded PostgreSQL."))
    url = server.start()
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
    return url


def is_its_database(address: URL) -> bool:
    """Whether this is the database of the demo in its usual folder, by the address. False where it does not run."""
    try:
        demo = LocalServer(default_data_folder()).url()
    except (UserError, OSError):  # it does not run, or is somebody else's
        return False
    return (address.host, address.port, address.database) == (demo.host, demo.port, demo.database) and all(
        address.query.get(key) == demo.query.get(key) for key in ("host", "port")
    )
