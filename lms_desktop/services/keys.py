"""Expressions for the keys of rows: what stands beyond a key, what is bound to it, and a mark that follows from it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Integer, Text, bindparam, cast, func, literal
from sqlalchemy.types import String

from lms_desktop.services.positions import Key


def mark_of(keys: Sequence[Any]) -> Any:
    """A number that follows from the sort keys of a row, and hardly ever from others."""
    return func.hash_record(func.row(*keys), type_=Integer) if keys else literal(0, Integer)


def beyond(expression: Any, bound: Any, *, up: bool, inclusive: bool = False) -> ColumnElement[bool]:
    """What is beyond the bound."""
    if inclusive:
        return expression >= bound if up else expression <= bound  # type: ignore[no-any-return]
    return expression > bound if up else expression < bound  # type: ignore[no-any-return]


def nulls_of(key: Key) -> tuple[bool, ...]:
    """Which of the sort keys are NULL."""
    return tuple(value is None for value in key[:-1])


def bound_to(key: Key) -> dict[str, Any]:
    """The parameters of a key, the id's the last one."""
    return {f"k{i}": value for i, value in enumerate(key)}


def key_parameter(index: int, type_: Any) -> ColumnElement[Any]:
    """The parameter of one part of a key, as that type."""
    parameter = bindparam(f"k{index}", type_=Text())
    if isinstance(type_, Boolean):
        return cast(parameter, Boolean)
    return parameter if isinstance(type_, String) else cast(parameter, type_)


def typed_key_parameter(index: int, type_: Any) -> ColumnElement[Any]:
    """The same where nothing beside it tells PostgreSQL what it is."""
    return cast(key_parameter(index, type_), Text if isinstance(type_, String) else type_)
