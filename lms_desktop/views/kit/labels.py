"""Text and small marks: labels, badges, key caps, avatars."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from lms_desktop.models.wording import plain_tip
from lms_desktop.views import theme
from lms_desktop.views.kit.paint import Painted, Tone, draw_box, draw_dot, draw_tag, log, own_way, px, tag_size
from lms_desktop.views.theme import FontRole

if TYPE_CHECKING:  # with it come all keys that Qt has names for
    from PySide6.QtGui import QKeySequence


def label(text: str = "", kind: str = "", *, wrap: bool = False, parent: QWidget | None = None) -> QLabel:
    """A plain-text label of a kind of `style_sheet`: title, heading, strong, muted, small, fixed, ok, warn, bad."""
    made = QLabel(text, parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    made.setAlignment(leading_side() | Qt.AlignmentFlag.AlignVCenter)
    if kind:
        made.setProperty("kind", kind)
    return made


def leading_side() -> Qt.AlignmentFlag:
    """Where lines begin in this window. Qt asks the text instead: a Latin name in an Arabic window would stand at the
    far side."""
    rtl = QGuiApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft
    return (Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute) if rtl else Qt.AlignmentFlag.AlignLeft


class SectionLabel(QLabel):
    """The small grey capitals above a group. The text itself stays as written, for screen readers."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("kind", "section")
        self.setAlignment(leading_side() | Qt.AlignmentFlag.AlignVCenter)
        font = QFont(self.font())
        font.setCapitalization(QFont.Capitalization.AllUppercase)
        self.setFont(font)


