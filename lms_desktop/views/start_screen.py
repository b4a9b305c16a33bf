"""What the screens before the main window have in common: the mark, a card in the middle, links below it."""

from collections.abc import Callable
from functools import cached_property

from PySide6.QtCore import QCoreApplication, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from lms_desktop import __version__
from lms_desktop.errors import ExplainedError
from lms_desktop.views import theme
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.notices import Banner, BusyLine
from lms_desktop.views.kit.paint import px
from lms_desktop.views.mark import Mark


class StartScreen(QScrollArea):
    """A screen of the start window. It scrolls where the window is too small for it.

    Attributes:
        name: what the screen is called.
        content: the inside of the card.
        busy: the moving line at the card's top.
        banner: what went wrong, hidden while nothing did; the screen gives it its place.
    """

    name = ""
    width_at_100 = 420
    """The card's width in pixels at 100 %."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._sides: tuple[QBoxLayout, QWidget, int] | None = None
        self.content = QWidget()
        self.busy = BusyLine()
        self._frame = QFrame()
        self._frame.setProperty("kind", "card")
        self._inside = QVBoxLayout(self._frame)
        self._inside.addWidget(self.busy)
        self._inside.addWidget(self.content)
        self._links = QHBoxLayout()
        self._links.addStretch(1)
        self._links.addStretch(1)
        middle = _Middle()
        middle.setProperty("kind", "scrolled")
        self._column = QVBoxLayout(middle)
        self._column.addStretch(2)
        self._column.addWidget(Mark(44), 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addWidget(label("LMS Desktop", "heading"), 0, Qt.AlignmentFlag.AlignHCenter)
        self._gap = QSpacerItem(0, 0)
        self._column.addItem(self._gap)
        # Not by alignment: a box then asks for the height at its own width, and long texts were cut.
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._frame)
        row.addStretch(1)
        self._column.addLayout(row)
        self._column.addLayout(self._links)
        self._column.addStretch(3)
        self._column.addWidget(label(__version__, "small"), 0, Qt.AlignmentFlag.AlignHCenter)
        self.setWidget(middle)
        theme.current().changed.connect(self._space)

    @cached_property
    def banner(self) -> Banner:
        """Made when it is asked for: the first window waits for it otherwise."""
        made = Banner("", "bad")
        made.hide()
        return made

    def begin(self) -> None:
        """The screen is shown: put the keyboard where work begins."""

    def complain(self, error: ExplainedError) -> None:
        """Say what went wrong and what can be done, above everything else."""
        text, way_out = error.translated(lambda source: QCoreApplication.translate("", source))
        self.busy.stop()
        self.banner.tell(f"{text} {way_out or ''}".strip(), "bad", strong=text if way_out else "")
        self.banner.show()
        QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(self.banner))

    def add_link(self, text: str, act: Callable[[], object]) -> QPushButton:
        """Offer something else below the card; returns the button."""
        made = button(text, "link", act)
        self._links.insertWidget(self._links.count() - 1, made)
        return made

    def two_sided(self, sides: QBoxLayout, divider: QWidget, width: int) -> None:
        """The content has two sides: beside each other in a card `width` wide at 100 %, else one below the other."""
        self._sides = (sides, divider, width)

    def ready(self) -> None:
        """Call when the content is built: distances and width are set."""
        self._shell = Shell(self.content)
        self._space()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent: two sides need the room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width = self.width_at_100
        if self._sides is not None:
            sides, divider, wide = self._sides
            beside = self.width() >= px(wide) + px(32)
            sides.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
            divider.setVisible(beside)
            width = wide if beside else width
        self._frame.setFixedWidth(px(width))

    def _space(self) -> None:
        self._fit()
        self._inside.setContentsMargins(0, 0, 0, 0)
        self._inside.setSpacing(0)
        self.content.setContentsMargins(px(28), px(22), px(28), px(26))
        self._column.setSpacing(px(10))
        self._gap.changeSize(0, px(2))
        self._column.setContentsMargins(px(16), px(24), px(16), px(12))
        self._links.setSpacing(px(16))
        self._links.setContentsMargins(0, px(4), 0, px(16))


class _Middle(QWidget):
    """As wide as its card at least, so that a narrow window scrolls instead of cutting it off."""

    def minimumSizeHint(self) -> QSize:
        """Override."""
        layout = self.layout()
        return super().minimumSizeHint() if layout is None else layout.minimumSize()


class Shell(QObject):
    """Keeps the distances within a form of Qt Designer, which are written for 100 %, at the text size in force."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._layouts = [
            (layout, layout.spacing(), layout.contentsMargins()) for layout in widget.findChildren(QLayout)
        ]
        theme.current().changed.connect(self._settle)
        self._settle()

    def _settle(self) -> None:
        self._layouts = [one for one in self._layouts if isValid(one[0])]  # rows of a list may have gone
        for layout, spacing, margins in self._layouts:
            layout.setSpacing(px(spacing))
            layout.setContentsMargins(px(margins.left()), px(margins.top()), px(margins.right()), px(margins.bottom()))


def in_capitals(title: QLabel) -> None:
    """Make a label of a form one of the small grey capitals above a group. The text itself stays as written."""
    font = QFont(title.font())
    font.setCapitalization(QFont.Capitalization.AllUppercase)
    title.setFont(font)
