"""The desk with real threads on a real server: who does what, in what order, and who is called."""

import logging
import threading
import weakref
from functools import partial

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, text

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.errors import BugError, Denied, UserError
from lms_desktop.models.desk import Desk, assert_not_gui_thread, entries, is_gui_thread
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
from tests.postgres import plain_connection


class Owner(QObject):
    """An object of Qt with ears."""

    def __init__(self) -> None:
        super().__init__()
        self.ears = Ears()

    def done(self, value: object) -> None:
        self.ears.done(value)


def delete(thing: QObject) -> None:
    """Have Qt delete it now."""
    thing.deleteLater()
    QCoreApplication.sendPostedEvents(thing, QEvent.Type.DeferredDelete.value)
    assert not isValid(thing)


# Reading


def test_a_read_runs_on_a_worker_and_answers_on_the_gui_thread(desk: Desk, qtbot: QtBot) -> None:
    ears = Ears()

    def work(uow: UnitOfWork) -> tuple[bool, str, object]:
        assert_not_gui_thread()
        return is_gui_thread(), threading.current_thread().name, uow.execute(text("SELECT 6 * 7")).scalar_one()

    job = desk.read(work, done=ears.done, failed=ears.failed)
    assert not ears.heard
    qtbot.waitUntil(lambda: bool(ears.heard))
    assert ears.values == [(False, "lms-read-1", 42)]
    assert job.state == "done"


def test_a_read_cannot_write(desk: Desk, qtbot: QtBot) -> None:
    ears = Ears()
    desk.read(lambda uow: uow.execute(text("CREATE TABLE sneaked ()")), done=ears.done, failed=ears.failed)
    qtbot.waitUntil(lambda: bool(ears.heard))
    assert isinstance(ears.errors[0], UserError)


def test_three_reads_run_side_by_side(desk: Desk, qtbot: QtBot) -> None:
    ears, meeting = Ears(), threading.Barrier(3, timeout=10)

    def work(uow: UnitOfWork) -> object:
        meeting.wait()
        return uow.execute(text("SELECT 1")).scalar_one()

    for _ in range(3):
        desk.read(work, done=ears.done, failed=ears.failed)
    qtbot.waitUntil(lambda: ears.heard == 3)
    assert ears.values == [1, 1, 1]


def test_background_reads_leave_a_thread_to_the_foreground(desk: Desk, qtbot: QtBot) -> None:
    ears, behind, go_on, begun = Ears(), Ears(), threading.Event(), list[int]()

    def work(uow: UnitOfWork) -> None:
        begun.append(1)
        go_on.wait(10)

    for _ in range(6):
        desk.read(work, done=behind.done, background=True)
    qtbot.waitUntil(lambda: len(begun) >= 2)
    for number in range(1, 4):
        desk.read(answering("in front"), done=ears.done)
        qtbot.waitUntil(ears.hearing(number))
    assert len(begun) == 2
    go_on.set()
    qtbot.waitUntil(lambda: behind.heard == 6)


class Screen(QWidget):
    """Something to be painted.

    Attributes:
        begun: set by what begins; `before`: of each painting, whether it was set by then; `patience`: how many seconds
            a painting waits for that.
    """

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.before, self.patience = threading.Event(), list[bool](), 0.1

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        self.before.append(self.begun.wait(self.patience))


def shown(qtbot: QtBot) -> Screen:
    """A screen that has been painted."""
    screen = Screen()
    qtbot.addWidget(screen)
    with qtbot.waitExposed(screen):
        screen.show()
    qtbot.waitUntil(lambda: bool(screen.before))
    screen.before.clear()
    return screen


@pytest.mark.parametrize("beside", [False, True])
def test_background_reads_begin_when_what_came_is_painted(desk: Desk, qtbot: QtBot, beside: bool) -> None:
    screen, ears = shown(qtbot), Ears()
    screen.patience = 10 if beside else 0.1

    def first_rows_are_there(_: object) -> None:
        screen.update()
        desk.read(lambda uow: screen.begun.set(), done=ears.done, background=True, beside=beside)

    desk.read(answering("rows"), done=first_rows_are_there)
    qtbot.waitUntil(lambda: bool(ears.heard))
    assert screen.before == [beside]


@pytest.mark.parametrize("asks", ["who commits", "who hears of it"])
def test_what_a_commit_leads_to_is_read_when_that_is_painted(
    desk: Desk, empty_database: URL, qtbot: QtBot, asks: str
) -> None:
    make_words(empty_database)
    screen, ears = shown(qtbot), Ears()

    def show(*_: object) -> None:
        screen.update()
        desk.read(lambda uow: screen.begun.set(), done=ears.done)

    if asks == "who commits":
        desk.commit(writing("one"), done=show)
    else:
        desk.committed.connect(show)
        desk.commit(writing("one"))
    qtbot.waitUntil(lambda: bool(ears.heard))
    assert screen.before == [False]


