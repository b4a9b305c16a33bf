"""Paints a table's visible cells in one loop.

A delegate per cell would have to win the interpreter's lock again for each; the loop wins it once (measured: 12 ms
instead of 37 for 50 x 10 new cells).
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter

from lms_desktop.models.cells import Cell, Look
from lms_desktop.views import icons, theme
from lms_desktop.views.cell_pictures import pictures_of
from lms_desktop.views.cell_styles import Style, StyleBook
from lms_desktop.views.kit.paint import Tone, draw_dot, draw_ring, px
from lms_desktop.views.theme import FontRole

_FRESH, _CLASH = int(Look.FRESH), int(Look.CLASH)


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
    """One painting: grounds and pictures as it goes, then all texts, colour by colour."""

    def __init__(self, painter: QPainter, job: PaintJob, book: StyleBook) -> None:
        self._painter, self._job, self._book = painter, job, book
        self._rtl, self._inset = job.right_to_left, (job.height - book.body.height()) // 2 + book.body.ascent()
        self._pictures = pictures_of(book, job.height - 1, self._rtl, job.scale)
        # What the loop over the cells needs of a column: it runs once for each of them.
        self._columns = [
            (logical, left, left + book.pad, width - 2 * book.pad, at_end)
            for logical, left, width, at_end in job.columns
            if width > 2 * book.pad
        ]
        self._needed = max((column[0] for column in self._columns), default=-1)

    def run(self) -> None:
        """Rows from the top down, what is written at last, and the ring around it."""
        painter, job = self._painter, self._job
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(job.exposed, theme.color("panel"))
        for ink in self._book.inks.values():
            for texts in ink.texts:
                texts.clear()
        lit, fresh_ground, hovered = theme.color("accent_soft"), theme.color("ok_soft"), theme.color("hover")
        line, top, marked = theme.color("line"), job.top, list[tuple[int, Tone]]()
        for row in range(job.first, job.last + 1):
            cells, looks = job.cells(row), 0
            for cell in cells or ():
                looks |= cell[2]
            plain = False
            if row in job.selected:
                painter.fillRect(0, top, job.width, job.height, lit)
            elif looks & _FRESH:
                painter.fillRect(0, top, job.width, job.height, fresh_ground)
            elif row == job.hover:
                painter.fillRect(0, top, job.width, job.height, hovered)
            else:
                plain = True
            painter.fillRect(0, top + job.height - 1, job.width, 1, line)
            if cells is None:
                self._missing(top)
            else:
                self._row(row, cells, top, plain)
            if looks & (_CLASH | _FRESH):
                marked.append((top, "bad" if looks & _CLASH else "ok"))
            top += job.height
        self._write()
        for place, tone in marked:
            self._mark(place, tone)
        self._ring()

    def _row(self, row: int, cells: Sequence[Cell], top: int, plain: bool) -> None:
        job, book, painter, rtl = self._job, self._book, self._painter, self._rtl
        styles, contents, baseline, columns = book.styles, self._pictures.contents, top + self._inset, self._columns
        if len(cells) <= self._needed or (job.editing is not None and job.editing[0] == row):
            columns = [column for column in columns if column[0] < len(cells) and (row, column[0]) != job.editing]
        for logical, edge, left, room, at_end in columns:
            text, detail, look = cell = cells[logical]
            style = styles.get(look) or book.style(look)
            if style.back is not None:
                self._ground(style, edge, room + 2 * book.pad, top)
            if style.kind:
                content = contents.get((look, text, detail, room, at_end))
                if content is None:
                    content = self._pictures.content(style, cell, room, at_end)
                if plain and content.whole is not None and style.back is None:
                    painter.drawPixmap(left + content.whole_x, top, content.whole)
                    continue
                if content.picture is not None:
                    painter.drawPixmap(left + content.x, top, content.picture)
                else:
                    content.draw(painter, QPointF(left + content.x, top))
                if content.text:
                    style.ink.texts[content.plain].append((left + content.text_x, baseline, content.text))
            elif detail:
                self._both(style, text, detail, left, room, baseline)
            elif text:
                shown, used, letters = style.face.fit(text, room)
                at = left if style.at_end is rtl else left + room - used
                parts = None
                if len(shown) == 16 and plain and style.back is None:
                    parts = self._pictures.stamp(style, shown)
                if parts is None:
                    style.ink.texts[letters].append((at, baseline, shown))
                else:
                    for x, part in parts:
                        painter.drawPixmap(at + x, top, part)

    def _both(self, style: Style, text: str, detail: str, left: int, room: int, baseline: int) -> None:
        """A text and, in grey after it, its detail."""
        book, fit = self._book, style.face.fit
        shown, used, letters = fit(text, room)
        at_right = style.at_end is not self._rtl
        x = left + room - used if at_right else left
        style.ink.texts[letters].append((x, baseline, shown))
        rest = room - used - book.gap
        if rest >= book.least:
            shown, beside, letters = fit(detail, rest)
            x = x - book.gap - beside if at_right else x + used + book.gap
            style.beside.texts[letters].append((x, baseline, shown))

    def _write(self) -> None:
        write = self._painter.drawText
        for ink in self._book.inks.values():
            for font, texts in zip(ink.fonts, ink.texts, strict=True):
                if texts:
                    self._painter.setPen(ink.color)
                    self._painter.setFont(font)
                    for x, baseline, text in texts:
                        write(x, baseline, text)

    def _missing(self, top: int) -> None:
        """A row that is still on its way."""
        ink, width = self._book.ink(FontRole.BODY, "muted"), self._book.body.horizontalAdvance("…")
        for _, _, left, room, _ in self._columns:
            ink.texts[0].append((left + room - width if self._rtl else left, top + self._inset, "…"))

    def _ground(self, style: Style, left: int, width: int, top: int) -> None:
        """Background and bar of a cell that is not saved or cannot be."""
        painter, height, bar = self._painter, self._job.height, self._book.bar
        if style.back is None or style.bar is None:
            return
        painter.fillRect(left, top, width, height - 1, style.back)
        painter.fillRect(left + width - bar if self._rtl else left, top, bar, height - 1, style.bar)
        if style.invalid:
            side = px(13)
            x = left + px(4) if self._rtl else left + width - side - px(4)
            icons.draw(painter, QRectF(x, top + (height - side) / 2, side, side), "error", "bad")

    def _mark(self, top: int, tone: Tone) -> None:
        """A dot where reading starts: colour alone would not say it."""
        job, half = self._job, self._book.pad / 2
        x = job.width - half if self._rtl else half
        draw_dot(self._painter, QPointF(x, top + job.height / 2), px(5), tone)

    def _ring(self) -> None:
        job = self._job
        if job.current is None or job.current == job.editing or not job.first <= job.current[0] <= job.last:
            return
        top = job.top + (job.current[0] - job.first) * job.height
        for logical, left, width, _ in job.columns:
            if logical == job.current[1]:
                draw_ring(self._painter, QRectF(left, top, width, job.height - 1), px(4))
