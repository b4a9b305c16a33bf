"""The statements of one query's pages: from the beginning, from the end, from a key, from a place that is known."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import (
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
from sqlalchemy.types import Uuid

from lms_desktop import policy
from lms_desktop.database.spelled import Spelled
from lms_desktop.database.unit_of_work import Actor, UnitOfWork
from lms_desktop.errors import BadValue
from lms_desktop.frozen import frozen
from lms_desktop.services import rare_words
from lms_desktop.services.column_texts import ColumnTexts
from lms_desktop.services.joins import Joins, is_nullable
from lms_desktop.services.keys import beyond, bound_to, key_parameter, mark_of, nulls_of, typed_key_parameter
from lms_desktop.services.paging import Layout, Page, Row, Want, Way, is_long
from lms_desktop.services.positions import ENTRY_BYTES, Entry, IdBlock, Key
from lms_desktop.spec import N_, Attribute, Catalog, Computed, EntityAdmin, Field, Json, Query, Ref, Secret, Sort
from lms_desktop.spec.describe import InBulk

NEAR_END = 1000
"""Rows before the end from which on a page is read from there, though another way leads to any place."""
REACH = 2000
"""Rows that are skipped are taken to be so many where it is planned how a page is read."""
CHUNK = 16_384
"""Ids that come in one piece."""
KEPT = 8
"""Statements that a plan keeps: each takes a quarter of a megabyte, and a person has no more of them in use."""


@frozen
class Ordering:
    """One expression to order by; `path` leads to its column, () where it is no plain column; `in_bulk` has it for all
    rows of the table."""

    expression: Any
    descending: bool
    nullable: bool
    path: tuple[Attribute, ...] = ()
    in_bulk: InBulk | None = None


class Plan:
    """The statements of one actor's query with one set of columns.

    Attributes:
        orderings: what the order is by, before the id; `tie_descends`: whether the id descends.
        unfiltered: whether all rows of the table are the query's.
    """

    def __init__(
        self,
        catalog: Catalog,
        actor: Actor,
        query: Query,
        columns: tuple[str, ...],
        column_texts: ColumnTexts | None = None,
        start: rare_words.Start | None = None,
    ) -> None:
        self.catalog, self.query = catalog, query
        self._column_texts = column_texts or ColumnTexts(catalog)
        self.admin: EntityAdmin = catalog[query.entity]
        self.entity: Any = query.entity
        self.joins = Joins(catalog, self.entity, query.zone)
        reach = policy.scope(actor, query.entity, "view")
        self.editable = policy.scope(actor, query.entity, "edit")
        self.conditions = [reach, *rare_words.where(self.joins, catalog, query, start)]
        self.unfiltered = not (query.search or query.filters) and isinstance(reach, type(true()))
        self._counted = list(self.joins.conditions)
        self.orderings = self._orderings()
        self._throughout = tuple(
            o if o.in_bulk is None else replace(o, expression=o.in_bulk.expression) for o in self.orderings
        )
        self.columns = tuple(self.admin.field(key) for key in columns)
        self.layout = Layout.of((f.key, isinstance(f, Field) and isinstance(f.kind, Ref)) for f in self.columns)
        self._page_statement = lru_cache(maxsize=KEPT)(self._make_page)

    def fetch(self, uow: UnitOfWork, want: Want) -> Page:
        """The rows wanted, by the cheapest way."""
        if isinstance(want.positions, IdBlock) and want.at is None:
            page = self._from_block(uow, want, want.positions)
            if page is not None:
                return page
        way = self._way(want)
        skipped = -(-way.parameters["skip"] // REACH) * REACH
        rows: list[Row] = uow.rows(way.statement, way.parameters | {"reach": way.parameters["size"] + skipped})
        count = way.parameters["size"] - 1
        last = len(rows) <= count
        rows = rows[:count][::-1] if way.backwards else rows[:count]
        begun, ended = (last, way.outermost) if way.backwards else (way.outermost, last)
        return Page(tuple(rows), self.layout, begun, ended)

    def count(self, before: Key | None = None) -> Select[Any]:
        """The statement that counts the rows: all, or those before a key."""
        statement = select(func.count()).select_from(self.entity)
        if before is None:
            for alias, condition, outer in self._counted:
                statement = statement.join(alias, condition, isouter=outer)
            return statement.where(*self.conditions)
        parameters = {f"k{i}": value for i, value in enumerate(before)}
        beyond = self._beyond(tuple(v is None for v in before[:-1]), backwards=True)
        narrowed = self._through(statement).where(*self.conditions, beyond)
        return narrowed.params(parameters)

    def keys_of(self, row_id: str) -> Select[Any]:
        """The statement that reads a row's key."""
        keys = [cast(o.expression, Text) for o in self.orderings]
        statement: Select[Any] = self.joins.apply(select(*keys, cast(self.entity.id, Text)).select_from(self.entity))
        return statement.where(*self.conditions, self.entity.id == row_id)

    def ids(self) -> Select[Any]:
        """The statement that reads the ids of all rows in their order and the marks of their keys, in pieces of CHUNK
        rows.

        All of them are put together in the order in which they come, and cut up then: to number the rows takes longer
        than to sort them. PostgreSQL puts no more than a gigabyte together, what stands for 53 million rows. A mark is
        what parts its id from the one before, nothing from the first: to join the two for each row takes longer.
        """
        nothing = literal(b"", LargeBinary)
        entries = union_all(select(nothing.label("id"), nothing.label("mark")), *self._sorted_ids()).subquery("entries")
        together = select(func.string_agg(entries.c.id, entries.c.mark, type_=LargeBinary).label("ids")).subquery()
        size = CHUNK * ENTRY_BYTES
        last = (func.octet_length(together.c.ids, type_=Integer) - 1) // size
        number = func.generate_series(0, last).table_valued(column("n", Integer)).render_derived().lateral("pieces")
        piece = func.substring(together.c.ids, number.c.n * size + 1, size, type_=LargeBinary)
        return select(piece).select_from(together.join(number, true()))

    def _sorted_ids(self) -> list[Select[Any]]:
        """The ids and marks of all rows in their order, as bytes, one part behind the other. Rows that have nothing to
        be sorted by are sorted apart, as ids alone and with one mark for all: PostgreSQL compares these several times
        as fast as ids behind a NULL."""
        first = self._throughout[0] if self._throughout else None
        if first is None or not first.nullable or len(first.path) != 1:
            return [self._ordered_ids(self._throughout)]
        nothing, given = cast(null(), first.expression.type), first.expression.is_not(None)
        empty = self._ordered_ids(self._throughout[1:], ~given, before=[nothing])
        return [empty, self._ordered_ids(self._throughout, given)][:: 1 if first.descending else -1]

    def _ordered_ids(self, orderings: Sequence[Ordering], *only: Any, before: Sequence[Any] = ()) -> Select[Any]:
        """The ids in this order, and the marks of its keys behind those that are the same for all."""
        keys = [o.expression.label(f"k{i}") for i, o in enumerate(orderings)]
        found = self._through(select(self.entity.id.label("id"), *keys).select_from(self.entity))
        order = [o.expression.desc() if o.descending else o.expression.asc() for o in orderings]
        tie = self.entity.id.desc() if self.tie_descends else self.entity.id.asc()
        row = found.where(*self.conditions, *only).order_by(*order, tie).subquery()
        mark = mark_of([*before, *(row.c[key.name] for key in keys)])  # worked out behind the sort, which moves less
        return select(func.uuid_send(row.c.id), func.int4send(mark))

    @property
    def works_out_its_order(self) -> bool:
        """Whether what the rows are ordered by is worked out for each of them, which no index helps with."""
        return any(isinstance(self.admin.field(sort.key), Computed) for sort in self.query.sorts or self.admin.sorts)

    @property
    def table(self) -> str:
        """The name of the table."""
        return str(self.entity.__tablename__)

    # Ways to a page

    def _way(self, want: Want) -> Way:
        """How the rows wanted are read, and one more behind them, to see whether any follows. Where none are wanted the
        server reads none: the statement is made ready."""
        size: dict[str, Any] = {"size": want.count + 1 if want.count else 0, "skip": 0}
        if want.before is not None:
            return Way(self._page_statement(nulls_of(want.before), backwards=True), size | bound_to(want.before), True)
        if want.after is not None:
            return Way(self._page_statement(nulls_of(want.after)), size | bound_to(want.after))
        if want.at is not None:
            return Way(self._page_statement(nulls_of(want.at), inclusive=True), size | bound_to(want.at))
        if want.first == 0:
            return Way(self._page_statement(None, whole=True), size, outermost=True)
        positions = want.positions if not isinstance(want.positions, IdBlock) else None
        if want.total is not None and self._from_end(want, near=positions is not None):
            behind = max(want.total - want.first - want.count, 0)
            size = {"size": min(want.count, want.total - want.first) + 1, "skip": behind}
            statement = self._page_statement(None, backwards=True, whole=not behind)
            return Way(statement, size, backwards=True, outermost=not behind)
        key, skip = positions.lead_to(want.first) if positions is not None else (None, want.first)
        size["skip"] = skip
        if key is None:
            return Way(self._page_statement(None), size)
        return Way(self._page_statement(nulls_of(key)), size | bound_to(key))

    def _from_end(self, want: Want, *, near: bool) -> bool:
        """Whether the rows wanted are read from the end; `near`: only where it is very near."""
        left = (want.total or 0) - want.first
        return 0 < left < (NEAR_END if near else want.first)

    def _from_block(self, uow: UnitOfWork, want: Want, block: IdBlock) -> Page | None:
        """The rows that the block has there, as far as they still stand there; others are made up for by their
        neighbours. None where the block does not tell."""
        edge = want.after or want.before
        first = self._place_of(uow, edge, block, want.first) if edge is not None else want.first or None
        if first is None:  # the first rows of all are found without
            return None
        if want.before is not None:
            rows, begun = self._before_in_block(uow, want.count, first, block)
            begun = begun and want.total == block.total
            if not rows and not begun:
                return None  # what there may be before the first of them by now, the keys tell
            return Page(tuple(rows), self.layout, begun, False)
        first += want.after is not None
        rows = []
        while len(rows) < want.count and first < block.total:
            entries = block.entries(first, want.count - len(rows))
            rows += self._rows_of(uow, entries)
            first += len(entries)
        ended = first >= block.total and want.total == block.total
        if not rows and not ended:
            return None  # what there may be behind the last of them by now, the keys tell
        return Page(tuple(rows), self.layout, False, ended)

    def _before_in_block(self, uow: UnitOfWork, count: int, end: int, block: IdBlock) -> tuple[list[Row], bool]:
        rows: list[Row] = []
        while len(rows) < count and end > 0:
            begin = max(end - (count - len(rows)), 0)
            rows = self._rows_of(uow, block.entries(begin, end - begin)) + rows
            end = begin
        return rows, end == 0

    def _place_of(self, uow: UnitOfWork, key: Key, block: IdBlock, near: int) -> int | None:
        """The place of a row in the block, if it had this key then."""
        found = block.find(key[-1] or "", near)
        if found is None or uow.execute(self._marked, bound_to(key)).scalar_one() != found[1].mark:
            return None
        return found[0]

    def _rows_of(self, uow: UnitOfWork, entries: Sequence[Entry]) -> list[Row]:
        """These rows, in this order, as far as they are still among those of the query and have the keys they had."""
        listed = {"ids": [entry.id for entry in entries], "marks": [entry.mark for entry in entries]}
        return uow.rows(self._listed, listed)

    # A plan that is read through without a block of ids is made in half the time and memory where these wait.

    @cached_property
    def _marked(self) -> Select[Any]:
        """The mark of a bound key."""
        return select(mark_of([typed_key_parameter(i, o.expression.type) for i, o in enumerate(self.orderings)]))

    @cached_property
    def _listed(self) -> Spelled:
        """The rows of bound ids, as far as they have the bound marks."""
        listed = (
            func.unnest(
                cast(bindparam("ids", type_=ARRAY(Text)), ARRAY(Uuid(as_uuid=False))),
                cast(bindparam("marks", type_=ARRAY(Integer)), ARRAY(Integer)),
            )
            .table_valued("id", "mark", with_ordinality="place")
            .render_derived()
        )
        keys = [o.expression.label(f"k{i}") for i, o in enumerate(self.orderings)]
        inner = select(self.entity.id.label("id"), listed.c.place.label("place"), *keys).select_from(self.entity)
        inner = self.joins.apply(inner.join(listed, self.entity.id == cast(listed.c.id, Uuid(as_uuid=False))))
        same = cast(listed.c.mark, Integer) == mark_of([o.expression for o in self.orderings])
        page = inner.where(*self.conditions, same).cte("page")
        return Spelled(self._shown(page, [key.name for key in keys]).order_by(page.c.place), steady=True)

    def _through(self, statement: Select[Any]) -> Select[Any]:
        """With the joins of a statement that goes through all rows of the query."""
        found: Select[Any] = self.joins.apply(statement)
        for ordering in self.orderings:
            for target, condition in ordering.in_bulk.joins if ordering.in_bulk is not None else ():
                found = found.outerjoin(target, condition)
        return found

    def _make_page(
        self, nulls: tuple[bool, ...] | None, backwards: bool = False, inclusive: bool = False, *, whole: bool = False
    ) -> Spelled:
        """Ids and sort keys of the page first, then what they show. `whole`: the rows of the page first, see there."""
        whole = whole and self._takes_whole_rows()
        keys = [o.expression.label(f"k{i}") for i, o in enumerate(self._throughout)]
        first = self._own_columns() if whole else [self.entity.id.label("id"), *keys]
        inner = self._through(select(*first).select_from(self.entity)).where(*self.conditions)
        if nulls is not None:
            inner = inner.where(self._beyond(nulls, backwards, inclusive))
        inner = inner.order_by(*self._order([o.expression for o in self._throughout], self.entity.id, backwards))
        names = [o.path[0].property.columns[0].name for o in self.orderings] if whole else [key.name for key in keys]
        steady = self._has_one_way() and not whole
        if steady:  # planned for so many rows at most, whatever is skipped of them
            within = inner.limit(bindparam("reach", type_=Integer)).subquery("within")
            order = self._order([within.c[name] for name in names], within.c.id, backwards)
            inner = select(*within.c).order_by(*order)
        page = inner.limit(bindparam("size", type_=Integer)).offset(bindparam("skip", type_=Integer)).cte("page")
        page = page.prefix_with("MATERIALIZED") if whole else page  # else what is not shown is left out of it again
        order = self._order([page.c[name] for name in names], page.c.id, backwards)
        return Spelled(self._shown(page, names).order_by(*order), steady=steady)

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
            bulk = field.in_bulk(self.entity) if field.in_bulk is not None and self.unfiltered else None
            return Ordering(field.expression(self.entity), sort.descending, nullable=True, in_bulk=bulk)
        path = self.joins.sorted_by(field.path)
        expression = self.joins.at(path)
        if isinstance(field.kind, Json):
            expression = cast(expression, Text)
        nullable = any(is_nullable(hop) for hop in path)
        return Ordering(expression, sort.descending, nullable, () if isinstance(field.kind, Json) else path)
