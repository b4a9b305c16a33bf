"""What leads to any place of a table: each way to it tells the rows that a plain ORDER BY tells."""

import os
import resource
import tempfile
import threading
from collections.abc import Callable, Iterator
from functools import partial
from io import FileIO

import pytest
from sqlalchemy import URL, func, select, text, union_all

from lms_desktop.admin import CATALOG, PAGES
from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.unit_of_work import Database, UnitOfWork
from lms_desktop.entities import Enrollment, User
from lms_desktop.services import gate, guessing, plans, positions, surveying
from lms_desktop.services import pages as pages_module
from lms_desktop.services.pages import Pages, Want
from lms_desktop.services.positions import ENTRY_BYTES, Anchors, IdBlock, Positions
from lms_desktop.spec import Computed, EntityAdmin, Filter, Operator, Query, Secret, Sort
from tests.postgres import PostgresServer
from tests.small_school import SYSTEM, statements
from tests.tangled import reading, tangled_school

ROWS = 60
_ZEROS = "0000-0000-0000-000000000000"
pages = Pages(CATALOG)


@pytest.fixture(scope="module")
def school(server: PostgresServer, migrated_template: URL) -> Iterator[Database]:
    """The tangled school."""
    with tangled_school(server, migrated_template, ROWS) as school:
        yield school


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Anchors and pieces of a few rows, for a table of a few dozen."""
    monkeypatch.setattr(surveying, "STEP", 7)
    monkeypatch.setattr(guessing, "STEP", 7)
    monkeypatch.setattr(surveying, "ANCHORS", 20)
    monkeypatch.setattr(plans, "CHUNK", 11)
    monkeypatch.setattr(plans, "NEAR_END", 5)


def ids(uow: UnitOfWork, query: Query, want: Want) -> list[str | None]:
    """The ids of a page."""
    return [row[0] for row in pages.fetch(uow, query, (), want).rows]


def leads_everywhere(uow: UnitOfWork, query: Query, found: Positions) -> None:
    """Each place is reached by it, alone and beside neighbours."""
    everything = ids(uow, query, Want(0, 10_000))
    assert found.total == len(everything)
    for first in range(1, len(everything), 3):
        page = pages.fetch(uow, query, (), Want(first, 4, positions=found, total=found.total))
        assert [row[0] for row in page.rows] == everything[first : first + 4], first
        key = page.layout.key(page.rows[0])
        before = pages.fetch(uow, query, (), Want(max(first - 4, 0), 4, before=key, positions=found))
        assert [row[0] for row in before.rows] == everything[max(first - 4, 0) : first]
        assert ids(uow, query, Want(first + 1, 4, after=key, positions=found)) == everything[first + 1 : first + 5]
        assert ids(uow, query, Want(first, 4, at=key, positions=found)) == everything[first : first + 4]


def sortable(admin: EntityAdmin) -> list[str]:
    """The keys of the fields that a table may be sorted by."""
    return [field.key for field in admin.fields if not isinstance(field.kind, Secret)]


@pytest.mark.parametrize("name", PAGES)
def test_every_order_of_every_entity_is_reached_everywhere(school: Database, name: str) -> None:
    admin = PAGES[name]
    with reading(school) as uow:
        for key in ("id", *sortable(admin)):
            for descending in (False, True):
                query = Query(admin.entity, sorts=(Sort(key, descending),))
                found = pages.positions(uow, query)
                leads_everywhere(uow, query, found)
                leads_everywhere(uow, query.turned(), found.turned())


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    ("sorts", "way"),
    [
        ((Sort("id"),), "hops"),
        ((Sort("email"),), "hops"),
        ((Sort("full_name"), Sort("last_login_at", True)), "ids"),
        ((Sort("last_login_at"),), "ids"),
    ],
)
def test_each_order_has_its_way(school: Database, sorts: tuple[Sort, ...], way: str, descending: bool) -> None:
    query = Query(User, sorts=tuple(Sort(sort.key, sort.descending != descending) for sort in sorts))
    with reading(school) as uow:
        found = pages.positions(uow, query)
        leads_everywhere(uow, query, found)
        leads_everywhere(uow, query.turned(), found.turned())
    assert (["hops"] if isinstance(found, Anchors) else ["ids"]) == [way]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("key", ["student_id"])
def test_rows_of_what_they_refer_to_are_summed_up(school: Database, key: str, descending: bool) -> None:
    query = Query(Enrollment, sorts=(Sort(key, descending),))
    with reading(school) as uow:
        found = pages.positions(uow, query)
        assert isinstance(found, Anchors)
        assert len(found) > 1
        leads_everywhere(uow, query, found)
        leads_everywhere(uow, query.turned(), found.turned())
        leads_everywhere(uow, query, found.turned().turned())


def test_rows_are_summed_up_in_little_memory(school: Database) -> None:
    with reading(school) as uow:
        uow.execute(text("SET LOCAL work_mem = '1GB'"))
        pages.positions(uow, Query(Enrollment, sorts=(Sort("student_id"),)))
        assert uow.execute(text("SHOW work_mem")).scalar_one() == "4MB"
        pages.positions(uow, Query(Enrollment, sorts=(Sort("completed_at"),)))
        assert uow.execute(text("SHOW work_mem")).scalar_one() == "16MB"


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("key", ["id", "email"])
def test_where_an_index_leads_everywhere_rows_are_counted_on_the_way(
    school: Database, key: str, descending: bool
) -> None:
    query = Query(User, sorts=(Sort(key, descending),))
    with reading(school) as uow:
        found = pages.tally(uow, query)
        assert isinstance(found, Anchors)
        leads_everywhere(uow, query, found)
        for other in (Query(User, sorts=(Sort("last_login_at"),)), Query(User, sorts=(Sort("id"),), search="a")):
            assert pages.tally(uow, other) == pages.count(uow, other)


def test_where_very_many_rows_have_one_key_their_ids_are_taken(
    school: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surveying, "WIDEST", 0)
    query = Query(Enrollment, sorts=(Sort("student_id"),))
    with reading(school) as uow:
        found = pages.positions(uow, query)
        assert isinstance(found, IdBlock)
        leads_everywhere(uow, query, found)


def test_a_search_and_filters_have_places_too(school: Database) -> None:
    filters = (Filter("completed_at", Operator.EMPTY),)
    with reading(school) as uow:
        for query in (
            Query(Enrollment, filters=filters),
            Query(Enrollment, filters=filters, sorts=(Sort("student_id", True),)),
            Query(User, search="student", sorts=(Sort("role"), Sort("created_at", True))),
        ):
            leads_everywhere(uow, query, pages.positions(uow, query))


def test_rows_that_are_gone_are_made_up_for_by_their_neighbours(school: Database) -> None:
    query = Query(User, sorts=(Sort("last_login_at"),))
    with reading(school) as uow:
        found = pages.positions(uow, query)
        everything = ids(uow, query, Want(0, 1000))
    gone = everything[10:14]
    with school.engine.connect() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text("DELETE FROM users WHERE CAST(id AS text) = ANY(:ids)"), {"ids": gone})
        with_gone = UnitOfWork(connection, SYSTEM)
        assert ids(with_gone, query, Want(8, 4, positions=found)) == [*everything[8:10], *everything[14:16]]
        key = pages.fetch(with_gone, query, (), Want(14, 1, positions=found))
        before = Want(10, 4, before=key.layout.key(key.rows[0]), positions=found)
        assert ids(with_gone, query, before) == everything[6:10]
        connection.rollback()


def test_a_row_whose_key_has_changed_does_not_stand_where_it_stood(school: Database) -> None:
    query = Query(User, sorts=(Sort("last_login_at"),))
    with reading(school) as uow:
        found = pages.positions(uow, query)
        everything = pages.fetch(uow, query, (), Want(0, 1000))
    assert isinstance(found, IdBlock)
    there = [row[0] for row in everything.rows]
    moved = there[10:14]
    with school.engine.connect() as connection:
        change = "UPDATE users SET last_login_at = now() WHERE CAST(id AS text) = ANY(:ids)"
        connection.execute(text(change), {"ids": moved})
        later = UnitOfWork(connection, SYSTEM)
        assert ids(later, query, Want(8, 4, positions=found)) == [*there[8:10], *there[14:16]]
        truth = ids(later, query, Want(0, 1000))
        (edge,) = pages.fetch(later, query, (), Want(truth.index(moved[0]), 1)).rows
        after = Want(14, 4, after=everything.layout.key(edge), positions=found)
        assert ids(later, query, after) == truth[truth.index(moved[0]) + 1 :][:4], "where it stands now"
        connection.rollback()


@pytest.mark.parametrize("descending", [False, True])
def test_rows_with_nothing_to_be_sorted_by_are_sorted_as_ids_alone(school: Database, descending: bool) -> None:
    query = Query(Enrollment, sorts=(Sort("completed_at", descending),))
    plan = plans.Plan(CATALOG, SYSTEM, query, ())
    with school.engine.connect() as connection:
        connection.execute(text("SET LOCAL enable_indexscan = off"))
        said = connection.execute(text(f"EXPLAIN (VERBOSE) {literally(school, plan)}"))
        lines = [str(line).strip() for (line,) in said]
    of_sorts = [lines[at + 1] for at, line in enumerate(lines) if "Sort  (" in line]
    assert sorted(line.count(",") for line in of_sorts) == [0, 1], "ids, and ids with their dates"
    with reading(school) as uow:
        found = pages.positions(uow, query)
        assert isinstance(found, IdBlock)
        rows = uow.execute(text("SELECT CAST(id AS text), hash_record(row(completed_at)) FROM enrollments")).all()
    assert {(entry.id, entry.mark) for entry in found.entries(0, ROWS)} == {(row_id, mark) for row_id, mark in rows}


def literally(school: Database, plan: plans.Plan) -> str:
    """The statement that reads the ids of a plan, with its values in it."""
    return str(union_all(*plan._sorted_ids()).compile(school.engine, compile_kwargs={"literal_binds": True}))


def test_many_ids_may_take_long_over_a_slow_line(school: Database) -> None:
    plan = plans.Plan(CATALOG, SYSTEM, Query(User, sorts=(Sort("last_login_at"),)), ())
    with reading(school) as uow:
        assert isinstance(surveying.survey(uow, plan, 2_000_000), IdBlock)
        assert uow.execute(text("SHOW statement_timeout")).scalar_one() == "520s"


def test_a_block_of_ids_for_which_there_is_no_room_is_none() -> None:
    entries = bytes(ENTRY_BYTES * 100)
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(entries) + ENTRY_BYTES // 2, former[1]))
    try:
        with pytest.raises(OSError, match="large"):
            IdBlock(lambda take: [take(entries), take(entries)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)


def test_who_forgets_a_block_of_ids_does_not_wait_for_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    closing, closed = list[int](), threading.Event()

    class Watched(FileIO):
        def close(self) -> None:
            if not self.closed:
                closing.append(threading.get_ident())
                super().close()
                closed.set()

    def temporary(**_: object) -> FileIO:
        return Watched(os.dup(file.fileno()), "r+b")

    with tempfile.TemporaryFile() as file:
        monkeypatch.setattr(tempfile, "TemporaryFile", temporary)
        block = IdBlock(lambda take: take(bytes(ENTRY_BYTES)))
        assert len(block.entries(0, 5)) == 1
        del block
        assert closed.wait(10)
    assert len(closing) == 1
    assert closing[0] != threading.get_ident()


def test_a_block_of_ids_is_read_without_sorting(school: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, admin in PAGES.items():
        for key in sortable(admin):
            query = Query(admin.entity, sorts=(Sort(key), Sort("id")))
            with reading(school) as uow:
                found = pages.positions(uow, query)
                if isinstance(found, Anchors):
                    continue
                row = pages.fetch(uow, query, (), Want(20, 1, positions=found)).rows[0]
                plan = plans.Plan(CATALOG, SYSTEM, query, ())
                with monkeypatch.context() as patch:
                    patch.setattr(plan, "_way", None)
                    page = plan.fetch(uow, Want(21, 5, after=plan.layout.key(row), positions=found))
                assert len(page.rows) == 5, (name, key)


def test_the_statistics_tell_about_where_an_id_is(school: Database) -> None:
    with reading(school) as uow:
        for sorts in ((Sort("id"),), (Sort("id", True),)):
            query = Query(Enrollment, sorts=sorts)
            found = pages.guess(uow, query)
            assert found is not None
            everything = ids(uow, query, Want(0, 1000))
            for first in range(5, ROWS, 9):
                (row_id,) = ids(uow, query, Want(first, 1, positions=found))
                assert abs(everything.index(row_id) - first) <= 2


@pytest.mark.parametrize("descending", [False, True])
def test_random_ids_tell_by_themselves_about_where_they_are(
    school: Database, monkeypatch: pytest.MonkeyPatch, descending: bool
) -> None:
    monkeypatch.setattr(guessing, "SCATTER", 0.5)  # so few ids are far from even
    query = Query(Enrollment, sorts=(Sort("id", descending),))
    with school.engine.connect() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE enrollments SET id = gen_random_uuid()"))
        connection.execute(text("ANALYZE enrollments"))
        uow = UnitOfWork(connection, SYSTEM)
        found = Pages(CATALOG).guess(uow, query)
        assert found is not None
        assert len(found) == ROWS // guessing.STEP - 1
        everything = ids(uow, query, Want(0, 1000))
        for first in range(5, ROWS, 9):
            reached = ids(uow, query, Want(first, 1, positions=found)) or everything[-1:]
            assert abs(everything.index(reached[0]) - first) < ROWS / 3
        connection.rollback()


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(("part", "alone", "serial"), [(32_000, False, False), (32_000, True, True), (8, False, True)])
def test_random_ids_are_counted_in_parts_by_all_processors(
    school: Database,
    monkeypatch: pytest.MonkeyPatch,
    part: int,
    alone: bool,
    serial: bool,
    descending: bool,
) -> None:
    monkeypatch.setattr(guessing, "SCATTER", 1.0)
    for name, value in {"MANY": 1, "PARTS": 8, "PART": part}.items():
        monkeypatch.setattr(surveying, name, value)
    query = Query(Enrollment, sorts=(Sort("id", descending),))
    with school.engine.connect() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        numbered = "SELECT id, row_number() OVER (ORDER BY id) AS n FROM enrollments"
        drawn = (
            f"UPDATE enrollments e SET id = CAST(md5(CAST(n AS text)) AS uuid) FROM ({numbered}) r WHERE r.id = e.id"
        )
        connection.execute(text(drawn))  # the same each time
        # Two parts have no row, one has many, and at the ends of others there is one.
        crowd = "'c' || substr(CAST(id AS text), 2)"
        connection.execute(text(f"UPDATE enrollments SET id = CAST({crowd} AS uuid) WHERE id < '40000000-{_ZEROS}'"))
        for row_id in (f"60000000-{_ZEROS}", f"80000000-{_ZEROS}", "ffffffff-ffff-ffff-ffff-ffffffffffff"):
            chosen = (
                "SELECT id FROM enrollments WHERE id < 'ff000000-0000-0000-0000-000000000000' ORDER BY id DESC LIMIT 1"
            )
            connection.execute(text(f"UPDATE enrollments SET id = '{row_id}' WHERE id = ({chosen})"))
        connection.execute(text("ANALYZE enrollments"))
        uow = UnitOfWork(connection, SYSTEM)
        found = Pages(CATALOG).positions(uow, query, alone=alone)
        assert isinstance(found, Anchors)
        assert (connection.execute(text("SHOW max_parallel_workers_per_gather")).scalar_one() == "0") is serial
        assert found.total == ROWS
        leads_everywhere(uow, query, found)
        leads_everywhere(uow, query.turned(), found.turned())
        leads_everywhere(uow, query, found.turned().turned())
        connection.rollback()


def test_the_ids_take_no_memory_and_their_file_no_name(school: Database) -> None:
    with reading(school) as uow:
        found = pages.positions(uow, Query(User, sorts=(Sort("last_login_at"),)))
    assert isinstance(found, IdBlock)
    assert found.entries(ROWS - 2, 10) == found.entries(ROWS - 2, 2)
    assert found.entries(ROWS + 5, 10) == []
    assert found.find("00000000-0000-0000-0000-000000000000", 10) is None
    assert len(found.entries(0, 100)) == found.total == ROWS
    assert positions.ENTRY_BYTES == 20


@pytest.mark.parametrize("key", ["email", "last_login_at"])
def test_a_place_that_is_found_quickly_is_the_row_s(
    school: Database, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    query = Query(User, sorts=(Sort(key),))
    with reading(school) as uow:
        everything = ids(uow, query, Want(0, 10_000))
    for place in (0, 17, len(everything) - 1):
        with reading(school) as uow:
            row_id = everything[place] or ""
            assert pages.place_soon(uow, query, row_id) == (place, pages.key(uow, query, row_id))
    with reading(school) as uow:
        assert pages.place_soon(uow, query, "00000000-0000-0000-0000-00000000dead") is None
    monkeypatch.setattr(pages_module, "FEW", -2)  # as if there were too many to look through
    with reading(school) as uow:
        assert (pages.place_soon(uow, query, everything[17] or "") is None) == (key == "last_login_at")


@pytest.mark.parametrize("descending", [False, True])
def test_a_place_that_is_written_down_is_found_wherever_it_is(
    descending: bool, school: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_module, "FEW", -2)
    monkeypatch.setattr(positions, "NEARBY", 7)  # as if they came in many parts
    query, turned = (Query(User, sorts=(Sort("last_login_at", descending=d),)) for d in (descending, not descending))
    with reading(school) as uow:
        block = pages.positions(uow, turned).turned()
        everything = ids(uow, query, Want(0, 10_000))
        assert isinstance(block, IdBlock)
        assert block.total == len(everything) == ROWS
    for place in (0, 6, 7, 8, ROWS - 1):
        with reading(school) as uow:
            row_id = everything[place] or ""
            assert pages.place_soon(uow, query, row_id, block) == (place, pages.key(uow, query, row_id))
    with reading(school) as uow:
        assert pages.place_soon(uow, query, "00000000-0000-0000-0000-00000000dead", block) is None
    with school.engine.connect() as connection:
        uow = UnitOfWork(connection, SYSTEM)
        moved = everything[30] or ""
        uow.execute(text("UPDATE users SET last_login_at = '2001-01-01' WHERE id = :id"), {"id": moved})
        assert pages.place_soon(uow, query, moved, block) is None, "it stands elsewhere by now"
        connection.rollback()


def test_a_place_that_is_not_found_quickly_is_given_up(school: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(uow: UnitOfWork, query: Query, key: object) -> int:
        uow.execute(text("SELECT pg_sleep(30)"))
        return 0

    query = Query(User, sorts=(Sort("email"),))
    with reading(school) as uow:
        row_id = ids(uow, query, Want(0, 1))[0] or ""
        monkeypatch.setattr(pages, "before", slow)
        assert pages.place_soon(uow, query, row_id) is None


def test_who_has_an_index_sorts_fast(school: Database) -> None:
    with reading(school) as uow:
        slow = {key: pages.sorts_slowly(uow, Query(User, sorts=(Sort(key),))) for key in sortable(PAGES["users"])}
        assert not slow["email"]
        assert slow["last_login_at"]
        assert not pages.sorts_slowly(uow, Query(Enrollment, sorts=(Sort("id"),)))


@pytest.mark.parametrize("name", ["users", "enrollments", "progress", "certificates", "attempts", "sessions"])
def test_what_a_school_has_many_of_opens_in_an_order_that_an_index_has(name: str, school: Database) -> None:
    with reading(school) as uow:
        assert not pages.sorts_slowly(uow, Query(PAGES[name].entity))


IN_BULK = [(name, f.key) for name, admin in PAGES.items() for f in admin.fields if getattr(f, "in_bulk", None)]


@pytest.mark.parametrize(("name", "key"), IN_BULK)
def test_what_is_worked_out_in_bulk_is_what_is_worked_out_row_by_row(school: Database, name: str, key: str) -> None:
    admin = PAGES[name]
    field = admin.field(key)
    assert isinstance(field, Computed)
    assert field.in_bulk is not None
    bulk, entity = field.in_bulk(admin.entity), admin.entity
    one = field.expression(entity)
    statement = select(one, bulk.expression, func.pg_typeof(one) == func.pg_typeof(bulk.expression)).select_from(entity)
    for target, condition in bulk.joins:
        statement = statement.outerjoin(target, condition)
    with school.engine.connect() as connection:
        connection.execute(
            text("DELETE FROM certificates WHERE id IN (SELECT id FROM certificates ORDER BY id LIMIT 5)")
        )
        found = connection.execute(statement).all()
        rows = connection.execute(select(func.count()).select_from(entity)).scalar_one()
        connection.rollback()
    assert len(found) == rows, "one each"
    assert all(alone == together and same for alone, together, same in found)
    assert len({alone for alone, *_ in found}) > 1


def test_all_rows_are_ordered_in_bulk_and_few_row_by_row(school: Database) -> None:
    """Where a filter leaves few rows, only theirs are worked out."""
    entity, sorts = PAGES["enrollments"].entity, (Sort("progress"),)
    catalog_plan = partial(plans.Plan, CATALOG, SYSTEM)
    everything = catalog_plan(Query(entity, sorts=sorts), ())
    few = catalog_plan(Query(entity, sorts=sorts, filters=(Filter("completed_at", Operator.NOT_EMPTY),)), ())
    assert "GROUP BY" in str(everything.ids())
    assert "GROUP BY" not in str(few.ids())


@pytest.mark.parametrize(("limit", "taken"), [(0, "0"), (0.5, "2min"), (15, "2min"), (300, "5min"), (86400, "1d")])
def test_an_order_that_is_worked_out_may_take_long_and_never_less_than_all_else(
    school: Database, limit: float, taken: str
) -> None:
    engine = make_engine(school.engine.url, Settings(statement_timeout=limit))
    with gate.reading(Database(engine), SYSTEM) as uow:
        pages.fetch(uow, Query(Enrollment, sorts=(Sort("progress"),)), ("progress",), Want(0, 5))
        assert uow.execute(text("SHOW statement_timeout")).scalar_one() == taken
    engine.dispose()


@pytest.mark.parametrize("look", [Pages.tally, Pages.positions])
def test_about_where_rows_are_is_known_before_all_are_counted(
    school: Database, look: Callable[[Pages, UnitOfWork, Query], object]
) -> None:
    fresh, query = Pages(CATALOG), Query(User, sorts=(Sort("id"),))
    with reading(school) as uow:
        with statements(school) as seen:
            look(fresh, uow, query)
            fresh.guess(uow, query)
        asked = [next((word for word in ("pg_stats", "RECURSIVE") if word in statement), "") for statement in seen]
        assert list(filter(None, asked)) == ["pg_stats", "RECURSIVE"]
