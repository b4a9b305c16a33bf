"""A second program at the table that is paged through: it inserts, deletes and changes what the order is by."""

from collections.abc import Callable
from random import Random
from typing import Any

import psycopg2
from sqlalchemy import URL

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Database, UnitOfWork
from lms_desktop.models.desk import as_worker
from lms_desktop.services import gate, plans
from lms_desktop.services.pages import Page, Pages, Want
from lms_desktop.services.positions import Key, Positions
from lms_desktop.spec import Query
from tests.small_school import SYSTEM

MOST = 90
LEAST = 20

LOOSEN = """
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT conrelid::regclass AS t, conname FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype IN ('f', 'u')
        LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.t, one.conname); END LOOP;
    FOR one IN SELECT indexrelid::regclass AS i FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        WHERE c.relnamespace = 'public'::regnamespace AND indisunique AND NOT indisprimary
        AND indexrelid::regclass::text <> 'ix_users_email' LOOP EXECUTE format('DROP INDEX %s', one.i); END LOOP;
    CREATE SCHEMA kept;
    FOR one IN SELECT relname AS t FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        LOOP EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', one.t, one.t); END LOOP;
END $$
"""
"""So that any row can be copied, and deleted without those that refer to it; and so that all can be put back."""

Rows = dict[str, Key]
"""Row id → its key, in the order of a query."""


class Writer:
    """A second program at one query's table.

    Attributes:
        seen: what the table was after each change, and at the beginning.
    """

    def __init__(self, school: Database, url: URL, query: Query, seed: int) -> None:
        self._school, self._query, self._random = school, query, Random(seed)
        self._pages = Pages(CATALOG)
        self._table: str = query.entity.__tablename__  # type: ignore[attr-defined]
        self._connection = psycopg2.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
        self._connection.autocommit = True
        plan = plans.Plan(CATALOG, SYSTEM, query, ())
        paths = [ordering.path for ordering in plan.orderings if ordering.path]
        ends = {(path[at].class_.__tablename__, path[at].key) for path in paths for at in (0, -1)}
        self._columns = sorted((table, name) for table, name in ends if name != "id")
        tables = self._ask("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'kept'")
        filled = [f"INSERT INTO {table} SELECT * FROM kept.{table}" for table in tables]
        self._do("; ".join([*(f"DELETE FROM {table}" for table in tables), *filled]))
        self.seen = [self.rows()]

    def write(self, kind: int, number: int) -> None:
        """Insert (1) or delete (2) some rows, change what the order is by (3), or nothing."""
        there = len(self.seen[-1])
        if kind == 1 and there < MOST:
            self._insert(number)
        elif kind == 2 and there > LEAST:
            self._do(f"DELETE FROM {self._table} WHERE id::text = ANY(%s)", self._some(self._table, number))
        elif kind == 3 and self._columns:
            self._change(*self._random.choice(self._columns), number)
        else:
            return
        self.seen.append(self.rows())

    def rows(self) -> Rows:
        """The rows there are, in their order."""
        with as_worker(), gate.reading(self._school, SYSTEM) as uow:
            page = self._pages.fetch(uow, self._query, (), Want(0, 1000))
        return {str(row[0]): page.layout.key(row) for row in page.rows}

    def stayed(self, since: int) -> list[str]:
        """The rows that were there all the time since then, at one place, in their order."""
        rows = set.intersection(*(set(rows.items()) for rows in self.seen[since:]))
        return [row_id for row_id, key in self.seen[-1].items() if (row_id, key) in rows]

    def close(self) -> None:
        """Leave."""
        self._connection.close()

    def _insert(self, number: int) -> None:
        """Copies of rows, under other ids."""
        names = self._ask(
            "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0"
            " AND NOT attisdropped AND attname <> 'id'",
            self._table,
        )
        for row_id in self._some(self._table, number):
            taken = [self._fresh() if name == "email" else name for name in names]
            self._do(
                f"INSERT INTO {self._table} (id, {', '.join(names)}) SELECT md5(%s)::uuid, {', '.join(taken)}"
                f" FROM {self._table} WHERE id::text = %s",
                str(self._random.random()),
                row_id,
            )

    def _change(self, table: str, column: str, number: int) -> None:
        """Give rows the value of another one."""
        (other,) = self._some(table, 1)
        for row_id in self._some(table, number if table == self._table else 1):
            if column == "email":
                self._do(f"UPDATE {table} SET email = {self._fresh()} WHERE id::text = %s", row_id)
            else:
                value = f'(SELECT "{column}" FROM {table} WHERE id::text = %s)'
                self._do(f'UPDATE {table} SET "{column}" = {value} WHERE id::text = %s', other, row_id)

    def _fresh(self) -> str:
        return f"'{self._random.choice('aAbé')}{self._random.randrange(10**9)}@school.edu'"

    def _some(self, table: str, number: int) -> list[str]:
        there = self._ask(f"SELECT id::text FROM {table} ORDER BY id")
        return self._random.sample(there, min(number, len(there)))

    def _ask(self, statement: str, *values: Any) -> list[str]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return [str(one) for (one,) in cursor]

    def _do(self, statement: str, *values: Any) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)


class Disturbed(Pages):
    """Pages of which a reader never knows what was written between two of her questions.

    Attributes:
        meanwhile: called before each question.
    """

    meanwhile: Callable[[], None] = staticmethod(lambda: None)

    def fetch(self, uow: UnitOfWork, query: Query, columns: tuple[str, ...], want: Want) -> Page:
        """Override Pages.fetch."""
        self.meanwhile()
        return super().fetch(uow, query, columns, want)

    def count(self, uow: UnitOfWork, query: Query) -> int:
        """Override Pages.count."""
        self.meanwhile()
        return super().count(uow, query)

    def before(self, uow: UnitOfWork, query: Query, key: Key) -> int:
        """Override Pages.before."""
        self.meanwhile()
        return super().before(uow, query, key)

    def positions(self, uow: UnitOfWork, query: Query, *, alone: bool = False) -> Positions:
        """Override Pages.positions."""
        self.meanwhile()
        return super().positions(uow, query, alone=alone)

    def tally(self, uow: UnitOfWork, query: Query) -> Positions | int:
        """Override Pages.tally."""
        self.meanwhile()
        return super().tally(uow, query)
