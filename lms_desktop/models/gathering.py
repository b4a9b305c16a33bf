"""Rows that somebody has selected, read where they are not loaded: from the keys of their ends on, not by numbers, so
that nothing is done to a row that others have put there meanwhile."""

from collections.abc import Callable, Iterator

from lms_desktop.errors import UserError
from lms_desktop.errors.kinds import N_
from lms_desktop.frozen import frozen
from lms_desktop.models.rows import Block
from lms_desktop.services.paging import Want
from lms_desktop.services.positions import Key

PORTION = 500
"""Rows that are read at a time."""
SLACK = 1000
"""So many rows more than were selected may stand between the ends of a part; others have put them there."""


@frozen
class Part:
    """Rows that follow each other.

    Attributes:
        first: the place of the first of them.
        count: how many there are.
        start: the key of the first, `end` that of the last, as far as these were ever loaded.
        whole: these are all rows that there are, however many.
    """

    first: int
    count: int
    start: Key | None = None
    end: Key | None = None
    whole: bool = False


def gather(read: Callable[[Want], Block], part: Part, most: int) -> Iterator[Block]:
    """The rows of a part, in their order, and nothing behind the `most` first of them but the next.

    Raises:
        UserError: others have changed which rows these are.
    """
    if part.whole:
        yield from _onward(read, Want(part.first, 0), most + 1)
    elif part.end is None:
        start = Want(part.first, 0, at=part.start)
        yield from _onward(read, start, min(part.count, most + 1))
    elif part.start is None:
        if part.count > 1:
            yield read(Want(part.first, part.count - 1, before=part.end))
        yield _the(part.end, read(Want(part.first + part.count - 1, 1, at=part.end)))
    else:
        yield from _between(read, part, part.end)


def _onward(read: Callable[[Want], Block], start: Want, count: int) -> Iterator[Block]:
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


def _between(read: Callable[[Want], Block], part: Part, end: Key) -> Iterator[Block]:
    """The rows from the first to the last."""
    for block in _onward(read, Want(part.first, 0, at=part.start), part.count + SLACK):
        ids = [row[0] for row in block.page.rows]
        if end[-1] in ids:
            yield block.cut(ids.index(end[-1]) + 1)
            return
        yield block
    raise _changed()


def _the(key: Key, block: Block) -> Block:
    """The block, if it is of the row of that key."""
    if [row[0] for row in block.page.rows] != [key[-1]]:
        raise _changed()
    return block


def _changed() -> UserError:
    return UserError(
        N_("Others have changed which rows stand between those that you selected. Nothing was done."),
        way_out=N_("Select them once more."),
    )