def test_a_foreground_read_overtakes_background_ones_that_wait(
    make_desk: MakeDesk, empty_database: URL, qtbot: QtBot
) -> None:
    desk, ears, go_on = make_desk(empty_database, readers=1), Ears(), threading.Event()
    desk.read(lambda uow: go_on.wait(10), done=ears.done)
    for word in ("later", "last"):
        desk.read(answering(word), done=ears.done, background=True)
    desk.read(answering("first"), done=ears.done)
    go_on.set()
    qtbot.waitUntil(lambda: ears.heard == 4)
    assert ears.values == [True, "first", "later", "last"]


def test_a_patient_read_lets_all_come_first_that_is_asked_for_meanwhile(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "SLOW", 60.0)  # however long it takes here
    ears = Ears()

    def first(value: str) -> None:
        ears.done(value)
        desk.read(answering("then"), done=ears.done)

    desk.read(answering("last"), done=ears.done, patient=True)
    desk.read(answering("first"), done=first)
    qtbot.waitUntil(ears.hearing(3))
    assert ears.values == ["first", "then", "last"]


def test_a_patient_read_does_not_wait_for_what_takes_long(desk: Desk, qtbot: QtBot) -> None:
    ears, go_on = Ears(), threading.Event()
    desk.read(lambda uow: go_on.wait(30), done=ears.done)
    desk.read(answering("there"), done=ears.done, patient=True)
    qtbot.waitUntil(ears.hearing(1))
    assert ears.values == ["there"]
    go_on.set()
    qtbot.waitUntil(ears.hearing(2))


def test_what_is_given_up_in_the_pause_never_reaches_the_server(desk: Desk, qtbot: QtBot) -> None:
    begun, ears = list[int](), Ears()
    for number in range(20):
        job = desk.read(partial(_note, begun, number), done=ears.done, patient=True)
        if number < 19:
            job.cancel()
    qtbot.waitUntil(lambda: not desk.jobs)
    assert begun == [19]


def _note(begun: list[int], number: int, uow: UnitOfWork) -> None:
    begun.append(number)


def test_a_desk_is_closed_though_somebody_was_patient(make_desk: MakeDesk, empty_database: URL) -> None:
    desk, ears = make_desk(empty_database), Ears()
    job = desk.read(answering("never"), done=ears.done, patient=True)
    assert desk.close()
    assert job.state == "cancelled"
    assert not desk.jobs
    assert not ears.heard


def test_a_statement_that_somebody_else_cancelled_is_read_again(desk: Desk, empty_database: URL, qtbot: QtBot) -> None:
    ears, pids = Ears(), list[int]()

    def work(uow: UnitOfWork) -> str:
        pids.append(uow.execute(text("SELECT pg_backend_pid()")).scalar_one())
        if len(pids) == 1:
            uow.execute(text("SELECT pg_sleep(30)"))
        return "there"

    desk.read(work, done=ears.done, failed=ears.failed)
    qtbot.waitUntil(lambda: running_statements(empty_database, "pg_sleep") == 1)
    with plain_connection(empty_database) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_cancel_backend(%s)", (pids[0],))
    qtbot.waitUntil(lambda: bool(ears.heard))
    assert ears.values == ["there"]
    assert len(pids) == 2


# Committing


def test_commits_come_through_in_the_order_in_which_they_were_handed_in(
    desk: Desk, empty_database: URL, qtbot: QtBot
) -> None:
    make_words(empty_database)
    ears = Ears()
    wanted = [f"word {number:02}" for number in range(30)]
    for number, word in enumerate(wanted):
        desk.commit(writing(word, seconds=0.02 if number % 7 == 0 else 0.0), done=ears.done, failed=ears.failed)
    qtbot.waitUntil(lambda: ears.heard == len(wanted))
    assert [outcome.value for outcome in ears.values] == wanted
    assert words(empty_database) == wanted


def test_a_commit_that_fails_changes_nothing_and_holds_up_nobody(desk: Desk, empty_database: URL, qtbot: QtBot) -> None:
    make_words(empty_database)
    ears = Ears()
    for word in ("one", "one", "two"):
        desk.commit(writing(word), done=ears.done, failed=ears.failed)
    qtbot.waitUntil(lambda: ears.heard == 3)
    assert words(empty_database) == ["one", "two"]
    assert len(ears.errors) == 1


def test_everybody_hears_of_a_commit_after_the_one_who_asked_for_it(
    desk: Desk, empty_database: URL, qtbot: QtBot
) -> None:
    make_words(empty_database)
    heard: list[tuple[str, object]] = []
    me = object()

    def committed(outcome: Outcome, initiator: object) -> None:
        assert is_gui_thread()
        assert words(empty_database) == ["news"]
        heard.append((outcome.sentence, initiator))

    desk.committed.connect(committed)
    desk.commit(writing("news"), done=lambda outcome: heard.append(("done", None)), initiator=me)
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard == [("done", None), ("Wrote news", me)]


