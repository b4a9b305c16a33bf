"""Whether a database is still what it was: its whole catalogue, and every row's version.

A row's version is where it lies and which transaction wrote it (`ctid`, `xmin`): whatever is written makes another one,
and nothing of the rows themselves has to be read. Two million rows take about a second.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from lms_desktop.database.migrating.sessions import quoted


@dataclass(frozen=True)
class Mark:
    """A table's rows: their number, and a sum over their versions."""

    rows: int
    versions: str


@dataclass(frozen=True)
class Fingerprint:
    """A database at a moment.

    Attributes:
        schema: A digest of the catalogue: tables, columns, constraints, indexes, triggers, functions, views, types,
            comments, rights. How far a sequence has counted is no part of it: no rollback takes that back.
        tables: What the rows of each are; a table that this role may not read is missing.
        seconds: How long it took.
    """

    schema: str
    tables: Mapping[str, Mark]
    seconds: float = 0.0

    def changed(self, later: "Fingerprint") -> tuple[str, ...]:
        """The tables whose rows are others later."""
        names = dict.fromkeys([*self.tables, *later.tables])
        return tuple(name for name in names if self.tables.get(name) != later.tables.get(name))

    @property
    def rows(self) -> int:
        """How many there are in all."""
        return sum(mark.rows for mark in self.tables.values())


_USERS = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"

CATALOGUE = f"""
    SELECT format('schema %s %s', nspname, nspacl) FROM pg_namespace n WHERE {_USERS}
    UNION ALL SELECT format('%s %s %s %s %s %s %s %s', c.relkind, c.oid::regclass, c.relacl, c.reloptions,
             c.relpersistence, c.relowner::regrole, c.relrowsecurity, c.relforcerowsecurity)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_USERS}
    UNION ALL SELECT format('view %s %s', c.oid::regclass, md5(pg_get_viewdef(c.oid)))
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm') AND {_USERS}
    UNION ALL SELECT format('sequence %s %s %s %s %s %s %s', seqrelid::regclass, format_type(seqtypid, NULL), seqstart,
             seqincrement, seqmin, seqmax, seqcycle) FROM pg_sequence
    UNION ALL SELECT format('rule %s', pg_get_ruledef(r.oid)) FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
      JOIN pg_namespace n ON n.oid = c.relnamespace WHERE r.rulename <> '_RETURN' AND {_USERS}
    UNION ALL SELECT format('policy %s %s %s %s %s %s', polrelid::regclass, polname, polcmd, polroles::regrole[],
             pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) FROM pg_policy
    UNION ALL SELECT format('type %s %s %s %s', t.oid::regtype, typtype, format_type(typbasetype, typtypmod),
             (SELECT array_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid))
      FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE typtype IN ('d', 'e') AND {_USERS}
    UNION ALL SELECT format('extension %s %s', extname, extversion) FROM pg_extension
    UNION ALL SELECT format('statistics %s', pg_get_statisticsobjdef(oid)) FROM pg_statistic_ext
    UNION ALL SELECT format('comment %s %s', pg_describe_object(classoid, objoid, objsubid), md5(description))
      FROM pg_description WHERE objoid >= 16384
    UNION ALL SELECT format('%s.%s %s %s %s %s %s %s', c.oid::regclass, attname, format_type(atttypid, atttypmod),
             attnotnull, attidentity, attgenerated, attacl, pg_get_expr(d.adbin, d.adrelid))
      FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = attnum
     WHERE {_USERS} AND attnum > 0 AND NOT attisdropped
    UNION ALL SELECT format('%s %s %s', pg_get_indexdef(indexrelid), indisvalid, indisready)
      FROM pg_index i JOIN pg_class c ON c.oid = indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_USERS}
    UNION ALL SELECT format('%s %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(k.oid), convalidated)
      FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE {_USERS}
    UNION ALL SELECT format('%s %s', pg_get_triggerdef(t.oid), tgenabled) FROM pg_trigger t WHERE NOT tgisinternal
    UNION ALL SELECT format('key %s %s %s %s', tgrelid::regclass, conname, tgtype, tgenabled)
      FROM pg_trigger t JOIN pg_constraint k ON k.oid = tgconstraint WHERE tgisinternal
    UNION ALL SELECT format('%s %s %s %s %s %s', p.oid::regprocedure, md5(prosrc), proacl, proowner::regrole,
             prosecdef, proconfig)
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {_USERS}
    ORDER BY 1
"""
"""All that a database is made of, a line each, without what a rewrite changes (numbers of files) and statistics."""

_DIGEST = f"SELECT md5(coalesce(string_agg(line, E'\\n' ORDER BY line COLLATE \"C\"), '')) FROM ({CATALOGUE}) c (line)"

_TABLES = (
    "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    f" WHERE c.relkind = 'r' AND {_USERS} AND has_table_privilege(c.oid, 'SELECT')"
    " AND has_schema_privilege(n.oid, 'USAGE') ORDER BY 1"
)


def take(connection: sa.Connection, check: Callable[[], None] = lambda: None) -> Fingerprint:
    """Of all at one moment, in a transaction of its own, which is over when this returns.

    `check` is called before each table, and may raise.
    """
    connection.rollback()
    with connection.begin():
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        began = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
        schema = connection.execute(sa.text(_DIGEST)).scalar_one()
        tables = {}
        for name in connection.exec_driver_sql(_TABLES).scalars().all():
            check()
            row = connection.exec_driver_sql(
                "SELECT count(*), coalesce(sum(hashtidextended(ctid, xmin::text::bigint)::numeric), 0)::text"
                f" FROM ONLY {name}"
            ).one()
            tables[str(name)] = Mark(int(row[0]), str(row[1]))
        took = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one() - began
    return Fingerprint(str(schema), tables, took.total_seconds())


SECONDS_TO_COUNT = 20
"""After so many seconds one table's rows are not counted any more."""


def count_rows(connection: sa.Connection, tables: Collection[str]) -> dict[str, int | None]:
    """How many rows each of these has; None where it is not there, or takes too long. In transactions of its own."""
    found: dict[str, int | None] = {}
    for table in tables:
        found[table] = None
        try:
            with connection.begin():
                connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{SECONDS_TO_COUNT}s'")
                if connection.scalar(sa.text("SELECT to_regclass(:name) IS NOT NULL"), {"name": quoted(table)}):
                    found[table] = connection.exec_driver_sql(f"SELECT count(*) FROM {quoted(table)}").scalar()
        except sa.exc.DBAPIError as error:
            if error.connection_invalidated:
                raise
    return found
