"""The gate: every read and write passes here. It re-reads the actor's row in each transaction; `policy` is its law.

Hiding a button is courtesy; this is what counts.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, select

from lms_desktop import policy
from lms_desktop.database.unit_of_work import Actor, Database, UnitOfWork
from lms_desktop.entities import User
from lms_desktop.errors import Denied
from lms_desktop.errors.kinds import N_

OnConnect = Callable[[Any], None] | None

_VERBS = {
    "view": N_("see"),
    "add": N_("add"),
    "edit": N_("change"),
    "delete": N_("delete"),
    "publish": N_("publish"),
    "unpublish": N_("unpublish"),
    "activate": N_("activate"),
    "deactivate": N_("deactivate"),
    "set_password": N_("set password"),
    "revoke": N_("revoke"),
    "clean_up": N_("clean up"),
    "regrade": N_("regrade"),
    "reprint": N_("reprint"),
}
_ROLES = (N_("administrator"), N_("registrar"), N_("instructor"))
"""The roles as they stand in a sentence, marked for translation."""

# For a transaction that is not logged: each other one has read the row as it began.
_ACTOR = select(User.email, User.full_name, User.role, User.is_active).where(User.id == bindparam("actor"))


class ActorLost(Denied):
    """The actor may do nothing any more: deactivated, deleted or with another role."""


@contextmanager
def reading(
    database: Database, actor: Actor, on_connect: OnConnect = None, *, again: bool = False, along: bool = False
) -> Iterator[UnitOfWork]:
    """A read-only transaction of this actor; raises ActorLost when the actor may not work here any more. `again` as
    `Database.reading` has it. `along`: the actor is looked at along with what is read first, or at the end: for whoever
    does nothing else than to read."""
    along = along and (actor.system or actor.role in policy.STAFF)
    with database.reading(actor, on_connect, again=again, admit=enter if along else None) as uow:
        if not along:
            enter(uow)
        yield uow


@contextmanager
def transaction(
    database: Database,
    actor: Actor,
    on_connect: OnConnect = None,
    *,
    operation: str | None = None,
    logged: bool = True,
) -> Iterator[UnitOfWork]:
    """A transaction of this actor, committed at the end; raises ActorLost when the actor may not work here any more.

    `operation` and `logged` as `Database.unit_of_work` has them.
    """
    with database.unit_of_work(actor, on_connect, operation=operation, logged=logged) as uow:
        enter(uow)
        yield uow


def enter(uow: UnitOfWork) -> None:
    """Re-read the actor's row. Uses only columns that the first revision has."""
    if uow.actor.system:
        return
    people = uow.people if uow.people is not None else uow.execute(_ACTOR, {"actor": uow.actor.id}).all()
    row: Any = next(iter(people), None)
    if row is None:
        raise ActorLost(N_("Your account no longer exists."), way_out=N_("Sign in with another account."))
    if not row.is_active:
        raise ActorLost(N_("Your account has been deactivated."), way_out=N_("An administrator can activate it again."))
    if row.role != uow.actor.role or row.role not in policy.STAFF:
        raise ActorLost(
            N_("Your role has changed meanwhile."), way_out=N_("Sign in again to go on with your new role.")
        )
    uow.actor = replace(uow.actor, email=row.email, name=row.full_name)


def check_entity(uow: UnitOfWork, entity: type, verb: str) -> None:
    """Raise Denied unless the actor has the verb on some rows of the entity."""
    if not policy.may(uow.actor, entity, verb):
        raise _denied(uow.actor, verb)


def condition(uow: UnitOfWork, entity: type, verb: str) -> ColumnElement[bool]:
    """The rows within reach, as a condition; raises Denied when the role has none at all."""
    check_entity(uow, entity, verb)
    return policy.scope(uow.actor, entity, verb)


def require(uow: UnitOfWork, entity: Any, verb: str, ids: Iterable[str]) -> None:
    """Raise Denied unless every one of these rows exists within the actor's reach. One statement, whatever the number.

    A row that does not exist and one out of reach are told apart by nobody.
    """
    wanted = set(ids)
    reach = condition(uow, entity, verb)
    if uow.actor.system or not wanted:
        return
    found = uow.execute(select(func.count()).select_from(entity).where(and_(entity.id.in_(wanted), reach))).scalar_one()
    if found != len(wanted):
        raise _denied(uow.actor, verb, some=len(wanted) > 1)


def check_fields(uow: UnitOfWork, entity: type, keys: Iterable[str]) -> None:
    """Raise Denied when one of these fields is not the actor's to write."""
    for key in keys:
        if not policy.may_write(uow.actor, entity, key):
            raise Denied(N_("This field is for administrators to change."), field=key)


def _denied(actor: Actor, verb: str, *, some: bool = False) -> Denied:
    return Denied(
        N_("As {role} you may not {verb} some of these.") if some else N_("As {role} you may not {verb} this."),
        way_out=N_("An administrator can do it or give you the role for it."),
        values={
            "role": policy.ROLE_LABELS.get(actor.role, actor.role).lower(),
            "verb": _VERBS.get(verb, verb.replace("_", " ")),
        },
    )
