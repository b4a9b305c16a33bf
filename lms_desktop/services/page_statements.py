"""The statements that read a page of a query's rows: which rows, in which order, and what they show."""

from collections.abc import Sequence
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Text, and_, bindparam, cast, false, or_, select, tuple_

from lms_desktop.database.spelled import Spelled
from lms_desktop.frozen import frozen
from lms_desktop.services.column_texts import ColumnTexts
from lms_desktop.services.joins import Joins
from lms_desktop.services.keys import beyond, key_parameter
from lms_desktop.services.paging import is_long
from lms_desktop.spec import Attribute, Computed, EntityAdmin, Field, Query, Secret
from lms_desktop.spec.describe import InBulk


@frozen
class Ordering:
    """One expression to order by; `path` leads to its column, () where it is no plain column; `in_bulk` has it for all
    rows of the table."""

    expression: Any
    descending: bool
    nullable: bool
    path: tuple[Attribute, ...] = ()
    in_bulk: InBulk | None = None


class Span(Enum):
    """Span which rows those of a page are looked for.

    PostgreSQL takes the rows that a filter lets through to lie anywhere in the order, walks along its index until a
    page is full, and reads most of a table at random where they lie far from its beginning: old enrollments, newest
    first. So a few are looked through in the order, and where these do not fill the page all are read as they lie.
    """

    ANY = "as PostgreSQL sees fit"
    NEAR = "the next ones of all rows in the order, as many as the parameter `near` says"
    ALL = "all of them, which are sorted then"

    def behind(self) -> "Span":
        """Where rows are skipped."""
        return self if self is Span.ALL else Span.ANY


