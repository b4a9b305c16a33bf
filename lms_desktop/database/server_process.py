"""The supervisor of the embedded PostgreSQL: a process between the windows and the server.

Each window holds a lock on a file of its own below `leases`. The kernel lets go of it when the window ends, however it
ends, so the supervisor needs nobody's goodbye: it looks whether any lease is held, and when none is, it stops the
server and leaves. It starts the server again when a window asks for that after a crash. Nothing here talks SQL.

It runs without site-packages, so that it is small and starts fast: the standard library and `server_home` alone may be
imported.
"""

import contextlib
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from lms_desktop.database.server_home import FileLock, Home, Orders, State, files_in, is_locked, leases_held

SUPERVISE = "supervise-local-server"
"""The word after which a bundled program, which cannot run other code, must hand its next argument to `main`."""

PULSE = 0.1
"""Seconds between two looks of the supervisor."""

LOG_LIMIT = 4_000_000
"""Bytes after which the log is put aside as `server.log.1`, in place of the one before."""

_STOP_PATIENCE = 30.0
_KERNEL_PATIENCE = 5.0


def start_supervisor(orders: Orders) -> None:
    """Start the supervisor as a process that outlives us. Raises OSError where that cannot be."""
    if getattr(sys, "frozen", False):
        command = [sys.executable, SUPERVISE]
    else:
        # Appended, so that nothing beside the package stands in for a module of the standard library.
        code = f"import sys; sys.path.append(sys.argv[1]); from {__name__} import main; main(sys.argv[2])"
        command = [sys.executable, "-I", "-S", "-c", code, str(Path(__file__).resolve().parents[2])]
    environment = {**orders.environment, "PYINSTALLER_RESET_ENVIRONMENT": "1"}  # or it would lean on our unpacked files
    if libraries := os.environ.get("LD_LIBRARY_PATH"):  # our own Python's, where it cannot start without
        environment["LD_LIBRARY_PATH"] = libraries
    options: dict[str, Any] = {"stdin": subprocess.DEVNULL, "env": environment, "cwd": Path(orders.home).anchor}
    with Home(Path(orders.home)).log.open("ab") as log:
        if sys.platform == "win32":
            options["creationflags"] = subprocess.DETACHED_PROCESS | subprocess.CREATE_NO_WINDOW
            process = subprocess.Popen([*command, orders.as_text()], stdout=log, stderr=log, **options)
            process.returncode = 0  # nobody waits for it, and Python need not complain of that
        else:
            done = subprocess.run(
                [*command, orders.as_text()], stdout=log, stderr=log, start_new_session=True, check=False, **options
            )
            if done.returncode != 0:
                raise ChildProcessError(errno.ECHILD, "its supervisor does not run")


def postgres_processes(cluster: Path) -> list[int]:
    """The processes of any server on this data directory, the postmaster first."""
    found = _by_working_directory(cluster) if sys.platform == "linux" else _by_pid_file(cluster)
    return sorted(found, key=lambda pid: found[pid] in found)


def _by_working_directory(cluster: Path) -> dict[int, int]:
    """Process → parent. PostgreSQL's processes stand in their data directory, whatever the pid file says."""
    found = {}
    directory = os.path.realpath(cluster)
    for entry in os.listdir("/proc"):
        with contextlib.suppress(OSError, ValueError):
            if entry.isdigit() and os.readlink(f"/proc/{entry}/cwd") == directory:
                name, _, rest = Path(f"/proc/{entry}/stat").read_text("utf-8").partition("(")[2].rpartition(")")
                if name.startswith("postgres"):
                    found[int(entry)] = int(rest.split()[1])
    return found


def _by_pid_file(cluster: Path) -> dict[int, int]:
    """The postmaster alone, where its pid file is whole and the process still is one."""
    try:
        pid = int((cluster / "postmaster.pid").read_text("utf-8").split("\n")[0])
    except (OSError, ValueError):
        return {}
    shown = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return {pid: 0} if str(cluster) in shown.stdout and "postgres" in shown.stdout else {}


