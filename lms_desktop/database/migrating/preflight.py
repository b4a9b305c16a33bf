"""What stands in the way of a plan, found out before anything is done to the database."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Literal

import sqlalchemy as sa

from lms_desktop.database.engine import LOCAL, tls_state
from lms_desktop.database.migrating.lineages import Lineage
from lms_desktop.database.migrating.plan import Plan
from lms_desktop.database.migrating.sessions import Session, on_tables, quoted, who_migrates
from lms_desktop.database.migrating.source import Source
from lms_desktop.entities.logs import SCHEMA
from lms_desktop.errors.kinds import N_
from lms_desktop.errors.sentences import Sentence

FindingKind = Literal[
    "lock",
    "read only",
    "heads",
    "drift",
    "version column",
    "privilege",
    "already there",
    "invalid index",
    "transaction",
    "sessions",
    "disk",
]
Level = Literal["ok", "note", "warn", "block"]

LONGEST_ID = 255
"""What the version column is widened to."""

LONG = 5.0
"""Seconds after which a transaction of somebody else is one to wait for."""


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Attributes:
        kind: Which check.
        level: "ok": nothing in the way. "note": worth knowing. "warn": may make it slow, or fail without harm.
            "block": it cannot be done like that.
        sentence: What was found.
        way_out: What to do about it.
        sessions: Those it is about.
    """

    kind: FindingKind
    level: Level
    sentence: Sentence
    way_out: Sentence | None = None
    sessions: tuple[Session, ...] = ()


def check(connection: sa.Connection, source: Source, plan: Plan) -> tuple[Finding, ...]:
    """Every check in the order of FindingKind; one that found nothing says so too. Looks only."""
    checks: tuple[Callable[[sa.Connection, Source, Plan], Iterator[Finding]], ...] = (
        _lock,
        _read_only,
        _heads,
        _drift,
        _version_column,
        _privileges,
        _already_there,
        _invalid_indexes,
        _transaction,
        _sessions,
        _disk,
    )
    return tuple(chain.from_iterable(each(connection, source, plan) for each in checks))


def blocked(findings: tuple[Finding, ...]) -> Finding | None:
    """The first that forbids it."""
    return next((finding for finding in findings if finding.level == "block"), None)


def _lock(connection: sa.Connection, source: Source, plan: Plan) -> Iterator[Finding]:
    holder = who_migrates(connection)
    if holder is None:
        yield Finding("lock", "ok", Sentence(N_("Nobody else is migrating this database.")))
        return
    yield Finding(
        "lock",
        "block",
        Sentence(N_("Somebody else is migrating this database: {who}."), who=holder.sentence),
        Sentence(N_("Look again when that is done.")),
        (holder,),
    )


def _read_only(connection: sa.Connection, source: Source, plan: Plan) -> Iterator[Finding]:
    standby = connection.scalar(sa.text("SELECT pg_is_in_recovery()"))
    read_only = connection.scalar(sa.text("SHOW default_transaction_read_only")) == "on"
    if standby or read_only:
        sentence = (
            N_("This server is a standby and takes no changes.")
            if standby
            else N_("This connection may only read: default_transaction_read_only is on.")
        )
        yield Finding(
            "read only", "block", Sentence(sentence), Sentence(N_("Connect to the server that is written to."))
        )
    else:
        yield Finding("read only", "ok", Sentence(N_("This server takes changes.")))


def _heads(connection: sa.Connection, source: Source, plan: Plan) -> Iterator[Finding]:
    if len(source.heads) > 1:
        heads = ", ".join(sorted(source.heads))
        sentence = Sentence(N_("The revisions of this program have several heads: {heads}."), heads=heads)
        yield Finding("heads", "block", sentence, Sentence(N_("Whoever writes them has to merge them first.")))
    else:
        yield Finding("heads", "ok", Sentence(N_("The revisions have one head.")))


def _drift(connection: sa.Connection, source: Source, plan: Plan) -> Iterator[Finding]:
    grave = [difference for difference in plan.standing.differences if difference.grave]
    if grave:
        sentence = Sentence(
            N_("Differences between the schema and its revision: {number}, such as: {first}"),
            number=len(grave),
            first=grave[0].sentence,
        )
        yield Finding("drift", "warn", sentence, Sentence(N_("Look at all of them before you go on.")))
    elif plan.standing.revision is not None and plan.standing.compared_with is None:
        yield Finding("drift", "note", Sentence(N_("It was not recorded what the current revision should have given.")))
    else:
        yield Finding("drift", "ok", Sentence(N_("The schema is as its revision makes it.")))


_WIDTH = sa.text(
    "SELECT CASE WHEN atttypid = 'varchar'::regtype AND atttypmod >= 0 THEN atttypmod - 4 END,"
    " pg_has_role(c.relowner, 'USAGE') FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
    " WHERE a.attrelid = to_regclass(:table) AND attname = 'version_num'"
)


