"""Bringing a database to the head from inside the application."""

import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.migrations import MIGRATION_LOCK, MigrationRunner, Step
from lms_desktop.errors import Busy, Cancelled, UserError
from tests.document import REVISIONS, document_at, facts_of


@pytest.fixture
def engine(empty_database: sa.URL) -> Iterator[sa.Engine]:
    """An empty database under limits that no migration could live with."""
    engine = make_engine(empty_database, Settings(statement_timeout=0.5, idle_timeout=0.5, pool_size=1))
    yield engine
    engine.dispose()


def run(engine: sa.Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)


def facts(engine: sa.Engine) -> set[str]:
    with engine.connect() as connection:
        return facts_of(connection)


def test_an_empty_database_awaits_every_revision(engine: sa.Engine) -> None:
    state = MigrationRunner(engine).status()
    assert (state.kind, state.current, state.head) == ("empty", None, REVISIONS[-1])
    assert tuple(revision.id for revision in state.pending) == REVISIONS
    assert state.pending[5].description == "Email verification field."
    assert state.can_upgrade


def test_looking_changes_nothing(engine: sa.Engine) -> None:
    MigrationRunner(engine).status()
    with engine.connect() as connection:
        assert sa.inspect(connection).get_table_names() == []


def test_an_upgrade_tells_each_step_and_ends_at_the_head(engine: sa.Engine) -> None:
    steps: list[Step] = []
    state = MigrationRunner(engine).upgrade(on_step=steps.append)
    assert (state.kind, state.current, state.pending) == ("current", REVISIONS[-1], ())
    assert [(step.revision.id, step.number, step.total) for step in steps] == [
        (revision, number, 7) for number, revision in enumerate(REVISIONS, 1)
    ]
    assert facts(engine) == document_at(7)


def test_an_upgrade_goes_as_far_as_it_is_told_and_on_from_there(engine: sa.Engine) -> None:
    runner, steps = MigrationRunner(engine), list[Step]()
    state = runner.upgrade(REVISIONS[2], steps.append)
    assert (state.kind, state.current) == ("behind", REVISIONS[2])
    assert tuple(revision.id for revision in state.pending) == REVISIONS[3:]
    assert steps[-1].number == steps[-1].total == 3
    assert runner.upgrade(on_step=steps.append).kind == "current"
    assert (steps[3].revision.id, steps[3].number, steps[3].total) == (REVISIONS[3], 1, 4)


def test_upgrading_what_is_current_does_nothing(engine: sa.Engine) -> None:
    runner = MigrationRunner(engine)
    runner.upgrade()
    assert runner.upgrade(on_step=lambda step: pytest.fail(f"{step} was applied")).kind == "current"


