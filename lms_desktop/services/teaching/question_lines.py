"""The lines of questions written as plain text: what each is, and how what would mean something else is escaped.

`question_text` says what the form is.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

_BULLET = re.compile(r"[-*•–—](?:\s+(.*))?", re.DOTALL)
_BOX = re.compile(
    r"(?:[-*•–—]\s+)?(?:\[(?P<mark>[xX*✓✔ ]?)\]|\((?P<round>[xX*✓✔ ])\)|(?P<sign>[☐☑☒]))(?:\s+(?P<text>.*))?", re.S
)
_LETTER = re.compile(r"(?P<star>\*?)(?P<open>\(?)(?P<letter>[a-zA-Z])(?P<close>[).])(?:\s+(?P<text>.*))?", re.DOTALL)
_ANSWER = re.compile(r"(?:answers?|ans|correct(?: answers?)?)\s*:\s*(.*)", re.IGNORECASE | re.DOTALL)
_ACCEPTED = re.compile(r"=(?!=)\s*(.*)", re.DOTALL)
TRUTH = re.compile(r"(?:(t|true)|(f|false)|true\s*(?:/|or)\s*false)[.?]?", re.IGNORECASE)
_ESSAY = re.compile(r"\(?essay\)?\.?", re.IGNORECASE)
_NUMBER_OF_POINTS = r"(-?[0-9]{1,9}(?:[.,][0-9]{1,9})?)"
_AMOUNT = rf"{_NUMBER_OF_POINTS}\s{{0,3}}(?:points?|pts?\.?|marks?)"
_POINTS = re.compile(rf"points?\s*:\s*{_NUMBER_OF_POINTS}|[(\[]?{_AMOUNT}[)\]]?", re.IGNORECASE)
_POINTS_BEHIND = re.compile(rf"[(\[]{_AMOUNT}[)\]]\Z", re.IGNORECASE)
_LONGEST_POINTS = 40
NUMBER = re.compile(r"(?:(?:question|q)\s*([0-9]{0,4})\s*[.:)]|([0-9]{1,4})\s*[.)])\s+(?=\S)", re.IGNORECASE)


class Kind(Enum):
    """What a line is: `LETTER` begins with `a)`, which may be text as well; `TRUTH` is "True" or "False" alone."""

    TEXT = auto()
    OPTION = auto()
    LETTER = auto()
    ANSWER = auto()
    ACCEPTED = auto()
    TRUTH = auto()
    ESSAY = auto()
    POINTS = auto()


@dataclass
class Line:
    """A line that is not blank. `text` is what stands behind its mark, `right` what the mark says."""

    number: int
    raw: str
    kind: Kind
    text: str = ""
    right: bool | None = None
    style: tuple[str, ...] = ()
    after_blank: bool = False

    @property
    def place(self) -> int:
        """The place of a letter in the alphabet."""
        return ord(self.style[-1].lower()) - ord("a")


def lines_of(text: str) -> list[Line]:
    """The lines that are not blank."""
    found, blank = list[Line](), True
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for number, raw in enumerate(text.split("\n"), 1):
        if raw.strip():
            line = classified(number, raw)
            line.after_blank, blank = blank, False
            found.append(line)
        else:
            blank = True
    return found


def classified(number: int, raw: str) -> Line:
    """A line as what it is by itself."""
    stripped = raw.strip()

    def line(kind: Kind, text: str | None = "", right: bool | None = None, style: tuple[str, ...] = ()) -> Line:
        return Line(number, raw, kind, (text or "").strip(), right, style)

    if match := _BOX.fullmatch(stripped):
        mark = (match["mark"] or match["round"] or match["sign"] or "").strip()
        return line(Kind.OPTION, match["text"], mark not in ("", "☐"))
    if match := _BULLET.fullmatch(stripped):
        return line(Kind.OPTION, match[1], stripped[0] == "*")
    if match := _LETTER.fullmatch(stripped):
        case = "upper" if match["letter"].isupper() else "lower"
        style = (case, match["open"], match["close"], match["letter"])
        return line(Kind.LETTER, match["text"], bool(match["star"]), style)
    if match := _ANSWER.fullmatch(stripped):
        return line(Kind.ANSWER, match[1])
    if match := _ACCEPTED.fullmatch(stripped):
        return line(Kind.ACCEPTED, match[1])
    if match := TRUTH.fullmatch(stripped):
        return line(Kind.TRUTH, right=truth_said(match))
    if _ESSAY.fullmatch(stripped):
        return line(Kind.ESSAY)
    if match := _POINTS.fullmatch(stripped):
        return line(Kind.POINTS, match[1] or match[2])
    return line(Kind.TEXT)


def points_behind(line: str) -> tuple[str, str] | None:
    """A line without the points in brackets at its end, and their number as it is written; None without any."""
    match = _POINTS_BEHIND.search(line[-_LONGEST_POINTS:])
    return (line[: len(line) - len(match[0])].rstrip(), match[1]) if match else None


def truth_said(match: re.Match[str]) -> bool | None:
    """What a match of `TRUTH` says; None for a statement that is not said to be either."""
    return True if match[1] else False if match[2] else None


def follows(before: Line, after: Line) -> bool:
    """Whether the letter of one line is the next after that of the other, written in the same way."""
    return before.style[:-1] == after.style[:-1] and after.place == before.place + 1


# Escapes

Special = Callable[[str], bool]
"""Says of a line without leading backslashes whether it means something else than its text where it stands."""


def is_special(line: str) -> bool:
    """Of a line within a question's text."""
    return not line.strip() or classified(0, line).kind is not Kind.TEXT


def is_special_first(line: str) -> bool:
    """Of a question's first line, and of one that goes on with an answer."""
    return is_special(line) or line[0].isspace() or NUMBER.match(line) is not None


def is_special_option(line: str) -> bool:
    """Of what stands behind the mark of an option."""
    return not line.strip() or line[0].isspace() or _BOX.fullmatch(line.strip()) is not None


def is_special_answer(line: str) -> bool:
    """Of what stands behind the mark of an accepted answer."""
    return not line.strip() or line[0].isspace()


def escaped(line: str, special: Special) -> str:
    """A line as it is written where it means nothing but its text."""
    line = f"\\{line}" if special(line.lstrip("\\")) else line
    return f"{line}\\" if _has_blank_end(line) else line


def without_escape(line: str, special: Special) -> str:
    """What an escaped line stands for."""
    line = line[:-1] if line.endswith("\\") and _has_blank_end(line[:-1]) else line
    return line[1:] if line.startswith("\\") and special(line.lstrip("\\")) else line


def _has_blank_end(line: str) -> bool:
    """Whether a line ends with a blank, or with backslashes behind one."""
    return line.rstrip("\\")[-1:].isspace()
