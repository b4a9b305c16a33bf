"""A server that goes away: what fails, what is tried again, and how the desk finds back by itself."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, text

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.local_server import LocalServer
from lms_desktop.database.unit_of_work import Actor, Database, Outcome, UnitOfWork
from lms_desktop.errors import ConnectionLost
from lms_desktop.models.desk import ConnectionState, Desk
from lms_desktop.models.desk.workers import pauses
from tests.models.desk_work import (
    Ears,
    answering,
    make_words,
    running_statements,
    sleeping,
    terminate_backends,
    words,
    writing,
)
from tests.small_school import actor, opened
from tests.walks.wire import Wire


class News:
    """What a desk says of its connection."""

    def __init__(self, desk: Desk) -> None:
        self.kinds: list[str] = []
        self.reconnections = 0
        desk.state_changed.connect(self._note)
        desk.reconnected.connect(self._count)

    def _note(self, state: ConnectionState) -> None:
        if self.kinds[-1:] != [state.kind]:
            self.kinds.append(state.kind)

    def _count(self) -> None:
        self.reconnections += 1


@contextmanager
def standing_still(server: LocalServer) -> Iterator[None]:
    """The first process of the server stands still: nobody gets a connection, and no refusal either."""
    assert server.postmaster is not None
    os.kill(server.postmaster, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.postmaster, signal.SIGCONT)


@pytest.fixture
def own_server(server_folder: Path) -> Iterator[LocalServer]:
    """A running server that a test may stop and kill."""
    with LocalServer(server_folder, fast=True) as server:
        yield server


@pytest.fixture
def own_desk(own_server: LocalServer, qtbot: QtBot) -> Iterator[Desk]:
    """A desk on that server."""
    desk = Desk(Database(make_engine(own_server.url(), Settings())), Actor.command_line())
    yield desk
    assert desk.close()


def test_a_read_whose_connection_breaks_is_read_again(desk: Desk, empty_database: URL, qtbot: QtBot) -> None:
    ears, news, attempts = Ears(), News(desk), list[int]()

    def work(uow: UnitOfWork) -> str:
        attempts.append(1)
        if len(attempts) == 1:
            uow.execute(text("SELECT pg_sleep(30)"))
        return "there"

    desk.read(work, done=ears.done, failed=ears.failed)
    qtbot.waitUntil(lambda: running_statements(empty_database, "pg_sleep") == 1)
    assert terminate_backends(empty_database) == 1
    qtbot.waitUntil(lambda: bool(ears.heard))
    assert ears.values == ["there"]
    assert len(attempts) == 2
    assert news.kinds == []


def test_a_read_is_tried_twice_and_no_more(desk: Desk, empty_database: URL, qtbot: QtBot) -> None:
    ears, attempts = Ears(), list[int]()

    def work(uow: UnitOfWork) -> None:
        attempts.append(1)
        uow.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    desk.read(work, done=ears.done, failed=ears.failed)
    qtbot.waitUntil(lambda: bool(ears.heard))
    assert isinstance(ears.errors[0], ConnectionLost)
    assert len(attempts) == 2


def test_connections_that_broke_while_idle_are_not_noticed(desk: Desk, empty_database: URL, qtbot: QtBot) -> None:
    make_words(empty_database)
    ears, news = Ears(), News(desk)
    desk.commit(writing("before"), done=ears.done, failed=ears.failed)
    qtbot.waitUntil(lambda: ears.heard == 1)
    assert terminate_backends(empty_database) == 1
    desk.commit(writing("after"), done=ears.done, failed=ears.failed)
    qtbot.waitUntil(lambda: ears.heard == 2)
    assert words(empty_database) == ["before", "after"]
    assert news.kinds == []


def test_a_commit_whose_connection_breaks_fails_once_and_those_behind_it_go_on_in_order(
    desk: Desk, empty_database: URL, qtbot: QtBot
) -> None:
    make_words(empty_database)
    ears, news = Ears(), News(desk)
    desk.commit(writing("one"), done=ears.done, failed=ears.failed)
    desk.commit(writing("broken", seconds=30), done=ears.done, failed=ears.failed)
    for word in ("two", "three", "four"):
        desk.commit(writing(word), done=ears.done, failed=ears.failed)
    qtbot.waitUntil(lambda: running_statements(empty_database, "pg_sleep") == 1)
    terminate_backends(empty_database)
    qtbot.waitUntil(lambda: ears.heard == 5)
    assert words(empty_database) == ["one", "two", "three", "four"]
    assert [type(error) for error in ears.errors] == [ConnectionLost]
    qtbot.waitUntil(lambda: news.reconnections == 1)
    assert news.kinds == ["lost", "ok"], "the commit behind it has found the server before the first ping"


def test_a_ping_finds_the_server_where_nobody_asks_for_anything(desk: Desk, empty_database: URL, qtbot: QtBot) -> None:
    ears, news = Ears(), News(desk)
    desk.commit(sleeping(30), failed=ears.failed)
    qtbot.waitUntil(lambda: running_statements(empty_database, "pg_sleep") == 1)
    terminate_backends(empty_database)
    qtbot.waitUntil(lambda: news.reconnections == 1)
    assert news.kinds == ["lost", "ok"]
    assert len(ears.errors) == 1


@pytest.mark.parametrize("end", ["stopped", "killed"])
def test_a_server_that_ends_and_comes_back_is_found_without_a_new_desk(
    own_server: LocalServer, own_desk: Desk, qtbot: QtBot, end: str
) -> None:
    make_words(own_server.url())
    url, ears, news = own_server.url(), Ears(), News(own_desk)
    own_desk.commit(writing("before"), done=ears.done)
    qtbot.waitUntil(lambda: ears.heard == 1)
    own_desk.commit(writing("during", seconds=30), done=ears.done, failed=ears.failed)
    own_desk.read(sleeping(30), done=ears.done, failed=ears.failed)
    qtbot.waitUntil(lambda: running_statements(url, "pg_sleep") == 2)
    if end == "stopped":
        own_server.stop()
    else:
        assert own_server.postmaster is not None
        os.kill(own_server.postmaster, signal.SIGKILL)
    qtbot.waitUntil(lambda: len(ears.errors) == 2)
    assert {type(error) for error in ears.errors} == {ConnectionLost}
    qtbot.waitUntil(lambda: own_desk.state.kind == "reconnecting")
    assert news.kinds == ["lost", "reconnecting"]
    assert news.reconnections == 0

    own_server.start()
    qtbot.waitUntil(lambda: news.reconnections == 1, timeout=20_000)
    assert own_desk.state.kind == "ok"
    own_desk.read(answering("here again"), done=ears.done, failed=ears.failed)
    own_desk.commit(writing("after"), done=ears.done, failed=ears.failed)
    qtbot.waitUntil(lambda: len(ears.values) == 3)
    assert words(url) == ["before", "after"]
    assert news.kinds == ["lost", "reconnecting", "ok"]


def test_a_server_that_stands_still_is_told_before_anything_fails_and_nobody_has_to_ask_again(
    own_server: LocalServer, own_desk: Desk, qtbot: QtBot
) -> None:
    ears, news = Ears(), News(own_desk)
    own_desk.read(answering("before"), done=ears.done)
    qtbot.waitUntil(lambda: ears.heard == 1)
    assert own_desk.database is not None
    own_desk.database.dispose()  # what is read next needs a connection
    with standing_still(own_server):
        own_desk.read(answering("during"), done=ears.done, failed=ears.failed)
        qtbot.waitUntil(lambda: own_desk.state.kind == "silent")
        assert ears.heard == 1
    qtbot.waitUntil(lambda: ears.values == ["before", "during"])
    qtbot.waitUntil(lambda: own_desk.state.kind == "ok")
    assert news.kinds == ["silent", "ok"]
    assert news.reconnections == 0


def test_long_work_is_no_sign_of_a_server_that_stands_still(desk: Desk, empty_database: URL, qtbot: QtBot) -> None:
    ears, news = Ears(), News(desk)
    desk.read(sleeping(4), done=ears.done, failed=ears.failed)
    qtbot.waitUntil(lambda: ears.heard == 1)
    assert news.kinds == []
    assert not ears.errors


def test_a_server_far_away_that_works_is_not_taken_for_one_that_stands_still(database_url: URL, qtbot: QtBot) -> None:
    with Wire(database_url) as wire, opened(wire.url) as database:
        wire.delay = 0.1
        desk, ears = Desk(database, actor("admin")), Ears()
        news = News(desk)
        desk.read(answering("near"), done=ears.done, failed=ears.failed)
        qtbot.waitUntil(lambda: ears.heard == 1)
        desk.read(sleeping(3), done=ears.done, failed=ears.failed)
        qtbot.waitUntil(lambda: ears.heard == 2)
        assert not ears.errors
        assert "silent" not in news.kinds
        assert desk.close()


def test_an_embedded_server_is_brought_up_again(own_server: LocalServer, qtbot: QtBot) -> None:
    database = Database(make_engine(own_server.url(), Settings()))
    desk, ears = Desk(database, Actor.command_line(), revive=own_server.ensure_running), Ears()
    news = News(desk)
    desk.read(answering("before"), done=ears.done)
    qtbot.waitUntil(lambda: ears.heard == 1)
    assert own_server.postmaster is not None
    os.kill(own_server.postmaster, signal.SIGKILL)
    qtbot.waitUntil(lambda: not own_server.is_running())
    desk.read(answering("during"), done=ears.done, failed=ears.failed)
    qtbot.waitUntil(lambda: news.reconnections == 1, timeout=20_000)
    assert news.kinds[0] == "lost"
    desk.read(answering("after"), done=ears.done, failed=ears.failed)
    qtbot.waitUntil(lambda: len(ears.values) == 2)
    assert ears.values == ["before", "after"]
    assert desk.close()


def test_a_loss_that_was_seen_before_the_server_came_back_is_no_news(
    desk: Desk, empty_database: URL, qtbot: QtBot
) -> None:
    ears, news, go_on = Ears(), News(desk), threading.Event()

    def late(uow: UnitOfWork) -> Outcome:
        """Loses its connection, and is slow to say so."""
        try:
            uow.execute(text("SELECT pg_sleep(30)"))
        finally:
            go_on.wait(10)
        return uow.outcome("Never")

    desk.run(lambda uow, _: late(uow), done=ears.done, failed=ears.failed)
    desk.commit(sleeping(30), done=ears.done, failed=ears.failed)
    qtbot.waitUntil(lambda: running_statements(empty_database, "pg_sleep") == 2)
    terminate_backends(empty_database)
    qtbot.waitUntil(lambda: news.reconnections == 1)
    go_on.set()
    qtbot.waitUntil(lambda: ears.heard == 2)
    assert news.kinds == ["lost", "ok"]


def test_plain_work_that_loses_some_connection_says_nothing_of_the_desks(desk: Desk, qtbot: QtBot) -> None:
    ears, news = Ears(), News(desk)

    def connect_elsewhere() -> None:
        raise ConnectionLost("There is no server of that name.")

    desk.plain(connect_elsewhere, done=ears.done, failed=ears.failed)
    qtbot.waitUntil(lambda: bool(ears.heard))
    assert isinstance(ears.errors[0], ConnectionLost)
    assert news.kinds == []


def test_the_pauses_between_pings_double_up_to_a_quarter_of_a_minute() -> None:
    for nominal, pause in zip((0.5, 1, 2, 4, 8, 15, 15, 15), islice(pauses(), 8), strict=True):
        assert 0.8 * nominal <= pause <= 1.2 * nominal
