"""Filters that no index helps with: whichever way the rows of a page are found, they are those of a plain ORDER BY."""

from collections.abc import Iterator
from itertools import product

import pytest
from sqlalchemy import URL, text

from lms_desktop.admin import CATALOG, PAGES
from lms_desktop.database.spelled import Parameters, Spelled
from lms_desktop.database.unit_of_work import Database, UnitOfWork
from lms_desktop.entities import Enrollment, LessonProgress, User
from lms_desktop.services import pages as pages_module
from lms_desktop.services import sparse, surveying
from lms_desktop.services.pages import Page, Pages, Row, Want
from lms_desktop.services.plans import Plan
from lms_desktop.spec import EntityAdmin, Field, Filter, Flag, Moment, Operator, Query, Sort
from lms_desktop.spec import Text as TextKind
from tests.postgres import PostgresServer
from tests.small_school import SYSTEM
from tests.tangled import reading, tangled_school

ROWS = 60
SIZE = 4
pages = Pages(CATALOG)


@pytest.fixture(scope="module")
def school(server: PostgresServer, migrated_template: URL) -> Iterator[Database]:
    """The tangled school."""
    with tangled_school(server, migrated_template, ROWS) as school:
        yield school


def filters_of(admin: EntityAdmin) -> list[Filter]:
    """Some filters of the fields that have no reference to follow."""
    found = []
    for field in admin.fields:
        if not isinstance(field, Field) or len(field.hops) > 1 or not field.filter:
            continue
        if isinstance(field.kind, Moment):
            found += [
                Filter(field.key, Operator.BETWEEN, ("2026-01-02", "2026-01-03")),
                Filter(field.key, Operator.EMPTY),
            ]
        elif isinstance(field.kind, Flag):
            found.append(Filter(field.key, Operator.IS, ("true",)))
        elif isinstance(field.kind, TextKind):
            found.append(Filter(field.key, Operator.CONTAINS, ("a",)))
    return found


def plan_of(query: Query) -> Plan:
    return Plan(CATALOG, SYSTEM, query, ())


def ids(page: Page) -> list[str | None]:
    return [row[0] for row in page.rows]


def read_through(uow: UnitOfWork, query: Query, tries: tuple[int, ...]) -> None:
    """All ways that begin at an edge or a key, against all rows at once."""
    plan = plan_of(query)
    whole = plan.fetch(uow, Want(0, 10_000))
    everything, keys = ids(whole), [whole.layout.key(row) for row in whole.rows]
    first = plan.fetch(uow, Want(0, SIZE), tries)
    assert ids(first) == everything[:SIZE]
    assert first.ended == (len(everything) <= SIZE)
    total = len(everything)
    if total > SIZE:
        last = plan.fetch(uow, Want(total - SIZE, SIZE, total=total), tries)
        assert ids(last) == everything[-SIZE:]
        near = plan.fetch(uow, Want(total - SIZE - 1, SIZE, total=total), tries)
        assert ids(near) == everything[-SIZE - 1 : -1]
    for place in range(0, total, 5):
        after = plan.fetch(uow, Want(place + 1, SIZE, after=keys[place]), tries)
        assert ids(after) == everything[place + 1 : place + 1 + SIZE]
        assert after.ended == (place + 1 + SIZE >= total)
        before = plan.fetch(uow, Want(max(place - SIZE, 0), SIZE, before=keys[place]), tries)
        assert ids(before) == everything[max(place - SIZE, 0) : place]
        assert before.begun == (place <= SIZE)
        assert ids(plan.fetch(uow, Want(place, SIZE, at=keys[place]), tries)) == everything[place : place + SIZE]


@pytest.mark.parametrize("tries", [(3,), (1, 20), (500, 1000)])
@pytest.mark.parametrize("name", ["users", "enrollments", "progress", "attempts", "sessions", "certificates"])
def test_pages_are_the_same_in_whichever_way_they_are_found(
    school: Database, name: str, tries: tuple[int, ...]
) -> None:
    admin, tried = PAGES[name], 0
    with reading(school) as uow:
        there = surveying.indexes(uow, plan_of(Query(admin.entity)).table)
        orders = [("id",), *((sort.key,) for sort in admin.sorts)]
        for (key,), descending, one in product(orders, (False, True), filters_of(admin)):
            query = Query(admin.entity, zone="UTC", sorts=(Sort(key, descending),), filters=(one,))
            if sparse.tries(plan_of(query), there, 1000):
                read_through(uow, query, tries)
                tried += 1
    assert tried >= 4


def test_two_filters_one_of_them_about_the_order(school: Database) -> None:
    within = Filter("enrolled_at", Operator.BETWEEN, ("2026-01-02", "2026-01-03"))
    done = Filter("completed_at", Operator.NOT_EMPTY)
    for descending in (False, True):
        query = Query(Enrollment, zone="UTC", sorts=(Sort("enrolled_at", descending),), filters=(within, done))
        with reading(school) as uow:
            read_through(uow, query, (2,))
            read_through(uow, query, (2, 30))


