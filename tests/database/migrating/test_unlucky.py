"""Migrations that are written badly, and those to which the worst happens at the worst moment."""

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.migrating import crew, fingerprint
from lms_desktop.database.migrating.events import (
    Event,
    Limits,
    StatementDone,
    StepBegan,
    StepDone,
    TriedInVain,
    Waiting,
)
from lms_desktop.database.migrating.failures import StepFailed, Stopped
from lms_desktop.database.migrating.lineages import Lineage, folder_of
from lms_desktop.database.migrating.rehearsal import Rehearse
from lms_desktop.database.migrating.running import Migrate
from lms_desktop.database.migrating.sessions import wait_for_the_others
from lms_desktop.database.migrating.source import Source
from lms_desktop.database.migrating.stopping import TooLong
from lms_desktop.database.migrating.verifying import stamp
from lms_desktop.errors import BadValue, Cancelled, UserError
from tests.database.migrating.acting import DOCUMENT, catalogue, made, migrate, run, standing, with_revisions
from tests.database.migrating.test_running import HASTY, add_people
from tests.document import REVISIONS
from tests.walks.wire import Wire

ASKS = "op.get_bind().exec_driver_sql('SELECT 1').scalar()"
"""Only a database tells what a revision that begins like this does."""


def written(folder: Path, *up: str, down: tuple[str, ...] = ("pass",)) -> Source:
    """The document's lineage, and after it a revision that consists of these lines."""
    lines = ('"""Odd."""', "from alembic import op", 'revision = "t1_odd"', f'down_revision = "{REVISIONS[-1]}"')
    bodies = ("def upgrade():", *(f"    {line}" for line in up), "def downgrade():", *(f"    {line}" for line in down))
    (folder / "t1_odd.py").write_text("\n".join((*lines, *bodies)) + "\n")
    return Source(Lineage.DOCUMENT, (folder_of(Lineage.DOCUMENT), folder))


def failed(engine: sa.Engine, source: Source) -> StepFailed:
    with pytest.raises(StepFailed) as failure:
        Migrate(engine, source, limits=HASTY).run(made(engine, source))
    return failure.value


# ------------------------------------------------------------------------------------------------------ written badly


def test_a_revision_that_fails_half_done_is_not_said_to_have_changed_nothing(bare: sa.Engine, tmp_path: Path) -> None:
    source = written(
        tmp_path,
        "op.execute('ALTER TABLE users ADD half text')",
        "with op.get_context().autocommit_block():",
        "    op.execute('SELECT 1/0')",
    )
    assert failed(bare, source).state == (
        f"The database is at {REVISIONS[-1]}. What t1_odd did until then may have stayed, because it commits in its"
        " midst."
    )


@pytest.mark.parametrize("end", ["op.execute('/* so */ COMMIT')", "op.get_bind().commit()", "op.execute('ROLLBACK')"])
def test_a_revision_that_ends_its_transaction_is_stopped_before_it(bare: sa.Engine, tmp_path: Path, end: str) -> None:
    source, before = written(tmp_path, ASKS, "op.execute('CREATE TABLE odd ()')", end), catalogue(bare)
    found = Rehearse(bare, source).run(made(bare, source))
    assert found.failure is not None
    assert "It ends its transaction itself" in found.failure.text
    assert catalogue(bare) == before
    assert "It ends its transaction itself" in failed(bare, source).text
    assert catalogue(bare) == before


