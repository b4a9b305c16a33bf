"""Who applied which revision and when: `lms_desktop.migrations`, written by the migration itself where it is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from lms_desktop.database.migrating.lineages import Lineage


@dataclass(frozen=True)
class Applied:
    """When a revision was applied, by whom (an e-mail address, or OS-user@host), with which role of the database, and
    whether it was stamped without being run."""

    at: datetime
    actor: str
    db_role: str
    stamped: bool = False


_READABLE = sa.text(
    "SELECT has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(c.relnamespace, 'USAGE') FROM pg_class c"
    " WHERE c.relname = 'migrations' AND c.relnamespace = to_regnamespace('lms_desktop')"
)
_LATEST = sa.text(
    "SELECT DISTINCT ON (revision) revision, at, actor, db_role, action FROM lms_desktop.migrations"
    " WHERE lineage = :lineage ORDER BY revision, n DESC"
)


def applied(connection: sa.Connection, lineage: Lineage) -> Mapping[str, Applied]:
    """What is on record, by revision; one that was taken back last is not. Nothing where there is no record."""
    if not connection.scalar(_READABLE):
        return {}
    rows = connection.execute(_LATEST, {"lineage": lineage.word})
    return {
        row.revision: Applied(row.at, row.actor, row.db_role, row.action == "stamp")
        for row in rows
        if row.action != "downgrade"
    }
