"""The page of migrations: the revisions at the left, one of them at the right, what may be done at the top."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QSplitter, QVBoxLayout, QWidget

from lms_desktop.database.migrating.lineages import Lineage
from lms_desktop.database.migrating.sessions import Session
from lms_desktop.database.migrating.standing import Standing
from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.errors import ExplainedError
from lms_desktop.models.migrations.revisions import Entry, short
from lms_desktop.models.wording import said, told, word
from lms_desktop.services.migrating import Overview, Prepared, in_the_way
from lms_desktop.views.kit.notices import Banner, BusyLine
from lms_desktop.views.kit.paint import Tone, px
from lms_desktop.views.migrations import MIGRATIONS_LABEL, MIGRATIONS_PAGE, words
from lms_desktop.views.migrations.detail import REHEARSAL, RevisionDetail
from lms_desktop.views.migrations.doing import Doing
from lms_desktop.views.migrations.drift_card import DriftCard
from lms_desktop.views.migrations.revision_list import RevisionList
from lms_desktop.views.migrations.studying import Studies, Study
from lms_desktop.views.page import Page
from lms_desktop.views.places import Place
from lms_desktop.views.session import Session as Sitting

LIST_SHARE = 0.4
"""The share of the page that the revisions take at first."""
LOOK_EVERY_MS = 5000
"""So often it is looked who is in the way, while the page is shown."""

ODD: dict[str, Tone] = {"ahead": "warn", "unversioned": "warn", "heads": "bad", "unknown": "bad", "foreign": "bad"}
"""The states that are told in a notice of their own."""


class MigrationsPage(Page):
    """Where the database stands in both lineages, and what an administrator may do about it.

    Attributes:
        list: the revisions; `detail` shows the one that is chosen.
        drift: whether the live schema is what it should be.
        notices: what is odd about the database, a banner for each lineage.
        doing: what starts runs, after the questions.
    """

    name = MIGRATIONS_PAGE

    def __init__(self, session: Sitting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.schema = session, session.schema
        self.prepared: Prepared | None = None
        self._actions: list[QAction] = []
        self._primary: QAction | None = None
        self._shown_ways: tuple[object, ...] = ()
        self._fitted = self._active = False
        self._studies = Studies(session.desk, self.schema, self)
        self._build()
        self.doing = Doing(self)
        self._watch = QTimer(self, interval=LOOK_EVERY_MS)
        self._watch.timeout.connect(self._look_who)
        self._connect()
        if self.schema.overview is not None:
            self._show_overview()
        if self.schema.running:
            self.doing.follow()

    def _build(self) -> None:
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        left = QFrame(self.splitter)
        left.setProperty("kind", "panel")
        self.busy = BusyLine(parent=left)
        self._notice_box = QWidget(left)
        self._notice_column = QVBoxLayout(self._notice_box)
        self._notice_column.setContentsMargins(px(16), px(12), px(16), px(12))
        self._notice_column.setSpacing(px(8))
        self.notices = {lineage: Banner("", "warn", parent=self._notice_box) for lineage in Lineage}
        for banner in self.notices.values():
            self._notice_column.addWidget(banner)
            banner.hide()
        self._notice_box.hide()
        self.list = RevisionList(left)
        self.drift = DriftCard(left)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.busy)
        column.addWidget(self._notice_box)
        # No shares: each asks for what it needs, and where that is less than there is, the rest stays empty.
        column.addWidget(self.list)
        column.addWidget(self.drift)
        column.addStretch(0)
        self.drift.hide()
        self.detail = RevisionDetail(self.session.zone, self.splitter)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.detail)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setStretchFactor(1, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.splitter)

    def _connect(self) -> None:
        self.schema.changed.connect(self._show_overview)
        self.schema.run_began.connect(self._run_changed)
        self.schema.run_ended.connect(self._run_changed)
        self.list.selectionModel().currentRowChanged.connect(lambda *_: self._chosen())
        self.drift.check_wanted.connect(self.refresh)
        self.detail.rehearsal.wanted.connect(self.rehearse)
        self.detail.losses.wanted.connect(self.roll_back_chosen)

    # Page

    def title(self) -> str:
        """Override Page.title."""
        return word(MIGRATIONS_LABEL)

    def subtitle(self) -> str:
        """Override Page.subtitle: the state in a sentence."""
        return "" if self.schema.overview is None else words.subtitle(self.schema.overview)

    def primary(self) -> QAction | None:
        """Override Page.primary."""
        return self._primary

    def toolbar_actions(self) -> list[QAction]:
        """Override Page.toolbar_actions."""
        return self._actions

    def activate(self) -> None:
        """Override Page.activate."""
        self._active = True
        self._watch.start()
        if not self.schema.running:
            self.refresh()

    def deactivate(self) -> None:
        """Override Page.deactivate: what is counted beside the page's name is looked at once more."""
        self._active = False
        self._watch.stop()
        QTimer.singleShot(0, self, self._look_after)

    def _look_after(self) -> None:
        if not (self._active or self.schema.running) and self.window().isVisible():
            self._look()

    def take_keyboard(self) -> None:
        """Override Page.take_keyboard."""
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Override Page.refresh: look again."""
        self.busy.start(self.tr("Finding out where the database stands…"))
        self._look()

    def _look(self) -> None:
        self.schema.look(failed=self._look_failed)
        self.session.log.look()  # it is one of the revisions, and others may have applied it

    def may_go(self, then: Callable[[], object]) -> bool:
        """Override Page.may_go: what runs is asked about."""
        return self.doing.may_go(then)

    def place(self) -> Place:
        """Override Page.place."""
        entry = self.list.entry()
        return Place(self.name, None if entry is None else f"{entry.lineage.word}/{entry.id}")

    def return_to(self, place: Place) -> None:
        """Override Page.return_to."""
        line, _, revision = (place.record_id or "").partition("/")
        for lineage in Lineage:
            if lineage.word == line and (row := self.list.revisions.find(lineage, revision)) is not None:
                self.list.choose(row)

    # What may be done

    def chosen_lineage(self) -> Lineage:
        """The lineage of the revision chosen."""
        entry = self.list.entry()
        return Lineage.DOCUMENT if entry is None else entry.lineage

    def upwards(self) -> tuple[Lineage, str] | None:
        """What would be applied: up to the revision chosen where it is pending, else all that is pending."""
        found, entry = self.schema.overview, self.list.entry()
        if found is None or not found.may:
            return None
        if entry is not None and entry.state.state == "pending" and "apply" in found.of(entry.lineage).offers:
            return entry.lineage, entry.id
        mine = self.chosen_lineage()
        for lineage in (mine, Lineage.OWN if mine is Lineage.DOCUMENT else Lineage.DOCUMENT):
            standing = found.of(lineage)
            if "apply" in standing.offers and standing.pending:
                return lineage, standing.pending[-1].id
        return None

    def apply(self) -> None:
        """Apply what `upwards` says, after a question."""
        if (way := self.upwards()) is not None:
            self.doing.apply(*way)

    def rehearse(self) -> None:
        """Rehearse what `upwards` says, after a question."""
        if (way := self.upwards()) is not None:
            self.doing.rehearse(*way)

    def roll_back_one(self) -> None:
        """Undo the newest revision of the lineage chosen, after a question."""
        self.doing.roll_back(self.chosen_lineage(), "-1")

    def roll_back_chosen(self) -> None:
        """Undo the revision chosen and all above it, after a question."""
        entry = self.list.entry()
        if entry is not None:
            self.doing.roll_back(entry.lineage, entry.state.revision.down[0] if entry.state.revision.down else "base")

    def _offer(self) -> None:
        """Make the buttons of what may be done now, and no others."""
        found, running = self.schema.overview, self.schema.running
        way, lineage = self.upwards(), self.chosen_lineage()
        back = found is not None and found.may and "rollback" in found.of(lineage).offers
        ways = (way, lineage if back else None, running)
        if ways == self._shown_ways:
            return
        self._shown_ways = ways
        self._actions, self._primary = [], None
        if not running:
            if back:
                self._actions.append(self._action(self.tr("Roll back one…"), self.roll_back_one))
            if way is not None:
                self._actions.append(self._action(self.tr("Rehearse…"), self.rehearse))
                self._primary = self._action(self._apply_words(*way), self.apply)
        self.detail.rehearsal.offer(way is not None and not running)
        self.title_changed.emit()

    def _apply_words(self, lineage: Lineage, target: str) -> str:
        assert self.schema.overview is not None
        pending = [revision.id for revision in self.schema.overview.of(lineage).pending]
        first = short(pending[0])
        if pending[0] == target:
            return self.tr("Apply {0}…").format(first)
        return self.tr("Apply {0} to {1}…").format(first, short(target))

    def _action(self, text: str, act: Callable[[], object]) -> QAction:
        action = QAction(text, self)
        action.triggered.connect(lambda: act())
        return action

    # What was found

    def _show_overview(self) -> None:
        found = self.schema.overview
        assert found is not None
        self.busy.stop()
        self.list.revisions.show(found)
        self.drift.show_overview(found, words.time_of_day(self.session.zone))
        self.drift.show()
        self._show_notices(found)
        if not self.list.currentIndex().isValid():
            self._choose_first(found)
        self._study()
        self._offer()
        self.title_changed.emit()

    def _choose_first(self, found: Overview) -> None:
        """The newest that is pending, of the document first; else the newest of all."""
        entries = self.list.revisions.entries
        for lineage in (Lineage.DOCUMENT, Lineage.OWN):
            for row, entry in enumerate(entries):
                if entry.lineage is lineage and entry.state.state == "pending" and "apply" in found.of(lineage).offers:
                    self.list.choose(row)
                    return
        if entries:
            self.list.choose(0)

    def _show_notices(self, found: Overview) -> None:
        for lineage, banner in self.notices.items():
            standing = found.of(lineage)
            odd = standing.kind in ODD and not (lineage is Lineage.OWN and found.document.kind == "foreign")
            behind = lineage is Lineage.DOCUMENT and standing.kind == "behind"
            banner.setVisible(odd or behind)
            banner.clear_actions()
            if behind:
                text = self.tr(
                    "The database is at {0}, below what this application works with. Until the rest is applied, only "
                    "this page works."
                )
                banner.tell(text.format(short(standing.revision)), "warn")
            if not odd:
                continue
            parts = (told(standing.sentence), told(standing.way_out or ""))
            banner.tell(" ".join(filter(None, parts)), ODD[standing.kind], strong=parts[0])
            if found.may and "stamp" in standing.offers:
                self._offer_stamp(banner, standing)
        self._notice_box.setVisible(any(not banner.isHidden() for banner in self.notices.values()))

    def _offer_stamp(self, banner: Banner, standing: Standing) -> None:
        text = self.tr("Put {0} on record…").format(short(standing.may_stamp))
        banner.add_action(text, lambda: self.doing.stamp(standing))

    def _look_failed(self, error: ExplainedError) -> None:
        self.busy.stop()
        banner = self.notices[Lineage.DOCUMENT]
        banner.clear_actions()
        banner.tell(said(error), "bad")
        banner.add_action(self.tr("Try again"), self.refresh)
        banner.show()
        self._notice_box.show()

    # The revision chosen

    def _chosen(self) -> None:
        entry = self.list.entry()
        if entry is not None:
            self.detail.show_entry(entry)
        self._study()
        self._offer()

    def _study(self) -> None:
        entry, found = self.list.entry(), self.schema.overview
        self.prepared = None
        if entry is None or found is None:
            self.detail.show_nothing(words.sentence(found.document.sentence) if found is not None else "")
            return
        if self.detail.title.text() != entry.id:
            self.detail.show_entry(entry)
        if self.schema.running or not self._active:
            return
        self.detail.busy.start(self.tr("Reading {0}…").format(entry.short))
        self._studies.want(entry, found, lambda study: self._studied(entry, found, study))

    def _studied(self, entry: Entry, found: Overview, study: Study) -> None:
        self.detail.busy.stop()
        self.detail.show_found(entry, found, study.scripts, study.prepared)
        self.prepared = study.prepared if isinstance(study.prepared, Prepared) else None
        self._look_who()

    def _look_who(self) -> None:
        """See who holds the tables concerned."""
        prepared = self.prepared
        if prepared is None or self.schema.running or not prepared.plan.tables or not self.detail.safety.isVisible():
            return
        plan = prepared.plan

        def work(uow: UnitOfWork) -> tuple[Session, ...]:
            return in_the_way(uow, plan)

        show = self.detail.show_sessions
        self.session.desk.read(work, done=show, failed=lambda _: None, owner=self, background=True)

    def _run_changed(self) -> None:
        self.detail.settle()
        self._offer()
        if not self.schema.running:
            self._study()

    def show_rehearsal(self) -> None:
        """Show the part of the rehearsal."""
        self.detail.tabs.setCurrentIndex(REHEARSAL)

    # Measures

    def showEvent(self, event: QShowEvent) -> None:
        """Override QWidget::showEvent."""
        super().showEvent(event)
        if not self._fitted:
            self._fitted = True
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent: both sides keep their share."""
        super().resizeEvent(event)
        if self._fitted:
            self._fit()

    def _fit(self) -> None:
        left = min(max(px(260), int(self.width() * LIST_SHARE)), px(520))
        self.splitter.setSizes([left, self.width() - left])
