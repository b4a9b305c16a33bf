"""Email verification field.

users.email_verified_at and its index; nobody's address counts as verified at first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006_add_users_email_verified_at"
down_revision = "0005_phase1_remaining_indexes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_users_email_verified_at", "users", ["email_verified_at"])


def downgrade() -> None:
    op.drop_index("ix_users_email_verified_at", "users")
    op.drop_column("users", "email_verified_at")
