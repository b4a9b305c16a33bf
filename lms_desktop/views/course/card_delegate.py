"""How a card of a list is drawn: handle, place, title, what is said of it, its state, and a figure at the end."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from lms_desktop.models.cards import Card
from lms_desktop.models.ordered import CARD_ROLE, OrderedListModel
from lms_desktop.views import icons, theme
from lms_desktop.views.faces import clean
from lms_desktop.views.kit.paint import draw_ring, draw_tag, log, own_way, px, tag_size
from lms_desktop.views.theme import FontRole
from lms_desktop.views.tokens import Token

Index = QModelIndex | QPersistentModelIndex

PAD, GRIP, GAP, ARROW, STEP = 12, 14, 8, 16, 18
"""Pixels at 100 %: at both ends, of the handle, between parts, of the arrow that folds, of one step in."""
LEAST_TITLE = 90
"""So much room, in pixels at 100 %, a title keeps before what stands behind it gives way."""


class CardDelegate(QStyledItemDelegate):
    """Draws the cards of an OrderedListModel. What a part covers is the same for the mouse and for the eye.

    Attributes:
        lit: (first, last) row of what something dragged would come to belong to.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lit: tuple[int, int] | None = None
        self._widths: dict[bool, tuple[int, int]] = {}
        self._numbers = 1

    def measure(self, model: OrderedListModel) -> bool:
        """Take the widths of the columns of what is shown now, so that they stand below each other; whether they are
        others than before."""
        before = self._widths, self._numbers
        body = QFontMetrics(theme.current().font(FontRole.BODY))
        self._widths = {}
        for inner in (False, True):  # what stands further in has words of its own
            cards = [card for card in model.cards if (card.depth > 1) is inner]
            tags = {card.tag for card in cards if card.tag}
            figures = {card.figure for card in cards if card.figure}
            self._widths[inner] = (
                max((tag_size(tag).width() for tag in tags), default=0),
                max((body.horizontalAdvance(figure) for figure in figures), default=0),
            )
        most = max((model.place(row)[0] for row, card in enumerate(model.cards) if card.placed), default=1)
        self._numbers = body.horizontalAdvance("8" * max(len(str(most)), 2))
        return before != (self._widths, self._numbers)

    def arrow(self, row: QRect, card: Card, right_to_left: bool) -> QRect:
        """Where the arrow that folds a card stands."""
        left = px(PAD + GRIP + GAP) + self._numbers + px(GAP) + card.depth * px(STEP)
        rect = QRect(row.left() + left, row.top() + (row.height() - px(ARROW)) // 2, px(ARROW), px(ARROW))
        return _mirrored(row, rect, right_to_left)

    def title_left(self, depth: int) -> int:
        """How far in the titles of a depth begin."""
        return px(PAD + GRIP + GAP) + self._numbers + px(GAP) + depth * px(STEP) + px(ARROW) + px(4)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Override QStyledItemDelegate::sizeHint: as high as a table's row."""
        return QSize(px(200), theme.current().measures.row)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Override QStyledItemDelegate::paint: no exception leaves it, that would end the process."""
        card, model = index.data(CARD_ROLE), index.model()
        if not isinstance(card, Card) or not isinstance(model, OrderedListModel):
            return
        painter.save()
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # each text as it is written
            painter.setClipRect(option.rect)
            _Painting(self, painter, option, index.row(), card, model).run()
        except Exception:
            log.exception("Drawing a card failed")
        finally:
            painter.restore()

    def widths(self, depth: int) -> tuple[int, int, int]:
        """(places, states, figures) as wide as the widest of each."""
        return self._numbers, *self._widths.get(depth > 1, (0, 0))


class _Painting:
    """One card being drawn, from where reading begins to where it ends."""

    def __init__(
        self,
        delegate: CardDelegate,
        painter: QPainter,
        option: QStyleOptionViewItem,
        row: int,
        card: Card,
        model: OrderedListModel,
    ) -> None:
        self._delegate, self._painter, self._row, self._card, self._model = delegate, painter, row, card, model
        self._rect, self._rtl = option.rect, option.direction == Qt.LayoutDirection.RightToLeft
        state = QStyle.StateFlag
        self._chosen = bool(option.state & state.State_Selected)
        self._hover = bool(option.state & state.State_MouseOver)
        self._focus = bool(option.state & state.State_HasFocus) and bool(option.state & state.State_Active)

    def run(self) -> None:
        """Ground, parts, frame."""
        self._ground()
        if self._card.heading:
            self._heading()
        else:
            self._parts()
        self._frame()

    def _ground(self) -> None:
        token: Token = "panel"
        if self._chosen:
            token = "accent_soft"
        elif self._card.unsaved:
            token = "warn_soft"
        elif self._hover and not self._card.heading:
            token = "hover"
        self._painter.fillRect(self._rect, theme.color(token))
        line = QRect(self._rect.left(), self._rect.bottom(), self._rect.width(), 1)
        self._painter.fillRect(line, theme.color("line"))
        if self._card.unsaved:
            self._painter.fillRect(self._placed(0, px(3), full=True), theme.color("warn"))

    def _heading(self) -> None:
        self._painter.setFont(theme.current().font(FontRole.SMALL_STRONG))
        room = self._placed(px(PAD), self._rect.width() - 2 * px(PAD))
        self._write(self._card.title, room, "muted")

    def _parts(self) -> None:
        card, delegate = self._card, self._delegate
        numbers, tags, figures = delegate.widths(card.depth)
        if card.movable and self._model.editable:
            size = px(GRIP)
            grip = self._placed(px(PAD), size).toRect()
            icons.draw(self._painter, QRect(grip.left(), grip.center().y() - size // 2, size, size), "grip", "muted")
        self._painter.setFont(theme.current().font(FontRole.BODY))
        place = self._model.place(self._row)[0]
        if card.placed and place and card.depth == 0:
            self._write(str(place), self._placed(px(PAD + GRIP + GAP), numbers), "muted")
        self._fold()
        left = delegate.title_left(card.depth)
        end = self._rect.width() - px(PAD)
        if figures and end - left - figures - px(GAP) > px(LEAST_TITLE):
            end -= figures
            self._write(card.figure, self._placed(end, figures), "muted" if card.depth else "text", at_end=True)
            end -= px(2 * GAP)
        if tags and end - left - tags - px(GAP) > px(LEAST_TITLE):
            end -= tags
            self._tag(end, card)
            end -= px(GAP)
        self._words(left, end)

    def _fold(self) -> None:
        rect, card = self._delegate.arrow(self._rect, self._card, self._rtl), self._card
        if card.folded is not None:
            aside = "chevron-left" if self._rtl else "chevron-right"
            icons.draw(self._painter, rect, aside if card.folded else "chevron-down", "muted")
        elif card.depth == 1:
            self._painter.setPen(theme.color("muted"))
            self._painter.setBrush(Qt.BrushStyle.NoBrush)
            self._painter.drawEllipse(QPointF(QRectF(rect).center()), px(5) / 2, px(5) / 2)
        elif card.depth > 1:
            self._painter.setFont(theme.current().font(FontRole.SMALL))
            place = self._model.place(self._row)[0]
            if place:
                self._write(str(place), QRectF(rect), "muted", at_end=True)
            self._painter.setFont(theme.current().font(FontRole.BODY))

    def _tag(self, left: int, card: Card) -> None:
        if not card.tag:
            return
        self._painter.setFont(theme.current().font(FontRole.SMALL))
        size = tag_size(card.tag)
        cell = self._placed(left, size.width())
        top = self._rect.top() + (self._rect.height() - size.height()) / 2
        draw_tag(self._painter, QRectF(cell.left(), top, size.width(), size.height()), card.tag, card.tone)
        self._painter.setFont(theme.current().font(FontRole.BODY))

    def _words(self, left: int, end: int) -> None:
        """The title, and behind it in grey what is said of it, as far as there is room."""
        room = end - left
        if self._card.unsaved:
            icons.draw(self._painter, self._icon_at(left), "edit", "warn")
            left, room = left + px(20), room - px(20)
        metrics = QFontMetrics(theme.current().font(FontRole.BODY))
        title = metrics.elidedText(clean(self._card.title), Qt.TextElideMode.ElideRight, max(room, 0))
        used = metrics.horizontalAdvance(title)
        self._write(title, self._placed(left, max(room, 0)), "text")
        rest = room - used - px(GAP)
        if self._card.detail and rest > px(24):
            detail = metrics.elidedText(clean(self._card.detail), Qt.TextElideMode.ElideRight, rest)
            self._write(detail, self._placed(left + used + px(GAP), rest), "muted")

    def _frame(self) -> None:
        lit = self._delegate.lit
        if lit is not None and lit[0] <= self._row <= lit[1]:
            tint = theme.color("accent").toRgb()
            tint.setAlpha(28)
            self._painter.fillRect(self._rect, tint)
        if self._focus and not self._card.heading:
            draw_ring(self._painter, QRectF(self._rect), px(4))

    def _icon_at(self, left: int) -> QRect:
        cell, size = self._placed(left, px(14)).toRect(), px(14)
        return QRect(cell.left(), self._rect.top() + (self._rect.height() - size) // 2, size, size)

    def _placed(self, left: int, width: int, *, full: bool = False) -> QRectF:
        """A part of the row, counted from where reading begins; without the line below it unless `full`."""
        height = self._rect.height() - (0 if full else 1)
        rect = QRect(self._rect.left() + left, self._rect.top(), width, height)
        return QRectF(_mirrored(self._rect, rect, self._rtl))

    def _write(self, text: str, room: QRectF, token: Token, *, at_end: bool = False) -> None:
        right = at_end is not self._rtl
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        self._painter.setPen(theme.color(token))
        flags = int(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter) | int(
            Qt.TextFlag.TextSingleLine
        )
        self._painter.drawText(room, flags, own_way(text))


def _mirrored(row: QRect, rect: QRect, right_to_left: bool) -> QRect:
    direction = Qt.LayoutDirection.RightToLeft if right_to_left else Qt.LayoutDirection.LeftToRight
    return QStyle.visualRect(direction, row, rect)
