"""What a cancel stops and what it leaves alone; long operations, which can be stopped."""

import random
import threading
from time import monotonic

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, text

from PySide6.QtCore import QTimer

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.errors import UserError
from lms_desktop.models.desk import Desk, Progress
from tests.models.conftest import MakeDesk
from tests.models.desk_work import (
    Ears,
    answering,
    make_words,
    running_statements,
    sleeping,
    words,
    writing,
)

# Cancelling


@pytest.mark.parametrize("verb", ["read", "commit", "run"])
def test_a_cancel_ends_a_long_statement_within_half_a_second(
    desk: Desk, empty_database: URL, qtbot: QtBot, verb: str
) -> None:
    ears = Ears()
    sleep = sleeping(10)
    if verb == "read":
        job = desk.read(sleep, done=ears.done, failed=ears.failed)
    elif verb == "commit":
        job = desk.commit(sleep, done=ears.done, failed=ears.failed, cancelled=ears.cancelled)
    else:
        job = desk.run(lambda uow, _: sleep(uow), done=ears.done, failed=ears.failed, cancelled=ears.cancelled)
    qtbot.waitUntil(lambda: running_statements(empty_database, "pg_sleep") == 1)
    began = monotonic()
    job.cancel()
    assert monotonic() - began < 0.05
    assert job.state == "cancelling"
    qtbot.waitUntil(lambda: running_statements(empty_database, "pg_sleep") == 0)
    assert monotonic() - began < 0.5
    qtbot.waitUntil(lambda: job.state == "cancelled")
    assert not ears.values
    assert not ears.errors
    assert ears.cancellations == (verb != "read")


def test_a_job_cancelled_while_it_waits_is_never_begun(desk: Desk, qtbot: QtBot) -> None:
    ears, go_on, begun = Ears(), threading.Event(), list[int]()

    def first(uow: UnitOfWork) -> Outcome:
        go_on.wait(10)
        return uow.outcome("First")

    def second_one(uow: UnitOfWork) -> Outcome:
        begun.append(2)
        return uow.outcome("Second")

    desk.commit(first, done=ears.done)
    second = desk.commit(second_one, done=ears.done)
    second.cancel()
    go_on.set()
    qtbot.waitUntil(lambda: second.state == "cancelled")
    assert begun == []
    assert [outcome.sentence for outcome in ears.values] == ["First"]


def test_a_cancel_never_meets_the_next_job_on_the_same_connection(
    make_desk: MakeDesk, empty_database: URL, qtbot: QtBot
) -> None:
    desk, ears, chance = make_desk(empty_database, readers=1), Ears(), random.Random(1)
    attempts = 0

    def innocent(uow: UnitOfWork) -> int:
        nonlocal attempts
        attempts += 1
        uow.execute(text("SELECT pg_sleep(0.002)"))
        return 1

    def run(left: int) -> None:
        """A job that is cancelled about when it ends, with an innocent one right behind it."""
        doomed = desk.read(sleeping(0.003), done=lambda _: None, failed=ears.failed)
        desk.read(innocent, done=ears.done, failed=ears.failed)
        QTimer.singleShot(chance.randrange(0, 9), doomed.cancel)
        if left > 1:
            QTimer.singleShot(8, lambda: run(left - 1))

    run(200)
    qtbot.waitUntil(lambda: ears.heard >= 200, timeout=30_000)
    assert ears.errors == []
    assert attempts == 200, "an innocent job was cancelled and had to be done again"


