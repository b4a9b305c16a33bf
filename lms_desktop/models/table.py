"""The model behind every table of records: pages of their rows, with drafts laid over, and what may be edited."""

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt

from lms_desktop import policy
from lms_desktop.database.unit_of_work import Outcome
from lms_desktop.models.cell_roles import cell_data, draft_cell, header_data
from lms_desktop.models.cells import Cell, Look
from lms_desktop.models.desk import Desk
from lms_desktop.models.draft import Written
from lms_desktop.models.drafts import Draft, Drafts
from lms_desktop.models.paged import PagedModel
from lms_desktop.models.patching import patched
from lms_desktop.models.rows import RowView as RowView
from lms_desktop.models.rows import called
from lms_desktop.models.whereabouts import RowSource
from lms_desktop.services.paging import is_long
from lms_desktop.spec import Catalog, Computed, Field, Query, Ref, Secret, Sort

Index = QModelIndex | QPersistentModelIndex
Fields = tuple[Field | Computed, ...]


class TableModel(PagedModel):
    """Records × columns of one query, as they are to be saved: what is not saved yet is laid over what was read.

    Attributes:
        drafts: the unsaved values.
    """

    def __init__(
        self,
        desk: Desk,
        catalog: Catalog,
        pages: RowSource,
        query: Query,
        drafts: Drafts,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(desk, catalog, pages, query, parent)
        self.drafts = drafts
        self.follower.marked.connect(lambda: self._draft_changed(""))
        drafts.changed.connect(self._draft_changed)
        drafts.written.connect(self._show_saved)
        desk.committed.connect(self._committed)

    def row_cells(self, row: int) -> tuple[Cell, ...] | None:
        """The cells of a row, drafts included; None while it is not loaded."""
        found = self._rows.of(row)
        if found is None:
            return None
        block, at = found
        row_id, version = block.page.rows[at][:2]
        draft = self.drafts.get(row_id or "")
        cells = block.cells[at] if draft is None else self._with_draft(block.cells[at], draft, self.fields)
        clash = draft is not None and not draft.new and draft.version != version
        if cells and (clash or self.follower.is_marked(row_id or "")):
            look = cells[0].look | (Look.CLASH if clash else Look.FRESH)
            return (cells[0]._replace(look=int(look)), *cells[1:])
        return cells

    def editable(self, field: Field | Computed) -> bool:
        """Whether the actor may edit this column in the table at all."""
        actor = self.desk.actor
        return (
            isinstance(field, Field)
            and field.own
            and not (field.readonly or field.fixed or field.in_form or is_long(field) or isinstance(field.kind, Secret))
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

    # Drafts and changes

    def as_drafted(self, view: RowView, cells: tuple[Cell, ...], fields: Fields) -> tuple[Cell, ...]:
        """The cells of a row that was read with these fields, with what is not saved yet laid over."""
        draft = self.drafts.get(view.id)
        return cells if draft is None else self._with_draft(cells, draft, fields)

    def _with_draft(self, cells: tuple[Cell, ...], draft: Draft, fields: Fields) -> tuple[Cell, ...]:
        shown = list(cells)
        for column, field in enumerate(fields):
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

    def _show_saved(self, written: tuple[Written, ...]) -> None:
        """Show what was saved here at once, before it is read again."""
        fields, zone = self.fields, self.query.zone
        for one in written:
            row = self.find(one.id)
            if row is not None:
                self._rows.patch(row, partial(patched, one, fields, zone))

    def _committed(self, outcome: Outcome, initiator: object) -> None:
        shown = {self.admin.entity, *(f.kind.target for f in self.fields if isinstance(f.kind, Ref))}
        if self.loaded and shown & outcome.entities:
            query, own = self.query, self.admin.entity
            others = own in outcome.besides or any(c.entity is own and c.action != "update" for c in outcome.changes)
            self.refresh(count=others or bool(query.search or query.filters) or not self.anywhere)

    # Qt

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
