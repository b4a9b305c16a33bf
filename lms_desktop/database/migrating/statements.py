"""What a statement of a revision does, as far as its text tells. Where the text is not enough, a rehearsal is."""

import re
from dataclasses import dataclass
from typing import Literal

Rewrite = Literal["yes", "no", "maybe"]


@dataclass(frozen=True)
class Dropped:
    """What a statement takes away for good: a table (no column), a column, or a table's `rows`, all or `some`."""

    table: str
    column: str | None = None
    rows: bool = False
    some: bool = False


@dataclass(frozen=True)
class Statement:
    """A statement.

    Attributes:
        sql: As it is sent, without the semicolon.
        tables: The tables that it touches, as they are called in it; one that it only makes or drops included.
        makes: The tables that it makes.
        indexes: The indexes that it makes.
        drops_indexes: Those that it drops; their tables are the database's to say.
        concurrently: Whether it makes or drops an index without stopping writers, and so outside a transaction.
        rewrites: Whether a table is written anew by it, as far as the text tells.
        drops: What it takes away.
    """

    sql: str
    tables: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    drops_indexes: tuple[str, ...] = ()
    concurrently: bool = False
    rewrites: Rewrite = "no"
    drops: tuple[Dropped, ...] = ()


_TOKEN = re.compile(
    r"""--[^\n]*            # a comment
      | /\*.*?\*/
      | '(?:[^']|'')*'      # a text
      | "(?:[^"]|"")*"      # a name
      | \$(\w*)\$.*?\$\1\$  # a body
      | ;
      | [^-/'"$;]+ | .""",
    re.VERBOSE | re.DOTALL,
)


def split(script: str) -> tuple[str, ...]:
    """The statements of a script, without comments between them and semicolons."""
    statements: list[str] = []
    parts: list[str] = []
    for match in _TOKEN.finditer(script):
        token = match[0]
        if token == ";":
            statements.append("".join(parts).strip())
            parts = []
        elif token.startswith("--") and not "".join(parts).strip():
            continue
        else:
            parts.append(token)
    statements.append("".join(parts).strip())
    return tuple(statement for statement in statements if statement)


_NAME = r'(?:"(?:[^"]|"")+"|[A-Za-z_][\w$]*)(?:\.(?:"(?:[^"]|"")+"|[A-Za-z_][\w$]*))?'
_EXISTS = r"(?:IF (?:NOT )?EXISTS )?"
_TOUCHES = tuple(
    re.compile(pattern.format(name=f"({_NAME})", exists=_EXISTS), re.IGNORECASE)
    for pattern in (
        r"\bTABLE {exists}(?:ONLY )?{name}",
        r"\bINDEX (?:CONCURRENTLY )?{exists}(?:{name} )?ON (?:ONLY )?{name}",
        r"^(?:INSERT INTO|DELETE FROM(?: ONLY)?|UPDATE(?: ONLY)?|LOCK(?: TABLE)?|TRUNCATE(?: TABLE)?) {name}",
        r"\bREFERENCES {name}",
        r"\bTRIGGER {exists}{name} .*?\bON {name}",
        r"\bDROP TRIGGER {exists}{name} ON {name}",
    )
)
_MAKES = re.compile(rf"^CREATE (?:UNLOGGED )?TABLE {_EXISTS}({_NAME})", re.IGNORECASE)
_MAKES_INDEX = re.compile(rf"^CREATE (?:UNIQUE )?INDEX (?:CONCURRENTLY )?{_EXISTS}({_NAME}) ON", re.IGNORECASE)
_DROPS_INDEX = re.compile(rf"^DROP INDEX (?:CONCURRENTLY )?{_EXISTS}({_NAME})", re.IGNORECASE)
_NAMES = rf"({_NAME}(?:\s*,\s*(?:ONLY )?{_NAME})*)"
_DROPS_TABLE = re.compile(rf"^DROP TABLE {_EXISTS}{_NAMES}", re.IGNORECASE)
_ALTERS = re.compile(rf"^ALTER TABLE {_EXISTS}(?:ONLY )?({_NAME})\s+(.*)", re.IGNORECASE | re.DOTALL)
_DROPS_COLUMN = re.compile(rf"\bDROP (?:COLUMN )?{_EXISTS}({_NAME})", re.IGNORECASE)
_EMPTIES = re.compile(rf"^(?:TRUNCATE(?: TABLE)?|DELETE FROM)(?: ONLY)? {_NAMES}", re.IGNORECASE)
_TEXTS = re.compile(r"'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$", re.DOTALL)
_NOT_COLUMNS = ("CONSTRAINT", "DEFAULT", "NOT", "EXPRESSION", "IDENTITY")


