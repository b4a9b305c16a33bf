"""What a delete really changed, looked at from outside: all tables before and after, row by row."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from psycopg2.extensions import cursor as Cursor

from lms_desktop.entities import ENTITIES
from lms_desktop.services.impact import DELETED, EMPTIED, MOVED, RESET, Impact

Row = dict[str, str | None]
Tables = dict[str, dict[str, Row]]

TABLES = tuple(entity.__tablename__ for entity in ENTITIES)


def all_rows(cursor: Cursor, tables: tuple[str, ...] = TABLES) -> Tables:
    """Table → where a row stood at first or its id → column → PostgreSQL's text of it."""
    found: Tables = {}
    for table in tables:
        cursor.execute("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0", (table,))
        columns = [name for (name,) in cursor.fetchall()]
        key = "id" if "id" in columns else columns[0]
        texts = ", ".join(f'"{column}"::text' for column in columns)
        cursor.execute(f"SELECT {texts} FROM {table} ORDER BY 1")
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        found[table] = {str(row[key]): row for row in rows}
        assert len(found[table]) == len(rows), f"the rows of {table} cannot be told apart"
    return found


@dataclass
class Changed:
    """What is other than before.

    Attributes:
        deleted: table → rows that are gone.
        emptied: table → rows that lost a value; `columns`: (table, column) → how many lost that one.
        moved: table → rows whose `order` is another.
        reset: table → rows that have another reference.
    """

    deleted: dict[str, int]
    emptied: dict[str, int]
    columns: dict[tuple[str, str], int]
    moved: dict[str, int]
    reset: dict[str, int]


def changed(before: Tables, after: Tables) -> Changed:
    """Compare; fails where rows came, or where something changed that no delete changes."""
    found = Changed({}, {}, {}, {}, {})
    for table, rows in before.items():
        assert set(after[table]) <= set(rows), "a delete adds nothing"
        found.deleted[table] = len(rows) - len(after[table])
        lost: Counter[str] = Counter()
        kinds: Counter[str] = Counter()
        for key, now in after[table].items():
            others = {column for column in now if now[column] != rows[key][column]}
            emptied = {column for column in others if now[column] is None}
            lost.update(emptied)
            kinds["emptied"] += bool(emptied)
            kinds["moved"] += "order" in others
            kinds["reset"] += bool(others - emptied - {"order", "updated_at"})
        found.columns |= {(table, column): number for column, number in lost.items()}
        found.emptied[table], found.moved[table], found.reset[table] = (
            kinds["emptied"],
            kinds["moved"],
            kinds["reset"],
        )
    for name in ("deleted", "emptied", "moved", "reset"):
        setattr(found, name, {table: number for table, number in getattr(found, name).items() if number})
    return found


def foretold(impact: Impact) -> Changed:
    """What the figures say, in the same shape."""
    entity: Any = impact.entity
    deleted = Counter({entity.__tablename__: len(set(impact.ids))})
    for effect in impact.of(DELETED):
        deleted[effect.table] += effect.count
    return Changed(
        dict(deleted),
        {effect.table: effect.count for effect in impact.of(EMPTIED)},
        {
            (effect.table, column): number
            for effect in impact.of(EMPTIED)
            for column, number in zip(effect.columns, effect.each, strict=True)
        },
        {effect.table: effect.count for effect in impact.of(MOVED)},
        {effect.table: effect.count for effect in impact.of(RESET)},
    )
