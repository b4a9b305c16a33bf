"""What the record beside a table consists of: its head, its tabs and what stands on them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import ClassVar

from PySide6.QtCore import QCoreApplication, QEvent, QRect, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFrame, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from lms_desktop.models.drafts import Drafts
from lms_desktop.spec import Action, EntityAdmin, Related
from lms_desktop.views.field_row import FieldRow
from lms_desktop.views.form_details import FormDetails
from lms_desktop.views.form_fields import FormFields
from lms_desktop.views.form_header import FormHeader
from lms_desktop.views.kit.notices import BusyLine, EmptyState
from lms_desktop.views.kit.paint import px
from lms_desktop.views.record_history import RecordHistory
from lms_desktop.views.related_list import RelatedList
from lms_desktop.views.session import Session


class FormParts(QFrame):
    """The parts of a record's form, put together; `RecordForm` gives them life.

    Attributes:
        details: what holds the fields; the first tab, unless another form puts one before it. `tabs` are all of them.
        header: what the record is called, and what can be done with it.
        lists: what hangs on it, a tab each; `history`, the last one, what was done to it.
        empty: stands in place of all that where there is no record.

    Signals:
        open_requested(object): a Destination.
        trouble(object): an error of `lms_desktop.errors` to show.
        status(str): as `Page` has it.
        keyboard_left(): the record went while the keyboard was in it; Qt has put it anywhere.
    """

    open_requested = Signal(object)
    trouble = Signal(object)
    status = Signal(str)
    keyboard_left = Signal()

    ROWS: ClassVar[Mapping[str, type[FieldRow]]] = {}
    """Field key → the kind of its row, for those that are not plain ones."""

    FIELDS: type[FormFields] = FormFields
    """What holds the rows, where it is more than they."""

    _narrowest = 280

    def __init__(self, session: Session, admin: EntityAdmin, drafts: Drafts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "panel")
        self._session, self._admin, self._drafts = session, admin, drafts
        self._related: tuple[Related, ...] = tuple(
            related for related in self._wanted_lists(admin) if session.may(session.catalog[related.entity], "view")
        )
        self._to_build: list[Callable[[], None]] = [
            *(self._make_details, self._make_rows, self._make_lists, self._put_together)
        ]
        self._make_head()

    def complete(self) -> None:
        """Make what is missing, now."""
        while self._to_build:
            self._to_build.pop(0)()

    def give_way(self, narrowest: int) -> None:
        """Be as narrow as that where there is no more room: pixels at 100 %."""
        self._narrowest = narrowest
        self._space()

    def run_action(self, action: Action) -> None:
        """Do one of the entity's actions on the record."""
        raise NotImplementedError

    def prepare(self) -> bool:
        """Take the next step in making what is missing and what the first record would have to make, and lay it out in
        the size that it has; False where none is left."""
        if self._to_build:
            self._to_build.pop(0)()
            return True
        if self.details.fields.make_editors():
            return True
        self._stack.setCurrentIndex(1)
        self.grab(QRect(0, 0, 1, 1))
        self._stack.setCurrentIndex(0)
        return False

    # What another form may have otherwise

    def _wanted_lists(self, admin: EntityAdmin) -> tuple[Related, ...]:
        """The lists that stand on tabs of their own."""
        return admin.related

    def _first_parts(self) -> tuple[tuple[str, QWidget], ...]:
        """The tabs before the lists, each with its word; `details` is one of them. They are born in `_parts`."""
        return ((self.tr("Details"), self.details),)

    # Within

    def _make_head(self) -> None:
        # Each part is born where it stands: one that moves in later has all that is in it dressed once more.
        self.busy, self._stack = BusyLine(parent=self), QStackedWidget(self)
        self.empty, self._picture = EmptyState(self._admin.icon, "", parent=self._stack), QWidget(self._stack)
        self.header, bar = FormHeader(self.run_action, self._picture), QFrame(self._picture)
        bar.setProperty("kind", "bar")
        self.tabs = QTabBar(bar)
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.setAccessibleName(self.tr("Parts of the record"))
        self._bar, self._bar_box = bar, QVBoxLayout(bar)
        self._bar_box.addWidget(self.tabs)
        self._parts = QStackedWidget(self._picture)
        self._parts.setMinimumHeight(1)  # what can be scrolled gives way, and not what the record is called

    def _make_details(self) -> None:
        self.details = FormDetails(
            self._session, self._admin, self._drafts, self._parts, kinds=self.ROWS, fields=self.FIELDS
        )

    def _make_rows(self) -> None:
        if self.details.fields.add_rows():
            self._to_build.insert(0, self._make_rows)

    def _make_lists(self) -> None:
        self._firsts = self._first_parts()
        self.lists = tuple(RelatedList(self._session, related, self._parts) for related in self._related)
        for part in self.lists:
            part.open_requested.connect(self.open_requested)
            part.trouble.connect(self.trouble)
            part.status.connect(self.status)
        self.history = RecordHistory(self._session, self._admin, self._parts)

    def _put_together(self) -> None:
        for word, part in self._firsts:
            self.tabs.addTab(word)
            self._parts.addWidget(part)
        for related, listed in zip(self._related, self.lists, strict=True):
            self.tabs.addTab(QCoreApplication.translate("", related.label))
            self._parts.addWidget(listed)
        self.tabs.addTab(self.tr("History"))
        self._parts.addWidget(self.history)
        column = QVBoxLayout(self._picture)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._bar)
        column.addWidget(self._parts, 1)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._picture)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.busy)
        whole.addWidget(self._stack, 1)
        self._space()

    @contextmanager
    def _minding_keyboard(self) -> Iterator[None]:
        """What is done here may take away what the keyboard is in; whoever can give it a place is told then."""
        had = self._has_keyboard()
        yield
        if had and not self._has_keyboard():
            self.keyboard_left.emit()

    def _has_keyboard(self) -> bool:
        here = QApplication.focusWidget()
        return here is not None and self._picture.isVisible() and self._picture.isAncestorOf(here)

    def _paint_later(self) -> None:
        """Another record is much to lay out and much to paint: whatever else waits has its turn in between."""
        self._stack.setUpdatesEnabled(False)
        # After no time at all it would be an event that is posted, and those come before all timers.
        QTimer.singleShot(1, self._stack, partial(self._stack.setUpdatesEnabled, True))

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def _space(self) -> None:
        self._bar_box.setContentsMargins(px(14), 0, px(14), 0)
        self.setMinimumWidth(px(self._narrowest))
