"""The words about what is in the way: what a row is called, which fields differ, whose change it was."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, cast, select, text

from lms_desktop.services.joins import BY_TABLE, SEPARATOR, Joins, hops_of, target_of
from lms_desktop.services.taking_back.guard import Row
from lms_desktop.services.taking_back.live import literal, quoted
from lms_desktop.services.taking_back.net import Net
from lms_desktop.services.taking_back.plan import CHANGED, GONE, MOST_OBSTACLES, PARENT, TAKEN, USED, Obstacle
from lms_desktop.spec import Catalog

_LATER = text(
    """
    SELECT c.entity, c.row_id::text, c.action, CAST(c.after AS text), c.hidden IS NOT NULL,
           coalesce(nullif(o.actor_name, ''), nullif(o.actor_email, ''), o.db_role), CAST(o.at AS text)
      FROM unnest(CAST(:tables AS text[]), CAST(:ids AS uuid[])) AS r(entity, id)
      CROSS JOIN LATERAL (
        SELECT * FROM lms_desktop.changes c WHERE c.row_id = r.id AND c.entity = r.entity
           AND c.n > (SELECT max(n) FROM lms_desktop.changes WHERE operation = :seq) ORDER BY c.n DESC LIMIT 20) c
      JOIN lms_desktop.operations o ON o.seq = c.operation ORDER BY c.n DESC
    """
)


@dataclass(frozen=True)
class _Later:
    action: str
    after: Mapping[str, str | None]
    hidden: bool
    who: str
    when: str


class Teller:
    """Tells of at most MOST_OBSTACLES rows; a handful of statements for all of them."""

    def __init__(self, net: Net, catalog: Catalog) -> None:
        self._net = net
        self._catalog = catalog

    def tell(self, found: Mapping[Row, str]) -> tuple[Obstacle, ...]:
        """The first of these rows in words."""
        rows = dict(list(found.items())[:MOST_OBSTACLES])
        before, after = self._images(rows)
        now = self._now(rows)
        titles = self._titles(rows, before, after)
        fields = {row: self._fields(row, reason, before, after, now) for row, reason in rows.items()}
        others = {row: self._other(row, reason, fields[row]) for row, reason in rows.items()}
        later = self._later({other for other in others.values() if other})
        told = []
        for row, reason in rows.items():
            who, when = _whose(reason, later.get(others[row] or row, []), [(k, c) for k, _, c in fields[row]])
            keyed = tuple((self._key(row[0], name), left, is_now) for name, left, is_now in fields[row])
            told.append(Obstacle(BY_TABLE[row[0]], row[1], titles.get(row, ""), reason, keyed, who, when))
        return tuple(told)

    def _images(self, rows: Iterable[Row]) -> tuple[dict[Row, dict[str, str | None]], dict[Row, dict[str, str | None]]]:
        before: dict[Row, dict[str, str | None]] = {}
        after: dict[Row, dict[str, str | None]] = {}
        ids = [row_id for _, row_id in rows]
        statement = text(
            "SELECT entity, row_id::text, CAST(before AS text), CAST(after AS text) FROM lms_desktop.changes"
            " WHERE operation = :seq AND row_id = ANY(CAST(:ids AS uuid[])) ORDER BY n"
        )
        for table, row_id, was, left in self._net.ask(statement, {"ids": ids}):
            first = before.setdefault((table, row_id), {})
            for key, value in json.loads(was or "{}").items():
                first.setdefault(key, value)
            after.setdefault((table, row_id), {}).update(json.loads(left or "{}"))
        return before, after

    def _now(self, rows: Iterable[Row]) -> dict[Row, dict[str, str | None]]:
        """The rows as they are, without secrets."""
        found: dict[Row, dict[str, str | None]] = {}
        for table, ids in _by_table(rows).items():
            columns = [c.name for c in self._net.live.tables[table].columns.values() if not c.secret]
            shown = ", ".join(f"t.{quoted(name)}::text" for name in columns)
            statement = text(f"SELECT {shown} FROM {quoted(table)} t WHERE t.id = ANY(CAST(:ids AS uuid[]))")
            for row in self._net.ask(statement, {"ids": ids}):
                values = dict(zip(columns, row, strict=True))
                found[table, str(values["id"])] = values
        return found

    def _fields(
        self,
        row: Row,
        reason: str,
        before: Mapping[Row, dict[str, str | None]],
        after: Mapping[Row, dict[str, str | None]],
        now: Mapping[Row, dict[str, str | None]],
    ) -> tuple[tuple[str, str | None, str | None], ...]:
        """(column, as left, as it is now), as `Obstacle` says."""
        table, here = row[0], now.get(row, {})
        was, left = before.get(row, {}), after.get(row, {})
        if reason == CHANGED:
            aside = self._net.aside(table)
            differing = [k for k, value in left.items() if k in here and k not in aside and here[k] != value]
            return tuple((k, left[k], here[k]) for k in differing)
        if reason == PARENT:
            names = [r.column for r in self._net.live.of_child(table) if was.get(r.column)]
            return tuple((k, was[k], None) for k in names if not self._exists(table, k, was[k]))
        if reason == TAKEN:
            for key in self._net.live.tables[table].uniques:
                wanted = {k: was.get(k, here.get(k)) for k in key}
                if None not in wanted.values() and self._holder(table, wanted, row[1]):
                    return tuple((k, left.get(k), value) for k, value in wanted.items())
        return ()

    def _exists(self, table: str, column: str, value: str | None) -> bool:
        reference = next(r for r in self._net.live.of_child(table) if r.column == column)
        parent, key = quoted(reference.parent), quoted(reference.parent_column)
        statement = text(f"SELECT EXISTS (SELECT FROM {parent} WHERE {key}::text = :value)")
        return bool(self._net.ask(statement, {"value": value}).scalar_one())

    def _holder(self, table: str, wanted: Mapping[str, str | None], but: str) -> str | None:
        """The id of the other row that has these values."""
        same = " AND ".join(f"t.{quoted(k)} = CAST(:v{i} AS {self._type(table, k)})" for i, k in enumerate(wanted))
        values = {f"v{i}": value for i, value in enumerate(wanted.values())}
        statement = text(
            f"SELECT t.id::text FROM {quoted(table)} t WHERE {same} AND t.id <> CAST(:but AS uuid) LIMIT 1"
        )
        found: str | None = self._net.ask(statement, {**values, "but": but}).scalar()
        return found

    def _type(self, table: str, column: str) -> str:
        return self._net.live.tables[table].columns[column].type

    def _other(self, row: Row, reason: str, fields: tuple[tuple[str, str | None, str | None], ...]) -> Row | None:
        """The row whose change is in the way: mostly the row itself."""
        table, row_id = row
        if reason == TAKEN and fields:
            holder = self._holder(table, {k: now for k, _, now in fields}, row_id)
            return (table, holder) if holder else None
        if reason == PARENT and fields:
            column, parent_id, _ = fields[0]
            parent = next(r.parent for r in self._net.live.of_child(table) if r.column == column)
            return (parent, str(parent_id))
        if reason == USED:
            return self._hanging(table, row_id)
        return row

    def _hanging(self, table: str, row_id: str) -> Row | None:
        for reference in self._net.live.to_parent(table):
            if not reference.child:
                continue
            statement = text(
                f"SELECT h.id::text FROM {reference.child_sql} h"
                f" WHERE h.{quoted(reference.column)}::text = :id AND NOT EXISTS (SELECT FROM lms_desktop.changes c"
                f" WHERE c.operation = :seq AND c.row_id = h.id AND c.entity = {literal(reference.child)}) LIMIT 1"
            )
            if found := self._net.ask(statement, {"id": row_id}).scalar():
                return (reference.child, found)
        return None

    def _later(self, rows: Iterable[Row]) -> dict[Row, list[_Later]]:
        """What the log says of these rows since the operation, newest first."""
        asked = list(rows)
        parameters = {"tables": [table for table, _ in asked], "ids": [row_id for _, row_id in asked]}
        found: dict[Row, list[_Later]] = {}
        for table, row_id, action, after, hidden, who, when in self._net.ask(_LATER, parameters):
            found.setdefault((table, row_id), []).append(_Later(action, json.loads(after or "{}"), hidden, who, when))
        return found

    # What rows are called

    def _titles(
        self,
        rows: Iterable[Row],
        before: Mapping[Row, dict[str, str | None]],
        after: Mapping[Row, dict[str, str | None]],
    ) -> dict[Row, str]:
        found: dict[Row, str] = {}
        for table, ids in _by_table(rows).items():
            found |= {(table, row_id): title for row_id, title in self._live_titles(BY_TABLE[table], ids).items()}
            gone = [row_id for row_id in ids if (table, row_id) not in found]
            images = {row_id: {**after.get((table, row_id), {}), **before.get((table, row_id), {})} for row_id in gone}
            found |= {(table, row_id): title for row_id, title in self._past_titles(table, images).items()}
        return found

    def _live_titles(self, entity: Any, ids: list[str]) -> dict[str, str]:
        joins = Joins(self._catalog, entity, "UTC")
        title = joins.joined([joins.label(part) for part in self._catalog[entity].title])
        statement = joins.apply(select(cast(entity.id, Text), title).select_from(entity)).where(entity.id.in_(ids))
        return {row[0]: row[1] or "" for row in self._net.uow.execute(statement)}

    def _past_titles(self, table: str, images: Mapping[str, Mapping[str, str | None]]) -> dict[str, str]:
        """What rows were called that are gone: their own texts, and what they refer to as it is called now."""
        parts: dict[str, list[str]] = {row_id: [] for row_id in images}
        for path in self._catalog[BY_TABLE[table]].title:
            hops = hops_of(path)
            column, target = hops[0].property.columns[0].name, target_of(hops[0])
            values = {row_id: image.get(column) for row_id, image in images.items()}
            names = self._live_titles(target, [v for v in values.values() if v]) if target else {}
            for row_id, value in values.items():
                said = names.get(value or "", "") if target else value
                if said:
                    parts[row_id].append(said)
        return {row_id: SEPARATOR.join(said) for row_id, said in parts.items()}

    def _key(self, table: str, column: str) -> str:
        for attribute in BY_TABLE[table].__mapper__.column_attrs:  # type: ignore[attr-defined]
            if attribute.columns[0].name == column:
                return str(attribute.key)
        return column


def _whose(reason: str, later: list[_Later], now: list[tuple[str, str | None]]) -> tuple[str, str | None]:
    """Who brought it about and when: what the log's latest says, where it says what is there now."""
    for change in later:
        if reason == CHANGED:
            fits = any(key in change.after and change.after[key] == value for key, value in now)
            if fits or (not now and change.hidden):
                return change.who, change.when
            if any(key in change.after for key, _ in now):
                return "", None  # written over since, by a program that the log knows nothing of
        elif reason in {GONE, PARENT}:
            return (change.who, change.when) if change.action == "D" else ("", None)
        else:
            return change.who, change.when
    return "", None


def _by_table(rows: Iterable[Row]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table, row_id in rows:
        found.setdefault(table, []).append(row_id)
    return found
