"""The change log beside the document's revisions: at each of them, and after it was taken away again."""

import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.paths import alembic_ini
from tests.document import REVISIONS
from tests.test_migrations import PEOPLE_AND_COURSES, QUIZZES, alembic, output_of

OUR_INDEXES = {
    "lms_desktop_users_full_name_id",
    "lms_desktop_enrollments_enrolled_at_id",
    "lms_desktop_quiz_attempts_started_at_id",
    "lms_desktop_lesson_progress_created_at_id",
    "lms_desktop_refresh_tokens_created_at_id",
    "lms_desktop_certificates_issued_at_id",
    "lms_desktop_courses_title_id",
    "lms_desktop_quizzes_title_id",
}

CATALOGUE = """
    SELECT format('schema %s %s', nspname, nspacl) FROM pg_namespace WHERE nspname !~ '^(pg_|info)'
    UNION ALL SELECT format('%s %s %s %s', c.relkind, c.oid::regclass, c.relacl, c.relhastriggers)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname !~ '^(pg_|info)'
    UNION ALL SELECT format('%s.%s %s %s', c.oid::regclass, attname, format_type(atttypid, atttypmod), attnotnull)
      FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE nspname !~ '^(pg_|info)' AND attnum > 0
    UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE nspname !~ '^(pg_|info)'
    UNION ALL SELECT format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(c.oid)) FROM pg_constraint c
      JOIN pg_namespace n ON n.oid = c.connamespace WHERE nspname !~ '^(pg_|info)'
    UNION ALL SELECT t.oid::regtype::text FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
     WHERE nspname !~ '^(pg_|info)'
    UNION ALL SELECT defaclacl::text FROM pg_default_acl
    UNION ALL SELECT evtname FROM pg_event_trigger
    UNION ALL SELECT extname FROM pg_extension
    ORDER BY 1
"""


@pytest.fixture
def each_engine(each_empty_database: sa.URL) -> Iterator[sa.Engine]:
    """An empty database on each version."""
    engine = make_engine(each_empty_database, Settings())
    yield engine
    engine.dispose()


@pytest.fixture
def engine(empty_database: sa.URL) -> Iterator[sa.Engine]:
    """An empty database on the usual server."""
    engine = make_engine(empty_database, Settings())
    yield engine
    engine.dispose()


def migrate(engine: sa.Engine, revision: str, *, ours: bool = False, down: bool = False) -> None:
    """Go to a revision of the document, or of our own lineage."""
    with engine.begin() as connection:
        config = Config(str(alembic_ini()), ini_section="desktop" if ours else "alembic")
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, revision)


def run(engine: sa.Engine, script: str, *, named: bool = False) -> str:
    """Run SQL, as a named operation if wanted; its id."""
    operation = str(uuid.uuid4())
    with engine.begin() as connection:
        if named:
            connection.execute(sa.text("SELECT set_config('lms.operation', :id, true)"), {"id": operation})
        connection.exec_driver_sql(script)
    return operation


