"""A minute of small statements."""

from alembic import op

revision = "t1_minute"
down_revision = "0007_add_users_mfa_enabled"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for number in range(600):
        op.execute(f"CREATE TABLE minute_{number} (id bigint PRIMARY KEY)")
        op.execute("SELECT pg_sleep(0.08)")


def downgrade() -> None:
    for number in range(600):
        op.execute(f"DROP TABLE minute_{number}")
