"""Applying and rolling back, undisturbed and disturbed."""

import re
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from lms_desktop.database.migrating.dumping import address_of, find, offer
from lms_desktop.database.migrating.events import (
    Committed,
    Event,
    Limits,
    Saving,
    StatementBegan,
    StatementDone,
    StepBegan,
    StepDone,
    TriedInVain,
    Waiting,
)
from lms_desktop.database.migrating.failures import GaveUp, StepFailed, Stopped
from lms_desktop.database.migrating.lineages import MIGRATION_LOCK
from lms_desktop.database.migrating.preflight import invalid_indexes
from lms_desktop.database.migrating.running import Migrate, Report
from lms_desktop.database.migrating.sessions import who_migrates
from lms_desktop.database.migrating.source import Source
from lms_desktop.database.migrating.verifying import stamp, verify
from lms_desktop.errors import BadValue, Busy, UserError
from tests.database.migrating.acting import (
    DOCUMENT,
    OWN,
    catalogue,
    made,
    migrate,
    run,
    standing,
    with_revisions,
)
from tests.document import REVISIONS, document_at, facts_of
from tests.postgres import plain_connection, wait_until

HASTY = Limits(lock_timeout=0.2, tries=3, pauses=(0.05,), concurrent_wait=0.3)


def apply(
    engine: sa.Engine,
    source: Source = DOCUMENT,
    target: str = "head",
    *,
    tell: Callable[[Event], object] = lambda _: None,
    name: str = "",
) -> Report:
    return Migrate(engine, source, tell=tell, limits=HASTY).run(made(engine, source, target), confirmed_name=name)


def in_german(text: str) -> str:
    """Of the German words only these."""
    return {"{who}, process {pid}, for {seconds} s": "{who}, Prozess {pid}, seit {seconds} s"}.get(text, text)


def dumped(engine: sa.Engine) -> str:
    """The schema as pg_dump writes it."""
    program = offer(engine).program
    address = address_of(engine)
    assert program is not None
    command = [str(program), "--schema-only", f"--dbname={address.conninfo()}"]
    text = subprocess.run(command, env=address.environment(), capture_output=True, text=True, check=True).stdout
    return re.sub(r"(?m)^\\(un)?restrict .*$", "", text)  # a key that is another one each time


def facts(engine: sa.Engine) -> set[str]:
    with engine.connect() as connection:
        return facts_of(connection)


def add_people(engine: sa.Engine, count: int = 3) -> None:
    columns = "id, email, password_hash, full_name, role, is_active, mfa_enabled"
    run(
        engine,
        f"INSERT INTO users ({columns}) SELECT gen_random_uuid(), n || '@b', 'x', 'A', 'student', true, false"
        f" FROM generate_series(1, {count}) n",
    )


def add_courses_of_one_title(engine: sa.Engine) -> None:
    add_people(engine, 1)
    run(
        engine,
        "INSERT INTO courses (id, title, slug, instructor_id, is_published)"
        " SELECT gen_random_uuid(), 'Same', n::text, (SELECT id FROM users LIMIT 1), true FROM generate_series(1, 2) n",
    )


# --------------------------------------------------------------------------------------------------------- undisturbed


def test_from_empty_to_the_head_and_all_the_way_back(each_engine: sa.Engine) -> None:
    events: list[Event] = []
    report = apply(each_engine, tell=events.append)
    assert facts(each_engine) == document_at(7)
    assert report.sentence == f"Revisions applied: 7. The database is at {REVISIONS[-1]}."
    assert report.rows["users"] == (None, 0)
    assert report.verified.good
    assert [event.step.revision.id for event in events if isinstance(event, StepBegan)] == list(REVISIONS)
    assert [event.number for event in events if isinstance(event, StepDone)] == list(range(1, 8))
    assert [event.revision for event in events if isinstance(event, Committed)] == [REVISIONS[-1]]
    statements = [event for event in events if isinstance(event, StatementDone)]
    assert len(statements) == len(report.measures) == sum(len(s.written.statements) for s in report.plan.steps)
    assert apply(each_engine, OWN).verified.good
    back = apply(each_engine, OWN, "base", name=str(each_engine.url.database))
    assert back.sentence == f"Revisions rolled back: {len(OWN.revisions)}. The database is at base."
    assert apply(each_engine, DOCUMENT, "base").verified.standing.kind == "empty"
    assert facts(each_engine) == set()


