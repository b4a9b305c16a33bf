"""What a query's search and filters mean in SQL."""

import uuid
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Text, and_, cast, false, func, literal, not_, or_, select, true
from sqlalchemy.orm import aliased

from lms_desktop.errors import BadValue
from lms_desktop.errors.kinds import N_
from lms_desktop.services import text_search
from lms_desktop.services.joins import Joins, any_of, target_of
from lms_desktop.spec import (
    Attribute,
    Catalog,
    Choice,
    Computed,
    EntityAdmin,
    Field,
    Filter,
    Moment,
    Number,
    Operator,
    Query,
    Ref,
    operators,
)
from lms_desktop.spec import Text as TextKind

HARDLY_ALONG_AN_INDEX = {
    *(Operator.IS_NOT, Operator.NONE_OF, Operator.EMPTY, Operator.NOT_EMPTY),
    *(Operator.CONTAINS, Operator.STARTS),
}
"""An index of the column does not lead to what such a filter lets through: all of it would be read."""


def where(joins: Joins, catalog: Catalog, query: Query) -> list[ColumnElement[bool]]:
    """The conditions of a query's search and filters; raises BadValue for a filter that cannot be."""
    admin = catalog[query.entity]
    conditions = [filtered(joins, admin, condition, query.zone) for condition in query.filters]
    conditions += [_word(joins, catalog, admin, word, query.loose) for word in query.search.split()]
    return conditions


def filtered(joins: Joins, admin: EntityAdmin, condition: Filter, zone: str) -> ColumnElement[bool]:
    """One filter as a condition; raises BadValue when the field, the operator or a value does not fit."""
    try:
        field = admin.field(condition.key)
    except KeyError:
        raise BadValue(N_("There is no field {key} to filter by here."), values={"key": condition.key}) from None
    if condition.operator not in operators(field.kind):
        raise BadValue(N_("{field} cannot be filtered that way."), values={"field": field.label})
    column = field.expression(joins.root) if isinstance(field, Computed) else joins.at(field.hops)
    if condition.operator is Operator.EMPTY:
        return column.is_(None)
    if condition.operator is Operator.NOT_EMPTY:
        return column.is_not(None)
    if not condition.values:
        return true()
    if isinstance(field.kind, Moment):
        return _moments(column, condition, zone)
    return _compared(column, field, condition)


def _compared(column: Any, field: Field | Computed, condition: Filter) -> ColumnElement[bool]:
    operator, values = condition.operator, condition.values
    if operator in {Operator.CONTAINS, Operator.STARTS}:
        look = text_search.starts if operator is Operator.STARTS else text_search.contains
        return look(column, values[0])
    typed = [_typed(column, field, value) for value in values]
    if operator is Operator.ONE_OF:
        return column.in_(typed)  # type: ignore[no-any-return]
    if operator is Operator.NONE_OF:
        return or_(column.is_(None), not_(column.in_(typed)))
    if operator is Operator.IS_NOT:
        return column.is_distinct_from(typed[0])  # type: ignore[no-any-return]
    if operator is Operator.AT_LEAST:
        return column >= typed[0]  # type: ignore[no-any-return]
    if operator is Operator.AT_MOST:
        return column <= typed[0]  # type: ignore[no-any-return]
    if operator is Operator.BETWEEN:
        return column.between(typed[0], typed[-1])  # type: ignore[no-any-return]
    return column == typed[0]  # type: ignore[no-any-return]


def _typed(column: Any, field: Field | Computed, value: str) -> ColumnElement[Any]:
    if target_of_field(field) is not None or isinstance(field.kind, Number):
        _check_typed(field, value)
    elif not isinstance(field.kind, TextKind | Choice):  # a choice may hold what another program wrote
        field.kind.check(value)
    return cast(literal(value, Text()), column.type)


def _check_typed(field: Field | Computed, value: str) -> None:
    try:
        if isinstance(field.kind, Number):
            Number().check(value)
        else:
            uuid.UUID(value)
    except (ValueError, BadValue):
        raise BadValue(
            N_("{value} cannot be compared with {field}."), values={"value": value, "field": field.label}
        ) from None


def target_of_field(field: Field | Computed) -> type | None:
    """The entity a field refers to, if it does."""
    return target_of(field.attribute) if isinstance(field, Field) else None


def _moments(column: Any, condition: Filter, zone: str) -> ColumnElement[bool]:
    operator, values = condition.operator, condition.values
    try:
        if operator is Operator.LAST_DAYS:
            days = min(max(int(values[0]), 0), 1_000_000)
            return and_(column >= func.now() - timedelta(days=days), column <= func.now())
        on = [date.fromisoformat(value) for value in values]
    except ValueError:
        raise BadValue(N_("A day is written like 2026-11-20.")) from None
    if operator is Operator.BEFORE:
        return column < midnight(on[0], zone)  # type: ignore[no-any-return]
    if operator is Operator.AFTER:
        return column >= midnight(on[0], zone)  # type: ignore[no-any-return]
    first, last = min(on), max(on)
    # The server adds the day: the one after the last of 9999 is beyond Python's calendar.
    return and_(column >= midnight(first, zone), column < midnight(last, zone, plus=timedelta(days=1)))


def midnight(day: date, zone: str, plus: timedelta = timedelta()) -> ColumnElement[Any]:
    """The moment at which a day begins in a zone, or that of a time without one; or the one so long after it."""
    return func.timezone(zone, cast(literal(day.isoformat(), Text()), DateTime(timezone=False)) + plus)


def _word(joins: Joins, catalog: Catalog, admin: EntityAdmin, word: str, loose: bool) -> ColumnElement[bool]:
    """Whether a row is found by a word. What lies between it and the end of a path is joined: PostgreSQL joins two long
    tables once, but would gather the ids on such a way anew in each of its processes, as far as they fit there."""
    searched = [field for field in admin.fields if isinstance(field, Field) and field.search]
    matches = [_found(catalog, joins.row(field.hops[:-1]), field.hops[-1:], word, loose) for field in searched]
    with suppress(ValueError):
        matches.append(joins.root.id == str(uuid.UUID(word)))
    return any_of(matches) if matches else false()


def _found(catalog: Catalog, near: Any, hops: tuple[Attribute, ...], word: str, loose: bool) -> ColumnElement[bool]:
    """Whether the end of the path holds the word; over references by sub-selects, which the server hashes once, or
    looks up for each row where they are too many for that."""
    column = getattr(near, hops[0].key)
    target = target_of(hops[0])
    if target is None:
        return text_search.contains(column, word, loose=loose)
    there: Any = aliased(target)
    inner = (
        _found(catalog, there, hops[1:], word, loose) if len(hops) > 1 else named(catalog, target, there, word, loose)
    )
    return select(there.id).where(there.id == column, inner).exists()


def named(catalog: Catalog, entity: type, there: Any, word: str, loose: bool) -> ColumnElement[bool]:
    """Whether what a row of an entity is called holds the word, and no further: an enrollment is not found by the name
    of its course's instructor. `there` stands for the row."""
    searched = [
        _found(catalog, there, field.hops, word, loose)
        for field in catalog[entity].fields
        if isinstance(field, Field) and field.search and not isinstance(field.kind, Ref)
    ]
    return any_of(searched) if searched else false()
