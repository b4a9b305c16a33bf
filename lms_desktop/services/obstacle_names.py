"""What the rows are called to which the fields in the way of taking something back refer, then and now."""

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.services.naming import Names
from lms_desktop.services.reverting import Plan
from lms_desktop.spec import Catalog, Ref


def obstacle_names(uow: UnitOfWork, catalog: Catalog, plan: Plan, zone: str) -> dict[tuple[type, str], tuple[str, str]]:
    """(entity, id) → what the row is called and the muted text beside it; a few statements for all of them."""
    wanted: dict[type, set[str]] = {}
    for obstacle in plan.obstacles:
        kinds = {field.key: field.kind for field in catalog[obstacle.entity].fields}
        for key, left, now in obstacle.fields:
            kind = kinds.get(key)
            if isinstance(kind, Ref):
                wanted.setdefault(kind.target, set()).update(value for value in (left, now) if value is not None)
    return Names(uow, catalog, zone).of(wanted) if wanted else {}