def test_from_each_revision_to_the_head_and_back_to_the_next(engine: sa.Engine) -> None:
    for revision in REVISIONS:
        migrate(engine, revision)
        assert apply(engine).verified.good
        assert facts(engine) == document_at(7)
        assert apply(engine, DOCUMENT, revision).verified.good
        assert facts(engine) == document_at(REVISIONS.index(revision) + 1)


def test_the_rows_of_a_school_survive_down_and_up_as_far_as_there_is_room(school: sa.Engine) -> None:
    kept = (
        "SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM (SELECT id, email, password_hash, full_name, role,"
        " is_active, metadata, created_at, updated_at, last_login_at FROM users) t"
    )
    tables = ("courses", "lessons", "enrollments", "lesson_progress", "certificates", "quizzes", "quiz_attempts")

    def rows() -> list[object]:
        with school.connect() as connection:
            found = [connection.exec_driver_sql(kept).scalar()]
            for table in tables:
                query = f"SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM {table} t"
                found.append(connection.exec_driver_sql(query).scalar())
            return found

    before = rows()
    apply(school, DOCUMENT, "0004", name=str(school.url.database))
    assert rows() == before
    people = school.connect().exec_driver_sql("SELECT count(*) FROM users").scalar()
    assert apply(school).rows["users"] == (people, people)
    assert rows() == before
    assert verify(school, DOCUMENT).good
    assert verify(school, OWN).good


def test_nothing_is_done_where_there_is_nothing_to_do(bare: sa.Engine) -> None:
    assert apply(bare).sentence == f"There was nothing to do: the database is at {REVISIONS[-1]}."


def test_who_did_it_is_on_record(bare: sa.Engine) -> None:
    Migrate(bare, DOCUMENT, actor="anna@school.org").run(made(bare, DOCUMENT, "-1"))
    Migrate(bare, DOCUMENT, actor="anna@school.org").run(made(bare))
    applied = standing(bare).revisions[-1].applied
    assert applied is not None
    assert applied.actor == "anna@school.org"


def test_the_schema_is_put_on_record_where_it_is_a_revisions(engine: sa.Engine) -> None:
    migrate(engine, REVISIONS[4])
    run(engine, "DROP TABLE alembic_version")
    migrate(engine, "head", OWN)
    found = stamp(engine, DOCUMENT)
    assert [each.applied is not None for each in found.revisions] == [False] * 4 + [True] + [False] * 2
    assert (found.kind, found.revision) == ("behind", REVISIONS[4])
    run(engine, "DROP TABLE alembic_version; ALTER TABLE users DROP last_login_at")
    with pytest.raises(UserError, match="equals that of no revision"):
        stamp(engine, DOCUMENT)


def test_other_windows_are_told(bare: sa.Engine) -> None:
    with plain_connection(bare.url) as listener:
        listener.autocommit = True
        with listener.cursor() as cursor:
            cursor.execute("LISTEN lms_desktop")
        apply(bare, DOCUMENT, "-1")

        def heard() -> bool:
            listener.poll()
            return bool(listener.notifies)

        wait_until(heard)
        assert listener.notifies[0].payload.replace(" ", "") == (
            '{"migrated":"document","revision":"0006_add_users_email_verified_at"}'
        )


def test_the_database_is_saved_first_where_that_is_wanted(school: sa.Engine, tmp_path: Path) -> None:
    file, events = tmp_path / "a school.dump", list[Event]()
    plan = made(school, DOCUMENT, "-1")
    report = Migrate(school, DOCUMENT, tell=events.append).run(plan, confirmed_name=plan.database, dump_to=file)
    assert report.dump == file
    assert file.stat().st_size > 10_000
    assert file.stat().st_mode & 0o077 == 0
    assert [event for event in events if isinstance(event, Saving)][-1].written == file.stat().st_size
    restore = find("pg_restore", 18)
    assert restore is not None
    listed = subprocess.run([restore, "--list", file], capture_output=True, text=True, check=True).stdout
    assert "TABLE DATA public users" in listed


