"""Who may take back what. Taking back is no way round the table of roles."""

from typing import Any

from sqlalchemy import ColumnElement, Row, Uuid, and_, column, false, func, not_, or_, select, text

from lms_desktop import policy
from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import Certificate, User
from lms_desktop.errors import Denied
from lms_desktop.errors.kinds import N_
from lms_desktop.services import people
from lms_desktop.services.joins import BY_TABLE
from lms_desktop.services.taking_back.live import literal
from lms_desktop.services.taking_back.net import DELETE, INSERT, UPDATE, Net

_WAY_OUT = N_("An administrator can take it back.")


def check_operation(uow: UnitOfWork, actor_id: str | None) -> None:
    """Raise Denied unless the operation is the actor's own, or the actor is an administrator."""
    if uow.actor.system or uow.actor.role == policy.ADMIN:
        return
    if actor_id is None or actor_id != uow.actor.id:
        raise Denied(N_("This is somebody else's work: you can take back your own."), way_out=_WAY_OUT)


def check_before(uow: UnitOfWork, net: Net) -> None:
    """What can be said before anything is written. Raises Denied."""
    _keep_own_account(uow, net)
    if uow.actor.system or uow.actor.role == policy.ADMIN:
        return
    if net.has(Certificate.__tablename__, INSERT):
        raise Denied(
            N_("Certificates are kept for ever: issuing one cannot be taken back by you."),
            way_out=N_("An administrator can delete it."),
        )
    for table in net.tables(UPDATE):
        _check_fields(uow, net, table)
        reach = policy.scope(uow.actor, BY_TABLE[table], "view")
        # Rows that the operation moved out of reach come back into it: whether they do is looked at afterwards.
        moved = " OR ".join(
            f"(r.before->{literal(r.column)}) IS NOT NULL"
            for r in net.live.of_child(table)
            if r.column in net.keys[table, UPDATE]
        )
        excused = " OR ".join(filter(None, [moved, _emptied(net, table)]))
        _require(uow, net, table, UPDATE, and_(reach, _writable(uow, net, table, UPDATE)), but=excused)
    for table in net.tables(INSERT):
        reach = policy.scope(uow.actor, BY_TABLE[table], "view")
        _require(uow, net, table, INSERT, and_(reach, _writable(uow, net, table, INSERT)))
    for table in net.tables(DELETE):
        if _verbs_scope(uow, table, DELETE) is None and not _came_along(uow, net, table):
            raise _denied()


def check_after(uow: UnitOfWork, net: Net) -> None:
    """What can only be said of the rows as they are then. Raises Denied; nothing is to be committed then."""
    tables = {*net.tables(DELETE), *net.tables(UPDATE), *net.tables(INSERT)}
    if User.__tablename__ in tables:
        people.guard_last_admin(uow)
    if uow.actor.system or uow.actor.role == policy.ADMIN:
        return
    for kind in (DELETE, UPDATE):
        for table in net.tables(kind):
            reach = and_(policy.scope(uow.actor, BY_TABLE[table], "view"), _writable(uow, net, table, kind))
            _require(uow, net, table, kind, reach, but=_emptied(net, table) if kind == UPDATE else "")


def _keep_own_account(uow: UnitOfWork, net: Net) -> None:
    table, own = User.__tablename__, {"own": uow.actor.id or None}
    if uow.actor.system:
        return
    if net.has(table, INSERT):
        rows = f"SELECT EXISTS (SELECT FROM {net.rows(table, INSERT)} r WHERE row_id = CAST(:own AS uuid))"
        if net.ask(text(rows), own).scalar_one():
            raise Denied(N_("You cannot delete your own account."), way_out=N_("Another administrator can."))
    if net.has(table, UPDATE):
        rows = f"SELECT before->>'is_active' FROM {net.rows(table, UPDATE)} r WHERE row_id = CAST(:own AS uuid)"
        if net.ask(text(rows), own).scalar() == "false":
            people.keep_own_account(uow, (uow.actor.id,))


def _emptied(net: Net, table: str) -> str:
    """Updated rows that only lost their reference to what was deleted, or get it from what goes: as deleting does it,
    whosever they are."""
    references = {r.column: r.parent for r in net.live.of_child(table)}
    conditions = []
    for key in net.keys[table, UPDATE]:
        if key in net.aside(table):
            continue
        ways = [f"(r.before->{literal(key)}) IS NULL"]
        for kind, image in ((DELETE, "before"), (INSERT, "after")):
            if (parent := references.get(key)) and net.has(parent, kind):
                there = f"SELECT FROM {net.rows(parent, kind)} p WHERE p.row_id::text = r.{image}->>{literal(key)}"
                ways.append(f"EXISTS ({there})")
        conditions.append(f"({' OR '.join(ways)})")
    return f"({' AND '.join(['r.substance', *conditions])})"


def _check_fields(uow: UnitOfWork, net: Net, table: str) -> None:
    """Fields that only some roles may write are theirs to put back, too."""
    mapper: Any = BY_TABLE[table].__mapper__  # type: ignore[attr-defined]
    for attribute in mapper.column_attrs:
        if attribute.columns[0].name not in net.keys[table, UPDATE]:
            continue
        if not policy.may_write(uow.actor, BY_TABLE[table], attribute.key):
            raise Denied(N_("This field is for administrators to change."), field=attribute.key)


def _writable(uow: UnitOfWork, net: Net, table: str, kind: str) -> ColumnElement[bool]:
    """The rows that the actor may write by a verb of the table of roles, or that came along with such a row."""
    if (own := _verbs_scope(uow, table, kind)) is not None:
        return own
    if _came_along(uow, net, table):
        return policy.scope(uow.actor, BY_TABLE[table], "view")
    return false()


def _verbs_scope(uow: UnitOfWork, table: str, kind: str) -> ColumnElement[bool] | None:
    """The rows within reach of any verb that does such a thing or its opposite; None where the role has none."""
    entity = BY_TABLE[table]
    verbs = ("edit", *policy.rules(entity).acts) if kind == UPDATE else ("add", "delete")
    scopes = [policy.scope(uow.actor, entity, verb) for verb in verbs if policy.may(uow.actor, entity, verb)]
    return or_(*scopes) if scopes else None


def _came_along(uow: UnitOfWork, net: Net, table: str) -> bool:
    """Whether rows of the table can have been changed by deleting, or by making again, what the actor may delete."""
    seen, todo = {table}, [table]
    while todo:
        for reference in net.live.of_child(todo.pop()):
            parent = reference.parent
            if parent in seen or not (net.has(parent, DELETE) or net.has(parent, INSERT)):
                continue
            if policy.may(uow.actor, BY_TABLE[parent], "delete"):
                return True
            seen.add(parent)
            todo.append(parent)
    return False


def _require(uow: UnitOfWork, net: Net, table: str, kind: str, reach: ColumnElement[bool], *, but: str = "") -> None:
    """Raise Denied when a row is there and not within reach; `but` names rows that are not asked about."""
    entity: Any = BY_TABLE[table]
    wanted = f"SELECT row_id FROM {net.rows(table, kind)} r" + (f" WHERE NOT ({but})" if but else "")
    rows = text(wanted).columns(column("row_id", Uuid(as_uuid=False)))
    outside = select(func.count()).select_from(entity).where(entity.id.in_(rows), not_(reach))
    found: Row[Any] = net.ask(outside).one()
    if found[0]:
        raise _denied()


def _denied() -> Denied:
    return Denied(
        N_("Your role does not let you take this back: it reaches rows that are not yours to change."),
        way_out=_WAY_OUT,
    )
