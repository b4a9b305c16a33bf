"""What a person does to change something: by the form, the picker, the keys. What stands then is read from outside."""

import json
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import uuid4

from passlib.hash import bcrypt

from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from lms_desktop.admin import PAGES
from lms_desktop.errors import Denied
from lms_desktop.services.records import Edit, Refused
from lms_desktop.spec import Action, Choice, EntityAdmin, Field, Flag, Json, Moment, Number, Ref, Secret, Text
from lms_desktop.views.choice_editors import ChoiceEditor
from lms_desktop.views.field_editor import FieldEditor
from lms_desktop.views.field_row import FieldRow
from lms_desktop.views.kit.labels import ElidedLabel
from lms_desktop.views.long_editor import LongEditor
from lms_desktop.views.reference_picker import ReferenceEditor
from lms_desktop.views.text_editors import LineField
from tests.walks.answering import Answer
from tests.walks.driving import CTRL, Sitting, click, type_into, wait_for
from tests.walks.options import answers_of, give, shows_written
from tests.walks.truth import OWN, Truth, expression, referred, table_of

NEW_PASSWORD = "a mule sings at noon"
STAMPS = {"created_at", "updated_at"}
Values = dict[str, str | None]

_numbers = count(1)


@dataclass
class Writing:
    """One person changing things on one page.

    Attributes:
        own: this person reaches their own rows alone; `me` is their id.
        not_theirs: fields that are not for this person to write.
    """

    sitting: Sitting
    truth: Truth
    name: str
    me: str
    own: bool
    not_theirs: frozenset[str] = frozenset()

    @property
    def admin(self) -> EntityAdmin:
        """The declaration of the page's entity."""
        return PAGES[self.name]

    def writable(self, *, new: bool) -> list[Field]:
        """The fields that this person writes in a row of theirs."""
        return [
            field
            for field in self.admin.own_fields
            if not field.readonly and (new or not field.fixed) and field.key not in self.not_theirs
        ]

    # Reading

    def opens_form(self, row_id: str, *, editable: bool) -> None:
        """Click the row: the form shows the record as it stands, with editors where this person may write."""
        sitting = self.sitting
        sitting.click_record(row_id)
        wait_for(lambda: sitting.page.form.record() is not None, "the record")
        form, stored = sitting.page.form, self.truth.row(self.name, row_id)
        rows = form.details.fields.rows
        assert set(rows) == {f.key for f in self.admin.fields if f.form} - STAMPS
        theirs = {field.key for field in self.writable(new=False)} if editable else set()
        for key, row in rows.items():
            if isinstance(row.field.kind, Secret):
                assert row.isVisible() == (key in theirs)
                assert (stored[key] or "no hash") not in _everything_said(row), "a password's hash is on the screen"
                continue
            assert row.editable == (key in theirs), f"{key} is {'' if row.editable else 'not '}editable"
            wire = stored[key] if key in stored else self._computed(key, row_id)
            if row.editor is not None and row.editable:
                assert row.editor.take()[0] == wire, key
            self._says(row, wire)

    def counts_related(self, row_id: str) -> None:
        """Each list of what hangs on the record says how many there are."""
        form = self.sitting.page.form
        for at, part in enumerate(form.lists):
            column = part.related.attribute.property.columns[0].name
            mine = OWN[part.admin.name] if self.own else "true"
            condition = f"t.{column} = %(id)s AND ({mine})"
            number = len(self.truth.ids(part.admin.name, condition, {"id": row_id, "me": self.me}))
            assert form.tabs.tabText(at + 1) == f"{part.related.label} {number}"

    def _says(self, row: FieldRow, wire: str | None) -> None:
        field, said = row.field, _everything_said(row)
        if isinstance(field, Field) and isinstance(field.kind, Ref) and wire is not None:
            assert self.truth.names(field, wire)[0] in said, field.key
        elif wire is None and not row.editable:
            assert "no value" in said or self.admin.place, field.key

    def _computed(self, key: str, row_id: str) -> str | None:
        value = expression(self.name, self.admin.field(key))
        ((text,),) = self.truth.rows(f"SELECT ({value})::text FROM {table_of(self.name)} t WHERE t.id = %s", (row_id,))
        return None if text is None else str(text)

    # Changing

    def changes_everything(self, row_id: str) -> None:
        """Give every field that this person may write another value, save with Ctrl+S, look from outside."""
        before = self.truth.row(self.name, row_id)
        expected = {field.key: self._give(field, before) for field in self.writable(new=False)}
        page = self.sitting.page
        assert page.unsaved() == len(expected)
        wait_for(page.unsaved_bar.isVisible, "the bar of what is unsaved")
        agree = Answer("Save")  # a question that students have answered is not altered without one
        self.sitting.save()
        agree.stop()
        assert not agree.given or "answered it" in agree.said, agree.said
        assert page.unsaved() == 0, page.banner.text
        assert not page.unsaved_bar.isVisible()
        self._stands(row_id, expected, before)

    def adds(self) -> str:
        """Click the button for a new row, fill the form, save; the new row's id."""
        sitting, page = self.sitting, self.sitting.page
        sitting.click_button(self.admin.new)
        assert page.band.isVisible(), "the new row stands above the table"
        row_id = page.form.row_id()
        assert row_id is not None
        assert not self.truth.exists(self.name, row_id), "not before it is saved"
        expected = {field.key: self._give(field, {}) for field in self.writable(new=True)}
        sitting.save()
        assert page.unsaved() == 0, page.banner.text
        assert not page.band.isVisible()
        self._stands(row_id, expected, {})
        return row_id

    def deletes(self, row_id: str) -> None:
        """Select a row, press Del, agree: the row is gone."""
        sitting, page = self.sitting, self.sitting.page
        if page.model.find(row_id) is None:
            self.finds(row_id)
        sitting.click_record(row_id)
        answer = Answer(self.admin.delete)
        QTest.keyClick(page.table, Qt.Key.Key_Delete)
        answer.wait()
        assert answer.enabled, answer.said
        sitting.settle()
        assert not self.truth.exists(self.name, row_id)
        assert page.model.find(row_id) is None

    def finds(self, row_id: str) -> None:
        """Search for the row's id, which the search box takes too; "" shows all rows again."""
        self.sitting.press(Qt.Key.Key_F, CTRL)
        self.sitting.replace(row_id)
        self.sitting.press(Qt.Key.Key_Return)
        assert not row_id or self.sitting.ids() == [row_id]

    def acts(self, names: set[str]) -> None:
        """Do by the button above the form what this person may do beyond that, each on a row where it makes sense: what
        there is such a row for comes first, since it may make one for the others. What turns no field of a row has a
        walk of its own: here it is only offered."""
        for action in sorted(self.admin.actions, key=lambda action: not self._all_to_act_on(action)):
            row_id = self._one_to_act_on(action)
            if self.sitting.page.model.find(row_id) is None:
                self.finds(row_id)
            self.sitting.click_record(row_id)
            header = self.sitting.page.form.header
            wait_for(lambda: self.sitting.page.form.record() is not None, "the record")
            assert (action in header.actions_offered) == (action.name in names), action.label
            if action in header.actions_offered and action.on is not None:
                self._act(action, row_id)
            self.finds("")

    def act(self, name: str) -> str:
        """Do one of the entity's actions by its button, on a row where it makes sense; the row's id."""
        action = next(action for action in self.admin.actions if action.name == name)
        row_id = self._one_to_act_on(action)
        if self.sitting.page.model.find(row_id) is None:
            self.finds(row_id)
        self.sitting.click_record(row_id)
        wait_for(lambda: self.sitting.page.form.record() is not None, "the record")
        self._act(action, row_id)
        return row_id

    def _one_to_act_on(self, action: Action) -> str:
        found = self._all_to_act_on(action)
        assert found, f"nothing for “{action.label}”"
        return found[0]

    def _all_to_act_on(self, action: Action) -> list[str]:
        """The rows where it makes sense, those first that the table shows."""
        if action.on is None:
            return self.sitting.ids()
        key, value = action.on
        students = " AND t.role = 'student'" if self.name == "users" else ""
        mine = OWN[self.name] if self.own else "true"
        condition = f't."{key}"::text = %(value)s AND ({mine}){students}'
        values = {"value": value, "me": self.me, "ids": self.sitting.ids()}
        return self.truth.ids(self.name, condition, values, order="ORDER BY t.id = ANY(%(ids)s::uuid[]) DESC")

    def _act(self, action: Action, row_id: str) -> None:
        assert action.on is not None
        key, value = action.on
        header = self.sitting.page.form.header
        assert header.actions_offered[0] == action
        answer = Answer(action.label) if action.confirm or action.doubts else None
        click(header.action_button)
        if answer is not None and action.confirm:
            answer.wait()
        self.sitting.settle()
        if answer is not None:
            answer.stop()  # what is ready is done without a word
        assert self.truth.row(self.name, row_id)[key] != value
        assert action not in header.actions_offered

    def _stands(self, row_id: str, expected: Values, before: Values) -> None:
        stored = self.truth.row(self.name, row_id)
        for field in self.writable(new=not before):
            if isinstance(field.kind, Secret):
                assert bcrypt.verify(NEW_PASSWORD, stored[field.key] or "")
            else:
                assert stored[field.key] == expected[field.key], field.key
                assert stored[field.key] != before.get(field.key, object()), f"{field.key} was not changed"

    # Values

    def _give(self, field: Field, before: Values) -> str | None:
        """Put a value that is another than before into the field's editor; the wire value that this means."""
        form, kind, number = self.sitting.page.form, field.kind, next(_numbers)
        shows_written(form, field.key, written=bool(before))
        if not before and (answers := answers_of(form, field.key)) is not None:
            return give(form, answers, field.key, number)
        row = form.details.fields.rows[field.key]
        form.details.ensureWidgetVisible(row)
        editor = row.editor
        assert editor is not None
        if isinstance(editor, ReferenceEditor):
            wire, typed = self._another(field, before)
            _fill(editor, typed)
            QTest.keyClick(editor.line, Qt.Key.Key_Return)
            wait_for(lambda: row.known == wire, f"{typed} to be picked")
            return wire
        if isinstance(editor, ChoiceEditor):
            return _choose(editor, before.get(field.key))
        typed, wire = self._text_for(kind, field, number)
        _fill(editor, typed)
        QTest.keyClick(_input(editor), Qt.Key.Key_Tab)
        assert editor.reason == "", f"{field.key}: {editor.reason}"
        return wire

    def _text_for(self, kind: Any, field: Field, number: int) -> tuple[str, str]:
        """What is typed into a field, and how it is stored."""
        if isinstance(kind, Moment):
            local = f"2026-03-{number % 28 + 1:02} 05:{number % 60:02}"
            stored = self.truth.value("SELECT (%s::timestamp AT TIME ZONE %s)::text", (local, self.truth.zone))
            return local, str(stored)
        if isinstance(kind, Number):
            return str(number % 90 + 5), str(number % 90 + 5)
        if isinstance(kind, Json):
            text = json.dumps([number, "ünï"] if kind.shape == "list" else {"n": number}, ensure_ascii=False)
            return text, text
        if isinstance(kind, Secret):
            return NEW_PASSWORD, ""
        assert isinstance(kind, Text)
        text = {
            "email": f"walker.{number}@school.edu",
            "slug": f"walked-{number}",
            "url": f"https://school.edu/{number}.png",
            "long": f"first {number}\n\nthird — 漢字",
            "markdown": f"# Head {number}\n\n- ünï",
        }.get(kind.form, f"  Wàlk {number} ")
        return text, text

    def _another(self, field: Field, before: Values) -> tuple[str, str]:
        """A row that the field does not refer to yet and may refer to: its id, and what to type to find it."""
        table, typed = referred(field), _TYPED[referred(field)]
        target = next(name for name in PAGES if table_of(name) == table)
        mine = OWN[target] if self.own and target != "users" else "true"
        condition = f"({mine}) AND t.id::text IS DISTINCT FROM %(now)s AND {_fits(self.name, field)}"
        statement = f"SELECT t.id::text, {typed} FROM {table} t WHERE {condition} ORDER BY md5(t.id::text) LIMIT 1"
        chosen = {f"p_{key}": row.known for key, row in self.sitting.page.form.details.fields.rows.items()}
        values = chosen | {"now": before.get(field.key), "me": self.me}
        ((wire, words),) = self.truth.rows(statement, values)
        return wire, words


