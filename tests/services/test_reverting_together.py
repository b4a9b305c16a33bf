"""Several people who take back, save and delete at the same moment: none blocks another for good, the guard holds."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from sqlalchemy import URL, event, text

from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Course, Enrollment, Lesson, User, new_id
from lms_desktop.errors import Cancelled, UserError
from lms_desktop.services.reverting import CannotRevert
from tests.services.school_states import add, changed, delete, execute, reverting, save, state, undo
from tests.small_school import act, actor, opened, row_id

ADMIN, SECOND = actor("admin"), actor("second admin")
ALGEBRA, BOTANY, EMPTY = (row_id(Course, name) for name in ("algebra", "botany", "empty"))


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school."""
    with opened(database_url) as database:
        yield database


def at_once(*work: Callable[[], Any]) -> list[Any]:
    """Begin all of this at one moment; what each gave, or the UserError that it raised."""
    barrier = threading.Barrier(len(work))

    def one(do: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return do()
        except UserError as error:
            return error

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(one, work))


def deadlocks(school: Database) -> int:
    """How often PostgreSQL had to break one in this database."""
    with school.engine.connect() as connection:
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
        found = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        return int(connection.execute(text(found)).scalar_one())


def test_of_two_who_take_the_same_back_one_does(school: Database) -> None:
    before = state(school)
    done = delete(school, ADMIN, Course, ALGEBRA)
    results = at_once(*[lambda: undo(school, ADMIN, done.operation)] * 4)
    assert sorted(type(result).__name__ for result in results) == ["Outcome", "UserError", "UserError", "UserError"]
    assert state(school) == before


def test_operations_on_the_same_rows_in_another_order(school: Database) -> None:
    for turn in range(8):
        before = state(school)
        first = execute(school, ADMIN, "UPDATE courses SET title = 'x'", "UPDATE lessons SET title = 'x'")
        second = execute(school, SECOND, "UPDATE lessons SET content = 'y'", "UPDATE courses SET category = 'y'")
        results = at_once(
            partial(undo, school, ADMIN, first.operation),
            partial(undo, school, SECOND, second.operation),
            lambda: save(school, SECOND, Lesson, row_id(Lesson, "sums"), video_url="/z.mp4"),
        )
        assert not [result for result in results[:2] if isinstance(result, Exception)], turn
        undo(school, SECOND, results[2].operation)
        moved = {k: v for k, v in changed(before, state(school)).items() if k not in {"courses", "lessons"}}
        assert moved == {}
    assert deadlocks(school) == 0


def test_deleting_what_comes_back_and_what_is_saved(school: Database) -> None:
    """Whoever comes first, the other sees what became of it: no half of anything, and no deadlock."""
    for _ in range(8):
        before = state(school)
        done = delete(school, ADMIN, Enrollment, row_id(Enrollment, "idle in empty"))
        back, deleted = at_once(
            partial(undo, school, ADMIN, done.operation), partial(delete, school, SECOND, Course, EMPTY)
        )
        after = state(school)
        if isinstance(back, UserError):
            assert isinstance(back, CannotRevert)
            assert EMPTY not in after["courses"]
            undo(school, ADMIN, deleted.operation)
            undo(school, ADMIN, done.operation)
        elif not isinstance(deleted, UserError):
            undo(school, ADMIN, deleted.operation)
        assert state(school) == before
    assert deadlocks(school) == 0


def test_nobody_hangs_a_row_on_what_is_about_to_go(school: Database) -> None:
    made = new_id()
    done = add(school, ADMIN, Course, made, title="New", slug="new", instructor_id=row_id(User, "ines"))
    tried: list[str] = []

    def enroll(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        """Another program enrolls somebody once it was looked whether rows hang on the course."""
        if "'used'" not in statement or tried:
            return
        tried.append("tried")
        with school.engine.connect() as other:
            other.execute(text("SET LOCAL lock_timeout = 200"))
            new = "INSERT INTO enrollments (id, student_id, course_id) VALUES (gen_random_uuid(), :student, :course)"
            try:
                other.execute(text(new), {"student": row_id(User, "idle"), "course": made})
            except Exception as error:
                tried.append(str(getattr(error, "orig", error)))

    event.listen(school.engine, "after_cursor_execute", enroll)
    undo(school, ADMIN, done.operation)
    event.remove(school.engine, "after_cursor_execute", enroll)
    assert "lock timeout" in tried[1]
    assert made not in state(school)["courses"]


def test_giving_up_half_way_leaves_everything_as_it_was(school: Database) -> None:
    with school.engine.begin() as connection:
        new = (
            'INSERT INTO lessons (id, course_id, title, content_type, "order")'
            " SELECT gen_random_uuid(), CAST(:course AS uuid), 'L', 'text', n FROM generate_series(1, 45000) n"
        )
        connection.execute(text(new), {"course": EMPTY})
    done = execute(school, ADMIN, f"DELETE FROM courses WHERE id = '{EMPTY}'")
    after = state(school)
    told: list[tuple[float, str]] = []

    def tell(fraction: float, sentence: str) -> None:
        told.append((fraction, sentence))
        if 0.5 < fraction < 1:
            raise Cancelled

    with pytest.raises(Cancelled):
        act(school, ADMIN, lambda uow: reverting.revert(uow, str(done.operation), tell))
    assert state(school) == after
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert len(fractions) > 4
    undo(school, ADMIN, done.operation)
    assert len(state(school)["lessons"]) == 45004
