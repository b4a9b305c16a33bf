"""Two people who edit, add, delete, undo and redo at random, their transactions in any order.

Two things are looked at after every step, by an independent reading of the log: replaying it from the beginning gives
what the tables hold; and what an operation overwrote is either what its person had seen, or, where it takes another one
back, what that one had left.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import URL, text

from lms_desktop.database.unit_of_work import Database, Outcome, UnitOfWork
from lms_desktop.entities import ENTITIES, Course, Enrollment, Lesson, LessonProgress, Quiz, QuizQuestion, User
from lms_desktop.errors import UserError
from lms_desktop.services.edits import Edit, Record
from lms_desktop.services.impact import DELETED, impact
from tests.services.school_states import State, record, records, reverting, state
from tests.small_school import act, actor, fill, opened, row_id

PEOPLE = actor("admin"), actor("second admin")
ASIDE = frozenset({"updated_at", "last_login_at", "order"})
Row = tuple[str, str]
Image = dict[str, str | None]

FIELDS: dict[type, dict[str, st.SearchStrategy[str | None]]] = {
    Course: {
        "title": st.sampled_from(["A", "B", "C"]),
        "slug": st.sampled_from(["a", "b", "c", "algebra", "botany"]),
        "category": st.sampled_from([None, "x", "y"]),
        "instructor_id": st.sampled_from([row_id(User, name) for name in ("ines", "ivan")]),
    },
    Lesson: {
        "title": st.sampled_from(["A", "B", "C"]),
        "content_type": st.just("text"),
        "course_id": st.sampled_from([row_id(Course, name) for name in ("algebra", "botany", "empty")]),
    },
    Quiz: {
        "title": st.sampled_from(["A", "B", "C"]),
        "course_id": st.sampled_from([None, *(row_id(Course, name) for name in ("algebra", "botany"))]),
        "lesson_id": st.sampled_from([None, *(row_id(Lesson, name) for name in ("sums", "leaves"))]),
    },
    QuizQuestion: {
        "question_text": st.sampled_from(["A", "B", "C"]),
        "question_type": st.just("essay"),
        "quiz_id": st.sampled_from([row_id(Quiz, name) for name in ("of algebra", "of nothing")]),
    },
    Enrollment: {
        "student_id": st.sampled_from([row_id(User, name) for name in ("ana", "bo", "idle")]),
        "course_id": st.sampled_from([row_id(Course, name) for name in ("algebra", "botany", "empty")]),
        "completed_at": st.sampled_from([None, "infinity", "2026-01-01 00:00:00+00"]),
    },
    LessonProgress: {
        "enrollment_id": st.sampled_from([row_id(Enrollment, name) for name in ("ana in algebra", "bo in botany")]),
        "lesson_id": st.sampled_from([row_id(Lesson, name) for name in ("sums", "powers", "leaves")]),
        "completed": st.sampled_from(["true", "false"]),
    },
}
EDITABLE: dict[type, tuple[str, ...]] = {
    Course: ("title", "slug", "category", "instructor_id"),
    Lesson: ("title", "course_id"),
    Quiz: ("title", "course_id", "lesson_id"),
    QuizQuestion: ("question_text", "quiz_id"),
    Enrollment: ("completed_at",),
    LessonProgress: ("completed",),
}
PERSON, ENTITY = st.integers(0, 1), st.sampled_from(list(FIELDS))


class Log:
    """The change log, read and replayed without any of the program's code."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._last = 0
        self.rows: dict[Row, Image] = {}
        self.operations: dict[str, list[tuple[Row, str, Image, Image]]] = {}
        self.columns: dict[str, list[str]] = {}
        with database.engine.connect() as connection:
            for table, row_id_, image in self._tables(connection):
                self.rows[table, row_id_] = image

    def _tables(self, connection: Any) -> Iterator[tuple[str, str, Image]]:
        for entity in ENTITIES:
            table = str(entity.__tablename__)
            columns = [c.name for c in entity.__table__.columns if c.name not in {"xmin", "password_hash", "token"}]
            self.columns[table] = columns
            shown = ", ".join(f'"{name}"::text' for name in columns)
            for row in connection.execute(text(f"SELECT {shown} FROM {table}")):
                image = dict(zip(columns, row, strict=True))
                yield table, image["id"], image

    def go_on(self) -> list[str]:
        """Replay what came since; the operations that there are more of."""
        new = []
        question = (
            "SELECT c.n, o.id::text, o.reverts::text, c.entity, c.row_id::text, c.action, c.before::text, c.after::text"
            " FROM lms_desktop.changes c JOIN lms_desktop.operations o ON o.seq = c.operation"
            " WHERE c.n > :n ORDER BY c.n"
        )
        with self._database.engine.connect() as connection:
            for n, operation, _, table, row, action, before, after in connection.execute(
                text(question), {"n": self._last}
            ):
                self._last = n
                was, left = json.loads(before or "{}"), json.loads(after or "{}")
                if operation not in self.operations:
                    self.operations[operation] = []
                    new.append(operation)
                self.operations[operation].append(((table, row), action, was, left))
                if action == "D":
                    assert self.rows.pop((table, row)) == was
                elif action == "I":
                    assert (table, row) not in self.rows
                    self.rows[table, row] = left
                else:
                    assert was.items() <= self.rows[table, row].items()
                    self.rows[table, row].update(left)
        return new

    def as_state(self) -> State:
        """What the tables must hold."""
        found: State = {table: {} for table in self.columns if table != "refresh_tokens"}
        for (table, row), image in self.rows.items():
            if table in found:
                found[table][row] = tuple(image[name] for name in self.columns[table])
        return found

    def net(self, operation: str) -> tuple[dict[Row, Image | None], dict[Row, Image | None]]:
        """Of each row of an operation its columns before and after, None where there was none."""
        before: dict[Row, Image | None] = {}
        after: dict[Row, Image | None] = {}
        for row, action, was, left in self.operations[operation]:
            if row not in before:
                before[row] = None if action == "I" else {}
            if before[row] is not None:
                before[row] = {**was, **(before[row] or {})}
            after[row] = None if action == "D" else {**(after.get(row) or {}), **left}
        return before, after


