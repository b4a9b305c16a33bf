"""What is not saved yet of the rows that one page shows: of one entity or of several, of all rows or of some."""

from collections.abc import Callable, Sequence
from functools import partial

from lms_desktop.models.draft import Draft
from lms_desktop.models.drafts import Drafts
from lms_desktop.services.edits import Edit

Row = tuple[type, str]
"""A row: its entity and its id."""

Owns = Callable[[type, str], bool]
"""Whether a row is the page's."""


class PageDrafts:
    """The drafts of a page's rows, to be counted, saved, taken back and given up together."""

    def __init__(self, parts: Sequence[Drafts], owns: Owns = lambda entity, row_id: True) -> None:
        """`parts` are the entities' drafts, parents first; `owns` says whether a row is the page's."""
        self.parts = tuple(parts)
        self._owns = owns

    def __len__(self) -> int:
        return len(self.all())

    def __bool__(self) -> bool:
        return any(self._owns(part.entity, draft.id) for part in self.parts for draft in part.all())

    def of(self, entity: type) -> Drafts:
        """The drafts of one of the entities, all rows of it."""
        return next(part for part in self.parts if part.entity is entity)

    def get(self, entity: type, row_id: str) -> Draft | None:
        """The draft of a row, where there is one."""
        return next((part.get(row_id) for part in self.parts if part.entity is entity), None)

    def all(self) -> tuple[Draft, ...]:
        """The drafts, entity by entity."""
        return tuple(draft for part in self.parts for draft in part.all() if self._owns(part.entity, draft.id))

    def edits(self) -> tuple[Edit, ...]:
        """The drafts as the service takes them."""
        return tuple(draft.edit() for draft in self.all())

    def changes(self) -> int:
        """How many unsaved values there are; a new row without any counts as one."""
        return sum(draft.changes for draft in self.all())

    def at_risk(self) -> int:
        """How many of them would be missed."""
        return sum(draft.changes for draft in self.all() if not draft.untouched)

    def entities(self) -> tuple[type, ...]:
        """The entities of which there are drafts."""
        return tuple(dict.fromkeys(draft.entity for draft in self.all()))

    def saved(self, edits: Sequence[Edit], versions: dict[str, str]) -> None:
        """Forget what these edits carried."""
        for part in self.parts:
            mine = tuple(edit for edit in edits if edit.entity is part.entity)
            if mine:
                part.saved(mine, versions)

    def send(self, edits: Sequence[Edit]) -> None:
        """These edits are being saved: what they carry is not taken back by `undo` until they have come back."""
        for part in self.parts:
            part.send(edit.id for edit in edits if edit.entity is part.entity)

    def come_back(self, edits: Sequence[Edit]) -> None:
        """These edits were saved, or could not be."""
        for part in self.parts:
            part.come_back(edit.id for edit in edits if edit.entity is part.entity)

    def clear(self) -> None:
        """Give all of them up."""
        for part in self.parts:
            part.clear(partial(self._owns, part.entity))

    # Taking back, in the order in which the changes were made

    @property
    def can_undo(self) -> bool:
        """Whether an unsaved change is left to take back."""
        return any(part.last_step(partial(self._owns, part.entity)) is not None for part in self.parts)

    @property
    def can_redo(self) -> bool:
        """Whether an unsaved change was taken back, and nothing was changed since."""
        return self._next() is not None

    def undo(self) -> Row | None:
        """Take the last change back; its row, or None where there is none."""
        steps = [(part.last_step(partial(self._owns, part.entity)), at) for at, part in enumerate(self.parts)]
        known = [(step, at) for step, at in steps if step is not None]
        if not known:
            return None
        part = self.parts[max(known)[1]]
        row_id = part.undo(partial(self._owns, part.entity))
        return None if row_id is None else (part.entity, row_id)

    def redo(self) -> Row | None:
        """Make the change again that was taken back last; its row, or None where there is none."""
        part = self._next()
        row_id = None if part is None else part.redo(partial(self._owns, part.entity))
        return None if part is None or row_id is None else (part.entity, row_id)

    def _next(self) -> Drafts | None:
        """Whose change is to be made again next: the earliest of those taken back, unless others came behind it."""
        taken = [(part.next_step(partial(self._owns, part.entity)), at) for at, part in enumerate(self.parts)]
        known = [(step, at) for step, at in taken if step is not None]
        if not known:
            return None
        step, at = min(known)
        others = [part for other, part in enumerate(self.parts) if other != at]
        later = [part.last_step(partial(self._owns, part.entity)) or 0 for part in others]
        return self.parts[at] if step >= max(later, default=0) else None
