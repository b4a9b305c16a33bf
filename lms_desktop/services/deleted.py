"""The rows that were deleted here and are not there now: what can be brought back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, false, func, not_, or_, select

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import ENTITIES
from lms_desktop.entities.logs import changes, operations
from lms_desktop.services import conditions, log_conditions
from lms_desktop.services.joins import BY_TABLE, Joins
from lms_desktop.services.log_conditions import ENTITY, LogRow
from lms_desktop.services.naming import Names
from lms_desktop.spec import Catalog, EntityAdmin, Operator, Query


@dataclass(frozen=True)
class DeletedRow:
    """Which row a line of the list is about: its table and id, and the operation that deleted it."""

    table: str
    row_id: str
    operation: str

    @classmethod
    def of(cls, line: str) -> "DeletedRow":
        """The row of a line's id."""
        return cls(*line.split(":")[:3])

    @property
    def entity(self) -> type:
        """The entity of the table."""
        return BY_TABLE[self.table]


def deleted_found(uow: UnitOfWork, admin: EntityAdmin, query: Query) -> tuple[Select[Any], tuple[Any, ...]]:
    """The keys of the rows of a query, as columns k0 and k1, and by what they are ordered. Without a filter by entity
    it names what was deleted itself, not what a cascade took along: that comes back with it."""
    deleted = _deletions(uow, admin, query)
    wanted = [_gone(deleted.c), _latest(deleted.c)]
    keys = (deleted.c.operation, deleted.c.n)
    return select(deleted.c.operation.label("k0"), deleted.c.n.label("k1")).where(*wanted), keys


def _deletions(uow: UnitOfWork, admin: EntityAdmin, query: Query) -> Any:
    """What was deleted and whenever, newest first. A wall for the planner: whether a row is there again is looked up
    for those alone that are read, one after the other."""
    c, o = changes.c, operations.c
    wanted = [*log_conditions.within_reach(uow), c.action == "D"]
    joins = Joins({}, operations, query.zone)
    for condition in query.filters:
        if condition.key != ENTITY:
            wanted.append(conditions.filtered(joins, admin, condition, query.zone))
            continue
        chosen = c.entity.in_([name for name in condition.values if log_conditions.known_table(name)])
        wanted.append(not_(chosen) if condition.operator is Operator.NONE_OF else chosen)
    for word in query.search.split():
        wanted.append(
            or_(cast(c.before, Text).icontains(word, autoescape=True), o.sentence.icontains(word, autoescape=True))
        )
    rows = changes.join(operations, o.seq == c.operation)
    if not any(condition.key == ENTITY for condition in query.filters):
        heads = _heads()
        rows = rows.join(heads, and_(heads.c.operation == c.operation, heads.c.entity == c.entity))
    deletions = select(c.operation, c.n, c.entity, c.row_id).select_from(rows).where(*wanted)
    return deletions.order_by(c.operation.desc(), c.n.desc()).offset(0).subquery("deletions")


def deleted_rows(
    uow: UnitOfWork, catalog: Catalog, query: Query, page: Select[Any], parameters: Mapping[str, Any]
) -> Sequence[LogRow]:
    """The rows of a page, with what they were called last."""
    c, at = changes.c, page.cte("page")
    statement = (
        select(
            cast(operations.c.id, Text).label("id"),
            cast(c.operation, Text).label("seq"),
            cast(c.n, Text).label("n"),
            c.entity.label("table"),
            cast(c.row_id, Text).label("row_id"),
            c.before,
            *log_conditions.operation_columns(),
        )
        .select_from(at)
        .join(changes, and_(c.operation == at.c.k0, c.n == at.c.k1))
        .join(operations, operations.c.seq == c.operation)
        .order_by(c.operation.desc(), c.n.desc())
    )
    rows = uow.execute(statement, dict(parameters)).all()
    names = Names(uow, catalog, query.zone)
    wanted: dict[type, list[str]] = {}
    for row in rows:
        names.learn(BY_TABLE[row.table], row.row_id, row.before)
        wanted.setdefault(BY_TABLE[row.table], []).append(row.row_id)
    called = names.of(wanted)
    along = _deleted_together(uow, {int(row.seq) for row in rows})
    return [
        LogRow(
            f"{row.table}:{row.row_id}:{row.id}:{row.n}",
            (row.seq, row.n),
            {
                "title": (row.row_id, *called.get((BY_TABLE[row.table], row.row_id), ("", ""))),
                "entity": (row.table,),
                "at": (row.at,),
                "person": (row.person, row.name, row.email),
                "along": (str(along[int(row.seq)] - 1),),
                "said": (row.said,),
            },
        )
        for row in rows
    ]


def _deleted_together(uow: UnitOfWork, operations_: set[int]) -> Counter[int]:
    if not operations_:
        return Counter()
    counted = select(changes.c.operation, func.count()).where(changes.c.operation.in_(sorted(operations_)))
    found = uow.execute(counted.where(changes.c.action == "D").group_by(changes.c.operation))
    return Counter({row[0]: row[1] for row in found})


def _gone(deleted: Any) -> ColumnElement[bool]:
    """The row is not there now."""
    there = []
    for name, entity in BY_TABLE.items():
        row: Any = entity
        there.append((deleted.entity == name, not_(select(row.id).where(row.id == deleted.row_id).exists())))
    return case(*there, else_=false())


def _latest(deleted: Any) -> ColumnElement[bool]:
    """It is the last time that the row was deleted."""
    last = select(func.max(changes.c.n)).where(changes.c.row_id == deleted.row_id, changes.c.action == "D")
    latest: ColumnElement[bool] = deleted.n == last.scalar_subquery()
    return latest


def _heads() -> Any:
    """(operation, entity) of what operations deleted themselves: of its tables the one that others hang on."""
    found = changes.alias("found")
    read = select(found.c.operation, found.c.entity).where(found.c.action == "D").distinct()
    deleting = read.cte("deleting").prefix_with("MATERIALIZED")
    ranks = [(name, rank) for rank, name in enumerate(parents_first())]
    rank = _rank(deleting.c.entity, ranks)
    place = func.row_number().over(partition_by=deleting.c.operation, order_by=rank).label("place")
    ranked = select(deleting.c.operation, deleting.c.entity, place).subquery("ranked")
    return select(ranked.c.operation, ranked.c.entity).where(ranked.c.place == 1).subquery("heads")


def _rank(entity: Any, ranks: list[tuple[str, int]]) -> ColumnElement[int]:
    return case(*[(entity == name, rank) for name, rank in ranks], else_=len(ranks))


def parents_first() -> tuple[str, ...]:
    """The ten tables, each after those that it refers to."""
    tables: dict[str, None] = {}

    def visit(entity: Any) -> None:
        for key in sorted(entity.__table__.foreign_keys, key=lambda key: key.column.table.name):
            if key.column.table.name not in tables and key.column.table is not entity.__table__:
                visit(BY_TABLE[key.column.table.name])
        tables.setdefault(entity.__tablename__)

    for entity in ENTITIES:
        visit(entity)
    return tuple(tables)
