"""Two people's changes of one JSON text, put together key by key.

The text is what counts: what only one side changed is kept as that side wrote it, byte for byte. Numbers, escapes, the
order of keys and the blanks between them are never written anew.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from json.decoder import scanstring  # type: ignore[attr-defined]
from re import compile as pattern

Way = tuple[str, ...]
"""Which value of a JSON text is meant: the keys that lead to it from the top; () is the whole."""

THEIRS, MINE = "theirs", "mine"
MAX_DEPTH = 200
"""Objects and lists inside each other that are followed; what is nested deeper is taken as a whole."""

_BLANKS = pattern(r"[ \t\n\r]*")
_SCALAR = pattern(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?|true|false|null")


class _NotRead(Exception):
    """The text is no JSON that can be taken apart: it stays in one piece."""


@dataclass(frozen=True)
class KeyClash:
    """A value that both sides changed, each to something else: raw JSON texts, None where there is none."""

    way: Way
    base: str | None
    mine: str | None
    theirs: str | None


@dataclass(frozen=True)
class Merged:
    """`text` holds all that could be merged; where both changed the same, what was chosen, else theirs."""

    text: str | None
    clashes: tuple[KeyClash, ...]


@dataclass
class _Value:
    """A value in a text, from `start` to `end`. `plain` is what it means, numbers as they are spelled; `members` are an
    object's: key → (where the key begins, the value)."""

    start: int
    end: int
    plain: object
    members: dict[str, tuple[int, "_Value"]] | None = None


@dataclass
class _Document:
    text: str
    root: _Value

    def raw(self, value: "_Value | None") -> str | None:
        return None if value is None else self.text[value.start : value.end]


@dataclass
class _Merging:
    """One merge in progress."""

    base: _Document | None
    mine: _Document
    theirs: _Document
    choices: Mapping[Way, str]
    clashes: list[KeyClash] = field(default_factory=list)


def merge_json(
    base: str | None, mine: str | None, theirs: str | None, choices: Mapping[Way, str] | None = None
) -> Merged:
    """What `mine` and `theirs`, both made of `base`, are together. `choices` say for clashing ways whose value stands,
    `MINE` or `THEIRS`. None is SQL's NULL."""
    choices = choices or {}
    if mine in (base, theirs):
        return Merged(theirs, ())
    if theirs == base:
        return Merged(mine, ())
    if mine is not None and theirs is not None:
        try:
            before, own, others = None if base is None else _read(base), _read(mine), _read(theirs)
        except _NotRead:
            return _whole(base, mine, theirs, choices)
        merging = _Merging(before, own, others, choices)
        merged = _merge(merging, (), before.root if before else None, own.root, others.root)
        outside = others.text[: others.root.start], others.text[others.root.end :]
        if merged is not None:
            return Merged(outside[0] + merged + outside[1], tuple(merging.clashes))
    return _whole(base, mine, theirs, choices)


def _whole(base: str | None, mine: str | None, theirs: str | None, choices: Mapping[Way, str]) -> Merged:
    return Merged(mine if choices.get(()) == MINE else theirs, (KeyClash((), base, mine, theirs),))


def _merge(at: _Merging, way: Way, base: _Value | None, mine: _Value | None, theirs: _Value | None) -> str | None:
    """The text of one value; None where there is to be none."""
    was = at.base.raw(base) if at.base else None
    if _same(mine, base) or _same(mine, theirs):
        return at.theirs.raw(theirs)
    if _same(theirs, base) and at.theirs.raw(theirs) == was:
        return at.mine.raw(mine)
    if mine is not None and theirs is not None and _are_objects(mine, theirs, base or theirs):
        return _object(at, way, base, mine, theirs)
    if _same(theirs, base):
        return at.mine.raw(mine)
    clash = KeyClash(way, was, at.mine.raw(mine), at.theirs.raw(theirs))
    at.clashes.append(clash)
    return clash.mine if at.choices.get(way) == MINE else clash.theirs


