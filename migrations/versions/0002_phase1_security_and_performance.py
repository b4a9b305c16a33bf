"""Indexes for performance, security constraints.

The constraints: an e-mail address, a slug, a token and a certificate's number are one row's; a student takes a course
once, a lesson is tracked once per enrollment, an enrollment earns one certificate; a difficulty is one of three. Rows
that break one of them stop the upgrade, and nothing of it remains.

The indexes are those of the document's *Indexing Strategy*: users by role; courses by state and age, by instructor and
age, by category; enrollments by student and by course.
"""

from alembic import op

revision = "0002_phase1_security_and_performance"
down_revision = "0001_initial_schema"
branch_labels = None
depends_on = None

UNIQUE_INDEXES = (
    ("ix_users_email", "users", ["email"]),
    ("ix_courses_slug", "courses", ["slug"]),
    ("ix_certificates_enrollment_id", "certificates", ["enrollment_id"]),
)
UNIQUE_CONSTRAINTS = (
    ("uq_refresh_tokens_token", "refresh_tokens", ["token"]),
    ("uq_certificates_certificate_number", "certificates", ["certificate_number"]),
    ("uq_enrollments_student_id_course_id", "enrollments", ["student_id", "course_id"]),
    ("uq_lesson_progress_enrollment_id_lesson_id", "lesson_progress", ["enrollment_id", "lesson_id"]),
)
INDEXES = (
    ("ix_users_role", "users", ["role"]),
    ("ix_courses_is_published_created_at", "courses", ["is_published", "created_at"]),
    ("ix_courses_instructor_created_at", "courses", ["instructor_id", "created_at"]),
    ("ix_courses_category", "courses", ["category"]),
    ("ix_enrollments_student_id", "enrollments", ["student_id"]),
    ("ix_enrollments_course_id", "enrollments", ["course_id"]),
)


def upgrade() -> None:
    for name, table, columns in UNIQUE_INDEXES:
        op.create_index(name, table, columns, unique=True)
    for name, table, columns in UNIQUE_CONSTRAINTS:
        op.create_unique_constraint(name, table, columns)
    op.create_check_constraint(
        op.f("ck_courses_difficulty_level"),
        "courses",
        "difficulty_level IS NULL OR difficulty_level IN ('beginner', 'intermediate', 'advanced')",
    )
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _ in reversed(INDEXES):
        op.drop_index(name, table)
    op.drop_constraint(op.f("ck_courses_difficulty_level"), "courses", type_="check")
    for name, table, _ in reversed(UNIQUE_CONSTRAINTS):
        op.drop_constraint(name, table, type_="unique")
    for name, table, _ in reversed(UNIQUE_INDEXES):
        op.drop_index(name, table)
