"""The first of 200 lessons to the end, through everything that a person's move passes, beside plain psycopg2.

Plain psycopg2 locks the course and writes by one UPDATE that nothing takes down. Ours, logged and let in by the gate,
takes at most three times as long. The log alone nearly doubles what whoever writes has to wait: ours is held against
what is plain and logged as well. Other programs that keep the machine busy are felt at each of ours more round trips.
"""

import time
import uuid
from collections.abc import Callable, Iterator
from statistics import median

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import URL, text

from lms_desktop.admin import CATALOG
from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.entities import Lesson
from lms_desktop.services import gate
from lms_desktop.services.teaching import arranging
from lms_desktop.services.teaching.arranging import LAST, Spot
from tests.postgres import PostgresServer, plain_connection
from tests.small_school import statements

LESSONS, TURNS, WARM = 200, 80, 10
MOST_TIMES_PLAIN = 3.0
MOST_TIMES_LOGGED = 2.0
"""Of like with like."""

_COURSE = text(
    "SELECT c.id::text, u.id::text, u.email, u.full_name, u.role FROM courses c"
    " JOIN users u ON u.id = c.instructor_id WHERE u.role = 'instructor' ORDER BY c.id LIMIT 1"
)
_NEW = text(
    'INSERT INTO lessons (id, course_id, title, content_type, content, "order") SELECT gen_random_uuid(),'
    " CAST(:course AS uuid), 'Lesson ' || n, 'text', repeat('What is written in it. ', 40), n"
    " FROM generate_series(1, :lessons) n"
)
_NAME = "SELECT set_config('lms.operation', %s, true)"
_LOCK = "SELECT id FROM courses WHERE id = %s FOR NO KEY UPDATE"
_WRITE = (
    'UPDATE lessons t SET "order" = v.place, updated_at = now()'
    " FROM unnest(%s::uuid[], %s::integer[]) AS v(id, place) WHERE t.id = v.id"
)

School = tuple[Database, URL, Actor, str]


@pytest.fixture(scope="module")
def school(server: PostgresServer, seeded_template: URL) -> Iterator[School]:
    """The sample school, an instructor of it, and a course of theirs with 200 lessons."""
    url = server.create(template=seeded_template.database)
    engine = make_engine(url, Settings())
    with engine.begin() as connection:
        course, *who = connection.execute(_COURSE).one()
        connection.execute(text("DELETE FROM lessons WHERE course_id = :course"), {"course": course})
        connection.execute(_NEW, {"course": course, "lessons": LESSONS})
    vacuum(url)
    yield Database(engine), url, Actor(*who), course
    engine.dispose()
    server.drop(url)


def vacuum(url: URL) -> None:
    """What the server does by itself when it is not asked for a thousand moves a minute."""
    with plain_connection(url) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE lessons, courses, users")


def order(database: Database, course: str) -> list[str]:
    """The lessons as they stand."""
    asked = text('SELECT id::text FROM lessons WHERE course_id = :course ORDER BY "order", created_at, id')
    with database.engine.connect() as connection:
        return list(connection.execute(asked, {"course": course}).scalars())


def ours(school: School, seen: list[str], *, logged: bool) -> None:
    """From the pool through the gate to COMMIT."""
    database, _, who, course = school
    with gate.transaction(database, who, logged=logged) as uow:
        arranging.move(uow, CATALOG, Lesson, [seen[0]], Spot(course, LAST), seen)


def test_the_first_of_200_lessons_to_the_end(benchmark: BenchmarkFixture, school: School) -> None:
    """By turns, each time in another order; what is plain knows the list and has its connection already."""
    database, url, _, course = school
    taken: dict[str, list[float]] = {"plain": [], "plain, logged": [], "ours": [], "ours, not logged": []}
    with plain_connection(url) as connection, connection.cursor() as cursor:

        def plainly(seen: list[str], *, logged: bool) -> None:
            if logged:
                cursor.execute(_NAME, (str(uuid.uuid4()),))
            cursor.execute(_LOCK, (course,))
            cursor.execute(_WRITE, ([*seen[1:], seen[0]], list(range(1, LESSONS + 1))))
            connection.commit()

        ways: dict[str, Callable[[list[str]], None]] = {
            "plain": lambda seen: plainly(seen, logged=False),
            "plain, logged": lambda seen: plainly(seen, logged=True),
            "ours": lambda seen: ours(school, seen, logged=True),
            "ours, not logged": lambda seen: ours(school, seen, logged=False),
        }
        names = list(ways)

        def in_turns() -> None:
            for turn in range(TURNS):
                vacuum(url)
                for way in names[turn % 4 :] + names[: turn % 4]:
                    seen = order(database, course)
                    began = time.perf_counter()
                    ways[way](seen)
                    taken[way].append(time.perf_counter() - began)
                    assert order(database, course) == [*seen[1:], seen[0]]

        benchmark.pedantic(in_turns, rounds=1)
    measured = {way: seconds[WARM:] for way, seconds in taken.items()}
    pairs = (("ours", "plain, logged"), ("ours, not logged", "plain"), ("ours", "plain"), ("plain, logged", "plain"))
    times = {
        f"{way} : {other}": median(a / b for a, b in zip(measured[way], measured[other], strict=True))
        for way, other in pairs
    }
    medians = {f"{way} (ms)": 1000 * median(seconds) for way, seconds in measured.items()}
    benchmark.extra_info |= {**medians, **times}
    print(benchmark.extra_info)
    with statements(database) as ran:
        ours(school, order(database, course), logged=True)
    assert len([statement for statement in ran if 'UPDATE "' in statement]) == 1
    assert times["ours : plain"] <= MOST_TIMES_PLAIN
    assert times["ours : plain, logged"] <= MOST_TIMES_LOGGED
    assert times["ours, not logged : plain"] <= MOST_TIMES_LOGGED