def test_a_cancel_between_two_statements_stops_the_next_one(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    between, go_on, sent = threading.Event(), threading.Event(), threading.Event()

    def work(uow: UnitOfWork) -> None:
        uow.execute(text("SELECT 1"))
        between.set()
        go_on.wait(10)
        uow.execute(text("SELECT pg_sleep(10)"))

    job = desk.read(work, done=lambda _: None)
    qtbot.waitUntil(between.is_set)
    interrupt = job.control.interrupt

    def send() -> None:
        interrupt()
        sent.set()

    monkeypatch.setattr(job.control, "interrupt", send)
    job.cancel()
    qtbot.waitUntil(sent.is_set)  # the first cancel has reached a server that is at nothing
    go_on.set()
    began = monotonic()
    qtbot.waitUntil(lambda: job.state == "cancelled")
    assert monotonic() - began < 2


def test_a_commit_that_came_through_is_told_as_done_whatever_was_asked_for(
    desk: Desk, empty_database: URL, qtbot: QtBot
) -> None:
    make_words(empty_database)
    ears = Ears()
    job = desk.commit(writing("through"), done=ears.done, cancelled=ears.cancelled)
    began = monotonic()
    while words(empty_database) != ["through"]:  # and the answer has not been looked at yet
        assert monotonic() - began < 10
    job.cancel()
    qtbot.waitUntil(lambda: bool(ears.heard))
    assert len(ears.values) == 1
    assert job.state == "done"


# Long operations


def test_a_long_operation_tells_how_far_it_is_and_ends_with_its_outcome(
    desk: Desk, empty_database: URL, qtbot: QtBot
) -> None:
    make_words(empty_database)
    ears, told = Ears(), list[tuple[float, str]]()

    def operation(uow: UnitOfWork, progress: Progress) -> Outcome:
        for step in range(4):
            progress(step / 4, f"step {step}")
            uow.execute(text("SELECT pg_sleep(0.06)"))
        progress(1.0, "ready")
        return writing("imported")(uow)

    desk.run(operation, done=ears.done, failed=ears.failed, progress=lambda part, what: told.append((part, what)))
    qtbot.waitUntil(lambda: bool(ears.heard))
    assert told == [(0.0, "step 0"), (0.25, "step 1"), (0.5, "step 2"), (0.75, "step 3"), (1.0, "ready")]
    assert words(empty_database) == ["imported"]


def test_a_long_operation_has_a_time_limit_of_its_own(desk: Desk, qtbot: QtBot) -> None:
    ears = Ears()

    def limit(uow: UnitOfWork, progress: Progress) -> Outcome:
        return uow.outcome(uow.execute(text("SHOW statement_timeout")).scalar_one())

    desk.run(limit, done=ears.done, limit=90)
    desk.read(lambda uow: uow.execute(text("SHOW statement_timeout")).scalar_one(), done=ears.done)
    qtbot.waitUntil(lambda: ears.heard == 2)
    assert {getattr(value, "sentence", value) for value in ears.values} == {"90s", "15s"}


def test_a_long_operation_is_stopped_between_its_statements(desk: Desk, empty_database: URL, qtbot: QtBot) -> None:
    make_words(empty_database)
    ears, begun = Ears(), threading.Event()

    def operation(uow: UnitOfWork, progress: Progress) -> Outcome:
        outcome = writing("half")(uow)
        while not ears.heard:
            progress(0.5, "at it")
            begun.set()
        return outcome

    job = desk.run(operation, done=ears.done, failed=ears.failed, cancelled=ears.cancelled)
    qtbot.waitUntil(begun.is_set)
    job.cancel()
    qtbot.waitUntil(lambda: bool(ears.heard))
    assert ears.cancellations == 1
    assert words(empty_database) == []


def test_long_operations_do_not_hold_up_commits(desk: Desk, empty_database: URL, qtbot: QtBot) -> None:
    ears = Ears()
    long = desk.run(lambda uow, _: sleeping(10)(uow), done=ears.done)
    desk.commit(lambda uow: uow.outcome("Quick"), done=ears.done)
    qtbot.waitUntil(lambda: bool(ears.heard))
    assert long.state == "running"
    long.cancel()


def test_plain_work_needs_neither_actor_nor_database(make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk, ears = Desk(None), Ears()
    desk.plain(lambda: threading.current_thread().name, done=ears.done, failed=ears.failed)
    qtbot.waitUntil(lambda: bool(ears.heard))
    assert ears.values == ["lms-plain-1"]
    desk.read(answering(1), done=ears.done, failed=ears.failed)
    qtbot.waitUntil(lambda: ears.heard == 2)
    assert isinstance(ears.errors[0], UserError)
    assert desk.close()
