"""An operation in full, beside the list: what it was, who did it, and each row it changed, before and after."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.errors import ExplainedError
from lms_desktop.models.desk import Job
from lms_desktop.models.following import another_program
from lms_desktop.models.render import render
from lms_desktop.models.wording import said, told, word
from lms_desktop.services.deleted import DeletedRow
from lms_desktop.services.history import ChangedRow, History, Line, Told
from lms_desktop.services.joins import BY_TABLE
from lms_desktop.services.log_conditions import REVERTED
from lms_desktop.spec import Moment
from lms_desktop.views.change_view import ChangedRowCard, action_word
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.flow import FlowLayout
from lms_desktop.views.kit.labels import Avatar, ElidedLabel, SectionLabel, Tag, label
from lms_desktop.views.kit.notices import Banner, BusyLine, EmptyState
from lms_desktop.views.kit.paint import px
from lms_desktop.views.page import Destination
from lms_desktop.views.session import Session

ROWS = 20
"""Changed rows that are shown at once."""
UNFOLDED = 3
"""So many rows are unfolded from the start where an operation changed no more."""


class OperationPanel(QFrame):
    """What stands beside the list of operations, and beside that of deleted records.

    Signals:
        take_back_requested(str, object): the operation's id, and of it (entity, ids) or None.
        open_requested(object): a Destination.
        operation_requested(str): another operation is to be shown, by its id.
    """

    take_back_requested = Signal(str, object)
    open_requested = Signal(object)
    operation_requested = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "panel")
        self._session, self._history = session, History(session.catalog)
        self._wanted: str | None = None
        self._deleted: tuple[DeletedRow, ...] = ()
        self._told: Told | None = None
        self._table: str | None = None
        self._last = 0
        self._cards: list[ChangedRowCard] = []
        self._jobs: list[Job] = []
        self._build()
        self.show_operation(None)

    # What the page uses

    def show_operation(self, operation: str | None, deleted: tuple[DeletedRow, ...] = ()) -> None:
        """Show an operation, of it the `deleted` rows alone where these are what it is about; None for none."""
        self._cancel()
        self._wanted, self._deleted = operation, deleted
        if operation is None:
            self._told = None
            self.empty.tell(self.tr("Nothing is selected"), "", self.tr("Select a row to see what was done."))
            self._stack.setCurrentWidget(self.empty)
            return
        self._read()

    def operation(self) -> str | None:
        """The id of the operation shown, or on its way."""
        return self._wanted

    def refresh(self) -> None:
        """Read it again: it may have been taken back."""
        if self._wanted is not None:
            self._cancel()
            self._read()

    def take_keyboard(self) -> None:
        """Put the keyboard on the first thing that can be done here."""
        for made in (self.restore, self.back, self.go, *(card.head for card in self._cards)):
            if made.isVisible() and made.isEnabled():
                made.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def cards(self) -> list[ChangedRowCard]:
        """The changed rows shown."""
        return list(self._cards)

    # Building

    def _build(self) -> None:
        self.busy, self._stack = BusyLine(parent=self), QStackedWidget(self)
        self.empty = EmptyState("history", "", parent=self._stack)
        self._scroll = QScrollArea(self._stack)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inner.setProperty("kind", "scrolled")
        self._column = QVBoxLayout(inner)
        self._scroll.setWidget(inner)
        self._build_head()
        self._build_rows()
        self._column.addStretch(1)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._scroll)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.busy)
        whole.addWidget(self._stack, 1)
        self._space()

    def _build_head(self) -> None:
        self.sentence = label("", "title", wrap=True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._avatar, self.who, self.address = Avatar(), ElidedLabel("", "strong"), ElidedLabel("", "muted")
        self.when = ElidedLabel("", "muted")
        self._state = Tag("", "warn")
        self._person = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(0)
        names = QHBoxLayout()
        names.setSpacing(px(6))
        names.addWidget(self.who)
        names.addWidget(self.address, 1)
        words.addLayout(names)
        words.addWidget(self.when)
        self._person.addWidget(self._avatar, 0, Qt.AlignmentFlag.AlignTop)
        self._person.addLayout(words, 1)
        self._person.addWidget(self._state, 0, Qt.AlignmentFlag.AlignTop)
        self.place = label("", "small", wrap=True)
        self.related = Banner("", "info")
        self._actions = QWidget()
        actions = FlowLayout(self._actions)
        self.back = button(self.tr("Take back…"), "", self._take_back, icon="undo")
        self.restore = button(self.tr("Restore…"), "primary", self._take_back, icon="undo")
        self.go = button(self.tr("Go to the record"), "", self._go, icon="arrow-right")
        for made in (self.restore, self.back, self.go):
            actions.addWidget(made)
        self._column.addWidget(self.sentence)
        self._column.addLayout(self._person)
        for widget in (self.place, self._actions, self.related):
            self._column.addWidget(widget)

    def _build_rows(self) -> None:
        self.heading = SectionLabel(self.tr("What was changed"))
        self._tables = QWidget()
        self._tables_flow = FlowLayout(self._tables, line_gap=4)
        self._group = QButtonGroup(self)
        self._rows = QVBoxLayout()
        self._trouble = Banner("", "bad")
        self._trouble.hide()
        self.more = button(self.tr("Show more"), "link", self._read_more)
        for widget in (self.heading, self._tables):
            self._column.addWidget(widget)
        self._column.addLayout(self._rows)
        self._column.addWidget(self._trouble)
        self._column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)

    # Reading

    def _read(self) -> None:
        wanted, history = self._wanted, self._history
        assert wanted is not None
        self.busy.start(self.tr("Reading the operation…"))
        self._do(lambda uow: history.operation(uow, wanted), partial(self._arrived, wanted), self._failed)

    def _arrived(self, wanted: str, found: Told) -> None:
        if wanted != self._wanted:
            return
        again = self._told is not None and self._told.line.id == wanted and not self._deleted
        known = {name for name, _, _ in found.counts}
        self._told = found
        self._tell_head(found)
        self._stack.setCurrentWidget(self._scroll)
        if again and self._cards:  # its rows are as they were: what was unfolded stays so
            self.busy.stop()
            return
        if self._deleted:
            self._table = self._deleted[0].table
        else:
            self._table = next((name for name, _, _ in found.counts if name in known), None)
        self._tell_tables(found)
        self._scroll.verticalScrollBar().setValue(0)
        self._begin_rows()

    def _begin_rows(self) -> None:
        for card in self._cards:
            self._rows.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards, self._last = [], 0
        self.more.hide()
        self._trouble.hide()
        self._read_more()

    def _read_more(self) -> None:
        wanted, history, table, after, zone = self._wanted, self._history, self._table, self._last, self._session.zone
        if wanted is None or self._told is None:
            return
        row_id = self._deleted[0].row_id if len(self._deleted) == 1 else None
        self.busy.start(self.tr("Reading what was changed…"))
        self._do(
            lambda uow: history.changes(uow, wanted, table=table, row_id=row_id, after=after, count=ROWS, zone=zone),
            partial(self._rows_arrived, wanted, table, after),
            self._rows_failed,
        )

    def _rows_arrived(self, wanted: str, table: str | None, after: int, rows: tuple[ChangedRow, ...]) -> None:
        if (wanted, table, after) != (self._wanted, self._table, self._last):
            return
        self.busy.stop()
        few = after == 0 and len(rows) <= UNFOLDED
        for row in rows:
            card = ChangedRowCard(self._session.catalog, row, self._session.zone, unfolded=few or not self._cards)
            card.open_requested.connect(self._open)
            self._rows.addWidget(card)
            self._cards.append(card)
        if rows:
            self._last = rows[-1].n
        self.more.setVisible(len(rows) == ROWS)
        self.go.setVisible(self._going() is not None)

    def _failed(self, error: ExplainedError) -> None:
        self.busy.stop()
        self.empty.tell(said(error))
        self._stack.setCurrentWidget(self.empty)

    def _rows_failed(self, error: ExplainedError) -> None:
        self.busy.stop()
        self._trouble.clear_actions()
        self._trouble.tell(said(error), "bad")
        self._trouble.add_action(self.tr("Try again"), self._read_more)
        self._trouble.show()

    def _do(
        self,
        work: Callable[[UnitOfWork], object],
        done: Callable[..., object],
        failed: Callable[[ExplainedError], object],
    ) -> None:
        job = self._session.desk.read(work, done=done, failed=failed, owner=self, label=self.tr("Reading the history"))
        self._jobs = [*(job for job in self._jobs if job.ended is None), job]

    def _cancel(self) -> None:
        for job in self._jobs:
            job.cancel()
        self._jobs.clear()
        self.busy.stop()

    # What is said

    def _tell_head(self, found: Told) -> None:
        line = found.line
        self.sentence.setText(told(line.said) or self.tr("Changed something."))
        self._avatar.tell(line.name)
        self.who.setText(line.name or another_program())
        self.address.setText(line.email if line.email != line.name else "")
        self.when.setText(f"{render(Moment(), line.at, self._session.zone).text} {self._session.zone}")
        parts = [self.tr("Machine {0}").format(line.machine)] if line.machine else []
        self.place.setText(" · ".join([*parts, self.tr("database role {0}").format(line.db_role)]))
        self._state.setVisible(line.state is not None)
        back = line.state == REVERTED
        self._state.tell(self.tr("Taken back") if back else self.tr("Takes back"), "warn" if back else "neutral")
        self._tell_related(found)
        may = self._session.log.on
        self.restore.setVisible(bool(self._deleted))
        self.restore.setEnabled(may)
        self.restore.setText(self.tr("Restore %n record(s)…", "", len(self._deleted) or 1))
        self.back.setVisible(not self._deleted)
        self.back.setEnabled(may and not back)

    def _tell_related(self, found: Told) -> None:
        self.related.clear_actions()
        other: Line | None = found.reverted_by or found.reverts
        self.related.setVisible(other is not None)
        if other is None:
            return
        if found.reverted_by is not None:
            when = render(Moment(), other.at, self._session.zone).text
            self.related.tell(self.tr("Taken back by {0}, {1}.").format(other.name or another_program(), when), "warn")
        else:
            self.related.tell(self.tr("This took back: {0}").format(told(other.said)), "info")
        self.related.add_action(self.tr("Show it"), lambda: self.operation_requested.emit(other.id), "link")

    def _tell_tables(self, found: Told) -> None:
        while (item := self._tables_flow.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                self._group.removeButton(old)  # type: ignore[arg-type]
                old.hide()
                old.deleteLater()
        names = dict.fromkeys(name for name, _, _ in found.counts)
        for name in names:
            made = button(self._counted(found, name), "segment", partial(self._choose, name), parent=self._tables)
            made.setCheckable(True)
            made.setChecked(name == self._table)
            self._group.addButton(made)
            self._tables_flow.addWidget(made)
        several = len(names) > 1 and not self._deleted
        self._tables.setVisible(several)
        only = next(iter(names), "")
        what = self.tr("What was deleted") if self._deleted else self.tr("What was changed")
        total = sum(count for _, _, count in found.counts)
        self.heading.setText(what if several or total < 2 or self._deleted else self._counted(found, only))

    def _counted(self, found: Told, table: str) -> str:
        """How many rows of a table were changed how: “Lessons: 3 deleted”."""
        entity, rows = BY_TABLE.get(table), sum(count for one, _, count in found.counts if one == table)
        admin = None if entity is None else self._session.catalog[entity]
        name = table if admin is None else word(admin.label if rows == 1 else admin.plural)
        words = [
            f"{self.locale().toString(count)} {action_word(action).lower()}"
            for one, action, count in found.counts
            if one == table
        ]
        return f"{name}: {', '.join(words)}"

    # What is asked for

    def _choose(self, table: str) -> None:
        if table != self._table:
            self._cancel()
            self._table = table
            self._begin_rows()

    def _take_back(self) -> None:
        if self._wanted is None:
            return
        only = (self._deleted[0].entity, tuple(row.row_id for row in self._deleted)) if self._deleted else None
        self.take_back_requested.emit(self._wanted, only)

    def _going(self) -> ChangedRow | None:
        """The first changed row that can be gone to."""
        known = (card.row for card in self._cards if card.row.there and card.row.entity is not None)
        return next(known, None)

    def _go(self) -> None:
        row = self._going()
        if row is not None:
            self._open(row.table, row.row_id)

    def _open(self, table: str, row_id: str) -> None:
        self.open_requested.emit(Destination(self._session.catalog[BY_TABLE[table]].name, row_id))

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def _space(self) -> None:
        self._column.setContentsMargins(px(16), px(14), px(16), px(16))
        self._column.setSpacing(px(12))
        self._rows.setSpacing(px(8))
        self._person.setSpacing(px(10))
        self.setMinimumWidth(px(220))
