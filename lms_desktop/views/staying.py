"""Where one is in a page's table, kept while its rows or columns are exchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from lms_desktop.spec import Query

if TYPE_CHECKING:
    from lms_desktop.views.entity_page import EntityPage


class Staying(QObject):
    """Keeps the columns that are seen in view, and the rows too where only the columns become others."""

    def __init__(self, page: EntityPage) -> None:
        super().__init__(page)
        self._page = page
        self._query: Query | None = None
        self._row = -1
        self._column = ""
        self._down = self._across = 0
        page.model.modelAboutToBeReset.connect(self._remember)

    def settle(self) -> None:
        """Right after the model was reset: be where one was, or where the record that is shown is now."""
        page, model, table = self._page, self._page.model, self._page.table
        if model.query == self._query and 0 <= self._row < model.total and page.finder.wanted is None:
            keys = [field.key for field in model.fields]
            column = keys.index(self._column) if self._column in keys else 0
            table.setCurrentIndex(model.index(self._row, column))
            table.verticalScrollBar().setValue(self._down)
        else:
            page.reselect()
        table.horizontalScrollBar().setValue(self._across)

    def _remember(self) -> None:
        model, table = self._page.model, self._page.table
        current = table.currentIndex()
        self._query = model.query if model.loaded else None
        self._row = current.row()
        self._column = model.fields[current.column()].key if current.isValid() else ""
        self._down, self._across = table.verticalScrollBar().value(), table.horizontalScrollBar().value()
