"""What colleagues did to what is shown here, as a sentence for the banner below it."""

from collections import OrderedDict
from time import monotonic

from PySide6.QtCore import QObject, Signal

from lms_desktop.entities import Lesson, Quiz, QuizQuestion
from lms_desktop.models.cards import Key, Move
from lms_desktop.models.desk import Desk
from lms_desktop.models.following import ago
from lms_desktop.models.live import Batch, Told
from lms_desktop.models.ordered import OrderedListModel
from lms_desktop.services.live import Doer

_ENTITIES: dict[str, type] = {e.__tablename__: e for e in (Lesson, Quiz, QuizQuestion)}
LATELY = 300.0
"""So many seconds a move of one's own is worth a word beside what somebody else did."""
MOST_KEPT = 200
"""So many changes wait to be told at most; more are told as many."""


class Colleagues(QObject):
    """Puts what the desk hears of others' changes together with the titles that the model knows.

    Signals:
        told(str): a sentence about the last thing that somebody did.
    """

    told = Signal(str)

    def __init__(self, desk: Desk, model: OrderedListModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._known: dict[Key, tuple[str, str]] = {}
        self._before: dict[Key, tuple[str, str]] = {}
        self._waiting: OrderedDict[Key, tuple[Told, Doer | None]] = OrderedDict()
        self._moved, self._moved_at = "", 0.0
        self._home = ""
        desk.named.connect(self._named)
        model.arrived.connect(self._arrived)
        model.arranged.connect(self._arranged)

    def _named(self, batch: Batch) -> None:
        for table, entity in _ENTITIES.items():
            if entity in self._model.levels:
                for row_id, told in batch.others(table).items():
                    self._waiting[entity, row_id] = (told, batch.doers.get(told.operation))
        while len(self._waiting) > MOST_KEPT:
            self._waiting.popitem(last=False)
        self._tell()

    def _arranged(self, move: Move, _outcome: object) -> None:
        row = self._model.find(move.entity, move.ids[0]) if move.ids else -1
        card = self._model.card(row)
        self._moved, self._moved_at = card.title if card is not None else "", monotonic()

    def _arrived(self) -> None:
        now = {c.key: (c.parent, c.title) for c in self._model.cards if not c.new and not c.heading}
        if self._home != self._model.home:
            self._home, self._known, self._moved = self._model.home, {}, ""
            self._waiting.clear()
        self._before = self._known or now
        self._known = now
        self._tell()

    def _tell(self) -> None:
        """Say what is both heard and read; what is not read yet waits for it."""
        events = [(key, told, doer) for key, (told, doer) in self._waiting.items() if self._is_read(key, told)]
        if not events:
            return
        for key, _, _ in events:
            del self._waiting[key]
        last = events[-1][2]
        same = [(key, told) for key, told, doer in events if doer == last]
        sentence = self._sentence(same, last)
        if sentence and self._moved and monotonic() - self._moved_at < LATELY:
            sentence = f"{sentence} " + self.tr("Your move of “{0}” was kept.").format(self._moved)
        if sentence:
            self.told.emit(sentence)

    def _is_read(self, key: Key, told: Told) -> bool:
        if told.action == "D":
            return key in self._before and key not in self._known
        return key in self._known

    def _sentence(self, events: list[tuple[Key, Told]], doer: Doer | None) -> str:
        who = doer.name if doer is not None and doer.name else self.tr("Somebody else")
        when = ago(doer.at) if doer is not None else self.tr("just now")
        added = [key for key, told in events if told.action == "I" or key not in self._before]
        gone = [key for key, told in events if told.action == "D"]
        other = [key for key, told in events if key not in added and key not in gone]
        renamed = [key for key in other if self._before.get(key) != self._known.get(key)]
        if added:
            return self._about(
                added, who, when, self.tr("{0} added “{1}” {2}."), self.tr("{0} added %n rows {1}.", "", len(added))
            )
        if gone:
            return self._about(
                gone, who, when, self.tr("{0} deleted “{1}” {2}."), self.tr("{0} deleted %n rows {1}.", "", len(gone))
            )
        if len(renamed) == 1 or len(other) == 1:
            return self._about(renamed or other, who, when, self.tr("{0} changed “{1}” {2}."), "")
        return self.tr("{0} changed the outline {1}.").format(who, when) if other else ""

    def _about(self, keys: list[Key], who: str, when: str, one: str, many: str) -> str:
        if len(keys) > 1 and many:
            return many.format(who, when)
        _, title = self._known.get(keys[0]) or self._before.get(keys[0]) or ("", "")
        return one.format(who, title, when)
