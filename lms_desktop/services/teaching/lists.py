"""The list of a parent (lessons of a course, questions of a quiz) under its lock: read whole, written in one statement.

Readers and writers agree on one order: by number, then by creation, then by id. Whatever numbers other programs left,
what is written here runs 1..n.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Text, and_, bindparam, case, cast, func, or_, select

from lms_desktop import policy
from lms_desktop.database.unit_of_work import Actor, UnitOfWork
from lms_desktop.errors import Conflict
from lms_desktop.services import gate, ordering
from lms_desktop.services.joins import target_of
from lms_desktop.services.ordering import LAST
from lms_desktop.spec import N_, Catalog, EntityAdmin, Place

NAME_LENGTH = 80
"""Characters of a row's name that a sentence quotes at most: a question may be a page long."""

READ_LENGTH = 4 * NAME_LENGTH
"""Characters of it that are read: blanks that follow one another become one."""


@dataclass(frozen=True)
class Spot:
    """Where rows go: right behind `after` in the list of `parent`, first where it is None, at the end where it is
    LAST."""

    parent: str
    after: str | None = None


@dataclass(frozen=True)
class Arranged:
    """What came of it: the whole list of the spot's parent in its new `order`; `merged`: somebody else had changed that
    list meanwhile; `new`: the rows that were made, in their order; `left`: the rows that were to be moved and are no
    longer where they were."""

    order: tuple[str, ...]
    merged: bool = False
    new: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


class ListChanged(Conflict):
    """The list is another by now, and what was wanted of it makes no sense any more. Nothing was changed.

    Attributes:
        parent: whose list it is.
        order: the rows as they stand now.
    """

    def __init__(self, text: str, parent: str, order: Iterable[str], **more: Any) -> None:
        super().__init__(text, **more)
        self.parent = parent
        self.order = tuple(order)


class Row(NamedTuple):
    """A row of a list as it stands; `name` of those that were asked for and are within reach."""

    id: str
    parent: str
    place: int
    name: str | None


@dataclass
class Lists:
    """Lists of one entity, locked until the transaction ends.

    Attributes:
        admin: the entity's declaration; `place` says what its lists are.
        names: parent → what it is called.
        rows: parent → its rows in the order of readers.
        mine: the rows among those asked for that the actor may do it to, by id.
    """

    admin: EntityAdmin
    names: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    mine: dict[str, Row] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        """What the lists are."""
        assert self.admin.place is not None
        return self.admin.place

    def order(self, parent: str) -> list[str]:
        """The ids of a list as they stand."""
        return [row.id for row in self.rows[parent]]

    def in_order(self, ids: Collection[str]) -> list[Row]:
        """Those of these rows that there are, as they stand in their lists; lists in the order of `ids`."""
        lists = dict.fromkeys(self.mine[row_id].parent for row_id in ids if row_id in self.mine)
        wanted = set(ids) & self.mine.keys()
        return [row for parent in lists for row in self.rows[parent] if row.id in wanted]


def lock(
    uow: UnitOfWork,
    catalog: Catalog,
    entity: Any,
    parent: str,
    ids: Sequence[str] = (),
    *,
    others: bool = True,
    verb: str = "edit",
) -> Lists:
    """Lock the parent and, with `others`, the parents of these rows, in order of their ids; then read their lists.

    The actor must be allowed to edit the parent, and may do `verb` to the rows: others are as if they were not there.
    Raises Denied where the parent does not exist within the actor's reach, or the role may never do this.
    """
    admin = catalog[entity]
    place = admin.place
    if place is None:
        raise TypeError(f"{entity} stands in no list")
    for asked in {"edit", verb}:
        gate.check_entity(uow, entity, asked)
    lists, owner = Lists(admin), target_of(place.parent)
    _lock_parents(uow, catalog, lists, owner, parent, ids if others else (), verb)
    if parent not in lists.names:
        gate.require(uow, owner, "edit", [parent])
        raise Conflict(N_("What this belongs to is no longer there."), entity=owner, ids=(parent,))
    _read(uow, lists, entity, ids, verb)
    return lists


def _lock_parents(
    uow: UnitOfWork, catalog: Catalog, lists: Lists, owner: Any, parent: str, ids: Sequence[str], verb: str
) -> None:
    """One statement: whoever waits in it for somebody else's lock is asked for the reach as it is afterwards."""
    title = catalog[owner].title[0].key  # type: ignore[union-attr]
    statement = _locking(owner, title, lists.admin.entity, lists.place.parent.key, verb, uow.actor, bool(ids))
    found = uow.execute(statement, {"parent": parent, "ids": list(ids)} if ids else {"parent": parent})
    lists.names = {row[0]: shortened(row[1]) for row in found}
    lists.rows = {row_id: [] for row_id in lists.names}


