"""Initial tables: users, courses, lessons, enrollments.

And those that hang on them and that the document gives to no other revision: lesson_progress, refresh_tokens and
certificates. The tables are bare: columns, primary keys, foreign keys with their ON DELETE, defaults. Uniqueness,
checks and every index come later.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001_initial_schema"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _people()
    _courses()
    _enrollments()


def downgrade() -> None:
    for table in (
        "certificates",
        "lesson_progress",
        "enrollments",
        "lessons",
        "courses",
        "refresh_tokens",
        "users",
    ):
        op.drop_table(table)


def _people() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(255), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("full_name", sa.String(255), nullable=False),
        sa.Column("role", sa.String(50), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=True),
        _now("created_at"),
        _now("updated_at"),
        _moment("last_login_at"),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.String(500), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        _moment("revoked_at"),
        _now("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_refresh_tokens"),
        _foreign_key("refresh_tokens", "user_id", "users", "CASCADE"),
    )


def _courses() -> None:
    op.create_table(
        "courses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("slug", sa.String(255), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("instructor_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(100), nullable=True),
        sa.Column("difficulty_level", sa.String(50), nullable=True),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.Column("thumbnail_url", sa.String(500), nullable=True),
        sa.Column("estimated_duration_minutes", sa.Integer(), nullable=True),
        sa.Column("metadata", sa.JSON(), nullable=True),
        _now("created_at"),
        _now("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_courses"),
        _foreign_key("courses", "instructor_id", "users", "RESTRICT"),
    )
    op.create_table(
        "lessons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("content_type", sa.String(50), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("video_url", sa.String(500), nullable=True),
        sa.Column("duration_minutes", sa.Integer(), nullable=True),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=True),
        _now("created_at"),
        _now("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_lessons"),
        _foreign_key("lessons", "course_id", "courses", "CASCADE"),
    )


def _enrollments() -> None:
    op.create_table(
        "enrollments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        _now("enrolled_at"),
        _moment("completed_at"),
        _now("created_at"),
        _now("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_enrollments"),
        _foreign_key("enrollments", "student_id", "users", "CASCADE"),
        _foreign_key("enrollments", "course_id", "courses", "CASCADE"),
    )
    op.create_table(
        "lesson_progress",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("completed", sa.Boolean(), nullable=False),
        _moment("completed_at"),
        _now("created_at"),
        _now("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_lesson_progress"),
        _foreign_key("lesson_progress", "enrollment_id", "enrollments", "CASCADE"),
        _foreign_key("lesson_progress", "lesson_id", "lessons", "CASCADE"),
    )
    op.create_table(
        "certificates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_number", sa.String(50), nullable=False),
        _now("issued_at"),
        sa.Column("pdf_path", sa.String(500), nullable=True),
        _now("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_certificates"),
        _foreign_key("certificates", "enrollment_id", "enrollments", "CASCADE"),
    )


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _foreign_key(table: str, column: str, parent: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=f"fk_{table}_{column}_{parent}", ondelete=ondelete)
