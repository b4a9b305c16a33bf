"""`lms-desktop seed` and `lms-desktop cleanup`: rows that come and rows that go."""

import argparse
import logging
import sys

from lms_desktop.database.engine import display_url
from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.errors import UserError
from lms_desktop.errors.kinds import N_
from lms_desktop.services import retention, seeding
from lms_desktop.services.demo import is_its_database
from lms_desktop.verbs.connection import check_revision, engine_for, needed_address

_log = logging.getLogger(__name__)


def seed(options: argparse.Namespace) -> int:
    """Add sample data, and say the passwords that were made up for it."""
    address = needed_address()
    demo = is_its_database(address)
    if not demo and not options.yes:
        raise UserError(
            N_("The database {database} is not the demo's, and nothing was added to it."),
            way_out=N_("Say --yes where sample people and courses are to stand beside what is there."),
            values={"database": display_url(address)},
        )
    with engine_for(address, "seed") as engine:
        check_revision(engine)
        # Said first: whoever cannot be told the passwords in the end shall not have them made.
        print(f"Adding sample data to {display_url(address)}.", flush=True)
        report = seeding.seed(
            engine, random_seed=options.random_seed, students=options.students, demo=demo, progress=tell_terminal
        )
    counts = ", ".join(f"{rows:,} {table.replace('_', ' ')}" for table, rows in report.added.items() if rows)
    _log.info("Seeding added %d rows", report.total)
    print(f"Added {report.total:,} rows: {counts}." if report.total else "Nothing was missing, nothing was added.")
    if report.passwords:
        width = max(len(email) for email, _ in report.passwords)
        print("These passwords were made up just now. They are shown this once and can be changed, not looked up:")
        print("\n".join(f"  {email:<{width}}  {password}" for email, password in report.passwords))
    return 0


def cleanup(options: argparse.Namespace) -> int:
    """Run the document's clean-up statements, or count."""
    with engine_for(needed_address(), "cleanup") as engine:
        check_revision(engine, any_known=True)
        database, actor = Database(engine), Actor.command_line()
        with database.reading(actor) if options.dry_run else database.unit_of_work(actor) as uow:
            report = retention.cleanup(uow, dry_run=options.dry_run).value
    sentences = report.sentences()
    _log.info("Clean-up by %s: %s", actor.email, " ".join(sentences))
    print("\n".join(sentences))
    return 0


def tell_terminal(sentence: str) -> None:
    """Progress, for whoever watches; a file or a pipe gets only what came of it."""
    if sys.stderr.isatty():
        print(sentence, file=sys.stderr, flush=True)
