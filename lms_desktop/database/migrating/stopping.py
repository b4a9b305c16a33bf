"""Why a migration goes no further: a person's word, its time, others who wait, or what it has met."""

import threading
from typing import Any

from lms_desktop.errors import Busy, Cancelled, UserError
from lms_desktop.errors.kinds import N_


class Stops:
    """Why a worker is to stop; set from any thread.

    Attributes:
        cancelled: A person wants it to stop.
        yielding: Others have queued behind it for too long: it tries again later.
        late: Its time is up.
        unguarded: The guard's connection is gone, and the lock with it.
    """

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        self.yielding = threading.Event()
        self.late = threading.Event()
        self.unguarded = threading.Event()

    def check(self) -> None:
        """Raise where the worker is to go no further."""
        if self.cancelled.is_set():
            raise Cancelled
        if self.late.is_set():
            raise TooLong
        if self.unguarded.is_set():
            raise Busy(
                N_("The connection that held the migration's lock was lost."),
                way_out=N_("See where the database stands, then try again."),
            )


class TooLong(UserError):
    """A rehearsal's time is up."""

    def __init__(self, text: str = N_("The time limit was reached; everything was rolled back."), **more: Any) -> None:
        more.setdefault("way_out", N_("Allow more time, or rehearse on a copy."))
        super().__init__(text, **more)


class Moved(UserError):
    """The database is no longer where it was when the plan was made."""

    def __init__(
        self, text: str = N_("Somebody has migrated this database since the plan was made."), **more: Any
    ) -> None:
        more.setdefault("way_out", N_("Look at the plan again."))
        super().__init__(text, **more)


class LeftInvalid(UserError):
    """A revision made an index that is not valid, or was content with one; it is not put on record as applied.

    Attributes:
        remade: Whether the next run drops it and makes it again; otherwise a person has to.
    """

    remade: bool = True