_TYPED = {
    "users": "t.email",
    "courses": "t.title",
    "lessons": "t.title",
    "quizzes": "t.title",
    "enrollments": (
        "(SELECT u.email || ' ' || c.title FROM users u, courses c WHERE u.id = t.student_id AND c.id = t.course_id)"
    ),
}
"""By what a person finds a row of a table."""

_ALONE = {
    "lessons": "(SELECT count(*) FROM lessons o WHERE strpos(lower(o.title), lower(t.title)) > 0) = 1",
    "quizzes": "(SELECT count(*) FROM quizzes o WHERE strpos(lower(o.title), lower(t.title)) > 0) = 1",
    "courses": "(SELECT count(*) FROM courses o WHERE strpos(lower(o.title), lower(t.title)) > 0) = 1",
}
"""Only one row bears the name."""


def _fits(page: str, field: Field) -> str:
    """What else must hold of a row `t` that a new row refers to."""
    special = {
        ("enrollments", "student_id"): "t.role = 'student'",
        ("enrollments", "course_id"): (
            "t.id NOT IN (SELECT course_id FROM enrollments WHERE student_id = %(p_student_id)s)"
            f" AND {_ALONE['courses']}"
        ),
        ("progress", "enrollment_id"): (
            "EXISTS (SELECT 1 FROM lessons l WHERE l.course_id = t.course_id AND l.id NOT IN"
            " (SELECT lesson_id FROM lesson_progress p WHERE p.enrollment_id = t.id)"
            f" AND {_ALONE['lessons'].replace('t.title', 'l.title')})"
        ),
        ("progress", "lesson_id"): (
            "t.course_id = (SELECT course_id FROM enrollments WHERE id = %(p_enrollment_id)s) AND t.id NOT IN"
            " (SELECT lesson_id FROM lesson_progress p WHERE p.enrollment_id = %(p_enrollment_id)s)"
            f" AND {_ALONE['lessons']}"
        ),
        ("certificates", "enrollment_id"): "t.id NOT IN (SELECT enrollment_id FROM certificates)",
        ("courses", "instructor_id"): "t.role = 'instructor'",
    }
    return special.get((page, field.key), _ALONE.get(referred(field), "true"))


