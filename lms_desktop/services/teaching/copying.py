"""Copies of lessons and questions, of a whole quiz, of a whole course.

What students did (attempts, progress, enrollments) is never copied. JSON is copied by SQL alone, byte for byte.
"""

from collections.abc import Sequence
from typing import Any

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.services.teaching.lists import Spot
from lms_desktop.spec import Catalog


def copy(uow: UnitOfWork, catalog: Catalog, entity: Any, ids: Sequence[str], spot: Spot) -> Outcome:
    """Copy lessons, with their quizzes and questions, or questions, to right behind another one."""
    raise NotImplementedError


def duplicate_course(uow: UnitOfWork, catalog: Catalog, course_id: str) -> Outcome:
    """Copy a course with its lessons, quizzes and questions; the outcome's value is the new course's id."""
    raise NotImplementedError


def duplicate_quiz(uow: UnitOfWork, catalog: Catalog, quiz_id: str) -> Outcome:
    """Copy a quiz with its questions; the outcome's value is the new quiz's id."""
    raise NotImplementedError
