"""The blocks of rows that a table has loaded, and whether those that follow each other fit together."""

from collections import OrderedDict
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import replace

from lms_desktop.models.rows import Block
from lms_desktop.services.pages import Row

BLOCK = 10
"""Rows of a block. One read brings all blocks that are wanted in a row: little more than what is seen."""
MOST_PARTS = 4
"""Where rows have changed in more places than these, all from the first to the last are told as one."""
KEPT_BLOCKS = 200
"""Blocks kept in memory, the latest used ones: forty screens, and 5 MB."""


class Blocks:
    """Blocks by number, each of BLOCK rows but the last one.

    They are read at different times, and others insert and delete meanwhile. Each knows the rows that stood right
    before and behind it when it was read, so that between two blocks no row is told twice or not at all.
    """

    def __init__(self) -> None:
        self._blocks: OrderedDict[int, Block] = OrderedDict()
        self._stale: set[int] = set()

    def __contains__(self, number: int) -> bool:
        return number in self._blocks

    def __iter__(self) -> Iterator[int]:
        return iter(list(self._blocks))

    def get(self, number: int) -> Block | None:
        """A block, up to date or not."""
        return self._blocks.get(number)

    def of(self, row: int) -> tuple[Block, int] | None:
        """The block of a row and its place in it; None where it is not loaded."""
        block = self._blocks.get(row // BLOCK)
        return None if block is None or row % BLOCK >= len(block.page.rows) else (block, row % BLOCK)

    def fresh(self, number: int) -> Block | None:
        """A block that need not be read again."""
        return None if number in self._stale else self._blocks.get(number)

    def find(self, row_id: str) -> int | None:
        """The place of a row."""
        for number, block in self._blocks.items():
            for offset, row in enumerate(block.page.rows):
                if row[0] == row_id:
                    return number * BLOCK + offset
        return None

    def put(self, number: int, read: Block, seen: Container[int]) -> list[int]:
        """Keep what was read from block `number` on. Neighbours that do not fit it are to be read again: those that are
        `seen` stay until then and are returned, the others go."""
        parts = split(number, read)
        for one, block in parts.items():
            self._blocks[one] = block
            self._blocks.move_to_end(one)
            self._stale.discard(one)
        again = []
        last = number + len(parts) - 1
        for one, other in ((number - 1, number), (last, last + 1)):
            former, latter = self.fresh(one), self.fresh(other)
            if former is not None and latter is not None and not fit(former, latter, newer_is_former=one == last):
                neighbour = other if one == last else one
                if neighbour in seen:
                    self._stale.add(neighbour)
                    again.append(neighbour)
                else:
                    del self._blocks[neighbour]
        if len(self._blocks) > KEPT_BLOCKS:
            old = [one for one in self._blocks if one not in parts and one not in seen]
            for one in old[: len(self._blocks) - KEPT_BLOCKS]:
                self.drop(one)
        return again

    def rows_from(self, number: int, count: int) -> list[Row]:
        """The rows of so many blocks from this one on, as far as they are loaded without a gap."""
        found: list[Row] = []
        for one in range(number, number + count):
            block = self._blocks.get(one)
            if block is None or len(found) < (one - number) * BLOCK:
                break
            found += block.page.rows
        return found

    def patch(self, row: int, change: Callable[[Block, int], Block]) -> None:
        """Change a loaded row where it stands."""
        found = self.of(row)
        if found is not None:
            self._blocks[row // BLOCK] = change(*found)

    def drop(self, number: int) -> None:
        """Forget a block."""
        self._blocks.pop(number, None)
        self._stale.discard(number)

    def clear(self) -> None:
        """Forget all of them."""
        self._blocks.clear()
        self._stale.clear()

    def all_stale(self) -> None:
        """All are to be read again; until then they are shown."""
        self._stale = set(self._blocks)

    def all_fresh(self) -> None:
        """None is to be read again."""
        self._stale.clear()


def split(number: int, read: Block) -> dict[int, Block]:
    """Rows read in one go from block `number` on, block by block; where there are none, `number` alone, empty."""
    page, rows, cells = read.page, read.page.rows, read.cells
    found = {}
    for begin in range(0, max(len(rows), 1), BLOCK):
        end = begin + BLOCK
        part = replace(
            page,
            first=page.first + begin,
            rows=rows[begin:end],
            ended=page.ended and end >= len(rows),
            previous=rows[begin - 1][0] if begin else page.previous,
            next=rows[end][0] if end < len(rows) else page.next,
        )
        found[number + begin // BLOCK] = Block(part, cells[begin:end])
    return found


def differing(rows: list[Row], now: Block) -> list[range]:
    """The places of those rows that are others now than `rows`, or were not there."""
    others = list(now.page.rows)
    size = max(len(rows), len(others), 1)
    if not rows:
        return [range(size)]
    found = runs(at for at in range(size) if rows[at : at + 1] != others[at : at + 1])
    return found if len(found) <= MOST_PARTS else [range(found[0].start, found[-1].stop)]


def fit(one: Block, other: Block, *, newer_is_former: bool) -> bool:
    """Whether `other` begins right behind the end of `one`, as far as it is known: the one read later knows better."""
    former, latter = one.page, other.page
    if not former.rows or not latter.rows:
        return not latter.rows
    before = None if latter.previous is None else latter.previous == former.rows[-1][0]
    behind = None if former.next is None and not former.ended else former.next == latter.rows[0][0]
    told = (behind, before) if newer_is_former else (before, behind)
    return next((known for known in told if known is not None), True)


def runs(numbers: Iterable[int]) -> list[range]:
    """Ascending numbers, put together where they follow each other."""
    found: list[range] = []
    for number in numbers:
        if found and found[-1].stop == number:
            found[-1] = range(found[-1].start, number + 1)
        else:
            found.append(range(number, number + 1))
    return found
