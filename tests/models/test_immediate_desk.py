"""The desk of the other tests does at once what the real one does in its time."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.errors import UserError
from tests.desks import ImmediateDesk
from tests.models.desk_work import Ears, answering, desk_threads, make_words, words, writing


@pytest.fixture
def immediate(empty_database: URL, qtbot: QtBot) -> Iterator[ImmediateDesk]:
    desk = ImmediateDesk(Database(make_engine(empty_database, Settings())), Actor.command_line())
    yield desk
    assert desk.close()


def test_everything_has_happened_when_the_call_returns(immediate: ImmediateDesk, empty_database: URL) -> None:
    make_words(empty_database)
    ears, committed = Ears(), Ears()
    immediate.committed.connect(lambda outcome, initiator: committed.done((outcome.value, initiator)))
    assert immediate.read(answering("read"), done=ears.done).state == "done"
    immediate.commit(writing("word"), done=lambda outcome: ears.done(outcome.value), initiator="me")
    immediate.commit(writing("word"), failed=ears.failed)
    immediate.plain(lambda: "plain", done=ears.done)
    assert ears.values == ["read", "word", "plain"]
    assert isinstance(ears.errors[0], UserError)
    assert committed.values == [("word", "me")]
    assert words(empty_database) == ["word"]
    assert desk_threads() == []


def test_work_can_be_held_to_see_what_is_shown_meanwhile(immediate: ImmediateDesk) -> None:
    ears = Ears()
    immediate.hold()
    jobs = [immediate.read(answering(word), done=ears.done) for word in ("one", "two", "three")]
    assert [job.state for job in jobs] == ["waiting"] * 3
    immediate.release(1)
    assert (ears.values, immediate.held) == (["one"], 2)
    jobs[1].cancel()
    immediate.release()
    assert ears.values == ["one", "three"]
    assert [job.state for job in jobs] == ["done", "cancelled", "done"]
    immediate.read(answering("four"), done=ears.done)
    assert ears.values[-1] == "four"
