"""Many who move lessons of one course at the same moment: nobody fails, nobody waits for good, every order is whole."""

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import URL, text
from sqlalchemy.exc import OperationalError

from lms_desktop.admin import CATALOG
from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Lesson, new_id
from lms_desktop.errors import Busy, Conflict
from lms_desktop.services.ordering import LAST
from lms_desktop.services.teaching import arranging
from lms_desktop.services.teaching.arranging import ListChanged, Spot
from tests.services.school_states import add, save
from tests.services.teaching.lists_of_lessons import ALGEBRA, BOTANY, EMPTY, fill, lesson, numbered
from tests.services.test_reverting_together import deadlocks
from tests.small_school import SYSTEM, act, actor, opened

LESSONS, WRITERS = 20, 8
PEOPLE = actor("ines"), actor("admin"), actor("second admin")


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school, with twenty lessons in algebra, of which some share a number."""
    with opened(database_url) as database:
        fill(database, ALGEBRA, [n // 2 for n in range(LESSONS)])
        yield database


def order(database: Database, course: str = ALGEBRA) -> tuple[list[str], list[int]]:
    """Ids and numbers as one reader sees them."""
    question = text('SELECT id::text, "order" FROM lessons WHERE course_id = :id ORDER BY "order", created_at, id')
    with database.engine.connect() as connection:
        rows = connection.execute(question, {"id": course}).all()
    return [row[0] for row in rows], [row[1] for row in rows]


def at_random(database: Database, number: int, moves: int) -> int:
    """What one person does, each time to the list that they saw last; how often the list had changed by then."""
    choose, seen, merged = random.Random(number), order(database)[0], 0
    for _ in range(moves):
        ids = choose.sample(seen, choose.randint(1, 4))
        after = choose.choice([None, LAST, *seen])
        outcome = act(
            database,
            PEOPLE[number % len(PEOPLE)],
            lambda uow: arranging.move(uow, CATALOG, Lesson, ids, Spot(ALGEBRA, after), seen),  # noqa: B023
        )
        seen, merged = list(outcome.value.order), merged + outcome.value.merged
    return merged


def watch(database: Database, ids: list[str], stop: threading.Event) -> int:
    """Read until told to stop; how many orders that was. Each must be whole."""
    seen: set[tuple[str, ...]] = set()
    while not stop.is_set():
        rows, numbers = order(database)
        assert sorted(rows) == ids
        # Before the first move there is what another program left.
        assert numbers == list(range(1, LESSONS + 1)) or not seen
        if numbers == list(range(1, LESSONS + 1)):
            seen.add(tuple(rows))
        stop.wait(0.002)
    return len(seen)


@pytest.mark.parametrize("moves", [10, pytest.param(40, marks=pytest.mark.slow)])
def test_the_order_is_whole_at_every_moment(school: Database, moves: int) -> None:
    ids, stop = sorted(order(school)[0]), threading.Event()
    with ThreadPoolExecutor(WRITERS + 1) as pool:
        reader = pool.submit(watch, school, ids, stop)
        try:
            merged = sum(pool.map(lambda number: at_random(school, number, moves), range(WRITERS)))
        finally:
            stop.set()
        assert reader.result() > 2
    rows, numbers = order(school)
    assert sorted(rows) == ids
    assert numbers == list(range(1, LESSONS + 1))
    assert merged > 0
    assert deadlocks(school) == 0


def test_a_program_that_knows_nothing_of_the_lock_leaves_the_list_whole(school: Database) -> None:
    """It turns the list round, again and again, while others move rows: each sees what the other made of it."""
    act(school, PEOPLE[1], lambda uow: arranging.sort_by_title(uow, CATALOG, Lesson, ALGEBRA))
    ids, stop = sorted(order(school)[0]), threading.Event()
    turn = text('UPDATE lessons SET "order" = :last - "order" WHERE course_id = :course')

    def turn_round() -> int:
        turns = 0
        while not stop.is_set():
            with suppress(OperationalError), school.engine.begin() as connection:  # of two who wait for each other
                connection.execute(turn, {"last": LESSONS + 1, "course": ALGEBRA})
                turns += 1
        return turns

    with ThreadPoolExecutor(WRITERS) as pool:
        other = pool.submit(turn_round)
        try:
            for number in range(60):
                with suppress(Busy, OperationalError):
                    at_random(school, number, 1)
        finally:
            stop.set()
        assert other.result() > 5
    rows, numbers = order(school)
    assert sorted(rows) == ids
    assert numbers == list(range(1, LESSONS + 1))


def test_moves_between_courses_and_plain_saves(school: Database) -> None:
    """To and fro between three courses, while others add lessons, give them other titles and put them elsewhere."""
    courses = ALGEBRA, BOTANY, EMPTY
    everybody = {row for course in courses for row in order(school, course)[0]}
    added: list[str] = []

    def to_and_fro(number: int) -> None:
        choose = random.Random(number)
        for _ in range(8):
            where = choose.choice(courses)
            ids = choose.sample(sorted(everybody), choose.randint(1, 3))
            spot = Spot(choose.choice(courses), choose.choice([None, LAST, ids[0]]))
            if where == spot.parent:
                spot = Spot(where, LAST)
            try:
                act(school, SYSTEM, lambda uow: arranging.move(uow, CATALOG, Lesson, ids, spot, None))  # noqa: B023
            except ListChanged:
                continue

    def saves(number: int) -> None:
        choose = random.Random(number)
        for turn in range(8):
            row, course = choose.choice(sorted(everybody)), choose.choice(courses)
            try:
                if turn % 3 == 0:
                    made = new_id()
                    add(school, PEOPLE[1], Lesson, made, title="New", content_type="text", course_id=course)
                    added.append(made)
                elif turn % 3 == 1:
                    save(school, PEOPLE[1], Lesson, row, title=f"By {number}, {turn}")
                else:
                    save(school, PEOPLE[2], Lesson, row, course_id=course)
            except Conflict:  # somebody else was quicker
                continue

    work: list[Callable[[int], None]] = [to_and_fro, saves] * (WRITERS // 2)
    with ThreadPoolExecutor(WRITERS) as pool:
        for running in [pool.submit(do, number) for number, do in enumerate(work)]:
            running.result()
    found = [order(school, course) for course in courses]
    assert sorted(row for rows, _ in found for row in rows) == sorted({*everybody, *added})
    assert len(added) >= WRITERS // 2
    for rows, numbers in found:
        assert numbers == list(range(1, len(rows) + 1))
    assert deadlocks(school) == 0


def test_whoever_waits_is_asked_for_the_reach_as_it_is_then(school: Database) -> None:
    """Ines moves a lesson of a course that is handed over to Ivan in a transaction under way."""
    waiting = make_engine(school.engine.url, Settings(lock_timeout=30))
    with school.engine.connect() as other, ThreadPoolExecutor(1) as pool:
        other.execute(
            text("UPDATE courses SET instructor_id = :ivan WHERE id = :id"), {"ivan": actor("ivan").id, "id": ALGEBRA}
        )
        moving = pool.submit(
            act,
            Database(waiting),
            actor("ines"),
            lambda uow: arranging.move(uow, CATALOG, Lesson, [lesson("A")], Spot(ALGEBRA, LAST), None),
        )
        blocked = text(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
            " AND query LIKE '%courses%' AND datname = current_database()"
        )
        with school.engine.connect() as watching:
            while not watching.execute(blocked).scalar_one():
                assert not moving.done()
                watching.rollback()
        other.commit()
        assert "may not" in str(moving.exception())
    waiting.dispose()
    assert numbered(school)[0][0] == "A"
