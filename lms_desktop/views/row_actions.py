"""What can be done with the rows selected in a table: delete, the entity's actions, copying, filtering by a value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu

from lms_desktop import policy
from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import User
from lms_desktop.errors import ExplainedError
from lms_desktop.models.table import RowView
from lms_desktop.models.wording import told
from lms_desktop.spec import Action, Choice, Field, Filter, Flag, Operator, Ref
from lms_desktop.views.doubts import Doubts
from lms_desktop.views.feedback import may_change
from lms_desktop.views.selected_rows import Selected, SelectedRows

if TYPE_CHECKING:
    from lms_desktop.views.copying import Copying
    from lms_desktop.views.deleting import Deleting
    from lms_desktop.views.entity_page import EntityPage


class RowActions(QObject):
    """The verbs of a page's selected rows."""

    def __init__(self, page: EntityPage) -> None:
        super().__init__(page)
        self._page = page
        self.rows = SelectedRows(page)
        self._doubts = Doubts(page.session, page)
        self._doubts.trouble.connect(page.trouble)
        page.table.row_menu_wanted.connect(self._menu)

    # Delete

    def delete(self) -> None:
        """Give up a selected new row, or ask about deleting the selected rows with all that hangs on them."""
        page = self._page
        shown = page.beside.row_id()
        if shown is not None and (draft := page.drafts.get(shown)) is not None and draft.new:
            page.session.drafts.give_up(page.admin.entity, shown)
            page.beside.show_record(None)
            page.select_first()
            return
        self._deleting.delete_selected()

    @cached_property
    def _deleting(self) -> Deleting:
        from lms_desktop.views.deleting import Deleting  # and all that looks for what goes along

        return Deleting(self._page)

    def _refused(self, error: ExplainedError) -> None:
        self._page.trouble.emit(error)
        self._page.refresh()

    # The entity's own actions

    def actions(self, rows: list[RowView]) -> list[Action]:
        """The actions that the person may do on these rows and that make sense there."""
        page = self._page
        actor, entity = page.session.actor, page.admin.entity
        return [a for a in page.admin.actions if policy.may(actor, entity, a.name) and self._fits(a, rows)]

    def run(self, action: Action, rows: list[RowView], *, asked: bool = False) -> None:
        """Do an action on rows, after its question, unless the person was asked already."""
        self._doubts.unless(action, tuple(row.id for row in rows), partial(self._do, action, rows, asked))

    def _do(self, action: Action, rows: list[RowView], asked: bool) -> None:
        page = self._page
        ids = tuple(row.id for row in rows)
        label = QCoreApplication.translate("", action.label)
        question = QCoreApplication.translate("", action.confirm).replace("{n}", str(len(ids)))
        if not asked and not may_change(page, page.session.log, len(ids), label, question if action.confirm else ""):
            return

        def operation(uow: UnitOfWork) -> Outcome:
            return action.run(uow, ids)

        page.session.desk.commit(
            operation,
            done=lambda outcome: page.message.emit(told(outcome.sentence)),
            failed=self._refused,
            initiator=page,
            owner=self,
            label=label,
        )

    @staticmethod
    def _fits(action: Action, rows: list[RowView]) -> bool:
        if action.on is None:
            return True
        key, value = action.on
        return any(row.values.get(key, value) == value for row in rows)

    # Menu

    def _menu(self, row: int, at: QPoint) -> None:
        page = self._page
        index = page.table.currentIndex()
        rows = [one.view for one in self.rows.loaded()]
        if not index.isValid() or not rows:
            return
        menu = QMenu(page)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Copy")).triggered.connect(lambda: self.copy())
        field = page.model.fields[index.column()]
        if self._same(field, rows) is not None:
            menu.addAction(self.tr("Show only these")).triggered.connect(lambda: self._show_only(field))
        actions = self.actions(rows)
        if actions:
            menu.addSeparator()
        for action in actions:
            text = QCoreApplication.translate("", action.label)
            menu.addAction(text).triggered.connect(partial(self._run, action))
        own = page.admin.entity is User and any(view.id == page.session.actor.id for view in rows)
        if page.session.may(page.admin, "delete") and not own:  # nobody deletes their own account
            menu.addSeparator()
            text = QCoreApplication.translate("", page.admin.delete) or self.tr("Delete")
            menu.addAction(f"{text}…").triggered.connect(self.delete)
        menu.popup(at)

    def _run(self, action: Action, _checked: bool = False) -> None:
        self.rows.take(lambda rows: self.run(action, [one.view for one in rows]), to_change=True)

    def _show_only(self, field: object) -> None:
        page = self._page

        def show(rows: list[Selected]) -> None:
            condition = self._same(field, [one.view for one in rows])
            if condition is not None:
                query = page.filters.query.with_filter(condition)
                page.filters.show_query(query)
                page.filters.query_changed.emit(query)
            else:  # some that were not loaded have other values
                page.status.emit(self.tr("No filter shows these rows alone."))

        self.rows.take(show)

    def _same(self, field: object, rows: Iterable[RowView]) -> Filter | None:
        """The filter for the rows that have one of the values of these here; None where no filter says that."""
        found = list(dict.fromkeys(self._like(field, row) for row in rows))
        if len(found) == 1 or not all(one is not None and one.operator is Operator.ONE_OF for one in found):
            return found[0] if len(found) == 1 else None
        several = [one for one in found if one is not None]
        labels = (*chain.from_iterable(one.labels for one in several),)
        return replace(several[0], values=(*chain.from_iterable(one.values for one in several),), labels=labels)

    def _like(self, field: object, row: RowView) -> Filter | None:
        """The filter for the rows that have the same value here."""
        if not isinstance(field, Field) or not field.filter:
            return None
        value = row.values.get(field.key)
        if value is None:
            return Filter(field.key, Operator.EMPTY)
        if isinstance(field.kind, Ref):
            return Filter(field.key, Operator.ONE_OF, (value,), (row.labels[field.key][0],))
        if isinstance(field.kind, Choice):
            return Filter(field.key, Operator.ONE_OF, (value,))
        if isinstance(field.kind, Flag):
            return Filter(field.key, Operator.IS, (value,))
        return None

    def copy(self) -> None:
        """Copy the selected rows, or the current cell where one is."""
        self._copying.copy()

    @cached_property
    def _copying(self) -> Copying:
        from lms_desktop.views.copying import Copying  # and what reads texts whole

        return Copying(self._page, self.rows)
