"""Bars and panels with the distances of the look; they grow with the text."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from lms_desktop.views.kit.paint import px


class Bar(QFrame):
    """A row of controls across a page, 52 high, with a line below it.

    Attributes:
        row: where the controls go.
    """

    def __init__(self, kind: str = "bar", height: int = 52, parent: QWidget | None = None) -> None:
        """`kind` is 'bar' (line below), 'footer' (line above) or 'panel' (none)."""
        super().__init__(parent)
        self.setProperty("kind", kind)
        self._height = height
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.row = QHBoxLayout(self)
        self._space()

    def add(self, *widgets: QWidget) -> None:
        """Put controls at the end of the row."""
        for widget in widgets:
            self.row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def stretch(self) -> None:
        """What is added next stands at the far end."""
        self.row.addStretch(1)

    def changeEvent(self, event: QEvent) -> None:
        """Override: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def _space(self) -> None:
        self.setMinimumHeight(px(self._height))
        self.row.setContentsMargins(px(16), 0, px(16), 0)
        self.row.setSpacing(px(8))


class TopColumn(QVBoxLayout):
    """Things below each other, from the top on; what they do not need stays empty below them. With an alignment of
    Qt's, texts that take more lines than their hint has are cut."""

    def setGeometry(self, rect: QRect) -> None:
        """Override QLayout::setGeometry."""
        needed = self.totalHeightForWidth(rect.width()) if self.hasHeightForWidth() else self.totalSizeHint().height()
        grows = bool(self.expandingDirections() & Qt.Orientation.Vertical)
        super().setGeometry(rect if grows else QRect(rect.topLeft(), QSize(rect.width(), min(rect.height(), needed))))


class Panel(QFrame):
    """A surface with things below each other.

    Attributes:
        column: where they go.
    """

    def __init__(self, kind: str = "panel", margin: int = 16, spacing: int = 8, parent: QWidget | None = None) -> None:
        """`kind` is 'panel', 'background', 'sidebar' or 'card'; `margin` and `spacing` in pixels at 100 %."""
        super().__init__(parent)
        self.setProperty("kind", kind)
        self._margin, self._spacing = margin, spacing
        self.column = QVBoxLayout(self)
        self._space()

    def add(self, *widgets: QWidget) -> None:
        """Put widgets at the end of the column."""
        for widget in widgets:
            self.column.addWidget(widget)

    def changeEvent(self, event: QEvent) -> None:
        """Override: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def _space(self) -> None:
        margin = px(self._margin)
        self.column.setContentsMargins(margin, margin, margin, margin)
        self.column.setSpacing(px(self._spacing))


def give_viewport(area: QAbstractScrollArea, role: QPalette.ColorRole = QPalette.ColorRole.Base) -> None:
    """Give an area, before anything asks it for its own, a viewport that Python has made: at the sight of Qt's, PySide
    would look through every kind of widget (`views.known_types`)."""
    viewport = QWidget()
    viewport.setBackgroundRole(role)
    viewport.setAutoFillBackground(True)
    area.setViewport(viewport)


def scrolling(inner: QWidget, parent: QWidget) -> QScrollArea:
    """What is scrolled only where there is less room than it needs at least."""
    made = QScrollArea(parent)
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setWidgetResizable(True)
    made.setWidget(inner)
    return made
