"""Locking what is taken back, and writing it: a few statements for each table, whatever the number of rows."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from sqlalchemy import text

from lms_desktop.errors import Busy, words
from lms_desktop.errors.kinds import N_
from lms_desktop.errors.sentences import Sentence
from lms_desktop.services.edits import BOOKKEEPING
from lms_desktop.services.passwords import UNUSABLE
from lms_desktop.services.taking_back.live import Column, literal, quoted
from lms_desktop.services.taking_back.net import DELETE, INSERT, UPDATE, Net
from lms_desktop.services.taking_back.plan import Tell

_TEXTS = ("character varying", "text")

CHUNK = 20_000
"""Rows that one statement writes at most: between two of them progress is told and the person is heard."""

_MOVED = Busy(N_("Somebody else is changing the same rows. Nothing was changed."), way_out=N_("Try again in a moment."))


def lock(net: Net, lists: dict[str, list[str]]) -> None:
    """Lock all rows concerned in the one order that all writers keep: parents before children, by id in each table.

    `lists`: table → ids of rows whose lists of children get other places.
    """
    for table in net.live.parents_first():
        live = net.live.tables[table]
        if net.has(table, INSERT):
            _lock(net, table, f"SELECT row_id FROM {net.rows(table, INSERT)} r", "UPDATE")
        changed = []
        if net.has(table, UPDATE):
            changed.append(f"SELECT row_id FROM {net.rows(table, UPDATE)} r")
        if lists.get(table):
            changed.append("SELECT unnest(CAST(:lists AS uuid[]))")
        if changed:
            _lock(net, table, " UNION ALL ".join(changed), "NO KEY UPDATE", {"lists": lists.get(table, [])})
        if live.lockable and (parents := list(_referred_to(net, table))):
            _lock(net, table, " UNION ".join(parents), "KEY SHARE")


def _referred_to(net: Net, table: str) -> Iterator[str]:
    """The rows to which those refer that come back."""
    for reference in net.live.to_parent(table):
        child, column = reference.child, reference.column
        if reference.parent_column != "id" or not child:
            continue
        if net.has(child, DELETE) and column in net.keys[child, DELETE]:
            yield f"SELECT {quoted('v_' + column)} FROM {net.rows(child, DELETE)} r"
        if net.has(child, UPDATE) and column in net.keys[child, UPDATE]:
            yield f"SELECT (before->>{literal(column)})::uuid FROM {net.rows(child, UPDATE)} r"


def _lock(net: Net, table: str, ids: str, strength: str, more: dict[str, Any] | None = None) -> None:
    locked = f"SELECT t.id FROM {quoted(table)} t WHERE t.id IN ({ids}) ORDER BY t.id FOR {strength} OF t"
    net.ask(text(f"SELECT count(*) FROM ({locked}) s"), more)


Step = tuple[str, str]
"""What the operation did, and the table: undoing that is one step."""


def in_order(net: Net) -> list[Step]:
    """The steps in an order in which no reference hangs in the air and, where that leaves a choice, no unique value is
    there twice."""
    steps = [(kind, table) for kind in (INSERT, UPDATE, DELETE) for table in net.tables(kind)]
    needed: set[tuple[Step, Step]] = set()
    for reference in net.live.references:
        child, parent = reference.child, reference.parent
        needed |= {((INSERT, child), (INSERT, parent)), ((DELETE, parent), (DELETE, child))}
        if reference.column in net.keys.get((child, UPDATE), ()):
            needed |= {((UPDATE, child), (INSERT, parent)), ((DELETE, parent), (UPDATE, child))}
    better = {
        ((a, t), (b, t)) for t in net.live.tables for a, b in ((INSERT, UPDATE), (INSERT, DELETE), (UPDATE, DELETE))
    }
    order: list[Step] = []
    while left := [step for step in steps if step not in order]:
        free = [s for s in left if not any((other, s) in needed for other in left if other != s)] or left
        best = [s for s in free if not any((other, s) in better for other in left)] or free
        order.append(best[0])
    return order


class Writer:
    """Writes the inverse of net changes that nothing stands in the way of."""

    def __init__(self, net: Net, tell: Tell | None) -> None:
        self._net = net
        self._tell = tell
        self._all = sum(net.counts.values()) or 1
        self._done = 0
        self._trading = {table for table in net.tables(UPDATE) if self._traded(table)}

    def write(self) -> None:
        """Take rows away, put rows back, change rows back."""
        steps = {INSERT: self._delete, UPDATE: self._update, DELETE: self._insert}
        for kind, table in in_order(self._net):
            steps[kind](table)

    def _traded(self, table: str) -> tuple[str, ...]:
        """The unique texts of a table that its changed rows have taken from one another."""
        net = self._net
        columns = net.live.tables[table].columns
        keys = [key[0] for key in net.live.tables[table].uniques if len(key) == 1]
        return tuple(
            k for k in keys if k in net.keys[table, UPDATE] and columns[k].type in _TEXTS and self._meet(table, k)
        )

    def _meet(self, table: str, key: str) -> bool:
        rows, name, image = self._net.rows(table, UPDATE), quoted(key), literal(key)
        one = f"SELECT r.row_id, r.before->>{image} AS wanted, t.{name}::text AS has FROM {rows} r"
        both = f"{one} JOIN {quoted(table)} t ON t.id = r.row_id WHERE (r.before->{image}) IS NOT NULL"
        meeting = (
            f"WITH s AS ({both}) SELECT EXISTS (SELECT FROM s a JOIN s b ON a.wanted = b.has AND a.row_id <> b.row_id)"
        )
        return bool(self._net.ask(text(meeting)).scalar_one())

    # Writing

    def _park(self, table: str) -> None:
        """Give each row its id for a moment, so that one can take what another still has."""
        for key in self._traded(table):
            rows, name, image = self._net.rows(table, UPDATE), quoted(key), literal(key)
            statement = f"UPDATE {quoted(table)} t SET {name} = t.id::text FROM {rows} r"
            self._net.ask(text(f"{statement} WHERE t.id = r.row_id AND (r.before->{image}) IS NOT NULL"))

    def _delete(self, table: str) -> None:
        def statement(rows: str) -> str:
            return f"DELETE FROM {quoted(table)} t USING {rows} r WHERE t.id = r.row_id"

        self._in_chunks(table, INSERT, statement, N_("Taking {things} away: {done} of {count}"))

    def _insert(self, table: str) -> None:
        net, columns = self._net, self._net.live.tables[table].columns
        values = {quoted(k): f"r.{quoted('v_' + k)}" for k in net.keys[table, DELETE]}
        more: dict[str, Any] = {}
        for column in _never_logged(columns.values()):
            values[quoted(column.name)] = f"CAST(:unusable AS text)::{column.type}"
            more["unusable"] = UNUSABLE
        names, shown = ", ".join(values), ", ".join(values.values())

        def statement(rows: str) -> str:
            return (
                f"INSERT INTO {quoted(table)} ({names}) OVERRIDING SYSTEM VALUE"
                f" SELECT {shown} FROM {rows} r ORDER BY r.n"
            )

        self._in_chunks(table, DELETE, statement, N_("Putting {things} back: {done} of {count}"), more)

    def _update(self, table: str) -> None:
        net, columns = self._net, self._net.live.tables[table].columns
        sets = []
        for key in net.keys[table, UPDATE]:
            name, image = quoted(key), literal(key)
            kept = f"t.{name}"
            was = f"(r.before->>{image})::{columns[key].type}"
            if key in BOOKKEEPING:
                # Where somebody has moved it on, it tells of this change as it would of any other.
                moved = "now()" if key == "updated_at" else kept
                was = f"CASE WHEN {kept}::text IS NOT DISTINCT FROM (r.after->>{image}) THEN {was} ELSE {moved} END"
            sets.append(f"{name} = CASE WHEN (r.before->{image}) IS NULL THEN {kept} ELSE {was} END")

        def statement(rows: str) -> str:
            return f"UPDATE {quoted(table)} t SET {', '.join(sets)} FROM {rows} r WHERE t.id = r.row_id"

        if table in self._trading:
            self._park(table)
        # Rows of which only the place is changed back may be gone: what is left of a list gets its order back.
        self._in_chunks(table, UPDATE, statement, N_("Changing {things} back: {done} of {count}"), whole=False)

    def _in_chunks(
        self,
        table: str,
        kind: str,
        statement: Any,
        sentence: str,
        more: dict[str, Any] | None = None,
        *,
        whole: bool = True,
    ) -> None:
        net, count = self._net, self._net.counts[table, kind]
        own = any(r.child == table for r in net.live.to_parent(table))  # rows may refer to one another: all at once
        written = 0
        for rows in [net.rows(table, kind)] if count <= CHUNK or own else self._chunks(table, kind):
            self._say(_counted(sentence, table, min(written, count), count))
            written += int(getattr(net.ask(text(statement(rows)), more), "rowcount", 0))
            self._done += min(CHUNK, count)
        if whole and written != count:
            raise _MOVED
        self._say(_counted(sentence, table, count, count))

    def _chunks(self, table: str, kind: str) -> list[str]:
        rows = self._net.rows(table, kind)
        numbered = f"SELECT n, row_number() OVER (ORDER BY n) AS place FROM {rows} r"
        ends = self._net.ask(text(f"SELECT n FROM ({numbered}) s WHERE place % {CHUNK} = 0 ORDER BY n")).scalars().all()
        bounds = [-1, *ends, 2**63 - 1]
        return [f"(SELECT * FROM {rows} s WHERE s.n > {low} AND s.n <= {high})" for low, high in pairwise(bounds)]

    def _say(self, sentence: str) -> None:
        if self._tell:
            self._tell(min(self._done / self._all, 1.0), sentence)


def _counted(template: str, table: str, done: int, count: int) -> Sentence:
    return Sentence(template, ("things",), things=words.many(table), done=done, count=count)


def _never_logged(columns: Iterable[Column]) -> list[Column]:
    """Secret columns that need a value: the log has none of theirs."""
    return [c for c in columns if c.secret and c.not_null and not c.made and not c.generated]
