"""The document's seven revisions on real servers: what each brings, takes away and keeps."""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.migrations import MIGRATION_LOCK
from lms_desktop.paths import alembic_ini, migrations_folder
from tests.document import INDEX_NAMES, REVISIONS, document_at, facts_of, names_of_indexes

CHECKOUT = Path(__file__).resolve().parents[1]

PEOPLE_AND_COURSES = """
    INSERT INTO users (id, email, password_hash, full_name, role, is_active, metadata) VALUES
        ('00000000-0000-4000-8000-000000000001', 'ada@lms.com', 'hash', 'Ada', 'instructor', true, '{"a":  1}'),
        ('00000000-0000-4000-8000-000000000002', 'ben@lms.com', 'hash', 'Ben', 'student', false, NULL);
    INSERT INTO refresh_tokens (id, user_id, token, expires_at, revoked) VALUES
        ('00000000-0000-4000-8000-000000000003', '00000000-0000-4000-8000-000000000002', 't', now(), false);
    INSERT INTO courses (id, title, slug, instructor_id, difficulty_level, is_published) VALUES
        ('00000000-0000-4000-8000-000000000004', 'Algebra', 'algebra', '00000000-0000-4000-8000-000000000001',
         'beginner', true);
    INSERT INTO lessons (id, course_id, title, content_type, "order") VALUES
        ('00000000-0000-4000-8000-000000000005', '00000000-0000-4000-8000-000000000004', 'One', 'text', 1);
    INSERT INTO enrollments (id, student_id, course_id) VALUES
        ('00000000-0000-4000-8000-000000000006', '00000000-0000-4000-8000-000000000002',
         '00000000-0000-4000-8000-000000000004');
    INSERT INTO lesson_progress (id, enrollment_id, lesson_id, completed) VALUES
        ('00000000-0000-4000-8000-000000000007', '00000000-0000-4000-8000-000000000006',
         '00000000-0000-4000-8000-000000000005', true);
    INSERT INTO certificates (id, enrollment_id, certificate_number) VALUES
        ('00000000-0000-4000-8000-000000000008', '00000000-0000-4000-8000-000000000006', 'C-1');
"""
QUIZZES = """
    INSERT INTO quizzes (id, course_id, title, passing_score_percentage, shuffle_questions, is_published) VALUES
        ('00000000-0000-4000-8000-000000000009', '00000000-0000-4000-8000-000000000004', 'Q', 70, false, true);
    INSERT INTO quiz_questions (id, quiz_id, question_text, question_type, points, "order") VALUES
        ('00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-000000000009', '1 + 1?', 'essay', 1, 1);
    INSERT INTO quiz_attempts (id, quiz_id, student_id) VALUES
        ('00000000-0000-4000-8000-00000000000b', '00000000-0000-4000-8000-000000000009',
         '00000000-0000-4000-8000-000000000002');
"""
COLUMNS_OF_0001 = {
    "users": "id, email, password_hash, full_name, role, is_active, metadata, created_at, updated_at, last_login_at",
    "refresh_tokens": "*",
    "courses": "*",
    "lessons": "*",
    "enrollments": "*",
    "lesson_progress": "*",
    "certificates": "*",
}


@pytest.fixture
def engine(empty_database: sa.URL) -> Iterator[sa.Engine]:
    """An empty database on the usual server."""
    engine = make_engine(empty_database, Settings())
    yield engine
    engine.dispose()


@pytest.fixture
def each_engine(each_empty_database: sa.URL) -> Iterator[sa.Engine]:
    """An empty database on each version."""
    engine = make_engine(each_empty_database, Settings())
    yield engine
    engine.dispose()


def in_process(connection: sa.Connection) -> Config:
    config = Config(str(alembic_ini()))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    with engine.begin() as connection:
        command.upgrade(in_process(connection), revision)


def downgrade(engine: sa.Engine, revision: str) -> None:
    with engine.begin() as connection:
        command.downgrade(in_process(connection), revision)


def facts(engine: sa.Engine) -> set[str]:
    with engine.connect() as connection:
        return facts_of(connection)


