"""A course with thousands of people in it is deleted in the window and comes back, and the window lives meanwhile."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy import URL

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lms_desktop.services.large_reverts import LARGE
from tests.postgres import PostgresServer
from tests.walks.acting import to_the_front
from tests.walks.answering import Answer
from tests.walks.driving import CTRL, ZONE, Sitting, click, wait_for
from tests.walks.large_course import make_large_course
from tests.walks.pulse import Pulse, crowded
from tests.walks.seating import get_up, sit_down
from tests.walks.truth import Truth
from tests.walks.undoing import sums
from tests.walks.writing import Writing

HOURS = 300.0
"""Seconds that a large operation may take before it is given up here."""


@pytest.fixture
def admin(server: PostgresServer, seeded_template: URL, _look: None, tmp_path: Path) -> Iterator[Sitting]:
    """An administrator before the courses of a school of their own."""
    url = server.create(template=seeded_template.database)
    sitting = sit_down(url, "admin@lms.com", tmp_path / "settings.ini", page="courses")
    yield sitting
    get_up(sitting)
    server.drop(url)


@pytest.mark.parametrize("students", [600, pytest.param(50_000, marks=[pytest.mark.slow, pytest.mark.timeout(1200)])])
def test_a_large_course_comes_back_while_the_window_lives(students: int, admin: Sitting) -> None:
    lessons = 4
    with closing(Truth(admin.url, ZONE)) as truth:
        course = make_large_course(truth, students, lessons)
        deleting, inserting = plain_seconds(admin.url, course)
        before = sums(admin.url)
        window, undoing = admin.window, admin.window.undoing
        Writing(admin, truth, "courses", "", own=False).finds(course)
        admin.click_record(course)

        pulse, began = Pulse(), time.monotonic()
        answer = Answer("Delete course")
        QTest.keyClick(admin.page.table, Qt.Key.Key_Delete)
        wait_for(lambda: answer.given, "the question", HOURS)
        assert answer.enabled, answer.said
        wait_for(lambda: not truth.exists("courses", course), "the delete", HOURS)
        wait_for(lambda: not admin.desk.jobs and undoing.stack.last is not None, "the answer", HOURS)
        deleted = time.monotonic() - began
        alive(pulse, "delete")

        all_rows(admin, truth)
        pulse, began = Pulse(), time.monotonic()
        shown: list[str] = []
        undoing.bar.words_changed.connect(shown.append)
        answer = Answer("Take back")
        QTest.keyClick(admin.page.table, Qt.Key.Key_Z, CTRL)
        wait_for(lambda: answer.given and not undoing.busy, "the undo", HOURS)
        undone = time.monotonic() - began
        alive(pulse, "undo")
        admin.settle()
        assert f"{admin.window.locale().toString(students * lessons)}\nprogress" in answer.said
        assert students * (1 + lessons) > LARGE
        progress = f"Putting progress records back: {admin.window.locale().toString(students * lessons)} of"
        assert any(progress in words for words in shown), f"the progress was shown: {shown}"
        assert not undoing.bar.isVisible()
        after = sums(admin.url)
        assert [table for table in before if after[table] != before[table]] == []
        assert window.page is not None
        print(
            f"{students:,} enrollments: delete {deleted:.1f} s (plain SQL {deleting:.1f} s),"
            f" undo {undone:.1f} s (plain SQL {inserting:.1f} s)"
        )
        if students > 1000:  # below that it is not the rows that take the time
            assert undone <= 4 * inserting


def test_a_large_undo_can_be_stopped_and_changes_nothing_then(admin: Sitting) -> None:
    with closing(Truth(admin.url, ZONE)) as truth:
        course = make_large_course(truth, 600, 4)
        Writing(admin, truth, "courses", "", own=False).deletes(course)
        undoing = admin.window.undoing
        wait_for(lambda: not admin.desk.jobs and undoing.stack.last is not None, "the delete", HOURS)
        gone, hint = sums(admin.url), undoing.hint.words
        all_rows(admin, truth)
        blocked = psycopg2.connect(admin.url.set(drivername="postgresql").render_as_string(hide_password=False))
        with closing(blocked), blocked.cursor() as cursor:
            cursor.execute("LOCK TABLE enrollments IN EXCLUSIVE MODE")
            answer = Answer("Take back")
            QTest.keyClick(admin.page.table, Qt.Key.Key_Z, CTRL)
            wait_for(lambda: answer.given and undoing.bar.isVisible(), "the progress", HOURS)
            to_the_front(admin.window)
            QTest.keyClick(admin.page.table, Qt.Key.Key_Z, CTRL)
            assert admin.window.status_text().startswith("Something else is being done just now.")
            click(undoing.bar.cancel_button)
            wait_for(lambda: not undoing.busy, "the end", HOURS)
        admin.settle()
        assert admin.window.status_text() == "Cancelled. Nothing was changed."
        assert not undoing.bar.isVisible()
        assert sums(admin.url) == gone
        assert undoing.hint.words == hint


def all_rows(sitting: Sitting, truth: Truth) -> None:
    """Show all rows again, and put the keyboard on them."""
    to_the_front(sitting.window)
    Writing(sitting, truth, "courses", "", own=False).finds("")
    sitting.press(Qt.Key.Key_Down)  # out of the search box, which has an undo of its own
    assert sitting.page.table.hasFocus()


def alive(pulse: Pulse, what: str) -> None:
    """The window was never deaf for long; what else the machine does makes everything take longer."""
    pulse.stop()
    typical, longest = pulse.percentile(99) * 1000, pulse.longest * 1000
    print(f"{what}: 99 % of the gaps ≤ {typical:.0f} ms, the longest {longest:.0f} ms")
    assert typical <= 33 * crowded()
    assert longest <= 100 * crowded()


def plain_seconds(url: URL, course: str) -> tuple[float, float]:
    """What deleting the course and putting all its rows back takes in plain SQL; nothing is changed in the end."""
    connection = psycopg2.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
    taken = {"delete": 0.0, "insert": 0.0}
    with closing(connection), connection.cursor() as cursor:
        rows = {
            "courses": "id = %(course)s",
            "lessons": "course_id = %(course)s",
            "enrollments": "course_id = %(course)s",
            "lesson_progress": "lesson_id IN (SELECT id FROM lessons WHERE course_id = %(course)s)",
        }
        for table, condition in rows.items():
            cursor.execute(
                f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM {table} WHERE {condition}", {"course": course}
            )
        connection.commit()
        began = time.monotonic()
        cursor.execute("DELETE FROM courses WHERE id = %s", (course,))
        connection.commit()
        taken["delete"] = time.monotonic() - began
        began = time.monotonic()
        for table in rows:
            cursor.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")
        connection.commit()
        taken["insert"] = time.monotonic() - began
    return taken["delete"], taken["insert"]
