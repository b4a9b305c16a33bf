"""A value that is read and not edited: text as text, a state as a badge, a percentage as a bar."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from lms_desktop.models.cell_roles import spoken
from lms_desktop.models.cells import Cell, Look
from lms_desktop.models.render import render
from lms_desktop.spec import Computed, Field, Json, Kind, Ref, Text
from lms_desktop.views import theme
from lms_desktop.views.field_editor import Label
from lms_desktop.views.json_editor import laid_out
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.labels import ElidedLabel, Tag, label
from lms_desktop.views.kit.paint import Painted, Tone, px
from lms_desktop.views.theme import FontRole

SHOWN = 600
"""Characters of a long text that stand in the form; the rest is a button away."""
SHOWN_LINES = 10

_TONES: tuple[tuple[Look, Tone], ...] = (
    (Look.TAG_OK, "ok"),
    (Look.TAG_WARN, "warn"),
    (Look.TAG_BAD, "bad"),
    (Look.TAG_NEUTRAL, "neutral"),
)


class PercentBar(Painted):
    """A percentage as a bar with its figure."""

    def __init__(self, percent: int, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._percent, self._text = percent, text
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def ask(self) -> QSize:
        """Override."""
        return QSize(px(160), px(20))

    def draw(self, painter: QPainter) -> None:
        """Override."""
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        painter.setFont(theme.current().font(FontRole.BODY))
        words = painter.fontMetrics().horizontalAdvance(self._text) + px(10)
        length, high = min(self.width() - words, px(180)), px(6)
        start = self.width() - length if rtl else 0
        track = QRectF(start, (self.height() - high) / 2, length, high)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("line"))
        painter.drawRoundedRect(track, high / 2, high / 2)
        done = track.width() * min(max(self._percent, 0), 100) / 100
        if done > 0:
            painter.setBrush(theme.color("accent"))
            filled = QRectF(track.right() - done if rtl else track.left(), track.top(), done, high)
            painter.drawRoundedRect(filled, high / 2, high / 2)
        painter.setPen(theme.color("muted"))
        left = track.left() - words if rtl else track.right() + px(10)
        room = QRectF(left, 0, words, self.height())
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # a figure goes this way in any window
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._text)


class ValueText(QWidget):
    """Shows one value; `tell` shows another."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(px(4))
        self._shown: object = None
        self._said: tuple[Kind, Cell, str | None] | None = None
        self._name = ""

    def tell(self, field: Field | Computed, wire: str | None, label_: Label | None, zone: str, name: str = "") -> None:
        """Show a value of a field; `label_` is what a reference is called."""
        shown = (field.key, wire, label_, zone)
        if shown == self._shown:
            return
        self._shown, self._name = shown, name
        self.say(field.kind, cell_of(field.kind, wire, label_, zone), wire)

    def say(self, kind: Kind, cell: Cell, wire: str | None = None) -> None:
        """Show a cell."""
        self._said = kind, cell, wire
        while (item := self._box.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self._box.addWidget(self._widget(kind, cell, wire))
        self.setAccessibleName(f"{self._name}: {spoken(cell)}" if self._name else spoken(cell))

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: the other reading direction has its beginning at the other side."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange and self._said is not None:
            self.say(*self._said)

    def _widget(self, kind: Kind, cell: Cell, wire: str | None) -> QWidget:
        if cell.look & Look.NULL:
            return label("—", "muted")
        if cell.look & Look.EMPTY:
            return label(self.tr("empty text"), "muted")
        for look, tone in _TONES:
            if cell.look & look:
                return _aside(Tag(cell.text, tone))
        if cell.look & Look.PROGRESS and wire is not None:
            return PercentBar(int(wire) if wire.lstrip("-").isdigit() else 0, cell.text)
        if isinstance(kind, Json) or (isinstance(kind, Text) and kind.form in {"long", "markdown"}):
            return self._long(wire or "", fixed=isinstance(kind, Json))
        if isinstance(kind, Ref):
            return _named(cell)
        return self._text(cell.text, fixed=bool(cell.look & Look.FIXED))

    def _long(self, text: str, *, fixed: bool) -> QWidget:
        whole = laid_out(text) if fixed and len(text) < 100_000 else text
        lines = whole[: SHOWN + 1].split("\n")
        short = "\n".join(lines[:SHOWN_LINES])[:SHOWN]
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(px(4))
        box.addWidget(self._text(short + (" …" if short != whole else ""), fixed=fixed))
        if short != whole:
            more = button(self.tr("Show all…"), "link", lambda: self._show_all(whole, fixed=fixed))
            more.setAccessibleName(self.tr("Show all of {0}").format(self._name or self.tr("this text")))
            box.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)
        return holder

    def _text(self, text: str, *, fixed: bool) -> QLabel:
        made = label(text, "fixed" if fixed else "", wrap=True)
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        # A long word without a blank must not widen the form.
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        side = Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
        made.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignTop)
        return made

    def _show_all(self, text: str, *, fixed: bool) -> None:
        dialog = QDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self._name)
        edit = QPlainTextEdit(text)
        edit.setReadOnly(True)
        edit.setAccessibleName(self._name)
        if fixed:
            edit.setFont(theme.current().font(FontRole.FIXED))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(dialog.reject)
        box = QVBoxLayout(dialog)
        box.addWidget(edit)
        box.addWidget(buttons)
        dialog.resize(px(640), px(480))
        dialog.open()


def cell_of(kind: Kind, wire: str | None, label_: Label | None, zone: str) -> Cell:
    """The cell of a value, of a reference with what it is called."""
    if isinstance(kind, Ref) and wire is not None and label_ is not None:
        return Cell(label_[0], label_[1])
    return render(kind, wire, zone)


def brief(kind: Kind, wire: str | None, label_: Label | None, zone: str) -> str:
    """A value in a few words, for “was …”."""
    cell = cell_of(kind, wire, label_, zone)
    return spoken(cell) if cell.look & Look.EMPTY else cell.text


def _named(cell: Cell) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(px(6))
    row.addWidget(ElidedLabel(cell.text))
    row.addWidget(ElidedLabel(cell.detail, "muted"), 1)
    return holder


def _aside(widget: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(widget)
    row.addStretch(1)
    return holder
