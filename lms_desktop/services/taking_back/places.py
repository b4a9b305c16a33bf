"""Places in lists (lessons of a course, questions of a quiz), put back where the rows stood.

If a list is as the operation left it, the former order comes back exactly. Otherwise rows that come back are put where
they stood among what is there now. Either way the list is numbered 1..n: gaps and double numbers that another program
had left do not come back.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from lms_desktop.services.joins import BY_TABLE, target_of
from lms_desktop.services.taking_back.live import literal, quoted
from lms_desktop.services.taking_back.net import DELETE, INSERT, UPDATE, Net
from lms_desktop.spec import Place


@dataclass(frozen=True)
class Moved:
    """A row of the operation: the list it stood in and its number there, and those that the operation left it with.

    `former` is None for a row that the operation made, `left` for one that it deleted. Rows of the same number stand in
    the order in which they were `born`, then of their ids.
    """

    id: str
    former: tuple[str, int] | None
    left: tuple[str, int] | None
    born: Any = 0


@dataclass(frozen=True)
class Standing:
    """A row as it stands in a list now; `moved_since`: somebody has put it there after the operation. `then` is its
    number at that time if the operation did nothing to it, None where it was not in the list. `born` as of Moved."""

    id: str
    place: int
    moved_since: bool
    then: int | None = None
    born: Any = 0


@dataclass
class Lists:
    """The lists of one table that an operation changed: by parent its rows as they are now, in the order of readers."""

    table: str
    place: Place
    parents: list[str]
    moved: list[Moved] = field(default_factory=list)
    standing: dict[str, list[Standing]] = field(default_factory=dict)
    missing: bool = False
    """Whether rows are gone of which the operation changed nothing but the place."""

    @property
    def parent_table(self) -> str:
        """The table of the parents."""
        return str(target_of(self.place.parent).__tablename__)  # type: ignore[union-attr]

    @property
    def columns(self) -> tuple[str, str]:
        """The columns of parent and place."""
        return self.place.parent.property.columns[0].name, self.place.order.property.columns[0].name


def concerned(net: Net, table: str, place: Place) -> Lists | None:
    """Which parents' lists the operation changed, of those that neither come back nor go; None where there are none."""
    lists = Lists(table, place, [])
    selects = _rows(net, lists)
    if not selects:
        return None
    parent_table = lists.parent_table
    rows = f"({' UNION ALL '.join(selects)}) m"
    found = f"SELECT former FROM {rows} UNION SELECT standing FROM {rows}"
    conditions = [f"p.id IN ({found})"]
    if net.has(parent_table, INSERT):
        conditions.append(f"NOT EXISTS (SELECT FROM {net.rows(parent_table, INSERT)} i WHERE i.row_id = p.id)")
    statement = f"SELECT p.id::text FROM {quoted(parent_table)} p WHERE {' AND '.join(conditions)} ORDER BY 1"
    lists.parents = list(net.ask(text(statement)).scalars())
    return lists if lists.parents else None


def look(net: Net, lists: Lists, since: Any) -> None:
    """Read the lists as they are, once they are locked; `since` is the moment of the operation."""
    parent, order = (quoted(name) for name in lists.columns)
    asked = {"parents": lists.parents}
    moved = (
        f"SELECT * FROM ({' UNION ALL '.join(_rows(net, lists))}) m"
        " WHERE former = ANY(CAST(:parents AS uuid[])) OR standing = ANY(CAST(:parents AS uuid[]))"
    )
    for row_id, former, was, left, place, _, born in net.ask(text(moved), asked):
        lists.moved.append(
            Moved(
                str(row_id),
                None if was is None else (str(former), was),
                None if place is None else (str(left), place),
                born or 0,
            )
        )
    names, table = [literal(name) for name in lists.columns], literal(lists.table)
    # The first thing that happened to a row since the operation says where it stood then.
    first = (
        f"SELECT c.before->>{names[0]}, c.before->>{names[1]}, c.action FROM lms_desktop.changes c"
        f" WHERE c.row_id = t.id AND c.entity = {table} AND c.n > :last AND (c.action <> 'U'"
        f" OR (c.before->{{}}) IS NOT NULL) ORDER BY c.n LIMIT 1"
    )
    elsewhere = f"coalesce(p.parent <> t.{parent}::text, false)"
    came = f"(t.created_at > :since OR p.action IS NOT DISTINCT FROM 'I' OR {elsewhere})"
    touched = f"SELECT FROM lms_desktop.changes c WHERE c.row_id = t.id AND c.operation = :seq AND c.entity = {table}"
    statement = (
        f"SELECT t.{parent}::text, t.id::text, t.{order}, {came} OR coalesce(o.place <> t.{order}::text, false),"
        f" CASE WHEN NOT {came} AND NOT EXISTS ({touched}) THEN coalesce(o.place::integer, t.{order}) END,"
        " extract(epoch FROM t.created_at)"
        f" FROM {quoted(lists.table)} t"
        f" LEFT JOIN LATERAL ({first.format(names[0])}) p(parent, place, action) ON true"
        f" LEFT JOIN LATERAL ({first.format(names[1])}) o(parent, place, action) ON true"
        f" WHERE t.{parent} = ANY(CAST(:parents AS uuid[])) ORDER BY t.{order}, t.created_at, t.id"
    )
    if net.has(lists.table, UPDATE):
        gone = f"NOT EXISTS (SELECT FROM {quoted(lists.table)} t WHERE t.id = r.row_id)"
        lists.missing = net.ask(
            text(f"SELECT EXISTS (SELECT FROM {net.rows(lists.table, UPDATE)} r WHERE {gone})")
        ).scalar_one()
    last = net.ask(text("SELECT max(n) FROM lms_desktop.changes WHERE operation = :seq")).scalar_one()
    known = {**asked, "since": since, "last": last}
    for parent_id, row_id, number, since_then, then, born in net.ask(text(statement), known):
        row = Standing(row_id, number, bool(since_then), then, born or 0)
        lists.standing.setdefault(parent_id, []).append(row)


