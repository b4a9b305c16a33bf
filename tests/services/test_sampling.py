"""About where the rows stand that filters, a search or an actor's reach leave."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL, text

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Actor, Database, UnitOfWork
from lms_desktop.entities import Enrollment, Lesson, LessonProgress, User
from lms_desktop.services import gate, plans, sampling
from lms_desktop.services.pages import Pages, Want
from lms_desktop.services.plans import Plan
from lms_desktop.services.rare_words import Start
from lms_desktop.spec import Filter, Operator, Query, Sort
from tests.postgres import PostgresServer
from tests.small_school import SYSTEM, statements
from tests.tangled import reading, tangled_school

ROWS = 60
OPEN = Filter("completed_at", Operator.EMPTY)


@pytest.fixture(scope="module")
def school(server: PostgresServer, migrated_template: URL) -> Iterator[Database]:
    """The tangled school."""
    with tangled_school(server, migrated_template, ROWS) as school:
        yield school


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few rows tell of a few dozen."""
    monkeypatch.setattr(sampling, "LEAST", 5)
    monkeypatch.setattr(sampling, "MOST", 10)
    monkeypatch.setattr(plans, "NEAR_END", 5)


def furthest_off(pages: Pages, uow: UnitOfWork, query: Query) -> float:
    """By which part of all rows a jump misses its place at most, where nothing leads there yet."""
    everything = [row[0] for row in pages.fetch(uow, query, (), Want(0, 1000)).rows]
    total, off = len(everything), 0
    assert 10 < total < ROWS or not query.filters
    for first in range(1, total - plans.NEAR_END, 3):
        page = pages.fetch(uow, query, (), Want(first, 1, total=total, roughly=True))
        assert page.guessed
        off = max(off, abs(everything.index(page.rows[0][0]) - first))
    return off / total


@pytest.mark.parametrize(
    "query",
    [
        Query(Enrollment, filters=(OPEN,), sorts=(Sort("id"),)),
        Query(Enrollment, filters=(OPEN,), sorts=(Sort("id", True),)),
        Query(Enrollment, filters=(OPEN,), sorts=(Sort("student_id", True),)),
        Query(Enrollment, filters=(OPEN,), sorts=(Sort("course_id"), Sort("enrolled_at", True))),
        Query(Enrollment, filters=(OPEN,), sorts=(Sort("completed_at"), Sort("student_id.email"))),
        Query(Enrollment, filters=(Filter("completed_at", Operator.NOT_EMPTY),), sorts=(Sort("completed_at", True),)),
        Query(LessonProgress, filters=(Filter("completed", Operator.IS, ("true",)),), sorts=(Sort("lesson_id"),)),
        Query(User, search="student", sorts=(Sort("full_name"),)),
    ],
)
def test_a_sample_tells_about_where_a_row_is(school: Database, query: Query) -> None:
    with reading(school) as uow:
        assert furthest_off(Pages(CATALOG), uow, query) <= 0.2


def test_an_instructor_is_told_of_the_own_rows(school: Database) -> None:
    with school.engine.connect() as connection:
        found = connection.execute(
            text(
                "SELECT CAST(u.id AS text), u.email, u.full_name FROM users u JOIN courses c ON c.instructor_id = u.id"
                " JOIN enrollments e ON e.course_id = c.id GROUP BY u.id ORDER BY count(*) DESC LIMIT 1"
            )
        ).one()
        connection.execute(text("UPDATE users SET role = 'instructor' WHERE id = CAST(:id AS uuid)"), {"id": found[0]})
        connection.execute(text("UPDATE courses SET instructor_id = CAST(:id AS uuid)"), {"id": found[0]})
        connection.execute(
            text("UPDATE courses SET instructor_id = (SELECT id FROM users WHERE id <> :id LIMIT 1) WHERE title < 'm'"),
            {"id": found[0]},
        )
        connection.commit()
    pages, query = Pages(CATALOG), Query(Enrollment, sorts=(Sort("student_id"),))
    with gate.reading(school, Actor(found[0], found[1], found[2], "instructor")) as uow:
        total = pages.count(uow, query)
        assert 0 < total < ROWS
        guessed = pages.guess(uow, query, total)
        assert guessed is not None
        reached = {pages.fetch(uow, query, (), Want(at, 1, positions=guessed)).rows[0][0] for at in range(total - 5)}
        own = {row[0] for row in pages.fetch(uow, query, (), Want(0, 100)).rows}
        assert len(own) == total
        assert reached < own


def test_too_few_rows_tell_nothing_and_are_not_asked_again(school: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "LEAST", ROWS + 1)
    pages, query = Pages(CATALOG), Query(Enrollment, filters=(OPEN,), sorts=(Sort("id"),))
    with reading(school) as uow:
        everything = [row[0] for row in pages.fetch(uow, query, (), Want(0, 1000)).rows]
        with statements(school) as seen:
            for first in (7, 9):
                page = pages.fetch(uow, query, (), Want(first, 1, total=len(everything), roughly=True))
                assert not page.guessed
                assert page.rows[0][0] == everything[first]
    assert sum("ctid" in statement for statement in seen) == 1


