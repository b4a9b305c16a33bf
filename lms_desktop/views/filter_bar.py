"""The bar above a table: search, a chip for each filter, saved views and columns."""

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QInputDialog, QMenu, QToolButton, QWidget

from lms_desktop.models.wording import amid, word
from lms_desktop.spec import Computed, EntityAdmin, Field, Filter, Query, Secret
from lms_desktop.views import icons
from lms_desktop.views.filter_editors import FilterEditor
from lms_desktop.views.filter_words import filter_text
from lms_desktop.views.kit.chips import AddChip, Chip
from lms_desktop.views.kit.fields import SearchBox
from lms_desktop.views.kit.flow import FlowLayout
from lms_desktop.views.session import Session
from lms_desktop.views.view_states import SavedView, from_view, to_view


class FilterBar(QFrame):
    """Search, chips, views and columns of one entity's page.

    Signals:
        query_changed(object): the Query to show.
        columns_changed(object): the keys of the columns to show, in order.
    """

    query_changed = Signal(object)
    columns_changed = Signal(object)

    def __init__(self, session: Session, admin: EntityAdmin, query: Query, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "bar")
        self._session, self._admin = session, admin
        self.query = query
        self.columns: tuple[str, ...] = tuple(f.key for f in admin.columns)
        self.search = SearchBox(self._search_words(), "Ctrl+F")
        self._chips: list[Chip] = []
        self._add = AddChip(self.tr("Filter"))
        self._views = self._menu_button(self.tr("Views"), "chevron-down")
        self._columns = self._menu_button(self.tr("Columns"), "columns")
        self._flow = QWidget()
        self._flow_box = FlowLayout(self._flow)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(8)
        row.addWidget(self.search)
        row.addWidget(self._flow, 1)
        row.addWidget(self._views)
        row.addWidget(self._columns)
        self._flow_box.addWidget(self._add)
        self.search.searched.connect(lambda text: self._ask(replace(self.query, search=text)))
        self._add.clicked.connect(self._offer_fields)
        self._views.menu().aboutToShow.connect(self._fill_views)
        self._columns.menu().aboutToShow.connect(self._fill_columns)
        self._show_chips()

    def show_query(self, query: Query) -> None:
        """Show another query's search and filters, without asking for its rows."""
        self.query = query
        self.search.show_text(query.search)
        self._show_chips()

    def filterable(self) -> tuple[Field | Computed, ...]:
        """The fields that offer a chip."""
        return tuple(f for f in self._admin.fields if f.filter and not isinstance(f.kind, Secret))

    def open_editor(self, field: Field | Computed, condition: Filter | None, at: QWidget) -> FilterEditor:
        """Open the editor of a field's filter below a widget."""
        label = QCoreApplication.translate("", field.label)
        editor = FilterEditor(self._session, field, label, condition, self)
        editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        editor.chosen.connect(lambda chosen: self._put(condition, chosen))
        editor.move(at.mapToGlobal(QPoint(0, at.height() + 4)))
        editor.show()
        return editor

    def remove(self, condition: Filter) -> None:
        """Take a filter away."""
        self._ask(self.query.without_filter(condition))

    # Chips

    def _put(self, old: Filter | None, new: Filter) -> None:
        query = self.query if old is None else self.query.without_filter(old)
        self._ask(query.with_filter(new))

    def _ask(self, query: Query) -> None:
        if query != self.query:
            self.query = query
            self._show_chips()
            self.query_changed.emit(query)

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

    def _chip(self, condition: Filter) -> Chip:
        field = self._admin.field(condition.key)
        chip = Chip(filter_text(field, condition), self._flow)
        chip.removed.connect(lambda: self.remove(condition))
        chip.clicked.connect(lambda: self.open_editor(field, condition, chip))
        return chip

    def _offer_fields(self) -> None:
        menu = QMenu(self)
        for text, condition in self._admin.quick:
            action = menu.addAction(QCoreApplication.translate("", text))
            action.triggered.connect(lambda _=False, c=condition: self._ask(self.query.with_filter(c)))
        if self._admin.quick:
            menu.addSeparator()
        for field in self.filterable():
            action = menu.addAction(QCoreApplication.translate("", field.label) + "…")
            action.triggered.connect(lambda _=False, f=field: self.open_editor(f, None, self._add))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._add.mapToGlobal(QPoint(0, self._add.height() + 4)))

    def _search_words(self) -> str:
        labels = [f.label for f in self._admin.fields if isinstance(f, Field) and f.search]
        return ", ".join([word(labels[0]), *map(amid, labels[1:3])]) if labels else self.tr("Search")

    # Views and columns

    def _menu_button(self, text: str, icon: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setIcon(icons.icon(icon))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(QMenu(button))
        button.setAccessibleName(text)
        return button

    def _fill_columns(self) -> None:
        menu = self._columns.menu()
        menu.clear()
        for field in self._admin.fields:
            if isinstance(field.kind, Secret):
                continue
            action = menu.addAction(QCoreApplication.translate("", field.label))
            action.setCheckable(True)
            action.setChecked(field.key in self.columns)
            action.toggled.connect(lambda on, key=field.key: self._toggle(key, on))
        menu.addSeparator()
        menu.addAction(self.tr("As it was at first")).triggered.connect(self._reset_columns)

    def _toggle(self, key: str, on: bool) -> None:
        columns = (*self.columns, key) if on else tuple(k for k in self.columns if k != key)
        if columns:
            self._use_columns(columns)

    def _reset_columns(self) -> None:
        self._use_columns(tuple(f.key for f in self._admin.columns))

    def _use_columns(self, columns: Iterable[str]) -> None:
        self.columns = tuple(columns)
        self.columns_changed.emit(self.columns)

    def _fill_views(self) -> None:
        menu = self._views.menu()
        menu.clear()
        menu.addAction(self.tr("Everything")).triggered.connect(lambda: self._ask(self._plain()))
        for text, condition in self._admin.quick:
            action = menu.addAction(QCoreApplication.translate("", text))
            action.triggered.connect(lambda _=False, c=condition: self._ask(self._plain().with_filter(c)))
        saved = self._saved()
        if saved:
            menu.addSeparator()
        for name, view in saved.items():
            menu.addAction(name).triggered.connect(lambda _=False, v=view: self._open_view(v))
        menu.addSeparator()
        menu.addAction(self.tr("Save this view as…")).triggered.connect(self._save_view)
        if saved:
            forget = menu.addMenu(self.tr("Forget a view"))
            for name in saved:
                forget.addAction(name).triggered.connect(lambda _=False, n=name: self._forget_view(n))

    def _plain(self) -> Query:
        return Query(self._admin.entity, zone=self.query.zone)

    def _saved(self) -> dict[str, SavedView]:
        found = self._session.preferences.saved_views(self._admin.name)
        return {name: view for name, data in found.items() if (view := from_view(self._admin, data, self.query.zone))}

    def _open_view(self, view: SavedView) -> None:
        if view.columns and view.columns != self.columns:
            self._use_columns(view.columns)
        self.search.show_text(view.query.search)
        self._ask(view.query)

    def _save_view(self) -> None:
        name, accepted = QInputDialog.getText(self, self.tr("Save this view"), self.tr("Name"))
        if accepted and name.strip():
            data = to_view(SavedView(self.query, self.columns))
            self._session.preferences.save_view(self._admin.name, name.strip(), data)

    def _forget_view(self, name: str) -> None:
        self._session.preferences.forget_view(self._admin.name, name)
