"""How far a database is, in a word: what every start asks. Where it was looked at closely: `migrating.standing`."""

from typing import TYPE_CHECKING, Literal

from lms_desktop.frozen import frozen

if TYPE_CHECKING:  # nothing that a start with nothing to migrate would have to wait for
    from lms_desktop.database.migrating.preflight import Finding
    from lms_desktop.database.migrating.standing import Standing

Kind = Literal["empty", "behind", "current", "ahead", "unversioned", "heads", "unknown", "foreign"]


@frozen
class RevisionInfo:
    """A revision.

    Attributes:
        id: As `alembic_version` holds it.
        description: What it is, in one English sentence; the first line of its file.
    """

    id: str
    description: str


@frozen
class State:
    """How far a database is.

    Attributes:
        kind: "empty": no tables at all, what a first run meets. "behind": `pending` is to be applied. "current":
            nothing is. "ahead": at a revision that this program does not know, made by a newer one. "unversioned":
            there are tables, and nothing says which revision they are. "foreign": it is at a revision by its own
            word, but the tables are another program's.
        current: The revision the database is at; None where it is at none. In "ahead", what stands there.
        head: The newest revision this program knows.
        pending: What an upgrade to the head would apply, oldest first; nothing for "ahead", "unversioned", "foreign".
        standing: All that is known, where it was looked at closely. Its kind may then be one of the further ones of
            `migrating.standing`.
        findings: What stands in the way of the upgrade, or may make it slow.
    """

    kind: Kind
    current: str | None
    head: str
    pending: tuple[RevisionInfo, ...]
    standing: "Standing | None" = None
    findings: "tuple[Finding, ...]" = ()

    @property
    def can_upgrade(self) -> bool:
        """Whether there is something to apply, and it may be."""
        return bool(self.pending)


@frozen
class Step:
    """A revision that has just been applied, the `number`th (from 1) of `total`. Not committed before the last one."""

    revision: RevisionInfo
    number: int
    total: int
