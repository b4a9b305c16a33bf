"""Commits whose answers are lost: what became of them is found out, and none is done twice or told twice."""

import contextlib
import uuid
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, text

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.fates import Sent, fate
from lms_desktop.database.unit_of_work import Actor, Database, Outcome, UnitOfWork
from lms_desktop.errors import ConnectionLost, InDoubt
from lms_desktop.models.desk import performing
from tests.models.conftest import MakeDesk
from tests.models.desk_work import Ears
from tests.postgres import plain_connection
from tests.walks.wire import Wire


class Kept:
    """What a keeper was told."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.settlements: list[tuple[str, bool]] = []

    def sending(self, sent: Sent) -> None:
        self.sent.append(sent.operation)

    def settled(self, operation: str, committed: bool) -> None:
        self.settlements.append((operation, committed))


@pytest.fixture(params=["log", "no log"])
def wire(request: pytest.FixtureRequest, database_url: URL) -> Iterator[Wire]:
    """A wire to a database with the change log and to one without."""
    if request.param == "no log":
        drop_log(database_url)
    with Wire(database_url) as wire:
        yield wire


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers ask for a moment only."""
    monkeypatch.setattr(performing, "SETTLE_WITHIN", 0.1)


def drop_log(url: URL) -> None:
    """Take the change log out of a database."""
    with plain_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA lms_desktop CASCADE")
        connection.commit()


def adding(email: str) -> Callable[[UnitOfWork], Outcome]:
    """An operation that adds a person."""
    statement = text(
        "INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled)"
        " VALUES (gen_random_uuid(), :email, 'x', 'Somebody', 'student', true, false)"
    )

    def operation(uow: UnitOfWork) -> Outcome:
        uow.execute(statement, {"email": email})
        return uow.outcome(f"Added {email}", value=email)

    return operation


def people(wire: Wire) -> list[str]:
    """Who is in the database, seen past the wire."""
    with plain_connection(wire.server) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT email FROM users ORDER BY email")
        return [email for (email,) in cursor.fetchall()]


@pytest.mark.parametrize("how", ["lost", "after"])
def test_a_commit_whose_answer_is_lost_succeeds_as_if_it_had_come(
    wire: Wire, make_desk: MakeDesk, qtbot: QtBot, how: str
) -> None:
    desk, ears, kept, committed = make_desk(wire.url), Ears(), Kept(), list[Outcome]()
    desk.keeper = kept
    desk.committed.connect(lambda outcome, _: committed.append(outcome))
    wire.lose_commits, wire.cut_commits = how == "lost", "" if how == "lost" else "after"
    desk.commit(adding("a@lms.com"), done=ears.done, failed=ears.failed)
    qtbot.waitUntil(ears.hearing(1))
    wire.lose_commits, wire.cut_commits = False, ""
    assert wire.lost == 1
    assert [outcome.value for outcome in ears.values] == ["a@lms.com"]
    assert committed == ears.values
    assert kept.settlements == [(kept.sent[0], True)]
    assert people(wire) == ["a@lms.com"]
    desk.commit(adding("b@lms.com"), done=ears.done, failed=ears.failed)
    qtbot.waitUntil(ears.hearing(2))
    assert desk.state.kind == "ok"
    assert people(wire) == ["a@lms.com", "b@lms.com"]


def test_a_commit_that_never_reached_the_server_fails(wire: Wire, make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk, ears, kept = make_desk(wire.url), Ears(), Kept()
    desk.keeper = kept
    wire.cut_commits = "before"
    desk.commit(adding("a@lms.com"), done=ears.done, failed=ears.failed)
    qtbot.waitUntil(ears.hearing(1))
    assert [type(error) for error in ears.errors] == [ConnectionLost]
    assert kept.settlements == [(kept.sent[0], False)]
    assert people(wire) == []


@pytest.mark.parametrize(("how", "came_through"), [("lost", True), ("before", False)])
@pytest.mark.usefixtures("short")
def test_what_cannot_be_looked_up_is_told_as_such_and_looked_up_later(
    wire: Wire, make_desk: MakeDesk, qtbot: QtBot, how: str, came_through: bool
) -> None:
    desk, ears, kept = make_desk(wire.url), Ears(), Kept()
    desk.keeper = kept
    wire.lose_commits, wire.cut_commits = how == "lost", "" if how == "lost" else how

    def operation(uow: UnitOfWork) -> Outcome:
        outcome = adding("a@lms.com")(uow)
        wire.open = False
        return outcome

    desk.commit(operation, done=ears.done, failed=ears.failed)
    qtbot.waitUntil(ears.hearing(1))
    assert isinstance(ears.errors[0], InDoubt)
    assert ears.errors[0].open
    assert desk.in_doubt == 1
    assert desk.state.kind != "ok"
    assert kept.settlements == []
    wire.open, wire.lose_commits, wire.cut_commits = True, False, ""
    qtbot.waitUntil(ears.hearing(2))
    assert desk.in_doubt == 0
    assert kept.settlements == [(kept.sent[0], came_through)]
    assert len(ears.values) == came_through
    assert [type(error) for error in ears.errors[1:]] == ([] if came_through else [ConnectionLost])
    assert people(wire) == ["a@lms.com"] * came_through


def test_an_operation_that_the_log_holds_already_is_not_done_again(
    database_url: URL, make_desk: MakeDesk, qtbot: QtBot
) -> None:
    desk, ears, name = make_desk(database_url), Ears(), str(uuid.uuid4())
    desk.commit(adding("a@lms.com"), done=ears.done, failed=ears.failed, name=name)
    desk.commit(adding("b@lms.com"), done=ears.done, failed=ears.failed, name=name)
    qtbot.waitUntil(ears.hearing(2))
    assert not ears.errors
    assert {outcome.operation for outcome in ears.values} == {name}
    with plain_connection(database_url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT email FROM users")
        assert cursor.fetchall() == [("a@lms.com",)]


def test_a_transactions_id_proves_nothing_where_the_server_was_started_again(database_url: URL) -> None:
    drop_log(database_url)
    database = Database(make_engine(database_url, Settings()))
    with database.unit_of_work(Actor.command_line()) as uow:
        adding("a@lms.com")(uow)
    assert uow.sent is not None
    sent = uow.sent
    with database.engine.connect() as connection:
        assert fate(connection, sent) == "committed"
        assert fate(connection, Sent(sent.operation, sent.xid, False, "2020-01-01 00:00:00+00")) == "unknown"
        assert fate(connection, Sent(sent.operation, str(int(sent.xid) + 1000), False, sent.server)) == "aborted"
        assert fate(connection, Sent(sent.operation, "3", False, sent.server)) in {"unknown", "committed"}
    database.dispose()


def test_a_transaction_under_way_is_waited_for(database_url: URL) -> None:
    database = Database(make_engine(database_url, Settings()))
    with database.unit_of_work(Actor.command_line()) as uow:
        adding("a@lms.com")(uow)
        assert uow.xid is not None
        sent = Sent(uow.operation, uow.xid, True, uow.server)
        with database.engine.connect() as connection:
            assert fate(connection, sent) == "running"
    with database.engine.connect() as connection:
        assert fate(connection, sent) == "committed"
    with contextlib.suppress(ZeroDivisionError), database.unit_of_work(Actor.command_line()) as uow:
        adding("b@lms.com")(uow)
        assert uow.xid is not None
        given_up = Sent(uow.operation, uow.xid, True, uow.server)
        raise ZeroDivisionError
    with database.engine.connect() as connection:
        assert fate(connection, given_up) == "aborted"
    database.dispose()