def tables_of(engine: sa.Engine) -> set[str]:
    """The document's tables that there are."""
    with engine.connect() as connection:
        found = connection.scalars(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        return set(found) - {"alembic_version"}


def catalogue(engine: sa.Engine) -> list[str]:
    """Everything that a database is made of, the order in which it was made aside."""
    with engine.connect() as connection:
        return [str(line) for line in connection.scalars(sa.text(CATALOGUE))]


def test_every_table_is_logged_at_every_revision(each_engine: sa.Engine) -> None:
    migrate(each_engine, REVISIONS[0])
    migrate(each_engine, "head", ours=True)
    run(each_engine, PEOPLE_AND_COURSES)
    for revision in REVISIONS:
        had = tables_of(each_engine)
        migrate(each_engine, revision)
        if "quizzes" in tables_of(each_engine) - had:
            run(each_engine, QUIZZES)
        for table in tables_of(each_engine):
            # Of a session nothing but what is no secret; of all others the key, which stays what it was.
            change = "revoked = NOT revoked" if table == "refresh_tokens" else "created_at = created_at + '1 day'"
            operation = run(each_engine, f"UPDATE {table} SET {change}", named=True)
            with each_engine.connect() as connection:
                found = connection.execute(
                    sa.text(
                        "SELECT entity, count(*) FROM lms_desktop.changes c JOIN lms_desktop.operations o"
                        " ON o.seq = c.operation WHERE o.id = CAST(:id AS uuid) GROUP BY entity"
                    ),
                    {"id": operation},
                ).all()
                rows = connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()
            assert [tuple(row) for row in found] == [(table, rows)], revision
    images = "SELECT DISTINCT json_object_keys(after) FROM lms_desktop.changes WHERE entity = 'users' AND action = 'I'"
    new = "(id, email, password_hash, full_name, role, is_active, mfa_enabled)"
    run(
        each_engine,
        f"INSERT INTO users {new} VALUES (gen_random_uuid(), 'n@s', 'x', 'N', 'student', true, false)",
        named=True,
    )
    with each_engine.connect() as connection:
        assert {"email_verified_at", "mfa_enabled"} <= set(connection.scalars(sa.text(images)))


def test_a_downgrade_leaves_the_database_as_one_that_never_had_it(each_engine: sa.Engine) -> None:
    migrate(each_engine, "head")
    run(
        each_engine,
        PEOPLE_AND_COURSES.replace("is_active, metadata)", "is_active, metadata, mfa_enabled)")
        .replace("'{\"a\":  1}'),", "'{\"a\":  1}', false),")
        .replace("false, NULL);", "false, NULL, false);"),
    )
    never = catalogue(each_engine)
    migrate(each_engine, "head", ours=True)
    assert catalogue(each_engine) != never
    run(each_engine, "UPDATE courses SET title = 'x'", named=True)
    migrate(each_engine, "base", ours=True, down=True)
    assert catalogue(each_engine) == never
    run(each_engine, "UPDATE courses SET title = 'y'; DELETE FROM courses", named=True)
    migrate(each_engine, "head", ours=True)
    run(each_engine, "UPDATE users SET full_name = 'z'", named=True)
    migrate(each_engine, "base", down=True)
    migrate(each_engine, "base", ours=True, down=True)
    assert not tables_of(each_engine)


def test_the_backends_alembic_notices_nothing(engine: sa.Engine) -> None:
    migrate(engine, "head")
    migrate(engine, "head", ours=True)
    before = catalogue(engine)
    assert output_of(alembic("current", url=engine.url)).split() == [REVISIONS[-1], "(head)"]
    output_of(alembic("upgrade", "head", url=engine.url))
    assert "No new upgrade operations detected" in output_of(alembic("check", url=engine.url))
    assert catalogue(engine) == before


def test_an_alembic_that_knows_nothing_of_us_notices_nothing(engine: sa.Engine, tmp_path: Path) -> None:
    """The backend's own environment looks at its default schema and filters nothing."""
    migrate(engine, "head")
    migrate(engine, "head", ours=True)
    (tmp_path / "versions").mkdir()
    for file in (Path(str(alembic_ini())).parent / "migrations" / "versions").glob("*.py"):
        (tmp_path / "versions" / file.name).write_bytes(file.read_bytes())
    (tmp_path / "env.py").write_text(
        "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine\n"
        "from lms_desktop.entities import Base\n"
        "with create_engine(os.environ['DATABASE_URL']).connect() as connection:\n"
        "    context.configure(connection=connection, target_metadata=Base.metadata)\n"
        "    with context.begin_transaction():\n        context.run_migrations()\n"
    )
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s\npath_separator = os\n")
    address = engine.url.set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)
    for arguments, said in ((["current"], "(head)"), (["upgrade", "head"], ""), (["check"], "")):
        done = subprocess.run(
            [sys.executable, "-m", "alembic", "-c", str(tmp_path / "alembic.ini"), *arguments],
            env={"DATABASE_URL": address, "PATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )
        assert said in done.stdout
        if arguments == ["check"]:  # the indexes of our own on the document's tables are all that it does not know
            told = done.stderr + done.stdout
            assert set(re.findall(r"\('((?:add|remove|modify)_\w+)',", told)) == {"remove_index"}
            assert set(re.findall(r"\('remove_index', Index\('(\w+)'", told)) == OUR_INDEXES
        else:
            assert done.returncode == 0, done.stderr