def test_an_invalid_index_is_never_enough_for_a_revision_of_which_nobody_knew(bare: sa.Engine, tmp_path: Path) -> None:
    source = written(tmp_path, ASKS, "op.execute('CREATE INDEX IF NOT EXISTS ix_odd ON users (full_name)')")
    run(bare, "CREATE INDEX ix_odd ON users (full_name)")
    run(bare, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_odd'::regclass")
    failure = failed(bare, source)
    assert "The index ix_odd was made, but is not valid." in failure.text
    assert "REINDEX INDEX CONCURRENTLY" in failure.todo
    run(bare, "REINDEX INDEX ix_odd")
    assert Migrate(bare, source).run(made(bare, source)).verified.standing.revision == "t1_odd"


def test_an_undoing_of_which_nobody_knows_asks_for_the_name(bare: sa.Engine, tmp_path: Path) -> None:
    source = written(tmp_path, "op.execute('CREATE TABLE odd ()')", down=(ASKS, "op.execute('DROP TABLE odd')"))
    Migrate(bare, source).run(made(bare, source))
    plan = made(bare, source, "-1")
    (loss,) = plan.losses
    assert loss.sentence == "whatever t1_odd takes away: its SQL depends on the database"
    with pytest.raises(BadValue):
        Migrate(bare, source).run(plan)
    assert Migrate(bare, source).run(plan, confirmed_name=plan.database).verified.standing.revision == REVISIONS[-1]


@pytest.mark.parametrize(
    ("statement", "lost"),
    [
        ("ALTER TABLE users DROP full_name", "3 values of users.full_name"),
        ("DELETE FROM users WHERE is_active", "some of the rows of users"),
        ("TRUNCATE courses, users CASCADE", "3 people"),
    ],
)
def test_data_go_by_name_on_the_way_up_too(bare: sa.Engine, tmp_path: Path, statement: str, lost: str) -> None:
    add_people(bare)
    source = written(tmp_path, f"op.execute('{statement}')")
    plan = made(bare, source)
    assert [str(loss.sentence) for loss in plan.losses] == [lost]
    with pytest.raises(BadValue):
        Migrate(bare, source).run(plan)
    Migrate(bare, source).run(plan, confirmed_name=plan.database)


# ------------------------------------------------------------------------------------------------------ while we wait


def test_what_comes_while_a_table_is_waited_for_does_not_go_unnamed(bare: sa.Engine) -> None:
    plan, reader = made(bare, DOCUMENT, "0005"), bare.connect()
    reader.exec_driver_sql("SELECT FROM users")

    def decide(_: TriedInVain) -> bool:
        reader.close()
        add_people(bare)
        run(bare, "UPDATE users SET email_verified_at = now()")
        return True

    with pytest.raises(BadValue, match="Data would be lost for good"):
        Migrate(bare, DOCUMENT, decide=decide, limits=HASTY).run(plan)
    assert standing(bare).kind == "current"


def test_another_programs_alembic_that_migrates_while_a_table_is_waited_for_is_noticed(bare: sa.Engine) -> None:
    migrate(bare, REVISIONS[4], down=True)
    plan, reader = made(bare, DOCUMENT, "0004"), bare.connect()
    reader.exec_driver_sql("SELECT FROM courses, users")

    def decide(_: TriedInVain) -> bool:
        reader.close()
        run(bare, "ALTER TABLE users ADD email_verified_at timestamptz")
        run(bare, f"UPDATE alembic_version SET version_num = '{REVISIONS[5]}'")
        return True

    with pytest.raises(UserError, match="Somebody has migrated this database since the plan was made"):
        Migrate(bare, DOCUMENT, decide=decide, limits=HASTY).run(plan)
    assert standing(bare).revision == REVISIONS[5]


def test_whoever_waits_with_alembic_keeps_no_index_from_being_built(bare: sa.Engine) -> None:
    """He waits for our lock; CREATE INDEX CONCURRENTLY would wait for his transaction, if he were in one."""
    source, others = with_revisions("slowly"), list[threading.Thread]()

    def wait() -> None:
        with bare.connect() as connection:
            wait_for_the_others(connection)
            connection.invalidate()

    def tell(event: Event) -> None:
        if isinstance(event, StepBegan) and event.number == 5:
            others.append(threading.Thread(target=wait))
            others[0].start()

    report = Migrate(bare, source, tell=tell, limits=HASTY).run(made(bare, source))
    others[0].join(30)
    assert (report.tries, report.verified.invalid, others[0].is_alive()) == (1, (), False)


def test_whoever_listens_and_fails_does_not_keep_the_time_limit_from_ending_it(bare: sa.Engine) -> None:
    def tell(event: Event) -> None:
        if isinstance(event, Waiting):
            raise RuntimeError("the window is gone")

    source = with_revisions("column")
    with bare.connect() as reader:
        reader.exec_driver_sql("SELECT FROM users")
        limits = Limits(lock_timeout=20, time_limit=0.5)
        assert isinstance(Rehearse(bare, source, tell=tell, limits=limits).run(made(bare, source)).failure, TooLong)


def test_the_server_ends_a_rehearsal_whose_program_stands_still(
    each_engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "GRACE", 1.0)
    migrate(each_engine)
    source = with_revisions("column")

    def tell(event: Event) -> None:
        if isinstance(event, StatementDone):  # the table is held, and nothing is done meanwhile
            with each_engine.connect() as other:
                other.exec_driver_sql("SET lock_timeout = '30s'")
                other.exec_driver_sql("SELECT FROM users")

    found = Rehearse(each_engine, source, tell=tell, limits=Limits(time_limit=0.3)).run(made(each_engine, source))
    assert isinstance(found.failure, TooLong)
    assert (found.rolled_back, found.unchanged) == (True, True)


def test_limits_that_are_set_for_everybody_do_not_hold_for_a_migration(bare: sa.Engine) -> None:
    for name in ("statement_timeout", "idle_in_transaction_session_timeout", "transaction_timeout"):
        run(bare, f"ALTER DATABASE {bare.url.database} SET {name} = '250ms'")
    source = with_revisions("slowly")
    assert len(Migrate(bare, source).run(made(bare, source)).measures) > 4


# -------------------------------------------------------------------------------------------------- cut off and stopped


@pytest.mark.parametrize("cut", ["before", "after", "lost"])
def test_cut_off_while_it_is_committed_it_says_whether_it_was(bare: sa.Engine, cut: str) -> None:
    source = with_revisions("column")
    with Wire(bare.url) as wire:
        engine = make_engine(wire.url, Settings())

        def tell(event: Event) -> None:
            if isinstance(event, StepDone):
                wire.cut_commits, wire.lose_commits = "" if cut == "lost" else cut, cut == "lost"
            elif cut == "before" and wire.lost:
                wire.cut_commits = ""

        with pytest.raises(UserError) as failure:
            Migrate(engine, source, tell=tell).run(made(engine, source))
        engine.dispose()
    done = standing(bare, source).revision == "t1_nickname"
    assert done == (cut != "before")
    assert ("It was committed." in failure.value.text) == done
    assert ("Nothing was changed" in str(failure.value)) == (not done)


def test_stopped_before_it_has_begun_it_says_that_nothing_was_changed(bare: sa.Engine) -> None:
    migration = Migrate(bare, DOCUMENT)
    migration.cancel()
    with pytest.raises(Stopped) as stopped:
        migration.run(made(bare, DOCUMENT, "-1"))
    assert stopped.value.state == f"Nothing was changed: the database is at {REVISIONS[-1]} as before."
    assert isinstance(stopped.value, Cancelled)


def test_what_is_another_programs_is_said_to_be_whatever_is_asked_for(engine: sa.Engine) -> None:
    run(engine, "CREATE TABLE users (id serial PRIMARY KEY, login text)")
    with pytest.raises(UserError, match="they are not those of the LMS"):
        made(engine, DOCUMENT, "-1")
    with pytest.raises(UserError, match="they are not those of the LMS"):
        stamp(engine, DOCUMENT)


# ----------------------------------------------------------------------------------------------------------- the proof


def test_a_fingerprint_sees_what_else_a_database_is_made_of(bare: sa.Engine) -> None:
    changes = (
        "COMMENT ON TABLE users IS 'somebody'",
        "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY everybody ON users USING (true)",
        "CREATE TYPE mood AS ENUM ('good')",
        "CREATE VIEW people AS SELECT full_name FROM users",
        "ALTER TABLE enrollments DISABLE TRIGGER ALL",
        "GRANT SELECT (email) ON users TO public",
        "ALTER SEQUENCE lms_desktop.migrations_n_seq INCREMENT 2",
        "CREATE RULE quiet AS ON DELETE TO certificates DO INSTEAD NOTHING",
        "CREATE STATISTICS roles ON role, is_active FROM users",
    )
    with bare.connect() as connection:
        seen = {fingerprint.take(connection).schema}
        for number, change in enumerate(changes, 2):
            run(bare, change)
            seen.add(fingerprint.take(connection).schema)
            assert len(seen) == number, change
