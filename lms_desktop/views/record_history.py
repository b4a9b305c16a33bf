"""The history of one record, in its form: each operation on it, folded out before → after."""

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from lms_desktop import policy
from lms_desktop.admin.logs import OPERATIONS
from lms_desktop.errors import ExplainedError
from lms_desktop.models.desk import Job
from lms_desktop.models.following import another_program
from lms_desktop.models.live import Batch
from lms_desktop.models.render import render
from lms_desktop.models.wording import said, told
from lms_desktop.services.history import Entry, History
from lms_desktop.services.log_conditions import REVERTED, record_filter
from lms_desktop.services.records import Record
from lms_desktop.spec import EntityAdmin, Moment
from lms_desktop.views.change_view import FoldButton, action_word, add_fields
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.flow import FlowLayout
from lms_desktop.views.kit.labels import ElidedLabel, Tag, label
from lms_desktop.views.kit.notices import Banner, BusyLine, EmptyState
from lms_desktop.views.kit.paint import px
from lms_desktop.views.log_notice import LogNotice
from lms_desktop.views.page import Destination
from lms_desktop.views.session import Session

ENTRIES = 20
"""Operations that are shown at once."""

_PARTS = frozenset(
    ("busy", "notice", "empty", "more", "banner", "all_button", "_stack", "_scroll", "_column", "_rows", "_foot")
)
"""What it consists of once it was seen."""


