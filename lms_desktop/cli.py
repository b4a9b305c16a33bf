"""The command line: `lms-desktop` and its verbs.

Each verb ends with status 0, or with one sentence on standard error and a status over 0. No verb ever asks anything.
Whatever takes long to import (SQLAlchemy, Qt) is imported by the verb that needs it.
"""

import argparse
import logging
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from lms_desktop import __version__, log
from lms_desktop.errors import BugError, UserError, explain
from lms_desktop.options import WindowOptions
from lms_desktop.verbs import migrate_options, windows

PROGRAM = "lms-desktop"
INTERRUPTED = 130
READER_GONE = 141
"""Exit statuses as the shell gives them for SIGINT and SIGPIPE."""

MOST_STUDENTS = 5_000_000
SUPERVISE = "supervise-local-server"
"""As `database.server_process` has it, which no window waits for."""

_SMALLEST, _LARGEST = (320, 240), (7680, 4320)

_log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line (that of the process by default) and return the exit status; argparse may exit by itself."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == [SUPERVISE]:  # a bundle has no other way to start a second process
        from lms_desktop.database import server_process

        server_process.main(given[1])
        return 0
    try:
        status = _run(given)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        _complain("Stopped.")
        return INTERRUPTED
    except BrokenPipeError:
        return READER_GONE
    except Exception as error:
        return _fail(error)
    finally:
        _let_go_of_output()


# ----------------------------------------------------------------------------------------------------------- parsing


