"""What somebody else changed meanwhile, beside what this person wants: nothing is overwritten without being told to."""

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QRadioButton, QScrollArea, QVBoxLayout, QWidget

from lms_desktop.models.decisions import ClashesModel, Decisions
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.wording import amid
from lms_desktop.services.edits import Clash, State
from lms_desktop.services.json_merge import MINE, THEIRS
from lms_desktop.services.records import Clashes
from lms_desktop.spec import EntityAdmin
from lms_desktop.views.clash_detail import ClashDetail
from lms_desktop.views.clash_words import what_happened
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.paint import px
from lms_desktop.views.kit.sheet import Sheet
from lms_desktop.views.session import Session
from lms_desktop.views.shared_table import SharedTable

SHARES = (44, 28, 28)
"""Of the list's width, in per cent: row, what happened, what will stand."""

BESIDE = 1040
"""Pixels at 100 % of the screen from which on the row stands beside the list; else below it."""


class ConflictDialog(Sheet):
    """Base, theirs and mine of each row that was changed meanwhile, with a choice for each field that both changed.

    Of several rows there is a list, and beside it the one that is current.

    Attributes:
        decisions: what was chosen; `detail` shows the current row, `table` the list, where there are several.
        save_again: the person wants to save at once what is left.
    """

    def __init__(
        self, session: Session, admin: EntityAdmin, drafts: Drafts, clashes: Clashes, parent: QWidget | None = None
    ) -> None:
        several = len(clashes.clashes) > 1
        super().__init__(
            "", parent, width=1120 if several else 760, height=640 if several else 0, icon="merge", tone="bad"
        )
        self._session, self._admin = session, admin
        self.decisions = Decisions(admin, clashes.clashes)
        self.save_again = False
        self.table: SharedTable | None = None
        self.detail = ClashDetail(session, admin, drafts, self.decisions)
        self.setWindowTitle(self.tr("Changed by somebody else meanwhile"))
        self.setAccessibleName(self.windowTitle())
        self.heading.setText(self.tr("Nothing was saved yet, and nothing is overwritten."))
        self.add(label(self._words(), wrap=True))
        if several:
            self._add_list()
        else:
            self.add(self.detail)
            self.column.addStretch(1)
        self.detail.show_clash(self.decisions.clashes[0])
        self.add_button(self.tr("Decide later"), "", self.reject)
        self.add_button(self.tr("Apply, save later"), "", self._apply)
        save = self.add_button(self.tr("Apply and save"), "primary", self._save, default=True)
        (self.table or next(self._checked(), None) or save).setFocus()

    def current(self) -> Clash:
        """The row that is shown in full."""
        return self.decisions.clashes[self.table.currentIndex().row() if self.table is not None else 0]

    # Building

    def _words(self) -> str:
        clashes = self.decisions.clashes
        choose = sum(clash.state is not State.MERGES for clash in clashes)
        if len(clashes) == 1:
            if clashes[0].theirs is None:
                return self.tr("Choose what becomes of your edits.")
            happened, _ = what_happened(self._admin, clashes[0], self._session.zone)
            if clashes[0].state is State.MERGES:
                return (happened + " " + self.tr("You changed other fields: both will stand.")).strip()
            return (happened + " " + self.tr("Choose what should stand.")).strip()
        plural = amid(self._admin.plural)
        if not choose:
            return self.tr(
                "While you were editing, %n row(s) were changed. All of them merge by themselves.", "", len(clashes)
            )
        return self.tr("While you were editing, {0} {1} were changed. For {2} of them you have to choose.").format(
            self.locale().toString(len(clashes)), plural, self.locale().toString(choose)
        )

    def _add_list(self) -> None:
        self.table = SharedTable(SHARES)
        self._model = ClashesModel(self._admin, self.decisions, self.table)
        self.table.setModel(self._model)
        self.table.setAccessibleName(self.tr("Rows that somebody else changed"))
        self.table.setProperty("kind", "boxed")
        self.table.selectionModel().currentRowChanged.connect(self._go_to)
        self.detail.decided.connect(self._model.tell_changed)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        column.addWidget(self.table, 1)
        row = QHBoxLayout()
        row.setSpacing(px(8))
        self.mine_for_all = button(self.tr("Mine for all"), "", lambda: self._for_all(MINE))
        self.theirs_for_all = button(self.tr("Theirs for all"), "", lambda: self._for_all(THEIRS))
        for made in (self.mine_for_all, self.theirs_for_all):
            row.addWidget(made)
        row.addStretch(1)
        column.addLayout(row)
        self._scroll_area = QScrollArea()
        self._scroll_area.setWidgetResizable(True)
        self._scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll_area.setAccessibleName(self.tr("The row in full"))
        self._scroll_area.setWidget(self.detail)
        self._scroll_area.viewport().setAutoFillBackground(False)
        both = QWidget()
        wide = self.room().width() >= px(BESIDE)
        halves: QBoxLayout = QHBoxLayout(both) if wide else QVBoxLayout(both)
        halves.setContentsMargins(0, 0, 0, 0)
        halves.setSpacing(px(16))
        halves.addWidget(left, 3 if wide else 2)
        halves.addWidget(self._scroll_area, 4 if wide else 3)
        self.column.addWidget(both, 1)
        self.table.setCurrentIndex(self._model.index(0, 0))

    # What the person does

    def _go_to(self, current: QModelIndex) -> None:
        if current.isValid():
            self.detail.show_clash(self.decisions.clashes[current.row()])
            self._scroll_area.verticalScrollBar().setValue(0)

    def _for_all(self, side: str) -> None:
        self.decisions.choose_for_all(side)
        self._model.tell_changed()
        self.detail.show_clash(self.current())

    def _apply(self) -> None:
        faulty = self.detail.faulty()
        if faulty is not None:
            faulty.setFocus()
            return
        self.accept()

    def _save(self) -> None:
        self.save_again = True
        self._apply()

    def _checked(self) -> "filter[QRadioButton]":
        return filter(QRadioButton.isChecked, self.detail.findChildren(QRadioButton))
