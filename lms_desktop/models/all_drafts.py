"""All that is not saved yet in one window: the drafts of each entity, whichever page shows them."""

from collections.abc import Callable, Iterator
from itertools import count

from PySide6.QtCore import QObject, Signal

from lms_desktop.models.drafts import Drafts


class AllDrafts(QObject):
    """The one `Drafts` of each entity in a window. What is edited on one page is the same draft on another.

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

    def __getitem__(self, entity: type) -> Drafts:
        if entity not in self._drafts:
            made = self._drafts[entity] = Drafts(entity, self, self._clock)
            if self._begin is not None:
                self._begin(made)
            made.counted.connect(self.counted)
        return self._drafts[entity]

    def __iter__(self) -> Iterator[Drafts]:
        return iter(tuple(self._drafts.values()))

    def changes(self) -> int:
        """How many unsaved values there are."""
        return sum(drafts.changes() for drafts in self)

    def at_risk(self) -> int:
        """How many unsaved values would be missed."""
        return sum(drafts.at_risk() for drafts in self)

    def clear(self) -> None:
        """Give everything up."""
        for drafts in self:
            drafts.clear()
