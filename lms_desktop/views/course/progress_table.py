"""The table of who has come how far: students stay at the side, lessons at the top, whichever way it is scrolled."""

import logging

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QFont, QFontMetrics, QKeyEvent, QPainter, QResizeEvent, QTextLayout
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from lms_desktop.models.progress_matrix import ProgressMatrixModel, State
from lms_desktop.models.render import one_line
from lms_desktop.views import icons, theme
from lms_desktop.views.kit.paint import draw_dot, draw_ring, leading, px, without_leading
from lms_desktop.views.theme import FontRole

log = logging.getLogger(__name__)

CELL, SIDE = 108, 248
"""Widths of a lesson's column and of the students' at the side, in pixels at 100 %."""

TOP = 68
"""Height of the lessons' titles."""

Index = QModelIndex | QPersistentModelIndex


class MarkDelegate(QStyledItemDelegate):
    """Draws a cell: a tick and the day, a ring and a word, or a dash."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Override QStyledItemDelegate::paint."""
        painter.save()
        try:
            self._draw(painter, option, index)
        except Exception:
            log.exception("Drawing a cell of the progress failed")
        finally:
            painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Override QStyledItemDelegate::sizeHint."""
        return QSize(px(CELL), px(33))

    def _draw(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model, rect = index.model(), QRect(option.rect)
        assert isinstance(model, ProgressMatrixModel)
        state = model.state(index.row(), index.column())
        flags = option.state
        chosen = bool(flags & QStyle.StateFlag.State_Selected)
        painter.fillRect(rect, theme.color("accent_soft" if chosen else "ok_soft" if state is State.DONE else "panel"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line"))
        end = rect.left() if option.direction == Qt.LayoutDirection.RightToLeft else rect.right()
        painter.fillRect(end, rect.top(), 1, rect.height(), theme.color("line"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_state(painter, rect, state, str(index.data() or ""), chosen)
        if flags & QStyle.StateFlag.State_HasFocus:
            draw_ring(painter, QRectF(rect.adjusted(0, 0, -1, -1)), px(4))

    def _draw_state(self, painter: QPainter, rect: QRect, state: State, words: str, chosen: bool) -> None:
        painter.setFont(theme.current().font(FontRole.SMALL))
        middle = QRectF(rect)
        if state in (State.NOTHING, State.LOADING):
            painter.setPen(theme.color("disabled" if state is State.LOADING else "muted"))
            painter.drawText(middle, Qt.AlignmentFlag.AlignCenter, "…" if state is State.LOADING else "–")
            return
        rtl = self._is_rtl()
        width = painter.fontMetrics().horizontalAdvance(words)
        side, gap = px(14), px(5)
        whole = min(side + gap + width, rect.width() - px(6))
        block = QRectF(middle.center().x() - whole / 2, middle.top(), whole, middle.height())
        mark, text = leading(block, side, rtl), without_leading(block, side + gap, rtl)
        if state is State.DONE:
            icons.draw(painter, mark, "check", "ok")
        else:
            draw_dot(painter, mark.center(), px(9), "warn")
        painter.setPen(theme.color("text" if chosen else "ok" if state is State.DONE else "warn"))
        elided = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(text.width()) + 1)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)

    def _is_rtl(self) -> bool:
        view = self.parent()
        return isinstance(view, QWidget) and view.layoutDirection() == Qt.LayoutDirection.RightToLeft


class SideHeader(QHeaderView):
    """The students: the name, a bar and a figure for what is completed."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(Qt.Orientation.Vertical, table)
        self._table = table
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSectionsClickable(True)
        self.setHighlightSections(True)

    def sizeHint(self) -> QSize:
        """Override QHeaderView::sizeHint: no more than two fifths of the table."""
        return QSize(min(px(SIDE), max(px(110), self._table.width() * 2 // 5)), 0)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Override QHeaderView::paintSection."""
        painter.save()
        try:
            self._draw(painter, rect, logicalIndex)
        except Exception:
            log.exception("Drawing a student failed")
        finally:
            painter.restore()

    def _draw(self, painter: QPainter, rect: QRect, row: int) -> None:
        model = self.model()
        assert isinstance(model, ProgressMatrixModel)
        chosen = self._table.selectionModel().currentIndex().row() == row
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        painter.fillRect(rect, theme.color("accent_soft" if chosen else "panel"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line"))
        painter.fillRect(rect.left() if rtl else rect.right(), rect.top(), 1, rect.height(), theme.color("edge"))
        room = QRectF(rect).adjusted(px(12), 0, -px(10), 0)
        student, total = model.student(row), model.columnCount()
        if student is not None and total:
            room = self._draw_total(painter, room, student.done, total, rtl)
        painter.setFont(theme.current().font(FontRole.STRONG if chosen else FontRole.BODY))
        painter.setPen(theme.color("text" if student is not None else "muted"))
        name = str(model.headerData(row, Qt.Orientation.Vertical) or "")
        elided = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)

    def _draw_total(self, painter: QPainter, room: QRectF, done: int, total: int, rtl: bool) -> QRectF:
        """Draw the figure, and above a certain width the bar; what is left for the name."""
        painter.setFont(theme.current().font(FontRole.SMALL))
        figure = f"{self.locale().toString(done)}/{self.locale().toString(total)}"
        widest = f"{self.locale().toString(total)}/{self.locale().toString(total)}"
        width = painter.fontMetrics().horizontalAdvance(widest)
        bar = px(44) if room.width() > px(190) else 0
        taken = width + (bar + px(8) if bar else 0)
        at_end = QRectF(room.left() if rtl else room.right() - taken, room.top(), taken, room.height())
        figures = QRectF(at_end.left() if rtl else at_end.right() - width, room.top(), width, room.height())
        painter.setPen(theme.color("ok" if done >= total else "muted"))
        painter.drawText(figures, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, figure)
        if bar:
            self._draw_bar(painter, leading(at_end, bar, rtl), min(done / total, 1.0), rtl)
        rest = taken + px(10)
        return room.adjusted(rest, 0, 0, 0) if rtl else room.adjusted(0, 0, -rest, 0)

    @staticmethod
    def _draw_bar(painter: QPainter, room: QRectF, share: float, rtl: bool) -> None:
        high = px(5)
        track = QRectF(room.left(), room.center().y() - high / 2, room.width(), high)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("line"))
        painter.drawRoundedRect(track, high / 2, high / 2)
        if share > 0:
            painter.setBrush(theme.color("ok" if share >= 1 else "accent"))
            painter.drawRoundedRect(leading(track, track.width() * share, rtl), high / 2, high / 2)


class TopHeader(QHeaderView):
    """The lessons: the number, the title below it."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._table = table
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSectionsClickable(True)

    def sizeHint(self) -> QSize:
        """Override QHeaderView::sizeHint."""
        return QSize(0, px(TOP))

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Override QHeaderView::paintSection."""
        painter.save()
        try:
            self._draw(painter, rect, logicalIndex)
        except Exception:
            log.exception("Drawing a lesson's title failed")
        finally:
            painter.restore()

    def _draw(self, painter: QPainter, rect: QRect, column: int) -> None:
        model = self.model()
        assert isinstance(model, ProgressMatrixModel)
        chosen = self._table.selectionModel().currentIndex().column() == column
        painter.fillRect(rect, theme.color("accent_soft" if chosen else "panel"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("edge"))
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        painter.fillRect(rect.left() if rtl else rect.right(), rect.top(), 1, rect.height(), theme.color("line"))
        lesson = model.lesson(column)
        room = QRectF(rect).adjusted(px(8), px(7), -px(8), -px(7))
        painter.setFont(theme.current().font(FontRole.SMALL))
        painter.setPen(theme.color("muted"))
        sides = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        painter.drawText(room, sides, self.locale().toString(lesson.place))
        high = painter.fontMetrics().lineSpacing()
        painter.setFont(theme.current().font(FontRole.SMALL_STRONG))
        painter.setPen(theme.color("text"))
        for at, line in enumerate(two_lines(one_line(lesson.title), painter.font(), room.width()), 1):
            painter.drawText(room.adjusted(0, at * high, 0, px(4)), sides, line)


def two_lines(text: str, font: QFont, width: float) -> list[str]:
    """A text in at most two lines of this width, the second ending in "…" where there is more."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    line = layout.createLine()
    if not line.isValid():
        return []
    line.setLineWidth(width)
    taken = line.textLength()
    layout.endLayout()
    metrics = QFontMetrics(font)
    units = text.encode("utf-16-le")
    head, rest = units[: 2 * taken].decode("utf-16-le", "ignore"), units[2 * taken :].decode("utf-16-le", "ignore")
    lines = [metrics.elidedText(head.strip(), Qt.TextElideMode.ElideRight, int(width))]
    if rest.strip():
        lines.append(metrics.elidedText(rest.strip(), Qt.TextElideMode.ElideRight, int(width)))
    return lines


class ProgressTable(QTableView):
    """Asks for what is seen, and says what was opened.

    Signals:
        cells_wanted(int, int, int, int): first and last row, first and last column that are seen.
        opened(int, int): Enter or a double click on a cell.
        student_opened(int), lesson_opened(int): a double click at the side, or at the top.
        menu_wanted(int, int, QPoint): a menu is asked for at a cell.
    """

    cells_wanted = Signal(int, int, int, int)
    opened = Signal(int, int)
    student_opened = Signal(int)
    lesson_opened = Signal(int)
    menu_wanted = Signal(int, int, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side, self._top = SideHeader(self), TopHeader(self)
        self.setVerticalHeader(self._side)
        self.setHorizontalHeader(self._top)
        self.setItemDelegate(MarkDelegate(self))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setCornerButtonEnabled(False)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.ask)
        for bar in (self.verticalScrollBar(), self.horizontalScrollBar()):
            bar.valueChanged.connect(self._ask_soon)
            bar.rangeChanged.connect(self._ask_soon)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row(), index.column()))
        self._side.sectionDoubleClicked.connect(self.student_opened)
        self._top.sectionDoubleClicked.connect(self.lesson_opened)
        self._measure()

    def ask(self) -> None:
        """Say what is seen."""
        model = self.model()
        if model is None or not self.isVisible() or not model.rowCount():
            return
        room = self.viewport().rect()
        first, last = self.rowAt(0), self.rowAt(room.bottom())
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left, right = self.columnAt(room.right() if rtl else 0), self.columnAt(0 if rtl else room.right())
        rows, columns = model.rowCount(), model.columnCount()
        self.cells_wanted.emit(
            max(first, 0), rows - 1 if last < 0 else last, max(left, 0), columns - 1 if right < 0 else right
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QTableView::keyPressEvent: Enter opens; the whole cell is always in view."""
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.opened.emit(index.row(), index.column())
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Override QAbstractItemView::keyboardSearch: typing would look through all that is not read."""

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Override QTableView::currentChanged: the headers show where it is."""
        super().currentChanged(current, previous)
        self._side.viewport().update()
        self._top.viewport().update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Override QAbstractScrollArea::contextMenuEvent: at the pointer, or at the cell that has the keyboard."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            at = self.visualRect(index).center() if by_key else event.pos()
            self.menu_wanted.emit(index.row(), index.column(), self.viewport().mapToGlobal(at))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QTableView::resizeEvent."""
        super().resizeEvent(event)
        self.updateGeometries()
        self._ask_soon()

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: rows and columns grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._measure()

    def _ask_soon(self) -> None:
        self._soon.start(0)

    def _measure(self) -> None:
        self._side.setMinimumSectionSize(px(20))
        self._side.setDefaultSectionSize(px(33))
        self._top.setDefaultSectionSize(px(CELL))
        self.updateGeometries()
