"""What is said of lists that were put in order, and of what others had done to them meanwhile."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Text, cast, func, select

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities.logs import changes
from lms_desktop.errors.sentences import Sentence
from lms_desktop.errors.words import many, one
from lms_desktop.services.teaching.lists import READ_LENGTH, Lists, Row, shortened
from lms_desktop.services.titles import titles
from lms_desktop.spec import N_, Catalog

NAMED = 3
"""Rows that a sentence names at most."""

_THERE_ALREADY = N_("The order is as it was: they stand there already.")
_SORTED = N_("Sorted the {things} of {parent} by title.")
_SORTED_ALREADY = N_("The {things} of {parent} are sorted by title already.")
_ONE = N_("Moved {name} to place {place}.")
_SEVERAL = N_("Moved {n} {things} to places {place} to {last}.")
_ONE_AWAY = N_("Moved {name} to {parent}, place {place}.")
_SEVERAL_AWAY = N_("Moved {n} {things} to {parent}, places {place} to {last}.")
_COPIED = N_("Copied {name} to {parent}, place {place}.")
_COPIED_SEVERAL = N_("Copied {n} {things} to {parent}, places {place} to {last}.")
_COPIED_NONE = N_("There was nothing to copy.")
_DUPLICATED = N_("Duplicated {name} as {copy}, a draft.")
_DUPLICATED_WITH = N_("Duplicated {name} as {copy}, a draft, with {counts}.")

_AND = N_("{said} {note}")
_ADDED = N_("Meanwhile somebody else had added {names} to the list.")
_ADDED_MORE = N_("Meanwhile somebody else had added {names} and {more} more to the list.")
_REMOVED = N_("Meanwhile somebody else had taken {names} off the list.")
_REMOVED_MORE = N_("Meanwhile somebody else had taken {names} and {more} more off the list.")
_REMOVED_SOME = N_("Meanwhile somebody else had taken {more} {things} off the list.")
_REORDERED = N_("Meanwhile somebody else had put the list in another order; that order was kept for the rest.")
_LEFT = N_("Left out {names}: no longer there, or no longer yours.")
_LEFT_MORE = N_("Left out {names} and {more} more: no longer there, or no longer yours.")
_LEFT_SOME = N_("Left out {more} {things}: no longer there, or no longer yours.")


def moved(lists: Lists, parent: str, rows: Sequence[Row], place: int, *, nothing: bool) -> str:
    """Rows that stand in the list of this parent now, from this place on."""
    if nothing or not rows:
        return Sentence(_THERE_ALREADY)
    away = any(row.parent != parent for row in rows)
    if len(rows) == 1:
        name = shortened(rows[0].name or "") or lists.admin.noun
        return Sentence(_ONE_AWAY if away else _ONE, name=name, parent=lists.names[parent], place=place)
    values: dict[str, Any] = {"n": len(rows), "things": lists.admin.plural.lower(), "parent": lists.names[parent]}
    return Sentence(_SEVERAL_AWAY if away else _SEVERAL, ("things",), place=place, last=place + len(rows) - 1, **values)


def sorted_by_title(lists: Lists, parent: str, *, nothing: bool) -> str:
    """The list of this parent."""
    values = {"things": lists.admin.plural.lower(), "parent": lists.names[parent]}
    return Sentence(_SORTED_ALREADY if nothing else _SORTED, ("things",), **values)


def copied(lists: Lists, parent: str, rows: Sequence[Row], place: int) -> str:
    """Copies of these rows stand in the list of this parent now, from this place on."""
    if not rows:
        return Sentence(_COPIED_NONE)
    if len(rows) == 1:
        name = shortened(rows[0].name or "") or lists.admin.noun
        return Sentence(_COPIED, name=name, parent=lists.names[parent], place=place)
    values: dict[str, Any] = {"n": len(rows), "things": lists.admin.plural.lower(), "parent": lists.names[parent]}
    return Sentence(_COPIED_SEVERAL, ("things",), place=place, last=place + len(rows) - 1, **values)


def duplicated(title: str, copy: str, counts: Mapping[Any, int]) -> str:
    """A copy was made, with so many rows of these entities."""
    tables = {entity.__tablename__: count for entity, count in counts.items() if count}
    counted = tuple(f"{count} {one(table) if count == 1 else many(table)}" for table, count in tables.items())
    values = {"name": shortened(title), "copy": shortened(copy)}
    return (
        Sentence(_DUPLICATED_WITH, ("counts",), counts=counted, **values)
        if counted
        else Sentence(_DUPLICATED, **values)
    )


def with_what_changed(
    uow: UnitOfWork,
    catalog: Catalog,
    lists: Lists,
    parent: str,
    said: str,
    seen: Sequence[str] | None,
    left: Sequence[str],
) -> str:
    """The sentence, and behind it how the list differed from what the person saw, and which rows were left out."""
    current = lists.order(parent)
    before = current if seen is None else list(seen)
    added = [row for row in current if row not in set(before)]
    removed = [row for row in before if row not in set(current) and row not in left]
    both = set(before) & set(current)
    names = _names(uow, catalog, lists, parent, [*added, *removed, *left])
    notes = [
        _note((_ADDED, _ADDED_MORE, _ADDED_MORE), added, names, lists),
        _note((_REMOVED, _REMOVED_MORE, _REMOVED_SOME), removed, names, lists),
        Sentence(_REORDERED) if [r for r in before if r in both] != [r for r in current if r in both] else None,
        _note((_LEFT, _LEFT_MORE, _LEFT_SOME), left, names, lists),
    ]
    for note in filter(None, notes):
        said = Sentence(_AND, said=said, note=note)
    return said


def _note(
    templates: tuple[str, str, str], ids: Sequence[str], names: Mapping[str, str], lists: Lists
) -> Sentence | None:
    """All named; some named, others counted; none named."""
    if not ids:
        return None
    named = tuple(names[row_id] for row_id in ids if names.get(row_id))[:NAMED]
    more = len(ids) - len(named)
    template = templates[2 if not named else 1 if more else 0]
    noun = lists.admin.noun if more == 1 else lists.admin.plural.lower()
    return Sentence(template, ("things",), names=named, more=more, things=noun)


def _names(uow: UnitOfWork, catalog: Catalog, lists: Lists, parent: str, ids: Sequence[str]) -> dict[str, str]:
    """What these rows are called: those within the actor's reach, and those that the log knows to have been deleted
    from this very list. Of any other nothing is said, were it that it exists."""
    entity: Any = lists.admin.entity
    found = {i: shortened(name) for i, name in titles(uow, catalog, entity, ids).items()}
    gone = [row_id for row_id in ids if row_id not in found]
    if gone and uow.logged:
        of, name = (a.property.columns[0].name for a in (lists.place.parent, lists.admin.title[0]))  # type: ignore[union-attr]
        shown = func.left(changes.c.before[name].as_string(), READ_LENGTH)
        deleted = (
            select(cast(changes.c.row_id, Text), shown)
            .where(changes.c.row_id.in_(gone), changes.c.entity == entity.__tablename__, changes.c.action == "D")
            .where(changes.c.before[of].as_string() == parent)
            .order_by(changes.c.n)
        )
        found |= {row[0]: shortened(row[1] or "") for row in uow.execute(deleted)}
    return found
