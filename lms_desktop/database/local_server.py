"""The embedded PostgreSQL: a real server of one's own, for the demo and for the tests.

Several windows may use the server of one folder; the first starts it, the last stops it. See `server_process` for how
that is kept true when windows are killed, and `local_cluster` for what the server is made of.
"""

import errno
import os
import re
import secrets
import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from lms_desktop import paths
from lms_desktop.database.local_cluster import (
    OWNER,
    UNFINISHED,
    Account,
    Binaries,
    account_for_server,
    check_version,
    choose_binaries,
    clean_environment,
    disk_full,
    make_cluster,
    make_reachable,
    reachable,
    server_failed,
    socket_folder,
)
from lms_desktop.database.server_home import FileLock, Home, Orders, State, is_locked, leases_held
from lms_desktop.database.server_process import start_supervisor
from lms_desktop.errors.kinds import N_, UserError

if TYPE_CHECKING:  # the demo's window stands before these are imported
    from psycopg2.extensions import connection as Connection
    from sqlalchemy import URL

DATABASE = "lms"
"""The database that every embedded server has."""

_ROOTS_FOLDER = Path("/var/lib/lms-desktop")
_PATIENCE = 60.0
_SOCKET_PORT = 5432
_STARTING = re.compile("the database system is (starting up|not yet accepting connections|in recovery)")
_SETTINGS = {
    "max_connections": "200",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
    "timezone": "UTC",
}
_FAST_SETTINGS = {
    # synchronous_commit stays on: with it off, tests that kill the server would lose what was committed.
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


def default_data_folder() -> Path:
    """Where the demo's server lives: among the person's data, for root where an account without rights can go."""
    is_root = sys.platform != "win32" and os.geteuid() == 0
    chosen = "LMS_DESKTOP_DATA_DIR" in os.environ
    return (_ROOTS_FOLDER if is_root and not chosen else paths.data_folder()) / "server"


class LocalServer:
    """A PostgreSQL in a folder, shared by all who name the same folder.

    All methods may be called from any thread. Leaving without `stop` is no harm: the server follows its last window,
    however that ended.

    Attributes:
        data: The folder of the server: its cluster, password and log. Made when it is missing.
        fast: For tests: nothing is lost when the server is killed, everything when the machine is.
    """

    def __init__(
        self, data: Path, *, version: int | None = None, binaries: Path | None = None, fast: bool = False
    ) -> None:
        """`version`: the major one; None: that of the data, the newest where there is none yet. `binaries`: a folder
        with `postgres` and `initdb` in place of the demo part's."""
        self.data = data.absolute()
        self.fast = fast
        self._wanted_version = version
        self._wanted_binaries = binaries
        self._home = Home(self.data)
        self._lease: FileLock | None = None
        self._lease_file: Path | None = None
        self._one_at_a_time = threading.RLock()
        self._lacks_database = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def log(self) -> Path:
        """PostgreSQL's log."""
        return self._home.log

    @property
    def version(self) -> int:
        """The major version of the data, or of what would make it. Raises UserError where that is not installed."""
        return choose_binaries(self._home.cluster, self._wanted_version, self._wanted_binaries).version

    @property
    def postmaster(self) -> int | None:
        """PostgreSQL's process, where it runs."""
        state = State.read(self._home)
        return state.postmaster or None if state is not None and is_locked(self._home.supervisor) else None

    def url(self, database: str = DATABASE) -> "URL":
        """How to reach a database here; the same after each start. Raises UserError where no server was started."""
        from sqlalchemy import URL

        state = self._state()
        return URL.create(
            "postgresql+psycopg2",
            username=OWNER,
            password=self._home.password.read_text("utf-8"),
            host=None if state.socket_folder else "127.0.0.1",
            port=None if state.socket_folder else state.port,
            database=database,
            query={"host": state.socket_folder, "port": str(state.port)} if state.socket_folder else {},
        )

    def _state(self) -> State:
        state = State.read(self._home)
        if state is None:
            raise UserError(N_("The embedded PostgreSQL is not running."))
        return state

    def start(self) -> "URL":
        """Start the server, or join those who use it already, and return the URL of its database `lms`.

        Does nothing where it is started and well; brings it up again, at the same place, where it has fallen. Blocks:
        about 1.5 s for the first time, 0.3 s later, longer after a crash. Raises UserError with the reason.
        """
        with self._one_at_a_time:
            self.bring_up()
            return self.url()

    def bring_up(self) -> None:
        """`start` without telling the URL: it needs no SQLAlchemy, and can be on its way while that is imported."""
        with self._one_at_a_time, _explained(self.data):
            account = account_for_server(self._home.cluster)
            self._make_folder(account)
            with self._gate():
                had_lease = self._lease is not None
                self._take_lease()
                try:
                    self._bring_up(account)
                except BaseException:
                    if not had_lease:
                        self._drop_lease()
                    raise

    def ensure_running(self) -> "URL":
        """`start` by the name of what it is for once the window is open: to be called before connecting again."""
        return self.start()

    def is_running(self) -> bool:
        """Whether PostgreSQL answers. False too while it starts."""
        state = State.read(self._home)
        if state is None or not is_locked(self._home.supervisor):
            return False
        try:
            return self._refusal(state) is None
        except (UserError, OSError):
            return False

    def stop(self) -> None:
        """Let go of the server. Returns when it has stopped, at once where others use it."""
        with self._one_at_a_time:
            if self._lease is None:
                return
            self._drop_lease()
            deadline = time.monotonic() + _PATIENCE
            while is_locked(self._home.supervisor) and not leases_held(self._home) and time.monotonic() < deadline:
                time.sleep(0.01)

    def _bring_up(self, account: Account | None) -> None:
        """With the gate and a lease held: have a server that answers, and in it the database."""
        check_version(self._home.cluster, self._wanted_version)
        state = State.read(self._home)
        if not is_locked(self._home.supervisor) or not self._await_answer(0 if state is None else state.launches):
            self._launch(account)
        if self._lacks_database:
            self._make_database()

    def _launch(self, account: Account | None) -> None:
        """Start the server where there is none, from data that are made if need be."""
        for unfinished in self.data.glob(f"{UNFINISHED}*"):
            shutil.rmtree(unfinished, ignore_errors=True)
        binaries = choose_binaries(self._home.cluster, self._wanted_version, self._wanted_binaries)
        binaries = make_reachable(binaries, self.data, account)
        if not self._home.cluster.exists():
            make_cluster(self._home.cluster, binaries, account, self._make_password(), fast=self.fast)
        if not self._home.password.exists():
            raise self._password_lost()
        self._run_supervisor(binaries, account)
        if not self._await_answer(launches=0):
            raise server_failed(self._end_of_log())

    def _run_supervisor(self, binaries: Binaries, account: Account | None) -> None:
        for left in (self._home.state, self._home.wish):
            left.unlink(missing_ok=True)
        orders = Orders(
            home=str(self.data),
            command=self._command(binaries),
            environment=clean_environment(),
            socket_folder="" if sys.platform == "win32" else socket_folder(self.data, account),
            port=_free_port() if sys.platform == "win32" else _SOCKET_PORT,
            uid=None if account is None else account.uid,
            gid=None if account is None else account.gid,
        )
        start_supervisor(orders)

    def _command(self, binaries: Binaries) -> list[str]:
        settings = {**_SETTINGS, **(_FAST_SETTINGS if self.fast else {})}
        settings["listen_addresses"] = "127.0.0.1" if sys.platform == "win32" else ""
        settings["unix_socket_permissions"] = "0700"
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [binaries.program("postgres"), "-D", str(self._home.cluster), *options]

    def _await_answer(self, launches: int) -> bool:
        """Wait until PostgreSQL answers; where it is found fallen after `launches` launches, wish for one more.

        False: the supervisor has gone meanwhile. Raises UserError where PostgreSQL does not come up.
        """
        deadline = time.monotonic() + _PATIENCE
        supervised = False
        while time.monotonic() < deadline:
            supervised, was_supervised = is_locked(self._home.supervisor), supervised
            if was_supervised and not supervised:
                return False
            state = State.read(self._home)
            if state is not None and state.running:
                refusal = self._refusal(state)
                if refusal is None:
                    return True
                if _STARTING.search(refusal):  # after a crash that may take long; while it says so there is hope
                    deadline = time.monotonic() + _PATIENCE
                elif "FATAL: " in refusal and "shutting down" not in refusal:
                    raise server_failed(refusal)
            elif state is not None:
                if state.launches > launches:
                    break
                self._home.wish.touch()
            time.sleep(0.01)
        raise server_failed(self._end_of_log())

    def _refusal(self, state: State) -> str | None:
        """What PostgreSQL, or the lack of it, says to somebody who wants to connect; None: welcome."""
        import psycopg2

        self._lacks_database = False
        try:
            self.connect(state=state).close()
        except psycopg2.OperationalError as error:
            if f'database "{DATABASE}" does not exist' in str(error):  # our server speaks English
                self._lacks_database = True
                return None
            if "password authentication failed" in str(error):
                raise self._password_lost() from None
            return str(error)
        return None

    def connect(self, database: str = DATABASE, *, state: State | None = None) -> "Connection":
        """A plain connection to a database here, without SQLAlchemy. Raises what the driver raises."""
        import psycopg2

        state = state or self._state()
        return psycopg2.connect(
            user=OWNER,
            password=self._home.password.read_text("utf-8"),
            host=state.socket_folder or "127.0.0.1",
            port=state.port,
            dbname=database,
            connect_timeout=2,
        )

    def _make_database(self) -> None:
        import psycopg2
        from psycopg2 import sql

        try:
            with closing(self.connect("postgres")) as connection:
                connection.autocommit = True
                with connection.cursor() as cursor:
                    cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        except psycopg2.Error as error:
            raise server_failed(f"ERROR: {error}") from None
        self._lacks_database = False

    def _make_password(self) -> str:
        password = secrets.token_urlsafe(24)
        file = os.open(self._home.password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(file, "w", encoding="utf-8") as stream:
            stream.write(password)
        return password

    def _password_lost(self) -> UserError:
        return UserError(
            N_("The password of the embedded PostgreSQL in {folder} is lost."),
            way_out=N_("Put its file “password” back, or move the folder away to begin with a new one."),
            values={"folder": self.data},
        )

    def _make_folder(self, account: Account | None) -> None:
        missing = [folder for folder in (self.data, *self.data.parents) if not folder.exists()]
        for folder in reversed(missing):
            folder.mkdir(exist_ok=True)
            # What we make ourselves an account without rights may pass, but not list; whatever the umask is.
            folder.chmod(0o700 if account is None else 0o711)
        if not reachable(self.data, account):
            raise UserError(
                N_("The account {account}, which PostgreSQL runs under, cannot go into the folder {folder}."),
                way_out=N_("Choose a folder that is open to other accounts, such as one below /var/lib."),
                values={"account": account.name if account else "", "folder": self.data},
            )
        self._home.leases.mkdir(mode=0o700, exist_ok=True)

    @contextmanager
    def _gate(self) -> Iterator[None]:
        """Nobody else starts or stops this server meanwhile."""
        deadline = time.monotonic() + _PATIENCE
        with FileLock(self._home.gate) as gate:
            while not gate.acquire():
                if time.monotonic() > deadline:
                    raise UserError(
                        N_("Another window has been starting the embedded PostgreSQL for a minute."),
                        way_out=N_("Close it, then try again."),
                    )
                time.sleep(0.01)
            yield

    def _take_lease(self) -> None:
        if self._lease is None:
            path = self._home.leases / f"{os.getpid()}-{secrets.token_hex(4)}"
            lease = FileLock(path)
            if not lease.acquire_soon():
                raise TimeoutError(errno.EAGAIN, os.strerror(errno.EAGAIN), str(path))
            self._lease, self._lease_file = lease, path

    def _drop_lease(self) -> None:
        if self._lease is not None and self._lease_file is not None:
            self._lease.release()
            self._lease_file.unlink(missing_ok=True)
            self._lease = self._lease_file = None

    def _end_of_log(self) -> str:
        try:
            with self._home.log.open("rb") as log:
                log.seek(max(0, log.seek(0, os.SEEK_END) - 4000))
                return log.read().decode("utf-8", "replace")
        except OSError:
            return ""


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Say in a person's words what the operating system refuses."""
    try:
        yield
    except OSError as error:
        if _is_full(error):
            raise disk_full(str(error)) from error
        raise UserError(
            N_("The embedded PostgreSQL cannot be started in {folder}: {reason}."),
            values={"folder": folder, "reason": error.strerror or type(error).__name__},
            details=str(error),
        ) from error


def _is_full(error: OSError) -> bool:
    """Whether there was no room; of the files of a folder that could not be copied there are only sentences."""
    full = (errno.ENOSPC, errno.EDQUOT)
    if isinstance(error, shutil.Error):
        return any(os.strerror(number) in str(error) for number in full)
    return error.errno in full


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