def test_a_dump_that_fails_stops_it_all(school: sa.Engine, tmp_path: Path) -> None:
    plan = made(school, DOCUMENT, "0005")
    (tmp_path / "x.dump").write_text("somebody's")
    with pytest.raises(FileExistsError):
        Migrate(school, DOCUMENT).run(plan, confirmed_name=plan.database, dump_to=tmp_path / "x.dump")
    with pytest.raises(FileNotFoundError, match=r"nowhere/x\.dump'$"):
        Migrate(school, DOCUMENT).run(plan, confirmed_name=plan.database, dump_to=tmp_path / "nowhere" / "x.dump")
    assert [file.name for file in tmp_path.iterdir()] == ["x.dump"]
    assert standing(school).revision == REVISIONS[-1]


def test_who_tries_once_more_at_once_is_not_told_that_somebody_migrates(school: sa.Engine, tmp_path: Path) -> None:
    plan, taken = made(school, DOCUMENT, "0005"), tmp_path / "x.dump"
    taken.write_text("somebody's")
    with school.connect() as connection:
        for _ in range(15):
            with pytest.raises(FileExistsError):
                Migrate(school, DOCUMENT).run(plan, confirmed_name=plan.database, dump_to=taken)
            assert who_migrates(connection) is None
            connection.rollback()


# ------------------------------------------------------------------------------------------------------------ guarded


@pytest.mark.parametrize("typed", ["", "lms", "LMS_TEST"])
def test_data_go_only_where_the_databases_name_is_typed(school: sa.Engine, typed: str) -> None:
    for target in ("-1", "base"):
        with pytest.raises(BadValue, match="name"):
            apply(school, DOCUMENT, target, name=typed)
    assert standing(school).kind == "current"
    apply(school, DOCUMENT, "-1", name=str(school.url.database))


def test_rows_that_came_since_the_plan_was_made_ask_for_the_name_too(bare: sa.Engine) -> None:
    plan = made(bare, DOCUMENT, "0003")
    assert not plan.demands_name
    add_courses_of_one_title(bare)
    run(
        bare,
        "INSERT INTO quizzes (id, title, passing_score_percentage, shuffle_questions, is_published)"
        " VALUES (gen_random_uuid(), 'Q', 70, false, false)",
    )
    with pytest.raises(BadValue):
        Migrate(bare, DOCUMENT).run(plan)
    assert standing(bare).kind == "current"


def test_a_plan_that_is_no_longer_true_is_not_carried_out(engine: sa.Engine) -> None:
    plan = made(engine)
    migrate(engine, REVISIONS[2])
    with pytest.raises(UserError, match="since the plan was made"):
        Migrate(engine, DOCUMENT).run(plan)
    assert standing(engine).revision == REVISIONS[2]


def test_while_somebody_else_migrates_it_says_who_and_waits_for_nobody(engine: sa.Engine) -> None:
    plan = made(engine)
    with engine.connect() as other:
        other.exec_driver_sql(f"SELECT pg_advisory_lock({MIGRATION_LOCK})")
        pid = other.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        other.commit()
        with pytest.raises(Busy, match=rf"{engine.url.username} @ localhost \(lms-desktop\), process {pid}, for \d+ s"):
            Migrate(engine, DOCUMENT).run(plan)
        other.invalidate()
    assert Migrate(engine, DOCUMENT).run(plan).verified.good


# ---------------------------------------------------------------------------------------------------------- it fails


def test_a_failure_in_the_middle_of_three_leaves_the_dump_byte_for_byte(each_engine: sa.Engine) -> None:
    migrate(each_engine)
    migrate(each_engine, "head", OWN)
    add_people(each_engine)
    before, source = dumped(each_engine), with_revisions("three")
    with pytest.raises(StepFailed) as failure:
        apply(each_engine, source)
    assert dumped(each_engine) == before
    told = failure.value
    assert (told.revision, told.statement) == ("t2_fails", "CREATE UNIQUE INDEX ix_users_full_name ON users (role)")
    assert told.server_says == 'could not create unique index "ix_users_full_name"'
    assert told.state == f"Nothing was changed: the database is at {REVISIONS[-1]} as before."
    assert told.todo == "Mend the rows that stand in the way, then apply it again."
    run(each_engine, "UPDATE users SET role = id::text")
    assert apply(each_engine, source).verified.standing.revision == "t3_more"


