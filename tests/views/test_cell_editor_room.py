"""The room an editor takes in a cell: what stands in it can be read, however narrow the column is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from lms_desktop.entities import Enrollment
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.table import TableModel
from lms_desktop.spec import Query
from lms_desktop.views.record_table import RecordTable
from lms_desktop.views.session import Session
from lms_desktop.views.table_delegate import FieldDelegate
from tests.small_school import actor, opened
from tests.views.sittings import sitting
from tests.views.test_editors import box_of, type_over

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def session(qapp: QApplication, tmp_path: Path, database_url: URL) -> Iterator[Session]:
    """An administrator in the small school."""
    with opened(database_url) as database, sitting(database, actor("admin"), tmp_path) as found:
        yield found


def test_a_moment_in_a_narrow_column_can_be_read_whole_while_it_is_edited(session: Session, qtbot: QtBot) -> None:
    model = TableModel(session.desk, session.catalog, session.pages, Query(Enrollment), Drafts(Enrollment))
    table = RecordTable()
    qtbot.addWidget(table)
    table.setModel(model)
    delegate = FieldDelegate(session, model, table)
    table.setItemDelegate(delegate)
    table.resize(1000, 300)
    model.show(Query(Enrollment), ("student_id", "completed_at"))
    table.setColumnWidth(0, 870)
    table.setColumnWidth(1, 100)
    table.show()
    table.activateWindow()
    qtbot.waitUntil(table.isActiveWindow)
    table.setFocus()
    table.setCurrentIndex(model.index(0, 1))
    QTest.keyClick(table, Qt.Key.Key_F2)
    editor = delegate.editor
    assert editor is not None
    line = box_of(editor)
    assert isinstance(line, QLineEdit)
    type_over(editor, "2026-11-20 10:00:07")
    margins, text = line.textMargins(), line.fontMetrics().horizontalAdvance(line.text())
    assert text <= line.width() - margins.left() - margins.right()
    assert editor.geometry().right() <= table.viewport().width(), "it grows into the table, not out of it"