def test_however_a_write_ends_or_what_leads_to_one_its_job_is_told_last(
    desk: Desk, empty_database: URL, qtbot: QtBot
) -> None:
    make_words(empty_database)
    ears, told = Ears(), list[tuple[str, str | None, int]]()
    desk.ended.connect(lambda job: told.append((job.label, job.ended, ears.heard)))
    desk.read(answering("of no account"), done=ears.done)
    desk.read(answering("asked before"), done=ears.done, label="look").leads_on = True
    qtbot.waitUntil(lambda: ears.heard == 2)
    done = desk.commit(writing("once"), done=ears.done, label="well")
    desk.commit(writing("once"), failed=ears.failed, label="twice")
    desk.commit(writing("never"), cancelled=ears.cancelled, label="stopped").cancel()
    qtbot.waitUntil(lambda: len(told) == 4)
    assert [one[1:] for one in told if one[0] == "look"] == [("done", told[0][2])]
    assert told[1:] == [("well", "done", 3), ("twice", "failed", 4), ("stopped", "cancelled", 5)]
    assert ears.values[-1].operation in (done.operation, None)
    assert done.operation


# Who is called


def test_a_late_answer_to_a_deleted_owner_is_dropped(desk: Desk, empty_database: URL, qtbot: QtBot) -> None:
    make_words(empty_database)
    owner, other, ears, committed = Owner(), QObject(), Ears(), Ears()
    desk.committed.connect(lambda outcome, initiator: committed.done(outcome.value))
    desk.read(answering("by method"), done=owner.done)
    desk.read(answering("by owner"), done=ears.done, owner=other)
    desk.commit(writing("saved"), done=ears.done, owner=other)
    delete(owner)
    delete(other)
    last = Ears()
    desk.commit(writing("last"), done=last.done)
    for _ in range(3):
        desk.read(sleeping(0.05), done=last.done)
    qtbot.waitUntil(lambda: last.heard == 4)
    assert owner.ears.heard == ears.heard == 0
    assert committed.values == ["saved", "last"]


def test_a_write_that_fails_is_told_though_its_page_is_closed(desk: Desk, empty_database: URL, qtbot: QtBot) -> None:
    make_words(empty_database)
    page, ears = QObject(), Ears()
    desk.failed.connect(ears.failed)
    desk.commit(writing("twice"))
    desk.commit(writing("twice"), done=ears.done, failed=ears.done, owner=page)
    delete(page)
    qtbot.waitUntil(lambda: bool(ears.heard))
    assert isinstance(ears.errors[0], UserError)


def test_what_nobody_takes_goes_to_the_main_window(desk: Desk, qtbot: QtBot) -> None:
    ears = Ears()
    desk.failed.connect(ears.failed)

    def refuse(uow: UnitOfWork) -> None:
        raise Denied("Not for you.")

    desk.read(refuse, done=ears.done)
    qtbot.waitUntil(lambda: bool(ears.heard))
    assert [str(error) for error in ears.errors] == ["Not for you."]


def test_a_mistake_of_the_program_is_logged_with_its_traceback(
    desk: Desk, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    ears = Ears()

    def stumble(uow: UnitOfWork) -> float:
        return 1 / 0

    with caplog.at_level(logging.ERROR):
        job = desk.read(stumble, done=ears.done, failed=ears.failed)
        qtbot.waitUntil(lambda: bool(ears.heard))
    assert isinstance(ears.errors[0], BugError)
    assert ears.errors[0].__traceback__ is None
    assert job.state == "failed"
    assert "in stumble" in caplog.text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("end", [SystemExit, KeyboardInterrupt])
def test_a_worker_outlives_whatever_its_work_raises(desk: Desk, qtbot: QtBot, end: type[BaseException]) -> None:
    ears = Ears()

    def raise_it(uow: UnitOfWork) -> None:
        raise end

    desk.commit(raise_it, failed=ears.failed)  # type: ignore[arg-type]
    desk.commit(lambda uow: uow.outcome("Still here"), done=ears.done, failed=ears.failed)
    qtbot.waitUntil(lambda: ears.heard == 2)
    assert len(ears.values) == len(ears.errors) == 1


def test_what_work_refers_to_dies_on_the_gui_thread(desk: Desk, qtbot: QtBot) -> None:
    """A widget that a worker was the last to know would be destroyed there, and Qt with it."""
    deaths: list[bool] = []

    class Page:
        pass

    def hand_in(raising: bool) -> None:
        page = Page()
        weakref.finalize(page, lambda: deaths.append(is_gui_thread()))

        def work(uow: UnitOfWork) -> None:
            uow.execute(text("SELECT 1"))
            if raising:
                raise Denied(f"Not for {type(page).__name__}.")

        desk.read(work, done=lambda _: page, failed=lambda _: page)

    for number in range(100):
        hand_in(raising=number % 2 == 0)
    qtbot.waitUntil(lambda: len(deaths) == 100)
    assert all(deaths)
