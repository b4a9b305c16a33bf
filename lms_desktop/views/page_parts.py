"""What an entity's page consists of: its models, its widgets, and the words it says about the rows."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from lms_desktop import policy
from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.models.live import Batch
from lms_desktop.models.new_rows import NewRowsModel
from lms_desktop.models.table import TableModel
from lms_desktop.models.wording import word
from lms_desktop.services.text_search import looks_closer
from lms_desktop.spec import Choice, Computed, EntityAdmin, Field, Flag, Query, Ref, Text
from lms_desktop.views import theme
from lms_desktop.views.drafts_page import DraftsPage
from lms_desktop.views.filter_bar import FilterBar
from lms_desktop.views.form_place import NARROWEST_FORM, FormPlace
from lms_desktop.views.kit.notices import BusyLine, EmptyState
from lms_desktop.views.kit.paint import px, tag_size
from lms_desktop.views.kit.yielding import YieldingColumn
from lms_desktop.views.record_table import RecordTable
from lms_desktop.views.row_words import RowWords, total_words
from lms_desktop.views.session import Session
from lms_desktop.views.table_delegate import FieldDelegate
from lms_desktop.views.view_states import SavedView, from_view, to_view

if TYPE_CHECKING:  # made, and imported, behind the first rows
    from lms_desktop.views.record_form import RecordForm

NARROWEST = 0.6
"""Columns of texts may be this much narrower than declared at first, so that all columns are seen without scrolling."""
NARROWEST_FIRST = 0.85
"""So much narrower may be the first of all columns, by which a row is told from the others, unless the rest has to be
scrolled for that alone."""
WIDEST = 1.6
"""… and this much wider, where there is room."""
FORM_WIDTH = 372
"""The form's width at first, in pixels at 100 %."""
LARGE = 1.6
"""From this size of the text on the bar of unsaved changes goes across the page: below the table its buttons would
stand below each other, and leave that no room."""
WIDEST_FORM = 0.4
"""The share of the page that the form takes at most at first."""
USUAL_FORM, NARROWEST_TABLE = 280, 150
"""So wide is the form even where that is more than its share, as long as the rows have so much, in pixels at 100 %."""


