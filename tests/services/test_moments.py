"""The word for what a database holds: it is another one wherever other rows may be seen."""

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy import URL, create_engine
from sqlalchemy.pool import NullPool

from lms_desktop.admin import CATALOG
from lms_desktop.database.local_server import LocalServer
from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.entities import User
from lms_desktop.services import gate
from lms_desktop.services.pages import Pages
from lms_desktop.spec import Query
from tests.postgres import wait_until


@pytest.fixture
def url(server_folder: Path) -> Iterator[URL]:
    """A server where nobody else writes."""
    with LocalServer(server_folder, fast=True) as server:
        write(server.url(), "ALTER SYSTEM SET autovacuum = off", "SELECT pg_reload_conf()")
        yield server.url()


def write(url: URL, *statements: str) -> None:
    """Run these, each for itself."""
    with closing(psycopg2.connect(plain(url))) as connection:
        connection.autocommit = True
        for statement in statements:
            connection.cursor().execute(statement)


def plain(url: URL) -> str:
    """The address as the driver takes it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def moment(url: URL) -> str:
    """The word for what a database holds."""
    engine = create_engine(url, poolclass=NullPool)
    with gate.reading(Database(engine), Actor.command_line()) as uow:
        found = Pages(CATALOG).moment(uow, Query(User))
    assert found is not None
    return found


def test_it_stays_the_same_while_nobody_writes(url: URL) -> None:
    assert moment(url) == moment(url)


@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK"])
def test_it_is_another_as_soon_as_the_last_part_of_a_transaction_can_be_seen(url: URL, end: str) -> None:
    write(url, "CREATE TABLE rows_of_it (n int)")
    with closing(psycopg2.connect(plain(url))) as other:
        rows = other.cursor()
        before = moment(url)
        for part in ("one", "two"):
            rows.execute(f"SAVEPOINT {part}; INSERT INTO rows_of_it VALUES (1); RELEASE SAVEPOINT {part}")
        assert moment(url) == before
        rows.execute(end)
        assert moment(url) != before


def test_each_database_of_a_server_has_its_own(url: URL) -> None:
    write(url, "CREATE DATABASE other")
    assert moment(url) != moment(url.set(database="other"))


def test_it_is_another_once_the_server_has_crashed(url: URL) -> None:
    """What was committed and not on the disk yet may be gone, and its number that of another transaction."""

    def answers() -> bool:
        try:
            write(url, "SELECT 1")
        except psycopg2.OperationalError:
            return False
        return True

    before = moment(url)
    with closing(psycopg2.connect(plain(url))) as victim:
        os.kill(victim.info.backend_pid, signal.SIGKILL)
        wait_until(lambda: is_cut_off(victim))
    wait_until(answers)
    assert moment(url) != before


def is_cut_off(connection: "psycopg2.extensions.connection") -> bool:
    """Whether the server has given the connection up."""
    try:
        connection.cursor().execute("SELECT 1")
    except psycopg2.Error:
        return True
    return False
