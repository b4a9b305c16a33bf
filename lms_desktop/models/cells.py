"""What a table's cell is made of: its texts and how they look.

Plain Python: models make cells, `views.record_table` paints them.
"""

from collections.abc import Callable, Sequence
from enum import IntFlag
from typing import Any, NamedTuple, Protocol

SORTABLE_ROLE = 0x0100 + 40
"""Role of `headerData`: False where a column cannot be sorted by; anything else, and None, means it can."""


class Look(IntFlag):
    """How a cell is drawn; any of them may be joined by `|`.

    Of the first two, and of those that say what kind of content it is (TAG_*, CHECK_*, PROGRESS), the lowest bit wins.
    """

    NULL = 1 << 0  # a grey dash, never text that could be data
    EMPTY = 1 << 1  # the empty string: a muted mark, unlike NULL
    TAG_OK = 1 << 2  # the text in a soft badge
    TAG_WARN = 1 << 3
    TAG_BAD = 1 << 4
    TAG_NEUTRAL = 1 << 5
    CHECK_ON = 1 << 6  # a ticked box and `text`, "Yes" where `text` is empty
    CHECK_OFF = 1 << 7  # an empty box and `text`, "No" where `text` is empty
    PROGRESS = 1 << 8  # a bar, and `text` beside it; full at 100 of `detail`, of `text` where that is empty
    MUTED = 1 << 9  # the text in grey
    NUMBER = 1 << 10  # at the trailing edge, figures of one width
    FIXED = 1 << 11  # in the fixed font: ids, SQL, JSON
    DIRTY = 1 << 12  # changed and not saved yet
    INVALID = 1 << 13  # cannot be saved as it is
    FRESH = 1 << 14  # just changed by a colleague; on any cell of a row it colours the whole row
    STRONG = 1 << 15  # the text in semi-bold
    CLASH = 1 << 16  # edited here and changed by a colleague since; on any cell of a row it marks the whole row


class Cell(NamedTuple):
    """One cell, ready to be painted.

    Attributes:
        text: what it says; one line, any length.
        detail: said after it in grey, as the e-mail address after a name.
        look: flags of `Look`.
    """

    text: str
    detail: str = ""
    look: int = 0


class HasRowCells(Protocol):
    """What `RecordTable` asks of its model beside Qt's own interface."""

    def row_cells(self, row: int) -> Sequence[Cell] | None:
        """The cells of `row` by logical column, or None while they are not loaded. Called for each visible row of each
        painting: it must be quick, never raise and never wait."""
        ...


def cells_of(model: Any) -> Callable[[int], Sequence[Cell] | None]:
    """The `row_cells` of a model of Qt's; of one without it, cells made of its `data()`. No model has no rows."""

    def from_data(row: int) -> Sequence[Cell]:
        values = (model.index(row, column).data() for column in range(model.columnCount()))
        return [Cell("", "", int(Look.NULL)) if value is None else Cell(str(value)) for value in values]

    if model is None:
        return lambda row: None
    fast: Callable[[int], Sequence[Cell] | None] | None = getattr(model, "row_cells", None)
    return fast if fast is not None else from_data
