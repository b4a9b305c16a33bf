"""The model behind every table: pages of rows fetched as they are wanted, with drafts laid over, never all of them."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from lms_desktop import policy
from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.errors import ExplainedError
from lms_desktop.models.cell_roles import cell_data, draft_cell, header_data
from lms_desktop.models.cells import Cell, Look
from lms_desktop.models.desk import Desk, Job
from lms_desktop.models.drafts import Draft, Drafts
from lms_desktop.models.following import Follower, shifts
from lms_desktop.models.render import render_row
from lms_desktop.models.rows import Block, called, view_of
from lms_desktop.models.rows import RowView as RowView
from lms_desktop.services.pages import Layout, Page, Want, is_long
from lms_desktop.spec import Catalog, Computed, EntityAdmin, Field, Query, Ref, Secret, Sort

BLOCK = 100
"""Rows fetched at once."""
KEPT_BLOCKS = 60
"""Blocks kept in memory, the latest used ones."""
FAR = 100
"""Blocks behind this one are read from the end of the table, where that is nearer."""

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


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


class TableModel(QAbstractTableModel):
    """Rows × columns of one query. Rows are fetched in blocks when a view says which it shows (`want`).

    Attributes:
        admin: the declaration of the entity shown.
        query: what is shown now; `fields` are its columns.
        total: the number of rows, `exact` or about.
        follower: keeps it up with what others save.

    Signals:
        arrived(): rows came or changed; the first ones of a new query too.
        counted(): `total` or `exact` changed.
        failed(object): a page could not be read; an error of `lms_desktop.errors`.
        working(bool): pages are being read.
    """

    arrived = Signal()
    counted = Signal()
    failed = Signal(object)
    working = Signal(bool)

    def __init__(
        self,
        desk: Desk,
        catalog: Catalog,
        pages: RowSource,
        query: Query,
        drafts: Drafts,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.desk, self.catalog, self.pages, self.drafts = desk, catalog, pages, drafts
        self.admin: EntityAdmin = catalog[query.entity]
        self.query = query
        self.fields: tuple[Field | Computed, ...] = self.admin.columns
        self.total, self.exact, self.loaded = 0, False, False
        self._pending: tuple[Query, tuple[Field | Computed, ...]] | None = None
        self._blocks: OrderedDict[int, Block] = OrderedDict()
        self._stale: set[int] = set()
        self._jobs: dict[int, Job | None] = {}
        self._count_job: Job | None = None
        self._generation = 0
        self._layout: Layout | None = None
        self._visible = (0, 0)
        self.follower = Follower(self)
        self.follower.marked.connect(lambda: self._draft_changed(""))
        drafts.changed.connect(self._draft_changed)
        desk.committed.connect(self._committed)

    # What is shown

    def show(self, query: Query, columns: tuple[str, ...] | None = None) -> None:
        """Show another query or other columns. What is on the screen stays until the first rows of it are there."""
        fields = self.fields if columns is None else tuple(self.admin.field(key) for key in columns)
        self._cancel()
        self._pending = (query, fields)
        self._stale.clear()
        generation = self._generation

        def arrived(block: Block) -> None:
            if generation != self._generation:
                return
            self._jobs.pop(0, None)
            self._begin(query, fields, block)

        self._jobs[0] = None
        self._read(generation, query, fields, Want(0, BLOCK), 0, arrived)

    def refresh(self) -> None:
        """Read again what is on the screen, and the count; nothing disappears meanwhile."""
        if self._pending is not None or not self.loaded:
            query, fields = self._pending or (self.query, self.fields)
            self.show(query, tuple(field.key for field in fields))
            return
        self._cancel()
        self._stale = set(self._blocks)
        self.want(*self._visible)
        self._count()

    def want(self, first: int, last: int) -> None:
        """Say which rows a view shows: they are fetched, with their neighbours in both directions, others given up."""
        self._visible = (first, last)
        if not self.loaded or (self._pending is not None and 0 in self._jobs):
            return
        wanted = range(max(first, 0) // BLOCK, min(max(last, 0), max(self.total - 1, 0)) // BLOCK + 1)
        for number in [n for n in self._jobs if n not in wanted]:
            job = self._jobs.pop(number)
            if job is not None:
                job.cancel()
        for number in wanted:
            if (number not in self._blocks or number in self._stale) and number not in self._jobs:
                self._fetch(number)
        self.working.emit(bool(self._jobs))

    # Rows

    def row_cells(self, row: int) -> tuple[Cell, ...] | None:
        """The cells of a row, drafts included; None while it is not loaded."""
        block = self._blocks.get(row // BLOCK)
        if block is None or row % BLOCK >= len(block.cells):
            return None
        cells, (row_id, version) = block.cells[row % BLOCK], block.page.rows[row % BLOCK][:2]
        draft = self.drafts.get(row_id or "")
        if draft is not None:
            cells = self._with_draft(cells, draft)
        clash = draft is not None and not draft.new and draft.version != version
        if cells and (clash or self.follower.is_marked(row_id or "")):
            look = cells[0].look | (Look.CLASH if clash else Look.FRESH)
            return (cells[0]._replace(look=int(look)), *cells[1:])
        return cells

    def row(self, row: int) -> RowView | None:
        """A loaded row; None while it is not."""
        block = self._blocks.get(row // BLOCK)
        if block is None or row % BLOCK >= len(block.page.rows):
            return None
        return view_of(block.page.rows[row % BLOCK], block.page.layout)

    def row_id(self, row: int) -> str | None:
        """The id of a loaded row."""
        block = self._blocks.get(row // BLOCK)
        if block is None or row % BLOCK >= len(block.page.rows):
            return None
        return block.page.rows[row % BLOCK][0]

    def find(self, row_id: str) -> int | None:
        """The place of a row among those loaded."""
        for number, block in self._blocks.items():
            for offset, row in enumerate(block.page.rows):
                if row[0] == row_id and number * BLOCK + offset < self.total:
                    return number * BLOCK + offset
        return None

    def editable(self, field: Field | Computed) -> bool:
        """Whether the actor may edit this column in the table at all."""
        actor = self.desk.actor
        return (
            isinstance(field, Field)
            and field.own
            and not (field.readonly or field.fixed or is_long(field) or isinstance(field.kind, Secret))
            and actor is not None
            and policy.may(actor, self.admin.entity, "edit")
            and policy.may_write(actor, self.admin.entity, field.key)
        )

    def set_value(self, view: RowView, key: str, value: str | None, label: tuple[str, str] | None = None) -> None:
        """Note a value in the draft of a row as it was when its editor was opened, wherever it stands by now."""
        title, base = called(self.admin, view), view.values[key]
        long = {f.key for f in self.fields if is_long(f)}
        seen = {name: text for name, text in view.values.items() if name not in long}
        self.drafts.set(view.id, key, value, version=view.version, base=base, label=label, title=title, seen=seen)

    # Following others

    @property
    def visible(self) -> tuple[int, int]:
        """(first, last) row that a view shows."""
        return self._visible

    @property
    def generation(self) -> int:
        """Another number each time that other rows are asked for."""
        return self._generation

    @property
    def block_size(self) -> int:
        """Rows fetched at once."""
        return BLOCK

    def is_reading(self) -> bool:
        """Whether rows are on their way."""
        return bool(self._jobs) or self._pending is not None

    def is_counting(self) -> bool:
        """Whether the rows are being counted."""
        return self._count_job is not None

    def count(self) -> None:
        """Count the rows again."""
        self._count()

    def reader(self) -> Callable[[UnitOfWork, int], Block]:
        """What reads a block of what is shown now by its place, on a worker."""
        pages, query, fields = self.pages, self.query, self.fields
        total = self.total if self.exact else None

        def read(uow: UnitOfWork, number: int) -> Block:
            # Counted from the end, rows that came meanwhile put all places wrong: only where the way there is long.
            want = Want(number * BLOCK, BLOCK, total=total if number > FAR else None)
            return _block(pages, uow, query, fields, want)

        return read

    def placer(self) -> Callable[[UnitOfWork, str], int | None]:
        """What asks for a row's place, on a worker."""
        pages, query = self.pages, self.query
        return lambda uow, row_id: pages.position(uow, query, row_id)

    def renew(self, blocks: dict[int, Block]) -> None:
        """Show these blocks, which follow each other, in place of what was shown, and move the rows behind them along:
        what is selected and current stays with its rows."""
        start, before = self._loaded_around(min(blocks, default=0))
        after = [row[0] for number in sorted(blocks) for row in blocks[number].page.rows]
        begin = min(blocks, default=0) * BLOCK
        moves = shifts(start, before, begin, after)
        if moves:
            self._blocks.clear()  # their rows are not in their places any more
            self._stale.clear()
        for at, number in reversed(moves):
            self._move(at, number)
        self._stale.update(self._blocks)
        for number, block in sorted(blocks.items()):
            self._store(number, block)

    def _loaded_around(self, number: int) -> tuple[int, list[str | None]]:
        """The first row and the ids of the loaded blocks that are seen, those that follow each other."""
        first = max(self._visible[0], 0) // BLOCK
        start = first if first in self._blocks else number
        ids: list[str | None] = []
        number = start
        while number in self._blocks and number <= max(self._visible[1], 0) // BLOCK:
            rows = self._blocks[number].page.rows
            ids += [row[0] for row in rows[: max(self.total - number * BLOCK, 0)]]
            if len(rows) < BLOCK:
                break
            number += 1
        return start * BLOCK, ids

    def _move(self, at: int, number: int) -> None:
        at = min(at, self.total)
        if number > 0:
            self.beginInsertRows(_NOWHERE, at, at + number - 1)
            self.total += number
            self.endInsertRows()
        elif (gone := min(-number, self.total - at)) > 0:
            self.beginRemoveRows(_NOWHERE, at, at + gone - 1)
            self.total -= gone
            self.endRemoveRows()

    # Fetching

    def _read(
        self, generation: int, query: Query, fields: tuple[Field | Computed, ...], want: Want, number: int, arrived: Any
    ) -> None:
        def work(uow: UnitOfWork) -> Block:
            return _block(self.pages, uow, query, fields, want)

        def failed(error: ExplainedError) -> None:
            if generation == self._generation:
                self._jobs.pop(number, None)
                self.working.emit(bool(self._jobs))
                self.failed.emit(error)

        self.working.emit(True)
        job = self.desk.read(work, done=arrived, failed=failed, owner=self, label=self.admin.plural)
        if number in self._jobs and generation == self._generation:
            self._jobs[number] = job

    def _fetch(self, number: int, *, by_place: bool = False) -> None:
        """Fetch a block, from its neighbours' keys unless `by_place`."""
        generation = self._generation
        before, after = self._blocks.get(number - 1), self._blocks.get(number + 1)
        layout = None if by_place else self._layout
        want = Want(number * BLOCK, BLOCK, total=self.total if self.exact and not by_place else None)
        if layout and before and number - 1 not in self._stale and len(before.page.rows) == BLOCK:
            want = replace(want, after=layout.key(before.page.rows[-1]))
        elif layout and after and after.page.rows and number + 1 not in self._stale:
            want = replace(want, before=layout.key(after.page.rows[0]))

        def arrived(block: Block) -> None:
            if generation == self._generation:
                self._jobs.pop(number, None)
                self._store(number, block)

        self._jobs[number] = None
        self._read(generation, self.query, self.fields, want, number, arrived)

    def _begin(self, query: Query, fields: tuple[Field | Computed, ...], block: Block) -> None:
        """The first rows of a new query are there: show them in place of the old."""
        self.beginResetModel()
        self.query, self.fields, self._layout = query, fields, block.page.layout
        self._pending = None
        self._blocks = OrderedDict({0: block})
        self.loaded, self.exact = True, block.page.ended
        self.total = len(block.page.rows)
        self.endResetModel()
        self.arrived.emit()
        self.counted.emit()
        self.working.emit(bool(self._jobs))
        if not self.exact:
            self._count()

    def _store(self, number: int, block: Block) -> None:
        if not block.page.ended and len(block.page.rows) < BLOCK and number * BLOCK + len(block.page.rows) < self.total:
            self._fetch(number, by_place=True)  # rows before it were deleted meanwhile: its key is no longer its place
            return
        if block.page.ended and not block.page.rows and number:
            self._nothing_at(number)
            return
        self._blocks[number] = block
        self._blocks.move_to_end(number)
        self._stale.discard(number)
        while len(self._blocks) > KEPT_BLOCKS:
            self._blocks.popitem(last=False)
        first = number * BLOCK
        if block.page.ended:
            self._set_total(first + len(block.page.rows), exact=True)
        last = min(first + BLOCK, self.total) - 1
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, self.columnCount() - 1))
        self.arrived.emit()
        self.working.emit(bool(self._jobs))

    def _nothing_at(self, number: int) -> None:
        """The last row is somewhere before this block: where, the count tells."""
        self._blocks.pop(number, None)
        self._stale.discard(number)
        self.working.emit(bool(self._jobs))
        if self.total > number * BLOCK:
            self._set_total(number * BLOCK, exact=False)
            self._count()

    def _count(self) -> None:
        if self._count_job is not None:
            self._count_job.cancel()
        generation, query = self._generation, self.query

        def about(found: int | None) -> None:
            if generation == self._generation and found is not None and not self.exact:
                self._set_total(max(found, self.total), exact=False)

        def exactly(found: int) -> None:
            if generation == self._generation:
                self._count_job = None
                self._set_total(found, exact=True)

        if not self.exact and not (query.search or query.filters):  # of a part of a table there is no estimate
            self.desk.read(lambda uow: self.pages.estimate(uow, query), done=about, failed=lambda e: None, owner=self)
        self._count_job = self.desk.read(
            lambda uow: self.pages.count(uow, query),
            done=exactly,
            failed=lambda e: None,
            owner=self,
            label=self.tr("counting"),
            background=True,
        )

    def _set_total(self, total: int, *, exact: bool) -> None:
        if total > self.total:
            self.beginInsertRows(_NOWHERE, self.total, total - 1)
            self.total = total
            self.endInsertRows()
        elif total < self.total:
            self.beginRemoveRows(_NOWHERE, total, self.total - 1)
            self.total = total
            for number in [n for n in self._blocks if n * BLOCK >= total and n]:
                del self._blocks[number]
            self.endRemoveRows()
        self.exact = exact
        self.counted.emit()

    def _cancel(self) -> None:
        self._generation += 1
        for job in [*self._jobs.values(), self._count_job]:
            if job is not None:
                job.cancel()
        self._jobs.clear()
        self._count_job = None

    # Drafts and changes

    def _with_draft(self, cells: tuple[Cell, ...], draft: Draft) -> tuple[Cell, ...]:
        shown = list(cells)
        for column, field in enumerate(self.fields):
            if field.key in draft.values:
                shown[column] = draft_cell(field, draft, self.query.zone)
        return tuple(shown)

    def _draft_changed(self, row_id: str) -> None:
        if not self.total:
            return
        row = self.find(row_id) if row_id else None
        if row_id and row is None:
            return
        first, last = (row, row) if row is not None else (0, self.total - 1)
        self.dataChanged.emit(self.index(first, 0), self.index(last, self.columnCount() - 1))

    def _committed(self, outcome: Outcome, initiator: object) -> None:
        shown = {self.admin.entity, *(f.kind.target for f in self.fields if isinstance(f.kind, Ref))}
        if self.loaded and shown & outcome.entities:
            self.refresh()

    # Qt

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Override QAbstractItemModel::rowCount."""
        return 0 if parent.isValid() else self.total

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Override QAbstractItemModel::columnCount."""
        return 0 if parent.isValid() else len(self.fields)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::data. Never reads the database, never raises."""
        if not index.isValid() or index.row() >= self.total or index.column() >= len(self.fields):
            return None
        if role == Qt.ItemDataRole.EditRole:
            return self.wire(index.row(), self.fields[index.column()].key)
        cells = self.row_cells(index.row())
        if cells is None:
            return "…" if role == Qt.ItemDataRole.DisplayRole else None
        row_id = self.row_id(index.row()) or ""
        return cell_data(cells[index.column()], role, self._error(index), self.follower.words(row_id))

    def wire(self, row: int, key: str) -> str | None:
        """The wire value of a field, the draft's where there is one."""
        view = self.row(row)
        if view is None:
            return None
        draft = self.drafts.get(view.id)
        return draft.values[key] if draft and key in draft.values else view.values.get(key)

    def _error(self, index: Index) -> str | None:
        draft = self.drafts.get(self.row_id(index.row()) or "")
        return draft.errors.get(self.fields[index.column()].key) if draft else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Override QAbstractItemModel::setData: `value` is a wire text, None, or (wire text, label) of a reference."""
        if not index.isValid() or role != Qt.ItemDataRole.EditRole:
            return False
        wire, label = value if isinstance(value, tuple) else (value, None)
        view = self.row(index.row())
        if view is not None:
            self.set_value(view, self.fields[index.column()].key, wire, label)
        return view is not None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Override QAbstractItemModel::flags."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        if index.column() >= len(self.fields) or not self.editable(self.fields[index.column()]):
            return flags
        view = self.row(index.row())
        return flags | Qt.ItemFlag.ItemIsEditable if view is not None and view.editable else flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::headerData."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.fields):
            return None
        return header_data(self.fields[section], role)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Override QAbstractItemModel::sort."""
        if 0 <= column < len(self.fields):
            sort = Sort(self.fields[column].key, order is Qt.SortOrder.DescendingOrder)
            query = self._pending[0] if self._pending else self.query
            self.show(replace(query, sorts=(sort,)))


def _block(pages: RowSource, uow: UnitOfWork, query: Query, fields: tuple[Field | Computed, ...], want: Want) -> Block:
    page = pages.fetch(uow, query, tuple(field.key for field in fields), want)
    return Block(page, tuple(render_row(fields, page.layout, row, query.zone) for row in page.rows))
