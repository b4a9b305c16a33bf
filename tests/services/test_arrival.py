"""What stands behind an address, and what a first run makes of it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL

from lms_desktop.config import Settings
from lms_desktop.database.change_log import LogState
from lms_desktop.database.engine import make_engine
from lms_desktop.database.migrations import Lineage, MigrationRunner
from lms_desktop.services.arrival import Arrival, Attempt
from lms_desktop.services.upgrading import Upgrade
from tests.postgres import plain_connection


@pytest.fixture
def arrivals() -> Iterator[list[Arrival]]:
    """What was reached; closed at the end."""
    reached: list[Arrival] = []
    yield reached
    for arrival in reached:
        arrival.database.dispose()


def test_an_empty_database_gets_the_change_log_with_its_tables(empty_database: URL, arrivals: list[Arrival]) -> None:
    arrivals.append(Attempt(empty_database, Settings()).run())
    assert (arrivals[0].state.kind, arrivals[0].log) == ("empty", LogState())
    after = Upgrade(arrivals[0], lambda step: None).run()
    assert after.state.kind == "current"
    assert after.log == LogState(installed=True, usable=True)


def test_a_school_that_others_work_with_is_left_without_until_somebody_wants_it(
    empty_database: URL, arrivals: list[Arrival]
) -> None:
    engine = make_engine(empty_database, Settings())
    MigrationRunner(engine).upgrade("0003_phase1_infrastructure_indexes")
    arrivals.append(Attempt(empty_database, Settings()).run())
    assert arrivals[0].state.kind == "behind"
    after = Upgrade(arrivals[0], lambda step: None).run()
    assert after.state.kind == "current"
    assert after.log == LogState()
    assert not after.log.on
    assert after.log.why_off == "The change log is not installed in this database."
    engine.dispose()


def test_tables_that_come_after_the_log_are_covered_by_it(empty_database: URL, arrivals: list[Arrival]) -> None:
    engine = make_engine(empty_database, Settings())
    MigrationRunner(engine).upgrade("0003_phase1_infrastructure_indexes")
    MigrationRunner(engine, Lineage.OWN).upgrade()
    MigrationRunner(engine).upgrade()
    arrivals.append(Attempt(empty_database, Settings()).run())
    assert arrivals[0].log == LogState(installed=True, usable=True)
    engine.dispose()


def test_a_table_whose_trigger_is_missing_is_named(database_url: URL, arrivals: list[Arrival]) -> None:
    with plain_connection(database_url) as connection, connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER lms_desktop_update ON quizzes")
        cursor.execute("ALTER TABLE lessons DISABLE TRIGGER lms_desktop_insert")
        connection.commit()
    arrivals.append(Attempt(database_url, Settings()).run())
    assert arrivals[0].log.uncovered == ("lessons", "quizzes")
    assert arrivals[0].log.on
