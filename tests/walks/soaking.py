"""What a long sitting is made of: a second program that never stops writing, and somebody who scrolls and sorts."""

import os
import random
import threading
import time
from pathlib import Path

import psycopg2
from sqlalchemy import URL

from PySide6.QtTest import QTest

from lms_desktop.errors import ExplainedError
from lms_desktop.spec import Filter, Operator, Query, Sort
from tests.postgres import plain_connection
from tests.walks.driving import Sitting, wait_for
from tests.walks.pulse import crowded

EACH = 10
"""Rows that the second program writes at once."""
PER_SECOND = 200
DOUBLE = 1.0
"""Seconds within which a row that another program has moved must be gone from its former place."""

SORTS = ("student_id", "course_id", "enrolled_at", "completed_at", "updated_at", "id")

_TICK = """
WITH chosen AS (
  SELECT e.id FROM enrollments e TABLESAMPLE BERNOULLI (0.2) JOIN users u ON u.id = e.student_id
  WHERE u.email LIKE 'soak%%' LIMIT %(each)s),
gone AS (DELETE FROM enrollments WHERE id IN (SELECT id FROM chosen) RETURNING student_id, course_id)
INSERT INTO enrollments (id, student_id, course_id, enrolled_at)
SELECT gen_random_uuid(), student_id, course_id, now() - random() * interval '3 years' FROM gone
"""
_CHANGE = """
UPDATE enrollments SET completed_at = CASE WHEN completed_at IS NULL THEN now() END, updated_at = now()
WHERE id IN (SELECT id FROM enrollments TABLESAMPLE BERNOULLI (0.2) LIMIT %(each)s)
"""


class SecondProgram:
    """Deletes, inserts and updates rows in the middle of others, so many a second, on a thread of its own.

    Attributes:
        written: rows written so far; `error` is what ended it before its time.
    """

    def __init__(self, url: URL) -> None:
        self._url = url
        self._end = threading.Event()
        self.written, self.error = 0, ""
        self._thread = threading.Thread(target=self._run, name="second-program", daemon=True)

    def __enter__(self) -> "SecondProgram":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join(20)

    def _run(self) -> None:
        began, turn = time.monotonic(), 0
        try:
            with plain_connection(self._url) as connection, connection.cursor() as cursor:
                connection.autocommit = True
                while not self._end.wait(max(0.0, began + self.written / PER_SECOND - time.monotonic())):
                    turn += 1
                    cursor.execute(_CHANGE if turn % 2 else _TICK, {"each": EACH // (1 if turn % 2 else 2)})
                    self.written += EACH
        except psycopg2.Error as error:
            self.error = str(error)


def fill(url: URL, students: int, courses: int) -> None:
    """A school large enough to be scrolled through."""
    with plain_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO users (id, email, full_name, role, password_hash, is_active, mfa_enabled)"
            " SELECT gen_random_uuid(), 'soak' || i || '@school.edu', 'Soak ' || i %% 97, 'student', 'x', true, false"
            " FROM generate_series(1, %s) i",
            (students,),
        )
        cursor.execute(
            "INSERT INTO enrollments (id, student_id, course_id, enrolled_at)"
            " SELECT gen_random_uuid(), u.id, c.id, now() - random() * interval '3 years'"
            " FROM (SELECT id FROM users WHERE email LIKE 'soak%%') u,"
            " (SELECT id FROM courses ORDER BY id LIMIT %s) c",
            (courses,),
        )
        cursor.execute("ANALYZE users; ANALYZE enrollments")
        connection.commit()


class Reader:
    """Somebody who scrolls, sorts and filters the enrollments, and looks closely.

    Attributes:
        acts: what was done so far; `slowest`, in seconds, the longest wait for rows; `doubled`, the longest time that a
            row was to be seen at its former place beside its new one; `troubles`, what was told.
    """

    def __init__(self, sitting: Sitting, seed: int) -> None:
        self._sitting, self._random = sitting, random.Random(seed)
        self.acts, self.slowest, self.doubled = 0, 0.0, 0.0
        self.troubles: list[str] = []
        page = sitting.page
        courses = {key[0] for row in range(40) if (key := self._courses(row))}
        self._some_courses = sorted(courses)
        sitting.desk.failed.connect(self._told)
        page.model.failed.connect(self._told)
        page.trouble.connect(self._told)

    def act(self) -> None:
        """One more thing; then the rows in view are there, each of them once."""
        page, chance = self._sitting.page, self._random.random()
        bar, began = page.table.verticalScrollBar(), time.monotonic()
        if chance < 0.5:
            bar.setValue(self._random.randint(0, bar.maximum()))
        elif chance < 0.75:
            bar.setValue(bar.value() + self._random.choice((-900, -200, 200, 900)))
        elif chance < 0.9:
            column = self._random.randrange(len(page.model.fields))
            page.table.sort_requested.emit(column, self._random.random() < 0.5)
        else:
            keep = self._some_courses if self._random.random() < 0.6 else []
            filters = tuple(
                Filter("course_id", Operator.ONE_OF, (one,)) for one in self._random.sample(keep, min(1, len(keep)))
            )
            sort = Sort(self._random.choice(SORTS), self._random.random() < 0.5)
            query = Query(page.admin.entity, filters=filters, sorts=(sort,), zone=page.model.query.zone)
            page.filters.show_query(query)
            page.filters.query_changed.emit(query)
        if chance >= 0.75:
            wait_for(lambda: page.model.query == page.filters.query, "what was asked for")
        wait_for(self._is_whole, "the rows in view")
        self.slowest = max(self.slowest, time.monotonic() - began)
        self._check()
        self.acts += 1
        QTest.qWait(self._random.choice((0, 5, 30)))

    def _courses(self, row: int) -> tuple[str, ...]:
        view = self._sitting.page.model.row(row)
        found = None if view is None else view.values.get("course_id")
        return () if found is None else (found,)

    def _seen(self) -> list[str | None]:
        page = self._sitting.page
        first, last = page.table.seen_rows()
        return [page.model.row_id(row) for row in range(first, last + 1)] if first >= 0 else []

    def _is_single(self) -> bool:
        seen = [row_id for row_id in self._seen() if row_id is not None]
        return len(set(seen)) == len(seen)

    def _is_whole(self) -> bool:
        return None not in self._seen() and self._sitting.page.model.loaded

    def _check(self) -> None:
        began = time.monotonic()
        while not self._is_single():  # of two blocks in view one was read before a row moved: it is read again
            assert time.monotonic() < began + DOUBLE * crowded(), f"a row stays there twice, after {self.acts} acts"
            QTest.qWait(5)
        self.doubled = max(self.doubled, time.monotonic() - began)
        assert not self.troubles, self.troubles
        assert not self._sitting.page.banner.isVisible(), self._sitting.page.banner.text

    def _told(self, error: ExplainedError) -> None:
        self.troubles.append(f"{error} {error.details or ''}")


def memory() -> float:
    """What this process has in memory now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
