"""Deleting what is chosen in an outline: what goes with it is counted, asked about, and deleted."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.errors import ExplainedError
from lms_desktop.models.desk import Progress
from lms_desktop.models.wording import said, told
from lms_desktop.services.deleting import Question, Remedy, is_large, question
from lms_desktop.services.records import Record
from lms_desktop.views.delete_dialog import DeleteDialog
from lms_desktop.views.session import Session
from lms_desktop.views.waiting import wait_for


class CardDeleting(QObject):
    """Deletes of rows by entity and ids, one at a time.

    Signals:
        trouble(object): it could not be counted or deleted.
        message(str): what was deleted.
    """

    trouble = Signal(object)
    message = Signal(str)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._window = session, parent
        self._busy = False

    def delete(self, entity: type, ids: Sequence[str]) -> None:
        """Ask about deleting these rows with all that hangs on them; the answer is done."""
        if self._busy or not ids:
            return
        session = self._session
        catalog, records, zone, wanted = session.catalog, session.records, session.zone, tuple(ids)

        def look(uow: UnitOfWork) -> tuple[dict[str, Record], Question]:
            return records.load_all(uow, entity, wanted, zone), question(uow, catalog, entity, wanted, zone)

        text = self.tr("Counting what hangs on it")
        job = session.desk.read(look, done=partial(self._ask, entity), failed=self.trouble.emit, owner=self, label=text)
        wait_for(job, text, self._window.window())

    def _ask(self, entity: type, found: tuple[dict[str, Record], Question]) -> None:
        rows, asked = found
        if not rows:
            return
        session = self._session
        dialog = DeleteDialog(
            session.catalog,
            session.catalog[entity],
            asked.impact,
            asked.names,
            None,
            self._window,
            refused=said(asked.refused) if asked.refused else "",
            answered=asked.answered,
            log=session.log.state,
            session=session,
        )
        if dialog.exec():
            self._delete(entity, {row_id: row.version for row_id, row in rows.items()}, asked, dialog.remedies())

    def _delete(self, entity: type, versions: dict[str, str], asked: Question, remedies: tuple[Remedy, ...]) -> None:
        records, agreed, desk = self._session.records, asked.impact, self._session.desk
        self._busy = True
        label = self.tr("Deleting")
        if is_large(agreed):

            def long(uow: UnitOfWork, progress: Progress) -> Outcome:
                return records.delete(uow, entity, versions, agreed, progress, remedies)

            job = desk.run(long, done=self._done, failed=self._failed, cancelled=self._over, owner=self, label=label)
            wait_for(job, label, self._window.window())
            return
        desk.commit(
            lambda uow: records.delete(uow, entity, versions, agreed, remedies=remedies),
            done=self._done,
            failed=self._failed,
            cancelled=self._over,
            owner=self,
            label=label,
        )

    def _done(self, outcome: Outcome) -> None:
        self._over()
        self.message.emit(told(outcome.sentence))

    def _failed(self, error: ExplainedError) -> None:
        self._over()
        self.trouble.emit(error)

    def _over(self) -> None:
        self._busy = False