def _input(editor: FieldEditor) -> QWidget:
    if isinstance(editor, LongEditor):
        return editor.edit
    assert isinstance(editor, LineField)
    return editor.line


def _fill(editor: FieldEditor, text: str) -> None:
    """Click into an editor and type in place of what stands there."""
    place = _input(editor)
    wait_for(place.isVisible, "the editor")
    click(place, QRect(8, 8, 4, 4))
    QTest.keyClick(place, Qt.Key.Key_A, CTRL)
    for at, line in enumerate(text.split("\n")):
        if at:
            QTest.keyClick(place, Qt.Key.Key_Return)
        type_into(place, line)


def _choose(editor: ChoiceEditor, before: str | None) -> str:
    """Go to another option with the arrow keys."""
    kind = editor.field.kind
    assert isinstance(kind, Choice | Flag)
    if isinstance(kind, Flag):
        options = [("true", kind.yes), ("false", kind.no)]
    else:
        options = [(option.value, option.label) for option in kind.options]
    wire, label = next((wire, label) for wire, label in options if wire != before)
    editor.combo.setFocus()
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
        for _ in range(editor.combo.count()):
            if editor.combo.currentText() != label:
                QTest.keyClick(editor.combo, key)
    assert editor.combo.currentText() == label
    return wire


def _everything_said(row: FieldRow) -> str:
    """All words of a row of the form: what is shown and what a screen reader hears."""
    words = []
    for widget in row.findChildren(QWidget):
        if widget.isVisibleTo(row):
            words.append(widget.accessibleName())
            words.append(widget.text() if isinstance(widget, QLabel | QLineEdit | ElidedLabel) else "")
    return "\n".join(words)


# By hand, past the window


def refuses(sitting: Sitting, page: str, edit: Edit | None = None, delete: dict[str, str] | None = None) -> None:
    """The gate denies this when it is handed to the desk without a button."""
    records, entity = sitting.window.session.records, PAGES[page].entity
    heard: list[object] = []

    def operation(uow: Any) -> Any:
        return records.save(uow, (edit,)) if edit is not None else records.delete(uow, entity, delete or {}, {})

    sitting.desk.commit(operation, done=heard.append, failed=heard.append)
    wait_for(lambda: heard, "the gate")
    assert isinstance(heard[0], Denied | Refused), heard
    assert "may not" in str(heard[0]) or "administrators" in str(heard[0]), heard


def new_edit(page: str, values: Values) -> Edit:
    """A new row made by hand."""
    return Edit(PAGES[page].entity, str(uuid4()), None, values)
