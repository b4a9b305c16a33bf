"""The options of `lms-desktop migrate`. Imports nothing that takes long."""

import argparse
from pathlib import Path
from typing import TypeVar

SHAPES = """with --json one document is printed; keys may be added, none changes its meaning or goes:

    status    {database, lineages: [standing]}
    plan      {database, lineages: [plan]}
    rehearse  {database, lineages: [rehearsal]}
    apply, rollback, stamp
              {database, lineages: [report]}
    verify    {database, good, lineages: [verification]}
    any, where it fails
              {error: {text, way_out, state, todo, revision, statement, server_says, blockers: [session]}}

    standing      {lineage, kind, current: [id], heads: [id], sentence, way_out, revisions: [{id, description,
                  down: [id], state, applied_at, applied_by, applied_as, stamped}], compared_with, differences:
                  [{kind, table, name, grave, sentence}], may_stamp, offers: [word]}
    plan          {lineage, direction, from, target, one_transaction, demands_name, steps: [{revision, description,
                  words, sql, complete, in_transaction, tables: [name], rewrites: {table: "yes" | "maybe"},
                  losses: [{table, column, count, exact, sentence}]}], findings: [{kind, level, sentence, way_out,
                  sessions: [session]}], copy: {way, size, seconds, sentence}, dump: {program, size}}
    rehearsal     {lineage, sentence, on_copy, seconds, measures: [measure], rewritten: [table], locks: [{table, mode}],
                  unchanged, rolled_back, written_by_others: [table], skipped: [id], before: fingerprint,
                  after: fingerprint, failure: error or null}
    report        {lineage, sentence, direction, done: [id], revision, seconds, tries, dump,
                  rows: {table: {before, after}}, measures: [measure], verified: verification}
    verification  {lineage, good, revision, sentence, differences, invalid_indexes: [{table, name}]}
    measure       {revision, number, sql, seconds, locks: [{table, mode}], rewritten: [table], failed}
    fingerprint   {schema, tables: {table: {rows, versions}}}
    session       {pid, user, host, application, state, since, seconds, tables: [name], modes: [name]}

sentences are English, times ISO 8601 in UTC, durations seconds"""
"""The shapes of the JSON documents, as `--help` says them."""

VERBS = {
    "status": "where the database stands, and how it differs from its revision",
    "plan": "what would be done: the SQL, what would be lost, what stands in the way",
    "rehearse": "do it for real, measure it, and take it all back",
    "apply": "apply what is pending",
    "rollback": "take revisions back",
    "verify": "whether the schema is what its revision makes it; the exit status says so too",
    "stamp": "put on record at which revision tables without a record are",
}
LOOKING = ("status", "verify")
"""The verbs that change nothing and work on both lineages where none is named."""


_Parser = TypeVar("_Parser", bound=argparse.ArgumentParser)


def add(verbs: "argparse._SubParsersAction[_Parser]") -> _Parser:
    """Declare the verb and its own verbs."""
    migrate = verbs.add_parser(
        "migrate",
        help="look at, rehearse, apply and take back migrations",
        description="Migrate the database that DATABASE_URL names: the tables of the LMS (document), and this\n"
        "application's own (desktop: the change log).",
        epilog=SHAPES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = migrate.add_subparsers(title="verbs", metavar="VERB", dest="action", required=True)
    for name, words in VERBS.items():
        action = actions.add_parser(name, help=words, description=words[:1].upper() + words[1:] + ".")
        _add_options(action, name)
    return migrate


def _add_options(action: argparse.ArgumentParser, name: str) -> None:
    action.add_argument("--json", action="store_true", help="print one JSON document in place of text")
    choices = ["document", "desktop"] + (["both"] if name in (*LOOKING, "plan", "rehearse", "apply") else [])
    default = "both" if name in LOOKING else "document"
    action.add_argument("--lineage", choices=choices, default=default, help=f"which revisions ({default})")
    if name in ("plan", "rehearse", "apply", "rollback"):
        default = "-1" if name == "rollback" else "head"
        action.add_argument(
            "--target",
            metavar="REV",
            default=default,
            help=f"an id, its beginning, head, base, +1 or -1 ({default})",
        )
    if name == "rehearse":
        action.add_argument("--on-copy", action="store_true", help="on a copy of the database, which is dropped again")
        action.add_argument("--time-limit", metavar="SECONDS", type=_seconds, default=60.0, help="end it then (60)")
    if name in ("apply", "rollback"):
        action.add_argument("--dump", metavar="FILE", type=Path, help="save the database into this file first")
        action.add_argument("--tries", metavar="N", type=_tries, default=5, help="so often a table is waited for (5)")
    if name in ("apply", "rollback", "rehearse"):
        action.add_argument(
            "--lock-timeout", metavar="SECONDS", type=_seconds, default=3.0, help="wait for a table so long (3)"
        )
    if name in ("apply", "rollback"):
        action.add_argument("--confirm", metavar="NAME", default="", help="the database's name, where data would go")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.001 <= seconds <= 86400:
        raise argparse.ArgumentTypeError(f"a number of seconds from 0.001 to 86400 is wanted, not “{text}”")
    return seconds


def _tries(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"a whole number from 1 to 1000 is wanted, not “{text}”")
    return int(text)
