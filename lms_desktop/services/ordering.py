"""Places 1..n in the list of a parent. The parent's row is locked first: without that lock writers deadlock."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache, wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from sqlalchemy import Text, TextClause, cast, func, select, text, update

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.errors import Conflict
from lms_desktop.services.joins import target_of
from lms_desktop.spec import N_, Place
from lms_desktop.spec.kinds import INT4_MAX

LAST: Final = "last"
"""As what a row is put behind: whatever stands last."""

TRIES = 5
"""How often something is done again because another program wrote meanwhile."""

_SAVEPOINT = "lms_list"

T = TypeVar("T")
P = ParamSpec("P")


def lock_parents(uow: UnitOfWork, place: Place, parent_ids: Iterable[str]) -> None:
    """Lock the parents' rows, in order of their ids, in the way that still lets other programs insert children."""
    parent: Any = target_of(place.parent)
    wanted = sorted(set(parent_ids))
    if not wanted:
        return
    uow.execute(select(parent.id).where(parent.id.in_(wanted)).order_by(parent.id).with_for_update(key_share=True))


def last_place(uow: UnitOfWork, place: Place, parent_id: str) -> int:
    """The place behind the last row of a parent that is locked."""
    last = select(func.coalesce(func.max(place.order), 0)).where(place.parent == parent_id)
    found = int(uow.execute(last).scalar_one())
    if found == INT4_MAX:  # another program's way to say "last": there is no number behind it
        renumber(uow, place, [parent_id])
        found = int(uow.execute(last).scalar_one())
    return found + 1


def renumber(uow: UnitOfWork, place: Place, parent_ids: Iterable[str]) -> None:
    """Close gaps and mend duplicates: 1..n in the order that readers see, one statement for all parents."""
    entity: Any = place.order.class_
    wanted = sorted(set(parent_ids))
    numbered = (
        select(
            entity.id.label("id"),
            func.row_number()
            .over(partition_by=place.parent, order_by=(place.order, entity.created_at, entity.id))
            .label("place"),
        )
        .where(place.parent.in_(wanted))
        .subquery()
    )
    rows = uow.execute(
        update(entity)
        .where(entity.id == numbered.c.id, place.order != numbered.c.place)
        .values({place.order: numbered.c.place})
        .returning(entity.id)
        .execution_options(synchronize_session=False)
    )
    uow.touch(entity, [row.id for row in rows], "update")


def would_move(uow: UnitOfWork, place: Place, ids: Iterable[str]) -> int:
    """How many rows would get another place if these were gone."""
    entity: Any = place.order.class_
    gone = list(ids)
    parents = select(place.parent).where(entity.id.in_(gone)).scalar_subquery()
    number = func.row_number().over(partition_by=place.parent, order_by=(place.order, entity.created_at, entity.id))
    left = (
        select(place.order.label("now"), number.label("then"))
        .where(place.parent.in_(parents), entity.id.not_in(gone))
        .subquery()
    )
    return int(uow.execute(select(func.count()).select_from(left).where(left.c.now != left.c.then)).scalar_one())


def make_room(uow: UnitOfWork, place: Place, parent_id: str, at: int) -> None:
    """Move the rows of a locked parent from this place on one place back."""
    entity: Any = place.order.class_
    rows = uow.execute(
        update(entity)
        .where(place.parent == parent_id, place.order >= at, place.order < INT4_MAX)
        .values({place.order: place.order + 1})
        .returning(entity.id)
        .execution_options(synchronize_session=False)
    )
    uow.touch(entity, [row.id for row in rows], "update")


def place_behind(uow: UnitOfWork, place: Place, parent_id: str, after: str | None) -> int:
    """The place of a new row right behind another one, first where that is None, at the end where it is LAST.

    The parent is locked, and the rest of its list renumbered 1..n around the place in one statement, which gives those
    rows new versions. Where `after` is not in the list (any more), the place is the last: what a person wrote is not
    refused because a neighbour went.
    """
    entity: Any = place.order.class_
    lock_parents(uow, place, [parent_id])
    rows = uow.execute(
        select(cast(entity.id, Text), place.order)
        .where(place.parent == parent_id)
        .order_by(place.order, entity.created_at, entity.id)
    ).all()
    ids = [row_id for row_id, _ in rows]
    found = 1 if after is None else ids.index(after) + 2 if after in ids else len(ids) + 1
    numbers = [*range(1, found), *range(found + 1, len(rows) + 2)]
    moved = [(row_id, new) for (row_id, old), new in zip(rows, numbers, strict=True) if old != new]
    put(uow, place, [(row_id, number, parent_id) for row_id, number in moved])
    return found


