"""Slow 3."""

from alembic import op

revision = "t3_slow"
down_revision = "t2_slow"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE slow_3 (id bigint PRIMARY KEY)")
    op.execute("SELECT pg_sleep(0.2)")
    op.execute("ALTER TABLE users ADD slow_3 integer")


def downgrade() -> None:
    op.execute("ALTER TABLE users DROP slow_3")
    op.execute("DROP TABLE slow_3")
