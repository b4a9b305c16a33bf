"""What stands in the way of taking an operation back, found in sets: one statement, whatever the number of rows."""

from collections.abc import Iterator

from sqlalchemy import text

from lms_desktop.services.taking_back.live import Reference, literal, quoted
from lms_desktop.services.taking_back.net import DELETE, INSERT, UPDATE, Net
from lms_desktop.services.taking_back.plan import CHANGED, GONE, PARENT, TAKEN, THERE, USED

Row = tuple[str, str]
"""(table, id)."""

_EXACT = ("uuid", "integer", "bigint", "smallint", "boolean", "timestamp with time zone", "date")
"""Types whose equality is that of their texts, and cheaper to ask; of any other type the texts are compared."""


def obstacles(net: Net) -> dict[Row, str]:
    """(table, id) → reason, causes before what depends on them.

    Rows that depend on a row that stands in the way stand in the way themselves; they are found by leaving out what is
    known and looking again, so that afterwards the net holds what is still possible.
    """
    found: dict[Row, str] = {}
    while parts := list(_questions(net)):
        new: dict[Row, str] = {}
        for table, row_id, reason in net.ask(text(" UNION ALL ".join(parts))):
            new.setdefault((table, row_id), reason)
        if not new:
            break
        found |= new
        net.leave_out(new)
    return found


def _questions(net: Net) -> Iterator[str]:
    """SELECTs of table, id, reason: each names the rows that are in the way for one reason."""
    for table in net.tables(INSERT):
        yield from _to_be_deleted(net, table)
    for table in net.tables(UPDATE):
        yield from _to_be_updated(net, table)
    for table in net.tables(DELETE):
        yield from _to_be_inserted(net, table)


def _select(table: str, reason: str, rest: str, *, distinct: bool = False) -> str:
    return f"SELECT{' DISTINCT' if distinct else ''} {literal(table)}::text, r.row_id::text, '{reason}' FROM {rest}"


def _to_be_deleted(net: Net, table: str) -> Iterator[str]:
    rows, live, columns = net.rows(table, INSERT), quoted(table), net.live.tables[table].columns
    yield _select(table, GONE, f"{rows} r LEFT JOIN {live} t ON t.id = r.row_id WHERE t.id IS NULL")
    compared = [k for k in net.keys[table, INSERT] if k not in net.aside(table)]
    if compared:
        differ = " OR ".join(
            f"t.{quoted(k)} IS DISTINCT FROM r.{quoted('v_' + k)}"
            if columns[k].type in _EXACT
            else f"t.{quoted(k)}::text IS DISTINCT FROM r.{quoted('v_' + k)}::text"
            for k in compared
        )
        yield _select(table, CHANGED, f"{rows} r JOIN {live} t ON t.id = r.row_id WHERE {differ}")
    if any(column.secret for column in columns.values()):
        yield _select(
            table,
            CHANGED,
            f"{rows} r WHERE EXISTS (SELECT FROM lms_desktop.changes c WHERE c.row_id = r.row_id AND c.n > r.n"
            f" AND c.entity = {literal(table)} AND c.hidden IS NOT NULL)",
        )
    for reference in net.live.to_parent(table):
        yield _hanging(net, table, reference)


def _hanging(net: Net, table: str, reference: Reference) -> str:
    """Rows on which others hang that are not taken away, or elsewhere, along with them."""
    child, column = reference.child, reference.column
    joined = f"t.id = r.row_id JOIN {reference.child_sql} h ON h.{quoted(column)} = t.{quoted(reference.parent_column)}"
    conditions = ["true"]
    if child and net.has(child, INSERT):
        conditions.append(f"NOT EXISTS (SELECT FROM {net.rows(child, INSERT)} i WHERE i.row_id = h.id)")
    if child and net.has(child, UPDATE) and column in net.keys[child, UPDATE]:
        conditions.append(
            f"NOT EXISTS (SELECT FROM {net.rows(child, UPDATE)} u WHERE u.row_id = h.id"
            f" AND (u.before->{literal(column)}) IS NOT NULL)"
        )
    rest = f"{net.rows(table, INSERT)} r JOIN {quoted(table)} t ON {joined} WHERE {' AND '.join(conditions)}"
    return _select(table, USED, rest, distinct=True)


