"""Drags by a real pointer in real windows: an X server without a screen, a window manager, two processes."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import URL, insert, update

from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Course, Lesson, QuizQuestion, User
from tests.conftest import ROOT
from tests.small_school import opened, row_id
from tests.views.course.arranging import ALGEBRA, OF_ALGEBRA, OF_SUMS, POWERS, lessons_of, questions_of
from tests.views.sittings import ask, change

TOOLS = ("Xvfb", "openbox", "xdotool")
PATIENCE = 20.0
OTHER = row_id(Course, "empty")


def xcb_is_there() -> bool:
    """Whether Qt finds what it needs for real windows."""
    if sys.platform != "linux" or not all(map(shutil.which, TOOLS)):
        return False
    import ctypes.util

    return all(ctypes.util.find_library(name) for name in ("xcb-cursor", "xcb-icccm", "xcb-keysyms"))


pytestmark = pytest.mark.skipif(not xcb_is_there(), reason="needs Xvfb, openbox, xdotool and the libraries of xcb")


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Ask again and again."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


@dataclass
class Window:
    """The window of another process."""

    process: "subprocess.Popen[str]"
    display: str

    def look(self, words: str = "look") -> dict[str, Any]:
        """What is seen there."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(words, file=self.process.stdin, flush=True)
        return dict(json.loads(self.process.stdout.readline()))

    def at(self, title: str, part: float = 0.5) -> tuple[int, int]:
        """A point of a row on the screen, so far down in it."""
        left, top, width, height = self.look()["rows"][title]
        return left + width // 3, top + round(part * (height - 1))

    def hand(self, *words: object) -> None:
        """Move the pointer, or press."""
        environment = {**os.environ, "DISPLAY": self.display}
        subprocess.run(["xdotool", *map(str, words)], env=environment, check=True, timeout=30)

    def click(self, *titles: str) -> None:
        """Click a row, and with Ctrl further ones."""
        for number, title in enumerate(titles):
            self.hand("mousemove", *self.at(title))
            self.hand(*(["keydown", "ctrl"] if number else []), "click", 1, *(["keyup", "ctrl"] if number else []))

    def drag(self, begin: tuple[int, int], end: tuple[int, int], over: "Window", *, ctrl: bool = False) -> None:
        """Press, go there step by step, and let go once it would be taken."""
        self.hand("mousemove", *begin, "mousedown", 1)
        for step in range(1, 9):
            self.hand("mousemove", *(b + (e - b) * step // 8 for b, e in zip(begin, end, strict=True)))
        if ctrl:
            self.hand("keydown", "ctrl")
        steps = iter(range(10_000))

        def taken() -> bool:
            self.hand("mousemove", end[0] + next(steps) % 2, end[1])
            return bool(over.look()["target"])

        try:
            wait_for(taken, "a place to let fall")
            self.hand("mousemove", *end)
        finally:
            self.hand("mouseup", 1, *(["keyup", "ctrl"] if ctrl else []))


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """An X server with a window manager."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as told:
            name = f":{told.readline().strip()}"
        environment = {**os.environ, "DISPLAY": name}
        manager = subprocess.Popen(["openbox"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        yield name
        for process in (manager, server):
            process.terminate()
            process.wait(10)


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school, where the quiz of the sums has three questions and Ines has a second course."""
    with opened(database_url) as database:
        with database.engine.begin() as connection:
            texts = [
                {"quiz_id": OF_SUMS, "question_text": t, "question_type": "essay", "order": n}
                for n, t in ((2, "How?"), (3, "When?"))
            ]
            connection.execute(insert(QuizQuestion), texts)
            connection.execute(update(Course).where(Course.id == OTHER).values(instructor_id=row_id(User, "ines")))
            new = [
                {"course_id": OTHER, "title": t, "content_type": "text", "order": n}
                for n, t in enumerate(("One", "Two", "Three"), 1)
            ]
            connection.execute(insert(Lesson), new)
        yield database


@pytest.fixture
def open_window(display: str, school: Database, database_url: URL) -> Iterator[Callable[..., Window]]:
    """Opens outlines in processes of their own."""
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "XDG_RUNTIME_DIR": "/tmp"}
    url = database_url.render_as_string(hide_password=False)
    with ExitStack() as stack:

        def begin(course: str, left: int = 20) -> Window:
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.views.course.real_window", url, "ines", course, str(left)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    env=environment,
                    cwd=ROOT,
                )
            )
            window = Window(process, display)
            stack.callback(lambda: process.stdin.close() if process.stdin else None)
            wait_for(lambda: window.look("activate")["ready"], "the window")
            return window

        yield begin


def test_one_and_several_rows_within_a_list(open_window: Callable[..., Window], database_url: URL) -> None:
    window = open_window(ALGEBRA)
    window.drag(window.at("Powers"), window.at("Sums", 0.2), window)
    wait_for(lambda: lessons_of(database_url) == ["Powers", "Sums", "Products"], "the move of one")
    window.click("Powers", "Products")
    window.drag(window.at("Powers"), window.at("Sums", 0.2), window)
    wait_for(lambda: lessons_of(database_url) == ["Powers", "Products", "Sums"], "the move of two")
    wait_for(
        lambda: [t for t in window.look()["seen"] if t in {"Sums", "Products", "Powers"}] == lessons_of(database_url),
        "the same on the screen",
    )


