"""Saving a page's drafts: one transaction, what was refused is marked, what others changed is shown first."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.errors import Busy, ConnectionLost, ExplainedError, InDoubt
from lms_desktop.errors.kinds import N_
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.page_drafts import Row
from lms_desktop.models.wording import reason, told
from lms_desktop.services.duplicates import row_in_the_way
from lms_desktop.services.edits import Clash, Clashes, Edit, Refused
from lms_desktop.views.feedback import ask
from lms_desktop.views.page import Destination

if TYPE_CHECKING:
    from lms_desktop.views.drafts_page import DraftsPage


class Saving(QObject):
    """Sends the drafts of a page and deals with the answer.

    Attributes:
        busy: a save is under way; another one waits for its answer.
        in_doubt: the answer to a save was lost, and it is being asked what became of it; another one waits for that.

    Signals:
        ended(bool): a save has ended; whether all is saved.
    """

    ended = Signal(bool)

    def __init__(self, page: DraftsPage) -> None:
        super().__init__(page)
        self._page = page
        self.busy = self.in_doubt = False
        self._lost = ""
        self._refused: tuple[Row, str] | None = None
        self._name, self._edits, self._sent = "", tuple[Edit, ...](), tuple[Edit, ...]()
        page.session.desk.reconnected.connect(self._reconnected)
        for part in page.held.parts:
            part.changed.connect(partial(self._draft_changed, part))

    def save(self, without: frozenset[Row] = frozenset()) -> None:
        """Save all drafts, but for those `without`, in one transaction. Until COMMIT they stay what they are: not
        saved. The person has been asked: what is pressed comes by way of the page's `save`."""
        page = self._page
        edits = tuple(edit for edit in page.held.edits() if (edit.entity, edit.id) not in without)
        if self.in_doubt:
            page.session.desk.ask_again()
        if self.busy or self.in_doubt or not edits:
            return
        self.busy = True
        if edits != self._edits:  # what failed and is the same again keeps its id: it cannot be done twice
            self._name, self._edits = str(uuid.uuid4()), edits
        self._send(edits)
        page.unsaved_bar.set_saving(True)
        page.session.journal.carry(self._name, [(edit.entity, edit.id) for edit in edits])
        records = page.session.records

        def operation(uow: UnitOfWork) -> Outcome:
            return records.save(uow, edits)

        page.session.desk.commit(
            operation,
            done=lambda outcome: self._end(lambda: self._saved(edits, outcome), well=True),
            failed=lambda error: self._end(lambda: self._failed(error), well=False),
            initiator=page,
            owner=page,
            label=self.tr("Saving"),
            name=self._name,
        )

    def preview(self) -> None:
        """Show what would be saved, value by value, and save it where that is what the person wants."""
        from lms_desktop.views.preview_dialog import PreviewDialog

        page = self._page
        if not page.held and not page.take_editors():
            return  # all there is is no value yet: the keyboard is where it stands
        if PreviewDialog(page.session, page.held, page).exec():
            page.save()

    def may_discard(self) -> bool:
        """Ask whether the unsaved changes may go."""
        changes = self._page.unsaved()
        return ask(
            self._page,
            self.tr("Discard %n unsaved change(s)?", "", changes),
            self.tr("What was typed and not saved is gone then."),
            self.tr("Discard"),
            destructive=True,
        )

    def _end(self, deal: Callable[[], object], *, well: bool) -> None:
        deal()
        self.ended.emit(well)

    def _saved(self, edits: tuple[Edit, ...], outcome: Outcome) -> None:
        page = self._page
        self._edits = ()
        shown = page.row_shown()
        page.held.saved(edits, outcome.value or {})  # first of all: what was saved is painted by it
        self._over()
        page.banner_off()
        page.message.emit(told(outcome.sentence))
        new = [(edit.entity, edit.id) for edit in edits if edit.version is None]
        elsewhere = shown is not None and page.held.get(*shown) is not None
        if new and not elsewhere:  # whoever has gone on typing in another row is not taken away from it
            page.show_row(*(shown if shown is not None and shown in new else new[-1]))

    def _failed(self, error: ExplainedError) -> None:
        in_doubt = isinstance(error, InDoubt) and error.open
        self._over(back=not in_doubt)
        page = self._page
        if isinstance(error, Clashes):
            self._settle(error)
        elif isinstance(error, Refused):
            self._mark(error)
        elif in_doubt:
            self.in_doubt = True
            page.tell_problem(error, self.tr("Look it up now"), page.session.desk.ask_again)
        elif isinstance(error, ConnectionLost | Busy):
            page.tell_problem(error, self.tr("Save again"), page.save)
            self._lost = page.banner.text if isinstance(error, ConnectionLost) else ""
        else:
            page.trouble.emit(error)

    def _mark(self, error: Refused) -> None:
        """Mark the row that was refused, and offer the way to it."""
        page = self._page
        entity, row_id = row = (error.entity or page.held.parts[0].entity, error.row_id)
        page.held.of(entity).refuse(row_id, error.field, reason(error))
        page.tell_problem(error, self.tr("Show it"), lambda: self._show(row, error.field))
        self._refused = (row, page.banner.text)
        if page.row_shown() == row:
            page.focus_field(error.field)
        self._look_for_the_other(row, error.field)

    def _draft_changed(self, part: Drafts, row_id: str) -> None:
        """Take the word on what was refused away once that is no longer what is wanted."""
        page, refused = self._page, self._refused
        if refused is None or (part.entity, row_id) != refused[0]:
            return
        draft = part.get(row_id)
        if draft is None or not draft.errors:
            self._refused = None
            if page.banner.isVisible() and page.banner.text == refused[1]:
                page.banner_off()

    def _look_for_the_other(self, row: Row, key: str | None) -> None:
        """Where another row has what was refused, offer the way to that one too; the unsaved row stays."""
        page, draft = self._page, self._page.held.get(*row)
        if draft is None or key is None:
            return
        said_now, edit = page.banner.text, draft.edit()

        def found(other: str | None) -> None:
            if other is not None and page.banner.isVisible() and page.banner.text == said_now:
                admin = page.session.catalog[row[0]]
                noun, go = QCoreApplication.translate("", admin.noun), Destination(admin.name, other)
                page.banner.add_action(
                    self.tr("Show the {0} that is there").format(noun), lambda: page.open_requested.emit(go)
                )

        page.session.desk.read(
            lambda uow: row_in_the_way(uow, edit, key), done=found, failed=lambda error: None, owner=page
        )

    def _show(self, row: Row, key: str | None) -> None:
        self._page.show_row(*row)
        self._page.focus_field(key)

    def merge(self, entity: type, row_ids: Sequence[str]) -> None:
        """Show what others did to these rows since their edits were begun, and have it settled before it is saved."""
        page = self._page
        if self.busy or self.in_doubt or not page.take_editors():
            return
        wanted, records, zone = set(row_ids), page.session.records, page.session.zone
        edits = [
            edit
            for edit in page.held.edits()
            if edit.entity is entity and edit.id in wanted and edit.version is not None
        ]
        if edits:
            page.session.desk.read(
                lambda uow: records.compare(uow, edits, zone),
                done=self._compared,
                failed=lambda error: page.tell_problem(
                    error, self.tr("Try again"), lambda: self.merge(entity, row_ids)
                ),
                owner=page,
                label=self.tr("Comparing"),
            )

    def _compared(self, clashes: tuple[Clash, ...]) -> None:
        if clashes:
            self._settle(Clashes(N_("Somebody else changed this meanwhile."), clashes), asked=True)
        else:
            self._page.refresh()

    def _settle(self, clashes: Clashes, *, asked: bool = False) -> None:
        """Have the person decide, entity by entity. Who `asked` for it knows what there is, and needs no banner to come
        back to it."""
        from lms_desktop.views.conflict_dialog import ConflictDialog

        page, kept, again = self._page, set[Row](), True
        entities = list(dict.fromkeys(clash.edit.entity for clash in clashes.clashes))
        for at, entity in enumerate(entities):
            mine = Clashes(clashes.text, tuple(clash for clash in clashes.clashes if clash.edit.entity is entity))
            drafts = page.held.of(entity)
            dialog = ConflictDialog(page.session, page.session.catalog[entity], drafts, mine, page)
            if not dialog.exec():
                left = tuple(clash for clash in clashes.clashes if clash.edit.entity in entities[at:])
                rest = clashes if not at else Clashes(clashes.text, left)
                if not asked:
                    page.tell_problem(clashes, self.tr("Show what changed"), partial(self._settle, rest))
                return
            kept |= {(entity, row_id) for row_id in dialog.decisions.carry_out(drafts)}
            again = again and dialog.save_again
        page.refresh()
        page.banner_off()
        if again and any((draft.entity, draft.id) not in kept for draft in page.held.all()):
            if page.may_save(frozenset(kept)):  # what is wanted may be another since it was asked about
                self.save(without=frozenset(kept))
        else:
            page.status.emit(QCoreApplication.translate("Saving", "Nothing was overwritten."))

    def _reconnected(self) -> None:
        """What stands in the banner of a save that found no server is true no longer."""
        lost, self._lost = self._lost, ""
        page = self._page
        if lost and page.banner.text == lost and page.held:
            page.tell_news(self.tr("The connection is back. Nothing was saved yet."), self.tr("Save again"), page.save)

    def _send(self, edits: tuple[Edit, ...]) -> None:
        self._sent = edits
        self._page.held.send(edits)

    def _over(self, *, back: bool = True) -> None:
        if back:
            self._page.held.come_back(self._sent)
        self.busy = self.in_doubt = False
        self._lost = ""
        self._page.unsaved_bar.set_saving(False)
