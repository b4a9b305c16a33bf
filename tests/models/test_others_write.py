"""A table while others insert and delete: what a count has told and what is read again are one and the same change,
and it is counted once; whatever goes wrong, the table goes on following them."""

from collections.abc import Iterator

import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, delete, insert, text

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Database, UnitOfWork
from lms_desktop.entities import User
from lms_desktop.errors import UserError
from lms_desktop.models import fetched, following, paged, whereabouts
from lms_desktop.models.desk import as_worker
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.live import Batch
from lms_desktop.models.table import TableModel
from lms_desktop.services import plans
from lms_desktop.services.pages import Key, Page, Pages, Want
from lms_desktop.services.positions import IdBlock
from lms_desktop.spec import Query, Sort
from tests.desks import ImmediateDesk
from tests.small_school import actor, opened

CROWD = 1_000
ROWS = CROWD + 10


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is noticed is read at once, and nothing else is."""
    for name in ("PAUSE", "PART"):
        monkeypatch.setattr(following, name, 0)
    monkeypatch.setattr(fetched, "AHEAD_MS", 10**6)


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school with a thousand students more."""
    with opened(database_url) as database:
        add(database, "Student", CROWD)
        yield database


@pytest.fixture
def desk(qtbot: QtBot, school: Database) -> Iterator[ImmediateDesk]:
    """The administrator's desk."""
    made = ImmediateDesk(school, actor("admin"))
    yield made
    made.close()


@pytest.fixture
def model(desk: ImmediateDesk) -> TableModel:
    """All people by name, read at the five hundredth."""
    made = TableModel(desk, CATALOG, Pages(CATALOG), Query(User, sorts=(Sort("full_name"),)), Drafts(User))
    made.show(made.query)
    made.want(500, 529)
    assert (made.total, made.exact) == (ROWS, True)
    return made


def add(school: Database, called: str, number: int) -> None:
    """So many people more."""
    people = [
        {
            "email": f"{called.lower()}{i:04}@school.edu",
            "full_name": f"{called} {i:04}",
            "role": "student",
            "password_hash": "no hash",
        }
        for i in range(number)
    ]
    with as_worker(), school.engine.begin() as connection:
        connection.execute(insert(User), people)


def remove(school: Database, like: str) -> None:
    """These people are gone."""
    with as_worker(), school.engine.begin() as connection:
        connection.execute(delete(User).where(User.full_name.op("SIMILAR TO")(like)))


def hear(desk: ImmediateDesk, model: TableModel, qtbot: QtBot) -> None:
    """It is said that people have come or gone; the table asks for what it shows."""
    before = desk.held
    desk.noticed.emit(Batch(frozenset({"users"}), moved=frozenset({"users"})))
    qtbot.waitUntil(lambda: desk.held > before)


def totals(model: TableModel) -> list[int]:
    """All numbers of rows that are told from now on."""
    told: list[int] = []
    model.counted.connect(lambda: told.append(model.total))
    model.moved.connect(lambda: told.append(model.total))
    return told


def release(desk: ImmediateDesk, *order: int) -> None:
    """Let what is held be done, in this order."""
    assert desk._held is not None
    held = list(desk._held)
    assert len(held) == len(order)
    desk._held.clear()
    desk._held.extend(held[at] for at in order)
    desk.release()


def release_last(desk: ImmediateDesk) -> None:
    """Let what was asked for last be done."""
    assert desk._held is not None
    desk._held.rotate(1)
    desk.release(1)


@pytest.mark.parametrize("heard", ["before the count", "after the count"])
@pytest.mark.parametrize(("place", "like", "gone"), [(510, "Student 01%", 100), (810, "Student 0[1-6]%", 600)])
def test_rows_that_a_count_has_taken_away_are_not_taken_away_again(
    qtbot: QtBot,
    qtmodeltester: ModelTester,
    desk: ImmediateDesk,
    school: Database,
    model: TableModel,
    heard: str,
    place: int,
    like: str,
    gone: int,
) -> None:
    model.want(place, place + 29)
    read, told = model.row_id(place + 10), totals(model)
    desk.hold()
    if heard == "after the count":
        model.count()
    remove(school, like)
    hear(desk, model, qtbot)
    if heard == "before the count":
        model.count()
    release(desk, *((1, 0) if heard == "before the count" else (0, 1)))
    assert (model.row_id(place + 10 - gone), model.total, model.exact) == (read, ROWS - gone, True)
    assert set(told) == {ROWS - gone}
    qtmodeltester.check(model)


