"""A nickname."""

from alembic import op

revision = "t1_nickname"
down_revision = "0007_add_users_mfa_enabled"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE users ADD nickname text")


def downgrade() -> None:
    op.execute("ALTER TABLE users DROP nickname")
