"""What was just saved, put into the rows that are shown: the server has said that it stands there now."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lms_desktop.models.draft import Label
from lms_desktop.models.render import render_row
from lms_desktop.models.rows import Block
from lms_desktop.spec import Computed, Field


def patched(
    block: Block,
    place: int,
    version: str,
    values: Mapping[str, str | None],
    labels: Mapping[str, Label],
    fields: Sequence[Field | Computed],
    zone: str,
) -> Block:
    """The block with the values that were saved of the row at a place of it, and its new version.

    What a reference leads to is shown where its label is known; whatever follows from the values by a computation comes
    when the row is read again.
    """
    page = block.page
    row = list(page.rows[place])
    row[1] = version
    for slot in page.layout.slots:
        if slot.key not in values:
            continue
        value = values[slot.key]
        if slot.label >= 0 and value is not None:
            if slot.key not in labels:
                continue
            row[slot.label], row[slot.detail] = labels[slot.key]
        row[slot.value] = value
    rows, cells = list(page.rows), list(block.cells)
    rows[place] = tuple(row)
    cells[place] = render_row(fields, page.layout, rows[place], zone)
    return replace(block, page=replace(page, rows=tuple(rows)), cells=tuple(cells))
