"""The delegate that opens a field's editor in a table cell. Painting is the table's own."""

from typing import Any

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from lms_desktop.errors import BadValue
from lms_desktop.models.new_rows import NewRowsModel
from lms_desktop.models.table import TableModel
from lms_desktop.models.wording import said
from lms_desktop.spec import Field
from lms_desktop.views.editors import FieldEditor, make_editor
from lms_desktop.views.kit.paint import px
from lms_desktop.views.session import Session

Index = QModelIndex | QPersistentModelIndex


class FieldDelegate(QStyledItemDelegate):
    """Opens editors, hands their values to the drafts.

    Signals:
        refused(str): what stands in the open editor is no value, and why; "" when it is one again.
        left_unfinished(str, str, str): row, field and text of an editor that is closed with what is no value.
    """

    refused = Signal(str)
    left_unfinished = Signal(str, str, str)

    def __init__(self, session: Session, model: TableModel | NewRowsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._model = session, model
        self.editor: FieldEditor | None = None
        self._before: tuple[str | None, Any] = (None, None)

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
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)
        return True

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Override QStyledItemDelegate::createEditor."""
        field = self._fields()[index.column()]
        assert isinstance(field, Field)
        editor = make_editor(self._session, field, parent)
        editor.setAutoFillBackground(True)
        editor.committed.connect(lambda: self._finish(editor))
        editor.rejected.connect(self.refused)
        editor.destroyed.connect(lambda: self._forget(editor))
        self.editor = editor
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Override QStyledItemDelegate::setEditorData."""
        if isinstance(editor, FieldEditor):
            wire, label = self._present(index)
            self._before = (wire, label)
            editor.set_value(wire, label)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Override QStyledItemDelegate::setModelData: what is no value is not taken, and said."""
        if not isinstance(editor, FieldEditor):
            return
        try:
            wire, label = editor.take()
        except BadValue as error:
            self.refused.emit(said(error))
            row_id = self._model.row_id(index.row())
            if row_id is not None:
                self.left_unfinished.emit(row_id, editor.field.key, editor.typed())
            return
        self.refused.emit("")
        if wire != self._before[0]:
            model.setData(index, (wire, label), Qt.ItemDataRole.EditRole)

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

    def _finish(self, editor: FieldEditor) -> None:
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)

    def _forget(self, editor: FieldEditor) -> None:
        if self.editor is editor:
            self.editor = None

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
