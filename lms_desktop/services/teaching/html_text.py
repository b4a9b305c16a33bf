"""HTML as another program keeps it, as the plain text that stands in a question here."""

import re
from html import unescape

_BLOCKS = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre", "hr"})
_LINES = frozenset({"li", "tr", "dt", "dd"})
_UNSEEN = frozenset({"script", "style", "head", "title", "template"})
_MEDIA = frozenset({"img", "audio", "video", "object", "embed", "iframe", "svg", "canvas"})
_LOW = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_HIGH = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_OPENING = re.compile(r"<(?:(/?)([a-zA-Z][^\s/>]*)|!--|[!?])")
_UNQUOTED = re.compile(r"[^\"'>]*")
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", re.IGNORECASE)
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
    return reader.text(), reader.media


class _Reader:
    """Gathers the text. `pieces` end with newlines where a block ended.

    The standard library's reader takes minutes for a malformed file of some hundred kilobytes; this one looks at each
    character once or twice.
    """

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.media = False
        self._pre = 0
        self._shift: list[str] = []

    def feed(self, html: str) -> None:
        """Read all of it."""
        at = searched = 0
        while (start := html.find("<", searched)) >= 0:
            match = _OPENING.match(html, start)
            if match is None:
                searched = start + 1
                continue
            name = (match[2] or "").lower()
            end = _end_of_tag(html, match.end()) if name else _end_of_remark(html, start)
            self._data(unescape(html[at:start]))
            if end < 0:  # nothing ends this: it is no tag, or the rest of it is missing
                if name:
                    self._data(unescape(html[start:]))
                return
            if match[1]:
                self._end(name)
            elif name in _UNSEEN:
                closing = re.compile(f"</{name}", re.IGNORECASE).search(html, end)
                end = closing.start() if closing else len(html)
            elif name:
                self._start(name, html[match.end() : end])
            at = searched = end
        self._data(unescape(html[at:]))

    def text(self) -> str:
        """All of it."""
        lines = "".join(self.pieces).split("\n")
        return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip(" \t") for line in lines)).strip("\n").strip(" ")

    def _start(self, tag: str, attributes: str) -> None:
        if tag == "br":
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
            alt = _ALT.search(attributes)
            self.pieces.append(unescape(alt[1] or alt[2] or alt[3] or "") if alt else "")
        if tag == "pre":
            self._pre += 1
        elif tag in ("code", "kbd", "tt") and not self._pre:
            self.pieces.append("`")

    def _end(self, tag: str) -> None:
        if tag == "pre":
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

    def _data(self, data: str) -> None:
        if not data:
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
        missing = lines - (len(tail) - len(tail.rstrip("\n")))
        if self.pieces and missing > 0:
            self.pieces.append("\n" * missing)


def _end_of_tag(html: str, at: int) -> int:
    """Where a tag ends, behind its `>`, which may stand in quotes before; -1 where it does not end."""
    while True:
        at = _UNQUOTED.match(html, at).end()  # type: ignore[union-attr]  # it matches everywhere
        if at == len(html):
            return -1
        if html[at] == ">":
            return at + 1
        closing = html.find(html[at], at + 1)
        at = closing + 1 if closing >= 0 else len(html)


def _end_of_remark(html: str, start: int) -> int:
    """Where a comment or a declaration ends; -1 where it does not."""
    mark = "-->" if html.startswith("<!--", start) else ">"
    end = html.find(mark, start + 2)
    return end + len(mark) if end >= 0 else -1
