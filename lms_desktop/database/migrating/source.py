"""Revisions as they are written: their order, their words, their SQL. No database is asked anything."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from lms_desktop.database.migrating.lineages import Lineage, config_of, environment
from lms_desktop.database.migrating.statements import Statement, read, split
from lms_desktop.errors import Busy, UserError
from lms_desktop.errors.kinds import N_
from lms_desktop.paths import migrations_folder

if TYPE_CHECKING:
    from alembic.script import Script, ScriptDirectory

Direction = Literal["upgrade", "downgrade"]

PATIENCE = 30.0
"""Seconds to wait for another migration of this process; Alembic's environment is a module's global."""


@dataclass(frozen=True)
class Revision:
    """A revision.

    Attributes:
        id: As `alembic_version` holds it.
        description: What it is, in one English sentence; the first line of its file.
        words: All that its file says of it, the description included; a line for each paragraph.
        down: The revisions that it follows.
    """

    id: str
    description: str = ""
    words: str = ""
    down: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """A revision's SQL in one direction.

    Attributes:
        statements: Its own, without those of Alembic's version table and of transactions.
        in_transaction: Whether all of it may run in one transaction. False: it commits in its midst, as CREATE INDEX
            CONCURRENTLY needs it.
        complete: False where the SQL depends on a database, and only running it shows what it does.
    """

    statements: tuple[Statement, ...]
    in_transaction: bool = True
    complete: bool = True

    @property
    def sql(self) -> str:
        """As a script."""
        return "\n\n".join(f"{statement.sql};" for statement in self.statements)


@dataclass(frozen=True)
class Source:
    """Where a lineage's revisions are.

    Attributes:
        lineage: The lineage.
        folders: Of revisions, where they are not the lineage's own (tests have some).
        expected: The folders of the schemas that each revision should give.
    """

    lineage: Lineage
    folders: tuple[Path, ...] = ()
    expected: tuple[Path, ...] = ()

    @property
    def expected_folders(self) -> tuple[Path, ...]:
        """Where to look for what a revision should give."""
        return (*self.expected, migrations_folder() / "expected")

    @property
    def revisions(self) -> tuple[Revision, ...]:
        """All that this program knows, oldest first."""
        return tuple(_revision(script) for script in reversed(list(_directory(self).walk_revisions())))

    @property
    def heads(self) -> tuple[str, ...]:
        """The newest; several where two revisions follow one."""
        return tuple(_directory(self).get_heads())

    @property
    def head(self) -> str:
        """The newest. Raises UserError where there are several."""
        heads = self.heads
        if len(heads) != 1:
            raise UserError(
                N_("The revisions of this program have several heads: {heads}."),
                way_out=N_("Whoever writes them has to merge them first."),
                values={"heads": ", ".join(sorted(heads))},
            )
        return heads[0]

    def get(self, revision_id: str) -> Revision | None:
        """A revision by its whole id."""
        return next((revision for revision in self.revisions if revision.id == revision_id), None)

    def resolve(self, target: str, current: str | None) -> str | None:
        """The id that a target names: an id, its beginning, "head", "base", "+1", "-2". None is the base.

        Raises UserError where it names none, or more than one.
        """
        ids = [revision.id for revision in self.revisions]
        if target == "head":
            return self.head
        if target == "base":
            return None
        if re.fullmatch(r"[+-]\d{1,4}", target):
            place = (ids.index(current) if current in ids else -1) + int(target)
            if -1 <= place < len(ids):
                return None if place == -1 else ids[place]
        found = [each for each in ids if each == target] or [each for each in ids if target and each.startswith(target)]
        if len(found) == 1:
            return found[0]
        raise UserError(
            N_("There is no revision {target} here, or more than one begins like that."),
            way_out=N_("There are: {known}; and head, base, +1, -1."),
            values={"target": target, "known": ", ".join(ids)},
        )

    def path(self, current: str | None, target: str | None) -> tuple[Direction, tuple[Revision, ...]]:
        """The way from one revision to another: its direction, and what is applied or undone, in that order."""
        revisions = list(self.revisions)
        ids: list[str | None] = [None, *(revision.id for revision in revisions)]
        here, there = ids.index(current), ids.index(target)
        if there >= here:
            return "upgrade", tuple(revisions[here:there])
        return "downgrade", tuple(reversed(revisions[there:here]))

    def written(self, revision: Revision, direction: Direction) -> Written:
        """Its SQL. Raises Busy while a migration of this process takes too long."""
        return _written(self, revision, direction)


def own(lineage: Lineage) -> Source:
    """The revisions that this program is shipped with."""
    return Source(lineage)


@cache
def _directory(source: Source) -> "ScriptDirectory":
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(config_of(source.lineage, source.folders))


def _revision(script: "Script") -> Revision:
    down: object = script.down_revision or ()
    said = (script.longdoc or "").strip()
    words = re.sub(r"(?<!\n)\n(?![\n ])", " ", said)  # lines set in from the margin stay lines
    words = re.sub(r"(?<=\S) {2,}", "  ", words)
    return Revision(script.revision, script.doc, words, (down,) if isinstance(down, str) else tuple(down))  # type: ignore[arg-type]


@cache
def _written(source: Source, revision: Revision, direction: Direction) -> Written:
    from alembic import command

    config = config_of(source.lineage, source.folders)
    config.output_buffer = io.StringIO()
    below = revision.down[0] if revision.down else "base"
    with _environment():
        try:
            if direction == "upgrade":
                command.upgrade(config, f"{below}:{revision.id}", sql=True)
            else:
                command.downgrade(config, f"{revision.id}:{below}", sql=True)
        except Exception:  # whatever it meant to ask a database, there was none
            return Written((), _in_transaction(source, revision, direction, ()), complete=False)
    statements = split(config.output_buffer.getvalue())
    own_statements = tuple(read(sql) for sql in statements if not _is_housekeeping(sql, source.lineage))
    return Written(own_statements, _in_transaction(source, revision, direction, statements))


class _environment:
    """Alembic's environment, waited for with an end."""

    def __enter__(self) -> None:
        if not environment.acquire(timeout=PATIENCE):
            raise Busy(N_("Another migration is running in this program."), way_out=N_("Try again when it is done."))

    def __exit__(self, *_: object) -> None:
        environment.release()


_TRANSACTION = re.compile(r"(BEGIN|COMMIT)\b", re.IGNORECASE)


def _is_housekeeping(sql: str, lineage: Lineage) -> bool:
    if _TRANSACTION.match(sql):
        return True
    if re.match(r"CREATE SCHEMA IF NOT EXISTS ", sql):
        return True
    table = re.escape(lineage.version_table)
    return bool(
        re.match(
            rf"(CREATE TABLE( IF NOT EXISTS)?|INSERT INTO|UPDATE|DELETE FROM|ALTER TABLE( IF EXISTS)?) {table}\b", sql
        )
    )


def _in_transaction(source: Source, revision: Revision, direction: Direction, statements: Sequence[str]) -> bool:
    inner = [sql for sql in statements if _TRANSACTION.match(sql)]
    if statements:
        return len(inner) <= 2
    script = _directory(source).get_revision(revision.id)
    file = Path(script.path) if script is not None and script.path else None
    return file is None or "autocommit_block" not in file.read_text("utf-8")