def test_a_database_taken_back_to_the_base_is_empty_again(engine: sa.Engine) -> None:
    run(engine, "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
    runner = MigrationRunner(engine)
    assert runner.status().kind == "empty"
    assert runner.upgrade().kind == "current"


def test_a_failure_in_the_middle_leaves_the_database_as_it_was(engine: sa.Engine) -> None:
    def fail_at_the_fifth(step: Step) -> None:
        if step.number == 5:
            raise RuntimeError("the fifth")

    runner = MigrationRunner(engine)
    with pytest.raises(RuntimeError, match="the fifth"):
        runner.upgrade(on_step=fail_at_the_fifth)
    assert runner.status().kind == "empty"
    assert facts(engine) == set()
    assert runner.upgrade().kind == "current"


def test_a_database_of_a_newer_program_is_left_alone(engine: sa.Engine) -> None:
    runner = MigrationRunner(engine)
    runner.upgrade()
    run(engine, "UPDATE alembic_version SET version_num = '0008_from_the_future'")
    state = runner.status()
    assert (state.kind, state.current, state.can_upgrade) == ("ahead", "0008_from_the_future", False)
    with pytest.raises(UserError, match="0008_from_the_future"):
        runner.upgrade()


@pytest.mark.parametrize("table", ["users", "somebody_elses"])
def test_tables_without_a_revision_are_left_alone(engine: sa.Engine, table: str) -> None:
    run(engine, f"CREATE TABLE {table} (id integer)")
    runner = MigrationRunner(engine)
    assert (runner.status().kind, runner.status().can_upgrade) == ("unversioned", False)
    with pytest.raises(UserError, match="no record of which revision"):
        runner.upgrade()


@pytest.mark.parametrize("revision", [REVISIONS[0], REVISIONS[6], "0008_from_the_future"])
def test_another_programs_database_is_recognised_whatever_it_calls_itself(engine: sa.Engine, revision: str) -> None:
    run(engine, "CREATE TABLE users (id serial PRIMARY KEY, login text); CREATE TABLE orders (id serial PRIMARY KEY)")
    run(engine, f"CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('{revision}')")
    runner = MigrationRunner(engine)
    state = runner.status()
    assert (state.kind, state.current, state.can_upgrade) == ("foreign", revision, False)
    with pytest.raises(UserError, match="its tables are not those of the LMS"):
        runner.upgrade()


def test_a_version_table_of_another_kind_is_no_mistake_of_the_program(engine: sa.Engine) -> None:
    run(engine, "CREATE TABLE alembic_version (id integer)")
    assert MigrationRunner(engine).status().kind == "unversioned"


def test_while_somebody_else_migrates_it_says_who(engine: sa.Engine) -> None:
    runner = MigrationRunner(engine)
    with engine.connect() as other:
        other.execute(sa.select(sa.func.pg_advisory_lock(MIGRATION_LOCK)))
        other.commit()
        with pytest.raises(Busy, match=rf"{engine.url.username} @ ") as busy:
            runner.upgrade(lock_timeout=0.1)
        other.invalidate()
    assert "by somebody else" in busy.value.text
    assert runner.upgrade().kind == "current"


def test_a_table_in_use_is_waited_for_no_longer_than_told(engine: sa.Engine) -> None:
    runner = MigrationRunner(engine)
    runner.upgrade(REVISIONS[5])
    with engine.connect() as reader:
        reader.exec_driver_sql("SET idle_in_transaction_session_timeout = 0")
        reader.exec_driver_sql("SELECT FROM users")
        with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
            runner.upgrade(lock_timeout=0.1)
        reader.invalidate()
    assert runner.status().current == REVISIONS[5]
    assert runner.upgrade().kind == "current"


def test_a_long_revision_outlives_the_limit_of_ordinary_statements(engine: sa.Engine) -> None:
    seen: list[object] = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def look(connection: sa.Connection, cursor: object, statement: str, *_: object) -> None:
        if statement.strip().startswith("CREATE TABLE users"):
            own = connection.connection.cursor()
            own.execute("SHOW statement_timeout")
            seen.extend(own.fetchone() or ())

    MigrationRunner(engine).upgrade()
    assert seen == ["0"]


def test_cancelling_stops_the_statement_and_changes_nothing(engine: sa.Engine) -> None:
    runner, reached = MigrationRunner(engine), threading.Event()
    runner.upgrade(REVISIONS[5])
    outcome: list[BaseException] = []

    def upgrade() -> None:
        try:
            runner.upgrade(lock_timeout=60)
        except Cancelled as error:
            outcome.append(error)

    @sa.event.listens_for(engine, "before_cursor_execute")
    def notice(connection: sa.Connection, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("ALTER TABLE users"):
            reached.set()

    with engine.connect() as reader:
        reader.exec_driver_sql("SET idle_in_transaction_session_timeout = 0")
        reader.exec_driver_sql("SELECT FROM users")
        thread = threading.Thread(target=upgrade)
        thread.start()
        assert reached.wait(20)
        while thread.is_alive():  # a cancel that comes before the statement does nothing
            runner.cancel()
            thread.join(0.05)
    assert len(outcome) == 1
    assert runner.status().current == REVISIONS[5]


def test_cancelling_between_two_revisions_stops_before_the_next(engine: sa.Engine) -> None:
    runner, steps = MigrationRunner(engine), list[Step]()

    def cancel_at_the_second(step: Step) -> None:
        steps.append(step)
        if step.number == 2:
            runner.cancel()

    with pytest.raises(Cancelled):
        runner.upgrade(on_step=cancel_at_the_second)
    assert len(steps) == 2
    assert runner.status().kind == "empty"
    assert runner.upgrade().kind == "current"


def test_an_upgrade_leaves_no_connection_and_no_lock_behind(engine: sa.Engine) -> None:
    MigrationRunner(engine).upgrade()
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted")) == 0
        assert connection.scalar(sa.text("SHOW statement_timeout")) == "500ms"
