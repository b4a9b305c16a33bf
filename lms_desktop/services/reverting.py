"""Taking an operation back: the inverse of what it changed, as one new operation, or nothing at all.

The change log says what each row was before and after. Taking back is guarded: where a row is no longer as the
operation left it, nothing is written, and `CannotRevert` says which rows, which fields and whose change it was.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.errors import Conflict
from lms_desktop.errors.kinds import N_
from lms_desktop.spec import Catalog

Tell = Callable[[float, str], None]
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
            name.
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
        obstacles: the first MOST_OBSTACLES rows in the way; `obstacle_count` are all.
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
        super().__init__(
            N_("This cannot be taken back as it was: {count} rows are no longer as it left them. Nothing was changed."),
            way_out=N_("Look at what is in the way. What is still possible can be taken back alone."),
            values={"count": plan.obstacle_count},
        )
        self.plan = plan


class Reverting:
    """Takes operations of the change log back."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def plan(self, uow: UnitOfWork, operation_id: str, *, only: Only | None = None) -> Plan:
        """What taking it back would do; only reads.

        Raises UserError where there is no log or no such operation, Denied where the actor may not take it back.
        """
        raise NotImplementedError

    def revert(
        self,
        uow: UnitOfWork,
        operation_id: str,
        progress: Tell | None = None,
        *,
        possible_part: bool = False,
        only: Only | None = None,
    ) -> Outcome:
        """Take it back, wholly, or with `possible_part` as far as it goes; the outcome's value is the notes.

        Raises CannotRevert, UserError, Denied; nothing is written then.
        """
        raise NotImplementedError
