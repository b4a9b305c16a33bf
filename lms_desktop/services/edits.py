"""What a person wants of a row, what the row is, and what came between: plain data that crosses threads."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeVar

from lms_desktop.errors import Conflict, UserError
from lms_desktop.frozen import frozen
from lms_desktop.spec import N_

if TYPE_CHECKING:
    from lms_desktop.services.json_merge import Way

Values = Mapping[str, str | None]

BOOKKEEPING = frozenset({"updated_at", "last_login_at"})
"""Columns that programs write by themselves: another value there is nobody's change."""


@frozen
class Record:
    """A row in full. `values` are wire texts by field key, `labels` what references are called (label, detail),
    `may` the verbs that the actor has on this very row."""

    entity: type
    id: str
    version: str
    title: str
    detail: str
    values: Values
    labels: Mapping[str, tuple[str, str]]
    may: frozenset[str]


@frozen
class Behind:
    """Where a new row goes in its list: right behind the row of this id, first where that is None."""

    after: str | None


@frozen
class Edit:
    """What a person wants of one row: `values` by field key; `base` are the values they started from, `seen` all that
    was on the screen then, `version` the row's version, None for a new row whose `id` was made here. `restore` brings
    the row back where somebody deleted it; `spot` is where a new row goes, None: last."""

    entity: type
    id: str
    version: str | None
    values: Values
    base: Values = field(default_factory=dict)
    title: str = ""
    seen: Values = field(default_factory=dict)
    restore: bool = False
    spot: Behind | None = None


class HasSpot(Protocol):
    """A row that may be to stand right behind another one."""

    @property
    def id(self) -> str:
        """Which row."""

    @property
    def spot(self) -> Behind | None:
        """Behind which one it goes."""


P = TypeVar("P", bound=HasSpot)


def anchors_first(rows: Iterable[P]) -> list[P]:
    """The rows in their order, but those that go right behind another of them after that one."""
    known = {row.id: row for row in rows}
    done: dict[str, P] = {}
    for row in known.values():
        way: dict[str, P] = {}
        at: P | None = row
        while at is not None and at.id not in done and at.id not in way:
            way[at.id] = at
            at = known.get(at.spot.after) if at.spot is not None and at.spot.after is not None else None
        done.update(reversed(way.items()))
    return list(done.values())


class Versions(dict[str, str]):
    """The versions of rows that were saved, by id.

    Attributes:
        now: by id of a row that somebody else had changed, what stands there now, theirs and mine.
    """

    def __init__(self, versions: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(versions)
        self.now: dict[str, Values] = {}


class Refused(UserError):
    """A save was refused because of one row; `entity`, `row_id` and `field` say which, nothing was written."""

    def __init__(self, error: UserError, row_id: str, entity: type | None = None) -> None:
        super().__init__(**error.again())
        self.entity, self.row_id = entity, row_id


class Sides(StrEnum):
    """Who changed a value since the person began to edit."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"
    """Both, each to something else: somebody has to choose."""
    MERGED = "merged"
    """Both, different keys of one JSON value: it holds what either wanted."""
    SAME = "same"
    """Both, to the same."""


@frozen
class Point:
    """One field, or one key of a JSON field (`way`), as three have it: wire texts, of a key its raw JSON, None where
    there is none. `who` made it what it is now and `when` (wire moment); "" is another program, as far as is known."""

    key: str
    sides: Sides
    base: str | None
    mine: str | None
    theirs: str | None
    way: "Way" = ()
    who: str = ""
    when: str | None = None

    @property
    def place(self) -> "tuple[str, Way]":
        """What choices are keyed by."""
        return self.key, self.way


class State(StrEnum):
    """What has become of a row that somebody else changed, as far as an edit of it is concerned."""

    MERGES = "merges"
    """Both can stand: the fields are others."""
    CHOOSE = "choose"
    """Both changed the same field: somebody has to choose."""
    DELETED = "deleted"
    AWAY = "away"
    """It exists, out of the actor's reach: moved to another's course, or of another role."""


@frozen
class Clash:
    """One row that somebody else changed meanwhile.

    Attributes:
        points: what either side changed, what both changed first.
        theirs: the row as it is now, None where it is gone or out of reach.
        who: who changed or deleted it, the latest first; "" is another program.
        when: the wire moment of their last change, where it is known.
        names: what references are called, by id, as far as `theirs` does not say it.
        with_it: table → how many rows went with it when it was deleted, directly.
        unknown: keys of the fields that would come back without their values: the log does not tell them, and they were
            not on the screen.
        operation: the id of the operation in the log that deleted it; `whole` says that the actor may take it back, so
            that what went with it comes back with it.
    """

    edit: Edit
    title: str
    state: State
    points: tuple[Point, ...] = ()
    theirs: Record | None = None
    who: tuple[str, ...] = ()
    when: str | None = None
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    with_it: Mapping[str, int] = field(default_factory=dict)
    operation: str | None = None
    whole: bool = False
    unknown: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The keys of the fields that somebody else changed, each once."""
        ours = {Sides.MINE, Sides.SAME}
        return tuple(dict.fromkeys(point.key for point in self.points if point.sides not in ours))


class Clashes(Conflict):
    """Nothing was saved: these rows are no longer as the person saw them. Those that would merge are among them."""

    def __init__(self, text: str, clashes: tuple[Clash, ...], values: Mapping[str, object] | None = None) -> None:
        super().__init__(text, way_out=N_("Look at what changed, then keep your edits or take theirs."), values=values)
        self.clashes = clashes
