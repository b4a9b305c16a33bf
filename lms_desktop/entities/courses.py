"""Courses, their lessons, and who takes them how far."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms_desktop.entities.base import Base, CreatedAt, Json, Moment, PrimaryKey, Reference, UpdatedAt


class Course(Base):
    """A course, taught by one instructor. An instructor who has courses cannot be deleted."""

    __tablename__ = "courses"
    __table_args__ = (
        CheckConstraint(
            "difficulty_level IS NULL OR difficulty_level IN ('beginner', 'intermediate', 'advanced')",
            name="difficulty_level",
        ),
        Index("ix_courses_is_published_created_at", "is_published", "created_at"),
        Index("ix_courses_instructor_created_at", "instructor_id", "created_at"),
    )

    id: Mapped[PrimaryKey]
    title: Mapped[str] = mapped_column(String(255))
    slug: Mapped[str] = mapped_column(String(255), unique=True, index=True)
    description: Mapped[str | None] = mapped_column(Text)
    instructor_id: Mapped[Reference] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    category: Mapped[str | None] = mapped_column(String(100), index=True)
    difficulty_level: Mapped[str | None] = mapped_column(String(50), index=True)
    is_published: Mapped[bool] = mapped_column(default=False, index=True)
    thumbnail_url: Mapped[str | None] = mapped_column(String(500))
    estimated_duration_minutes: Mapped[int | None]
    course_metadata: Mapped[dict[str, Any] | None] = mapped_column("metadata", Json)
    created_at: Mapped[CreatedAt] = mapped_column(index=True)
    updated_at: Mapped[UpdatedAt]


class Lesson(Base):
    """One lesson of a course, in its place: `order` runs 1..n within the course."""

    __tablename__ = "lessons"

    id: Mapped[PrimaryKey]
    course_id: Mapped[Reference] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(50))
    content: Mapped[str | None] = mapped_column(Text)
    video_url: Mapped[str | None] = mapped_column(String(500))
    duration_minutes: Mapped[int | None]
    order: Mapped[int]
    # The document says `metadata`, a name that declarative classes keep for themselves.
    lesson_metadata: Mapped[dict[str, Any] | None] = mapped_column("metadata", Json)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class Enrollment(Base):
    """A student takes a course, once."""

    __tablename__ = "enrollments"
    __table_args__ = (UniqueConstraint("student_id", "course_id"),)

    id: Mapped[PrimaryKey]
    student_id: Mapped[Reference] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    course_id: Mapped[Reference] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), index=True)
    enrolled_at: Mapped[CreatedAt]
    completed_at: Mapped[Moment | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class LessonProgress(Base):
    """How far an enrollment has come with one lesson."""

    __tablename__ = "lesson_progress"
    __table_args__ = (UniqueConstraint("enrollment_id", "lesson_id"),)

    id: Mapped[PrimaryKey]
    enrollment_id: Mapped[Reference] = mapped_column(ForeignKey("enrollments.id", ondelete="CASCADE"), index=True)
    lesson_id: Mapped[Reference] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), index=True)
    completed: Mapped[bool] = mapped_column(default=False)
    completed_at: Mapped[Moment | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class Certificate(Base):
    """What an enrollment earned, at most one. It reaches its course through the enrollment and goes with it."""

    __tablename__ = "certificates"

    id: Mapped[PrimaryKey]
    enrollment_id: Mapped[Reference] = mapped_column(
        ForeignKey("enrollments.id", ondelete="CASCADE"), unique=True, index=True
    )
    certificate_number: Mapped[str] = mapped_column(String(50), unique=True)
    issued_at: Mapped[CreatedAt]
    pdf_path: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[CreatedAt]
