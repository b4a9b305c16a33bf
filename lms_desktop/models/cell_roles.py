"""What the table models answer alike for a cell and a header."""

from typing import Any

from PySide6.QtCore import QCoreApplication, Qt

from lms_desktop.models.cells import Cell, Look
from lms_desktop.models.drafts import Draft
from lms_desktop.models.render import as_draft, one_line, render
from lms_desktop.spec import Computed, Field, Number, Progress, Ref

_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


def draft_cell(field: Field | Computed, draft: Draft, zone: str) -> Cell:
    """The cell of a draft's value."""
    value = draft.values.get(field.key)
    if isinstance(field.kind, Ref) and value is not None and field.key in draft.labels:
        text, detail = draft.labels[field.key]
        cell = Cell(one_line(text), detail)
    else:
        cell = render(field.kind, value, zone)
    return as_draft(cell, invalid=field.key in draft.errors)


def cell_data(cell: Cell, role: int, error: str | None, news: str = "") -> Any:
    """What a cell answers for the roles of display, tool tip, accessibility and alignment. `news`: who has just changed
    the row."""
    if role == Qt.ItemDataRole.DisplayRole:
        return f"{cell.text} {cell.detail}".rstrip() if not cell.look & Look.PROGRESS else cell.text
    if role == Qt.ItemDataRole.ToolTipRole:
        text = error or (f"{cell.text}\n{cell.detail}" if cell.detail and not cell.look & Look.PROGRESS else cell.text)
        return f"{text}\n{news}" if news else text
    if role == Qt.ItemDataRole.AccessibleTextRole:
        return f"{spoken(cell)}, {news}" if news else spoken(cell)
    if role == Qt.ItemDataRole.TextAlignmentRole:
        return _RIGHT if cell.look & Look.NUMBER else _LEFT
    return None


def spoken(cell: Cell) -> str:
    """A cell as a screen reader says it."""
    if cell.look & Look.NULL:
        text = QCoreApplication.translate("Cell", "no value")
    elif cell.look & Look.EMPTY:
        text = QCoreApplication.translate("Cell", "empty text")
    else:
        text = cell.text if cell.look & Look.PROGRESS else f"{cell.text} {cell.detail}".rstrip()
    if cell.look & Look.CLASH:
        text = QCoreApplication.translate("Cell", "{0}, changed by somebody else since you began").format(text)
    if cell.look & Look.INVALID:
        return QCoreApplication.translate("Cell", "{0}, refused").format(text)
    if cell.look & Look.DIRTY:
        return QCoreApplication.translate("Cell", "{0}, not saved").format(text)
    return text


def header_data(field: Field | Computed, role: int) -> Any:
    """What a column's header answers."""
    if role == Qt.ItemDataRole.DisplayRole:
        return QCoreApplication.translate("", field.label)
    if role == Qt.ItemDataRole.ToolTipRole:
        return QCoreApplication.translate("", field.help or field.label)
    if role == Qt.ItemDataRole.TextAlignmentRole:
        return _RIGHT if isinstance(field.kind, Number) and not isinstance(field.kind, Progress) else _LEFT
    return None
