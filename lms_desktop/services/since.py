"""What the change log tells of rows since a version of theirs: who changed which columns, and who deleted them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, Uuid, cast, column, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from lms_desktop.database.change_log import log_state
from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import ENTITIES
from lms_desktop.entities.logs import changes, operations

LOOKED_BACK = 100
"""Changes of one row that are looked through, the latest ones."""
_WRAP = 2**32
"""A row's version is the last 32 bits of a transaction's number."""


@dataclass(frozen=True)
class Logged:
    """One change of one row. `before` and `after` are column → text; `hidden` the secret columns it changed; `who` did
    it, at the wire moment `when`; `operation` is its id in the log, `actor_id` of whom."""

    action: str
    before: Mapping[str, str | None]
    after: Mapping[str, str | None]
    hidden: frozenset[str]
    who: str
    when: str
    operation: str
    actor_id: str | None


def logged_since(uow: UnitOfWork, entity: Any, versions: Mapping[str, str | None]) -> dict[str, tuple[Logged, ...]]:
    """By id, what happened to these rows since these versions, the latest first; nothing where there is no log."""
    if not versions or not log_state(uow.connection).on:
        return {}
    wanted = (
        func.unnest(literal(list(versions), ARRAY(Uuid(as_uuid=False))))
        .table_valued(column("id"), name="wanted")
        .render_derived()
    )
    latest = (
        select(changes)
        .where(changes.c.row_id == wanted.c.id)
        .order_by(changes.c.n.desc())
        .limit(LOOKED_BACK)
        .lateral("latest")
    )
    names = operations.c.actor_name, operations.c.actor_email, operations.c.db_role
    statement = (
        select(
            latest.c.row_id,
            latest.c.action,
            latest.c.before,
            latest.c.after,
            latest.c.hidden,
            func.coalesce(*(func.nullif(name, "") for name in names)).label("who"),
            cast(operations.c.at, Text).label("at"),
            operations.c.id,
            operations.c.actor_id,
            cast(operations.c.xid, Text).label("xid"),
        )
        .select_from(wanted.join(latest, literal(True)).join(operations, operations.c.seq == latest.c.operation))
        .where(latest.c.entity == entity.__tablename__)
        .order_by(latest.c.row_id, latest.c.n.desc())
    )
    rows: dict[str, list[tuple[int, Logged]]] = {}
    for row in uow.execute(statement):
        hidden = frozenset(row.hidden or ())
        images = row.before or {}, row.after or {}
        change = Logged(row.action, *images, hidden, row.who, row.at, row.id, row.actor_id)
        rows.setdefault(row.row_id, []).append((int(row.xid), change))
    return {row_id: _since(of_row, versions[row_id]) for row_id, of_row in rows.items()}


def _since(latest_first: list[tuple[int, Logged]], version: str | None) -> tuple[Logged, ...]:
    """Those behind the transaction that wrote the version; where that is not logged, those that began after it."""
    if version is None:
        return tuple(change for _, change in latest_first)
    wrote = int(version)
    its_own = next((i for i, (number, _) in enumerate(latest_first) if number % _WRAP == wrote), None)
    if its_own is not None:
        return tuple(change for _, change in latest_first[:its_own])
    return tuple(change for number, change in latest_first if 0 < (number - wrote) % _WRAP < _WRAP // 2)


def went_with(
    uow: UnitOfWork, entity: Any, deletes: Mapping[str, str], *, missing: bool = False
) -> dict[str, dict[str, int]]:
    """By id of a deleted row (id → the operation that deleted it), how many rows of which tables went with
    it, directly; with `missing` only those that are still gone."""
    counted: dict[str, dict[str, int]] = {}
    if not deletes:
        return counted
    for child in ENTITIES:
        for key in child.__table__.foreign_keys:
            if key.column.table.name != entity.__tablename__ or key.ondelete != "CASCADE":
                continue
            parent = changes.c.before[key.parent.name].as_string()
            statement = (
                select(parent, func.count())
                .where(
                    changes.c.operation.in_(select(operations.c.seq).where(operations.c.id.in_(set(deletes.values())))),
                    changes.c.action == "D",
                    changes.c.entity == child.__tablename__,
                    parent.in_(list(deletes)),
                )
                .group_by(parent)
            )
            if missing:
                there: Any = child
                statement = statement.where(~select(there.id).where(there.id == changes.c.row_id).exists())
            for row_id, count in uow.execute(statement):
                of_row = counted.setdefault(row_id, {})
                of_row[child.__tablename__] = of_row.get(child.__tablename__, 0) + int(count)
    return counted


def author(history: Iterable[Logged], name: str, now: str | None) -> tuple[str, str | None]:
    """Who gave a column its present value, and when; ("", None) where the log does not tell: another program."""
    for change in history:
        if name in change.after:
            return (change.who, change.when) if change.after[name] == now else ("", None)
        if name in change.hidden:
            return change.who, change.when
    return "", None
