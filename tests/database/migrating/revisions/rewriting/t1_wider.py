"""Marks of any size."""

from alembic import op

revision = "t1_wider"
down_revision = "0007_add_users_mfa_enabled"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE marks ALTER COLUMN mark TYPE bigint")
    op.execute("CREATE INDEX ix_marks_mark ON marks (mark)")


def downgrade() -> None:
    op.execute("DROP INDEX ix_marks_mark")
    op.execute("ALTER TABLE marks ALTER COLUMN mark TYPE integer")