def revision_of(engine: sa.Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(sa.text("SELECT version_num FROM alembic_version")))


def version_width(engine: sa.Engine) -> int:
    query = "SELECT atttypmod - 4 FROM pg_attribute WHERE attrelid = 'alembic_version'::regclass AND attnum = 1"
    with engine.connect() as connection:
        return int(connection.execute(sa.text(query)).scalar_one())


def rows(engine: sa.Engine) -> dict[str, list[str]]:
    with engine.connect() as connection:
        return {
            table: list(
                connection.scalars(sa.text(f"SELECT t::text FROM (SELECT {columns} FROM {table}) t ORDER BY id"))
            )
            for table, columns in COLUMNS_OF_0001.items()
        }


def run(engine: sa.Engine, script: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(script)


def alembic(*arguments: str, url: str | sa.URL | None = None, folder: Path = CHECKOUT) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PYTHONPATH")}
    if url is not None:
        environment["DATABASE_URL"] = url if isinstance(url, str) else url.render_as_string(hide_password=False)
    return subprocess.Popen(
        [sys.executable, "-m", "alembic", "-c", str(alembic_ini()), *arguments],
        cwd=folder,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)


def output_of(process: subprocess.Popen[str]) -> str:
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, output + errors
    return output


# ---------------------------------------------------------------------------------------------------- what each brings


def test_the_revisions_are_the_documents_one_after_the_other() -> None:
    script = ScriptDirectory.from_config(Config(str(alembic_ini())))
    assert tuple(revision.revision for revision in script.walk_revisions())[::-1] == REVISIONS
    assert script.get_heads() == [REVISIONS[-1]]
    assert sorted(file.stem for file in (migrations_folder() / "versions").glob("*.py")) == list(REVISIONS)


def test_each_step_brings_and_takes_away_what_is_its_own(each_engine: sa.Engine) -> None:
    for number, revision in enumerate(REVISIONS, 1):
        upgrade(each_engine, revision)
        assert facts(each_engine) == document_at(number), revision
        assert revision_of(each_engine) == [revision]
    for number, revision in reversed(list(enumerate(REVISIONS[:-1], 1))):
        downgrade(each_engine, "-1")
        assert facts(each_engine) == document_at(number), revision
        assert revision_of(each_engine) == [revision]
    downgrade(each_engine, "base")
    assert facts(each_engine) == set()
    assert revision_of(each_engine) == []
    upgrade(each_engine)
    assert facts(each_engine) == document_at(7)
    with each_engine.connect() as connection:
        assert names_of_indexes(connection) >= INDEX_NAMES


@pytest.mark.parametrize(
    ("level", "allowed"), [("'advanced'", True), ("NULL", True), ("'Advanced'", False), ("''", False)]
)
def test_a_difficulty_is_one_of_three_or_none(engine: sa.Engine, level: str, allowed: bool) -> None:
    upgrade(engine, REVISIONS[0])
    run(engine, PEOPLE_AND_COURSES)
    upgrade(engine)
    change = f"UPDATE courses SET difficulty_level = {level}"
    if allowed:
        run(engine, change)
    else:
        with pytest.raises(sa.exc.IntegrityError, match="ck_courses_difficulty_level"):
            run(engine, change)


def test_duplicates_stop_the_second_revision_and_nothing_of_it_remains(engine: sa.Engine) -> None:
    upgrade(engine, REVISIONS[0])
    run(engine, PEOPLE_AND_COURSES)
    run(engine, "UPDATE users SET email = 'same@lms.com'")
    with pytest.raises(sa.exc.IntegrityError, match="ix_users_email"):
        upgrade(engine)
    assert revision_of(engine) == [REVISIONS[0]]
    assert facts(engine) == document_at(1)


# ------------------------------------------------------------------------------------------------------- what is kept


def test_rows_survive_every_revision_up_and_down(each_engine: sa.Engine) -> None:
    upgrade(each_engine, REVISIONS[0])
    run(each_engine, PEOPLE_AND_COURSES)
    before = rows(each_engine)
    upgrade(each_engine)
    assert rows(each_engine) == before
    run(each_engine, QUIZZES)
    for _ in REVISIONS[1:]:
        downgrade(each_engine, "-1")
        assert rows(each_engine) == before
    assert revision_of(each_engine) == [REVISIONS[0]]
    upgrade(each_engine)
    assert rows(each_engine) == before


def test_quizzes_survive_the_revisions_above_theirs_and_go_with_their_own(engine: sa.Engine) -> None:
    upgrade(engine, REVISIONS[0])
    run(engine, PEOPLE_AND_COURSES)
    upgrade(engine)
    run(engine, QUIZZES)
    count = sa.text(
        "SELECT (SELECT count(*) FROM quizzes), (SELECT count(*) FROM quiz_questions), count(*) FROM quiz_attempts"
    )
    downgrade(engine, REVISIONS[3])
    with engine.connect() as connection:
        assert tuple(connection.execute(count).one()) == (1, 1, 1)
    downgrade(engine, REVISIONS[2])
    upgrade(engine)
    with engine.connect() as connection:
        assert tuple(connection.execute(count).one()) == (0, 0, 0)


def test_people_who_were_there_before_have_no_second_factor_and_no_verified_address(each_engine: sa.Engine) -> None:
    upgrade(each_engine, REVISIONS[0])
    run(each_engine, PEOPLE_AND_COURSES)
    upgrade(each_engine)
    with each_engine.connect() as connection:
        people = connection.execute(sa.text("SELECT mfa_enabled, email_verified_at FROM users")).all()
    assert [tuple(person) for person in people] == [(False, None), (False, None)]


# --------------------------------------------------------------------------------------------------- the version table


def test_a_version_table_made_32_wide_is_widened(each_engine: sa.Engine) -> None:
    upgrade(each_engine, REVISIONS[0])
    run(each_engine, "ALTER TABLE alembic_version ALTER COLUMN version_num TYPE VARCHAR(32)")
    upgrade(each_engine)
    assert revision_of(each_engine) == [REVISIONS[-1]]
    assert version_width(each_engine) == 255


def test_a_version_table_that_is_wide_enough_is_left_alone(engine: sa.Engine) -> None:
    run(engine, "CREATE TABLE alembic_version (version_num TEXT PRIMARY KEY)")
    upgrade(engine)
    assert revision_of(engine) == [REVISIONS[-1]]
    assert version_width(engine) == -5  # text has no width


def test_looking_at_the_revision_writes_nothing(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        command.current(in_process(connection))
        assert not sa.inspect(connection).get_table_names()


# -------------------------------------------------------------------------------------------------------- autogenerate


def test_autogenerate_finds_nothing_to_do(each_engine: sa.Engine) -> None:
    upgrade(each_engine)
    with each_engine.connect() as connection:
        command.check(in_process(connection))


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE users DROP COLUMN last_login_at",
        "ALTER TABLE users ALTER COLUMN full_name TYPE VARCHAR(50)",
        "ALTER TABLE users ALTER COLUMN created_at DROP DEFAULT",
        "ALTER TABLE users ALTER COLUMN role DROP NOT NULL",
        "DROP INDEX ix_courses_category",
        "ALTER TABLE enrollments DROP CONSTRAINT uq_enrollments_student_id_course_id",
    ],
)
def test_autogenerate_finds_a_schema_that_has_drifted(engine: sa.Engine, change: str) -> None:
    upgrade(engine)
    run(engine, change)
    with engine.connect() as connection, pytest.raises(CommandError, match="New upgrade operations detected"):
        command.check(in_process(connection))


