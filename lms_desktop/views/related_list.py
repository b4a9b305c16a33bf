"""A list of what hangs on a record, in the form: a small table, the way to each row and to all of them."""

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from lms_desktop.entities import Lesson, Quiz
from lms_desktop.errors import ExplainedError
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.live import Batch
from lms_desktop.models.table import TableModel
from lms_desktop.models.wording import amid, said
from lms_desktop.services.records import Record
from lms_desktop.spec import Computed, EntityAdmin, Field, Filter, Operator, Query, Related, Sort
from lms_desktop.views.course.ways import COURSE_PAGE
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.flow import FlowLayout
from lms_desktop.views.kit.notices import Banner, BusyLine, EmptyState
from lms_desktop.views.kit.paint import px
from lms_desktop.views.page import Destination
from lms_desktop.views.record_table import RecordTable
from lms_desktop.views.row_words import place_words, total_words
from lms_desktop.views.selected_rows import SelectedRows
from lms_desktop.views.session import Session
from lms_desktop.views.sorting import added_sort, mark_order, pressed_again
from lms_desktop.views.type_ahead import TypeAhead

if TYPE_CHECKING:
    from lms_desktop.views.copying import Copying

WIDEST = 190
"""Pixels at 100 % that a column of a related list has at most."""


_PARTS = frozenset(
    (
        "model",
        "table",
        "ahead",
        "busy",
        "banner",
        "empty",
        "all_button",
        "new_button",
        "course_button",
        "_stack",
        "_foot",
    )
)
"""What a list consists of once it was seen."""


class ReadOnlyTable(TableModel):
    """A table whose cells are read."""

    def editable(self, field: Field | Computed) -> bool:
        """Override TableModel.editable."""
        return False


