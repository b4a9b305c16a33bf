"""The order of a page's table: chosen by its titles, one column more with Shift, and said to be slow where it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication

from lms_desktop.spec import Query, Sort

if TYPE_CHECKING:
    from lms_desktop.models.table import TableModel
    from lms_desktop.views.entity_page import EntityPage
    from lms_desktop.views.record_table import RecordTable

LONG = 100_000
"""Rows from which on an order without an index takes so long that one wonders why."""


class Sorting(QObject):
    """Orders the table of a page as its titles are pressed."""

    def __init__(self, page: EntityPage) -> None:
        super().__init__(page)
        self._page = page
        page.table.sort_requested.connect(self._sort)
        page.table.header_menu_wanted.connect(self._open_menu)

    def show(self) -> None:
        """Put the marks on the titles of the columns by which the rows are ordered."""
        mark_order(self._page.table, self._page.model)

    def _open_menu(self, column: int, at: QPoint) -> None:
        from lms_desktop.views.header_menu import HeaderMenu  # few titles are asked for one

        if 0 <= column < len(self._page.model.fields):
            HeaderMenu(self._page, column).popup(at)

    def _sort(self, column: int, descending: bool) -> None:
        page = self._page
        chosen = pressed_again(Sort(page.model.fields[column].key, descending), page.model.awaited)
        sorts = added_sort(page.filters.query.sorts or page.model.query.sorts or page.admin.sorts, chosen)
        if [sort.key for sort in sorts] == [sort.key for sort in page.admin.sorts[:1]]:
            sorts = (chosen, *page.admin.sorts[1:])  # places in a list mean nothing without the list
        query = replace(page.filters.query, sorts=sorts)
        page.filters.query = query
        page.filters.name_view()
        page.model.show(query, page.columns)
        self._tell_slow(query)

    def _tell_slow(self, query: Query) -> None:
        """Where no index knows the order of a long table, say at once that it takes a while, and why."""
        page, pages = self._page, self._page.session.pages
        total = page.model.total
        label = ", ".join(QCoreApplication.translate("", page.admin.field(sort.key).label) for sort in query.sorts)
        if total < LONG or query.search or query.filters:
            return

        def done(slow: bool) -> None:
            if slow:
                rows = page.locale().toString(total)
                words = QCoreApplication.translate(
                    "EntityPage", "Sorting {0} rows by {1} takes a while: there is no index for it."
                )
                page.slow.explain(query, words.format(rows, label))

        page.session.desk.read(lambda uow: pages.sorts_slowly(uow, query), done=done, failed=lambda _: None, owner=self)


def mark_order(table: RecordTable, model: TableModel) -> None:
    """Put the marks on the titles of the columns by which the rows are ordered."""
    sorts = model.query.sorts or model.admin.sorts
    keys = [field.key for field in model.fields]
    then = {keys.index(sort.key): sort.descending for sort in sorts[1:] if sort.key in keys}
    if sorts and sorts[0].key in keys:
        table.show_sort(keys.index(sorts[0].key), sorts[0].descending, then=then)
    else:
        table.show_sort(-1, then=then)


def pressed_again(chosen: Sort, awaited: Query | None) -> Sort:
    """The order that is meant where rows of another one are still awaited: the mark on a title tells nothing then."""
    if awaited is None or not awaited.sorts:
        return chosen
    return replace(chosen, descending=awaited.sorts[0] == replace(chosen, descending=False))


def added_sort(before: tuple[Sort, ...], chosen: Sort) -> tuple[Sort, ...]:
    """The order by a column; while Shift is held, by this one behind the others that were `before`, and where it is
    among them it is turned round."""
    if not QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier:
        return (chosen,)
    if any(sort.key == chosen.key for sort in before):
        return tuple(Sort(sort.key, not sort.descending) if sort.key == chosen.key else sort for sort in before)
    return (*before, chosen)
