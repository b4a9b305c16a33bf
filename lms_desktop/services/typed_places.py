"""Where letters lead that somebody types over a table: to the first row, in its order, that begins with them."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    DateTime,
    Integer,
    Numeric,
    String,
    and_,
    false,
    func,
    or_,
    select,
    union_all,
)

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.errors import BadValue
from lms_desktop.services.conditions import midnight
from lms_desktop.services.page_statements import Ordering
from lms_desktop.services.plans import Plan
from lms_desktop.services.spans import span_of
from lms_desktop.services.text_search import may_be_loose, starts
from lms_desktop.spec import N_

_NUMBER = re.compile(r"-?\d+(?:[.,]\d*)?")

Counts = Sequence[tuple[Any, int]]
"""The values of a column in an order, and how many rows have each."""


def place_of(uow: UnitOfWork, plan: Plan, typed: str, labels: Mapping[str, str] | None = None) -> int | None:
    """How many rows stand before the first that begins with what was typed, by what the order is by first: a text in
    either case, where none begins so without regard to accents; yes or no by its word. A number leads to its rows or,
    where there are none, to those that begin with its digits, or to where it would stand; the beginning of a moment to
    those that begin so, or to the next one in the order, the last where none follows. None where else no row begins so.
    A text with capitals inside its words may be passed by where one without them is.

    `labels`: what is shown in place of some values, as the database prints them; such a row begins as its label does.

    Raises BadValue where rows cannot be looked for by what they are ordered by."""
    if not typed:
        return None
    if not plan.orderings:
        raise _not_looked_for(plan)
    ordering = plan.orderings[0]
    kind = ordering.expression.type
    if isinstance(kind, Boolean) and labels:
        return _place_of_flag(_counts(uow, plan, ordering), typed, labels)
    if isinstance(kind, Integer | Numeric):
        return _place_of_number(uow, plan, ordering, typed)
    if isinstance(kind, DateTime):
        before = _before_moment(uow, plan, ordering, typed)
    elif isinstance(kind, String) and labels:
        before = _before_label(uow, plan, ordering, typed, labels)
    elif isinstance(kind, String):
        before = _before_text(uow, plan, ordering, typed)
    else:
        raise _not_looked_for(plan)
    if before is None:
        return None
    counted = plan.joins.apply(select(func.count()).select_from(plan.entity))
    return int(uow.execute(counted.where(*plan.conditions, before)).scalar_one())


def _place_of_flag(counts: Counts, typed: str, labels: Mapping[str, str]) -> int | None:
    meant = [one == "true" for one, label in labels.items() if label.casefold().startswith(typed.casefold())]
    return _rows_before(counts, lambda value: value in meant)


def _place_of_number(uow: UnitOfWork, plan: Plan, ordering: Ordering, typed: str) -> int | None:
    digits = typed.rstrip().removeprefix("+")
    number = Decimal(digits.replace(",", ".")) if _NUMBER.fullmatch(digits) else None
    if number is None and digits != "-":
        return None  # no number is shown so
    counts = _counts(uow, plan, ordering)
    ways: list[Callable[[Any], bool]] = [lambda value: str(value).startswith(digits)]
    if number is not None:
        ways.insert(0, lambda value: bool(value == number))
        ways.append(lambda value: bool(value <= number if ordering.descending else value >= number))
    places = (_rows_before(counts, way) for way in ways)
    place = next((place for place in places if place is not None), None)
    return _last_given(counts) if place is None and number is not None else place


def _rows_before(counts: Counts, is_meant: Callable[[Any], bool]) -> int | None:
    """How many rows stand before the first whose value is meant; None where there is none."""
    before = 0
    for value, rows in counts:
        if value is not None and is_meant(value):
            return before
        before += rows
    return None


def _last_given(counts: Counts) -> int | None:
    """The place of the last row that has a value: the nearest to a number beyond all of them."""
    behind, place = 0, None
    for value, rows in counts:
        behind += rows
        place = place if value is None else behind - 1
    return place


def _counts(uow: UnitOfWork, plan: Plan, ordering: Ordering) -> Counts:
    """The values of the rows that are shown, in their order. Few numbers stand in many rows, and hardly a column of
    them has an index: to read all rows once takes no longer than to look for a value that none has."""
    bulk = ordering.in_bulk
    value = (bulk or ordering).expression.label("value")
    rows = plan.joins.apply(select(value).select_from(plan.entity))
    for target, condition in bulk.joins if bulk is not None else ():
        rows = rows.outerjoin(target, condition)
    given = rows.where(*plan.conditions).subquery("given").c.value
    order = given.desc() if ordering.descending else given.asc()
    counted = select(given, func.count()).group_by(given).order_by(order)
    return [(one, int(count)) for one, count in uow.execute(counted)]


def _not_looked_for(plan: Plan) -> BadValue:
    label = next((field.label for field in plan.admin.fields if field.key == plan.first_key), plan.first_key)
    return BadValue(N_("{field}: rows are not looked for by typing in this order."), values={"field": label})


def _before_text(uow: UnitOfWork, plan: Plan, ordering: Ordering, typed: str) -> ColumnElement[bool] | None:
    value = ordering.expression
    begins: ColumnElement[bool] = func.lower(func.left(value, len(typed))) == func.lower(typed)
    values = plan.joins.apply(select(value.label("value")).select_from(plan.entity)).where(*plan.conditions)
    # In some collations all capitals stand before all small letters, and an index leads to a word only as it is
    # written: so it is looked for in all the ways in which most are. The others are found by reading all of them.
    ways = dict.fromkeys((typed, typed.capitalize(), typed.title(), typed.upper(), typed.lower()))
    looks = [values.where(value >= begin).order_by(value).limit(1).subquery() for begin in ways]
    near = union_all(*(select(look.c.value) for look in looks)).subquery()
    found = uow.execute(select(near.c.value).order_by(near.c.value)).scalars().all()
    first = next((one for one in found if str(one).casefold().startswith(typed.casefold())), None)
    if first is None:
        first = uow.execute(values.where(begins).order_by(value).limit(1)).scalar()
    if first is None and may_be_loose(typed):
        begins = starts(value, typed, loose=True)
        first = uow.execute(values.where(begins).order_by(value).limit(1)).scalar()
    if first is None:
        return None
    if not ordering.descending:
        return value < first  # type: ignore[no-any-return]
    last = uow.execute(values.where(value >= first, begins).order_by(value.desc()).limit(1)).scalar()
    return _before(ordering, value < first, value > (first if last is None else last))


def _before_label(
    uow: UnitOfWork, plan: Plan, ordering: Ordering, typed: str, labels: Mapping[str, str]
) -> ColumnElement[bool] | None:
    value = ordering.expression
    meant = [one for one, label in labels.items() if label.casefold().startswith(typed.casefold())]
    as_written = func.lower(func.left(value, len(typed))) == func.lower(typed)
    begins = or_(value.in_(meant), and_(value.not_in(list(labels)), as_written))
    there = plan.joins.apply(select(value).select_from(plan.entity)).where(*plan.conditions, begins)
    first = uow.execute(there.order_by(value.desc() if ordering.descending else value).limit(1)).scalar()
    return None if first is None else _before(ordering, value < first, value > first)


def _before_moment(uow: UnitOfWork, plan: Plan, ordering: Ordering, typed: str) -> ColumnElement[bool] | None:
    span = span_of(typed)
    if span is None:
        return None
    value, (first, last) = ordering.expression, (midnight(end, plan.query.zone) for end in span)
    there = plan.joins.apply(select(value).select_from(plan.entity)).where(*plan.conditions)
    beyond, before = there.where(value >= first).order_by(value), there.where(value < last).order_by(value.desc())
    ways = (before, beyond) if ordering.descending else (beyond, before)
    looked = (uow.execute(way.limit(1)).scalar() for way in ways)
    near = next((moment for moment in looked if moment is not None), None)
    return None if near is None else _before(ordering, value < near, value > near)


def _before(ordering: Ordering, upwards: Any, downwards: Any) -> ColumnElement[bool]:
    """What stands before in the order; without a value last, or first where it descends."""
    if not ordering.descending:
        return upwards  # type: ignore[no-any-return]
    return or_(downwards, ordering.expression.is_(None) if ordering.nullable else false())
