"""What is kept how long: the schema document's clean-up of refresh tokens. What else is in the tables is kept."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Text, and_, cast, delete, func, not_, select

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import RefreshToken
from lms_desktop.services import gate
from lms_desktop.spec import N_

KEPT_AFTER_EXPIRY = timedelta(days=30)
"""How long a token that was not revoked is kept after it has expired."""


@dataclass(frozen=True)
class CleanupLine:
    """One of the document's statements and what became of it.

    Attributes:
        what: The rows it is about, as the end of a sentence.
        rows: How many it deleted, or would delete after those before it.
    """

    what: str
    rows: int


@dataclass(frozen=True)
class CleanupReport:
    """What was, or would be, cleaned up: one line for each statement, in the order in which they run."""

    lines: tuple[CleanupLine, ...]
    dry_run: bool

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(line.rows for line in self.lines)

    def sentences(self) -> tuple[str, ...]:
        """One English sentence for each statement."""
        verb = "Would delete" if self.dry_run else "Deleted"
        return tuple(f"{verb} {line.rows:,} {line.what}." for line in self.lines)


def cleanup(uow: UnitOfWork, *, dry_run: bool = False) -> Outcome:
    """Run the document's two clean-up statements, or count what they would delete; the value is a CleanupReport.

    The second counts only what the first has left, in a dry run as well. Raises Denied for whoever is no administrator.
    """
    gate.check_entity(uow, RefreshToken, "clean_up")
    expired_and_revoked = and_(RefreshToken.expires_at < func.now(), RefreshToken.revoked)
    old = RefreshToken.expires_at < func.now() - KEPT_AFTER_EXPIRY
    work = _count if dry_run else _delete
    report = CleanupReport(
        lines=(
            CleanupLine(N_("refresh tokens that are expired and revoked"), work(uow, expired_and_revoked)),
            CleanupLine(
                N_("refresh tokens that expired more than 30 days ago"), work(uow, and_(old, not_(expired_and_revoked)))
            ),
        ),
        dry_run=dry_run,
    )
    return uow.outcome(" ".join(report.sentences()), report, undoable=False)


def _count(uow: UnitOfWork, condition: ColumnElement[bool]) -> int:
    return int(uow.execute(select(func.count()).select_from(RefreshToken).where(condition)).scalar_one())


def _delete(uow: UnitOfWork, condition: ColumnElement[bool]) -> int:
    # now() is the transaction's beginning: what expires between the two statements is left to the next time.
    deleted = uow.execute(delete(RefreshToken).where(condition).returning(cast(RefreshToken.id, Text))).scalars().all()
    uow.touch(RefreshToken, deleted, "delete")
    return len(deleted)
