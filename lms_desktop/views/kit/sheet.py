"""A dialog of the house: what it is about, its body, its buttons. It fits the screen, and what is long scrolls."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMargins, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from lms_desktop.views import theme
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.flow import FlowLayout
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.notices import Picture
from lms_desktop.views.kit.paint import Tone, px
from lms_desktop.views.kit.surfaces import TopColumn

MARGIN = 24
"""Around a dialog, in pixels at 100 %."""


class Sheet(QDialog):
    """A dialog with a heading, a column of things and a row of buttons at the end.

    Enter presses the button that has the keyboard, else the default one; Esc rejects.

    Attributes:
        heading: the label of what it is about.
        column: where the things go; they scroll when there are more than the screen holds.
    """

    def __init__(
        self,
        title: str,
        parent: QWidget | None = None,
        *,
        width: int = 480,
        height: int = 0,
        icon: str = "",
        tone: Tone = "neutral",
        heading: str = "",
    ) -> None:
        """`title` is the window's, and the heading's unless that says more. `width` and `height` are pixels at 100 %;
        with a height the body does not scroll by itself but shares what is there, as a table does."""
        super().__init__(parent)
        self._width, self._height = width, height
        self._body = QWidget()
        self._body.setProperty("kind", "scrolled")
        self.column = QVBoxLayout(self._body) if height else TopColumn(self._body)
        self.column.setContentsMargins(0, 0, 0, 0)
        self._scroll = None if height else _Scroll(self._body)
        self.heading = label(heading or title, "title", wrap=True)
        self._head = QHBoxLayout()
        if icon:
            self._head.addWidget(Picture(icon, tone, 24), 0, Qt.AlignmentFlag.AlignTop)
        self._head.addWidget(self.heading, 1)
        self._foot = QWidget()
        self._buttons = FlowLayout(self._foot, at_end=True)
        self._whole = QVBoxLayout(self)
        self._whole.addLayout(self._head)
        self._whole.addWidget(self._scroll or self._body, 1)
        self._whole.addWidget(self._foot)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._space()
        theme.current().changed.connect(self._refit)

    def add(self, *widgets: QWidget) -> None:
        """Put widgets at the end of the body."""
        for widget in widgets:
            self.column.addWidget(widget)

    def add_button(
        self, text: str, kind: str = "", act: Callable[[], object] | None = None, *, default: bool = False
    ) -> QPushButton:
        """Put a button at the end of the row; `kind` as in `kit.button`. `default` is pressed by Enter, wherever the
        keyboard is, and is never a destructive one."""
        made = button(text, kind, act, parent=self._foot)
        self._buttons.addWidget(made)
        made.setDefault(default)
        return made

    def buttons(self) -> list[QPushButton]:
        """The buttons at the end, in their order."""
        return self._foot.findChildren(QPushButton)

    def fit(self) -> None:
        """Take the size that the contents ask for, within the screen."""
        for child in (self, *self.findChildren(QWidget)):
            child.ensurePolished()
        room = self.room()
        width = min(px(self._width), room.width())
        width = max(width, min(self._whole.totalMinimumSize().width(), room.width()))
        height = min(px(self._height) or self._wanted_height(width), room.height())
        self.resize(width, height)
        if self.isVisible():  # one that grows where it stands may lead off the screen, with its buttons
            left, top = (
                min(max(at, least), most)
                for at, least, most in (
                    (self.x(), room.x(), room.x() + room.width() - width),
                    (self.y(), room.y(), room.y() + room.height() - height),
                )
            )
            self.move(left, top)

    def exec(self) -> int:
        """Override QDialog::exec: once it is answered and looked at, it goes; its window would keep it otherwise."""
        answer = super().exec()
        self.deleteLater()
        return answer

    def setVisible(self, visible: bool) -> None:
        """Override QDialog::setVisible: the size is settled before the window system is asked for it."""
        if visible and not self.isVisible():
            self.fit()
        super().setVisible(visible)

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QDialog::keyPressEvent: Enter presses the button with the focus ring, whatever the default is."""
        focused = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QPushButton):
            focused.click()
        else:
            super().keyPressEvent(event)

    def _wanted_height(self, width: int) -> int:
        margins = self._whole.contentsMargins()
        inner = width - margins.left() - margins.right()
        parts = [_height(self._body.layout(), inner), self._buttons.heightForWidth(inner)]
        parts.append(_height(self._head, inner))
        return sum(parts) + margins.top() + margins.bottom() + 2 * self._whole.spacing()

    def room(self) -> QRect:
        """What a dialog may cover: the screen but for a little."""
        parent = self.parentWidget()
        screen = parent.screen() if parent is not None else QApplication.primaryScreen()
        return screen.availableGeometry().marginsRemoved(_even(px(16)))

    def _refit(self) -> None:
        if self.isVisible():
            QTimer.singleShot(0, self, self.fit)  # when the widgets have heard of their new sizes

    def _space(self) -> None:
        margin = px(MARGIN)
        self._whole.setContentsMargins(margin, px(20), margin, px(16))
        self._whole.setSpacing(px(16))
        self.column.setSpacing(px(12))
        self._head.setSpacing(px(12))


class _Scroll(QScrollArea):
    """The body, as high as it is where there is room; the keyboard reaches it only where it scrolls."""

    def __init__(self, body: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(body)
        self.viewport().setAutoFillBackground(False)
        self.setAccessibleName(self.tr("Contents"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.verticalScrollBar().rangeChanged.connect(self._tell)

    def minimumSizeHint(self) -> QSize:
        """Override QAbstractScrollArea::minimumSizeHint: as wide as its body must be, a few lines high."""
        body = self.widget()
        if body is None:
            return QSize()
        aside = self.verticalScrollBar().sizeHint().width() + px(8)
        return QSize(body.minimumSizeHint().width() + aside, min(px(60), body.minimumSizeHint().height()))

    def showEvent(self, event: QShowEvent) -> None:
        """Override QWidget::showEvent: where the bar came while the body was about to be shown, Qt has told it of the
        narrower width, and its things not."""
        super().showEvent(event)
        body = self.widget()
        layout = None if body is None else body.layout()
        if body is not None and layout is not None and layout.geometry().width() != body.width():
            layout.setGeometry(body.rect())

    def _tell(self, _low: int, high: int) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if high else Qt.FocusPolicy.NoFocus)
        aside = px(8) if high else 0
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self.setViewportMargins(aside if rtl else 0, 0, 0 if rtl else aside, 0)


def _height(layout: QLayout | None, width: int) -> int:
    if layout is None:
        return 0
    return layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()


def _even(length: int) -> QMargins:
    return QMargins(length, length, length, length)
