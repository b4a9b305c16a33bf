"""Anchors by hops along an index: each a look into it, and the exact count with them.

All of it is one statement, of one of the server's processors: it goes on while the screen is painted, when no thread of
ours would get at the interpreter between two statements.
"""

from sqlalchemy import text

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.frozen import frozen
from lms_desktop.services.positions import Anchors


@frozen
class Own:
    """An order by the id, or by one column of the table itself: `column` is None, or quoted."""

    table: str
    column: str | None
    descending: bool

    @property
    def keys(self) -> list[str]:
        """The columns that it is by."""
        return [*([self.column] if self.column else []), "id"]


def hop(uow: UnitOfWork, own: Own, step: int) -> Anchors:
    """Anchors a step from each other."""
    columns, way = own.keys, "DESC" if own.descending else "ASC"
    names = [f"k{i}" for i in range(len(columns))]
    taken = ", ".join(f"t.{column} AS {name}" for column, name in zip(columns, names, strict=True))
    order = ", ".join(f"t.{column} {way}" for column in columns)
    here, there = ", ".join(f"t.{column}" for column in columns), ", ".join(f"hop.{name}" for name in names)
    beyond = f"({here}) {'<' if own.descending else '>'}"
    shown = ", ".join(f"CAST({name} AS text)" for name in names)
    statement = (
        f"WITH RECURSIVE hop AS ((SELECT CAST(1 AS bigint) AS n, {taken} FROM {own.table} t ORDER BY {order}"
        f" OFFSET :skip LIMIT 1) UNION ALL SELECT hop.n + 1, {', '.join(f'x.{name}' for name in names)} FROM hop"
        f" CROSS JOIN LATERAL (SELECT {taken} FROM {own.table} t WHERE {beyond} ({there}) ORDER BY {order}"
        " OFFSET :skip LIMIT 1) x)"
        f" SELECT n, {shown} FROM hop UNION ALL SELECT (SELECT count(*) FROM {own.table} t WHERE {beyond}"
        f" (SELECT {there} FROM hop ORDER BY n DESC LIMIT 1)), {', '.join('NULL' for _ in names)}"
    )
    *hops, (rest, *_) = uow.execute(text(statement), {"skip": step - 1}).all()
    if not hops:
        rest = uow.execute(text(f"SELECT count(*) FROM {own.table}")).scalar_one()
    places = [row[0] * step for row in hops]
    return Anchors(places, [tuple(row[1:]) for row in hops], len(hops) * step + int(rest))
