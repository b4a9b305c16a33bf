"""How many rows a table has and what leads to their places: which of them is asked for first, and when."""

from collections.abc import Callable, Iterator
from threading import Event
from typing import Any, TypeVar

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, text

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Database, UnitOfWork
from lms_desktop.entities import User
from lms_desktop.errors import BadValue
from lms_desktop.models import fetched, paged, whereabouts
from lms_desktop.models.desk import Desk, Job, as_worker
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.table import TableModel
from lms_desktop.services import gate
from lms_desktop.services.pages import Pages, Want
from lms_desktop.services.positions import Anchors, Positions
from lms_desktop.spec import Filter, Operator, Query, Sort
from tests.desks import ImmediateDesk
from tests.models.test_others_write import add
from tests.small_school import PEOPLE, actor, opened

T = TypeVar("T")

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

    def positions(self, uow: UnitOfWork, query: Query, *, alone: bool = False) -> Positions:
        """Override Pages.positions."""
        self.asked.append("positions alone" if alone else "positions")
        return super().positions(uow, query, alone=alone)


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


def write_elsewhere(school: Database) -> None:
    """Another program has a transaction of its own, which has nothing to do with the people."""
    with as_worker(), school.engine.begin() as connection:
        connection.execute(text("SELECT pg_current_xact_id()"))


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
def test_a_vast_table_is_counted_behind_painting_before_its_places_are_looked_for(
    desk: Noting, crowded: Database
) -> None:
    pages, told = Noted(), list[tuple[int, bool, bool]]()
    people = TableModel(desk, CATALOG, pages, Query(User, sorts=(Sort("id"),)), Drafts(User))
    people.where.exactly.connect(lambda total: told.append((total, people.exact, people.where.positions is not None)))
    people.show(people.query)
    assert (pages.asked, desk.beside) == (["count", "positions"], [False, False])
    assert told[0] == (ALL, True, False)
    assert isinstance(people.where.positions, Anchors)
    assert people.anywhere
    write_elsewhere(crowded)
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
    assert (people.total, pages.asked) == (ALL, ["count", "positions alone"])
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

    def positions(self, uow: UnitOfWork, query: Query, *, alone: bool = False) -> Positions:
        """Override Noted.positions."""
        found, again = super().positions(uow, query, alone=alone), self.looked.is_set()
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
        write_elsewhere(crowded)
        people.refresh()
    qtbot.waitUntil(lambda: pages.asked.count("count") == 2)
    people.want(50, 90)
    qtbot.waitUntil(lambda: people.row_id(90) is not None)
    pages.holds = False
    pages.may_be_found.set()
    qtbot.waitUntil(lambda: told[1:] != [] and told[-1] == ALL + more)
    assert people.total == ALL + more
    desk.close()


# What was not written to is not counted twice


@pytest.fixture
def _crowd_has_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """The crowd is so many people that something has to lead to their places."""
    for module in (fetched, paged, whereabouts):
        monkeypatch.setattr(module, "NEAR", 100)


def quietly(school: Database, act: Callable[[], T]) -> T:
    """What comes of it while nobody writes on the server: the server itself does now and then, and so may others."""

    def snapshot() -> str:
        with as_worker(), school.engine.connect() as connection:
            return str(connection.execute(text("SELECT pg_current_snapshot()")).scalar_one())

    for _ in range(100):
        before, found = snapshot(), act()
        if snapshot() == before:
            return found
    pytest.fail("somebody writes all the time")


def shown(desk: Desk, pages: Noted, query: Query) -> TableModel:
    """Its rows, counted, and their places known."""
    people = TableModel(desk, CATALOG, pages, query, Drafts(User))
    people.show(query)
    assert people.anywhere
    assert people.exact
    return people


@pytest.mark.usefixtures("_crowd_has_places")
@pytest.mark.parametrize("sort", ["id", "role"])
def test_nothing_is_counted_again_while_nobody_has_written(
    qtbot: QtBot, desk: Noting, crowded: Database, sort: str
) -> None:
    pages = Noted()
    people = shown(desk, pages, Query(User, sorts=(Sort(sort),)))

    def refresh_twice() -> list[str]:
        people.refresh()
        asked, positions = len(pages.asked), people.where.positions
        people.refresh()
        assert people.where.positions is positions or pages.asked[asked:]
        return pages.asked[asked:]

    assert quietly(crowded, refresh_twice) == []
    assert (people.exact, people.total, people.is_counting()) == (True, ALL, False)
    positions = people.where.positions
    add(crowded, "More", 3)
    people.refresh()
    assert (people.exact, people.total, people.anywhere) == (True, ALL + 3, True)
    qtbot.waitUntil(lambda: people.where.positions is not positions)


