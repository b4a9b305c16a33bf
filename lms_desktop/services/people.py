"""Signing in, passwords, accounts and sessions."""

import math
import time
import unicodedata
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Row, Text, cast, func, insert, or_, select, update

from lms_desktop import policy
from lms_desktop.database.unit_of_work import Actor, Database, Outcome, UnitOfWork
from lms_desktop.entities import RefreshToken, User
from lms_desktop.errors import BadValue, Busy, Denied, UserError
from lms_desktop.errors.sentences import Sentence
from lms_desktop.frozen import frozen
from lms_desktop.services import gate, locks, passwords, sign_in_log
from lms_desktop.services.switching import Switch, Wording
from lms_desktop.spec import N_
from lms_desktop.spec import Text as TextKind

# ---------------------------------------------------------------------------------------------------------- signing in

MAX_DELAY = 60.0
"""Seconds that somebody waits at most between two attempts to sign in."""
FREE_FAILURES = 2
"""Failures without a delay."""


class SignInRefused(Denied):
    """The person may not come in; the sentence says no more than the password has earned."""


@frozen
class SignedIn:
    """Who has signed in."""

    actor: Actor


@dataclass
class SignInDelay:
    """How long to wait after failures: nothing for the first two, then 1, 2, 4 … seconds, at most 60.

    Counted for each e-mail address and for all together, so that neither one account can be tried over and over nor
    many by turns; a success forgets its own address and the common count.

    Attributes:
        clock: seconds that only go forward.
    """

    clock: Callable[[], float] = time.monotonic
    _failures: dict[str, tuple[int, float]] = field(default_factory=dict)

    def remaining(self, email: str) -> float:
        """Seconds until this address may be tried again; 0.0 when it may."""
        return max(self._remaining(_folded(email)), self._remaining(""))

    def failed(self, email: str) -> None:
        """Note that a password was wrong just now."""
        for name in {_folded(email), ""}:
            count, _ = self._failures.get(name, (0, 0.0))
            self._failures[name] = (count + 1, self.clock())

    def succeeded(self, email: str) -> None:
        """Note that somebody came in."""
        for name in {_folded(email), ""}:
            self._failures.pop(name, None)

    def _remaining(self, name: str) -> float:
        count, since = self._failures.get(name, (0, 0.0))
        if count <= FREE_FAILURES:
            return 0.0
        delay = min(2.0 ** min(count - FREE_FAILURES - 1, 30), MAX_DELAY)
        return max(0.0, since + delay - self.clock())


def sign_in(database: Database, email: str, password: str, delay: SignInDelay | None = None) -> SignedIn:
    """Check e-mail and password against `users` and note the moment; reads only columns that the first revision has.

    Takes as long as bcrypt does (about 0.3 s) whether or not the address exists. Raises SignInRefused, and Busy while
    `delay`, which is kept up to date here, makes the person wait.
    """
    if delay and (seconds := math.ceil(delay.remaining(email))):
        raise Busy(
            N_("Too many attempts have failed. Try again in {seconds} s."),
            values={"seconds": seconds},
            field="password",
        )
    row = _account(database, email)
    if not (passwords.verify_nobody(password) if row is None else passwords.verify(password, row.password_hash)):
        if delay:
            delay.failed(email)
        sign_in_log.note_refusal(database, None if row is None else (row.id, row.email), "wrong password")
        raise SignInRefused(
            N_("The e-mail address or the password is not right."),
            way_out=N_("Mind capital letters. An administrator can give you a new password."),
            field="password",
        )
    if row is None:
        raise AssertionError("nobody's password was right")
    try:
        _admit(row)
    except SignInRefused:
        sign_in_log.note_refusal(database, (row.id, row.email), "not admitted")
        raise
    actor = Actor(id=row.id, email=row.email, name=row.full_name, role=row.role)
    with gate.transaction(database, actor, logged=False) as uow:
        # `updated_at` says when the person's data were changed, which signing in does not do.
        moment = update(User).where(User.id == actor.id)
        uow.execute(moment.values(last_login_at=func.now(), updated_at=User.updated_at))
        sign_in_log.note(uow, (actor.id, actor.email), "signed in")
    if delay:
        delay.succeeded(email)
    return SignedIn(actor)