def test_a_common_word_beside_a_filter(school: Database) -> None:
    done = Filter("completed_at", Operator.BETWEEN, ("2026-01-02", "2026-01-03"))
    with reading(school) as uow:
        for descending in (False, True):
            query = Query(Enrollment, "a", zone="UTC", sorts=(Sort("enrolled_at", descending),), filters=(done,))
            assert sparse.tries(plan_of(query), surveying.indexes(uow, "enrollments"), 1000)
            read_through(uow, query, (2, 30))


def tried(uow: UnitOfWork, entity: type, *filters: Filter, sort: Sort | None = None) -> int:
    """How often the rows are looked for in their order first."""
    query = Query(entity, zone="UTC", filters=filters, sorts=() if sort is None else (sort,))
    plan = plan_of(query)
    return len(sparse.tries(plan, surveying.indexes(uow, plan.table), 1000))


def test_what_an_index_finds_is_left_to_it(school: Database) -> None:
    done = Filter("completed_at", Operator.BETWEEN, ("2026-01-02", "2026-01-03"))
    somebody = ("3e334e85-9879-4f25-ad38-27d651b7804a",)
    with reading(school) as uow:
        assert tried(uow, Enrollment, done) == 2
        assert tried(uow, Enrollment, Filter("student_id.email", Operator.CONTAINS, ("x",))) == 1
        assert tried(uow, Enrollment, Filter("student_id", Operator.NONE_OF, somebody))
        assert tried(uow, Enrollment, done, sort=Sort("id"))
        assert tried(uow, LessonProgress, Filter("completed", Operator.IS, ("true",)))
        assert not tried(uow, Enrollment)
        assert not tried(uow, Enrollment, done, Filter("student_id", Operator.ONE_OF, somebody))
        assert not tried(uow, Enrollment, Filter("student_id.email", Operator.IS, ("x@school.edu",)))
        assert not tried(uow, LessonProgress, Filter("enrollment_id.student_id", Operator.ONE_OF, somebody))
        assert not tried(uow, Enrollment, Filter("enrolled_at", Operator.EMPTY))
        assert not tried(uow, Enrollment, done, sort=Sort("completed_at"))
        assert not tried(uow, Enrollment, done, sort=Sort("student_id"))


def test_what_was_set_for_it_holds_no_longer(school: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages_module, "FEW", -10)
    monkeypatch.setattr(sparse, "FIRST", 2)
    old = Filter("completed_at", Operator.BETWEEN, ("2020-01-02", "2020-01-03"))
    with reading(school) as uow:
        usual = uow.execute(text("SHOW max_parallel_workers_per_gather")).scalar_one()
        compiles = uow.execute(text("SHOW jit")).scalar_one()
        for one, rows in ((old, 0), (Filter("completed_at", Operator.NOT_EMPTY), SIZE)):
            page = pages.fetch(uow, Query(Enrollment, zone="UTC", filters=(one,)), ("student_id",), Want(0, SIZE))
            assert len(page.rows) == rows
            assert uow.execute(text("SHOW enable_sort")).scalar_one() == "on"
            assert uow.execute(text("SHOW max_parallel_workers_per_gather")).scalar_one() == usual
            assert uow.execute(text("SHOW jit")).scalar_one() == compiles
            assert uow.execute(text("SHOW enable_hashjoin")).scalar_one() == "on"
            assert uow.execute(text("SHOW enable_material")).scalar_one() == "on"


def test_for_the_next_rows_nothing_is_compiled_or_gathered(school: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    shown = text(
        "SELECT current_setting('jit'), current_setting('enable_hashjoin'), current_setting('enable_material')"
    )
    with reading(school) as uow:
        rows = uow.rows

        def noted(asked: Spelled, parameters: Parameters) -> list[Row]:
            seen.append(tuple(uow.execute(shown).one()))
            return rows(asked, parameters)

        monkeypatch.setattr(uow, "rows", noted)
        usual = tuple(uow.execute(shown).one())
        old = Filter("completed_at", Operator.BETWEEN, ("2020-01-02", "2020-01-03"))
        plan_of(Query(Enrollment, zone="UTC", filters=(old,))).fetch(uow, Want(0, SIZE), (3, 20))
    assert seen == [("off",) * 3, ("off",) * 3, usual]


def test_an_index_is_not_searched_for_a_part_of_a_word(school: Database) -> None:
    def where(operator: Operator) -> int:
        query = Query(User, sorts=(Sort("full_name"),), filters=(Filter("full_name", operator, ("a",)),))
        return len(plan_of(query).on_order)

    assert where(Operator.IS) == 1
    assert where(Operator.CONTAINS) == 0
