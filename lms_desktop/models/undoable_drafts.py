"""Drafts whose changes can be taken back one by one, and made again."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count

from PySide6.QtCore import QObject, Signal

from lms_desktop.models.draft import AnyStep, Begun, Draft, GivenUp, Label, Placed, Step, Together, step_at

Rows = Callable[[str], bool]
"""Whether the row of an id is among those that are meant."""


def every(row_id: str) -> bool:
    """All rows are meant."""
    return True


class UndoableDrafts(QObject):
    """The drafts of one entity by the ids of their rows, and the steps by which they came about.

    Signals:
        changed(str): the draft of this row id changed, began or ended; "" for several.
        counted(): the number of unsaved changes is another.
        unfinished_changed(): the same, for what stands in an editor of these rows and is no value is another.
        written(object): a `Written` of each row that was just saved and stands as it is told there. Whoever shows
            these rows shows them so, before `changed` tells the others that the drafts have ended.
    """

    changed = Signal(str)
    counted = Signal()
    unfinished_changed = Signal()
    written = Signal(object)

    def __init__(self, parent: QObject | None = None, clock: Iterator[int] | None = None) -> None:
        """`clock` numbers the steps; drafts that share it can be taken back in the order in which they were made."""
        super().__init__(parent)
        self._clock = clock if clock is not None else count(1)
        self._drafts: dict[str, Draft] = {}
        self._steps: list[AnyStep] = []
        self._undone: list[AnyStep] = []
        self._sent: dict[str, int] = {}
        self._silent = self._untold = False

    def known(self, row_id: str) -> Draft | None:
        """The draft of a row, also where it was given up, or taken back, and can come again."""
        steps = (step.draft for step in reversed((*self._steps, *self._undone)) if step.draft.id == row_id)
        return self._drafts.get(row_id) or next(steps, None)

    @property
    def can_undo(self) -> bool:
        """Whether an unsaved change is left to take back."""
        return self.last_step() is not None

    @property
    def can_redo(self) -> bool:
        """Whether an unsaved change was taken back and can be made again."""
        return self.next_step() is not None

    def last_step(self, of: Rows = every) -> int | None:
        """The number of the step that `undo` takes back; 0 where it is not known how the change came about, None where
        there is none."""
        steps = (step.at for step in reversed(self._steps) if self._may_go_back(step, of))
        here = (draft for draft in self._drafts.values() if of(draft.id) and draft.id not in self._sent)
        forgotten = (0 for draft in here if draft.new or draft.values)
        return next(steps, next(forgotten, None))

    def next_step(self, of: Rows = every) -> int | None:
        """The number of the step that `redo` makes again; None where there is none."""
        return next((step.at for step in reversed(self._undone) if of(step.draft.id)), None)

    def undo(self, of: Rows = every) -> str | None:
        """Take the last unsaved change back; its row's id, or None where there is none."""
        step = _taken_from(self._steps, lambda step: self._may_go_back(step, of))
        if step is None:
            step = self._forgotten_step(of)
        if step is None:
            return None
        if isinstance(step, Step | Together | Placed):
            self._undone.append(_as_it_is(step))
            self._go_back_to(step)
        else:
            self._undone.append(step)
            if isinstance(step, Begun):
                self._drafts.pop(step.draft.id, None)
            else:
                self._drafts.setdefault(step.draft.id, step.draft)
            self._tell(step.draft.id)
        return step.draft.id

    def redo(self, of: Rows = every) -> str | None:
        """Make the change again that was taken back last; its row's id, or None where there is none."""
        step = _taken_from(self._undone, lambda step: of(step.draft.id))
        if step is None:
            return None
        if isinstance(step, Step | Together | Placed):
            self._steps.append(_as_it_is(step))
            self._go_back_to(step)
        else:
            self._steps.append(step)
            if isinstance(step, Begun):
                self._drafts[step.draft.id] = step.draft
            else:
                self._drafts.pop(step.draft.id, None)
            self._tell(step.draft.id)
        return step.draft.id

    def _forgotten_step(self, of: Rows) -> Step | Begun | None:
        """The step that leads to the last change of which it is not known how it came about: it is of an earlier
        sitting, or was put on another version of its row."""
        for draft in reversed(tuple(self._drafts.values())):
            if not of(draft.id) or draft.id in self._sent:
                continue
            if draft.new:
                return Begun(draft, 0)
            if draft.values:
                key = next(reversed(draft.values))
                return Step(draft, 0, key, draft.base.get(key), False, None, None)
        return None

    # On the way to the database

    def send(self, row_ids: Iterable[str]) -> None:
        """These drafts are being saved as they are now: until they have come back, what led there is no unsaved change
        that could be taken back."""
        for row_id in row_ids:
            self._sent[row_id] = max((step.at for step in self._steps if step.draft.id == row_id), default=0)

    def come_back(self, row_ids: Iterable[str]) -> None:
        """They were saved, or could not be."""
        for row_id in row_ids:
            self._sent.pop(row_id, None)

    def _may_go_back(self, step: AnyStep, of: Rows) -> bool:
        return of(step.draft.id) and step.at > self._sent.get(step.draft.id, -1)

    # Steps

    def _note(self, draft: Draft, key: str) -> None:
        """Remember how a value stands before it changes."""
        self._steps.append(step_at(draft, key, next(self._clock)))
        self._undone.clear()

    def _go_back_to(self, step: Step | Together | Placed) -> None:
        """Let one value, or several at once, or new rows of a list, stand as they did at a step."""
        if isinstance(step, Placed):
            for draft, spot in step.spots:
                draft.spot = spot
            self._tell("")
            return
        if isinstance(step, Step):
            self._go_to(step)
            return
        with self._told_once(step.draft.id):
            for each in step.steps:
                self._go_to(each)

    def _go_to(self, step: Step) -> None:
        """Let a value stand as it did at a step."""
        draft = self._drafts.setdefault(step.draft.id, step.draft)
        if step.was_set:
            if not draft.new:
                draft.base.setdefault(step.key, step.base)
            self._put(draft, step.key, step.value, step.label)
        else:
            self._drop(draft, step.key)

    def _unwind(self, draft: Draft, key: str, value: str | None) -> bool:
        """Forget the last steps at this value back to the one that led away from `value`; whether there is one."""
        for at in range(len(self._steps) - 1, -1, -1):
            step = self._steps[at]
            if not isinstance(step, Step) or (step.draft.id, step.key) != (draft.id, key):
                break
            if (step.value if step.was_set else draft.base.get(key)) == value:
                del self._steps[at:]
                return True
        return False

    def _unwind_all(self, row_id: str, values: Mapping[str, str | None], base: Mapping[str, str | None]) -> None:
        """Go back over the last steps at these values to the one that led away from them, where there is one."""
        draft = self._drafts.get(row_id)
        then = {key: base.get(key) for key in values}
        then.update({key: draft.values[key] for key in values if draft is not None and key in draft.values})
        for at in range(len(self._steps) - 1, -1, -1):
            step = self._steps[at]
            if isinstance(step, Begun | GivenUp | Placed) or step.draft.id != row_id:
                return
            for each in step.steps if isinstance(step, Together) else (step,):
                if each.key not in then:
                    return
                then[each.key] = each.value if each.was_set else each.base
            if then == values:
                undone = self._steps[at:]
                del self._steps[at:]
                for back in reversed(undone):
                    assert isinstance(back, Step | Together)
                    self._go_back_to(back)
                return

    def _forget_steps(self, row_id: str) -> None:
        self._steps = [step for step in self._steps if step.draft.id != row_id]
        self._undone = [step for step in self._undone if step.draft.id != row_id]

    # Values

    def _put(self, draft: Draft, key: str, value: str | None, label: Label | None) -> None:
        if not draft.new and key in draft.base and draft.base[key] == value:
            self._drop(draft, key)
            return
        draft.values[key] = value
        draft.labels.pop(key, None)
        if label is not None:
            draft.labels[key] = label
        draft.errors.pop(key, None)
        draft.errors.pop("", None)
        self._tell(draft.id)

    def _drop(self, draft: Draft, key: str) -> None:
        draft.forget(key)
        draft.errors.pop("", None)
        if not draft.values and not draft.new:
            del self._drafts[draft.id]
        self._tell(draft.id)

    @contextmanager
    def _told_once(self, row_id: str) -> Iterator[None]:
        """Tell at the end what becomes of a row meanwhile, where anything does."""
        outermost, self._silent, self._untold = not self._silent, True, self._silent and self._untold
        try:
            yield
        finally:
            if outermost:
                self._silent = False
                if self._untold:
                    self._tell(row_id)

    def _tell(self, row_id: str) -> None:
        if self._silent:
            self._untold = True
            return
        self.changed.emit(row_id)
        self.counted.emit()


def _as_it_is(step: Step | Together | Placed) -> Step | Together | Placed:
    """How what a step is about stands now."""
    if isinstance(step, Placed):
        return Placed(step.draft, step.at, tuple((draft, draft.spot) for draft, _ in step.spots))
    if isinstance(step, Step):
        return step_at(step.draft, step.key, step.at)
    return Together(tuple(step_at(each.draft, each.key, each.at) for each in step.steps))


def _taken_from(steps: list[AnyStep], of: Callable[[AnyStep], bool]) -> AnyStep | None:
    """The last of these steps, which is one no more."""
    at = next((at for at in range(len(steps) - 1, -1, -1) if of(steps[at])), None)
    return None if at is None else steps.pop(at)