def _version_column(connection: sa.Connection, source: Source, plan: Plan) -> Iterator[Finding]:
    row = connection.execute(_WIDTH, {"table": source.lineage.version_table}).first()
    longest = max((step.revision.id for step in plan.steps), key=len, default="")
    if len(longest) > LONGEST_ID:
        sentence = Sentence(N_("The id {revision} is too long for any version table."), revision=longest)
        yield Finding("version column", "block", sentence)
    elif row is None or row[0] is None or row[0] >= max(len(longest), LONGEST_ID):
        yield Finding("version column", "ok", Sentence(N_("The version table has room for every id.")))
    elif not row[1]:
        yield Finding(
            "version column",
            "block" if len(longest) > row[0] else "note",
            Sentence(
                N_("The version table takes ids of {width} characters, and only its owner can widen it."), width=row[0]
            ),
            Sentence(N_("Connect as its owner.")),
        )
    else:
        sentence = Sentence(
            N_("The version table takes ids of {width} characters; it is widened to {wide} first."),
            width=row[0],
            wide=LONGEST_ID,
        )
        yield Finding("version column", "note", sentence)


_OWNERS = sa.text(
    "SELECT c.relname, pg_get_userbyid(c.relowner) FROM unnest(CAST(:tables AS text[])) AS t JOIN pg_class c"
    " ON c.oid = to_regclass(t) WHERE NOT pg_has_role(c.relowner, 'USAGE')"
    " AND NOT (:triggers AND has_table_privilege(c.oid, 'TRIGGER')) ORDER BY 1"
)


def _privileges(connection: sa.Connection, source: Source, plan: Plan) -> Iterator[Finding]:
    user = str(connection.scalar(sa.text("SELECT current_user")))
    lacking = [*_schema_privileges(connection, source, plan)]
    tables = [*plan.tables, *([source.lineage.version_table] if plan.standing.current else [])]
    # Of the document's tables our own revisions want no more than the right to put triggers on them.
    values = {"tables": [quoted(table) for table in tables], "triggers": source.lineage is Lineage.OWN}
    owners = connection.execute(_OWNERS, values).all()
    by_owner: dict[str, list[str]] = {}
    for table, owner in owners:
        by_owner.setdefault(owner, []).append(table)
    lacking += [
        Sentence(
            N_("The role {user} does not own {tables}; {owner} does."), user=user, tables=", ".join(tables), owner=owner
        )
        for owner, tables in by_owner.items()
    ]
    for sentence in lacking:
        yield Finding("privilege", "block", sentence, Sentence(N_("Connect as a role that may, such as the owner.")))
    if not lacking:
        yield Finding("privilege", "ok", Sentence(N_("The role {user} may do all of this."), user=user))


def _schema_privileges(connection: sa.Connection, source: Source, plan: Plan) -> Iterator[Sentence]:
    user = str(connection.scalar(sa.text("SELECT current_user")))
    schema = connection.scalar(sa.text("SELECT coalesce(:own, current_schema())"), {"own": source.lineage.schema})
    if schema is None:
        yield Sentence(N_("None of the schemas in this connection's search path is there."))
        return
    there = connection.scalar(sa.text("SELECT to_regnamespace(quote_ident(:name)) IS NOT NULL"), {"name": schema})
    if not there:
        if not connection.scalar(sa.text("SELECT has_database_privilege(current_database(), 'CREATE')")):
            yield Sentence(N_("The role {user} may not create the schema {schema}."), user=user, schema=schema)
        return
    makes = plan.standing.revision is None or any(
        statement.makes or statement.indexes for step in plan.steps for statement in step.written.statements
    )
    if makes and not connection.scalar(sa.text("SELECT has_schema_privilege(:name, 'CREATE')"), {"name": schema}):
        yield Sentence(N_("The role {user} may not create anything in the schema {schema}."), user=user, schema=schema)


_THERE = sa.text(
    "SELECT t FROM unnest(CAST(:names AS text[])) AS t LEFT JOIN pg_index i ON i.indexrelid = to_regclass(t)"
    " WHERE to_regclass(t) IS NOT NULL AND coalesce(i.indisvalid, true)"
)


def _already_there(connection: sa.Connection, source: Source, plan: Plan) -> Iterator[Finding]:
    """What the plan makes and what is there by the same name."""
    dropped: set[str] = set()
    there: list[str] = []
    for step in plan.steps:
        for statement in step.written.statements:
            made = [name for name in (*statement.makes, *statement.indexes) if name not in dropped]
            if made and " IF NOT EXISTS " not in statement.sql.upper() and not statement.concurrently:
                there += connection.scalars(_THERE, {"names": [quoted(name) for name in made]})
            dropped |= {*statement.drops_indexes, *(drop.table for drop in statement.drops if drop.column is None)}
    if there:
        names = ", ".join(name.replace('"', "") for name in there)
        yield Finding(
            "already there",
            "warn",
            Sentence(
                N_("What is to be made is there already: {names}. The revision will fail and change nothing."),
                names=names,
            ),
            Sentence(N_("Find out who made it, and what for, before you apply the revision.")),
        )
    else:
        yield Finding("already there", "ok", Sentence(N_("Nothing of what is to be made is there already.")))