def read(sql: str) -> Statement:
    """What a statement does."""
    plain = " ".join(_TEXTS.sub("''", sql).split())
    made = tuple(_plain(match[1]) for match in [_MAKES.match(plain)] if match)
    index = _MAKES_INDEX.match(plain)
    drops_index = _DROPS_INDEX.match(plain)
    return Statement(
        sql=sql,
        tables=_touched(plain),
        makes=made,
        indexes=(_plain(index[1]),) if index else (),
        drops_indexes=(_plain(drops_index[1]),) if drops_index else (),
        concurrently=bool((index or drops_index) and re.search(r"\bINDEX CONCURRENTLY\b", plain, re.IGNORECASE)),
        rewrites=_rewrites(plain),
        drops=_dropped(plain),
    )


def _touched(plain: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for pattern in (_DROPS_TABLE, _EMPTIES):
        if match := pattern.match(plain):
            found |= dict.fromkeys(_listed(match[1]))
    for pattern in _TOUCHES:
        for match in pattern.finditer(plain):
            found[_plain(match[match.lastindex or 1])] = None
    return tuple(found)


def _dropped(plain: str) -> tuple[Dropped, ...]:
    if match := _DROPS_TABLE.match(plain):
        return tuple(Dropped(name) for name in _listed(match[1]))
    if match := _EMPTIES.match(plain):
        some = re.search(r"\b(WHERE|USING)\b", plain, re.IGNORECASE) is not None
        return tuple(Dropped(name, rows=True, some=some) for name in _listed(match[1]))
    if match := _ALTERS.match(plain):
        table, columns = _plain(match[1]), _DROPS_COLUMN.findall(match[2])
        return tuple(Dropped(table, _plain(name)) for name in columns if name.upper() not in _NOT_COLUMNS)
    return ()


# PostgreSQL need not write the table anew for: widening a varchar, varchar to text, a default that is constant.
_VOLATILE = re.compile(r"\b(?:\w*random\w*|clock_timestamp|nextval|uuid\w*|gen_\w+|timeofday)\s*\(", re.IGNORECASE)


def _rewrites(plain: str) -> Rewrite:
    if re.match(r"(VACUUM .*\bFULL\b|CLUSTER\b)", plain, re.IGNORECASE):
        return "yes"
    match = _ALTERS.match(plain)
    if match is None:
        return "no"
    actions = match[2]
    if re.search(
        r"\bADD (COLUMN )?.*\b(SERIAL|BIGSERIAL|GENERATED ALWAYS AS \(.*\) STORED|AS IDENTITY)\b", actions, re.I
    ):
        return "yes"
    if re.search(r"\bADD (COLUMN )?.*\bDEFAULT\b", actions, re.I) and _VOLATILE.search(actions):
        return "yes"
    if re.search(r"\bSET (LOGGED|UNLOGGED|TABLESPACE|ACCESS METHOD)\b", actions, re.IGNORECASE):
        return "yes"
    if change := re.search(r"\bALTER (?:COLUMN )?.+?\bTYPE (.+)", actions, re.IGNORECASE):
        if re.search(r"\bUSING\b", change[1], re.IGNORECASE):
            return "yes"
        widens = re.match(r"(VARCHAR|CHARACTER VARYING|TEXT)\b", change[1], re.IGNORECASE)
        return "maybe" if widens else "yes"
    return "no"


def _listed(names: str) -> list[str]:
    """The names of a list with commas between them."""
    return [_plain(match[0]) for match in re.finditer(_NAME, re.sub(r"\bONLY ", "", names, flags=re.IGNORECASE))]


def _plain(name: str) -> str:
    """A name without its quotes."""
    parts = re.findall(r'"((?:[^"]|"")+)"|([^".]+)', name)
    return ".".join(quoted.replace('""', '"') or bare.lower() for quoted, bare in parts)
