"""What was just saved, put into the rows that are shown: the server has said that it stands there now."""

from collections.abc import Sequence
from dataclasses import replace

from lms_desktop.models.draft import Written
from lms_desktop.models.render import render_row
from lms_desktop.models.rows import Block
from lms_desktop.spec import Computed, Field


def patched(written: Written, fields: Sequence[Field | Computed], zone: str, block: Block, place: int) -> Block:
    """The block with what was saved of the row at a place of it.

    What a reference leads to is shown where its label is known; whatever follows from the values by a computation comes
    when the row is read again.
    """
    page = block.page
    row = list(page.rows[place])
    row[1] = written.version
    for slot in page.layout.slots:
        if slot.key not in written.values:
            continue
        value = written.values[slot.key]
        if slot.label >= 0 and value is not None:
            if slot.key not in written.labels:
                continue
            row[slot.label], row[slot.detail] = written.labels[slot.key]
        row[slot.value] = value
    rows, cells = list(page.rows), list(block.cells)
    rows[place] = tuple(row)
    cells[place] = render_row(fields, page.layout, rows[place], zone)
    return replace(block, page=replace(page, rows=tuple(rows)), cells=tuple(cells))
