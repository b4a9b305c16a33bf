"""The unsaved values of one record, and the steps by which they came about."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lms_desktop.frozen import frozen
from lms_desktop.services.edits import Behind, Edit

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
        spot: behind which row of its list a new one was begun; None: it comes last.
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
    spot: Behind | None = None

    @property
    def untouched(self) -> bool:
        """Whether it is a new row in which nobody has typed anything."""
        return self.new and self.values == self.first

    @property
    def new(self) -> bool:
        """Whether the row is not in the database yet."""
        return self.version is None

    @property
    def changes(self) -> int:
        """How many unsaved values it has; a new row without any counts as one."""
        return max(len(self.values), 1 if self.new else 0)

    def edit(self) -> Edit:
        """The draft as the service takes it."""
        values, base, seen = dict(self.values), dict(self.base), dict(self.seen)
        return Edit(self.entity, self.id, self.version, values, base, self.title, seen, self.restore, self.spot)

    def forget(self, key: str) -> None:
        """Let a value be what the row has."""
        for part in (self.values, self.base, self.labels, self.errors):
            part.pop(key, None)


@frozen
class Step:
    """One change of a draft, to be taken back: what stood there before (`was_set` tells None from nothing), on which
    base. The draft is kept along: it may have ended with its last value. `at` orders the steps of a window."""

    draft: Draft
    at: int
    key: str
    base: str | None
    was_set: bool
    value: str | None
    label: Label | None


@frozen
class Together:
    """Changes of several values of one draft that a person made as one."""

    steps: tuple[Step, ...]

    @property
    def draft(self) -> Draft:
        """Whose they are."""
        return self.steps[0].draft

    @property
    def at(self) -> int:
        """The number of the first of them."""
        return self.steps[0].at


@frozen
class Begun:
    """A new row was begun."""

    draft: Draft
    at: int


@frozen
class GivenUp:
    """A draft was given up whole."""

    draft: Draft
    at: int


@frozen
class Written:
    """What a save has left of one row: its new version, and the values that stand there now of those that were written
    here and of those that somebody else had changed meanwhile. Nothing secret is among them.

    Attributes:
        values: field key → wire value; `labels`: field key → what a reference among them is called, where it is known.
    """

    id: str
    version: str
    values: Mapping[str, str | None]
    labels: Mapping[str, Label]


@frozen
class Placed:
    """New rows of a list were to stand elsewhere: where each was to stand before. `draft` is the one that was moved."""

    draft: Draft
    at: int
    spots: tuple[tuple[Draft, Behind | None], ...]


AnyStep = Step | Together | Begun | GivenUp | Placed


def step_at(draft: Draft, key: str, at: int) -> Step:
    """How a value stands now, to come back to."""
    value, label = draft.values.get(key), draft.labels.get(key)
    return Step(draft, at, key, draft.base.get(key), key in draft.values, value, label)
