"""Whatever is done to lists in whatever order: they end in 1..n, and in the order that a plain Python list gives."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import URL, insert, text

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Database, Outcome, UnitOfWork
from lms_desktop.entities import Lesson
from lms_desktop.errors import UserError
from lms_desktop.services import ordering
from lms_desktop.services.teaching import arranging
from lms_desktop.services.teaching.arranging import LAST, Spot
from lms_desktop.spec.kinds import INT4_MAX
from tests.services.school_states import add, delete, reverting, save, undo
from tests.services.teaching.lists_of_lessons import ALGEBRA, BOTANY, other_program
from tests.small_school import act, actor, opened, row_id

ADMIN = actor("admin")
COURSES = ALGEBRA, BOTANY
NUMBERS = st.one_of(st.integers(0, 6), st.sampled_from([-7, 70, INT4_MAX - 1, INT4_MAX, -INT4_MAX - 1]))
Model = dict[str, list[str]]


class Lists(RuleBasedStateMachine):
    """Two courses, and beside them two plain lists."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.model: Model = {course: [] for course in COURSES}
        self.born: dict[str, int] = {}
        self.done: list[tuple[str | None, Model]] = []
        self.undone: list[tuple[str | None, Model]] = []
        self.operations: list[str] = []
        self.settled: set[str] = set()

    # The lists of the model

    def made(self) -> str:
        """The id of a lesson that is about to be made."""
        found = row_id(Lesson, f"made {len(self.born)}")
        self.born[found] = len(self.born)
        return found

    def where(self, lesson: str) -> str:
        """The course that a lesson is in."""
        return next(course for course, rows in self.model.items() if lesson in rows)

    def do(self, before: Model, outcome: Outcome, *courses: str) -> None:
        """Note what was done to the lists of these courses, that it can be taken back."""
        self.undone.clear()
        self.settled |= set(courses)
        if outcome.changes and outcome.undoable:
            self.done.append((outcome.operation, before))
            self.operations.append(str(outcome.operation))

    def snapshot(self) -> Model:
        """The lists as they are."""
        return {course: list(rows) for course, rows in self.model.items()}

    def pick(self, data: st.DataObject, most: int = 3) -> list[str]:
        """Some lessons, of one course or of both."""
        rows = [row for course in COURSES for row in self.model[course]]
        return data.draw(st.lists(st.sampled_from(rows), min_size=1, max_size=most, unique=True))

    def behind(self, data: st.DataObject, course: str) -> str | None:
        """What something is put behind."""
        return data.draw(st.sampled_from([None, LAST, *self.model[course]]))

    # What happens

    @initialize(numbers=st.tuples(*[st.lists(NUMBERS, max_size=6)] * 2))
    def begin(self, numbers: tuple[list[int], ...]) -> None:
        """Lists with gaps and doubles."""
        other_program(self.database, "DELETE FROM lessons")
        for course, places in zip(COURSES, numbers, strict=True):
            for place in places:
                self.insert_plainly(course, place)
        self.sort(dict(zip(self.born, [n for places in numbers for n in places], strict=True)))

    def insert_plainly(self, course: str, place: int) -> None:
        made = self.made()
        moment = f"timestamptz '2026-01-01' + interval '{self.born[made]} seconds'"
        new = (
            'INSERT INTO lessons (id, course_id, title, content_type, "order", created_at)'
            f" VALUES (:id, :course, :id, 'text', :place, {moment})"
        )
        other_program(self.database, new, id=made, course=course, place=place)
        self.model[course].append(made)

    def sort(self, numbers: dict[str, int]) -> None:
        """Order the lists of the model by these numbers; who was there first stands first."""
        for rows in self.model.values():
            rows.sort(key=lambda row: (numbers[row], self.born[row]))
        self.settled, self.done, self.undone = set(), [], []

    @rule(data=st.data())
    def scramble(self, data: st.DataObject) -> None:
        """Another program gives a list other numbers."""
        numbers = {row: data.draw(NUMBERS) for rows in self.model.values() for row in rows}
        for row, number in numbers.items():
            other_program(self.database, 'UPDATE lessons SET "order" = :n WHERE id = :id', n=number, id=row)
        self.sort(numbers)

    @precondition(lambda self: any(self.model.values()))
    @rule(data=st.data(), course=st.sampled_from(COURSES), knows=st.booleans())
    def move(self, data: st.DataObject, course: str, knows: bool) -> None:
        """Move some lessons."""
        ids, after, before = self.pick(data), self.behind(data, course), self.snapshot()
        seen = self.model[course] if knows else None
        outcome = act(
            self.database, ADMIN, lambda uow: arranging.move(uow, CATALOG, Lesson, ids, Spot(course, after), seen)
        )
        from_lists = list(dict.fromkeys(self.where(row) for row in ids))
        moving = [row for near in from_lists for row in self.model[near] if row in ids]
        place = self.place(course, after, moving)
        for rows in self.model.values():
            rows[:] = [row for row in rows if row not in moving]
        self.model[course][place:place] = moving
        assert list(outcome.value.order) == self.model[course]
        self.do(before, outcome, course, *from_lists)

    def place(self, course: str, after: str | None, moving: list[str]) -> int:
        """How many of those that stay stand before the spot."""
        rows = self.model[course]
        if after is None:
            return 0
        upto = len(rows) if after == LAST else rows.index(after) + 1
        return len([row for row in rows[:upto] if row not in moving])

    @rule(data=st.data(), course=st.sampled_from(COURSES))
    def insert(self, data: st.DataObject, course: str) -> None:
        """Add a lesson somewhere."""
        after, made, before = self.behind(data, course), self.made(), self.snapshot()
        place = CATALOG[Lesson].place
        assert place is not None

        def new(uow: UnitOfWork) -> Outcome:
            number = ordering.place_behind(uow, place, course, after)
            values = {"id": made, "course_id": course, "title": made, "content_type": "text", "order": number}
            uow.execute(insert(Lesson).values(values))
            uow.touch(Lesson, [made], "insert")
            return uow.outcome("Added.")

        outcome = act(self.database, ADMIN, new)
        self.model[course].insert(self.place(course, after, []), made)
        self.do(before, outcome, course)

    @rule(course=st.sampled_from(COURSES))
    def append(self, course: str) -> None:
        """Add a lesson at the end."""
        made, before = self.made(), self.snapshot()
        outcome = add(self.database, ADMIN, Lesson, made, title=made, content_type="text", course_id=course)
        self.model[course].append(made)
        self.do(before, outcome, course)

    @precondition(lambda self: any(self.model.values()))
    @rule(data=st.data(), course=st.sampled_from(COURSES))
    def save_elsewhere(self, data: st.DataObject, course: str) -> None:
        """Put a lesson at the end of another course, by its record."""
        (row,), before = self.pick(data, 1), self.snapshot()
        if self.where(row) == course:
            return
        outcome = save(self.database, ADMIN, Lesson, row, course_id=course)
        self.model[self.where(row)].remove(row)
        self.model[course].append(row)
        self.do(before, outcome, *COURSES)

    @precondition(lambda self: any(self.model.values()))
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        """Delete some lessons."""
        ids, before = self.pick(data), self.snapshot()
        outcome = delete(self.database, ADMIN, Lesson, *ids)
        courses = [self.where(row) for row in ids]
        for rows in self.model.values():
            rows[:] = [row for row in rows if row not in ids]
        self.do(before, outcome, *courses)

    @rule(course=st.sampled_from(COURSES))
    def sort_by_title(self, course: str) -> None:
        """Sort a list."""
        before = self.snapshot()
        outcome = act(self.database, ADMIN, lambda uow: arranging.sort_by_title(uow, CATALOG, Lesson, course))
        self.model[course].sort(key=arranging.natural)
        self.do(before, outcome, course)

    @precondition(lambda self: self.done)
    @rule()
    def undo(self) -> None:
        """Take the latest operation back."""
        operation, before = self.done.pop()
        back, after = undo(self.database, ADMIN, operation), self.snapshot()
        self.model = before
        self.undone.append((back.operation, after))

    @precondition(lambda self: self.done)
    @rule()
    def undo_everything(self) -> None:
        """Back to where another program had left the lists."""
        while self.done:
            self.undo()
            self.lists_are_alike()

    @precondition(lambda self: self.undone)
    @rule()
    def redo(self) -> None:
        """Do it again."""
        operation, after = self.undone.pop()
        again, before = undo(self.database, ADMIN, operation), self.snapshot()
        self.model = after
        self.done.append((again.operation, before))
        self.operations.append(str(again.operation))

    @precondition(lambda self: self.operations)
    @rule(data=st.data())
    def undo_an_earlier_one(self, data: st.DataObject) -> None:
        """Take back what others have built on: what it did not touch keeps its order."""
        operation = data.draw(st.sampled_from(self.operations))
        touched = (
            "SELECT c.row_id::text FROM lms_desktop.changes c JOIN lms_desktop.operations o ON o.seq = c.operation"
            " WHERE o.id = :id"
        )
        with self.database.engine.connect() as connection:
            of_it = set(connection.execute(text(touched), {"id": operation}).scalars())
        try:
            act(self.database, ADMIN, lambda uow: reverting.revert(uow, operation))
        except UserError:
            return
        now = self.stored()
        for course in COURSES:
            strangers = [row for row in self.model[course] if row not in of_it]
            assert [row for row, _ in now[course] if row not in of_it] == strangers
        self.model = {course: [row for row, _ in rows] for course, rows in now.items()}
        self.done, self.undone = [], []

    def stored(self) -> dict[str, list[tuple[str, int]]]:
        """The lists of the database."""
        question = text('SELECT course_id::text, id::text, "order" FROM lessons ORDER BY "order", created_at, id')
        found: dict[str, list[tuple[str, int]]] = {course: [] for course in COURSES}
        with self.database.engine.connect() as connection:
            for course, row, number in connection.execute(question):
                found[course].append((row, number))
        return found

    @invariant()
    def lists_are_alike(self) -> None:
        """In the order of the plain lists; and where anything was done since another program meddled, in 1..n."""
        found = self.stored()
        for course in self.settled:
            assert [number for _, number in found[course]] == list(range(1, len(found[course]) + 1))
        assert {course: [row for row, _ in rows] for course, rows in found.items()} == self.model


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """A database for all the lists."""
    with opened(database_url) as database:
        yield database


@pytest.mark.parametrize(
    ("examples", "steps"),
    [(20, 20), pytest.param(150, 50, marks=[pytest.mark.slow, pytest.mark.timeout(3000)])],
    ids=["a while", "long"],
)
def test_lists_end_as_plain_lists_do(school: Database, examples: int, steps: int) -> None:
    class Machine(Lists):
        database = school

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        ),
    )
