"""Rehearsals: measured, rolled back, and proved to have changed nothing."""

import statistics
import threading
import time

import pytest
import sqlalchemy as sa

from lms_desktop.database.migrating import copying, fingerprint
from lms_desktop.database.migrating.events import Event, Limits, Lock, Said, StatementBegan, StatementDone
from lms_desktop.database.migrating.failures import GaveUp, StepFailed
from lms_desktop.database.migrating.lineages import MIGRATION_LOCK
from lms_desktop.database.migrating.rehearsal import Rehearsal, Rehearse
from lms_desktop.database.migrating.running import Migrate
from lms_desktop.database.migrating.source import Source
from lms_desktop.database.migrating.stopping import TooLong
from lms_desktop.errors import Busy, Cancelled
from tests.database.migrating.acting import DOCUMENT, OWN, catalogue, made, migrate, run, with_revisions
from tests.document import REVISIONS
from tests.postgres import plain_connection


def rehearse(
    engine: sa.Engine, source: Source = DOCUMENT, target: str = "head", limits: Limits | None = None
) -> Rehearsal:
    return Rehearse(engine, source, limits=limits).run(made(engine, source, target))


def fill_marks(engine: sa.Engine, rows: int) -> None:
    run(
        engine,
        "CREATE TABLE marks (id bigint PRIMARY KEY, mark integer, note text);"
        f" INSERT INTO marks SELECT n, mod(n, 7), 'mark number ' || n FROM generate_series(1, {rows}) n",
    )


def test_it_reports_what_it_did_and_proves_that_nothing_stayed(each_engine: sa.Engine) -> None:
    migrate(each_engine)
    fill_marks(each_engine, 20_000)
    before = catalogue(each_engine)
    found = rehearse(each_engine, with_revisions("rewriting"))
    first, second = found.measures
    assert (first.rewritten, second.rewritten, found.rewritten) == (("marks",), (), ("marks",))
    assert Lock("marks", "AccessExclusiveLock") in first.locks
    assert found.locks[0] == Lock("marks", "AccessExclusiveLock")
    assert first.seconds > 0
    assert found.seconds >= first.seconds + second.seconds
    assert (found.failure, found.skipped, found.rolled_back, found.unchanged) == (None, (), True, True)
    assert found.sentence == "Nothing was changed: the schema and all rows (20001) are exactly what they were."
    assert catalogue(each_engine) == before


@pytest.mark.parametrize("at", [None, REVISIONS[0], REVISIONS[5]])
def test_the_documents_own_revisions_are_rehearsed_up_and_down(engine: sa.Engine, at: str | None) -> None:
    if at:
        migrate(engine, at)
    for source, target in ((DOCUMENT, "head"), (OWN, "head"), (DOCUMENT, "base")):
        found = rehearse(engine, source, target)
        assert (found.failure, found.unchanged) == (None, True)
        assert {m.revision for m in found.measures} == {s.revision.id for s in found.plan.steps if s.written.statements}
    assert found.rewritten == ()


def test_it_leaves_no_record(bare: sa.Engine) -> None:
    query = "SELECT last_value, is_called FROM lms_desktop.migrations_n_seq"  # even a number that is given back counts
    with bare.connect() as connection:
        before = connection.exec_driver_sql(query).one()
        connection.rollback()
        rehearse(bare, DOCUMENT, "-1")
        assert connection.exec_driver_sql(query).one() == before


def test_what_commits_in_its_midst_is_left_out_and_named(engine: sa.Engine) -> None:
    migrate(engine)
    found = rehearse(engine, with_revisions("concurrently"))
    assert [revision.id for revision in found.skipped] == ["t2_unique_titles"]
    assert {measure.revision for measure in found.measures} == {"t1_colour"}
    assert found.unchanged


