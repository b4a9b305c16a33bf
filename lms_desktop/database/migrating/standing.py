"""Where a database stands in a lineage: its revisions, what is odd about it, what may be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import sqlalchemy as sa

from lms_desktop.database.migrating import catalogue, record
from lms_desktop.database.migrating.catalogue import Schema
from lms_desktop.database.migrating.drift import Difference, compare, likeness
from lms_desktop.database.migrating.expected import expected
from lms_desktop.database.migrating.lineages import Lineage
from lms_desktop.database.migrating.record import Applied
from lms_desktop.database.migrating.source import Revision, Source
from lms_desktop.errors.kinds import N_
from lms_desktop.errors.sentences import Sentence

StandingKind = Literal["empty", "behind", "current", "ahead", "unversioned", "heads", "unknown", "foreign"]
RevisionWord = Literal["applied", "pending", "unknown"]
Offer = Literal["apply", "rehearse", "rollback", "stamp", "verify"]

LIKE_ENOUGH = 2 / 3
"""So much of a revision's columns, by name and type, must be there for the database to be that of the LMS."""


@dataclass(frozen=True)
class RevisionState:
    """A revision and what has become of it in a database.

    Attributes:
        revision: The revision; of an unknown one only the id is known.
        state: "applied", "pending", or "unknown": it stands in the version table, and this program does not know it.
        applied: When and by whom, where that is on record.
    """

    revision: Revision
    state: RevisionWord
    applied: Applied | None = None


@dataclass(frozen=True)
class Standing:
    """Where a database stands.

    Attributes:
        lineage: In which line of revisions.
        kind: "empty": nothing of it is there. "behind": revisions are pending. "current": at the head. "ahead": at a
            revision of a newer program. "unversioned": the tables are there, and nothing says at which revision.
            "heads": several revisions stand in the version table. "unknown": at a revision that this program does not
            know and that is no newer one by all appearances. "foreign": these are not the tables of the LMS, whatever
            the version table says.
        revisions: All known ones, oldest first; after them what stands in the version table and is unknown.
        current: What stands in the version table; usually one id or none.
        heads: The newest revisions that this program knows; usually one.
        sentence: What to say of it.
        way_out: What to do; None where there is nothing to be done.
        compared_with: The revision that the schema was compared with: the current one, for "unversioned" the one it
            is most like; None where there is none, or where it was not recorded what it should have given.
        differences: From that revision.
        may_stamp: For "unversioned": the revision that the schema equals, which may be stamped.
        offers: What may be done at all, rights and roles aside.
    """

    lineage: Lineage
    kind: StandingKind
    revisions: tuple[RevisionState, ...]
    current: tuple[str, ...]
    heads: tuple[str, ...]
    sentence: Sentence
    way_out: Sentence | None = None
    compared_with: str | None = None
    differences: tuple[Difference, ...] = ()
    may_stamp: str | None = None
    offers: frozenset[Offer] = field(default_factory=frozenset)

    @property
    def revision(self) -> str | None:
        """The one current revision; None for the base, and where it is not one."""
        return self.current[0] if len(self.current) == 1 else None

    @property
    def pending(self) -> tuple[Revision, ...]:
        """What an upgrade would apply, oldest first."""
        return tuple(each.revision for each in self.revisions if each.state == "pending")

    @property
    def drifted(self) -> bool:
        """Whether something is missing, or other than the revision makes it."""
        return any(difference.grave for difference in self.differences)


def look(connection: sa.Connection, source: Source) -> Standing:
    """Look, and change nothing: some ten statements, which touch the catalogue and two small tables."""
    rows = version_rows(connection, source.lineage)
    live = catalogue.read(connection, source.lineage)
    around = catalogue.read(connection, Lineage.DOCUMENT) if source.lineage is Lineage.OWN else None
    history = record.applied(connection, source.lineage)
    return judge(source, rows, live, around, history)


