"""Additional indexes for queries.

The foreign keys that have no index yet: without one, every look from a parent at its children, and every delete of a
parent, reads the whole child table.
"""

from alembic import op

revision = "0003_phase1_infrastructure_indexes"
down_revision = "0002_phase1_security_and_performance"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_refresh_tokens_user_id", "refresh_tokens", ["user_id"]),
    ("ix_courses_instructor_id", "courses", ["instructor_id"]),
    ("ix_lessons_course_id", "lessons", ["course_id"]),
    ("ix_lesson_progress_enrollment_id", "lesson_progress", ["enrollment_id"]),
    ("ix_lesson_progress_lesson_id", "lesson_progress", ["lesson_id"]),
)


def upgrade() -> None:
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _ in reversed(INDEXES):
        op.drop_index(name, table)
