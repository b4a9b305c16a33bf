"""The head of a record table: painted as the look has it, sorted, moved and sized by mouse and keyboard alike."""

import logging
from collections.abc import Mapping

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QHeaderView, QWidget

from lms_desktop.models.cells import SORTABLE_ROLE
from lms_desktop.views import icons, theme
from lms_desktop.views.cell_styles import style_book
from lms_desktop.views.kit.paint import draw_ring, px
from lms_desktop.views.kit.surfaces import give_viewport
from lms_desktop.views.theme import FontRole

log = logging.getLogger(__name__)


class RecordHeader(QHeaderView):
    """Column titles.

    With the keyboard: arrows choose one, Space or Enter sorts by it, Alt+arrows size it, Ctrl+arrows move it, the menu
    key asks for its menu.

    Signals:
        sort_requested: (logical column, descending) the person asked for. The mark changes at `show_sort` only.
        menu_wanted: (logical column, global position).
    """

    sort_requested = Signal(int, bool)
    menu_wanted = Signal(int, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        give_viewport(self, QPalette.ColorRole.Button)
        # All of it is painted here, and stays as it is when the table becomes higher or lower.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_StaticContents)
        self._hover = -1
        self._chosen = 0
        self._sorted: tuple[int, bool] | None = None
        self._then: dict[int, bool] = {}
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setHighlightSections(False)
        self.setStretchLastSection(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setAccessibleName(self.tr("Columns"))
        self.setAccessibleDescription(self.tr("Arrows choose a column, Space sorts by it"))
        self.sectionClicked.connect(self.sort_by)
        self._measure()

    @property
    def sorted_by(self) -> tuple[int, bool] | None:
        """(logical column, descending) of the mark, None for none."""
        return self._sorted

    def show_sort(self, column: int, descending: bool = False, *, then: Mapping[int, bool] | None = None) -> None:
        """Put the mark on a column, and a paler one on those that are sorted by `then`: logical column → descending;
        column -1 takes the first away. Asks for nothing."""
        self._sorted = (column, descending) if column >= 0 else None
        self._then = dict(then or {})
        self.viewport().update()

    def straighten(self) -> None:
        """Put the columns in the order that the model has them in."""
        for column in range(self.count()):
            if self.visualIndex(column) != column:
                self.moveSection(self.visualIndex(column), column)

    def sort_by(self, column: int) -> None:
        """Ask for the order by `column`, the other way round where it is sorted by it already."""
        if not self.sortable(column):
            return
        self.sort_requested.emit(column, self._sorted == (column, False))

    def sortable(self, column: int) -> bool:
        """Whether the model lets a person sort by `column`."""
        if not 0 <= column < self.count():
            return False
        return self.model().headerData(column, Qt.Orientation.Horizontal, SORTABLE_ROLE) is not False

    def sectionSizeFromContents(self, logicalIndex: int) -> QSize:
        """Override: title, room for the mark, padding."""
        width = self._face.width(self._title(logicalIndex)) + px(24) + px(18)
        return QSize(width, theme.current().measures.header)

    def sizeHint(self) -> QSize:
        """Override: the height of the look."""
        return QSize(super().sizeHint().width(), theme.current().measures.header)

    def changeEvent(self, event: QEvent) -> None:
        """Override: measure again."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: from right to left, the titles move along with the right edge; a title has its height's middle."""
        super().resizeEvent(event)
        if self.isRightToLeft() or event.size().height() != event.oldSize().height():
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: the line below goes on where no column is."""
        painter = QPainter(self.viewport())
        try:
            painter.fillRect(event.rect(), theme.color("panel"))
            for visual in range(self.count()):
                logical = self.logicalIndex(visual)
                if not self.isSectionHidden(logical):
                    left, width = self.sectionViewportPosition(logical), self.sectionSize(logical)
                    if left <= event.rect().right() and left + width >= event.rect().left():
                        self._draw(painter, QRect(left, 0, width, self.viewport().height()), logical)
            line = QRect(0, self.viewport().height() - 1, self.viewport().width(), 1)
            painter.fillRect(line, theme.color("line"))
        except Exception:
            log.exception("Drawing the header failed")
        finally:
            painter.end()

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Override: for the ghost of a column that is being moved."""
        try:
            painter.fillRect(rect, theme.color("hover"))
            self._draw(painter, rect, logicalIndex)
        except Exception:
            log.exception("Drawing a header section failed")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override: the keys of the class's description."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if step and self.isRightToLeft():
            step = -step
        if step and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.resizeSection(
                self._chosen, max(self.minimumSectionSize(), self.sectionSize(self._chosen) + step * px(12))
            )
        elif step and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._move(step)
        elif step:
            self._choose(self._next(self.visualIndex(self._chosen), step))
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            home = event.key() == Qt.Key.Key_Home
            self._choose(self._next(-1 if home else self.count(), 1 if home else -1))
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.sort_by(self._chosen)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Override: ask for the menu of the column, by mouse or by key."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        column = self._chosen if by_key else self.logicalIndexAt(event.pos())
        if column < 0:
            column = self._chosen
        corner = QPoint(self.sectionViewportPosition(column), self.height())
        self.menu_wanted.emit(column, self.mapToGlobal(corner) if by_key else event.globalPos())
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Override: start at a column that is seen."""
        super().focusInEvent(event)
        if self.isSectionHidden(self._chosen) or self._chosen >= self.count():
            self._chosen = max(0, self._next(-1, 1))
        self._choose(self.visualIndex(self._chosen))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Override: the ring goes."""
        super().focusOutEvent(event)
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Override: hover shows."""
        super().mouseMoveEvent(event)
        self._set_hover(self.logicalIndexAt(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Override: hover goes."""
        super().leaveEvent(event)
        self._set_hover(-1)

    def _set_hover(self, logical: int) -> None:
        if logical != self._hover:
            self._hover = logical
            self.viewport().update()

    def _measure(self) -> None:
        self._face = style_book().face(FontRole.SMALL_STRONG)
        self.setMinimumSectionSize(px(48))
        self.setDefaultSectionSize(px(150))

    def _title(self, logical: int) -> str:
        title = (
            self.model().headerData(logical, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole)
            if self.count()
            else ""
        )
        return str(title) if title is not None else ""

    def at_end(self, logical: int) -> bool:
        """Whether the column holds figures and its title stands over them."""
        role = Qt.ItemDataRole.TextAlignmentRole
        value = self.model().headerData(logical, Qt.Orientation.Horizontal, role)
        end = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTrailing
        return value is not None and bool(Qt.AlignmentFlag(value) & end)

    def _draw(self, painter: QPainter, rect: QRect, logical: int) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hovered = logical == self._hover and self.sortable(logical)
        if hovered:
            painter.fillRect(rect, theme.color("hover"))
        if self._hover >= 0 or hovered:  # while the pointer is here, show where columns can be sized
            edge = rect.left() if self.isRightToLeft() else rect.right()
            painter.fillRect(edge, rect.top() + px(9), 1, rect.height() - px(18), theme.color("line"))
        first = self._sorted is not None and self._sorted[0] == logical
        descending = self._sorted[1] if first and self._sorted is not None else self._then.get(logical)
        font = theme.current().font(FontRole.SMALL_STRONG)
        painter.setFont(font)
        painter.setPen(theme.color("text" if first else "muted"))
        metrics = self._face.metrics
        arrow = px(12) + px(4) if descending is not None else 0
        room = rect.adjusted(px(12), 0, -px(12), -1)
        title, width, _ = self._face.fit(self._title(logical), max(0, room.width() - arrow))
        at_right = self.at_end(logical) is not self.isRightToLeft()
        start = room.right() + 1 - width - arrow if at_right else room.left()
        if self.isRightToLeft():
            text_x, arrow_x = start + arrow, start
        else:
            text_x, arrow_x = start, start + width + px(4)
        painter.drawText(text_x, rect.top() + (rect.height() - metrics.height()) // 2 + metrics.ascent(), title)
        if descending is not None:
            side = px(12)
            name = "arrow-down" if descending else "arrow-up"
            icons.draw(
                painter, QRectF(arrow_x, rect.center().y() - side / 2, side, side), name, "text" if first else "muted"
            )
        if self.hasFocus() and logical == self._chosen:
            draw_ring(painter, QRectF(rect).adjusted(1, 1, -1, -2), px(4))

    def _next(self, visual: int, step: int) -> int:
        """The next visual place after `visual` that is not hidden, or -1."""
        visual += step
        while 0 <= visual < self.count():
            if not self.isSectionHidden(self.logicalIndex(visual)):
                return visual
            visual += step
        return -1

    def _choose(self, visual: int) -> None:
        if visual < 0:
            return
        self._chosen = self.logicalIndex(visual)
        left, width = self.sectionPosition(self._chosen), self.sectionSize(self._chosen)
        table = self.parentWidget()
        bar = getattr(table, "horizontalScrollBar", lambda: None)()
        if bar is not None and (left < bar.value() or left + width > bar.value() + self.viewport().width()):
            bar.setValue(left)
        self.viewport().update()

    def _move(self, step: int) -> None:
        here = self.visualIndex(self._chosen)
        there = self._next(here, step)
        if there >= 0:
            self.moveSection(here, there)
            self.viewport().update()