class _Parser(argparse.ArgumentParser):
    """Complains in one sentence, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        """Overrides ArgumentParser."""
        self.exit(2, f"{PROGRAM}: {message[:1].upper()}{message[1:]}. Try “{self.prog} --help”.\n")


def _run(arguments: list[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that knows no “ must not cost the sentence
            stream.reconfigure(errors="backslashreplace")
    if not arguments:  # the first window would wait for a parser
        log.setup()
        return windows.open_window(WindowOptions(url=windows.given_url()))
    parser = _parser(arguments)
    options = parser.parse_args(arguments)
    if options.sign_in is not None and options.verb is not windows.demo:
        parser.error("--sign-in works with the demo alone")
    if options.verb in (_seed, _cleanup, _migrate) and any(
        (options.screenshot, options.page, options.size, options.theme)
    ):
        parser.error("this verb opens no window")
    log.setup()
    status: int = options.verb(options)
    return status


def _parser(arguments: list[str]) -> _Parser:
    """Of the verbs those alone that are named, where one is and nobody asks for help: the first window would wait for
    the others."""
    parser = _Parser(
        prog=PROGRAM,
        description="Administer a school's Learning Management System on its PostgreSQL database. Without a verb: open"
        " the window on DATABASE_URL, or ask for a connection.",
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    _add_window_options(parser, default=None)
    parser.add_argument("--sign-in", metavar="EMAIL", help=argparse.SUPPRESS)
    parser.set_defaults(verb=windows.window)
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", parser_class=_Parser)
    named = [word for word in arguments if word in _VERBS]
    all_of_them = not named or any(word in ("-h", "--help") for word in arguments)
    for verb, add in _VERBS.items():
        if all_of_them or verb in named:
            add(verbs)
    return parser


def _add_demo(verbs: "argparse._SubParsersAction[_Parser]") -> None:
    demo = verbs.add_parser(
        "demo",
        help="open the window on a school of its own; nothing else is needed",
        description="Start an embedded PostgreSQL, fill it with a sample school the first time, open the window.",
    )
    # What is not given here must not undo what stood before the verb.
    _add_window_options(demo, default=argparse.SUPPRESS)
    demo.add_argument(
        "--sign-in", metavar="EMAIL", default=argparse.SUPPRESS, help="sign in as this person, without a password"
    )
    demo.add_argument("--data", metavar="FOLDER", type=Path, help="keep the demo's database in this folder")
    demo.set_defaults(verb=windows.demo)


def _add_seed(verbs: "argparse._SubParsersAction[_Parser]") -> None:
    seed = verbs.add_parser(
        "seed",
        help="fill a database with sample data",
        description="Add a sample school to the database that DATABASE_URL names. What is there stays as it is.",
    )
    seed.add_argument("--students", metavar="N", type=_number_of_students, help="a school of N students (151)")
    seed.add_argument("--random-seed", metavar="N", type=int, default=1, help="another N makes other students (1)")
    seed.add_argument("--yes", action="store_true", help="also where the database is not the demo's")
    seed.set_defaults(verb=_seed)


def _add_cleanup(verbs: "argparse._SubParsersAction[_Parser]") -> None:
    cleanup = verbs.add_parser(
        "cleanup",
        help="delete sessions that have expired",
        description="Delete refresh tokens that are expired and revoked, and those that expired more than 30 days ago.",
    )
    cleanup.add_argument("--dry-run", action="store_true", help="only say how many there are")
    cleanup.set_defaults(verb=_cleanup)


def _add_migrate(verbs: "argparse._SubParsersAction[_Parser]") -> None:
    migrate_options.add(verbs).set_defaults(verb=_migrate)


_VERBS = {"demo": _add_demo, "seed": _add_seed, "cleanup": _add_cleanup, "migrate": _add_migrate}


def _add_window_options(parser: argparse.ArgumentParser, *, default: str | None) -> None:
    group = parser.add_argument_group("the window")
    group.add_argument(
        "--screenshot", metavar="FILE", type=Path, default=default, help="draw the window, save the PNG, end"
    )
    group.add_argument("--page", metavar="NAME", default=default, help="the page to show, such as enrollments")
    group.add_argument("--size", metavar="WxH", type=_size, default=default, help="the window's size, such as 1440x900")
    group.add_argument("--theme", choices=("light", "dark"), default=default, help="instead of the system's")


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,5})[xX×](\d{1,5})", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"a size is written like 1440x900, not “{text}”")
    width, height = int(match[1]), int(match[2])
    if not (_SMALLEST[0] <= width <= _LARGEST[0] and _SMALLEST[1] <= height <= _LARGEST[1]):
        least, most = "x".join(map(str, _SMALLEST)), "x".join(map(str, _LARGEST))
        raise argparse.ArgumentTypeError(f"sizes from {least} to {most} are possible")
    return width, height


def _number_of_students(text: str) -> int:
    if not re.fullmatch("[0-9]{1,7}", text) or not 1 <= int(text) <= MOST_STUDENTS:
        raise argparse.ArgumentTypeError(f"a whole number from 1 to {MOST_STUDENTS} is wanted, not “{text}”")
    return int(text)


# ------------------------------------------------------------------------------------------------------------- verbs


def _seed(options: argparse.Namespace) -> int:
    """Add sample data."""
    from lms_desktop.verbs import data

    return data.seed(options)


def _cleanup(options: argparse.Namespace) -> int:
    """Run the document's clean-up statements, or count."""
    from lms_desktop.verbs import data

    return data.cleanup(options)


def _migrate(options: argparse.Namespace) -> int:
    """Look at, rehearse, apply and take back migrations."""
    from lms_desktop.verbs.connection import engine_for, needed_address
    from lms_desktop.verbs.migrate import run, say_error

    try:
        address = needed_address()
    except UserError as error:
        if options.json:
            say_error(error)
        raise
    with engine_for(address, "migrate") as engine:
        status: int = run(options, engine)
    return status


# ------------------------------------------------------------------------------------------------------------ saying


def _complain(sentence: str) -> None:
    print(f"{PROGRAM}: {' '.join(sentence.split())}", file=sys.stderr, flush=True)


def _let_go_of_output() -> None:
    """Keep what cannot be written from failing once more, and aloud, at the interpreter's end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(error: Exception) -> int:
    """Say what is wrong in one line; a mistake of the program goes to the log as a whole."""
    explained = explain(error)
    if not isinstance(explained, BugError):
        _log.warning("%s", explained)
        _complain(str(explained))
        return 1
    _log.error("A mistake of the program", exc_info=error)
    file = log.setup()
    where = "could not be written" if file is None else f"is in {file}"
    _complain(f"{explained.text} What happened {where}.")
    return 1
