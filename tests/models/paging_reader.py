"""Somebody who reads a table through a window of a few rows, and what she may expect of it."""

from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QPersistentModelIndex
from PySide6.QtWidgets import QApplication

from lms_desktop.errors import ExplainedError
from lms_desktop.models.table import TableModel
from lms_desktop.services.positions import Key
from tests.desks import ImmediateDesk
from tests.models.paging_writer import Writer

SEEN = 6


class Reader:
    """She moves a window over the rows: on to what stands beside, downwards or upwards, or to any other place. As the
    table does, she keeps the row at the top in its place when rows come or go, the one at the bottom while she reads
    upwards.

    While she reads on in one direction, a row that was there all the time is shown to her exactly once, and in its
    order: nothing of what stands between two rows that she has read is missing. What comes, goes or gets another place
    meanwhile may be shown or not. Where she sees the first row of all, or the last, none stands beyond it.
    """

    def __init__(self, model: TableModel, desk: ImmediateDesk, writer: Writer) -> None:
        self.model, self._desk, self._writer = model, desk, writer
        self._top, self._way = 0, 0
        self._troubles: list[str] = []
        self._shown: list[str] = []
        self._marks: list[QPersistentModelIndex] = []
        self._known = len(writer.seen) - 1
        model.failed.connect(self._told)
        model.show(model.query)
        settle(model)
        self._look()

    def _told(self, error: ExplainedError) -> None:
        self._troubles.append(f"{error} {error.details}")

    def move(self, rows: int, meanwhile: Callable[[], None] | None = None) -> None:
        """Read on: so many rows down, or up; `meanwhile`: what others do before any answer comes."""
        way = 1 if rows > 0 else -1
        if way != self._way:
            self._turn(way)
        self._look(self._top + rows, meanwhile)

    def jump(self, place: float, meanwhile: Callable[[], None] | None = None) -> None:
        """Go to any other place, 0 being the first and 1 the last."""
        self._expect()
        self._way, self._shown, self._marks = 0, [], []
        self._look(round(place * max(self.model.total - SEEN, 0)), meanwhile)

    def refresh(self) -> None:
        """F5."""
        known = len(self._writer.seen) - 1
        marks = self._marked()
        self.model.refresh()
        self._keep(marks)
        self._look()
        self._expect()
        self._turn(self._way)
        self._known = known

    def hear(self) -> None:
        """Somebody else has saved something, it is said."""
        self.model.follower.look_again()
        self._look()

    def is_not_at(self, end: int) -> bool:
        """Whether rows stand beyond those shown: above them (0), or below them (1)."""
        return self._top + SEEN < self.model.total if end else self._top > 0

    def screen(self) -> tuple[int, list[str | None]]:
        """The number of the row at the top, and the rows that are shown."""
        return self._top, [self.model.row_id(row) for row in self._window()]

    def _turn(self, way: int) -> None:
        """Read on in another direction: what is shown now is the beginning."""
        self._expect()
        self._way, self._shown, self._marks = way, [], []
        self._note()

    def _look(self, top: int | None = None, meanwhile: Callable[[], None] | None = None) -> None:
        """Show the rows from a place on; the ones that are shown where none is said."""
        model = self.model
        if top is not None:
            self._top = top
        for _ in range(100):
            self._top = max(min(self._top, model.total - SEEN), 0)
            place, total = self._top, model.total
            marks = self._marked()
            if meanwhile is not None:
                self._desk.hold()
                if len(self._writer.seen) % 2:
                    model.follower.look_again()
                    QApplication.processEvents()
            model.want(place, min(place + SEEN, total) - 1)
            if self._is_whole() and self._top == place:
                self._note()
            if meanwhile is not None:
                meanwhile()
                self._desk.release()
                meanwhile = None
            self._keep(marks)
            if self._is_whole():
                self._note()
            settle(model)
            self._keep(marks)
            if self._is_whole() and (self._top, model.total) == (place, total):
                break
        else:
            raise AssertionError(f"rows {self._top} to {self._top + SEEN - 1} of {model.total} do not come")
        self._note()

    def _marked(self) -> list[tuple[QPersistentModelIndex, int]]:
        """The rows of the window and their places in it; last those that have not come yet."""
        rows = sorted(self._window()[:: -1 if self._way < 0 else 1], key=lambda row: self.model.row_id(row) is None)
        return [(QPersistentModelIndex(self.model.index(row, 0)), row - self._top) for row in rows]

    def _keep(self, marks: list[tuple[QPersistentModelIndex, int]]) -> None:
        """Let the first of the rows that is still there be where it was in the window."""
        self._top = next((mark.row() - at for mark, at in marks if mark.isValid()), self._top)
        self._top = max(min(self._top, self.model.total - SEEN), 0)

    def _is_whole(self) -> bool:
        return all(self.model.row_id(row) is not None for row in self._window())

    def _window(self) -> range:
        return range(max(self._top, 0), min(self._top + SEEN, self.model.total))

    def _note(self) -> None:
        """What is shown now, that was not shown before."""
        assert not self._troubles
        _, seen = self.screen()
        assert len(set(seen)) == len(seen), "a row is on the screen twice"
        self._expect_order(seen)
        frontier = next((mark.row() for mark in reversed(self._marks) if mark.isValid()), None)
        rows = list(self._window()[:: self._way or 1])
        if frontier is not None:
            rows = [row for row in rows if (row - frontier) * (self._way or 1) > 0]
        self._shown += [str(self.model.row_id(row)) for row in rows]
        self._marks = [*self._marks, *(QPersistentModelIndex(self.model.index(row, 0)) for row in rows)][-40:]

    def _expect_order(self, seen: list[str | None]) -> None:
        now = self._writer.seen[-1]
        rows = zip(self._window(), map(str, seen), strict=True)
        fresh = [row_id for row, row_id in rows if self._key(row) == now.get(row_id)]
        assert fresh == [row_id for row_id in now if row_id in set(fresh)], "rows are not in the order of what they say"
        stayed = self._writer.stayed(self._known)
        there = set(stayed) & set(seen)
        shown = [row_id for row_id in seen if row_id in there]
        assert shown == [row_id for row_id in stayed if row_id in there], "rows are not in their order"
        if shown and self._top == 0:
            assert shown[0] == stayed[0], "a row stands before the first"
        if shown and self._top + SEEN >= self.model.total:
            assert shown[-1] == stayed[-1], "a row stands behind the last"

    def _key(self, row: int) -> Key | None:
        found = self.model._rows.of(row)
        return None if found is None else found[0].page.layout.key(found[0].page.rows[found[1]])

    def _expect(self) -> None:
        """What was shown while she read on is what there was."""
        stayed = self._writer.stayed(self._known)[:: self._way or 1]
        there = set(stayed)
        shown = [row_id for row_id in self._shown if row_id in there]
        assert len(shown) == len(set(shown)), "a row was shown twice"
        if shown:
            begin = stayed.index(shown[0])
            assert shown == stayed[begin : begin + len(shown)], "a row was left out, or in the wrong place"


def settle(model: TableModel) -> None:
    """Let the timers run out."""
    flags = QEventLoop.ProcessEventsFlag.AllEvents
    for _ in range(300):
        QApplication.processEvents(flags)
        timers = (model.follower._soon, model.follower._count_soon, model._soon, model.where._later)
        if not any(timer.isActive() for timer in timers):
            return
        flags = QEventLoop.ProcessEventsFlag.WaitForMoreEvents
    raise AssertionError("it does not come to rest")