def _account(database: Database, email: str) -> Row[tuple[str, str, str, str, bool, str]] | None:
    """The one account that is meant: the address exactly, else whatever the case where that is only one.

    One statement for all addresses: an answer that took longer for some would say which exist.
    """
    exact = [email.strip(), unicodedata.normalize("NFC", email.strip())]
    try:
        TextKind().check(exact[0])
    except BadValue:
        exact = ["", ""]
    found = select(
        cast(User.id, Text).label("id"), User.email, User.full_name, User.role, User.is_active, User.password_hash
    ).where(or_(User.email.in_(exact), func.lower(User.email) == func.lower(exact[1])))
    with database.reading(Actor("", "", "", "", system=True)) as uow:
        rows = uow.execute(found).all()
    for address in exact:
        for row in rows:
            if row.email == address:
                return row
    return rows[0] if len(rows) == 1 else None


def _admit(row: Row[tuple[str, str, str, str, bool, str]]) -> None:
    """Raise SignInRefused for who knows their password and still may not work here."""
    if not row.is_active:
        raise SignInRefused(
            N_("This account has been deactivated."), way_out=N_("An administrator can activate it again.")
        )
    if row.role == policy.STUDENT:
        raise SignInRefused(N_("Students cannot sign in here."), way_out=N_("This program is for the school's staff."))
    if row.role not in policy.STAFF:
        raise SignInRefused(
            N_("Your role, “{role}”, has no work here."),
            values={"role": row.role},
            way_out=N_("An administrator can give you another."),
        )


def _folded(email: str) -> str:
    return unicodedata.normalize("NFC", email.strip()).casefold()


# ------------------------------------------------------------------------------------------------ passwords, sessions


def set_password(uow: UnitOfWork, user_id: str, password: str) -> Outcome:
    """Give a person a new password. Sessions that are open on the web stay so.

    Raises Denied where the actor may not, BadValue for a password that is no good.
    """
    gate.require(uow, User, "set_password", (user_id,))
    passwords.check_new_password(password)
    hashed = passwords.hash_password(password)
    changed = update(User).where(User.id == user_id).values(password_hash=hashed).returning(User.full_name)
    name = uow.execute(changed).scalar_one_or_none()
    if name is None:
        raise UserError(N_("This person no longer exists."))
    uow.touch(User, (user_id,), "update")
    template = N_("{name} has a new password. Sessions open on the web stay open until they end or are revoked.")
    return uow.outcome(Sentence(template, name=name), undoable=False)


_REVOKE = Switch(
    entity=RefreshToken,
    verb="revoke",
    name=select(User.full_name).where(User.id == RefreshToken.user_id).correlate(RefreshToken).scalar_subquery(),
    done=RefreshToken.revoked,
    values={RefreshToken.revoked: True, RefreshToken.revoked_at: func.now()},
    wording=Wording(N_("Revoked a session of {name}."), N_("Revoked {n} sessions."), N_("This was revoked already.")),
    undoable=False,
)


def revoke(uow: UnitOfWork, ids: tuple[str, ...]) -> Outcome:
    """End sessions of the web application; raises Denied where the actor may not."""
    return _REVOKE.run(uow, ids)


# ------------------------------------------------------------------------------------------------------------ accounts

