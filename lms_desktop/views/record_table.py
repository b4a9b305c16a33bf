"""The table of records: what a person does with its rows and cells by mouse and keyboard."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QToolTip, QWidget

from lms_desktop.views import theme
from lms_desktop.views.painted_table import PaintedTable
from lms_desktop.views.record_header import RecordHeader
from lms_desktop.views.row_keeper import is_beside_rows

WIDEST_FIT = 420
"""A column fitted to its contents gets no wider, in pixels at 100 %."""

_TO_THE_ENDS = (Qt.Key.Key_Home, Qt.Key.Key_End)


class RecordTable(PaintedTable):
    """Rows of records. A row is selected, a cell has the keyboard; editing and screen readers are Qt's own.

    Signals:
        sort_requested: (logical column, descending) the person asked for; `show_sort` puts the mark.
        header_menu_wanted: (logical column, global position).
        row_menu_wanted: (row, global position); row -1 where there is none.
        typed: a letter or more, over no editor.
        opened: (row) Enter or a double click on a cell that cannot be edited.
        sent_to: (whether to the end) Ctrl+Home or Ctrl+End was pressed.
    """

    sort_requested = Signal(int, bool)
    header_menu_wanted = Signal(int, QPoint)
    row_menu_wanted = Signal(int, QPoint)
    typed = Signal(str)
    opened = Signal(int)
    sent_to = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._leads = False
        self._header.sort_requested.connect(self.sort_requested)
        self._header.menu_wanted.connect(self.header_menu_wanted)
        self.doubleClicked.connect(self._on_double_click)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.EditKeyPressed | triggers.DoubleClicked)
        self.setTabKeyNavigation(False)  # Tab leaves the table; inside an editor it moves on to the next cell

    def header(self) -> RecordHeader:
        """The column titles."""
        return self._header

    def show_sort(self, column: int, descending: bool = False, *, then: Mapping[int, bool] | None = None) -> None:
        """Put the mark of the order on a column, -1 takes it away; `then`: those behind it, logical → descending."""
        self._header.show_sort(column, descending, then=then)

    def settle_bars(self, *, counted: bool) -> None:
        """Show the bars that the rows and columns need by now. Qt would do so after a painting, and paint again.
        `counted`: no more rows follow than there are. Until that is known the bar beside them stays: it would mostly go
        and come again, and all columns with it."""
        policies = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policies.ScrollBarAsNeeded if counted else policies.ScrollBarAlwaysOn)
        across = self.horizontalScrollBar()
        across.setRange(0, max(self._header.length() - self.viewport().width(), 0))
        self.executeDelayedItemsLayout()

    def fit_columns(self) -> None:
        """Give each column the width of its title and of the rows in view."""
        for column in range(self._header.count()):
            if not self._header.isSectionHidden(column):
                self.resizeColumnToContents(column)

    # ------------------------------------------------------------------------------------------------ overrides of Qt

    def setCurrentIndex(self, index: QModelIndex | QPersistentModelIndex) -> None:
        """Override: no person does this, but the program that leads one to a row."""
        self._leads = True
        try:
            super().setCurrentIndex(index)
        finally:
            self._leads = False

    def selectRow(self, row: int) -> None:
        """Override, as `setCurrentIndex`."""
        self._leads = True
        try:
            super().selectRow(row)
        finally:
            self._leads = False

    def viewportEvent(self, event: QEvent) -> bool:
        """Override: a tool tip where a text is cut."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            return self._tell_all(event)
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override: a row that is pressed comes wholly into view. The pointer stays on it by that, so that a second
        click means the same one; Qt leaves it cut."""
        super().mousePressEvent(event)
        row = self.rowAt(event.position().toPoint().y())
        if row >= 0 and row == self.currentIndex().row():
            self._bring_in(row)

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
        if event.key() in _TO_THE_ENDS and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.sent_to.emit(event.key() == Qt.Key.Key_End)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Override: the row that a key leads to comes into view where it is current already; Qt would do nothing."""
        place = super().moveCursor(action, modifiers)
        if place.isValid() and place == self.currentIndex():
            self.scrollTo(place)
        return place

    def selectionCommand(
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """Override: Ctrl+Home and Ctrl+End choose the first and the last row, with Shift all up to it. Qt would move
        the keyboard alone there, as Ctrl and the arrows do. A row that is led to is chosen alone: Qt would look at the
        keys held just then, and add it or take it away while Ctrl+Z or Ctrl+S is pressed. A click below the rows means
        none of them."""
        if is_beside_rows(index, event):
            return QItemSelectionModel.SelectionFlag.NoUpdate
        if self._leads:
            return QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        if isinstance(event, QKeyEvent) and event.key() in _TO_THE_ENDS:
            flags, modifiers = QItemSelectionModel.SelectionFlag, event.modifiers()
            if modifiers & Qt.KeyboardModifier.ControlModifier:
                extend = modifiers & Qt.KeyboardModifier.ShiftModifier
                return flags.Rows | (flags.SelectCurrent if extend else flags.ClearAndSelect)
        return super().selectionCommand(index, event)

    def keyboardSearch(self, search: str) -> None:
        """Override: tell what was typed. Qt would ask the model for every row there is."""
        self.typed.emit(search)

    def sizeHintForColumn(self, column: int) -> int:
        """Override: as wide as the widest of the cells in view."""
        width = self._header.sectionSizeHint(column)
        first, last = self.seen_rows()
        for row in range(first, last + 1) if first >= 0 else ():
            cells = self._cells(row)
            if cells is not None and column < len(cells):
                width = max(width, self._styles().cell_width(cells[column]))
        return min(width, theme.current().measures.px(WIDEST_FIT))

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

    def _bring_in(self, row: int) -> None:
        """Scroll as little as shows all of a row that is seen in part; sideways nothing moves."""
        top, bar = self.rowViewportPosition(row), self.verticalScrollBar()
        below = top + self.rowHeight(row) - self.viewport().height()
        bar.setValue(bar.value() + (top if top < 0 else max(below, 0)))

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


def _plain(text: str) -> str:
    """`text` so that a tool tip does not take it for markup."""
    return f"<qt>{text.replace('&', '&amp;').replace('<', '&lt;').replace(chr(10), '<br>')}</qt>"
