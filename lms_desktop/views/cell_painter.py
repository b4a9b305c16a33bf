"""Paints a table's visible cells in one loop.

A delegate per cell would have to win the interpreter's lock again for each; the loop wins it once (measured: 12 ms
instead of 37 for 50 x 10 new cells).
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from lms_desktop.models.cells import Cell
from lms_desktop.views import icons, theme
from lms_desktop.views.cell_styles import LONGEST, Kind, Style, StyleBook, clean
from lms_desktop.views.kit.paint import Tone, draw_dot, draw_ring, draw_tag, px, tag_size


class PaintColumn(NamedTuple):
    """A column: which one, where; `at_end` if it holds figures, and dashes stand where they do."""

    logical: int
    left: int
    width: int
    at_end: bool


@dataclass(frozen=True, slots=True)
class PaintJob:
    """What is to be painted now, all in viewport pixels.

    Attributes:
        exposed: what has to be painted at least.
        columns: those to paint, in visual order.
        first, last, top, height: the rows to paint, from `first` at `top`, each `height` high.
        width: of the viewport; lines and row backgrounds go all the way.
        cells: `row_cells` of the model.
        selected: rows of the selection among the painted.
        hover: row under the pointer, -1 for none.
        current: (row, logical column) that has the keyboard, None where the view has it not.
        editing: (row, logical column) below an open editor: painted empty.
        right_to_left: the columns run from the right.
        scale: device pixels per pixel.
    """

    exposed: QRect
    columns: Sequence[PaintColumn]
    first: int
    last: int
    top: int
    height: int
    width: int
    cells: Callable[[int], Sequence[Cell] | None]
    selected: Collection[int]
    hover: int
    current: tuple[int, int] | None
    editing: tuple[int, int] | None
    right_to_left: bool
    scale: float


def paint_cells(painter: QPainter, job: PaintJob, book: StyleBook) -> None:
    """Paint the rows of `job` and the ground around them."""
    _Pass(painter, job, book).run()


class _Pass:
    """One painting. It remembers pen and font, so that they are changed only where they change."""

    def __init__(self, painter: QPainter, job: PaintJob, book: StyleBook) -> None:
        self._painter, self._job, self._book = painter, job, book
        self._pen: QColor | None = None
        self._font: QFont | None = None
        self._muted, self._line = theme.color("muted"), theme.color("line")
        self._rtl = job.right_to_left
        self._top = job.top
        self._baseline = 0

    def run(self) -> None:
        """Rows from the top down, the ring at last."""
        painter, job, book = self._painter, self._job, self._book
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(job.exposed, theme.color("panel"))
        lit, fresh_ground, hovered = theme.color("accent_soft"), theme.color("ok_soft"), theme.color("hover")
        styles, styled = book.styles, book.style
        inset = (job.height - book.body.height()) // 2 + book.body.ascent()
        for row in range(job.first, job.last + 1):
            top = self._top
            self._baseline = top + inset
            cells = job.cells(row)
            looks = [styles.get(cell[2]) or styled(cell[2]) for cell in cells] if cells is not None else ()
            fresh, clash = any(look.fresh for look in looks), any(look.clash for look in looks)
            if row in job.selected:
                painter.fillRect(0, top, job.width, job.height, lit)
            elif fresh:
                painter.fillRect(0, top, job.width, job.height, fresh_ground)
            elif row == job.hover:
                painter.fillRect(0, top, job.width, job.height, hovered)
            painter.fillRect(0, top + job.height - 1, job.width, 1, self._line)
            if cells is None:
                self._missing()
            else:
                self._row(row, cells)
            if clash or fresh:
                self._mark("bad" if clash else "ok")
            self._top += job.height
        self._ring()

    def _row(self, row: int, cells: Sequence[Cell]) -> None:
        job, styles, pad = self._job, self._book.styles, self._book.pad
        editing = job.editing[1] if job.editing is not None and job.editing[0] == row else -1
        for logical, left, width, at_end in job.columns:
            room = width - 2 * pad
            if room <= 0 or logical == editing or logical >= len(cells):
                continue
            cell = cells[logical]
            style = styles.get(cell[2]) or self._book.style(cell[2])
            if style.back is not None:
                self._ground(style, left, width)
            if style.kind == Kind.NULL:
                used = style.widths.get("—") or self._book.width(style, "—")
                at_right = (style.at_end or at_end) is not self._rtl
                self._write(style.ink, style.font, left + pad + (room - used if at_right else 0), "—")
            elif style.kind != Kind.TEXT:
                self._special(style, cell, QRect(left + pad, self._top, room, job.height - 1), at_end)
            elif cell[0]:
                self._text(style, cell[0], cell[1], left + pad, room)

    def _text(self, style: Style, text: str, detail: str, left: int, room: int) -> None:
        """A text and, in grey after it, its detail."""
        book = self._book
        if not text.isprintable() or len(text) > LONGEST:
            text = clean(text)
        used = style.widths.get(text)
        if used is None:
            used = book.width(style, text)
        if used > room:
            text, used = book.cut(style, text, room)
        at_right = style.at_end is not self._rtl
        x = left + room - used if at_right else left
        self._write(style.ink, style.font, x, text)
        rest = room - used - book.gap
        if detail and rest > 2 * book.gap:
            detail = clean(detail)
            width = book.width(style, detail)
            if width > rest:
                detail, width = book.cut(style, detail, rest)
            self._write(self._muted, style.font, x - book.gap - width if at_right else x + used + book.gap, detail)

    def _write(self, ink: QColor, font: QFont, x: int, text: str) -> None:
        if self._pen is not ink:
            self._pen = ink
            self._painter.setPen(ink)
        if self._font is not font:
            self._font = font
            self._painter.setFont(font)
        self._painter.drawText(x, self._baseline, text)

    def _special(self, style: Style, cell: Cell, rect: QRect, at_end: bool) -> None:
        """Everything that is not just text."""
        text, book = clean(cell.text), self._book
        if style.kind == Kind.PROGRESS:
            self._progress(style, text, book.part(cell.detail or text), rect)
        elif style.kind == Kind.CHECK:
            on = style.tone == "info"
            picture = icons.pixmap(
                "box-checked" if on else "box", "accent" if on else "muted", book.icon, self._job.scale
            )
            x = rect.right() + 1 - book.icon if self._rtl else rect.left()
            self._painter.drawPixmap(x, rect.top() + (rect.height() - book.icon) // 2, picture)
            self._beside(style, text or (book.yes if on else book.no), rect, book.icon + book.gap - px(1))
        else:
            self._tag(style, text or book.empty, rect, at_end)
            self._pen = self._font = None

    def _beside(self, style: Style, text: str, rect: QRect, indent: int, at_end: bool = False) -> None:
        """A text in `rect`, `indent` after the place where reading starts."""
        room = rect.width() - indent
        width = self._book.width(style, text)
        if width > room:
            text, width = self._book.cut(style, text, room)
        at_right = (style.at_end or at_end) is not self._rtl
        x = rect.right() + 1 - indent - width if at_right else rect.left() + indent
        self._write(style.ink, style.font, x, text)

    def _tag(self, style: Style, text: str, rect: QRect, at_end: bool) -> None:
        painter, size = self._painter, tag_size(text)
        width = min(size.width(), rect.width())
        if width < size.width():
            text, _ = self._book.cut(style, text, max(0, width - px(14)))
        empty = style.kind == Kind.EMPTY
        at_right = (style.at_end or (empty and at_end)) is not self._rtl
        x = rect.right() + 1 - width if at_right else rect.left()
        box = QRectF(x, rect.top() + (rect.height() - size.height()) / 2, width, size.height())
        painter.setFont(style.font)
        if empty:  # an outline: no word of the data looks so
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(self._line)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), px(4), px(4))
            painter.setPen(self._muted)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        else:
            draw_tag(painter, box, text, style.tone)

    def _progress(self, style: Style, text: str, part: float, rect: QRect) -> None:
        painter, book, high = self._painter, self._book, px(6)
        indent = book.gap + px(1)
        beside = max(book.width(style, text), book.width(style, "100 %")) + indent
        length = min(px(90), rect.width() - beside)
        if length < px(20):
            self._beside(style, text, rect, 0)
            return
        x = rect.right() + 1 - length if self._rtl else rect.left()
        track = QRectF(x, rect.top() + (rect.height() - high) / 2, length, high)
        painter.setPen(Qt.PenStyle.NoPen)
        self._pen = None
        painter.setBrush(self._line)
        painter.drawRoundedRect(track, high / 2, high / 2)
        if part > 0:
            done = max(length * part, high)
            painter.setBrush(theme.color("accent"))
            fill = QRectF(track.right() - done if self._rtl else x, track.top(), done, high)
            painter.drawRoundedRect(fill, high / 2, high / 2)
        self._beside(style, text, rect, length + indent)

    def _missing(self) -> None:
        """A row that is still on its way."""
        pad, font = self._book.pad, theme.current().font()
        for _, left, width, _ in self._job.columns:
            if width > 2 * pad:
                x = left + width - pad - self._book.body.horizontalAdvance("…") if self._rtl else left + pad
                self._write(self._muted, font, x, "…")

    def _ground(self, style: Style, left: int, width: int) -> None:
        """Background and bar of a cell that is not saved or cannot be."""
        painter, height, bar = self._painter, self._job.height, self._book.bar
        if style.back is None or style.bar is None:
            return
        painter.fillRect(left, self._top, width, height - 1, style.back)
        painter.fillRect(left + width - bar if self._rtl else left, self._top, bar, height - 1, style.bar)
        if style.invalid:
            side = px(13)
            x = left + px(4) if self._rtl else left + width - side - px(4)
            icons.draw(painter, QRectF(x, self._top + (height - side) / 2, side, side), "error", "bad")

    def _mark(self, tone: Tone) -> None:
        """A dot where reading starts: colour alone would not say it."""
        job, half = self._job, self._book.pad / 2
        x = job.width - half if self._rtl else half
        draw_dot(self._painter, QPointF(x, self._top + job.height / 2), px(5), tone)
        self._pen = None

    def _ring(self) -> None:
        job = self._job
        if job.current is None or job.current == job.editing or not job.first <= job.current[0] <= job.last:
            return
        top = job.top + (job.current[0] - job.first) * job.height
        for logical, left, width, _ in job.columns:
            if logical == job.current[1]:
                draw_ring(self._painter, QRectF(left, top, width, job.height - 1), px(4))
