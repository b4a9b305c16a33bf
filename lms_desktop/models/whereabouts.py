"""How many rows a table has, and what leads to any of their places: asked for beside the rows, never waited for."""

from collections.abc import Callable
from time import monotonic
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.errors import ExplainedError
from lms_desktop.models.desk import Desk, Job
from lms_desktop.services.paging import Page, Want
from lms_desktop.services.positions import IdBlock, Key, Positions
from lms_desktop.services.surveying import MANY
from lms_desktop.spec import Query

NEAR = 10_000
"""So many rows are read past, or counted, in no time: a table of no more needs nothing that leads to its places."""

VAST = 2_500_000
"""So many rows are counted, by all of the server's processors, before what leads to their places is looked for. Along
an index each stands in another part of the table; of one this large the server's map of what everybody sees has several
pages, and it changes the page at every other row: the way takes three to four times as long as a count."""

PART = 4
"""What took long and nobody waited for is done again after a pause of so many times its length."""


class RowSource(Protocol):
    """What a table's rows are read from, on a worker: `services.pages` for entities."""

    def fetch(self, uow: UnitOfWork, query: Query, columns: tuple[str, ...], want: Want) -> Page:
        """The rows wanted."""
        ...

    def count(self, uow: UnitOfWork, query: Query) -> int:
        """The exact number of rows."""
        ...

    def estimate(self, uow: UnitOfWork, query: Query) -> int | None:
        """About how many rows there are; None where nobody knows."""
        ...

    def position(self, uow: UnitOfWork, query: Query, row_id: str) -> int | None:
        """The place (from 0) of a row; None where it is not there."""
        ...

    def key(self, uow: UnitOfWork, query: Query, row_id: str) -> Key | None:
        """The key that a row has now; None where it is not there, or can have no other than it had."""
        ...

    def before(self, uow: UnitOfWork, query: Query, key: Key) -> int:
        """How many rows stand before a key."""
        ...

    def positions(self, uow: UnitOfWork, query: Query, *, alone: bool = False) -> Positions | None:
        """What leads to any place exactly; None where it is found without. `alone`: by one of the server's processors,
        though all of them would be quicker."""
        ...

    def tally(self, uow: UnitOfWork, query: Query) -> Positions | int:
        """The exact number of rows, or, where that is found on the same way, what leads to any place."""
        ...

    def moment(self, uow: UnitOfWork, query: Query) -> str | None:
        """A word for what the database holds: while it is the same one, the query finds the same rows. None where
        nobody can tell."""
        ...