def orders(lists: Lists, *, whole: bool) -> dict[str, list[str]]:
    """Parent → ids in their new order, for lists that would not be numbered 1..n with their former numbers.

    `whole`: all that the operation did to these lists is taken back.
    """
    found = {}
    for parent in lists.parents:
        standing = lists.standing.get(parent, [])
        moved = [m for m in lists.moved if parent in {(m.former or (None,))[0], (m.left or (None,))[0]}]
        if not moved:
            continue
        if whole and not lists.missing and _as_left(parent, standing, moved):
            rows = _former_list(parent, standing, lists.moved)
            if [number for number, _, _ in rows] != list(range(1, len(rows) + 1)):
                found[parent] = [row_id for _, _, row_id in rows]
        else:
            found[parent] = _merged_list(parent, standing, lists.moved)
    return found


def renumber(net: Net, lists: Lists, wanted: Mapping[str, Sequence[str]]) -> None:
    """Give the rows of these lists the places 1..n in this order."""
    _, order = (quoted(name) for name in lists.columns)
    ids = [row_id for rows in wanted.values() for row_id in rows]
    places = [place for rows in wanted.values() for place, _ in enumerate(rows, 1)]
    moment = ", updated_at = now()" if "updated_at" in net.live.tables[lists.table].columns else ""
    statement = (
        f"UPDATE {quoted(lists.table)} t SET {order} = v.place{moment}"
        " FROM unnest(CAST(:ids AS uuid[]), CAST(:places AS integer[])) AS v(id, place)"
        f" WHERE t.id = v.id AND t.{order} <> v.place RETURNING t.id::text"
    )
    if ids:
        changed = net.ask(text(statement), {"ids": ids, "places": places}).scalars()
        net.uow.touch(BY_TABLE[lists.table], changed, "update")


def merged(
    current: Sequence[str],
    leaving: Collection[str],
    former: Mapping[str, int],
    left: Mapping[str, int],
    others: Mapping[str, int] | None = None,
) -> list[str]:
    """A list as it is (`current`), with the operation's changes taken back and everybody else's kept.

    `former` are the numbers that rows had before the operation: of rows of the list, whose numbers after it are in
    `left`, and of rows that come back to it; `others` those of rows that it did not touch. Where the operation changed
    the order of rows, they change it back among themselves. A row that comes back stands before the row that it stood
    before, or behind the one it stood behind: where somebody has parted these two, the nearer one counts.
    """
    base = [row for row in current if row not in leaving]
    there = set(base)
    stayed = [row for row in base if row in former and row in left]
    was = sorted(stayed, key=lambda row: former[row])
    if was != sorted(stayed, key=lambda row: left[row]):
        again = iter(was)
        known = set(stayed)
        base = [next(again) if row in known else row for row in base]
    numbers = {**(others or {}), **former}
    for row in sorted((row for row in former if row not in there), key=lambda row: former[row]):
        base.insert(_place_of(row, base, numbers), row)
    return base