def test_an_index_that_could_not_be_built_is_reported_and_mended_and_never_stamped_over(each_engine: sa.Engine) -> None:
    migrate(each_engine)
    add_courses_of_one_title(each_engine)
    source = with_revisions("concurrently")
    for _ in range(2):  # IF NOT EXISTS would be content with what the first try has left
        with pytest.raises(StepFailed) as failure:
            apply(each_engine, source)
        assert failure.value.state == (
            "The database is at t1_colour. What t2_unique_titles did until then may have stayed, because it commits in"
            " its midst; these indexes are invalid: ix_courses_title."
        )
        assert standing(each_engine, source).revision == "t1_colour"
        verified = verify(each_engine, source)
        assert verified.invalid == (("courses", "ix_courses_title"),)
        assert not verified.good
        assert "these indexes are invalid: ix_courses_title" in verified.sentence
    run(each_engine, "UPDATE courses SET title = slug")
    assert apply(each_engine, source).verified.invalid == ()
    assert standing(each_engine, source).revision == "t2_unique_titles"
    with pytest.raises(sa.exc.IntegrityError):
        run(each_engine, "UPDATE courses SET title = 'Same'")


def test_an_invalid_index_is_not_stamped_over_by_a_revision_that_overlooks_it(engine: sa.Engine) -> None:
    migrate(engine)
    source = with_revisions("slowly")
    broken = threading.Event()

    def spoil(event: Event) -> None:
        if isinstance(event, StatementBegan) and event.revision == "t5_slow_index" and event.number == 3:
            run(engine, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_slow'::regclass")
            broken.set()

    with pytest.raises(StepFailed, match="The index ix_slow was made, but is not valid"):
        apply(engine, source, tell=spoil)
    assert broken.is_set()
    assert standing(engine, source).revision == "t4_slow"
    assert apply(engine, source).verified.invalid == ()


# ---------------------------------------------------------------------------------------------------- others are there


def test_a_reader_who_sits_in_a_transaction_is_named_and_given_up_on(bare: sa.Engine) -> None:
    before, events, source = catalogue(bare), list[Event](), with_revisions("column")
    with bare.connect() as reader:
        pid = reader.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        reader.exec_driver_sql("SELECT FROM users")
        with pytest.raises(GaveUp, match=rf"\(tries: 3\).*process {pid}, for") as given_up:
            apply(bare, source, tell=events.append)
        assert f"Prozess {pid}, seit" in given_up.value.translated(in_german)[0]
        assert given_up.value.state == f"Nothing was changed: the database is at {REVISIONS[-1]} as before."
        tries = [event for event in events if isinstance(event, TriedInVain)]
        assert [(event.attempt, event.pause) for event in tries] == [(1, 0.05), (2, 0.05), (3, None)]
        assert {session.pid for event in tries for session in event.blockers} == {pid}
        assert any(event.blockers and event.seconds > 0 for event in events if isinstance(event, Waiting))
        assert bare.connect().exec_driver_sql("SELECT count(*) FROM users").scalar() == 0
    assert catalogue(bare) == before


def test_a_reader_who_leaves_lets_it_go_on(bare: sa.Engine) -> None:
    reader = bare.connect()
    reader.exec_driver_sql("SELECT FROM users")

    def leave(event: Event) -> None:
        if isinstance(event, TriedInVain) and event.attempt == 2:
            reader.close()

    report = apply(bare, with_revisions("column"), tell=leave)
    assert (report.tries, report.verified.standing.revision) == (3, "t1_nickname")


def test_whoever_decides_to_wait_gets_another_round(bare: sa.Engine) -> None:
    reader, asked = bare.connect(), list[TriedInVain]()
    reader.exec_driver_sql("SELECT FROM users")

    def decide(event: TriedInVain) -> bool:
        asked.append(event)
        if len(asked) == 2:
            reader.close()
        return True

    source = with_revisions("column")
    report = Migrate(bare, source, decide=decide, limits=HASTY).run(made(bare, source))
    assert len(asked) == 2
    assert report.tries == 7


@pytest.mark.parametrize("folder", ["column", "two_tables"])
def test_others_never_queue_behind_us_longer_than_we_wait_for_a_lock(bare: sa.Engine, folder: str) -> None:
    """The reader holds `courses`, or `users`; somebody else wants `users` all the while."""
    table = "users" if folder == "column" else "courses"
    limits, over, waits = Limits(lock_timeout=0.5, tries=2, pauses=(0.1,)), threading.Event(), list[float]()

    def ask() -> None:
        with bare.connect() as connection:
            while not over.is_set():
                began = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
                connection.exec_driver_sql("SELECT count(*) FROM users")
                took = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one() - began
                waits.append(took.total_seconds())
                connection.rollback()

    other = threading.Thread(target=ask)
    source = with_revisions(folder)
    with bare.connect() as reader:
        reader.exec_driver_sql(f"SELECT FROM {table}")
        other.start()
        try:
            with pytest.raises(GaveUp):
                Migrate(bare, source, limits=limits).run(made(bare, source))
        finally:
            over.set()
            other.join()
    # Beside the wait: the statements between the two tables take 0.3 s, and a look comes each tenth of a second.
    assert 0.2 < max(waits) < limits.lock_timeout + (0.3 if folder == "column" else 0.7)


def test_a_lock_that_is_gone_with_its_connection_stops_it(bare: sa.Engine) -> None:
    source = with_revisions("slowly")

    def cut(event: Event) -> None:
        if isinstance(event, StatementBegan) and event.revision == "t2_slow":
            with bare.connect() as connection:
                connection.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                    f" AND (classid::int8 << 32) | objid::int8 = {MIGRATION_LOCK}"
                )

    before = catalogue(bare)
    with pytest.raises(UserError) as failure:
        apply(bare, source, tell=cut)
    assert "held the migration's lock was lost" in failure.value.text
    assert catalogue(bare) == before


