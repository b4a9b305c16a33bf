"""The journal of this window: written at every edit, on the disk soon after, small again now and then."""

import errno
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from lms_desktop import paths
from lms_desktop.database.fates import Sent
from lms_desktop.database.server_home import FileLock
from lms_desktop.services.journal import SUFFIX, Contents, Entry, Key, Owner, Parts, header, line, lock_of

logger = logging.getLogger(__name__)

SYNC_AFTER = 0.02
"""Seconds for which edits are gathered before they are forced onto the disk. The operating system has them at once:
the end of this process loses nothing, that of the machine this little."""

LEAST_REWRITE = 256 * 1024
"""Bytes below which a file is never rewritten; above, where four fifths of it say nothing any more."""


class JournalFile:
    """What this window's journal says, and the file that says it. There is none before there is anything to say.

    Its methods may be called on any thread. None raises: where the disk does not take it, `troubled` is told why, and
    told "" as soon as it does again; whatever is written next tries anew.

    Attributes:
        contents: what it says.
    """

    def __init__(self, folder: Path, owner: Owner, troubled: Callable[[str], object] | None = None) -> None:
        self.contents = Contents()
        self.owner = owner
        self._folder, self._troubled = folder, troubled or (lambda _: None)
        self._path: Path | None = None
        self._lock_file: FileLock | None = None
        self._file: int | None = None
        self._size = self._small = 0
        self._since: list[bytes] | None = None
        self._broken = self._closed = False
        self._trouble = ""
        self._changed = threading.Condition()
        self._unsynced = False
        self._thread: threading.Thread | None = None

    @property
    def path(self) -> Path | None:
        """Where the file is, once there is one."""
        return self._path

    @property
    def trouble(self) -> str:
        """Why the disk does not have all of it; "" where it has."""
        return self._trouble

    def draft(self, key: Key, parts: Parts | None) -> None:
        """Note how a row's draft stands now, None: there is none any more. Parts hold no secrets."""
        with self._changed:
            entry = self.contents.difference(key, parts)
            if entry is not None:
                self._write(entry)

    def carry(self, operation: str, keys: list[Key]) -> None:
        """Note that a save is about to be sent with these drafts as they stand."""
        with self._changed:
            self._write({"carry": operation, "rows": [list(key) for key in keys]})

    def sending(self, sent: Sent) -> None:
        """Note that COMMIT is sent next; on the disk when this returns, as far as that goes."""
        with self._changed:
            self._write({"sent": asdict(sent)})
            if self._file is None or not self._unsynced:
                return
            self._unsynced = False
            file = os.dup(self._file)
        self._force(file)  # without the lock: whoever types does not wait for the disk

    def settled(self, operation: str, committed: bool) -> None:
        """Note what became of an operation."""
        with self._changed:
            if operation in self.contents.operations:
                self._write({"settled": operation, "committed": committed})

    def close(self, *, keep: bool) -> None:
        """End; the file stays where it is to be kept and says anything."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            self._changed.notify_all()
            keep = keep and bool(self.contents)
            if self._file is not None:
                if keep:
                    self._sync()
                os.close(self._file)
                self._file = None
        if self._thread is not None:
            self._thread.join(2.0)
        try:
            if self._path is not None and not keep:
                self._path.unlink(missing_ok=True)
                lock_of(self._path).unlink(missing_ok=True)
        except OSError as error:
            logger.warning("A journal could not be removed: %s", error.strerror)
        if self._lock_file is not None:
            self._lock_file.release()

    # Writing, under the lock

    def _write(self, entry: Entry) -> None:
        if self._closed:
            return
        self.contents.apply(entry)
        try:
            if self._file is None or self._broken:
                self._begin()
            else:
                self._append(line(entry))
        except OSError as error:
            self._broken = True
            self._tell(error.strerror or str(error))
            return
        self._tell("")
        self._unsynced = True
        if self._thread is None:
            self._thread = threading.Thread(target=self._loop, name="lms-journal", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def _append(self, data: bytes) -> None:
        assert self._file is not None
        if self._since is not None:
            self._since.append(data)
        _write_all(self._file, data)
        self._size += len(data)

    def _begin(self) -> None:
        """Write everything anew, in place of whatever there was."""
        if self._path is None:
            paths.make_private(self._folder.parent)
            paths.make_private(self._folder)
            os.chmod(self._folder, 0o700)
            moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
            path = self._folder / f"{moment}-{secrets.token_hex(4)}{SUFFIX}"
            lock = FileLock(lock_of(path))
            lock.acquire()
            self._path, self._lock_file = path, lock
        self._since = None
        data, beside = self._fresh(), self._beside(".new")
        file = _written(beside, data)
        self._replace(beside, file, len(data))

    def _fresh(self) -> bytes:
        return line(header(self.owner)) + b"".join(line(entry) for entry in self.contents.entries())

    def _take_since(self) -> list[bytes] | None:
        since, self._since = self._since, None
        return since

    def _beside(self, suffix: str) -> Path:
        assert self._path is not None
        return self._path.with_suffix(suffix)

    def _replace(self, beside: Path, file: int, size: int) -> None:
        """Let a file that is written take the place of the old one. Raises OSError, and nothing is changed then."""
        assert self._path is not None
        if os.name == "nt":  # there no file is replaced that anybody has open
            os.close(file)
            if self._file is not None:
                os.close(self._file)
                self._file = None
        try:
            os.replace(beside, self._path)
            if os.name == "nt":
                file = os.open(self._path, os.O_WRONLY | os.O_APPEND)
        except OSError:
            if os.name != "nt":
                os.close(file)
            beside.unlink(missing_ok=True)
            raise
        if self._file is not None:
            os.close(self._file)
        self._file, self._broken = file, False
        self._size = self._small = size

    def _sync(self) -> None:
        if self._file is None or not self._unsynced:
            return
        self._unsynced = False
        try:
            os.fsync(self._file)
        except OSError as error:
            self._broken = True
            self._tell(error.strerror or str(error))

    def _force(self, file: int) -> None:
        """Force a file onto the disk and close it; not under the lock."""
        try:
            os.fsync(file)
        except OSError as error:
            with self._changed:
                self._broken = True
                self._tell(error.strerror or str(error))
        finally:
            os.close(file)

    def _tell(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            self._troubled(trouble)

    # On a thread of its own

    def _loop(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._unsynced or self._closed)
                if self._closed:
                    return
            time.sleep(SYNC_AFTER)
            with self._changed:
                if self._closed or self._file is None:
                    continue
                self._unsynced = False
                file = os.dup(self._file)
                large = self._size > max(LEAST_REWRITE, 5 * self._small)
            self._force(file)
            if large:
                self._shrink()

    def _shrink(self) -> None:
        """Write what is still true in place of the file; what is noted meanwhile goes to both, and nobody waits."""
        with self._changed:
            if self._closed or self._broken:
                return
            data, beside = self._fresh(), self._beside(".small")
            self._small = len(data)
            if 2 * len(data) > self._size:
                return
            self._since = []
        try:
            file = _written(beside, data)
            os.fsync(file)
            with self._changed:
                since = self._take_since()
                if self._closed or since is None:  # ended, or begun anew: this one is late
                    os.close(file)
                    beside.unlink(missing_ok=True)
                    return
                rest = b"".join(since)
                _write_all(file, rest)
                self._replace(beside, file, len(data) + len(rest))
                self._small = len(data)
                self._unsynced = self._unsynced or bool(rest)
        except OSError as error:
            with self._changed:
                self._since = None
                self._broken = True
                self._tell(error.strerror or str(error))


def _written(path: Path, data: bytes) -> int:
    """A new file for this person's eyes only, open to be appended to. Raises OSError, and it is gone again."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    try:
        _write_all(file, data)
    except OSError:
        os.close(file)
        path.unlink(missing_ok=True)
        raise
    return file


def _write_all(file: int, data: bytes) -> None:
    if os.write(file, data) < len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
