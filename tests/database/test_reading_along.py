"""A read that is begun along with what it reads: nobody is let in who may not be, and nothing is asked twice."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from psycopg2.extensions import TRANSACTION_STATUS_IDLE
from sqlalchemy import URL, bindparam, literal, select, text
from sqlalchemy.exc import DataError, InternalError, OperationalError

from lms_desktop.admin import CATALOG
from lms_desktop.config import Settings
from lms_desktop.database import asking, prepared
from lms_desktop.database.engine import make_engine
from lms_desktop.database.spelled import Spelled
from lms_desktop.database.unit_of_work import Actor, Database, UnitOfWork
from lms_desktop.entities import Course, User
from lms_desktop.errors import Denied
from lms_desktop.services import gate
from lms_desktop.services.pages import Pages
from lms_desktop.services.paging import Page, Want
from lms_desktop.spec import Filter, Operator, Query, Sort
from tests.small_school import SYSTEM, actor, opened, row_id
from tests.walks.wire import Wire

COLUMNS = ("title", "instructor_id", "is_published")
FIRST = Want(0, 50)


@pytest.fixture(autouse=True)
def slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a test takes, what it used last was in use a moment ago."""
    monkeypatch.setattr(asking, "RECENT", 3600.0)


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school."""
    with opened(database_url) as database:
        yield database


@pytest.fixture
def pages(school: Database) -> Pages:
    """Pages of which the courses were read once by a registrar."""
    known = Pages(CATALOG)
    assert len(courses(school, known).rows) > 1
    return known


def courses(school: Database, pages: Pages, who: str = "registrar", want: Want = FIRST) -> Page:
    """A page of courses, in a read of its own."""
    with gate.reading(school, actor(who), again=True, along=True) as uow:
        return pages.fetch(uow, Query(Course), COLUMNS, want)


def befalls(school: Database, who: str, change: str) -> None:
    """Something happens to a person's row."""
    with school.engine.begin() as connection:
        connection.execute(text(f"{change} WHERE id = :id"), {"id": row_id(User, who)})


def test_a_page_that_was_read_before_is_one_message(school: Database, database_url: URL) -> None:
    with Wire(database_url) as wire:
        database, pages = Database(make_engine(wire.url, Settings())), Pages(CATALOG)
        first = courses(database, pages)
        wire.asked.clear()
        again = courses(database, pages)
        assert [asked.split()[0] for asked in wire.asked] == ["SET"]
        wire.asked.clear()
        with gate.reading(database, actor("registrar"), again=True, along=True) as uow:
            assert pages.count(uow, Query(Course)) == len(first.rows)
            assert pages.fetch(uow, Query(Course), COLUMNS, FIRST).rows == first.rows
        assert [asked.split()[0] for asked in wire.asked] == ["BEGIN", "SELECT", "WITH", "ROLLBACK"]
        database.dispose()
    assert again.rows == first.rows


BLOWS = ["UPDATE users SET is_active = false", "UPDATE users SET role = 'student'", "DELETE FROM users"]


@pytest.mark.parametrize("blow", [*BLOWS, "UPDATE users SET role = 'admin'"])
@pytest.mark.parametrize("want", [FIRST, Want(0, 0), Want(1, 1), Want(1, 1, total=9)], ids=str)
def test_whoever_is_another_by_now_reads_no_more(school: Database, pages: Pages, want: Want, blow: str) -> None:
    courses(school, pages, want=want)
    befalls(school, "registrar", blow)
    for _ in range(2):
        with pytest.raises(gate.ActorLost):
            courses(school, pages, want=want)
    assert courses(school, pages, "admin").rows, "the connection is as good as before"


@pytest.mark.parametrize("blow", BLOWS)
def test_who_reads_nothing_is_looked_at_all_the_same(school: Database, blow: str) -> None:
    befalls(school, "registrar", blow)
    with pytest.raises(gate.ActorLost), gate.reading(school, actor("registrar"), along=True) as uow:
        assert uow.actor.role == "registrar"
    with pytest.raises(gate.ActorLost), gate.reading(school, actor("registrar"), along=True):
        raise Denied("This is not for you.")


@pytest.mark.parametrize(
    "reads",
    [
        lambda uow: uow.execute(text("SELECT 1")),
        lambda uow: uow.connection.execute(text("SELECT 1")),
        lambda uow: uow.connection.begin_nested(),
    ],
)
def test_whatever_is_read_first_nobody_gets_round_the_gate(
    school: Database, pages: Pages, reads: Callable[[UnitOfWork], Any]
) -> None:
    befalls(school, "registrar", "UPDATE users SET is_active = false")
    tried = list[object]()

    def try_all() -> None:
        with gate.reading(school, actor("registrar"), along=True) as uow:
            for ask in (reads, lambda uow: pages.fetch(uow, Query(Course), COLUMNS, FIRST), reads):
                tried.append(ask)
                with suppress(gate.ActorLost):
                    raise AssertionError(f"let in: {ask(uow)}")

    with pytest.raises(gate.ActorLost):
        try_all()
    assert len(tried) == 3


