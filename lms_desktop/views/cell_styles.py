"""What the looks of cells mean in pens, fonts and widths; worked out once for each theme and kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor, QFont

from lms_desktop.models.cells import Cell, Look
from lms_desktop.views import theme
from lms_desktop.views.faces import LONGEST, Face, Fitted, clean, plain_font
from lms_desktop.views.kit.paint import Tone, px, tag_size
from lms_desktop.views.theme import FontRole
from lms_desktop.views.tokens import Token

if TYPE_CHECKING:
    from lms_desktop.views.cell_pictures import Pictures

_NUMBER = re.compile(r"\d+(?:[.,٫]\d+)?")


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


_SHAPED = (FontRole.SMALL, FontRole.SMALL_STRONG)
"""Badges and the titles of columns are drawn as they are elsewhere."""


@dataclass(slots=True)
class Ink:
    """A colour and a font, and what one painting writes in them.

    Attributes:
        fonts: (for texts that are shaped, for those that are written letter by letter); see `Fitted.plain`.
        texts: for each of the two, (x, baseline, text) in pixels of the viewport.
    """

    color: QColor
    fonts: tuple[QFont, QFont]
    texts: tuple[list[tuple[int, int, str]], list[tuple[int, int, str]]] = field(default_factory=lambda: ([], []))


@dataclass(slots=True)
class Style:
    """What one combination of looks means.

    Attributes:
        kind, tone: how the content is drawn, and in which colours where it is a badge or a box.
        ink, face: of its text; `beside` is what its detail is written in.
        at_end: the text stands where reading ends.
        back, bar: background and edge of a cell that is unsaved or refused.
    """

    kind: int
    tone: Tone
    ink: Ink
    beside: Ink
    face: Face
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
        pad, gap, icon, bar: lengths in pixels; `least`, what a detail needs to say anything.
    """

    def __init__(self) -> None:
        self.styles: dict[int, Style] = {}
        self.inks: dict[tuple[FontRole, Token], Ink] = {}
        self.pictures: dict[tuple[int, bool, float], Pictures] = {}
        self._faces: dict[FontRole, Face] = {}
        self._parts: dict[str, float] = {}
        self.body = self.face(FontRole.BODY).metrics
        self.pad, self.gap, self.icon, self.bar, self.least = px(12), px(7), px(15), px(3), px(36)
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
            font = theme.current().font(role)
            found = self.inks[(role, token)] = Ink(theme.color(token), (font, plain_font(font)))
        return found

    def fit(self, style: Style, text: str, room: int) -> Fitted:
        """What of `text` fits into `room` in the font of `style`."""
        return style.face.fit(text, room)

    def width(self, style: Style, text: str) -> int:
        """How wide `text` is in the font of `style`."""
        return style.face.width(text)

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
        face = self.face(role)
        return Style(
            kind=int(kind),
            tone=tone,
            ink=self.ink(role, "muted" if grey else "text"),
            beside=self.ink(role, "muted"),
            face=face,
            at_end=bool(look & Look.NUMBER) and kind in (Kind.TEXT, Kind.NULL, Kind.EMPTY),
            back=theme.color("bad_soft" if invalid else "warn_soft") if invalid or dirty else None,
            bar=theme.color("bad" if invalid else "warn") if invalid or dirty else None,
            invalid=invalid,
        )

    def face(self, role: FontRole) -> Face:
        """What is known of texts in a font."""
        if role not in self._faces:
            self._faces[role] = Face(theme.current().font(role), plain=role not in _SHAPED)
        return self._faces[role]


_shared: dict[tuple[object, ...], StyleBook] = {}


def style_book() -> StyleBook:
    """The book of the look and the language in force, one for all tables: what one has drawn once, the others need not
    draw."""
    look = theme.current()
    word = QCoreApplication.translate("RecordTable", "Yes")
    key = (id(look), id(look.tokens), look.text_size, look.measures.scale, word)
    if key not in _shared:
        _shared.clear()
        _shared[key] = StyleBook()
    return _shared[key]
