"""The page of enrollments, where the walks meet with faults, and what stands behind it in PostgreSQL."""

from sqlalchemy import URL

from tests.walks.acting import REGISTRAR, Person, Walk
from tests.walks.others import value, write

STUDENT, COURSE = "Märta Kjærgård", "Photography: Light & Composition"
HERS = (
    "FROM enrollments e JOIN users u ON u.id = student_id JOIN courses c ON c.id = course_id"
    " WHERE u.email = 'marta.kjaergard@student.lms.com' AND c.slug = 'photography-light-and-composition'"
)
"""The enrollment that is made here."""

NOVEMBER = "2026-11-20 10:00"
STORED = "2026-11-20 15:00:00"
"""The same in UTC."""

LOCK = "SELECT 1 FROM enrollments WHERE id = %s FOR UPDATE"
"""Holds a row as an edit does that is not committed yet."""


def at_the_enrollments(walk: Walk) -> Person:
    """The registrar, with the latest enrollments before her."""
    person = walk.sign_in(REGISTRAR)
    person.open("enrollments")
    return person


def first(person: Person) -> str:
    """The id of the enrollment in the first row."""
    row_id = person.page.model.row_id(0)
    assert row_id is not None
    return row_id


def completed(url: URL, row_id: str) -> str:
    """When the course was completed, as it stands in PostgreSQL."""
    return str(value(url, "SELECT completed_at AT TIME ZONE 'UTC' FROM enrollments WHERE id = %s", row_id))


def complete(url: URL, row_id: str, moment: str) -> None:
    """What the second writer does."""
    write(url, "UPDATE enrollments SET completed_at = %s, updated_at = now() WHERE id = %s", moment, row_id)
