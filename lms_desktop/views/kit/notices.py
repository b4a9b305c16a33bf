"""What the product says to the person: banners, empty pages, the line of a busy page."""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from lms_desktop.views import icons, theme
from lms_desktop.views.kit.buttons import button, tool_button
from lms_desktop.views.kit.labels import label, leading_side
from lms_desktop.views.kit.paint import INK, TONE_ICON, Painted, Tone, px
from lms_desktop.views.kit.to_be_read import to_be_read


class Picture(Painted):
    """An icon by itself, in the colour of a tone, at a size given in pixels at 100 %."""

    def __init__(self, name: str, tone: Tone = "neutral", size: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._tone, self._size = name, tone, size

    def tell(self, name: str, tone: Tone) -> None:
        """Show another one."""
        self._name, self._tone = name, tone
        self.update()

    def ask(self) -> QSize:
        """Override."""
        return QSize(px(self._size), px(self._size))

    def draw(self, painter: QPainter) -> None:
        """Override."""
        icons.draw(painter, self.rect(), self._name, INK[self._tone])


LEAST_TEXT = 140
"""Pixels at 100 % that a notice's sentence has beside what it offers."""


class Banner(QFrame):
    """A notice inside a page: a sentence and the acts it offers. Screen readers are told when it appears.

    Signals:
        closed: the person put it away (where `closable`); it is hidden already.
    """

    closed = Signal()

    def __init__(
        self, text: str = "", tone: Tone = "info", *, closable: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        to_be_read(self)
        self._tone: Tone = tone
        self._picture = Picture(TONE_ICON[tone], tone)
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.RichText)
        self._text.setWordWrap(True)
        self._text.setAlignment(leading_side() | Qt.AlignmentFlag.AlignVCenter)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._buttons: list[QPushButton] = []
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        self._words, self._acts = QBoxLayout(QBoxLayout.Direction.LeftToRight), QHBoxLayout()
        self._words.addWidget(self._text, 1)
        self._words.addLayout(self._acts)
        self._acts.addStretch(1)
        self._row.addLayout(self._words, 1)
        self._close = tool_button("close", self.tr("Put this notice away"), self._put_away)
        self._row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self._close.setVisible(closable)  # before it belongs here it would be a window of its own
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._space()
        self.tell(text, tone)

    @property
    def text(self) -> str:
        """The sentence, plain."""
        return self.accessibleName()

    @property
    def tone(self) -> Tone:
        """What it means."""
        return self._tone

    def tell(self, text: str, tone: Tone | None = None, *, strong: str = "") -> None:
        """Say `text`, which is plain text; the first occurrence of `strong` in it is set in semi-bold."""
        self._tone = tone or self._tone
        shown = _escaped(text).replace("\n", "<br>")
        if strong:
            inner = _escaped(strong)
            shown = shown.replace(inner, f'<span style="font-weight:600">{inner}</span>', 1)
        self._text.setText(shown)
        self.setAccessibleName(text)
        self._picture.tell(TONE_ICON[self._tone], self._tone)
        theme.set_kind(self, f"banner-{self._tone}")
        for child in (self._text, *self._buttons):  # their colour hangs on the kind of the banner
            if child.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
                theme.repolish(child)
        self._announce()

    def add_action(self, text: str, act: Callable[[], object], kind: str = "") -> QPushButton:
        """Offer an act; returns its button."""
        made = button(text, kind, act)
        self._buttons.append(made)
        self._acts.insertWidget(self._acts.count() - 1, made, 0, Qt.AlignmentFlag.AlignVCenter)
        self._arrange()
        return made

    def clear_actions(self) -> None:
        """Offer nothing."""
        for made in self._buttons:
            self._acts.removeWidget(made)
            made.deleteLater()
        self._buttons.clear()
        self._arrange()

    def sizeHint(self) -> QSize:
        """Override: as high as all of the sentence is at the width that there is; Qt, which lets it get no higher than
        this, would ask for what it is at a width of its own."""
        hint, own = super().sizeHint(), self.heightForWidth(self.width())
        return QSize(hint.width(), own) if self.testAttribute(Qt.WidgetAttribute.WA_Resized) and own > 0 else hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: the picture stands beside the first line, also where a button makes the banner higher than that."""
        super().resizeEvent(event)
        self._arrange()
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
        one_line = self._text.heightForWidth(self._text.width()) < 2 * self._text.fontMetrics().height()
        side = Qt.AlignmentFlag.AlignVCenter if one_line else Qt.AlignmentFlag.AlignTop
        self._row.setAlignment(self._picture, side)

    def showEvent(self, event: QShowEvent) -> None:
        """Override: tell screen readers."""
        super().showEvent(event)
        self._announce()

    def changeEvent(self, event: QEvent) -> None:
        """Override: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def _announce(self) -> None:
        if self.isVisible() and self.accessibleName():
            from PySide6.QtGui import QAccessible, QAccessibleEvent  # the first window has nothing to announce

            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def _arrange(self) -> None:
        """The acts stand beside the sentence, and below it where they leave it no room."""
        ways = QBoxLayout.Direction
        beside = [self._picture.sizeHint().width(), *(made.sizeHint().width() for made in self._buttons)]
        left = self.width() - sum(beside) - px(10) * (len(beside) + 2)
        self._words.setDirection(ways.TopToBottom if self._buttons and left < px(LEAST_TEXT) else ways.LeftToRight)

    def _space(self) -> None:
        self._row.setContentsMargins(px(12), px(10), px(10), px(10))
        for layout in (self._row, self._words, self._acts):
            layout.setSpacing(px(10))

    def _put_away(self) -> None:
        self.hide()
        self.closed.emit()


def _escaped(text: str) -> str:
    """As `html.escape` has it; the first window does not wait for that module's table of 2,000 entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


class EmptyState(QWidget):
    """A page with nothing on it: says what would be here and offers the first step.

    Signals:
        acted: the button was pressed.
    """

    acted = Signal()

    def __init__(
        self, icon: str, text: str, action: str = "", detail: str = "", *, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._picture = Picture(icon, "neutral", 36)
        self._text = label(text, "heading", wrap=True)
        self._detail = label(detail, "muted", wrap=True)
        self._button = button(action, "primary", self.acted.emit)
        # The words fill their column: an alignment in the layout would take their height from another width.
        self._middle = QWidget()
        self._column = QVBoxLayout(self._middle)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignHCenter)
        for words in (self._text, self._detail):
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._column.addWidget(words)
        self._column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._middle, 100)
        row.addStretch(1)
        self._whole = QVBoxLayout(self)
        self._whole.addStretch(2)
        self._whole.addLayout(row)
        self._whole.addStretch(3)
        self._space()
        self.tell(text, action, detail)

    def tell(self, text: str, action: str = "", detail: str = "", *, icon: str = "") -> None:
        """Say something else; without `action` there is no button."""
        self._text.setText(text)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self.setAccessibleName(text)
        if icon:
            self._picture.tell(icon, "neutral")
        self._make_room()

    @property
    def button(self) -> QPushButton:
        """The one act it offers."""
        return self._button

    def changeEvent(self, event: QEvent) -> None:
        """Override: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()
            self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Where the words would be cut the picture goes first, then what is around them."""
        room, gap = self.height() - 2 * px(24), self._column.spacing()
        width = min(self.width() - 2 * px(24), self._middle.maximumWidth())
        heights = [words.heightForWidth(width) for words in (self._text, self._detail) if not words.isHidden()]
        if not self._button.isHidden():
            heights.append(self._button.sizeHint().height())
        needed = sum(heights) + gap * (len(heights) - 1)
        self._picture.setHidden(needed + gap + self._picture.sizeHint().height() > room)
        around = px(24) if needed <= room else max(0, (self.height() - needed) // 2)
        self._whole.setContentsMargins(px(24), around, px(24), around)

    def _space(self) -> None:
        self._column.setSpacing(px(12))
        self._middle.setMaximumWidth(px(420))


class BusyLine(Painted):
    """The thin moving line on top of a page that works. It keeps its 2 px when idle, so that nothing jumps.

    It shows after 150 ms, so that quick work does not flicker, and says what is being done after a second.

    Signals:
        said: what is being done, once it lasts; '' when it is over.
    """

    said = Signal(str)

    SHOW_AFTER_MS, SAY_AFTER_MS, FRAME_MS, ROUND_MS = 150, 1000, 33, 1400

    def __init__(self, words: QLabel | None = None, parent: QWidget | None = None) -> None:
        """`words`, if given, shows what is being done and is empty otherwise."""
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._what, self._fraction = "", -1.0
        self._said = False
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        if words is not None:
            self.said.connect(words.setText)

    @property
    def busy(self) -> bool:
        """Whether it runs."""
        return self._timer.isActive()

    def start(self, what: str) -> None:
        """Begin, or go on with something else; `what` as a sentence: "Loading enrollments…"."""
        self._what, self._fraction = what, -1.0
        self.setAccessibleName(what)
        if self._said:
            self.said.emit(what)
        if not self._timer.isActive():
            self._clock.start()
            self._timer.start(self.SHOW_AFTER_MS)  # nothing is drawn before

    def advance(self, done: int, total: int) -> None:
        """Tell how far it is; without it the line only moves."""
        self._fraction = min(1.0, done / total) if total > 0 else -1.0

    def stop(self) -> None:
        """It is over."""
        self._timer.stop()
        self.setAccessibleName("")
        if self._said:
            self._said = False
            self.said.emit("")
        self.update()

    def ask(self) -> QSize:
        """Override."""
        return QSize(px(40), max(2, px(2)))

    def draw(self, painter: QPainter) -> None:
        """Override."""
        if not self.busy or self._clock.elapsed() < self.SHOW_AFTER_MS:
            return
        rect = QRectF(self.rect())
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        painter.setPen(Qt.PenStyle.NoPen)
        if self._fraction >= 0:
            painter.fillRect(rect, theme.color("accent_soft"))
            width = rect.width() * self._fraction
            painter.fillRect(QRectF(rect.right() - width if rtl else 0, 0, width, rect.height()), theme.color("accent"))
            return
        length = rect.width() * 0.35
        way = (self._clock.elapsed() % self.ROUND_MS) / self.ROUND_MS
        left = -length + way * (rect.width() + length)
        if rtl:
            left = rect.width() - left - length
        clear = theme.color("accent").toRgb()
        clear.setAlpha(0)
        from PySide6.QtGui import QLinearGradient  # by the first picture of the first window the line does not show yet

        gradient = QLinearGradient(QPointF(left, 0), QPointF(left + length, 0))
        for stop, ink in ((0.0, clear), (0.5, theme.color("accent")), (1.0, clear)):
            gradient.setColorAt(stop, ink)
        painter.fillRect(QRectF(left, 0, length, rect.height()), gradient)

    def _tick(self) -> None:
        if self._timer.interval() != self.FRAME_MS:
            self._timer.setInterval(self.FRAME_MS)
        self.update()
        if not self._said and self._clock.elapsed() >= self.SAY_AFTER_MS:
            self._said = True
            self.said.emit(self._what)
