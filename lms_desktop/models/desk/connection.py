"""What the desk knows of the server: there, silent, lost, being looked for; and how far away it is."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from time import monotonic

from PySide6.QtCore import QCoreApplication, QObject, Signal

from lms_desktop.models.desk.entries import Entry
from lms_desktop.models.desk.jobs import ConnectionKind, ConnectionState, PingNote, Reply
from lms_desktop.models.desk.silence import Silence
from lms_desktop.models.desk.workers import Pinger

SMOOTHING = 0.2
"""The weight of the newest latency in the smoothed one."""

NOTABLE = (1.0, 0.3)
"""A latency is told anew when it differs from the one told last by this many milliseconds and by this part of it."""

TELL_EVERY = 1.0
"""Seconds between two states that differ in the latency alone."""


class ConnectionWatch(QObject):
    """Makes a ConnectionState of replies and pings. Lives on the GUI thread.

    Attributes:
        state: the latest ConnectionState.
        pinger: the thread that looks for a lost server; whoever hears `lost` puts it here.

    Signals:
        changed: the new ConnectionState.
        lost: the server is to be looked for.
        reconnected: the server, lost before, has answered.
    """

    changed = Signal(object)
    lost = Signal()
    reconnected = Signal()

    def __init__(
        self, entries: Mapping[int, Entry], knock: Callable[[], object] | None, parent: QObject | None = None
    ) -> None:
        """`entries` and `knock` as `Silence` has them."""
        super().__init__(parent)
        self.pinger: Pinger | None = None
        self._silence = Silence(entries, knock, self)
        self._silence.answered.connect(self._speaks)
        self._silence.silent.connect(self._is_silent)
        self._silence.lost.connect(self._lose)
        self._turned = monotonic()
        self._latency: float | None = None
        self._told = monotonic() - TELL_EVERY
        self.state = ConnectionState("ok", _sentence("ok"), None, datetime.now(UTC))

    def began(self) -> None:
        """Work was handed in: where it hears nothing for long, it is asked whether the server answers."""
        self._silence.began()

    def replied(self, reply: Reply) -> None:
        """A job came back. One that began before the last turn is no news: it saw the server as it was then."""
        if self.state.kind == "closed" or reply.began < self._turned:
            return
        if reply.lost:
            self._lose()
        elif reply.reached:
            self._answer()
            if reply.latency is not None:
                self._measure(reply.latency * 1000)
            self._silence.heard(self._latency)

    def pinged(self, note: PingNote) -> None:
        """The pinger has tried."""
        if note.pinger is not self.pinger:
            return
        if note.answered:
            self._answer()
        else:
            self._tell("reconnecting", note.attempt + 1)

    def close(self) -> Pinger | None:
        """The desk has ended; the pinger that may be at its last attempt."""
        pinger = self.pinger
        self._stop_pinger()
        self._silence.stop()
        self._latency = None
        self._tell("closed")
        return pinger

    def _is_silent(self) -> None:
        """What waits goes on waiting: nothing is lost, and nobody has to ask again when the server goes on."""
        if self.state.kind == "ok":
            self._tell("silent")

    def _speaks(self) -> None:
        if self.state.kind == "silent":
            self._tell("ok")

    def _lose(self) -> None:
        if self.state.kind not in ("ok", "silent"):
            return
        self._turned = monotonic()
        self._latency = None
        self._tell("lost")
        self.lost.emit()

    def _answer(self) -> None:
        self._speaks()
        if self.state.kind == "ok":
            return
        self._turned = monotonic()
        self._stop_pinger()
        self._tell("ok")
        self.reconnected.emit()

    def _measure(self, latest: float) -> None:
        before = self._latency
        self._latency = latest if before is None else before + SMOOTHING * (latest - before)
        told = self.state.latency_ms
        least, part = NOTABLE
        notable = told is None or abs(self._latency - told) > max(least, part * told)
        if notable and monotonic() - self._told >= TELL_EVERY:
            self._tell("ok")

    def _stop_pinger(self) -> None:
        if self.pinger is not None:
            self.pinger.stop()
            self.pinger = None

    def _tell(self, kind: ConnectionKind, attempt: int = 1) -> None:
        since = self.state.since if kind == self.state.kind else datetime.now(UTC)
        self.state = ConnectionState(kind, _sentence(kind, attempt), self._latency, since)
        self._told = monotonic()
        self.changed.emit(self.state)


def _sentence(kind: ConnectionKind, attempt: int = 1) -> str:
    translate = QCoreApplication.translate
    match kind:
        case "ok":
            return translate("Desk", "Connected")
        case "silent":
            return translate("Desk", "The server does not answer")
        case "lost":
            return translate("Desk", "The connection to the server is lost")
        case "reconnecting":
            return translate("Desk", "Looking for the server, attempt {number}").format(number=attempt)
        case "closed":
            return translate("Desk", "Not connected")