def _place_of(row: str, base: Sequence[str], numbers: Mapping[str, int]) -> int:
    """The index at which a row comes back to a list."""
    mine = numbers[row]
    known = [(numbers[other], place) for place, other in enumerate(base) if other in numbers]
    before = max(((number, place + 1) for number, place in known if number < mine), default=None)
    behind = min(((number, place) for number, place in known if number > mine), default=None)
    if before is None or behind is None:
        found = before or behind
        return min(max(mine - 1, 0), len(base)) if found is None else found[1]
    return before[1] if before[1] > behind[1] and mine - before[0] < behind[0] - mine else behind[1]


def _rows(net: Net, lists: Lists) -> list[str]:
    """SELECTs of row_id, former list and number, list and number as left, list where it stands now, and its age."""
    parent, order = lists.columns
    since = "extract(epoch FROM t.created_at) AS born"
    table, live = lists.table, quoted(lists.table)
    found = []
    if net.has(table, DELETE) and {parent, order} <= set(net.keys[table, DELETE]):
        values = f"r.{quoted('v_' + parent)} AS former, r.{quoted('v_' + order)} AS was"
        nothing = "NULL::uuid AS left_in, NULL::integer AS place, NULL::uuid AS standing"
        born = "r.v_created_at" if "created_at" in net.keys[table, DELETE] else "NULL::timestamptz"
        born = f"extract(epoch FROM {born}) AS born"
        found.append(f"SELECT r.row_id, {values}, {nothing}, {born} FROM {net.rows(table, DELETE)} r")
    if net.has(table, INSERT) and {parent, order} <= set(net.keys[table, INSERT]):
        values = f"r.{quoted('v_' + parent)}, r.{quoted('v_' + order)}, t.{quoted(parent)} AS standing, {since}"
        joined = f"{net.rows(table, INSERT)} r JOIN {live} t ON t.id = r.row_id"
        found.append(f"SELECT r.row_id, NULL::uuid AS former, NULL::integer AS was, {values} FROM {joined}")
    if net.has(table, UPDATE) and {parent, order} & set(net.keys[table, UPDATE]):
        before, after = (
            f"coalesce((r.{image}->>{literal(parent)})::uuid, t.{quoted(parent)}) AS {name},"
            f" coalesce((r.{image}->>{literal(order)})::integer, t.{quoted(order)}) AS {number}"
            for image, name, number in (("before", "former", "was"), ("after", "left_in", "place"))
        )
        some = " OR ".join(f"(r.before->{literal(name)}) IS NOT NULL" for name in (parent, order))
        joined = f"{net.rows(table, UPDATE)} r JOIN {live} t ON t.id = r.row_id"
        shown = f"{before}, {after}, t.{quoted(parent)} AS standing, {since}"
        found.append(f"SELECT r.row_id, {shown} FROM {joined} WHERE {some}")
    return found


def _as_left(parent: str, standing: Sequence[Standing], moved: Sequence[Moved]) -> bool:
    here = {row.id: row.place for row in standing}
    known = {m.id for m in moved}
    if any(row.moved_since for row in standing if row.id not in known):
        return False
    return all(here.get(m.id) == m.left[1] for m in moved if m.left is not None and m.left[0] == parent)


def _former_list(parent: str, standing: Sequence[Standing], moved: Sequence[Moved]) -> list[tuple[int, Any, str]]:
    """A list that is as the operation left it, as it was before: number, age and id of each row, in order."""
    known = {m.id: m for m in moved}
    rows = [(row.place, row.born, row.id) for row in standing if row.id not in known]
    rows += [(m.former[1], m.born, m.id) for m in moved if m.former is not None and m.former[0] == parent]
    return sorted(rows)


def _merged_list(parent: str, standing: Sequence[Standing], moved: Sequence[Moved]) -> list[str]:
    current = [row.id for row in standing]
    here = set(current)
    leaving = {m.id for m in moved if m.id in here and (m.former is None or m.former[0] != parent)}
    former = [(m.former[1], m.born, m.id) for m in moved if m.former is not None and m.former[0] == parent]
    left = [(m.left[1], m.born, m.id) for m in moved if m.id in here and m.left is not None and m.left[0] == parent]
    known = {m.id for m in moved}
    others = [(row.then, row.born, row.id) for row in standing if row.then is not None and row.id not in known]
    numbers = _apart([*former, *others])
    return merged(
        current,
        leaving,
        {row_id: numbers[row_id] for _, _, row_id in former},
        _apart(left),
        {row_id: numbers[row_id] for _, _, row_id in others},
    )


def _apart(rows: Sequence[tuple[int, Any, str]]) -> dict[str, int]:
    """Row → its number; of those that share one, the later ones get the next."""
    found: dict[str, int] = {}
    last: int | None = None
    for number, _, row_id in sorted(rows):
        last = number if last is None else max(number, last + 1)
        found[row_id] = last
    return found
