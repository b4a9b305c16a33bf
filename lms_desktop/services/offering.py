"""Unsaved edits that a window has left behind, compared with what the database has now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Text, and_, cast, select

from lms_desktop import policy
from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.services.impact import version_text
from lms_desktop.services.joins import BY_TABLE, Joins, wire_text
from lms_desktop.services.journal import Key, Parts
from lms_desktop.services.titles import titles
from lms_desktop.spec import Catalog, EntityAdmin, Secret

State = Literal["same", "changed", "gone", "new", "foreign"]
"""Of a row that was edited: as it was then; changed since; deleted since; not in the database yet; none that this
person may see, or that this version of the program knows."""


@dataclass(frozen=True)
class Found:
    """The unsaved edits of one row.

    Attributes:
        key: the table and the row's id.
        entity: its entity, None where the program knows none of that name.
        parts: the draft, without what turned out to be saved.
        state: how the row stands now.
        title: what it is called.
        passwords: labels of fields into which something secret was typed, which is kept nowhere.
    """

    key: Key
    entity: type | None
    parts: Parts
    state: State
    title: str
    passwords: tuple[str, ...] = ()

    @property
    def changes(self) -> int:
        """How many values it has; a new row without any counts as one."""
        return max(len(self.parts["values"]), 1 if self.state == "new" else 0)

    @property
    def at(self) -> datetime | None:
        """When the first of them was typed."""
        try:
            return datetime.fromisoformat(self.parts["at"])
        except (TypeError, ValueError):
            return None


def compare(uow: UnitOfWork, catalog: Catalog, drafts: Mapping[Key, Parts]) -> tuple[tuple[Found, ...], int]:
    """The drafts as they stand against the database, and how many of their values it has already.

    Two statements for each entity, however many rows there are.
    """
    found: list[Found] = []
    saved = 0
    for table in dict.fromkeys(table for table, _ in drafts):
        entity = BY_TABLE.get(table)
        mine = {key: parts for key, parts in drafts.items() if key[0] == table}
        if entity is None or entity not in catalog or not policy.may(uow.actor, entity, "view"):
            found += [Found(key, None, parts, "foreign", parts["title"]) for key, parts in mine.items()]
            continue
        present = _present(uow, catalog[entity], [row_id for _, row_id in mine])
        called = titles(uow, catalog, entity, [row_id for _, row_id in mine])
        for key, parts in mine.items():
            one, there = _compared(catalog[entity], key, parts, present.get(key[1]), called.get(key[1], ""))
            saved += there
            if one is not None:
                found.append(one)
    return tuple(found), saved


def _compared(
    admin: EntityAdmin, key: Key, parts: Parts, now: tuple[str, dict[str, str | None]] | None, title: str
) -> tuple[Found | None, int]:
    """One draft, None where all of it is saved; and how many of its values are."""
    own = {field.key: field for field in admin.own_fields}
    values = {k: v for k, v in parts["values"].items() if k in own and (v is None or isinstance(v, str))}
    passwords = tuple(own[k].label for k in parts["secrets"] if k in own)
    title = title or str(parts["title"])
    version = parts["version"]
    if now is None:
        state: State = "new" if version is None else "gone"
        if state == "new" and values == parts["first"] and not passwords:
            return None, 0  # nobody typed anything
        if not values and state == "gone":
            return None, 0
        return Found(key, admin.entity, {**parts, "values": values}, state, title, passwords), 0
    present, row = now
    left = {k: v for k, v in values.items() if k not in row or row[k] != v}
    there = len(values) - len(left)
    if not left and not (passwords and version is not None):
        return None, there
    base, seen = parts["base"], parts["seen"]
    if version is None:  # the row came through, and some of its values were typed after that
        version, base, seen = present, {k: row.get(k) for k in left}, row
    kept = {**parts, "values": left, "version": version, "base": {k: base.get(k) for k in left}, "seen": seen}
    return Found(key, admin.entity, kept, "same" if version == present else "changed", title, passwords), there


def _present(uow: UnitOfWork, admin: EntityAdmin, ids: list[str]) -> dict[str, tuple[str, dict[str, str | None]]]:
    """Id → version and wire values of the rows that are there and within the actor's sight."""
    entity: Any = admin.entity
    fields = [field for field in admin.own_fields if not isinstance(field.kind, Secret)]
    joins = Joins({}, entity, "UTC")  # own columns alone: nothing is joined
    columns = [wire_text(joins.at(field.hops)).label(f"c{i}") for i, field in enumerate(fields)]
    statement = select(cast(entity.id, Text).label("id"), version_text(entity).label("version"), *columns)
    reach = policy.scope(uow.actor, entity, "view")
    rows = uow.execute(statement.where(and_(entity.id.in_(ids), reach)))
    keys = [field.key for field in fields]
    return {row[0]: (row[1], dict(zip(keys, row[2:], strict=True))) for row in rows}
