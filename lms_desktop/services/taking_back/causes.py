"""What exactly stands in the way of rows that cannot come back or go: a statement for each kind, not for each row."""

from collections.abc import Mapping

from sqlalchemy import text

from lms_desktop.services.taking_back.guard import Row
from lms_desktop.services.taking_back.live import literal, quoted
from lms_desktop.services.taking_back.net import Net

Image = Mapping[str, str | None]


def missing(net: Net, rows: Mapping[Row, Image]) -> dict[Row, list[str]]:
    """Of each row (with its image) the columns that refer to what is not there."""
    found: dict[Row, list[str]] = {}
    for reference in net.live.references:
        images = {row: image[reference.column] for row, image in rows.items() if image.get(reference.column)}
        asked = {row: value for row, value in images.items() if row[0] == reference.child}
        if not asked:
            continue
        parent, key = net.live.tables[reference.parent], quoted(reference.parent_column)
        same = f"p.{key} = v.value::{parent.columns[reference.parent_column].type}"
        statement = text(
            "SELECT v.value FROM unnest(CAST(:of AS text[])) AS v(value)"
            f" WHERE NOT EXISTS (SELECT FROM {quoted(reference.parent)} p WHERE {same})"
        )
        gone = set(net.ask(statement, {"of": sorted({value for value in asked.values() if value})}).scalars())
        for row, value in asked.items():
            if value in gone:
                found.setdefault(row, []).append(reference.column)
    return found


def holders(net: Net, rows: Mapping[Row, Image]) -> dict[Row, tuple[tuple[str, ...], str]]:
    """Of each row (with its image) the columns of a unique key that another row has, and the id of that row."""
    found: dict[Row, tuple[tuple[str, ...], str]] = {}
    for table in {table for table, _ in rows}:
        live = net.live.tables[table]
        for key in live.uniques:
            wanted = {
                row_id: [str(image[k]) for k in key]
                for (name, row_id), image in rows.items()
                if name == table and all(image.get(k) is not None for k in key)
            }
            if not wanted:
                continue
            names = [f"v{i}" for i in range(len(key))]
            same = [f"t.{quoted(k)} = w.{v}::{live.columns[k].type}" for k, v in zip(key, names, strict=True)]
            lists = ", ".join(f"CAST(:{name} AS text[])" for name in names)
            statement = text(
                f"SELECT w.id::text, t.id::text FROM unnest(CAST(:of AS uuid[]), {lists})"
                f" AS w(id, {', '.join(names)}) JOIN {quoted(table)} t ON {' AND '.join(same)} WHERE t.id <> w.id"
            )
            values = {name: [given[i] for given in wanted.values()] for i, name in enumerate(names)}
            for row_id, holder in net.ask(statement, {"of": list(wanted), **values}):
                found.setdefault((table, row_id), (key, holder))
    return found


def hanging(net: Net, rows: Mapping[Row, object]) -> dict[Row, Row]:
    """Of each row one that hangs on it and that the operation had no part in."""
    found: dict[Row, Row] = {}
    for reference in net.live.references:
        ids = [row_id for table, row_id in rows if table == reference.parent]
        if not ids or not reference.child or reference.parent_column != "id":
            continue
        column = f"h.{quoted(reference.column)}"
        statement = text(
            f"SELECT DISTINCT ON ({column}) {column}::text, h.id::text FROM {reference.child_sql} h"
            f" WHERE {column} = ANY(CAST(:of AS uuid[])) AND NOT EXISTS (SELECT FROM lms_desktop.changes c"
            f" WHERE c.row_id = h.id AND c.operation = :seq AND c.entity = {literal(reference.child)})"
            f" ORDER BY {column}, h.id"
        )
        for row_id, child in net.ask(statement, {"of": ids}):
            found.setdefault((reference.parent, row_id), (reference.child, child))
    return found