def _to_be_updated(net: Net, table: str) -> Iterator[str]:
    rows, live = f"{net.rows(table, UPDATE)} r", quoted(table)
    keys = [k for k in net.keys[table, UPDATE] if k not in net.aside(table)]
    if not keys:
        return
    yield _select(table, GONE, f"{rows} LEFT JOIN {live} t ON t.id = r.row_id WHERE t.id IS NULL AND r.substance")
    differ = " OR ".join(
        f"((r.after->{literal(k)}) IS NOT NULL AND t.{quoted(k)}::text IS DISTINCT FROM (r.after->>{literal(k)}))"
        for k in keys
    )
    yield _select(table, CHANGED, f"{rows} JOIN {live} t ON t.id = r.row_id WHERE {differ}")
    for reference in net.live.of_child(table):
        if reference.column in keys:
            yield _orphans(net, table, reference, rows, _before(net, table, reference.column))
    for key in net.live.tables[table].uniques:
        if set(key) & set(keys):
            wanted = {c: f"l.{quoted(c)}" for c in key}
            for c in set(key) & set(keys):
                given = f"(r.before->{literal(c)}) IS NOT NULL"
                wanted[c] = f"CASE WHEN {given} THEN {_before(net, table, c)} ELSE {wanted[c]} END"
            some = " OR ".join(f"(r.before->{literal(c)}) IS NOT NULL" for c in key if c in keys)
            yield _taken(net, table, f"{rows} JOIN {live} l ON l.id = r.row_id", wanted, f"({some})")


def _before(net: Net, table: str, column: str) -> str:
    return f"(r.before->>{literal(column)})::{net.live.tables[table].columns[column].type}"


def _to_be_inserted(net: Net, table: str) -> Iterator[str]:
    rows, live, keys = f"{net.rows(table, DELETE)} r", quoted(table), net.keys[table, DELETE]
    yield _select(table, THERE, f"{rows} JOIN {live} t ON t.id = r.row_id")
    for reference in net.live.of_child(table):
        if reference.column in keys:
            yield _orphans(net, table, reference, rows, f"r.{quoted('v_' + reference.column)}")
    for key in net.live.tables[table].uniques:
        if set(key) <= set(keys):
            yield _taken(net, table, rows, {c: f"r.{quoted('v_' + c)}" for c in key}, "true")


def _orphans(net: Net, table: str, reference: Reference, rows: str, value: str) -> str:
    """Rows whose parent is not there and does not come back along with them."""
    parent, column = reference.parent, reference.parent_column
    conditions = [
        f"{value} IS NOT NULL",
        f"NOT EXISTS (SELECT FROM {quoted(parent)} p WHERE p.{quoted(column)} = {value})",
    ]
    if net.has(parent, DELETE) and column in net.keys[parent, DELETE]:
        back = f"SELECT FROM {net.rows(parent, DELETE)} b WHERE b.{quoted('v_' + column)} = {value}"
        conditions.append(f"NOT EXISTS ({back})")
    return _select(table, PARENT, f"{rows} WHERE {' AND '.join(conditions)}")


def _taken(net: Net, table: str, rows: str, wanted: dict[str, str], condition: str) -> str:
    """Rows whose unique values another row has, one that is not itself taken away or changed back."""
    same = " AND ".join(f"o.{quoted(c)} = {value}" for c, value in wanted.items())
    conditions = [condition, "o.id <> r.row_id"]
    if net.has(table, INSERT):
        conditions.append(f"NOT EXISTS (SELECT FROM {net.rows(table, INSERT)} i WHERE i.row_id = o.id)")
    moving = [c for c in wanted if c in net.keys[table, UPDATE]]
    if moving and net.has(table, UPDATE):
        some = " OR ".join(f"(u.before->{literal(c)}) IS NOT NULL" for c in moving)
        conditions.append(f"NOT EXISTS (SELECT FROM {net.rows(table, UPDATE)} u WHERE u.row_id = o.id AND ({some}))")
    rest = f"{rows} JOIN {quoted(table)} o ON {same} WHERE {' AND '.join(conditions)}"
    return _select(table, TAKEN, rest, distinct=True)
