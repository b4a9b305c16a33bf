"""What the line below a table says: where one stands among its rows, how many are selected, what the order is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale, QObject

from lms_desktop.spec import EntityAdmin, Query

if TYPE_CHECKING:
    from lms_desktop.models.table import TableModel
    from lms_desktop.views.page_parts import PageParts

GAP = "    "


class RowWords(QObject):
    """Says it whenever it is asked to, and while the bar is drawn which rows these are."""

    def __init__(self, page: PageParts) -> None:
        super().__init__(page)
        self._page = page
        bar = page.table.verticalScrollBar()
        bar.valueChanged.connect(lambda: self._tell_seen() if bar.isSliderDown() else None)
        bar.sliderReleased.connect(page.status_soon.start)
        page.status_soon.timeout.connect(self.tell)

    def tell(self) -> None:
        """Where one stands."""
        page = self._page
        current, locale, total = page.table.currentIndex(), page.locale(), page.total_words()
        if current.isValid():
            text = self.tr("Row {0} of {1}").format(place_words(page.model, current.row(), locale), total)
        else:
            one = page.model.total == 1 and page.model.exact
            text = self.tr("1 row") if one else self.tr("{0} rows").format(total)
        selected = page.table.selected_count()
        if selected > 1:
            text += GAP + self.tr("{0} selected").format(locale.toString(selected))
        page.status.emit(self._ordered(text))

    def _tell_seen(self) -> None:
        """Which rows are seen."""
        page, (first, last) = self._page, self._page.table.seen_rows()
        if page.model.awaited is None and 0 <= first < last:
            ends = place_words(page.model, first, page.locale()), page.locale().toString(last + 1)
            page.status.emit(self._ordered(self.tr("Rows {0} to {1} of {2}").format(*ends, page.total_words())))

    def _ordered(self, text: str) -> str:
        order = order_words(self._page.admin, self._page.model.query, self._page.locale())
        return f"{text}{GAP}{order}" if order else text


def place_words(model: TableModel, row: int, locale: QLocale) -> str:
    """The number of a row, “≈” where the rows before it are not counted."""
    about = "≈ " if model.is_rough(row) else ""
    return about + locale.toString(row + 1)


def total_words(model: TableModel, locale: QLocale) -> str:
    """How many rows there are, “≈” until they are counted, “+” where nobody knows more than that many are there."""
    number = locale.toString(model.total)
    if model.exact:
        return number
    return f"≈ {number}" if model.estimated else f"{number}+"


def order_words(admin: EntityAdmin, query: Query, locale: QLocale) -> str:
    """By what the rows of a query are ordered, and which way; "" where by nothing."""
    sorts = query.sorts or admin.sorts
    if not sorts:
        return ""
    labels = [QCoreApplication.translate("", admin.field(sort.key).label) for sort in sorts]
    down, up = QCoreApplication.translate("RowWords", "descending"), QCoreApplication.translate("RowWords", "ascending")
    ways = [down if sort.descending else up for sort in sorts]
    text = QCoreApplication.translate("RowWords", "Sorted by {0}, {1}").format(labels[0], ways[0])
    if len(sorts) > 1:
        others = [f"{label} ({way})" for label, way in zip(labels[1:], ways[1:], strict=True)]
        then = QCoreApplication.translate("RowWords", "then by {0}")
        text += ", " + then.format(locale.createSeparatedList(others))
    return text
