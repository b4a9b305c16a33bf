"""How many rows a table has and what leads to their places: which of them is asked for first, and when."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, text

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Database, UnitOfWork
from lms_desktop.entities import User
from lms_desktop.models import fetched, whereabouts
from lms_desktop.models.desk import Job, as_worker
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.table import TableModel
from lms_desktop.services.pages import Pages
from lms_desktop.services.positions import Anchors, Positions
from lms_desktop.spec import Query, Sort
from tests.desks import ImmediateDesk
from tests.models.test_others_write import add
from tests.small_school import PEOPLE, actor, opened

CROWD = 300


class Noted(Pages):
    """Pages that note what they were asked for, in order.

    Attributes:
        asked: the names of the questions.
    """

    def __init__(self) -> None:
        super().__init__(CATALOG)
        self.asked: list[str] = []

    def count(self, uow: UnitOfWork, query: Query) -> int:
        """Override Pages.count."""
        self.asked.append("count")
        return super().count(uow, query)

    def tally(self, uow: UnitOfWork, query: Query) -> Positions | int:
        """Override Pages.tally."""
        self.asked.append("tally")
        return super().tally(uow, query)

    def positions(self, uow: UnitOfWork, query: Query) -> Positions:
        """Override Pages.positions."""
        self.asked.append("positions")
        return super().positions(uow, query)


class Noting(ImmediateDesk):
    """A desk that notes of each background read whether it begins beside the painting.

    Attributes:
        beside: that, in order.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database, actor("admin"))
        self.beside: list[bool] = []

    def read(self, *args: Any, **words: Any) -> Job:
        """Override Desk.read."""
        if words.get("background"):
            self.beside.append(bool(words.get("beside")))
        return super().read(*args, **words)


@pytest.fixture
def desk(qtbot: QtBot, database_url: URL) -> Iterator[Noting]:
    """The administrator's desk of a school with some hundred people, of whom the server has made statistics."""
    with opened(database_url) as database:
        add(database, "Student", CROWD)
        with as_worker(), database.engine.begin() as connection:
            connection.execute(text("ANALYZE users"))
        made = Noting(database)
        yield made
        made.close()


@pytest.mark.parametrize(
    ("vast", "asked", "beside"),
    [(10**6, ["tally"], [True]), (CROWD, ["count", "positions"], [False, True])],
)
def test_a_vast_table_is_counted_before_its_places_are_looked_for(
    desk: Noting, monkeypatch: pytest.MonkeyPatch, vast: int, asked: list[str], beside: list[bool]
) -> None:
    for module in (fetched, whereabouts):
        monkeypatch.setattr(module, "NEAR", 100)
    monkeypatch.setattr(whereabouts, "MANY", 200)
    monkeypatch.setattr(whereabouts, "VAST", vast)
    pages, told = Noted(), list[tuple[int, bool, bool]]()
    people = TableModel(desk, CATALOG, pages, Query(User, sorts=(Sort("id"),)), Drafts(User))
    people.where.exactly.connect(lambda total: told.append((total, people.exact, people.where.positions is not None)))
    people.show(people.query)
    assert (pages.asked, desk.beside) == (asked, beside)
    assert told[0] == (CROWD + len(PEOPLE), True, asked == ["tally"])
    assert isinstance(people.where.positions, Anchors)
    assert people.anywhere
