"""What this sitting has saved, to be taken back and made again, the last first."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand, QUndoStack

from lms_desktop.database.unit_of_work import Outcome
from lms_desktop.models.wording import told


class Saved(QUndoCommand):
    """An operation that was saved.

    Qt wants `undo` and `redo` to be done when they return; a database is not asked on the GUI thread and may refuse. So
    they do nothing: the database has done it before the stack moves.

    Attributes:
        operation: the id of what has to be taken back next: the operation, then what took it back, and so on.
        sentence: what was done.
        number: of the job that did it, or undid or did it again: the later one was handed in later.
    """

    def __init__(self, operation: str, sentence: str) -> None:
        super().__init__(in_quotes(told(sentence)))
        self.operation, self.sentence, self.number = operation, sentence, 0

    @property
    def words(self) -> str:
        """What was done, in the language of the screen, as it stands within another sentence."""
        return in_quotes(told(self.sentence))


class UndoStack(QUndoStack):
    """The operations of one window. It moves when the database has done what was asked for, and not before."""

    LIMIT = 1000
    """Operations that are kept."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setUndoLimit(self.LIMIT)
        self._saved: list[Saved] = []  # PySide does not keep what only Qt refers to

    @property
    def last(self) -> Saved | None:
        """What is taken back next."""
        return self._at(self.index() - 1)

    @property
    def next(self) -> Saved | None:
        """What was taken back last, and can be made again."""
        return self._at(self.index())

    def note(self, outcome: Outcome) -> Saved | None:
        """An operation was committed: it goes on top, unless it cannot be taken back or stands here already."""
        if outcome.operation is None or not outcome.changes or not outcome.undoable:
            return None
        if self.find(outcome.operation) is not None:
            return None
        del self._saved[self.index() :]
        saved = Saved(outcome.operation, outcome.sentence)
        self._saved.append(saved)
        self.push(saved)
        self._saved = self._saved[-self.count() :]
        return saved

    def find(self, operation: str) -> Saved | None:
        """The one that would be taken back, or made again, by taking back this operation."""
        return next((saved for saved in reversed(self._saved) if saved.operation == operation), None)

    def undone(self, saved: Saved, outcome: Outcome) -> None:
        """`saved` was taken back, by this outcome."""
        self._settle(saved, self.last, outcome)

    def redone(self, saved: Saved, outcome: Outcome) -> None:
        """`saved` was made again, by this outcome."""
        self._settle(saved, self.next, outcome)

    def drop(self, saved: Saved) -> None:
        """Nothing is left of it to take back, or to make again."""
        saved.setObsolete(True)
        if saved is self.last:
            del self._saved[self.index() - 1]
            self.undo()
        elif saved is self.next:
            del self._saved[self.index()]
            self.redo()

    def _settle(self, saved: Saved, expected: Saved | None, outcome: Outcome) -> None:
        if outcome.operation is None or saved is not expected:
            return  # something else was saved meanwhile: `note` puts this on top of it, as an operation like any other
        saved.operation = outcome.operation
        if saved is self.last:
            self.undo()
        else:
            self.redo()

    def _at(self, index: int) -> Saved | None:
        return self._saved[index] if 0 <= index < len(self._saved) else None


def in_quotes(sentence: str) -> str:
    """A sentence as it stands in quotation marks within another."""
    return sentence[:-1] if sentence.endswith((".", "。")) and not sentence.endswith("..") else sentence
