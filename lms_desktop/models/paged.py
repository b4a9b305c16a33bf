"""The rows of one query, fetched in pages as they are wanted, never all of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QTimer, Signal

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.errors import ExplainedError
from lms_desktop.models.blocks import BLOCK, Blocks, differing, runs, split
from lms_desktop.models.desk import Desk, Job
from lms_desktop.models.following import Follower, shifts
from lms_desktop.models.render import render_rows
from lms_desktop.models.rows import Block, RowView, view_of
from lms_desktop.models.whereabouts import NEAR, RowSource, Whereabouts
from lms_desktop.services.paging import Layout, Want
from lms_desktop.spec import Catalog, Computed, EntityAdmin, Field, Query

FAR = 1000
"""Blocks behind this one are far from the first row: nothing is counted from there to them on a screen's time."""
SCREEN = 6
"""Blocks fetched first where no view has said yet that it shows more."""
AHEAD_MS = 20
"""So many milliseconds after a scroll the rows are fetched that it will reach next, if nothing else is under way."""

T = TypeVar("T")
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class PagedModel(QAbstractTableModel):
    """Rows × columns of one query. Rows are fetched in blocks when a view says which it shows (`want`).

    Attributes:
        admin: the declaration of the entity shown.
        query: what is shown now; `fields` are its columns.
        total: the number of rows, `exact` or about.
        where: counts them and finds what leads to any place.
        follower: keeps it up with what others save.

    Signals:
        arrived(): rows came or changed; the first ones of a new query too.
        counted(): `total` or `exact` changed.
        failed(object): a page could not be read; an error of `lms_desktop.errors`.
        working(bool): pages are being read.
        placed(): what leads to any place is known, see `anywhere`.
    """

    arrived = Signal()
    counted = Signal()
    failed = Signal(object)
    working = Signal(bool)
    placed = Signal()

    def __init__(
        self, desk: Desk, catalog: Catalog, pages: RowSource, query: Query, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.desk, self.catalog, self.pages = desk, catalog, pages
        self.admin: EntityAdmin = catalog[query.entity]
        self.query = query
        self.fields: tuple[Field | Computed, ...] = self.admin.columns
        self.total, self.exact, self.loaded = 0, False, False
        self._pending: tuple[Query, tuple[Field | Computed, ...]] | None = None
        self._blocks = Blocks()
        self._jobs: dict[int, Job | None] = {}
        self._ahead: tuple[range, Job | None] | None = None
        self._next = range(0)
        self._soon = QTimer(self, singleShot=True, interval=AHEAD_MS)
        self._soon.timeout.connect(self._fetch_ahead)
        self._guessed = self._renewed = False
        self._places_by: Literal["keys", "places", "positions"] = "keys"
        self._generation = 0
        self._layout: Layout | None = None
        self._visible = (0, 0)
        self.where = Whereabouts(desk, pages, query, self)
        self.where.exactly.connect(lambda found: self._set_total(found, exact=True))
        self.where.found.connect(self._placed)
        self.follower = Follower(self)
        self.follower.moved.connect(self._followed)

    # What is shown

    def show(self, query: Query, columns: tuple[str, ...] | None = None) -> None:
        """Show another query or other columns. What is on the screen stays until the first rows of it are there."""
        fields = self.fields if columns is None else tuple(self.admin.field(key) for key in columns)
        self._cancel()
        self._pending = (query, fields)
        self._blocks.all_fresh()
        generation, first = self._generation, Want(0, max(len(self._seen_blocks()), SCREEN) * BLOCK)

        def work(uow: UnitOfWork) -> tuple[Block, int | None]:
            block = _block(self.pages, uow, query, fields, first)
            return block, None if block.page.ended else self.pages.estimate(uow, query)

        def arrived(found: tuple[Block, int | None]) -> None:
            if generation != self._generation:
                return
            self._jobs.pop(0, None)
            self._begin(query, fields, *found)

        self._jobs[0] = None
        self._read(generation, work, range(1), arrived)

    def refresh(self, *, count: bool = True) -> None:
        """Read again what is on the screen, and, unless it is known to be the same, the `count`; nothing disappears
        meanwhile."""
        if self._pending is not None or not self.loaded:
            query, fields = self._pending or (self.query, self.fields)
            self.show(query, tuple(field.key for field in fields))
            return
        if not count:
            self._cancel_reading()
            self._blocks.all_stale()
            self.want(*self._visible)
            return
        self._cancel()
        self._blocks.all_stale()
        self.want(*self._visible)
        self.count()

    def want(self, first: int, last: int) -> None:
        """Say which rows a view shows: they are fetched, others that are on their way are given up."""
        before, self._visible = self._visible, (first, last)
        if not self.loaded or (self._pending is not None and 0 in self._jobs):
            return
        wanted = self._seen_blocks()
        given_up = [self._jobs.pop(number) for number in list(self._jobs) if number not in wanted]
        still = list(self._jobs.values())
        for job in given_up:
            if job is not None and job not in still:
                job.cancel()
        self._take_ahead(wanted)
        for run in runs([n for n in wanted if self._blocks.fresh(n) is None and n not in self._jobs]):
            self._fetch(run)
        self._look_ahead(first - before[0], wanted)
        self.working.emit(bool(self._jobs))

    def _seen_blocks(self) -> range:
        first, last = self._visible
        return range(max(first, 0) // BLOCK, min(max(last, 0), max(self.total - 1, 0)) // BLOCK + 1)

    @property
    def anywhere(self) -> bool:
        """Whether any place is reached at once, and exactly."""
        return self.loaded and (self.where.positions is not None or (self.exact and self.total <= NEAR))

    # Rows

    def row(self, row: int) -> RowView | None:
        """A loaded row; None while it is not."""
        found = self._blocks.of(row)
        return None if found is None else view_of(found[0].page.rows[found[1]], found[0].page.layout)

    def row_id(self, row: int) -> str | None:
        """The id of a loaded row."""
        found = self._blocks.of(row)
        return None if found is None else found[0].page.rows[found[1]][0]

    def find(self, row_id: str) -> int | None:
        """The place of a row among those loaded."""
        row = self._blocks.find(row_id)
        return row if row is not None and row < self.total else None

    # Following others

    @property
    def visible(self) -> tuple[int, int]:
        """(first, last) row that a view shows."""
        return self._visible

    @property
    def generation(self) -> int:
        """Another number each time that other rows are asked for."""
        return self._generation

    @property
    def block_size(self) -> int:
        """Rows fetched at once."""
        return BLOCK

    def is_reading(self) -> bool:
        """Whether rows are on their way."""
        return bool(self._jobs) or self._pending is not None

    def is_counting(self) -> bool:
        """Whether the rows are being counted."""
        return self.where.is_counting()

    def count(self) -> None:
        """Count the rows again."""
        self.where.count()

    def reader(self) -> Callable[[UnitOfWork, range], dict[int, Block]]:
        """What reads blocks of what is shown now, that follow each other, by their place, on a worker."""
        pages, query, fields = self.pages, self.query, self.fields
        positions, layout, by = self.where.positions, self._layout, self._places_by
        firsts = {n: block.page.rows[0] for n in self._blocks if (block := self._blocks.get(n)) and block.page.rows}

        def read(uow: UnitOfWork, numbers: range) -> dict[int, Block]:
            first = numbers[0]
            want = Want(first * BLOCK, len(numbers) * BLOCK)
            if by == "positions":
                want = replace(want, positions=positions)
            elif by == "keys" and first > FAR and layout is not None and first in firsts:
                # Who came before them moves no row that is seen, and what leads to their place may be older than they.
                want = replace(want, at=layout.key(firsts[first]))
            return split(first, _block(pages, uow, query, fields, want))

        return read

    def placer(self) -> Callable[[UnitOfWork, str], int | None]:
        """What asks for a row's place, on a worker."""
        pages, query = self.pages, self.query
        return lambda uow, row_id: pages.position(uow, query, row_id)

    def renew(self, blocks: dict[int, Block]) -> None:
        """Show these blocks, which follow each other, in place of what was shown, and move the rows behind them along:
        what is selected and current stays with its rows."""
        start, before = self._loaded_around(min(blocks, default=0))
        after = [row[0] for number in sorted(blocks) for row in blocks[number].page.rows]
        begin = min(blocks, default=0) * BLOCK
        moves = shifts(start, before, begin, after)
        if moves or self._places_by != "keys":
            self._blocks.clear()  # their rows are not in their places any more
        for at, number in reversed(moves):
            self._move(at, number)
        self._blocks.all_stale()
        for number, block in sorted(blocks.items()):
            self._store(range(number, number + 1), block)

    def _loaded_around(self, number: int) -> tuple[int, list[str | None]]:
        """The first row and the ids of the loaded blocks that are seen, those that follow each other."""
        first = max(self._visible[0], 0) // BLOCK
        start = first if first in self._blocks else number
        ids: list[str | None] = []
        number = start
        while number in self._blocks and number <= max(self._visible[1], 0) // BLOCK:
            block = self._blocks.get(number)
            rows = () if block is None else block.page.rows
            ids += [row[0] for row in rows[: max(self.total - number * BLOCK, 0)]]
            if len(rows) < BLOCK:
                break
            number += 1
        return start * BLOCK, ids

    def _move(self, at: int, number: int) -> None:
        at = min(at, self.total)
        if number > 0:
            self.beginInsertRows(_NOWHERE, at, at + number - 1)
            self.total += number
            self.endInsertRows()
        elif (gone := min(-number, self.total - at)) > 0:
            self.beginRemoveRows(_NOWHERE, at, at + gone - 1)
            self.total -= gone
            self.endRemoveRows()

    # Fetching

    def _read(self, generation: int, work: Callable[[UnitOfWork], T], run: range, arrived: Callable[[T], None]) -> None:
        def failed(error: ExplainedError) -> None:
            if generation == self._generation:
                self._ended(run)
                self.working.emit(bool(self._jobs))
                self.failed.emit(error)

        self.working.emit(True)
        job = self.desk.read(work, done=arrived, failed=failed, owner=self, label=self.admin.plural)
        if generation == self._generation:
            self._jobs.update({number: job for number in run if number in self._jobs})

    def _ended(self, run: range) -> bool:
        """A read has ended: whether it was still waited for."""
        waited_for = [number for number in run if number in self._jobs]
        for number in waited_for:
            del self._jobs[number]
        return bool(waited_for)

    def _fetch(self, run: range, *, by_place: bool = False) -> None:
        """Fetch blocks that follow each other, from their neighbours' keys unless `by_place`."""
        generation = self._generation

        def arrived(block: Block) -> None:
            if generation == self._generation:
                self._ended(run)
                self._store(run, block)

        query, fields, want = self.query, self.fields, self._wanted(run, by_place=by_place)
        self._jobs.update(dict.fromkeys(run))
        self._read(generation, lambda uow: _block(self.pages, uow, query, fields, want), run, arrived)

    def _wanted(self, run: range, *, by_place: bool = False) -> Want:
        """How blocks are to be read."""
        first, last = run[0], run[-1]
        positions = self.where.positions
        want = Want(first * BLOCK, len(run) * BLOCK, positions=positions, roughly=positions is None and first > FAR)
        layout = self._layout
        if by_place or layout is None:
            return want
        before, after = self._blocks.fresh(first - 1), self._blocks.fresh(last + 1)
        if self.exact:
            want = replace(want, total=self.total)
        if before is not None and len(before.page.rows) == BLOCK:
            return replace(want, after=layout.key(before.page.rows[-1]), roughly=False)
        if after is not None and after.page.rows:
            return replace(want, before=layout.key(after.page.rows[0]), roughly=False)
        self._guessed = self._guessed or want.roughly
        return want

    # Ahead of who scrolls

    def _look_ahead(self, way: int, wanted: range) -> None:
        """Have a screenful of blocks fetched that follows in the direction of the scroll, soon after its first step."""
        if not way or abs(way) > 2 * len(wanted) * BLOCK:
            self._soon.stop()
            return
        end = -(-self.total // BLOCK)
        begin = wanted.stop if way > 0 else max(wanted.start - len(wanted), 0)
        self._next = range(begin, min(begin + len(wanted), end) if way > 0 else wanted.start)
        if not self._soon.isActive() and any(self._blocks.fresh(number) is None for number in self._next):
            self._soon.start()

    def _fetch_ahead(self) -> None:
        generation = self._generation
        if self.is_reading() or self._ahead is not None:
            self._soon.start()
            return
        missing = runs([number for number in self._next if self._blocks.fresh(number) is None])
        if not missing or not self.loaded:
            return
        run = (
            missing[0] if missing[0].start >= self._seen_blocks().stop else missing[-1]
        )  # what is nearest to what is seen
        want = self._wanted(run)

        def ended() -> bool:
            """Whether it is still waited for."""
            if self._ahead is not None and self._ahead[0] == run:
                self._ahead = None
                return True
            return generation == self._generation and self._ended(run)

        def arrived(block: Block) -> None:
            if ended():
                self._store(run, block)

        def failed(error: ExplainedError) -> None:
            if ended() and set(run) & set(self._seen_blocks()):
                self.working.emit(bool(self._jobs))
                self.failed.emit(error)

        self._ahead = (run, None)
        query, fields = self.query, self.fields
        job = self.desk.read(
            lambda uow: _block(self.pages, uow, query, fields, want),
            done=arrived,
            failed=failed,
            owner=self,
            background=True,
        )
        if self._ahead is not None:
            self._ahead = (run, job)

    def _take_ahead(self, wanted: range) -> None:
        """What was to be fetched ahead is seen now: where it is under way it is waited for, where it waits itself it is
        fetched anew with all that is seen."""
        if self._ahead is None:
            return
        run, job = self._ahead
        missing = [number for number in run if number in wanted and self._blocks.fresh(number) is None]
        if missing and job is not None and job.state == "running":
            self._ahead = None
            self._jobs.update(dict.fromkeys(missing, job))
        elif missing or not wanted.start - 2 * len(wanted) < run.start < wanted.stop + len(wanted):
            self._forget_ahead()

    def _forget_ahead(self) -> None:
        if self._ahead is not None and self._ahead[1] is not None:
            self._ahead[1].cancel()
        self._ahead = None

    def _begin(self, query: Query, fields: tuple[Field | Computed, ...], block: Block, about: int | None) -> None:
        """The first rows of a new query are there, of `about` so many: show them in place of the old."""
        counted = self.exact and self.total > NEAR and replace(query, sorts=self.query.sorts) == self.query
        known = self.total if counted else None
        self.beginResetModel()
        self.query, self.fields, self._layout = query, fields, block.page.layout
        self._pending, self._guessed, self._renewed, self._places_by = None, False, False, "keys"
        self._blocks = Blocks()
        self._blocks.put(0, block, ())
        self.loaded, self.exact = True, block.page.ended or counted
        self.total = len(block.page.rows) if block.page.ended else known or max(len(block.page.rows), about or 0)
        self.endResetModel()
        self.arrived.emit()
        self.counted.emit()
        self.working.emit(bool(self._jobs))
        self.where.begin(query, known)
        if not block.page.ended:
            self.where.look()

    def _store(self, run: range, block: Block) -> None:
        """These blocks, read in one go, are there."""
        number = run[0]
        first, rows = number * BLOCK, len(block.page.rows)
        if not block.page.ended and rows < len(run) * BLOCK and first + rows < self.total:
            self._fetch(run, by_place=True)  # rows before it were deleted meanwhile: its key is no longer its place
            return
        if block.page.ended and not block.page.rows and number:
            self._nothing_at(number)
            return
        others = differing(self._blocks.rows_from(number, len(run)), block)
        again = self._blocks.put(number, block, self._seen_blocks())
        if block.page.ended:
            self._set_total(first + rows, exact=True)
        elif block.page.next is not None and first + rows >= self.total:
            self._more_than_counted(first + rows + 1)
        for part in others:
            begin, last = first + part.start, min(first + part.stop, self.total) - 1
            if last >= begin:
                self.dataChanged.emit(self.index(begin, 0), self.index(last, self.columnCount() - 1))
        if number == 0 and again:  # there are more rows, or fewer, before those that are seen
            self._places_by = "places"
            self.follower.look_again()
        else:
            for neighbour in again:
                if neighbour not in self._jobs:
                    self._fetch(range(neighbour, neighbour + 1))
        self.arrived.emit()
        self.working.emit(bool(self._jobs))

    def _more_than_counted(self, total: int) -> None:
        """More rows follow than there should be: rows before them are gone, or these have come. The count tells how
        many there are, and the follower brings what is seen to its places."""
        self._set_total(total, exact=False)
        self._places_by = "places"
        self.follower.look_again()

    def _nothing_at(self, number: int) -> None:
        """The last row is somewhere before this block: where, the count tells."""
        self._blocks.drop(number)
        self.working.emit(bool(self._jobs))
        if self.total > number * BLOCK:
            self._set_total(number * BLOCK, exact=False)
            self.count()

    def _placed(self) -> None:
        """Any place is known: what was read by a guess comes to its own, without moving under the eye."""
        positions = self.where.positions
        if positions is not None and not self.exact:
            self._set_total(positions.total, exact=True)
        if self._guessed or self._renewed:
            self._places_by = "positions"
            self.follower.place()
        self._renewed = True
        self.placed.emit()

    def _followed(self) -> None:
        positions, by = self.where.positions, self._places_by
        self._guessed, self._places_by = self._guessed and by != "positions", "keys"
        if by == "positions" and positions is not None:
            self._set_total(positions.total, exact=True)

    def _set_total(self, total: int, *, exact: bool) -> None:
        if total > self.total:
            self.beginInsertRows(_NOWHERE, self.total, total - 1)
            self.total = total
            self.endInsertRows()
        elif total < self.total:
            self.beginRemoveRows(_NOWHERE, total, self.total - 1)
            self.total = total
            for number in [n for n in self._blocks if n * BLOCK >= total and n]:
                self._blocks.drop(number)
            self.endRemoveRows()
        self.exact = exact
        self.counted.emit()

    def _cancel_reading(self) -> None:
        self._generation += 1
        for job in self._jobs.values():
            if job is not None:
                job.cancel()
        self._jobs.clear()
        self._soon.stop()
        self._forget_ahead()

    def _cancel(self) -> None:
        self._cancel_reading()
        self.where.cancel()

    # Qt

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Override QAbstractItemModel::rowCount."""
        return 0 if parent.isValid() else self.total

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Override QAbstractItemModel::columnCount."""
        return 0 if parent.isValid() else len(self.fields)


def _block(pages: RowSource, uow: UnitOfWork, query: Query, fields: tuple[Field | Computed, ...], want: Want) -> Block:
    page = pages.fetch(uow, query, tuple(field.key for field in fields), want)
    return Block(page, render_rows(fields, page.layout, page.rows, query.zone))
