"""A person who has sat down at a database: the session that views work with, and looks from outside."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from PySide6.QtCore import QSettings

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.models.change_log import ChangeLog
from lms_desktop.models.desk import Desk
from lms_desktop.services.pages import Pages
from lms_desktop.views.session import Session
from lms_desktop.views.settings import Preferences
from tests.desks import ImmediateDesk
from tests.postgres import plain_connection


@contextmanager
def sitting(
    database: Database | None, who: Actor, folder: Path, *, zone: str = "Europe/Lisbon", threads: bool = False
) -> Iterator[Session]:
    """A session of this person: everything is done at once, or by a real desk where `threads` are wanted."""
    preferences = Preferences(QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat))
    preferences.zone = zone
    desk = Desk(database, who) if threads else ImmediateDesk(database, who)
    yield Session(desk, CATALOG, Pages(CATALOG), preferences, ChangeLog(desk))
    assert desk.close()


def immediate(session: Session) -> ImmediateDesk:
    """The desk of a sitting without threads."""
    assert isinstance(session.desk, ImmediateDesk)
    return session.desk


def ask(url: URL, question: str, *values: object) -> Any:
    """The one value that another connection reads."""
    with plain_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(question, values)
        row = cursor.fetchone()
        assert row is not None, "no row"
        return row[0]


def change(url: URL, statement: str, *values: object) -> None:
    """What somebody else does meanwhile."""
    with plain_connection(url) as connection:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
        connection.commit()
