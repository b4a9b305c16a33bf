"""The menu of a column's title: its order, a filter on it, its width, and how to be without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from lms_desktop.views.entity_page import EntityPage


class HeaderMenu(QMenu):
    """What can be done with a column of a page's table; it goes when it is closed."""

    def __init__(self, page: EntityPage, column: int) -> None:
        super().__init__(page)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        field, table, filters = page.model.fields[column], page.table, page.filters
        if table.header().sortable(column):
            for text, descending in ((self.tr("Sort upwards"), False), (self.tr("Sort downwards"), True)):
                self.addAction(text).triggered.connect(
                    lambda _=False, down=descending: table.sort_requested.emit(column, down)
                )
        if field in filters.filterable():
            self.addAction(self.tr("Filter…")).triggered.connect(lambda: filters.open_editor(field, None, filters))
        if self.actions():
            self.addSeparator()
        self.addAction(self.tr("As wide as what it shows")).triggered.connect(
            lambda: table.resizeColumnToContents(column)
        )
        hide = self.addAction(self.tr("Hide this column"))
        hide.setEnabled(len(page.columns) > 1)  # a table without columns shows nothing to come back by
        hide.triggered.connect(lambda: filters.use_columns(key for key in page.columns if key != field.key))
