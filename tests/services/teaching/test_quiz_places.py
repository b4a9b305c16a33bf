"""Quizzes that are hung on a lesson while somebody else puts the lesson elsewhere."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import URL, text

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Database, Outcome, UnitOfWork
from lms_desktop.entities import Course, Lesson, Quiz
from lms_desktop.errors import Denied
from lms_desktop.services import gate
from lms_desktop.services.teaching import arranging, quiz_places
from lms_desktop.services.teaching.arranging import Spot
from tests.small_school import act, actor, opened, row_id

ALGEBRA, EMPTY = row_id(Course, "algebra"), row_id(Course, "empty")
SUMS, QUIZ = row_id(Lesson, "sums"), row_id(Quiz, "of algebra")
WAITING = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school."""
    with opened(database_url) as database:
        yield database


def hang(uow: UnitOfWork) -> Outcome:
    """Hang the quiz of the course on its first lesson."""
    return quiz_places.hang(uow, [QUIZ], ALGEBRA, SUMS)


def move(uow: UnitOfWork) -> Outcome:
    """Put that lesson into another course."""
    return arranging.move(uow, CATALOG, Lesson, [SUMS], Spot(EMPTY), None)


def somebody_waits(school: Database) -> bool:
    """Whether somebody waits for a lock. Asked anew: a transaction sees always the same of that."""
    with school.engine.connect() as connection:
        return bool(connection.execute(text(WAITING)).scalar_one())


def one_behind_the_other(
    school: Database, first: Callable[[UnitOfWork], Outcome], second: Callable[[UnitOfWork], Outcome]
) -> None:
    """Two do this at the same moment; the second waits for the first."""
    with ThreadPoolExecutor(1) as pool:
        with gate.transaction(school, actor("admin")) as uow:
            first(uow)
            later = pool.submit(act, school, actor("second admin"), second)
            deadline = time.monotonic() + 10
            while not somebody_waits(school):
                assert not later.done(), "nobody waited"
                assert time.monotonic() < deadline
        later.result(timeout=10)


def place(school: Database) -> tuple[str, str, str]:
    """The course of the quiz, its lesson, and the course of the lesson."""
    found = "SELECT q.course_id::text, l.title, l.course_id::text FROM quizzes q JOIN lessons l ON l.id = q.lesson_id"
    with school.engine.connect() as connection:
        return tuple(connection.execute(text(f"{found} WHERE q.id = :quiz"), {"quiz": QUIZ}).one())


def test_a_quiz_that_comes_to_a_lesson_follows_it(school: Database) -> None:
    one_behind_the_other(school, hang, move)
    assert place(school) == (EMPTY, "Sums", EMPTY)


def test_a_lesson_that_is_going_takes_no_quiz_of_the_course(school: Database) -> None:
    with pytest.raises(Denied, match="in another course by now"):
        one_behind_the_other(school, move, hang)
