"""All that is not saved yet in one window: the drafts of each entity, whichever page shows them."""

from collections.abc import Callable, Iterator
from itertools import count

from PySide6.QtCore import QObject, Signal

from lms_desktop.entities import Quiz, QuizQuestion
from lms_desktop.models.drafts import Draft, Drafts


class AllDrafts(QObject):
    """The one `Drafts` of each entity in a window. What is edited on one page is the same draft on another.

    Questions may be begun for a quiz that is not saved itself. They go with it, whichever page gives it up.

    Signals:
        counted(): the number of unsaved changes is another.
    """

    counted = Signal()

    def __init__(self, begin: Callable[[Drafts], object] | None = None, parent: QObject | None = None) -> None:
        """`begin` is called with each `Drafts` as it is made, before anything is in it."""
        super().__init__(parent)
        self._begin = begin
        self._drafts: dict[type, Drafts] = {}
        self._clock = count(1)
        self._new_quizzes: set[str] = set()

    def __getitem__(self, entity: type) -> Drafts:
        if entity not in self._drafts:
            made = self._drafts[entity] = Drafts(entity, self, self._clock)
            if self._begin is not None:
                self._begin(made)
            made.counted.connect(self.counted)
            made.unfinished_changed.connect(self.counted)
            if entity is Quiz:
                made.changed.connect(self._quizzes_changed)
        return self._drafts[entity]

    def __iter__(self) -> Iterator[Drafts]:
        return iter(tuple(self._drafts.values()))

    def changes(self) -> int:
        """How many unsaved values there are."""
        return sum(drafts.changes() for drafts in self)

    def at_risk(self) -> int:
        """How many unsaved values would be missed."""
        return sum(drafts.at_risk() for drafts in self)

    def give_up(self, entity: type, row_id: str) -> None:
        """Give a row's draft up, before it what was begun for it: taken back, the row is there first again."""
        if entity is Quiz:
            for question in self.begun_for(row_id):
                self[QuizQuestion].give_up(question.id)
        self[entity].give_up(row_id)

    def begun_for(self, quiz_id: str) -> list[Draft]:
        """The new questions of a quiz."""
        return [draft for draft in self[QuizQuestion].new_rows() if draft.values.get("quiz_id") == quiz_id]

    def _quizzes_changed(self, row_id: str) -> None:
        """A quiz that was never saved and is no more takes its questions along."""
        quizzes = self[Quiz]
        for gone in [known for known in self._new_quizzes if quizzes.get(known) is None]:
            self._new_quizzes.discard(gone)
            if quizzes.takes(gone):  # it was saved
                continue
            for question in self.begun_for(gone):
                if quizzes.known(gone) is None:
                    self[QuizQuestion].discard(question.id)
                else:
                    self[QuizQuestion].give_up(question.id)
        self._new_quizzes |= {draft.id for draft in quizzes.new_rows()}

    def clear(self) -> None:
        """Give everything up."""
        for drafts in self:
            drafts.clear()
