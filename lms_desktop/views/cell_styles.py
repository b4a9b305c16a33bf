"""What the looks of cells mean in pens, fonts and widths; worked out once for each theme and kept."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics

from lms_desktop.models.cells import Cell, Look
from lms_desktop.views import theme
from lms_desktop.views.kit.paint import Tone, px, tag_size
from lms_desktop.views.theme import FontRole
from lms_desktop.views.tokens import Token

if TYPE_CHECKING:
    from lms_desktop.views.cell_pictures import Pictures

LONGEST = 400
"""No cell shows more characters; the rest is cut before Qt measures it."""

_KEPT = 4_000
"""Texts that are remembered with their widths, and as they were cut: eight screens of them."""
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_NUMBER = re.compile(r"\d+(?:[.,٫]\d+)?")
_FIGURES = re.compile("[0-9 .,:%+-]+")
_NOUGHTS = str.maketrans("0123456789", "0000000000")
_A_FEW = 8
"""No "…" takes the place of so many characters."""


class Kind(IntEnum):
    """How a cell's content is drawn."""

    TEXT = 0
    NULL = 1
    EMPTY = 2
    TAG = 3
    CHECK = 4
    PROGRESS = 5


_KINDS: tuple[tuple[Look, Kind, Tone], ...] = (
    (Look.NULL, Kind.NULL, "neutral"),
    (Look.EMPTY, Kind.EMPTY, "neutral"),
    (Look.TAG_OK, Kind.TAG, "ok"),
    (Look.TAG_WARN, Kind.TAG, "warn"),
    (Look.TAG_BAD, Kind.TAG, "bad"),
    (Look.TAG_NEUTRAL, Kind.TAG, "neutral"),
    (Look.CHECK_ON, Kind.CHECK, "info"),
    (Look.CHECK_OFF, Kind.CHECK, "neutral"),
    (Look.PROGRESS, Kind.PROGRESS, "info"),
)


@dataclass(slots=True)
class Ink:
    """A colour and a font, and what one painting writes in them.

    Attributes:
        texts: (x, baseline, text) of each, in pixels of the viewport.
    """

    color: QColor
    font: QFont
    texts: list[tuple[int, int, str]] = field(default_factory=list)


