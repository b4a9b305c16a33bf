"""Writing a revision as the README says it: `alembic revision --autogenerate`, tried, both ways, and recorded."""

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.config import CommandLine

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.paths import alembic_ini, migrations_folder
from tests.database.migrating.acting import migrate, run

SHORT = "ALTER TABLE users DROP COLUMN last_login_at; DROP INDEX ix_courses_category"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What a developer works on: alembic.ini and the revisions, to be written to."""
    shutil.copy(alembic_ini(), tmp_path)
    shutil.copytree(migrations_folder(), tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_autogenerate_writes_a_revision_that_works_both_ways(
    checkout: Path, empty_database: sa.URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database lacks what the entities have: that is what a developer's change looks like from here."""
    engine = make_engine(empty_database, Settings())
    migrate(engine)
    run(engine, SHORT)
    monkeypatch.chdir(checkout)
    monkeypatch.setenv("DATABASE_URL", empty_database.render_as_string(hide_password=False))

    def alembic(*arguments: str) -> None:
        CommandLine().main(arguments)  # what the command calls; where something is wrong it raises SystemExit

    alembic("revision", "--autogenerate", "--rev-id", "0008_back_again", "-m", "What was taken away")
    written = (checkout / "migrations" / "versions" / "0008_back_again.py").read_text()
    assert "down_revision = '0007_add_users_mfa_enabled'" in written
    assert "op.add_column('users', sa.Column('last_login_at', sa.DateTime(timezone=True), nullable=True))" in written
    assert "op.create_index('ix_courses_category', 'courses', ['category'], unique=False)" in written.replace(
        "op.f('ix_courses_category')", "'ix_courses_category'"
    )
    alembic("upgrade", "head")
    alembic("check")
    alembic("downgrade", "-1")
    with engine.connect() as connection:
        assert "last_login_at" not in [column["name"] for column in sa.inspect(connection).get_columns("users")]
    engine.dispose()
