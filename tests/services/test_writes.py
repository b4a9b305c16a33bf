"""What the server tells of all that was ever written: which table it was, and that nothing was where nothing was."""

from sqlalchemy import URL, text

from lms_desktop.database.unit_of_work import Database
from lms_desktop.models.desk import as_worker
from lms_desktop.services import writes
from lms_desktop.services.writes import Writes
from tests.small_school import actor, opened

TABLES = ("users", "courses", "lessons")


def asked(school: Database) -> Writes:
    with as_worker(), school.reading(actor("admin")) as uow:
        return writes.writes(uow, TABLES)


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
        assert found.counts is not None
        assert found.counts["nowhere"] == (0, 0, 0, 0)
