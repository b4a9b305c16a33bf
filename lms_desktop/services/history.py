"""What was done here: an operation in full, with each changed row before and after, and what was done to one record.

Everybody sees what they did themselves, administrators what everybody did.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, cast, func, select

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities.logs import changes, operations
from lms_desktop.errors import Denied
from lms_desktop.errors.kinds import N_
from lms_desktop.errors.sentences import sentence_of
from lms_desktop.services import gate, log_conditions
from lms_desktop.services.deleted import parents_first
from lms_desktop.services.joins import BY_TABLE
from lms_desktop.services.naming import Image, Label, Names
from lms_desktop.spec import Catalog, EntityAdmin, Field, Kind, Ref
from lms_desktop.spec import Text as TextKind

PAGE = 50
"""Changed rows, or operations on a record, that are read at once."""

BOOKKEEPING = frozenset({"id", "created_at", "updated_at"})
"""Columns that programs write by themselves: they are told only where nothing else was changed."""


@dataclass(frozen=True)
class FieldChange:
    """One field of a changed row. `before` and `after` are wire texts, the labels what they refer to; `hidden` says
    that it was changed and that nobody is told from what to what. `key` is the field's, or the column's where the
    entity declares no field for it."""

    key: str
    label: str
    kind: Kind
    before: str | None = None
    after: str | None = None
    before_label: Label | None = None
    after_label: Label | None = None
    hidden: bool = False


@dataclass(frozen=True)
class ChangedRow:
    """One row that an operation changed; the same row may come several times. `action` is I, U or D; `there` whether it
    is there now."""

    n: int
    table: str
    row_id: str
    action: str
    title: str
    detail: str
    fields: tuple[FieldChange, ...]
    there: bool

    @property
    def entity(self) -> type | None:
        """The entity of the table; None for one that this application does not know."""
        return BY_TABLE.get(self.table)


@dataclass(frozen=True)
class Line:
    """An operation in one line. `at` is a wire moment, `said` the sentence of the log, which may be translated; `state`
    is `reverted`, `reverting` or None."""

    id: str
    seq: int
    at: str
    name: str
    email: str
    said: str
    machine: str
    db_role: str
    state: str | None
    own: bool


@dataclass(frozen=True)
class Told:
    """An operation in full: its line, what it took back, by what it was taken back, and how many rows of which table it
    changed how: (table, action, number), tables that others hang on first."""

    line: Line
    reverts: Line | None
    reverted_by: Line | None
    counts: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class Entry:
    """An operation on one record: its line and what it changed of that row."""

    line: Line
    changes: tuple[ChangedRow, ...]


class History:
    """Reads the log with the declarations of a catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def operation(self, uow: UnitOfWork, operation_id: str) -> Told:
        """An operation in full. Raises Denied where there is none that the actor may see."""
        line = self._line(uow, operation_id)
        o, c = operations.c, changes.c
        around = select(cast(o.id, Text), cast(o.reverts, Text)).where(
            (o.reverts == operation_id) | o.id.in_(select(o.reverts).where(o.id == operation_id).scalar_subquery())
        )
        others = {row[0]: row[1] for row in uow.execute(around.order_by(o.seq))}
        lines = {other.id: other for other in self._lines(uow, list(others), anybody=True)}
        back = [lines[other] for other, reverts in others.items() if reverts == operation_id]
        taken = next((lines[other] for other, reverts in others.items() if reverts != operation_id), None)
        counted = select(c.entity, c.action, func.count()).where(c.operation == line.seq).group_by(c.entity, c.action)
        order = {name: rank for rank, name in enumerate(parents_first())}
        counts = sorted(uow.execute(counted), key=lambda row: (order.get(row[0], len(order)), row[0], row[1]))
        by = back[-1] if back and line.state == log_conditions.REVERTED else None
        return Told(line, taken, by, tuple((row[0], row[1], row[2]) for row in counts))

    def changes(
        self,
        uow: UnitOfWork,
        operation_id: str,
        *,
        table: str | None = None,
        row_id: str | None = None,
        after: int = 0,
        count: int = PAGE,
        zone: str = "UTC",
    ) -> tuple[ChangedRow, ...]:
        """The rows that an operation changed, in their order: at most `count` behind place `after`, of one table, or
        one row of it, or of all. Raises Denied where the actor may not see the operation."""
        line, c = self._line(uow, operation_id), changes.c
        wanted = [c.operation == line.seq, c.n > after]
        if table is not None:
            wanted.append(c.entity == table)
        if row_id is not None:
            wanted.append(c.row_id == row_id)
        found = uow.execute(select(*_CHANGE).where(*wanted).order_by(c.n).limit(count)).all()
        return self._told(uow, found, zone)

    def record(
        self,
        uow: UnitOfWork,
        entity: Any,
        row_id: str,
        *,
        before: int | None = None,
        count: int = PAGE,
        zone: str = "UTC",
    ) -> tuple[Entry, ...]:
        """What was done to one record, newest first: at most `count` operations, those before `before` (a `seq`).

        Raises Denied where the record is not the actor's to see. Who may not see everybody's history gets their own.
        """
        o, c, table = operations.c, changes.c, entity.__tablename__
        if not log_conditions.sees_all(uow):
            gate.require(uow, entity, "view", [row_id])
        about = select(c.operation).where(c.row_id == row_id, c.entity == table)
        wanted = [*log_conditions.within_reach(uow), o.seq.in_(about)]
        if before is not None:
            wanted.append(o.seq < before)
        ids = uow.execute(select(cast(o.id, Text)).where(*wanted).order_by(o.seq.desc()).limit(count)).scalars().all()
        lines = sorted(self._lines(uow, ids), key=lambda line: -line.seq)
        seqs = [line.seq for line in lines]
        of_row = select(*_CHANGE).where(c.row_id == row_id, c.entity == table, c.operation.in_(seqs)).order_by(c.n)
        found = uow.execute(of_row).all() if seqs else ()
        told = self._told(uow, found, zone)
        by_operation: dict[int, list[ChangedRow]] = {}
        for row, change in zip(found, told, strict=True):
            by_operation.setdefault(row.operation, []).append(change)
        return tuple(Entry(line, tuple(by_operation.get(line.seq, ()))) for line in lines)

    # Lines

    def _line(self, uow: UnitOfWork, operation_id: str) -> Line:
        lines = self._lines(uow, [operation_id])
        if not lines:
            raise Denied(
                N_("This operation cannot be found: it is not in the log, or it is not yours to see."),
                way_out=N_("An administrator sees what everybody did."),
            )
        return lines[0]

    def _lines(self, uow: UnitOfWork, ids: Sequence[str], *, anybody: bool = False) -> list[Line]:
        """The operations of these ids that the actor may see; `anybody` for those that an own one hangs together with,
        whose sentence is told with it."""
        if not ids:
            return []
        o = operations.c
        reach = [] if anybody else log_conditions.within_reach(uow)
        columns = [cast(o.id, Text).label("id"), o.seq, o.actor_id, o.sentence, o.parts]
        read = select(*columns, *log_conditions.operation_columns()).where(o.id.in_(list(ids)), *reach)
        rows = uow.execute(read.order_by(o.seq)).all()
        back = log_conditions.taken_back(uow, [row.id for row in rows])
        return [
            Line(
                id=row.id,
                seq=row.seq,
                at=row.at,
                name=row.name,
                email=row.email,
                said=sentence_of(row.sentence, row.parts),
                machine=row.machine,
                db_role=row.db_role,
                state=log_conditions.state(row.id in back, row.reverts),
                own=row.actor_id is not None and row.actor_id == uow.actor.id,
            )
            for row in rows
        ]

    # Changed rows

    def _told(self, uow: UnitOfWork, found: Sequence[Any], zone: str) -> tuple[ChangedRow, ...]:
        names = Names(uow, self.catalog, zone)
        wanted: dict[type, set[str]] = {}
        for row in found:
            entity = BY_TABLE.get(row.table)
            if entity is None:
                continue
            wanted.setdefault(entity, set()).add(row.row_id)
            if row.action != "U":
                names.learn(entity, row.row_id, row.before or row.after)
            for _column, field in self._columns(self.catalog[entity], row):
                if field is not None and isinstance(field.kind, Ref):
                    column = _column_of(field)
                    values = {image.get(column) for image in (row.before or {}, row.after or {})} - {None}
                    wanted.setdefault(field.kind.target, set()).update(value for value in values if value)
        labels = names.of(wanted)
        there = _there(uow, found)
        return tuple(self._changed(row, labels, there) for row in found)

    def _changed(
        self, row: Any, labels: Mapping[tuple[type, str], Label], there: frozenset[tuple[str, str]]
    ) -> ChangedRow:
        entity = BY_TABLE.get(row.table)
        admin = self.catalog.get(entity) if entity is not None else None
        title, detail = labels.get((entity, row.row_id), ("", "")) if entity is not None else ("", "")
        fields = [_field_change(row, column, field, labels) for column, field in self._columns(admin, row)]
        telling = [change for change in fields if change.key not in BOOKKEEPING]
        secrets = [_hidden(column, admin) for column in row.hidden or ()]
        shown = (*(telling or (fields if row.action == "U" and not secrets else ())), *secrets)
        return ChangedRow(
            row.n, row.table, row.row_id, row.action, title, detail, shown, (row.table, row.row_id) in there
        )

    @staticmethod
    def _columns(admin: EntityAdmin | None, row: Any) -> Iterable[tuple[str, Field | None]]:
        """The columns that a change tells of, in the order of the form: of a whole row those that have a value."""
        image: Image = (row.before if row.action == "D" else row.after) or {}
        told = {column for column, value in image.items() if row.action == "U" or value is not None}
        declared = {} if admin is None else {_column_of(field): field for field in admin.own_fields}
        known = [(column, field) for column, field in declared.items() if column in told]
        return [*known, *((column, None) for column in image if column in told and column not in declared)]