@pytest.mark.usefixtures("_crowd_has_places")
def test_what_began_before_the_count_and_ends_after_it_is_counted(desk: Noting, crowded: Database) -> None:
    pages = Noted()
    with as_worker(), crowded.engine.connect() as first, crowded.engine.connect() as second:
        first.execute(text("SELECT pg_current_xact_id()"))
        second.execute(text("DELETE FROM users WHERE full_name = 'Student 0001'"))
        people = shown(desk, pages, Query(User, sorts=(Sort("id"),)))
        assert people.total == ALL
        second.commit()
        people.refresh()
        assert people.total == ALL - 1
        first.execute(text("DELETE FROM users WHERE full_name = 'Student 0002'"))
        people.refresh()
        assert people.total == ALL - 1
        first.commit()
        people.refresh()
        assert people.total == ALL - 2
        second.execute(text("DELETE FROM users WHERE full_name = 'Student 0003'"))
        second.rollback()
        people.refresh()
        assert people.total == ALL - 2


@pytest.mark.usefixtures("_crowd_has_places")
def test_what_may_depend_on_the_time_of_day_is_counted_each_time(desk: Noting) -> None:
    pages = Noted()
    people = shown(desk, pages, Query(User, filters=(Filter("created_at", Operator.LAST_DAYS, ("7",)),)))
    before = len(pages.asked)
    people.refresh()
    assert len(pages.asked) > before


@pytest.mark.usefixtures("_crowd_has_places")
def test_another_order_of_as_many_rows_has_its_own_places(desk: Noting, crowded: Database) -> None:
    def sort_otherwise() -> list[str]:
        pages = Noted()
        people = shown(desk, pages, Query(User, sorts=(Sort("id"),)))
        positions = people.where.positions
        people.show(Query(User, sorts=(Sort("email"),)))
        assert people.where.positions is not positions
        assert people.anywhere
        people.refresh()
        assert (people.exact, people.total) == (True, ALL)
        return pages.asked

    assert quietly(crowded, sort_otherwise) == ["tally", "positions"]


@pytest.mark.usefixtures("_crowd_has_places")
@pytest.mark.parametrize(("sort", "asked"), [("id", ["tally"]), ("role", ["tally", "count", "positions"])])
def test_an_order_turned_round_has_the_places_from_the_other_end(
    desk: Noting, crowded: Database, sort: str, asked: list[str]
) -> None:
    def turn_round() -> list[str]:
        pages = Noted()
        people = shown(desk, pages, Query(User, sorts=(Sort(sort),)))
        for descending in (True, False):
            people.show(Query(User, sorts=(Sort(sort, descending),)))
            assert (people.exact, people.total, people.anywhere) == (True, ALL, True)
            people.want(200, 205)
            with as_worker(), gate.reading(crowded, actor("admin")) as uow:
                truth = Pages(CATALOG).fetch(uow, people.query, (), Want(0, 10_000)).rows
            assert [people.row_id(row) for row in range(200, 206)] == [row[0] for row in truth[200:206]]
        return pages.asked

    assert quietly(crowded, turn_round) == asked


@pytest.mark.usefixtures("_crowd_has_places")
def test_what_was_written_before_an_order_is_turned_round_has_its_place(
    qtbot: QtBot, desk: Noting, crowded: Database
) -> None:
    pages = Noted()
    people = shown(desk, pages, Query(User, sorts=(Sort("role"),)))
    add(crowded, "More", 5)
    people.show(Query(User, sorts=(Sort("role", descending=True),)))
    qtbot.waitUntil(lambda: people.anywhere and people.exact and people.total == ALL + 5)
    assert pages.asked[-2:] == ["positions", "positions alone"]