class TwoPeople(RuleBasedStateMachine):
    """Each of the two sees records, and saves them when others have long been at work."""

    database: Database

    @initialize()
    def begin(self) -> None:
        """An unlogged school, as it is each time."""
        with self.database.engine.begin() as connection:
            connection.execute(text("TRUNCATE lms_desktop.changes, lms_desktop.operations, users CASCADE"))
            connection.execute(text("TRUNCATE quizzes CASCADE"))
            fill(connection)
        self.log = Log(self.database)
        self.log._last = self.last_n()
        self.seen: dict[int, dict[type, Record]] = {0: {}, 1: {}}
        self.done: list[str] = []
        self.made = 0
        self.said: dict[str, tuple[str, Any]] = {}

    def last_n(self) -> int:
        """The last number that the log gave."""
        with self.database.engine.connect() as connection:
            statement = "SELECT coalesce(pg_sequence_last_value('lms_desktop.changes_n_seq'), 0)"
            return int(connection.execute(text(statement)).scalar_one())

    def attempt(self, person: int, do: Any, about: tuple[str, Any]) -> None:
        """Do it in a transaction of this person's; a refusal changes nothing, which the replay notices."""
        try:
            outcome: Outcome = act(self.database, PEOPLE[person], do)
        except UserError:
            return
        if outcome.operation:
            self.done.append(outcome.operation)
            self.said[outcome.operation] = about

    def some(self, data: st.DataObject, entity: type) -> str:
        """One of the rows that there are, mostly one of two: they are to meet."""
        table = str(entity.__tablename__)  # type: ignore[attr-defined]
        ids = sorted(row for name, row in self.log.rows if name == table)
        assume(ids)
        return str(data.draw(st.sampled_from(ids[:2] * len(ids) + ids)))

    @rule(person=PERSON, entity=ENTITY, data=st.data())
    def see(self, person: int, entity: type, data: st.DataObject) -> None:
        """Look at a record, to save it some time later."""
        self.seen[person][entity] = record(self.database, PEOPLE[person], entity, self.some(data, entity))

    @rule(person=PERSON, entity=ENTITY, fresh=st.booleans(), data=st.data())
    def save(self, person: int, entity: type, fresh: bool, data: st.DataObject) -> None:
        """Save a record as it was seen, or as it is."""
        if fresh or entity not in self.seen[person]:
            self.see(person, entity, data)
        seen = self.seen[person][entity]
        keys = data.draw(st.sets(st.sampled_from(EDITABLE[entity]), min_size=1))
        values = {key: data.draw(FIELDS[entity][key]) for key in sorted(keys)}
        base = {key: seen.values.get(key) for key in values}
        edit = Edit(entity, seen.id, seen.version, values, base, seen.title, dict(seen.values))
        self.attempt(person, lambda uow: records.save(uow, (edit,)), ("save", (seen.id, base)))

    @rule(person=PERSON, entity=ENTITY, data=st.data())
    def add(self, person: int, entity: type, data: st.DataObject) -> None:
        """Make a record."""
        values = {key: data.draw(strategy) for key, strategy in FIELDS[entity].items()}
        self.made += 1  # the same each time: hypothesis tries again what has failed
        edit = Edit(entity, row_id(entity, f"made {self.made}"), None, values)
        self.attempt(person, lambda uow: records.save(uow, (edit,)), ("add", edit.id))

    @rule(person=PERSON, entity=ENTITY, data=st.data())
    def delete(self, person: int, entity: Any, data: st.DataObject) -> None:
        """Delete a record with all that hangs on it."""
        row = self.some(data, entity)
        version = record(self.database, PEOPLE[person], entity, row).version

        def do(uow: UnitOfWork) -> Outcome:
            expected = {effect.table: effect.count for effect in impact(uow, entity, (row,)).of(DELETED)}
            return records.delete(uow, entity, {row: version}, expected)

        self.attempt(person, do, ("delete", row))

    @rule(person=PERSON, back=st.integers(0, 4), part=st.booleans())
    def undo(self, person: int, back: int, part: bool) -> None:
        """Take one of the latest operations back, whosever it was: redoing is taking back what took back."""
        if len(self.done) <= back:
            return
        wanted = self.done[-1 - back]
        self.attempt(person, lambda uow: reverting.revert(uow, wanted, possible_part=part), ("undo", (wanted, part)))

    @rule(person=PERSON, entity=ENTITY, data=st.data())
    def cross(self, person: int, entity: type, data: st.DataObject) -> None:
        """Two save the same row one after the other; the first of them takes back, and thinks better of it."""
        self.save(person, entity, True, data)
        self.save(1 - person, entity, data.draw(st.booleans()), data)
        self.undo(person, 1, False)
        self.undo(person, 0, False)

    @rule(person=PERSON, back=st.integers(0, 9))
    def undo_wholly(self, person: int, back: int) -> None:
        """Mostly nothing less than all of it is wanted."""
        self.undo(person, back, False)

    @invariant()
    def nothing_is_lost(self) -> None:
        """Replaying gives what there is; nobody's change was overwritten unseen."""
        for operation in self.log.go_on():
            kind, about = self.said[operation]
            if kind == "save":
                self._overwrote_what_was_seen(operation, *about)
            elif kind == "undo":
                self._is_the_inverse(operation, *about)
        assert self.log.as_state() == state(self.database)

    def _overwrote_what_was_seen(self, operation: str, row: str, base: dict[str, str | None]) -> None:
        before, _ = self.log.net(operation)
        for (_, changed), was in before.items():
            if changed == row and was is not None:
                assert all(base[key] == value for key, value in was.items() if key in base)

    def _is_the_inverse(self, operation: str, wanted: str, part: bool) -> None:
        """Whatever it changed was as the other had left it, and is as it was before that one; places aside."""
        was, became = self.log.net(operation)
        before, after = self.log.net(wanted)
        for row, image in was.items():
            theirs, ours = _told(image), _told(became[row])
            if theirs == ours:
                continue  # a place in a list
            assert theirs == _part(_told(after[row]), theirs)
            assert ours == _part(_told(before[row]), ours)
        if not part:
            missing = {row for row in before if _told(before[row]) != _told(after[row])} - set(was)
            assert not {row for row in missing if row[0] != "refresh_tokens"}


def _told(image: Image | None) -> Image | None:
    return None if image is None else {key: value for key, value in image.items() if key not in ASIDE}


def _part(image: Image | None, of: Image | None) -> Image | None:
    """The columns that the other one has, too."""
    return image if image is None or of is None else {key: image[key] for key in of}


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """A database for all the schools."""
    with opened(database_url) as database:
        yield database


@pytest.mark.parametrize(
    ("examples", "steps"),
    [(30, 30), pytest.param(300, 60, marks=[pytest.mark.slow, pytest.mark.timeout(3000)])],
    ids=["a while", "long"],
)
def test_two_people_at_random(school: Database, examples: int, steps: int) -> None:
    class Machine(TwoPeople):
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
