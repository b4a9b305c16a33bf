"""Slow 4."""

from alembic import op

revision = "t4_slow"
down_revision = "t3_slow"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE slow_4 (id bigint PRIMARY KEY)")
    op.execute("SELECT pg_sleep(0.2)")
    op.execute("ALTER TABLE users ADD slow_4 integer")


def downgrade() -> None:
    op.execute("ALTER TABLE users DROP slow_4")
    op.execute("DROP TABLE slow_4")
