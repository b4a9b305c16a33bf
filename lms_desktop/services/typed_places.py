"""Where letters lead that somebody types over a table: to the first row, in its order, that begins with them."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, DateTime, String, and_, false, func, or_, select, union_all

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.services.conditions import midnight
from lms_desktop.services.page_statements import Ordering
from lms_desktop.services.plans import Plan

_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?-?")


def place_of(uow: UnitOfWork, plan: Plan, typed: str, labels: Mapping[str, str] | None = None) -> int | None:
    """How many rows stand before the first that begins with what was typed, by what the order is by first: a text in
    either case, or a moment of which the year, the month or the day was typed. None where no row begins so, or where
    nothing can begin with letters. A text with capitals inside its words may be passed by where one without them is.

    `labels`: what is shown in place of some values; such a row begins as its label does."""
    ordering = plan.orderings[0] if plan.orderings else None
    if ordering is None or not typed:
        return None
    before = None
    if isinstance(ordering.expression.type, String):
        before = (
            _before_label(uow, plan, ordering, typed, labels) if labels else _before_text(uow, plan, ordering, typed)
        )
    elif isinstance(ordering.expression.type, DateTime):
        before = _before_moment(uow, plan, ordering, typed)
    if before is None:
        return None
    counted = plan.joins.apply(select(func.count()).select_from(plan.entity))
    return int(uow.execute(counted.where(*plan.conditions, before)).scalar_one())


def _before_text(uow: UnitOfWork, plan: Plan, ordering: Ordering, typed: str) -> ColumnElement[bool] | None:
    value = ordering.expression
    begins = func.lower(func.left(value, len(typed))) == func.lower(typed)
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
    parts = _DAY.fullmatch(typed)
    if parts is None:
        return None
    year, month, day = (int(part) if part else 0 for part in parts.groups())
    try:
        first = date(year, month or 1, day or 1)
        if day:
            last = date.fromordinal(first.toordinal() + 1)
        elif month:
            last = date(year + month // 12, month % 12 + 1, 1)
        else:
            last = date(year + 1, 1, 1)
    except ValueError:
        return None
    value, zone = ordering.expression, plan.query.zone
    begin, end = midnight(first, zone), midnight(last, zone)
    there = plan.joins.apply(select(value).select_from(plan.entity)).where(*plan.conditions)
    if uow.execute(there.where(value >= begin, value < end).limit(1)).first() is None:
        return None
    return _before(ordering, value < begin, value >= end)


def _before(ordering: Ordering, upwards: Any, downwards: Any) -> ColumnElement[bool]:
    """What stands before in the order; without a value last, or first where it descends."""
    if not ordering.descending:
        return upwards  # type: ignore[no-any-return]
    return or_(downwards, ordering.expression.is_(None) if ordering.nullable else false())
