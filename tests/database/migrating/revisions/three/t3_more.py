"""More."""

from alembic import op

revision = "t3_more"
down_revision = "t2_fails"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE courses ADD colour text")


def downgrade() -> None:
    op.execute("ALTER TABLE courses DROP colour")
