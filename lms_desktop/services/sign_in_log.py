"""Who signed in, and who was refused: the sign-in log, where the change log is installed."""

import logging
import socket

from sqlalchemy import text

from lms_desktop.database.unit_of_work import Actor, Database, UnitOfWork
from lms_desktop.entities.logs import SCHEMA

logger = logging.getLogger(__name__)

Account = tuple[str, str]
"""A person's id and e-mail address."""

_INSTALLED = text(
    "SELECT EXISTS (SELECT FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
    f" WHERE n.nspname = '{SCHEMA}' AND p.proname = 'note_sign_in'"
    " AND has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE'))"
)
_NOTE = text(f"SELECT {SCHEMA}.note_sign_in(CAST(:person AS uuid), :address, :outcome, :machine)")


def note(uow: UnitOfWork, account: Account | None, outcome: str) -> None:
    """Note an attempt to sign in, in this transaction. Without an account nothing of what was typed is kept: it may be
    a password typed in the wrong place."""
    if not uow.execute(_INSTALLED).scalar_one():
        return
    person, address = account or (None, None)
    noted = {"person": person, "address": address, "outcome": outcome, "machine": socket.gethostname()}
    uow.execute(_NOTE, noted)


def note_refusal(database: Database, account: Account | None, outcome: str) -> None:
    """Note a refusal in a transaction of its own. That it could not be noted keeps nobody from being told why."""
    try:
        with database.unit_of_work(Actor("", "", "", "", system=True), logged=False) as uow:
            note(uow, account, outcome)
    except Exception as error:
        logger.warning("A refusal could not be noted: %s", type(error).__name__)
