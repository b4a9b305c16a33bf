"""A colour for courses."""

from alembic import op

revision = "t1_colour"
down_revision = "0007_add_users_mfa_enabled"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE courses ADD colour text")


def downgrade() -> None:
    op.execute("ALTER TABLE courses DROP colour")
