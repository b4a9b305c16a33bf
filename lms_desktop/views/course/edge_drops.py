"""What is dragged past the upper or lower edge of a list, but not beside it, is held at that edge."""

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from lms_desktop.views.course.dragged_cards import DraggedCards


class EdgeDrops(QObject):
    """Hands drags over what stands above and below a list, within a frame of the list's width, on to the list: it goes
    on scrolling, and what is let fall there falls at its edge."""

    def __init__(self, cards: DraggedCards, frame: QWidget) -> None:
        super().__init__(frame)
        self._cards = cards
        self._frame = frame
        frame.setAcceptDrops(True)
        frame.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject::eventFilter."""
        cards = self._cards
        if watched is not self._frame:
            return False
        if isinstance(event, QDragLeaveEvent):
            cards.dragLeaveEvent(event)
            return True
        if not isinstance(event, QDropEvent):
            return False
        event.ignore()
        if not cards.isVisible():
            return True
        place = self._at_the_edge(event.position())
        how = (event.possibleActions(), event.mimeData(), event.buttons(), event.modifiers())
        if isinstance(event, QDragEnterEvent):
            enter = QDragEnterEvent(place, *how)
            cards.dragEnterEvent(enter)
            handed: QDropEvent = enter
        elif isinstance(event, QDragMoveEvent):
            move = QDragMoveEvent(place, *how)
            cards.dragMoveEvent(move)
            handed = move
        else:
            handed = QDropEvent(QPointF(place), *how)
            cards.dropEvent(handed)
        if handed.isAccepted():
            event.setDropAction(handed.dropAction())
            event.accept()
        return True

    def _at_the_edge(self, position: QPointF) -> QPoint:
        """The point of the list that is nearest."""
        viewport = self._cards.viewport()
        point, room = viewport.mapFrom(self._frame, position.toPoint()), viewport.rect()
        return QPoint(
            min(max(point.x(), room.left()), room.right()),
            min(max(point.y(), room.top()), room.bottom()),
        )
