"""No two courses of one title, without stopping whoever works with them."""

from alembic import op

revision = "t2_unique_titles"
down_revision = "t1_colour"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_courses_title", "courses", ["title"], unique=True, postgresql_concurrently=True, if_not_exists=True
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_courses_title", "courses", postgresql_concurrently=True, if_exists=True)
