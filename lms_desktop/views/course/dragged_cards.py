"""A list of cards that are dragged: from it, over it, and let fall where the line is."""

from PySide6.QtCore import QCoreApplication, QPoint, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from lms_desktop.models.cards import Target
from lms_desktop.models.ordered import MIME, OrderedListModel
from lms_desktop.views import theme
from lms_desktop.views.course.card_delegate import CardDelegate
from lms_desktop.views.kit.paint import draw_box, log, px
from lms_desktop.views.theme import FontRole

EDGE, FASTEST, FRAME_MS = 40, 18, 16
"""Within so many pixels at 100 % of an edge a drag scrolls, by so many at most each so many milliseconds."""


class DraggedCards(QListView):
    """Drag and drop of an OrderedListModel.

    Attributes:
        cards: the model.
    """

    def __init__(self, model: OrderedListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards = model
        self._delegate = CardDelegate(self)
        self._target: Target | None = None
        self._pointer = QPoint()
        self._dragged: type | None = None
        self._action: Qt.DropAction | None = None
        self._roll = QTimer(self, interval=FRAME_MS)
        self._roll.timeout.connect(self._roll_on)
        self.setMovement(QListView.Movement.Static)  # it forbids drags: they are allowed after it
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(False)
        self.setDragDropOverwriteMode(False)
        self.verticalScrollBar().valueChanged.connect(self._retarget)

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Override QAbstractItemView::startDrag: whatever comes of it, the rows are the model's to move."""
        rows = [index for index in self.selectedIndexes() if index.flags() & Qt.ItemFlag.ItemIsDragEnabled]
        data = self.cards.mimeData(rows)
        if not data.hasFormat(MIME):
            return
        drag = QDrag(self)
        drag.setMimeData(data)
        picture = self._picture(data.text().split("\n"))
        drag.setPixmap(picture)
        drag.setHotSpot(QPoint(px(12), round(picture.deviceIndependentSize().height() / 2)))
        self.cards.hold(True)
        try:
            drag.exec(actions, Qt.DropAction.MoveAction)
        finally:
            self._end_drag()

    def _picture(self, titles: list[str]) -> QPixmap:
        """What hangs on the pointer: the first title, and how many more."""
        ratio = self.devicePixelRatioF()
        size = QSize(px(240), theme.current().measures.row)
        picture = QPixmap(size * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(0, 0, size.width(), size.height())
        draw_box(painter, room, px(6), "panel", "accent")
        painter.setFont(theme.current().font(FontRole.BODY))
        painter.setPen(theme.color("text"))
        more = ""
        if len(titles) > 1:  # not tr: with a number it looks in the context of the subclass alone
            more = QCoreApplication.translate("DraggedCards", "and %n more", "", len(titles) - 1)
        inner = room.adjusted(px(12), 0, -px(12), 0)
        metrics = painter.fontMetrics()
        left = int(inner.width()) - (metrics.horizontalAdvance(more) + px(8) if more else 0)
        shown = metrics.elidedText(titles[0], Qt.TextElideMode.ElideRight, left)
        lead = Qt.AlignmentFlag.AlignRight if self.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
        trail = Qt.AlignmentFlag.AlignLeft if self.isRightToLeft() else Qt.AlignmentFlag.AlignRight
        absolute = Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, int(lead | absolute), shown)
        painter.setPen(theme.color("muted"))
        painter.drawText(inner, int(trail | absolute), more)
        painter.end()
        return picture

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Override QAbstractItemView::dragEnterEvent."""
        dragged = self.cards.dragged(event.mimeData())
        if dragged is None or not self.cards.editable:
            event.ignore()
            return
        self._dragged = dragged[0]
        self.cards.hold(True)
        self.setState(QAbstractItemView.State.DraggingState)
        event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Override QAbstractItemView::dragMoveEvent. Qt's scrolls from the slowest on again with each move."""
        self._pointer = event.position().toPoint()
        dragged = self.cards.dragged(event.mimeData())
        self._dragged = dragged[0] if dragged else None
        self._retarget()
        if self._pace() and not self._roll.isActive():
            self._roll.start()
        if self._target is None:
            event.ignore()
        else:
            self._action = _action(event)
            event.setDropAction(self._action)
            event.accept()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Override QAbstractItemView::dragLeaveEvent."""
        super().dragLeaveEvent(event)
        self._end_drag()

    def dropEvent(self, event: QDropEvent) -> None:
        """Override QAbstractItemView::dropEvent: what is done is what was shown last, for of keys that are let go
        together with the pointer another process hears too late."""
        self._pointer = event.position().toPoint()
        dragged = self.cards.dragged(event.mimeData())
        self._dragged = dragged[0] if dragged else None
        self._retarget()
        target, action = self._target, self._action or _action(event)
        if dragged is not None and target is not None and self.cards.editable:
            event.setDropAction(action)
            event.accept()
            if action == Qt.DropAction.CopyAction:
                self.cards.copy_wanted.emit(*dragged, target)
            else:
                self.cards.move(*dragged, target)
        else:
            event.ignore()
        self._end_drag()
        self.setFocus()

    def _pace(self) -> int:
        """How many pixels to scroll now: the more, the nearer the pointer is to an edge."""
        edge, y, height = px(EDGE), self._pointer.y(), self.viewport().height()
        near = edge - min(y, height - y)
        if self._dragged is None or near <= 0 or height < 3 * edge:
            return 0
        pace = max(1, round(px(FASTEST) * min(near, edge) / edge))
        return -pace if y < height - y else pace

    def _roll_on(self) -> None:
        pace = self._pace()
        bar = self.verticalScrollBar()
        if pace:
            bar.setValue(bar.value() + pace)
        else:
            self._roll.stop()

    def _end_drag(self) -> None:
        self._roll.stop()
        if self.state() == QAbstractItemView.State.DraggingState:
            self.setState(QAbstractItemView.State.NoState)
        self._dragged = self._action = None
        self._retarget()
        self.cards.hold(False)

    def _retarget(self) -> None:
        """Where the pointer is now, what is dragged would land there."""
        target = self._target_at(self._pointer) if self._dragged is not None else None
        if target != self._target:
            self._target = target
            self._delegate.lit = target.lit if target is not None else None
            self.viewport().update()

    def _target_at(self, point: QPoint) -> Target | None:
        index = self.indexAt(point)
        if not index.isValid():
            return self.cards.target_of(self._dragged, self.cards.rowCount(), -1)
        rect = self.visualRect(index)
        gap = index.row() if point.y() < rect.center().y() else index.row() + 1
        return self.cards.target_of(self._dragged, gap, index.row())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QListView::paintEvent: the line where something would land on top of it all."""
        super().paintEvent(event)
        if self._target is None:
            return
        painter = QPainter(self.viewport())
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw_target(painter, self._target)
        except Exception:
            log.exception("Drawing the place of a drop failed")
        finally:
            painter.end()

    def _draw_target(self, painter: QPainter, target: Target) -> None:
        if target.lit is not None:
            first, last = (self.visualRect(self.cards.index(row)) for row in target.lit)
            draw_box(painter, QRectF(first.united(last)).adjusted(2, 2, -2, -2), px(6), None, "accent")
            return
        if target.line < 0:
            return
        width, thick = self.viewport().width(), max(px(3), 3)
        y = self._top_of(target.line)
        y = min(max(y, thick // 2 + 1), self.viewport().height() - thick)
        depth = 0 if self._dragged is self.cards.levels[0] else len(self.cards.levels) - 1
        inset = px(12) if not depth else self._delegate.title_left(depth)
        left, right = (px(12), width - inset) if self.isRightToLeft() else (inset, width - px(12))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        painter.drawRoundedRect(QRectF(left, y - thick / 2, right - left, thick), thick / 2, thick / 2)
        start = right if self.isRightToLeft() else left
        painter.drawEllipse(QPointF(start, y), px(4), px(4))

    def _top_of(self, row: int) -> int:
        if row < self.cards.rowCount():
            return self.visualRect(self.cards.index(row)).top()
        if row and self.cards.rowCount():
            return self.visualRect(self.cards.index(self.cards.rowCount() - 1)).bottom() + 1
        return 0


def _action(event: QDropEvent) -> Qt.DropAction:
    """Ctrl copies, all else moves."""
    copies = event.modifiers() & Qt.KeyboardModifier.ControlModifier
    allowed = event.possibleActions()
    if (copies and allowed & Qt.DropAction.CopyAction) or not allowed & Qt.DropAction.MoveAction:
        return Qt.DropAction.CopyAction
    return Qt.DropAction.MoveAction
