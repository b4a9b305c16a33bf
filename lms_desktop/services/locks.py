"""Locks that stand for an idea and not for a row, held until the transaction ends."""

from enum import IntEnum

from sqlalchemy import func, select

from lms_desktop.database.unit_of_work import UnitOfWork

# "LMS" in ASCII. The two-number form of advisory locks is a space of its own: nobody else's one-number keys meet it.
_SPACE = 0x4C4D53


class Lock(IntEnum):
    """What one transaction at a time may do. The numbers are shared with every running copy: never change one."""

    ADMINISTRATORS = 1
    CERTIFICATE_NUMBERS = 2
    SEEDING = 3


def take(uow: UnitOfWork, lock: Lock) -> None:
    """Wait for the lock, hold it until this transaction ends. The next statement sees what its last holder did."""
    uow.execute(select(func.pg_advisory_xact_lock(_SPACE, int(lock))))


_OPERATIONS = _SPACE + 1


def take_for(uow: UnitOfWork, operation_id: str) -> None:
    """Wait until nobody else takes this operation back, hold everybody off until this transaction ends."""
    uow.execute(select(func.pg_advisory_xact_lock(_OPERATIONS, func.hashtext(operation_id))))
