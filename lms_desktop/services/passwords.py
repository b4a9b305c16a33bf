"""Passwords of the people in `users`: passlib's bcrypt, as the web backend hashes and reads them.

One hash or check takes a quarter of a second of a processor without holding the GIL: never on the GUI thread.
"""

import secrets
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING

from lms_desktop.errors import BadValue
from lms_desktop.errors.kinds import N_

if TYPE_CHECKING:
    from passlib.context import CryptContext

LEAST_CHARACTERS = 8
MOST_BYTES = 72
"""bcrypt reads no further: what is longer would be cut without a word."""

UNUSABLE = "$2b$12$" + "." * 53
"""In `users.password_hash`: no password is right. It has the form of bcrypt's, for at any other the backend's passlib
raises an error. Nobody knows a password with a hash of zeros."""

# Of a random password that nobody has kept, at the cost of the real ones.
_NOBODY = "$2b$12$aa.7xn.9XS7NbBc.xVOLdeZ7/1cyUeR3nWJPcdvDQS0FUdZ0B1xWm"
# Without 0 and o, 1, i and l: a generated password is read out on the telephone.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@lru_cache
def _context() -> "CryptContext":
    """What hashes and checks; imported when the first password is, which is after the first screen."""
    with warnings.catch_warnings():
        # passlib imports the standard library's crypt, which says that it is going away.
        warnings.simplefilter("ignore", DeprecationWarning)
        from passlib.context import CryptContext

    return CryptContext(schemes=["bcrypt"], bcrypt__rounds=12, bcrypt__ident="2b")


def hash_password(password: str) -> str:
    """The `$2b$12$` hash of a password that `check_new_password` has let through, for `users.password_hash`.

    Raises BadValue for what bcrypt cannot hash whole; the other rules for new passwords are not checked here.
    """
    _check_hashable(password)
    return str(_context().hash(password))


def verify(password: str, hashed: str | None) -> bool:
    """Whether `password` is the one of the hash. Takes about as long for a hash that is none of bcrypt's.

    Never raises: a password that could not be hashed is a wrong one, and so is any for an unknown kind of hash.
    """
    try:
        if hashed and _context().identify(hashed):
            return bool(_context().verify(password, hashed))
    except (ValueError, TypeError):  # a torn hash, a NUL or half a character in the password
        pass
    return verify_nobody(password)


def verify_nobody(password: str) -> bool:
    """Spend the time of a check and say no: whether a person exists must not be heard from the time of the answer."""
    try:
        _context().verify(password, _NOBODY)
    except (ValueError, TypeError):
        _context().verify("", _NOBODY)
    return False


def check_new_password(password: str) -> None:
    """Raise BadValue with the reason why this may not become somebody's password."""
    if not password.strip():
        raise BadValue(N_("A password may not be blank."), field="password_hash")
    if len(password) < LEAST_CHARACTERS:
        raise BadValue(
            N_("A password has at least {least} characters."), field="password_hash", values={"least": LEAST_CHARACTERS}
        )
    _check_hashable(password)


def generate_password() -> str:
    """A random password of 79 bits that can be read out: four groups of four."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def _check_hashable(password: str) -> None:
    if "\0" in password:
        raise BadValue(N_("A password may not hold a NUL character."), field="password_hash")
    try:
        length = len(password.encode())
    except UnicodeEncodeError:
        raise BadValue(N_("There is half a character in this password."), field="password_hash") from None
    if length > MOST_BYTES:
        raise BadValue(
            N_("A password may be at most {most} bytes long; this one has {length}."),
            way_out=N_("Letters with accents take 2 bytes, those of other scripts 3, emoji 4."),
            field="password_hash",
            values={"most": MOST_BYTES, "length": length},
        )