# Statements are put together once for each actor: whoever moves one row moves more.
@lru_cache(maxsize=32)
def _locking(owner: Any, title: str, entity: Any, parent: str, verb: str, actor: Actor, others: bool) -> Any:
    wanted = and_(owner.id == bindparam("parent"), policy.scope(actor, owner, "edit"))
    if others:
        mine = and_(entity.id.in_(bindparam("ids", expanding=True)), policy.scope(actor, entity, verb))
        near = select(getattr(entity, parent)).where(mine).scalar_subquery()
        wanted = or_(wanted, and_(owner.id.in_(near), policy.scope(actor, owner, verb)))
    shown = cast(owner.id, Text), func.left(getattr(owner, title), READ_LENGTH)
    return select(*shown).where(wanted).order_by(owner.id).with_for_update(key_share=True, of=owner)


def _read(uow: UnitOfWork, lists: Lists, entity: Any, ids: Sequence[str], verb: str) -> None:
    title = lists.admin.title[0].key  # type: ignore[union-attr]
    statement = _reading(entity, lists.place.parent.key, lists.place.order.key, title, verb, uow.actor)
    rows = uow.execute(statement, {"parents": list(lists.names), "ids": list(ids)})
    for row in map(Row._make, rows.all()):
        lists.rows[row.parent].append(row)
        if row.name is not None:
            lists.mine[row.id] = row


@lru_cache(maxsize=32)
def _reading(entity: Any, parent: str, order: str, title: str, verb: str, actor: Actor) -> Any:
    mine = and_(entity.id.in_(bindparam("ids", expanding=True)), policy.scope(actor, entity, verb))
    name = case((mine, func.coalesce(func.left(getattr(entity, title), READ_LENGTH), "")))
    of, place = getattr(entity, parent), getattr(entity, order)
    shown = select(cast(entity.id, Text), cast(of, Text), place, name)
    return shown.where(of.in_(bindparam("parents", expanding=True))).order_by(place, entity.created_at, entity.id)


def write(uow: UnitOfWork, lists: Lists, wanted: Mapping[str, Sequence[str]]) -> list[str]:
    """Give these lists (parent → ids) this order, 1..n, in one statement that changes no row that stands right already;
    the ids that it changed. Ids that are in none of the lists yet are passed over: their place is kept free.

    Raises `ordering.Stirred` where the lists are no longer as they were read; see `ordering.undisturbed`.
    """
    there = {row.id: (row.place, row.parent) for rows in lists.rows.values() for row in rows}
    changed = [
        (row_id, place, parent)
        for parent, ids in wanted.items()
        for place, row_id in enumerate(ids, 1)
        if there.get(row_id, (place, parent)) != (place, parent)
    ]
    away = len(lists.rows) > 1 and any(there[row_id][1] != parent for row_id, _, parent in changed)
    ordering.put(uow, lists.place, changed, away=away, stood=there)
    return [row_id for row_id, _, _ in changed]


def place_of(
    lists: Lists, spot: Spot, moved: Collection[str], seen: Sequence[str] | None
) -> tuple[list[str], list[str]]:
    """The rows before and behind the spot in the list as it is now, without those that are `moved`.

    Where `after` is gone, the gap in which the person saw the spot (`seen`) may still be there: the nearest row before
    it and the nearest one behind it stand next to each other. Then that gap is meant beyond doubt, and taken. Anything
    else would be a guess: it raises ListChanged.
    """
    current = lists.order(spot.parent)
    rest = [row for row in current if row not in moved]
    place = _index(current, rest, spot.after, moved)
    if place is None and seen is not None:
        place = _gap(rest, [row for row in seen if row not in moved], spot.after)
    if place is None:
        raise ListChanged(
            N_("What this was put behind is no longer in the list. Nothing was changed."),
            spot.parent,
            current,
            way_out=N_("Look at the list as it is now, and do it again."),
            entity=lists.admin.entity,
        )
    return rest[:place], rest[place:]


def _index(current: list[str], rest: list[str], after: str | None, moved: Collection[str]) -> int | None:
    if after is None:
        return 0
    if after == LAST:
        return len(rest)
    if after not in current:
        return None
    before = [row for row in current[: current.index(after) + 1] if row not in moved]
    return len(before)


def _gap(rest: list[str], seen: list[str], after: str | None) -> int | None:
    if after not in seen:
        return None
    there, place = set(rest), seen.index(after)
    before = next((row for row in reversed(seen[:place]) if row in there), None)
    behind = next((row for row in seen[place + 1 :] if row in there), None)
    index = 0 if before is None else rest.index(before) + 1
    found = rest[index] if index < len(rest) else None
    return index if found == behind else None


def shortened(name: str) -> str:
    """A name as a sentence quotes it: one line, not too long."""
    name = " ".join(name.split())
    return name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1].rstrip()}…"
