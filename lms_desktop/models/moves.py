"""Moves on their way: shown at once, handed to the commit thread in the order in which they were made."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.errors import ExplainedError
from lms_desktop.models.cards import Card, Move, applied, order_of
from lms_desktop.models.desk import Desk

Write = Callable[[UnitOfWork, Move], Outcome]
"""What does a move in the database; called on the commit thread."""

Guard = Callable[[Move, Callable[[bool], None]], bool]
"""What is asked before a move: False where nothing is to be asked, else it answers later, by calling what it was
given with whether the move may be made."""


class Sent:
    """A move that may still become another until the commit thread takes it: of ten quick presses of a key, those that
    the thread has not come to are one operation.

    Attributes:
        state: "new", "asking" while the guard has not answered, then "sent".
        shown: whether what it moves is still what is shown.
    """

    def __init__(self, move: Move) -> None:
        self.move = move
        self.state = "new"
        self.shown = True
        self._lock, self._taken = threading.Lock(), False

    def become(self, move: Move) -> bool:
        """Be another move of the same rows; False where it is too late."""
        with self._lock:
            if self._taken:
                return False
            self.move = move
            return True

    def take(self) -> Move:
        """The move as it is to be done, from now on for good. Called on the commit thread."""
        with self._lock:
            self._taken = True
            return self.move


class MoveQueue(QObject):
    """The moves of one model that were made and not read back yet.

    Attributes:
        guard: is asked before a move, where there is one.
        made: how many moves were made so far: what was read before the last one knows nothing of it.

    Signals:
        changed(): what is on its way is other moves now.
        done(object, object): a Move that was done, and its Outcome.
        refused(object, object): a Move that was not done, and the error; None where the person did not
            want it.
        idle(): nothing is on its way any more.
    """

    changed = Signal()
    done = Signal(object, object)
    refused = Signal(object, object)
    idle = Signal()

    def __init__(self, desk: Desk, write: Write, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._write = desk, write
        self.guard: Guard | None = None
        self.label = ""
        self.made = 0
        self._base: Callable[[], Sequence[Card]] = list
        self._queue: list[Sent] = []
        self._settled: list[Move] = []

    @property
    def busy(self) -> bool:
        """Whether something that is shown is on its way."""
        return any(sent.shown for sent in self._queue)

    def known_from(self, base: Callable[[], Sequence[Card]]) -> None:
        """Where the cards come from that the moves are laid over."""
        self._base = base

    def over(self, cards: Sequence[Card]) -> list[Card]:
        """The cards with all moves done that were made since they were read."""
        laid = list(cards)
        for move in (*self._settled, *(sent.move for sent in self._queue if sent.shown)):
            laid = applied(laid, move)
        return laid

    def read_back(self) -> None:
        """What was read knows of every move that was done."""
        self._settled.clear()

    def forget(self) -> None:
        """Something else is shown: what is on its way is done all the same, and shown here no more."""
        self._settled.clear()
        for sent in self._queue:
            sent.shown = False

    def add(self, move: Move) -> None:
        """Make a move."""
        self.made += 1
        last = self._queue[-1] if self._queue else None
        same = last is not None and _same_rows(last.move, move)
        if (
            last is None
            or not same
            or not last.become(replace(move, seen=last.move.seen, crosses=last.move.crosses or move.crosses))
        ):
            self._queue.append(Sent(move))
        self.changed.emit()
        self._pump()

    def _pump(self) -> None:
        """Hand in, in their order, what need not be asked about."""
        for sent in list(self._queue):
            if sent.state == "asking":
                return
            if sent.state == "new":
                sent.state = "asking"
                if self.guard is not None and self.guard(sent.move, lambda may, sent=sent: self._answered(sent, may)):  # type: ignore[misc]
                    return
                self._send(sent)

    def _answered(self, sent: Sent, may: bool) -> None:
        if sent.state != "asking":
            return
        if may:
            self._send(sent)
        else:
            self._queue.remove(sent)
            self.changed.emit()
            self.refused.emit(sent.move, None)
        self._pump()
        self._tell_idle()

    def _send(self, sent: Sent) -> None:
        sent.state = "sent"
        if sent.shown:
            sent.become(replace(sent.move, seen=self._seen(sent)))
        write = self._write

        def operation(uow: UnitOfWork) -> Outcome:
            return write(uow, sent.take())

        self._desk.commit(
            operation,
            done=lambda outcome: self._done(sent, outcome),
            failed=lambda error: self._failed(sent, error),
            cancelled=lambda: self._failed(sent, None),
            initiator=self,
            owner=self,
            label=self.label,
        )

    def _seen(self, sent: Sent) -> tuple[str, ...]:
        """The list that it goes to, with all that was moved before and what is known of others' moves by now."""
        laid = list(self._base())
        for move in (*self._settled, *(s.move for s in self._queue[: self._queue.index(sent)] if s.shown)):
            laid = applied(laid, move)
        return order_of(laid, sent.move.entity, sent.move.parent)

    def _done(self, sent: Sent, outcome: Outcome) -> None:
        order = getattr(outcome.value, "order", None)
        move = replace(sent.move, order=order)
        self._queue = [other for other in self._queue if other is not sent]
        if sent.shown:
            self._settled.append(move)
            self.changed.emit()
        self.done.emit(move, outcome)
        self._tell_idle()

    def _failed(self, sent: Sent, error: ExplainedError | None) -> None:
        self._queue = [other for other in self._queue if other is not sent]
        sent.shown = False  # an answer that comes after all is read from the database
        self.changed.emit()
        self.refused.emit(sent.move, error)
        self._tell_idle()

    def _tell_idle(self) -> None:
        if not self.busy:
            self.idle.emit()


def _same_rows(one: Move, other: Move) -> bool:
    """Whether the second takes up the very rows that the first put down: then it alone says where they go."""
    return (
        one.entity is other.entity
        and set(one.ids) == set(other.ids)
        and one.parent == other.parent
        and not one.last
        and other.after not in one.ids
    )
