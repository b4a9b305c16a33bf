"""Quizzes, their questions, and what students answered."""

from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lms_desktop.entities.base import Base, CreatedAt, Json, Moment, PrimaryKey, Reference, UpdatedAt


class Quiz(Base):
    """A quiz of a course, of one of its lessons, or (when those were deleted) of neither."""

    __tablename__ = "quizzes"

    id: Mapped[PrimaryKey]
    course_id: Mapped[Reference | None] = mapped_column(ForeignKey("courses.id", ondelete="SET NULL"), index=True)
    lesson_id: Mapped[Reference | None] = mapped_column(ForeignKey("lessons.id", ondelete="SET NULL"), index=True)
    title: Mapped[str] = mapped_column(String(255))
    description: Mapped[str | None] = mapped_column(Text)
    time_limit_minutes: Mapped[int | None]
    passing_score_percentage: Mapped[int] = mapped_column(default=70)
    shuffle_questions: Mapped[bool] = mapped_column(default=False)
    is_published: Mapped[bool] = mapped_column(default=False, index=True)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class QuizQuestion(Base):
    """One question, in its place: `order` runs 1..n within the quiz."""

    __tablename__ = "quiz_questions"

    id: Mapped[PrimaryKey]
    quiz_id: Mapped[Reference] = mapped_column(ForeignKey("quizzes.id", ondelete="CASCADE"), index=True)
    question_text: Mapped[str] = mapped_column(Text)
    question_type: Mapped[str] = mapped_column(String(50))
    options: Mapped[list[Any] | None] = mapped_column(Json)
    correct_answer: Mapped[str | None] = mapped_column(Text)
    points: Mapped[int] = mapped_column(default=1)
    order: Mapped[int]
    created_at: Mapped[CreatedAt]


class QuizAttempt(Base):
    """One student's run through a quiz. `score` is a percentage, 0 to 100."""

    __tablename__ = "quiz_attempts"
    __table_args__ = (Index("ix_quiz_attempts_student_quiz", "student_id", "quiz_id"),)

    id: Mapped[PrimaryKey]
    quiz_id: Mapped[Reference] = mapped_column(ForeignKey("quizzes.id", ondelete="CASCADE"), index=True)
    student_id: Mapped[Reference] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[CreatedAt]
    ended_at: Mapped[Moment | None]
    answers: Mapped[list[Any] | None] = mapped_column(Json)
    score: Mapped[int | None]
    passed: Mapped[bool | None]
    created_at: Mapped[CreatedAt]
