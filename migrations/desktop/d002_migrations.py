"""The record of migrations: which revision was applied or taken back, when and by whom.

Whoever runs a revision with this application's environment, the `alembic` command included, is written down in the same
transaction; other programs' Alembic writes nothing here. What was applied before this revision is not on record.
"""

from alembic import op

revision = "d002_migrations"
down_revision = "d001_change_log"
branch_labels = None
depends_on = None

MIGRATIONS = """
CREATE TABLE lms_desktop.migrations (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    lineage text NOT NULL,
    revision text NOT NULL,
    action text NOT NULL CHECK (action IN ('upgrade', 'downgrade', 'stamp')),
    actor text NOT NULL DEFAULT '',
    db_role text NOT NULL DEFAULT session_user,
    program text NOT NULL DEFAULT ''
)
"""


def upgrade() -> None:
    op.execute(MIGRATIONS)
    op.execute("SELECT lms_desktop.attach()")  # whoever may read the people may read this table too


def downgrade() -> None:
    op.execute("DROP TABLE lms_desktop.migrations")
