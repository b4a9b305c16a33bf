"""The editors in the cells of a table: the keys that open, close and move on, and what they leave in the drafts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit

from lms_desktop.admin import CATALOG
from lms_desktop.entities import Course, User, new_id
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.table import TableModel
from lms_desktop.spec import Query
from lms_desktop.views import theme
from lms_desktop.views.field_editor import FieldEditor
from lms_desktop.views.record_table import RecordTable
from lms_desktop.views.session import Session
from lms_desktop.views.table_delegate import FieldDelegate
from tests.small_school import actor, opened, row_id
from tests.views.sittings import change, sitting
from tests.views.test_editors import box_of, type_over

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

ALGEBRA = row_id(Course, "algebra")
COLUMNS = ("title", "instructor_id", "category", "difficulty_level", "created_at", "estimated_duration_minutes")


@dataclass
class Table:
    """A table of courses, Algebra in its first row."""

    view: RecordTable
    model: TableModel
    delegate: FieldDelegate
    refusals: list[str]

    def edit(self, key: str) -> FieldEditor:
        """Open the editor of a field of Algebra by F2."""
        self.view.setCurrentIndex(self.model.index(0, COLUMNS.index(key)))
        QTest.keyClick(self.view, Qt.Key.Key_F2)
        editor = self.delegate.editor
        assert editor is not None
        return editor

    def values(self) -> dict[str, str | None]:
        """The unsaved values of Algebra."""
        draft = self.model.drafts.get(ALGEBRA)
        return {} if draft is None else draft.values


@pytest.fixture
def session(qapp: QApplication, tmp_path: Path, database_url: URL) -> Iterator[Session]:
    """An administrator in the small school."""
    theme.install(qapp, theme.Scheme.LIGHT, 100)
    with opened(database_url) as database, sitting(database, actor("admin"), tmp_path) as found:
        yield found


@pytest.fixture
def table(session: Session, qtbot: QtBot) -> Table:
    """The table on the screen."""
    model = TableModel(session.desk, session.catalog, session.pages, Query(Course), Drafts(Course))
    view = RecordTable()
    qtbot.addWidget(view)
    view.setModel(model)
    delegate = FieldDelegate(session, model, view)
    view.setItemDelegate(delegate)
    view.resize(1000, 300)
    model.show(Query(Course), COLUMNS)
    view.show()
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    view.setFocus()
    found = Table(view, model, delegate, [])
    delegate.refused.connect(found.refusals.append)
    return found


def closed(table: Table) -> Callable[[], bool]:
    """Whether no editor is open any more."""
    return lambda: table.view.state() != QAbstractItemView.State.EditingState


def test_enter_commits_and_closes(table: Table, qtbot: QtBot) -> None:
    editor = table.edit("title")
    type_over(editor, "Algebra I")
    QTest.keyClick(box_of(editor), Qt.Key.Key_Return)
    qtbot.waitUntil(closed(table))
    assert table.values() == {"title": "Algebra I"}
    assert table.view.hasFocus()


def test_tab_commits_and_opens_the_next_cell(table: Table, qtbot: QtBot) -> None:
    editor = table.edit("title")
    type_over(editor, "Algebra I")
    QTest.keyClick(box_of(editor), Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: table.view.currentIndex().column() == COLUMNS.index("instructor_id"))
    assert table.values() == {"title": "Algebra I"}
    qtbot.waitUntil(lambda: table.delegate.editor is not None and table.delegate.editor.field.key == "instructor_id")


def test_escape_closes_and_changes_nothing(table: Table, qtbot: QtBot) -> None:
    editor = table.edit("title")
    type_over(editor, "Algebra I")
    QTest.keyClick(box_of(editor), Qt.Key.Key_Escape)
    qtbot.waitUntil(closed(table))
    assert table.values() == {}


def test_opening_and_closing_changes_nothing(table: Table, qtbot: QtBot) -> None:
    for key in ("title", "instructor_id", "category", "difficulty_level", "estimated_duration_minutes"):
        editor = table.edit(key)
        QTest.keyClick(box_of(editor), Qt.Key.Key_Return)
        qtbot.waitUntil(closed(table))
    assert table.values() == {}


def test_what_is_no_value_stays_open_with_its_reason(table: Table, qtbot: QtBot) -> None:
    editor = table.edit("title")
    type_over(editor, "   ")
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Tab):
        QTest.keyClick(box_of(editor), key)
        assert table.delegate.editor is editor
        assert editor.isVisible()
    assert table.refusals[-1] == "This may not be blank."
    assert table.values() == {}
    QTest.keyClick(box_of(editor), Qt.Key.Key_Escape)
    qtbot.waitUntil(closed(table))
    assert table.refusals[-1] == ""


def test_what_is_no_value_is_handed_on_when_another_row_is_chosen(table: Table) -> None:
    left: list[tuple[str, str, str]] = []
    table.delegate.left_unfinished.connect(lambda *what: left.append(what[:3]))
    editor = table.edit("title")
    type_over(editor, "   ")
    table.view.setCurrentIndex(table.model.index(1, 0))
    assert left == [(ALGEBRA, "title", "   ")]


def test_a_pick_closes(table: Table, qtbot: QtBot) -> None:
    editor = table.edit("instructor_id")
    type_over(editor, "ivan")
    QTest.keyClick(box_of(editor), Qt.Key.Key_Return)
    qtbot.waitUntil(closed(table))
    assert table.values() == {"instructor_id": row_id(User, "ivan")}
    draft = table.model.drafts.get(ALGEBRA)
    assert draft is not None
    assert draft.labels == {"instructor_id": ("Ivan", "ivan@school.edu")}


def test_control_0_in_the_editor(table: Table, qtbot: QtBot) -> None:
    editor = table.edit("category")
    type_over(editor, "maths")
    QTest.keyClick(box_of(editor), Qt.Key.Key_Return)
    qtbot.waitUntil(closed(table))
    assert table.values() == {"category": "maths"}
    editor = table.edit("category")
    QTest.keyClick(box_of(editor), Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(box_of(editor), Qt.Key.Key_Return)
    qtbot.waitUntil(closed(table))
    assert table.values() == {}, "it had no value before"


def test_going_elsewhere_commits(table: Table, qtbot: QtBot) -> None:
    editor = table.edit("category")
    type_over(editor, "maths")
    other = QLineEdit(table.view)
    other.show()
    other.setFocus()
    qtbot.waitUntil(closed(table))
    assert table.values() == {"category": "maths"}


def test_saving_takes_the_open_editor_along(table: Table) -> None:
    editor = table.edit("estimated_duration_minutes")
    type_over(editor, "45")
    assert table.delegate.take()
    assert table.values() == {"estimated_duration_minutes": "45"}
    assert CATALOG[Course].field("estimated_duration_minutes").kind.show("45") == "45 min"


class TestRowsThatMoveBeneathAnEditor:
    def test_the_value_goes_to_the_row_that_was_opened(self, table: Table, database_url: URL) -> None:
        editor = table.edit("category")
        type_over(editor, "maths")
        another_course(database_url)
        table.model.refresh()
        assert table.model.row_id(0) != ALGEBRA
        assert table.delegate.take()
        assert table.values() == {"category": "maths"}
        assert [draft.id for draft in table.model.drafts.all()] == [ALGEBRA]

    def test_the_editor_does_not_stay_over_another_row(self, table: Table, qtbot: QtBot, database_url: URL) -> None:
        editor = table.edit("category")
        type_over(editor, "maths")
        another_course(database_url)
        table.model.refresh()
        qtbot.waitUntil(lambda: table.model.row_id(1) == ALGEBRA)
        qtbot.waitUntil(lambda: editor.y() == table.view.rowViewportPosition(1))
        QTest.keyClick(box_of(editor), Qt.Key.Key_Return)
        qtbot.waitUntil(closed(table))
        assert table.values() == {"category": "maths"}

    def test_what_was_seen_when_it_was_opened_is_what_the_edit_is_based_on(
        self, table: Table, database_url: URL
    ) -> None:
        version = table.model.row(0).version  # type: ignore[union-attr]
        type_over(table.edit("category"), "maths")
        change(database_url, "UPDATE courses SET category = 'theirs' WHERE id = %s", ALGEBRA)
        table.model.refresh()
        assert table.delegate.take()
        draft = table.model.drafts.get(ALGEBRA)
        assert draft is not None
        assert (draft.version, draft.base) == (version, {"category": None})

    def test_sorting_takes_the_open_editor_along(self, table: Table, qtbot: QtBot) -> None:
        type_over(table.edit("category"), "maths")
        table.model.sort(0, Qt.SortOrder.DescendingOrder)
        qtbot.waitUntil(closed(table))
        assert table.values() == {"category": "maths"}

    def test_what_is_no_value_is_handed_on_when_the_rows_are_sorted(self, table: Table, qtbot: QtBot) -> None:
        left: list[tuple[str, str, str]] = []
        table.delegate.left_unfinished.connect(lambda *what: left.append(what[:3]))
        type_over(table.edit("title"), "   ")
        table.model.sort(0, Qt.SortOrder.DescendingOrder)
        qtbot.waitUntil(closed(table))
        assert left == [(ALGEBRA, "title", "   ")]

    def test_a_row_that_goes_leaves_what_was_typed(self, table: Table, qtbot: QtBot, database_url: URL) -> None:
        last = table.model.rowCount() - 1
        gone = table.model.row_id(last)
        table.view.setCurrentIndex(table.model.index(last, COLUMNS.index("category")))
        QTest.keyClick(table.view, Qt.Key.Key_F2)
        assert table.delegate.editor is not None
        type_over(table.delegate.editor, "maths")
        change(database_url, "DELETE FROM courses WHERE id = %s", gone)
        table.model.refresh()
        qtbot.waitUntil(closed(table))
        assert [(draft.id, draft.values) for draft in table.model.drafts.all()] == [(gone, {"category": "maths"})]


def another_course(url: URL) -> None:
    """Somebody else adds a course that comes first."""
    change(
        url,
        "INSERT INTO courses (id, title, slug, instructor_id, is_published) VALUES (%s, 'Aardvarks', 'a', %s, false)",
        new_id(),
        row_id(User, "ivan"),
    )
