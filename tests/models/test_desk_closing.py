"""The end of a desk: it comes soon whatever runs, leaves no thread behind and loses no commit that came through."""

import os
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, text

from PySide6.QtCore import QCoreApplication, QTimer

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.local_server import LocalServer
from lms_desktop.database.unit_of_work import Actor, Database, UnitOfWork
from lms_desktop.models.desk import Desk, Job
from tests.models.conftest import MakeDesk
from tests.models.desk_work import (
    Ears,
    answering,
    desk_threads,
    make_words,
    running_statements,
    sleeping,
    words,
    writing,
)
from tests.postgres import plain_connection


def sessions(url: URL) -> int:
    """How many connections the program has to this database."""
    with plain_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'lms-desktop'"
        )
        ((count,),) = cursor.fetchall()
        return int(count)


def test_closing_ends_sleeping_statements_within_three_seconds(desk: Desk, empty_database: URL, qtbot: QtBot) -> None:
    ears, states = Ears(), list[str]()
    desk.state_changed.connect(lambda state: states.append(state.kind))
    jobs = [desk.read(sleeping(60), done=ears.done, failed=ears.failed) for _ in range(5)]
    jobs.append(desk.commit(sleeping(60), done=ears.done, failed=ears.failed))
    jobs.append(desk.run(lambda uow, _: sleeping(60)(uow), done=ears.done, failed=ears.failed))
    qtbot.waitUntil(lambda: running_statements(empty_database, "pg_sleep") == 5)
    began = monotonic()
    assert desk.close()
    assert monotonic() - began < 3
    assert {job.state for job in jobs} == {"cancelled"}
    assert not ears.heard
    assert states == ["closed"]
    assert desk_threads() == []
    qtbot.waitUntil(lambda: sessions(empty_database) == 0)


def test_closing_forgets_what_is_still_queued(desk: Desk, empty_database: URL, qtbot: QtBot) -> None:
    ears = Ears()
    jobs = [desk.read(sleeping(60), done=ears.done, failed=ears.failed) for _ in range(50)]
    qtbot.waitUntil(lambda: running_statements(empty_database, "pg_sleep") == 3)
    began = monotonic()
    assert desk.close()
    assert monotonic() - began < 1
    assert {job.state for job in jobs} == {"cancelled"}
    assert not ears.heard


def test_an_idle_desk_closes_at_once_and_leaves_nothing_behind(desk: Desk, empty_database: URL, qtbot: QtBot) -> None:
    ears = Ears()
    for _ in range(10):
        desk.read(answering(1), done=ears.done)
        desk.commit(lambda uow: uow.outcome("Nothing"), done=ears.done)
        desk.plain(lambda: 1, done=ears.done)
    qtbot.waitUntil(lambda: ears.heard == 30)
    assert "lms-commit-1" in desk_threads()
    began = monotonic()
    assert desk.close()
    assert monotonic() - began < 0.5
    assert desk_threads() == []
    qtbot.waitUntil(lambda: sessions(empty_database) == 0)


def test_commits_handed_in_before_closing_come_through_and_are_told(
    desk: Desk, empty_database: URL, qtbot: QtBot
) -> None:
    make_words(empty_database)
    ears = Ears()
    for word in ("one", "two", "three"):
        desk.commit(writing(word, seconds=0.1), done=ears.done, failed=ears.failed)
    assert desk.close()
    assert [outcome.value for outcome in ears.values] == ["one", "two", "three"]
    assert words(empty_database) == ["one", "two", "three"]


def test_what_is_handed_in_after_closing_is_cancelled(desk: Desk, qtbot: QtBot) -> None:
    ears = Ears()
    assert desk.close()
    job = desk.read(answering(1), done=ears.done, failed=ears.failed)
    assert job.state == "cancelled"
    job.cancel()
    assert desk.close()
    QCoreApplication.processEvents()
    assert not ears.heard
    assert desk_threads() == []


