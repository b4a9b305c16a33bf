"""A minute of small statements."""

from alembic import op

revision = "t1_minute"
down_revision = "0007_add_users_mfa_enabled"
branch_labels = None
depends_on = None

TABLES, PAUSES = 50, 12


def upgrade() -> None:
    for number in range(TABLES):
        op.execute(f"CREATE TABLE minute_{number} (id bigint PRIMARY KEY)")
        for _ in range(PAUSES):
            op.execute("SELECT pg_sleep(0.09)")


def downgrade() -> None:
    for number in range(TABLES):
        op.execute(f"DROP TABLE minute_{number}")
