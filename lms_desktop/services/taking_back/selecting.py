"""Of an operation just some rows, and what went or came with them."""

from typing import Any

from sqlalchemy import text

from lms_desktop.services.taking_back.live import literal, quoted
from lms_desktop.services.taking_back.net import DELETE, INSERT, UPDATE, Net
from lms_desktop.services.taking_back.plan import Only
from lms_desktop.spec import Place


def with_what_went_along(net: Net, places: dict[str, Place], only: Only) -> dict[str, list[str]]:
    """Table → ids: the rows asked for, those that hung on them, and whose places moved for them."""
    entity: Any = only[0]
    table = entity.__tablename__
    found: dict[str, set[str]] = {table: _those(net, table, set(only[1]))}
    new = {table: set(found[table])}
    while new:
        new, former = {}, new
        for parent, ids in former.items():
            for reference in net.live.to_parent(parent):
                child = reference.child
                if child not in net.live.tables or reference.parent_column != "id":
                    continue
                more = _hung(net, child, reference.column, ids) - found.get(child, set())
                if more:
                    found.setdefault(child, set()).update(more)
                    new.setdefault(child, set()).update(more)
    for name, place in places.items():
        if name in found:
            found[name] |= _moved_for(net, name, place, found[name])
    net.keep_only({name: sorted(ids) for name, ids in found.items()})
    for name in net.tables(UPDATE):
        # They lost something else in the same operation, and come back along with that.
        found[name] -= _orphans(net, name) - (set(only[1]) if name == table else set())
    return {name: sorted(ids) for name, ids in found.items()}


def _those(net: Net, table: str, ids: set[str]) -> set[str]:
    parts = [
        f"SELECT row_id::text FROM {net.rows(table, kind)} r WHERE row_id = ANY(CAST(:ids AS uuid[]))"
        for kind in (INSERT, UPDATE, DELETE)
        if net.has(table, kind)
    ]
    return set(net.ask(text(" UNION ".join(parts)), {"ids": sorted(ids)}).scalars()) if parts else set()


def _hung(net: Net, table: str, column: str, ids: set[str]) -> set[str]:
    """Rows that referred to one of these before, or do since."""
    value = quoted("v_" + column)
    parts = [
        f"SELECT row_id::text FROM {net.rows(table, kind)} r WHERE {value} = ANY(CAST(:ids AS uuid[]))"
        for kind in (INSERT, DELETE)
        if net.has(table, kind) and column in net.keys[table, kind]
    ]
    if net.has(table, UPDATE) and column in net.keys[table, UPDATE]:
        key = literal(column)
        parts.append(
            f"SELECT row_id::text FROM {net.rows(table, UPDATE)} r WHERE before->>{key} = ANY(CAST(:ids AS text[]))"
            f" OR after->>{key} = ANY(CAST(:ids AS text[]))"
        )
    return set(net.ask(text(" UNION ".join(parts)), {"ids": sorted(ids)}).scalars()) if parts else set()


def _orphans(net: Net, table: str) -> set[str]:
    """Rows that would refer again to what is gone and does not come back."""
    parts = []
    for reference in net.live.of_child(table):
        parent, key = reference.parent, quoted(reference.parent_column)
        if reference.column not in net.keys[table, UPDATE]:
            continue
        value = f"(r.before->>{literal(reference.column)})"
        gone = f"{value} IS NOT NULL AND NOT EXISTS (SELECT FROM {quoted(parent)} p WHERE p.{key}::text = {value})"
        if net.has(parent, DELETE):
            gone += f" AND NOT EXISTS (SELECT FROM {net.rows(parent, DELETE)} b WHERE b.row_id::text = {value})"
        parts.append(f"SELECT r.row_id::text FROM {net.rows(table, UPDATE)} r WHERE {gone}")
    return set(net.ask(text(" UNION ".join(parts))).scalars()) if parts else set()


def _moved_for(net: Net, table: str, place: Place, ids: set[str]) -> set[str]:
    """Rows of which nothing but the place changed, in the lists in which these stood or stand."""
    if not net.has(table, UPDATE):
        return set()
    parent = place.parent.property.columns[0].name
    lists = [
        f"SELECT {quoted('v_' + parent)} FROM {net.rows(table, kind)} p WHERE row_id = ANY(CAST(:ids AS uuid[]))"
        for kind in (INSERT, DELETE)
        if net.has(table, kind) and parent in net.keys[table, kind]
    ]
    lists.append(f"SELECT {quoted(parent)} FROM {quoted(table)} WHERE id = ANY(CAST(:ids AS uuid[]))")
    statement = (
        f"SELECT r.row_id::text FROM {net.rows(table, UPDATE)} r JOIN {quoted(table)} t ON t.id = r.row_id"
        f" WHERE NOT r.substance AND t.{quoted(parent)} IN ({' UNION '.join(lists)})"
    )
    return set(net.ask(text(statement), {"ids": sorted(ids)}).scalars())
