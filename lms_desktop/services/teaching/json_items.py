"""The items of a JSON list as they are written, so that one can be changed while the others stay as they were.

`json` reads values; what is wanted here is their spelling: blanks, escapes, the order of keys, digits of numbers, keys
that occur twice. Nothing here recurses: a list may hold what is nested a million levels deep.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]

_BLANKS = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r"[^\s\[\]{}\",:]+")
_LONE = re.compile("[\ud800-\udfff\x00]")

SEPARATOR = ", "
"""What is written between two items where nothing stood before."""


class NotReadable(ValueError):
    """No JSON, or none that can be taken apart; the text of it is "" or says why."""


@dataclass(frozen=True)
class Items:
    """A list as it is written: `opening` up to the first item, `raws` the items, `gaps` what stands between them,
    `closing` the rest."""

    opening: str
    raws: tuple[str, ...]
    gaps: tuple[str, ...]
    closing: str

    def text(self) -> str:
        """The list again."""
        rest = (gap + raw for gap, raw in zip(self.gaps, self.raws[1:], strict=True))
        return self.opening + "".join(self.raws[:1]) + "".join(rest) + self.closing


@dataclass(frozen=True)
class Member:
    """A key of an object and where its value stands in the text."""

    key: str
    start: int
    end: int


def value_of(text: str) -> object:
    """What a JSON text means, numbers as they are spelled. Raises NotReadable."""
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=_refused)
    except RecursionError:
        raise NotReadable("deep") from None
    except ValueError:
        raise NotReadable from None


def items_of(text: str) -> Items | None:
    """The items of a JSON list; None for JSON that is no list. Raises NotReadable for what is no JSON."""
    if not isinstance(value_of(text), list):
        return None
    at = _skip(text, _skip(text, 0) + 1)
    opening, raws, gaps = text[:at], list[str](), list[str]()
    end = at
    while text[at] != "]":
        if raws:
            at = _skip(text, at + 1)
            gaps.append(text[end:at])
        end = _end(text, at)
        raws.append(text[at:end])
        at = _skip(text, end)
    return Items(opening, tuple(raws), tuple(gaps), text[end:] if raws else text[at:])


def members_of(raw: str) -> tuple[Member, ...]:
    """The members of a JSON object in their order, also keys that occur twice. It must be readable."""
    found, at = list[Member](), _skip(raw, 1)
    while raw[at] != "}":
        if found:
            at = _skip(raw, at + 1)
        key, end = scanstring(raw, at + 1)
        start = _skip(raw, _skip(raw, end) + 1)
        at = _end(raw, start)
        found.append(Member(key, start, at))
        at = _skip(raw, at)
    return tuple(found)


def scalar_text(raw: str) -> str | None:
    """A text as it reads, a number, `true`, `false` and `null` as they are spelled; None for a list or an object."""
    if raw[:1] in "[{":
        return None
    return presentable(scanstring(raw, 1)[0]) if raw[:1] == '"' else raw


def presentable(text: str) -> str:
    """The text, with a sign in place of what no database text and no widget can hold: NUL and halves of characters."""
    return _LONE.sub("\ufffd", text)


def composed(before: Items | None, raws: Sequence[str]) -> str:
    """A list of these items, set as the former one was."""
    if before is None or not before.raws:
        return f"[{SEPARATOR.join(raws)}]"
    if not raws:
        return "[]"
    usual = before.gaps[-1] if before.gaps else _gap_after(before.opening)
    gaps = [*before.gaps, *[usual] * len(raws)]
    return before.opening + raws[0] + "".join(gaps[i] + raw for i, raw in enumerate(raws[1:])) + before.closing


def dumped(text: str) -> str:
    """A text as a JSON item."""
    return json.dumps(text, ensure_ascii=False)


def _gap_after(opening: str) -> str:
    """What would stand between two items of a list that has one only."""
    blanks = opening.rpartition("[")[2]
    return f",{blanks}" if "\n" in blanks else SEPARATOR


def _end(text: str, start: int) -> int:
    """Where the value that begins here ends."""
    depth, at = 0, start
    while True:
        mark = text[at]
        if mark == '"':
            at = scanstring(text, at + 1)[1]
        elif mark in "[{":
            depth, at = depth + 1, at + 1
        elif mark in "]}":
            depth, at = depth - 1, at + 1
        elif mark in " \t\n\r,:":
            at += 1
            continue
        else:
            match = _SCALAR.match(text, at)
            at = match.end() if match else at + 1
        if depth == 0:
            return at


def _skip(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at


def _refused(name: str) -> object:
    raise ValueError(name)
