"""How a person says by what a question is answered: in the rows of its type, or as it is written."""

import json

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lms_desktop.views.course.answers import Answers
from lms_desktop.views.course.question_fields import CORRECT, OPTIONS, QuestionFields
from lms_desktop.views.record_form import RecordForm
from tests.walks.driving import click, type_into, wait_for


def shows_written(form: RecordForm, key: str, *, written: bool) -> None:
    """Have options and right answer shown as they are written, or as rows; any other field stands as it is."""
    if (answers := answers_of(form, key)) is None:
        return
    if answers.raw_only is not written:
        form.details.ensureWidgetVisible(answers.turn_button)
        click(answers.turn_button)
    wait_for(lambda: answers.raw.isVisible() is written, "the other way to show the answers")


def answers_of(form: RecordForm, key: str) -> Answers | None:
    """Where the field is edited together with another one; None for a field with an editor of its own."""
    fields = form.details.fields
    return fields.answers if isinstance(fields, QuestionFields) and key in (OPTIONS, CORRECT) else None


def give(form: RecordForm, answers: Answers, key: str, number: int) -> str:
    """Write options, or tick the right one; the wire value that this means."""
    wait_for(answers.options.isVisible, "the options")
    return _ticks_last(form, answers) if key == CORRECT else _types_options(form, answers, [str(number), "ünï"])


def _types_options(form: RecordForm, answers: Answers, texts: list[str]) -> str:
    """Click on the row that adds an option, type, go on by Enter."""
    options = answers.options
    form.details.ensureWidgetVisible(options.add_row)
    click(options.add_row)
    for at, text in enumerate(texts):
        if at:
            QTest.keyClick(options.rows[-1].edit, Qt.Key.Key_Return)
        type_into(options.rows[-1].edit, text)
    QTest.keyClick(options.rows[-1].edit, Qt.Key.Key_Tab)
    assert [row.edit.toPlainText() for row in options.rows] == texts
    return json.dumps(texts, ensure_ascii=False)


def _ticks_last(form: RecordForm, answers: Answers) -> str:
    """Click the tick of the last option."""
    row = answers.options.rows[-1]
    form.details.ensureWidgetVisible(row)
    click(row.tick)
    assert row.right
    return row.edit.toPlainText()
