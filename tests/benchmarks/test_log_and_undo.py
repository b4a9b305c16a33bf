"""What the change log costs whoever writes, and how long a big course takes to come back, beside plain SQL."""

import time
import uuid
from collections.abc import Iterator
from statistics import median

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import URL, text

from lms_desktop.admin import CATALOG
from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.entities import Course
from lms_desktop.services import gate
from lms_desktop.services.reverting import Reverting
from tests import big_course
from tests.postgres import PostgresServer, plain_connection
from tests.small_school import row_id

ENROLLMENTS, PROGRESS = 50_000, 200_000
ROUNDS = 3
MOST_TIMES_PLAIN = 4.0
PAIRS = 10
MOST_FOR_OTHERS, MOST_FOR_US = 1.05, 1.3
"""Times as long as without the log."""
TABLES = ("courses", "lessons", "enrollments", "lesson_progress")
NEW_COURSE = row_id(Course, "new and big")


@pytest.fixture(scope="module")
def template(server: PostgresServer, seeded_template: URL) -> Iterator[URL]:
    """The sample school with the big course in it."""
    url = server.create(template=seeded_template.database)
    with plain_connection(url) as connection:
        big_course.fill(connection, ENROLLMENTS, PROGRESS)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    yield url
    server.drop(url)


def plainly(url: URL) -> tuple[float, float]:
    """Seconds that plain SQL takes to delete the course, and to put its rows back that were copied before."""
    taken = []
    with plain_connection(url) as connection, connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"CREATE TABLE copy_of_{table} AS TABLE {table}")
        connection.commit()
        back = [
            f"INSERT INTO {table} SELECT c.* FROM copy_of_{table} c"
            f" WHERE NOT EXISTS (SELECT FROM {table} t WHERE t.id = c.id)"
            for table in TABLES
        ]
        for statements in ([f"DELETE FROM courses WHERE id = '{big_course.COURSE}'"], back):
            began = time.perf_counter()
            for statement in statements:
                cursor.execute(statement)
            connection.commit()
            taken.append(time.perf_counter() - began)
    return taken[0], taken[1]


def taken_back(url: URL) -> tuple[float, float]:
    """Seconds that it takes to take the delete back, and to do it again; everything is compared."""
    engine = make_engine(url, Settings(statement_timeout=3600))
    database, reverting = Database(engine), Reverting(CATALOG)
    with engine.connect() as connection:
        row = connection.execute(text("SELECT id, email, full_name FROM users WHERE role = 'admin' LIMIT 1")).one()
        before = sums(database)
    admin = Actor(row.id, row.email, row.full_name, "admin")
    with gate.transaction(database, admin) as uow:
        uow.execute(text(f"DELETE FROM courses WHERE id = '{big_course.COURSE}'"))
        done = uow.outcome("Deleted the course.").operation
    after, taken = sums(database), []
    for expected in (before, after):
        began = time.perf_counter()
        with gate.transaction(database, admin) as uow:
            done = reverting.revert(uow, str(done), lambda fraction, sentence: None).operation
        taken.append(time.perf_counter() - began)
        assert sums(database) == expected
    engine.dispose()
    return taken[0], taken[1]


def sums(database: Database) -> dict[str, tuple[int, str]]:
    """Rows and checksum of each table."""
    found = {}
    with database.engine.connect() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        for table in (*TABLES, "quizzes"):
            asked = f"SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {table} t"
            found[table] = tuple(connection.execute(text(asked)).one())
    return found


def test_a_big_course_comes_back(benchmark: BenchmarkFixture, server: PostgresServer, template: URL) -> None:
    plain: list[tuple[float, float]] = []
    ours: list[tuple[float, float]] = []

    def one_after_the_other() -> None:
        for attempt in range(ROUNDS):
            for measure in ((plainly, taken_back), (taken_back, plainly))[attempt % 2]:
                url = server.create(template=template.database)
                (plain if measure is plainly else ours).append(measure(url))
                server.drop(url)

    benchmark.pedantic(one_after_the_other, rounds=1)
    undo = median(back for back, _ in ours) / median(back for _, back in plain)
    benchmark.extra_info |= {
        "plain SQL puts back (s)": [back for _, back in plain],
        "undo (s)": [back for back, _ in ours],
        "undo, times plain": undo,
        "plain SQL deletes (s)": [gone for gone, _ in plain],
        "redo (s)": [gone for _, gone in ours],
        "redo, times plain": median(gone for _, gone in ours) / median(gone for gone, _ in plain),
    }
    print(benchmark.extra_info)
    assert undo <= MOST_TIMES_PLAIN


def enrolling(url: URL, way: str) -> float:
    """Seconds in which 50,000 people are enrolled in a course by one statement, commit included."""
    with plain_connection(url) as connection, connection.cursor() as cursor:
        if way == "without":
            for verb in ("insert", "update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS lms_desktop_{verb} ON enrollments")
        else:
            cursor.execute("SELECT lms_desktop.attach()")
        connection.commit()
        began = time.perf_counter()
        if way == "ours":
            cursor.execute("SELECT set_config('lms.operation', %s, true)", (str(uuid.uuid4()),))
        cursor.execute(
            "INSERT INTO enrollments (id, student_id, course_id)"
            " SELECT gen_random_uuid(), student_id, %s FROM enrollments WHERE course_id = %s",
            (NEW_COURSE, big_course.COURSE),
        )
        connection.commit()
        taken = time.perf_counter() - began
        cursor.execute("DELETE FROM enrollments WHERE course_id = %s", (NEW_COURSE,))
        connection.commit()
        connection.autocommit = True
        cursor.execute("VACUUM enrollments")
        return taken


def test_the_cost_of_the_log(benchmark: BenchmarkFixture, server: PostgresServer, template: URL) -> None:
    """Three ways by turns, in another order each time: without the log, with it by another program, by this one.

    The school has 250,000 enrollments already."""
    url = server.create(template=template.database)
    with plain_connection(url) as connection:
        for number in range(4):
            big_course.fill(connection, ENROLLMENTS, ENROLLMENTS, row_id(Course, f"big {number}"))
        big_course.fill(connection, 1, 1, NEW_COURSE)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM enrollments WHERE course_id = %s", (NEW_COURSE,))
            cursor.execute("VACUUM ANALYZE")
    taken: dict[str, list[float]] = {"without": [], "others": [], "ours": []}

    def in_turns() -> None:
        names = list(taken)
        for turn in range(PAIRS + 1):
            for way in names[turn % 3 :] + names[: turn % 3]:
                taken[way].append(enrolling(url, way))

    benchmark.pedantic(in_turns, rounds=1)
    server.drop(url)
    times = {
        way: median(a / b for a, b in zip(taken[way][1:], taken["without"][1:], strict=True))
        for way in ("others", "ours")
    }
    benchmark.extra_info |= {
        **{f"{way} (s)": seconds for way, seconds in taken.items()},
        **{f"{way}, times without": ratio for way, ratio in times.items()},
    }
    print(benchmark.extra_info)
    assert times["others"] <= MOST_FOR_OTHERS
    assert times["ours"] <= MOST_FOR_US