def test_another_name_lets_nobody_out(database_url: URL) -> None:
    with opened(database_url) as school, Wire(database_url) as wire:
        database, pages = Database(make_engine(wire.url, Settings())), Pages(CATALOG)
        first = courses(database, pages)
        befalls(school, "registrar", "UPDATE users SET full_name = 'Regina', email = 'regina@school.edu'")
        wire.asked.clear()
        assert courses(database, pages).rows == first.rows
        assert [asked.split()[0] for asked in wire.asked] == ["SET"]
        database.dispose()


@pytest.mark.parametrize("who", [actor("registrar"), SYSTEM], ids=["registrar", "system"])
def test_such_a_read_writes_nothing_and_leaves_nothing_behind(school: Database, pages: Pages, who: Actor) -> None:
    lock = Spelled(select(User.id).with_for_update())
    lock.words = "SELECT id FROM users FOR UPDATE"
    with (
        pytest.raises(InternalError, match="read-only"),
        gate.reading(school, who, along=True) as uow,
    ):
        uow.rows(lock, {})
    with gate.reading(school, who, along=True) as uow:
        pages.fetch(uow, Query(Course), COLUMNS, FIRST)
        assert uow.execute(text("SHOW transaction_read_only")).scalar_one() == "on"
        driver: Any = uow.connection.connection.dbapi_connection
    assert (driver.autocommit, driver.info.transaction_status) == (False, TRANSACTION_STATUS_IDLE)


def test_a_student_is_no_member_of_the_staff(school: Database) -> None:
    with pytest.raises(gate.ActorLost), gate.reading(school, actor("ana"), along=True):
        raise AssertionError("let in")


def test_what_goes_wrong_in_the_statement_itself_is_told_as_it_is(school: Database, pages: Pages) -> None:
    page = courses(school, pages)
    courses(school, pages, want=Want(1, 1, after=page.layout.key(page.rows[0])))
    wrong = Want(1, 1, after=("Algebra", "no id"))
    with pytest.raises(DataError, match="invalid input syntax"):
        courses(school, pages, want=wrong)
    with gate.reading(school, actor("registrar"), along=True) as uow:
        with pytest.raises(DataError, match="invalid input syntax"):
            pages.fetch(uow, Query(Course), COLUMNS, wrong)
        assert pages.fetch(uow, Query(Course), COLUMNS, FIRST).rows == page.rows
    right = Want(1, 1, after=page.layout.key(page.rows[1]))
    assert courses(school, pages, want=right).rows == page.rows[2:3], "it was prepared all the same"


def test_a_connection_that_was_lost_fails_the_read(school: Database, pages: Pages) -> None:
    with gate.reading(school, actor("registrar"), again=True, along=True) as uow:
        lost = uow.execute(text("SELECT pg_backend_pid()")).scalar_one()
    other = Database(make_engine(school.engine.url, Settings()))
    with other.engine.begin() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": lost})
    with pytest.raises(OperationalError):
        courses(school, pages)
    assert courses(school, pages).rows
    other.dispose()


def test_the_words_of_a_page_hold_no_value_of_the_former_one(school: Database, pages: Pages) -> None:
    published = [Query(Course, filters=(Filter("is_published", Operator.IS, (value,)),)) for value in ("true", "false")]
    with gate.reading(school, actor("registrar"), along=True) as uow:
        every = pages.fetch(uow, Query(Course), COLUMNS, FIRST)
        for _ in range(2):
            found = [pages.fetch(uow, query, COLUMNS, FIRST).rows for query in published]
            assert sorted(row[0] or "" for rows in found for row in rows) == sorted(row[0] or "" for row in every.rows)
            for place, row in enumerate(every.rows):
                assert pages.fetch(uow, Query(Course), COLUMNS, Want(place, 1)).rows == (row,)
        for before, row in zip(every.rows, every.rows[1:], strict=False):
            key = every.layout.key(before)
            assert pages.fetch(uow, Query(Course), COLUMNS, Want(1, 1, after=key)).rows == (row,)


