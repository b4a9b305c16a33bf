"""Rows that somebody has selected, read where they are not loaded: from the keys of their ends on, not by numbers, and
only if there are as many as were selected: nothing is done to a row that others have put there meanwhile."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from lms_desktop.errors import UserError
from lms_desktop.errors.kinds import N_
from lms_desktop.frozen import frozen
from lms_desktop.models.rows import Block
from lms_desktop.services.paging import Want
from lms_desktop.services.positions import Key

PORTION = 500
"""Rows that are read at a time."""

Read = Callable[[Want], Block]


@frozen
class Part:
    """Rows that follow each other.

    Attributes:
        first: the place of the first of them.
        count: how many there are.
        start: the key of the first, `end` that of the last, as far as these were ever loaded. Without a `start` they
            are the first of all rows, without an `end` the last of all: nobody has seen what stands beside them.
        whole: these are all rows that there are, however many.
        beside: so many of the first, and of the last, are not meant, and only tell where the others stand.
    """

    first: int
    count: int
    start: Key | None = None
    end: Key | None = None
    whole: bool = False
    beside: tuple[int, int] = (0, 0)


def gather(read: Read, part: Part, most: int) -> list[Block]:
    """The rows of a part, in their order; of the whole, `most` and one more at most.

    Raises:
        UserError: others have changed which rows these are.
    """
    if part.whole:
        return list(_onward(read, Want(part.first, 0), most + 1))
    if part.start is None and part.first:
        raise changed()
    if part.start is None and part.end is not None:
        return _backwards(read, part, part.end)
    beside = 1 if part.end is None else 0  # where a row follows, these are not the last
    found = list(_onward(read, Want(part.first, 0, at=part.start), part.count + beside))
    _check(found, part)
    return found


def renewed(part: Part, key: Callable[[str], Key | None]) -> Part:
    """The part by the keys that its ends have now, for somebody may have written what the order is by; `key` tells that
    of an id.

    Raises:
        UserError: one of them is gone.
    """
    if part.whole:
        return part
    ids = {str(end[-1]) for end in (part.start, part.end) if end is not None}
    now = {row_id: key(row_id) for row_id in ids}
    if None in now.values():
        raise changed()
    start, end = (None if end is None else now[str(end[-1])] for end in (part.start, part.end))
    return replace(part, start=start, end=end)


def changed() -> UserError:
    """What is said where nobody knows any more which rows are meant."""
    return UserError(
        N_("Others have changed which rows these are that you selected. Nothing was done."),
        way_out=N_("Select them once more."),
    )


def _onward(read: Read, start: Want, count: int) -> Iterator[Block]:
    """So many rows from there on, or all that follow."""
    want = Want(start.first, min(count, PORTION), at=start.at)
    while count > 0:
        block = read(want)
        rows = block.page.rows
        yield block
        count -= len(rows)
        if block.page.ended or not rows:
            return
        want = Want(want.first + len(rows), min(count, PORTION), after=block.page.layout.key(rows[-1]))


def _backwards(read: Read, part: Part, end: Key) -> list[Block]:
    """The rows of a part of which the last is known, from the first of all on: where a row stands before, too many."""
    found = [read(Want(part.first + part.count - 1, 1, at=end))]
    first, key, left = part.first + part.count - 1, end, part.count
    while left > 0:
        size = min(left, PORTION)
        first -= size
        block = read(Want(max(first, 0), size, before=key))
        if not block.page.rows:
            break
        found.insert(0, block)
        key, left = block.page.layout.key(block.page.rows[0]), left - len(block.page.rows)
    _check(found, part)
    return found


def _check(found: list[Block], part: Part) -> None:
    """Raise unless there are as many as were selected, from the one end to the other."""
    keys = [block.page.layout.key(row) for block in found for row in block.page.rows]
    if len(keys) != part.count or part.start not in (None, keys[0]) or part.end not in (None, keys[-1]):
        raise changed()
