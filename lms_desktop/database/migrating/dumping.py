"""Saving a database with PostgreSQL's own programs, where they are found and new enough."""

import errno
import os
import re
import shutil
import subprocess
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from lms_desktop.database.local_cluster import clean_environment, installed_binaries
from lms_desktop.database.migrating.events import Saving, Tell
from lms_desktop.errors import Cancelled, UserError
from lms_desktop.errors.kinds import N_

_SYSTEM = Path("/usr/lib/postgresql")
_LOOKS_EVERY = 0.2

# What also the libpq of an older version knows, of what says where the server is and how it proves who it is. Our own
# time limits (`options`) are none of a dump's.
_KNOWN_TO_ALL = (
    "user",
    "dbname",
    "host",
    "hostaddr",
    "port",
    "passfile",
    "connect_timeout",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "sslcrl",
    "gssencmode",
    "krbsrvname",
    "target_session_attrs",
)


@dataclass(frozen=True)
class Address:
    """How PostgreSQL's programs reach a database: libpq's parameters, the password apart."""

    parameters: dict[str, str]
    password: str

    def conninfo(self, database: str | None = None) -> str:
        """As the programs take it; nobody reads a password in the list of processes."""
        parameters = self.parameters | ({"dbname": database} if database is not None else {})
        return " ".join(f"{key}='{_escaped(value)}'" for key, value in parameters.items())

    def environment(self) -> dict[str, str]:
        """The environment of a child: this one's without what names another database."""
        kept = {key: value for key, value in clean_environment().items() if not key.startswith("PG")}
        kept.pop("DATABASE_URL", None)
        return kept | ({"PGPASSWORD": self.password} if self.password else {})


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def address_of(engine: sa.Engine) -> Address:
    """How an engine reaches its database."""
    with engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        parameters = dict(driver.info.dsn_parameters)
        password = driver.info.password or ""
    return Address({key: parameters[key] for key in _KNOWN_TO_ALL if parameters.get(key)}, password)


def find(program: str, version: int) -> Path | None:
    """A program of PostgreSQL that understands a server of this major version; None where there is none."""
    candidates: list[Path] = []
    if found := shutil.which(program):
        candidates.append(Path(found))
    candidates += sorted(_SYSTEM.glob(f"*/bin/{program}"), reverse=True)
    with suppress(Exception):  # without the demo's part there are none
        candidates += [each.folder / program for each in installed_binaries().values()]
    for candidate in candidates:
        if (of := _version(candidate)) is not None and of >= version:
            return candidate
    return None


@cache
def _version(program: Path) -> int | None:
    try:
        said = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=10, check=False, env=clean_environment()
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"\) (\d+)", said)
    return int(match[1]) if match else None


@dataclass(frozen=True)
class DumpOffer:
    """Whether a dump can be made here: with which program, and how large the database is on the server, in bytes."""

    program: Path | None
    whole: int


def offer(engine: sa.Engine) -> DumpOffer:
    """Look for the program, ask for the size. A dump is mostly a small part of that."""
    with engine.connect() as connection:
        version = int(connection.scalar(sa.text("SHOW server_version_num")) or 0) // 10000
        whole = int(connection.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0)
    return DumpOffer(find("pg_dump", version), whole)


class Dump:
    """One dump into a file, in pg_dump's own format, which pg_restore reads."""

    def __init__(self, engine: sa.Engine, file: Path, tell: Tell) -> None:
        self._engine, self._file, self._tell = engine, file, tell
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Stop, from another thread; the half file is removed."""
        self._cancelled.set()

    def run(self) -> None:
        """Save. Raises UserError where that fails, Cancelled after `cancel`; no half file stays."""
        if self._file.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(self._file))
        made = offer(self._engine)
        if made.program is None:
            raise UserError(
                N_("pg_dump was not found, or is older than the server."),
                way_out=N_("Install PostgreSQL's client programs, or go on without saving first."),
            )
        draft = self._draft()
        try:
            self._save(made, draft)
            draft.replace(self._file)
        finally:
            draft.unlink(missing_ok=True)

    def _draft(self) -> Path:
        """A new file beside the wanted one, which concerns nobody else on this machine. Another one each time: a killed
        program may have left a pg_dump that still writes to its own."""
        try:
            handle, name = tempfile.mkstemp(".part", self._file.name + ".", self._file.parent)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self._file)) from error
        os.close(handle)
        return Path(name)

    def _save(self, made: DumpOffer, draft: Path) -> None:
        address = address_of(self._engine)
        command = [
            os.fspath(made.program or ""),
            "--format=custom",
            f"--file={draft}",
            f"--dbname={address.conninfo()}",
        ]
        with subprocess.Popen(
            command,
            env=address.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            while True:
                with suppress(subprocess.TimeoutExpired):
                    _, errors = process.communicate(timeout=_LOOKS_EVERY)
                    break
                with suppress(OSError):
                    self._tell(Saving(draft.stat().st_size, made.whole))
                if self._cancelled.is_set():
                    process.terminate()
        if self._cancelled.is_set():
            raise Cancelled
        if process.returncode != 0:
            reason = errors.strip().splitlines()[-1] if errors.strip() else "?"
            raise UserError(
                N_("The database could not be saved: {reason}"),
                way_out=N_("Nothing was migrated."),
                values={"reason": reason},
            )
        self._tell(Saving(draft.stat().st_size, made.whole))
