"""A layout that wraps its widgets like words."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from lms_desktop.views.kit.paint import px


class FlowLayout(QLayout):
    """Widgets one behind the other, on as many lines as the width asks for; right to left where the text runs so.

    Hidden widgets take no room. All lengths are pixels at 100 % and grow with the text.
    """

    def __init__(
        self,
        parent: QWidget | None = None,
        gap: int = 8,
        *,
        line_gap: int | None = None,
        line_height: int = 0,
        at_end: bool = False,
    ) -> None:
        """`gap` stands between widgets, `line_gap` between lines; a line is `line_height` high at least, its widgets in
        the middle of it. `at_end` puts the lines where reading ends, as the buttons of a dialog are."""
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap, self._line_gap = gap, gap if line_gap is None else line_gap
        self._line_height, self._at_end = line_height, at_end
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Override QLayout::addItem."""
        self._items.append(item)

    def count(self) -> int:
        """Override QLayout::count."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Override QLayout::itemAt."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Override QLayout::takeAt."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Override QLayout::expandingDirections: only as much as is needed."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Override QLayout::hasHeightForWidth."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Override QLayout::heightForWidth."""
        return self._height(self._lines(width))

    def setGeometry(self, rect: QRect) -> None:
        """Override QLayout::setGeometry."""
        super().setGeometry(rect)
        self._place(rect)

    def sizeHint(self) -> QSize:
        """Override QLayout::sizeHint: everything on one line."""
        hints = [item.sizeHint() for item in self._shown()]
        width = sum(hint.width() for hint in hints) + px(self._gap) * max(len(hints) - 1, 0)
        return QSize(width, self._line(hints))

    def minimumSize(self) -> QSize:
        """Override QLayout::minimumSize: the widest widget."""
        hints = [item.minimumSize() for item in self._shown()]
        return QSize(max((hint.width() for hint in hints), default=0), self._line(hints))

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _line(self, hints: list[QSize]) -> int:
        """The height of a line of widgets of these sizes."""
        return max([px(self._line_height), *(hint.height() for hint in hints)])

    def _height(self, lines: list[list[tuple[QLayoutItem, QSize]]]) -> int:
        heights = [self._line([size for _, size in line]) for line in lines]
        return sum(heights) + px(self._line_gap) * max(len(heights) - 1, 0)

    def _lines(self, width: int) -> list[list[tuple[QLayoutItem, QSize]]]:
        """The items of each line with the sizes they get; none is wider than a line."""
        lines: list[list[tuple[QLayoutItem, QSize]]] = []
        used = 0
        for item in self._shown():
            size = item.sizeHint()
            size.setWidth(min(size.width(), max(width, item.minimumSize().width())))
            if not lines or used + size.width() > width:
                lines.append([])
                used = 0
            lines[-1].append((item, size))
            used += size.width() + px(self._gap)
        return lines

    def _place(self, rect: QRect) -> None:
        parent = self.parentWidget()
        right_to_left = parent is not None and parent.layoutDirection() == Qt.LayoutDirection.RightToLeft
        lines = self._lines(rect.width())
        y = rect.y() + max((rect.height() - self._height(lines)) // 2, 0)
        for line in lines:
            height = self._line([size for _, size in line])
            x = rect.x()
            if self._at_end:
                x += rect.width() - sum(size.width() for _, size in line) - px(self._gap) * (len(line) - 1)
            for item, size in line:
                left = rect.x() + rect.right() - x - size.width() + 1 if right_to_left else x
                item.setGeometry(QRect(QPoint(left, y + (height - size.height()) // 2), size))
                x += size.width() + px(self._gap)
            y += height + px(self._line_gap)
