"""What the tables and columns of the schema are called on the screen, for sentences about errors.

A test compares these words with the declarations in `admin`, which this module, being a leaf, cannot ask.
"""

import re

from lms_desktop.errors.kinds import N_

# table: (one row, several rows)
_TABLES = {
    "users": (N_("person"), N_("people")),
    "courses": (N_("course"), N_("courses")),
    "lessons": (N_("lesson"), N_("lessons")),
    "enrollments": (N_("enrollment"), N_("enrollments")),
    "lesson_progress": (N_("lesson progress"), N_("progress records")),
    "quizzes": (N_("quiz"), N_("quizzes")),
    "quiz_questions": (N_("question"), N_("questions")),
    "quiz_attempts": (N_("attempt"), N_("attempts")),
    "certificates": (N_("certificate"), N_("certificates")),
    "refresh_tokens": (N_("session"), N_("sessions")),
}

_COLUMNS = {
    "answers": N_("Answers"),
    "category": N_("Category"),
    "certificate_number": N_("Number"),
    "completed": N_("State"),
    "completed_at": N_("Completed at"),
    "content": N_("Content"),
    "content_type": N_("Type"),
    "correct_answer": N_("Correct answer"),
    "course_id": N_("Course"),
    "created_at": N_("Created"),
    "description": N_("Description"),
    "difficulty_level": N_("Difficulty"),
    "duration_minutes": N_("Duration"),
    "email": N_("E-mail"),
    "email_verified_at": N_("E-mail verified"),
    "ended_at": N_("Ended"),
    "enrolled_at": N_("Enrolled"),
    "enrollment_id": N_("Enrollment"),
    "estimated_duration_minutes": N_("Duration"),
    "expires_at": N_("Expires"),
    "full_name": N_("Name"),
    "id": N_("Id"),
    "instructor_id": N_("Instructor"),
    "is_active": N_("Account"),
    "is_published": N_("State"),
    "issued_at": N_("Issued"),
    "last_login_at": N_("Last sign-in"),
    "lesson_id": N_("Lesson"),
    "metadata": N_("Further data"),
    "mfa_enabled": N_("Two-step sign-in"),
    "options": N_("Options"),
    "order": N_("Place"),
    "passed": N_("Result"),
    "passing_score_percentage": N_("Pass mark"),
    "password_hash": N_("Password"),
    "pdf_path": N_("PDF file"),
    "points": N_("Points"),
    "question_text": N_("Question"),
    "question_type": N_("Type"),
    "quiz_id": N_("Quiz"),
    "revoked": N_("Revoked"),
    "revoked_at": N_("Revoked at"),
    "role": N_("Role"),
    "score": N_("Score"),
    "shuffle_questions": N_("Order of questions"),
    "slug": N_("Short name"),
    "started_at": N_("Started"),
    "student_id": N_("Student"),
    "thumbnail_url": N_("Picture"),
    "time_limit_minutes": N_("Time limit"),
    "title": N_("Title"),
    "token": N_("Token"),
    "updated_at": N_("Changed"),
    "user_id": N_("Person"),
    "video_url": N_("Video"),
}
# Where a table has another word for it.
_EXCEPTIONS = {
    ("enrollments", "completed_at"): N_("Completed"),
    ("refresh_tokens", "created_at"): N_("Signed in"),
    ("users", "metadata"): N_("Profile data"),
}
# The attribute cannot be called like the column, which SQLAlchemy keeps for itself.
_METADATA = {"users": "profile_metadata", "courses": "course_metadata", "lessons": "lesson_metadata"}

SECRET = ("password_hash", "token")
"""Columns whose values no sentence repeats."""


def tables_in(text: str) -> tuple[str, ...]:
    """The tables of the schema that a text names, in its order."""
    return tuple(word for word in re.findall(r"\w+", text) if word in _TABLES)


def columns_in(name: str) -> tuple[str, ...]:
    """The columns, the id apart, that a constraint's name is put together from, as far as can be told."""
    found = [column for column in _COLUMNS if column != "id" and column.removesuffix("_id") in name]
    return tuple(column for column in found if not any(column != other and column in other for other in found))


def is_column(column: str) -> bool:
    """Whether the schema has a column of that name."""
    return column in _COLUMNS


def field_of(table: str, column: str) -> str | None:
    """The attribute of the entity for a column; None for a column that the schema does not have."""
    if column == "metadata":
        return _METADATA.get(table)
    return column if column in _COLUMNS else None


def one(table: str) -> str:
    """The word for one row of a table."""
    return _TABLES[table][0] if table in _TABLES else N_("record")


def many(table: str) -> str:
    """The word for rows of a table."""
    return _TABLES[table][1] if table in _TABLES else N_("records")


def label(table: str, column: str) -> str:
    """The word for a column."""
    return _EXCEPTIONS.get((table, column)) or _COLUMNS.get(column, N_("a value"))
