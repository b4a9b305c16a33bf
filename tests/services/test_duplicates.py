"""Who saves what is there already is led to the row that is there, where it is theirs to see."""

import pytest
from sqlalchemy import URL

from lms_desktop.entities import Certificate, Course, Enrollment, User
from lms_desktop.services import gate
from lms_desktop.services.duplicates import row_in_the_way
from lms_desktop.services.edits import Edit
from tests.small_school import actor, email, opened, row_id

NEW = "00000000-0000-4000-8000-000000000001"
ENROLLMENT = {"student_id": row_id(User, "ana"), "course_id": row_id(Course, "algebra")}


@pytest.mark.parametrize(
    ("person", "entity", "values", "key", "there"),
    [
        ("registrar", User, {"email": email("ana")}, "email", "ana"),
        ("registrar", User, {"email": "nobody@school.edu"}, "email", None),
        ("registrar", Enrollment, ENROLLMENT, "course_id", "ana in algebra"),
        ("registrar", Enrollment, {**ENROLLMENT, "student_id": row_id(User, "idle")}, "course_id", None),
        ("registrar", User, {"full_name": "Ana"}, "full_name", None),
        ("registrar", Certificate, {"enrollment_id": row_id(Enrollment, "ana in algebra")}, "enrollment_id", "of ana"),
        ("ines", Course, {"slug": "algebra"}, "slug", "algebra"),
        ("ines", Course, {"slug": "botany"}, "slug", None),
    ],
)
def test_the_row_that_is_there_is_found_within_reach(
    database_url: URL, person: str, entity: type, values: dict[str, str], key: str, there: str | None
) -> None:
    with opened(database_url) as school, gate.reading(school, actor(person)) as uow:
        found = row_in_the_way(uow, Edit(entity, NEW, None, dict(values), {}), key)
    assert found == (None if there is None else row_id(entity, there))


def test_what_an_edit_leaves_as_it_is_counts_as_well(database_url: URL) -> None:
    edited = Edit(Enrollment, row_id(Enrollment, "ana in algebra"), "1", {"course_id": row_id(Course, "botany")}, {})
    taken = Edit(Enrollment, row_id(Enrollment, "ana in algebra"), "1", {"student_id": row_id(User, "bo")}, {})
    with opened(database_url) as school, gate.reading(school, actor("registrar")) as uow:
        assert row_in_the_way(uow, edited, "course_id") is None
        assert row_in_the_way(uow, taken, "course_id") is None
        moved = Edit(
            Enrollment, NEW, None, {"student_id": row_id(User, "bo"), "course_id": row_id(Course, "botany")}, {}
        )
        assert row_in_the_way(uow, moved, "course_id") == row_id(Enrollment, "bo in botany")