@pytest.mark.usefixtures("_crowd_has_places")
def test_rows_that_were_seen_before_they_were_counted_have_their_numbers_once_they_are(
    qtbot: QtBot, desk: Noting, crowded: Database
) -> None:
    unguessed = Query(User, sorts=(Sort("profile_metadata"),))
    people = TableModel(desk, CATALOG, Noted(), unguessed, Drafts(User))
    desk.hold()
    people.show(people.query)
    desk.release(1)
    people.want(200, 220)
    desk.release_last()
    with as_worker(), gate.reading(crowded, actor("admin")) as uow:
        before = [row[0] for row in Pages(CATALOG).fetch(uow, people.query, (), Want(0, ALL)).rows]
    assert people.row_id(200) == before[200]
    with as_worker(), crowded.engine.begin() as connection:
        gone = text("DELETE FROM users WHERE id = ANY (CAST(:gone AS uuid[]))")
        connection.execute(gone, {"gone": before[20:23]})
    desk.release()
    assert people.total == ALL - 3
    qtbot.waitUntil(lambda: people.row_id(197) == before[200])


def made_ahead(desk: Desk, pages: Noted) -> TableModel:
    """The first of the people, read before anybody sees them, and counted."""
    query = Query(User, sorts=(Sort("id"),))
    people = TableModel(desk, CATALOG, pages, query, Drafts(User))
    people.prepare(query, tuple(field.key for field in people.fields), is_slow=lambda *_: False)
    assert people.loaded
    people.count_ahead()
    assert (people.exact, people.anywhere, people.is_counting()) == (False, False, False)
    return people


@pytest.mark.usefixtures("_crowd_has_places")
def test_what_was_counted_ahead_is_told_when_it_is_seen(desk: Noting, crowded: Database) -> None:
    def look() -> tuple[list[str], list[int], list[bool]]:
        pages, told, placed = Noted(), list[int](), list[bool]()
        people = made_ahead(desk, pages)
        people.where.exactly.connect(told.append)
        people.placed.connect(lambda: placed.append(people.anywhere))
        people.refresh()
        assert (people.exact, people.total) == (True, ALL)
        return pages.asked, told, placed

    assert quietly(crowded, look) == (["tally"], [ALL], [True])


@pytest.mark.usefixtures("_crowd_has_places")
def test_what_was_written_since_is_counted_when_it_is_seen(desk: Noting, crowded: Database) -> None:
    pages, told = Noted(), list[int]()
    people = made_ahead(desk, pages)
    people.where.exactly.connect(told.append)
    add(crowded, "More", 2)
    people.refresh()
    assert (pages.asked, told) == (["tally", "tally"], [ALL + 2])
    assert (people.exact, people.total, people.anywhere) == (True, ALL + 2, True)


@pytest.mark.usefixtures("_crowd_has_places")
def test_nothing_of_another_query_is_taken_from_what_was_counted_ahead(desk: Noting) -> None:
    people = made_ahead(desk, Noted())
    people.show(Query(User, search="Student", sorts=(Sort("id"),)))
    assert (people.exact, people.total) == (True, CROWD)


@pytest.mark.usefixtures("_small_is_vast")
@pytest.mark.parametrize("why", ["somebody scrolls", "it fails"])
def test_what_was_counted_ahead_holds_no_more_once_it_was_counted_later(
    desk: Noting, crowded: Database, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    def fail(*_: object) -> int:
        raise BadValue("nothing")

    pages = Noted()
    people = made_ahead(desk, pages)
    add(crowded, "More", 3)
    with monkeypatch.context() as patch:
        if why == "it fails":
            patch.setattr(pages, "count", fail)
            people.refresh()
        else:
            desk.hold()
            people.refresh()
            people.want(200, 240)  # the count gives way to it
            desk.release()
    looked = "positions" if why == "it fails" else "positions alone"
    assert (pages.asked, people.total) == (["tally", looked], ALL + 3)
    people.refresh()
    assert (people.exact, people.total) == (True, ALL + 3)
    assert people.where.positions is not None
    assert people.where.positions.total == ALL + 3


@pytest.mark.usefixtures("_crowd_has_places")
def test_nobody_has_said_about_how_many_there_are_before_they_are_counted_behind_a_filter(
    desk: Noting, crowded: Database
) -> None:
    people = TableModel(desk, CATALOG, Noted(), Query(User, sorts=(Sort("id"),)), Drafts(User))
    desk.hold()
    people.show(Query(User, search="Student", sorts=(Sort("id"),)))
    desk.release(1)
    assert (people.exact, people.estimated) == (False, False)
    desk.release()
    assert (people.exact, people.estimated, people.total) == (True, True, CROWD)
    people.show(Query(User, sorts=(Sort("id"),)))
    desk.release()
    assert people.estimated
