"""What stands in the way, found out before anything is done."""

import secrets
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.migrating.lineages import MIGRATION_LOCK
from lms_desktop.database.migrating.preflight import Finding, FindingKind, blocked, check
from lms_desktop.database.migrating.source import Source
from tests.database.migrating.acting import DOCUMENT, OWN, made, migrate, run, with_revisions
from tests.document import REVISIONS


def findings(engine: sa.Engine, source: Source = DOCUMENT, target: str = "head") -> tuple[Finding, ...]:
    plan = made(engine, source, target)
    with engine.connect() as connection:
        return check(connection, source, plan)


def found(engine: sa.Engine, kind: FindingKind, source: Source = DOCUMENT, target: str = "head") -> Finding:
    (one,) = [finding for finding in findings(engine, source, target) if finding.kind == kind]
    return one


@pytest.fixture
def clerk(engine: sa.Engine) -> Iterator[sa.Engine]:
    """A role that owns nothing in a database at 0003."""
    migrate(engine, REVISIONS[2])
    name = f"clerk_{secrets.token_hex(4)}"
    run(engine, f"CREATE ROLE {name} LOGIN PASSWORD 'clerk'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}")
    theirs = make_engine(engine.url.set(username=name, password="clerk"), Settings())
    yield theirs
    theirs.dispose()
    run(engine, f"DROP OWNED BY {name}; DROP ROLE {name}")


def test_where_nothing_is_in_the_way_every_check_says_so(each_engine: sa.Engine) -> None:
    for source in (DOCUMENT, OWN):
        all_of_them = findings(each_engine, source)
        assert {finding.level for finding in all_of_them} == {"ok"}
        assert blocked(all_of_them) is None
        assert len({finding.kind for finding in all_of_them}) == 11


def test_a_version_column_that_is_too_narrow_is_widened_and_that_is_said(engine: sa.Engine) -> None:
    run(engine, "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
    finding = found(engine, "version column")
    assert finding.level == "note"
    assert finding.sentence == "The version table takes ids of 32 characters; it is widened to 255 first."


def test_whoever_may_not_is_told_what_he_lacks(clerk: sa.Engine) -> None:
    all_of_them = findings(clerk)
    said = [str(f.sentence) for f in all_of_them if f.kind == "privilege" and f.level == "block"]
    assert len(said) == 2
    assert "may not create anything in the schema public." in said[0]
    assert "does not own" in said[1]
    assert "users" in said[1]
    assert blocked(all_of_them) is not None
    ours = [f for f in findings(clerk, OWN) if f.kind == "privilege"]
    assert "may not create the schema lms_desktop." in ours[0].sentence


def test_who_may_put_triggers_on_the_tables_may_install_the_log(clerk: sa.Engine, engine: sa.Engine) -> None:
    name = clerk.url.username
    run(engine, f"GRANT CREATE ON DATABASE {engine.url.database} TO {name}")
    levels = [f.level for f in findings(clerk, OWN) if f.kind == "privilege"]
    assert levels == ["block"]
    run(engine, f"GRANT TRIGGER ON ALL TABLES IN SCHEMA public TO {name}")
    assert found(clerk, "privilege", OWN).level == "ok"


def test_who_holds_a_table_is_named(engine: sa.Engine) -> None:
    migrate(engine, REVISIONS[5])
    with engine.connect() as reader:
        pid = reader.exec_driver_sql("SELECT pg_backend_pid() FROM users").scalar()
        pid = pid or reader.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        reader.exec_driver_sql("SET application_name = 'a forgotten report'")
        finding = found(engine, "sessions")
        assert finding.level == "warn"
        (session,) = finding.sessions
        assert (session.pid, session.state, session.tables) == (pid, "idle in transaction", ("users",))
        assert session.modes == ("AccessShareLock",)
        assert "(a forgotten report)" in finding.sentence
        assert f"process {pid}, holds users (idle in transaction" in finding.sentence


def test_who_migrates_already_is_named(engine: sa.Engine) -> None:
    with engine.connect() as other:
        other.exec_driver_sql(f"SELECT pg_advisory_lock({MIGRATION_LOCK})")
        other.commit()
        finding = found(engine, "lock")
        assert finding.level == "block"
        assert f"{engine.url.username} @ localhost (lms-desktop)" in finding.sentence
        other.invalidate()


def test_what_cannot_run_in_a_transaction_is_named(engine: sa.Engine) -> None:
    migrate(engine)
    finding = found(engine, "transaction", with_revisions("concurrently"))
    assert finding.level == "warn"
    assert "t2_unique_titles commits in its midst." in finding.sentence


def test_an_index_that_an_earlier_try_left_behind_is_named(engine: sa.Engine) -> None:
    migrate(engine)
    run(engine, "CREATE INDEX ix_courses_title ON courses (title); CREATE INDEX ix_odd ON users (full_name)")
    run(
        engine,
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid IN ('ix_courses_title'::regclass, 'ix_odd'::regclass)",
    )
    some = [f for f in findings(engine, with_revisions("concurrently")) if f.kind == "invalid index"]
    assert [(f.level, f.way_out) for f in some] == [
        ("note", "It is dropped first and made again."),
        ("warn", "Have it dropped or made again: REINDEX INDEX CONCURRENTLY ix_odd"),
    ]


def test_what_is_there_already_is_named(engine: sa.Engine) -> None:
    migrate(engine, REVISIONS[2])
    run(engine, "CREATE TABLE quizzes (id int); CREATE INDEX ix_users_created_at ON users (created_at)")
    finding = found(engine, "already there")
    assert finding.level == "warn"
    assert "quizzes, ix_users_created_at" in finding.sentence


def test_a_schema_that_has_drifted_is_named(engine: sa.Engine) -> None:
    migrate(engine, REVISIONS[2])
    run(engine, "DROP INDEX ix_lessons_course_id")
    finding = found(engine, "drift")
    assert finding.level == "warn"
    assert "revision: 1, such as: Index ix_lessons_course_id of lessons is missing" in finding.sentence


def test_two_heads_of_the_revisions_stop_it(engine: sa.Engine) -> None:
    migrate(engine)
    both = with_revisions("column")
    two = Source(both.lineage, (*both.folders, with_revisions("concurrently").folders[1]))
    plan = made(engine)
    with engine.connect() as connection:
        (finding,) = [f for f in check(connection, two, plan) if f.kind == "heads"]
    assert finding.level == "block"
    assert "t1_nickname, t2_unique_titles" in finding.sentence


def test_a_server_that_takes_no_changes_stops_it(engine: sa.Engine) -> None:
    run(engine, f"ALTER DATABASE {engine.url.database} SET default_transaction_read_only = on")
    engine.dispose()
    finding = found(engine, "read only")
    assert (finding.level, finding.sentence) == (
        "block",
        "This connection may only read: default_transaction_read_only is on.",
    )


def test_what_an_index_needs_of_the_disk_is_estimated(engine: sa.Engine) -> None:
    migrate(engine)
    run(engine, "CREATE TABLE marks AS SELECT n AS id, n AS mark FROM generate_series(1, 20000) n")
    finding = found(engine, "disk", with_revisions("rewriting"))
    assert finding.level == "ok"
    assert finding.sentence.startswith("Up to 1.") or finding.sentence.startswith("Up to 2")
    assert "MB of disk are needed, and " in finding.sentence
