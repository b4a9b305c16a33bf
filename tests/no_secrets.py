"""What must be nowhere after the suite: a password, a hash, a token, be it in log tables, journals or the log file.

Every password that a test hashes or checks is remembered; each database is looked through before it is dropped.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from psycopg2 import sql

from lms_desktop.log import MAX_BYTES, PrivateRotatingFileHandler, RedactionFilter
from lms_desktop.services import passwords

HASH = re.compile(r"\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}")
LOG_TABLES = ("operations", "changes", "sign_ins")

_seen: set[str] = set()
# The e-mail address, too, may hold what the tests use as a password; these are words that stand in ordinary sentences.
_WORDS = frozenset({"password", "wrong password", "incorrect"})


@contextmanager
def passwords_remembered() -> Iterator[None]:
    """Remember every password that is hashed or checked."""
    real_hash, real_verify = passwords.hash_password, passwords.verify

    def hash_password(password: str) -> str:
        _remember(password)
        return real_hash(password)

    def verify(password: str, hashed: str | None) -> bool:
        _remember(password)
        return real_verify(password, hashed)

    passwords.hash_password, passwords.verify = hash_password, verify
    yield
    passwords.hash_password, passwords.verify = real_hash, real_verify


@contextmanager
def log_written(folder: Path) -> Iterator[None]:
    """Write everything that is logged to a file, as the application does."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = PrivateRotatingFileHandler(folder / "suite.log", most_bytes=MAX_BYTES * 20, older_files=5)
    handler.addFilter(RedactionFilter())
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    handler.close()


def found_in_files(top: Path) -> list[str]:
    """Which files below `top` hold a secret, and what kind of one."""
    found = []
    for file in sorted(top.rglob("*")):
        if file.is_file() and file.suffix in {".log", ".jsonl", ".journal", ".json", ".ini", ".1", ".2", ""}:
            text = file.read_text("utf-8", errors="replace")
            found += [f"{file.relative_to(top)}: {kind}" for kind in _kinds(text)]
    return found


def found_in_log(connection: "psycopg2.extensions.connection") -> list[str]:
    """Which of a database's log tables hold a secret, and what kind of one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('lms_desktop.changes') IS NOT NULL AND to_regclass('users') IS NOT NULL")
        if cursor.fetchone() != (True,):
            return []
        lines = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} AS name, t::text AS r FROM lms_desktop.{} t").format(
                sql.Literal(name), sql.Identifier(name)
            )
            for name in LOG_TABLES
        )
        cursor.execute(
            sql.SQL(
                "SELECT name, bool_or(r ~ %(hash)s), bool_or(r LIKE ANY (%(columns)s)),"
                " bool_or(EXISTS (SELECT FROM unnest(%(passwords)s::text[]) p WHERE position(p IN r) > 0))"
                " FROM ({}) lines GROUP BY name"
            ).format(lines),
            {
                "hash": HASH.pattern,
                # As a key of an image, where quotes are doubled: what a person wrote has backslashes before them.
                "columns": ['%""password_hash"" %', '%""token"" %', '%""password_hash"":%', '%""token"":%'],
                "passwords": sorted(_seen),
            },
        )
        kinds = ("a hash", "a secret column", "a password")
        return [
            f"{table}: {kind}"
            for table, *row in cursor.fetchall()
            for kind, there in zip(kinds, row, strict=True)
            if there
        ]


def _remember(password: str) -> None:
    if len(password) >= passwords.LEAST_CHARACTERS and "\0" not in password and password.lower() not in _WORDS:
        try:
            password.encode()
        except UnicodeEncodeError:
            return
        _seen.add(password)


def _kinds(text: str) -> list[str]:
    kinds = ["a hash"] if HASH.search(text) else []
    return kinds + [f"the password {password[:2]}…" for password in sorted(_seen) if password in text]
