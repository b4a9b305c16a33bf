"""The delegate that opens a field's editor in a table cell. Painting is the table's own."""

from typing import Any

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from lms_desktop.errors import BadValue
from lms_desktop.models.drafts import Draft
from lms_desktop.models.new_rows import NewRowsModel
from lms_desktop.models.rows import RowView, called
from lms_desktop.models.table import TableModel
from lms_desktop.models.wording import said
from lms_desktop.spec import Field
from lms_desktop.views.field_editor import FieldEditor
from lms_desktop.views.kit.paint import px
from lms_desktop.views.session import Session
from lms_desktop.views.unfinished import Begun

Index = QModelIndex | QPersistentModelIndex


class FieldDelegate(QStyledItemDelegate):
    """Opens editors, hands their values to the drafts.

    Signals:
        refused(str): what stands in the open editor is no value, and why; "" when it is one again.
        left_unfinished(str, str, str, object): row, field and text of an editor that is closed with what is no value,
            and the row as it was Begun on, None for a new one.
    """

    refused = Signal(str)
    left_unfinished = Signal(str, str, str, object)

    def __init__(self, session: Session, model: TableModel | NewRowsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._model = session, model
        self.editor: FieldEditor | None = None
        self._before: tuple[str | None, Any] = (None, None)
        self._filled: FieldEditor | None = None
        self._row: RowView | Draft | None = None
        self._left: tuple[str, str, str] | None = None
        self._at = QPersistentModelIndex()
        model.modelAboutToBeReset.connect(self._keep)
        model.rowsAboutToBeRemoved.connect(self._keep_if_among)
        if isinstance(model, TableModel):
            model.arrived.connect(self._follow)

    def take(self) -> bool:
        """Take the open editor's value along, as Ctrl+S does; False when it is none, and the reason was told."""
        editor = self.editor
        if editor is None:
            return True
        try:
            editor.take()
        except BadValue as error:
            self.refused.emit(said(error))
            editor.setFocus()
            return False
        self._finish(editor)
        return True

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Override QStyledItemDelegate::createEditor."""
        field = self._fields()[index.column()]
        assert isinstance(field, Field)
        from lms_desktop.views.editors import make_editor  # no first row waits for editors

        editor = make_editor(self._session, field, parent)
        editor.setAutoFillBackground(True)
        editor.committed.connect(lambda: self._finish(editor))
        editor.rejected.connect(self.refused)
        editor.destroyed.connect(lambda: self._forget(editor))
        self.editor = editor
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Override QStyledItemDelegate::setEditorData: rows that are read again take nothing away that was typed."""
        if editor is self._filled and (not self._filled.is_untouched() or not self._is_over_its_row()):
            return
        if isinstance(editor, FieldEditor):
            self._filled, self._left = editor, None
            wire, label = self._present(index)
            self._before = (wire, label)
            self._row, self._at = self._model.row(index.row()), QPersistentModelIndex(index)
            editor.set_value(wire, label)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Override QStyledItemDelegate::setModelData: what is no value is not taken, and said. A value goes to the row
        whose editor was opened, which may stand in another place by now."""
        if not isinstance(editor, FieldEditor) or self._row is None:
            return
        try:
            wire, label = editor.take()
        except BadValue as error:
            self._leave_unfinished(editor, self._row.id, said(error))
            return
        self.refused.emit("")
        if wire != self._before[0]:
            self._before = (wire, label)
            if isinstance(self._row, Draft):
                assert isinstance(self._model, NewRowsModel)
                self._model.set_value(self._row, editor.field.key, wire, label)
            else:
                assert isinstance(self._model, TableModel)
                self._model.set_value(self._row, editor.field.key, wire, label)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """Override QStyledItemDelegate::updateEditorGeometry: at least as wide as the editor asks for, and in view."""
        rect = option.rect
        width = max(rect.width(), min(editor.sizeHint().width(), px(360)))
        rtl = editor.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = rect.x() + rect.width() - width if rtl else rect.x()
        viewport = editor.parentWidget()
        if viewport is not None and width > rect.width():
            left = max(min(left, viewport.width() - width), 0)
        editor.setGeometry(left, rect.y(), width, rect.height())

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Override QStyledItemDelegate::eventFilter: a value that is refused keeps its editor open on Enter and Tab."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and isinstance(editor, FieldEditor):
            leaves = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab}
            if Qt.Key(event.key()) in leaves:
                try:
                    editor.take()
                except BadValue as error:
                    self.refused.emit(said(error))
                    return True
            if event.key() == Qt.Key.Key_Escape:
                self.refused.emit("")
        return super().eventFilter(editor, event)

    def _keep(self) -> None:
        """The rows are about to go, and the open editor with them: what stands in it does not."""
        if self.editor is not None:
            self.setModelData(self.editor, self._model, QModelIndex())

    def _keep_if_among(self, _parent: QModelIndex, first: int, last: int) -> None:
        if first <= self._at.row() <= last:
            self._keep()

    def _follow(self) -> None:
        """Rows came: an editor does not stay over another row than its own."""
        editor = self.editor
        if editor is not None and not self._is_over_its_row():
            self._finish(editor)

    def _is_over_its_row(self) -> bool:
        """Whether the open editor's place holds the row for which it was opened, as far as that is known."""
        there = self._model.row_id(self._at.row())
        return there is None or self._row is None or there == self._row.id

    def _finish(self, editor: FieldEditor) -> None:
        """The editor goes first: what is told of its value then is painted in its place."""
        self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)  # Qt lets it live a little longer
        self.setModelData(editor, self._model, QModelIndex())
        self.editor = None

    def _forget(self, editor: FieldEditor) -> None:
        if self.editor is editor:
            self.editor = None
        if self._filled is editor:
            self._filled = None

    def _leave_unfinished(self, editor: FieldEditor, row_id: str, reason: str) -> None:
        """Tell it once, though an editor is asked several times while it goes: what is said of it then stays."""
        left = row_id, editor.field.key, editor.typed()
        if left != self._left:
            self._left = left
            editor.flush()
            self.refused.emit(reason)
            self.left_unfinished.emit(*left, self._begun())

    def _begun(self) -> Begun | None:
        row = self._row
        if not isinstance(row, RowView):
            return None
        assert isinstance(self._model, TableModel)
        return Begun(row.version, row.values, called(self._model.admin, row))

    def _fields(self) -> Any:
        return self._model.table.fields if isinstance(self._model, NewRowsModel) else self._model.fields

    def _present(self, index: Index) -> tuple[str | None, tuple[str, str] | None]:
        field, row_id = self._fields()[index.column()], self._model.row_id(index.row())
        wire = index.data(Qt.ItemDataRole.EditRole)
        draft = self._model.drafts.get(row_id or "")
        if draft is not None and field.key in draft.labels:
            return wire, draft.labels[field.key]
        view = self._model.row(index.row()) if isinstance(self._model, TableModel) else None
        return wire, view.labels.get(field.key) if view is not None else None
