"""Pages of the log's lists: what was done, what was deleted and is not there now, who signed in. Newest first.

They are read as `services.pages` reads the rows of entities, and so a table shows them in the same way: a page is found
by the key of the row before or after it, never by reading what lies between.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Text, and_, bindparam, cast, func, or_, select, text, tuple_

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import User
from lms_desktop.entities.logs import SCHEMA, operations, sign_ins
from lms_desktop.errors import Denied
from lms_desktop.errors.kinds import N_
from lms_desktop.services import conditions, log_conditions
from lms_desktop.services.deleted import deleted_found, deleted_rows
from lms_desktop.services.joins import Joins
from lms_desktop.services.log_conditions import LogRow, OperationList, SignInList
from lms_desktop.services.pages import Key, Layout, Page, Row, Want
from lms_desktop.spec import Catalog, Query, Ref

MANY = 999
"""Rows that an operation changed are counted up to here in a list."""

Texts = Mapping[str, tuple[str | None, ...]]
"""Column key → its value, or its value, label and detail."""


class LogPages:
    """Reads pages of the log's lists.

    Attributes:
        catalog: the declarations of the ten entities; `logs` those of the lists themselves.
    """

    def __init__(self, catalog: Catalog, logs: Catalog) -> None:
        self.catalog, self.logs = catalog, logs

    def fetch(self, uow: UnitOfWork, query: Query, columns: tuple[str, ...], want: Want) -> Page:
        """The rows wanted. Raises Denied, and BadValue for a filter that cannot be."""
        page, parameters, backwards, outermost = _way(*self._found(uow, query), want)
        rows = self._shown(uow, query, page, parameters)
        layout = Layout.of((key, isinstance(self.logs[query.entity].field(key).kind, Ref)) for key in columns)
        made = [_row(row, columns) for row in rows]
        last = len(made) < parameters["size"]
        begun, ended = (last, outermost) if backwards else (outermost, last)
        return Page(tuple(made), layout, begun, ended)

    def count(self, uow: UnitOfWork, query: Query) -> int:
        """The exact number of rows of a query."""
        found = self._found(uow, query)[0].subquery()
        return int(uow.execute(select(func.count()).select_from(found)).scalar_one())

    def estimate(self, uow: UnitOfWork, query: Query) -> int | None:
        """About how many rows the whole list has; None where that is not known."""
        if query.entity is not OperationList or not log_conditions.sees_all(uow):
            return None
        about = text("SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(:name)")
        found = uow.execute(about, {"name": f"{SCHEMA}.operations"}).scalar_one_or_none()
        return int(found) if found is not None and found >= 0 else None

    def position(self, uow: UnitOfWork, query: Query, row_id: str) -> int | None:
        """The place (from 0) of an operation in its list; None where it is not there, and in the other lists."""
        if query.entity is not OperationList:
            return None
        found = self._found(uow, query)[0]
        seq = uow.execute(found.where(operations.c.id == row_id)).scalar_one_or_none()
        if seq is None:
            return None
        newer = found.where(operations.c.seq > seq).subquery()
        return int(uow.execute(select(func.count()).select_from(newer)).scalar_one())

    def key(self, uow: UnitOfWork, query: Query, row_id: str) -> None:
        """Nothing: what was written into the log stays where it stands."""

    def before(self, uow: UnitOfWork, query: Query, key: Key) -> int:
        """How many rows of a query are newer than a key."""
        found, keys = self._found(uow, query)
        newer = found.where(tuple_(*keys) > _there(keys)).subquery()
        return int(uow.execute(select(func.count()).select_from(newer), _bound(keys, key)).scalar_one())

    def positions(self, uow: UnitOfWork, query: Query, *, alone: bool = False) -> None:
        """Nothing: any place of a list is found by its number."""

    def tally(self, uow: UnitOfWork, query: Query) -> int:
        """The exact number of rows."""
        return self.count(uow, query)

    def moment(self, uow: UnitOfWork, query: Query) -> None:
        """Nothing: a list is counted each time."""

    # Within

    def _found(self, uow: UnitOfWork, query: Query) -> tuple[Select[Any], tuple[Any, ...]]:
        """The keys (k0, k1 …) of all rows of a query, in no order, and by what to order them, newest first."""
        admin = self.logs[query.entity]
        if query.entity is OperationList:
            wanted = log_conditions.operations_wanted(uow, admin, query)
            return select(operations.c.seq.label("k0")).where(*wanted), (operations.c.seq,)
        if query.entity is SignInList:
            wanted = _sign_ins_wanted(uow, self.logs, query)
            return select(sign_ins.c.n.label("k0")).where(*wanted), (sign_ins.c.n,)
        return deleted_found(uow, admin, query)

    def _shown(
        self, uow: UnitOfWork, query: Query, page: Select[Any], parameters: Mapping[str, Any]
    ) -> Sequence[LogRow]:
        if query.entity is OperationList:
            return _operation_rows(uow, page, parameters)
        if query.entity is SignInList:
            return _sign_in_rows(uow, page, parameters)
        return deleted_rows(uow, self.catalog, query, page, parameters)


def _way(found: Select[Any], keys: tuple[Any, ...], want: Want) -> tuple[Select[Any], dict[str, Any], bool, bool]:
    """The page's keys, its parameters, whether it was read backwards and whether from the first or last row of all on;
    its rows come in their order in any case."""
    size: dict[str, Any] = {"size": want.count, "skip": 0}
    backwards = outermost = False
    bound = want.before or want.after or want.at
    if bound is not None:
        backwards = want.before is not None
        here, there = tuple_(*keys), _there(keys)
        found = found.where(here > there if backwards else here < there if want.after else here <= there)
        size |= _bound(keys, bound)
    elif want.total is not None and 0 < want.total - want.first < want.first:
        behind = max(want.total - want.first - want.count, 0)
        backwards, outermost = True, not behind
        size = {"size": min(want.count, want.total - want.first), "skip": behind}
    else:
        size["skip"], outermost = want.first, want.first == 0
    order = [key.asc() if backwards else key.desc() for key in keys]
    limit, offset = bindparam("size", type_=Integer), bindparam("skip", type_=Integer)
    return found.order_by(*order).limit(limit).offset(offset), size, backwards, outermost


def _there(keys: Sequence[Any]) -> Any:
    """A key that is bound later."""
    return tuple_(*[cast(bindparam(f"b{i}", type_=Text), key.type) for i, key in enumerate(keys)])


def _bound(keys: Sequence[Any], there: Key) -> dict[str, Any]:
    return {f"b{i}": there[i] for i in range(len(keys))}


def _row(row: LogRow, columns: tuple[str, ...]) -> Row:
    return (row.id, "", "false", *(text for key in columns for text in row.texts[key]), *row.keys)


# What was done


def _operation_rows(uow: UnitOfWork, page: Select[Any], parameters: Mapping[str, Any]) -> Sequence[LogRow]:
    at, o = page.cte("page"), operations
    statement = select(
        cast(o.c.id, Text).label("id"),
        cast(o.c.seq, Text).label("seq"),
        *log_conditions.operation_columns(),
        log_conditions.counted(MANY).label("rows"),
    ).join(at, at.c.k0 == o.c.seq)
    rows = uow.execute(statement.order_by(o.c.seq.desc()), dict(parameters)).all()
    back = log_conditions.taken_back(uow, [row.id for row in rows])
    return [
        LogRow(
            row.id,
            (row.seq,),
            {
                "at": (row.at,),
                "person": (row.person, row.name, row.email),
                "said": (row.said,),
                "rows": (f"{MANY}+" if row.rows > MANY else str(row.rows),),
                "state": (log_conditions.state(row.id in back, row.reverts),),
                "machine": (row.machine,),
                "db_role": (row.db_role,),
            },
        )
        for row in rows
    ]


# Who signed in


def _sign_ins_wanted(uow: UnitOfWork, logs: Catalog, query: Query) -> list[ColumnElement[bool]]:
    if not log_conditions.sees_all(uow):
        raise Denied(
            N_("The sign-ins are for administrators to see."),
            way_out=N_("An administrator can do it or give you the role for it."),
        )
    admin = logs[query.entity]
    joins = Joins(logs, sign_ins, query.zone)
    wanted = [conditions.filtered(joins, admin, condition, query.zone) for condition in query.filters]
    for word in query.search.split():
        places = (sign_ins.c.email, sign_ins.c.machine, sign_ins.c.outcome)
        wanted.append(or_(*[place.icontains(word, autoescape=True) for place in places]))
    return wanted


def _sign_in_rows(uow: UnitOfWork, page: Select[Any], parameters: Mapping[str, Any]) -> Sequence[LogRow]:
    at, s = page.cte("page"), sign_ins
    statement = (
        select(
            cast(s.c.n, Text).label("n"),
            cast(s.c.at, Text).label("at"),
            func.coalesce(cast(s.c.user_id, Text), s.c.email).label("person"),
            func.coalesce(User.full_name, s.c.email).label("name"),
            s.c.email,
            s.c.outcome,
            s.c.machine,
            s.c.db_role,
        )
        .join(at, at.c.k0 == s.c.n)
        .outerjoin(User, and_(User.id == s.c.user_id))
        .order_by(s.c.n.desc())
    )
    return [
        LogRow(
            row.n,
            (row.n,),
            {
                "at": (row.at,),
                "person": (row.person, row.name, row.email if row.name != row.email else ""),
                "outcome": (row.outcome,),
                "machine": (row.machine,),
                "db_role": (row.db_role,),
            },
        )
        for row in uow.execute(statement, dict(parameters))
    ]