class EntryCard(QFrame):
    """One operation on the record: what, who and when in two lines, and its fields folded away below them.

    Signals:
        take_back_requested(str): take this operation back, by its id.
        opened(str): show it in full.
    """

    take_back_requested = Signal(str)
    opened = Signal(str)

    def __init__(self, entry: Entry, zone: str, *, unfolded: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.entry, self._zone = entry, zone
        line = entry.line
        sentence = told(line.said) or " · ".join(dict.fromkeys(action_word(c.action) for c in entry.changes))
        when = render(Moment(), line.at, zone).text
        who = line.name or another_program()
        self.head = FoldButton(f"{sentence}, {who}, {when}", self._fold)
        self._fields = QWidget()
        self._column = QVBoxLayout(self._fields)
        self._column.setContentsMargins(px(28), px(8), 0, px(2))
        self._column.setSpacing(px(8))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(sentence, "strong", wrap=True))
        words.addWidget(ElidedLabel(f"{who} · {when}", "small"))
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(self.head, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        if line.state is not None:
            back = line.state == REVERTED
            tag = Tag(self.tr("Taken back") if back else self.tr("Takes back"), "warn" if back else "neutral")
            row.addWidget(tag, 0, Qt.AlignmentFlag.AlignTop)
        box = QVBoxLayout(self)
        box.setContentsMargins(px(8), px(8), px(8), px(8))
        box.setSpacing(0)
        box.addLayout(row)
        box.addWidget(self._fields)
        self._fields.hide()
        self.head.setChecked(unfolded)

    def _fold(self, unfolded: bool) -> None:
        if unfolded and not self._column.count():
            for change in self.entry.changes:
                add_fields(self._column, change, self._zone)
            self._column.addWidget(self._buttons())
        self._fields.setVisible(unfolded)

    def _buttons(self) -> QWidget:
        line, holder = self.entry.line, QWidget()
        flow = FlowLayout(holder, line_gap=4)
        if line.state != REVERTED:
            back = button(self.tr("Take back…"), "", lambda: self.take_back_requested.emit(line.id), icon="undo")
            flow.addWidget(back)
        flow.addWidget(button(self.tr("Show the whole operation"), "link", lambda: self.opened.emit(line.id)))
        return holder


class RecordHistory(QWidget):
    """The tab of the form. It reads when it is seen, and again when something was saved.

    Signals:
        open_requested(object): a Destination.
        take_back_requested(str, object): the id of an operation to be taken back, and None.
        trouble(object): an error of `lms_desktop.errors` to show.
    """

    open_requested = Signal(object)
    take_back_requested = Signal(str, object)
    trouble = Signal(object)

    def __init__(self, session: Session, admin: EntityAdmin, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._admin, self._history = session, admin, History(session.catalog)
        self._record: Record | None = None
        self._read_for: str | None = None
        self._stale = False
        self._entries: list[Entry] = []
        self._cards: list[EntryCard] = []
        self._job: Job | None = None
        self._is_built = False
        session.log.changed.connect(self._state_changed)
        session.desk.committed.connect(self.look_again)  # a method: its connection ends with this widget
        session.desk.noticed.connect(self._noticed)

    # What the form uses

    def show_record(self, record: Record) -> None:
        """Show what was done to this record, at once where it is seen, else as soon as it is."""
        self._record = record
        if record.id != self._read_for:
            self._clear()
        if self.isVisible():
            self._read()

    def look_again(self) -> None:
        """Something was saved, perhaps to this record."""
        self._stale = True
        if self.isVisible():
            self._read()

    def cards(self) -> list[EntryCard]:
        """The operations shown."""
        return list(self._cards)

    # Within

    def _noticed(self, batch: Batch) -> None:
        if batch.everything or self._admin.entity.__tablename__ in batch.tables:  # type: ignore[attr-defined]
            self.look_again()

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """A part that was not made yet."""
            if name in _PARTS and not self.__dict__.get("_is_built", True):
                self._build()
                return self.__dict__[name]
            raise AttributeError(name)

    def _build(self) -> None:
        """Make what it consists of. Not before it is seen, or asked for: see RelatedList."""
        if self._is_built:
            return
        self._is_built = True
        self.busy, self._stack = BusyLine(parent=self), QStackedWidget(self)
        self.notice = LogNotice(self._session, brief=True, parent=self._stack)
        self.notice.trouble.connect(self.trouble)
        self.empty = EmptyState("history", "", parent=self._stack)
        self._scroll = QScrollArea(self._stack)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inner.setProperty("kind", "scrolled")
        self._column, self._rows = QVBoxLayout(inner), QVBoxLayout()
        self._column.addLayout(self._rows)
        self.more = button(self.tr("Show more"), "link", self._read_more)
        self._column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(1)
        self._scroll.setWidget(inner)
        for shown in (self.notice, self.empty, self._scroll):
            self._stack.addWidget(shown)
        self.banner = Banner("", "bad")
        self.banner.hide()
        self.all_button = button(self.tr("Show in the history"), "", self._open_all)
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.all_button)
        self._foot.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for widget in (self.busy, self.banner):
            box.addWidget(widget)
        box.addWidget(self._stack, 1)
        box.addLayout(self._foot)
        self._space()

    def _state_changed(self) -> None:
        self._read_for = None
        if self.isVisible():
            self._read()

    def _read(self) -> None:
        """Read from the newest on, as many as are shown already."""
        record, on = self._record, self._session.log.on
        self.all_button.setVisible(on)
        if not on:
            self._stack.setCurrentWidget(self.notice)
            return
        if record is None or (record.id == self._read_for and not self._stale):
            return
        self._stale = False
        self._ask(record, None, max(ENTRIES, len(self._entries) if record.id == self._read_for else 0))

    def _read_more(self) -> None:
        if self._record is not None and self._entries:
            self._ask(self._record, self._entries[-1].line.seq, ENTRIES)

    def _ask(self, record: Record, before: int | None, count: int) -> None:
        if self._job is not None:
            self._job.cancel()
        history, entity, zone = self._history, self._admin.entity, self._session.zone
        self.busy.start(self.tr("Reading the history…"))
        job = self._session.desk.read(
            lambda uow: history.record(uow, entity, record.id, before=before, count=count, zone=zone),
            done=partial(self._arrived, record.id, before, count),
            failed=self._failed,
            owner=self,
            label=self.tr("Reading the history"),
        )
        self._job = job if job.ended is None else None

    def _arrived(self, row_id: str, before: int | None, count: int, entries: tuple[Entry, ...]) -> None:
        self._job = None
        self.busy.stop()
        self.banner.hide()
        if self._record is None or row_id != self._record.id:
            return
        if before is None and row_id == self._read_for and list(entries) == self._entries:
            return
        if before is None:
            unfolded = {card.entry.line.id for card in self._cards if card.head.isChecked()}
            first = row_id != self._read_for or not self._cards
            self._clear()
            self._read_for = row_id
            if first and entries:
                unfolded = {entries[0].line.id}
        else:
            unfolded = set()
        for entry in entries:
            self._add(entry, unfolded=entry.line.id in unfolded)
        self.more.setVisible(len(entries) == count)
        self._tell_nothing()

    def _add(self, entry: Entry, *, unfolded: bool) -> None:
        card = EntryCard(entry, self._session.zone, unfolded=unfolded)
        card.take_back_requested.connect(lambda operation: self.take_back_requested.emit(operation, None))
        card.opened.connect(lambda operation: self.open_requested.emit(Destination(OPERATIONS.name, operation)))
        self._rows.addWidget(card)
        self._entries.append(entry)
        self._cards.append(card)

    def _tell_nothing(self) -> None:
        if self._entries:
            self._stack.setCurrentWidget(self._scroll)
            return
        whole = policy.sees_whole_history(self._session.actor)
        words = self.tr("Nothing was done to it here yet.") if whole else self.tr("You have not changed it yet.")
        self.empty.tell(words, "", self.tr("What other programs write is not listed."))
        self._stack.setCurrentWidget(self.empty)

    def _failed(self, error: ExplainedError) -> None:
        self._job = None
        self.busy.stop()
        self._read_for = None
        self.banner.clear_actions()
        self.banner.tell(said(error), "bad")
        self.banner.add_action(self.tr("Try again"), self._read)
        self.banner.show()

    def _clear(self) -> None:
        for card in self._cards:
            self._rows.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards, self._entries, self._read_for = [], [], None
        if self._is_built:
            self.more.hide()

    def _open_all(self) -> None:
        if self._record is not None:
            condition = record_filter(self._admin.entity, self._record.id, self._record.title)
            self.open_requested.emit(Destination(OPERATIONS.name, filters=(condition,)))

    def setVisible(self, visible: bool) -> None:
        """Override QWidget::setVisible: what is made once it is seen has to be there before."""
        if visible:
            self._build()
        super().setVisible(visible)

    def showEvent(self, event: QShowEvent) -> None:
        """Override QWidget::showEvent: now it is wanted."""
        super().showEvent(event)
        self._read()

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self.__dict__.get("_is_built"):
            self._space()

    def _space(self) -> None:
        self._column.setContentsMargins(px(16), px(12), px(16), px(12))
        self._column.setSpacing(px(8))
        self._rows.setSpacing(px(8))
        self._foot.setContentsMargins(px(16), px(8), px(16), px(8))