def test_autogenerate_leaves_alone_what_this_application_adds(engine: sa.Engine) -> None:
    upgrade(engine)
    run(engine, "CREATE SCHEMA lms_desktop; CREATE TABLE lms_desktop.change_log (id bigint PRIMARY KEY)")
    run(engine, "CREATE INDEX lms_desktop_users_full_name ON users (full_name)")
    with engine.connect() as connection:
        command.check(in_process(connection))


# ------------------------------------------------------------------------------------------------------------- offline


def test_the_printed_sql_makes_the_same_schema_without_having_seen_a_database(each_engine: sa.Engine) -> None:
    up = output_of(alembic("upgrade", "head", "--sql"))
    down = output_of(alembic("downgrade", f"{REVISIONS[-1]}:base", "--sql"))
    for _ in range(2):  # the second time on what the first has left
        run(each_engine, up)
        assert facts(each_engine) == document_at(7)
        assert revision_of(each_engine) == [REVISIONS[-1]]
        assert version_width(each_engine) == 255
        run(each_engine, down)
        assert facts(each_engine) == set()


def test_the_printed_sql_of_some_revisions_widens_a_version_table_too(engine: sa.Engine) -> None:
    upgrade(engine, REVISIONS[0])
    run(engine, "ALTER TABLE alembic_version ALTER COLUMN version_num TYPE VARCHAR(32)")
    run(engine, output_of(alembic("upgrade", f"{REVISIONS[0]}:{REVISIONS[1]}", "--sql")))
    assert facts(engine) == document_at(2)
    assert revision_of(engine) == [REVISIONS[1]]


