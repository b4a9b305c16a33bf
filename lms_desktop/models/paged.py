"""The rows of one query as they are now: fetched as they are wanted, and kept up with what is saved."""

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from time import monotonic

from PySide6.QtCore import QObject, Signal

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.errors import ExplainedError
from lms_desktop.models.desk import Desk
from lms_desktop.models.fetched import LEAST, SCREEN, FetchedRows
from lms_desktop.models.following import Follower
from lms_desktop.models.renewing import MOST_READS, Renewal, Window, differing, shifts
from lms_desktop.models.rows import Block
from lms_desktop.models.stretches import Stretch
from lms_desktop.models.whereabouts import NEAR, RowSource
from lms_desktop.services.paging import Row, Want
from lms_desktop.services.positions import Key
from lms_desktop.spec import Catalog, Query

HEARD = 0.5
"""Seconds within which a change is heard of."""


class PagedModel(FetchedRows):
    """Rows × columns of one query, read again when something is saved; the rows that are seen stay in their places.

    Attributes:
        follower: keeps them up with what others save.

    Signals:
        placed(): what leads to any place is known, see `anywhere`, or what is seen has its numbers, see `is_rough`.
    """

    placed = Signal()

    def __init__(
        self, desk: Desk, catalog: Catalog, pages: RowSource, query: Query, parent: QObject | None = None
    ) -> None:
        super().__init__(desk, catalog, pages, query, parent)
        self._renewed, self._proven, self._told = False, False, 0
        self._displaced = False  # rows may have come or gone above what is seen, and they are being counted
        self.modelAboutToBeReset.connect(self._start_over)
        self.where.found.connect(self._placed)
        self.follower = Follower(self)
        self.doubted.connect(self.follower.count_soon)
        self.outdated.connect(self.follower.look_again)

    @property
    def spent(self) -> float:
        """The seconds that reading again for others' sake, and counting, took so far."""
        return self.follower.spent + self.where.spent

    def is_rough(self, row: int) -> bool:
        """Whether a row stands only about at this number: it was guessed, or looked up in what others may have written
        to since."""
        found = self._rows.stretch(row)
        unproven = row > NEAR and self.where.positions is not None and not self._proven
        return unproven or (found is not None and found.guessed)

    def prepare(self, query: Query, columns: tuple[str, ...], *, is_slow: Callable[[UnitOfWork, Query], bool]) -> None:
        """Have ready what it takes to show a query, before anybody wants it: its statement, how many rows there are and
        the first rows, unless there may be many and it `is_slow` to find them. Whoever sees them has them read again,
        and counted."""
        fields = tuple(self.admin.field(key) for key in columns)
        fetch, pages = self._fetcher(query, fields), self.pages

        def work(uow: UnitOfWork) -> tuple[Block, int | None] | None:
            about = pages.estimate(uow, query)
            if query.filters or ((about is None or about > NEAR) and is_slow(uow, query)):
                fetch(uow, Want(0, 0))
                return None
            return fetch(uow, Want(0, SCREEN)), about

        def done(found: tuple[Block, int | None] | None) -> None:
            if found is not None and not self.loaded and self._pending is None:
                self._begin(query, fields, *found, ahead=True)

        self.desk.read(work, done=done, failed=_nothing, owner=self, label=self.admin.plural, background=True)

    def count_ahead(self) -> None:
        """Count what is ready and was not counted, as far as one index leads: see `prepare`."""
        if self.loaded and not self.exact and self._pending is None:
            self.where.count_ahead()

    def refresh(self, *, count: bool = True) -> None:
        """Read again what is on the screen, and, unless it is known to be the same, the `count`; nothing disappears
        meanwhile."""
        if self._pending is not None or not self.loaded:
            query, fields = self._pending or (self.query, self.fields)
            self.show(query, tuple(field.key for field in fields))
            return
        self._cancel_reading()
        if count:
            self.where.cancel()
            self._displaced = True
        self.read_again()
        if count:
            self.count()
        self.where.renew(wholly=count)

    def _take_up(self) -> None:
        """Override FetchedRows._take_up: what was to be read again is so."""
        super()._take_up()
        self.follower.look_again()

    def read_again(self, done: Callable[[bool], None] | None = None, *, since: float | None = None) -> None:
        """Read what is seen once more, from the key of its first row on; the rows that are seen stay in their places.
        `done` is told whether it came about: nobody waits for it then. `since`: when it was heard of what makes it
        necessary, now where none is said."""
        heard = monotonic() if since is None else since
        here, (first, last) = self._rows.here, self._seen()
        if here is None or not first < here.end or not here.first <= last:
            self._rows.clear()
            self._guessed, self._proven = False, self._renewed
            self._jump_to(min(first, max(last, 0)), last if last >= 0 else SCREEN - 1)
            if done is not None:
                done(True)
            return
        begin = max(first - (last + 1 - first), here.first)
        key, size = here.key(begin), 2 * (last + 1 - first) + first - begin
        anchor = self.follower.anchor()
        look = Renewal(
            self.pages,
            self.query,
            self._fetcher(self.query, self.fields),
            Want(begin, size, at=key),
            known=here.keys(begin),
            needed=last + 1 - begin,
            anchor=self.row_id(anchor) if first <= anchor <= last else None,
            placing=begin <= NEAR or self._guessed,
        )

        def arrived(window: Window) -> None:
            came_about = True  # as far as it ever will: what fails once is not tried over and over
            try:
                came_about = self._renew(here, key, window, heard, by_others=done is not None)
            finally:
                if done is not None:
                    done(came_about)
                elif not came_about:
                    self.read_again()
                self.working.emit(self._requests.awaited)

        def failed(error: ExplainedError, awaited: bool) -> None:
            self._refused(error, awaited)
            if done is not None:
                done(True)

        if done is None:
            self.working.emit(True)
        given_up = None if done is None else partial(done, True)
        self._requests.ask("again", look.read, arrived, failed, background=done is not None, given_up=given_up)

    def seek(self, place: Callable[[UnitOfWork, Query], tuple[int, Key] | None], missed: Callable[[], None]) -> None:
        """Have the rows read around the one at the place that is found, beside everything else. They are there when
        `arrived` tells so; `missed` is called afterwards, and where none is found, or where it was given up."""
        query, size, fetch = self.query, max(self._screen, LEAST), self._fetcher(self.query, self.fields)

        def look(uow: UnitOfWork) -> Stretch | None:
            found = place(uow, query)
            if found is None:
                return None
            row, key = found
            above = fetch(uow, Want(max(row - size, 0), size, before=key))
            below = fetch(uow, Want(row, size, at=key))
            return Stretch(row - len(above.page.rows), [above, below], ends=below.page.ended)

        def arrived(found: Stretch | None) -> None:
            if found is not None and found.first >= 0:  # where rows went between two statements it may be
                self._rows.put(found)
                self._settle(found, found.ends, found.first, found.end)
            missed()

        self._requests.ask("seek", look, arrived, lambda *_: missed(), background=True, given_up=missed)

    def _renew(self, here: Stretch, key: Key, window: Window, heard: float, *, by_others: bool) -> bool:
        """Show these rows in place of those from this key on, and forget all others; False where the screen shows
        others by now. `heard`: when it was heard that they may be others."""
        begin = here.find(key[-1])
        if here is not self._rows.here or begin is None or here.key(begin) != key:
            return False
        first, last = self._seen()
        before, after = here.rows(begin, here.end), window.rows()
        last = min(last, here.end - 1)
        place = begin if window.place is None else window.place
        if window.anchor is not None:
            row = here.find(window.anchor)
            if row is None or not first <= row <= last:
                return False
            self._compare(before, after, by_others)
            self._go_along(row, place + [row[0] for row in after].index(window.anchor), window, place, by_others)
            return True
        enough = window.holds(here.keys(begin), last + 1 - begin) or len(window.blocks) >= MOST_READS
        if max(first, here.first) < begin or not enough:
            return False
        self._compare(before, after, by_others)
        known = len(before) if window.ended else last + 1 - begin
        gone, come = shifts([here.key(row) for row in range(begin, here.end)], window.keys(), known)
        is_same = place == begin and not gone and not come
        others, total = [range(len(after))], self.total
        if not gone and not come:
            others = differing(before[: len(after)], after)
        with nullcontext() if is_same else self._moving(by_others):
            self._shift(place - begin)
            for at, number in reversed(gone):
                self._take_out(here, place + at, number)
            self._rows.clear()
            for at, number in come:
                self._insert(place + at, number)
            if self.total != total and self._is_counted(heard, self.total - total):
                self._end_at(max(total, place + len(after)), exact=True)
            self._put(Stretch(place, window.blocks), window.ended)
        if place != begin:
            self.doubted.emit()
        if window.place is not None:
            self._have_places()
        self._told = 0
        self._tell(*(range(place + part.start, place + part.stop) for part in others))
        self._fetch_missing()
        return True

    def _compare(self, before: list[Row], after: list[Row], by_others: bool) -> None:
        if by_others:
            self.follower.compare(before, after)

    def _go_along(self, row: int, to: int, window: Window, place: int, by_others: bool) -> None:
        """The row that is read stands elsewhere now, among the rows of the window, the first of them at a place."""
        with self._moving(by_others):
            self._rows.clear()
            self._carry(row, to)
            self._put(Stretch(place, window.blocks), window.ended)
        self._have_places()
        self.placed.emit()  # it has another number, whatever the others have
        self._tell(range(place, place + len(window.rows())))
        self._fetch_missing()

    def _have_places(self) -> None:
        """The rows that are seen have their numbers."""
        if self._guessed or self._renewed is not self._proven:
            guessed, self._guessed, self._proven = self._guessed, False, self._renewed
            known = self.where.positions
            if guessed and known is not None and not self.exact and not self.where.is_dated(known.total):
                self._set_total(known.total, exact=True)
            self.placed.emit()

    def _is_counted(self, heard: float, change: int) -> bool:
        """Whether the number of rows holds, though `change` rows more are known of now before and among those that are
        read: where these were put right that had been guessed, and where the count was later than what others did. It
        was, where it began after that was heard of; or right before, if it told of as many."""
        since = self.where.counted - heard
        return self.exact and (self._guessed or since >= 0 or (since >= -HEARD and change == self._told))

    def _put(self, renewed: Stretch, ended: bool) -> None:
        if len(renewed):
            self._rows.put(renewed)
        self._meet_end(renewed, ended)

    def _start_over(self) -> None:
        self._renewed, self._proven, self._told = False, False, 0
        self._displaced = False

    def _go_on_from(self, seen: Stretch) -> None:
        """Override FetchedRows._go_on_from: others may have written meanwhile, and of few rows no survey tells it."""
        super()._go_on_from(seen)
        if seen.first <= NEAR:
            self.follower.place()

    def _arrive(self, begin: int, block: Block, *, guessed: bool) -> None:
        """Override FetchedRows._arrive: what leads to any place may be known by now."""
        super()._arrive(begin, block, guessed=guessed)
        if guessed and self.where.positions is not None:
            self.follower.place()

    def _count_told(self, total: int) -> None:
        """Override FetchedRows._count_told."""
        here, more = self._rows.here, total - self.total if self.exact else 0
        first = 0 if here is None else here.first
        super()._count_told(total)
        self._told += more - (0 if here is None else here.first - first)
        displaced, self._displaced = self._displaced, False
        if displaced and self._seen()[0] > NEAR and self._is_dated():
            self._guessed = True  # what leads to the places is found again after a pause: nobody waits for it here
            self.follower.place()

    def _placed(self) -> None:
        """Any place is known: what was read by a guess comes to its own, without moving under the eye."""
        positions = self.where.positions
        if positions is not None and not self.exact:
            self._set_total(positions.total, exact=True)
        if self._guessed or self._renewed or self._seen()[0] > NEAR:  # what came meanwhile may have its number no more
            self._guessed = True
            self.follower.place()
        else:
            self._proven = True
        self._renewed = True
        self.placed.emit()


def _nothing(_: object) -> None:
    """What is done about what fails before anybody wants it."""
