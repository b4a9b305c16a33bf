"""Unsaved edits on disk: what the drafts of this window say goes there, what others left there is offered."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from lms_desktop import paths
from lms_desktop.database.fates import Fate, fate
from lms_desktop.database.unit_of_work import Database
from lms_desktop.models.desk import Desk
from lms_desktop.models.drafts import Draft, Drafts
from lms_desktop.services.edits import Behind
from lms_desktop.services.journal import Contents, Key, Left, Owner, Parts, left_behind, parts_without_secrets
from lms_desktop.services.journal_file import JournalFile
from lms_desktop.spec import Catalog, EntityAdmin, Secret

if TYPE_CHECKING:
    from lms_desktop.services.offering import Found

ASK_FOR = 10.0
"""Seconds for which the fate of a save that was under way when a window ended is waited for."""

LOOK_AGAIN_MS = 3000
"""Milliseconds after which it is looked again where the server could not be asked."""


def folder() -> Path:
    """Where all journals are."""
    return paths.data_folder() / "drafts"


@dataclass
class Offer:
    """What was found and may be restored.

    Attributes:
        found: the drafts, compared with what the database has now.
        saved: how many values turned out to be in the database already.
    """

    found: "tuple[Found, ...]"
    saved: int
    left: tuple[Left, ...] = field(repr=False, default=())

    @property
    def changes(self) -> int:
        """How many unsaved values there are."""
        return sum(one.changes for one in self.found)

    @property
    def since(self) -> datetime | None:
        """When the latest of them was begun."""
        moments = [one.at for one in self.found if one.at is not None]
        return max(moments, default=None)


class Journal(QObject):
    """The journal of one window, of one person on one database.

    Attributes:
        file: what is written; None where nothing is kept.
        trouble: why edits cannot be kept on disk just now; "" where they can.
        offer: what was found and is neither restored nor given up.
        looked: it is known what an earlier sitting has left.

    Signals:
        troubled(str): `trouble` is another.
        offered(object): an Offer.
    """

    troubled = Signal(str)
    offered = Signal(object)
    _told = Signal(str)

    def __init__(
        self, desk: Desk | None, catalog: Catalog | None, owner: Owner | None, parent: QObject | None = None
    ) -> None:
        """Without a desk nothing is kept and nothing offered."""
        super().__init__(parent)
        self._desk, self._catalog = desk, catalog
        self._owner: Owner | None = None
        self.trouble = ""
        self.looked = False
        self.offer: Offer | None = None
        self.file: JournalFile | None = None
        self._drafts: dict[type, Drafts] = {}
        self._told.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        if owner is not None:
            self.belong_to(owner)

    def belong_to(self, owner: Owner) -> None:
        """Keep the unsaved edits of this person from now on. None has been begun yet."""
        self._owner = owner
        if self._desk is not None:
            self.file = JournalFile(folder(), owner, self._told.emit)
            self._desk.keeper = self.file

    @property
    def keeps(self) -> bool:
        """Whether unsaved edits are on disk."""
        return self.file is not None and not self.trouble

    # Writing

    def watch(self, drafts: Drafts, admin: EntityAdmin) -> None:
        """Keep what these drafts say from now on."""
        if self.file is None:
            return
        secret = frozenset(f.key for f in admin.own_fields if isinstance(f.kind, Secret))
        table = _table(admin.entity)
        drafts.changed.connect(partial(self._changed, drafts, table, secret))

    def carry(self, operation: str, rows: Sequence[tuple[type, str]]) -> None:
        """The drafts of these rows are about to be sent as one save."""
        if self.file is not None:
            self.file.carry(operation, [(_table(entity), row_id) for entity, row_id in rows])

    def close(self, *, keep: bool) -> None:
        """End: what drafts do from now on is no news. What is kept is offered next time."""
        if self.file is not None:
            self.file.close(keep=keep)
        if self._desk is not None and self._desk.keeper is self.file:
            self._desk.keeper = None
        self.file = None
        if self.offer is not None:
            for left in self.offer.left:
                left.leave()
            self.offer = None

    def _changed(self, drafts: Drafts, table: str, secret: frozenset[str], row_id: str) -> None:
        file = self.file
        if file is None:
            return
        known = {key[1] for key in file.contents.drafts if key[0] == table} if not row_id else {row_id}
        for one in known | ({draft.id for draft in drafts.all()} if not row_id else set()):
            draft = drafts.get(one)
            file.draft((table, one), None if draft is None else self._parts(file, (table, one), draft, secret))

    @staticmethod
    def _parts(file: JournalFile, key: Key, draft: Draft, secret: frozenset[str]) -> Parts:
        before = file.contents.drafts.get(key)
        parts: Parts = {
            "version": draft.version,
            "title": draft.title,
            "at": before["at"] if before is not None else datetime.now(UTC).isoformat(timespec="seconds"),
            "secrets": [],
            "values": draft.values,
            "base": draft.base,
            "labels": {k: list(label) for k, label in draft.labels.items()},
            "seen": draft.seen,
            "first": draft.first,
            "spot": None if draft.spot is None else {"after": draft.spot.after},
        }
        return parts_without_secrets(parts, secret)

    def _tell(self, trouble: str) -> None:
        if trouble != self.trouble:
            self.trouble = trouble
            self.troubled.emit(trouble)

    # Offering

    def look(self) -> None:
        """See what was left behind, and offer it once it is compared with what the database has now."""
        desk, owner = self._desk, self._owner
        database = None if desk is None else desk.database
        if desk is None or owner is None or database is None or self.offer is not None:
            return
        desk.plain(
            lambda: _claim(owner, database),
            done=lambda claimed: self._claimed(*claimed),
            failed=lambda _: self._later(),
            owner=self,
            label=self.tr("Looking for unsaved changes"),
        )

    def _claimed(self, found: tuple[Left, ...], saved: int) -> None:
        desk, catalog = self._desk, self._catalog
        if not found or desk is None or catalog is None:
            self.looked = True
            return
        if self.file is None:  # closed meanwhile
            for left in found:
                left.leave()
            return
        drafts: dict[Key, Parts] = {}
        for left in found:
            drafts.update(left.contents.drafts)
        from lms_desktop.services.offering import compare  # few windows find something

        desk.read(
            lambda uow: compare(uow, catalog, drafts),
            done=lambda compared: self._compared(found, compared[0], compared[1] + saved),
            failed=lambda _: self._not_compared(found),
            owner=self,
            background=True,
        )

    def _compared(self, left: tuple[Left, ...], found: "tuple[Found, ...]", saved: int) -> None:
        if self.file is None:
            for one in left:
                one.leave()
            return
        self.offer, self.looked = Offer(found, saved, left), True
        if not found:
            self._forget()
        if found or saved:
            self.offered.emit(Offer(found, saved))

    def _not_compared(self, left: tuple[Left, ...]) -> None:
        for one in left:
            one.leave()
        self._later()

    def _later(self) -> None:
        """The server is away: look again in a while."""
        if self.file is not None:
            QTimer.singleShot(LOOK_AGAIN_MS, self, self.look)

    def restore(self, drafts_of: Callable[[type], Drafts | None]) -> "list[Found]":
        """Make drafts of what is offered, where the person may have them; those that were restored."""
        offer = self.offer
        done: list[Found] = []
        if offer is None:
            return done
        remaining = Contents()
        for one in offer.found:
            drafts = None if one.entity is None else drafts_of(one.entity)
            if drafts is None or one.entity is None:
                remaining.drafts[one.key] = one.parts
                continue
            if one.changes:  # else a password alone was typed, which is kept nowhere
                drafts.take_in(draft_of(one.entity, one.key[1], one.parts))
            done.append(one)
        self._forget(remaining)
        return done

    def discard(self) -> None:
        """Give up what is offered."""
        self._forget()

    def _forget(self, remaining: Contents | None = None) -> None:
        """Let the files go, but for what could not be restored here. After restoring (`remaining`) they stay where the
        disk did not take anew what they say."""
        offer, self.offer = self.offer, None
        trouble = self.file.trouble if remaining is not None and self.file is not None else ""
        if remaining and self._owner is not None:
            beside = JournalFile(folder(), self._owner)
            for key, parts in remaining.drafts.items():
                beside.draft(key, parts)
            beside.close(keep=True)
            trouble = trouble or beside.trouble
        for left in () if offer is None else offer.left:
            if trouble:
                left.leave()
                continue
            try:
                left.drop()
            except OSError as error:
                left.leave()
                self._tell(error.strerror or str(error))


def draft_of(entity: type, row_id: str, parts: Mapping[str, object]) -> Draft:
    """The draft that a journal's parts say."""
    maps = {part: dict(parts[part]) for part in ("values", "base", "labels", "seen", "first")}  # type: ignore[call-overload]
    labels = {key: (str(label[0]), str(label[1])) for key, label in maps["labels"].items()}
    version = parts["version"]
    return Draft(
        entity,
        row_id,
        None if version is None else str(version),
        base=maps["base"],
        values=maps["values"],
        labels=labels,
        title=str(parts["title"]),
        seen=maps["seen"],
        first=maps["first"],
        spot=_spot(parts.get("spot")),
    )


