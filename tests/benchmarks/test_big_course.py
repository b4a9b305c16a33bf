"""A course with 50,000 enrollments and 200,000 progress rows: how long counting and deleting take, beside plain SQL."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import URL

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Course
from lms_desktop.services.impact import DELETED, impact
from lms_desktop.views import theme
from tests import big_course
from tests.postgres import PostgresServer, plain_connection
from tests.small_school import SYSTEM, row_id
from tests.walks.answering import Answer
from tests.walks.driving import CTRL, wait_for
from tests.walks.pulse import Pulse
from tests.walks.seating import get_up, sit_down

ENROLLMENTS, PROGRESS = 50_000, 200_000
ROUNDS = 3
MOST_TIMES_PLAIN = 4.0
MOST_COUNTING = 1.0
"""Seconds for 100,000 dependants."""
SMALLER = (20_000, 80_000)
SMALLER_COURSE = row_id(Course, "not so big")
MOST_GAP, LONGEST_GAP = 0.033, 0.1
"""Seconds: 99 of 100 gaps of the event loop, and all of them."""


@pytest.fixture(scope="module")
def template(server: PostgresServer, seeded_template: URL) -> Iterator[URL]:
    """The sample school with the big course in it."""
    url = server.create(template=seeded_template.database)
    with plain_connection(url) as connection:
        big_course.fill(connection, ENROLLMENTS, PROGRESS)
        big_course.fill(connection, *SMALLER, SMALLER_COURSE)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    yield url
    server.drop(url)


@pytest.fixture
def school(server: PostgresServer, template: URL) -> Iterator[URL]:
    """A copy of it."""
    url = server.create(template=template.database)
    yield url
    server.drop(url)


@pytest.mark.parametrize(
    ("course", "rows"),
    [(SMALLER_COURSE, 4 + sum(SMALLER)), (big_course.COURSE, 4 + ENROLLMENTS + PROGRESS)],
    ids=["100,000 dependants", "250,000 dependants"],
)
def test_counting_what_hangs_on_it(benchmark: BenchmarkFixture, school: URL, course: str, rows: int) -> None:
    database = Database(make_engine(school, Settings()))

    def count() -> int:
        with database.reading(SYSTEM) as uow:
            return sum(effect.count for effect in impact(uow, Course, [course]).of(DELETED))

    counted = benchmark.pedantic(count, rounds=5, warmup_rounds=1)
    database.dispose()
    assert counted == rows
    benchmark.extra_info["dependants"] = counted
    if course == SMALLER_COURSE:
        assert benchmark.stats.stats.median < MOST_COUNTING  # type: ignore[union-attr]


def plainly(url: URL) -> float:
    """Seconds that plain SQL takes, commit included; no log is named."""
    with plain_connection(url) as connection, connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute("DELETE FROM courses WHERE id = %s", (big_course.COURSE,))
        connection.commit()
        return time.perf_counter() - began


@dataclass
class Measured:
    """One delete in the window: seconds until the question, seconds from the answer to the end, notes of progress."""

    counting: float
    deleting: float
    notes: int
    pulse: Pulse


def in_the_window(url: URL, settings: Path) -> Measured:
    """Search for the course, press Del, agree, wait for the end."""
    admin = sit_down(url, "admin@lms.com", settings, page="courses")
    admin.press(Qt.Key.Key_F, CTRL)
    admin.replace(big_course.COURSE)
    admin.press(Qt.Key.Key_Return)
    admin.click_record(big_course.COURSE)
    progress: list[str] = []
    ended: list[float] = []
    admin.page.work_told.connect(lambda fraction, text: progress.append(f"{fraction:.2f} {text}"))
    admin.desk.committed.connect(lambda *_: ended.append(time.perf_counter()))
    pulse, asked = Pulse(), time.perf_counter()
    answer = Answer("Delete course")
    QTest.keyClick(admin.page.table, Qt.Key.Key_Delete)
    answer.wait()
    answered = time.perf_counter()
    wait_for(lambda: bool(ended), "the delete", 60)
    admin.settle()
    pulse.stop()
    get_up(admin)
    return Measured(answered - asked, ended[0] - answered, len(progress), pulse)


def test_deleting_it_in_the_window(
    qapp: QApplication, benchmark: BenchmarkFixture, server: PostgresServer, template: URL, tmp_path: Path
) -> None:
    theme.install(qapp, theme.Scheme.LIGHT, 100)
    plain: list[float] = []
    ours: list[Measured] = []

    def one_after_the_other() -> None:
        for attempt in range(ROUNDS):
            url = server.create(template=template.database)
            plain.append(plainly(url))
            server.drop(url)
            url = server.create(template=template.database)
            ours.append(in_the_window(url, tmp_path / f"{attempt}.ini"))
            assert logged(url) == 1 + 4 + ENROLLMENTS + PROGRESS
            server.drop(url)

    benchmark.pedantic(one_after_the_other, rounds=1)
    gaps = sorted(gap for measured in ours for gap in measured.pulse.gaps)
    p99 = gaps[len(gaps) * 99 // 100]
    times = median(measured.deleting for measured in ours) / median(plain)
    benchmark.extra_info |= {
        "plain": plain,
        "ours": [measured.deleting for measured in ours],
        "times plain": times,
        "until the question": [measured.counting for measured in ours],
        "notes of progress": min(measured.notes for measured in ours),
        "99 % of the gaps (ms)": p99 * 1000,
        "longest gap (ms)": gaps[-1] * 1000,
    }
    print(benchmark.extra_info)
    assert min(measured.notes for measured in ours) > 10
    assert times <= MOST_TIMES_PLAIN
    assert p99 <= MOST_GAP
    assert gaps[-1] <= LONGEST_GAP


def logged(url: URL) -> int:
    """How many deleted rows the change log has taken down."""
    with plain_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM lms_desktop.changes WHERE action = 'D'")
        ((number,),) = cursor.fetchall()
        return int(number)
