"""What is on the screen, read once more: which of the rows have come and gone, and where they stand now."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import pairwise, takewhile

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.frozen import frozen
from lms_desktop.models.rows import Block, runs
from lms_desktop.models.stretches import Stretch
from lms_desktop.models.whereabouts import RowSource
from lms_desktop.services.paging import Page, Row, Want
from lms_desktop.services.positions import IdBlock, Key
from lms_desktop.spec import Query

MOST_PARTS = 4
"""Where rows have changed in more places than these, all from the first to the last are told as one."""

MOST_READS = 8
"""Where so many screens of rows have come between those seen, they are not looked for any longer."""

Run = tuple[int, int]
"""(place, n): n rows from a place on."""

Match = tuple[int, int, int]
"""(place before, place after, n): n rows that are the same in both."""


@frozen
class Window:
    """Rows read again.

    Attributes:
        place: the number of the first of them; None where that was not asked.
        ended: nothing follows them.
        anchor: the id of the row that is read, if it stands elsewhere now: the rows are those around it.
    """

    blocks: list[Block]
    ended: bool
    place: int | None = None
    anchor: str | None = None

    def holds(self, known: Mapping[Key, int], needed: int) -> bool:
        """Whether, of the rows that stood there, the first `needed` are among these or are gone. `known`: where the
        rows stood, by their keys."""
        places = [known.get(block.page.layout.key(row)) for block in self.blocks for row in block.page.rows]
        there = [place for place in places if place is not None]
        come = len(places) - len(there)
        return self.ended or max(there, default=-1) >= needed - 1 or come + needed <= len(places)

    def rows(self) -> list[Row]:
        """The rows."""
        return [row for block in self.blocks for row in block.page.rows]

    def keys(self) -> list[Key]:
        """Their keys."""
        return [block.page.layout.key(row) for block in self.blocks for row in block.page.rows]


@frozen
class Renewal:
    """Reads what is on the screen once more, on a worker: the rows from the same key on; where the row that is read
    stands elsewhere now, those around it.

    Attributes:
        want: the rows, a screen or two, from the key of one before those seen on.
        known: where the rows stood, by their keys, the first at 0; `needed`: so many of them, to the last one seen.
        anchor: the id of the row that is read; `placing`: the number of the first row is asked for.
    """

    pages: RowSource
    query: Query
    fetch: Callable[[UnitOfWork, Want], Block]
    want: Want
    known: Mapping[Key, int]
    needed: int
    anchor: str | None
    placing: bool

    def read(self, uow: UnitOfWork) -> Window:
        """Read."""
        window = self._from_the_first(uow) or self._from_key(uow)
        if self.anchor is not None and self.anchor not in {row[0] for row in window.rows()}:
            key = self.pages.key(uow, self.query, self.anchor)
            if key is not None:
                return self._around(uow, key, self.anchor)
        return window

    def _from_the_first(self, uow: UnitOfWork) -> Window | None:
        """The rows from the first of all on, where it was on the screen or right above."""
        if self.want.first > 0:
            return None
        block = self.fetch(uow, replace(self.want, at=None))
        window = Window([block], block.page.ended, place=0)
        return window if self._is_enough(window) else None

    def _from_key(self, uow: UnitOfWork) -> Window:
        """The rows from the key on, more of them where those seen may have been pushed out of them."""
        block = self.fetch(uow, self.want)
        window = Window([block], block.page.ended)
        while not self._is_enough(window) and len(window.blocks) < MOST_READS:
            size = sum(len(block.page.rows) for block in window.blocks)
            after = block.page.layout.key(block.page.rows[-1])
            block = self.fetch(uow, Want(self.want.first + size, self.want.count, after=after))
            window = Window([*window.blocks, block], block.page.ended)
        if not self.placing or self.want.at is None:
            return window
        return replace(window, place=self.pages.before(uow, self.query, self.want.at))

    def _around(self, uow: UnitOfWork, key: Key, anchor: str) -> Window:
        above = self.fetch(uow, replace(self.want, at=None, before=key))
        below = self.fetch(uow, replace(self.want, at=key))
        place = self.pages.before(uow, self.query, key) - len(above.page.rows)
        if not below.page.rows or below.page.rows[0][0] != anchor or place < 0:
            return self._from_key(uow)  # it goes on moving
        return Window([above, below], below.page.ended, place, anchor)

    def _is_enough(self, window: Window) -> bool:
        """Whether whatever was seen and is not among these rows is gone."""
        return window.holds(self.known, self.needed)


@frozen
class Mark:
    """Where somebody reads, to have the same rows there when they are shown with other columns.

    Attributes:
        want: the rows that are seen, by their number, and what leads there.
        key: the key of the first of them; `guessed`: its number was guessed.
    """

    want: Want
    key: Key
    guessed: bool

    def with_all_before(self, rows: int) -> int:
        """How many rows are read from the first of all on: so many, or, where they begin among these, all of them."""
        return max(rows, self.want.first + self.want.count) if self.want.first < rows else rows

    def read(self, fetch: Callable[[Want], Block], first: Page) -> Stretch | None:
        """Read them; None where they are among the `first` rows of all, or are gone with all that stood behind."""
        if first.ended or self.want.first < len(first.rows):
            return None
        block = self._by_number(fetch) or fetch(Want(self.want.first, self.want.count, at=self.key))
        page = block.page
        return Stretch(self.want.first, [block], ends=page.ended, guessed=self.guessed) if page.rows else None

    def _by_number(self, fetch: Callable[[Want], Block]) -> Block | None:
        """Where no index leads to a key, but their order is written down, that is quicker; None where they stand
        elsewhere."""
        if self.guessed or self.want.dated or not isinstance(self.want.positions, IdBlock):
            return None
        block = fetch(self.want)
        rows = block.page.rows
        return block if rows and block.page.layout.key(rows[0]) == self.key else None


def differing(before: Sequence[Row], after: Sequence[Row]) -> list[range]:
    """The places of those rows that are others than they were, or were not there."""
    found = runs(at for at in range(max(len(before), len(after))) if before[at : at + 1] != after[at : at + 1])
    return found if len(found) <= MOST_PARTS else [range(found[0].start, found[-1].stop)]


def shifts(before: Sequence[Key], after: Sequence[Key], known: int) -> tuple[list[Run], list[Run]]:
    """Which rows are gone, by their places in `before`, and which have come, by theirs in `after`, when both were read
    from the same place on. Keys end with the row's id.

    Of the first `known` rows of `before`, those that are not in `after` are gone; of the others behind the last row
    that is in both nothing is known. Behind the last one with the key that it had, a row that has another one by now
    may have passed rows that nobody has read: it is gone, unless nothing came before it.
    """
    matched = _aligned(before, after)
    gone: list[Run] = []
    come: list[Run] = []
    for (a, b, size), (next_a, next_b, _) in pairwise(matched):
        gone += [(a + size, next_a - a - size)] if next_a > a + size else []
        come += [(b + size, next_b - b - size)] if next_b > b + size else []
    end = matched[-1][0] + matched[-1][2]
    return gone + ([(end, known - end)] if known > end else []), come


def _aligned(before: Sequence[Key], after: Sequence[Key]) -> list[Match]:
    """What is in both, after nothing at the beginning: the rows that have the key that they had, which stand in the
    same order; between two of them those that have another one; behind the last one what follows it without a gap."""
    ids, now = [key[-1] for key in before], [key[-1] for key in after]
    found: list[Match] = [(0, 0, 0)]
    for a, b, size in _matched(before, after):
        end, end_now = found[-1][0] + found[-1][2], found[-1][1] + found[-1][2]
        between = _matched(ids[end:a], now[end_now:b])
        found += [*((end + at, end_now + at_now, number) for at, at_now, number in between), (a, b, size)]
    end, end_now = found[-1][0] + found[-1][2], found[-1][1] + found[-1][2]
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(ids[end:], now[end_now:], strict=False)))
    return [*found, (end, end_now, same)] if same else found


def _matched(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[Match]:
    matches = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return [(match.a, match.b, match.size) for match in matches if match.size]
