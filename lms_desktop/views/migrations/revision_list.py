"""The revisions at the left: what each is, and what has become of it."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from lms_desktop.models.migrations.revisions import ENTRY_ROLE, Entry, RevisionsModel
from lms_desktop.models.wording import word
from lms_desktop.views import theme
from lms_desktop.views.kit.paint import (
    Tone,
    draw_dot,
    draw_ring,
    draw_tag,
    leading,
    log,
    px,
    tag_size,
    without_leading,
)
from lms_desktop.views.theme import FontRole

ROW = 46
"""Height of a revision, in pixels at 100 %."""

TONES: dict[str, Tone] = {"applied": "ok", "pending": "warn", "unknown": "neutral"}
Index = QModelIndex | QPersistentModelIndex


class RevisionList(QListView):
    """One row a revision, the newest first. It does nothing but be moved in.

    Attributes:
        revisions: what is shown.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.revisions = RevisionsModel(self)
        self.setModel(self.revisions)
        self.setItemDelegate(RevisionDelegate(self))
        self.setAccessibleName(self.tr("Revisions"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.revisions.modelReset.connect(self.fit)
        theme.current().changed.connect(self._rescale)

    def sizeHint(self) -> QSize:
        """Override QAbstractItemView::sizeHint: all rows."""
        return QSize(px(300), self.revisions.rowCount() * px(ROW) + px(2))

    def fit(self) -> None:
        """Take no more room than the rows need."""
        self.setMaximumHeight(max(self.sizeHint().height(), px(ROW)))
        self.updateGeometry()

    def entry(self) -> Entry | None:
        """The revision chosen."""
        found = self.currentIndex().data(ENTRY_ROLE)
        return found if isinstance(found, Entry) else None

    def _rescale(self) -> None:
        self.doItemsLayout()
        self.fit()

    def choose(self, row: int) -> None:
        """Choose a row."""
        self.setCurrentIndex(self.revisions.index(row))


class RevisionDelegate(QStyledItemDelegate):
    """Draws a revision: the mark of its state, its id above its description, its state as a word."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Override QStyledItemDelegate::sizeHint."""
        return QSize(px(240), px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Override QStyledItemDelegate::paint: no exception leaves it, that would end the process."""
        painter.save()
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw(painter, option, index)
        except Exception:
            log.exception("Drawing a revision failed")
        finally:
            painter.restore()

    def _draw(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry, model, rect = index.data(ENTRY_ROLE), index.model(), QRect(option.rect)
        if not isinstance(entry, Entry) or not isinstance(model, RevisionsModel):
            return
        flags, state = option.state, QStyle.StateFlag
        chosen = bool(flags & state.State_Selected)
        ground = "accent_soft" if chosen else "hover" if flags & state.State_MouseOver else "panel"
        painter.fillRect(rect, theme.color(ground))  # type: ignore[arg-type]
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line"))
        rtl = option.direction == Qt.LayoutDirection.RightToLeft
        tone = TONES[entry.state.state]
        room = QRectF(rect).adjusted(px(12), 0, -px(14), -1)
        mark = leading(room, px(12), rtl)
        draw_dot(painter, QPointF(mark.center()), px(10), tone)
        room = without_leading(room, px(12 + 16), rtl)
        tag = model.state_word(entry)
        size = tag_size(tag)
        place = leading(room, size.width(), not rtl)
        painter.setFont(theme.current().font(FontRole.SMALL))
        middle = QRectF(place.x(), place.center().y() - size.height() / 2, size.width(), size.height())
        draw_tag(painter, middle, tag, tone)
        self._words(painter, without_leading(room, size.width() + px(10), not rtl), entry, rtl)
        if flags & state.State_HasFocus:
            draw_ring(painter, QRectF(rect.adjusted(0, 0, -1, -1)), px(4))

    def _words(self, painter: QPainter, room: QRectF, entry: Entry, rtl: bool) -> None:
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        side = Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
        half = room.height() / 2
        lines = [(FontRole.FIXED, "text", entry.id), (FontRole.SMALL, "muted", word(entry.state.revision.description))]
        for number, (role, ink, text) in enumerate(lines):
            painter.setFont(theme.current().font(role))
            painter.setPen(theme.color(ink))  # type: ignore[arg-type]
            line = QRectF(room.x(), room.y() + (px(4) if number == 0 else half - px(1)), room.width(), half - px(3))
            shown = painter.fontMetrics().elidedText(text.rstrip("."), Qt.TextElideMode.ElideRight, int(line.width()))
            painter.drawText(line, int(side | Qt.AlignmentFlag.AlignVCenter), shown)