def test_a_quiz_onto_a_lesson_and_a_question_to_another_quiz(
    open_window: Callable[..., Window], database_url: URL
) -> None:
    window = open_window(ALGEBRA)
    window.drag(window.at("Of Sums"), window.at("Powers"), window)
    hangs = "SELECT lesson_id::text FROM quizzes WHERE id = %s"
    wait_for(lambda: ask(database_url, hangs, OF_SUMS) == POWERS, "the quiz")
    window.click("Of Sums")
    window.hand("key", "Right")
    wait_for(lambda: "When?" in window.look()["rows"], "the questions")
    window.drag(window.at("When?"), window.at("How?", 0.2), window)
    wait_for(lambda: questions_of(database_url, OF_SUMS) == ["Why?", "When?", "How?"], "the question")
    window.drag(window.at("When?"), window.at("Of Algebra"), window)
    wait_for(lambda: questions_of(database_url, OF_ALGEBRA) == ["Why?", "When?"], "the other quiz")
    assert questions_of(database_url, OF_SUMS) == ["Why?", "How?"]


@pytest.mark.slow
def test_rows_go_from_window_to_window_and_copies_with_ctrl(
    open_window: Callable[..., Window], database_url: URL
) -> None:
    here, there = open_window(ALGEBRA), open_window(OTHER, 640)
    there.click("One", "Three")
    there.drag(there.at("Three"), here.at("Products", 0.2), here)
    wait_for(lambda: lessons_of(database_url, OTHER) == ["Two"], "the lessons gone")
    assert lessons_of(database_url) == ["Sums", "One", "Three", "Products", "Powers"]
    wait_for(lambda: "One" in here.look()["rows"], "the lessons come")
    # What came is chosen, and goes on together.
    here.drag(here.at("One"), there.at("Two", 0.8), there, ctrl=True)
    wait_for(lambda: lessons_of(database_url, OTHER) == ["Two", "One", "Three"], "the copies")
    assert lessons_of(database_url) == ["Sums", "One", "Three", "Products", "Powers"]


@pytest.mark.slow
def test_another_writer_while_the_pointer_holds_a_row(open_window: Callable[..., Window], database_url: URL) -> None:
    window = open_window(ALGEBRA)
    begin, end = window.at("Powers"), window.at("Sums", 0.2)
    window.hand("mousemove", *begin, "mousedown", 1)
    window.hand("mousemove", begin[0] + 15, begin[1] - 8)
    window.hand("mousemove", *end)
    change(database_url, "DELETE FROM lessons WHERE title = 'Products'")
    change(database_url, "UPDATE lessons SET title = 'Adding' WHERE title = 'Sums'")
    assert "Products" in window.look()["seen"]
    window.hand("mousemove", end[0] + 1, end[1])
    wait_for(lambda: window.look()["target"], "a place to let fall")
    window.hand("mouseup", 1)
    first = 'SELECT title FROM lessons WHERE course_id = %s ORDER BY "order" LIMIT 1'
    wait_for(lambda: ask(database_url, first, ALGEBRA) == "Powers", "the move")
    assert lessons_of(database_url) == ["Powers", "Adding"]
    wait_for(lambda: window.look()["seen"][:2] == ["Powers", "Adding"], "the same on the screen")


@pytest.mark.slow
@pytest.mark.parametrize("beyond", [-6, 16], ids=["at the edge", "below it"])
def test_a_drag_at_the_edge_scrolls(open_window: Callable[..., Window], database_url: URL, beyond: int) -> None:
    change(
        database_url,
        'INSERT INTO lessons (id, course_id, title, content_type, "order", created_at, updated_at)'
        " SELECT gen_random_uuid(), %s, 'L' || to_char(n, 'FM000'), 'text', n + 3, now(), now()"
        " FROM generate_series(1, 60) n",
        OTHER,
    )
    window = open_window(OTHER)
    begin = window.at("One")
    edge = window.look()["bottom"] + beyond
    window.hand("mousemove", *begin, "mousedown", 1)
    window.hand("mousemove", begin[0] + 10, begin[1] + 20)
    steps = iter(range(10_000))

    def scrolled() -> bool:
        window.hand("mousemove", begin[0] + next(steps) % 3, edge)
        return "L060" in window.look()["rows"]

    places = [(0, 0)]

    def taken() -> bool:
        places.append(window.at("L059", 0.2))
        window.hand("mousemove", places[-1][0] + next(steps) % 2, places[-1][1])
        return bool(window.look()["target"]) and places[-1] == places[-2]

    wait_for(scrolled, "the end of the list")
    wait_for(taken, "a place to let fall")
    window.hand("mouseup", 1)
    wait_for(lambda: lessons_of(database_url, OTHER)[-3:] == ["One", "L059", "L060"], "the move to the end")
