"""The database that a verb works on: where it is, the way there, whether its schema will do."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import URL, Engine

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine, normalise_url
from lms_desktop.database.migrations import MigrationRunner
from lms_desktop.errors import UserError
from lms_desktop.errors.kinds import N_


def needed_address() -> URL:
    """What DATABASE_URL names; raises UserError where it names nothing."""
    address = Settings.from_environment(os.environ).database_url
    if address is None:
        raise UserError(
            N_("DATABASE_URL is not set."),
            way_out=N_("It names the database to work on, such as postgresql://name:password@server:5432/lms."),
        )
    return normalise_url(address)


@contextmanager
def engine_for(address: URL, verb: str) -> Iterator[Engine]:
    """An engine for a verb that may take its time; a lost server is still noticed."""
    settings = replace(Settings.from_environment(os.environ), statement_timeout=0)
    engine = make_engine(address, settings, application_name=f"lms-desktop {verb}")
    try:
        yield engine
    finally:
        engine.dispose()


def check_revision(engine: Engine, *, any_known: bool = False) -> None:
    """Raise UserError unless the schema is at the head, or at least (`any_known`) at a revision of the document."""
    state = MigrationRunner(engine).status()
    if state.kind == "current" or (any_known and state.kind == "behind"):
        return
    if state.kind in ("empty", "behind"):
        raise UserError(
            N_("This database is at revision {revision}, but {head} is needed."),
            way_out=N_("Run “lms-desktop migrate apply” first, or open the window, which offers it."),
            values={"revision": state.current or "none", "head": state.head},
        )
    if state.kind == "ahead":
        raise UserError(
            N_("This database is at revision {revision}, which this program does not know."),
            way_out=N_("Use the newer version that made it."),
            values={"revision": state.current or "?"},
        )
    raise UserError(N_("This database has tables, but they are not known to be those of the LMS."))
