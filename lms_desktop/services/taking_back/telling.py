"""The words about what is in the way: what a row is called, which fields differ, whose change it was."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, cast, select, text

from lms_desktop.services.joins import BY_TABLE, SEPARATOR, Joins, hops_of, target_of
from lms_desktop.services.taking_back import causes
from lms_desktop.services.taking_back.guard import Row
from lms_desktop.services.taking_back.live import quoted
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


Images = dict[Row, dict[str, str | None]]
"""Row → its columns as texts."""


@dataclass(frozen=True)
class _Cause:
    fields: tuple[tuple[str, str | None, str | None], ...]
    row: Row


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
        found_causes = self._causes(rows, before, after, now)
        later = self._later({cause.row for cause in found_causes.values()})
        told = []
        for row, reason in rows.items():
            cause = found_causes[row]
            who, when = _whose(reason, later.get(cause.row, []), [(k, c) for k, _, c in cause.fields])
            keyed = tuple((self._key(row[0], name), left, is_now) for name, left, is_now in cause.fields)
            told.append(Obstacle(BY_TABLE[row[0]], row[1], titles.get(row, ""), reason, keyed, who, when))
        return tuple(told)

    def _images(self, rows: Iterable[Row]) -> tuple[Images, Images]:
        before: Images = {}
        after: Images = {}
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

    def _now(self, rows: Iterable[Row]) -> Images:
        """The rows as they are, without secrets."""
        found: Images = {}
        for table, ids in _by_table(rows).items():
            columns = [c.name for c in self._net.live.tables[table].columns.values() if not c.secret]
            shown = ", ".join(f"t.{quoted(name)}::text" for name in columns)
            statement = text(f"SELECT {shown} FROM {quoted(table)} t WHERE t.id = ANY(CAST(:ids AS uuid[]))")
            for row in self._net.ask(statement, {"ids": ids}):
                values = dict(zip(columns, row, strict=True))
                found[table, str(values["id"])] = values
        return found

    def _causes(self, rows: Mapping[Row, str], before: Images, after: Images, now: Images) -> dict[Row, _Cause]:
        """Of each row the fields that `Obstacle` tells, by column, and the row whose change is in the way."""
        of = {
            reason: {row: {**now.get(row, {}), **before.get(row, {})} for row, found in rows.items() if found == reason}
            for reason in (PARENT, TAKEN, USED)
        }
        gone, taken, used = (
            causes.missing(self._net, of[PARENT]),
            causes.holders(self._net, of[TAKEN]),
            causes.hanging(self._net, of[USED]),
        )
        parents = {(r.child, r.column): r.parent for r in self._net.live.references}
        found: dict[Row, _Cause] = {}
        for row, reason in rows.items():
            left = after.get(row, {})
            if reason == CHANGED:
                here, aside = now.get(row, {}), self._net.aside(row[0])
                differing = [k for k, value in left.items() if k in here and k not in aside and here[k] != value]
                found[row] = _Cause(tuple((k, left[k], here[k]) for k in differing), row)
            elif row in gone:
                image = of[PARENT][row]
                first = parents[row[0], gone[row][0]], str(image[gone[row][0]])
                found[row] = _Cause(tuple((k, image[k], None) for k in gone[row]), first)
            elif row in taken:
                key, holder = taken[row]
                found[row] = _Cause(tuple((k, left.get(k), of[TAKEN][row][k]) for k in key), (row[0], holder))
            else:
                found[row] = _Cause((), used.get(row, row))
        return found

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
        before: Images,
        after: Images,
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
