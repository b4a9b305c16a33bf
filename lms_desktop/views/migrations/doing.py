"""What the page of migrations starts, the questions before it, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QTimer

from lms_desktop.database.migrating.events import Decide, Tell
from lms_desktop.database.migrating.lineages import Lineage
from lms_desktop.database.migrating.standing import Standing
from lms_desktop.errors import ExplainedError, UserError
from lms_desktop.models.migrations.revisions import short
from lms_desktop.models.wording import told
from lms_desktop.services.migrating import Prepared, Work
from lms_desktop.views.feedback import ask
from lms_desktop.views.migrations import words
from lms_desktop.views.migrations.dialogs import (
    ApplyDialog,
    LeaveRunDialog,
    Leaving,
    RehearsalWish,
    RehearseDialog,
    RollbackDialog,
)
from lms_desktop.views.migrations.run_view import RunView

if TYPE_CHECKING:
    from lms_desktop.views.migrations.page import MigrationsPage


class Doing(QObject):
    """Starts what an administrator wants, one after the other."""

    def __init__(self, page: MigrationsPage) -> None:
        super().__init__(page)
        self._page, self._schema = page, page.schema
        self._view: RunView | None = None
        self._title = ""
        self._then: Callable[[], object] | None = None
        self._preparing = False

    # Asked for by the page

    def apply(self, lineage: Lineage, target: str) -> None:
        """Apply up to a revision."""
        self._prepare(lineage, target, self._ask_apply)

    def rehearse(self, lineage: Lineage, target: str) -> None:
        """Rehearse the way to a revision."""
        self._prepare(lineage, target, self._ask_rehearse)

    def roll_back(self, lineage: Lineage, target: str) -> None:
        """Undo down to a revision."""
        if self._page.session.drafts.changes():
            self._page.trouble.emit(
                UserError(
                    self.tr("There are unsaved changes on other pages."),
                    way_out=self.tr("Save or discard them first: below the newest revision they could not be saved."),
                )
            )
            return
        self._prepare(lineage, target, self._ask_roll_back)

    def stamp(self, standing: Standing) -> None:
        """Put on record which revision the tables are, after a question."""
        page, revision = self._page, standing.may_stamp or ""
        if self._schema.running or not ask(
            page,
            self.tr("Put {0} on record?").format(short(revision)),
            self.tr(
                "The tables were compared with those of {0}, and are the same. This is written into the version table; "
                "nothing else is changed."
            ).format(revision),
            self.tr("Put on record"),
        ):
            return
        migrations, lineage = self._schema.migrations(), standing.lineage
        page.busy.start(self.tr("Putting {0} on record…").format(short(revision)))
        page.session.desk.plain(
            lambda: migrations.stamp(lineage),
            done=self._stamped,
            failed=self._not_stamped,
            owner=self,
            label=self.tr("Putting the revision on record"),
        )

    def _stamped(self, found: Standing) -> None:
        self._page.message.emit(self.tr("{0} is on record now.").format(found.revision or ""))
        self._page.list.setCurrentIndex(QModelIndex())  # what is pending now comes first
        self._page.refresh()

    def _not_stamped(self, error: ExplainedError) -> None:
        self._page.trouble.emit(error)
        self._page.refresh()

    def may_go(self, then: Callable[[], object]) -> bool:
        """Whether nothing runs, or the person has said what becomes of it; `then` is called when it has ended."""
        run = self._schema.run
        if run is None or not run.running:
            return True
        dialog = LeaveRunDialog(self._title or self.tr("A migration is running."), self._page.window())
        dialog.exec()
        if not self._schema.running:
            return dialog.choice is not Leaving.STAY
        if dialog.choice is Leaving.STAY:
            self._then = None
            return False
        self._then = then
        if dialog.choice is Leaving.STOP:
            run.cancel()
        return False

    # Preparing: looking afresh, for what was shown may be old

    def _prepare(self, lineage: Lineage, target: str, then: Callable[[Prepared], object]) -> None:
        page = self._page
        if self._schema.running or self._preparing:
            return
        self._preparing = True
        page.detail.busy.start(self.tr("Checking what stands in the way…"))
        migrations = self._schema.migrations()

        def prepared(found: Prepared) -> None:
            self._prepared()
            blocked = found.blocked
            if not found.plan.steps:
                page.refresh()
            elif blocked is not None:
                page.trouble.emit(UserError(told(blocked.sentence), way_out=told(blocked.way_out or "") or None))
                page.refresh()
            else:
                then(found)

        def failed(error: ExplainedError) -> None:
            self._prepared()
            page.trouble.emit(error)
            page.refresh()

        page.session.desk.plain(
            lambda: migrations.prepare(lineage, target),
            done=prepared,
            failed=failed,
            owner=self,
            label=self.tr("Checking what stands in the way"),
        )

    def _prepared(self) -> None:
        self._preparing = False
        self._page.detail.busy.stop()

    # Questions

    def _ask_apply(self, prepared: Prepared) -> None:
        file = self._page.detail.safety.backup.file
        if ApplyDialog(prepared, file, self._schema.limits, self._page.window()).exec():
            self._migrate(prepared, "")

    def _ask_roll_back(self, prepared: Prepared) -> None:
        self._page.detail.safety.backup.show_offer(prepared.plan.database, prepared.dump)
        file = self._page.detail.safety.backup.file
        dialog = RollbackDialog(prepared, file, self._page.window())
        if dialog.exec():
            self._migrate(prepared, dialog.name.text())

    def _ask_rehearse(self, prepared: Prepared) -> None:
        dialog = RehearseDialog(prepared, self._page.window())
        if dialog.exec():
            self._rehearse(prepared, dialog.wish())

    # Running

    def _rehearse(self, prepared: Prepared, wish: RehearsalWish) -> None:
        migrations = self._schema.migrations()
        limits = replace(self._schema.limits, time_limit=float(wish.seconds))

        def make(tell: Tell, decide: Decide) -> Work[object]:
            return migrations.rehearsal(prepared.plan, tell=tell, on_copy=wish.on_copy, limits=limits)  # type: ignore[return-value]

        self._schema.begin("rehearsal", prepared.plan, make, self.tr("Rehearsing"))
        self.follow()

    def _migrate(self, prepared: Prepared, name: str) -> None:
        migrations, dump_to = self._schema.migrations(), self._page.detail.safety.backup.use()
        plan, limits = prepared.plan, self._schema.limits

        def make(tell: Tell, decide: Decide) -> Work[object]:
            return migrations.migration(  # type: ignore[return-value]
                plan, tell=tell, decide=decide, confirmed_name=name, dump_to=dump_to, limits=limits
            )

        up = plan.direction == "upgrade"
        self._schema.begin("migration", plan, make, self.tr("Applying") if up else self.tr("Rolling back"))
        self.follow()

    def follow(self) -> None:
        """Show the run under way."""
        run, page = self._schema.run, self._page
        assert run is not None
        plan = run.plan
        if run.kind == "rehearsal":
            self._title = self.tr("Rehearsing {0}").format(words.steps(plan))
            self._view = page.detail.rehearsal
            page.show_rehearsal()
        else:
            up = plan.direction == "upgrade"
            text = self.tr("Applying {0}") if up else self.tr("Rolling back {0}")
            self._title = text.format(words.steps(plan))
            self._view = page.detail.applying
            page.detail.open_run_tab(self.tr("Applying") if up else self.tr("Rolling back"))
        run.ended.connect(self._ended)
        self._view.progressed.connect(page.work_told)
        page.work_began.emit(self._title, run.cancel)
        self._view.follow(run, self._title)

    def _ended(self) -> None:
        page, run = self._page, self._schema.run
        if self._view is not None:
            self._view.progressed.disconnect(page.work_told)
        page.work_ended.emit()
        if run is not None and run.kind == "migration":
            page.session.log.look()
            if run.end is not None and run.end.value is not None:
                page.detail.rehearsal.forget()  # what was rehearsed is no longer what would be done
        then, self._then = self._then, None
        if then is not None:
            QTimer.singleShot(0, self, then)
        elif page.session.desk.actor is not None:
            page.refresh()
            if page.isVisible():
                page.take_keyboard()