def test_a_failure_is_foreseen(engine: sa.Engine) -> None:
    migrate(engine)
    run(
        engine,
        "INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled) SELECT"
        " gen_random_uuid(), n || '@b', 'x', 'A', 'student', true, false FROM generate_series(1, 3) n",
    )
    found = rehearse(engine, with_revisions("three"))
    assert isinstance(found.failure, StepFailed)
    assert found.failure.statement == "CREATE UNIQUE INDEX ix_users_full_name ON users (role)"
    assert found.failure.state == "Everything was rolled back."
    assert found.measures[-1].failed
    assert found.unchanged


def test_the_time_limit_ends_it(engine: sa.Engine) -> None:
    migrate(engine)
    found = rehearse(engine, with_revisions("slowly"), limits=Limits(time_limit=0.5))
    assert isinstance(found.failure, TooLong)
    assert found.seconds < 2
    assert found.unchanged


def test_it_can_be_stopped(engine: sa.Engine) -> None:
    migrate(engine)
    source, before = with_revisions("slowly"), catalogue(engine)
    rehearsal = Rehearse(engine, source, tell=lambda event: stop(event))

    def stop(event: Event) -> None:
        if isinstance(event, StatementBegan) and event.sql.startswith("SELECT pg_sleep"):
            threading.Timer(0.05, rehearsal.cancel).start()

    with pytest.raises(Cancelled, match="The rehearsal was stopped, and everything"):
        rehearsal.run(made(engine, source))
    assert catalogue(engine) == before


def test_a_table_that_is_not_to_be_had_ends_it(bare: sa.Engine) -> None:
    with bare.connect() as reader:
        reader.exec_driver_sql("SELECT FROM users")
        found = rehearse(bare, with_revisions("column"), limits=Limits(lock_timeout=0.3))
    assert isinstance(found.failure, GaveUp)
    assert found.unchanged


def test_it_waits_for_nobody_who_migrates(engine: sa.Engine) -> None:
    plan = made(engine)
    with plain_connection(engine.url) as other, other.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_lock({MIGRATION_LOCK})")
        with pytest.raises(Busy):
            Rehearse(engine, DOCUMENT).run(plan)


def test_what_others_wrote_meanwhile_is_theirs(school: sa.Engine) -> None:
    source = with_revisions("column")

    def write(event: Event) -> None:
        if isinstance(event, StatementDone):
            run(school, "UPDATE courses SET title = title")

    found = Rehearse(school, source, tell=write).run(made(school, source))
    assert (found.written_by_others, found.rolled_back) == (("courses",), True)
    assert found.sentence == "The rehearsal was rolled back; others wrote to courses meanwhile."


@pytest.mark.parametrize(
    ("change", "tables"),
    [
        ("UPDATE courses SET title = title WHERE id = (SELECT id FROM courses LIMIT 1)", ("courses",)),
        ("DELETE FROM certificates WHERE id = (SELECT id FROM certificates LIMIT 1)", ("certificates",)),
        ("SELECT 1", ()),
    ],
)
def test_a_fingerprint_sees_every_written_row(school: sa.Engine, change: str, tables: tuple[str, ...]) -> None:
    with school.connect() as connection:
        before = fingerprint.take(connection)
        run(school, change)
        after = fingerprint.take(connection)
    assert before.changed(after) == tables
    assert before.schema == after.schema


# ----------------------------------------------------------------------------------------------------------- on a copy


