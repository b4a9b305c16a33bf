"""The fields of a question and its answers, and their one way to the drafts."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QApplication, QWidget

from lms_desktop.models.drafts import Drafts
from lms_desktop.services.records import Record
from lms_desktop.services.teaching.question_edits import switch_type
from lms_desktop.services.teaching.questions import TYPES, Reading, read, write
from lms_desktop.spec import EntityAdmin
from lms_desktop.views.course.answers import Answers
from lms_desktop.views.field_editor import Label
from lms_desktop.views.field_row import FieldRow
from lms_desktop.views.form_fields import FormFields
from lms_desktop.views.long_editor import LongEditor
from lms_desktop.views.session import Session

TEXT, TYPE, OPTIONS, CORRECT, POINTS = "question_text", "question_type", "options", "correct_answer", "points"
QUIZ = "quiz_id"
CONTENT = (TYPE, OPTIONS, CORRECT)
"""The columns that the answers are made of."""


class QuestionFields(FormFields):
    """As `FormFields`; `options` and `correct_answer` are edited as answers, together.

    Attributes:
        answers: the editor of the answers.

    Signals:
        shown(): something of the question is shown otherwise.
    """

    shown = Signal()

    def __init__(
        self,
        session: Session,
        admin: EntityAdmin,
        drafts: Drafts,
        parent: QWidget | None = None,
        *,
        kinds: Mapping[str, type[FieldRow]] | None = None,
    ) -> None:
        super().__init__(session, admin, drafts, parent, kinds=kinds)
        while self.add_rows():
            pass
        handed = self.hand_out(TEXT, TYPE, POINTS, OPTIONS, CORRECT)
        self.answers = Answers(handed[3:])
        self.answers.edited.connect(self._answers_edited)
        self.answers.turn_asked.connect(self._turn)
        self.answers.unfinished_changed.connect(drafts.unfinished_changed)
        for part in (self.answers.options, self.answers.accepted):
            part.arranged.connect(self._chain_answers)
        self._reading = Reading("")
        self._told: tuple[str | None, tuple[str | None, ...]] | None = None

    def reading(self) -> Reading:
        """The question as it is wanted now."""
        return replace(self._reading, text=self._value(TEXT) or "", points=_number(self._value(POINTS)))

    # FormFields

    def show_record(self, row_id: str, record: Record | None) -> None:
        """Override FormFields.show_record."""
        super().show_record(row_id, record)
        if self.answers.offers_raw and self._half_written():
            self.answers.as_written = True
        self._show_answers()
        if self._draft() is None:
            self.answers.settle()  # rows stay where the texts are the same, as when a new question was saved

    def renew(self, record: Record | None) -> None:
        """Override FormFields.renew."""
        super().renew(record)
        self._show_answers()
        if self._draft() is None:
            self.answers.settle()

    def follow(self) -> None:
        """Override FormFields.follow."""
        super().follow()
        self._show_answers()

    def leave(self) -> None:
        """Override FormFields.leave: of the answers what holds none is put back."""
        if self._row_id is not None and not self.answers.flush():
            self.answers.restore()
        super().leave()

    def flush(self) -> FieldRow | None:
        """Override FormFields.flush."""
        faulty = super().flush()
        if self._row_id is not None and not self.answers.flush():
            return faulty or self.rows[OPTIONS]
        return faulty

    def unfinished(self) -> int:
        """Override FormFields.unfinished."""
        return super().unfinished() + (self.answers.unfinished() if self._row_id is not None else 0)

    def forget_unfinished(self) -> None:
        """Override FormFields.forget_unfinished."""
        super().forget_unfinished()
        self.answers.restore()

    # Within

    def _base(self) -> dict[str, str | None]:
        """What the draft stands on: the values that it would replace, else those of the record."""
        draft = self._draft()
        base = dict(self._record.values) if self._record is not None else {}
        if draft is not None:
            base.update(draft.base)
        return base

    def _show_answers(self) -> None:
        wires = tuple(self._value(key) for key in CONTENT)
        if self._told != (self._row_id, wires):
            self._told = self._row_id, wires
            self._reading = read(wires[0], "", wires[1], wires[2])
        text = self.rows[TEXT].editor
        if isinstance(text, LongEditor):
            text.edit.takes_files = False  # a file that is dropped here is one of questions
        base = self._base()
        saved = read(base.get(TYPE), "", base.get(OPTIONS), base.get(CORRECT))
        if self._record is None:
            saved = self._reading  # nothing of a new question is saved: marking all of it says nothing
        editable = all(self.rows[key].editable for key in (OPTIONS, CORRECT))
        draft = self._draft()
        refused = [] if draft is None else [draft.errors.get(key, "") for key in (OPTIONS, CORRECT)]
        refusal = QCoreApplication.translate("", next(filter(None, refused), "")) if any(refused) else ""
        had_keyboard = self._is_in_answers(QApplication.focusWidget())
        self.answers.show_reading(self._reading, saved, editable=editable, refusal=refusal)
        if had_keyboard and not self._is_in_answers(QApplication.focusWidget()) and text is not None:
            text.setFocus()  # what it stood in is gone: Qt leads it on to whatever comes behind the answers
        self._give_up_unseen()
        self.shown.emit()

    def _is_in_answers(self, widget: QWidget | None) -> bool:
        return widget is not None and self.answers.isAncestorOf(widget)

    def _give_up_unseen(self) -> None:
        """What was half written of answers as they are stored stops no save once it is out of sight."""
        for row in [] if self.answers.raw_only else self._half_written():
            self._fill(row)

    def _half_written(self) -> list[FieldRow]:
        """The rows of what is written that hold no value yet."""
        written = (self.rows[OPTIONS], self.rows[CORRECT])
        return [row for row in written if row.editable and row.editor is not None and row.editor.reason]

    def _turn(self) -> None:
        """Show what is written in place of the answers, or these again; what stands here and is neither comes first."""
        self.flush()
        if not self.answers.flush():
            self.answers.take_keyboard()
            return
        wanted = self._half_written()[:1]
        if not wanted:
            self.answers.as_written = not self.answers.as_written
            self._show_answers()
            wanted = [self.rows[OPTIONS]] if self.answers.as_written else []
        for row in wanted:
            if row.editable and row.editor is not None:
                row.editor.setFocus()

    def _order_tabs(self) -> None:
        """Override FormFields._order_tabs: the answers come behind the points."""
        super()._order_tabs()
        self._chain_answers()

    def _chain_answers(self) -> None:
        chain = [*self.rows[POINTS].tab_stops()[-1:], *self.answers.stops()]
        for first, second in pairwise(chain):
            if first.window() is second.window():  # a row that has just been made may stand nowhere yet
                QWidget.setTabOrder(first, second)

    def _edited(self, key: str, wire: str | None, name: Label | None) -> None:
        if key == TYPE and wire in TYPES and self._row_id is not None:
            assert wire is not None
            words = (self.tr("True"), self.tr("False"))
            self._write(switch_type(self._reading, wire, words), back=False)
        else:
            super()._edited(key, wire, name)

    def _answers_edited(self, reading: Reading, back: bool) -> None:
        self._write(reading, back=back)

    def _write(self, reading: Reading, *, back: bool) -> None:
        """Note a question's answers, and its type with them, as one change."""
        row_id, record, base = self._row_id, self._record, self._base()
        draft = self._draft()
        if row_id is None or (record is None and not self._drafts.takes(row_id)):
            return
        read_as = base.get(TYPE) if record is not None else None
        options, correct = write(replace(reading, read_as=read_as), base.get(OPTIONS), base.get(CORRECT))
        values = {TYPE: reading.type, OPTIONS: options, CORRECT: correct}
        if record is None and draft is not None:  # what was never given is not taken away either
            values = {key: value for key, value in values.items() if value is not None or key in draft.values}
        again = read(reading.type, "", options, correct)
        if reading.type == again.type and not reading.odd:  # as it will be understood, with what the former type needs
            reading = replace(reading, right=again.right, accepted=again.accepted, problem=again.problem, odd=again.odd)
        self._reading, self._told = reading, (row_id, (reading.type, options, correct))
        if record is None:
            self._drafts.set_all(row_id, values, back=back)
        else:
            self._drafts.set_all(
                row_id, values, version=record.version, base=base, title=record.title, seen=record.values, back=back
            )


def _number(wire: str | None) -> int:
    try:
        return int(wire or 0)
    except ValueError:
        return 0
