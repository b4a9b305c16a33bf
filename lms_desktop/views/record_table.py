"""The table of records: Qt's view with a painting of its own, for models of millions of rows that load by pages."""

import logging
from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelection,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QContextMenuEvent,
    QCursor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QHeaderView, QTableView, QToolTip, QWidget

from lms_desktop.models.cells import Cell, Look
from lms_desktop.views import theme
from lms_desktop.views.cell_painter import PaintColumn, PaintJob, paint_cells
from lms_desktop.views.cell_styles import StyleBook
from lms_desktop.views.record_header import RecordHeader
from lms_desktop.views.row_keeper import RowKeeper, let_go_of_current
from lms_desktop.views.row_watch import RowWatch

log = logging.getLogger(__name__)

WIDEST_FIT = 420
"""A column fitted to its contents gets no wider, in pixels at 100 %."""

Cells = Callable[[int], Sequence[Cell] | None]


class RecordTable(QTableView):
    """Rows of records. A row is selected, a cell has the keyboard; editing and screen readers are Qt's own.

    The model gives its cells by `row_cells(row) -> Sequence[Cell] | None` (see `models.cells.HasRowCells`); a model
    without it is shown by its `data()`.

    Signals:
        rowsWanted: (first, last) row that is seen, whenever it changes and before it is painted: what a model loads.
        sort_requested: (logical column, descending) the person asked for; `show_sort` puts the mark.
        header_menu_wanted: (logical column, global position).
        row_menu_wanted: (row, global position); row -1 where there is none.
        opened: (row) Enter or a double click on a cell that cannot be edited.
    """

    rowsWanted = Signal(int, int)
    sort_requested = Signal(int, bool)
    header_menu_wanted = Signal(int, QPoint)
    row_menu_wanted = Signal(int, QPoint)
    opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._book: StyleBook | None = None
        self._rows_of: QAbstractItemModel | None = None
        self._cells: Cells = _nothing
        self._hover = -1
        self._failed = False
        self._watch = RowWatch(self, self._are_loaded)
        self._watch.wanted.connect(self.rowsWanted)
        self._keeper = RowKeeper(self)
        self._header = RecordHeader(self)
        self.setHorizontalHeader(self._header)
        self._header.sort_requested.connect(self.sort_requested)
        self._header.menu_wanted.connect(self.header_menu_wanted)
        self._arrange()
        self.entered.connect(lambda index: self._set_hover(index.row()))
        self.viewportEntered.connect(lambda: self._set_hover(-1))
        self.doubleClicked.connect(self._on_double_click)
        self.verticalScrollBar().valueChanged.connect(self._follow_pointer)
        self._measure()

    def header(self) -> RecordHeader:
        """The column titles."""
        return self._header

    def show_sort(self, column: int, descending: bool = False) -> None:
        """Put the mark of the order on a column; -1 takes it away."""
        self._header.show_sort(column, descending)

    def selected_ranges(self) -> list[tuple[int, int]]:
        """(first, last) of each block of selected rows, in order.

        Use this and not `selectedIndexes`: two million of those take seconds.
        """
        spans = sorted(self._spans())
        merged: list[tuple[int, int]] = []
        for first, last in spans:
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
            else:
                merged.append((first, last))
        return merged

    def selected_row(self) -> int:
        """The current row where it is selected too, else -1."""
        row = self.currentIndex().row()
        # Qt's own answer asks the model for the flags of each column.
        return row if any(first <= row <= last for first, last in self._spans()) else -1

    def selected_count(self) -> int:
        """How many rows are selected."""
        return sum(last - first + 1 for first, last in self.selected_ranges())

    def is_moving_rows(self) -> bool:
        """Whether rows come and go: which one is current meanwhile is nobody's choice."""
        return self._keeper.moving

    def seen_rows(self) -> tuple[int, int]:
        """(first, last) row in view, (-1, -1) for none."""
        return self._watch.seen()

    def settle_bars(self) -> None:
        """Show the bars that the rows and columns need by now. Qt would do so after a painting, and paint again."""
        across = self.horizontalScrollBar()
        across.setRange(0, max(self._header.length() - self.viewport().width(), 0))
        self.executeDelayedItemsLayout()

    def fit_columns(self) -> None:
        """Give each column the width of its title and of the rows in view."""
        for column in range(self._header.count()):
            if not self._header.isSectionHidden(column):
                self.resizeColumnToContents(column)

    def _arrange(self) -> None:
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.EditKeyPressed | triggers.DoubleClicked)
        self.setTabKeyNavigation(False)  # Tab leaves the table; inside an editor it moves on to the next cell
        self.setMouseTracking(True)
        # All of it is painted here, and stays where it is when the height changes: nothing around it is painted along.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_StaticContents)
        # Shown, its headerData would be called hundreds of times for each painting.
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def _measure(self) -> None:
        """Take the heights and pens of the theme in force."""
        self._book = None
        row = theme.current().measures.row
        vertical = self.verticalHeader()
        vertical.setMinimumSectionSize(row)
        vertical.setMaximumSectionSize(row)
        vertical.setDefaultSectionSize(row)
        self.viewport().update()

    # ------------------------------------------------------------------------------------------------ overrides of Qt

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Override: find the fast way to its cells and watch it for changes of what is seen."""
        before = self._rows_of
        if before is not None:
            for signal in (before.modelReset, before.layoutChanged):
                signal.disconnect(self._watch.forget)
            for signal in (before.rowsInserted, before.rowsRemoved):
                signal.disconnect(self._watch.rows_moved)
            before.dataChanged.disconnect(self._watch.arrived)
        super().setModel(model)
        self._keeper.watch(model)
        self._rows_of = model
        self._failed = False
        self._cells = _nothing
        if model is not None:
            fast = getattr(model, "row_cells", None)
            self._cells = fast if fast is not None else lambda row: _from_data(model, row)
            for signal in (model.modelReset, model.layoutChanged):
                signal.connect(self._watch.forget)
            for signal in (model.rowsInserted, model.rowsRemoved):
                signal.connect(self._watch.rows_moved)
            model.dataChanged.connect(self._watch.arrived)
        self._watch.forget()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: one loop over what is seen. No exception leaves it: that would end the process."""
        painter = QPainter(self.viewport())
        try:
            paint_cells(painter, self._job(event.rect()), self._styles())
        except Exception:
            if not self._failed:  # it would be said again sixty times a second
                log.exception("Drawing the table failed")
            self._failed = True
        finally:
            painter.end()

    def dataChanged(
        self,
        first: QModelIndex | QPersistentModelIndex,
        last: QModelIndex | QPersistentModelIndex,
        roles: Sequence[int] = (),
    ) -> None:
        """Override: what changed in one row is painted at once, before anybody else hears of it."""
        super().dataChanged(first, last, list(roles))
        if first.row() == last.row():
            place = self.visualRect(first)
            self.viewport().repaint(0, place.top(), self.viewport().width(), place.height())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Override: the keyboard comes to one cell, and that alone is painted; Qt would paint all."""
        current = self.currentIndex()
        if current.isValid():
            self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, self._can_edit(current))
            self.update(current)
        else:
            super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Override: as above."""
        current = self.currentIndex()
        if current.isValid():
            self.update(current)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Override: ask for the rows that come into view before anything is painted."""
        self._watch.about_to_scroll(dy)
        super().scrollContentsBy(dx, dy)
        if dy:
            self._watch.scrolled()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: other rows may be seen."""
        super().resizeEvent(event)
        if self.isRightToLeft() and event.size().width() != event.oldSize().width():
            self.viewport().update()
        self._watch.ask_soon()

    def changeEvent(self, event: QEvent) -> None:
        """Override: another theme or text size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._measure()

    def leaveEvent(self, event: QEvent) -> None:
        """Override: hover goes."""
        super().leaveEvent(event)
        self._set_hover(-1)

    def viewportEvent(self, event: QEvent) -> bool:
        """Override: a tool tip where a text is cut."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            return self._tell_all(event)
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override: Enter edits as F2 does; where nothing can be edited it opens the row."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain and not self._is_editing():
            index = self.currentIndex()
            if index.isValid():
                self._edit_or_open(index)
                event.accept()
                return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Override: nothing. Qt would ask the model for every row there is; the search box is for that."""

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Override: paint those rows; Qt's own lists every index of the selection, which takes seconds for millions."""
        for part in (selected, deselected):
            for span in (part.at(i) for i in range(part.count())):
                self._paint_rows(span.top(), span.bottom())
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.SelectionWithin))

    def sizeHintForColumn(self, column: int) -> int:
        """Override: as wide as the widest of the cells in view."""
        width = self._header.sectionSizeHint(column)
        first, last = self.seen_rows()
        for row in range(first, last + 1) if first >= 0 else ():
            cells = self._cells(row)
            if cells is not None and column < len(cells):
                width = max(width, self._styles().cell_width(cells[column]))
        return min(width, theme.current().measures.px(WIDEST_FIT))

    def rowsAboutToBeRemoved(self, parent: QModelIndex | QPersistentModelIndex, start: int, end: int) -> None:
        """Override: where somebody else deleted the current row, Qt would make its neighbour current."""
        if self._keeper.keeping:
            let_go_of_current(self, start, end)
        super().rowsAboutToBeRemoved(parent, start, end)

    def doItemsLayout(self) -> None:
        """Override: where rows came or went behind those that are seen, the picture stays; Qt would paint all of it."""
        if self._watch.keeps_picture():
            self.updateGeometries()
        else:
            super().doItemsLayout()

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Override: Tab goes on to the next cell of the row that can be edited, past those that cannot."""
        hints = QAbstractItemDelegate.EndEditHint
        step = {hints.EditNextItem: 1, hints.EditPreviousItem: -1}.get(hint, 0)
        super().closeEditor(editor, hints.NoHint if step else hint)
        if step:
            self._edit_beside(step)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Override: ask for the menu of the row, by mouse or by key."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            place = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
        else:
            index, place = self.indexAt(event.pos()), event.globalPos()
        self.row_menu_wanted.emit(index.row() if index.isValid() else -1, place)
        event.accept()

    # ---------------------------------------------------------------------------------------------------------- own

    def _paint_rows(self, first: int, last: int) -> None:
        """Have these rows painted again, as far as they are seen."""
        seen = self.seen_rows()
        top, bottom = max(first, seen[0]), min(last, seen[1])
        if 0 <= top <= bottom:
            height = self.verticalHeader().defaultSectionSize()
            self.viewport().update(
                0, self.rowViewportPosition(top), self.viewport().width(), (bottom - top + 1) * height
            )

    def _are_loaded(self, first: int, last: int) -> bool:
        return all(self._cells(row) is not None for row in range(first, last + 1))

    def _styles(self) -> StyleBook:
        """The styles of the theme in force."""
        if self._book is None:
            self._book = StyleBook()
        return self._book

    def _job(self, exposed: QRect) -> PaintJob:
        """Everything the painter needs to know about this moment."""
        rows = self._rows_of.rowCount() if self._rows_of is not None else 0
        first = self.rowAt(exposed.top()) if rows else -1
        last = self.rowAt(exposed.bottom()) if rows else -1
        if first < 0:
            first, last = 0, -1
        elif last < 0:
            last = rows - 1
        index = self.currentIndex()
        place = (index.row(), index.column()) if index.isValid() else None
        return PaintJob(
            exposed=exposed,
            columns=self._columns(exposed),
            first=first,
            last=last,
            top=self.rowViewportPosition(first) if last >= first else 0,
            height=self.verticalHeader().defaultSectionSize(),
            width=self.viewport().width(),
            cells=self._cells,
            selected=self._selected_among(first, last),
            hover=self._hover,
            current=place if self.hasFocus() else None,
            editing=place if self._is_editing() else None,
            right_to_left=self.isRightToLeft(),
            scale=self.devicePixelRatioF(),
        )

    def _columns(self, exposed: QRect) -> list[PaintColumn]:
        header, found = self._header, []
        for visual in range(header.count()):
            logical = header.logicalIndex(visual)
            if not header.isSectionHidden(logical):
                left, width = header.sectionViewportPosition(logical), header.sectionSize(logical)
                if left <= exposed.right() and left + width > exposed.left():
                    found.append(PaintColumn(logical, left, width, header.at_end(logical)))
        return found

    def _selected_among(self, first: int, last: int) -> set[int]:
        rows: set[int] = set()
        for top, bottom in self._spans():
            rows.update(range(max(first, top), min(last, bottom) + 1))
        return rows

    def _spans(self) -> list[tuple[int, int]]:
        """(first, last) row of each part of the selection, as Qt keeps them: they may overlap."""
        if self._rows_of is None or not self.selectionModel().hasSelection():
            return []
        chosen = self.selectionModel().selection()
        return [(chosen.at(i).top(), chosen.at(i).bottom()) for i in range(chosen.count())]

    def _is_editing(self) -> bool:
        return self.state() == QAbstractItemView.State.EditingState

    def _can_edit(self, index: QModelIndex | QPersistentModelIndex) -> bool:
        return bool(index.flags() & Qt.ItemFlag.ItemIsEditable)

    def _edit_or_open(self, index: QModelIndex) -> None:
        if self._can_edit(index):
            self.edit(index)
        else:
            self.opened.emit(index.row())

    def _on_double_click(self, index: QModelIndex) -> None:
        if not self._can_edit(index):
            self.opened.emit(index.row())

    def _edit_beside(self, step: int) -> None:
        """Open the editor of the next cell of this row that has one."""
        here, header = self.currentIndex(), self._header
        visual = header.visualIndex(here.column()) + step
        while 0 <= visual < header.count():
            logical = header.logicalIndex(visual)
            index = here.siblingAtColumn(logical)
            if not header.isSectionHidden(logical) and self._can_edit(index):
                self.setCurrentIndex(index)
                self.edit(index)
                return
            visual += step

    def _set_hover(self, row: int) -> None:
        if row == self._hover:
            return
        before, self._hover = self._hover, row
        height = self.verticalHeader().defaultSectionSize()
        for one in (before, row):
            if one >= 0:
                self.viewport().update(0, self.rowViewportPosition(one), self.viewport().width(), height)

    def _follow_pointer(self) -> None:
        """After scrolling another row is under the pointer that stood still."""
        if self._hover >= 0:
            place = self.viewport().mapFromGlobal(QCursor.pos())
            self._set_hover(self.rowAt(place.y()) if self.viewport().rect().contains(place) else -1)

    def _tell_all(self, event: QHelpEvent) -> bool:
        """Show what the model says of a cell, where the cell does not show as much."""
        index = self.indexAt(event.pos())
        cells = self._cells(index.row()) if index.isValid() else None
        words = ""
        if cells is not None and index.column() < len(cells):
            cell = cells[index.column()]
            words = str(index.data(Qt.ItemDataRole.ToolTipRole) or "\n".join(filter(None, (cell.text, cell.detail))))
            shown = words in (cell.text, f"{cell.text}\n{cell.detail}")
            if shown and not self._styles().is_cut(cell, self.columnWidth(index.column())):
                words = ""
        if words:
            QToolTip.showText(event.globalPos(), _plain(words[:1000]), self.viewport(), self.visualRect(index))
        else:
            QToolTip.hideText()
        return True


def _nothing(row: int) -> Sequence[Cell] | None:
    """The cells of no model."""
    return None


def _from_data(model: QAbstractItemModel, row: int) -> Sequence[Cell]:
    """Cells of a model that knows only `data()`."""
    values = (model.index(row, column).data() for column in range(model.columnCount()))
    return [Cell("", "", int(Look.NULL)) if value is None else Cell(str(value)) for value in values]


def _plain(text: str) -> str:
    """`text` so that a tool tip does not take it for markup."""
    return f"<qt>{text.replace('&', '&amp;').replace('<', '&lt;').replace(chr(10), '<br>')}</qt>"
