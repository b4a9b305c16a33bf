"""Fonts as a table writes in them: how wide texts are, and how much of one fits into a cell.

Most texts are of letters of Europe's alphabets. They are written letter by letter, without what a font knows of pairs
and ligatures: that takes a third of the time off (measured: 10.5 µs instead of 16 for twenty letters of Inter), and how
wide they are is a sum, so that the font need not be asked where to cut. All else is shaped and measured by Qt.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from itertools import accumulate
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QFontMetricsF

LONGEST = 400
"""No cell shows more characters; the rest is cut before it is measured."""

_KEPT = 4_000
"""Texts that are remembered with their widths, and as they were cut: eight screens of them."""
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_FIGURES = re.compile("[0-9 .,:%+-]+")
_NOUGHTS = str.maketrans("0123456789", "0000000000")
_A_FEW = 8
"""No "…" takes the place of so many characters."""
_BEYOND = "\u0300"
"""From here on characters join, turn or stand on others."""
_DOTS = "…"


class Fitted(NamedTuple):
    """A text as it is written into a cell.

    Attributes:
        text: one line that hides nothing; ends in "…" where it is cut.
        width: in pixels.
        plain: 1 if it is written letter by letter, 0 if it is shaped: the index among the fonts of an ink.
    """

    text: str
    width: int
    plain: int


class Face:
    """A font, and what is known of texts in it.

    Attributes:
        metrics: of the font.
        fits: by room in pixels, what of a text fits into it, as far as it is remembered.
        tabular: all its figures are of one width.
    """

    def __init__(self, font: QFont, *, plain: bool = True) -> None:
        """`plain`: letter by letter where that can be."""
        self.metrics = QFontMetrics(font)
        figures = {self.metrics.horizontalAdvance(figure * 10) for figure in "0123456789"}
        self.tabular = len(figures) == 1
        self.fits: defaultdict[int, dict[str, Fitted]] = defaultdict(dict)
        self._fitted = 0
        self._widths: dict[str, int] = {}
        self._widest = max(self.metrics.horizontalAdvance(chr(character)) for character in range(32, 127))
        self._narrow = max(1, self.metrics.horizontalAdvance("r"))
        letters = QFontMetricsF(plain_font(font))
        self._advances = _Advances(letters) if plain else None
        # Figures keep to their width in a plain font only where they have one without being asked.
        self._plain_figures = len({round(letters.horizontalAdvance(figure), 3) for figure in "0123456789"}) == 1

    def is_plain(self, text: str) -> bool:
        """Whether a text, clean and not empty, is written letter by letter."""
        if self._advances is None or not (text.isascii() or (max(text) < _BEYOND and text.isprintable())):
            return False
        return self._plain_figures or not _FIGURES.fullmatch(text)

    def width(self, text: str) -> int:
        """How wide `text` is, in pixels."""
        if not text:
            return 0
        if self._advances is not None and self.is_plain(text):
            return round(sum(map(self._advances.__getitem__, text)))
        return self._shaped_width(text)

    def fit(self, text: str, room: int) -> Fitted:
        """`text` as one line that hides nothing and fits into `room` pixels."""
        known = self.fits[room].get(text)
        if known is None:
            if self._fitted >= _KEPT:  # of all rooms together: a detail has another one beside each text
                self.fits.clear()
                self._fitted = 0
            self._fitted += 1
            known = self.fits[room][text] = self._fit(clean(text), room)
        return known

    def _fit(self, text: str, room: int) -> Fitted:
        if not text:
            return Fitted("", 0, 0)
        if self._advances is None or not self.is_plain(text):
            shown = self._cut(text, room)
            return Fitted(shown, min(room, self._shaped_width(shown)), 0)
        beginning = text[: room // self._narrow + 2]  # of a text that is much too long enough to see where to cut
        ends = list(accumulate(map(self._advances.__getitem__, beginning)))
        if len(beginning) == len(text) and round(ends[-1]) <= room:
            return Fitted(text, round(ends[-1]), 1)
        dots = self._advances[_DOTS]
        at = bisect_right(ends, room - dots)
        return Fitted(beginning[:at] + _DOTS, min(room, round((ends[at - 1] if at else 0) + dots)), 1)

    def _shaped_width(self, text: str) -> int:
        known = self._widths.get(text)
        if known is None:
            if self.tabular and _FIGURES.fullmatch(text):  # as wide as noughts, which are remembered for all
                text = text.translate(_NOUGHTS)
                known = self._widths.get(text)
            if known is None:
                if len(self._widths) > _KEPT:
                    self._widths.clear()
                known = self._widths[text] = self.metrics.horizontalAdvance(text)
        return known

    def _cut(self, text: str, room: int) -> str:
        if len(text) * self._widest <= room and text.isascii():
            return text
        known = text in self._widths or (self.tabular and _FIGURES.fullmatch(text))
        if known and self._shaped_width(text) <= room:
            return text
        beginning = text[: room // self._narrow + 2]
        cut = self.metrics.elidedText(beginning, Qt.TextElideMode.ElideRight, room)
        if cut == beginning != text:
            cut = self.metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        # Measuring costs as much as cutting: only where the text is too long by less than a pixel it may not be.
        nearly = len(cut) < len(text) <= len(cut) + _A_FEW
        return text if nearly and self._shaped_width(text) <= room else cut


class _Advances(dict[str, float]):
    """By character, how far it leads on; asked of the font when it is met first."""

    def __init__(self, metrics: QFontMetricsF) -> None:
        super().__init__()
        self._metrics = metrics

    def __missing__(self, character: str) -> float:
        found = self[character] = self._metrics.horizontalAdvance(character)
        return found


def plain_font(font: QFont) -> QFont:
    """The same font, written letter by letter."""
    plain = QFont(font)
    plain.setStyleStrategy(QFont.StyleStrategy.PreferNoShaping)
    return plain


def clean(text: str) -> str:
    """`text` as one line that hides nothing: line ends and control characters become marks, the far end is cut off.

    Joiners (emoji, Persian) stay; marks that would turn the reading direction of the whole line are shown instead.
    """
    if len(text) > LONGEST:
        text = text[:LONGEST] + _DOTS
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
