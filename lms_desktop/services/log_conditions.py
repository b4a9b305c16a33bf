"""Which operations an actor may see, and which of them a query is about."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, case, cast, func, literal, not_, or_, select, text

from lms_desktop import policy
from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities.logs import SCHEMA, changes, operations
from lms_desktop.errors import BadValue
from lms_desktop.errors.kinds import N_
from lms_desktop.frozen import frozen
from lms_desktop.services import conditions, gate
from lms_desktop.services.joins import BY_TABLE, Joins
from lms_desktop.spec import EntityAdmin, Filter, Operator, Query

ENTITY, RECORD = "entity", "record"
"""Keys of the filters that look into an operation's changes: tables, and one row as (table, id)."""
REVERTED, REVERTING = "reverted", "reverting"
"""What became of an operation: it was taken back; it takes another one back."""


class OperationList:
    """Stands for the operations of the log where a query wants an entity."""

    __tablename__ = "operations"


class DeletedList:
    """Stands for the rows that were deleted here and are not there now."""

    __tablename__ = "deleted"


class SignInList:
    """Stands for the attempts to sign in."""

    __tablename__ = "sign_ins"


@frozen
class LogRow:
    """A row of one of the lists: its id, its keys in the order, and the texts of its columns (of one that refers to
    somebody: value, label, detail)."""

    id: str
    keys: tuple[str, ...]
    texts: Mapping[str, tuple[str | None, ...]]


def sees_all(uow: UnitOfWork) -> bool:
    """Whether the actor may see what everybody did. Everybody else sees what they did themselves."""
    return policy.sees_whole_history(uow.actor)


def within_reach(uow: UnitOfWork) -> list[ColumnElement[bool]]:
    """The operations that the actor may see."""
    return [] if sees_all(uow) else [operations.c.actor_id == uow.actor.id]


def record_filter(entity: Any, row_id: str, title: str = "") -> Filter:
    """The filter for what was done to one row."""
    return Filter(RECORD, Operator.IS, (entity.__tablename__, row_id), (title,) if title else ())


def operations_wanted(uow: UnitOfWork, admin: EntityAdmin, query: Query) -> list[ColumnElement[bool]]:
    """The conditions of a query on the operations, those of the actor's reach first."""
    joins = Joins({}, operations, query.zone)
    wanted = within_reach(uow)
    for condition in query.filters:
        if condition.key == ENTITY:
            wanted.append(_touching(condition))
        elif condition.key == RECORD:
            wanted.append(_about(uow, condition))
        else:
            wanted.append(conditions.filtered(joins, admin, condition, query.zone))
    for word in query.search.split():
        places = (operations.c.sentence, operations.c.actor_name, operations.c.actor_email)
        wanted.append(or_(*[place.icontains(word, autoescape=True) for place in places]))
    return wanted


def known_table(name: str) -> Any:
    """The entity of a table; raises BadValue for one that is not of the ten."""
    entity = BY_TABLE.get(name)
    if entity is None:
        raise BadValue(N_("There is no field {key} to filter by here."), values={"key": name})
    return entity


def _touching(condition: Filter) -> ColumnElement[bool]:
    for name in condition.values:
        known_table(name)
    found = select(changes.c.n).where(changes.c.operation == operations.c.seq, changes.c.entity.in_(condition.values))
    touching: ColumnElement[bool] = found.correlate(operations).exists()
    return not_(touching) if condition.operator is Operator.NONE_OF else touching


def _about(uow: UnitOfWork, condition: Filter) -> ColumnElement[bool]:
    table, row_id = condition.values
    entity = known_table(table)
    if not sees_all(uow):
        gate.require(uow, entity, "view", [row_id])
    about = select(changes.c.operation).where(changes.c.row_id == row_id, changes.c.entity == table)
    return operations.c.seq.in_(about)


# What is read of an operation


def operation_columns() -> list[Any]:
    """The texts of an operation as its line in a list shows them."""
    o = operations.c
    said = func.json_build_object(literal("said", Text), o.sentence, literal("parts", Text), o.parts)
    return [
        cast(o.at, Text).label("at"),
        func.coalesce(cast(o.actor_id, Text), func.nullif(o.actor_email, ""), o.actor_name).label("person"),
        func.coalesce(func.nullif(o.actor_name, ""), o.actor_email).label("name"),
        case((o.actor_name == "", ""), else_=o.actor_email).label("email"),
        cast(said, Text).label("said"),
        o.machine,
        o.db_role,
        cast(o.reverts, Text).label("reverts"),
    ]


def counted(most: int) -> ColumnElement[int]:
    """How many rows an operation changed, one more than `most` at most."""
    some = select(changes.c.n).where(changes.c.operation == operations.c.seq).limit(most + 1).correlate(operations)
    counted: Any = select(func.count()).select_from(some.lateral("some")).correlate(operations).scalar_subquery()
    return counted  # type: ignore[no-any-return]


# By `seq + 0`: in the order of `seq` itself the server would go through all operations for the few that take back.
_CHAINS = text(
    f"WITH RECURSIVE chain AS (SELECT o.id AS root, o.id, 0 AS depth FROM {SCHEMA}.operations o"
    " WHERE o.id = ANY (CAST(:ids AS uuid[])) UNION ALL SELECT c.root, r.id, c.depth + 1 FROM chain c, LATERAL ("
    f"SELECT id FROM {SCHEMA}.operations WHERE reverts = c.id ORDER BY seq + 0 DESC LIMIT 1) r)"
    " SELECT root::text FROM chain GROUP BY root HAVING max(depth) % 2 = 1"
)


def taken_back(uow: UnitOfWork, ids: Sequence[str]) -> frozenset[str]:
    """Those of these operations that were taken back, the taking back itself not taken back again."""
    return frozenset(uow.execute(_CHAINS, {"ids": list(ids)}).scalars()) if ids else frozenset()


def state(back: bool, reverts: str | None) -> str | None:
    """What an operation's line says of its fate."""
    return REVERTED if back else REVERTING if reverts is not None else None