INVALID = sa.text(
    "SELECT c.relname AS table, x.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
    " JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE NOT (i.indisvalid AND i.indisready) AND c.relkind = 'r' AND n.nspname IN (current_schema(), :ours)"
    " AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = x.oid) ORDER BY 1, 2"
)


def invalid_indexes(connection: sa.Connection) -> tuple[tuple[str, str], ...]:
    """Tables and indexes of which building failed; one that is being built just now is none of them."""
    return tuple((row.table, row.name) for row in connection.execute(INVALID, {"ours": SCHEMA}))


def _invalid_indexes(connection: sa.Connection, source: Source, plan: Plan) -> Iterator[Finding]:
    remade = {name for step in plan.steps for statement in step.written.statements for name in statement.indexes}
    found = invalid_indexes(connection)
    for table, name in found:
        sentence = Sentence(
            N_("Index {name} of {table} is invalid: building it failed earlier."), name=name, table=table
        )
        if name in remade:
            yield Finding("invalid index", "note", sentence, Sentence(N_("It is dropped first and made again.")))
        else:
            way_out = Sentence(N_("Have it dropped or made again: REINDEX INDEX CONCURRENTLY {name}"), name=name)
            yield Finding("invalid index", "warn", sentence, way_out)
    if not found:
        yield Finding("invalid index", "ok", Sentence(N_("No index was left half-built.")))


def _transaction(connection: sa.Connection, source: Source, plan: Plan) -> Iterator[Finding]:
    alone = [step.revision.id for step in plan.steps if not step.written.in_transaction]
    if alone:
        yield Finding(
            "transaction",
            "warn",
            Sentence(
                N_("Not all in one transaction: {revisions} commits in its midst.")
                if len(alone) == 1
                else N_("Not all in one transaction: {revisions} commit in their midst."),
                revisions=", ".join(alone),
            ),
            Sentence(N_("It cannot be rehearsed on this database; what comes before it stays if it fails.")),
        )
    else:
        yield Finding("transaction", "ok", Sentence(N_("One transaction: all of it is done, or nothing.")))


def _sessions(connection: sa.Connection, source: Source, plan: Plan) -> Iterator[Finding]:
    holders = on_tables(connection, plan.tables)
    for holder in holders:
        waits = holder.state.startswith("idle in transaction") or holder.seconds > LONG
        yield Finding(
            "sessions",
            "warn" if waits else "note",
            holder.sentence,
            Sentence(N_("It is waited for, a few seconds at a time; ask whoever it is to finish.")),
            (holder,),
        )
    if not holders:
        yield Finding("sessions", "ok", Sentence(N_("Nobody holds one of these tables just now.")))


_ROOM = sa.text(
    "SELECT coalesce(sum(pg_table_size(c.oid)), 0)::bigint FROM unnest(CAST(:tables AS text[])) AS t JOIN pg_class c"
    " ON c.oid = to_regclass(t)"
)


def _disk(connection: sa.Connection, source: Source, plan: Plan) -> Iterator[Finding]:
    """An index is at the most as large as its table, and mostly far smaller; a table that is written anew stands there
    twice for a while, and its indexes too."""
    indexed = [
        statement.tables[0]
        for step in plan.steps
        for statement in step.written.statements
        if statement.tables and (statement.indexes or " ADD CONSTRAINT " in statement.sql)
    ]
    rewritten = [table for step in plan.steps for table, _ in step.rewrites]
    needed = 0
    for table in indexed:
        needed += int(connection.scalar(_ROOM, {"tables": [quoted(table)]}) or 0) // 2
    for table in rewritten:
        needed += 2 * int(connection.scalar(_ROOM, {"tables": [quoted(table)]}) or 0)
    free = _free(connection)
    values = {"needed": _size(needed), "free": "?" if free is None else _size(free)}
    if not needed:
        yield Finding("disk", "ok", Sentence(N_("Hardly any room on the disk is needed.")))
    elif free is None:
        yield Finding(
            "disk",
            "note",
            Sentence(N_("Up to {needed} of disk are needed; what is free cannot be seen from here."), **values),
        )
    elif free < needed:
        yield Finding(
            "disk",
            "warn",
            Sentence(N_("Up to {needed} of disk are needed, and {free} are free."), **values),
            Sentence(N_("Make room on the server first.")),
        )
    else:
        yield Finding("disk", "ok", Sentence(N_("Up to {needed} of disk are needed, and {free} are free."), **values))


def _free(connection: sa.Connection) -> int | None:
    """What is free on the server's disk, where that is this machine's and this role may know where."""
    if tls_state(connection) != LOCAL:
        return None
    may = connection.scalar(sa.text("SELECT pg_has_role('pg_read_all_settings', 'USAGE')"))
    if not may:
        return None
    try:
        return shutil.disk_usage(str(connection.scalar(sa.text("SHOW data_directory")))).free
    except OSError:
        return None


def _size(number: int) -> str:
    """Bytes for a person: 640 kB, 2.4 GB."""
    size = float(number)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} TB"
