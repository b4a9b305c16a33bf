"""The statements of one query's pages: from the beginning, from the end, from a key, from a place that is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    LargeBinary,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    column,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import NullType, String, Uuid

from lms_desktop import policy
from lms_desktop.database.unit_of_work import Actor, UnitOfWork
from lms_desktop.errors import BadValue
from lms_desktop.services import conditions
from lms_desktop.services.joins import Joins, is_nullable, wire_text
from lms_desktop.services.paging import Layout, Page, Row, Slot, Want, is_long
from lms_desktop.services.positions import ID_BYTES, IdBlock, Key
from lms_desktop.spec import N_, Attribute, Catalog, Computed, EntityAdmin, Field, Json, Query, Ref, Secret, Sort

EXCERPT = 300
"""Characters of a long text that a table shows; the form loads the whole."""
NEAR_END = 1000
"""Rows before the end from which on a page is read from there, though another way leads to any place."""
CHUNK = 16_384
"""Ids that come in one piece."""
KEPT = 8
"""Plans kept, and statements of each: both take a quarter of a megabyte, and a person has no more of them in use."""


@dataclass(frozen=True)
class Ordering:
    """One expression to order by; `path` leads to its column, () where it is no plain column."""

    expression: Any
    descending: bool
    nullable: bool
    path: tuple[Attribute, ...] = ()


@dataclass(frozen=True)
class Way:
    """A statement that reads a page, and from where."""

    statement: Select[Any]
    parameters: dict[str, Any]
    backwards: bool = False
    previous: str | None = None
    next: str | None = None


class Plan:
    """The statements of one actor's query with one set of columns.

    Attributes:
        orderings: what the order is by, before the id; `tie_descends`: whether the id descends.
        whole: whether all rows of the table are the query's.
    """

    def __init__(self, catalog: Catalog, actor: Actor, query: Query, columns: tuple[str, ...]) -> None:
        self.catalog, self.query = catalog, query
        self.admin: EntityAdmin = catalog[query.entity]
        self.entity: Any = query.entity
        self.joins = Joins(catalog, self.entity, query.zone)
        reach = policy.scope(actor, query.entity, "view")
        self.editable = policy.scope(actor, query.entity, "edit")
        self.conditions = [reach, *conditions.where(self.joins, catalog, query)]
        self.whole = not (query.search or query.filters) and isinstance(reach, type(true()))
        self._counted = list(self.joins.conditions)
        self.tie_descends = False
        self.orderings = self._orderings()
        self.columns = tuple(self.admin.field(key) for key in columns)
        self.layout = self._layout()
        self._page_statement = lru_cache(maxsize=KEPT)(self._make_page)
        self._listed = self._make_listed()

    def fetch(self, uow: UnitOfWork, want: Want) -> Page:
        """The rows wanted, by the cheapest way, and their neighbours as far as these are known."""
        if isinstance(want.positions, IdBlock) and want.first:
            page = self._from_block(uow, want, want.positions)
            if page is not None:
                return page
        way = self._way(want)
        rows: list[Row] = [tuple(row) for row in uow.execute(way.statement, way.parameters)]
        count = way.parameters["size"] - 1
        beyond = rows[count][0] if len(rows) > count else None
        if way.backwards:
            return Page(want.first, tuple(rows[:count][::-1]), self.layout, False, beyond, way.next)
        return Page(want.first, tuple(rows[:count]), self.layout, beyond is None, way.previous, beyond)

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

    def ids(self) -> Select[Any]:
        """The statement that reads the ids of all rows in their order, in pieces of CHUNK ids.

        All of them are put together in the order in which they come, and cut up then: to number the rows takes longer
        than to sort them. PostgreSQL puts no more than a gigabyte together, the ids of 67 million rows.
        """
        sorted_ids = self._sorted_ids().subquery("sorted")
        joined = func.string_agg(func.uuid_send(sorted_ids.c.id), literal(b"", LargeBinary), type_=LargeBinary)
        together = select(joined.label("ids")).subquery("together")
        size = CHUNK * ID_BYTES
        numbers = func.generate_series(0, (func.octet_length(together.c.ids, type_=Integer) - 1) // size)
        number = numbers.table_valued(column("n", Integer)).render_derived().lateral("pieces")
        piece = func.substring(together.c.ids, number.c.n * size + 1, size, type_=LargeBinary)
        return select(piece).select_from(together.join(number, true()))

    def _sorted_ids(self) -> Any:
        """The ids of all rows in their order. Rows that have nothing to be sorted by are sorted apart from the others:
        PostgreSQL compares ids alone several times as fast as ids behind a NULL."""
        first = self.orderings[0] if self.orderings else None
        if first is None or not first.nullable or len(first.path) != 1:
            return self._ordered_ids(self.orderings)
        empty = self._ordered_ids(self.orderings[1:], first.expression.is_(None))
        others = self._ordered_ids(self.orderings, first.expression.is_not(None))
        parts = (empty, others) if first.descending else (others, empty)
        return union_all(*(select(part.subquery().c.id) for part in parts))

    def _ordered_ids(self, orderings: Sequence[Ordering], *only: ColumnElement[bool]) -> Select[Any]:
        found: Select[Any] = self.joins.apply(select(self.entity.id.label("id")).select_from(self.entity))
        order = [o.expression.desc() if o.descending else o.expression.asc() for o in orderings]
        tie = self.entity.id.desc() if self.tie_descends else self.entity.id.asc()
        return found.where(*self.conditions, *only).order_by(*order, tie)

    @property
    def table(self) -> str:
        """The name of the table."""
        return str(self.entity.__tablename__)

    @property
    def keyed(self) -> bool:
        """Whether rows can be found by their keys."""
        return not any(isinstance(o.expression.type, NullType) for o in self.orderings)

    # Ways to a page

    def _way(self, want: Want) -> Way:
        """How the rows wanted are read, and one more behind them, to see what follows."""
        size: dict[str, Any] = {"size": want.count + 1, "skip": 0}
        if want.first == 0:
            return Way(self._page_statement(None, whole=True), size)
        if self.keyed and want.after is not None:
            return self._behind(want.after, size, previous=want.after[-1])
        if self.keyed and want.before is not None:
            statement = self._page_statement(_nulls(want.before), backwards=True)
            return Way(statement, size | _bound(want.before), backwards=True, next=want.before[-1])
        if self.keyed and want.at is not None:
            return Way(self._page_statement(_nulls(want.at), inclusive=True), size | _bound(want.at))
        positions = want.positions if self.keyed and not isinstance(want.positions, IdBlock) else None
        if want.total is not None and self._from_end(want, near=positions is not None):
            behind = max(want.total - want.first - want.count, 0)
            size = {"size": min(want.count, want.total - want.first) + 1, "skip": behind}
            return Way(self._page_statement(None, backwards=True, whole=not behind), size, backwards=True)
        if positions is None:
            return Way(self._page_statement(None), size | {"skip": want.first})
        key, skip = positions.lead_to(want.first)
        return self._behind(key, size | {"skip": skip}, previous=None)  # an anchor may be no row

    def _from_end(self, want: Want, *, near: bool) -> bool:
        """Whether the rows wanted are read from the end; `near`: only where it is very near."""
        left = (want.total or 0) - want.first
        return 0 < left < (NEAR_END if near else want.first)

    def _behind(self, key: Key | None, size: dict[str, Any], previous: str | None) -> Way:
        if key is None:
            return Way(self._page_statement(None), size)
        return Way(self._page_statement(_nulls(key)), size | _bound(key), previous=previous)

    def _from_block(self, uow: UnitOfWork, want: Want, block: IdBlock) -> Page | None:
        """The rows that the block of ids has there; those that are gone by now are made up for by their neighbours.
        None where the block does not tell."""
        if want.before is not None and want.after is None:
            return self._before_in_block(uow, want, want.before, block)
        first, previous = want.first, None
        near = want.after or want.at
        if near is not None:
            found = block.find(near[-1] or "", want.first)
            if found is None:
                return None
            first = found + 1 if want.after is not None else found
        if first > 0:
            previous = near[-1] if want.after is not None and near is not None else block.ids(first - 1, 1)[0]
        rows: list[Row] = []
        while len(rows) <= want.count and first < block.total:
            asked = block.ids(first, want.count + 1 - len(rows))
            rows += self._rows_of(uow, asked)
            first += len(asked)
        if len(rows) > want.count:
            return Page(want.first, tuple(rows[: want.count]), self.layout, False, previous, rows[want.count][0])
        ended = want.total == block.total  # what else there may be behind the last of them, the keys tell
        return Page(want.first, tuple(rows), self.layout, True, previous) if ended else None

    def _before_in_block(self, uow: UnitOfWork, want: Want, before: Key, block: IdBlock) -> Page | None:
        end = block.find(before[-1] or "", want.first + want.count)
        if end is None:
            return None
        rows: list[Row] = []
        while len(rows) <= want.count and end > 0:
            begin = max(end - (want.count + 1 - len(rows)), 0)
            rows = self._rows_of(uow, block.ids(begin, end - begin)) + rows
            end = begin
        beyond = rows[-want.count - 1][0] if len(rows) > want.count else None
        return Page(want.first, tuple(rows[-want.count :]), self.layout, False, beyond, before[-1])

    def _rows_of(self, uow: UnitOfWork, ids: Sequence[str]) -> list[Row]:
        """The rows of these ids, in this order, as far as they are still among those of the query."""
        return [tuple(row) for row in uow.execute(self._listed, {"ids": list(ids)})]

    def _make_listed(self) -> Select[Any]:
        listed = (
            func.unnest(cast(bindparam("ids", type_=ARRAY(Text)), ARRAY(Uuid(as_uuid=False))))
            .table_valued("id", with_ordinality="place")
            .render_derived()
        )
        keys = [o.expression.label(f"k{i}") for i, o in enumerate(self.orderings)]
        inner = select(self.entity.id.label("id"), listed.c.place.label("place"), *keys).select_from(self.entity)
        inner = self.joins.apply(inner.join(listed, self.entity.id == cast(listed.c.id, Uuid(as_uuid=False))))
        page = inner.where(*self.conditions).cte("page")
        return self._shown(page, [key.name for key in keys]).order_by(page.c.place)

    def _make_page(
        self, nulls: tuple[bool, ...] | None, backwards: bool = False, inclusive: bool = False, *, whole: bool = False
    ) -> Select[Any]:
        """Ids and sort keys of the page first, then what they show. `whole`: the rows of the page first, see there."""
        whole = whole and self._takes_whole_rows()
        keys = [o.expression.label(f"k{i}") for i, o in enumerate(self.orderings)]
        first = self._own_columns() if whole else [self.entity.id.label("id"), *keys]
        inner: Select[Any] = self.joins.apply(select(*first).select_from(self.entity))
        inner = inner.where(*self.conditions)
        if nulls is not None:
            inner = inner.where(self._beyond(nulls, backwards, inclusive))
        inner = inner.order_by(*self._order([o.expression for o in self.orderings], self.entity.id, backwards))
        page = inner.limit(bindparam("size", type_=Integer)).offset(bindparam("skip", type_=Integer)).cte("page")
        names = [o.path[0].property.columns[0].name for o in self.orderings] if whole else [key.name for key in keys]
        page = page.prefix_with("MATERIALIZED") if whole else page  # else what is not shown is left out of it again
        order = self._order([page.c[name] for name in names], page.c.id, backwards)
        return self._shown(page, names).order_by(*order)

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
        outer = Joins(self.catalog, self.entity, self.query.zone)
        shown = [expression for field in self.columns for expression in self._texts(outer, field)]
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
        tie, tie_up = _key_parameter(len(nulls), self.entity.id.type), self.tie_descends == backwards
        if not nulls:
            return _further(self.entity.id, tie, up=tie_up, inclusive=inclusive)
        first, bound = self.orderings[0].expression, _key_parameter(0, self.orderings[0].expression.type)
        up = self.orderings[0].descending == backwards
        # Of a row that is referred to, this alone says to PostgreSQL where to begin in the index.
        begin = [] if self.orderings[0].nullable or nulls[0] else [_further(first, bound, up=up, inclusive=True)]
        if len(nulls) == 1 and not self.orderings[0].nullable and up == tie_up:
            pair, bounds = tuple_(first, self.entity.id), tuple_(bound, tie)
            return and_(*begin, _further(pair, bounds, up=up, inclusive=inclusive))
        ways = []
        equal: list[ColumnElement[bool]] = []
        for i, (ordering, is_null) in enumerate(zip(self.orderings, nulls, strict=True)):
            e, up = ordering.expression, ordering.descending == backwards
            bound_value = _key_parameter(i, e.type)
            if is_null:
                further = false() if up else e.is_not(None)
                same = e.is_(None)
            else:
                further = _further(e, bound_value, up=up)
                further = or_(further, e.is_(None)) if up and ordering.nullable else further
                same = e == bound_value
            ways.append(and_(*equal, further))
            equal.append(same)
        ways.append(and_(*equal, _further(self.entity.id, tie, up=tie_up, inclusive=inclusive)))
        return and_(*begin, or_(*ways))

    # What is shown and ordered by

    def _orderings(self) -> tuple[Ordering, ...]:
        """All that the order is by before the id, which ends every tie: what is said behind it says nothing."""
        sorts = self.query.sorts or self.admin.sorts
        self.tie_descends = bool(sorts) and sorts[0].descending
        orderings = []
        for sort in sorts:
            if sort.key == "id":
                self.tie_descends = sort.descending
                break
            orderings.append(self._ordering(sort))
        return tuple(orderings)

    def _ordering(self, sort: Sort) -> Ordering:
        field = self.admin.field(sort.key)
        if isinstance(field.kind, Secret):  # its values would travel as the keys of the rows
            raise BadValue(N_("{field} cannot be sorted by."), values={"field": field.label})
        if isinstance(field, Computed):
            return Ordering(field.expression(self.entity), sort.descending, nullable=True)
        path = self.joins.sorted_by(field.path)
        expression = self.joins.at(path)
        if isinstance(field.kind, Json):
            expression = cast(expression, Text)
        nullable = any(is_nullable(hop) for hop in path)
        return Ordering(expression, sort.descending, nullable, () if isinstance(field.kind, Json) else path)

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


def _further(expression: Any, bound: Any, *, up: bool, inclusive: bool = False) -> ColumnElement[bool]:
    """What is beyond the bound."""
    if inclusive:
        return expression >= bound if up else expression <= bound  # type: ignore[no-any-return]
    return expression > bound if up else expression < bound  # type: ignore[no-any-return]


def _nulls(key: Key) -> tuple[bool, ...]:
    return tuple(value is None for value in key[:-1])


def _bound(key: Key) -> dict[str, Any]:
    return {f"k{i}": value for i, value in enumerate(key)}


def _key_parameter(index: int, type_: Any) -> ColumnElement[Any]:
    parameter = bindparam(f"k{index}", type_=Text())
    if isinstance(type_, Boolean):
        return cast(parameter, Boolean)
    return parameter if isinstance(type_, String) else cast(parameter, type_)
