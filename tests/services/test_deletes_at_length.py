"""Counting and deleting many rows take a small multiple of what plain SQL takes, in the same run on the same server."""

import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import URL

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Change, Database
from lms_desktop.entities import Course, Enrollment, Lesson, LessonProgress
from lms_desktop.services import gate
from lms_desktop.services.impact import impact
from lms_desktop.services.records import Records
from tests import big_course
from tests.postgres import PostgresServer, plain_connection
from tests.sample_school import engine_of
from tests.small_school import SYSTEM

ENROLLMENTS, PROGRESS = 5_000, 20_000
ROUNDS = 3
COUNTED = """
    SELECT (SELECT count(*) FROM lessons WHERE course_id = %(id)s),
           (SELECT count(*) FROM enrollments WHERE course_id = %(id)s),
           (SELECT count(*) FROM lesson_progress WHERE enrollment_id IN (
               SELECT id FROM enrollments WHERE course_id = %(id)s))
"""


@pytest.fixture(scope="module")
def school(server: PostgresServer, migrated_template: URL) -> Iterator[Database]:
    """A school of one course that very many take; each test leaves it as it was."""
    url = server.create(template=migrated_template.database)
    with plain_connection(url) as connection:
        big_course.fill(connection, ENROLLMENTS, PROGRESS)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    with engine_of(url) as engine:
        yield Database(engine)
    server.drop(url)


def quickest(work: Callable[[], object]) -> float:
    """Seconds of the quickest of a few rounds: what else the machine does disturbs it least."""
    found = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return min(found)


def test_counting_takes_a_small_multiple_of_a_plain_count(school: Database) -> None:
    with plain_connection(school.engine.url) as connection, connection.cursor() as cursor:
        plain = quickest(lambda: cursor.execute(COUNTED, {"id": big_course.COURSE}))
        ((*counted,),) = cursor.fetchall()
    with school.reading(SYSTEM) as uow:
        ours = quickest(lambda: impact(uow, Course, [big_course.COURSE]))
        found = impact(uow, Course, [big_course.COURSE])
    assert {e.table: e.count for e in found.effects} == dict(
        zip(("lessons", "enrollments", "lesson_progress"), counted, strict=True)
    )
    assert sum(counted) == 4 + ENROLLMENTS + PROGRESS
    assert ours < 25 * plain, f"{ours:.3f} s, plain {plain:.3f} s"


def test_deleting_in_chunks_takes_a_small_multiple_of_plain_sql_though_it_is_logged(school: Database) -> None:
    with plain_connection(school.engine.url) as connection, connection.cursor() as cursor:

        def plainly() -> None:
            cursor.execute("DELETE FROM courses WHERE id = %s", (big_course.COURSE,))
            connection.rollback()

        plain = quickest(plainly)
    records, told = Records(CATALOG), list[float]()

    def ours() -> None:
        told.clear()
        with gate.transaction(school, SYSTEM) as uow:
            asked = impact(uow, Course, [big_course.COURSE])
            version = uow.connection.exec_driver_sql("SELECT xmin::text FROM courses").scalar_one()
            seen = {big_course.COURSE: version}
            outcome = records.delete(uow, Course, seen, asked, lambda fraction, _: told.append(fraction))
            assert uow.connection.exec_driver_sql("SELECT count(*) FROM lesson_progress").scalar_one() == 0
            uow.connection.rollback()
        assert outcome.changes == (Change(Course, big_course.COURSE, "delete"),), "not one by one"
        assert outcome.entities == {Course, Lesson, Enrollment, LessonProgress}

    took = quickest(ours)
    assert told == sorted(told)
    assert told[-1] == 1
    assert len([fraction for fraction in told if 0 < fraction < 1]) >= 2
    assert took < 8 * plain, f"{took:.3f} s, plain {plain:.3f} s"
