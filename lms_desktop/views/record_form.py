"""The record beside a table: its fields to be read and edited, what hangs on it, what can be done with it."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.errors import ExplainedError
from lms_desktop.models.desk import Job
from lms_desktop.models.draft import Written
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.live import Told
from lms_desktop.models.render import one_line
from lms_desktop.models.wording import said
from lms_desktop.services.live import Doer
from lms_desktop.services.records import Record
from lms_desktop.services.related import related_counts
from lms_desktop.spec import Action, EntityAdmin
from lms_desktop.views.doubts import Doubts
from lms_desktop.views.feedback import may_change
from lms_desktop.views.form_following import FormFollowing
from lms_desktop.views.form_header import fitting_actions
from lms_desktop.views.form_parts import FormParts
from lms_desktop.views.kit.paint import px
from lms_desktop.views.page import Destination
from lms_desktop.views.session import Session


class RecordForm(FormParts):
    """Shows the record of one row and edits it through the page's drafts.

    What is on the screen stays until the next record is there; edits go to the record that is seen.

    Attributes:
        following: hears what happens to it elsewhere.

    Signals:
        action_done(object): the Outcome of an action that was run here.
        take_back_requested(str, object): as `Page` has it.
        told(): what is said of the record, and offered for it, may be something else now.
        bereft(str): the row cannot be had any more; perhaps somebody had typed into it what is no value yet.
        merge(str): somebody changed this row while it is edited here, and the person wants to see it and choose.
    """

    action_done = Signal(object)
    take_back_requested = Signal(str, object)
    told = Signal()
    bereft = Signal(str)
    merge = Signal(str)

    def __init__(
        self,
        session: Session,
        admin: EntityAdmin,
        drafts: Drafts,
        parent: QWidget | None = None,
        *,
        ahead: bool = False,
    ) -> None:
        """`ahead`: nobody waits for it, and it is only begun: `prepare` goes on with it, `complete` ends it."""
        super().__init__(session, admin, drafts, parent)
        self._wanted: str | None = None
        self._shown: str | None = None
        self._record: Record | None = None
        self._gone = False
        self._had_draft = False
        self._focus: list[str | None] = []
        self._new_ids: set[str] = set()
        self._job: Job | None = None
        self._counting: Job | None = None
        self._to_build.append(self._connect)
        if not ahead:
            self.complete()

    # What the page uses

    def show_record(self, row_id: str | None) -> None:
        """Show the record of a row, or the draft of a new one; None shows that nothing is selected."""
        self.details.fields.flush()
        if row_id is None:
            self._cancel()
            self._wanted = None
            self.details.fields.leave()
            self._show_nothing("")
            return
        self._wanted = row_id
        draft = self._drafts.get(row_id)
        if draft is not None and draft.new:
            self._cancel()
            self._show_picture(row_id, None)
        else:
            self._load(patient=not self._focus)  # who runs through the rows has the last one read alone

    def record(self) -> Record | None:
        """The record shown; None for a new row, and while another one is on its way."""
        return self._record if self._shown == self._wanted and not self._gone else None

    def row_id(self) -> str | None:
        """The id of the row that is shown or on its way."""
        return self._wanted

    def refresh(self, patient: bool = False) -> None:
        """Read the record again, `patient` after a pause unless somebody waits for it; drafts stay."""
        draft = self._drafts.get(self._wanted) if self._wanted is not None else None
        if self._wanted is not None and not (draft is not None and draft.new):
            self._load(patient=patient and self._job is None)

    def focus_field(self, key: str | None) -> None:
        """Put the keyboard into a field; None: into the first one that wants a value. Waits for the record."""
        self._focus = [key]
        if self._shown == self._wanted:
            self._take_focus()
        elif self._job is not None and self._job.state == "waiting":
            self._load()  # the keyboard is to go there: no patience any more

    def commit_open_editor(self) -> bool:
        """Take along what stands in the editors; False where one holds no value. It gets the keyboard then."""
        faulty = self.details.fields.flush()
        if faulty is not None:
            self.focus_field(faulty.key)
            return False
        elsewhere = self.details.fields.kept.a_row()
        if elsewhere is not None:
            self.open_requested.emit(Destination(self._admin.name, elsewhere))
            return False
        return True

    def unfinished(self) -> int:
        """How many editors hold what is no value yet, records seen earlier included."""
        return self.details.fields.unfinished()

    def forget_unfinished(self) -> None:
        """Give up what was typed and is no value yet."""
        self.details.fields.forget_unfinished()

    def _connect(self) -> None:
        self.doubts = Doubts(self._session, self)
        self.doubts.trouble.connect(self.trouble)
        self.tabs.currentChanged.connect(self._parts.setCurrentIndex)
        self.details.fields.open_requested.connect(self.open_requested)
        self.details.retry.connect(self.refresh)
        self.details.merge.connect(self.merge)
        self.empty.acted.connect(self.refresh)
        self.history.open_requested.connect(self.open_requested)
        self.history.take_back_requested.connect(self.take_back_requested)
        self.history.trouble.connect(self.trouble)
        self._drafts.written.connect(self._written)
        self._drafts.changed.connect(self._draft_changed)
        self.following = FormFollowing(self._session, self._admin, self._drafts, self._related, self)
        self.following.stale.connect(self.refresh)
        self.following.outnumbered.connect(self._count_again)
        self.following.changed.connect(self._changed_elsewhere)
        self.following.named.connect(self._say)
        self._session.preferences.changed.connect(self._preference_changed)
        self._show_nothing("")

    # Loading

    def _load(self, *, patient: bool = False) -> None:
        self._cancel()
        row_id = self._wanted
        if row_id is None:
            return
        records, entity, zone = self._session.records, self._admin.entity, self._session.zone
        self.busy.start(self.tr("Reading the record…"))
        job = self._session.desk.read(
            lambda uow: records.load(uow, entity, row_id, zone),
            done=partial(self._loaded, row_id),
            failed=partial(self._not_loaded, row_id),
            owner=self,
            label=QCoreApplication.translate("", self._admin.label),
            patient=patient,
        )
        self._job = job if job.ended is None else None

    def _cancel(self) -> None:
        for job in (self._job, self._counting):
            if job is not None:
                job.cancel()
        self._job = self._counting = None
        self.busy.stop()

    def _loaded(self, row_id: str, record: Record | None) -> None:
        self._job = None
        self.busy.stop()
        if row_id != self._wanted:
            return
        if record is not None:
            self._show_picture(row_id, record)
        elif self._shown == row_id and self._record is not None:
            self._gone = True
            self._record = replace(self._record, may=frozenset())
            with self._minding_keyboard():
                self.details.fields.renew(self._record)
            self._tell()
        else:
            self.details.fields.leave()
            self._show_nothing(self.tr("This cannot be found: it was deleted, or it is not yours to see."))
        if record is None:
            self.bereft.emit(row_id)

    def _not_loaded(self, row_id: str, error: ExplainedError) -> None:
        self._job = None
        self.busy.stop()
        if row_id != self._wanted:
            return
        if self._shown is None:
            self._show_nothing(said(error), self.tr("Try again"))
            return
        if self._shown == row_id:
            self.details.fields.follow()
        self.details.say_problem(said(error))

    def _show_picture(self, row_id: str, record: Record | None) -> None:
        fields = self.details.fields
        if self._shown != row_id:
            self.details.forget_told(row_id)
        same = self._shown == row_id and (self._record is None) == (record is None)
        self._shown, self._record, self._gone = row_id, record, False
        if same:
            fields.renew(record)
        else:
            self._paint_later()
            fields.show_record(row_id, record)
            self.details.verticalScrollBar().setValue(0)
        if record is None:
            self.tabs.setCurrentIndex(0)
        for at, part in enumerate(self.lists, len(self._firsts)):
            self.tabs.setTabVisible(at, record is not None)
            if not same:
                self.tabs.setTabText(at, QCoreApplication.translate("", part.related.label))
            if record is not None:
                part.show_record(record)
        self.tabs.setTabVisible(self.tabs.count() - 1, record is not None)
        if record is not None:
            self.history.show_record(record)
        self._tell()
        self._stack.setCurrentIndex(1)
        self._take_focus()
        if record is not None:
            self._count(record.id)

    def _show_nothing(self, words: str, action: str = "") -> None:
        self._shown, self._record, self._gone, self._had_draft = None, None, False, False
        noun = QCoreApplication.translate("", self._admin.noun)
        advice = "" if words else self.tr("Select a row to see the {0} here.").format(noun)
        self.empty.tell(words or self.tr("Nothing is selected"), action, advice)
        with self._minding_keyboard():
            self._stack.setCurrentIndex(0)

    def _count(self, row_id: str) -> None:
        """Ask for the numbers on the tabs, all in one statement, after everything that somebody waits for."""
        related = self._related
        if not related:
            return
        if self._counting is not None:
            self._counting.cancel()
        self._counting = self._session.desk.read(
            lambda uow: related_counts(uow, related, row_id),
            done=partial(self._counted, row_id),
            failed=lambda error: None,
            owner=self,
            background=True,
        )

    def _count_again(self) -> None:
        if self._record is not None:
            self._count(self._record.id)

    def _counted(self, row_id: str, counts: tuple[int | None, ...]) -> None:
        if row_id != self._shown:
            return
        for at, (related, count) in enumerate(zip(self._related, counts, strict=True)):
            text = QCoreApplication.translate("", related.label)
            shown = text if count is None else f"{text} {self.locale().toString(count)}"
            if self.tabs.tabText(at + len(self._firsts)) != shown:  # Qt would lay all of them out again
                self.tabs.setTabText(at + len(self._firsts), shown)

    # What is said about it

    def _tell(self) -> None:
        row_id, record = self._shown, self._record
        if row_id is None:
            return
        self._had_draft = self._drafts.get(row_id) is not None
        if record is None:
            title = QCoreApplication.translate("", self._admin.new or self._admin.label)
            self.header.tell(title, "", new=True)
        else:
            self.header.tell(one_line(record.title) or self.tr("Without a name"), one_line(record.detail))
        self.details.tell(record)
        self._say()
        self.header.offer(fitting_actions(self._admin, record))
        self.told.emit()

    def _say(self) -> None:
        if self._shown is not None:
            self.details.say(self._record, self._shown, gone=self._gone)

    def run_action(self, action: Action) -> None:
        """Override FormParts.run_action: after its question."""
        record = self.record()
        if record is None:
            return
        self.doubts.unless(action, (record.id,), partial(self._run_action, action, record))

    def _run_action(self, action: Action, record: Record) -> None:
        label = QCoreApplication.translate("", action.label)
        if action.confirm:
            question = QCoreApplication.translate("", action.confirm).replace("{n}", one_line(record.title) or "1")
            if not may_change(self, self._session.log, 1, label, question):
                return

        def operation(uow: UnitOfWork) -> Outcome:
            return action.run(uow, (record.id,))

        self._session.desk.commit(
            operation, done=self.action_done.emit, failed=self._refused, initiator=self, owner=self, label=label
        )

    def _refused(self, error: ExplainedError) -> None:
        self.trouble.emit(error)
        self.refresh()

    # What happens elsewhere

    def may_be_renewed(self) -> bool:
        """Whether the record may be read again now: it is not just on its way."""
        return self._job is None

    def _written(self, written: tuple[Written, ...]) -> None:
        """What was saved of the record shown is what it has, from now on: nobody sees what it was before once more,
        until it is read again."""
        one, record = next((one for one in written if one.id == self._shown), None), self._record
        if one is None or record is None:
            return
        values = {key: one.values.get(key, value) for key, value in record.values.items()}
        same = {key: label for key, label in record.labels.items() if values.get(key) == record.values.get(key)}
        self._record = replace(record, version=one.version, values=values, labels={**same, **one.labels})
        self.details.fields.take_in(self._record)
        self._had_draft = self._drafts.get(one.id) is not None

    def _draft_changed(self, row_id: str) -> None:
        drafts = self._drafts
        self.details.fields.forget_rows(lambda gone: gone in self._new_ids and drafts.get(gone) is None)
        self._new_ids = {draft.id for draft in drafts.new_rows()} | {
            gone for gone in self._new_ids if drafts.get(gone) is not None
        }
        if self._shown is None or row_id not in {"", self._shown}:
            return
        draft = drafts.get(self._shown)
        ended = self._had_draft and draft is None
        self._had_draft = draft is not None
        if ended and (row_id == "" or self._record is None):
            # A new row saved, or all given up: what the database has now is shown as soon as it is there, not before.
            if self._shown == self._wanted:
                self.refresh()
            return
        self.details.fields.follow()
        self._say()

    def _changed_elsewhere(self, told: Told, doers: Mapping[str, Doer]) -> None:
        self.details.told = told, doers

    def _preference_changed(self, name: str) -> None:
        if name == "zone" and self._shown is not None:
            self.details.fields.flush()
            shown, self._shown = self._shown, None
            self._show_picture(shown, self._record)

    # Within

    def _take_focus(self) -> None:
        if not self._focus:
            return
        key = self._focus.pop()
        row = self.details.fields.rows.get(key) if key is not None else None
        if row is None or not row.editable:
            row = self.details.fields.first_row()
        if row is not None and row.editor is not None:
            at = next((at for at, (_, part) in enumerate(self._firsts) if part.isAncestorOf(row)), 0)
            self.tabs.setCurrentIndex(at)
            row.editor.setFocus()
            if self.details.isAncestorOf(row):
                self.details.ensureWidgetVisible(row, 0, px(16))

    def showEvent(self, event: QShowEvent) -> None:
        """Override QWidget::showEvent: what was changed meanwhile is read."""
        super().showEvent(event)
        self.following.catch_up()
