"""Pages of a table: Core SELECTs of text tuples, never ORM entities, never the whole table.

A page is found by the cheapest way that its surroundings allow: from the beginning, from the end, from the row before
or after it (keyset), else by OFFSET in a subselect that carries ids and sort keys alone. References are joined for the
rows of the page only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    false,
    func,
    null,
    or_,
    select,
    text,
    true,
    tuple_,
)
from sqlalchemy.types import NullType, String

from lms_desktop import policy
from lms_desktop.database.unit_of_work import Actor, UnitOfWork
from lms_desktop.errors import BadValue
from lms_desktop.services import conditions, gate
from lms_desktop.services.joins import Joins, is_nullable, target_of, wire_text
from lms_desktop.spec import N_, Catalog, Computed, EntityAdmin, Field, Json, Query, Ref, Secret, Sort
from lms_desktop.spec import Text as TextKind

Row = tuple[str | None, ...]
"""id, version, whether the actor may edit it, then the values, labels and details of the columns as the layout says,
then the sort keys."""
Key = tuple[str | None, ...]
"""The sort keys of a row, its id last: where a neighbouring page begins."""


EXCERPT = 300
"""Characters of a long text that a table shows; the form loads the whole."""


class Slot(NamedTuple):
    """Where a column's texts stand in a row: the wire value, the label and detail of a reference (-1: none)."""

    key: str
    value: int
    label: int
    detail: int


@dataclass(frozen=True)
class Layout:
    """How the rows of a page are laid out."""

    slots: tuple[Slot, ...]
    keys: int

    def key(self, row: Row) -> Key:
        """The row's key."""
        return (*row[self.keys :], row[0])


@dataclass(frozen=True)
class Want:
    """Which rows: `count` from place `first` on. `after` is the key of the row before, `before` of the row behind them,
    `total` the number of rows where it is known exactly."""

    first: int
    count: int
    after: Key | None = None
    before: Key | None = None
    total: int | None = None


@dataclass(frozen=True)
class Page:
    """`rows` from place `first` on, as `layout` says; `ended` when nothing follows them."""

    first: int
    rows: tuple[Row, ...]
    layout: Layout
    ended: bool


@dataclass(frozen=True)
class _Ordering:
    """One expression to order by."""

    expression: Any
    descending: bool
    nullable: bool


class Pages:
    """Reads pages of the entities of a catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._plan = lru_cache(maxsize=128)(self._make_plan)

    def fetch(self, uow: UnitOfWork, query: Query, columns: tuple[str, ...], want: Want) -> Page:
        """The rows wanted, within the actor's reach. Raises Denied, BadValue for a filter or an order that cannot
        be."""
        gate.check_entity(uow, query.entity, "view")
        plan = self._plan(uow.actor, query, columns)
        rows, forwards = plan.fetch(uow, want)
        return Page(want.first, tuple(rows), plan.layout, ended=forwards and len(rows) < want.count)

    def count(self, uow: UnitOfWork, query: Query) -> int:
        """The exact number of rows of a query within the actor's reach."""
        gate.check_entity(uow, query.entity, "view")
        return int(uow.execute(self._plan(uow.actor, query, ()).count()).scalar_one())

    def estimate(self, uow: UnitOfWork, query: Query) -> int | None:
        """About how many rows the whole table has; None where a filter or the actor's reach makes that meaningless."""
        reach = gate.condition(uow, query.entity, "view")
        if query.search or query.filters or not isinstance(reach, type(true())):
            return None
        statement = text("SELECT reltuples::bigint FROM pg_class WHERE oid = CAST(:name AS regclass)")
        found = uow.execute(statement, {"name": query.entity.__tablename__}).scalar_one()  # type: ignore[attr-defined]
        return int(found) if found >= 0 else None

    def position(self, uow: UnitOfWork, query: Query, row_id: str) -> int | None:
        """The place (from 0) of a row in the order of a query; None where it is not among its rows."""
        gate.check_entity(uow, query.entity, "view")
        plan = self._plan(uow.actor, query, ())
        key = uow.execute(plan.keys_of(row_id)).one_or_none()
        if key is None:
            return None
        return int(uow.execute(plan.count(before=tuple(key))).scalar_one())

    def _make_plan(self, actor: Actor, query: Query, columns: tuple[str, ...]) -> "_Plan":
        return _Plan(self.catalog, actor, query, columns)


