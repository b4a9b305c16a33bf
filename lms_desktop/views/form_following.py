"""What happens elsewhere to the record that a form shows, and when that is worth reading it again."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from lms_desktop.database.unit_of_work import Outcome
from lms_desktop.models.draft import Written
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.live import Batch
from lms_desktop.services.edits import Record
from lms_desktop.services.live import sources
from lms_desktop.spec import EntityAdmin, Ref, Related
from lms_desktop.views.session import Session

if TYPE_CHECKING:
    from lms_desktop.views.record_form import RecordForm

RENEW_PAUSE = 0.5
"""Seconds between two readings of a record that others change all the time."""


class FormFollowing(QObject):
    """Hears for one form what the desk has committed and noticed.

    Signals:
        stale(bool): the record is to be read again, and may be; whether that has time.
        outnumbered(): how many rows hang on it is to be counted again.
        changed(object, object): a `Told` and who did what: somebody else has changed the record.
        named(): it is known now who that was.
    """

    stale = Signal(bool)
    outnumbered = Signal()
    changed = Signal(object, object)
    named = Signal()

    def __init__(
        self,
        session: Session,
        admin: EntityAdmin,
        drafts: Drafts,
        related: tuple[Related, ...],
        form: RecordForm,
    ) -> None:
        super().__init__(form)
        self._form, self._session, self._entity = form, session, admin.entity
        self._table: str = admin.entity.__tablename__  # type: ignore[attr-defined]
        self._sources = sources(session.catalog, admin, admin.fields) - {self._table}
        self._entities = {admin.entity, *(f.kind.target for f in admin.refs() if isinstance(f.kind, Ref))}
        self._hanging = {one.entity for one in related}
        self._hanging_tables: set[str] = {entity.__tablename__ for entity in self._hanging}  # type: ignore[attr-defined]
        self._again = self._perhaps = self._unseen = self._written = self._moved = False
        self._renewed = 0.0
        self._renewal = QTimer(self, singleShot=True)
        self._renewal.timeout.connect(self._renew)
        drafts.written.connect(self._note_written)
        session.desk.committed.connect(self._committed)
        session.desk.noticed.connect(self.hear)
        session.desk.named.connect(self._named)

    @property
    def waits(self) -> bool:
        """Whether the record is about to be read again."""
        return self._renewal.isActive()

    def catch_up(self) -> None:
        """Somebody sees the form again: what was changed meanwhile is read."""
        if self._unseen:
            self._unseen = False
            self.stale.emit(False)

    def _note_written(self, written: tuple[Written, ...]) -> None:
        """What was saved of the record shown stands there already."""
        record = self._form.record()
        self._written = record is not None and any(one.id == record.id for one in written)

    def _committed(self, outcome: Outcome, _initiator: object) -> None:
        written, self._written = self._written, False
        if self._form.row_id() is None:
            return
        if self._entities & outcome.entities:
            self.stale.emit(written)
        elif self._hanging & outcome.entities:
            self.outnumbered.emit()

    def hear(self, batch: Batch) -> None:
        """Rows were changed: the record shown perhaps, what it shows of others, or how many hang on it."""
        row_id, table = self._form.row_id(), self._table
        if row_id is None:
            return
        rows = batch.rows.get(table)
        of_own = table in batch.tables and (rows is None or row_id in rows)
        if of_own or batch.everything or self._sources & batch.tables:
            if of_own and rows is not None and not rows[row_id].own:
                self.changed.emit(rows[row_id], batch.doers)
            self._again, self._perhaps = self._again or not batch.unsure, self._perhaps or batch.unsure
        elif not self._hanging_tables & batch.moved:
            return
        self._moved = self._moved or bool(self._hanging_tables & batch.moved)
        if not self._renewal.isActive():
            self._renewal.start(max(0, round(1000 * (self._renewed + RENEW_PAUSE - monotonic()))))

    def _renew(self) -> None:
        """Read what was changed elsewhere. Where nobody sees it, showing it does."""
        again, perhaps, moved = self._again, self._perhaps, self._moved
        self._again = self._perhaps = self._moved = False
        self._renewed = monotonic()
        if not self._form.isVisible():
            self._unseen = self._unseen or again or perhaps or moved
        elif not (again or perhaps):
            self.outnumbered.emit()
        elif not self._form.may_be_renewed():
            self._again, self._perhaps, self._moved = again, perhaps, moved
            self._renewal.start(round(1000 * RENEW_PAUSE))
        elif again:
            self.stale.emit(False)  # also a record that was gone: it may have come back
        else:
            self._compare(moved=moved)

    def _compare(self, *, moved: bool) -> None:
        """See whether the record is another now. While it is the same, nobody who types in it is disturbed."""
        row_id = str(self._form.row_id())
        records, entity, zone = self._session.records, self._entity, self._session.zone

        def compared(found: Record | None) -> None:
            if self._form.row_id() != row_id or not self._form.may_be_renewed():
                return  # it was read meanwhile, or is being read
            if found != self._form.record():
                self.stale.emit(False)
            elif moved:
                self.outnumbered.emit()

        self._session.desk.read(
            lambda uow: records.load(uow, entity, row_id, zone),
            done=compared,
            failed=lambda _: None,
            owner=self,
            background=True,
        )

    def _named(self, batch: Batch) -> None:
        if self._form.row_id() in batch.others(self._table):
            self.named.emit()
