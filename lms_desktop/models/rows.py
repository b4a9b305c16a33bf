"""Rows as a table's model keeps and tells them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from lms_desktop.models.cells import Cell
from lms_desktop.services.joins import SEPARATOR, hops_of
from lms_desktop.services.pages import Layout, Page, Row
from lms_desktop.spec import EntityAdmin


@dataclass(frozen=True)
class Block:
    """A page as the table keeps it: the rows and what they look like."""

    page: Page
    cells: tuple[tuple[Cell, ...], ...]

    def cut(self, size: int) -> Self:
        """The first `size` rows alone."""
        return replace(self, page=replace(self.page, rows=self.page.rows[:size]), cells=self.cells[:size])


@dataclass(frozen=True)
class RowView:
    """One loaded row: its id, version, whether this person may edit it, its wire values and labels by field key."""

    id: str
    version: str
    editable: bool
    values: dict[str, str | None]
    labels: dict[str, tuple[str, str]]


def view_of(row: Row, layout: Layout) -> RowView:
    """The row as the page's layout has it."""
    values = {slot.key: row[slot.value] for slot in layout.slots}
    labels = {
        slot.key: (row[slot.label] or "", row[slot.detail] or "")
        for slot in layout.slots
        if slot.label >= 0 and row[slot.value] is not None
    }
    return RowView(row[0] or "", row[1] or "", row[2] == "true", values, labels)


def called(admin: EntityAdmin, view: RowView) -> str:
    """What the row is called, as far as its columns tell; "" where they do not."""
    keys = [".".join(hop.key for hop in hops_of(path)) for path in admin.title]
    parts = [view.labels[key][0] if key in view.labels else view.values.get(key) for key in keys]
    return SEPARATOR.join(part for part in parts if part)


def runs(numbers: Iterable[int]) -> list[range]:
    """Ascending numbers, put together where they follow each other."""
    found: list[range] = []
    for number in numbers:
        if found and found[-1].stop == number:
            found[-1] = range(found[-1].start, number + 1)
        else:
            found.append(range(number, number + 1))
    return found
