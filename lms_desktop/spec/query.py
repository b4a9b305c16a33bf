"""What a page shows of an entity: search, filters, order. Frozen, so that it can cross threads and be remembered."""

from dataclasses import field, replace
from enum import StrEnum

from lms_desktop.frozen import frozen
from lms_desktop.spec.kinds import Among, Choice, Flag, Json, Kind, Moment, Number, Ref, Said, Secret, Text


class Operator(StrEnum):
    """How a filter compares. The values are stored in remembered views: never rename one."""

    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"
    STARTS = "starts"
    ONE_OF = "one_of"
    NONE_OF = "none_of"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    BETWEEN = "between"
    BEFORE = "before"
    AFTER = "after"
    LAST_DAYS = "last_days"
    EMPTY = "empty"
    NOT_EMPTY = "not_empty"


OPERATORS: dict[type[Kind], tuple[Operator, ...]] = {
    Text: (Operator.CONTAINS, Operator.IS, Operator.IS_NOT, Operator.STARTS, Operator.EMPTY, Operator.NOT_EMPTY),
    Number: (
        Operator.IS,
        Operator.AT_LEAST,
        Operator.AT_MOST,
        Operator.BETWEEN,
        Operator.EMPTY,
        Operator.NOT_EMPTY,
    ),
    Flag: (Operator.IS, Operator.EMPTY, Operator.NOT_EMPTY),
    Choice: (Operator.ONE_OF, Operator.NONE_OF, Operator.EMPTY, Operator.NOT_EMPTY),
    Among: (Operator.ONE_OF, Operator.NONE_OF),
    Moment: (
        Operator.LAST_DAYS,
        Operator.AFTER,
        Operator.BEFORE,
        Operator.BETWEEN,
        Operator.EMPTY,
        Operator.NOT_EMPTY,
    ),
    Ref: (Operator.ONE_OF, Operator.NONE_OF, Operator.EMPTY, Operator.NOT_EMPTY),
    Json: (Operator.CONTAINS, Operator.EMPTY, Operator.NOT_EMPTY),
    Said: (),
    Secret: (),
}
"""The operators that each kind of field offers, the likeliest first."""


def operators(kind: Kind) -> tuple[Operator, ...]:
    """The operators of a kind; of the nearest base class that has some."""
    return next(OPERATORS[base] for base in type(kind).__mro__ if base in OPERATORS)


TOGETHER = (Operator.CONTAINS, Operator.IS_NOT)
"""Of these a field may have several: what contains one word and another, what is neither this nor that."""


@frozen
class Filter:
    """One condition on a field. `values` are wire texts; dates of BEFORE, AFTER, BETWEEN are days (`2026-11-20`) in the
    query's zone, AFTER means from the beginning of that day on, BEFORE up to its beginning, BETWEEN includes both days.
    `labels` are what the chip says for references, in the order of `values`."""

    key: str
    operator: Operator
    values: tuple[str, ...] = ()
    labels: tuple[str, ...] = field(default=(), compare=False)


@frozen
class Sort:
    """Order by a field; ties are always broken by id in the direction of the first sort."""

    key: str
    descending: bool = False


@frozen
class Query:
    """Which rows of an entity, in which order, with moments shown in `zone` (an IANA name). `loose`: accents do not
    count in what is searched for."""

    entity: type
    search: str = ""
    filters: tuple[Filter, ...] = ()
    sorts: tuple[Sort, ...] = ()
    zone: str = "UTC"
    loose: bool = False

    def turned(self) -> "Query":
        """The query with its rows in the opposite order, where one is said."""
        return replace(self, sorts=tuple(replace(sort, descending=not sort.descending) for sort in self.sorts))

    def with_filter(self, condition: Filter) -> "Query":
        """The query with one more filter, in place of an earlier one on the same field and operator, unless both may be
        meant."""
        alone = condition.operator not in TOGETHER
        same = tuple(f for f in self.filters if (f.key, f.operator) == (condition.key, condition.operator))
        kept = tuple(f for f in self.filters if f != condition and not (alone and f in same))
        return replace(self, filters=(*kept, condition))

    def without_filter(self, condition: Filter) -> "Query":
        """The query without this filter."""
        return replace(self, filters=tuple(f for f in self.filters if f != condition))
