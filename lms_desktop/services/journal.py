"""The journal of unsaved edits: a file for each running window, from which they are offered again after a crash.

One JSON object a line, each a change of what stood there before. A file is read up to its first line that is torn or
not understood, so what is read is what stood there at some moment. It never holds a password or a token: of those it is
only noted that one was typed. Mode 0600 in a folder of mode 0700.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lms_desktop.database.fates import Sent
from lms_desktop.database.server_home import FileLock
from lms_desktop.frozen import frozen

VERSION = 1
SUFFIX = ".journal"
LOCK = ".lock"

Key = tuple[str, str]
"""A row: its table and its id."""
Parts = dict[str, Any]
"""A draft as JSON has it: `version`, `title`, `at`, `secrets` (keys), and by field key `values`, `base`, `labels`,
`seen` and, of a new row, `first`. A new row has its `spot` (`{"after": id or null}`) where it does not come last."""
Entry = dict[str, Any]
"""One line."""

MAPS = ("values", "base", "labels", "seen", "first")
PLAIN = ("version", "title", "at", "secrets", "spot")
SECRET = re.compile(r"password|passwd|secret|token|otp", re.IGNORECASE)
"""Keys whose values are never written, whatever their kind is."""


@frozen
class Owner:
    """Whose edits these are: somebody's on one database.

    Attributes:
        address: how the database is reached, without a password.
        identity: what tells it from another one at the same address; "" where that is not known.
        person: the id of the person.
    """

    address: str
    identity: str
    person: str

    def is_also(self, other: "Owner") -> bool:
        """Whether what one has left is the other's to go on with."""
        same = self.identity == other.identity or not (self.identity and other.identity)
        return same and (self.address, self.person) == (other.address, other.person)


@dataclass
class Carried:
    """A save that was sent: the values it carried by row, and what it can be looked up by once that is known."""

    rows: dict[Key, dict[str, str | None]] = field(default_factory=dict)
    sent: Sent | None = None


@dataclass
class Contents:
    """What a journal says: the drafts that are not saved yet, and the saves of which it is not known what became."""

    drafts: dict[Key, Parts] = field(default_factory=dict)
    operations: dict[str, Carried] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.drafts or self.operations)

    def apply(self, entry: Entry) -> None:
        """Do what a line says. Where it makes no sense, raise KeyError, TypeError or ValueError and change nothing."""
        if "draft" in entry:
            self._put(_key(entry["draft"]), entry.get("put", {}), entry.get("cut", {}))
        elif "gone" in entry:
            for key in [_key(row) for row in entry["gone"]]:
                self.drafts.pop(key, None)
        elif "carry" in entry:
            rows = {_key(row): dict(row[2]) if len(row) > 2 else self._values(_key(row)) for row in entry["rows"]}
            sent = Sent(**entry["sent"]) if "sent" in entry else None
            carried = self.operations.setdefault(str(entry["carry"]), Carried())
            carried.rows, carried.sent = rows, sent or carried.sent
        elif "sent" in entry:
            sent = Sent(**entry["sent"])
            self.operations.setdefault(sent.operation, Carried()).sent = sent
        elif "settled" in entry:
            self.settle(str(entry["settled"]), bool(entry["committed"]))
        else:
            raise ValueError("a line of an unknown kind")

    def settle(self, operation: str, committed: bool) -> int:
        """Take it that a save came through or did not: what it carried is no draft any more, or is one as before.

        How many values are saved by that.
        """
        carried, saved = self.operations.pop(operation, None), 0
        if carried is None or not committed:
            return 0
        for key, values in carried.rows.items():
            parts = self.drafts.get(key)
            if parts is None:
                continue
            left = {k: v for k, v in parts["values"].items() if values.get(k, "\0") != v}
            saved += len(parts["values"]) - len(left)
            if not left:
                del self.drafts[key]
                continue
            parts["base"] = {k: values.get(k, parts["base"].get(k)) for k in left}
            parts["values"], parts["secrets"] = left, []
            parts["seen"] = {**parts["seen"], **values}
            if carried.sent is not None:  # a row's version is the transaction that wrote it, of 32 bits
                parts["version"] = str(int(carried.sent.xid) % 2**32)
        return saved

    def entries(self) -> Iterator[Entry]:
        """The lines that say all this."""
        for key, parts in self.drafts.items():
            yield {"draft": list(key), "put": parts}
        for operation, carried in self.operations.items():
            rows = [[*key, values] for key, values in carried.rows.items()]
            sent = {} if carried.sent is None else {"sent": asdict(carried.sent)}
            yield {"carry": operation, "rows": rows, **sent}

    def difference(self, key: Key, wanted: Parts | None) -> Entry | None:
        """The line that makes the draft of a row what is wanted; None where it is that already."""
        now = self.drafts.get(key)
        if wanted is None:
            return None if now is None else {"gone": [list(key)]}
        now = now or _blank()
        put: dict[str, Any] = {part: wanted.get(part) for part in PLAIN if wanted.get(part) != now.get(part)}
        cut: dict[str, list[str]] = {}
        for part in MAPS:
            changed = {k: v for k, v in wanted[part].items() if k not in now[part] or now[part][k] != v}
            if changed:
                put[part] = changed
            if gone := [k for k in now[part] if k not in wanted[part]]:
                cut[part] = gone
        if not put and not cut and key in self.drafts:
            return None
        return {"draft": list(key), "put": put} | ({"cut": cut} if cut else {})

    def _values(self, key: Key) -> dict[str, str | None]:
        parts = self.drafts.get(key)
        return dict(parts["values"]) if parts is not None else {}

    def _put(self, key: Key, put: Mapping[str, Any], cut: Mapping[str, list[str]]) -> None:
        parts = self.drafts.get(key) or _blank()
        parts = {part: dict(value) if part in MAPS else value for part, value in parts.items()}
        for part, value in put.items():
            if part in MAPS:
                parts[part].update(dict(value))
            elif part in PLAIN:
                parts[part] = value
        for part, keys in cut.items():
            for k in keys:
                parts[part].pop(k, None)
        self.drafts[key] = parts


