"""Slow 1."""

from alembic import op

revision = "t1_slow"
down_revision = "0007_add_users_mfa_enabled"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE slow_1 (id bigint PRIMARY KEY)")
    op.execute("SELECT pg_sleep(0.2)")
    op.execute("ALTER TABLE users ADD slow_1 integer")


def downgrade() -> None:
    op.execute("ALTER TABLE users DROP slow_1")
    op.execute("DROP TABLE slow_1")
