"""Filters that no index helps with, in an order that an index has: how far the rows are looked through in that order.

The rows that such a filter lets through may lie close together and far from where the order begins: of what was
completed in a month of three years ago nothing is among the newest. See `page_statements.Span`.
"""

from collections.abc import Sequence

from lms_desktop.services.conditions import HARDLY_ALONG_AN_INDEX
from lms_desktop.services.joins import target_of
from lms_desktop.services.plans import Plan
from lms_desktop.services.surveying import Index, own_order
from lms_desktop.spec import Computed, Filter

FIRST = 2000
"""So many rows are looked through first: where one in forty is let through, they fill a page."""
PART = 20
"""Then this part of all rows, which takes about as long as to read all of them as they lie."""


def tries(plan: Plan, there: Sequence[Index], about: int) -> tuple[int, ...]:
    """Among how many of the next rows, one try after the other, those of a page of the plan are looked for before all
    are read, `about` so many; `there`: the indexes of its table. Without a try PostgreSQL finds them as it sees fit."""
    filters = [one for one in plan.query.filters if one.key != plan.first_key]
    if not filters or own_order(plan, there) is None:
        return ()
    # To an instructor's courses an index leads, and from them to all that hangs on them; to who holds a rare word too.
    if not plan.reaches_all or plan.start is not None:
        return ()
    if any(_is_helped(plan, one, there) for one in filters):
        return ()
    # To look for a word in each row, or up what it refers to, takes longer than to read it.
    if plan.query.search or any(_looks_up(plan, one) for one in filters):
        return (FIRST,)
    return FIRST, max(about // PART, FIRST)


def _looks_up(plan: Plan, one: Filter) -> bool:
    """Whether a filter is about a row that each row refers to."""
    field = plan.admin.field(one.key)
    return not isinstance(field, Computed) and len(field.hops) > 1


def _is_helped(plan: Plan, one: Filter, there: Sequence[Index]) -> bool:
    """Whether an index finds the rows that a filter lets through."""
    field = plan.admin.field(one.key)
    if isinstance(field, Computed) or one.operator in HARDLY_ALONG_AN_INDEX:
        return False
    column = field.attribute.property.columns[0]
    if len(field.hops) > 1:  # what refers to the row at its end has an index, as that has itself: by its id, its e-mail
        return target_of(field.attribute) is not None or bool(column.unique)
    return any(index.columns[:1] == (column.name,) for index in there)
