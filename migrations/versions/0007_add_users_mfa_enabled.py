"""MFA support field.

users.mfa_enabled, false for everybody who is there. The document gives the column no default in the database, so the
one that fills the existing rows does not stay.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007_add_users_mfa_enabled"
down_revision = "0006_add_users_email_verified_at"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("mfa_enabled", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.alter_column("users", "mfa_enabled", server_default=None)


def downgrade() -> None:
    op.drop_column("users", "mfa_enabled")
