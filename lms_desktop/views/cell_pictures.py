"""What stands in a cell that is more than a text: drawn once, then put there as a picture each time."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QPainter, QPixmap

from lms_desktop.models.cells import Cell
from lms_desktop.views import icons, theme
from lms_desktop.views.cell_styles import Kind, Style, StyleBook
from lms_desktop.views.faces import Fitted, clean
from lms_desktop.views.kit.paint import draw_tag, px, tag_size
from lms_desktop.views.theme import FontRole

KEPT = 1000
"""So many are kept; a school's words for its states, and a hundred percentages, are few."""

STAMP = 16
"""So many characters has a moment that is written to the minute."""

_STAMP = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}")
_SIGNS = "0123456789-:"
_PARTS = ((0, 8), (8, 11), (11, 14), (14, 16))
_NO_TEXT = Fitted("", 0, 0)
_MEETINGS = 5000
"""So many days, and so many minutes, are remembered with the pictures that they are put together of."""


Draw = Callable[[QPainter, QPointF], None]
"""Draws something with its top left corner at a place."""


Part = tuple[int, int, QPixmap]
"""A picture, and where it stands: pixels from where the text begins, and from the top of the cell."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is put into a cell, beginning `x` pixels behind its padding: a picture, and a text beside it.

    Attributes:
        picture: as high as the cell; None where it is drawn anew each time, by `draw`.
        text: "" for none; begins at `text_x`, `plain` if it is written letter by letter.
        whole: picture and text in one, on the ground of a row that has no other, beginning at `whole_x`; None where
            there is no such picture. Letters on no ground at all would come out lighter.
    """

    x: int
    picture: QPixmap | None
    draw: Draw
    text: str = ""
    text_x: int = 0
    whole: QPixmap | None = None
    whole_x: int = 0
    plain: int = 0


def pictures_of(book: StyleBook, height: int, right_to_left: bool, scale: float) -> "Pictures":
    """The pictures that belong to a book of styles."""
    found = book.pictures.get((height, right_to_left, scale))
    if found is None:
        found = book.pictures[(height, right_to_left, scale)] = Pictures(book, height, right_to_left, scale)
    return found


