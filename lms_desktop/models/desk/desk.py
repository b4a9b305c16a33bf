"""The bridge between Qt and the threads that talk to PostgreSQL."""

import uuid
from collections.abc import Callable
from itertools import count
from time import monotonic
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal, Slot

from lms_desktop.database.fates import Fate
from lms_desktop.database.unit_of_work import Actor, Database, Operation, Outcome, UnitOfWork
from lms_desktop.errors import BugError, InDoubt, UserError
from lms_desktop.models.desk.connection import ConnectionWatch
from lms_desktop.models.desk.crew import Crew
from lms_desktop.models.desk.doubts import Doubts
from lms_desktop.models.desk.entries import WRITES, Entry, Failed, SlowWork, WaitingRoom
from lms_desktop.models.desk.jobs import (
    ConnectionState,
    Control,
    Doubt,
    Job,
    Keeper,
    Kind,
    LossNote,
    PingNote,
    Progress,
    ProgressNote,
    Reply,
    Task,
)
from lms_desktop.models.desk.threads import SqlGuard, assert_gui_thread, within
from lms_desktop.models.desk.workers import Pinger
from lms_desktop.models.wording import said

T = TypeVar("T")

RUN_LIMIT = 3600.0
"""Seconds that one statement of a long operation may take."""


class Desk(QObject):
    """Takes work on the GUI thread, has it done on others and calls back on the GUI thread.

    Reads run on a few threads, foreground before background; commits on one, in the order in which they were handed in;
    long operations on a lane of their own; plain work, which needs no transaction, beside all of them. A job takes the
    actor that the desk has when it is handed in. `done` and `failed` are called unless the job was cancelled or their
    owner (`owner=`, else the QObject whose method they are) has been deleted. Where nobody gave a `failed`, and where a
    write failed whose owner is gone, the error goes to the signal `failed`.

    Whoever keeps a desk that is part of a reference cycle must see to it that cycles are collected on the GUI thread
    alone: the desk's own threads allocate too, and Python would destroy it there.

    A write whose answer was lost is asked after: before it fails, by its worker; where that takes too long it fails as
    InDoubt, and `done` or `failed` is called once more as soon as the server can say what became of it.

    Attributes:
        keeper: remembers which transactions are about to be committed, for the next start.
        waiting: where work stays until it may begin; what the GUI thread has to do at leisure can wait there as well.

    Signals:
        committed: Outcome and initiator, after COMMIT and after the `done` of the job.
        ended: the Job of a write, or of what leads to one, however it ended: after all else that is told of it.
        noticed: a Batch of `models.live`: rows that were changed, here or elsewhere, as the database itself told.
        named: the same Batch again, once it is known who changed them.
        failed: a UserError or BugError that no caller takes.
        state_changed: the new ConnectionState.
        reconnected: the server, lost before, has answered: whoever waits for something asks again.
        work_changed: the labels of the foreground work that has been going on for over 200 ms, a tuple of str.
        actor_lost: the actor may not work here any more; the sentence that says why. Once for each actor.
    """

    committed = Signal(object, object)
    ended = Signal(object)
    noticed = Signal(object)
    named = Signal(object)
    failed = Signal(object)
    state_changed = Signal(object)
    reconnected = Signal()
    work_changed = Signal(object)
    actor_lost = Signal(str)

    def __init__(
        self,
        database: Database | None,
        actor: Actor | None = None,
        *,
        readers: int = 3,
        revive: Callable[[], object] | None = None,
        parent: QObject | None = None,
    ) -> None:
        """From now on until `close`, the engine of the database refuses SQL on the GUI thread.

        Without a database only `plain` succeeds. `revive` is called, on a thread, before each attempt to find a lost
        server again: an embedded one can be started there.
        """
        super().__init__(parent)
        assert_gui_thread()
        self._database = database
        self._revive = revive
        self._actor = actor
        self._actor_is_lost = False
        self._closed: bool | None = None
        self._numbers = count(1)
        self._entries: dict[int, Entry] = {}
        self.keeper: Keeper | None = None
        self._guard = None if database is None else SqlGuard(database.engine)
        self._crew = Crew(database, readers)
        self._crew.mailbox.arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self.destroyed.connect(self._crew.abandon)
        self._watch = ConnectionWatch(self._entries, None if database is None else database.knock, self)
        self._watch.changed.connect(self.state_changed)
        self._watch.lost.connect(self._look_for_server)
        self._watch.reconnected.connect(self.reconnected)
        self._doubts = Doubts(database, self)
        self._doubts.asking.connect(self._ask)
        self._doubts.settled.connect(self._settle)
        self._watch.reconnected.connect(self._doubts.ask)
        self._slow = SlowWork(self._entries, self)
        self._slow.changed.connect(self.work_changed)
        self.waiting = WaitingRoom(self._crew.put, self._entries, self)

    @property
    def database(self) -> Database | None:
        """The database it talks to."""
        return self._database

    @property
    def actor(self) -> Actor | None:
        """Who acts in the jobs handed in from now on; None: nobody, and only `plain` succeeds.

        When another person takes the place, the reads of the former one are cancelled.
        """
        return self._actor

    @actor.setter
    def actor(self, actor: Actor | None) -> None:
        former, self._actor = self._actor, actor
        self._actor_is_lost = False
        if former is not None and (actor is None or actor.id != former.id):
            for entry in list(self._entries.values()):
                if entry.job.kind == "read":
                    entry.job.cancel()

    @property
    def state(self) -> ConnectionState:
        """What is known of the connection."""
        return self._watch.state

    @property
    def jobs(self) -> tuple[Job, ...]:
        """What has been handed in and has not ended, oldest first."""
        return tuple(entry.job for entry in self._entries.values())

    def read(
        self,
        work: Callable[[UnitOfWork], T],
        *,
        done: Callable[[T], object],
        failed: Failed | None = None,
        owner: QObject | None = None,
        label: str = "",
        background: bool = False,
        patient: bool = False,
        beside: bool = False,
    ) -> Job:
        """Call `work` in a read-only transaction and `done` with what it returns: plain values, no ORM objects.

        `background`: nobody waits for it; it comes last and is not shown as work; `beside`: it need not wait for the
        painting. `patient`: it begins after a pause.
        """
        entry = self._entry("read", work, label or self.tr("Loading …"), done, failed, owner)
        entry.task.background, entry.task.patient, entry.task.beside = background, patient, beside
        return self._submit(entry)

    def commit(
        self,
        operation: Operation,
        *,
        done: Callable[[Outcome], object] | None = None,
        failed: Failed | None = None,
        cancelled: Callable[[], object] | None = None,
        initiator: object = None,
        owner: QObject | None = None,
        label: str = "",
        name: str = "",
    ) -> Job:
        """Run the operation in a transaction after all those handed in before; `done` is called after COMMIT.

        Never tried twice. `cancelled` is called when it was stopped before COMMIT and nothing was changed. `name`: the
        operation's id where the caller has made one: what the change log holds under it is not done once more.
        """
        entry = self._entry("commit", operation, label or self.tr("Saving …"), done, failed, owner)
        entry.cancelled, entry.initiator = cancelled, initiator
        entry.task.operation = name or entry.task.operation
        return self._submit(entry)

    def run(
        self,
        operation: Callable[[UnitOfWork, Progress], Outcome],
        *,
        done: Callable[[Outcome], object] | None = None,
        failed: Failed | None = None,
        cancelled: Callable[[], object] | None = None,
        progress: Callable[[float, str], object] | None = None,
        initiator: object = None,
        owner: QObject | None = None,
        label: str = "",
        limit: float = RUN_LIMIT,
    ) -> Job:
        """Run a long operation in a transaction on a lane of its own; otherwise as `commit`.

        The operation's second argument takes a fraction (0 to 1) and a sentence, which `progress` gets, not more often
        than 20 times a second; it raises when the job was cancelled. `limit`: seconds for each statement.
        """
        entry = self._entry("run", operation, label or self.tr("Working …"), done, failed, owner)
        entry.cancelled, entry.progress, entry.initiator = cancelled, progress, initiator
        entry.task.limit = limit
        return self._submit(entry)

    def plain(
        self,
        work: Callable[[], T],
        *,
        done: Callable[[T], object],
        failed: Failed | None = None,
        owner: QObject | None = None,
        label: str = "",
    ) -> Job:
        """Call `work` on a thread, without actor and transaction: connecting, signing in, hashing, migrating.

        A ConnectionLost that it raises does not change the desk's state: it may speak of another server.
        """
        return self._submit(self._entry("plain", work, label or self.tr("Working …"), done, failed, owner))

    def close(self, patience: float = 3.0) -> bool:
        """Cancel, wait, stop the threads, give the connections back; whether all that came to its end.

        Never blocks longer than `patience` seconds. Commits have half of it to come through, and their `done` is still
        called; everything else is cancelled at once. What is handed in afterwards is cancelled.
        """
        assert_gui_thread()
        if self._closed is not None:
            return self._closed
        deadline = monotonic() + patience
        self._closed = False
        self._slow.stop()
        self._doubts.stop()
        pinger = self._watch.close()
        self.waiting.go()
        self._crew.cancel(but="commit")
        self._crew.finish_commits(deadline - patience / 2)
        self._crew.cancel()
        self._closed = self._crew.stop(deadline)
        self._deliver_the_last()
        if self._guard is not None:
            self._guard.remove()
        if pinger is not None:
            pinger.thread.join(max(0.0, deadline - monotonic()))
            self._closed = self._closed and not pinger.thread.is_alive()
        given_back = self._database is None or within(deadline, self._database.dispose)  # closing one can block
        self._closed = given_back and self._closed
        return self._closed

    def _entry(
        self,
        kind: Kind,
        work: Callable[..., Any],
        label: str,
        done: Callable[[Any], object] | None,
        failed: Failed | None,
        owner: QObject | None,
    ) -> Entry:
        assert_gui_thread()
        control = Control()
        task = Task(next(self._numbers), kind, work, self._actor, control)
        job = Job(label, kind, control, self._crew.canceller.request, task.number)
        if kind in WRITES:
            task.operation, task.keeper = str(uuid.uuid4()), self.keeper
        return Entry(job, task, owner, done, failed, submitted=monotonic())

    def _submit(self, entry: Entry) -> Job:
        entry.job.operation = entry.task.operation
        if self._closed is not None:
            entry.job.ended = "cancelled"
            return entry.job
        self._entries[entry.task.number] = entry
        self._slow.began(entry)
        self._watch.began()
        self._start(entry.task)
        return entry.job

    def _start(self, task: Task) -> None:
        """Have the task done. The desk of the tests does it here and now."""
        self.waiting.put(task)

    @Slot()
    def _look_for_server(self) -> None:
        """Have a thread look for the lost server. The desk of the tests does not."""
        if self._database is not None:
            before = [] if self._revive is None else [self._revive]
            self._watch.pinger = Pinger([*before, self._database.ping], self._crew.tell)

    @Slot(object)
    def _deliver(self, message: object) -> None:
        match message:
            case Reply():
                self._finish(message)
            case ProgressNote():
                entry = self._entries.get(message.number)
                if entry and entry.progress and not entry.task.control.wished and entry.alive(entry.progress):
                    entry.progress(message.fraction, message.text)
            case PingNote():
                self._watch.pinged(message)
            case LossNote():
                self._watch.replied(Reply(message.number, lost=True, began=message.began))

    def _finish(self, reply: Reply) -> None:
        entry = self._entries.pop(reply.number, None)
        if entry is None:
            return
        self._crew.forget(reply.number)
        self._watch.replied(reply)
        self._slow.ended(entry)
        writes = entry.job.kind in WRITES
        if reply.doubt is not None:
            self._doubts.add(entry, reply.doubt)
        elif writes and self.keeper is not None:
            self.keeper.settled(entry.task.operation, reply.error is None and not reply.cancelled)
        try:
            if reply.cancelled or (entry.task.control.wished and not writes):
                entry.job.ended = "cancelled"
                if entry.cancelled and entry.alive(entry.cancelled):
                    entry.cancelled()
            elif reply.error is not None:
                entry.job.ended = "failed"
                self._fail(entry, reply.error, actor_lost=reply.actor_lost)
            else:
                self._succeed(entry, reply.value)
        finally:
            if entry.job.changes:
                self.ended.emit(entry.job)

    def _succeed(self, entry: Entry, value: Any) -> None:
        entry.job.ended = "done"
        if entry.job.kind in WRITES:
            self.waiting.hold()
        try:
            if entry.done and entry.alive(entry.done):
                entry.done(value)
        finally:
            if entry.job.kind in WRITES:
                self.committed.emit(value, entry.initiator)

    @property
    def in_doubt(self) -> int:
        """How many writes there are of which it is not known yet whether they came through."""
        return len(self._doubts)

    def ask_again(self) -> None:
        """Ask the server now what became of the writes that are in doubt."""
        self._doubts.ask()

    @Slot(object)
    def _ask(self, work: Callable[[], dict[str, Fate | None]]) -> None:
        self.plain(work, done=self._doubts.told, owner=self, label=self.tr("Looking up what was saved"))

    @Slot(object, object, str)
    def _settle(self, entry: Entry, doubt: Doubt, found: str) -> None:
        """The server has said what became of a write in doubt."""
        if self.keeper is not None and found != "unknown":
            self.keeper.settled(doubt.sent.operation, found == "committed")
        if found == "committed":
            self._succeed(entry, doubt.value)
        else:
            self._fail(entry, doubt.error if found == "aborted" else InDoubt(open=False), actor_lost=False)
        self.ended.emit(entry.job)

    def _fail(self, entry: Entry, error: UserError | BugError, *, actor_lost: bool) -> None:
        if actor_lost and entry.task.actor == self._actor and not self._actor_is_lost:
            self._actor_is_lost = True
            self.actor_lost.emit(said(error))
        if entry.failed and entry.alive(entry.failed):
            entry.failed(error)
        elif actor_lost:
            return  # has been said
        elif entry.job.kind in WRITES or (not entry.failed and (entry.done is None or entry.alive(entry.done))):
            self.failed.emit(error)

    def _deliver_the_last(self) -> None:
        """Hand over what the threads had sent by their end: a commit that came through must not look unsaved."""
        QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)
        self._crew.mailbox.arrived.disconnect(self._deliver)
        for entry in self._entries.values():
            entry.job.ended = "cancelled"
        if not self._closed:
            self._crew.kept.extend(self._entries.values())
        self._entries.clear()
        self._slow.look()
