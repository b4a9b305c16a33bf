"""The statements of one query's pages: from the beginning, from the end, from a key, from a place that is known."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import (
    Integer,
    LargeBinary,
    Select,
    Text,
    TextClause,
    bindparam,
    cast,
    column,
    func,
    literal,
    null,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from lms_desktop import policy
from lms_desktop.database.spelled import Spelled
from lms_desktop.database.unit_of_work import Actor, UnitOfWork
from lms_desktop.errors import BadValue
from lms_desktop.services import rare_words
from lms_desktop.services.column_texts import ColumnTexts
from lms_desktop.services.conditions import HARDLY_ALONG_AN_INDEX, filtered
from lms_desktop.services.joins import Joins, is_nullable
from lms_desktop.services.keys import bound_to, mark_of, nulls_of, typed_key_parameter
from lms_desktop.services.page_statements import Ordering, PageStatements, Span
from lms_desktop.services.paging import Layout, Page, Row, Want, Way, is_long
from lms_desktop.services.positions import ENTRY_BYTES, Entry, IdBlock, Key
from lms_desktop.spec import N_, Catalog, Computed, EntityAdmin, Field, Json, Query, Ref, Secret, Sort

NEAR_END = 1000
"""Rows before the end from which on a page is read from there, though another way leads to any place."""
PASSED = 10
"""From one in so many rows on, it is sooner done to sort them all than to pass them one by one."""
REACH = 2000
"""Rows that are skipped are taken to be so many where it is planned how a page is read."""
CHUNK = 16_384
"""Ids that come in one piece."""
KEPT = 8
"""Statements that a plan keeps: each takes a quarter of a megabyte, and a person has no more of them in use."""


class Plan(PageStatements):
    """The statements of one actor's query with one set of columns.

    Attributes:
        first_key: the field that the order is by first, "id" for the id alone.
        reaches_all: whether the actor may see all rows of the table.
        start: where a search begins, see `rare_words`; None where it is through all rows, and without a search.
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
        self.catalog, self.query, self.start = catalog, query, start
        self._column_texts = column_texts or ColumnTexts(catalog)
        self.admin: EntityAdmin = catalog[query.entity]
        self.entity: Any = query.entity
        self.joins = Joins(catalog, self.entity, query.zone)
        reach = policy.scope(actor, query.entity, "view")
        self.editable = policy.scope(actor, query.entity, "edit")
        self.conditions = [reach, *rare_words.where(self.joins, catalog, query, start)]
        self.reaches_all = isinstance(reach, type(true()))
        self.unfiltered = not (query.search or query.filters) and self.reaches_all
        self._counted = list(self.joins.conditions)
        self.first_key = next((sort.key for sort in query.sorts or self.admin.sorts), "id")
        on_order = [f for f in query.filters if f.key == self.first_key and f.operator not in HARDLY_ALONG_AN_INDEX]
        self.on_order = [filtered(self.joins, self.admin, one, query.zone) for one in on_order]
        self.orderings = self._orderings()
        in_order = self.orderings[0].path if self.orderings and start is None else ()
        self._narrowed = rare_words.on_order(self.joins, catalog, query, in_order)
        self._throughout = tuple(
            o if o.in_bulk is None else replace(o, expression=o.in_bulk.expression) for o in self.orderings
        )
        self.columns = tuple(self.admin.field(key) for key in columns)
        self.layout = Layout.of((f.key, isinstance(f, Field) and isinstance(f.kind, Ref)) for f in self.columns)
        self._page_statement = lru_cache(maxsize=KEPT)(self._make_page)

    def fetch(self, uow: UnitOfWork, want: Want, tries: Sequence[int] = ()) -> Page:
        """The rows wanted, by the cheapest way; before all are read, they are looked for among the next `tries` rows of
        the table, see `Span`."""
        # How many rows there are is known better than what is dated: the last of them are read from the end.
        told = want.keyed or not want.dated or self.skips_to(want)
        if isinstance(want.positions, IdBlock) and want.at is None and told:
            page = self._from_block(uow, want, want.positions)
            if page is not None:
                return page
        is_tried = bool(tries and want.count)
        through_all = Span.ALL if self.goes_through_all(want) else Span.ANY
        way = self._way(want, Span.NEAR if is_tried and through_all is Span.ANY else through_all)
        if is_tried and not way.parameters["skip"]:
            rows, way = self._try(uow, want, way, tries)
        else:
            skipped = -(-way.parameters["skip"] // REACH) * REACH
            rows = uow.rows(way.statement, way.parameters | {"reach": way.parameters["size"] + skipped})
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

    def keys_within(self, condition: TextClause, least: int, most: int) -> Select[Any]:
        """The statement that reads the keys, in their order, of the rows that meet a condition besides: at equal
        distances of each other, about `most`; none where fewer than `least` rows do."""
        keys = [cast(o.expression, Text).label(f"k{i}") for i, o in enumerate(self.orderings)]
        order = self._order([o.expression for o in self.orderings], self.entity.id, backwards=False)
        counts = func.row_number().over(order_by=order).label("place"), func.count().over().label("rows")
        found = select(*keys, cast(self.entity.id, Text).label("id"), *counts).select_from(self.entity)
        rows = self.joins.apply(found).where(*self.conditions, condition).subquery("found").c
        kept = (rows.place - 1) % func.greatest(rows.rows // most, 1) == 0
        return select(*(rows[key.name] for key in keys), rows.id).where(rows.rows >= least, kept).order_by(rows.place)

    def goes_through_all(self, want: Want) -> bool:
        """Whether a good part of the rows is passed on the way to those wanted, in an order by what they refer to."""
        through = bool(self.orderings) and len(self.orderings[0].path) > 1
        return through and want.total is not None and want.passed * PASSED > want.total

    def skips_to(self, want: Want) -> bool:
        """Whether what leads to any place leads to the rows wanted: not to the first of all or those at the very end,
        nor where a key does."""
        if not want.first or want.keyed:
            return False
        return want.total is None or not self._from_end(want, near=True)

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
    def sorts_by_long_texts(self) -> bool:
        """Whether a key may be very long."""
        return any(is_long(self.admin.field(sort.key)) for sort in self.query.sorts or self.admin.sorts)

    @property
    def table(self) -> str:
        """The name of the table."""
        return str(self.entity.__tablename__)

    # Ways to a page

    def _try(self, uow: UnitOfWork, want: Want, way: Way, tries: Sequence[int]) -> tuple[list[Row], Way]:
        """The rows wanted, by this way to the nearest ones or, where these are too few, among all; and the way."""
        rows = list[Row]()
        uow.execute(_ALONG)
        for near in tries:
            rows = uow.rows(way.statement, way.parameters | {"near": near})
            if len(rows) == way.parameters["size"]:
                break
        uow.execute(_AS_USUAL)
        if len(rows) < way.parameters["size"]:
            way = self._way(want, Span.ALL)
            rows = uow.rows(way.statement, way.parameters)
        return rows, way

    def _way(self, want: Want, span: Span = Span.ANY) -> Way:
        """How the rows wanted are read, and one more behind them, to see whether any follows. Where none are wanted the
        server reads none: the statement is made ready. `span`: among which, unless rows are skipped."""
        size: dict[str, Any] = {"size": want.count + 1 if want.count else 0, "skip": 0}
        if want.before is not None:
            statement = self._page_statement(nulls_of(want.before), backwards=True, span=span)
            return Way(statement, size | bound_to(want.before), backwards=True)
        if want.after is not None:
            return Way(self._page_statement(nulls_of(want.after), span=span), size | bound_to(want.after))
        if want.at is not None:
            statement = self._page_statement(nulls_of(want.at), inclusive=True, span=span)
            return Way(statement, size | bound_to(want.at))
        if want.first == 0:
            return Way(self._page_statement(None, whole=True, span=span), size, outermost=True)
        positions = want.positions if not isinstance(want.positions, IdBlock) else None
        if want.total is not None and self._from_end(want, near=positions is not None):
            behind = max(want.total - want.first - want.count, 0)
            size = {"size": min(want.count, want.total - want.first) + 1, "skip": behind}
            statement = self._page_statement(
                None, backwards=True, whole=not behind, span=span.behind() if behind else span
            )
            return Way(statement, size, backwards=True, outermost=not behind)
        key, skip = positions.lead_to(want.first) if positions is not None else (None, want.first)
        size["skip"] = skip
        if key is None:
            return Way(self._page_statement(None, span=span.behind()), size)
        return Way(self._page_statement(nulls_of(key)), size | bound_to(key))

    def _from_end(self, want: Want, *, near: bool) -> bool:
        """Whether the rows wanted are read from the end; `near`: only where it is very near."""
        left = (want.total or 0) - want.first
        return 0 < left < (NEAR_END if near else want.first)

    def _from_block(self, uow: UnitOfWork, want: Want, block: IdBlock) -> Page | None:
        """The rows that the block has there, as far as they still stand there; others are made up for by their
        neighbours. None where the block does not tell."""
        edge, whole = want.after or want.before, want.total == block.total and not want.dated
        first = self.place_in(uow, block, edge, want.first) if edge is not None else want.first or None
        if first is None:  # the first rows of all are found without
            return None
        if want.before is not None:
            rows, begun = self._before_in_block(uow, want.count, first, block)
            begun = begun and whole
            if not rows and not begun:
                return None  # what there may be before the first of them by now, the keys tell
            return Page(tuple(rows), self.layout, begun, False)
        first += want.after is not None
        rows = []
        while len(rows) < want.count and first < block.total:
            entries = block.entries(first, want.count - len(rows))
            rows += self._rows_of(uow, entries)
            first += len(entries)
        ended = first >= block.total
        if ended and not whole and (want.dated or not rows):
            return None  # what there may be behind the last of them by now, the keys tell
        return Page(tuple(rows), self.layout, False, ended and whole)

    def _before_in_block(self, uow: UnitOfWork, count: int, end: int, block: IdBlock) -> tuple[list[Row], bool]:
        rows: list[Row] = []
        while len(rows) < count and end > 0:
            begin = max(end - (count - len(rows)), 0)
            rows = self._rows_of(uow, block.entries(begin, end - begin)) + rows
            end = begin
        return rows, end == 0

    def place_in(self, uow: UnitOfWork, block: IdBlock, key: Key, near: int | None = None) -> int | None:
        """The place of a row in the block, near one or anywhere, if it had this key then."""
        row_id = key[-1] or ""
        found = block.find_anywhere(row_id) if near is None else block.find(row_id, near)
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


# An index leads through the next rows in their order, and one processor is through with them before another begins.
# What they refer to is looked up for each: to gather all there that a filter lets through takes longer. The one sort
# that is left makes it look so costly to PostgreSQL, up to 17, that the server would compile it, for half a second.
_AGAINST = {
    **dict.fromkeys(("enable_sort", "enable_hashjoin", "enable_material", "jit"), "off"),
    "max_parallel_workers_per_gather": "0",
}
_ALONG = text("; ".join(f"SET LOCAL {name} = {value}" for name, value in _AGAINST.items()))
_AS_USUAL = text("; ".join(f"SET LOCAL {name} TO DEFAULT" for name in _AGAINST))