class Supervisor:
    """Owns one PostgreSQL as long as windows want it."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._home = Home(Path(orders.home))
        self._place = FileLock(self._home.supervisor)
        self._postgres: subprocess.Popen[bytes] | None = None
        self._told_to_go = False
        self._state = State(False, 0, "", orders.port, 0, os.getpid())

    def run(self) -> None:
        """Start the server and stay until nobody wants it. Does nothing where there is a supervisor already."""
        if not self._place.acquire_soon():
            return
        signal.signal(signal.SIGTERM, self._go)
        try:
            self._launch()
            while not self._told_to_go and not self._left():
                time.sleep(PULSE)
                self._look_after()
        finally:
            self._give_up()

    def _go(self, *_: object) -> None:
        self._told_to_go = True

    def _left(self) -> bool:
        """Whether nobody wants the server any more; then it is stopped already.

        The gate is held meanwhile: a window that comes now waits behind it, and one that came before has its lease.
        """
        if leases_held(self._home):
            return False
        if not self._home.gate.exists():  # somebody has removed the folder
            return True
        with FileLock(self._home.gate) as gate:
            if not gate.acquire() or leases_held(self._home):
                return False
            self._give_up()
            return True

    def _give_up(self) -> None:
        """Stop the server, clear up and make room for another supervisor; once."""
        self._stop()
        if self._place.held:
            self._clear_up()
            self._place.release()

    def _look_after(self) -> None:
        with contextlib.suppress(OSError):  # a full disk is no reason to leave the server alone
            self._trim_log()
        if self._postgres is not None and self._postgres.poll() is not None:
            self._postgres = None
            self._tell(running=False)
        if self._home.wish.exists():
            self._home.wish.unlink()
            if self._postgres is None:
                self._launch()

    def _launch(self) -> None:
        self._heal()
        socket_folder = self._make_socket_folder()
        place = ["-k", socket_folder] if socket_folder else []
        self._postgres = self._spawn([*self._orders.command, *place])
        self._state = replace(self._state, socket_folder=socket_folder, launches=self._state.launches + 1)
        self._tell(running=True)

    def _tell(self, *, running: bool) -> None:
        postmaster = 0 if self._postgres is None else self._postgres.pid
        self._state = replace(self._state, running=running, postmaster=postmaster)
        self._state.tell(self._home)

    def _spawn(self, command: list[str]) -> "subprocess.Popen[bytes]":
        options: dict[str, Any] = {}
        if self._orders.uid is not None:
            options = {"user": self._orders.uid, "group": self._orders.gid, "extra_groups": []}
        if sys.platform == "linux":
            options["preexec_fn"] = _tie_to_parent()
        if sys.platform == "win32":
            options["creationflags"] = subprocess.CREATE_NO_WINDOW
        with self._home.log.open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._home.folder.anchor,
                env=self._orders.environment,
                start_new_session=True,
                **options,
            )

    def _heal(self) -> None:
        """Clear away what a server left that was not stopped: its processes, its pid file.

        We are the only supervisor. Whatever still runs on this data directory belongs to one that was killed, and a pid
        file that is left names a process of the past, torn or not.
        """
        _end(lambda: postgres_processes(self._home.cluster))
        (self._home.cluster / "postmaster.pid").unlink(missing_ok=True)

    def _make_socket_folder(self) -> str:
        """The wanted folder, empty, for the server's account alone; another one where a stranger sits on the name."""
        wanted = self._orders.socket_folder
        if not wanted or sys.platform == "win32":
            return ""
        owner = os.geteuid() if self._orders.uid is None else self._orders.uid
        with contextlib.suppress(FileExistsError):
            os.mkdir(wanted, 0o700)
            self._give_away(wanted)
        found = os.lstat(wanted)
        if found.st_uid != owner or found.st_mode & 0o170077 != 0o040000:
            wanted = tempfile.mkdtemp(prefix="lms-", dir=os.path.dirname(wanted))
            self._give_away(wanted)
        for leftover in files_in(Path(wanted)):
            leftover.unlink()
        return wanted

    def _give_away(self, folder: str) -> None:
        if sys.platform != "win32" and self._orders.uid is not None and self._orders.gid is not None:
            os.chown(folder, self._orders.uid, self._orders.gid)

    def _stop(self) -> None:
        postgres, self._postgres = self._postgres, None
        if postgres is None:
            return
        if sys.platform == "win32":
            pg_ctl = str(Path(self._orders.command[0]).with_name("pg_ctl"))
            subprocess.run([pg_ctl, "stop", "-m", "fast", "-D", str(self._home.cluster)], check=False)
        _end(lambda: [] if postgres.poll() is not None else [postgres.pid])

    def _clear_up(self) -> None:
        if self._state.socket_folder:
            shutil.rmtree(self._state.socket_folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            for left in [self._home.state, self._home.wish, *files_in(self._home.leases)]:
                if not is_locked(left):
                    left.unlink(missing_ok=True)

    def _trim_log(self) -> None:
        # PostgreSQL keeps its log open, to append: what is cut off stays off, and a renamed file would be followed.
        if self._home.log.stat().st_size > LOG_LIMIT:
            shutil.copyfile(self._home.log, self._home.log.with_suffix(".log.1"))
            os.truncate(self._home.log, 0)


def _end(processes: Callable[[], list[int]]) -> None:
    """End `processes()` (the first is told, the others follow it): politely, then firmly, then at once."""
    for name, patience in [("SIGINT", _STOP_PATIENCE), ("SIGQUIT", _KERNEL_PATIENCE), ("SIGKILL", _KERNEL_PATIENCE)]:
        targets = processes()
        with contextlib.suppress(ProcessLookupError, AttributeError):  # AttributeError: no such signal on Windows
            for pid in targets if name == "SIGKILL" else targets[:1]:
                os.kill(pid, getattr(signal, name))
        deadline = time.monotonic() + patience
        while targets and time.monotonic() < deadline:
            time.sleep(0.01)
            targets = processes()
        if not targets:
            return


def _tie_to_parent() -> Callable[[], None]:
    """What makes the kernel stop a new process (a fast shutdown) when the supervisor is killed."""
    import ctypes

    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def tie() -> None:
        prctl(1, signal.SIGINT, 0, 0, 0)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)

    return tie


def main(argument: str) -> None:
    """Be the supervisor that `argument` (`Orders.as_text`) asks for, detached from whoever starts it."""
    if sys.platform != "win32" and os.fork():
        os._exit(0)
    os.umask(0o077)
    Supervisor(Orders(**json.loads(argument))).run()