class TestKeptPlanned:
    """Pages in the order of the ids, and by ids, the plans of which the server keeps."""

    QUERY = Query(Course, sorts=(Sort("id"),))

    @staticmethod
    def read(school: Database, pages: Pages, want: Want) -> Page:
        """A page in the order of the ids."""
        with gate.reading(school, actor("registrar"), again=True, along=True) as uow:
            return pages.fetch(uow, TestKeptPlanned.QUERY, COLUMNS, want)

    @staticmethod
    def kept(school: Database) -> int:
        """How many statements the server keeps on the connection that was used last."""
        with school.reading(SYSTEM) as uow:
            return int(uow.execute(text("SELECT count(*) FROM pg_prepared_statements")).scalar_one())

    def test_each_page_is_the_one_that_was_asked_for(self, school: Database, pages: Pages) -> None:
        every = self.read(school, pages, FIRST)
        keys = [every.layout.key(row) for row in every.rows]
        for _ in range(3):
            for place, row in enumerate(every.rows):
                for count in (1, 2):
                    rows = every.rows[place : place + count]
                    assert self.read(school, pages, Want(place, count)).rows == rows
                    assert self.read(school, pages, Want(place, count, at=keys[place])).rows == rows
                assert self.read(school, pages, Want(place, 1, before=keys[place])).rows == every.rows[:place][-1:]
                assert row in self.read(school, pages, Want(0, 50)).rows
        assert 0 < self.kept(school) <= prepared.MOST

    @pytest.mark.parametrize(
        "happens",
        ["DEALLOCATE ALL", "DISCARD ALL", "ALTER TABLE courses ALTER title TYPE varchar(700)"],
    )
    def test_what_the_server_does_not_keep_is_read_all_the_same(
        self, school: Database, pages: Pages, happens: str
    ) -> None:
        before = [self.read(school, pages, FIRST).rows for _ in range(3)]
        assert self.kept(school) > 0
        with school.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(happens))
        assert [self.read(school, pages, FIRST).rows for _ in range(3)] == before

    def test_a_refused_actor_leaves_nothing_half_prepared(self, school: Database, pages: Pages) -> None:
        self.read(school, pages, FIRST)
        befalls(school, "registrar", "UPDATE users SET is_active = false")
        for _ in range(2):
            with pytest.raises(gate.ActorLost):
                self.read(school, pages, FIRST)
        befalls(school, "registrar", "UPDATE users SET is_active = true")
        assert [len(self.read(school, pages, FIRST).rows) > 1 for _ in range(3)] == [True] * 3
        assert self.kept(school) > 0

    def test_a_percent_sign_is_no_place_for_a_value(self, school: Database) -> None:
        shout = select((Course.title + literal("% 100%% $1 %(size)s")).label("t")).where(Course.title == bindparam("k"))
        asked = Spelled(shout, steady=True)
        for _ in range(3):
            with gate.reading(school, actor("registrar"), along=True) as uow:
                assert uow.rows(asked, {"k": "Algebra"}) == [("Algebra% 100%% $1 %(size)s",)]
        assert self.kept(school) > 0

    def test_what_was_prepared_for_a_page_that_failed_is_not_kept_for_ever(
        self, school: Database, pages: Pages, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(prepared, "MOST", 2)
        page = self.read(school, pages, FIRST)
        edge = page.layout.key(page.rows[0])
        self.read(school, pages, Want(1, 1, after=edge))
        for count in range(1, 8):
            with pytest.raises(DataError):
                self.read(school, pages, Want(1, count, after=("no id",)))
        befalls(school, "registrar", "UPDATE users SET is_active = false")
        for count in range(8, 12):
            with pytest.raises(gate.ActorLost):
                self.read(school, pages, Want(1, count, after=edge))
        befalls(school, "registrar", "UPDATE users SET is_active = true")
        for count in range(12, 15):
            assert self.read(school, pages, Want(1, count, after=edge)).rows == page.rows[1 : count + 1]
        assert self.kept(school) == 2

    def test_the_same_words_asked_by_others_are_kept_while_any_of_them_is_in_use(
        self, school: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(prepared, "MOST", 2)
        first, again, other = (
            Spelled(select(text(what)).select_from(Course).where(Course.title == bindparam("k")), steady=True)
            for what in ("1", "1", "2")
        )
        for asked in (first, again, other):
            with gate.reading(school, actor("registrar"), along=True) as uow:
                uow.rows(asked, {"k": "Algebra"})
        for asked in (first, again, other, again):
            with gate.reading(school, actor("registrar"), along=True) as uow:
                uow.rows(asked, {"k": "Algebra"})
        assert self.kept(school) == 2
        with school.engine.connect() as connection:
            assert prepared.Prepared.of(connection).usable