class PageParts(DraftsPage):
    """The parts of an entity's page, put together; `EntityPage` gives them life.

    Attributes:
        admin: the entity's declaration.
        model: the rows; `drafts` are the unsaved values, `new_rows` those that are not in the database yet.
        table: shows the rows; `band`, above it, the new ones; `beside` the record beside them, in `form`.
        columns: the keys of the columns shown, in order; `chosen_widths` those widths (at 100 %) that the person chose.

    Signals:
        band_made(): there is a band from now on.
    """

    band_made = Signal()

    def __init__(self, session: Session, admin: EntityAdmin, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.admin, self.name = admin, admin.name
        self.drafts = session.drafts[admin.entity]
        view = remembered_view(session, admin)
        asked = session.asked.pop(admin.entity, None)
        self._was_asked = asked is not None
        self.model = asked or _rows(session, admin, view)
        self.model.setParent(self)
        self.model.modelReset.connect(self._look_closer)  # before anything is said of how few there are
        self.new_rows = NewRowsModel(self.model, self)
        self.columns = view.columns
        self._fitted = False
        self._band: RecordTable | None = None
        self._given = 0
        self._first: tuple[tuple[object, ...], list[int]] = ((), [])
        self._scale = theme.current().measures.scale
        remembered = session.preferences.page_state(admin.name)
        self.chosen_widths: dict[str, int] = dict(remembered.get("widths", {}))
        self._form_width: int | None = remembered.get("form")
        # Said behind the painting, once for all that happens together; what is said meanwhile stays.
        self.status_soon, self._title_soon = (QTimer(self, singleShot=True, interval=0) for _ in range(2))
        self._title_soon.timeout.connect(self.title_changed)
        for signal in (self.model.rowsInserted, self.model.rowsRemoved, self.model.placed):
            signal.connect(self.tell_words)
        self.status.connect(self.status_soon.stop)
        self._build(view)
        self.row_words = RowWords(self)
        self.hold([self.drafts])
        theme.current().changed.connect(self._rescale)

    @property
    def form(self) -> "RecordForm":
        """The form of the record; made now where it is not yet."""
        return self.beside.form

    @property
    def band(self) -> RecordTable:
        """The table of the new rows. Made when it is asked for, with the first of them: few pages have any."""
        if self._band is None:
            left = self._columns_of_bar[0]
            made = self._band = RecordTable(left.parentWidget())
            made.setModel(self.new_rows)
            made.setAccessibleName(self.tr("{0}, not saved yet").format(self.title()))
            made.horizontalHeader().hide()
            made.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            made.hide()
            made.setItemDelegate(self.band_delegate)
            left.insertWidget(left.indexOf(self._stack), made)
            QWidget.setTabOrder(self.table, made)
            self.band_made.emit()
        return self._band

    @property
    def has_band(self) -> bool:
        """Whether there is one: new rows are shown, or were."""
        return self._band is not None

    @cached_property
    def empty(self) -> EmptyState:
        """What stands in place of a table without rows. Made when it is asked for: few tables have none."""
        made = EmptyState(self.admin.icon, "", parent=self._stack)
        made.acted.connect(self.empty_acted)
        self._stack.addWidget(made)
        QWidget.setTabOrder(self.table, made.button)
        return made

    def empty_acted(self) -> None:
        """The person takes what is offered where nothing is."""

    def followed(self) -> TableModel:
        """Override Page.followed."""
        return self.model

    def hear(self, batch: Batch) -> None:
        """Override Page.hear."""
        self.model.follower.hear(batch)
        self.beside.hear(batch)

    def make_form(self, parent: QWidget) -> "RecordForm":
        """The form of the record beside the table, begun or complete."""
        from lms_desktop.views.record_form import RecordForm

        form = RecordForm(self.session, self.admin, self.drafts, parent, ahead=True)
        form.give_way(NARROWEST_FORM)
        return form

    def _build(self, view: SavedView) -> None:
        # Each part is born where it stands: one that moves in later has all that is in it dressed once more.
        self.filters = FilterBar(self.session, self.admin, view.query, self)
        self.filters.widths_forgotten.connect(self.chosen_widths.clear)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        left = QWidget(self.splitter)
        self._stack = QStackedWidget(left)
        self.filters.columns = view.columns
        self.busy = BusyLine(parent=left)
        self.make_notices(left)
        self.table = RecordTable(self._stack)
        self.table.begins_by_itself = False
        self.table.setModel(self.model)
        self.table.setAccessibleName(QCoreApplication.translate("", self.admin.plural))
        self.delegate, self.band_delegate = (
            FieldDelegate(self.session, self.model, self),
            FieldDelegate(self.session, self.new_rows, self),
        )
        self.table.setItemDelegate(self.delegate)
        self._stack.addWidget(self.table)
        self.beside = FormPlace(self.make_form, self.session.desk.waiting, self.splitter)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.busy)
        column.addWidget(self.banner_row)
        column.addWidget(self._stack, 1)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.beside)
        self.splitter.setHandleWidth(1)
        self.splitter.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.splitter.setChildrenCollapsible(True)
        self.splitter.setCollapsible(0, False)
        self._hold_room()
        whole = YieldingColumn(self, self.filters)
        whole.addWidget(self.splitter, 1)
        self._columns_of_bar = column, whole
        self._place_bar()

    def _place_bar(self) -> None:
        below_table, across = self._columns_of_bar
        (across if self._scale > LARGE else below_table).addWidget(self.unsaved_bar)

    def around(self) -> tuple[QWidget, ...]:
        """Override Page.around: all but the rows."""
        return self.filters, self.table.header(), self.beside

    def take_keyboard(self) -> None:
        """Override Page.take_keyboard. The table is no focus proxy of the page: Tab would skip the filters then."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    # Words

    def _tell_bar(self) -> None:
        self._hold_room(self.unsaved())  # before the bar comes: else the window would grow
        super()._tell_bar()

    def _look_closer(self) -> None:
        """Where a search finds too few, look once more without regard to accents."""
        model, query = self.model, self.model.query
        if model.loaded and model.exact and not query.loose and looks_closer(query.search, model.total):
            model.show(replace(query, loose=True), self.columns)

    def is_looking_closer(self) -> bool:
        """Whether that goes on: how many there are is not known yet."""
        asked = self.model.awaited
        return asked is not None and asked == replace(self.model.query, loose=True) != self.model.query

    def count_ahead(self) -> None:
        """Override Page.count_ahead."""
        self.model.count_ahead()

    def total_words(self) -> str:
        """How many rows there are, “≈” until they are counted, “+” where nobody knows more than that many are there."""
        if self.is_looking_closer():
            return "…"
        return total_words(self.model, self.locale())

    def tell_words(self) -> None:
        """Say anew how many rows there are, and where one stands among them."""
        self.status_soon.start()
        self._title_soon.start()

    def tell_empty(self) -> None:
        """Say that there is nothing, and what to do next, in place of a table without rows."""
        if self.is_looking_closer():
            return
        nothing = self.model.loaded and self.model.exact and self.model.total == 0
        was_empty = self._stack.currentWidget() is self.empty
        if nothing:
            query = self.model.query
            if query.search or query.filters:
                self.empty.tell(self._nothing_words(query), self.tr("Show everything"), icon="search")
            else:
                action = QCoreApplication.translate("", self.admin.new) if self.primary() else ""
                self.empty.tell(self._blank_words(), action, icon=self.admin.icon)
        self._stack.setCurrentWidget(self.empty if nothing else self.table)
        inside = QApplication.focusWidget()
        if inside is not None and was_empty and self.table.isAncestorOf(inside):  # Qt gives it to the titles
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _blank_words(self) -> str:
        if self.primary() is None and policy.rules(self.admin.entity).may(policy.ADMIN, "add"):
            return self.tr("There is nothing here yet that you may see.")  # who adds it is somebody else
        return QCoreApplication.translate("", self.admin.blank)

    def _nothing_words(self, query: Query) -> str:
        words = self.tr("Nothing matches this search and these filters.")
        if not query.filters:
            words = QCoreApplication.translate("RefValues", "Nothing found for “{0}”.").format(query.search)
        elif not query.search:
            words = QCoreApplication.translate("LogList", "Nothing matches these filters.")
        return words

    # Memory

    def showEvent(self, event: QShowEvent) -> None:
        """Override QWidget::showEvent: at first the form is as wide as it was left, or as its measure says."""
        super().showEvent(event)
        self.fit()

    def lay_out(self) -> None:
        """Give all parts their places, and the columns their widths, before the page is shown."""
        self.grab(QRect(0, 0, 1, 1))
        self.fit()
        self.grab(QRect(0, 0, 1, 1))
        self.give_widths()

    def fit(self) -> None:
        """Give the form its first width, unless it has it."""
        if not self._fitted:
            self._fitted = True
            self._fit_form()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent: a page is shown before it has its size; the form is measured by that one."""
        super().resizeEvent(event)
        if self._fitted and self.beside.width():
            self._fit_form()

    def give_widths(self) -> None:
        """Give each column the width that the person chose, else what suits the room there is."""
        self._given = self.room()
        asked = (self.model.fields, self._given, theme.current().measures.scale)
        if self._first[0] != asked:
            self._first = (asked, first_widths(self.model.fields, self._given))
        first = self._first[1]
        chosen, header = self.chosen_widths, self.table.horizontalHeader()
        header.blockSignals(True)  # all of the table would be painted once more for each column that is told
        for i, field in enumerate(self.model.fields):
            self.table.setColumnWidth(i, px(chosen[field.key]) if field.key in chosen else first[i])
        header.blockSignals(False)
        for part in (self.table, header):
            part.viewport().update()

    def room(self) -> int:
        """What the table has for its columns, in pixels."""
        return self.table.width() - self.table.verticalScrollBar().sizeHint().width()

    def _fit_form(self) -> None:
        share = max(int(self.width() * WIDEST_FORM), min(px(USUAL_FORM), self.width() - px(NARROWEST_TABLE)))
        form = min(px(self._form_width or FORM_WIDTH), share)
        self.splitter.setSizes([self.width() - form, form])

    def _hold_room(self, unsaved: int = 0) -> None:
        """Filters, where they take several lines, and the record beside the rows leave these a part of the page."""
        across = self._scale > LARGE and unsaved
        self.splitter.setMinimumHeight(px(110 if across else 150))
        self._stack.setMinimumWidth(px(NARROWEST_TABLE))

    def _rescale(self) -> None:
        """Let the lengths that were set by hand grow with the text."""
        before, self._scale = self._scale, theme.current().measures.scale
        if before == self._scale:
            return
        self._hold_room(self.unsaved())
        if (before > LARGE) != (self._scale > LARGE):
            self._place_bar()
        self.give_widths()
        if self._fitted and self.beside.width():
            self._fit_form()

    def form_moved(self) -> None:
        """The person chose another width for the form: it is remembered."""
        self._form_width = round(self.beside.width() / theme.current().measures.scale)

    def state(self) -> dict[str, Any]:
        """How the page looks, to be remembered: lengths at 100 %, and those alone that the person chose."""
        form = {} if self._form_width is None else {"form": self._form_width}
        return {**to_view(SavedView(self.model.query, self.columns)), "widths": self.chosen_widths, **form}


