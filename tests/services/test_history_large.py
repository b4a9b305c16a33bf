"""A large log: its lists and its operations are read as fast as a person expects, whatever it holds."""

from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import URL, text

from lms_desktop.admin import CATALOG
from lms_desktop.admin.logs import LOGS
from lms_desktop.database.unit_of_work import Database, UnitOfWork
from lms_desktop.entities import User
from lms_desktop.services import gate
from lms_desktop.services.history import History
from lms_desktop.services.log_conditions import DeletedList, OperationList, record_filter
from lms_desktop.services.log_pages import LogPages
from lms_desktop.services.pages import Want
from lms_desktop.spec import Filter, Operator, Query
from tests.small_school import actor, opened

HISTORY, PAGES = History(CATALOG), LogPages(CATALOG, LOGS)
COLUMNS = {OperationList: ("at", "person", "said", "rows", "state"), DeletedList: ("title", "entity", "at", "along")}

FILL = (
    "INSERT INTO lms_desktop.operations (id, actor_name, sentence)"
    " SELECT gen_random_uuid(), 'Admin', 'Changed it.' FROM generate_series(1, :n / 5)",
    "INSERT INTO lms_desktop.changes (operation, entity, row_id, action, before, after) SELECT g / 4 + 1,"
    " (ARRAY['enrollments', 'lesson_progress', 'users', 'lessons'])[1 + g % 4], gen_random_uuid(), 'U',"
    """ '{"title": "a"}', '{"title": "b"}' FROM generate_series(0, :n * 3 / 4 - 1) g""",
    "INSERT INTO lms_desktop.changes (operation, entity, row_id, action, before) SELECT :n / 5 - 10, CASE"
    " WHEN g = :n / 4 THEN 'courses' WHEN g % 5 = 0 THEN 'enrollments' ELSE 'lesson_progress' END,"
    """ gen_random_uuid(), 'D', '{"title": "Gone", "created_at": "2026-01-01 00:00:00+00"}'"""
    " FROM generate_series(1, :n / 4) g",
    "INSERT INTO lms_desktop.changes (operation, entity, row_id, action, before, after)"
    " SELECT g, 'certificates', gen_random_uuid(), 'U', '{}', '{}' FROM generate_series(1, 20) g",
)
"""Four changes an operation; one that deleted a course with a quarter of all rows; a few to certificates, long ago."""


@pytest.fixture
def database(database_url: URL) -> Iterator[Database]:
    """The small school."""
    with opened(database_url) as database:
        yield database


@pytest.mark.parametrize(
    "changes", [20_000, pytest.param(1_000_000, marks=[pytest.mark.slow, pytest.mark.timeout(900)])]
)
def test_everything_is_read_within_a_second_or_two(database: Database, changes: int) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        for statement in FILL:
            connection.execute(text(statement), {"n": changes})

    def value(question: str) -> str:
        with database.engine.connect() as connection:
            return str(connection.execute(text(question)).scalar_one())

    deleting = value(f"SELECT id FROM lms_desktop.operations WHERE seq = {changes // 5 - 10}")
    person = value("SELECT row_id FROM lms_desktop.changes WHERE operation = 5 AND entity = 'users' LIMIT 1")

    def page(of: Any, *filters: Filter, first: int = 0) -> Callable[[UnitOfWork], Any]:
        return lambda uow: PAGES.fetch(uow, Query(of, filters=filters), COLUMNS[of], Want(first, 100)).rows

    certificates = Filter("entity", Operator.ONE_OF, ("certificates",))
    reads: dict[str, tuple[Callable[[UnitOfWork], Any], int]] = {
        "the newest": (page(OperationList), 100),
        "those in the middle": (page(OperationList, first=changes // 10), 100),
        "of one entity, the last of long ago": (page(OperationList, certificates), 20),
        "of one record": (page(OperationList, record_filter(User, person)), 1),
        "of one record, in its form": (lambda uow: HISTORY.record(uow, User, person), 1),
        "a large one": (lambda uow: HISTORY.operation(uow, deleting).counts, 3),
        "the course among its rows": (lambda uow: HISTORY.changes(uow, deleting, table="courses"), 1),
        "its other rows": (lambda uow: HISTORY.changes(uow, deleting, table="lesson_progress"), 50),
        "what was deleted": (page(DeletedList), 1),
        "enrollments that were deleted": (page(DeletedList, Filter("entity", Operator.ONE_OF, ("enrollments",))), 100),
    }
    took = {}
    for name, (read, expected) in reads.items():
        start = perf_counter()
        with gate.reading(database, actor("admin")) as uow:
            found = read(uow)
        took[name] = perf_counter() - start
        assert len(found) == expected, name
    print({name: f"{1000 * seconds:.0f} ms" for name, seconds in took.items()})
    assert max(took.values()) < 3, took
