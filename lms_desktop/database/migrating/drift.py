"""Where a schema is not what its revision should have given, each difference as a sentence."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from lms_desktop.database.migrating.catalogue import Column, Rule, Schema, Table
from lms_desktop.errors.kinds import N_
from lms_desktop.errors.sentences import Sentence

DifferenceKind = Literal[
    "missing table",
    "extra table",
    "missing column",
    "extra column",
    "type",
    "null",
    "default",
    "missing constraint",
    "extra constraint",
    "changed constraint",
    "not validated",
    "missing index",
    "extra index",
    "changed index",
    "invalid index",
    "name",
    "missing trigger",
    "extra trigger",
    "stale trigger",
    "disabled trigger",
    "missing function",
    "stale function",
]


@dataclass(frozen=True)
class Difference:
    """A difference.

    Attributes:
        kind: What kind of difference it is.
        table: The table, or "" for a function.
        name: The column, constraint, index, trigger or function; the table itself for a table.
        sentence: What is different.
        grave: Whether something is missing or other than the program relies on; otherwise there is merely something
            more, or it has another name.
    """

    kind: DifferenceKind
    table: str
    name: str
    sentence: Sentence
    grave: bool = True


def compare(live: Schema, wanted: Schema, *, triggers_where_tables: Schema | None = None) -> tuple[Difference, ...]:
    """Where `live` differs, grave ones first.

    `triggers_where_tables`: of a table that is not in this schema, the wanted triggers do not count.
    """
    found: list[Difference] = []
    for name, table in wanted.tables.items():
        if (
            triggers_where_tables is not None and not table.columns
        ):  # a table of the other lineage, which has our triggers
            if name in triggers_where_tables.tables:
                found += _triggers(name, live.tables.get(name, Table()).triggers, table.triggers)
            continue
        if name not in live.tables or not live.tables[name].columns:
            found.append(_difference("missing table", name, name))
        else:
            found += _table(name, live.tables[name], table)
    for name, table in live.tables.items():
        if name not in wanted.tables and table.columns:
            found.append(_difference("extra table", name, name, grave=False))
            found += [_difference("invalid index", name, key) for key, rule in table.indexes.items() if not rule.valid]
    for name, digest in wanted.functions.items():
        if name not in live.functions:
            found.append(_difference("missing function", "", name))
        elif live.functions[name] != digest:
            found.append(_difference("stale function", "", name))
    return tuple(sorted(found, key=lambda difference: not difference.grave))


def likeness(live: Schema, wanted: Schema) -> float:
    """How much of what is wanted is there, from 0 to 1: columns that have the name and the type."""
    columns = [
        (table, name, column.type) for table, each in wanted.tables.items() for name, column in each.columns.items()
    ]
    if not columns:
        return 1.0
    nothing = Column("")
    there = [
        table in live.tables and live.tables[table].columns.get(name, nothing).type == kind
        for table, name, kind in columns
    ]
    return sum(there) / len(columns)


def _table(name: str, live: Table, wanted: Table) -> Iterator[Difference]:
    for key, column in wanted.columns.items():
        if key not in live.columns:
            yield _difference("missing column", name, key)
        else:
            yield from _column(name, key, live.columns[key], column)
    for key, column in live.columns.items():
        if key not in wanted.columns:
            # One that must be filled and fills itself with nothing makes each new row of ours fail.
            yield _difference("extra column", name, key, grave=not column.null and column.default is None)
    yield from _rules("constraint", name, live.constraints, wanted.constraints)
    yield from _rules("index", name, live.indexes, wanted.indexes)
    yield from _triggers(name, live.triggers, wanted.triggers)


def _column(table: str, name: str, live: Column, wanted: Column) -> Iterator[Difference]:
    if live.type != wanted.type:
        yield _difference("type", table, name, found=live.type, wanted=wanted.type)
    if live.null != wanted.null:
        sentence = (
            N_("Column {table}.{name} may be empty here, and should not.")
            if live.null
            else N_("Column {table}.{name} may not be empty here, and should.")
        )
        yield Difference("null", table, name, Sentence(sentence, table=table, name=name))
    if live.default != wanted.default:
        yield _difference("default", table, name, found=live.default or "–", wanted=wanted.default or "–")


def _rules(
    what: Literal["constraint", "index"], table: str, live: Mapping[str, Rule], wanted: Mapping[str, Rule]
) -> Iterator[Difference]:
    """Constraints or indexes. One that is the same under another name is only that: named otherwise."""
    spare = {name: rule for name, rule in live.items() if name not in wanted}
    for name, rule in wanted.items():
        there = live.get(name)
        if there is None:
            other = next(
                (key for key, each in spare.items() if each.definition == rule.definition and each.valid), None
            )
            if other is None:
                kind: DifferenceKind = "missing constraint" if what == "constraint" else "missing index"
                yield _difference(kind, table, name, wanted=rule.definition)
            else:
                del spare[other]
                yield _difference("name", table, name, grave=False, found=other)
        elif not there.valid:
            yield _difference("not validated" if what == "constraint" else "invalid index", table, name)
        elif there.definition != rule.definition:
            kind = "changed constraint" if what == "constraint" else "changed index"
            yield _difference(kind, table, name, found=there.definition, wanted=rule.definition)
    for name, rule in spare.items():
        if what == "index":
            yield _difference("extra index" if rule.valid else "invalid index", table, name, grave=not rule.valid)
        else:
            yield _difference("extra constraint", table, name, grave=False, found=rule.definition)


def _triggers(table: str, live: Mapping[str, Rule], wanted: Mapping[str, Rule]) -> Iterator[Difference]:
    for name, rule in wanted.items():
        there = live.get(name)
        if there is None:
            yield _difference("missing trigger", table, name)
        elif there.definition != rule.definition:
            yield _difference("stale trigger", table, name)
        elif not there.valid:
            yield _difference("disabled trigger", table, name)
    for name in live:
        if name not in wanted:
            yield _difference("extra trigger", table, name, grave=False)


_SAID: dict[DifferenceKind, str] = {
    "missing table": N_("Table {table} is missing."),
    "extra table": N_("Table {table} is more than the revision makes."),
    "missing column": N_("Column {table}.{name} is missing."),
    "extra column": N_("Column {table}.{name} is more than the revision makes."),
    "type": N_("Column {table}.{name} is {found} here and should be {wanted}."),
    "default": N_("The default of {table}.{name} is {found} here and should be {wanted}."),
    "missing constraint": N_("Constraint {name} of {table} is missing: {wanted}."),
    "extra constraint": N_("Constraint {name} of {table} is more than the revision makes: {found}."),
    "changed constraint": N_("Constraint {name} of {table} is {found} here and should be {wanted}."),
    "not validated": N_("Constraint {name} of {table} was never checked against the rows that are there."),
    "missing index": N_("Index {name} of {table} is missing: {wanted}."),
    "extra index": N_("Index {name} of {table} is more than the revision makes."),
    "changed index": N_("Index {name} of {table} is {found} here and should be {wanted}."),
    "invalid index": N_("Index {name} of {table} is invalid: building it failed, and it is of no use."),
    "name": N_("What should be called {name} on {table} is called {found} here."),
    "missing trigger": N_("Trigger {name} of {table} is missing: changes there are not all logged."),
    "extra trigger": N_("Trigger {name} of {table} is more than the revision makes."),
    "stale trigger": N_("Trigger {name} of {table} is not the one that the revision makes."),
    "disabled trigger": N_("Trigger {name} of {table} is switched off: changes there are not all logged."),
    "missing function": N_("Function {name} is missing."),
    "stale function": N_("Function {name} is not the one that the revision makes."),
}


def _difference(kind: DifferenceKind, table: str, name: str, *, grave: bool = True, **values: str) -> Difference:
    return Difference(kind, table, name, Sentence(_SAID[kind], table=table, name=name, **values), grave)
