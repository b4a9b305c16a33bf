"""What tests of arranging share: a course's lessons by their titles, and moving them by these."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Database, Outcome
from lms_desktop.entities import Course, Lesson
from lms_desktop.services.teaching import arranging
from lms_desktop.services.teaching.arranging import Spot
from tests.small_school import act, actor, row_id

ALGEBRA, BOTANY, EMPTY = (row_id(Course, name) for name in ("algebra", "botany", "empty"))


def lesson(name: str) -> str:
    """The id of the lesson of this title."""
    return row_id(Lesson, name.lower())


def numbered(database: Database, course: str = ALGEBRA) -> list[tuple[str, int]]:
    """Titles and numbers of a course's lessons, as readers see them."""
    question = text('SELECT title, "order" FROM lessons WHERE course_id = :id ORDER BY "order", created_at, id')
    with database.engine.connect() as connection:
        return [(title, place) for title, place in connection.execute(question, {"id": course})]


def titles(database: Database, course: str = ALGEBRA) -> list[str]:
    """The titles, once it is certain that the numbers are 1..n."""
    found = numbered(database, course)
    assert [place for _, place in found] == list(range(1, len(found) + 1))
    return [title for title, _ in found]


def other_program(database: Database, statement: str, **values: Any) -> None:
    """What a program does that knows nothing of ours."""
    with database.engine.begin() as connection:
        connection.execute(text(statement), values)


def fill(database: Database, course: str, orders: Sequence[int]) -> list[str]:
    """Give a course lessons of these numbers, called A, B, C … in the order in which they are made; their titles."""
    other_program(database, "DELETE FROM lessons WHERE course_id = :course", course=course)
    names = [chr(ord("A") + n) for n in range(len(orders))]
    new = (
        'INSERT INTO lessons (id, course_id, title, content_type, "order", created_at) VALUES (:id, :course, :title,'
        " 'text', :order, timestamptz '2026-01-01' + :n * interval '1 second')"
    )
    for n, (name, order) in enumerate(zip(names, orders, strict=True)):
        other_program(database, new, id=lesson(name), course=course, title=name, order=order, n=n)
    return names


def move(
    database: Database,
    who: str,
    names: str,
    after: str | None,
    seen: str | None,
    course: str = ALGEBRA,
) -> Outcome:
    """Move lessons, given by their titles with blanks between, to behind another one."""
    spot = Spot(course, after if after in (None, arranging.LAST) else lesson(after))
    before = None if seen is None else [lesson(name) for name in seen.split()]
    ids = [lesson(name) for name in names.split()]
    return act(database, actor(who), lambda uow: arranging.move(uow, CATALOG, Lesson, ids, spot, before))
