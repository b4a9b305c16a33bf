"""The band of new rows above a page's table: begun, chosen, taken back; its columns stand over those of the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from lms_desktop import policy
from lms_desktop.spec import Field, Ref
from lms_desktop.views.drafts_page import first_values

if TYPE_CHECKING:
    from lms_desktop.views.entity_page import EntityPage

MOST_SEEN = 4
"""So many new rows are seen at once; the others are scrolled to."""


class NewRowsBand(QObject):
    """Gives the band of a page its life."""

    def __init__(self, page: EntityPage) -> None:
        super().__init__(page)
        self._page = page
        page.band_made.connect(self._connect)
        page.new_rows.modelReset.connect(self._fit)

    def _connect(self) -> None:
        page, band = self._page, self._page.band
        for signal in (band.selectionModel().currentRowChanged, band.selectionModel().selectionChanged):
            signal.connect(lambda: self._current_changed())
        header, own = page.table.horizontalHeader(), band.horizontalHeader()
        for place in range(header.count()):
            own.moveSection(own.visualIndex(header.logicalIndex(place)), place)
        header.sectionResized.connect(lambda column, _, width: band.setColumnWidth(column, width))
        header.sectionMoved.connect(lambda _, old, new: own.moveSection(old, new))
        page.table.horizontalScrollBar().valueChanged.connect(band.horizontalScrollBar().setValue)

    def begin(self, values: Mapping[str, str | None]) -> None:
        """Begin a new row with these values beside the defaults of its fields, and show it in the form."""
        page = self._page
        if not page.session.may(page.admin, "add"):
            return
        first = first_values(page.session, page.admin)
        first.update(self._values_of_filters())
        first.update(values)
        labels = {c.key: (c.labels[0], "") for c in page.model.query.filters if c.labels and c.key in first}
        draft = page.drafts.begin_new(first, labels)
        page.table.clearSelection()
        page.beside.show_record(draft.id)
        page.form.focus_field(None)
        row = page.new_rows.find(draft.id)
        if row is not None:
            page.band.selectRow(row)

    def fit_columns(self) -> None:
        """Make the columns as wide as those of the table."""
        page = self._page
        if page.has_band:
            for column in range(page.model.columnCount()):
                page.band.setColumnWidth(column, page.table.columnWidth(column))

    def undo(self) -> None:
        """Take back the last unsaved change of the page, and show the new row that comes back by it."""
        page, new = self._page, self._ids()
        row_id = page.drafts.undo()
        if not self._has_gone(row_id, new) and row_id not in new:
            self._show(row_id)

    def redo(self) -> None:
        """Make again what was taken back last, and show the new row that it is about."""
        page, new = self._page, self._ids()
        row_id = page.drafts.redo()
        if not self._has_gone(row_id, new) and row_id != page.beside.row_id():
            self._show(row_id)

    def _ids(self) -> set[str | None]:
        return {draft.id for draft in self._page.drafts.new_rows()}

    def _has_gone(self, row_id: str | None, new: set[str | None]) -> bool:
        """Whether the new row shown is none any more; another one is shown in its place."""
        page = self._page
        if row_id is None or row_id not in new or row_id != page.beside.row_id() or page.drafts.get(row_id) is not None:
            return False
        page.reselect()
        return True

    def _show(self, row_id: str | None) -> None:
        if row_id is not None and self._page.new_rows.find(row_id) is not None:
            self._page.show_record(row_id)

    def _values_of_filters(self) -> dict[str, str | None]:
        """What the filters say a new row is: in a list of one course, a new lesson is that course's."""
        values: dict[str, str | None] = {}
        page = self._page
        for condition in page.model.query.filters:
            field = page.admin.field(condition.key)
            fits = len(condition.values) == 1 and condition.operator in {"one_of", "is"}
            fits = fits and policy.may_write(page.session.actor, page.admin.entity, condition.key)
            if fits and isinstance(field, Field) and field.own and isinstance(field.kind, Ref):
                values[field.key] = condition.values[0]
        return values

    def _current_changed(self) -> None:
        page = self._page
        row_id = page.new_rows.row_id(page.band.selected_row())
        if row_id is not None and row_id != page.beside.row_id():
            page.table.clearSelection()
            page.beside.show_record(row_id)

    def _fit(self) -> None:
        """New rows came or went: the band is as high as they are."""
        page, rows = self._page, self._page.new_rows.rowCount()
        if rows or page.has_band:
            page.band.setVisible(rows > 0)
            page.band.setFixedHeight(page.band.rowHeight(0) * min(rows, MOST_SEEN) + 2 if rows else 0)
            self.fit_columns()
            QTimer.singleShot(0, self, self._align)
        page.tell_empty()

    def _align(self) -> None:
        page = self._page
        page.band.horizontalScrollBar().setValue(page.table.horizontalScrollBar().value())
