"""How many rows a table has and what leads to their places: which of them is asked for first, and when."""

from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, text

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Database, UnitOfWork
from lms_desktop.entities import User
from lms_desktop.models import fetched, paged, whereabouts
from lms_desktop.models.desk import Desk, Job, as_worker
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.table import TableModel
from lms_desktop.services.pages import Pages
from lms_desktop.services.positions import Anchors, Positions
from lms_desktop.spec import Query, Sort
from tests.desks import ImmediateDesk
from tests.models.test_others_write import add
from tests.small_school import PEOPLE, actor, opened

CROWD = 300
ALL = CROWD + len(PEOPLE)


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
def crowded(database_url: URL) -> Iterator[Database]:
    """A school with some hundred people, of whom the server has made statistics."""
    with opened(database_url) as database:
        add(database, "Student", CROWD)
        with as_worker(), database.engine.begin() as connection:
            connection.execute(text("ANALYZE users"))
        yield database


@pytest.fixture
def desk(qtbot: QtBot, crowded: Database) -> Iterator[Noting]:
    """The administrator's desk there."""
    made = Noting(crowded)
    yield made
    made.close()


@pytest.fixture
def _small_is_vast(monkeypatch: pytest.MonkeyPatch) -> None:
    """The crowd is so many people that their count gives way."""
    for module in (fetched, paged, whereabouts):
        monkeypatch.setattr(module, "NEAR", 100)
    for name in ("MANY", "VAST"):
        monkeypatch.setattr(whereabouts, name, 200)


@pytest.mark.usefixtures("_small_is_vast")
def test_a_table_that_is_not_vast_is_counted_on_the_way_to_its_places(
    desk: Noting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whereabouts, "VAST", 10**6)
    pages, told = Noted(), list[tuple[int, bool, bool]]()
    people = TableModel(desk, CATALOG, pages, Query(User, sorts=(Sort("id"),)), Drafts(User))
    people.where.exactly.connect(lambda total: told.append((total, people.exact, people.where.positions is not None)))
    people.show(people.query)
    assert (pages.asked, desk.beside, told) == (["tally"], [True], [(ALL, True, True)])


@pytest.mark.usefixtures("_small_is_vast")
def test_a_vast_table_is_counted_behind_painting_before_its_places_are_looked_for(desk: Noting) -> None:
    pages, told = Noted(), list[tuple[int, bool, bool]]()
    people = TableModel(desk, CATALOG, pages, Query(User, sorts=(Sort("id"),)), Drafts(User))
    people.where.exactly.connect(lambda total: told.append((total, people.exact, people.where.positions is not None)))
    people.show(people.query)
    assert (pages.asked, desk.beside) == (["count", "positions"], [False, True])
    assert told[0] == (ALL, True, False)
    assert isinstance(people.where.positions, Anchors)
    assert people.anywhere
    people.count()
    assert pages.asked[2:] == ["tally"]


class Held(Noted):
    """Pages of which a count lasts until the server is told to stop it."""

    def count(self, uow: UnitOfWork, query: Query) -> int:
        """Override Pages.count."""
        self.asked.append("count")
        uow.execute(text("SELECT pg_sleep(60)"))
        return super().count(uow, query)


@pytest.mark.usefixtures("_small_is_vast")
def test_a_count_gives_way_to_whoever_waits_for_rows(qtbot: QtBot, crowded: Database) -> None:
    desk, pages = Desk(crowded, actor("admin")), Held()
    people = TableModel(desk, CATALOG, pages, Query(User, sorts=(Sort("id"),)), Drafts(User))
    people.show(people.query)
    qtbot.waitUntil(lambda: pages.asked == ["count"])
    assert people.is_counting()
    people.want(200, 220)
    qtbot.waitUntil(lambda: people.row_id(200) is not None)
    qtbot.waitUntil(lambda: people.exact)
    assert (people.total, pages.asked) == (ALL, ["count", "positions"])
    assert not people.is_counting()
    assert people.anywhere
    with as_worker(), crowded.engine.connect() as connection:
        still = text("SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND state = 'active'")
        qtbot.waitUntil(lambda: connection.execute(still).scalar_one() == 0)
    desk.close()


class Late(Noted):
    """Pages of which the places are looked for as of now, and found for the first time when the test says so; after
    the first count each lasts until the server is told to stop it, while `holds` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.holds, self.looked, self.may_be_found = True, Event(), Event()

    def count(self, uow: UnitOfWork, query: Query) -> int:
        """Override Noted.count."""
        again = "count" in self.asked
        found = super().count(uow, query)
        if again and self.holds:
            uow.execute(text("SELECT pg_sleep(60)"))
        return found

    def positions(self, uow: UnitOfWork, query: Query) -> Positions:
        """Override Noted.positions."""
        found, again = super().positions(uow, query), self.looked.is_set()
        self.looked.set()
        assert again or self.may_be_found.wait(20)
        return found


@pytest.mark.usefixtures("_small_is_vast")
@pytest.mark.parametrize("does", ["count", "refresh"])
def test_what_gave_way_is_counted_all_the_same(qtbot: QtBot, crowded: Database, does: str) -> None:
    desk, pages, told = Desk(crowded, actor("admin")), Late(), list[int]()
    people = TableModel(desk, CATALOG, pages, Query(User, sorts=(Sort("id"),)), Drafts(User))
    people.where.exactly.connect(told.append)
    people.show(people.query)
    qtbot.waitUntil(pages.looked.is_set)
    more = 0
    if does == "count":  # of more than there were when what leads to the places began to be looked for
        more = 7
        with as_worker():
            add(crowded, "More", more)
        people.count()
    else:
        people.refresh()
    qtbot.waitUntil(lambda: pages.asked.count("count") == 2)
    people.want(50, 90)
    qtbot.waitUntil(lambda: people.row_id(90) is not None)
    pages.holds = False
    pages.may_be_found.set()
    qtbot.waitUntil(lambda: told[1:] != [] and told[-1] == ALL + more)
    assert people.total == ALL + more
    desk.close()