def ask_ahead(session: Session, admin: EntityAdmin, *, before: Callable[[UnitOfWork], object] | None = None) -> None:
    """Ask for the first rows of a page that is about to be made: while it is made they come. `before` is done on the
    worker before it reads them."""
    view = remembered_view(session, admin)
    rows = session.asked[admin.entity] = _rows(session, admin, view)
    rows.show(view.query, view.columns, before=before)


def remembered_view(session: Session, admin: EntityAdmin) -> SavedView:
    """What a page of this person shows at first: what it showed last, but for the search."""
    state, zone = session.preferences.page_state(admin.name), session.zone
    found = from_view(admin, state, zone) if state else None
    if found is not None:
        return replace(found, query=replace(found.query, search=""))
    return SavedView(Query(admin.entity, zone=zone), tuple(f.key for f in admin.columns))


def _rows(session: Session, admin: EntityAdmin, view: SavedView) -> TableModel:
    rows = TableModel(session.desk, session.catalog, session.pages, view.query, session.drafts[admin.entity])
    rows.fields = tuple(admin.field(key) for key in view.columns)  # their widths are found before there are rows
    return rows


def asked_width(field: Field | Computed) -> int:
    """What a column's title with the mark of the order, and the badges of its values, take in the language of the
    screen, in pixels."""
    kind = field.kind
    titles = QFontMetrics(theme.current().font(theme.FontRole.SMALL_STRONG))
    asked = titles.horizontalAdvance(word(field.label)) + px(16)
    if isinstance(kind, Flag | Choice):
        values = (kind.yes, kind.no) if isinstance(kind, Flag) else tuple(option.label for option in kind.options)
        asked = max([asked, *(tag_size(word(value)).width() for value in values)])
    return asked + 2 * px(12)


def first_widths(fields: Sequence[Field | Computed], room: int) -> list[int]:
    """The widths of columns nobody has changed yet, in pixels: texts give way where `room` is short, the first of all
    columns least, and take what is left of it; dates and marks do not."""
    widths = [max(px(field.width), asked_width(field)) for field in fields]
    yielding = [at for at, field in enumerate(fields) if isinstance(field.kind, Text | Ref)]
    left = room - sum(width for at, width in enumerate(widths) if at not in yielding)
    for at in yielding:
        soft, least = sum(widths[other] for other in yielding if other >= at), NARROWEST
        if at == 0 and isinstance(fields[0].kind, Text):  # of a reference, what stands beside its name gives way
            spare = left - NARROWEST * soft
            least = NARROWEST_FIRST if spare < 0 else min(NARROWEST + spare / widths[0], NARROWEST_FIRST)
        widths[at] = int(widths[at] * min(max(left / max(soft, 1), least), WIDEST))
        left -= widths[at]
    return widths
