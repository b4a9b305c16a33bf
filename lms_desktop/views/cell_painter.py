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
from lms_desktop.views.cell_pictures import STAMP, pictures_of
from lms_desktop.views.cell_styles import Style, StyleBook
from lms_desktop.views.kit.paint import Tone, draw_dot, draw_ring, px
from lms_desktop.views.theme import FontRole

BAND = 8
"""Rows are painted so many at a time: what has just been filled is still at hand when it is written on."""

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

    def picture(self) -> tuple[object, ...]:
        """What is seen of the rows, whatever their numbers are."""

        def look(row: int) -> tuple[object, ...]:
            columns = (
                place[1] if place is not None and place[0] == row else -1 for place in (self.current, self.editing)
            )
            return self.cells(row), row in self.selected, row == self.hover, *columns

        return self.exposed, self.top, self.columns, *(look(row) for row in range(self.first, self.last + 1))


def paint_cells(painter: QPainter, job: PaintJob, book: StyleBook) -> None:
    """Paint the rows of `job` and the ground around them."""
    _Pass(painter, job, book).run()


class _Row(NamedTuple):
    """A row on its way onto the screen: `plain` where it has no ground of its own."""

    number: int
    top: int
    baseline: int
    plain: bool
    cells: Sequence[Cell]


class _Column(NamedTuple):
    """A column as the loop over its cells needs it: `left` and `room` of what stands within its padding."""

    logical: int
    edge: int
    left: int
    room: int
    at_end: bool


class _Pass:
    """One painting, a band of rows after another: grounds row by row, what stands on them column by column, then all
    texts, colour by colour.

    By columns, for the cells of one are alike: what is asked of their look and their room is asked once.
    """

    def __init__(self, painter: QPainter, job: PaintJob, book: StyleBook) -> None:
        self._painter, self._job, self._book = painter, job, book
        self._rtl, self._inset = job.right_to_left, (job.height - book.body.height()) // 2 + book.body.ascent()
        self._pictures = pictures_of(book, job.height - 1, self._rtl, job.scale)
        self._panel, self._line = theme.color("panel"), theme.color("line")
        self._columns = [
            _Column(logical, left, left + book.pad, width - 2 * book.pad, at_end)
            for logical, left, width, at_end in job.columns
            if width > 2 * book.pad
        ]

    def run(self) -> None:
        """The grounds, what stands on them, what is written at last, and the ring around it."""
        painter, job = self._painter, self._job
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for ink in self._book.inks.values():  # what a painting left that failed
            for texts in ink.texts:
                texts.clear()
        marked = list[tuple[int, Tone]]()
        for first in range(job.first, job.last + 1, BAND):
            rows = self._grounds(first, min(first + BAND, job.last + 1), marked)
            for column in self._columns:
                self._column(column, self._rows_with(column.logical, rows))
            self._write()
        below = max(0, self._top(job.last + 1) - job.exposed.top())
        painter.fillRect(job.exposed.adjusted(0, below, 0, 0), self._panel)
        for place, tone in marked:
            self._mark(place, tone)
        self._ring()

    def _grounds(self, first: int, end: int, marked: list[tuple[int, Tone]]) -> list[_Row]:
        """Paint what rows stand on; those that are loaded, and into `marked` the places of those with a mark."""
        job, fill, rows = self._job, self._painter.fillRect, list[_Row]()
        line, width, height, top = self._line, job.width, job.height, self._top(first)
        fill(0, top, width, (end - first) * height, self._panel)
        for row in range(first, end):
            cells, looks, plain = job.cells(row), 0, False
            for cell in cells or ():
                looks |= cell[2]
            if row in job.selected:
                fill(0, top, width, height, theme.color("accent_soft"))
            elif looks & _FRESH:
                fill(0, top, width, height, theme.color("ok_soft"))
            elif row == job.hover:
                fill(0, top, width, height, theme.color("hover"))
            else:
                plain = True
            fill(0, top + height - 1, width, 1, line)
            if cells is None:
                self._missing(top)
            else:
                rows.append(_Row(row, top, top + self._inset, plain, cells))
            if looks & (_CLASH | _FRESH):
                marked.append((top, "bad" if looks & _CLASH else "ok"))
            top += height
        return rows

    def _top(self, row: int) -> int:
        return self._job.top + (row - self._job.first) * self._job.height

    def _rows_with(self, logical: int, rows: list[_Row]) -> list[_Row]:
        """The rows that have something to show in a column."""
        editing = self._job.editing
        if editing is not None and editing[1] == logical:
            rows = [row for row in rows if row.number != editing[0]]
        return [row for row in rows if len(row.cells) > logical]

    def _column(self, column: _Column, rows: list[_Row]) -> None:
        logical, edge, left, room, at_end = column
        book, rtl, put, pictures = self._book, self._rtl, self._painter.drawPixmap, self._pictures
        contents, met = pictures.contents(room, at_end), -1
        for _, top, baseline, plain, cells in rows:
            text, detail, look = cell = cells[logical]
            if look != met:
                style, met = book.styles.get(look) or book.style(look), look
                kind, texts, fit, start = style.kind, style.ink.texts, style.face.fit, style.at_end is rtl
                stamps = pictures.stamps(style) if style.back is None else None
            if style.back is not None:
                self._ground(style, edge, room + 2 * book.pad, top)
            if kind:
                content = contents.get(cell)
                if content is None:
                    content = pictures.content(style, cell, room, at_end)
                if plain and content.whole is not None and style.back is None:
                    put(left + content.whole_x, top, content.whole)
                    continue
                if content.picture is not None:
                    put(left + content.x, top, content.picture)
                else:
                    content.draw(self._painter, QPointF(left + content.x, top))
                if content.text:
                    texts[content.plain].append((left + content.text_x, baseline, content.text))
            elif detail:
                self._both(style, text, detail, left, room, baseline)
            elif text:
                if plain and stamps is not None and len(text) == STAMP and stamps.width <= room:
                    parts = stamps.parts(text)
                    if parts is not None:
                        at = left if start else left + room - stamps.width
                        for x, y, part in parts:
                            put(at + x, top + y, part)
                        continue
                shown, used, letters = fit(text, room)
                texts[letters].append((left if start else left + room - used, baseline, shown))

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
                    texts.clear()

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
        top = self._top(job.current[0])
        for logical, left, width, _ in job.columns:
            if logical == job.current[1]:
                draw_ring(self._painter, QRectF(left, top, width, job.height - 1), px(4))
