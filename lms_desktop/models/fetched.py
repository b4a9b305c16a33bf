"""The rows of one query, fetched as they are wanted, never all of them.

Whoever reads on from where she stands, downwards or upwards, is shown each row that was there all the time exactly
once and in its order, whatever others write meanwhile: rows beside loaded ones are fetched from the key of the row at
the edge, never by their number. A number is only put on them, and put right where more is known, the rows on the screen
staying where they are. By number rows are fetched where nobody has been: that is where another reading begins.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.errors import ExplainedError
from lms_desktop.models.desk import Desk
from lms_desktop.models.numbered import NumberedRows
from lms_desktop.models.render import render_rows
from lms_desktop.models.renewing import Mark
from lms_desktop.models.requests import Requests
from lms_desktop.models.rows import Block
from lms_desktop.models.stretches import REACH, Stretch, Stretches
from lms_desktop.models.whereabouts import NEAR, RowSource, Whereabouts
from lms_desktop.services.paging import Want
from lms_desktop.services.positions import Key
from lms_desktop.spec import Catalog, Computed, EntityAdmin, Field, Query

SCREEN = 60
"""Rows fetched first where no view has said yet how many it shows."""
LEAST = 50
"""So many are fetched first though a view shows fewer: the record that is shown is mostly among them."""
STEP = 10
"""Beside those that are loaded, rows are fetched so many at a time."""
AHEAD_MS = 20
"""So many milliseconds after a scroll the rows are fetched that it will reach next, if nothing else is under way."""


class FetchedRows(NumberedRows):
    """Rows × columns of one query. Rows are fetched when a view says which it shows (`want`).

    Attributes:
        admin: the declaration of the entity shown.
        query: what is shown now.
        where: counts them and finds what leads to any place.
        estimated: somebody has said about how many there are; else there may be any number beside those loaded.

    Signals:
        failed(object): a page could not be read; an error of `lms_desktop.errors`.
        working(bool): pages are being read.
    """

    failed = Signal(object)
    working = Signal(bool)

    def __init__(
        self, desk: Desk, catalog: Catalog, pages: RowSource, query: Query, parent: QObject | None = None
    ) -> None:
        self.admin: EntityAdmin = catalog[query.entity]
        super().__init__(self.admin.columns, parent)
        self.desk, self.catalog, self.pages = desk, catalog, pages
        self.query, self.loaded = query, False
        self._pending: tuple[Query, tuple[Field | Computed, ...]] | None = None
        self._unreadable = False
        self._requests = Requests(desk, self, self.admin.plural)
        self._jump, self._screen = (0, 0), 0
        self._way = 0
        self._guessed = self.estimated = False
        self._soon = QTimer(self, singleShot=True, interval=AHEAD_MS)
        self._soon.timeout.connect(self._fetch_ahead)
        self.where = Whereabouts(desk, pages, query, self)
        self.where.exactly.connect(self._count_told)

    # What is shown

    def show(
        self,
        query: Query,
        columns: tuple[str, ...] | None = None,
        *,
        before: Callable[[UnitOfWork], object] | None = None,
    ) -> None:
        """Show another query or other columns. What is on the screen stays until the first rows of it are there.
        `before` is done on the worker before it reads them. Of the same query the rows that are seen are read as well:
        they stay in their places."""
        fields = self.fields if columns is None else tuple(self.admin.field(key) for key in columns)
        self._cancel_reading()
        self.where.cancel()
        self._pending, self._unreadable = (query, fields), False
        fetch, pages = self._fetcher(query, fields), self.pages
        mark = self._mark() if self.loaded and query == self.query else None
        rows = max(self._screen, LEAST) if self._screen else SCREEN
        want = Want(0, rows if mark is None else mark.with_all_before(rows))

        def work(uow: UnitOfWork) -> tuple[Block, int | None, Stretch | None]:
            if before is not None:
                before(uow)
            block = fetch(uow, want)
            about = None if block.page.ended else pages.estimate(uow, query)
            return block, about, None if mark is None else mark.read(partial(fetch, uow), block.page)

        self.working.emit(True)
        self._requests.ask("show", work, lambda found: self._begin(query, fields, *found), self._show_refused)

    @property
    def pending(self) -> Query | None:
        """The query whose first rows are waited for, or could not be read; None where what is shown is all there is."""
        return None if self._pending is None else self._pending[0]

    @property
    def awaited(self) -> Query | None:
        """The query whose first rows are waited for."""
        return None if self._unreadable else self.pending

    def give_up(self) -> None:
        """Wait no longer for another query, or, where none is waited for, for rows: what is shown stays."""
        if self._pending is None:
            self._requests.cancel_awaited()
            self.working.emit(False)
            return
        self._pending = None
        self._requests.cancel("show")
        self.working.emit(self._requests.awaited)
        self._take_up()

    def _take_up(self) -> None:
        """Go on with what is shown, of which all reading was given up for another query."""
        if self.loaded:
            self._fetch_missing()
            if not self.anywhere:
                self.where.look()

    def _show_refused(self, error: ExplainedError, awaited: bool) -> None:
        self._unreadable = True
        self._refused(error, awaited)
        if self._unreadable:  # nobody has tried once more by now
            self._take_up()

    def want(self, first: int, last: int) -> None:
        """Say which rows a view shows: they are fetched, others that are on their way are given up."""
        before, self._visible = self._visible, (first, last)
        self._screen = max(self._screen, last + 1 - first)
        if self.loaded and "show" not in self._requests:
            self._fetch_missing()
            self._look_ahead(first - before[0])
            self.working.emit(self._requests.awaited)

    @property
    def anywhere(self) -> bool:
        """Whether any place is reached at once, and exactly."""
        return self.loaded and (self.where.positions is not None or (self.exact and self.total <= NEAR))

    def is_reading(self) -> bool:
        """Whether rows are on their way."""
        return self._requests.awaited

    def is_counting(self) -> bool:
        """Whether the rows are being counted."""
        return self.where.is_counting()

    def count(self) -> None:
        """Count the rows again."""
        self.where.count()

    # Fetching

    def reader(self) -> Callable[[UnitOfWork, Want], Block]:
        """What reads rows of what is shown, on a worker, beside everything else."""
        fetch, led = self._fetcher(self.query, self.fields), self._led(Want(0, 0))
        positions, dated, total = led.positions, led.dated, self.total if self.exact else None
        return lambda uow, want: fetch(uow, replace(want, positions=positions, dated=dated, total=total))

    def _led(self, want: Want) -> Want:
        """The same, with what leads there."""
        return replace(want, positions=self.where.positions, dated=self._is_dated())

    def _mark(self) -> Mark | None:
        """Where somebody reads; None where that is at the first row, or where none is loaded."""
        first, last = self._seen()
        row = next(self.loaded_within(first, last), 0)
        found = self._rows.stretch(row)
        if not row or found is None:
            return None
        led = self._led(Want(row, last + 1 - row, total=self.total if self.exact else None))
        return Mark(led, found.key(row), guessed=found.guessed)

    def _is_dated(self) -> bool:
        """Whether what leads to the places leads to others by now, and where the rows stand is soon told without: not
        in an order that would be worked out for all of them."""
        sorts = self.query.sorts or self.admin.sorts
        if any(isinstance(self.admin.field(sort.key), Computed) for sort in sorts):
            return False
        return self.where.is_dated(self.total)

    def _fetcher(self, query: Query, fields: tuple[Field | Computed, ...]) -> Callable[[UnitOfWork, Want], Block]:
        """What reads rows of a query, on a worker."""
        pages, keys = self.pages, tuple(field.key for field in fields)

        def fetch(uow: UnitOfWork, want: Want) -> Block:
            page = pages.fetch(uow, query, keys, want)
            return Block(page, render_rows(fields, page.layout, page.rows, query.zone))

        return fetch

    def _fetch_missing(self) -> None:
        """Fetch what is seen and not loaded."""
        first, last = self._seen()
        if last < first:
            return
        former, found = self._rows.here, self._rows.go(first, last)
        here = self._rows.here
        if here is not former or not found:
            self._requests.cancel("down", "up")
        if here is None or not found:
            self._jump_to(first, last)
            return
        self._requests.cancel("jump")
        if last >= here.end and not here.ends:
            self._extend("down", last + 1 - here.end)
        if first < here.first:
            self._extend("up", here.first - first)

    def _go_on_from(self, seen: Stretch) -> None:
        """The rows that are seen are shown with other columns."""
        self._meet_end(seen, seen.ends)

    def _jump_to(self, first: int, last: int) -> None:
        """Fetch rows by their number: those that are seen, and no more. Beside some of them that are on their way the
        others are fetched when these have come: who scrolls on faster than rows come sees some all the same."""
        begin, end = self._jump
        if "jump" in self._requests and begin <= last and first < end:
            return
        roughly = self.where.positions is None and first > NEAR
        # The last rows are those before the end, however many rows there are.
        total = self.total if self.exact or last + STEP >= self.total else None
        self._jump = (first, last + 1)
        want = Want(first, last + 1 - first, total=total, roughly=roughly)
        about = total is not None and not self.exact
        self._ask("jump", want, lambda block: self._arrive(first, block, guessed=about or block.page.guessed))

    def _arrive(self, begin: int, block: Block, *, guessed: bool) -> None:
        """Rows came that were fetched by their number, which may be `guessed`: another stretch is read from now on."""
        if not block.page.rows:
            if self.total > begin:  # the last row is somewhere before: where, the count tells
                self._end_at(begin, exact=begin == 0)
                self.count()
            return
        self._guessed = self._guessed or guessed
        here = Stretch(begin, [block], guessed=guessed)
        self._rows.put(here)
        if block.page.begun and begin and here.end > self.total:  # fewer were counted meanwhile
            self._rows.alone()
            here.first = 0
        elif block.page.begun and begin:
            with self._moving():
                self._shift(-begin)
        self._settle(here, block.page.ended, here.first, here.end)

    def _extend(self, way: str, rows: int, *, background: bool = False) -> None:
        """Fetch so many rows or a few more beside the stretch that is read, from the key at its edge on."""
        here = self._rows.here
        if here is None or (not background and self._requests.hurry(way)):
            return
        size, total = rows + STEP - 1 - (rows - 1) % STEP, self.total if self.exact else None
        if way == "down":
            key = here.key(here.end - 1)
            want = Want(here.end, size, after=key, total=total)
        else:
            key = here.key(here.first)
            want = Want(max(here.first - size, 0), size, before=key, total=total)
        self._ask(way, want, lambda block: self._join(here, way, key, block), background=background)

    def _join(self, here: Stretch, way: str, key: Key, block: Block) -> None:
        """Rows came that stand beside the stretch that is read."""
        edge = here.end - 1 if way == "down" else here.first
        if here is not self._rows.here or here.of(edge) is None or here.key(edge) != key:
            self._fetch_missing()  # it was read again meanwhile
            return
        page, room = block.page, 0
        come = {row[0] for row in page.rows}
        moved = [row for row in range(here.end - 1, here.first - 1, -1) if here.row(row)[0] in come]
        if way == "up":
            room = len(page.rows) - here.first
            room = room if page.begun else room + SCREEN if room >= 0 else 0
        with self._moving() if moved or room else nullcontext():
            for row in moved:  # it stands among those that came by now
                self._take_out(here, row)
            self._shift(room)
            if way == "up":
                here.prepend(block)
            else:
                here.append(block)
        if room:
            self.doubted.emit()
        begin = here.first if way == "up" else here.end - len(page.rows)
        self._settle(here, page.ended if way == "down" else here.ends, begin, begin + len(page.rows))

    def _settle(self, here: Stretch, ended: bool, begin: int, end: int) -> None:
        """The rows (begin … end - 1) came to the stretch that is read."""
        self._meet_end(here, ended)
        self._rows.part()
        self._rows.bound(sum(self._seen()) // 2)
        self._tell(range(begin, end))
        self._fetch_missing()

    def _ask(self, what: str, want: Want, done: Callable[[Block], None], *, background: bool = False) -> None:
        fetch, want = self._fetcher(self.query, self.fields), self._led(want)

        def arrived(block: Block) -> None:
            try:
                done(block)
            finally:
                self.working.emit(self._requests.awaited)

        if not background:
            self.where.give_way()
            self.working.emit(True)
        self._requests.ask(what, lambda uow: fetch(uow, want), arrived, self._refused, background=background)

    def _refused(self, error: ExplainedError, awaited: bool) -> None:
        self.working.emit(self._requests.awaited)
        if awaited:
            self.failed.emit(error)

    def _cancel_reading(self) -> None:
        self._requests.cancel_all()
        self._soon.stop()

    # Ahead of who scrolls

    def _look_ahead(self, way: int) -> None:
        """Have a screenful fetched that follows in the direction of the scroll, soon after its first step."""
        first, last = self._seen()
        if not way or abs(way) > REACH * (last + 1 - first):
            self._soon.stop()
            return
        self._way = way
        if not self._soon.isActive():
            self._soon.start()

    def _fetch_ahead(self) -> None:
        here, (first, last) = self._rows.here, self._seen()
        if here is None or not here.first <= first < here.end:
            return
        way, left = ("down", here.end - 1 - last) if self._way > 0 else ("up", first - here.first)
        missing = last + 1 - first - left
        if missing <= 0 or (here.ends if way == "down" else not here.first):
            return
        if self.is_reading() or way in self._requests:
            self._soon.start()
            return
        self._extend(way, missing, background=True)

    # The first rows, and how many there are

    def _count_told(self, total: int) -> None:
        self.estimated = True
        self._set_total(total, exact=True)

    def _begin(
        self,
        query: Query,
        fields: tuple[Field | Computed, ...],
        block: Block,
        about: int | None,
        seen: Stretch | None = None,
        *,
        ahead: bool = False,
    ) -> None:
        """The first rows of a new query are there, of `about` so many, and those that were `seen` of the same one: show
        them in place of the old. They are counted unless they were read `ahead`."""
        counted = self.exact and self.total > NEAR and replace(query, sorts=self.query.sorts) == self.query
        known = self.total if counted else None
        if query == self.query and self.loaded:
            about = self.total  # a moment ago there were so many: no statistics come nearer
        self.beginResetModel()
        self.query, self.fields = query, fields
        self._pending, self._guessed, self.estimated = None, False, about is not None
        self._rows = Stretches()
        self._rows.put(Stretch(0, [block], ends=block.page.ended))
        if seen is not None:
            self._rows.put(seen)
            self._guessed = seen.guessed
        self.loaded, self.exact = True, block.page.ended or counted
        self.total = len(block.page.rows) if block.page.ended else known or max(len(block.page.rows), about or 0)
        self.where.begin(query, known, self.total)  # before anybody jumps: what led to places leads to others now
        self.endResetModel()
        if seen is not None and seen is self._rows.here:
            self._go_on_from(seen)
        self.arrived.emit()
        self.counted.emit()
        self.working.emit(self._requests.awaited)
        if not block.page.ended and not ahead:
            self.where.look()
