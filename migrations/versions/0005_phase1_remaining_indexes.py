"""Final indexes for Phase 1.

What lists of users and courses are sorted and filtered by, one column each.
"""

from alembic import op

revision = "0005_phase1_remaining_indexes"
down_revision = "0004_phase1_quiz_indexes"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_users_created_at", "users", ["created_at"]),
    ("ix_courses_created_at", "courses", ["created_at"]),
    ("ix_courses_difficulty_level", "courses", ["difficulty_level"]),
    ("ix_courses_is_published", "courses", ["is_published"]),
)


def upgrade() -> None:
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _ in reversed(INDEXES):
        op.drop_index(name, table)
