"""What a migration tells while it runs. Everything here is a plain value that may cross threads."""

from collections.abc import Callable
from dataclasses import dataclass, field

from lms_desktop.database.migrating.plan import PlanStep
from lms_desktop.database.migrating.sessions import Session
from lms_desktop.errors.sentences import Sentence


@dataclass(frozen=True)
class Lock:
    """A lock that a statement took on a table, such as AccessExclusiveLock, which keeps even readers away."""

    table: str
    mode: str


@dataclass(frozen=True)
class Measure:
    """What a statement did and took.

    Attributes:
        revision: The revision that it belongs to.
        number: Its place in that revision, from 1.
        sql: As it was sent.
        seconds: How long it took, waiting for locks included.
        locks: Those that it took and the transaction did not hold before; measured by a rehearsal alone.
        rewritten: The tables that it wrote anew; measured by a rehearsal alone.
        failed: Whether it is the one that failed.
    """

    revision: str
    number: int
    sql: str
    seconds: float
    locks: tuple[Lock, ...] = ()
    rewritten: tuple[str, ...] = ()
    failed: bool = False


@dataclass(frozen=True)
class StepBegan:
    """A revision has begun, the `number`th (from 1) of `total`."""

    step: PlanStep
    number: int
    total: int


@dataclass(frozen=True)
class StepDone:
    """A revision has been run. It counts only when it is committed."""

    step: PlanStep
    number: int
    total: int
    seconds: float


@dataclass(frozen=True)
class StatementBegan:
    """A statement has begun; `total` is None where it is not known how many the revision has."""

    revision: str
    number: int
    total: int | None
    sql: str


@dataclass(frozen=True)
class StatementDone:
    """A statement has been run."""

    measure: Measure


@dataclass(frozen=True)
class Committed:
    """The database is at this revision now, whatever comes; None is the base."""

    revision: str | None


@dataclass(frozen=True)
class Waiting:
    """We wait for others, or they for us; told again while that lasts, and once with nobody when it is over.

    Attributes:
        blockers: Who holds what we want.
        blocked: Who wants what we hold.
        seconds: How long we have been waiting.
    """

    blockers: tuple[Session, ...] = ()
    blocked: tuple[Session, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class TriedInVain:
    """A table was not to be had in time. Everything was given back, and after a pause it is tried again from the
    revision that was begun first.

    Attributes:
        attempt: The `attempt`th (from 1) of `tries`.
        blockers: Who held it, as far as that was seen.
        pause: Seconds until the next attempt; None where there is none.
    """

    attempt: int
    tries: int
    blockers: tuple[Session, ...] = ()
    pause: float | None = None


@dataclass(frozen=True)
class Saving:
    """The dump has written so many bytes; `whole` is what the database takes on the server, mostly far more."""

    written: int
    whole: int


@dataclass(frozen=True)
class Said:
    """A line for the log of the run."""

    sentence: Sentence


Event = StepBegan | StepDone | StatementBegan | StatementDone | Committed | Waiting | TriedInVain | Saving | Said
Tell = Callable[[Event], object]
"""Called in the thread that runs the migration, and for `Waiting` in the one that watches it: it must not block."""

Decide = Callable[[TriedInVain], bool]
"""Whether to go on after the last attempt: called in the thread that runs the migration, may block, holds no lock."""


def silent(_: Event) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Limits:
    """How long a migration waits.

    Attributes:
        lock_timeout: Seconds to wait for a table, and so the longest that others queue behind us for it.
        tries: So many times all of it is tried before it is given up.
        pauses: Seconds between them; the last one holds on.
        concurrent_wait: Seconds that building an index beside writers waits for old transactions, which stops nobody.
        time_limit: Seconds after which a rehearsal is ended; None: never.
    """

    lock_timeout: float = 3.0
    tries: int = 5
    pauses: tuple[float, ...] = field(default=(0.5, 1.0, 2.0, 4.0))
    concurrent_wait: float = 60.0
    time_limit: float | None = None

    def pause(self, attempt: int) -> float:
        """After the `attempt`th."""
        return self.pauses[min(attempt, len(self.pauses)) - 1] if self.pauses else 0.0