def parts_without_secrets(parts: Parts, secret: frozenset[str] = frozenset()) -> Parts:
    """A draft as it may stand on a disk."""
    hidden = {key for key in parts["values"] if key in secret or SECRET.search(key)}
    shown = {part: {k: v for k, v in parts[part].items() if not (k in secret or SECRET.search(k))} for part in MAPS}
    return {**{part: parts.get(part) for part in PLAIN}, **shown, "secrets": sorted(hidden)}


def header(owner: Owner) -> Entry:
    """The first line of a file."""
    return {"journal": VERSION, **asdict(owner)}


def line(entry: Entry) -> bytes:
    """A line as it stands in a file."""
    return json.dumps(entry, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


class Unreadable(ValueError):
    """A file that is no journal, or one of a newer version of this program."""


def read(data: bytes) -> tuple[Owner, Contents]:
    """What a file says, up to its first line that is torn or not understood. Raises Unreadable."""
    lines = data.split(b"\n")[:-1]  # what follows the last line's end is torn
    try:
        first = json.loads(lines[0])
        if first["journal"] != VERSION:
            raise Unreadable("a journal of another version")
        owner = Owner(str(first["address"]), str(first["identity"]), str(first["person"]))
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise Unreadable("no journal") from error
    contents = Contents()
    for one in lines[1:]:
        try:
            contents.apply(json.loads(one))
        except (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError):
            break
    return owner, contents


@frozen
class Left:
    """What a window has left behind that runs no more; ours alone as long as the lock is held."""

    path: Path
    lock: FileLock
    contents: Contents

    def drop(self) -> None:
        """It is not needed any more. Raises OSError where it cannot be removed."""
        self.path.unlink(missing_ok=True)
        lock_of(self.path).unlink(missing_ok=True)
        self.lock.release()

    def leave(self) -> None:
        """Leave it for the next time."""
        self.lock.release()


def lock_of(path: Path) -> Path:
    """The lock that belongs to a journal."""
    return path.with_suffix(LOCK)


def left_behind(folder: Path, owner: Owner) -> list[Left]:
    """What this person has left on this database, oldest first: journals whose windows run no more.

    Files that are no journals, of a newer version, of others, or that cannot be read are left alone.
    """
    found = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        lock = FileLock(lock_of(path))
        try:
            if not lock.acquire():
                continue
            whose, contents = read(path.read_bytes())
        except (OSError, Unreadable):
            lock.release()
            continue
        if not whose.is_also(owner):
            lock.release()
        elif not contents:
            _drop_quietly(Left(path, lock, contents))
        else:
            found.append(Left(path, lock, contents))
    return found


def _drop_quietly(left: Left) -> None:
    try:
        left.drop()
    except OSError:
        left.leave()


def _blank() -> Parts:
    return {"version": None, "title": "", "at": "", "secrets": [], "spot": None, **{part: {} for part in MAPS}}


def _key(row: Any) -> Key:
    table, row_id = row[0], row[1]
    if not (isinstance(table, str) and isinstance(row_id, str)):
        raise TypeError("no row")
    return table, row_id
