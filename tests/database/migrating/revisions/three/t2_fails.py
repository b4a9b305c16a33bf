"""A nickname, and an index that cannot be."""

from alembic import op

revision = "t2_fails"
down_revision = "t1_notes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE users ADD nickname text")
    op.execute("CREATE UNIQUE INDEX ix_users_full_name ON users (role)")


def downgrade() -> None:
    op.execute("ALTER TABLE users DROP nickname")
