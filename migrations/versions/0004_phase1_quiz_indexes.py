"""Quiz, question, attempt tables.

With all their keys and indexes. A quiz outlives its course and its lesson; questions and attempts go with their quiz.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004_phase1_quiz_indexes"
down_revision = "0003_phase1_infrastructure_indexes"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_quizzes_course_id", "quizzes", ["course_id"]),
    ("ix_quizzes_lesson_id", "quizzes", ["lesson_id"]),
    ("ix_quizzes_is_published", "quizzes", ["is_published"]),
    ("ix_quiz_questions_quiz_id", "quiz_questions", ["quiz_id"]),
    ("ix_quiz_attempts_quiz_id", "quiz_attempts", ["quiz_id"]),
    ("ix_quiz_attempts_student_id", "quiz_attempts", ["student_id"]),
    ("ix_quiz_attempts_student_quiz", "quiz_attempts", ["student_id", "quiz_id"]),
)


def upgrade() -> None:
    _quizzes()
    _questions_and_attempts()
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for table in ("quiz_attempts", "quiz_questions", "quizzes"):
        op.drop_table(table)


def _quizzes() -> None:
    op.create_table(
        "quizzes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.Column("lesson_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("time_limit_minutes", sa.Integer(), nullable=True),
        sa.Column("passing_score_percentage", sa.Integer(), nullable=False),
        sa.Column("shuffle_questions", sa.Boolean(), nullable=False),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        _now("created_at"),
        _now("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_quizzes"),
        _foreign_key("quizzes", "course_id", "courses", "SET NULL"),
        _foreign_key("quizzes", "lesson_id", "lessons", "SET NULL"),
    )


def _questions_and_attempts() -> None:
    op.create_table(
        "quiz_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("question_text", sa.Text(), nullable=False),
        sa.Column("question_type", sa.String(50), nullable=False),
        sa.Column("options", sa.JSON(), nullable=True),
        sa.Column("correct_answer", sa.Text(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        _now("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_quiz_questions"),
        _foreign_key("quiz_questions", "quiz_id", "quizzes", "CASCADE"),
    )
    op.create_table(
        "quiz_attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        _now("started_at"),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        _now("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_quiz_attempts"),
        _foreign_key("quiz_attempts", "quiz_id", "quizzes", "CASCADE"),
        _foreign_key("quiz_attempts", "student_id", "users", "CASCADE"),
    )


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def _foreign_key(table: str, column: str, parent: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=f"fk_{table}_{column}_{parent}", ondelete=ondelete)
