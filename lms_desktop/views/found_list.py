"""What the server found for a reference, below the line that is typed in; and how a row is named on one line."""

import unicodedata

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget

from lms_desktop.views import theme
from lms_desktop.views.kit.labels import label as make_label
from lms_desktop.views.kit.paint import log, own_way, px

SEEN_ROWS = 8

Index = QModelIndex | QPersistentModelIndex


class FoundDelegate(QStyledItemDelegate):
    """Paints what was found: its name, and muted what tells it apart."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Override QStyledItemDelegate::sizeHint."""
        return QSize(px(200), px(30))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Override QStyledItemDelegate::paint."""
        try:
            found = index.data(Qt.ItemDataRole.UserRole)
            if found is None:
                return
            rect: QRect = option.rect
            state: QStyle.StateFlag = option.state
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            chosen = bool(state & QStyle.StateFlag.State_Selected)
            if chosen or state & QStyle.StateFlag.State_MouseOver:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("accent_soft" if chosen else "hover"))
                painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), px(4), px(4))
            room = rect.adjusted(px(8), 0, -px(8), 0)
            draw_named(painter, QRectF(room), found.label, found.detail, self.parent())
            painter.restore()
        except Exception:
            log.exception("Drawing a found row failed")


class FoundList(QFrame):
    """What the server found, below the line that is typed in. It never takes the keyboard.

    Signals:
        picked(object): the Found that was clicked.
    """

    picked = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.ToolTip)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setProperty("kind", "card")
        self.words = make_label("", "muted", wrap=True)
        self.words.setContentsMargins(px(8), px(6), px(8), px(6))
        self.list = QListView()
        self.list.setProperty("kind", "plain")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setAccessibleName(self.tr("Found"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(FoundDelegate(self.list))
        self.list.clicked.connect(lambda index: self.picked.emit(index.data(Qt.ItemDataRole.UserRole)))
        box = QVBoxLayout(self)
        box.setContentsMargins(px(4), px(4), px(4), px(4))
        box.setSpacing(0)
        box.addWidget(self.words)
        box.addWidget(self.list)

    def tell(self, words: str) -> None:
        """Say something above the rows; "" for nothing."""
        self.words.setText(words)
        self.words.setVisible(bool(words))

    def place(self, line: QWidget, rows: int) -> None:
        """Stand below the line with room for so many rows; above it where there is none."""
        self.list.setVisible(rows > 0)
        self.list.setFixedHeight(min(rows, SEEN_ROWS) * px(30))
        width = max(line.width(), px(300))
        layout = self.layout()
        if layout is not None:
            layout.activate()  # else the height for the rows that were there holds it open
            wrapped = (
                layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()
            )
            self.resize(width, wrapped)
        below = line.mapToGlobal(QPoint(0, line.height() + px(2)))
        room = line.screen().availableGeometry()
        x = min(max(below.x(), room.left()), max(room.right() - width, room.left()))
        y = below.y()
        if y + self.height() > room.bottom():
            y = max(line.mapToGlobal(QPoint(0, 0)).y() - self.height() - px(2), room.top())
        self.move(x, y)


def right_to_left(text: str) -> bool:
    """Whether a text begins, as far as it has a direction, from the right."""
    strong = next((d for d in map(unicodedata.bidirectional, text[:200]) if d in {"L", "R", "AL"}), "L")
    return strong != "L"


def draw_named(painter: QPainter, rect: QRectF, text: str, detail: str, widget: object) -> None:
    """A name and, muted, its detail on one line; the detail gives way first."""
    rtl = isinstance(widget, QWidget) and widget.layoutDirection() == Qt.LayoutDirection.RightToLeft
    painter.setFont(theme.current().font())
    metrics = painter.fontMetrics()
    shown = metrics.elidedText(" ".join(text.split()), Qt.TextElideMode.ElideRight, int(rect.width()))
    align = (Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter
    flags = align | Qt.AlignmentFlag.AlignAbsolute | Qt.TextFlag.TextSingleLine
    painter.setPen(theme.color("text"))
    painter.drawText(rect, int(flags), own_way(shown))
    used = metrics.horizontalAdvance(shown) + px(6)
    rest = rect.adjusted(0, 0, -used, 0) if rtl else rect.adjusted(used, 0, 0, 0)
    if detail and rest.width() > px(16):
        painter.setPen(theme.color("muted"))
        cut = metrics.elidedText(detail, Qt.TextElideMode.ElideRight, int(rest.width()))
        painter.drawText(rest, int(flags), own_way(cut))
