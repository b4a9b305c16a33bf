"""Where one is in a page's table, kept while its rows or columns are exchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from lms_desktop.models.desk.entries import BEHIND_PAINTING
from lms_desktop.spec import Query
from lms_desktop.views.row_keeper import make_current_quietly

if TYPE_CHECKING:
    from lms_desktop.services.positions import Key
    from lms_desktop.views.entity_page import EntityPage


class Staying(QObject):
    """Keeps the columns that are seen in view, and the rows too where only the columns become others; one column more
    comes into view."""

    def __init__(self, page: EntityPage) -> None:
        super().__init__(page)
        self._page = page
        self._query: Query | None = None
        self._row = -1
        self._key: Key | None = None
        self._column = ""
        self._columns: tuple[str, ...] = ()
        self._ahead: str | None = None
        self._read: Query | None = None
        self._to_end: Query | None = None
        self._end = -1
        self._scrolled = self._was_edited = False
        self._down = self._across = 0
        self._dragged: tuple[Query, int, float] | None = None
        page.model.modelAboutToBeReset.connect(self._remember)
        page.model.modelReset.connect(self._start_over)  # before anybody lays the table out
        page.model.counted.connect(self._go_on_to_end)
        page.table.sent_to.connect(self._note_end)
        page.table.verticalScrollBar().sliderMoved.connect(self._note_drag)
        page.table.verticalScrollBar().actionTriggered.connect(self._go_from_end)

    def settle(self) -> None:
        """Right after the model was reset: be where one was, or where the record that is shown is now."""
        page, model, table = self._page, self._page.model, self._page.table
        keys = [field.key for field in model.fields]
        column = keys.index(self._column) if self._column in keys else 0
        shown = page.beside.row_id()
        if model.query is not self._to_end:
            self._to_end = None  # those never came, or others have been asked for since
        if self._to_end is not None and model.total:
            self._go_to_end(column)
        elif model.query == self._query and 0 <= self._row < model.total and page.finder.wanted is None:
            self._stay_at(shown, column)
            table.verticalScrollBar().setValue(self._down)
        elif shown is not None and self._is_elsewhere(shown):
            page.finder.want_soon(shown, column)
        else:
            page.reselect()
        dragged, self._dragged = self._dragged, None
        if dragged is not None and dragged[:2] == (model.query, self._down) and page.finder.wanted is None:
            table.updateGeometries()
            table.verticalScrollBar().setValue(round(dragged[2] * table.verticalScrollBar().maximum()))
        table.horizontalScrollBar().setValue(self._across)
        self._show_new_column(keys)
        if self._was_edited:  # its editor has gone with the rows, and Qt gave the keyboard to whatever comes next
            self._was_edited = False
            table.setFocus()

    def _stay_at(self, shown: str | None, column: int) -> None:
        """The row that was current is it again: the record that is shown, wherever it stands by now."""
        page, key = self._page, self._key
        row = None if shown is None else page.model.find(shown)
        if key is None or shown != key[-1]:
            page.table.setCurrentIndex(page.model.index(self._row, column))
            return
        make_current_quietly(page.table, page.model.index(self._row if row is None else row, column))
        page.row_actions.rows.know(page.table.currentIndex().row(), key)

    def renew_soon(self) -> None:
        """Read again, once it was painted as it is, what was read before the page was opened."""
        self._read = self._page.model.query
        QTimer.singleShot(1, self, lambda: QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), BEHIND_PAINTING))

    def customEvent(self, event: QEvent) -> None:
        """Override QObject::customEvent: it was painted. Whatever else came meanwhile has its turn first."""
        if self._read is not None:
            QTimer.singleShot(1, self, lambda at=self._read: self.renew(at))

    def renew(self, query: Query) -> None:
        """Read again what was read of a query before the page was opened.

        Nobody was ever at its first row: where that is gone by then, or others stand before it, the page begins with
        the row that is the first now.
        """
        page, model = self._page, self._page.model
        if model.pending is not None or model.query != query:
            return  # other rows have been asked for since
        self._ahead = page.beside.row_id() if page.finder.wanted is None else None
        self._scrolled, once = False, Qt.ConnectionType.SingleShotConnection
        model.about_to_move.connect(self._note_scroll, once)
        model.arrived.connect(self._begin_with_the_first, once)
        model.refresh()

    def _note_end(self, end: bool) -> None:
        """Somebody who has asked for other rows means their end, though they are not there yet, or not counted."""
        model = self._page.model
        self._to_end = (model.awaited or (None if model.exact else model.query)) if end else None
        self._end = self._page.table.currentIndex().row()

    def _note_drag(self, place: int) -> None:
        """Somebody who has asked for other rows means these, as far down as the bar is drawn."""
        awaited, most = self._page.model.awaited, self._page.table.verticalScrollBar().maximum()
        self._dragged = None if awaited is None or not most else (awaited, place, place / most)

    def _go_to_end(self, column: int) -> None:
        model = self._page.model
        self._page.table.setCurrentIndex(model.index(model.total - 1, column))
        self._end = model.total - 1
        self._to_end = None if model.exact else self._to_end

    def _go_on_to_end(self) -> None:
        """There are other numbers of rows than were known when one was led to their end; unless one has gone on."""
        here = self._page.table.currentIndex()
        if self._to_end is None or self._page.model.query is not self._to_end:
            return
        if here.row() == self._end:
            self._go_to_end(here.column())
        else:
            self._to_end = None

    def _go_from_end(self) -> None:
        """Somebody who scrolls up from the end does not mean it any more."""
        bar = self._page.table.verticalScrollBar()
        if bar.sliderPosition() < bar.maximum():
            self._to_end = None

    def _note_scroll(self) -> None:
        self._scrolled = self._page.table.verticalScrollBar().value() > 0

    def _begin_with_the_first(self) -> None:
        page, model, ahead = self._page, self._page.model, self._ahead
        if ahead is None or page.beside.row_id() != ahead or model.find(ahead) == 0:
            return
        if self._scrolled or page.drafts.get(ahead) is not None or page.table.state() != page.table.State.NoState:
            return  # the person has begun with it
        page.finder.forget()
        if model.total:
            page.table.setCurrentIndex(model.index(0, 0))
            page.current_changed()
        else:
            page.beside.show_record(None)

    def _show_new_column(self, keys: list[str]) -> None:
        """A column that was chosen is put behind the others, where a narrow table does not show it."""
        table, bar = self._page.table, self._page.table.horizontalScrollBar()
        new = [column for column, key in enumerate(keys) if key not in self._columns]
        if self._page.model.query != self._query or len(new) != 1 or len(keys) != len(self._columns) + 1:
            return
        left, width = table.header().sectionPosition(new[0]), table.header().sectionSize(new[0])
        bar.setValue(min(max(bar.value(), left + width - table.viewport().width()), left))

    def _is_elsewhere(self, shown: str) -> bool:
        """Whether the record that is shown is among the rows of a wider search, or of another order in which it was
        being edited, and not among the first of them."""
        page, model = self._page, self._page.model
        if self._query is None or page.finder.is_led():
            return False
        if not _is_wider(model.query, self._query) and not self._was_edited:
            return False
        return model.total > 0 and model.find(shown) is None and page.new_rows.find(shown) is None

    def _start_over(self) -> None:
        if self._page.model.query != self._query:
            self._page.table.start_over()

    def _remember(self) -> None:
        model, table = self._page.model, self._page.table
        current = table.currentIndex()
        self._columns = tuple(field.key for field in model.fields)
        self._query = model.query if model.loaded else None
        editor = self._page.delegate.editor
        self._was_edited = editor is not None and editor.isAncestorOf(QApplication.focusWidget() or table)
        self._row = current.row()
        self._key = self._page.row_actions.rows.key(current.row())
        self._column = model.fields[current.column()].key if current.isValid() else ""
        self._down, self._across = table.verticalScrollBar().value(), table.horizontalScrollBar().value()


def _is_wider(query: Query, former: Query) -> bool:
    """Whether all rows of the former query are among those of the other."""
    fewer = (query.search, set(query.filters)) != (former.search, set(former.filters))
    return fewer and query.search in ("", former.search) and set(query.filters) <= set(former.filters)
