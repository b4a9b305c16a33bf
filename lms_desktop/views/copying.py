"""Copying rows or a cell of a page's table to the clipboard: as they are shown, and texts whole."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import partial
from io import StringIO
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from lms_desktop.models.cells import Look
from lms_desktop.services.column_texts import EXCERPT
from lms_desktop.services.paging import is_long
from lms_desktop.services.records import Record
from lms_desktop.spec import Computed, Field, Json, Text
from lms_desktop.views.selected_rows import Selected, SelectedRows
from lms_desktop.views.waiting import wait_for

if TYPE_CHECKING:
    from lms_desktop.views.entity_page import EntityPage
    from lms_desktop.views.related_list import RelatedList

Columns = Mapping[int, Field | Computed]
"""Columns and what they show, in the order in which they stand."""


class Copying(QObject):
    """Puts what is selected into the clipboard: the current cell where one row is, else all of them as a spreadsheet
    takes them: tabs between the columns in the order in which these stand, quotes around what has lines of its own."""

    def __init__(self, page: EntityPage | RelatedList, rows: SelectedRows) -> None:
        super().__init__(page)
        self._page, self._rows = page, rows

    def copy(self) -> None:
        """Copy, as soon as all of it is there."""
        current, header, fields = self._page.table.currentIndex(), self._page.table.header(), self._page.model.fields
        if self._rows.count() > 1 or (self._rows.count() and self._page.table.selected_row() < 0):
            shown = [at for at in map(header.logicalIndex, range(header.count())) if not header.isSectionHidden(at)]
            self._rows.take(partial(self._copy, {at: fields[at] for at in shown}))
        elif current.isValid() and (one := self._rows.at(current.row())) is not None:
            self._copy({current.column(): fields[current.column()]}, [one], alone=True)

    def _copy(self, columns: Columns, rows: Sequence[Selected], *, alone: bool = False) -> None:
        """Those columns of rows; texts of which a table shows the beginning are read first."""
        page = self._page
        long = [field.key for field in columns.values() if is_long(field)]
        cut = [one.view.id for one in rows if any(len(one.view.values.get(key) or "") >= EXCERPT for key in long)]

        def put(whole: Mapping[str, Record]) -> None:
            if whole.keys() >= set(cut):
                self._put(columns, rows, alone, whole)
            else:
                from lms_desktop.models.gathering import changed  # it is rarely said

                page.trouble.emit(changed())

        if not cut:
            put({})
            return
        records, entity, zone = page.session.records, page.admin.entity, page.session.zone
        text = self.tr("Reading what is selected")
        job = page.session.desk.read(
            lambda uow: records.load_all(uow, entity, cut, zone),
            done=put,
            failed=page.trouble.emit,
            owner=self,
            label=text,
        )
        wait_for(job, text, page.window())

    def _put(self, columns: Columns, rows: Sequence[Selected], alone: bool, whole: Mapping[str, Record]) -> None:
        texts = [[self._text(*column, one, whole.get(one.view.id)) for column in columns.items()] for one in rows]
        clipboard, page = QGuiApplication.clipboard(), self._page
        if alone:
            clipboard.setText(texts[0][0])
            return
        lines = StringIO()
        csv.writer(lines, csv.excel_tab, lineterminator="\n").writerows(texts)
        clipboard.setText(lines.getvalue().removesuffix("\n"))
        page.status.emit(self.tr("{0} rows are copied.").format(page.locale().toString(len(rows))))

    def _text(self, column: int, field: Field | Computed, one: Selected, whole: Record | None) -> str:
        """What is shown there; a text with its lines, and all of it."""
        cell = one.cells[column]
        if not isinstance(field, Field) or not isinstance(field.kind, Text | Json):
            return "" if cell.look & Look.NULL else cell.text
        draft, values = self._page.drafts.get(one.view.id), dict(one.view.values)
        values |= {} if whole is None else whole.values
        values |= {} if draft is None else draft.values
        return values[field.key] or ""
