"""Putting lessons of a course and questions of a quiz in order, and moving them to another course or quiz.

What is moved is an intention: these rows right behind that one. It is applied to the list as it is by the time that
it is locked, which may be another than the person saw; then the sentence says so.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Text, cast, func, select

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import Lesson
from lms_desktop.services import quizzes
from lms_desktop.services.ordering import LAST, undisturbed
from lms_desktop.services.teaching import arranging_words as words
from lms_desktop.services.teaching import lists
from lms_desktop.services.teaching.effects import MoveEffect, ReorderWarnings, move_effect, reorder_warnings
from lms_desktop.services.teaching.lists import Arranged, ListChanged, Spot
from lms_desktop.spec import N_, Catalog

__all__ = [
    "LAST",
    "Arranged",
    "ListChanged",
    "MoveEffect",
    "ReorderWarnings",
    "Spot",
    "move",
    "move_effect",
    "reorder_warnings",
    "sort_by_title",
]


@undisturbed
def move(
    uow: UnitOfWork, catalog: Catalog, entity: Any, ids: Sequence[str], spot: Spot, seen: Sequence[str] | None
) -> Outcome:
    """Put these rows right behind another one, in their list or in that of another parent; they keep the order in which
    they stand. The outcome's value is Arranged.

    `seen` is the list of the spot's parent as the person saw it, None where it was not on the screen. Rows that were in
    it and are no longer in the list were deleted or moved away by somebody else: they are left alone, the others are
    moved, and the sentence says it. A row out of the actor's reach is as if it were deleted.

    A lesson that goes to another course takes its quizzes along. The progress that students of the former course have
    made with it stays with their enrollments there, as the answers to a question stay with the attempts at its former
    quiz: `move_effect` counts both beforehand.

    Raises ListChanged where none of the rows is left, or where it cannot be said any more where they should go; Denied.
    """
    seen = None if seen is None else tuple(dict.fromkeys(seen))
    wanted = tuple(dict.fromkeys(ids))
    abroad = seen is None or not set(wanted) <= set(seen)
    found = lists.lock(uow, catalog, entity, spot.parent, wanted, others=abroad)
    current = found.order(spot.parent)
    missing = set(seen or ()).difference(current)
    away = [row_id for row_id in wanted if row_id in missing]
    rows = [row for row in found.in_order(wanted) if row.id not in away]
    if wanted and not rows:
        raise ListChanged(
            N_("What you were about to move is no longer there: it was deleted or moved away. Nothing was changed."),
            spot.parent,
            current,
            entity=entity,
            ids=wanted,
        )
    moved = [row.id for row in rows]
    before, behind = lists.place_of(found, spot, set(moved), seen)
    order = {spot.parent: [*before, *moved, *behind]}
    for parent in {row.parent for row in rows} - {spot.parent}:
        order[parent] = [row_id for row_id in found.order(parent) if row_id not in moved]
    lists.write(uow, found, order)
    came = [row for row in rows if row.parent != spot.parent]
    if entity is Lesson:
        quizzes.follow_lessons(uow, {row.id: row.parent for row in came}, spot.parent)
    same = order[spot.parent] == current  # numbers that were mended are nothing that anybody would take back
    sentence = words.moved(found, spot.parent, rows, len(before) + 1, nothing=same)
    left = tuple(row_id for row_id in wanted if row_id not in moved)
    merged = seen is not None and list(seen) != current
    if merged or left:
        sentence = words.with_what_changed(uow, catalog, found, spot.parent, sentence, seen, left)
    return uow.outcome(sentence, Arranged(tuple(order[spot.parent]), merged, left=left), undoable=not same)


@undisturbed
def sort_by_title(
    uow: UnitOfWork, catalog: Catalog, entity: Any, parent: str, seen: Sequence[str] | None = None
) -> Outcome:
    """Sort a list by what its rows are called: whatever the case and the accents, `Lesson 10` behind `Lesson 2`; rows
    of the same name keep their order. The outcome's value is Arranged. `seen` as in `move`; raises Denied."""
    found = lists.lock(uow, catalog, entity, parent, others=False)
    current = found.order(parent)
    titles = _titles(uow, entity, found, current)
    order = sorted(current, key=lambda row_id: natural(titles[row_id]))
    lists.write(uow, found, {parent: order})
    sentence = words.sorted_by_title(found, parent, nothing=order == current)
    merged = seen is not None and list(dict.fromkeys(seen)) != current
    if merged:
        sentence = words.with_what_changed(uow, catalog, found, parent, sentence, seen, ())
    return uow.outcome(sentence, Arranged(tuple(order), merged), undoable=order != current)


def natural(title: str) -> tuple[tuple[int, int, str], ...]:
    """What titles are sorted by: letters without accents and case, digits by the number that they make."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", title).casefold())
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    return tuple(_piece(piece) for piece in re.findall(r"\d+|\D+", " ".join(plain.split())))


def _piece(piece: str) -> tuple[int, int, str]:
    if not piece[0].isdecimal():
        return 1, 0, piece
    digits = "".join(str(unicodedata.decimal(c)) for c in piece).lstrip("0")
    return 0, len(digits), digits


def _titles(uow: UnitOfWork, entity: Any, found: lists.Lists, ids: Sequence[str]) -> dict[str, str]:
    name = func.left(found.admin.title[0], 300)
    rows = uow.execute(select(cast(entity.id, Text), name).where(entity.id.in_(list(ids))))
    return {row[0]: row[1] or "" for row in rows}
