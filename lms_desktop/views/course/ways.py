"""The ways that lead from a record to the page of its course."""

from lms_desktop.entities import Course, Lesson, Quiz
from lms_desktop.services.edits import Record
from lms_desktop.views.page import Destination

COURSE_PAGE = "course"
"""The name of the course page."""


def way_to_course(record: Record | None) -> Destination | None:
    """Where the course of a record is opened, with the record chosen in it; None where it is of no course."""
    if record is None:
        return None
    if record.entity is Course:
        return Destination(COURSE_PAGE, record.id)
    course = record.values.get("course_id") if record.entity in (Lesson, Quiz) else None
    return Destination(COURSE_PAGE, course, within=(record.entity, record.id)) if course else None
