"""The ways that lead from a record to the page of its course, or to what came of a quiz."""

from lms_desktop.entities import Course, Lesson, Quiz, QuizAttempt
from lms_desktop.services.edits import Record
from lms_desktop.views.page import Destination

COURSE_PAGE = "course"
"""The name of the course page."""

RESULTS_PAGE = "results"
"""The name of the page of a quiz's results."""


def way_to_course(record: Record | None) -> Destination | None:
    """Where the course of a record is opened, with the record chosen in it; None where it is of no course."""
    if record is None:
        return None
    if record.entity is Course:
        return Destination(COURSE_PAGE, record.id)
    course = record.values.get("course_id") if record.entity in (Lesson, Quiz) else None
    return Destination(COURSE_PAGE, course, within=(record.entity, record.id)) if course else None


def way_to_results(record: Record | None) -> Destination | None:
    """Where the results of a quiz are opened, of an attempt with that beside them; None for any other record, and for a
    quiz of a course, whose page has them."""
    if record is None:
        return None
    if record.entity is Quiz:
        return None if record.values.get("course_id") else Destination(RESULTS_PAGE, record.id)
    quiz = record.values.get("quiz_id") if record.entity is QuizAttempt else None
    return Destination(RESULTS_PAGE, quiz, within=(QuizAttempt, record.id)) if quiz else None
