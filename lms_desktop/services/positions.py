"""What leads to any place of a long table: anchors, or the ids of all its rows in order.

*Anchors* are places of which the key is known, a few thousand in any table: a page is read from the nearest one on.
*A block of ids* is for orders that no index knows: written down once, in a file, it gives any page at once. With each
id it has a mark of the key that the row had then: a row with another key by now does not stand there any more.
"""

import tempfile
import threading
import weakref
from _thread import start_new_thread
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import IO, NamedTuple
from uuid import UUID

Key = tuple[str | None, ...]
"""The sort keys of a row, its id last: where a neighbouring page begins."""

MARK_BYTES, ID_BYTES = 4, 16
ENTRY_BYTES = MARK_BYTES + ID_BYTES
NEARBY = 20_000
"""So many ids before and behind the place where it was are searched for a row."""


class Anchors:
    """Places of which the key is known.

    Attributes:
        total: the number of rows when they were found, or about.
        even: whether they are guessed, of ids that were drawn at random: the keys part the range of all ids evenly.
        furthest: so many rows at most are read past from an anchor on, where the place need not be met; 0: the nearest
            anchor is good enough.
    """

    def __init__(
        self,
        places: Sequence[int],
        keys: Sequence[Key],
        total: int,
        *,
        furthest: int | None = None,
        between: bool = False,
        even: bool = False,
    ) -> None:
        """`keys[i]` is the key of the row right before `places[i]`, or, `between` that row and the next, of none; the
        places ascend."""
        self.total, self.furthest, self.even, self._between = total, furthest, even, between
        self._places: list[int] = [0, *places]
        self._keys: list[Key | None] = [None, *keys]

    def __len__(self) -> int:
        return len(self._places) - 1

    def widest(self) -> int:
        """The most rows between one anchor and the next."""
        return max((there - here for here, there in pairwise(self._places)), default=0)

    def turned(self) -> "Anchors":
        """What leads to the places of the same rows in the opposite order."""
        own = 0 if self._between else 1
        places = [self.total - place + own for place in self._places[:0:-1]]
        keys = [key for key in self._keys[:0:-1] if key is not None]
        return Anchors(places, keys, self.total, furthest=self.furthest, between=self._between)

    def lead_to(self, place: int) -> tuple[Key | None, int]:
        """The key behind which to begin (None: at the first row) and the number of rows to skip from there."""
        at = bisect_right(self._places, place) - 1
        behind = at + 1
        if (
            self.furthest == 0
            and behind < len(self._places)
            and self._places[behind] - place < place - self._places[at]
        ):
            at = behind
        skip = max(place - self._places[at], 0)
        return self._keys[at], skip if self.furthest is None else min(skip, self.furthest)


class Entry(NamedTuple):
    """A row's id and the mark of its key, a number that another key hardly ever has."""

    id: str
    mark: int


class IdBlock:
    """The ids of all rows in their order and the marks of their keys, in a file without a name: they take no memory and
    vanish with the process.

    Attributes:
        total: the number of rows.
    """

    def __init__(self, fill: Callable[[Callable[[bytes], object]], object]) -> None:
        """`fill` is told what takes the rows in their order, any number at a time, four bytes of the mark and sixteen
        of the id each."""
        self._file = tempfile.TemporaryFile(prefix="lms-places-", buffering=0)  # noqa: SIM115  it lives as long as this
        weakref.finalize(self, _close_aside, self._file)
        self._lock = threading.Lock()
        self.total = 0
        fill(self._add)

    def entries(self, first: int, count: int) -> list[Entry]:
        """The rows from a place on, fewer where they end."""
        found = self._read(first, count)
        return [_entry(found[at : at + ENTRY_BYTES]) for at in range(0, len(found), ENTRY_BYTES)]

    def find(self, row_id: str, near: int) -> tuple[int, Entry] | None:
        """The place of a row that is somewhere near a place; None where it is not."""
        begin = max(near - NEARBY, 0)
        return self._find(row_id, begin, near + NEARBY - begin)

    def find_anywhere(self, row_id: str) -> tuple[int, Entry] | None:
        """The same, wherever it stands: all of them are looked through, some at a time."""
        parts = (self._find(row_id, begin, NEARBY) for begin in range(0, self.total, NEARBY))
        return next((found for found in parts if found is not None), None)

    def _find(self, row_id: str, begin: int, count: int) -> tuple[int, Entry] | None:
        found, wanted = self._read(begin, count), UUID(row_id).bytes
        at = found.find(wanted, MARK_BYTES)
        while at >= 0 and (at - MARK_BYTES) % ENTRY_BYTES:
            at = found.find(wanted, at + 1)
        return (begin + at // ENTRY_BYTES, _entry(found[at - MARK_BYTES : at + ID_BYTES])) if at >= 0 else None

    def turned(self) -> "IdBlock":
        """What leads to the places of the same rows in the opposite order."""
        return _TurnedBlock(self)

    def _add(self, rows: bytes) -> None:
        left = memoryview(rows)
        while left:  # a disk that is nearly full takes a part, and says so the next time alone
            left = left[self._file.write(left) :]
        self.total += len(rows) // ENTRY_BYTES

    def _read(self, first: int, count: int) -> bytes:
        first, count = max(first, 0), max(min(count, self.total - max(first, 0)), 0)
        with self._lock:
            self._file.seek(first * ENTRY_BYTES)
            return self._file.read(count * ENTRY_BYTES) or b""


class _TurnedBlock(IdBlock):
    """A block of ids, read from its end on."""

    def __init__(self, block: IdBlock) -> None:
        self._block, self.total = block, block.total

    def entries(self, first: int, count: int) -> list[Entry]:
        """Override IdBlock.entries."""
        first = max(first, 0)
        count = max(min(count, self.total - first), 0)
        return self._block.entries(self.total - first - count, count)[::-1]

    def find(self, row_id: str, near: int) -> tuple[int, Entry] | None:
        """Override IdBlock.find."""
        return self._turned(self._block.find(row_id, self.total - 1 - near))

    def find_anywhere(self, row_id: str) -> tuple[int, Entry] | None:
        """Override IdBlock.find_anywhere."""
        return self._turned(self._block.find_anywhere(row_id))

    def _turned(self, found: tuple[int, Entry] | None) -> tuple[int, Entry] | None:
        return None if found is None else (self.total - 1 - found[0], found[1])

    def turned(self) -> IdBlock:
        """Override IdBlock.turned."""
        return self._block


def id_of(digits: str) -> str:
    """The id of 32 hexadecimal digits, as `str(UUID(…))` writes it, in a fifth of the time: a screenful of them was a
    third of a millisecond."""
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _close_aside(file: IO[bytes]) -> None:
    """Close a file on a thread of its own: to give two hundred megabytes back takes up to fifty milliseconds, and the
    window's thread is the one that forgets them."""
    try:
        start_new_thread(file.close, ())  # waits for nothing, and takes no lock that is held where garbage is collected
    except RuntimeError:  # the process ends
        file.close()


def _entry(found: bytes) -> Entry:
    return Entry(id_of(found[MARK_BYTES:].hex()), int.from_bytes(found[:MARK_BYTES], "big", signed=True))


Positions = Anchors | IdBlock