_CHANGE = (
    changes.c.operation,
    changes.c.n,
    changes.c.entity.label("table"),
    cast(changes.c.row_id, Text).label("row_id"),
    changes.c.action,
    changes.c.before,
    changes.c.after,
    changes.c.hidden,
)


def _there(uow: UnitOfWork, found: Sequence[Any]) -> frozenset[tuple[str, str]]:
    """(table, id) of those of the rows that are there now; one statement a table."""
    ids: dict[str, set[str]] = {}
    for row in found:
        if row.table in BY_TABLE:
            ids.setdefault(row.table, set()).add(row.row_id)
    there: set[tuple[str, str]] = set()
    for table, wanted in ids.items():
        entity: Any = BY_TABLE[table]
        here = uow.execute(select(cast(entity.id, Text)).where(entity.id.in_(sorted(wanted)))).scalars()
        there |= {(table, row_id) for row_id in here}
    return frozenset(there)


def _field_change(row: Any, column: str, field: Field | None, labels: Mapping[tuple[type, str], Label]) -> FieldChange:
    before, after = (row.before or {}).get(column), (row.after or {}).get(column)
    if field is None:
        return FieldChange(column, column, TextKind(), before, after)
    if isinstance(field.kind, Ref):
        target = field.kind.target
        was, now = (labels.get((target, value)) if value is not None else None for value in (before, after))
        return FieldChange(field.key, field.label, field.kind, before, after, was, now)
    return FieldChange(field.key, field.label, field.kind, before, after)


def _hidden(column: str, admin: EntityAdmin | None) -> FieldChange:
    """A secret that was changed: its values are nowhere in the log."""
    declared = [] if admin is None else [f for f in admin.fields if isinstance(f, Field) and f.own]
    label = next((field.label for field in declared if _column_of(field) == column), column)
    return FieldChange(column, label, TextKind(), hidden=True)


def _column_of(field: Field) -> str:
    return str(field.attribute.property.columns[0].name)
