"""The row that is there already, where a value was refused because another row has it."""

from typing import Any

from sqlalchemy import ColumnElement, Index, Text, UniqueConstraint, and_, cast, or_, select

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.services import gate
from lms_desktop.services.edits import Edit


def row_in_the_way(uow: UnitOfWork, edit: Edit, key: str) -> str | None:
    """The id of another row with the same value in this field, or in all fields of a key that it is a part of.

    None where there is no such row within the actor's reach, and where no rule forbids that two rows are the same.
    """
    entity: Any = edit.entity
    reach = gate.condition(uow, entity, "view")
    same = [and_(*(_same(entity, edit, part) for part in parts)) for parts in _unique_keys(entity, key)]
    if not same:
        return None
    statement = select(cast(entity.id, Text)).where(reach, or_(*same), entity.id != edit.id)
    found: str | None = uow.execute(statement.order_by(entity.id).limit(1)).scalar_one_or_none()
    return found


def _unique_keys(entity: Any, key: str) -> list[tuple[str, ...]]:
    """The attributes, together, that no two rows may have the same; those alone that this one is among."""
    table, mapper = entity.__table__, entity.__mapper__
    rules: list[UniqueConstraint | Index] = [r for r in table.constraints if isinstance(r, UniqueConstraint)]
    rules += [rule for rule in table.indexes if isinstance(rule, Index) and rule.unique]
    keys = [tuple(mapper.get_property_by_column(column).key for column in rule.columns) for rule in rules]
    return sorted(found for found in keys if key in found)


def _same(entity: Any, edit: Edit, key: str) -> ColumnElement[bool]:
    """Equal to what was to be saved: to the row's own value where the edit leaves it as it is."""
    column = getattr(entity, key)
    if key in edit.values:
        wanted: ColumnElement[bool] = column == edit.values[key]
        return wanted
    own: ColumnElement[bool] = column == select(column).where(entity.id == edit.id).scalar_subquery()
    return own