class ElidedLabel(QLabel):
    """One line that gives way: what does not fit ends in "…", and the tool tip has the whole."""

    def __init__(self, text: str = "", kind: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.mode = Qt.TextElideMode.ElideRight
        self._own_tip, self._least = False, 0
        if kind:
            self.setProperty("kind", kind)

    def shown(self) -> str:
        """The text as it is drawn now."""
        return self.fontMetrics().elidedText(self.text(), self.mode, self.contentsRect().width())

    def keep(self, width: int) -> None:
        """Give way no further than to this width, in pixels. A minimum of the widget's own would stay in its hint, and
        keep a shorter text as wide as the longest before it."""
        if width != self._least:
            self._least = width
            self.updateGeometry()

    def setText(self, text: str) -> None:
        """Override: on one line."""
        super().setText(" ".join(text.split("\n")))
        self._tip()

    def sizeHint(self) -> QSize:
        """Override: letters of other scripts come from other fonts, and may reach further than this one's do."""
        hint, metrics, text = super().sizeHint(), self.fontMetrics(), self.text()
        if not text.isascii():
            ink = metrics.tightBoundingRect(text)
            over = max(ink.bottom() + 1 - metrics.descent(), -ink.top() - metrics.ascent(), 0)
            hint.setHeight(hint.height() + 2 * over)
        return hint

    def minimumSizeHint(self) -> QSize:
        """Override: "…" is enough."""
        least = max(self._least, self.fontMetrics().horizontalAdvance("…"))
        return QSize(least, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: the tool tip is there only when it says more."""
        super().resizeEvent(event)
        self._tip()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override."""
        painter = QPainter(self)
        try:
            painter.setPen(self.palette().color(self.foregroundRole()))
            painter.drawText(self.contentsRect(), int(self.alignment()), own_way(self.shown()))
        except Exception:
            log.exception("Drawing a label failed")
        finally:
            painter.end()

    def _tip(self) -> None:
        cut = self.shown() != self.text()
        if cut or self._own_tip:
            self.setToolTip(plain_tip(self.text()) if cut else "")
            self._own_tip = cut


class Tag(Painted):
    """A soft badge: a word about a state, such as "Issued"."""

    def __init__(self, text: str, tone: Tone = "neutral", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._tone = "", tone
        self.tell(text, tone)

    @property
    def text(self) -> str:
        """The word."""
        return self._text

    @property
    def tone(self) -> Tone:
        """What it means."""
        return self._tone

    def tell(self, text: str, tone: Tone) -> None:
        """Say something else."""
        self._text, self._tone = text, tone
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def ask(self) -> QSize:
        """Override."""
        return tag_size(self._text)

    def draw(self, painter: QPainter) -> None:
        """Override."""
        painter.setFont(theme.current().font(FontRole.SMALL))
        draw_tag(painter, QRectF(self.rect()), self._text, self._tone)


class KeyHint(Painted):
    """A key cap that tells a shortcut: "Ctrl K"."""

    def __init__(self, keys: "str | QKeySequence", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = key_text(keys)
        self.setAccessibleName(self._text)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @property
    def text(self) -> str:
        """The keys as they are shown."""
        return self._text

    def ask(self) -> QSize:
        """Override."""
        metrics = QFontMetrics(theme.current().font(FontRole.SMALL))
        return QSize(metrics.horizontalAdvance(self._text) + px(12), max(metrics.height() + px(2), px(19)))

    def draw(self, painter: QPainter) -> None:
        """Override."""
        painter.setFont(theme.current().font(FontRole.SMALL))
        draw_box(painter, QRectF(self.rect()), px(4), "panel", "line")
        painter.setPen(theme.color("muted"))
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # keys are read as they are printed
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)


def key_text(keys: "str | QKeySequence") -> str:
    """A shortcut in the words of this platform: "Ctrl+K" reads "Ctrl K". What is no shortcut reads as it stands."""
    from PySide6.QtGui import QKeySequence

    sequence = keys if isinstance(keys, QKeySequence) else QKeySequence(keys)
    shown = sequence.toString(QKeySequence.SequenceFormat.NativeText).replace("+", " ").strip()
    return keys if not shown and isinstance(keys, str) else shown


class Avatar(Painted):
    """A disc with somebody's initials."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._initials = ""
        self.tell(name)

    @property
    def initials(self) -> str:
        """One or two letters."""
        return self._initials

    def tell(self, name: str) -> None:
        """Show somebody else."""
        self._initials = initials(name)
        self.setAccessibleName(name)
        self.update()

    def ask(self) -> QSize:
        """Override."""
        return QSize(px(30), px(30))

    def draw(self, painter: QPainter) -> None:
        """Override."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        painter.drawEllipse(QRectF(self.rect()))
        painter.setFont(theme.current().font(FontRole.SMALL_STRONG))
        painter.setPen(theme.color("on_accent"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._initials)


def initials(name: str) -> str:
    """First letters of the first and the last word: "Marta Lopes" gives "ML", an e-mail address its first letter."""
    words = [word for word in name.split("@")[0].split() if word[0].isalnum()]
    picked = words if len(words) < 2 else [words[0], words[-1]]
    return "".join(word[0].upper() for word in picked)


class Dot(Painted):
    """The mark of a state: a disc, a ring or a cross."""

    def __init__(self, tone: Tone = "neutral", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tone: Tone = tone

    def tell(self, tone: Tone) -> None:
        """Show another state."""
        self.tone = tone
        self.update()

    def ask(self) -> QSize:
        """Override."""
        return QSize(px(10), px(10))

    def draw(self, painter: QPainter) -> None:
        """Override."""
        draw_dot(painter, QPointF(self.rect().toRectF().center()), px(9), self.tone)


class StatusText(QWidget):
    """A mark and a word, as "● Live · 3 ms" in the bar at the bottom."""

    def __init__(self, text: str = "", tone: Tone = "neutral", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.dot, self.words = Dot(tone), label(text, "small")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.dot)
        row.addWidget(self.words)
        self._space()

    def tell(self, text: str, tone: Tone) -> None:
        """Say something else."""
        self.dot.tell(tone)
        self.words.setText(text)
        self.setAccessibleName(text)

    def changeEvent(self, event: QEvent) -> None:
        """Override: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def _space(self) -> None:
        layout = self.layout()
        if layout is not None:
            layout.setSpacing(px(5))
