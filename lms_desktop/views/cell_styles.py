"""What the looks of cells mean in pens, fonts and widths; worked out once for each theme and kept."""

import re
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics

from lms_desktop.models.cells import Cell, Look
from lms_desktop.views import theme
from lms_desktop.views.kit.paint import Tone, px, tag_size
from lms_desktop.views.theme import FontRole

LONGEST = 400
"""No cell shows more characters; the rest is cut before Qt measures it."""

_KEPT = 20_000
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
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


@dataclass(slots=True)
class Style:
    """What one combination of looks means.

    Attributes:
        kind, tone: how the content is drawn, and in which colours where it is a badge or a box.
        ink, font, metrics: of its text; `widths` remembers how wide texts are in that font.
        at_end: the text stands where reading ends.
        back, bar: background and edge of a cell that is unsaved or refused.
        fresh: the whole row was just changed by a colleague.
        clash: it was, and has edits that are not saved.
    """

    kind: Kind
    tone: Tone
    ink: QColor
    font: QFont
    metrics: QFontMetrics
    widths: dict[str, int]
    at_end: bool
    back: QColor | None
    bar: QColor | None
    invalid: bool
    fresh: bool
    clash: bool


class StyleBook:
    """Styles and widths in the theme in force; make a new one when it changes.

    Attributes:
        styles: by look, those that occurred; look here first and call `style` for others.
        body: metrics of the ordinary text.
        pad, gap, icon, bar: lengths in pixels.
    """

    def __init__(self) -> None:
        self.styles: dict[int, Style] = {}
        self._widths: dict[FontRole, dict[str, int]] = {}
        self._metrics: dict[FontRole, QFontMetrics] = {}
        self._cut: dict[tuple[str, int, int], tuple[str, int]] = {}
        self._parts: dict[str, float] = {}
        self.body = self._measure(FontRole.BODY)
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

    def width(self, style: Style, text: str) -> int:
        """How wide `text` is in the font of `style`."""
        known = style.widths.get(text)
        if known is None:
            if len(style.widths) > _KEPT:
                style.widths.clear()
            known = style.widths[text] = style.metrics.horizontalAdvance(text)
        return known

    def cut(self, style: Style, text: str, room: int) -> tuple[str, int]:
        """`text` made to fit into `room`, ending in "…", and its width then."""
        key = (text, room, id(style.widths))
        known = self._cut.get(key)
        if known is None:
            if len(self._cut) > _KEPT:
                self._cut.clear()
            shown = style.metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            known = self._cut[key] = shown, min(room, style.metrics.horizontalAdvance(shown))
        return known

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
        return Style(
            kind=kind,
            tone=tone,
            ink=theme.color("muted" if grey else "text"),
            font=theme.current().font(role),
            metrics=self._measure(role),
            widths=self._widths.setdefault(role, {}),
            at_end=bool(look & Look.NUMBER) and kind in (Kind.TEXT, Kind.NULL, Kind.EMPTY),
            back=theme.color("bad_soft" if invalid else "warn_soft") if invalid or dirty else None,
            bar=theme.color("bad" if invalid else "warn") if invalid or dirty else None,
            invalid=invalid,
            fresh=bool(look & Look.FRESH),
            clash=bool(look & Look.CLASH),
        )

    def _measure(self, role: FontRole) -> QFontMetrics:
        if role not in self._metrics:
            self._metrics[role] = QFontMetrics(theme.current().font(role))
        return self._metrics[role]


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
