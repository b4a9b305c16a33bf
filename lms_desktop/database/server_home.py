"""What the windows and the supervisor of an embedded PostgreSQL share: a folder, the locks in it, what they tell.

The supervisor runs without site-packages: the standard library alone may be imported here.
"""

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Self

from lms_desktop.frozen import frozen


@frozen
class Home:
    """What lies where in the folder of one embedded server."""

    folder: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.folder / "cluster"

    @property
    def password(self) -> Path:
        """The generated password of the owner."""
        return self.folder / "password"

    @property
    def log(self) -> Path:
        """What PostgreSQL and the supervisor have to say."""
        return self.folder / "server.log"

    @property
    def leases(self) -> Path:
        """One locked file for each window that uses the server."""
        return self.folder / "leases"

    @property
    def gate(self) -> Path:
        """Locked by whoever starts or stops the server, while he does."""
        return self.folder / "gate.lock"

    @property
    def supervisor(self) -> Path:
        """Locked by the supervisor as long as it lives."""
        return self.folder / "supervisor.lock"

    @property
    def state(self) -> Path:
        """The supervisor's last `State`."""
        return self.folder / "state.json"

    @property
    def wish(self) -> Path:
        """Laid down by a window that wants a fallen server up again."""
        return self.folder / "relaunch"


@frozen
class State:
    """What the supervisor tells the windows.

    Attributes:
        running: False when PostgreSQL has ended without being told to.
        launches: How often it was started by this supervisor.
        socket_folder: Where its socket is; empty on Windows.
        port: Part of the socket's name; on Windows the port on 127.0.0.1.
        postmaster: PostgreSQL's process.
        supervisor: This process.
    """

    running: bool
    launches: int
    socket_folder: str
    port: int
    postmaster: int
    supervisor: int

    @classmethod
    def read(cls, home: Home) -> "State | None":
        """The last state that was told; None where there is none."""
        try:
            return cls(**json.loads(home.state.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def tell(self, home: Home) -> None:
        """Put it where the windows read it, never half."""
        draft = home.state.with_suffix(".new")
        draft.write_text(json.dumps(asdict(self)), "utf-8")
        os.replace(draft, home.state)


@frozen
class Orders:
    """What a supervisor is started with.

    Attributes:
        home: The folder of the server.
        command: PostgreSQL and its options, the socket's folder aside.
        environment: Its whole environment.
        socket_folder: The wanted folder of the socket; empty: none.
        port: See `State.port`.
        uid: The account that PostgreSQL runs under; None: our own.
        gid: Its group.
    """

    home: str
    command: list[str]
    environment: dict[str, str]
    socket_folder: str
    port: int
    uid: int | None = None
    gid: int | None = None

    def as_text(self) -> str:
        """The argument for `main`. Holds no secret: everybody can read a command line."""
        return json.dumps(asdict(self))


class FileLock:
    """A lock on a file, which the kernel releases when its holder dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    @property
    def held(self) -> bool:
        """Whether it is ours."""
        return self._file is not None

    def acquire(self) -> bool:
        """Take it if it is free. Raises OSError where the file cannot be made."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        if not _lock(file):
            os.close(file)
            return False
        self._file = file
        return True

    def acquire_soon(self, seconds: float = 2.0) -> bool:
        """Take it, unless it is not free for so long: who looks whether it is held holds it himself for a moment."""
        deadline = time.monotonic() + seconds
        while not self.acquire():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.005)
        return True

    def release(self) -> None:
        """Give it back; nothing happens where it is not held."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def is_locked(path: Path) -> bool:
    """Whether somebody holds the lock on this file, or looks at this very moment whether somebody does."""
    if not path.exists():
        return False
    with FileLock(path) as probe:
        return not probe.acquire()


def leases_held(home: Home) -> bool:
    """Whether any window uses the server."""
    return any(is_locked(lease) for lease in files_in(home.leases))


def files_in(folder: Path) -> Iterator[Path]:
    """What lies in a folder; nothing where it is missing."""
    with contextlib.suppress(FileNotFoundError):
        yield from list(folder.iterdir())
