"""A schema as PostgreSQL describes it, in a form that can be kept in a file and compared."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import sqlalchemy as sa

from lms_desktop.database.migrating.lineages import Lineage
from lms_desktop.entities.logs import SCHEMA

PREFIX = "lms_desktop_"
"""What the names of our triggers and indexes on the document's tables begin with."""


@dataclass(frozen=True)
class Column:
    """A column: its type as PostgreSQL prints it, whether it may be empty, its default or what it is made from."""

    type: str
    null: bool = True
    default: str | None = None


@dataclass(frozen=True)
class Rule:
    """A constraint, an index or a trigger: its definition without its own and its table's name; whether it holds."""

    definition: str
    valid: bool = True


@dataclass(frozen=True)
class Table:
    """A table: columns, constraints (keys and checks), indexes beside those of the keys, and triggers, by name."""

    columns: Mapping[str, Column] = field(default_factory=dict)
    constraints: Mapping[str, Rule] = field(default_factory=dict)
    indexes: Mapping[str, Rule] = field(default_factory=dict)
    triggers: Mapping[str, Rule] = field(default_factory=dict)


@dataclass(frozen=True)
class Schema:
    """A lineage's part of a database: tables by name, and functions by signature with a digest of each."""

    tables: Mapping[str, Table] = field(default_factory=dict)
    functions: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As it is kept in a file: what is as usual is left out."""
        tables = {name: _lean(asdict(table)) for name, table in sorted(self.tables.items())}
        return {"tables": tables, "functions": dict(sorted(self.functions.items()))}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Schema":
        """The same again."""
        tables = {
            name: Table(
                {key: Column(**value) for key, value in table.get("columns", {}).items()},
                *(
                    {key: Rule(value) for key, value in table.get(part, {}).items()}
                    for part in ("constraints", "indexes", "triggers")
                ),
            )
            for name, table in kept["tables"].items()
        }
        return cls(tables, kept["functions"])


def _lean(table: dict[str, Any]) -> dict[str, Any]:
    columns = {}
    for name, column in table["columns"].items():
        columns[name] = {"type": column["type"]}
        if not column["null"]:
            columns[name]["null"] = False
        if column["default"] is not None:
            columns[name]["default"] = column["default"]
    rules = {
        part: {name: rule["definition"] for name, rule in sorted(table[part].items())}
        for part in ("constraints", "indexes", "triggers")
    }
    return {"columns": columns} | {part: found for part, found in rules.items() if found}


def read(connection: sa.Connection, lineage: Lineage) -> Schema:
    """What there is of a lineage. Five statements, which touch the catalogue only.

    Of the document's: the default schema without what is ours, Alembic's or an extension's. Of our own: our schema, and
    our triggers on the tables of the default one.
    """
    document = lineage is Lineage.DOCUMENT
    where = {"schema": None if document else SCHEMA, "ours": not document, "prefix": PREFIX}
    found: dict[str, dict[str, dict[str, Any]]] = {
        name: {"columns": {}, "constraints": {}, "indexes": {}, "triggers": {}}
        for name in connection.scalars(_TABLES, where)
    }
    for table, name, kind, null, default in connection.execute(_COLUMNS, where):
        found[table]["columns"][name] = Column(kind, null, default)
    for query, part in ((_CONSTRAINTS, "constraints"), (_INDEXES, "indexes"), (_TRIGGERS, "triggers")):
        for table, name, definition, valid in connection.execute(query, where):
            parts = found.setdefault(table, {"columns": {}, "constraints": {}, "indexes": {}, "triggers": {}})
            parts[part][name] = Rule(definition, valid)
    functions = () if document else connection.execute(_FUNCTIONS, where).all()
    return Schema(
        {name: Table(**parts) for name, parts in found.items()},
        {name: digest for name, digest in functions},  # noqa: C416
    )


def exists(connection: sa.Connection, lineage: Lineage) -> bool:
    """Whether there is anything of a lineage: a table, beside Alembic's."""
    where = {"schema": lineage.schema, "ours": lineage is Lineage.OWN, "prefix": PREFIX}
    return connection.execute(_TABLES, where).first() is not None


# A table that belongs to an extension (PostGIS's spatial_ref_sys) says nothing about whose database this is.
_THERE = (
    "c.relnamespace = coalesce(to_regnamespace(quote_ident(:schema)), CASE WHEN CAST(:schema AS text) IS NULL THEN"
    " to_regnamespace(quote_ident(current_schema())) END)"
    " AND c.relkind IN ('r', 'p') AND c.relname <> 'alembic_version' AND NOT EXISTS"
    " (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')"
)

_TABLES = sa.text(f"SELECT c.relname FROM pg_class c WHERE {_THERE} ORDER BY 1")

_COLUMNS = sa.text(
    "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,"
    " CASE WHEN a.attidentity <> '' THEN 'identity' WHEN a.attgenerated <> '' THEN 'generated ' ELSE '' END"
    " || coalesce(pg_get_expr(e.adbin, e.adrelid), CASE WHEN a.attidentity = '' THEN NULL ELSE '' END)"
    " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
    f" LEFT JOIN pg_attrdef e ON e.adrelid = c.oid AND e.adnum = a.attnum WHERE {_THERE} ORDER BY 1, a.attnum"
)

_CONSTRAINTS = sa.text(
    "SELECT c.relname, k.conname, pg_get_constraintdef(k.oid), k.convalidated"
    " FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
    f" WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND {_THERE} ORDER BY 1, 2"
)

# Ours on the document's tables are no part of the document.
_INDEXES = sa.text(
    "SELECT c.relname, x.relname, CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END"
    " || regexp_replace(pg_get_indexdef(x.oid), '^.*? USING ', ''), i.indisvalid AND i.indisready"
    " FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid"
    f" WHERE {_THERE} AND (:ours OR NOT starts_with(x.relname, :prefix))"
    " AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.oid AND k.contype IN ('p', 'u', 'x'))"
    " ORDER BY 1, 2"
)

_TRIGGERS = sa.text(
    "SELECT c.relname, t.tgname,"
    " regexp_replace(replace(replace(pg_get_triggerdef(t.oid), format(' TRIGGER %I ', t.tgname), ' '),"
    " format(' ON %I.%I ', n.nspname, c.relname), ' '), '^CREATE (CONSTRAINT )?', ''),"
    " t.tgenabled IN ('O', 'A')"
    " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE NOT t.tgisinternal"
    " AND c.relnamespace = to_regnamespace(quote_ident(current_schema()))"
    " AND starts_with(t.tgname, :prefix) = :ours AND CAST(:schema AS text) IS NOT DISTINCT FROM :schema"
    " ORDER BY 1, 2"
)

_FUNCTIONS = sa.text(
    "SELECT p.oid::regprocedure::text, md5(concat_ws(' ', l.lanname, p.prosecdef, p.proconfig, p.prosrc))"
    " FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang"
    " WHERE p.pronamespace = to_regnamespace(quote_ident(:schema)) ORDER BY 1"
)
