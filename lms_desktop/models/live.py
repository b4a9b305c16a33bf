"""What others save is heard of here: the sitting's own ear on the database, and what it makes of what it hears."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from time import monotonic
from typing import Literal

from sqlalchemy import Engine

from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer, Signal

from lms_desktop.database.changes import CannotListen, Listener, ListenerLost, Migrated, Notice, listen
from lms_desktop.database.unit_of_work import Outcome
from lms_desktop.frozen import frozen
from lms_desktop.models.change_log import ChangeLog
from lms_desktop.models.desk import ConnectionState, Desk
from lms_desktop.models.desk.workers import pauses
from lms_desktop.services.live import Doer, News, doers, is_logged, news

GATHER_MS = 100
"""What comes within this time is told together."""

OWN_MS = 500
"""So long what may be one's own waits for the desk to say so."""

DEAF_MS = 3000
"""An operation of one's own that was not heard of by then is asked for: where it is logged, listening is in vain."""

POLL_MS = 2000
"""Where the server does not let anybody listen, it is asked this often."""

MOST_NAMES = 50
"""Of so many operations of one batch it is looked up whose they are."""

KEPT = 500
"""So many operations are remembered, one's own and the names of the others'."""

LiveKind = Literal["off", "opening", "live", "polling", "closed"]


@frozen
class Told:
    """What is known of one row's change: the operation, the action (I, U, D), whether it was done here."""

    operation: str
    action: str
    own: bool


@frozen
class Batch:
    """What was changed lately.

    Attributes:
        tables: the tables whose rows are others now, without those that the desk's `committed` has told already.
        rows: table → row id → what is known of its change; None instead of the ids where there are too many.
        moved: the tables that have more or fewer rows now.
        doers: operation → who did it, of others'; filled in by the time that `named` is emitted.
        everything: nobody knows what was missed: all of it may have changed.
        unsure: nobody has told which rows it is, nor whether it is any that somebody sees.
    """

    tables: frozenset[str] = frozenset()
    rows: Mapping[str, Mapping[str, Told] | None] = field(default_factory=dict)
    moved: frozenset[str] = frozenset()
    doers: Mapping[str, Doer] = field(default_factory=dict)
    everything: bool = False
    unsure: bool = False

    def others(self, table: str) -> dict[str, Told]:
        """The rows of a table that were changed elsewhere, as far as they are known one by one."""
        return {row_id: told for row_id, told in (self.rows.get(table) or {}).items() if not told.own}


class _Door(QObject):
    """Where the opening thread hands over; it belongs to nobody else, so it is there as long as the thread.

    Signals:
        opened: number of the attempt, a Listener or the exception.
    """

    opened = Signal(int, object)


