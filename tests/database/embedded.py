"""Windows, and what happens to the embedded server below them: for the tests that look at it from outside."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import URL, make_url

from lms_desktop.database.server_home import Home, State
from lms_desktop.database.server_process import postgres_processes
from tests.postgres import plain_connection

PROC = Path("/proc/self").exists()
"""Where processes can be looked at without `ps`, which is a package of its own and not everywhere."""

ROOT = Path(__file__).parents[2]

WINDOW = """
import sys, threading
from pathlib import Path
from lms_desktop.database.local_server import LocalServer

server = LocalServer(Path(sys.argv[1]), fast=True)

def start():
    print(server.start().render_as_string(hide_password=False), flush=True)

for line in sys.stdin:
    if line.strip() == "close":
        break
    thread = threading.Thread(target=start)  # the window's own thread must never wait
    thread.start()
    thread.join()
server.stop()
"""


class Window:
    """Another process that uses the server of a folder, as a window of the program does."""

    def __init__(self, folder: Path, environment: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WINDOW, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **(environment or {})},
            cwd=ROOT,
            text=True,
        )
        self.say("start")

    def say(self, word: str) -> None:
        """Tell it to `start` or to `close`."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()

    def url(self) -> URL:
        """What `start` returned there."""
        assert self.process.stdout is not None
        return make_url(self.process.stdout.readline().strip())

    def close(self) -> None:
        """End it as a person does."""
        self.say("close")
        assert self.process.wait(20) == 0

    def kill(self) -> None:
        """End it so that it cannot do anything about it."""
        self.process.kill()
        self.process.wait()

    def forget(self) -> None:
        """Leave nothing of it."""
        self.kill()
        for stream in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(BrokenPipeError):
                assert stream is not None
                stream.close()


def ask(url: URL, question: str) -> str:
    """The one answer to a question, by a connection of its own."""
    with plain_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(question)
        ((answer,),) = cursor.fetchall()
        return str(answer)


def write(url: URL, *statements: str) -> None:
    """Execute statements and commit them."""
    with plain_connection(url) as connection:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        connection.commit()


def alive(pid: int) -> bool:
    """Whether this process still runs: one that nobody has buried yet does not."""
    if PROC:
        try:
            state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
        except OSError:
            return False
    else:
        state = _from_ps("stat=", pid)
    return bool(state) and not state.startswith("Z")


def program_of(pid: int) -> str:
    """The program that a process runs, with its path."""
    if PROC:
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8").split("\0")[0]
    return _from_ps("command=", pid).split(" ")[0]


def owners_of(pids: Iterable[int]) -> list[int]:
    """The accounts that processes run under, without those processes that have ended meanwhile."""
    owners = []
    for pid in pids:
        with contextlib.suppress(OSError, ValueError):
            owners.append(Path(f"/proc/{pid}").stat().st_uid if PROC else int(_from_ps("uid=", pid)))
    return owners


def _from_ps(what: str, pid: int) -> str:
    command = ["ps", "-ww", "-o", what, "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def running(folder: Path) -> list[int]:
    """The processes of PostgreSQL on this folder's data."""
    return postgres_processes(Home(folder).cluster)


def state_of(folder: Path) -> State:
    """What the supervisor of this folder last said."""
    state = State.read(Home(folder))
    assert state is not None
    return state