class Whereabouts(QObject):
    """Counts the rows of a query and finds what leads to their places.

    Attributes:
        positions: what leads to any place. None: not known, or not needed.
        placed_at: the moment that these are of, as the source has a word for it; None where it has none.
        counted: when the count began that the last exact number is of, as `time.monotonic` tells it; 0 before.
        spent: the seconds that all of it took so far.

    Signals:
        exactly(int): there are exactly so many rows.
        found(): `positions` are others than before, or it is known by now that none are needed.
    """

    exactly = Signal(int)
    found = Signal()

    def __init__(self, desk: Desk, source: RowSource, query: Query, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._source, self._query = desk, source, query
        self._count: Job | None = None
        self._survey: Job | None = None
        self._counting = self._surveying = self._stale = False
        self._exact: int | None = None
        self._counted_at: str | None = None  # the moment that the exact number is of, as the source has a word for it
        self.placed_at: str | None = None
        self._ahead: Positions | None = None  # what led to the places when they were counted before anybody saw them
        self._about = 0
        self._owed = False  # the rows are still to be counted, where nothing else counts them
        self._gives_way = False
        self.counted = self.spent = 0.0
        self._began = self._took = 0.0
        self._round = 0
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._look_around)
        self.positions: Positions | None = None

    def begin(self, query: Query, known: int | None = None, about: int = 0) -> None:
        """Another query, of `about` so many rows: what is known of the former one holds no more, except that it has
        `known` rows, where only the order is another; what leads to their places leads to them from the other end as
        well. Where it is the same query, with other columns, all of that holds still."""
        self.cancel()
        self._counted_at = self._counted_at if known == self._exact else None
        is_turned = known is not None and bool(query.sorts) and query == self._query.turned()
        if is_turned and self.positions is not None:
            self.positions = self.positions.turned()
        elif known is None or query != self._query:
            self.positions = None
        self._query, self._exact, self._took = query, known, 0.0
        self._about, self._ahead = about, None
        self._owed, self.counted = known is not None, 0.0
        self._stale = False

    def cancel(self) -> None:
        """Stop counting and looking around."""
        self._round += 1
        for job in (self._count, self._survey):
            if job is not None:
                job.cancel()
        self._count = self._survey = None
        self._counting = self._surveying = False
        self._later.stop()

    def is_counting(self) -> bool:
        """Whether the rows are being counted."""
        return self._counting

    def is_dated(self, total: int) -> bool:
        """Whether the `positions` are of other rows than there are by now, `total` of them: rows were written since, or
        another number is counted than there was."""
        if self.positions is None:
            return False
        return self._stale or self._surveying or not self.positions.total == self._exact == total

    def look(self) -> None:
        """Find what is not known yet. What leads to the places counts the rows once more as well."""
        if self._owed:
            self._look_around()
        else:
            self.count()

    def count_ahead(self) -> None:
        """Count the rows before anybody sees them, and write down what leads to their places where that is found on
        the way. Nothing is told of it: whoever sees them has them counted, which takes no time if nothing was written
        since, or if they are few."""
        if self._about > NEAR:
            self._count_by(self._source.tally, ahead=True)

    def count(self, *, alone: bool = False) -> None:
        """Count the rows, and then find what leads to their places, unless that is known with their number: at once,
        the two would be in each other's way. `alone`: nothing leads to the places in the time that there is."""
        # Nothing needs to lead to the places of a short table, and to find out whether anything does asks more.
        rows = self._exact or self._about
        vast = rows >= VAST and self.positions is None
        self._gives_way = vast and not alone
        ask = self._source.count if alone or rows <= NEAR or vast else self._source.tally
        self._count_by(ask, alone=alone, beside=self._about >= MANY and not vast)

    def _count_by(
        self,
        ask: Callable[[UnitOfWork, Query], Positions | int],
        *,
        alone: bool = False,
        ahead: bool = False,
        beside: bool = False,
    ) -> None:
        if self._count is not None:
            self._count.cancel()
        query, now, began, source = self._query, self._round, monotonic(), self._source
        known_at = None if self._exact is None else self._counted_at
        short = (self._exact or self._about) <= NEAR  # to ask whether anybody wrote takes as long as to count

        def work(uow: UnitOfWork) -> tuple[str | None, Positions | int | None]:
            moment = None if short else source.moment(uow, query)
            return moment, None if moment is not None and moment == known_at else ask(uow, query)

        def done(told: tuple[str | None, Positions | int | None]) -> None:
            if now == self._round:
                moment, found = told
                self._count, self._counting, self.counted = None, False, began
                self.spent += monotonic() - began
                found = self._known(moment) if found is None else found
                self._take_in(found, moment, began, alone=alone, ahead=ahead)

        def failed(_: ExplainedError) -> None:
            if now == self._round:
                self._count, self._counting = None, False
                self.spent += monotonic() - began
                if not alone and not ahead:
                    self._look_around_and_count()  # it may take longer than a count

        self._counting = True
        job = self._desk.read(
            work,
            done=done,
            failed=failed,
            owner=self,
            label=self.tr("counting"),
            background=True,
            patient=ahead,
            beside=beside,
        )
        self._count = job if self._counting else None

    def _known(self, moment: str | None) -> Positions | int:
        """Nobody has written since the rows were counted: there are as many as there were, where they were."""
        self._stale = self._stale and self.placed_at != moment
        return (self._exact or 0) if self._ahead is None else self._ahead

    def _take_in(self, found: Positions | int, moment: str | None, began: float, *, alone: bool, ahead: bool) -> None:
        """There are so many rows, counted at that moment; with what leads to their places, where that was found."""
        total = found if isinstance(found, int) else found.total
        places = None if isinstance(found, int) or total <= NEAR else found
        self._exact, self._counted_at = total, moment
        self._ahead = places if ahead else None
        if ahead:  # nobody sees them
            return
        if places is not None:
            self.positions, self.placed_at, self._stale = places, moment, False
            self._began, self._took = began, monotonic() - began
        self.exactly.emit(total)
        if places is not None:
            self.found.emit()
        elif not alone:
            self._look_around_if_needed()

    def give_way(self) -> None:
        """Somebody waits for rows, and all of the server's processors are counting: what leads to the places counts as
        well, by one of them, once nobody waits any more."""
        if self._count is not None and self._gives_way:
            self._count.cancel()
            self._count, self._counting = None, False
            self._look_around_and_count(patient=True)

    def _look_around_and_count(self, *, patient: bool = False) -> None:
        self._owed, self._stale = True, self._stale or self._surveying  # what is under way may not see what was counted
        self._look_around(patient=patient)

    def renew(self, *, wholly: bool = False) -> None:
        """Rows have changed: what was written down of their order is written down again, after a pause; `wholly`: what
        tells their numbers alone, too."""
        self._stale = isinstance(self.positions, IdBlock) or (wholly and self.positions is not None)
        if not self._counting:
            self._look_around_if_needed()

    def _look_around_if_needed(self) -> None:
        """What leads to the places holds no more where there are other numbers of rows, or others."""
        known = self.positions
        if self._exact is None or self._exact <= NEAR:
            return
        if known is None or known.total != self._exact or self._stale:
            self._look_around()

    def _look_around(self, *, patient: bool = False) -> None:
        """Find the positions, now or after a pause; what is known stays in use meanwhile."""
        if self._surveying:
            return
        wait = self._began + (PART + 1) * self._took - monotonic()
        if self.positions is not None and wait > 0:
            self._later.start(round(1000 * wait))
            return
        query, source, now = self._query, self._source, self._round
        known, known_at = self.positions, None if self.positions is None else self.placed_at
        alone = patient or known is not None  # nobody waits for it

        def work(uow: UnitOfWork) -> tuple[str | None, Positions | None]:
            moment = source.moment(uow, query)
            is_known = moment is not None and moment == known_at
            return moment, known if is_known else source.positions(uow, query, alone=alone)

        def done(told: tuple[str | None, Positions | None]) -> None:
            if now != self._round:
                return
            moment, found = told
            self._survey, self._surveying = None, False
            self.spent += monotonic() - self._began
            if found is None or found is not known:
                self._took = monotonic() - self._began
            self.positions, self.placed_at, self._ahead = found, moment, None  # what was counted ahead is older
            if found is not None and self.counted <= self._began and (self._owed or found.total != self._exact):
                self._exact, self._counted_at, self.counted = found.total, moment, self._began  # it is the later count
                self.exactly.emit(found.total)
            self.found.emit()
            if found is not None:
                self._owed = False
                self._look_around_if_needed()
            else:
                count_at_last()

        def failed(_: ExplainedError) -> None:
            if now == self._round:
                self._survey, self._surveying = None, False
                self.spent += monotonic() - self._began
                count_at_last()

        def count_at_last() -> None:
            if self._owed:
                self._owed = False
                self.count(alone=True)

        self._surveying, self._stale, self._began = True, False, monotonic()
        job = self._desk.read(
            work,
            done=done,
            failed=failed,
            owner=self,
            background=True,
            patient=patient,
        )
        self._survey = job if self._surveying else None
