"""The schema document's two clean-up statements, on a real server."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import URL, Engine, insert, text

from lms_desktop.database.unit_of_work import Actor, Database, Outcome
from lms_desktop.entities import RefreshToken, User, new_id
from lms_desktop.errors import Denied
from lms_desktop.services.retention import CleanupLine, CleanupReport, cleanup
from tests.sample_school import engine_of, rows

SYSTEM = Actor.command_line()
# Name → days since it expired (negative: still to come), revoked, the statement that deletes it.
TOKENS = {
    "live": (-20.0, False, None),
    "logged out": (-20.0, True, None),
    "just expired": (0.01, False, None),
    "expired": (29.9, False, None),
    "revoked and just expired": (0.01, True, 0),
    "revoked and expired": (12.0, True, 0),
    "revoked, expired long ago": (90.0, True, 0),
    "expired long ago": (30.1, False, 1),
    "expired very long ago": (400.0, False, 1),
}


@pytest.fixture
def engine(database_url: URL) -> Iterator[Engine]:
    """A database with one session of each kind."""
    with engine_of(database_url) as engine:
        person = new_id()
        with engine.begin() as connection:
            now = connection.execute(text("SELECT now()")).scalar_one()
            connection.execute(
                insert(User).values(id=person, email="ana@school.edu", full_name="Ana", password_hash="no hash")
            )
            connection.execute(
                insert(RefreshToken),
                [
                    {"user_id": person, "token": name, "expires_at": now - timedelta(days=days), "revoked": revoked}
                    for name, (days, revoked, _) in TOKENS.items()
                ],
            )
        yield engine


def left(engine: Engine) -> set[str]:
    """The sessions that are still there."""
    return set(rows(engine, "SELECT token FROM refresh_tokens"))


def run(engine: Engine, *, dry_run: bool) -> Outcome:
    """Clean up as the command line does."""
    with Database(engine).unit_of_work(SYSTEM) as uow:
        return cleanup(uow, dry_run=dry_run)


def test_each_statement_deletes_its_rows_and_no_other(engine: Engine) -> None:
    outcome = run(engine, dry_run=False)
    assert left(engine) == {name for name, (_, _, statement) in TOKENS.items() if statement is None}
    assert outcome.value == CleanupReport(
        (
            CleanupLine("refresh tokens that are expired and revoked", 3),
            CleanupLine("refresh tokens that expired more than 30 days ago", 2),
        ),
        dry_run=False,
    )
    assert outcome.entities == {RefreshToken}
    assert len(outcome.changes) == outcome.value.rows == 5


def test_a_dry_run_says_the_same_numbers_and_deletes_nothing(engine: Engine) -> None:
    outcome = run(engine, dry_run=True)
    assert left(engine) == set(TOKENS)
    assert outcome.changes == ()
    assert outcome.value.lines == run(engine, dry_run=False).value.lines


def test_the_second_time_there_is_nothing_left_to_do(engine: Engine) -> None:
    run(engine, dry_run=False)
    assert [line.rows for line in run(engine, dry_run=False).value.lines] == [0, 0]


def test_each_statement_has_a_sentence(engine: Engine) -> None:
    assert run(engine, dry_run=True).value.sentences() == (
        "Would delete 3 refresh tokens that are expired and revoked.",
        "Would delete 2 refresh tokens that expired more than 30 days ago.",
    )
    assert run(engine, dry_run=False).sentence == (
        "Deleted 3 refresh tokens that are expired and revoked."
        " Deleted 2 refresh tokens that expired more than 30 days ago."
    )


@pytest.mark.parametrize("role", ["registrar", "instructor", "student", "librarian"])
@pytest.mark.parametrize("dry_run", [False, True], ids=["for real", "dry run"])
def test_whoever_is_no_administrator_is_refused(engine: Engine, role: str, dry_run: bool) -> None:
    person = replace(SYSTEM, role=role, system=False)
    with pytest.raises(Denied), Database(engine).unit_of_work(person) as uow:
        cleanup(uow, dry_run=dry_run)
    assert left(engine) == set(TOKENS)