_ACTIVATE = Switch(
    entity=User,
    verb="activate",
    name=User.full_name,
    done=User.is_active,
    values={User.is_active: True},
    wording=Wording(N_("Activated {name}."), N_("Activated {n} people."), N_("This account was active already.")),
)
_DEACTIVATE = Switch(
    entity=User,
    verb="deactivate",
    name=User.full_name,
    done=~User.is_active,
    values={User.is_active: False},
    wording=Wording(
        N_("Deactivated {name}."), N_("Deactivated {n} people."), N_("This account was deactivated already.")
    ),
)


def activate(uow: UnitOfWork, ids: tuple[str, ...]) -> Outcome:
    """Let people sign in again; raises Denied where the actor may not."""
    return _ACTIVATE.run(uow, ids)


def deactivate(uow: UnitOfWork, ids: tuple[str, ...]) -> Outcome:
    """Keep people from signing in.

    Raises Denied where the actor may not and for oneself, UserError when nobody would be left to administer.
    """
    keep_own_account(uow, ids)
    outcome = _DEACTIVATE.run(uow, ids)
    administrators = select(func.count()).where(User.id.in_(outcome.value), User.role == policy.ADMIN)
    if outcome.value and uow.execute(administrators).scalar_one():
        _keep_an_admin(uow)
    return outcome


def keep_own_account(uow: UnitOfWork, ids: tuple[str, ...]) -> None:
    """Raise Denied when the actor is among the people whom they are about to deactivate."""
    if not uow.actor.system and uow.actor.id in ids:
        raise Denied(
            N_("You cannot deactivate your own account."), way_out=N_("Another administrator can."), field="is_active"
        )


def has_active_admin(uow: UnitOfWork) -> bool:
    """Whether anybody can administer this school."""
    found = select(User.id).where(User.role == policy.ADMIN, User.is_active).limit(1)
    return uow.execute(found).first() is not None


def guard_last_admin(uow: UnitOfWork) -> None:
    """The last thing in a transaction that changed users in any way.

    Raises UserError when it would leave nobody who can administer although there was somebody before.

    Only an administrator can bring that about, and was one of them when the transaction began; for all others, and for
    the command line on a school that has no administrator yet, there is nothing to guard.
    """
    if uow.actor.role == policy.ADMIN and not uow.actor.system:
        _keep_an_admin(uow)


def first_admin(uow: UnitOfWork, email: str, name: str, password: str) -> Outcome:
    """Create the first administrator, whose id is the outcome's value.

    For the first run alone: raises Denied for a person who has signed in, UserError where there is an active
    administrator already (of two who do this at once the second waits and reads that), BadValue for what cannot be
    stored.
    """
    if not uow.actor.system:
        raise Denied(N_("The first administrator is created before anybody signs in."))
    given = {
        "email": _parsed("email", TextKind("email", length=255), email),
        "full_name": _parsed("full_name", TextKind(length=255, blank=False), name.strip()),
    }
    passwords.check_new_password(password)
    hashed = passwords.hash_password(password)
    locks.take(uow, locks.Lock.ADMINISTRATORS)
    if has_active_admin(uow):
        raise UserError(N_("There is an administrator already."), way_out=N_("Sign in as that person."))
    user_id = str(uuid.uuid4())
    uow.execute(insert(User).values(id=user_id, password_hash=hashed, role=policy.ADMIN, is_active=True, **given))
    uow.touch(User, (user_id,), "insert")
    return uow.outcome(Sentence(N_("{name} is the first administrator."), name=given["full_name"]), value=user_id)


def _parsed(key: str, kind: TextKind, typed: str) -> str | None:
    try:
        return kind.parse(typed)
    except BadValue as error:
        error.field = key
        raise


def _keep_an_admin(uow: UnitOfWork) -> None:
    # Two administrators who deactivate each other at once would each still see the other: the second waits here, and
    # its next statement sees what the first has done.
    locks.take(uow, locks.Lock.ADMINISTRATORS)
    if not has_active_admin(uow):
        raise UserError(
            N_("Nobody would be left who can administer: this is the last active administrator."),
            way_out=N_("Make somebody else an administrator first."),
        )