class Live(QObject):
    """Listens while a main window is open and the change log is on; asks every two seconds where it cannot listen.

    What it hears goes out by the desk's signals `noticed` and `named`.

    Attributes:
        kind: "live", "polling" while it asks, "opening", "off" where there is no log, "closed".

    Signals:
        state_changed(): `kind` is another.
        migrated(): somebody, here or elsewhere, has migrated the database.
    """

    state_changed = Signal()
    migrated = Signal()

    def __init__(
        self,
        desk: Desk,
        log: ChangeLog,
        parent: QObject | None = None,
        *,
        open_listener: Callable[[Engine], Listener] = listen,
    ) -> None:
        super().__init__(parent)
        self._desk, self._log, self._open_listener = desk, log, open_listener
        self.kind: LiveKind = "off"
        self.doers: OrderedDict[str, Doer] = OrderedDict()
        self._listener: Listener | None = None
        self._notifier: QSocketNotifier | None = None
        self._attempt = 0
        self._pauses: Iterator[float] = pauses()
        self._since: str | None = None
        self._was_live = self._asking = self._again = False
        self._heard: list[Notice] = []
        self._heard_at, self._last_told = 0.0, ""
        self._own: OrderedDict[str, frozenset[str]] = OrderedDict()
        self._door = _Door()
        self._door.opened.connect(self._opened, Qt.ConnectionType.QueuedConnection)
        self._gather = self._timer(GATHER_MS, self._tell)
        self._retry = self._timer(0, self._open)
        self._poll = self._timer(POLL_MS, self._ask)
        self._doubt = self._timer(DEAF_MS, self._test_hearing)
        self._unheard: str | None = None
        desk.committed.connect(self._committed)
        desk.state_changed.connect(self._desk_changed)
        desk.reconnected.connect(self._try_now)
        log.changed.connect(self.start)

    @property
    def listener(self) -> Listener | None:
        """The connection, while it is open."""
        return self._listener

    def start(self) -> None:
        """Begin, if the change log is on; end, if it is not any more."""
        if self.kind == "closed" or self._desk.database is None:
            return
        if self._log.on and self.kind == "off":
            self._become("opening")
            self._open()
        elif not self._log.on and self.kind != "off":
            self._hang_up()
            self._become("off")

    def close(self) -> None:
        """End for good. Waits for nothing."""
        if self.kind != "closed":
            self._hang_up()
            self._become("closed")

    # Listening

    def _open(self) -> None:
        database = self._desk.database
        if database is None or self.kind in ("off", "closed") or self._listener is not None:
            return
        self._attempt += 1
        number, door, engine, way = self._attempt, self._door, database.engine, self._open_listener

        def run() -> None:
            try:
                found: object = way(engine)
            except Exception as error:
                found = error
            try:
                door.opened.emit(number, found)
            except RuntimeError:  # Qt is being torn down
                if isinstance(found, Listener):
                    found.close()

        threading.Thread(target=run, name="lms-listen", daemon=True).start()

    def _opened(self, number: int, found: object) -> None:
        if not isinstance(found, Listener):
            if number == self._attempt and self.kind not in ("off", "closed"):
                self._could_not(found)
            return
        if number != self._attempt or self.kind in ("off", "closed") or self._listener is not None:
            _aside(found.close)
            return
        self._listener = found
        self._notifier = QSocketNotifier(found.socket, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._readable)
        self._pauses = pauses()
        self._poll.stop()
        self._become("live")
        if self._since is not None:
            self._ask()  # what was missed
        elif self._was_live:
            self._desk.noticed.emit(Batch(everything=True))
        self._was_live = True
        self._readable()

    def _could_not(self, error: object) -> None:
        """Ask instead, and try to listen again: soon where the server was away, seldom where it refused."""
        pause = next(self._pauses)
        self._retry.start(round(1000 * (60 if isinstance(error, CannotListen) else pause)))
        if self.kind != "polling":
            self._become("polling")
            self._ask()

    def _readable(self) -> None:
        if self._listener is None:
            return
        try:
            heard = self._listener.poll()
        except ListenerLost:
            self._let_go()
            self._become("polling")
            self._since = None
            self._ask()
            self._retry.start(round(1000 * next(self._pauses)))
            return
        self._hear(notice for notice in heard if isinstance(notice, Notice))
        if any(isinstance(notice, Migrated) for notice in heard):
            self.migrated.emit()

    def _let_go(self) -> None:
        """The notifier goes before the connection: the number of its socket may be another's a moment later."""
        if self._notifier is not None:
            self._notifier.setEnabled(False)
            self._notifier.deleteLater()
            self._notifier = None
        if self._listener is not None:
            _aside(self._listener.close)
            self._listener = None

    def _hang_up(self) -> None:
        self._attempt += 1
        for timer in (self._retry, self._poll, self._gather, self._doubt):
            timer.stop()
        self._let_go()
        self._heard.clear()
        self._since, self._was_live, self._again = None, False, False

    def _try_now(self) -> None:
        """The server is back."""
        if self.kind == "polling" and self._retry.isActive():
            self._pauses = pauses()
            self._retry.start(0)

    # Asking

    def _ask(self) -> None:
        if self.kind not in ("live", "polling") or self._desk.actor is None:
            return
        if self._asking:  # what is on its way may have been read before this was wanted
            self._again = True
            return
        self._asking = True
        since = self._since
        self._desk.read(
            lambda uow: news(uow, since), done=self._answered, failed=self._unanswered, owner=self, background=True
        )

    def _answered(self, found: News) -> None:
        self._asking, again, self._again = False, self._again, False
        missed = self._since is None and self._was_live
        if self.kind == "polling":
            self._since = found.snapshot
            self._poll.start()
        elif self.kind == "live":
            self._since = found.snapshot if again else None
            if again:
                self._ask()
        if missed:
            self._desk.noticed.emit(Batch(everything=True))
        else:
            self.hear(found)

    def _unanswered(self, _error: object) -> None:
        self._asking = self._again = False
        if self.kind in ("polling", "live"):  # live: what was missed before it listened is still not known
            self._poll.start()

    # Telling

    def hear(self, found: News) -> None:
        """Tell what was found out by asking, as what is heard by listening is told."""
        if found.all_new:
            self._desk.noticed.emit(Batch(everything=True))
        else:
            self._hear(found.notices)

    def _hear(self, notices: Iterable[Notice]) -> None:
        if not self._heard:
            self._heard_at = monotonic()
        before = len(self._heard)
        self._heard.extend(notices)
        if len(self._heard) > before:
            self._unheard = None  # whoever hears anything hears
            self._doubt.stop()
        if self._heard and not self._gather.isActive():
            self._gather.start(GATHER_MS)

    def _committed(self, outcome: Outcome, _initiator: object) -> None:
        if outcome.operation is not None:
            tables = frozenset(e.__tablename__ for e in outcome.entities)  # type: ignore[attr-defined]
            self._own[outcome.operation] = tables
            while len(self._own) > KEPT:
                self._own.popitem(last=False)
            heard = any(notice.operation == outcome.operation for notice in self._heard)
            if tables and self.kind == "live" and not heard and self._last_told != outcome.operation:
                self._unheard = self._unheard or outcome.operation
                self._doubt.start()

    def _test_hearing(self) -> None:
        """Nothing was heard of what was saved here. A go-between that hands connections round takes the wish to listen
        and keeps the calls to itself."""
        unheard, self._unheard = self._unheard, None
        if unheard is None or self.kind != "live" or self._desk.actor is None:
            return
        self._desk.read(
            lambda uow: is_logged(uow, unheard),
            done=self._tested,
            failed=lambda _: None,
            owner=self,
            background=True,
        )

    def _tested(self, deaf: bool) -> None:
        if deaf and self.kind == "live":
            self._let_go()
            self._become("polling")
            self._since = None
            self._ask()

    def _tell(self) -> None:
        unknown = {notice.operation for notice in self._heard} - set(self._own)
        writes = any(job.kind in ("commit", "run") for job in self._desk.jobs)
        if unknown and writes and monotonic() - self._heard_at < OWN_MS / 1000:
            self._gather.start(GATHER_MS // 2)  # it may be what this desk is just told to be done
            return
        heard, self._heard = self._heard, []
        self._last_told = heard[-1].operation if heard else ""
        batch = self._batch(heard)
        self._desk.noticed.emit(batch)
        wanted = list(dict.fromkeys(n.operation for n in reversed(heard) if n.operation in unknown))[:MOST_NAMES]
        known = [operation for operation in wanted if operation not in self.doers]
        if known and self._desk.actor is not None:
            self._desk.read(
                lambda uow: doers(uow, known),
                done=lambda found: self._named(batch, found),
                failed=lambda _: None,
                owner=self,
                background=True,
            )
        elif wanted:
            self._desk.named.emit(batch)

    def _batch(self, heard: list[Notice]) -> Batch:
        tables: set[str] = set()
        moved: set[str] = set()
        rows: dict[str, dict[str, Told] | None] = {}
        for notice in heard:
            own = self._own.get(notice.operation)
            if own is None or notice.table not in own:
                tables.add(notice.table)
                if notice.action != "U":
                    moved.add(notice.table)
            known = rows.setdefault(notice.table, {})
            if notice.ids is None:
                rows[notice.table] = None
            elif known is not None:
                known.update({i: Told(notice.operation, notice.action, own is not None) for i in notice.ids})
        return Batch(frozenset(tables), rows, frozenset(moved), self.doers)

    def _named(self, batch: Batch, found: dict[str, Doer]) -> None:
        self.doers.update(found)
        while len(self.doers) > KEPT:
            self.doers.popitem(last=False)
        self._desk.named.emit(batch)

    # State

    def _become(self, kind: LiveKind) -> None:
        if kind != self.kind:
            self.kind = kind
            self.state_changed.emit()

    def _desk_changed(self, state: ConnectionState) -> None:
        if state.kind == "closed":
            self.close()

    def _timer(self, milliseconds: int, act: Callable[[], None]) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=milliseconds)
        timer.timeout.connect(act)
        return timer


def _aside(close: Callable[[], None]) -> None:
    """Close on a thread: where the server hangs it may block."""
    threading.Thread(target=close, name="lms-hang-up", daemon=True).start()
