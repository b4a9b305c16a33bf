"""Somebody before one of the editors of the course page, and what they do there."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pytestqt.qtbot import QtBot

from PySide6.QtWidgets import QWidget

from lms_desktop.database.unit_of_work import Database, Outcome
from lms_desktop.errors import ExplainedError
from lms_desktop.models.drafts import Drafts
from lms_desktop.services.records import Refused
from lms_desktop.views.field_editor import FieldEditor
from lms_desktop.views.field_row import FieldRow
from lms_desktop.views.page import Destination
from lms_desktop.views.record_form import RecordForm
from lms_desktop.views.session import Session
from tests.small_school import actor
from tests.views.sittings import sitting
from tests.views.test_editors import paste, type_over

SIZE = (720, 760)

Form = TypeVar("Form", bound=RecordForm)


@dataclass
class Desk(Generic[Form]):
    """An editor with its drafts, and what it told."""

    session: Session
    form: Form
    drafts: Drafts
    opened: list[Destination]
    trouble: list[ExplainedError]
    done: list[Outcome]
    qtbot: QtBot

    def show(self, row: str) -> None:
        """Choose a row, and look at what comes."""
        self.form.show_record(row)
        self.qtbot.waitUntil(lambda: self.form.record() is not None)

    def row(self, key: str) -> FieldRow:
        """A field's row."""
        return self.form.details.fields.rows[key]

    def editor(self, key: str) -> FieldEditor:
        """A field's editor."""
        row = self.row(key)
        assert row.editable, f"{key} cannot be edited"
        assert row.editor is not None
        return row.editor

    def type(self, key: str, text: str) -> None:
        """Go to a field, type over it and let it be told."""
        self.form.focus_field(key)
        (paste if "\n" in text else type_over)(self.editor(key), text)
        self.editor(key).flush()

    def values(self, row: str) -> dict[str, str | None]:
        """The unsaved values of a row."""
        draft = self.drafts.get(row)
        return {} if draft is None else draft.values

    def save(self) -> None:
        """Save all drafts, as the page does."""
        edits, records = self.drafts.edits(), self.session.records

        def failed(error: ExplainedError) -> None:
            self.trouble.append(error)
            if isinstance(error, Refused):
                self.drafts.refuse(error.row_id, error.field, error.text)

        self.session.desk.commit(
            lambda uow: records.save(uow, edits),
            done=lambda outcome: self.drafts.saved(edits, outcome.value),
            failed=failed,
        )


Make = Callable[[Session, Drafts], Form]
Sit = Callable[[str], Desk[Form]]


@contextmanager
def seats(qtbot: QtBot, database: Database, folder: Path, entity: type, make: Make[Form]) -> Iterator[Sit[Form]]:
    """Seats people before an editor."""
    with ExitStack() as open_sittings:
        kept: list[QWidget] = []

        def seat(who: str) -> Desk[Form]:
            session = open_sittings.enter_context(sitting(database, actor(who), folder))
            drafts = Drafts(entity)
            form = make(session, drafts)
            qtbot.addWidget(form)
            kept.append(form)
            found = Desk(session, form, drafts, [], [], [], qtbot)
            form.open_requested.connect(found.opened.append)
            form.trouble.connect(found.trouble.append)
            form.action_done.connect(found.done.append)
            form.resize(*SIZE)
            form.show()
            form.activateWindow()
            qtbot.waitUntil(form.isActiveWindow)
            return found

        yield seat
