"""What a delete takes with it, by walking the live foreign keys: rows that go, that are emptied, that forbid it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, TableClause, Text, and_, cast, column, func, not_, or_, select, table, text

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import Certificate
from lms_desktop.services import gate
from lms_desktop.services.joins import BY_TABLE

DELETED, EMPTIED, FORBIDDING = "delete", "empty", "forbid"

_KEYS = text(
    """
    SELECT child.relname AS child, ca.attname AS child_column, parent.relname AS parent, pa.attname AS parent_column,
           c.confdeltype::text AS rule
      FROM pg_constraint c
      JOIN pg_class child ON child.oid = c.conrelid
      JOIN pg_class parent ON parent.oid = c.confrelid
      JOIN pg_attribute ca ON ca.attrelid = c.conrelid AND ca.attnum = c.conkey[1]
      JOIN pg_attribute pa ON pa.attrelid = c.confrelid AND pa.attnum = c.confkey[1]
     WHERE c.contype = 'f' AND array_length(c.conkey, 1) = 1 AND pg_table_is_visible(c.conrelid)
     ORDER BY child.relname, ca.attname
    """
)


@dataclass(frozen=True)
class Effect:
    """`count` rows of `table` that the delete changes. `action` is "delete", "empty" or "forbid"; `columns` are the
    references concerned; `entity` is None for a table that this application does not know."""

    table: str
    action: str
    count: int
    columns: tuple[str, ...]

    @property
    def entity(self) -> type | None:
        """The entity of the table."""
        return BY_TABLE.get(self.table)


@dataclass(frozen=True)
class Impact:
    """All effects of deleting `ids` of `entity`, those rows themselves not among them."""

    entity: type
    ids: tuple[str, ...]
    effects: tuple[Effect, ...]

    def of(self, action: str) -> tuple[Effect, ...]:
        """The effects of one kind."""
        return tuple(effect for effect in self.effects if effect.action == action)

    @property
    def forbidden(self) -> bool:
        """Whether something stands in the way."""
        return bool(self.of(FORBIDDING))

    @property
    def certificates(self) -> int:
        """How many certificates would go."""
        return sum(e.count for e in self.of(DELETED) if e.entity is Certificate)


@dataclass(frozen=True)
class _Reference:
    child: str
    child_column: str
    parent: str
    parent_column: str
    rule: str


def impact(uow: UnitOfWork, entity: Any, ids: Iterable[str]) -> Impact:
    """Count what deleting these rows would do, in sets. Raises Denied where the actor may not delete them."""
    wanted = tuple(ids)
    gate.require(uow, entity, "delete", wanted)
    references = [_Reference(**row) for row in uow.execute(_KEYS).mappings()]
    start = entity.__tablename__
    going = _going(references, start, column("id").in_(list(wanted)))
    effects = []
    for name, condition in going.items():
        if name != start:
            columns = tuple(
                r.child_column for r in references if r.child == name and r.rule == "c" and r.parent in going
            )
            effects.append(_counted(uow, name, DELETED, condition, columns))
    for action, rules in ((EMPTIED, "nd"), (FORBIDDING, "ra")):
        effects += _touched(uow, references, going, action, rules)
    return Impact(entity, wanted, tuple(e for e in effects if e.count))


def _going(references: list[_Reference], start: str, first: ColumnElement[bool]) -> dict[str, ColumnElement[bool]]:
    """Table → which of its rows go, parents before children."""
    going = {start: first}
    for name in _parents_first(references, start):
        ways = [_hanging(r, going) for r in references if r.child == name and r.rule == "c" and r.parent in going]
        going[name] = or_(*ways)
    return going


def _parents_first(references: list[_Reference], start: str) -> list[str]:
    """The tables that cascades reach from `start`, each after its reached parents; a cycle is cut where it closes."""
    below: dict[str, None] = {}
    path: set[str] = set()

    def visit(name: str) -> None:
        if name in below or name in path:
            return
        path.add(name)
        for reference in references:
            if reference.parent == name and reference.rule == "c":
                visit(reference.child)
        path.discard(name)
        below[name] = None

    visit(start)
    return [name for name in reversed(below) if name != start]


def _hanging(reference: _Reference, going: dict[str, ColumnElement[bool]]) -> ColumnElement[bool]:
    parents: Any = (
        select(column(reference.parent_column)).select_from(table(reference.parent)).where(going[reference.parent])
    )
    return column(reference.child_column).in_(parents)


def _touched(
    uow: UnitOfWork,
    references: list[_Reference],
    going: dict[str, ColumnElement[bool]],
    action: str,
    rules: str,
) -> list[Effect]:
    by_table: dict[str, list[_Reference]] = {}
    for reference in references:
        if reference.parent in going and reference.rule in rules:
            by_table.setdefault(reference.child, []).append(reference)
    effects = []
    for name, found in by_table.items():
        condition: ColumnElement[bool] = or_(*[_hanging(reference, going) for reference in found])
        if name in going and action == EMPTIED:
            condition = and_(condition, not_(going[name]))
        effects.append(_counted(uow, name, action, condition, tuple(r.child_column for r in found)))
    return effects


def _counted(
    uow: UnitOfWork, name: str, action: str, condition: ColumnElement[bool], columns: tuple[str, ...]
) -> Effect:
    source: TableClause = table(name)
    count = uow.execute(select(func.count()).select_from(source).where(condition)).scalar_one()
    return Effect(name, action, int(count), columns)


def version_text(entity: Any) -> ColumnElement[str]:
    """The row's version (`xmin`) as text."""
    return cast(entity.xmin, Text)
