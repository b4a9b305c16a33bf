"""What goes to the workers and what comes back. No Qt object crosses: the callbacks stay with the desk."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, Literal, Protocol

from lms_desktop.database.cancelling import Canceller
from lms_desktop.database.fates import Sent
from lms_desktop.database.unit_of_work import Actor
from lms_desktop.errors import BugError, Cancelled, UserError
from lms_desktop.frozen import frozen
from lms_desktop.models.desk.threads import assert_gui_thread

Kind = Literal["read", "commit", "run", "plain"]
State = Literal["waiting", "running", "cancelling", "done", "failed", "cancelled"]
ConnectionKind = Literal["ok", "silent", "lost", "reconnecting", "closed"]

Progress = Callable[[float, str], None]
"""What a long operation calls to say how far it is: the fraction done (0 to 1) and what it does just now, a sentence.
Raises `errors.Cancelled` when the operation is to stop: who calls it can be stopped between two statements as well."""


class Keeper(Protocol):
    """What remembers, beyond the end of this process, which transactions are about to be committed."""

    def sending(self, sent: Sent) -> object:
        """COMMIT is sent next. Called on a worker's thread; must not raise."""

    def settled(self, operation: str, committed: bool) -> object:
        """It is known by now what became of it. Called on the GUI thread, before anybody is told."""


@frozen
class ConnectionState:
    """What the status bar says of the connection.

    Attributes:
        kind: "ok"; "silent", nothing is heard of it and nothing is lost yet; "lost", just noticed; "reconnecting",
            being tried again and again; "closed", the desk has ended.
        text: the same as a sentence, translated.
        latency_ms: the smoothed time of one round trip to the server in milliseconds; None when unknown.
        since: when this kind began, with time zone.
    """

    kind: ConnectionKind
    text: str
    latency_ms: float | None
    since: datetime


class Control:
    """Shared by the GUI thread, the executing thread and the canceller: whether to stop, and what to interrupt.

    The lock is held while a cancel is under way and while the connection changes, so a cancel can only
    meet the job that it was meant for, never the next one on the same connection.

    Attributes:
        wished: the GUI thread has asked for the job to stop.
        started, finished: a worker has taken the job, has ended it.
        reached: the server has given a connection to the job.
        bound_at: when it did so for the last time, on the clock of `time.monotonic`.
    """

    def __init__(self) -> None:
        self.wished = False
        self.started = False
        self.finished = False
        self.reached = False
        self.bound_at = 0.0
        self._lock = threading.Lock()
        self._canceller: Canceller | None = None

    def bind(self, connection: Any) -> None:
        """The executing thread has got a connection of the driver's, or gives it back (None).

        Raises Cancelled instead of beginning. Waits until a cancel that is under way has been sent.
        """
        if connection is not None:
            self.check()
        with self._lock:
            if self._canceller is not None:
                self._canceller.close()
            self._canceller = None if connection is None else Canceller(connection)
        if connection is not None:
            self.reached = True
            self.bound_at = monotonic()

    def check(self) -> None:
        """Raise Cancelled when the job is to stop."""
        if self.wished:
            raise Cancelled

    def interrupt(self) -> None:
        """Stop the statement that runs now, if any. Blocks for a round trip to the server; raises what the driver
        raises."""
        with self._lock:
            if self._canceller is not None:
                self._canceller.cancel()


@dataclass(eq=False)
class Task:
    """What a worker sees of a job.

    Attributes:
        work: what to call; with a UnitOfWork ("read", "commit"), with that and a Progress ("run"), with nothing
            ("plain").
        actor: who acts; None: nobody has signed in.
        background: to be done when nobody waits for anything else; `beside`: even while the screen is painted.
        patient: to be begun after a moment's pause.
        limit: the longest that one statement of a "run" may take, in seconds.
        operation: the id of what a "commit" or a "run" does; "" for the others.
        keeper: is told before COMMIT is sent.
    """

    number: int
    kind: Kind
    work: Callable[..., Any]
    actor: Actor | None
    control: Control
    background: bool = False
    patient: bool = False
    beside: bool = False
    limit: float = 0.0
    operation: str = ""
    keeper: Keeper | None = None


@frozen
class Doubt:
    """A transaction of which it is not known whether it was committed.

    Attributes:
        sent: what it can be looked up by.
        value: what its work returned, for the case that it was.
        error: what is said in the case that it was not.
    """

    sent: Sent
    value: Any
    error: UserError


@frozen
class Reply:
    """How a task ended: with a value, with an error, or cancelled.

    Attributes:
        reached: the server answered, with whatever.
        lost: the connection was lost.
        stray: the server was told by somebody else, or by its time limit, to stop the statement.
        actor_lost: the gate refused the actor, not what they wanted.
        began: when the last attempt began, on the clock of `time.monotonic`.
        latency: seconds for a round trip to the server, where it could be told.
        doubt: the connection was lost after COMMIT was sent, and the server could not say yet what became of it.
    """

    number: int
    value: Any = None
    error: UserError | BugError | None = None
    cancelled: bool = False
    reached: bool = False
    lost: bool = False
    stray: bool = False
    actor_lost: bool = False
    began: float = 0.0
    latency: float | None = None
    doubt: Doubt | None = None


@frozen
class LossNote:
    """The connection was lost, though the job goes on."""

    number: int
    began: float


@frozen
class ProgressNote:
    """How far a long operation is."""

    number: int
    fraction: float
    text: str


@frozen
class PingNote:
    """What the pinger found.

    Attributes:
        pinger: who pinged, to tell a late answer from one that is waited for.
        attempt: 1, 2, 3 ...
        answered: the server is there again.
    """

    pinger: object
    attempt: int
    answered: bool


class Job:
    """A handle on work handed to the desk.

    Attributes:
        label: what the status bar calls it.
        kind: the verb it was handed over with.
        number: in the order in which they were handed over.
        operation: the id of what a write does; "" for the others.
        leads_on: a read, to a write: it looks whether something has to be asked before.
    """

    def __init__(
        self, label: str, kind: Kind, control: Control, request_cancel: Callable[[Control], None], number: int
    ) -> None:
        self.label = label
        self.kind = kind
        self.number, self.operation = number, ""
        self.leads_on = False
        self.control = control
        self.ended: State | None = None
        self._request_cancel = request_cancel

    def __repr__(self) -> str:
        return f"<Job {self.kind} {self.label!r} {self.state}>"

    @property
    def state(self) -> State:
        """Where it stands. "cancelling" is a wish: a commit that was already through still becomes "done"."""
        if self.ended is not None:
            return self.ended
        if self.control.wished:
            return "cancelling"
        return "running" if self.control.started else "waiting"

    @property
    def changes(self) -> bool:
        """Whether it writes, or leads to a write."""
        return self.leads_on or self.kind in ("commit", "run")

    def cancel(self) -> None:
        """Ask for it to stop; returns at once. To be called on the GUI thread. Of something ended: nothing happens.

        A read calls nothing any more. A commit or a run that was already through calls `done` all the same, for it has
        happened; otherwise `cancelled`. A plain one cannot be interrupted: its result is dropped.
        """
        assert_gui_thread()
        if self.ended is not None or self.control.wished:
            return
        self.control.wished = True
        if self.control.started and self.kind != "plain":
            self._request_cancel(self.control)
