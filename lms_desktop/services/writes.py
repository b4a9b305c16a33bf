"""What the server tells of all that was ever written, by whatever program: cheap to ask, and other once somebody wrote.

Two things are told, for one alone would not do. The moment is exact, and another one after any write in any database of
the server. What is counted of a table is that table's alone, and may be late: a program that has just told the server
of its writes waits with the next up to ten seconds, one that goes on working until it rests. TRUNCATE counts as no row;
it gives the table another file.
"""

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.exc import DBAPIError

from lms_desktop.database.spelled import Parameters
from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.frozen import frozen

# A snapshot is the same as one before only where no transaction that wrote has ended since, of whatever program. Not so
# on a standby, where one that is not the latest ends without a trace; another server may number its own alike, and all
# databases of a server are numbered together. A server that has crashed, which begins its statistics anew, may have
# lost what was committed and not on its disk yet, and gives the numbers once more.
_SNAPSHOT = (
    "concat_ws(' ', pg_current_snapshot(), pg_postmaster_start_time(),"
    " (SELECT stats_reset FROM pg_stat_bgwriter), current_database())"
)
# A server may refuse it, today as tomorrow. What is asked in the same transaction is answered all the same.
_SAVEPOINT = "lms_writes"
_BEGIN = f"SAVEPOINT {_SAVEPOINT}; "
_BACK = text(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}")
_REFUSALS = ("0A", "42")
"""How the states begin of what is not there, not allowed, or not done by this server."""
_MOMENT = text(f"{_BEGIN}SELECT CASE WHEN NOT pg_is_in_recovery() THEN {_SNAPSHOT} END")
# What a standby shows is what it has carried out of the log, up to here. It counts no rows.
_WRITES = text(
    f"{_BEGIN}SELECT CASE WHEN pg_is_in_recovery() THEN CAST(pg_last_wal_replay_lsn() AS text) ELSE {_SNAPSHOT} END,"
    " current_setting('track_counts') = 'on' AND NOT pg_is_in_recovery(),"
    " ARRAY(SELECT ARRAY[pg_stat_get_tuples_inserted(t), pg_stat_get_tuples_updated(t), pg_stat_get_tuples_deleted(t),"
    " CAST(pg_relation_filenode(t) AS bigint)]"
    " FROM unnest(CAST(:tables AS text[])) WITH ORDINALITY AS names(name, at), to_regclass(name) AS t ORDER BY at)"
)


@frozen
class Writes:
    """What was written up to some moment.

    Attributes:
        moment: a word for it: while it is the same, nobody has written anything.
        counts: table → rows inserted, updated and deleted, and the number of its file; None where nobody counts.
        seconds: so long it took to ask.
    """

    moment: str
    counts: Mapping[str, tuple[int, ...]] | None
    seconds: float = 0.0


def moment(uow: UnitOfWork) -> str | None:
    """A word for what the database holds: while it is the same, nobody has written. None on a standby, and where the
    server refuses to tell."""
    told = _ask(uow, _MOMENT, {})
    found: str | None = None if told is None else told[0]
    return found


def writes(uow: UnitOfWork, tables: Sequence[str]) -> Writes | None:
    """What was written by now, and into which of these tables. None where the server refuses to tell."""
    began = monotonic()
    told = _ask(uow, _WRITES, {"tables": list(tables)})
    if told is None:
        return None
    now, counted, counts = told
    known = {table: tuple(number or 0 for number in of) for table, of in zip(tables, counts, strict=True)}
    return Writes(str(now), known if counted else None, monotonic() - began)


def _ask(uow: UnitOfWork, question: TextClause, values: Parameters) -> tuple[Any, ...] | None:
    try:
        return tuple(uow.execute(question, values).one())
    except DBAPIError as error:
        if not (getattr(error.orig, "pgcode", None) or "").startswith(_REFUSALS):
            raise
        uow.execute(_BACK)
        return None
