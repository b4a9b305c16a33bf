"""The keys of a page's table that Qt does not have: NULL, revert, copy, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView

from lms_desktop.models.new_rows import NewRowsModel
from lms_desktop.models.table import TableModel
from lms_desktop.spec import Computed, Field
from lms_desktop.views.record_table import RecordTable

if TYPE_CHECKING:
    from lms_desktop.views.entity_page import EntityPage


class TableKeys(QObject):
    """Watches the keys of a page's table and of the band above it."""

    def __init__(self, page: EntityPage) -> None:
        super().__init__(page)
        self._page = page
        page.table.installEventFilter(self)
        page.band_made.connect(lambda: page.band.installEventFilter(self))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject::eventFilter."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and isinstance(watched, RecordTable)
            and watched.state() != QAbstractItemView.State.EditingState
        ):
            return self._pressed(watched, event)
        return False

    def _pressed(self, table: RecordTable, event: QKeyEvent) -> bool:
        index, plain = (
            table.currentIndex(),
            event.modifiers()
            in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            ),
        )
        if event.matches(QKeySequence.StandardKey.Copy):
            self._page.row_actions.copy()
        elif event.key() == Qt.Key.Key_Delete and plain:
            self._page.delete()
        elif plain and event.key() == Qt.Key.Key_Escape and (self._page.ahead.stop() or self._page.slow.stop_if_seen()):
            return True
        elif not index.isValid():
            return False
        elif plain and event.key() == Qt.Key.Key_Escape:
            return self._revert(table)
        elif event.key() == Qt.Key.Key_0 and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self._set_null(table)
        else:
            return False
        return True

    def _revert(self, table: RecordTable) -> bool:
        row_id = self._model(table).row_id(table.currentIndex().row())
        key = self._fields(table)[table.currentIndex().column()].key
        draft = self._page.drafts.get(row_id or "")
        if draft is None or key not in draft.values:
            return False
        self._page.drafts.revert(draft.id, key)
        return True

    def _set_null(self, table: RecordTable) -> None:
        index, field = table.currentIndex(), self._fields(table)[table.currentIndex().column()]
        if not index.flags() & Qt.ItemFlag.ItemIsEditable:
            self._page.status.emit(self.tr("This cannot be changed here."))
        elif isinstance(field, Field) and not field.may_be_null:
            self._page.status.emit(self.tr("This field always needs a value."))
        else:
            self._model(table).setData(index, None, Qt.ItemDataRole.EditRole)

    def _model(self, table: RecordTable) -> TableModel | NewRowsModel:
        return self._page.model if table is self._page.table else self._page.new_rows

    def _fields(self, table: RecordTable) -> tuple[Field | Computed, ...]:
        return self._page.model.fields
