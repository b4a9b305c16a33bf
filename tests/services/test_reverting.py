"""Taking operations back: what was before is there again, to the byte, and what was done can be done again."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL

from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Course
from tests.services.school_states import changed, delete, state, undo
from tests.small_school import actor, opened, row_id

ADMIN = actor("admin")


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school."""
    with opened(database_url) as database:
        yield database


def test_a_deleted_course_comes_back_with_everything(school: Database) -> None:
    before = state(school)
    done = delete(school, ADMIN, Course, row_id(Course, "algebra"))
    after = state(school)
    assert len(changed(before, after)) == 6
    back = undo(school, ADMIN, done.operation)
    assert state(school) == before
    assert back.sentence == "Took back: Deleted Algebra."
    again = undo(school, ADMIN, back.operation)
    assert state(school) == after
    assert again.sentence == "Did again: Deleted Algebra."
    undo(school, ADMIN, again.operation)
    assert state(school) == before
