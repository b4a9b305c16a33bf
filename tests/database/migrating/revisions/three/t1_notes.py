"""Notes."""

from alembic import op

revision = "t1_notes"
down_revision = "0007_add_users_mfa_enabled"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE notes (id bigint PRIMARY KEY, note text)")
    op.execute("INSERT INTO notes SELECT n FROM generate_series(1, 100) n")


def downgrade() -> None:
    op.execute("DROP TABLE notes")