@pytest.mark.parametrize("somebody_is_there", [False, True], ids=["template", "dump"])
def test_on_a_copy_everything_is_run_and_the_database_is_not_touched(
    each_engine: sa.Engine, somebody_is_there: bool
) -> None:
    migrate(each_engine)
    migrate(each_engine, "head", OWN)
    fill_marks(each_engine, 100)
    source, said = with_revisions("concurrently"), list[str]()
    plan, before = made(each_engine, source), catalogue(each_engine)

    def tell(event: Event) -> None:
        if isinstance(event, Said):
            said.append(str(event.sentence))

    with plain_connection(each_engine.url if somebody_is_there else each_engine.url.set(database="postgres")):
        assert copying.offer(each_engine).way == ("dump" if somebody_is_there else "template")
        assert copying.offer(each_engine).sentence.startswith("A copy takes about ")
        found = copying.RehearseOnCopy(each_engine, source, tell=tell).run(plan)
    assert (found.failure, found.skipped, found.on_copy, found.unchanged) == (None, (), True, True)
    assert {measure.revision for measure in found.measures} == {"t1_colour", "t2_unique_titles"}
    assert said == ["Copying the database.", "The copy is ready."]
    assert catalogue(each_engine) == before
    with each_engine.connect() as connection:
        query = "SELECT count(*) FROM pg_database WHERE starts_with(datname, 'lms_rehearsal_')"
        assert connection.exec_driver_sql(query).scalar() == 0


def test_stopping_while_it_copies_drops_the_copy(engine: sa.Engine) -> None:
    migrate(engine)
    plan = made(engine)
    rehearsal = copying.RehearseOnCopy(engine, DOCUMENT, tell=lambda event: rehearsal.cancel())
    with pytest.raises(Cancelled, match="the copy dropped"):
        rehearsal.run(plan)
    with engine.connect() as connection:
        query = "SELECT count(*) FROM pg_database WHERE starts_with(datname, 'lms_rehearsal_')"
        assert connection.exec_driver_sql(query).scalar() == 0


def test_what_a_killed_rehearsal_left_is_dropped_after_a_day(engine: sa.Engine) -> None:
    migrate(engine)
    names = [f"lms_rehearsal_{int(time.time()) - age:08x}_{'0' * 8}" for age in (0, 2 * 86400)]
    with plain_connection(engine.url) as other:
        other.autocommit = True
        with other.cursor() as cursor:
            for name in names:
                cursor.execute(f"CREATE DATABASE {name}")
            copying.RehearseOnCopy(engine, DOCUMENT).run(made(engine))
            cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, 'lms_rehearsal_')")
            assert cursor.fetchall() == [(names[0],)]
            cursor.execute(f"DROP DATABASE {names[0]}")


def test_a_failure_on_the_copy_is_the_copys(engine: sa.Engine) -> None:
    migrate(engine)
    run(
        engine,
        "INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled) SELECT"
        " gen_random_uuid(), n || '@b', 'x', 'A', 'student', true, false FROM generate_series(1, 3) n",
    )
    source = with_revisions("three")
    found = copying.RehearseOnCopy(engine, source).run(made(engine, source))
    assert isinstance(found.failure, StepFailed)
    assert found.failure.state == "That was the copy; the database itself is as it was."
    assert found.unchanged


# ------------------------------------------------------------------------------------------------------------ at length


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_two_million_rows_are_foretold_within_a_factor_of_two(engine: sa.Engine) -> None:
    migrate(engine)
    fill_marks(engine, 2_000_000)
    source, foretold, real = with_revisions("rewriting"), list[float](), list[float]()
    for _ in range(5):
        began = time.monotonic()
        found = rehearse(engine, source, limits=Limits(time_limit=300))
        print(f"rehearsal {found.seconds:.2f} s, with both fingerprints {time.monotonic() - began:.2f} s")
        print(f"  one fingerprint of {found.before.rows} rows {found.before.seconds:.2f} s")
        assert (found.failure, found.unchanged, found.rewritten) == (None, True, ("marks",))
        assert Lock("marks", "AccessExclusiveLock") in found.measures[0].locks
        foretold.append(found.seconds)
        real.append(Migrate(engine, source).run(made(engine, source)).seconds)
        print(f"real {real[-1]:.2f} s")
        Migrate(engine, source).run(made(engine, source, "0007"))
    ratio = statistics.median(foretold) / statistics.median(real)
    print(f"medians {statistics.median(foretold):.2f} s and {statistics.median(real):.2f} s: {ratio:.2f}")
    assert 0.5 < ratio < 2
