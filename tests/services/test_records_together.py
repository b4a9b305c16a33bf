"""Several people at work on the same rows: locks are taken in one order, and nothing slips in between."""

from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

import psycopg2
import pytest
from sqlalchemy import URL, event, select, text

from lms_desktop.database.unit_of_work import Database, UnitOfWork
from lms_desktop.entities import Course, Enrollment, User, new_id
from lms_desktop.errors import Busy
from lms_desktop.services import gate
from lms_desktop.services.records import Edit
from tests.services.test_records import IDLE_IN_EMPTY, edit, load, records
from tests.small_school import actor, opened, row_id


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school."""
    with opened(database_url) as database:
        yield database


def test_two_who_save_the_same_rows_in_another_order_do_not_block_each_other(school: Database) -> None:
    ana, bo = (load(school, "admin", User, row_id(User, name)) for name in ("ana", "bo"))
    edits = edit(ana, full_name="A"), edit(bo, full_name="B")
    for given in (edits, edits[::-1]):
        with gate.transaction(school, actor("admin")) as uow:
            written = [change.id for change in records.save(uow, given).changes]
            uow.connection.rollback()
        assert written == sorted([ana.id, bo.id])


def test_a_row_is_not_to_blame_for_a_lock_that_another_program_holds(school: Database) -> None:
    ana = load(school, "admin", User, row_id(User, "ana"))
    with school.engine.begin() as other:
        other.execute(select(User.id).where(User.id == ana.id).with_for_update())
        with pytest.raises(Busy), gate.transaction(school, actor("admin")) as uow:
            save_impatiently(uow, edit(ana, full_name="A"))


def save_impatiently(uow: UnitOfWork, wanted: Edit) -> None:
    """Save, and wait for no lock longer than a moment."""
    uow.execute(text("SET LOCAL lock_timeout = 100"))
    records.save(uow, (wanted,))


@pytest.mark.parametrize(
    ("who", "entity", "name"), [("registrar", Enrollment, "idle in empty"), ("admin", Course, "empty")]
)
def test_a_certificate_issued_in_the_last_moment_is_not_taken_along(
    school: Database, who: str, entity: Any, name: str
) -> None:
    address = school.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    outcome: list[str] = []
    version = load(school, who, entity, row_id(entity, name)).version

    def issue(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        """Another program issues one when the certificates were counted."""
        if "certificates c WHERE" not in statement or outcome:
            return
        with closing(psycopg2.connect(address, options="-c lock_timeout=200")) as other, other.cursor() as typing:
            given = "INSERT INTO certificates (id, enrollment_id, certificate_number) VALUES (%s, %s, 'x')"
            with suppress(psycopg2.errors.LockNotAvailable):
                outcome.append("kept out")
                typing.execute(given, (new_id(), IDLE_IN_EMPTY))
                outcome.append("let in")

    event.listen(school.engine, "after_cursor_execute", issue)
    expected = {"enrollments": 1} if entity is Course else {}
    with gate.transaction(school, actor(who)) as uow:
        records.delete(uow, entity, {row_id(entity, name): version}, expected)
    assert outcome == ["kept out"]