def put(
    uow: UnitOfWork,
    place: Place,
    rows: Sequence[tuple[str, int, str]],
    *,
    away: bool = False,
    stood: Mapping[str, tuple[int, str]] | None = None,
) -> None:
    """Give rows (id, number, parent), whose parents are locked, these numbers in one statement; with `away` some of
    them stand in the list of another parent yet.

    `stood`: all rows of the lists concerned, id → (number, parent), as they were read. Raises Stirred where they are
    others by now: a program that does not lock the parent has written to them.
    """
    if not rows:
        return
    entity: Any = place.order.class_
    ids, places, parents = zip(*rows, strict=True)
    given: dict[str, Iterable[object]] = {"ids": ids, "places": places}
    lists = {*parents, *(parent for _, parent in (stood or {}).values())}
    if away:
        given["parents"] = parents
    if stood is not None:  # those that stay where they are come along: it is looked whether they still do
        wanted = {row_id: (number, parent) for row_id, number, parent in rows}
        stay = ("NULL", "NULL")
        given = {"ids": stood, "places": [wanted.get(row_id, stay)[0] for row_id in stood]}
        if away:
            given["parents"] = [wanted.get(row_id, stay)[1] for row_id in stood]
        given["were"] = [number for number, _ in stood.values()]
        given["lists"] = lists
    # An array that is one text is read several times as fast as one that is written element by element.
    arrays: dict[str, object] = {name: f"{{{','.join(map(str, values))}}}" for name, values in given.items()}
    if stood is not None:
        arrays["number"] = len(stood)
    found = uow.execute(_putting(place, away, stood is not None), arrays)
    if stood is not None and found.rowcount != len(ids):  # type: ignore[attr-defined]
        raise Stirred(place, lists)
    uow.touch(entity, ids, "update")


class Stirred(Exception):
    """Rows of lists were numbered or moved by somebody else between reading and writing.

    Attributes:
        place: what the lists are.
        parents: whose they are.
    """

    def __init__(self, place: Place, parents: Collection[str]) -> None:
        super().__init__()
        self.place, self.parents = place, parents


def undisturbed(work: Callable[Concatenate[UnitOfWork, P], T]) -> Callable[Concatenate[UnitOfWork, P], T]:
    """Decorate what locks lists, reads them and then writes them by one `put`, before anything else: where that raises
    Stirred, it is done again with the lists as they are by then, whose rows are locked one by one before: that costs
    more than a parent's lock, and may meet head on whoever locks them in another order. Raises Conflict where the lists
    never come to rest."""

    @wraps(work)
    def again(uow: UnitOfWork, /, *args: P.args, **options: P.kwargs) -> T:
        for _ in range(TRIES):
            try:
                return work(uow, *args, **options)
            except Stirred as stirred:
                uow.execute(text(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}"))
                rows: Any = stirred.place.order.class_
                there = select(rows.id).where(stirred.place.parent.in_(stirred.parents)).order_by(rows.id)
                uow.execute(there.with_for_update(key_share=True))
        raise Conflict(
            N_("Another program is writing to the same list all the time. Nothing was changed."),
            way_out=N_("Try again in a moment."),
        )

    return again


@lru_cache(maxsize=8)
def _putting(place: Place, away: bool, guarded: bool) -> TextClause:
    entity: Any = place.order.class_
    order, parent = (attribute.property.columns[0].name for attribute in (place.order, place.parent))
    sets, given = [f'"{order}" = v.places'], {"ids": "uuid", "places": "integer"}
    if away:
        sets.append(f'"{parent}" = v.parents')
        given["parents"] = "uuid"
    if guarded:
        given["were"] = "integer"
    if "updated_at" in entity.__table__.c:
        sets.append("updated_at = now()")
    arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in given.items())
    listed, table = f"unnest({arrays}) AS v({', '.join(given)})", entity.__tablename__
    update = f'UPDATE "{table}" t SET {", ".join(sets)} FROM'
    if not guarded:
        return text(f"{update} {listed} WHERE t.id = v.ids")
    # The last condition sees whom the statement waited for, `same` who had written before it began.
    return text(
        f"SAVEPOINT {_SAVEPOINT}; WITH v AS MATERIALIZED (SELECT * FROM {listed}), same AS MATERIALIZED ("
        "SELECT count(*) = count(v.were) AND count(*) = :number AS same"
        f' FROM "{table}" l LEFT JOIN v ON v.ids = l.id AND v.were = l."{order}"'
        f' WHERE l."{parent}" = ANY (CAST(:lists AS uuid[])))'
        f' {update} v, same WHERE same.same AND v.places IS NOT NULL AND t.id = v.ids AND t."{order}" = v.were'
        f' AND (t."{parent}" = ANY (CAST(:lists AS uuid[]))) IS TRUE'  # so that no index on it is looked through
    )
