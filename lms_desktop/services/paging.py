"""What is asked of a table's rows and what comes back: pages, their layout, the keys by which they meet."""

from collections.abc import Iterable
from typing import NamedTuple, Self

from lms_desktop.database.spelled import Parameters, Spelled
from lms_desktop.frozen import frozen
from lms_desktop.services.positions import Key, Positions
from lms_desktop.spec import Computed, Field, Json
from lms_desktop.spec import Text as TextKind

Row = tuple[str | None, ...]
"""id, version, whether the actor may edit it, then the values, labels and details of the columns as the layout says,
then the sort keys."""


class Slot(NamedTuple):
    """Where a column's texts stand in a row: the wire value, the label and detail of a reference (-1: none)."""

    key: str
    value: int
    label: int
    detail: int


@frozen
class Layout:
    """How the rows of a page are laid out."""

    slots: tuple[Slot, ...]
    keys: int

    @classmethod
    def of(cls, columns: Iterable[tuple[str, bool]]) -> Self:
        """How rows of these columns are laid out: (key, whether a label and a detail come along) of each."""
        slots, at = [], 3
        for key, refers in columns:
            slots.append(Slot(key, at, at + 1 if refers else -1, at + 2 if refers else -1))
            at += 3 if refers else 1
        return cls(tuple(slots), at)

    def key(self, row: Row) -> Key:
        """The row's key."""
        return (*row[self.keys :], row[0])


@frozen
class Want:
    """Which rows: `count` from place `first` on.

    Attributes:
        after: the key behind which they stand, right behind it, whatever `first` says; `before`, the key that they
            stand right before; `at`, the key of the first of them, which is behind it where that row is gone.
        total: the number of rows, where it is known exactly.
        positions: what leads to any place of this query; where nothing does and `roughly` is set, a place that is off,
            by a hundredth of the rows or less as a rule, will do.
        dated: the positions are of other rows than there are by now, as far as anybody knows.
    """

    first: int
    count: int
    after: Key | None = None
    before: Key | None = None
    total: int | None = None
    at: Key | None = None
    positions: Positions | None = None
    roughly: bool = False
    dated: bool = False

    @property
    def keyed(self) -> bool:
        """Whether they are found by a key, not by their number."""
        return any(key is not None for key in (self.after, self.before, self.at))

    @property
    def passed(self) -> int:
        """How many rows are passed on the way to them, where nothing leads there: from the beginning or from the end,
        whichever is nearer."""
        if self.positions is not None or self.keyed:
            return 0
        return self.first if self.total is None else max(min(self.first, self.total - self.first), 0)


@frozen
class Page:
    """Rows in their order, as `layout` says; `begun`: it is known that nothing stands before them; `ended`: that
    nothing follows them; `guessed`: they stand near the place wanted, not at it."""

    rows: tuple[Row, ...]
    layout: Layout
    begun: bool
    ended: bool
    guessed: bool = False


@frozen
class Way:
    """A statement that reads a page; `outermost`: from the first row of all on, or `backwards` from the last."""

    statement: Spelled
    parameters: Parameters
    backwards: bool = False
    outermost: bool = False


def is_long(field: Field | Computed) -> bool:
    """Whether a table shows only the beginning of this field: JSON and texts of several lines."""
    return isinstance(field.kind, Json) or (
        isinstance(field.kind, TextKind) and field.kind.form in {"long", "markdown"}
    )
