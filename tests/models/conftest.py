"""What tests of the desk and of models share."""

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.models.desk import Desk

MakeDesk = Callable[..., Desk]


@pytest.fixture
def make_desk(qtbot: QtBot) -> Iterator[MakeDesk]:
    """Makes real desks, by default for an actor with the connection's own rights, and closes them in the end."""
    desks: list[Desk] = []

    def make(url: URL, actor: Actor | None = None, *, readers: int = 3) -> Desk:
        database = Database(make_engine(url, Settings()))
        desks.append(Desk(database, actor or Actor.command_line(), readers=readers))
        return desks[-1]

    yield make
    for desk in desks:
        assert desk.close()


@pytest.fixture
def desk(make_desk: MakeDesk, empty_database: URL) -> Desk:
    """A real desk on a database without tables."""
    return make_desk(empty_database)