def _spot(kept: object) -> Behind | None:
    after = kept.get("after", "") if isinstance(kept, Mapping) else ""
    return Behind(after) if after is None or (isinstance(after, str) and after) else None


def _table(entity: type) -> str:
    return str(entity.__tablename__)  # type: ignore[attr-defined]


def _claim(owner: Owner, database: Database) -> tuple[tuple[Left, ...], int]:
    """What was left behind, with the saves in it settled as far as the server can say what became of them; and how many
    values are saved by those. Raises what the driver raises where it cannot be asked."""
    found = left_behind(folder(), owner) if folder().is_dir() else []
    try:
        deadline = time.monotonic() + ASK_FOR
        return tuple(found), sum(_settle(left.contents, database, deadline) for left in found)
    except BaseException:
        for left in found:
            left.leave()
        raise


def _settle(contents: Contents, database: Database, deadline: float) -> int:
    saved = 0
    for operation, carried in list(contents.operations.items()):
        became: Fate = "aborted" if carried.sent is None else "running"  # without a line of it COMMIT was never sent
        while carried.sent is not None:
            with database.engine.connect() as connection:
                became = fate(connection, carried.sent)
            if became != "running" or time.monotonic() > deadline:
                break
            time.sleep(0.1)
        saved += contents.settle(operation, committed=became == "committed")
    return saved