@dataclass(slots=True)
class Face:
    """A font, and what is known of texts in it.

    Attributes:
        widths: how wide texts are; of texts of figures alone only those of noughts, which are as wide.
        fits: by room, what of a text fits into it; `fitted`, how many texts those are.
        widest: no ASCII character is wider; `narrow`, a run of letters is hardly ever narrower on average.
        tabular: all figures are of one width.
    """

    metrics: QFontMetrics
    widest: int
    narrow: int
    tabular: bool
    widths: dict[str, int] = field(default_factory=dict)
    fits: defaultdict[int, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    fitted: int = 0


@dataclass(slots=True)
class Style:
    """What one combination of looks means.

    Attributes:
        kind, tone: how the content is drawn, and in which colours where it is a badge or a box.
        ink, face: of its text; `beside` is what its detail is written in.
        fits: those of the face.
        at_end: the text stands where reading ends.
        back, bar: background and edge of a cell that is unsaved or refused.
    """

    kind: int
    tone: Tone
    ink: Ink
    beside: Ink
    face: Face
    fits: defaultdict[int, dict[str, str]]
    at_end: bool
    back: QColor | None
    bar: QColor | None
    invalid: bool


class StyleBook:
    """Styles and widths in the theme in force; make a new one when it changes.

    Attributes:
        styles: by look, those that occurred; look here first and call `style` for others.
        inks: all in which something is written.
        pictures: what cells hold beside texts, by their height, direction and scale.
        body: metrics of the ordinary text.
        pad, gap, icon, bar: lengths in pixels.
    """

    def __init__(self) -> None:
        self.styles: dict[int, Style] = {}
        self.inks: dict[tuple[FontRole, Token], Ink] = {}
        self.pictures: dict[tuple[int, bool, float], Pictures] = {}
        self._faces: dict[FontRole, Face] = {}
        self._parts: dict[str, float] = {}
        self.body = self._face(FontRole.BODY).metrics
        self.pad, self.gap, self.icon, self.bar = px(12), px(7), px(15), px(3)
        self.yes = QCoreApplication.translate("RecordTable", "Yes")
        self.no = QCoreApplication.translate("RecordTable", "No")
        self.empty = QCoreApplication.translate("RecordTable", "empty")

    def style(self, look: int) -> Style:
        """What `look` means; worked out when it is met first."""
        number = int(look)  # plain: the flags of an enum are ten times slower
        made = self.styles.get(number)
        if made is None:
            made = self.styles[number] = self._make(Look(number))
        return made

    def ink(self, role: FontRole, token: Token) -> Ink:
        """What is written in a font and a colour."""
        found = self.inks.get((role, token))
        if found is None:
            found = self.inks[(role, token)] = Ink(theme.color(token), theme.current().font(role))
        return found

    def width(self, style: Style, text: str) -> int:
        """How wide `text` is in the font of `style`."""
        face = style.face
        known = face.widths.get(text)
        if known is None:
            if face.tabular and _FIGURES.fullmatch(text):
                text = text.translate(_NOUGHTS)
                known = face.widths.get(text)
            if known is None:
                if len(face.widths) > _KEPT:
                    face.widths.clear()
                known = face.widths[text] = face.metrics.horizontalAdvance(text)
        return known

    def fit(self, style: Style, text: str, room: int) -> str:
        """`text` as one line that hides nothing and fits into `room`: cut and ending in "…" where it is longer."""
        known = style.fits[room].get(text)
        if known is None:
            face = style.face
            if face.fitted >= _KEPT:  # of all rooms together: a detail has another one beside each text
                face.fits.clear()
                face.fitted = 0
            face.fitted += 1
            known = face.fits[room][text] = self._fit(style, clean(text), room)
        return known

    def _fit(self, style: Style, text: str, room: int) -> str:
        face = style.face
        if len(text) * face.widest <= room and text.isascii():
            return text
        known = text in face.widths or (face.tabular and _FIGURES.fullmatch(text))
        if known and self.width(style, text) <= room:
            return text
        # Of a text that is much too long the beginning is enough to see where to cut.
        beginning = text[: room // face.narrow + 2]
        cut = face.metrics.elidedText(beginning, Qt.TextElideMode.ElideRight, room)
        if cut == beginning != text:
            cut = face.metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        # Measuring costs as much as cutting: only where the text is too long by less than a pixel it may not be.
        nearly = len(cut) < len(text) <= len(cut) + _A_FEW
        return text if nearly and self.width(style, text) <= room else cut

    def part(self, text: str) -> float:
        """How much of a bar is full, 0 to 1, from "58", "58.25 %" or "58,25 %"."""
        known = self._parts.get(text)
        if known is None:
            found = _NUMBER.search(text)
            number = float(found.group().replace(",", ".").replace("٫", ".")) if found else 0.0
            known = self._parts[text] = min(1.0, max(0.0, number / 100))
        return known

    def cell_width(self, cell: Cell) -> int:
        """The width `cell` would like, its padding included."""
        style, text = self.style(cell.look), clean(cell.text)
        if style.kind == Kind.NULL:
            width = self.width(style, "—")
        elif style.kind in (Kind.TAG, Kind.EMPTY):
            width = tag_size(text or self.empty).width()
        elif style.kind == Kind.PROGRESS:
            width = px(90) + self.gap + self.width(style, text)
        elif style.kind == Kind.CHECK:
            width = self.icon + self.gap + self.width(style, text or self.yes)
        else:
            width = self.width(style, text)
            if cell.detail:
                width += self.gap + self.width(style, clean(cell.detail))
        return width + 2 * self.pad

    def is_cut(self, cell: Cell, width: int) -> bool:
        """Whether a column of `width` does not show all of `cell`."""
        return len(cell.text) > LONGEST or self.cell_width(cell) > width

    def _make(self, look: Look) -> Style:
        plain: tuple[Kind, Tone] = (Kind.TEXT, "neutral")
        kind, tone = next(((kind, tone) for flag, kind, tone in _KINDS if look & flag), plain)
        role = FontRole.BODY
        if kind in (Kind.TAG, Kind.EMPTY):
            role = FontRole.SMALL
        elif look & Look.FIXED:
            role = FontRole.FIXED
        elif look & Look.STRONG:
            role = FontRole.STRONG
        grey = look & (Look.MUTED | Look.CHECK_OFF) or kind in (Kind.NULL, Kind.EMPTY, Kind.PROGRESS)
        invalid, dirty = bool(look & Look.INVALID), bool(look & Look.DIRTY)
        face = self._face(role)
        return Style(
            kind=int(kind),
            tone=tone,
            ink=self.ink(role, "muted" if grey else "text"),
            beside=self.ink(role, "muted"),
            face=face,
            fits=face.fits,
            at_end=bool(look & Look.NUMBER) and kind in (Kind.TEXT, Kind.NULL, Kind.EMPTY),
            back=theme.color("bad_soft" if invalid else "warn_soft") if invalid or dirty else None,
            bar=theme.color("bad" if invalid else "warn") if invalid or dirty else None,
            invalid=invalid,
        )

    def _face(self, role: FontRole) -> Face:
        if role not in self._faces:
            metrics = QFontMetrics(theme.current().font(role))
            figures = {metrics.horizontalAdvance(figure * 10) for figure in "0123456789"}
            widest = max(metrics.horizontalAdvance(chr(character)) for character in range(32, 127))
            self._faces[role] = Face(metrics, widest, max(1, metrics.horizontalAdvance("r")), len(figures) == 1)
        return self._faces[role]


def clean(text: str) -> str:
    """`text` as one line that hides nothing: line ends and control characters become marks, the far end is cut off.

    Joiners (emoji, Persian) stay; marks that would turn the reading direction of the whole line are shown instead.
    """
    if len(text) > LONGEST:
        text = text[:LONGEST] + "…"
    return text if text.isprintable() else _INVISIBLE.sub(_shown, text)


def _shown(found: re.Match[str]) -> str:
    sign = found.group()
    if sign == "\n":
        return "↵"
    if sign == "\t":
        return "⇥"
    if sign < " ":
        return chr(0x2400 + ord(sign))
    return "�" if "\ud800" <= sign <= "\udfff" else "·"