def judge(
    source: Source,
    rows: Sequence[str] | None,
    live: Schema,
    around: Schema | None = None,
    history: Mapping[str, Applied] | None = None,
) -> Standing:
    """What `look` makes of what it found: `rows` of the version table, None where a table of that name is
    none; `around` is the document's schema where `live` is ours."""
    return _Judge(source, rows, live, around, history or {}).standing()


class _Judge:
    def __init__(
        self,
        source: Source,
        rows: Sequence[str] | None,
        live: Schema,
        around: Schema | None,
        history: Mapping[str, Applied],
    ) -> None:
        self._source, self._live, self._around, self._history = source, live, around, history
        self._odd_table = rows is None
        self._rows = tuple(rows or ())
        self._known = source.revisions
        self._ids = [revision.id for revision in self._known]

    def standing(self) -> Standing:
        has_tables = any(table.columns for table in self._live.tables.values())
        if self._odd_table:
            return self._foreign()
        if self._rows == HIDDEN:
            return self._hidden()
        if not self._rows:
            return self._unversioned() if has_tables else self._plain("empty", None)
        if len(self._rows) > 1:
            return self._several()
        if self._rows[0] not in self._ids:
            return self._unknown(self._rows[0])
        return self._at(self._rows[0])

    def _at(self, current: str) -> Standing:
        if self._like(current) < LIKE_ENOUGH:
            return self._foreign()
        return self._plain("current" if current == self._ids[-1] else "behind", current)

    def _plain(self, kind: StandingKind, current: str | None) -> Standing:
        differences = self._differences(current)
        pending = len(self._known) - (self._ids.index(current) + 1 if current else 0)
        offers: set[Offer] = set()
        if current is not None:
            offers |= {"rollback", "verify"}
        if pending:
            offers |= {"apply", "rehearse"}
        own = self._source.lineage is Lineage.OWN
        sentence = {
            "empty": Sentence(N_("The change log is not installed in this database."))
            if own
            else Sentence(N_("This database is empty: it has no tables yet.")),
            "behind": Sentence(N_("Pending revisions: {pending}."), pending=pending),
            "current": Sentence(N_("This database is up to date.")),
        }[kind]
        way_out = Sentence(N_("Look at the plan, rehearse it, then apply it.")) if pending else None
        return self._made(kind, sentence, way_out, current, differences, frozenset(offers))

    def _hidden(self) -> Standing:
        self._rows = ()
        sentence = Sentence(N_("Your connection may not see at which revision this database is."))
        return self._made("unknown", sentence, Sentence(N_("Connect as a role that may, such as the owner.")), None)

    def _several(self) -> Standing:
        sentence = Sentence(
            N_("This database is at several revisions at once: {revisions}."), revisions=", ".join(sorted(self._rows))
        )
        way_out = Sentence(
            N_("Whoever looks after the LMS's own migrations has to merge them; nothing is offered here.")
        )
        return self._made("heads", sentence, way_out, None)

    def _unknown(self, current: str) -> Standing:
        if self._like(self._ids[0]) < LIKE_ENOUGH:
            return self._foreign()
        head = self._ids[-1]
        if not any(difference.grave for difference in self._differences(head)):
            sentence = Sentence(
                N_("This database is at revision {revision}, made by a newer version of this program."),
                revision=current,
            )
            return self._made(
                "ahead", sentence, Sentence(N_("Use the newer version; this one changes nothing here.")), None
            )
        sentence = Sentence(
            N_("This database is at revision {revision}, which this program does not know."), revision=current
        )
        way_out = Sentence(N_("Ask whoever applied it; nothing is offered here that could do harm."))
        return self._made("unknown", sentence, way_out, None)

    def _unversioned(self) -> Standing:
        if self._source.lineage is Lineage.DOCUMENT and self._like(self._ids[0]) < LIKE_ENOUGH:
            return self._foreign()
        candidates = [(revision, self._differences(revision)) for revision in reversed(self._ids)]
        candidates = [
            (revision, found) for revision, found in candidates if expected(self._source, revision) is not None
        ]
        # Of a later revision nothing may be left over: at 0005 a column of 0006 is one too many.
        nearest = min(candidates, key=lambda each: len(each[1]), default=(None, ()))
        exact = nearest[0] if nearest[0] is not None and not any(d.grave for d in nearest[1]) else None
        sentence = Sentence(N_("This database has tables, but no record of which revision they are."))
        if exact is not None:
            way_out = Sentence(N_("They are those of {revision}, which can be put on record."), revision=exact)
        else:
            way_out = Sentence(
                N_("They are most like those of {revision}; what is different has to be mended first."),
                revision=nearest[0] or "–",
            )
        offers: frozenset[Offer] = frozenset({"stamp"} if exact else ())
        return self._made("unversioned", sentence, way_out, nearest[0], nearest[1], offers, exact)

    def _foreign(self) -> Standing:
        called = ", ".join(self._rows)
        if called:
            sentence = Sentence(
                N_("This database calls itself {revision}, but its tables are not those of the LMS."), revision=called
            )
        else:
            sentence = Sentence(N_("This database has tables, and they are not those of the LMS."))
        way_out = Sentence(N_("It belongs to another program: choose the LMS's database, or an empty one."))
        return self._made("foreign", sentence, way_out, None)

    def _made(
        self,
        kind: StandingKind,
        sentence: Sentence,
        way_out: Sentence | None,
        compared: str | None,
        differences: tuple[Difference, ...] = (),
        offers: frozenset[Offer] = frozenset(),
        may_stamp: str | None = None,
    ) -> Standing:
        recorded = compared is not None and expected(self._source, compared) is not None
        return Standing(
            self._source.lineage,
            kind,
            self._states(kind),
            self._rows,
            self._source.heads,
            sentence,
            way_out,
            compared if recorded else None,
            differences,
            may_stamp,
            offers,
        )

    def _states(self, kind: StandingKind) -> tuple[RevisionState, ...]:
        places = [self._ids.index(row) for row in self._rows if row in self._ids]
        reached = max(places, default=-1)
        if kind == "ahead":
            reached = len(self._ids) - 1
        states = [
            RevisionState(revision, "applied", self._history.get(revision.id))
            if place <= reached
            else RevisionState(revision, "pending")
            for place, revision in enumerate(self._known)
        ]
        if kind not in ("empty", "behind", "current", "ahead"):  # nobody can say
            states = [RevisionState(state.revision, "unknown", state.applied) for state in states]
        unknown = [
            RevisionState(Revision(row), "unknown", self._history.get(row))
            for row in self._rows
            if row not in self._ids
        ]
        return (*states, *unknown)

    def _like(self, revision: str) -> float:
        """How much the schema is like that of a revision; of one that was not recorded, of the last one before."""
        for place in range(self._ids.index(revision), -1, -1):
            wanted = expected(self._source, self._ids[place])
            if wanted is not None:
                return likeness(self._live, wanted)
        return 1.0

    def _differences(self, revision: str | None) -> tuple[Difference, ...]:
        wanted = expected(self._source, revision)
        return () if wanted is None else compare(self._live, wanted, triggers_where_tables=self._around)


# Our own schema may be closed to this role, and to_regclass would then fail.
_VERSION_TABLE = sa.text(
    "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'version_num' AND attnum > 0),"
    " has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = 'alembic_version'"
    " AND CASE WHEN CAST(:schema AS text) IS NULL THEN pg_table_is_visible(c.oid) ELSE n.nspname = :schema END"
)

HIDDEN = ("",)
"""In place of the version table's rows: this role may not read them."""


def version_rows(connection: sa.Connection, lineage: Lineage) -> tuple[str, ...] | None:
    """What stands in the version table; nothing where there is none, None where one of that name is another's."""
    found = connection.execute(_VERSION_TABLE, {"schema": lineage.schema}).first()
    if found is None:
        return ()
    if not found[0]:
        return None
    if not found[1]:
        return HIDDEN
    rows = connection.scalars(sa.text(f"SELECT version_num FROM {lineage.version_table} ORDER BY version_num"))
    return tuple(str(row) for row in rows)