# ------------------------------------------------------------------------------------------------------------- stopped


def test_stopping_in_mid_statement_changes_nothing(bare: sa.Engine) -> None:
    source, before = with_revisions("slowly"), catalogue(bare)
    migration = Migrate(bare, source, tell=lambda event: stop(event))

    def stop(event: Event) -> None:
        if isinstance(event, StatementBegan) and (event.revision, event.number) == ("t3_slow", 2):
            threading.Timer(0.05, migration.cancel).start()

    with pytest.raises(Stopped) as stopped:
        migration.run(made(bare, source))
    assert stopped.value.state == f"Nothing was changed: the database is at {REVISIONS[-1]} as before."
    assert catalogue(bare) == before


def test_stopping_after_something_was_committed_says_what_stays(bare: sa.Engine) -> None:
    source = with_revisions("slowly")
    migration = Migrate(bare, source, tell=lambda event: stop(event))

    def stop(event: Event) -> None:
        if isinstance(event, Committed):
            migration.cancel()

    with pytest.raises(Stopped) as stopped:
        migration.run(made(bare, source))
    assert stopped.value.state == "What was done before that stays: the database is at t4_slow."
    assert standing(bare, source).revision == "t4_slow"


def test_stopping_while_waiting_for_a_table(bare: sa.Engine) -> None:
    source = with_revisions("column")
    migration = Migrate(bare, source, tell=lambda event: stop(event), limits=Limits(lock_timeout=60))

    def stop(event: Event) -> None:
        if isinstance(event, Waiting) and event.blockers:
            threading.Thread(target=migration.cancel).start()

    with bare.connect() as reader:
        reader.exec_driver_sql("SELECT FROM users")
        with pytest.raises(Stopped):
            migration.run(made(bare, source))


def test_nothing_is_left_behind(bare: sa.Engine) -> None:
    apply(bare, DOCUMENT, "-1")
    query = (
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database"
        " WHERE datname = current_database())"
    )
    with bare.connect() as connection:
        assert connection.exec_driver_sql(query).scalar() == 0
        assert invalid_indexes(connection) == ()
