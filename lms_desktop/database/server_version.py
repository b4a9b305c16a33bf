"""Which PostgreSQL this program can work with."""

from lms_desktop.errors.kinds import N_, UserError

OLDEST = 14
"""The major version that has all that is asked of the server. A save reads its transaction's id as 13 tells it
(`pg_current_xact_id`, `xid8`), and so does the change log; whoever migrates asks since when others wait (the column
`waitstart` of `pg_locks`) and may sit idle for as long as it takes (`idle_session_timeout`), which 14 brought."""


def check(number: int) -> None:
    """Raise UserError for a server that is too old; `number` is its `server_version_num` (150018 for 15.18)."""
    if number < OLDEST * 10_000:
        raise UserError(
            N_("The server is PostgreSQL {version}, and this program needs {oldest} or a newer one."),
            way_out=N_("Ask whoever administers the server to upgrade it, or connect to another one."),
            values={"version": spelled(number), "oldest": OLDEST},
        )


def spelled(number: int) -> str:
    """A `server_version_num` as people write it. Up to 9.6 the first two numbers named the major version."""
    major, minor = divmod(number, 10_000)
    return f"{major}.{minor}" if major >= 10 else f"{major}.{minor // 100}.{minor % 100}"
