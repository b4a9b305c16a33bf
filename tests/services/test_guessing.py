"""About where rows stand, as the statistics tell it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL, text

from lms_desktop.admin import CATALOG, PAGES
from lms_desktop.database.unit_of_work import Database, UnitOfWork
from lms_desktop.entities import Enrollment, LessonProgress, QuizAttempt, User
from lms_desktop.services import guessing
from lms_desktop.services.pages import Pages, Want
from lms_desktop.services.positions import Anchors
from lms_desktop.spec import Computed, Filter, Json, Operator, Query, Secret, Sort
from tests.postgres import PostgresServer
from tests.small_school import SYSTEM
from tests.tangled import reading, tangled_school

ROWS = 60


@pytest.fixture(scope="module")
def school(server: PostgresServer, migrated_template: URL) -> Iterator[Database]:
    """The tangled school."""
    with tangled_school(server, migrated_template, ROWS) as school:
        yield school


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Places three rows from each other."""
    monkeypatch.setattr(guessing, "STEP", 3)


def furthest_off(uow: UnitOfWork, query: Query, found: Anchors) -> int:
    """By how many rows the guess misses at most."""
    pages = Pages(CATALOG)
    everything = [row[0] for row in pages.fetch(uow, query, (), Want(0, 1000)).rows]
    assert len(everything) == ROWS
    off = 0
    for first in range(1, ROWS, 3):
        reached = pages.fetch(uow, query, (), Want(first, 1, positions=found)).rows
        off = max(off, abs((everything.index(reached[0][0]) if reached else ROWS) - first))
    return off


@pytest.mark.parametrize("name", PAGES)
def test_the_statistics_tell_about_where_a_row_is_in_any_order_of_columns(school: Database, name: str) -> None:
    admin, pages = PAGES[name], Pages(CATALOG)
    silent = set()
    with reading(school) as uow:
        for field in admin.fields:
            if isinstance(field.kind, Secret):
                continue
            for descending in (False, True):
                query = Query(admin.entity, sorts=(Sort(field.key, descending),))
                found = pages.guess(uow, query)
                if found is None:
                    silent.add(field.key)
                    continue
                assert found.total == ROWS
                assert furthest_off(uow, query, found) <= ROWS // 10, field.key
                assert furthest_off(uow, query.turned(), found.turned()) <= ROWS // 10, field.key
    worked_out = {field.key for field in admin.fields if isinstance(field, Computed) or isinstance(field.kind, Json)}
    assert silent == worked_out


@pytest.mark.parametrize(
    "sorts",
    [
        (Sort("course_id"), Sort("enrolled_at", True)),
        (Sort("completed_at", True), Sort("student_id")),
        (Sort("completed_at"), Sort("course_id", True), Sort("id")),
    ],
)
def test_several_columns_tell_one_behind_the_other(school: Database, sorts: tuple[Sort, ...]) -> None:
    query = Query(Enrollment, sorts=sorts)
    with reading(school) as uow:
        found = Pages(CATALOG).guess(uow, query)
        assert found is not None
        assert furthest_off(uow, query, found) <= ROWS // 10


def test_places_ascend_where_few_rows_stand_behind_a_common_value() -> None:
    steps = guessing._in_order([("a", None, 0), ("m", 0.5, 0), ("z", None, 0)], 0)
    ties = guessing.Ids([f"{i:02x}000000-0000-0000-0000-000000000000" for i in range(0, 256, 5)], descending=False)
    spread = guessing.Spread(steps, ties)
    keys = [spread.at(share / 100) for share in range(100)]
    assert keys == sorted(keys)
    assert {key[0] for key in keys} == {"m", "z"}
    _, parts = guessing.Spread([guessing.Step("x", 0, 1)], spread).parts(0.01)
    assert len(parts) == 100
    assert parts == sorted(parts)


def test_what_hardly_any_row_refers_to_is_not_counted_in(school: Database) -> None:
    query = Query(QuizAttempt, sorts=(Sort("quiz_id"),))
    with school.engine.connect() as connection:
        for statement in (
            "SET LOCAL session_replication_role = replica",
            "ALTER TABLE quiz_attempts ALTER COLUMN quiz_id SET STATISTICS 5",
            "UPDATE quiz_attempts a SET quiz_id = q.id FROM (SELECT id, row_number() OVER (ORDER BY id) n FROM"
            " (SELECT id FROM quizzes ORDER BY title DESC LIMIT 12) last) q,"
            " (SELECT id, row_number() OVER (ORDER BY id) n FROM quiz_attempts) b"
            " WHERE b.id = a.id AND q.n = b.n % 12 + 1",
            "ANALYZE quiz_attempts",
        ):
            connection.execute(text(statement))
        uow = UnitOfWork(connection, SYSTEM)
        found = Pages(CATALOG).guess(uow, query)
        assert found is not None
        assert furthest_off(uow, query, found) <= ROWS // 4  # the last fifth of the titles has all rows
        connection.rollback()


def test_whoever_has_most_of_the_rows_is_known_through_what_lies_between(school: Database) -> None:
    query = Query(LessonProgress, sorts=(Sort("enrollment_id.student_id"),))  # all of it is one enrollment's
    with reading(school) as uow:
        found = Pages(CATALOG).guess(uow, query)
        assert found is not None
        assert len(found) >= ROWS // guessing.STEP - 1
        assert furthest_off(uow, query, found) <= guessing.STEP


def test_nothing_is_guessed_of_what_nobody_looked_at(school: Database) -> None:
    pages = Pages(CATALOG)
    with school.engine.connect() as connection:
        connection.execute(text("DELETE FROM pg_statistic WHERE starelid = 'enrollments'::regclass"))
        uow = UnitOfWork(connection, SYSTEM)
        for sorts in ((Sort("id"),), (Sort("completed_at"),), (Sort("completed_at"), Sort("id", True))):
            assert pages.guess(uow, Query(Enrollment, sorts=sorts)) is None
        assert pages.guess(uow, Query(User, sorts=(Sort("role"),))) is not None
        assert pages.guess(uow, Query(User, search="a")) is None
        assert pages.guess(uow, Query(User, filters=(Filter("role", Operator.ONE_OF, ("student",)),))) is None
        connection.rollback()


@pytest.mark.parametrize("asked", ["1 / 0", "pg_sleep(20)"])
def test_what_the_server_refuses_to_tell_or_takes_long_for_fails_no_page(
    school: Database, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    monkeypatch.setattr(guessing, "_SPREAD", f"SELECT {asked} FROM ({{parts}}) x LIMIT 1")
    pages, query = Pages(CATALOG), Query(User, sorts=(Sort("role"),))
    with reading(school) as uow:
        everything = [row[0] for row in pages.fetch(uow, query, (), Want(0, 1000)).rows]
        page = pages.fetch(uow, query, (), Want(20, 5, roughly=True))
        assert [row[0] for row in page.rows] == everything[20:25]
        assert not page.guessed
        assert uow.execute(text("SHOW statement_timeout")).scalar_one() != "800ms"
