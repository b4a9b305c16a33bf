"""What can be stored and read again, whatever the field: texts and JSON as PostgreSQL holds them."""

import json
import math

from lms_desktop.errors import BadValue
from lms_desktop.errors.kinds import N_

MAX_TEXT = 1_000_000
"""Characters that one editor takes; PostgreSQL itself would take a gigabyte."""
MAX_JSON_DEPTH = 200

_JSON_REASONS = (
    N_("Expecting value"),
    N_("Expecting ',' delimiter"),
    N_("Expecting ':' delimiter"),
    N_("Expecting property name enclosed in double quotes"),
    N_("Extra data"),
    N_("Illegal trailing comma before end of array"),
    N_("Illegal trailing comma before end of object"),
    N_("Invalid control character at"),
    N_("Invalid \\escape"),
    N_("Invalid \\uXXXX escape"),
    N_("Unterminated string starting at"),
)
"""What Python's json says is wrong, marked for translation."""


def check_storable(text: str) -> None:
    """Raise BadValue for what no PostgreSQL text can hold: NUL and lone surrogates."""
    if "\x00" in text:
        raise BadValue(N_("There is a NUL character in this text; PostgreSQL cannot store it."))
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadValue(
            N_("Character {place} is half a character (a lone surrogate); it cannot be stored."),
            values={"place": error.start + 1},
        ) from None


def check_size(text: str) -> None:
    """Raise BadValue for what is too large for an editor."""
    if len(text) > MAX_TEXT:
        raise BadValue(
            N_("At most {length} characters can be edited here; this has {count}."),
            values={"length": f"{MAX_TEXT:,}", "count": f"{len(text):,}"},
        )


def json_value(wire: str) -> object:
    """What a JSON text stands for, whole numbers apart; raises BadValue where PostgreSQL would refuse it, now or when
    it is read."""
    check_storable(wire)
    check_size(wire)
    try:
        # A whole number may have more digits than Python's int takes in; it is stored as text, none is lost.
        value = json.loads(wire, parse_constant=_refuse_constant, parse_float=_finite, parse_int=len)
    except json.JSONDecodeError as error:
        raise BadValue(
            N_("This is not JSON yet: line {line}, column {column}: {reason}."),
            values={"line": error.lineno, "column": error.colno, "reason": error.msg},
        ) from None
    except RecursionError:
        raise BadValue(N_("This JSON is nested too deeply.")) from None
    _check_json(value, 0)
    return value


def _refuse_constant(name: str) -> float:
    raise BadValue(N_("JSON has no {name}."), values={"name": name})


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise BadValue(N_("The number {number} is too large."), values={"number": text})
    return value


def _check_json(value: object, depth: int) -> None:
    if depth > MAX_JSON_DEPTH:
        raise BadValue(N_("This JSON is nested too deeply."))
    if isinstance(value, str):
        try:
            check_storable(value)
        except BadValue:
            raise BadValue(
                N_("A text in this JSON holds \\u0000 or half a character; PostgreSQL could not read it back.")
            ) from None
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_json(key, depth + 1)
            _check_json(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check_json(item, depth + 1)
