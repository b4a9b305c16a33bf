"""A mark for people, then one for courses."""

from alembic import op

revision = "t1_users_then_courses"
down_revision = "0007_add_users_mfa_enabled"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE users ADD mark text")
    op.execute("SELECT pg_sleep(0.3)")
    op.execute("ALTER TABLE courses ADD mark text")


def downgrade() -> None:
    op.execute("ALTER TABLE courses DROP mark")
    op.execute("ALTER TABLE users DROP mark")
