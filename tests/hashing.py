"""What it costs the tests to hash a password: the least that bcrypt takes, except where they ask for the real cost.

At that each hash and each check takes a quarter of a second of a processor.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from lms_desktop.services import passwords


def hash_cheaply() -> None:
    """From now on."""
    passwords._context().update(bcrypt__rounds=4)


@contextmanager
def full_cost() -> Iterator[None]:
    """Meanwhile hash as the program does."""
    passwords._context.cache_clear()
    yield
    hash_cheaply()
