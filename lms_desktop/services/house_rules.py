"""What the house asks of single entities whenever rows are written, by whichever general way."""

from collections.abc import Iterable
from typing import Any

from lms_desktop import policy
from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import Certificate, Course, Enrollment, User
from lms_desktop.errors import Denied, UserError
from lms_desktop.errors.kinds import N_
from lms_desktop.errors.words import many, one
from lms_desktop.services import courses, passwords, people
from lms_desktop.services.impact import FORBIDDING, Impact
from lms_desktop.services.joins import BY_TABLE

Values = dict[str, str | None]


def before(uow: UnitOfWork, entity: type, row_id: str, values: Values, *, new: bool) -> Values:
    """The values as they will be stored: passwords hashed, what a new row gets by itself filled in."""
    if entity is User:
        people.keep_own_account(uow, (row_id,) if values.get("is_active") == "false" else ())
        return _user(values, new=new)
    if entity is Course and new:
        return _course(uow, values)
    if entity is Certificate and new and not values.get("certificate_number"):
        return {**values, "certificate_number": courses.next_certificate_number(uow)}
    return values


def after(uow: UnitOfWork, entities: set[type]) -> None:
    """What must hold at the end of a transaction that wrote rows of these entities."""
    if User in entities:
        people.guard_last_admin(uow)


def refuse_own_account(uow: UnitOfWork, entity: Any, ids: Iterable[str]) -> None:
    """Raise Denied when the actor's own account is among what would be deleted."""
    if entity is User and uow.actor.id in ids:
        raise own_account()


def own_account() -> Denied:
    """What is said to whoever would delete their own account."""
    return Denied(N_("You cannot delete your own account."), way_out=N_("Another administrator can."))


def refuse_certificates(uow: UnitOfWork, entity: type, found: Impact) -> None:
    """Raise Denied when the delete reaches a certificate, or may reach one, and the actor is no administrator."""
    if uow.actor.role == policy.ADMIN:
        return
    if Certificate.__tablename__ in found.unknown:
        raise Denied(
            N_("Whether certificates hang on this cannot be told, and certificates are kept for ever."),
            way_out=N_("An administrator can delete it, certificates included."),
        )
    if not found.certificates:
        return
    if entity is Enrollment:
        raise Denied(
            N_(
                "A certificate was issued for this enrollment, and certificates are kept for ever: "
                "it cannot be withdrawn."
            ),
            way_out=N_("An administrator can delete it, certificate included."),
        )
    raise Denied(
        N_("A certificate hangs on this, and certificates are kept for ever.")
        if found.certificates == 1
        else N_("{count} certificates hang on this, and certificates are kept for ever."),
        way_out=N_("An administrator can delete it, certificates included."),
        values={"count": found.certificates},
    )


def refuse_forbidden(found: Impact) -> None:
    """Raise UserError when rows that stay refer to what would be deleted."""
    if not found.forbidden:
        return
    raise UserError(
        N_("This cannot be deleted: it is referred to by {things}."),
        way_out=N_("Give them to somebody else first, or deactivate the account."),
        values={"things": tuple(f"{e.count} {_word(e.table, e.count)}" for e in found.of(FORBIDDING))},
    )


def _word(table: str, count: int) -> str:
    if table not in BY_TABLE:
        return table.replace("_", " ")
    return one(table) if count == 1 else many(table)


def _user(values: Values, *, new: bool) -> Values:
    password = values.get("password_hash")
    if password is not None:
        passwords.check_new_password(password)
        values["password_hash"] = passwords.hash_password(password)
    elif new:
        values["password_hash"] = passwords.hash_password(passwords.generate_password())
    return values


def _course(uow: UnitOfWork, values: Values) -> Values:
    if uow.actor.role == policy.INSTRUCTOR and not uow.actor.system:
        values["instructor_id"] = uow.actor.id
    if not values.get("slug") and values.get("title"):
        values["slug"] = courses.free_slug(uow, values["title"] or "")
    return values
