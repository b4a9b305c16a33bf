"""What is not saved yet: one Draft a record, shown by table and form alike."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from PySide6.QtCore import QObject

from lms_desktop.models.draft import Begun, GivenUp, Placed, Step, Together, Written
from lms_desktop.models.draft import Draft as Draft
from lms_desktop.models.draft import Label as Label
from lms_desktop.models.own_saves import NEW, OwnSaves
from lms_desktop.models.undoable_drafts import Rows as Rows
from lms_desktop.models.undoable_drafts import UndoableDrafts
from lms_desktop.models.undoable_drafts import every as every
from lms_desktop.services.edits import Behind, Edit, Versions, anchors_first
from lms_desktop.services.journal import SECRET


class Drafts(UndoableDrafts):
    """All drafts of one entity, in the order in which they were begun."""

    def __init__(self, entity: type, parent: QObject | None = None, clock: Iterator[int] | None = None) -> None:
        """`clock`: as `UndoableDrafts` has it."""
        super().__init__(parent, clock)
        self.entity = entity
        self._own = OwnSaves()

    def __len__(self) -> int:
        return len(self._drafts)

    def __bool__(self) -> bool:
        return bool(self._drafts)

    def get(self, row_id: str) -> Draft | None:
        """The draft of a row, where there is one."""
        return self._drafts.get(row_id)

    def takes(self, row_id: str) -> bool:
        """Whether a value of this row, of which no record has been read, can be noted: it is new, or was saved here."""
        return row_id in self._drafts or self._own.since(row_id, NEW) is not None

    def all(self) -> tuple[Draft, ...]:
        """All drafts."""
        return tuple(self._drafts.values())

    def new_rows(self) -> tuple[Draft, ...]:
        """The drafts of rows that are not in the database yet, those behind which others go before these."""
        return tuple(anchors_first(draft for draft in self._drafts.values() if draft.new))

    def changes(self, of: Rows = every) -> int:
        """How many unsaved values there are; a new row without any counts as one."""
        return sum(draft.changes for draft in self._drafts.values() if of(draft.id))

    def at_risk(self, of: Rows = every) -> int:
        """How many unsaved values would be missed: `changes` without new rows in which nobody has typed anything."""
        return sum(draft.changes for draft in self._drafts.values() if of(draft.id) and not draft.untouched)

    def edits(self) -> tuple[Edit, ...]:
        """All drafts as the service takes them."""
        return tuple(draft.edit() for draft in self._drafts.values())

    def begin_new(
        self,
        values: Mapping[str, str | None],
        labels: Mapping[str, Label] | None = None,
        spot: Behind | None = None,
    ) -> Draft:
        """A new row with its first values; `spot` says where in its list it goes."""
        draft = Draft(self.entity, str(uuid.uuid4()), None, {}, dict(values), dict(labels or {}), first=dict(values))
        draft.spot = spot
        self._drafts[draft.id] = draft
        self._steps.append(Begun(draft, next(self._clock)))
        self._undone.clear()
        self._tell(draft.id)
        return draft

    def put_new(self, row_id: str, order: Sequence[str]) -> None:
        """Have a new row stand where it stands in `order`, its list with all rows that are saved and that are not.

        Other new rows stay where they stand there; those that were to come last whatever there is still do, unless one
        that has its place stands behind them now."""
        before = dict(pairwise((*reversed(order), None)))
        moved: list[Draft] = []
        for each in reversed(order):
            draft = self._drafts.get(each)
            leads = bool(moved) and before[moved[0].id] == each
            if draft is not None and draft.new and (each == row_id or draft.spot is not None or leads):
                moved.insert(0, draft)
        spots = tuple((draft, draft.spot) for draft in moved)
        self._steps.append(Placed(self._drafts[row_id], next(self._clock), spots))
        self._undone.clear()
        for draft in moved:
            draft.spot = Behind(before[draft.id])
        self._tell("")

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
        draft, own = self._drafts.get(row_id), self._own.since(row_id, version or NEW)
        if own is not None:
            version, base = own.version, own.written.get(key, base)
            seen = {k: own.written.get(k, shown) for k, shown in (seen or {}).items()}
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
            if own is not None and own.merged:
                draft.version = version  # the screen does not show yet what others did: the next save compares
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
            made = [step for step in self._steps[began:] if isinstance(step, Step)]
            if len(made) > 1:
                self._steps[began:] = [Together(tuple(made))]

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
            self._steps.append(GivenUp(draft, next(self._clock)))
            self._undone.clear()
        self._tell(row_id)

    def clear(self, of: Rows = every) -> None:
        """Give all drafts up, or forget them because they are saved."""
        # Whether a row is meant may depend on what its draft says: that is asked while it is there.
        gone = {row_id for row_id in self._drafts if of(row_id)}
        gone |= {step.draft.id for step in (*self._steps, *self._undone) if of(step.draft.id)}
        self._drafts = {row_id: draft for row_id, draft in self._drafts.items() if row_id not in gone}
        self._steps = [step for step in self._steps if step.draft.id not in gone]
        self._undone = [step for step in self._undone if step.draft.id not in gone]
        self._tell("")

    # Saving

    def saved(self, edits: tuple[Edit, ...], versions: Mapping[str, str]) -> None:
        """Forget what these edits carried; a value that was changed again since they were sent stays, on the row's new
        version."""
        written = tuple(one for edit in edits if (one := self._left_by(edit, versions)) is not None)
        for edit in edits:
            self._note_own(edit, versions)
            draft = self._drafts.get(edit.id)
            if draft is None:
                continue
            left = {key: value for key, value in draft.values.items() if edit.values.get(key, "\x00") != value}
            if left:
                self._stand_on(draft, left, edit, versions)
            else:
                del self._drafts[edit.id]
            self._forget_steps(edit.id)
        self.written.emit(written)
        self._tell(written[0].id if len(written) == len(edits) == 1 else "")

    def _left_by(self, edit: Edit, versions: Mapping[str, str]) -> Written | None:
        """What stands in the row of an edit now, as far as it is known. What came back after somebody had deleted it is
        not as it is on the screen."""
        version = versions.get(edit.id)
        if edit.restore or version is None:
            return None
        stored = versions.now.get(edit.id, {}) if isinstance(versions, Versions) else {}
        draft = self._drafts.get(edit.id)
        values = {key: value for key, value in {**edit.values, **stored}.items() if not SECRET.search(key)}
        labels: dict[str, Label] = {}
        if draft is not None:
            named = {key for key in draft.labels if key in values and draft.values.get(key) == values[key]}
            labels = {key: draft.labels[key] for key in named}
        return Written(edit.id, version, values, labels)

    def _note_own(self, edit: Edit, versions: Mapping[str, str]) -> None:
        """Remember what was written, for what is typed before its row is read again. What came back after somebody had
        deleted it is not as it is on the screen."""
        after = versions.get(edit.id)
        if edit.restore or after is None:
            return
        written = {key: value for key, value in edit.values.items() if not SECRET.search(key)}
        stored = versions.now.get(edit.id) if isinstance(versions, Versions) else None
        self._own.note(edit.id, edit.version or NEW, after, written, stored)

    @staticmethod
    def _stand_on(draft: Draft, left: dict[str, str | None], edit: Edit, versions: Mapping[str, str]) -> None:
        """Let what was typed since an edit was sent stand on what was saved. Into a value that was merged with what
        others had written it is merged as well; where that cannot be, the draft stays on what it was begun on."""
        stored = versions.now.get(edit.id, {}) if isinstance(versions, Versions) else {}
        for key in [
            key for key in left if key in edit.values and stored.get(key, edit.values[key]) != edit.values[key]
        ]:
            from lms_desktop.services.json_merge import merge_json  # few values are JSON, and changed by two

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
                draft.forget(key)
            for key in [key for key in wanted if draft.values.get(key, "\x00") != wanted[key]]:
                draft.labels.pop(key, None)
            draft.values = dict(wanted)
        for key in list(draft.values):
            draft.base[key] = values.get(key)
            if draft.values[key] == values.get(key):
                draft.forget(key)
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