def test_rows_that_a_count_has_added_are_not_added_again(
    qtbot: QtBot, desk: ImmediateDesk, school: Database, model: TableModel
) -> None:
    read, told = model.row_id(510), totals(model)
    add(school, "Aaron", 60)
    desk.hold()
    hear(desk, model, qtbot)
    model.count()
    release(desk, 1, 0)
    assert (model.row_id(570), model.total) == (read, ROWS + 60)
    assert set(told) == {ROWS + 60}


def test_what_comes_and_goes_at_once_is_counted_once(
    qtbot: QtBot, desk: ImmediateDesk, school: Database, model: TableModel
) -> None:
    read, told = model.row_id(510), totals(model)
    add(school, "Aaron", 60)
    remove(school, "Student 09%")
    desk.hold()
    hear(desk, model, qtbot)
    model.count()
    release(desk, 1, 0)
    assert (model.row_id(570), model.total) == (read, ROWS - 40)
    assert set(told) == {ROWS - 40}


def test_rows_gone_since_an_older_count_are_taken_away(
    qtbot: QtBot, desk: ImmediateDesk, school: Database, model: TableModel
) -> None:
    remove(school, "Student 09%")
    model.count()
    assert model.total == ROWS - 100
    qtbot.wait(round(1200 * paged.HEARD))  # a timer may be early by a twentieth
    read, told = model.row_id(510), totals(model)
    remove(school, "Student 01%")
    desk.hold()
    hear(desk, model, qtbot)
    desk.release()
    assert (model.row_id(410), model.total) == (read, ROWS - 200)
    assert set(told) == {ROWS - 200}


def test_the_last_rows_stay_when_fewer_are_counted_than_were_read(
    qtbot: QtBot, qtmodeltester: ModelTester, desk: ImmediateDesk, school: Database
) -> None:
    people = TableModel(desk, CATALOG, Pages(CATALOG), Query(User, sorts=(Sort("full_name"),)), Drafts(User))
    people.show(people.query)
    for first in range(0, ROWS, 50):  # all of them are read, one screen after another
        people.want(first, min(first + 49, ROWS - 1))
    people.want(ROWS - 30, ROWS - 1)
    seen = {people.row_id(row) for row in range(ROWS - 30, ROWS)}
    left = list[int]()
    people.rowsRemoved.connect(lambda: left.append(len([one for one in seen if one and people.find(one) is not None])))
    remove(school, "Student 00%")
    people.count()
    qtbot.waitUntil(lambda: (people.total, people.exact) == (ROWS - 100, True))
    assert set(left) == {30}
    assert {people.row_id(row) for row in range(ROWS - 130, ROWS - 100)} == seen
    qtmodeltester.check(people)


class Mistake(Exception):
    """A fault in the program."""