class _Plan:
    """The statements of one actor's query with one set of columns."""

    def __init__(self, catalog: Catalog, actor: Actor, query: Query, columns: tuple[str, ...]) -> None:
        self.catalog, self.query = catalog, query
        self.admin: EntityAdmin = catalog[query.entity]
        self.entity: Any = query.entity
        self.joins = Joins(catalog, self.entity, query.zone)
        reach = policy.scope(actor, query.entity, "view")
        self.editable = policy.scope(actor, query.entity, "edit")
        self.conditions = [reach, *conditions.where(self.joins, catalog, query)]
        self._counted = list(self.joins.conditions)
        self.orderings = self._orderings()
        self.columns = tuple(self.admin.field(key) for key in columns)
        self.layout = self._layout()
        self._page_statement = lru_cache(maxsize=16)(self._make_page)

    def fetch(self, uow: UnitOfWork, want: Want) -> tuple[list[Row], bool]:
        """The rows wanted, by the cheapest way, and whether they were read forwards: then fewer than wanted are the
        last ones."""
        statement, parameters, backwards = self._way(want)
        rows: list[Row] = [tuple(row) for row in uow.execute(statement, parameters)]
        return (rows[::-1], False) if backwards else (rows, True)

    def count(self, before: Key | None = None) -> Select[Any]:
        """The statement that counts the rows: all, or those before a key."""
        statement = select(func.count()).select_from(self.entity)
        if before is None:
            for alias, condition, outer in self._counted:
                statement = statement.join(alias, condition, isouter=outer)
            return statement.where(*self.conditions)
        parameters = {f"k{i}": value for i, value in enumerate(before)}
        beyond = self._beyond(tuple(v is None for v in before[:-1]), backwards=True)
        narrowed: Select[Any] = self.joins.apply(statement).where(*self.conditions, beyond)
        return narrowed.params(parameters)

    def keys_of(self, row_id: str) -> Select[Any]:
        """The statement that reads a row's key."""
        keys = [cast(o.expression, Text) for o in self.orderings]
        statement: Select[Any] = self.joins.apply(select(*keys, cast(self.entity.id, Text)).select_from(self.entity))
        return statement.where(*self.conditions, self.entity.id == row_id)

    # Ways to a page

    def _way(self, want: Want) -> tuple[Select[Any], dict[str, Any], bool]:
        size: dict[str, Any] = {"size": want.count, "skip": 0}
        if want.first == 0:
            return self._page_statement(None, False), size, False
        if want.after is not None and self._keyed:
            return self._page_statement(_nulls(want.after), False), size | _bound(want.after), False
        if want.before is not None and self._keyed:
            return self._page_statement(_nulls(want.before), True), size | _bound(want.before), True
        if want.total is not None and want.total - want.first < want.first:
            behind = max(want.total - want.first - want.count, 0)
            size = {"size": min(want.count, want.total - want.first), "skip": behind}
            return self._page_statement(None, True), size, True
        return self._page_statement(None, False), size | {"skip": want.first}, False

    @property
    def _keyed(self) -> bool:
        return not any(isinstance(o.expression.type, NullType) for o in self.orderings)

    def _make_page(self, nulls: tuple[bool, ...] | None, backwards: bool) -> Select[Any]:
        """Ids and sort keys of the page first, then what they show."""
        keys = [o.expression.label(f"k{i}") for i, o in enumerate(self.orderings)]
        inner: Select[Any] = self.joins.apply(select(self.entity.id.label("id"), *keys).select_from(self.entity))
        inner = inner.where(*self.conditions)
        if nulls is not None:
            inner = inner.where(self._beyond(nulls, backwards))
        inner = inner.order_by(*self._order([o.expression for o in self.orderings], self.entity.id, backwards))
        page = inner.limit(bindparam("size", type_=Integer)).offset(bindparam("skip", type_=Integer)).cte("page")
        outer = Joins(self.catalog, self.entity, self.query.zone)
        shown = [expression for field in self.columns for expression in self._texts(outer, field)]
        sort_keys = [cast(page.c[f"k{i}"], Text) for i in range(len(keys))]
        head = [cast(e, Text) for e in (self.entity.id, self.entity.xmin, self.editable)]
        shown_rows = select(*head, *shown, *sort_keys).select_from(page)
        statement: Select[Any] = outer.apply(shown_rows.join(self.entity, self.entity.id == page.c.id))
        return statement.order_by(*self._order([page.c[f"k{i}"] for i in range(len(keys))], page.c.id, backwards))

    def _order(self, expressions: Sequence[Any], tie: Any, backwards: bool) -> list[Any]:
        order = [
            e.desc() if o.descending != backwards else e.asc() for e, o in zip(expressions, self.orderings, strict=True)
        ]
        return [*order, tie.desc() if self._tie_descends != backwards else tie.asc()]

    @property
    def _tie_descends(self) -> bool:
        return bool(self.orderings) and self.orderings[0].descending

    def _beyond(self, nulls: tuple[bool, ...], backwards: bool) -> ColumnElement[bool]:
        """The rows behind the bound key in the order, or before it when `backwards`. NULLs stand last, or first when
        the order descends, as PostgreSQL and its indexes have it."""
        tie = _key_parameter(len(nulls), self.entity.id.type)
        tie_up = self._tie_descends == backwards
        if len(nulls) == 1 and not self.orderings[0].nullable:
            first = self.orderings[0].expression
            pair = tuple_(first, self.entity.id)
            bound = tuple_(_key_parameter(0, first.type), tie)
            return pair > bound if tie_up else pair < bound
        ways = []
        equal: list[ColumnElement[bool]] = []
        for i, (ordering, is_null) in enumerate(zip(self.orderings, nulls, strict=True)):
            e, up = ordering.expression, ordering.descending == backwards
            bound_value = _key_parameter(i, e.type)
            if is_null:
                further = false() if up else e.is_not(None)
                same = e.is_(None)
            else:
                further = (
                    or_(e > bound_value, e.is_(None))
                    if up and ordering.nullable
                    else (e > bound_value if up else e < bound_value)
                )
                same = e == bound_value
            ways.append(and_(*equal, further))
            equal.append(same)
        ways.append(and_(*equal, self.entity.id > tie if tie_up else self.entity.id < tie))
        return or_(*ways)

    # What is shown and ordered by

    def _orderings(self) -> tuple[_Ordering, ...]:
        sorts = self.query.sorts or self.admin.sorts
        return tuple(self._ordering(sort) for sort in sorts)

    def _ordering(self, sort: Sort) -> _Ordering:
        field = self.admin.field(sort.key)
        if isinstance(field.kind, Secret):  # its values would travel as the keys of the rows
            raise BadValue(N_("{field} cannot be sorted by."), values={"field": field.label})
        if isinstance(field, Computed):
            return _Ordering(field.expression(self.entity), sort.descending, nullable=True)
        expression = self.joins.sortable(field.path)
        if isinstance(field.kind, Json):
            expression = cast(expression, Text)
        nullable = any(is_nullable(hop) for hop in field.hops) or target_of(field.attribute) is not None
        return _Ordering(expression, sort.descending, nullable)

    def _layout(self) -> Layout:
        slots, at = [], 3
        for field in self.columns:
            refers = isinstance(field, Field) and isinstance(field.kind, Ref)
            slots.append(Slot(field.key, at, at + 1 if refers else -1, at + 2 if refers else -1))
            at += 3 if refers else 1
        return Layout(tuple(slots), at)

    def _texts(self, joins: Joins, field: Field | Computed) -> list[ColumnElement[Any]]:
        if isinstance(field, Computed):
            return [cast(field.expression(self.entity), Text)]
        if (field.hops[-1].class_, field.attribute.key) in policy.SECRETS:
            return [cast(null(), Text)]
        value = wire_text(joins.at(field.hops))
        if isinstance(field.kind, Ref):
            return [value, joins.label(field.path), joins.detail(field.path)]
        return [func.left(value, EXCERPT) if is_long(field) else value]


def is_long(field: Field | Computed) -> bool:
    """Whether a table shows only the beginning of this field: JSON and texts of several lines."""
    return isinstance(field.kind, Json) or (
        isinstance(field.kind, TextKind) and field.kind.form in {"long", "markdown"}
    )


def _nulls(key: Key) -> tuple[bool, ...]:
    return tuple(value is None for value in key[:-1])


def _bound(key: Key) -> dict[str, Any]:
    return {f"k{i}": value for i, value in enumerate(key)}


def _key_parameter(index: int, type_: Any) -> ColumnElement[Any]:
    parameter = bindparam(f"k{index}", type_=Text())
    if isinstance(type_, Boolean):
        return cast(parameter, Boolean)
    return parameter if isinstance(type_, String) else cast(parameter, type_)
