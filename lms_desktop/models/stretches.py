"""The rows that a table has loaded: stretches of them that follow each other without a gap."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

from lms_desktop.models.rows import Block
from lms_desktop.services.paging import Row
from lms_desktop.services.positions import Key

KEPT = 2000
"""Rows kept in memory, forty screens and 5 MB: those around the rows that are seen, and the latest seen elsewhere."""
REACH = 2
"""So many screens beside a stretch, rows are fetched on from its edge: who goes there has scrolled, not jumped."""


class Stretch:
    """Rows that follow each other. All but the first ones were fetched from the key of the row beside them on, and so,
    of the rows that were there all the time, none is missing among them and none is told twice, whatever others do.

    Attributes:
        first: the place of the first row, which is a number put on it: it is corrected when more is known.
        ends: it is known that nothing follows the last row.
        guessed: the place was guessed.
    """

    def __init__(self, first: int, blocks: list[Block], *, ends: bool = False, guessed: bool = False) -> None:
        self.first, self.ends, self.guessed = first, ends, guessed
        self._blocks = [block for block in blocks if block.page.rows]
        self._starts: list[int] = []
        self._measure()

    def __len__(self) -> int:
        return self._starts[-1]

    @property
    def end(self) -> int:
        """The place behind the last row."""
        return self.first + len(self)

    def of(self, row: int) -> tuple[Block, int] | None:
        """The block of the row at a place and its number in it; None where it is not loaded."""
        at = row - self.first
        if not 0 <= at < len(self):
            return None
        number = bisect_right(self._starts, at) - 1
        return self._blocks[number], at - self._starts[number]

    def row(self, row: int) -> Row:
        """The row at a place of it."""
        found = self.of(row)
        assert found is not None
        return found[0].page.rows[found[1]]

    def key(self, row: int) -> Key:
        """The key of the row at a place of it."""
        return self._blocks[0].page.layout.key(self.row(row))

    def rows(self, first: int, end: int) -> list[Row]:
        """The rows from a place on, before another."""
        begin = max(first, self.first)
        return [row for _, row in islice(self._from(begin), max(min(end, self.end) - begin, 0))]

    def keys(self, first: int) -> dict[Key, int]:
        """How far behind a place the rows stand, by their keys."""
        return {block.page.layout.key(row): place for place, (block, row) in enumerate(self._from(first))}

    def find(self, row_id: str | None) -> int | None:
        """The place of a row."""
        rows = (row for block in self._blocks for row in block.page.rows)
        return next((self.first + at for at, row in enumerate(rows) if row[0] == row_id), None)

    def append(self, block: Block) -> None:
        """These rows follow."""
        if block.page.rows:
            self._blocks.append(block)
            self._measure()

    def prepend(self, block: Block) -> None:
        """These rows stand before."""
        if block.page.rows:
            self._blocks.insert(0, block)
            self.first -= len(block.page.rows)
            self._measure()

    def patch(self, row: int, change: Callable[[Block, int], Block]) -> None:
        """Change a row where it stands."""
        found = self.of(row)
        if found is not None:
            self._blocks[bisect_right(self._starts, row - self.first) - 1] = change(*found)

    def remove(self, row: int) -> None:
        """The row at a place is not there any more."""
        self.patch(row, _without)
        self._blocks = [block for block in self._blocks if block.page.rows]
        self._measure()

    def cut(self, end: int) -> None:
        """Forget the rows from a place on."""
        left = max(end - self.first, 0)
        parts = zip(self._blocks, self._starts, strict=False)
        self._blocks = [block.cut(left - start) for block, start in parts if start < left]
        self._measure()

    def let_go(self, seen: int) -> None:
        """Forget the block that is furthest from the row that is seen."""
        if abs(seen - self.first) > abs(self.end - seen):
            self.first += len(self._blocks.pop(0).page.rows)
        else:
            self._blocks.pop()
            self.ends = False
        self._measure()

    def _from(self, first: int) -> Iterator[tuple[Block, Row]]:
        """The rows from a place on. Block by block: thousands of them, looked up one by one, take a millisecond."""
        for block, start in zip(self._blocks, self._starts, strict=False):
            if start + len(block.page.rows) > first - self.first:
                for row in block.page.rows[max(first - self.first - start, 0) :]:
                    yield block, row

    def _measure(self) -> None:
        self._starts = [0]
        for block in self._blocks:
            self._starts.append(self._starts[-1] + len(block.page.rows))


class Stretches:
    """All that is loaded. Places are certain within a stretch alone: of two, one goes where they would meet, and when
    places are put right, all but the one that is read go.

    Attributes:
        here: the stretch that is read.
    """

    def __init__(self) -> None:
        self.here: Stretch | None = None
        self._others: list[Stretch] = []

    def of(self, row: int) -> tuple[Block, int] | None:
        """The block of a row and its number in it; None where it is not loaded."""
        for stretch in self._all():
            found = stretch.of(row)
            if found is not None:
                return found
        return None

    def stretch(self, row: int) -> Stretch | None:
        """The stretch that a row is in; None where it is not loaded."""
        return next((one for one in self._all() if one.of(row) is not None), None)

    def find(self, row_id: str) -> int | None:
        """The place of a row."""
        return next((row for stretch in self._all() if (row := stretch.find(row_id)) is not None), None)

    def patch(self, row: int, change: Callable[[Block, int], Block]) -> None:
        """Change a loaded row where it stands."""
        stretch = self.stretch(row)
        if stretch is not None:
            stretch.patch(row, change)

    def within(self, first: int, last: int) -> list[range]:
        """The places of the loaded rows among (first … last), in their order."""
        parts = (range(max(one.first, first), min(one.end, last + 1)) for one in self._all())
        return sorted(filter(None, parts), key=lambda part: part.start)

    def go(self, first: int, last: int) -> bool:
        """The rows (first … last) are seen: whether a stretch is there or near; it is the one that is read then."""
        reach = REACH * (last + 1 - first)
        for stretch in self._all():
            if len(stretch) and first - reach < stretch.end and stretch.first < last + 1 + reach:
                self._read(stretch)
                return True
        return False

    def put(self, stretch: Stretch) -> None:
        """Another stretch is read."""
        self._read(stretch)
        self.part()

    def part(self) -> None:
        """Forget what the stretch that is read has come to."""
        here = self.here
        if here is not None:
            self._others = [one for one in self._others if one.end < here.first or here.end < one.first]

    def bound(self, seen: int) -> None:
        """Forget what is too much, the rows that were not seen for the longest time first."""
        here = self.here
        while self._others and sum(len(stretch) for stretch in self._all()) > KEPT:
            self._others.pop()
        while here is not None and len(here) > KEPT:
            here.let_go(seen)

    def cut(self, end: int) -> None:
        """Forget what stands from a place on."""
        self._others = [one for one in self._others if one.end <= end]
        if self.here is not None and self.here.end > end:
            self.here.cut(end)
        if self.here is not None and not len(self.here):
            self.here = None  # its place would be taken for that of rows

    def alone(self) -> None:
        """Forget all but the one that is read."""
        self._others.clear()

    def clear(self) -> None:
        """Forget all."""
        self.here = None
        self._others.clear()

    def _read(self, stretch: Stretch) -> None:
        if stretch is not self.here:
            former = [] if self.here is None else [self.here]
            self._others = [*former, *(one for one in self._others if one is not stretch)]
            self.here = stretch

    def _all(self) -> list[Stretch]:
        return self._others if self.here is None else [self.here, *self._others]


def _without(block: Block, at: int) -> Block:
    rows, cells = block.page.rows, block.cells
    page = replace(block.page, rows=(*rows[:at], *rows[at + 1 :]))
    return replace(block, page=page, cells=(*cells[:at], *cells[at + 1 :]))