# ---------------------------------------------------------------------------------------------------- the command line


def test_the_alembic_command_migrates_the_database_of_the_environment(engine: sa.Engine, tmp_path: Path) -> None:
    plain = engine.url.set(drivername="postgresql")
    output_of(alembic("upgrade", "head", url=plain))
    assert facts(engine) == document_at(7)
    assert REVISIONS[-1] in output_of(alembic("current", url=plain, folder=tmp_path))
    output_of(alembic("downgrade", "-1", url=plain))
    assert facts(engine) == document_at(6)


def _anew(connection: sa.Connection, question: sa.TextClause) -> object:
    """The answer in a transaction of its own: within one, the activity of others stands still."""
    connection.rollback()
    return connection.scalar(question)


def test_two_who_migrate_at_once_do_so_one_after_the_other(engine: sa.Engine) -> None:
    waiting = sa.text(  # they ask again and again: no session of theirs queues for the lock
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend' AND state = 'idle'"
    )
    with engine.connect() as third:
        third.execute(sa.select(sa.func.pg_advisory_lock(MIGRATION_LOCK)))
        third.commit()
        both = [alembic("upgrade", "head", url=engine.url) for _ in range(2)]
        until(lambda: _anew(third, waiting) == 2)
        third.invalidate()
    for process in both:
        output_of(process)
    assert facts(engine) == document_at(7)


def test_a_connection_handed_in_waits_for_whoever_is_migrating(engine: sa.Engine) -> None:
    with engine.connect() as other, engine.connect() as connection:
        other.execute(sa.select(sa.func.pg_advisory_lock(MIGRATION_LOCK)))
        connection.exec_driver_sql("SET lock_timeout = 100")
        with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
            command.upgrade(in_process(connection), "head")
        other.invalidate()
    assert facts(engine) == set()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (None, "DATABASE_URL is not set"),
        ("", "DATABASE_URL is not set"),
        ("mysql://root:geheim@localhost/lms", "PostgreSQL"),
        ("postgresql://root:geheim@localhost:1/lms", ""),
    ],
)
def test_the_alembic_command_says_in_one_sentence_why_it_cannot(url: str | None, sentence: str) -> None:
    process = alembic("upgrade", "head", url=url)
    output, errors = process.communicate(timeout=60)
    assert process.returncode > 0
    said = (output + errors).strip()
    assert sentence in said
    assert "Traceback" not in said
    assert "geheim" not in said
    assert len(said.splitlines()) == 1


# ------------------------------------------------------------------------------------------------------------- logging


def test_the_hosts_logging_is_as_it_was_after_a_migration(engine: sa.Engine) -> None:
    host, root = logging.getLogger("host.program"), logging.getLogger()
    loggers = (root, host, logging.getLogger("alembic"), logging.getLogger("sqlalchemy.engine"))
    before = [(logger.level, list(logger.handlers), logger.disabled, logger.propagate) for logger in loggers]
    upgrade(engine)
    assert [(logger.level, list(logger.handlers), logger.disabled, logger.propagate) for logger in loggers] == before
