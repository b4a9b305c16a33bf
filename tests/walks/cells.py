"""Cells and fields as a person sees them: what they say, how they are painted, how they are edited."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from lms_desktop.views.entity_page import EntityPage
from lms_desktop.views.field_editor import FieldEditor
from lms_desktop.views.text_editors import LineField
from tests.walks.driving import Sitting, column_of


def said(page: EntityPage, row: int, key: str) -> str:
    """What a cell says."""
    return str(page.model.index(row, column_of(page, key)).data())


def spoken(page: EntityPage, row: int, key: str) -> str:
    """What a screen reader says of a cell."""
    return str(page.model.index(row, column_of(page, key)).data(Qt.ItemDataRole.AccessibleTextRole))


def form_editor(page: EntityPage, key: str) -> FieldEditor:
    """A field's editor in the form."""
    editor = page.form.details.fields.rows[key].editor
    assert editor is not None
    return editor


def cell_editor(page: EntityPage) -> FieldEditor | None:
    """The editor that is open in a cell of the table."""
    return page.delegate.editor


def type_over(sitting: Sitting, row: int, key: str, text: str) -> None:
    """Edit a cell: click it, F2, type over what stands there, Enter."""
    sitting.click_row(row, key)
    sitting.press(Qt.Key.Key_F2)
    sitting.replace(text)
    sitting.press(Qt.Key.Key_Return)


def picture(widget: QWidget, rect: QRect) -> QImage:
    """What is painted there."""
    return widget.grab(rect).toImage()


def ground(image: QImage) -> str:
    """The colour near the top at the right, where no text stands."""
    return image.pixelColor(image.width() - 8, 6).name()


def cell_picture(page: EntityPage, row: int, key: str) -> QImage:
    """A cell as it is painted."""
    return picture(page.table.viewport(), page.table.visualRect(page.model.index(row, column_of(page, key))))


def line_picture(page: EntityPage, key: str) -> QImage:
    """A line of the form as it is painted."""
    editor = form_editor(page, key)
    assert isinstance(editor, LineField)
    return picture(editor.line, editor.line.rect())
