"""Whether the change log is there and takes everything down. What it holds is read by services."""

import sqlalchemy as sa

from lms_desktop.entities.logs import SCHEMA
from lms_desktop.errors.kinds import N_
from lms_desktop.frozen import frozen

LOGGED_TABLES = (
    "users",
    "refresh_tokens",
    "courses",
    "lessons",
    "enrollments",
    "lesson_progress",
    "certificates",
    "quizzes",
    "quiz_questions",
    "quiz_attempts",
)
"""The tables whose changes are logged."""

EVENTS = ("insert", "update", "delete")
"""What each of them has a trigger for, named `lms_desktop_` and the event."""


@frozen
class LogState:
    """How it stands with the change log.

    Attributes:
        installed: our schema holds it.
        usable: this connection may write to it through its functions, and read it.
        uncovered: tables that exist and whose changes are not all taken down.
    """

    installed: bool = False
    usable: bool = False
    uncovered: tuple[str, ...] = ()

    @property
    def on(self) -> bool:
        """Whether changes are taken down and can be taken back."""
        return self.installed and self.usable

    @property
    def why_off(self) -> str:
        """Why undo, history and restoring are off, in a sentence to be translated; "" where they are on."""
        if self.on:
            return ""
        if self.installed:
            return N_("The change log of this database is not open to your connection.")
        return N_("The change log is not installed in this database.")


_SCHEMA = sa.text(
    "SELECT has_schema_privilege(n.oid, 'USAGE') AND coalesce(bool_and(has_table_privilege(c.oid, 'SELECT')), false)"
    " AND EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = n.oid AND p.proname = 'describe_operation'"
    " AND has_function_privilege(p.oid, 'EXECUTE'))"
    " FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid AND c.relname IN ('operations', 'changes')"
    " WHERE n.nspname = :schema GROUP BY n.oid HAVING count(*) = 2"
)

_UNCOVERED = sa.text(
    "SELECT name FROM unnest(CAST(:tables AS text[])) AS name WHERE to_regclass(quote_ident(name)) IS NOT NULL AND ("
    "SELECT count(*) FROM pg_trigger WHERE tgrelid = to_regclass(quote_ident(name)) AND tgenabled IN ('O', 'A')"
    " AND tgname = ANY (CAST(:triggers AS text[]))) < :events ORDER BY name"
)


def log_state(connection: sa.Connection) -> LogState:
    """Look; two statements, which touch the catalogue only."""
    usable = connection.scalar(_SCHEMA, {"schema": SCHEMA})
    if usable is None:
        return LogState()
    looked_for = {
        "tables": list(LOGGED_TABLES),
        "triggers": [f"{SCHEMA}_{event}" for event in EVENTS],
        "events": len(EVENTS),
    }
    uncovered = connection.execute(_UNCOVERED, looked_for).scalars().all()
    return LogState(installed=True, usable=bool(usable), uncovered=tuple(uncovered))


def attach(connection: sa.Connection) -> int:
    """Have the log take down tables that came after it; how many triggers were missing. Only its owner may."""
    return int(connection.scalar(sa.text(f"SELECT {SCHEMA}.attach()")) or 0)
