"""The ten entities of the schema document, as SQLAlchemy classes. Nothing else in the application knows the columns."""

from lms_desktop.entities.base import NAMING_CONVENTION, XID, Base, new_id
from lms_desktop.entities.courses import Certificate, Course, Enrollment, Lesson, LessonProgress
from lms_desktop.entities.people import RefreshToken, User
from lms_desktop.entities.quizzes import Quiz, QuizAttempt, QuizQuestion

ENTITIES: tuple[type[Base], ...] = (
    User,
    RefreshToken,
    Course,
    Lesson,
    Enrollment,
    LessonProgress,
    Certificate,
    Quiz,
    QuizQuestion,
    QuizAttempt,
)
"""All of them, a parent always before its children."""

__all__ = [
    "ENTITIES",
    "NAMING_CONVENTION",
    "XID",
    "Base",
    "Certificate",
    "Course",
    "Enrollment",
    "Lesson",
    "LessonProgress",
    "Quiz",
    "QuizAttempt",
    "QuizQuestion",
    "RefreshToken",
    "User",
    "new_id",
]
