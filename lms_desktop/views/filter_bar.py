"""The bar above a table: search, a chip for each filter, saved views and columns."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QWidget

from lms_desktop import policy
from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.models.wording import amid, word
from lms_desktop.spec import Computed, EntityAdmin, Field, Filter, Query, Ref, Secret
from lms_desktop.views.feedback import ask, ask_text
from lms_desktop.views.filter_words import field_name, filter_text
from lms_desktop.views.kit.chips import AddChip, Chip
from lms_desktop.views.kit.fields import SearchBox
from lms_desktop.views.kit.flow import FlowLayout
from lms_desktop.views.kit.paint import px
from lms_desktop.views.kit.yielding import YieldingLines
from lms_desktop.views.menus import StayingMenu, menu_button
from lms_desktop.views.session import Session
from lms_desktop.views.view_states import SavedView, from_view, to_view

if TYPE_CHECKING:
    from lms_desktop.views.filter_editors import FilterEditor


class FilterBar(QFrame):
    """Search, chips, views and columns of one entity's page. In a `YieldingColumn` it is scrolled where there is
    less room than it takes.

    Signals:
        query_changed(object): the Query to show.
        columns_changed(object): the keys of the columns to show, in order.
        widths_forgotten(): they are to be as wide as at first.
    """

    query_changed = Signal(object)
    columns_changed = Signal(object)
    widths_forgotten = Signal()

    def __init__(self, session: Session, admin: EntityAdmin, query: Query, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "bar")
        self._session, self._admin = session, admin
        self.query = query
        self._shown: tuple[str, ...] = tuple(f.key for f in admin.columns)
        self.search = SearchBox(self._search_words(), "Ctrl+F")
        self._chips: list[Chip] = []
        self._add = AddChip(self.tr("Filter"))
        self._views = menu_button(self.tr("Views"), "quiet", self._fill_views)
        self._columns = menu_button(self.tr("Columns"), "", self._fill_columns, menu=StayingMenu())
        self._build()
        self.search.searched.connect(lambda text: self.ask(replace(self.query, search=text)))
        self._add.clicked.connect(self._offer_fields)
        session.preferences.changed.connect(self._preference_changed)
        self.show_query(query)

    @property
    def columns(self) -> tuple[str, ...]:
        """The keys of the columns shown, in order."""
        return self._shown

    @columns.setter
    def columns(self, columns: tuple[str, ...]) -> None:
        self._shown = columns
        self.name_view()

    def show_query(self, query: Query) -> None:
        """Show another query's search and filters, without asking for its rows."""
        self.query = query
        self.search.show_text(query.search)
        self._show_chips()

    def ask(self, query: Query) -> None:
        """Ask for the rows of another query; while they are on their way its chips are shown."""
        if query != self.query:
            self.query = query
            self.query_changed.emit(query)
            self._show_chips()

    def filterable(self) -> tuple[Field | Computed, ...]:
        """The fields that offer a chip: those that tell rows within the person's reach apart."""
        actor, entity = self._session.actor, self._admin.entity
        return tuple(
            f
            for f in self._admin.fields
            if f.filter and not isinstance(f.kind, Secret) and policy.tells_apart(actor, entity, f.key)
        )

    def showable(self) -> tuple[Field | Computed, ...]:
        """The fields that can be columns."""
        return tuple(f for f in self._admin.fields if not isinstance(f.kind, Secret))

    def open_editor(self, field: Field | Computed, condition: Filter | None, at: QWidget) -> "FilterEditor":
        """Open the editor of a field's filter below a widget."""
        from lms_desktop.views.filter_editors import FilterEditor

        editor = FilterEditor(self._session, field, field_name(field), condition, self)
        editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        editor.chosen.connect(lambda chosen: self._put(condition, chosen))
        if condition is not None:
            editor.removed.connect(lambda: self.remove(condition))
        editor.drop_from(at)
        return editor

    def remove(self, condition: Filter) -> None:
        """Take a filter away; the keyboard stays among the filters."""
        self.ask(self.query.without_filter(condition))
        self._add.setFocus()

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    # Building

    def _build(self) -> None:
        self._flow = QWidget()
        self._flow_box = FlowLayout(self._flow, line_gap=4, line_height=32)
        self._flow_box.trailing = (self._views, self._columns)
        for widget in (self.search, self._add, self._views, self._columns):
            self._flow_box.addWidget(widget)
        self._row = QHBoxLayout(self)
        self._row.addWidget(YieldingLines(self._flow))
        self._space()

    def _space(self) -> None:
        self._row.setContentsMargins(px(16), px(9), px(16), px(9))
        self.search.setMinimumWidth(px(200))

    def _search_words(self) -> str:
        labels = [f.label for f in self._admin.fields if isinstance(f, Field) and f.search]
        return ", ".join([word(labels[0]), *map(amid, labels[1:3])]) if labels else self.tr("Search")

    # Chips

    def _put(self, old: Filter | None, new: Filter) -> None:
        query = self.query if old is None else self.query.without_filter(old)
        self.ask(query.with_filter(new))
        if self._chips:
            self._chips[-1].setFocus()

    def _preference_changed(self, name: str) -> None:
        """A page that nobody has opened yet asks by the zone that is chosen by then."""
        if name == "zone":
            self.query = replace(self.query, zone=self._session.zone)

    def _show_chips(self) -> None:
        for chip in self._chips:
            self._flow_box.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._flow_box.removeWidget(self._add)
        self._chips = [self._chip(condition) for condition in self.query.filters]
        for chip in self._chips:
            self._flow_box.addWidget(chip)
            chip.show()
        self._flow_box.addWidget(self._add)
        before: QWidget = self.search
        for widget in (*self._chips, self._add, self._views, self._columns):
            QWidget.setTabOrder(before, widget)
            before = widget
        self.name_view()

    def _chip(self, condition: Filter) -> Chip:
        field = self._admin.field(condition.key)
        chip = Chip(filter_text(field, condition), self._flow)
        chip.removed.connect(lambda: self.remove(condition))
        chip.clicked.connect(lambda: self.open_editor(field, condition, chip))
        return chip

    def _offer_fields(self) -> None:
        menu = QMenu(self)
        for text, condition in self._admin.quick:
            action = menu.addAction(word(text))
            action.triggered.connect(lambda _=False, c=condition: self._put(None, c))
        if self._admin.quick:
            menu.addSeparator()
        for field in self.filterable():
            action = menu.addAction(self.tr("{0}…").format(field_name(field)))
            action.triggered.connect(lambda _=False, f=field: self.open_editor(f, None, self._add))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._add.mapToGlobal(QPoint(0, self._add.height() + px(4))))

    # Columns

    def _fill_columns(self, menu: QMenu) -> None:
        for field in self.showable():
            action = menu.addAction(field_name(field))
            action.setCheckable(True)
            action.setChecked(field.key in self.columns)
            action.setEnabled(self.columns != (field.key,))  # a table without columns shows nothing to come back by
            action.toggled.connect(lambda on, key=field.key: self._toggle(menu, key, on))
        menu.addSeparator()
        menu.addAction(self.tr("As it was at first")).triggered.connect(self._reset_columns)

    def _toggle(self, menu: QMenu, key: str, on: bool) -> None:
        self.use_columns((*self.columns, key) if on else tuple(k for k in self.columns if k != key))
        ticked = [action for action in menu.actions() if action.isChecked()]
        for action in ticked:
            action.setEnabled(len(ticked) > 1)

    def _reset_columns(self) -> None:
        self.widths_forgotten.emit()
        self.use_columns(tuple(f.key for f in self._admin.columns))

    def use_columns(self, columns: Iterable[str]) -> None:
        """Have these shown, in this order."""
        self.columns = tuple(columns)
        self.columns_changed.emit(self.columns)

    # Views

    def _fill_views(self, menu: QMenu) -> None:
        menu.addAction(self.tr("Everything")).triggered.connect(lambda: self._open_query(self._plain()))
        for text, condition in self._admin.quick:
            action = menu.addAction(word(text))
            action.triggered.connect(lambda _=False, c=condition: self._open_query(self._plain().with_filter(c)))
        saved = self._saved()
        if saved:
            menu.addSeparator()
        for name, view in saved.items():
            menu.addAction(name.replace("&", "&&")).triggered.connect(lambda _=False, v=view: self._open_view(v))
        menu.addSeparator()
        menu.addAction(self.tr("Save this view as…")).triggered.connect(self._save_view)
        if saved:
            forget = menu.addMenu(self.tr("Forget a view"))
            for name in saved:
                action = forget.addAction(name.replace("&", "&&"))
                action.triggered.connect(lambda _=False, n=name: self._forget_view(n))

    def name_view(self) -> None:
        """Let the button say which view this is, where it is one."""
        here, saved = _rows_of(self.query), self._saved()
        now = (here, self.query.sorts, self.columns)
        just = [name for name, one in saved.items() if (_rows_of(one.query), one.query.sorts, one.columns) == now]
        views = [(name, _rows_of(view.query)) for name, view in saved.items()]
        views += [(word(text), ("", (condition,))) for text, condition in self._admin.quick]
        alike = [name for name, rows in views if rows == here and here != ("", ())]
        name = next(iter((*just, *alike)), "")
        self._views.setText(name.replace("&", "&&") or self.tr("Views"))
        self._views.setAccessibleName(self.tr("Views, now {0}").format(name) if name else self.tr("Views"))

    def _plain(self) -> Query:
        return Query(self._admin.entity, zone=self.query.zone)

    def _saved(self) -> dict[str, SavedView]:
        found = self._session.preferences.saved_views(self._admin.name)
        return {name: view for name, data in found.items() if (view := from_view(self._admin, data, self.query.zone))}

    def _open_query(self, query: Query) -> None:
        self.search.show_text(query.search)
        self.ask(query)

    def _open_view(self, view: SavedView) -> None:
        if view.columns and view.columns != self.columns:
            self.use_columns(view.columns)
        if not any(self._names_rows(condition) for condition in view.query.filters):
            self._open_query(view.query)
            return

        def named(uow: UnitOfWork) -> Query:
            return replace(view.query, filters=tuple(self._named(uow, one) for one in view.query.filters))

        def go_on(query: Query) -> None:
            if self.query == before:  # else something else was asked for meanwhile
                self._open_query(query)

        before = self.query
        self._session.desk.read(
            named, done=go_on, failed=lambda _: go_on(view.query), owner=self, label=self.tr("Views")
        )

    def _names_rows(self, condition: Filter) -> bool:
        return bool(condition.labels) and isinstance(self._admin.field(condition.key).kind, Ref)

    def _named(self, uow: UnitOfWork, condition: Filter) -> Filter:
        """The filter with what its rows are called by now."""
        kind = self._admin.field(condition.key).kind
        if not condition.labels or not isinstance(kind, Ref):
            return condition
        from lms_desktop.services.titles import titles

        now = titles(uow, self._session.catalog, kind.target, condition.values, self._session.zone)
        pairs = zip(condition.values, condition.labels, strict=False)
        return replace(condition, labels=tuple(now.get(value) or label for value, label in pairs))

    def _save_view(self) -> None:
        name = ask_text(
            self,
            self.tr("Save this view"),
            self.tr("Name"),
            self.tr("Save"),
            help=self.tr("Search, filters, order and columns."),
        )
        if not name:
            return
        if name in self._saved() and not ask(
            self,
            self.tr("Replace the view “{0}”?").format(name),
            self.tr("There is one of this name already."),
            self.tr("Replace"),
        ):
            return
        data = to_view(SavedView(self.query, self.columns))
        self._session.preferences.save_view(self._admin.name, name, data)
        self.name_view()

    def _forget_view(self, name: str) -> None:
        if not ask(
            self,
            self.tr("Forget the view “{0}”?").format(name),
            self.tr("The rows stay as they are."),
            self.tr("Forget"),
        ):
            return
        self._session.preferences.forget_view(self._admin.name, name)
        self.name_view()


def _rows_of(query: Query) -> tuple[str, tuple[Filter, ...]]:
    """Which rows a query shows, whatever those are called that its filters name."""
    return query.search, tuple(replace(condition, labels=()) for condition in query.filters)
