"""Tables of the page: the statements of a run, and who holds what it wants."""

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from lms_desktop.database.migrating.sessions import strength
from lms_desktop.models.migrations import measures, sessions
from lms_desktop.models.migrations.measures import MEASURE_ROLE, MeasuresModel
from lms_desktop.models.migrations.sessions import SessionsModel
from lms_desktop.views import theme
from lms_desktop.views.kit.paint import Tone, draw_ring, draw_tag, leading, log, px, tag_size
from lms_desktop.views.theme import FontRole

Index = QModelIndex | QPersistentModelIndex

WIDTHS = {MeasuresModel: (0, 130, 150, 92, 84), SessionsModel: (74, 0, 190, 120, 120)}
"""Of the columns, in pixels at 100 %; 0 takes what is left."""

LEAST = 0.8
"""Where there is little room, the columns are so much narrower."""

KEEPS_WRITERS_AWAY = strength("ShareLock")
"""From this lock on nobody can write."""


class RunTable(QTableView):
    """A table to read, whose rows are as high as those of every table."""

    def __init__(self, model: QAbstractItemModel, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setAccessibleName(name)
        self.setItemDelegate(RunDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setSectionsClickable(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        self._fit()
        theme.current().changed.connect(self._fit)

    def wanted_height(self, most: int = 8) -> int:
        """The height at which this many rows at most are seen, and at least one."""
        rows = min(max(self.model().rowCount(), 1), most)
        bar = self.horizontalScrollBar()
        below = bar.sizeHint().height() if bar.maximum() else 0
        return self.horizontalHeader().sizeHint().height() + rows * theme.current().measures.row + below + px(2)

    def _fit(self) -> None:
        self.verticalHeader().setDefaultSectionSize(theme.current().measures.row)
        widths = WIDTHS[type(self.model())]  # type: ignore[index]
        room = self.viewport().width()
        share = max(LEAST, min(1.0, (room - px(180)) / px(sum(widths))))
        fixed = [round(px(width) * share) for width in widths]
        left = max(px(110), room - sum(fixed))
        for column, width in enumerate(fixed):
            self.setColumnWidth(column, width or left)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent: the widest column gives way."""
        super().resizeEvent(event)
        self._fit()


class RunDelegate(QStyledItemDelegate):
    """Draws a cell: statements and processes in the fixed font, locks as badges."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Override QStyledItemDelegate::sizeHint."""
        return QSize(px(60), theme.current().measures.row)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Override QStyledItemDelegate::paint: no exception leaves it, that would end the process."""
        painter.save()
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw(painter, option, index)
        except Exception:
            log.exception("Drawing a cell of a run failed")
        finally:
            painter.restore()

    def _draw(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect, flags, state = QRect(option.rect), option.state, QStyle.StateFlag
        chosen = bool(flags & state.State_Selected)
        painter.fillRect(rect, theme.color("accent_soft" if chosen else "panel"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line"))
        text = str(index.data() or "")
        room = QRectF(rect).adjusted(px(12), 0, -px(12), -1)
        rtl = option.direction == Qt.LayoutDirection.RightToLeft
        tone = _tone(index, text)
        if tone is not None and text:
            self._tag(painter, room, text, tone, rtl)
        else:
            self._text(painter, room, text, index, rtl)
        if flags & state.State_HasFocus:
            draw_ring(painter, QRectF(rect.adjusted(0, 0, -1, -1)), px(4))

    def _tag(self, painter: QPainter, room: QRectF, text: str, tone: Tone, rtl: bool) -> None:
        painter.setFont(theme.current().font(FontRole.SMALL))
        size = tag_size(text)
        place = leading(room, min(size.width(), room.width()), rtl)
        box = QRectF(place.x(), room.center().y() - size.height() / 2, place.width(), size.height())
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()) - px(8))
        draw_tag(painter, box, text if size.width() <= room.width() else shown, tone)

    def _text(self, painter: QPainter, room: QRectF, text: str, index: Index, rtl: bool) -> None:
        fixed = _fixed(index)
        measure = index.data(MEASURE_ROLE)
        failed = measure is not None and measure.failed
        rewritten = (
            isinstance(index.model(), MeasuresModel)
            and index.column() == measures.REWRITES
            and bool(measure and measure.rewritten)
        )
        painter.setFont(theme.current().font(FontRole.FIXED if fixed else FontRole.BODY))
        painter.setPen(theme.color("bad" if failed else "warn" if rewritten else "text"))
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
        trailing = bool(int(index.data(Qt.ItemDataRole.TextAlignmentRole) or 0) & int(Qt.AlignmentFlag.AlignRight))
        side = Qt.AlignmentFlag.AlignRight if trailing != rtl else Qt.AlignmentFlag.AlignLeft
        painter.drawText(room, int(side | Qt.AlignmentFlag.AlignVCenter), shown)


def _fixed(index: Index) -> bool:
    """Whether a cell is written in the fixed font."""
    if isinstance(index.model(), MeasuresModel):
        return index.column() == measures.STATEMENT
    return index.column() == sessions.PROCESS


def _tone(index: Index, text: str) -> Tone | None:
    """The tone of a cell that is drawn as a badge; None for one that is not."""
    model = index.model()
    if isinstance(model, SessionsModel):
        return "neutral" if index.column() == sessions.MODE else None
    if not isinstance(model, MeasuresModel) or index.column() != measures.LOCK or not model.measured:
        return None
    lock = model.lock(index.row())
    if lock is None:
        return "ok"
    if lock.mode == "AccessExclusiveLock":
        return "bad"
    return "warn" if strength(lock.mode) >= KEEPS_WRITERS_AWAY else "neutral"