class PageStatements:
    """Makes the statements of one query with one set of columns.

    Attributes:
        orderings: what the order is by, before the id; `tie_descends`: whether the id descends.
        conditions: what the rows meet; `on_order`, those of them that say where in the order they are: its index leads
            there.
        unfiltered: whether all rows of the table are the query's.
        editable: whether the actor may edit a row.
    """

    entity: Any
    admin: EntityAdmin
    query: Query
    joins: Joins
    conditions: list[Any]
    on_order: list[Any]
    orderings: tuple[Ordering, ...]
    tie_descends: bool
    unfiltered: bool
    editable: Any
    columns: tuple[Field | Computed, ...]
    _throughout: tuple[Ordering, ...]
    _column_texts: ColumnTexts
    _narrowed: list[Any]

    def _make_page(
        self,
        nulls: tuple[bool, ...] | None,
        backwards: bool = False,
        inclusive: bool = False,
        *,
        whole: bool = False,
        span: Span = Span.ANY,
    ) -> Spelled:
        """Ids and sort keys of the page first, then what they show. `whole`: the rows of the page first, see there."""
        whole = whole and span is Span.ANY and self._takes_whole_rows()
        keys = [o.expression.label(f"k{i}") for i, o in enumerate(self._throughout)]
        first = self._own_columns() if whole else [self.entity.id.label("id"), *keys]
        inner = self._through(select(*first).select_from(self.entity)).where(*self.conditions)
        limits = [] if nulls is None else [self._beyond(nulls, backwards, inclusive)]
        inner = inner.where(*limits)
        names = [o.path[0].property.columns[0].name for o in self.orderings] if whole else [key.name for key in keys]
        if span is Span.NEAR:
            inner = inner.where(self._within_reach(limits, backwards))
        if span is Span.ALL:
            found = inner.cte("found").prefix_with("MATERIALIZED")  # else the order would lead through an index again
            inner = select(*found.c).order_by(*self._order([found.c[name] for name in names], found.c.id, backwards))
        else:
            inner = inner.order_by(*self._order([o.expression for o in self._throughout], self.entity.id, backwards))
        steady = self._has_one_way() and not whole
        if steady:  # planned for so many rows at most, whatever is skipped of them
            within = inner.limit(bindparam("reach", type_=Integer)).subquery("within")
            order = self._order([within.c[name] for name in names], within.c.id, backwards)
            inner = select(*within.c).order_by(*order)
        page = inner.limit(bindparam("size", type_=Integer)).offset(bindparam("skip", type_=Integer)).cte("page")
        page = page.prefix_with("MATERIALIZED") if whole else page  # else what is not shown is left out of it again
        order = self._order([page.c[name] for name in names], page.c.id, backwards)
        return Spelled(self._shown(page, names).order_by(*order), steady=steady)

    def _within_reach(self, limits: Sequence[Any], backwards: bool) -> ColumnElement[bool]:
        """The rows up to the last of the next `near` ones of the table, in an order that an index has: by the id, or by
        one column of its own and the id."""
        keys = [*(o.expression for o in self.orderings), self.entity.id]
        named = [key.label(f"n{i}") for i, key in enumerate(keys)]
        order = self._order([o.expression for o in self.orderings], self.entity.id, backwards)
        near = select(*named).select_from(self.entity).where(*self.on_order, *limits).order_by(*order)
        rows = near.limit(bindparam("near", type_=Integer)).subquery("near")
        columns = [rows.c[key.name] for key in named]
        back = self._order(columns[:-1], columns[-1], not backwards)
        last = select(*columns).order_by(*back).limit(1).cte("last").prefix_with("MATERIALIZED")
        bounds = [select(last.c[key.name]).scalar_subquery() for key in named]
        up = self.tie_descends != backwards
        if len(keys) == 1:
            return beyond(keys[0], bounds[0], up=up, inclusive=True)
        return beyond(tuple_(*keys), tuple_(*bounds), up=up, inclusive=True)

    def _has_one_way(self) -> bool:
        """Whether a few rows from any key on are found in one way: along an index or, without one, through all rows."""
        return self.unfiltered and all(o.path and not o.nullable for o in self.orderings)

    def _takes_whole_rows(self) -> bool:
        """Whether the rows of a page are taken whole where all of the table is read for them: PostgreSQL passes a row
        on as it lies then, in half the time that it needs to take a few columns out of each. Never with a column that
        no field shows: a session's token is one."""
        own = all(len(o.path) == 1 for o in self.orderings) and not self.joins.conditions
        heavy = any(is_long(field) or isinstance(field.kind, Secret) for field in self.admin.fields)
        shown = {"id", *(field.key for field in self.admin.fields)}
        return bool(self.orderings) and own and not heavy and {c.name for c in self._own_columns()} <= shown

    def _own_columns(self) -> list[Any]:
        return [column for column in self.entity.__table__.columns if not column.system]

    def _shown(self, page: Any, keys: Sequence[str]) -> Select[Any]:
        """What the rows of `page` (its ids and keys) show, in no order."""
        outer, shown = self._column_texts.of(self.entity, self.query.zone, tuple(field.key for field in self.columns))
        sort_keys = [cast(page.c[key], Text) for key in keys]
        head = [cast(e, Text) for e in (self.entity.id, self.entity.xmin, self.editable)]
        rows = select(*head, *shown, *sort_keys).select_from(page)
        statement: Select[Any] = outer.apply(rows.join(self.entity, self.entity.id == page.c.id))
        return statement

    def _order(self, expressions: Sequence[Any], tie: Any, backwards: bool) -> list[Any]:
        order = [
            e.desc() if o.descending != backwards else e.asc() for e, o in zip(expressions, self.orderings, strict=True)
        ]
        return [*order, tie.desc() if self.tie_descends != backwards else tie.asc()]

    def _beyond(self, nulls: tuple[bool, ...], backwards: bool, inclusive: bool = False) -> ColumnElement[bool]:
        """The rows behind the bound key in the order, or before it when `backwards`; `inclusive`: and that row itself.
        NULLs stand last, or first when the order descends, as PostgreSQL and its indexes have it."""
        tie, tie_up = key_parameter(len(nulls), self.entity.id.type), self.tie_descends == backwards
        if not nulls:
            return beyond(self.entity.id, tie, up=tie_up, inclusive=inclusive)
        first, bound = self._throughout[0].expression, key_parameter(0, self._throughout[0].expression.type)
        up = self._throughout[0].descending == backwards
        # Of a row that is referred to, this alone says to PostgreSQL where to begin in the index.
        begin = [] if self._throughout[0].nullable or nulls[0] else [beyond(first, bound, up=up, inclusive=True)]
        if len(nulls) == 1 and not self._throughout[0].nullable and up == tie_up:
            pair, bounds = tuple_(first, self.entity.id), tuple_(bound, tie)
            return and_(*begin, beyond(pair, bounds, up=up, inclusive=inclusive))
        ways = []
        equal: list[ColumnElement[bool]] = []
        for i, (ordering, is_null) in enumerate(zip(self._throughout, nulls, strict=True)):
            e, up = ordering.expression, ordering.descending == backwards
            bound_value = key_parameter(i, e.type)
            if is_null:
                further = false() if up else e.is_not(None)
                same = e.is_(None)
            else:
                further = beyond(e, bound_value, up=up)
                further = or_(further, e.is_(None)) if up and ordering.nullable else further
                same = e == bound_value
            ways.append(and_(*equal, further))
            equal.append(same)
        ways.append(and_(*equal, beyond(self.entity.id, tie, up=tie_up, inclusive=inclusive)))
        return and_(*begin, or_(*ways))

    def _through(self, statement: Select[Any]) -> Select[Any]:
        """With the joins of a statement that goes through all rows of the query."""
        found: Select[Any] = self.joins.apply(statement)
        for ordering in self.orderings:
            for target, condition in ordering.in_bulk.joins if ordering.in_bulk is not None else ():
                found = found.outerjoin(target, condition)
        return found.where(*self._narrowed)
