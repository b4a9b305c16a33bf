"""What the server tells of all that was ever written: which table it was, and that nothing was where nothing was."""

import pytest
from sqlalchemy import URL, func, select, text
from sqlalchemy.exc import DBAPIError

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import User
from lms_desktop.models.desk import as_worker
from lms_desktop.services import gate, writes
from lms_desktop.services.pages import Pages
from lms_desktop.services.writes import Writes
from lms_desktop.spec import Query
from tests.small_school import actor, opened

TABLES = ("users", "courses", "lessons")


RENAME = "SET allow_system_table_mods = on; ALTER VIEW pg_catalog.pg_stat_bgwriter RENAME TO pg_stat_of_another_kind"
"""The server is one that has no such view."""
CLERK = "CREATE ROLE clerk_of_statistics; GRANT SELECT ON ALL TABLES IN SCHEMA public TO clerk_of_statistics"
CLOSE = "REVOKE SELECT ON pg_catalog.pg_stat_bgwriter FROM PUBLIC"
NO_CLERK = "DROP OWNED BY clerk_of_statistics; DROP ROLE clerk_of_statistics"


def asked(school: Database) -> Writes:
    with as_worker(), school.reading(actor("admin")) as uow:
        found = writes.writes(uow, TABLES)
    assert found is not None
    return found


def write(school: Database, statement: str) -> None:
    """Write, and have it counted at once."""
    with as_worker(), school.engine.connect() as connection:
        connection.execute(text(statement))
        connection.commit()
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
        connection.commit()


def changed(before: Writes, after: Writes) -> set[str]:
    assert before.counts is not None
    assert after.counts is not None
    assert before.moment != after.moment
    return {table for table in TABLES if before.counts[table] != after.counts[table]}


def test_each_way_to_write_is_told_of_the_table_that_was_written_to(database_url: URL) -> None:
    with opened(database_url) as school:
        write(school, "SELECT 1")  # what the school was made of is counted
        for statement, table in (
            ("UPDATE users SET full_name = full_name", "users"),
            (
                "INSERT INTO courses (id, title, slug, is_published, instructor_id)"
                " SELECT gen_random_uuid(), 'New', 'new', false, id FROM users LIMIT 1",
                "courses",
            ),
            ("DELETE FROM courses WHERE slug = 'new'", "courses"),
            ("TRUNCATE lessons CASCADE", "lessons"),
        ):
            before = asked(school)
            write(school, statement)
            told = changed(before, asked(school))
            assert table in told
            assert "users" not in told - {table}


def test_what_is_written_elsewhere_changes_the_moment_alone(database_url: URL) -> None:
    with opened(database_url) as school:
        write(school, "SELECT 1")  # what the school was made of is counted
        before = asked(school)
        write(school, "CREATE TABLE elsewhere (id int)")
        assert not changed(before, asked(school))


def test_a_table_that_is_not_there_is_no_mistake(database_url: URL) -> None:
    with opened(database_url) as school, as_worker(), school.reading(actor("admin")) as uow:
        found = writes.writes(uow, ("users", "nowhere"))
        assert found is not None
        assert found.counts is not None
        assert found.counts["nowhere"] == (0, 0, 0, 0)


def all_is_read_but_what_was_written(school: Database, role: str = "") -> None:
    with as_worker(), gate.reading(school, actor("admin")) as uow:
        if role:
            uow.execute(text(f"SET LOCAL ROLE {role}"))
        assert Pages(CATALOG).moment(uow, Query(User)) is None
        assert writes.writes(uow, TABLES) is None
        assert uow.execute(select(func.count()).select_from(User)).scalar_one() > 0


def test_where_the_server_keeps_no_such_statistics_all_else_is_read(database_url: URL) -> None:
    with opened(database_url) as school:
        write(school, RENAME)
        all_is_read_but_what_was_written(school)


def test_where_the_server_shows_nobody_its_statistics_all_else_is_read(database_url: URL) -> None:
    with opened(database_url) as school:
        write(school, CLERK)
        try:
            write(school, CLOSE)
            all_is_read_but_what_was_written(school, "clerk_of_statistics")
        finally:
            write(school, NO_CLERK)


def test_what_was_stopped_was_not_refused(database_url: URL) -> None:
    with opened(database_url) as school, as_worker(), gate.reading(school, actor("admin")) as uow:
        uow.execute(text("SET LOCAL statement_timeout = 1"))
        with pytest.raises(DBAPIError):
            writes.writes(uow, ("users",) * 100_000)
