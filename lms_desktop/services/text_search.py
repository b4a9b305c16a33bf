"""Whether a text holds a word: how that is said to PostgreSQL so that it is fast, and where accents do not count.

Compared byte by byte (COLLATE "C"), with upper and lower case of the Latin letters alone, a look through 200,000 names
and addresses takes half as long as in the database's own language; for a word of such letters it finds the same. Where
the server has an index of trigrams on a column, that is faster still, but serves the column's own collation only.

Where accents do not count, the word becomes a regular expression of all the ways in which its letters are written.
Taking the accents off each text instead (translate, or normalize) takes up to a hundred times as long: 0.1 ms a text.
"""

import re
import unicodedata
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, cast, collate, literal, text
from sqlalchemy.exc import DBAPIError

FEW = 3
"""Where fewer rows are found than these, it is looked once more without regard to accents (see `looks_closer`)."""

_trigrams: frozenset[tuple[str, str]] = frozenset()


def learn(connection: Connection) -> None:
    """Find out which columns have an index of trigrams in this database: from now on it is used."""
    global _trigrams
    try:
        with connection.begin_nested():
            _trigrams = frozenset((row[0], row[1]) for row in connection.execute(_INDEXED))
    except DBAPIError:
        _trigrams = frozenset()


def contains(column: Any, word: str, *, loose: bool = False) -> ColumnElement[bool]:
    """Whether the column holds the word anywhere; `%` and `_` are no wildcards. `loose`: accents do not count."""
    return _loosely(column, _any_accents(word)) if loose else _like(column, f"%{_escaped(word)}%")


def starts(column: Any, word: str, *, loose: bool = False) -> ColumnElement[bool]:
    """Whether the column begins with the word."""
    return _loosely(column, "^" + _any_accents(word)) if loose else _like(column, f"{_escaped(word)}%")


def starts_whole(column: Any, words: str, *, loose: bool = False) -> ColumnElement[bool]:
    """Whether the column begins with these words, the last of them whole too."""
    return _loosely(column, f"^{_written(words, loose=loose)}{_after(words)}")


def starts_a_word(column: Any, word: str, *, loose: bool = False) -> ColumnElement[bool]:
    """Whether the word begins one of the column's words, those of an address too."""
    return _loosely(column, f"{_before(word)}{_written(word, loose=loose)}")


def has_word(column: Any, word: str, *, loose: bool = False) -> ColumnElement[bool]:
    """Whether the word is one of the column's words, from its beginning to its end."""
    return _loosely(column, f"{_before(word)}{_written(word, loose=loose)}{_after(word)}")


def looks_closer(words: str, found: int) -> bool:
    """Whether a table that shows so many rows for these words looks once more without regard to accents: where few were
    found; where an accent was typed, only where nothing was, for who types one means it."""
    return found < FEW and may_be_loose(words) and (found < 1 or not _is_accented(words))


def may_be_loose(words: str) -> bool:
    """Whether looking once more without regard to accents could find anything else."""
    return any(letter.isalpha() for letter in words)


def plain(words: str) -> str:
    """The words without accents, in lower case: what `loose` looks for."""
    table = str.maketrans(dict.fromkeys(_MARKS) | dict(zip(*_letters(), strict=True)))
    return words.lower().translate(table)


def _is_accented(words: str) -> bool:
    """Whether the words would be others without accents; ß counts as one, for ss finds it, the last ς of a word not."""
    written = words.lower().replace("ς", "σ")
    return plain(written) != written or "ß" in written


def _loosely(column: Any, pattern: str) -> ColumnElement[bool]:
    return collate(cast(column, Text), "C").op("~", is_comparison=True)(literal(pattern))


def _before(word: str) -> str:
    """What stands before a whole word; nothing need, where the word begins with a sign itself."""
    return f"(?:^|{_BETWEEN})" if word[:1].isalnum() else ""


def _after(word: str) -> str:
    return f"(?:{_BETWEEN}|$)" if word[-1:].isalnum() else ""


def _written(word: str, *, loose: bool) -> str:
    return _any_accents(word) if loose else "".join(map(_either_case, word))


def _either_case(sign: str) -> str:
    """The part of a regular expression that stands for a letter in either case, or for any other sign."""
    if not sign.isalpha():
        return _SPECIAL.sub(r"\\\g<0>", sign)
    return f"[{''.join(dict.fromkeys(way for way in (sign, sign.lower(), sign.upper()) if len(way) == 1))}]"


def _any_accents(word: str) -> str:
    """A regular expression of PostgreSQL's for the word in either case, with any accents or none, ß for ss too."""
    parts = plain(word).replace("ß", "ss").split("ss")
    written = (
        "".join(_ways(one) if one.isalpha() else _SPECIAL.sub(r"\\\g<0>", one) for one in part) for part in parts
    )
    return f"(?:{_ways('s') * 2}|[ßẞ])".join(written)


def _like(column: Any, pattern: str) -> ColumnElement[bool]:
    texts = cast(column, Text)
    if not pattern.isascii() or _has_trigrams(column):
        return texts.ilike(pattern)
    return collate(texts, "C").ilike(pattern)


def _has_trigrams(column: Any) -> bool:
    parent = getattr(column, "parent", None)
    mapper = getattr(parent, "mapper", parent)
    table = getattr(getattr(mapper, "class_", None), "__tablename__", "")
    return (table, getattr(column, "key", "")) in _trigrams


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


_BETWEEN = r"[\x01-/:-@\[-`{-~\xa0-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf\u2000-\u200a\u2010-\u205f\u3000-\u3003]"
"""The blanks and signs between words, as a part of a regular expression that is the same in every collation."""

_SPECIAL = re.compile(r"[!-/:-@\[-^`{-~]")
"""What may mean something in a regular expression, a letter or a digit apart."""

_MARKS = "".join(map(chr, range(0x300, 0x370)))
"""What combines with the letter before it: it is taken out."""


@cache
def _letters() -> tuple[str, str]:
    """The accented small letters of Latin, Greek and Cyrillic, and in the same places what is under the accent."""
    accented, bare = [], []
    for code in (*range(0xC0, 0x250), *range(0x370, 0x530), *range(0x1E00, 0x2000)):
        letter = chr(code)
        under = unicodedata.normalize("NFD", letter)[0]
        under = {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "ŧ": "t", "ς": "σ"}.get(letter, under)
        if letter.isalpha() and letter == letter.lower() and under != letter:
            accented.append(letter)
            bare.append(under)
    return "".join(accented), "".join(bare)


@cache
def _ways(letter: str) -> str:
    """The part of a regular expression that stands for a small letter without accents."""
    accented, bare = _letters()
    small = [letter, *(a for a, b in zip(accented, bare, strict=True) if b == letter)]
    small += ["İ"] if letter == "i" else []  # the capital of no small letter: in lower case it is two characters
    either = dict.fromkeys(way for one in small for way in (one, one.upper(), one.title()) if len(way) == 1)
    return f"[{''.join(either)}][{_MARKS[0]}-{_MARKS[-1]}]*"


_INDEXED = text(
    "SELECT t.relname, a.attname FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid"
    " JOIN pg_namespace n ON n.oid = t.relnamespace"
    " CROSS JOIN LATERAL unnest(i.indkey::int2[], i.indclass::oid[]) AS k (number, class)"
    " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number JOIN pg_opclass o ON o.oid = k.class"
    " WHERE n.nspname = current_schema() AND i.indisvalid AND i.indpred IS NULL"
    " AND o.opcname IN ('gin_trgm_ops', 'gist_trgm_ops')"
)