def test_a_table_goes_on_following_after_a_mistake(
    qtbot: QtBot, desk: ImmediateDesk, school: Database, model: TableModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise Mistake

    read = model.row_id(510)
    remove(school, "Student 01%")
    desk.hold()
    with monkeypatch.context() as patch:
        patch.setattr(paged, "shifts", fail)
        hear(desk, model, qtbot)
        with pytest.raises(Mistake):
            desk.release()
    assert model.row_id(510) == read
    desk.noticed.emit(Batch(frozenset({"users"})))
    qtbot.waitUntil(lambda: model.row_id(410) == read)


def test_rows_that_came_but_could_not_be_shown_are_not_waited_for(
    desk: ImmediateDesk, model: TableModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise Mistake

    told: list[bool] = []
    model.working.connect(told.append)
    desk.hold()
    model.want(700, 729)
    monkeypatch.setattr(model, "_settle", fail)
    with pytest.raises(Mistake):
        desk.release()
    assert told[-1] is False


def test_rows_that_came_before_the_first_are_reached_in_an_order_that_no_index_knows(
    desk: ImmediateDesk, school: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (fetched, paged, whereabouts):
        monkeypatch.setattr(module, "NEAR", 100)
    query = Query(User, sorts=(Sort("full_name"), Sort("email")))
    people = TableModel(desk, CATALOG, Pages(CATALOG), query, Drafts(User))
    people.show(query)
    assert isinstance(people.where.positions, IdBlock)
    people.want(100, 129)
    read = people.row_id(100)
    add(school, "Aaron", 5)
    desk.hold()
    people.count()
    people.read_again(lambda _: None)
    desk.release(2)
    assert (people.total, people.find(read or "")) == (ROWS + 5, 105)
    top: str | None = "any"
    while top != people.row_id(0):
        top = people.row_id(people._visible[0])
        first = max(people._visible[0] - 20, 0)
        people.want(first, first + 29)
        while desk.held:
            release_last(desk)
    assert [people.data(people.index(row, 0)) for row in range(3)] == ["Aaron 0000", "Aaron 0001", "Aaron 0002"]


class Asked(Pages):
    """Pages that note how often they were asked for the number of a place.

    Attributes:
        placed: so often.
    """

    placed = 0

    def before(self, uow: UnitOfWork, query: Query, key: Key) -> int:
        """Override Pages.before."""
        self.placed += 1
        return super().before(uow, query, key)

    def tally(self, uow: UnitOfWork, query: Query) -> int:
        """Override Pages.tally: the number alone."""
        return self.count(uow, query)


@pytest.mark.parametrize("guessed", [False, True])
def test_only_a_place_that_was_guessed_is_asked_for_again(
    desk: ImmediateDesk, school: Database, monkeypatch: pytest.MonkeyPatch, guessed: bool
) -> None:
    for module in (fetched, paged, whereabouts):
        monkeypatch.setattr(module, "NEAR", 100)
    monkeypatch.setattr(plans, "NEAR_END", 10)
    if guessed:
        with as_worker(), school.engine.begin() as connection:
            connection.execute(text("ANALYZE users"))
    pages = Asked(CATALOG)
    people = TableModel(desk, CATALOG, pages, Query(User, sorts=(Sort("id"),)), Drafts(User))
    desk.hold()
    people.show(people.query)
    desk.release(2)  # the first rows and their number
    assert (people.total, desk.held) == (ROWS, 1), "what leads to any place is still on its way"
    people.want(500, 529)
    release_last(desk)
    people.read_again(lambda _: None)
    release_last(desk)
    assert pages.placed == (1 if guessed else 0)


def test_what_was_being_read_again_is_so_though_another_query_came_between_and_was_given_up(
    qtbot: QtBot, desk: ImmediateDesk, school: Database, model: TableModel
) -> None:
    add(school, "Aaron", 60)
    read = model.row_id(510)
    desk.hold()
    hear(desk, model, qtbot)
    model.show(Query(User, sorts=(Sort("email"),)))
    model.give_up()
    desk.release()
    qtbot.waitUntil(lambda: model.total == ROWS + 60)
    qtbot.waitUntil(lambda: model.row_id(570) == read)


def test_what_was_being_read_again_is_so_though_another_query_came_between_and_was_refused(
    qtbot: QtBot, desk: ImmediateDesk, school: Database, model: TableModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(uow: UnitOfWork, query: Query) -> None:
        raise UserError("Not now.")

    add(school, "Aaron", 60)
    read = model.row_id(510)
    desk.hold()
    hear(desk, model, qtbot)
    other = Query(User, sorts=(Sort("email"),))
    with monkeypatch.context() as patch:
        patch.setattr(model.pages, "estimate", refuse)
        with qtbot.waitSignal(model.failed):
            model.show(other)
            desk.release()
    qtbot.waitUntil(lambda: model.total == ROWS + 60)
    qtbot.waitUntil(lambda: model.row_id(570) == read)
    assert model.pending == other, "it can be tried once more"
    assert model.awaited is None


def test_what_is_heard_while_the_first_rows_are_read_is_read_again(
    qtbot: QtBot, desk: ImmediateDesk, school: Database
) -> None:
    class Slow(Pages):
        """Its first page is told when somebody has come whom it does not know of."""

        def fetch(self, uow: UnitOfWork, query: Query, columns: tuple[str, ...], want: Want) -> Page:
            page = super().fetch(uow, query, columns, want)
            if not told:
                told.append(page)
                add(school, "Aaron", 1)
            return page

    told: list[Page] = []
    model = TableModel(desk, CATALOG, Slow(CATALOG), Query(User, sorts=(Sort("full_name"),)), Drafts(User))
    desk.hold()
    model.show(model.query)
    desk.noticed.emit(Batch(frozenset({"users"}), moved=frozenset({"users"})))
    desk.release()
    assert model.loaded
    qtbot.waitUntil(lambda: model.total == ROWS + 1)
    qtbot.waitUntil(lambda: model.data(model.index(0, 0)) == "Aaron 0000")
