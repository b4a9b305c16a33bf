"""Lines of controls that are scrolled where there is no room for all of them."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from lms_desktop.views.kit.paint import px


class YieldingLines(QScrollArea):
    """Controls on as many lines as they take (`FlowLayout`): all of these where there is room, else at least one, and
    the others are scrolled to. What has the keyboard is always seen."""

    def __init__(self, lines: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = lines
        self._following = False
        lines.setProperty("kind", "scrolled")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setWidget(lines)

    def hasHeightForWidth(self) -> bool:
        """Override QWidget::hasHeightForWidth."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Override QWidget::heightForWidth: that of all lines."""
        return self._lines.heightForWidth(width)

    def sizeHint(self) -> QSize:
        """Override QScrollArea::sizeHint."""
        return self._lines.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Override QAbstractScrollArea::minimumSizeHint: one line, as wide as the widest control."""
        return self._lines.minimumSizeHint()

    def event(self, event: QEvent) -> bool:
        """Override QScrollArea::event: what is put in, or taken out, may ask for another height."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._turn()
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Override QWidget::showEvent: only what is seen follows the keyboard."""
        super().showEvent(event)
        if not self._following:
            self._following = True
            QApplication.instance().focusChanged.connect(self._follow_soon)  # type: ignore[union-attr]

    def hideEvent(self, event: QHideEvent) -> None:
        """Override QWidget::hideEvent."""
        super().hideEvent(event)
        if self._following:
            self._following = False
            QApplication.instance().focusChanged.disconnect(self._follow_soon)  # type: ignore[union-attr]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QScrollArea::resizeEvent: what has the keyboard may stand elsewhere now."""
        self._turn()
        super().resizeEvent(event)
        self._follow_soon()

    def _turn(self) -> None:
        """The bar is there where it must be. To Qt, what does not fit beside the bar is a reason to keep it."""
        fits = self.heightForWidth(self.width()) <= self.height()
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policy.ScrollBarAlwaysOff if fits else policy.ScrollBarAlwaysOn)

    def _follow_soon(self, *_: object) -> None:
        if self._has_keyboard():
            QTimer.singleShot(0, self, self._follow)  # when it has its place

    def _follow(self) -> None:
        keyboard = QApplication.focusWidget()
        if keyboard is not None and self._has_keyboard():
            self.ensureWidgetVisible(keyboard, 0, px(4))

    def _has_keyboard(self) -> bool:
        keyboard = QApplication.focusWidget()
        return keyboard is not None and self._lines.isAncestorOf(keyboard)


class YieldingColumn(QVBoxLayout):
    """A column that begins with lines which give way to what stands below them.

    To a column of Qt's the height that a widget asks for at a width is the least that it can do with. Here it is a
    hint, by the width that the column has.
    """

    def __init__(self, parent: QWidget, lines: QWidget) -> None:
        """`lines` holds `YieldingLines`."""
        super().__init__(parent)
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(0)
        self._width = 0
        self._first = _Yielding(lines)
        self.addLayout(self._first)

    def setGeometry(self, rect: QRect) -> None:
        """Override QBoxLayout::setGeometry: another width, another hint."""
        if rect.width() != self._width:
            self._first.width = self._width = rect.width()
            self.invalidate()
        super().setGeometry(rect)


class _Yielding(QVBoxLayout):
    def __init__(self, lines: QWidget) -> None:
        super().__init__()
        self.setContentsMargins(0, 0, 0, 0)
        self.addWidget(lines)
        self.width = 0

    def hasHeightForWidth(self) -> bool:
        """Override QBoxLayout::hasHeightForWidth: its hint says it."""
        return False

    def sizeHint(self) -> QSize:
        """Override QBoxLayout::sizeHint: as high as all lines are at the width there is."""
        hint = super().sizeHint()
        lines = self.itemAt(0)
        if lines is None or not self.width:
            return hint
        return QSize(hint.width(), lines.heightForWidth(self.width))