class Pictures:
    """The contents of cells for one book of styles, one height, direction and scale."""

    def __init__(self, book: StyleBook, height: int, right_to_left: bool, scale: float) -> None:
        self._book, self._height, self._rtl, self._scale = book, height, right_to_left, scale
        self._line, self._muted, self._ground = theme.color("line"), theme.color("muted"), theme.color("panel")
        self._baseline = (height + 1 - book.body.height()) // 2 + book.body.ascent()
        self._contents: defaultdict[tuple[int, bool], dict[Cell, Content]] = defaultdict(dict)
        self._kept = 0
        self._stamps: dict[int, Stamps | None] = {}

    def contents(self, room: int, at_end: bool) -> dict[Cell, Content]:
        """What occurred in cells of such a room, in columns with figures at the end or not; look here first and call
        `content` for others."""
        return self._contents[(room, at_end)]

    def content(self, style: Style, cell: Cell, room: int, at_end: bool) -> Content:
        """What stands in a cell `room` pixels wide; it is no plain text."""
        text = clean(cell.text)
        if style.kind == Kind.NULL:
            found = self._dash(style, room, at_end)
        elif style.kind == Kind.PROGRESS:
            found = self._progress(style, text, self._book.part(cell.detail or text), room)
        elif style.kind == Kind.CHECK:
            found = self._box(style, text, room)
        else:
            found = self._tag(style, text or self._book.empty, room, at_end)
        if self._kept >= KEPT:
            for known in self._contents.values():  # emptied, for who paints just now looks into one of them
                known.clear()
            self._kept = 0
        self._kept += 1
        self._contents[(room, at_end)][cell] = found
        return found

    def stamps(self, style: Style) -> "Stamps | None":
        """How moments are put together in a style; None where they are not, but written."""
        ink = style.ink
        if id(ink) not in self._stamps:  # inks live as long as their book
            whole = self._scale == int(self._scale) and style.face.tabular
            self._stamps[id(ink)] = Stamps(self, style) if whole else None
        return self._stamps[id(ink)]

    def part(self, style: Style, text: str, begin: int, end: int) -> Part | None:
        """A part of a text, cut out where no stroke is: between two figures of which the former ends in a blank."""
        advance = QFontMetricsF(style.ink.fonts[0]).horizontalAdvance
        left, right = (round(advance(text[:at])) for at in (begin, end))
        picture = self._picture(right + 1, _nothing, style, Fitted(text, right, 0), ground=True)
        if picture is None:
            return None
        scale, ink = int(self._scale), QFontMetrics(style.ink.fonts[0]).tightBoundingRect(_SIGNS).adjusted(0, -2, 0, 2)
        top = max(0, self._baseline + ink.top())
        width, height = right - left + (end == len(text)), min(ink.height(), self._height - top)
        part = picture.copy(left * scale, top * scale, width * scale, height * scale)
        part.setDevicePixelRatio(scale)
        return left, top, part

    def _dash(self, style: Style, room: int, at_end: bool) -> Content:
        width = self._book.width(style, "—")
        x = room - width if (style.at_end or at_end) is not self._rtl else 0
        whole = self._picture(width + 2, _nothing, style, Fitted("—", width, 0), ground=True, text_x=1)
        return Content(x, None, _nothing, "—", x, whole, x - 1)

    def _progress(self, style: Style, text: str, part: float, room: int) -> Content:
        book, high, indent = self._book, px(6), self._book.gap + px(1)
        beside = max(book.width(style, text), book.width(style, "100 %")) + indent
        length = min(px(90), room - beside)
        if length < px(20):
            return self._text(style, text, room, 0)
        done = max(length * part, high) if part > 0 else 0.0

        def draw(painter: QPainter, at: QPointF) -> None:
            track = QRectF(at.x(), at.y() + (self._height - high) / 2, length, high)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._line)
            painter.drawRoundedRect(track, high / 2, high / 2)
            if done:
                painter.setBrush(theme.color("accent"))
                left = track.right() - done if self._rtl else track.left()
                painter.drawRoundedRect(QRectF(left, track.top(), done, high), high / 2, high / 2)

        return self._text(style, text, room, length + indent, draw, length)

    def _box(self, style: Style, text: str, room: int) -> Content:
        book, on = self._book, style.tone == "info"
        side = book.icon

        def draw(painter: QPainter, at: QPointF) -> None:
            picture = icons.pixmap("box-checked" if on else "box", "accent" if on else "muted", side, self._scale)
            painter.drawPixmap(at + QPointF(0, (self._height - side) // 2), picture)

        return self._text(style, text or (book.yes if on else book.no), room, side + book.gap - px(1), draw, side)

    def _tag(self, style: Style, text: str, room: int, at_end: bool) -> Content:
        size, empty = tag_size(text), style.kind == Kind.EMPTY
        width = min(size.width(), room)
        if width < size.width():
            text = self._book.fit(style, text, max(0, width - px(14))).text

        def draw(painter: QPainter, at: QPointF) -> None:
            box = QRectF(at.x(), at.y() + (self._height - size.height()) / 2, width, size.height())
            painter.setFont(theme.current().font(FontRole.SMALL))
            if not empty:
                draw_tag(painter, box, text, style.tone)
                return
            painter.setBrush(Qt.BrushStyle.NoBrush)  # an outline: no word of the data looks so
            painter.setPen(self._line)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), px(4), px(4))
            painter.setPen(self._muted)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

        at_right = (style.at_end or (empty and at_end)) is not self._rtl
        # Letters on a ground of their own look the same in a picture, on none they do not.
        picture = None if empty else self._picture(width, draw)
        return Content(room - width if at_right else 0, picture, draw)

    def _text(
        self, style: Style, text: str, room: int, indent: int, draw: Draw | None = None, width: int = 0
    ) -> Content:
        """A picture where reading starts, `width` wide, and a text `indent` after that place."""
        shown = self._book.fit(style, text, room - indent)
        used = shown.width
        x, text_x = (room - width, room - indent - used) if self._rtl else (0, indent)
        if draw is None:
            return Content(x, None, _nothing, shown.text, text_x, plain=shown.plain)
        whole_x = min(x, text_x)
        whole = self._picture(
            indent + used + 1, draw, style, shown, ground=True, x=x - whole_x, text_x=text_x - whole_x
        )
        return Content(x, self._picture(width, draw), draw, shown.text, text_x, whole, whole_x, shown.plain)

    def _picture(
        self,
        width: int,
        draw: Draw,
        style: Style | None = None,
        text: Fitted = _NO_TEXT,
        *,
        ground: bool = False,
        x: int = 0,
        text_x: int = 0,
    ) -> QPixmap | None:
        """As a picture, unless its edges would not meet the pixels of the screen."""
        scale = int(self._scale)
        if scale != self._scale or width <= 0:
            return None
        picture = QPixmap(width * scale, self._height * scale)
        picture.setDevicePixelRatio(scale)
        picture.fill(self._ground if ground else Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw(painter, QPointF(x, 0))
        if style is not None:
            painter.setPen(style.ink.color)
            painter.setFont(style.ink.fonts[text.plain])
            painter.drawText(text_x, self._baseline, text.text)
        painter.end()
        return picture


class Stamps:
    """Moments, written to the minute in figures of one width, as pictures that stand side by side on the ground of a
    row that has no other. There are few of them: a month, a day, an hour, a minute.

    Attributes:
        width: of each moment, in pixels.
    """

    def __init__(self, pictures: Pictures, style: Style) -> None:
        self.width = style.face.width("0000-00-00 00:00")
        self._pictures, self._style = pictures, style
        self._parts: dict[tuple[int, str], Part] = {}
        self._days, self._minutes = dict[str, tuple[Part, ...]](), dict[str, tuple[Part, ...]]()

    def parts(self, text: str) -> tuple[Part, ...] | None:
        """What a moment is put together of; None for any other text."""
        day, minute = self._days.get(text[:11]), self._minutes.get(text[11:])
        if day is not None and minute is not None:
            return day + minute
        if not _STAMP.fullmatch(text):
            return None
        made = [self._part(text, begin, end) for begin, end in _PARTS]
        parts = tuple(part for part in made if part is not None)
        if len(parts) < len(_PARTS):
            return None
        if len(self._days) + len(self._minutes) >= _MEETINGS:
            for known in (self._days, self._minutes, self._parts):
                known.clear()
        self._days[text[:11]], self._minutes[text[11:]] = parts[:2], parts[2:]
        return parts

    def _part(self, text: str, begin: int, end: int) -> Part | None:
        known = self._parts.get((begin, text[begin:end]))
        if known is None:
            known = self._pictures.part(self._style, text, begin, end)
            if known is not None:
                self._parts[(begin, text[begin:end])] = known
        return known


def _nothing(painter: QPainter, at: QPointF) -> None:
    """There is no picture."""
