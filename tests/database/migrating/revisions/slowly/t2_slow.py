"""Slow 2."""

from alembic import op

revision = "t2_slow"
down_revision = "t1_slow"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE slow_2 (id bigint PRIMARY KEY)")
    op.execute("SELECT pg_sleep(0.2)")
    op.execute("ALTER TABLE users ADD slow_2 integer")


def downgrade() -> None:
    op.execute("ALTER TABLE users DROP slow_2")
    op.execute("DROP TABLE slow_2")
