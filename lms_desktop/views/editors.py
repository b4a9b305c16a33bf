"""The editor for a field's kind."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from lms_desktop.spec import Choice, Field, Flag, Json, Moment, Number, Ref, Secret, Text
from lms_desktop.views.choice_editors import ChoiceEditor
from lms_desktop.views.field_editor import FieldEditor
from lms_desktop.views.json_editor import JsonEditor
from lms_desktop.views.long_editor import LongEditor
from lms_desktop.views.moment_editor import MomentEditor
from lms_desktop.views.number_editor import NumberEditor
from lms_desktop.views.reference_picker import ReferenceEditor
from lms_desktop.views.secret_editor import SecretEditor
from lms_desktop.views.session import Session
from lms_desktop.views.text_editors import LineEditor

__all__ = ["FieldEditor", "make_editor"]


def make_editor(session: Session, field: Field, parent: QWidget | None = None) -> FieldEditor:
    """The editor of a field, for the form and for a table's cell. Raises TypeError for a kind that has none."""
    editor = _make(session, field, parent)
    help_text = QCoreApplication.translate("", field.help) if field.help else ""
    editor.set_name(QCoreApplication.translate("", field.label), help_text)
    return editor


def _make(session: Session, field: Field, parent: QWidget | None) -> FieldEditor:
    match field.kind:
        case Ref():
            return ReferenceEditor(session, field, parent)
        case Moment():
            return MomentEditor(session, field, parent)
        case Flag() | Choice():
            return ChoiceEditor(field, parent)
        case Number():
            return NumberEditor(field, parent)
        case Json():
            return JsonEditor(field, parent)
        case Secret():
            return SecretEditor(field, parent)
        case Text(form="long" | "markdown"):
            return LongEditor(field, parent)
        case Text():
            return LineEditor(field, parent)
    raise TypeError(f"there is no editor for {field.kind!r}")