class RelatedList(QWidget):
    """The rows of one related entity.

    Attributes:
        session: who looks at it.
        related: which list this is; `admin` declares its entity.
        model: its rows; nothing is typed into them, and there are no `drafts`.
        ahead: finds a row by letters typed over the table.

    Signals:
        open_requested(object): a Destination: a row, all rows, or a new one.
        trouble(object): an error of `lms_desktop.errors` to show.
        status(str): a sentence for the status bar.
    """

    open_requested = Signal(object)
    trouble = Signal(object)
    status = Signal(str)

    def __init__(self, session: Session, related: Related, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.related = session, related
        self.drafts = Drafts(related.entity, self)
        self.admin: EntityAdmin = session.catalog[related.entity]
        self._record: Record | None = None
        self._stale, self._is_built = True, False
        self._before: tuple[Query | None, str | None] = (None, None)

    def _make(self) -> None:
        """Make what it consists of. Not before it is seen, or asked for: most records are left again from their first
        tab, and a page with four lists would take twice as long to open."""
        if self._is_built:
            return
        self._is_built = True
        session, related = self.session, self.related
        query = Query(related.entity, zone=session.zone)
        self.model = ReadOnlyTable(session.desk, session.catalog, session.pages, query, self.drafts, self)
        self._plural = QCoreApplication.translate("", self.admin.plural)
        self._build()
        self._connect()

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """A part that was not made yet."""
            if name in _PARTS and not self.__dict__.get("_is_built", True):
                self._make()
                return self.__dict__[name]
            raise AttributeError(name)

    def show_record(self, record: Record) -> None:
        """Show the rows of this record, at once where the list is seen, else as soon as it is."""
        if self._record is None or self._record.id != record.id:
            self._stale = True
        self._record = record
        if self.isVisible():
            self._show_rows()

    def hear(self, batch: Batch) -> None:
        """Rows were changed, perhaps some of these."""
        if self._is_built:
            self.model.follower.hear(batch)

    def condition(self) -> Filter | None:
        """The filter that a page would show these rows by."""
        if self._record is None:
            return None
        return Filter(self.related.attribute.key, Operator.ONE_OF, (self._record.id,), (self._record.title,))

    # Within

    def _build(self) -> None:
        self._stack = QStackedWidget(self)
        self.table = RecordTable(self._stack)
        self.table.setModel(self.model)
        self.table.setAccessibleName(QCoreApplication.translate("", self.related.label))
        self.busy = BusyLine()
        self.banner = Banner("", "bad")
        self.banner.hide()
        self.empty = EmptyState(self.admin.icon, self.tr("No {0} here yet.").format(amid(self.admin.plural)))
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        self.all_button = button(self.tr("Show all"), "", self._open_all)
        self.all_button.setAccessibleName(self.tr("Show all on the page {0}").format(self._plural))
        self._may_add = self.session.may(self.admin, "add") and bool(self.admin.new)
        new = QCoreApplication.translate("", self.admin.new)
        self.new_button = button(f"{new}…", "", self._open_new, icon="plus")
        if not self._may_add:  # made visible before it has a parent, it would be a window of its own for a moment
            self.new_button.hide()
        buttons, self._foot = FlowLayout(), QHBoxLayout()
        buttons.trailing = (self.new_button,)
        self._foot.addLayout(buttons)
        buttons.addWidget(self.all_button)
        if self.related.attribute.key == "course_id" and self.related.entity in (Lesson, Quiz):
            self.course_button = button(self.tr("Open course"), "", self._open_course, icon="lessons")
            buttons.addWidget(self.course_button)
        buttons.addWidget(self.new_button)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for widget in (self.busy, self.banner):
            box.addWidget(widget)
        box.addWidget(self._stack, 1)
        box.addLayout(self._foot)
        self._space()

    def _connect(self) -> None:
        self.table.rowsWanted.connect(self.model.want)
        self.table.opened.connect(self._open_row)
        self.table.sort_requested.connect(self._sort)
        self.table.installEventFilter(self)
        self._rows, self.ahead = SelectedRows(self), TypeAhead(self, self._tell_place)
        self.model.follower.seen = self.isVisible
        self.model.arrived.connect(self._arrived)
        self.model.counted.connect(self._arrived)
        self.model.failed.connect(self._failed)
        self.model.working.connect(self._working)
        self.model.modelAboutToBeReset.connect(self._remember)
        self.model.modelReset.connect(self._begin_anew)

    def _columns(self) -> tuple[str, ...]:
        """The table's usual columns without those that say the same in each row."""
        same = self.related.attribute.key
        return tuple(f.key for f in self.admin.columns if f.key.split(".")[0] != same)

    def _show_rows(self) -> None:
        condition = self.condition()
        if condition is None or not self._stale:
            return
        self._stale = False
        self.banner.hide()
        sorts = (self.model.pending or self.model.query).sorts
        query = Query(self.related.entity, filters=(condition,), sorts=sorts, zone=self.session.zone)
        self.model.show(query, self._columns())

    def _sort(self, column: int, descending: bool) -> None:
        query = self.model.pending or self.model.query
        chosen = pressed_again(Sort(self.model.fields[column].key, descending), self.model.awaited)
        sorts = added_sort(query.sorts or self.admin.sorts, chosen)
        self.model.show(replace(query, sorts=sorts), self._columns())

    def _remember(self) -> None:
        self._before = self.model.query, self.model.row_id(self.table.currentIndex().row())

    def _begin_anew(self) -> None:
        """Other rows, or the same in another order: from the first one on, the current one is it where it is there."""
        query, row_id = self._before
        mark_order(self.table, self.model)
        self._fit()
        if self.model.query == query:
            return
        self.table.start_over()
        row = None if row_id is None else self.model.find(row_id)
        if row is not None:
            self.table.setCurrentIndex(self.model.index(row, 0))

    def _fit(self) -> None:
        """As wide as what they show, none wider than is useful here."""
        self.table.fit_columns()
        header = self.table.header()
        widths = [min(header.sectionSize(i), px(WIDEST)) for i in range(header.count())]
        for column, width in enumerate(widths):
            header.resizeSection(column, width)

    def _arrived(self) -> None:
        nothing = self.model.loaded and self.model.exact and self.model.total == 0
        self._stack.setCurrentWidget(self.empty if nothing else self.table)

    def _tell_place(self) -> None:
        current, locale, words = self.table.currentIndex(), self.locale(), ""
        if current.isValid():
            place, total = place_words(self.model, current.row(), locale), total_words(self.model, locale)
            words = QCoreApplication.translate("RowWords", "Row {0} of {1}").format(place, total)
        self.status.emit(words)

    def _working(self, working: bool) -> None:
        if working:
            self.busy.start(self.tr("Reading {0}…").format(amid(self.admin.plural)))
        else:
            self.busy.stop()

    def _failed(self, error: ExplainedError) -> None:
        self.busy.stop()
        self._stale = True
        self.banner.clear_actions()
        self.banner.tell(said(error), "bad")
        self.banner.add_action(self.tr("Try again"), self._show_rows)
        self.banner.show()

    def _open_row(self, row: int) -> None:
        row_id = self.model.row_id(row)
        if row_id is not None:
            self.open_requested.emit(Destination(self.admin.name, row_id))

    def _open_all(self) -> None:
        condition = self.condition()
        if condition is not None:
            self.open_requested.emit(Destination(self.admin.name, filters=(condition,)))

    def _open_course(self) -> None:
        """Lessons and quizzes of a course are arranged on its own page."""
        if self._record is not None:
            self.open_requested.emit(Destination(COURSE_PAGE, self._record.id))

    def _open_new(self) -> None:
        if self._record is not None:
            values = ((self.related.attribute.key, self._record.id),)
            self.open_requested.emit(Destination(self.admin.name, new=True, values=values))

    def refresh(self) -> None:
        """Read the rows again."""
        self.model.refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject::eventFilter: what is selected is copied as on a page (Qt would copy one cell), and Esc ends
        the looking for what was typed."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() == Qt.Key.Key_Escape and not event.modifiers():
            return self.ahead.stop()
        if not event.matches(QKeySequence.StandardKey.Copy):
            return False
        self._copying.copy()
        return True

    @cached_property
    def _copying(self) -> "Copying":
        from lms_desktop.views.copying import Copying  # and what reads texts whole

        return Copying(self, self._rows)

    def setVisible(self, visible: bool) -> None:
        """Override QWidget::setVisible: what is made once it is seen has to be there before."""
        if visible:
            self._make()
        super().setVisible(visible)

    def showEvent(self, event: QShowEvent) -> None:
        """Override QWidget::showEvent: now the rows are wanted."""
        super().showEvent(event)
        self._show_rows()
        self.model.follower.catch_up()

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self.__dict__.get("_is_built"):
            self._space()

    def _space(self) -> None:
        self._foot.setContentsMargins(px(16), px(8), px(16), px(8))
