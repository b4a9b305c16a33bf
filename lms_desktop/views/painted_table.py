"""A table view that paints itself: one loop over what is seen, the old picture held after a jump until rows come."""

import logging
from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelection,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QCursor,
    QFocusEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from lms_desktop.models.cells import cells_of
from lms_desktop.views import theme
from lms_desktop.views.cell_painter import PaintColumn, PaintJob, paint_cells
from lms_desktop.views.cell_styles import StyleBook, style_book
from lms_desktop.views.kit.surfaces import give_viewport
from lms_desktop.views.record_header import RecordHeader
from lms_desktop.views.row_keeper import RowKeeper
from lms_desktop.views.row_watch import RowWatch

log = logging.getLogger(__name__)


class PaintedTable(QTableView):
    """Rows of a model of any length, painted by `cell_painter`; which of them are seen is told before.

    The model gives its cells by `row_cells(row) -> Sequence[Cell] | None` (see `models.cells.HasRowCells`); a model
    without it is shown by its `data()`.

    Attributes:
        begins_by_itself: where no row is current, the first one is as soon as the keyboard comes. Not where a record is
            shown whose row is not known: that would be another one.

    Signals:
        rowsWanted: (first, last) row that is seen, whenever it changes and before it is painted: what a model loads.
    """

    rowsWanted = Signal(int, int)

    begins_by_itself = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        give_viewport(self)
        self._book: StyleBook | None = None
        self._rows_of: QAbstractItemModel | None = None
        self._cells = cells_of(None)
        self._hover = -1
        self._failed = self._is_starting_over = False
        self._watch = RowWatch(self, self._are_loaded)
        self._watch.wanted.connect(self.rowsWanted)
        self._keeper = RowKeeper(self, self._watch)
        self._header = RecordHeader(self)
        self.setHorizontalHeader(self._header)
        self._arrange()
        self.entered.connect(lambda index: self._set_hover(index.row()))
        self.viewportEntered.connect(lambda: self._set_hover(-1))
        self.verticalScrollBar().valueChanged.connect(self._follow_pointer)
        self._measure()

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

    def current_column(self) -> int:
        """The column in which one is, though no row may be current just now."""
        return self._keeper.column()

    def is_moving_rows(self) -> bool:
        """Whether rows come and go: which one is current meanwhile is nobody's choice."""
        return self._keeper.moving

    def leave_row(self, row_id: str, *, selected: bool = False) -> None:
        """Make no row current, for this record has none: the keys go on from where it was. None is selected any more,
        unless what is `selected` stays so."""
        if self.currentIndex().isValid():
            self._keeper.leave(row_id)
        if not selected:
            self.clearSelection()

    def start_over(self) -> None:
        """Begin with the first row: nothing is left of what was seen, and nothing is scrolled past on the way there."""
        self._is_starting_over = True  # Qt has to hear of it: it scrolls next by what the bar is away from this
        self.verticalScrollBar().setValue(0)
        self._is_starting_over = self._watch.upwards = False
        self.verticalHeader().setOffset(0)

    def seen_rows(self) -> tuple[int, int]:
        """(first, last) row in view, (-1, -1) for none."""
        return self._watch.seen()

    def picture(self) -> tuple[object, ...]:
        """What is seen of the rows: as long as it is the same, nothing needs to be painted again."""
        return self._job(self.viewport().rect()).picture()

    # ------------------------------------------------------------------------------------------------ overrides of Qt

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Override: find the fast way to its cells and watch it for changes of what is seen."""
        super().setModel(model)
        self._keeper.watch(model)
        self._rows_of = model
        self._failed = False
        self._cells = cells_of(model)
        self._watch.watch(model)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: one loop over what is seen. No exception leaves it: that would end the process."""
        painter = QPainter(self.viewport())
        try:
            for part in _parts(event.region()):
                painter.setClipRect(part)  # what one part has to show is not written over in another
                paint_cells(painter, self._job(part), self._styles())
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
        """Override: what changed in one row is painted at once, before anybody else hears of it. Of several rows those
        in view are painted; of many, Qt would paint all that is in view."""
        is_one = first.row() == last.row()
        if is_one or self._is_editing() or QAccessible.isActive():
            super().dataChanged(first, last, list(roles))
        else:
            self._paint_rows(first.row(), last.row())
        if is_one:
            place = self.visualRect(first)
            self.viewport().repaint(0, place.top(), self.viewport().width(), place.height())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Override: the keyboard comes to one cell, and that alone is painted; Qt would paint all."""
        current = self.currentIndex()
        if current.isValid():
            self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, self._can_edit(current))
            self.update(current)
        elif self.begins_by_itself:
            super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Override: as above."""
        current = self.currentIndex()
        if current.isValid():
            self.update(current)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Override: ask for the rows that come into view before anything is painted."""
        if self._is_starting_over:
            return
        if dy and not self._keeper.moving:
            self._watch.upwards = dy > 0
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

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Override: paint those rows; Qt's own lists every index of the selection, which takes seconds for millions."""
        for part in (selected, deselected):
            for span in (part.at(i) for i in range(part.count())):
                self._paint_rows(span.top(), span.bottom())
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.SelectionWithin))

    def rowsAboutToBeRemoved(self, parent: QModelIndex | QPersistentModelIndex, start: int, end: int) -> None:
        """Override: where the current row goes, Qt would make the one before it current."""
        if self._keeper.moving:
            self._keeper.let_go(start, end)
        super().rowsAboutToBeRemoved(parent, start, end)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Override: where the current row has gone, the keys go on from there; Qt would begin with the first row.
        Ctrl+Home and Ctrl+End stay in their column; Qt would go to the last one, and out of sight of the names."""
        there, actions = self._keeper.left(), QAbstractItemView.CursorAction
        to_an_end = action in {actions.MoveHome, actions.MoveEnd} and modifiers & Qt.KeyboardModifier.ControlModifier
        if not there.isValid() and to_an_end:
            there = self.currentIndex()
        if not there.isValid():
            return super().moveCursor(action, modifiers)
        row = there.row()
        if action in {actions.MoveUp, actions.MovePageUp}:
            row -= 1
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            row = {actions.MoveHome: 0, actions.MoveEnd: self.model().rowCount() - 1}.get(action, row)
        return there.siblingAtRow(max(row, 0))

    def doItemsLayout(self) -> None:
        """Override: where rows came or went behind those that are seen, the picture stays; Qt would paint all of it."""
        if self._watch.keeps_picture():
            self.updateGeometries()
        else:
            super().doItemsLayout()

    # ---------------------------------------------------------------------------------------------------------- own

    def _arrange(self) -> None:
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
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
        if {vertical.minimumSectionSize(), vertical.maximumSectionSize(), vertical.defaultSectionSize()} != {row}:
            top, current = vertical.offset() / max(vertical.defaultSectionSize(), 1), self.currentIndex()
            first, last = self.seen_rows()
            # A row that is beyond a new limit is resized by itself, and each time all rows are looked at: minutes for a
            # million. So the limits make room first, and all rows take the new height together.
            with QSignalBlocker(vertical):
                vertical.setMinimumSectionSize(min(row, vertical.minimumSectionSize()))
                vertical.setMaximumSectionSize(max(row, vertical.maximumSectionSize()))
                vertical.setDefaultSectionSize(row)
                vertical.setMinimumSectionSize(row)
                vertical.setMaximumSectionSize(row)
            self.updateGeometries()
            self.verticalScrollBar().setValue(round(top * row))  # the same rows are seen, not the same pixels
            if current.isValid() and first <= current.row() <= last:
                self.scrollTo(current)
        self.viewport().update()

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
            self._book = style_book()
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
        if self._hover >= 0 and not self._is_starting_over:
            place = self.viewport().mapFromGlobal(QCursor.pos())
            self._set_hover(self.rowAt(place.y()) if self.viewport().rect().contains(place) else -1)


def _parts(region: QRegion) -> list[QRect]:
    """What is to be painted: all that lies around it, or each part alone where most lies between them."""
    around, parts = region.boundingRect(), list[QRect](region)  # type: ignore[call-overload]
    area = sum(part.width() * part.height() for part in parts)
    return parts if 2 * area < around.width() * around.height() else [around]
