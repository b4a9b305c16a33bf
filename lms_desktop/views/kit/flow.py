"""A layout that wraps its widgets like words."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from lms_desktop.views.kit.paint import px

Line = list[tuple[QLayoutItem, QSize]]
"""The widgets of a line and the sizes they get."""


class FlowLayout(QLayout):
    """Widgets one behind the other, on as many lines as the width asks for; right to left where the text runs so.

    Hidden widgets take no room. All lengths are pixels at 100 % and grow with the text.

    Attributes:
        trailing: the widgets that stand at the end of the first line, where there is room for them beside one other.
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
        self._heights: dict[int, int] = {}
        super().__init__(parent)
        self.trailing: tuple[QWidget, ...] = ()
        self._items: list[QLayoutItem] = []
        self._gap, self._line_gap = gap, gap if line_gap is None else line_gap
        self._line_height, self._at_end = line_height, at_end
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Override QLayout::addItem."""
        self._items.append(item)
        self.invalidate()

    def count(self) -> int:
        """Override QLayout::count."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Override QLayout::itemAt."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Override QLayout::takeAt."""
        if not 0 <= index < len(self._items):
            return None
        item = self._items.pop(index)
        self.invalidate()
        return item

    def expandingDirections(self) -> Qt.Orientation:
        """Override QLayout::expandingDirections: only as much as is needed."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Override QLayout::hasHeightForWidth."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Override QLayout::heightForWidth. Asked again and again whenever anything around it is laid out."""
        if width not in self._heights:
            self._heights[width] = self._height(self._lines(width))
        return self._heights[width]

    def invalidate(self) -> None:
        """Override QLayout::invalidate: what is in it, or its text, is of another size."""
        self._heights.clear()
        super().invalidate()

    def setGeometry(self, rect: QRect) -> None:
        """Override QLayout::setGeometry."""
        super().setGeometry(rect)
        self._place(rect)

    def sizeHint(self) -> QSize:
        """Override QLayout::sizeHint: everything on one line."""
        line = [(item, item.sizeHint()) for item in self._shown()]
        return QSize(self._width_of(line), self._line_of([size for _, size in line]))

    def minimumSize(self) -> QSize:
        """Override QLayout::minimumSize: the widest widget."""
        hints = [item.minimumSize() for item in self._shown()]
        return QSize(max((hint.width() for hint in hints), default=0), self._line_of(hints))

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _line_of(self, hints: list[QSize]) -> int:
        """The height of a line of widgets of these sizes."""
        return max([px(self._line_height), *(hint.height() for hint in hints)])

    def _width_of(self, line: Line) -> int:
        return sum(size.width() for _, size in line) + px(self._gap) * max(len(line) - 1, 0)

    def _height(self, lines: list[Line]) -> int:
        heights = [self._line_of([size for _, size in line]) for line in lines]
        return sum(heights) + px(self._line_gap) * max(len(heights) - 1, 0)

    def _lines(self, width: int) -> list[Line]:
        """The items of each line with the sizes they get; none is wider than a line. Those at the end of the first one
        are in it, last."""
        sized = [(item, self._size(item, width)) for item in self._shown()]
        end = [pair for pair in sized if pair[0].widget() in self.trailing]
        rest = [pair for pair in sized if pair[0].widget() not in self.trailing]
        taken = self._width_of(end) + px(self._gap) if end else 0
        if end and rest and taken + rest[0][1].width() > width:
            end, rest, taken = [], rest + end, 0
        lines: list[Line] = [[]]
        for pair in rest:
            room = width - (taken if len(lines) == 1 else 0)
            if lines[-1] and self._width_of([*lines[-1], pair]) > room:
                lines.append([])
            lines[-1].append(pair)
        lines[0] += end
        return lines

    @staticmethod
    def _size(item: QLayoutItem, width: int) -> QSize:
        size = item.sizeHint()
        return QSize(min(size.width(), max(width, item.minimumSize().width())), size.height())

    def _place(self, rect: QRect) -> None:
        lines = self._lines(rect.width())
        y = rect.y() + max((rect.height() - self._height(lines)) // 2, 0)
        for line in lines:
            height = self._line_of([size for _, size in line])
            free = rect.width() - self._width_of(line)
            x = free if self._at_end else 0
            for item, size in line:
                if item.widget() in self.trailing and line is lines[0] and not self._at_end:
                    x, free = x + free, 0
                place = QRect(QPoint(x, (height - size.height()) // 2), size)
                item.setGeometry(self._mirrored(place, rect).translated(0, y))
                x += size.width() + px(self._gap)
            y += height + px(self._line_gap)

    def _mirrored(self, place: QRect, within: QRect) -> QRect:
        """A place counted from where reading begins, on the screen."""
        parent = self.parentWidget()
        if parent is not None and parent.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            return place.translated(within.right() + 1 - place.width() - 2 * place.x(), 0)
        return place.translated(within.x(), 0)
