"""A slow index beside writers."""

from alembic import op

revision = "t5_slow_index"
down_revision = "t4_slow"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("SELECT pg_sleep(0.3)")
        op.execute("CREATE INDEX CONCURRENTLY ix_slow ON users (slow_1)")
        op.execute("SELECT pg_sleep(0.3)")


def downgrade() -> None:
    op.execute("DROP INDEX ix_slow")
