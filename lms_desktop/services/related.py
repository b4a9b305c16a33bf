"""How many rows hang on a record, all lists of it in one statement."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, null, select

from lms_desktop import policy
from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.spec import Related


def related_counts(uow: UnitOfWork, lists: Sequence[Related], row_id: str) -> tuple[int | None, ...]:
    """The number of rows in each list within the actor's reach, in their order; None where the actor may see none."""
    if not lists:
        return ()
    counts: list[Any] = []
    for at, related in enumerate(lists):
        if policy.may(uow.actor, related.entity, "view"):
            reach = policy.scope(uow.actor, related.entity, "view")
            count = select(func.count()).select_from(related.entity).where(related.attribute == row_id, reach)
            counts.append(count.scalar_subquery().label(f"n{at}"))
        else:
            counts.append(null().label(f"n{at}"))
    row = uow.execute(select(*counts)).one()
    return tuple(None if count is None else int(count) for count in row)
