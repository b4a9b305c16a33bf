"""HTML as another program keeps it, as the plain text that stands in a question here."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre", "hr"})
_LINES = frozenset({"li", "tr", "dt", "dd"})
_UNSEEN = frozenset({"script", "style", "head", "title", "template"})
_MEDIA = frozenset({"img", "audio", "video", "object", "embed", "iframe", "svg", "canvas"})
_LOW = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_HIGH = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:[a-zA-Z]{2,8}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")


def looks_like_html(text: str) -> bool:
    """Whether a text has tags or character references."""
    return _TAG.search(text) is not None


def plain_text(html: str) -> tuple[str, bool]:
    """The text of a piece of HTML, and whether pictures or sounds were left out.

    Paragraphs are parted by an empty line, items of lists begin with a hyphen, code stands in backticks, digits below
    and above the line are such characters; what else the text looks like is not kept.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text(), reader.media


class _Reader(HTMLParser):
    """Gathers the text. `pieces` end with newlines where a block ended."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.media = False
        self._unseen = 0
        self._pre = 0
        self._shift: list[str] = []

    def text(self) -> str:
        """All of it."""
        lines = "".join(self.pieces).split("\n")
        return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip(" \t") for line in lines)).strip("\n").strip(" ")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Override HTMLParser.handle_starttag."""
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "br":
            self._break(1, always=True)
        elif tag in _BLOCKS:
            self._break(2)
        elif tag in _LINES:
            self._break(1)
            if tag == "li":
                self.pieces.append("- ")
        elif tag in ("td", "th") and not self._at_line_start():
            self.pieces.append(" | ")
        elif tag in ("sub", "sup"):
            self._shift.append(tag)
        elif tag in _MEDIA:
            self.media = True
            self.pieces.append(next((value or "" for name, value in attrs if name == "alt"), ""))
        if tag == "pre":
            self._pre += 1
        elif tag in ("code", "kbd", "tt") and not self._pre:
            self.pieces.append("`")

    def handle_endtag(self, tag: str) -> None:
        """Override HTMLParser.handle_endtag."""
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag == "pre":
            self._pre = max(0, self._pre - 1)
            self._break(2)
        elif tag in ("code", "kbd", "tt") and not self._pre:
            self.pieces.append("`")
        elif tag in ("sub", "sup") and self._shift:
            self._shift.pop()
        elif tag in _BLOCKS:
            self._break(2)
        elif tag in _LINES:
            self._break(1)

    def handle_data(self, data: str) -> None:
        """Override HTMLParser.handle_data."""
        if self._unseen:
            return
        if not self._pre:
            data = _BLANKS.sub(" ", data)
            if data.startswith(" ") and self._at_line_start():
                data = data[1:]
        if self._shift:
            marks = _LOW if self._shift[-1] == "sub" else _HIGH
            data = data.translate(marks) if all(ord(c) in marks for c in data.strip()) else data
        self.pieces.append(data)

    def _at_line_start(self) -> bool:
        last = next((piece for piece in reversed(self.pieces) if piece), "\n")
        return last.endswith(("\n", " "))

    def _break(self, lines: int, *, always: bool = False) -> None:
        """Begin a new line, behind `lines` - 1 empty ones; `always`: also where one has just begun."""
        if always:
            self.pieces.append("\n")
            return
        tail = "".join(self.pieces[-3:])[-2:]
        if self.pieces:
            self.pieces.append("\n" * max(0, lines - (len(tail) - len(tail.rstrip("\n")))))