@contextmanager
def desk_on_a_frozen_server(folder: Path, qtbot: QtBot) -> Iterator[tuple[Desk, Job]]:
    """A desk and a read that the server was at when it stopped answering anybody."""
    with LocalServer(folder, fast=True) as server:
        desk = Desk(Database(make_engine(server.url(), Settings())), Actor.command_line())
        pids: list[int] = []

        def work(uow: UnitOfWork) -> None:
            pids.append(uow.execute(text("SELECT pg_backend_pid()")).scalar_one())
            uow.execute(text("SELECT pg_sleep(60)"))

        job = desk.read(work, done=lambda _: None)
        qtbot.waitUntil(lambda: running_statements(server.url(), "pg_sleep") == 1)
        assert server.postmaster is not None
        frozen = [pids[0], server.postmaster]
        # Were this interpreter frozen with the server, somebody else would have to thaw both.
        thaw = f"import os, time; time.sleep(15); [os.kill(pid, {int(signal.SIGCONT)}) for pid in {frozen}]"
        rescuer = subprocess.Popen([sys.executable, "-c", thaw])
        for pid in frozen:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield desk, job
        finally:
            for pid in frozen:
                os.kill(pid, signal.SIGCONT)
            rescuer.kill()
            rescuer.wait()
        qtbot.waitUntil(lambda: desk_threads() == [])


def test_a_server_that_does_not_answer_cannot_hold_up_the_end(server_folder: Path, qtbot: QtBot) -> None:
    with desk_on_a_frozen_server(server_folder, qtbot) as (desk, _):
        began = monotonic()
        assert not desk.close(patience=1.0)
        assert monotonic() - began < 1.3


def test_a_cancel_that_a_frozen_server_does_not_take_does_not_freeze_the_window(
    server_folder: Path, qtbot: QtBot
) -> None:
    with desk_on_a_frozen_server(server_folder, qtbot) as (desk, job):
        began, ticks = monotonic(), Ears()
        timer = QTimer(interval=10)
        timer.timeout.connect(lambda: ticks.done(monotonic()))
        timer.start()
        job.cancel()
        qtbot.waitUntil(lambda: ticks.heard >= 20)
        timer.stop()
        assert monotonic() - began < 2
        assert job.state == "cancelling"
        desk.close(patience=0.2)


def test_plain_work_cannot_hold_up_the_end(make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk, go_on = Desk(None), threading.Event()
    job = desk.plain(lambda: go_on.wait(30), done=lambda _: None)
    qtbot.waitUntil(lambda: job.state == "running")
    began = monotonic()
    assert not desk.close(patience=0.5)
    assert monotonic() - began < 0.8
    go_on.set()
    qtbot.waitUntil(lambda: desk_threads() == [])


def test_a_desk_deleted_without_being_closed_stops_its_work(empty_database: URL, qtbot: QtBot) -> None:
    database, ears = Database(make_engine(empty_database, Settings())), Ears()
    desk = Desk(database, Actor.command_line())
    desk.read(sleeping(60), done=ears.done, failed=ears.failed)
    qtbot.waitUntil(lambda: running_statements(empty_database, "pg_sleep") == 1)
    with qtbot.waitSignal(desk.destroyed):
        desk.deleteLater()
    qtbot.waitUntil(lambda: running_statements(empty_database, "pg_sleep") == 0)
    qtbot.waitUntil(lambda: desk_threads() == [])
    assert not ears.heard
    database.dispose()


def test_a_closed_desk_is_no_reference_cycle(empty_database: URL, qtbot: QtBot) -> None:
    """A cycle is collected by any thread that allocates, and Qt does not survive that."""

    def use_one() -> weakref.ref[Desk]:
        desk, ears = Desk(Database(make_engine(empty_database, Settings())), Actor.command_line()), Ears()
        desk.read(answering(1), done=ears.done)
        desk.commit(lambda uow: uow.outcome("Nothing"), done=ears.done)
        qtbot.waitUntil(ears.hearing(2))
        assert desk.close()
        return weakref.ref(desk)

    assert use_one()() is None


WITH_WORK_RUNNING = """
import os, sys, time
from PySide6.QtCore import QCoreApplication, QTimer
from sqlalchemy import text
from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.models.desk import Desk

app = QCoreApplication([])
desk = Desk(Database(make_engine(os.environ["DATABASE_URL"], Settings())), Actor.command_line())
sleep = lambda uow, *_: uow.execute(text("SELECT pg_sleep(60)"))
for _ in range(5):
    desk.read(sleep, done=print)
desk.commit(sleep, done=print)
desk.run(sleep, done=print)
desk.plain(lambda: time.sleep(60), done=print)
QTimer.singleShot(300, app.quit)
app.exec()
if sys.argv[1] == "closed":
    desk.close(1.0)
elif sys.argv[1] == "without application":
    del app
"""


@pytest.mark.parametrize("how", ["closed", "left open", "without application"])
def test_the_interpreter_ends_cleanly_with_work_running(empty_database: URL, how: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", WITH_WORK_RUNNING, how],
        env={**os.environ, "DATABASE_URL": empty_database.render_as_string(hide_password=False)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
