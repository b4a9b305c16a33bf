"""What taking an operation back would do, and what stands in its way: plain values."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from lms_desktop.errors import Conflict
from lms_desktop.errors.kinds import N_

Tell = Callable[[float, str], object]
"""Hears how far it has come (0 to 1) and a sentence to be translated; may raise Cancelled."""

Only = tuple[type, Iterable[str]]
"""Rows of one entity: of the operation just these, and what went or came with them."""

MOST_OBSTACLES = 200
"""How many rows that stand in the way are told one by one."""

CHANGED, GONE, THERE, PARENT, TAKEN, USED = "changed", "gone", "there", "parent", "taken", "used"
"""Why a row cannot be put back: changed since; deleted since; its id is there again; what it belongs to is gone;
another row has its unique value; other rows that came since hang on it."""


@dataclass(frozen=True)
class Obstacle:
    """One row that is no longer as the operation left it, or that cannot be put back.

    Attributes:
        reason: one of CHANGED, GONE, THERE, PARENT, TAKEN, USED.
        fields: (field's key, as the operation left it, as it is now), wire texts; a column that is no field by its
            name. PARENT: the references to what is gone, now None. TAKEN: the values that another row has, which this
            one left and would have again. USED: none.
        who: whose change it was; "" for another program's.
        when: the wire moment of that change, None where nobody knows.
    """

    entity: type
    id: str
    title: str
    reason: str
    fields: tuple[tuple[str, str | None, str | None], ...] = ()
    who: str = ""
    when: str | None = None


@dataclass(frozen=True)
class Plan:
    """What taking an operation back would do.

    Attributes:
        operation: its id.
        sentence: what it was, in words (a `Sentence` where it can be said in other languages).
        counts: entity → rows that would be (inserted, updated, deleted), were nothing in the way.
        obstacles: the first MOST_OBSTACLES rows in the way, causes before what depends on them; `obstacle_count` are
            all.
        possible: how many rows can still be taken back.
        notes: sentences to be translated: what does not come back.
        reverted_by: the id of the operation that took it back already.
    """

    operation: str
    sentence: str
    counts: Mapping[type, tuple[int, int, int]] = field(default_factory=dict)
    obstacles: tuple[Obstacle, ...] = ()
    obstacle_count: int = 0
    possible: int = 0
    notes: tuple[str, ...] = ()
    reverted_by: str | None = None


class CannotRevert(Conflict):
    """Something is in the way and nothing was written; `plan` says what."""

    def __init__(self, plan: Plan) -> None:
        one = plan.obstacle_count == 1
        super().__init__(
            N_("This cannot be taken back: something has happened since to one of its rows. Nothing was changed.")
            if one
            else N_("This cannot be taken back: {count} of its rows are in the way. Nothing was changed."),
            way_out=N_("Look at what is in the way. What is still possible can be taken back alone.")
            if plan.possible
            else None,
            values={"count": plan.obstacle_count},
        )
        self.plan = plan
