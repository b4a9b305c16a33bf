"""The model of rows that are put in order by hand: one list, or a course with lessons, quizzes and questions."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Literal

from PySide6.QtCore import (
    QMimeData,
    QModelIndex,
    QObject,
    Qt,
    QTimer,
    Signal,
)

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import Quiz
from lms_desktop.errors import ExplainedError
from lms_desktop.models import cards as table
from lms_desktop.models.card_rows import CARD_ROLE as CARD_ROLE
from lms_desktop.models.card_rows import CardRows, Index
from lms_desktop.models.cards import Card, Move, Target
from lms_desktop.models.desk import Desk
from lms_desktop.models.live import Batch
from lms_desktop.models.moves import MoveQueue
from lms_desktop.services.teaching import arranging, quiz_places
from lms_desktop.spec import Catalog

MIME = "application/x-lms-desktop-rows"
PAUSE_MS = 200
"""Before what others changed is read, so that what they do at once is read at once."""

Step = Literal["up", "down", "top", "end"]
Data = Any


class OrderedListModel(CardRows):
    """Cards, arranged by moves: shown at once, done in the database in the order in which they were made, corrected by
    what it answers. What others change is read again; nobody's selection or place on the screen is lost by it.

    A subclass says what is read (`reader`) and how it is laid out (`lay_out`). What moves make of it is laid over.

    Attributes:
        levels: the entities shown, each belonging to one of that before it.
        home: the id of what all of it belongs to, "" for nothing.
        editable: whether the person may arrange it.
        queue: the moves on their way; its `guard` is asked before each.
        seen: whether somebody sees it; while nobody does, nothing is read.
        missing: what `home` says is not there, or not to be seen by this person.

    Signals:
        arrived(): what was read is shown; the first time, or again.
        failed(object): it could not be read.
        about_to_change(), changed(): around each change of the rows that nobody made here.
        arranged(object, object): a Move that was done, and its Outcome.
        refused(object, object): a Move that was put back, and the error; None where it was cancelled.
        copy_wanted(object, object, object): entity, ids, and the Target where copies of them are to stand.
        new_moved(object, str, object): entity and id of what is not saved yet, and the Target where it is to stand.
    """

    arrived = Signal()
    failed = Signal(object)
    about_to_change = Signal()
    changed = Signal()
    arranged = Signal(object, object)
    refused = Signal(object, object)
    copy_wanted = Signal(object, object, object)
    new_moved = Signal(object, str, object)

    levels: tuple[type, ...] = ()
    tables: frozenset[str] = frozenset()

    def __init__(self, desk: Desk, catalog: Catalog, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk, self.catalog = desk, catalog
        self.home = ""
        self.editable = False
        self.seen: Callable[[], bool] = lambda: True
        self.found: Data = None
        self.missing = False
        self._laid: list[Card] = []
        self._generation = 0
        self._reading = self._stale = self._held = False
        self.queue = MoveQueue(desk, partial(write, catalog), self)
        self.queue.known_from(lambda: self._laid)
        self.queue.changed.connect(lambda: self._lay_over(quiet=True))
        self.queue.done.connect(self._move_done)
        self.queue.refused.connect(self._move_refused)
        self.queue.idle.connect(self._idle)
        self._soon = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._soon.timeout.connect(self.reload)
        desk.noticed.connect(self._noticed)
        desk.committed.connect(self._committed)
        desk.reconnected.connect(self._reconnected)

    # To be said by what shows something

    def reader(self) -> Callable[[UnitOfWork], Data]:
        """What reads all that is shown. It is called on another thread, and refers to no Qt object."""
        raise NotImplementedError

    def lay_out(self, found: Data) -> list[Card]:
        """The cards of what was read. Sets `editable`."""
        raise NotImplementedError

    def fold(self, row: int, folded: bool) -> bool:
        """Fold away what belongs to a card, or unfold it; whether that was anything to do."""
        return False

    # What is shown

    @property
    def loaded(self) -> bool:
        """Whether what `home` says has been read."""
        return self.found is not None

    def show(self, home: str) -> None:
        """Show what belongs to this, "" for nothing. What is on its way for the former one goes on."""
        if home == self.home:
            return
        self.home, self.found, self.missing, self._stale = home, None, False, False
        self._generation += 1
        self._reading = False
        self.queue.forget()
        self.beginResetModel()
        self._laid, self._rows, self._places, self.editable = [], [], {}, False
        self.endResetModel()
        self.reload()

    def reload(self) -> None:
        """Read again, as soon as nothing is on its way, nothing is dragged, and somebody sees it."""
        if not self.home:
            return
        if self.queue.busy or self._held or self._reading or not self.seen():
            self._stale = True
            return
        self._reading, self._stale = True, False
        self._generation += 1
        generation, made = self._generation, self.queue.made
        self.desk.read(
            self.reader(),
            done=lambda found: self._read(generation, made, found),
            failed=lambda error: self._unread(generation, error),
            owner=self,
            background=self.loaded,
            label=self.tr("Reading the outline"),
        )

    def catch_up(self) -> None:
        """Somebody sees it again."""
        if self._stale:
            self.reload()

    def hold(self, held: bool) -> None:
        """While something is dragged the rows stay where they are."""
        self._held = held
        if not held:
            self._lay_over()
            self.catch_up()

    def lay_out_again(self) -> None:
        """What was read is to be laid out otherwise: something was folded, typed, or begun."""
        if self.found is not None:
            self._laid = self.lay_out(self.found)
            self._lay_over(quiet=True)

    # Moving

    def move(self, entity: type, ids: Sequence[str], target: Target) -> bool:
        """Move rows, of this list or from elsewhere, to a target; whether there was anything to do."""
        if not self.editable or not ids:
            return False
        if self.is_new(entity, ids):
            self.new_moved.emit(entity, ids[0], target)
            return True
        order = table.order_of(self._rows, entity, target.parent)
        inside = set(ids) <= set(order)
        move = Move(entity, tuple(ids), target.parent, target.after, target.last, not inside, self.home)
        if inside and not target.last:
            rest = [row_id for row_id in order if row_id not in ids]
            after = _standing(order, ids, target.after)
            found = table.between(order, entity, ids, target.parent, rest.index(after) + 1 if after else 0)
            if found is None:
                return False
            move = Move(entity, found.ids, found.parent, found.after, home=self.home)
        elif inside and entity is Quiz:
            return False
        self.queue.add(move)
        return True

    def shift(self, rows: Iterable[int], step: Step) -> Move | None:
        """Take rows of one list one place on, or to an end of it; None where there is nothing to do."""
        chosen = [row for row in rows if self._rows[row].placed and self._rows[row].movable and not self._rows[row].new]
        move = table.shifted(self._rows, chosen, step) if self.editable else None
        if move is not None:
            move = Move(move.entity, move.ids, move.parent, move.after, home=self.home)
            self.queue.add(move)
        return move

    def put(self, rows: Iterable[int], place: int) -> Move | None:
        """Put rows of one list to a place of it, from 1 on; None where they stand there."""
        chosen = sorted(rows)
        first = self._rows[chosen[0]]
        order = table.order_of(self._rows, first.entity, first.parent)
        ids = [self._rows[row].id for row in chosen]
        move = table.between(order, first.entity, ids, first.parent, place - 1)
        if move is not None:
            move = Move(move.entity, move.ids, move.parent, move.after, home=self.home)
            self.queue.add(move)
        return move

    def target(self, data: QMimeData, gap: int, on: int = -1) -> Target | None:
        """Where what is dragged would land that is let fall before the row `gap`, or on the row `on`."""
        dragged = self.dragged(data)
        return None if dragged is None else self.target_of(dragged[0], gap, on)

    def target_of(self, entity: type | None, gap: int, on: int = -1) -> Target | None:
        """The same for rows of an entity."""
        if entity is None or not self.editable:
            return None
        return table.target(self._rows, self.levels, self.home, entity, gap, on)

    def dragged(self, data: QMimeData) -> tuple[type, tuple[str, ...]] | None:
        """Entity and ids of what is dragged, if it comes from this database and could be shown here."""
        if not data.hasFormat(MIME):
            return None
        try:
            told = json.loads(bytes(data.data(MIME).data()))
            entity = next(e for e in self.levels if e.__tablename__ == told["entity"])  # type: ignore[attr-defined]
            ids = tuple(str(row_id) for row_id in told["ids"])
            mine = told["database"] == self.database() and (not told["new"] or self.is_new(entity, ids))
            return (entity, ids) if mine and ids else None
        except (ValueError, KeyError, TypeError, StopIteration):
            return None

    def is_new(self, entity: type, ids: Sequence[str]) -> bool:
        """Whether this is what is shown here and not saved yet."""
        card = self.card(self.find(entity, ids[0])) if ids else None
        return card is not None and card.new

    def database(self) -> str:
        """What tells this database from others, and tells nobody where it is."""
        if self.desk.database is None:
            return ""
        url = self.desk.database.engine.url
        return hashlib.sha256(f"{url.host}/{url.port}/{url.database}/{url.query.get('host')}".encode()).hexdigest()

    # What comes of it

    def _read(self, generation: int, made: int, found: Data) -> None:
        if generation != self._generation:
            return
        self._reading = False
        if made != self.queue.made or self.queue.busy or self._held:
            self._stale = True
            self.catch_up()
            return
        self.found, self.missing = found, found is None
        self.queue.read_back()
        self._laid = [] if found is None else self.lay_out(found)
        self._lay_over()
        self.arrived.emit()
        self.catch_up()

    def _unread(self, generation: int, error: ExplainedError) -> None:
        if generation == self._generation:
            self._reading = False
            self._stale = True
            self.failed.emit(error)

    def _move_done(self, move: Move, outcome: Outcome) -> None:
        self._stale = True
        self.arranged.emit(move, outcome)

    def _move_refused(self, move: Move, error: ExplainedError | None) -> None:
        self._stale = True
        self.refused.emit(move, error)

    def _idle(self) -> None:
        self.catch_up()

    def _noticed(self, batch: Batch) -> None:
        if batch.everything or batch.tables & self.tables:
            self._soon.start()

    def _committed(self, outcome: Outcome, initiator: object) -> None:
        if initiator is not self.queue and {e.__tablename__ for e in outcome.entities} & self.tables:  # type: ignore[attr-defined]
            self.reload()

    def _reconnected(self) -> None:
        if self._stale or not self.loaded:
            self.reload()

    def _lay_over(self, *, quiet: bool = False) -> None:
        """Show what was read with all moves laid over it; `quiet` where the person did it here."""
        wanted = self.queue.over(self._laid)
        if self._held or wanted == self._rows:
            return
        if not quiet:
            self.about_to_change.emit()
        self._become(wanted)
        if not quiet:
            self.changed.emit()

    # Overrides of Qt

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Override QAbstractItemModel::flags."""
        card = self.card(index.row()) if index.isValid() else None
        drop = Qt.ItemFlag.ItemIsDropEnabled if self.editable else Qt.ItemFlag.NoItemFlags
        if card is None or card.heading:
            return drop
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | drop
        if self.editable and card.movable:
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        return flags | (Qt.ItemFlag.ItemNeverHasChildren)

    def supportedDropActions(self) -> Qt.DropAction:
        """Override QAbstractItemModel::supportedDropActions."""
        return Qt.DropAction.MoveAction | Qt.DropAction.CopyAction if self.editable else Qt.DropAction.IgnoreAction

    def supportedDragActions(self) -> Qt.DropAction:
        """Override QAbstractItemModel::supportedDragActions."""
        return self.supportedDropActions()

    def mimeTypes(self) -> list[str]:
        """Override QAbstractItemModel::mimeTypes."""
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Override QAbstractItemModel::mimeData: cards of the outermost level among them, in their order; the others
        go along with theirs. The titles are there as plain text for other programs."""
        rows = sorted({index.row() for index in indexes if index.isValid()})
        alone = len(rows) == 1  # as what is not saved yet goes
        cards = [card for row in rows if (card := self._rows[row]).movable and (alone or not card.new)]
        data = QMimeData()
        if cards:
            entity = min(cards, key=lambda card: card.depth).entity
            chosen = [card for card in cards if card.entity is entity]
            told = {
                "database": self.database(),
                "entity": entity.__tablename__,  # type: ignore[attr-defined]
                "ids": [card.id for card in chosen],
                "parents": list(dict.fromkeys(card.parent for card in chosen)),
                "new": chosen[0].new,
            }
            data.setData(MIME, json.dumps(told).encode())
            data.setText("\n".join(card.title for card in chosen))
        return data

    def canDropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        """Override QAbstractItemModel::canDropMimeData."""
        allowed = action in (Qt.DropAction.MoveAction, Qt.DropAction.CopyAction)
        return allowed and self.target(data, *self._dropped_at(row, parent)) is not None

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        """Override QAbstractItemModel::dropMimeData: move, or ask for copies."""
        dragged, target = self.dragged(data), self.target(data, *self._dropped_at(row, parent))
        if dragged is None or target is None:
            return False
        if action == Qt.DropAction.CopyAction:
            self.copy_wanted.emit(*dragged, target)
            return True
        return action == Qt.DropAction.MoveAction and self.move(*dragged, target)

    def moveRows(self, source: Index, row: int, count: int, destination: Index, child: int) -> bool:
        """Override QAbstractItemModel::moveRows: the rows are moved when it returns; the database follows."""
        if source.isValid() or destination.isValid() or not 0 <= row < row + count <= len(self._rows):
            return False
        first = self._rows[row]
        chosen = [c for c in self._rows[row : row + count] if c.entity is first.entity and c.parent == first.parent]
        target = table.target(self._rows, self.levels, self.home, first.entity, child, max(child - 1, 0))
        ids = [card.id for card in chosen if card.movable and not card.new]
        return target is not None and self.move(first.entity, ids, target)

    def _dropped_at(self, row: int, parent: Index) -> tuple[int, int]:
        """(gap, on) of Qt's way to say where something is dropped."""
        if parent.isValid():
            return parent.row() + 1, parent.row()
        return (row, -1) if row >= 0 else (len(self._rows), -1)


def write(catalog: Catalog, uow: UnitOfWork, move: Move) -> Outcome:
    """Do a move in the database."""
    if move.entity is Quiz:
        return quiz_places.hang(uow, move.ids, move.home, None if move.parent == move.home else move.parent)
    if move.last:
        spot = arranging.Spot(move.parent, arranging.LAST)
        return arranging.move(uow, catalog, move.entity, move.ids, spot, None)
    return arranging.move(uow, catalog, move.entity, move.ids, arranging.Spot(move.parent, move.after), move.seen)


def _standing(order: Sequence[str], ids: Sequence[str], after: str | None) -> str | None:
    """The nearest row up from `after` that is not moved itself."""
    at = order.index(after) if after in order else -1
    while at >= 0 and order[at] in ids:
        at -= 1
    return order[at] if at >= 0 else None
