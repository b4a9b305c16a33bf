"""Real PostgreSQL servers for the tests, and databases on them that live for one test."""

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from psycopg2 import sql
from sqlalchemy import URL, make_url

from lms_desktop.database.engine import normalise_url
from lms_desktop.database.local_cluster import installed_binaries
from lms_desktop.database.local_server import LocalServer
from tests import no_secrets

DEFAULT_VERSION = 18
VERSIONS = (15, 16, 18)
"""What the schema must work on. 16 and 18 come with the demo part, 15 where Debian's is installed."""

SYSTEM_BINARIES = Path("/usr/lib/postgresql")

MEMORY = Path("/dev/shm")
ENOUGH_MEMORY = 4 << 30
"""Bytes that must be free there; the servers of a whole run take less than 1 GB at a time."""


class PostgresServer:
    """A server on which databases may be created.

    Attributes:
        admin: A URL with the right to create databases.
        version: The major version.
        local: The embedded server behind it; None where the tests were given a server.
    """

    def __init__(self, admin: URL, local: LocalServer | None = None) -> None:
        self.admin = admin
        self.local = local
        self._kept: psycopg2.extensions.connection | None = None
        self.version = int(self._ask("SHOW server_version_num")) // 10000

    def url(self, database: str) -> URL:
        """How to reach a database of this server."""
        return self.admin.set(database=database)

    def create(self, template: str | None = None) -> URL:
        """Create a database, empty or a copy of `template`, which nobody may be connected to."""
        name = f"lms_test_{secrets.token_hex(6)}"
        source: sql.Composable = sql.SQL("TEMPLATE template0 ENCODING 'UTF8'")
        if template is not None:
            # Copying the files is cheaper than writing them to the log, which is the default.
            source = sql.SQL("TEMPLATE {} STRATEGY file_copy").format(sql.Identifier(template))
        self._run(sql.SQL("CREATE DATABASE {} {}").format(sql.Identifier(name), source))
        return self.url(name)

    def drop(self, url: URL) -> None:
        """Drop a database that `create` has made, whoever is connected to it. Fails where its log holds a secret."""
        assert url.database is not None
        assert url.database.startswith("lms_test_")
        secrets_found = self._secrets(url)
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(url.database)))
        assert not secrets_found

    @staticmethod
    def _secrets(url: URL) -> list[str]:
        try:
            with plain_connection(url) as connection:
                return no_secrets.found_in_log(connection)
        except psycopg2.Error:  # a server that a test has stopped, a database that takes nobody
            return []

    def let_go(self) -> None:
        """End the connection that is kept."""
        if self._kept is not None:
            self._kept.close()

    def _run(self, statement: sql.Composable) -> None:
        try:
            self._execute(statement)
        except psycopg2.Error:
            if self._kept is None or not self._kept.closed:
                raise
            self._execute(statement)  # a test has stopped the server meanwhile

    def _execute(self, statement: sql.Composable) -> None:
        # One connection for all: to make one takes longer than many a statement.
        if self._kept is None or self._kept.closed:
            self._kept = _connect(self.admin)
            self._kept.autocommit = True
        with self._kept.cursor() as cursor:
            cursor.execute(statement)

    def _ask(self, question: str) -> str:
        with plain_connection(self.admin) as connection, connection.cursor() as cursor:
            cursor.execute(question)
            ((answer,),) = cursor.fetchall()
            return str(answer)


@contextmanager
def plain_connection(url: URL) -> Iterator["psycopg2.extensions.connection"]:
    """A connection that owes nothing to the program under test. Closed at the end, what was not committed is lost."""
    connection = _connect(url)
    try:
        yield connection
    finally:
        connection.close()


def _connect(url: URL) -> "psycopg2.extensions.connection":
    return psycopg2.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))


class Servers:
    """The servers of one test run, each started when it is first asked for."""

    def __init__(self, given: str | None) -> None:
        """`given`: the URL of a server to be used for its version instead of an embedded one."""
        self._given = PostgresServer(normalise_url(make_url(given))) if given else None
        self._started: dict[int, PostgresServer] = {}
        self._folder: Path | None = None

    @property
    def default(self) -> PostgresServer:
        """The server that was given, or the embedded one of the default version."""
        return self._given or self.of_version(DEFAULT_VERSION)

    def of_version(self, version: int) -> PostgresServer:
        """A server of this version. Raises LookupError where none is installed."""
        if self._given is not None and self._given.version == version:
            return self._given
        if version not in self._started:
            self._started[version] = self._start(version)
        return self._started[version]

    def stop(self) -> None:
        """Stop the embedded ones and remove their data."""
        for server in self._started.values():
            server.let_go()
            if server.local is not None:
                server.local.stop()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, version: int) -> PostgresServer:
        binaries = binaries_of(version)
        if self._folder is None:
            self._folder = public_folder()
        local = LocalServer(self._folder / f"postgresql {version}", version=version, binaries=binaries, fast=True)
        local.start()
        return PostgresServer(local.url("postgres"), local)


def binaries_of(version: int) -> Path:
    """Where the programs of this version are. Raises LookupError where they are not installed."""
    installed = installed_binaries()
    if version in installed:
        return installed[version].folder
    system = SYSTEM_BINARIES / str(version) / "bin"
    if version not in installed_binaries(system):
        raise LookupError(f"PostgreSQL {version} is not installed")
    return system


def public_folder() -> Path:
    """A folder for a server's data. pytest's `tmp_path` will not do for root: other accounts cannot go into it.

    In memory where there is plenty, which creates databases three times as fast as a disk.
    """
    folder = Path(tempfile.mkdtemp(prefix="lms-tests-", dir=MEMORY if _is_roomy(MEMORY) else None))
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        folder.chmod(0o711)
    return folder


def _is_roomy(place: Path) -> bool:
    if not (place.is_dir() and os.access(place, os.W_OK)):
        return False
    state = os.statvfs(place)
    return state.f_bavail * state.f_frsize >= ENOUGH_MEMORY and not state.f_flag & os.ST_NOEXEC


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Return as soon as `condition()` holds. Fails when it still does not after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.01)
