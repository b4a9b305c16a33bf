"""What is said of a large operation before it is taken back are the figures that taking it back then writes."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy import URL

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.entities import Course, User
from lms_desktop.errors import Denied
from lms_desktop.services import large_reverts
from lms_desktop.services.large_reverts import look
from lms_desktop.services.reverting import NO_PASSWORD, Plan, Reverting
from tests.small_school import actor, opened, row_id


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school, with the change log."""
    with opened(database_url) as school:
        yield school


def changed(school: Database, statement: str, **values: object) -> str:
    """An operation of the administrator's; its id."""
    with school.unit_of_work(actor("admin")) as uow:
        uow.execute(sa.text(statement), values)
        uow.outcome("Did it.")
        return uow.operation


def looked(school: Database, operation: str, who: Actor | None = None) -> tuple[Plan, Plan]:
    """What is said at first, and what looking at every row says."""
    reverting = Reverting(CATALOG)
    with school.reading(who or actor("admin")) as uow:
        return look(uow, reverting, operation), reverting.plan(uow, operation)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM courses WHERE id = :course",
        "UPDATE users SET full_name = full_name || '!'",
        "DELETE FROM users WHERE id = :student",
        "UPDATE users SET password_hash = 'x', full_name = 'Y' WHERE id = :student",
    ],
)
def test_a_large_one_is_counted_as_it_would_be_looked_at(
    statement: str, school: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_reverts, "LARGE", 1)
    given = {"course": row_id(Course, "algebra"), "student": row_id(User, "ana")}
    operation = changed(school, statement, **{name: v for name, v in given.items() if f":{name}" in statement})
    counted, full = looked(school, operation)
    assert counted == full
    assert counted.counts
    assert (NO_PASSWORD in counted.notes) == ("DELETE FROM users" in statement)


def test_what_is_in_the_way_of_a_small_one_is_said_at_once(school: Database) -> None:
    operation = changed(school, "UPDATE users SET full_name = 'One' WHERE id = :id", id=row_id(User, "ana"))
    changed(school, "UPDATE users SET full_name = 'Two' WHERE id = :id", id=row_id(User, "ana"))
    first, full = looked(school, operation)
    assert first == full
    assert first.obstacle_count == 1


def test_what_was_taken_back_before_is_looked_at(school: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_reverts, "LARGE", 1)
    operation = changed(school, "UPDATE users SET full_name = 'One' WHERE id = :id", id=row_id(User, "ana"))
    with school.unit_of_work(actor("admin")) as uow:
        Reverting(CATALOG).revert(uow, operation)
        by = uow.operation
    first, _ = looked(school, operation)
    assert first.reverted_by == by


def test_somebody_elses_is_not_counted_for_them(school: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_reverts, "LARGE", 1)
    operation = changed(school, "UPDATE users SET full_name = 'One' WHERE id = :id", id=row_id(User, "ana"))
    with school.reading(actor("registrar")) as uow, pytest.raises(Denied):
        look(uow, Reverting(CATALOG), operation)
