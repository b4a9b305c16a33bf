"""The product's mark: an open book on the accent. Drawn, so that it is sharp at any size."""

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from lms_desktop.views import icons, theme
from lms_desktop.views.kit.paint import Painted, px
from lms_desktop.views.tokens import LIGHT

ICON = "courses"
_SIZES = (16, 24, 32, 48, 64, 128, 256)


class Mark(Painted):
    """The mark, `size` pixels square at 100 %."""

    def __init__(self, size: int = 48, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size

    def ask(self) -> QSize:
        """Override."""
        return QSize(px(self._size), px(self._size))

    def draw(self, painter: QPainter) -> None:
        """Override."""
        rect = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        painter.drawRoundedRect(rect, rect.width() * 0.24, rect.width() * 0.24)
        inset = rect.width() * 0.22
        icons.draw(painter, rect.adjusted(inset, inset, -inset, -inset), ICON, "on_accent")


def window_icon() -> QIcon:
    """The mark for title bars and task bars, which are not ours to tint: always in the light theme's colours."""
    made = QIcon()
    book = QSvgRenderer(QByteArray(icons.tinted(ICON, LIGHT.on_accent)))
    for size in _SIZES:
        picture = QPixmap(size, size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(LIGHT.accent))
        painter.drawRoundedRect(QRectF(0, 0, size, size), size * 0.24, size * 0.24)
        inner = size * 0.56
        book.render(painter, QRectF((size - inner) / 2, (size - inner) / 2, inner, inner))
        painter.end()
        made.addPixmap(picture)
    return made