def _object(at: _Merging, way: Way, base: _Value | None, mine: _Value, theirs: _Value) -> str:
    """An object of both: theirs, with what is mine put in its place."""
    before = base.members or {} if base is not None else {}
    own, others = mine.members or {}, theirs.members or {}
    text, pieces = at.theirs.text, list(_pieces(at.theirs.text, theirs))
    kept: list[tuple[str, str]] = []
    for (key, (start, value)), blank in zip(others.items(), pieces, strict=False):
        merged = _merge(at, (*way, key), _of(before, key), _of(own, key), value)
        if merged is not None:
            kept.append((blank, text[start : value.start] + merged))
    usual = _usual_separator(text, theirs, pieces)
    for key, (start, value) in own.items():
        if key not in others:
            merged = _merge(at, (*way, key), _of(before, key), value, None)
            if merged is not None:
                kept.append((usual, at.mine.text[start : value.start] + merged))
    if not kept:
        return "{}"
    opening = pieces[0] if others else "{"
    closing = pieces[-1] if others else "}"
    return opening + kept[0][1] + "".join(blank + one for blank, one in kept[1:]) + closing


def _pieces(text: str, value: _Value) -> Iterator[str]:
    """What stands before each member of an object and after its last one."""
    end = value.start
    for start, member in (value.members or {}).values():
        yield text[end:start]
        end = member.end
    yield text[end : value.end]


def _usual_separator(text: str, value: _Value, pieces: list[str]) -> str:
    """What stands between two members of an object as it is written, or would."""
    if len(pieces) > 2:
        return pieces[-2]
    if len(pieces) == 2 and "\n" in pieces[0]:
        return "," + pieces[0][1:]
    for start, member in (value.members or {}).values():
        if text[start : member.start].endswith(":"):
            return ","
    return ", "


def _of(members: dict[str, tuple[int, _Value]], key: str) -> _Value | None:
    return members[key][1] if key in members else None


def _are_objects(*values: _Value) -> bool:
    return all(value.members is not None for value in values)


def _same(one: _Value | None, other: _Value | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.plain == other.plain


# Reading


def _read(text: str) -> _Document:
    start = _skip(text, 0)
    root = _value(text, start, 0)
    if _skip(text, root.end) != len(text):
        raise _NotRead
    return _Document(text, root)


def _value(text: str, start: int, depth: int) -> _Value:
    if depth > MAX_DEPTH:
        raise _NotRead
    first = text[start : start + 1]
    if first == "{":
        return _read_object(text, start, depth)
    if first == "[":
        return _read_list(text, start, depth)
    if first == '"':
        word, end = _string(text, start)
        return _Value(start, end, ("text", word))
    match = _SCALAR.match(text, start)
    if match is None:
        raise _NotRead
    return _Value(start, match.end(), ("spelled", match.group()))


def _read_object(text: str, start: int, depth: int) -> _Value:
    members: dict[str, tuple[int, _Value]] = {}
    at = _skip(text, start + 1)
    while text[at : at + 1] != "}":
        if members:
            at = _skip(text, _expect(text, at, ","))
        key, end = _string(text, at)
        if key in members:
            raise _NotRead  # which of the two is meant is the reader's affair
        value = _value(text, _skip(text, _expect(text, _skip(text, end), ":")), depth + 1)
        members[key] = at, value
        at = _skip(text, value.end)
    return _Value(start, at + 1, {key: value.plain for key, (_, value) in members.items()}, members)


def _read_list(text: str, start: int, depth: int) -> _Value:
    items: list[object] = []
    at = _skip(text, start + 1)
    while text[at : at + 1] != "]":
        if items:
            at = _skip(text, _expect(text, at, ","))
        value = _value(text, at, depth + 1)
        items.append(value.plain)
        at = _skip(text, value.end)
    return _Value(start, at + 1, items)


def _string(text: str, start: int) -> tuple[str, int]:
    if text[start : start + 1] != '"':
        raise _NotRead
    try:
        word, end = scanstring(text, start + 1)
    except ValueError:
        raise _NotRead from None
    return word, end


def _expect(text: str, at: int, mark: str) -> int:
    if text[at : at + 1] != mark:
        raise _NotRead
    return at + 1


def _skip(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at
