"""Turning one flag of some rows: what publishing, activating and revoking have in common."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Text, cast, select, update

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.errors.sentences import Sentence
from lms_desktop.frozen import frozen
from lms_desktop.services import gate


@frozen
class Wording:
    """The sentence about what was done: `one` names the row as `{name}`, `many` has their number as `{n}`; `nothing` is
    said where all rows were that way before."""

    one: str
    many: str
    nothing: str

    def of(self, names: list[str]) -> str:
        """The sentence for these rows."""
        if not names:
            return Sentence(self.nothing)
        return Sentence(self.one, name=names[0]) if len(names) == 1 else Sentence(self.many, n=len(names))


@frozen
class Switch:
    """A verb of the gate that sets `values` on rows that are not `done` yet.

    `name` and `done` are SQL on the entity's own table: what a row is called, and whether it is that way already.
    `undoable`: it can be taken back.
    """

    entity: Any
    verb: str
    name: Any
    done: Any
    values: Mapping[Any, Any]
    wording: Wording
    undoable: bool = True

    def run(self, uow: UnitOfWork, ids: tuple[str, ...]) -> Outcome:
        """Do it to rows that the actor may do it to; raises Denied for any other. The value is the ids that changed."""
        gate.require(uow, self.entity, self.verb, ids)
        identity = self.entity.id
        # Locked in the order of ids: two people who do this to the same rows wait for, and do not block, each other.
        locked = (
            select(cast(identity, Text), self.name)
            .where(identity.in_(set(ids)), ~self.done)
            .order_by(identity)
            .with_for_update(of=self.entity, key_share=True)
        )
        rows: Any = uow.execute(locked)
        names: dict[str, str] = {row[0]: row[1] for row in rows}
        if names:
            uow.execute(update(self.entity).where(identity.in_(list(names))).values(dict(self.values)))
            uow.touch(self.entity, names, "update")
        return uow.outcome(self.wording.of(list(names.values())), value=tuple(names), undoable=self.undoable)
