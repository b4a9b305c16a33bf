"""What is not saved yet: one Draft a record, shown by table and form alike."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from lms_desktop.services.edits import Edit, Versions
from lms_desktop.services.json_merge import merge_json

Label = tuple[str, str]
"""What a reference is called: its text and the muted text beside it."""


@dataclass
class Draft:
    """Unsaved values of one record.

    Attributes:
        id: the row's id; a new row's is made here.
        version: the row's version when the first value was changed; None for a new row.
        base: field key → the wire value before the change.
        values: field key → the wire value wanted.
        labels: field key → what a changed reference is called.
        title: what the row is called.
        seen: field key → all wire values that were on the screen when the first was changed.
        errors: field key → why the last save refused it; "" for the row as a whole.
        restore: somebody deleted the row; it is to be brought back with these values.
        first: field key → the wire values that a new row began with, which nobody typed.
    """

    entity: type
    id: str
    version: str | None
    base: dict[str, str | None] = field(default_factory=dict)
    values: dict[str, str | None] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    title: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    seen: dict[str, str | None] = field(default_factory=dict)
    restore: bool = False
    first: dict[str, str | None] = field(default_factory=dict)

    @property
    def untouched(self) -> bool:
        """Whether it is a new row in which nobody has typed anything."""
        return self.new and self.values == self.first

    @property
    def new(self) -> bool:
        """Whether the row is not in the database yet."""
        return self.version is None

    def edit(self) -> Edit:
        """The draft as the service takes it."""
        values, base, seen = dict(self.values), dict(self.base), dict(self.seen)
        return Edit(self.entity, self.id, self.version, values, base, self.title, seen, self.restore)


@dataclass(frozen=True)
class _Step:
    """One change of a draft, to be taken back: what stood there before (`was_set` tells None from nothing), on which
    base. The draft is kept along: it may have ended with its last value."""

    draft: Draft
    base: str | None
    key: str
    was_set: bool
    value: str | None
    label: Label | None


@dataclass(frozen=True)
class _Together:
    """Changes of several values of one draft that a person made as one."""

    steps: tuple[_Step, ...]

    @property
    def draft(self) -> Draft:
        """Whose they are."""
        return self.steps[0].draft


@dataclass(frozen=True)
class _GivenUp:
    """A draft that was given up whole, to be taken in again."""

    draft: Draft


class Drafts(QObject):
    """All drafts of one entity's page, in the order in which they were begun.

    Signals:
        changed(str): the draft of this row id changed, began or ended; "" for several.
        counted(): the number of unsaved changes is another.
    """

    changed = Signal(str)
    counted = Signal()

    def __init__(self, entity: type, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.entity = entity
        self._drafts: dict[str, Draft] = {}
        self._steps: list[_Step | _Together | _GivenUp] = []
        self._undone: list[_Step | _Together | _GivenUp | Draft] = []
        self._silent = self._untold = False

    def __len__(self) -> int:
        return len(self._drafts)

    def __bool__(self) -> bool:
        return bool(self._drafts)

    def get(self, row_id: str) -> Draft | None:
        """The draft of a row, where there is one."""
        return self._drafts.get(row_id)

    def all(self) -> tuple[Draft, ...]:
        """All drafts."""
        return tuple(self._drafts.values())

    def new_rows(self) -> tuple[Draft, ...]:
        """The drafts of rows that are not in the database yet."""
        return tuple(draft for draft in self._drafts.values() if draft.new)

    def changes(self) -> int:
        """How many unsaved values there are; a new row without any counts as one."""
        return sum(max(len(draft.values), 1 if draft.new else 0) for draft in self._drafts.values())

    def at_risk(self) -> int:
        """How many unsaved values would be missed: `changes` without new rows in which nobody has typed anything."""
        return self.changes() - sum(max(len(d.values), 1) for d in self._drafts.values() if d.untouched)

    def edits(self) -> tuple[Edit, ...]:
        """All drafts as the service takes them."""
        return tuple(draft.edit() for draft in self._drafts.values())

    def begin_new(self, values: Mapping[str, str | None], labels: Mapping[str, Label] | None = None) -> Draft:
        """A new row with its first values."""
        draft = Draft(self.entity, str(uuid.uuid4()), None, {}, dict(values), dict(labels or {}), first=dict(values))
        self._drafts[draft.id] = draft
        self._undone.clear()
        self._tell(draft.id)
        return draft

    def take_in(self, draft: Draft) -> None:
        """Take in a draft of an earlier sitting; what has been typed since stands."""
        mine = self._drafts.setdefault(draft.id, draft)
        if mine is not draft:
            for key in draft.values.keys() - mine.values.keys():
                mine.values[key] = draft.values[key]
                if key in draft.base:
                    mine.base[key] = draft.base[key]
                if key in draft.labels:
                    mine.labels[key] = draft.labels[key]
        self._tell(draft.id)

    def set(
        self,
        row_id: str,
        key: str,
        value: str | None,
        *,
        version: str | None = None,
        base: str | None = None,
        label: Label | None = None,
        title: str = "",
        seen: Mapping[str, str | None] | None = None,
        back: bool = False,
    ) -> None:
        """Note a value. `version` and `base` are those of the row as it was shown, and count for the first change only.
        A value that is the base again is no change any more. `back`: an editor's own undo led to it; what it took back
        is not taken back once more."""
        draft = self._drafts.get(row_id)
        if draft is None:
            if value == base:
                return
            draft = self._drafts[row_id] = Draft(self.entity, row_id, version, title=title)
            draft.seen.update(seen or {})
        was_set = key in draft.values
        if was_set and draft.values[key] == value:
            return
        if not was_set and not draft.new:
            if value == base:
                return
            draft.base[key] = base
        if not (back and self._unwind(draft, key, value)):
            self._note(draft, key)
        self._put(draft, key, value, label)

    def set_all(
        self,
        row_id: str,
        values: Mapping[str, str | None],
        *,
        version: str | None = None,
        base: Mapping[str, str | None] | None = None,
        title: str = "",
        seen: Mapping[str, str | None] | None = None,
        back: bool = False,
    ) -> None:
        """Note several values of a row that were changed as one: they are told, and taken back, together."""
        with self._told_once(row_id):
            if back:
                self._unwind_all(row_id, values, base or {})
            began = len(self._steps)
            for key, value in values.items():
                was = (base or {}).get(key)
                self.set(row_id, key, value, version=version, base=was, title=title, seen=seen)
            made = [step for step in self._steps[began:] if isinstance(step, _Step)]
            if len(made) > 1:
                self._steps[began:] = [_Together(tuple(made))]

    def revert(self, row_id: str, key: str) -> None:
        """Give one value up."""
        draft = self._drafts.get(row_id)
        if draft is None or key not in draft.values:
            return
        self._note(draft, key)
        self._drop(draft, key)

    def discard(self, row_id: str) -> None:
        """Forget a row's draft: there is nothing to come back to."""
        if self._drafts.pop(row_id, None) is not None:
            self._forget_steps(row_id)
            self._tell(row_id)

    def give_up(self, row_id: str) -> None:
        """Give a row's draft up, nobody having been asked: it can be taken back as any unsaved change."""
        draft = self._drafts.pop(row_id, None)
        if draft is None:
            return
        if draft.untouched:  # nothing was typed that could be missed
            self._forget_steps(row_id)
        else:
            self._steps.append(_GivenUp(draft))
            self._undone.clear()
        self._tell(row_id)

    def clear(self) -> None:
        """Give all drafts up, or forget them because they are saved."""
        self._drafts.clear()
        self._steps.clear()
        self._undone.clear()
        self._tell("")

    @property
    def can_undo(self) -> bool:
        """Whether an unsaved change is left to take back."""
        return bool(self._steps) or any(draft.new or draft.values for draft in self._drafts.values())

    @property
    def can_redo(self) -> bool:
        """Whether an unsaved change was taken back and can be made again."""
        return bool(self._undone)

    def undo(self) -> str | None:
        """Take the last unsaved change back; its row's id, or None where there is none."""
        if self._steps:
            step = self._steps.pop()
            if isinstance(step, _GivenUp):
                self._undone.append(step)
                self._drafts.setdefault(step.draft.id, step.draft)
                self._tell(step.draft.id)
            else:
                self._undone.append(self._as_before(step))
                self._go_back_to(step)
            return step.draft.id
        for draft in reversed(self.all()):
            if draft.new:
                del self._drafts[draft.id]
                self._undone.append(draft)
                self._tell(draft.id)
            elif not draft.values:
                continue
            else:  # how it came about was forgotten, when it was put on another version of the row
                key = next(reversed(draft.values))
                self._undone.append(self._as_it_is(draft, key))
                self._drop(draft, key)
            return draft.id
        return None

    def redo(self) -> str | None:
        """Make the change again that was taken back last; its row's id, or None where there is none."""
        if not self._undone:
            return None
        undone = self._undone.pop()
        if isinstance(undone, Draft):
            self._drafts[undone.id] = undone
            self._tell(undone.id)
            return undone.id
        if isinstance(undone, _GivenUp):
            self._steps.append(undone)
            self._drafts.pop(undone.draft.id, None)
            self._tell(undone.draft.id)
            return undone.draft.id
        self._steps.append(self._as_before(undone))
        self._go_back_to(undone)
        return undone.draft.id

    def saved(self, edits: tuple[Edit, ...], versions: Mapping[str, str]) -> None:
        """Forget what these edits carried; a value that was changed again since they were sent stays, on the row's new
        version."""
        for edit in edits:
            draft = self._drafts.get(edit.id)
            if draft is None:
                continue
            left = {key: value for key, value in draft.values.items() if edit.values.get(key, "\x00") != value}
            if left:
                self._stand_on(draft, left, edit, versions)
            else:
                del self._drafts[edit.id]
            self._forget_steps(edit.id)
        self._tell("")

    @staticmethod
    def _stand_on(draft: Draft, left: dict[str, str | None], edit: Edit, versions: Mapping[str, str]) -> None:
        """Let what was typed since an edit was sent stand on what was saved. Into a value that was merged with what
        others had written it is merged as well; where that cannot be, the draft stays on what it was begun on."""
        stored = versions.now.get(edit.id, {}) if isinstance(versions, Versions) else {}
        for key in [
            key for key in left if key in edit.values and stored.get(key, edit.values[key]) != edit.values[key]
        ]:
            merged = merge_json(edit.values[key], left[key], stored[key])
            if merged.clashes:
                draft.values = left
                return
            left[key] = merged.text
        written = {**edit.values, **{key: stored[key] for key in edit.values if key in stored}}
        draft.version = versions.get(edit.id, draft.version)
        draft.base = {key: written.get(key, draft.base.get(key)) for key in left}
        draft.values = left
        draft.restore = False
        draft.seen.update({**written, **{key: stored[key] for key in draft.seen if key in stored}})

    def rebase(
        self,
        row_id: str,
        version: str,
        values: Mapping[str, str | None],
        wanted: Mapping[str, str | None] | None = None,
    ) -> None:
        """Put a draft on the row as it is now: its edits stay, or are `wanted`; what they would replace is the present
        value."""
        draft = self._drafts.get(row_id)
        if draft is None:
            return
        draft.version = version
        draft.seen = dict(values)
        draft.errors.clear()
        draft.restore = False
        if wanted is not None:
            for key in [key for key in draft.values if key not in wanted]:
                self._forget(draft, key)
            for key in [key for key in wanted if draft.values.get(key, "\x00") != wanted[key]]:
                draft.labels.pop(key, None)
            draft.values = dict(wanted)
        for key in list(draft.values):
            draft.base[key] = values.get(key)
            if draft.values[key] == values.get(key):
                self._forget(draft, key)
        self._forget_steps(row_id)  # they lead back to what was based on another version
        if not draft.values:
            del self._drafts[row_id]
        self._tell(row_id)

    def restore(self, row_id: str) -> None:
        """Somebody deleted the row: what is saved next brings it back, with these edits."""
        draft = self._drafts.get(row_id)
        if draft is not None and not draft.new:
            draft.restore = True
            draft.errors.clear()
            self._tell(row_id)

    def refuse(self, row_id: str, key: str | None, reason: str) -> None:
        """Mark what a save refused, until it is changed."""
        draft = self._drafts.get(row_id)
        if draft is not None:
            draft.errors[key or ""] = reason
            self.changed.emit(row_id)

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
        self._forget(draft, key)
        draft.errors.pop("", None)
        if not draft.values and not draft.new:
            del self._drafts[draft.id]
        self._tell(draft.id)

    def _note(self, draft: Draft, key: str) -> None:
        """Remember how a value stands before it changes."""
        self._steps.append(self._as_it_is(draft, key))
        self._undone.clear()

    @staticmethod
    def _as_it_is(draft: Draft, key: str) -> _Step:
        return _Step(draft, draft.base.get(key), key, key in draft.values, draft.values.get(key), draft.labels.get(key))

    def _as_before(self, step: _Step | _Together) -> _Step | _Together:
        """How what a step is about stands now."""
        if isinstance(step, _Step):
            return self._as_it_is(step.draft, step.key)
        return _Together(tuple(self._as_it_is(each.draft, each.key) for each in step.steps))

    def _go_back_to(self, step: _Step | _Together) -> None:
        """Let one value, or several at once, stand as they did at a step."""
        if isinstance(step, _Step):
            self._go_to(step)
            return
        with self._told_once(step.draft.id):
            for each in step.steps:
                self._go_to(each)

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

    def _go_to(self, step: _Step) -> None:
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
            if not isinstance(step, _Step) or (step.draft.id, step.key) != (draft.id, key):
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
            if isinstance(step, _GivenUp) or step.draft.id != row_id:
                return
            for each in step.steps if isinstance(step, _Together) else (step,):
                if each.key not in then:
                    return
                then[each.key] = each.value if each.was_set else each.base
            if then == values:
                undone = self._steps[at:]
                del self._steps[at:]
                for back in reversed(undone):
                    assert not isinstance(back, _GivenUp)
                    self._go_back_to(back)
                return

    def _forget_steps(self, row_id: str) -> None:
        self._steps = [step for step in self._steps if step.draft.id != row_id]
        self._undone = [
            undone for undone in self._undone if (undone.id if isinstance(undone, Draft) else undone.draft.id) != row_id
        ]

    @staticmethod
    def _forget(draft: Draft, key: str) -> None:
        draft.values.pop(key, None)
        draft.base.pop(key, None)
        draft.labels.pop(key, None)
        draft.errors.pop(key, None)

    def _tell(self, row_id: str) -> None:
        if self._silent:
            self._untold = True
            return
        self.changed.emit(row_id)
        self.counted.emit()