def test_the_blocks_lie_from_one_end_of_the_table_to_the_other(
    school: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "BLOCKS", 4)
    with school.engine.connect() as connection:
        connection.execute(text("ALTER TABLE enrollments SET (fillfactor = 10)"))
        connection.execute(text("CREATE INDEX by_id ON enrollments (id)"))
        connection.execute(text("CLUSTER enrollments USING by_id"))  # as it lies it is in the order of ids
        connection.execute(text("ANALYZE enrollments"))
        blocks = connection.execute(text("SELECT relpages FROM pg_class WHERE relname = 'enrollments'")).scalar_one()
        assert blocks >= 8
        query = Query(Enrollment, filters=(OPEN,), sorts=(Sort("id"),))
        assert furthest_off(Pages(CATALOG), UnitOfWork(connection, SYSTEM), query) <= 0.3
        connection.rollback()


def test_no_more_than_a_few_keys_come(school: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    query = Query(Enrollment, sorts=(Sort("student_id", True),))
    plan = Plan(CATALOG, SYSTEM, query, ())
    with reading(school) as uow:
        everything = [row[0] for row in Pages(CATALOG).fetch(uow, query, (), Want(0, 1000)).rows]
        for most in (7, 20, ROWS, 2 * ROWS):
            monkeypatch.setattr(sampling, "MOST", most)
            places = [everything.index(key[-1]) for key in sampling.sample(uow, plan, ROWS)]
            step = max(ROWS // most, 1)
            assert places == list(range(0, ROWS, step)), most


def test_where_too_few_rows_can_be_found_none_are_looked_for(school: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "BLOCKS", 1)
    plan = Plan(CATALOG, SYSTEM, Query(Enrollment, sorts=(Sort("id"),)), ())
    with reading(school) as uow:
        uow.execute(text("SELECT 1"))
        blocks = uow.execute(text("SELECT pg_relation_size('enrollments') / 8192")).scalar_one()
        assert blocks > 1
        with statements(school) as seen:
            assert sampling.sample(uow, plan, 5 * blocks - 1) == []
        assert len(seen) == 1


@pytest.mark.parametrize("start", [None, Start(0)])
def test_nothing_is_sampled_where_a_rare_word_leads_to_the_rows(
    school: Database, monkeypatch: pytest.MonkeyPatch, start: Start | None
) -> None:
    monkeypatch.setattr(Pages, "_start", lambda *_: start)
    query = Query(Enrollment, search="student", sorts=(Sort("id"),))
    with reading(school) as uow, statements(school) as seen:
        assert (Pages(CATALOG).guess(uow, query, ROWS) is None) is (start is not None)
    assert any("ctid" in statement for statement in seen) is (start is None)


def test_nothing_is_sampled_where_the_keys_are_long(school: Database) -> None:
    pages = Pages(CATALOG)
    with reading(school) as uow, statements(school) as seen:
        assert pages.guess(uow, Query(Lesson, search="a", sorts=(Sort("content"),)), 30) is None
    assert not any("ctid" in statement for statement in seen)


def test_the_last_rows_are_no_guess(school: Database) -> None:
    pages, query = Pages(CATALOG), Query(Enrollment, sorts=(Sort("student_id"),))
    with reading(school) as uow:
        everything = [row[0] for row in pages.fetch(uow, query, (), Want(0, 1000)).rows]
        page = pages.fetch(uow, query, (), Want(ROWS - 4, 4, total=ROWS, roughly=True))
        assert [row[0] for row in page.rows] == everything[-4:]
        assert not page.guessed


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("key", ["student_id", "course_id", "student_id.email"])
def test_rows_far_into_an_order_by_what_they_refer_to_are_those_that_stand_there(
    school: Database, monkeypatch: pytest.MonkeyPatch, key: str, descending: bool
) -> None:
    monkeypatch.setattr(sampling, "LEAST", ROWS + 1)
    pages, query = Pages(CATALOG), Query(Enrollment, filters=(OPEN,), sorts=(Sort(key, descending),))
    with reading(school) as uow, statements(school) as seen:
        everything = [row[0] for row in pages.fetch(uow, query, ("student_id",), Want(0, 1000)).rows]
        total = len(everything)
        for first in range(1, total):
            page = pages.fetch(uow, query, ("student_id",), Want(first, 3, total=total))
            assert [row[0] for row in page.rows] == everything[first : first + 3], first
            assert page.ended is (first + 3 >= total)
    assert any("MATERIALIZED" in statement for statement in seen)


def test_nothing_is_sampled_before_the_rows_are_counted_nor_in_an_order_that_is_worked_out(school: Database) -> None:
    pages = Pages(CATALOG)
    with reading(school) as uow, statements(school) as seen:
        assert pages.guess(uow, Query(Enrollment, filters=(OPEN,))) is None
        assert pages.guess(uow, Query(Enrollment, filters=(OPEN,), sorts=(Sort("progress"),)), 30) is None
    assert not any("ctid" in statement for statement in seen)
