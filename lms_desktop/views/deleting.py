"""Deleting the rows selected on a page: what goes with them is counted, asked about, and deleted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import User
from lms_desktop.errors import ExplainedError
from lms_desktop.errors.sentences import Sentence
from lms_desktop.models.desk import Progress
from lms_desktop.models.rows import RowView
from lms_desktop.models.wording import amid, said, told, word
from lms_desktop.services.deleting import Question, Remedy, is_large, question
from lms_desktop.services.house_rules import own_account
from lms_desktop.views.delete_dialog import DeleteDialog
from lms_desktop.views.waiting import wait_for

if TYPE_CHECKING:
    from lms_desktop.views.entity_page import EntityPage


class Deleting(QObject):
    """The deletes of a page, one at a time."""

    def __init__(self, page: EntityPage) -> None:
        super().__init__(page)
        self._page = page
        self._busy = False

    def delete_selected(self) -> None:
        """Ask about deleting the selected rows with all that hangs on them; the answer is done."""
        page = self._page
        if not page.row_actions.rows.count():
            page.status.emit(self.tr("Select what to delete first."))
        elif not page.session.may(page.admin, "delete"):
            page.status.emit(self.tr("Your role may not delete here."))
        elif self._busy:
            page.status.emit(self.tr("Something is being deleted just now. One after the other."))
        else:
            page.row_actions.rows.take(lambda rows: self._look([one.view for one in rows]))

    def _look(self, rows: Sequence[RowView]) -> None:
        page = self._page
        catalog, entity, zone = page.session.catalog, page.admin.entity, page.session.zone
        ids = tuple(row.id for row in rows)
        if not ids:
            page.refresh()
            return
        if entity is User and page.session.actor.id in ids:
            page.trouble.emit(own_account())
            return
        text = self.tr("Counting what hangs on it")
        job = page.session.desk.read(
            lambda uow: question(uow, catalog, entity, ids, zone),
            done=partial(self._ask, rows),
            failed=page.trouble.emit,
            owner=self,
            label=text,
        )
        wait_for(job, text, page.window())

    def _ask(self, rows: Sequence[RowView], asked: Question) -> None:
        page = self._page
        gentler = next((a for a in page.row_actions.actions(list(rows)) if a.gentler), None)
        refused = said(asked.refused) if asked.refused else ""
        session = page.session
        dialog = DeleteDialog(
            session.catalog,
            page.admin,
            asked.impact,
            asked.names,
            gentler,
            page,
            refused=refused,
            answered=asked.answered,
            log=session.log.state,
            session=session,
        )
        if not dialog.exec():
            return
        if dialog.chosen is not None:
            page.row_actions.run(dialog.chosen, list(rows), asked=True)
        else:
            self._delete(rows, asked, dialog.remedies())

    def _delete(self, rows: Sequence[RowView], asked: Question, remedies: tuple[Remedy, ...]) -> None:
        page = self._page
        versions = {row.id: row.version for row in rows}
        records, entity, agreed = page.session.records, page.admin.entity, asked.impact
        done, label = partial(self._deleted, tuple(versions)), self.tr("Deleting")
        self._busy = True
        if not is_large(agreed):
            page.session.desk.commit(
                lambda uow: records.delete(uow, entity, versions, agreed, remedies=remedies),
                done=done,
                failed=self._refused,
                cancelled=self._cancelled,
                initiator=page,
                owner=self,
                label=label,
            )
            return

        def operation(uow: UnitOfWork, progress: Progress) -> Outcome:
            return records.delete(uow, entity, versions, agreed, progress, remedies)

        job = page.session.desk.run(
            operation,
            done=done,
            failed=self._refused,
            cancelled=self._cancelled,
            progress=self._progress,
            initiator=page,
            owner=self,
            label=label,
        )
        if job.ended is None:
            page.work_began.emit(self.tr("Deleting {0}").format(self._called(asked)), job.cancel)

    def _called(self, asked: Question) -> str:
        number = len(asked.impact.ids)
        if number == 1:
            return next(iter(asked.names), "") or amid(self._page.admin.noun)
        return f"{self._page.locale().toString(number)} {amid(self._page.admin.plural)}"

    # What comes of it

    def _progress(self, fraction: float, text: str) -> None:
        self._page.work_told.emit(fraction, told(text) if isinstance(text, Sentence) else word(text))

    def _deleted(self, ids: tuple[str, ...], outcome: Outcome) -> None:
        self._over()
        page = self._page
        for row_id in ids:
            page.drafts.discard(row_id)
        if page.beside.row_id() in ids:
            page.beside.show_record(None)
        page.message.emit(told(outcome.sentence))

    def _refused(self, error: ExplainedError) -> None:
        self._over()
        self._page.trouble.emit(error)
        self._page.refresh()

    def _cancelled(self) -> None:
        self._over()
        self._page.status.emit(self.tr("Cancelled. Nothing was deleted."))

    def _over(self) -> None:
        self._busy = False
        self._page.work_ended.emit()
