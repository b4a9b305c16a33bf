"""Marking again from the window: what is shown beforehand, what is done, what others do meanwhile."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, text

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Quiz
from lms_desktop.models.desk import as_worker
from lms_desktop.models.regrades import RegradesModel
from lms_desktop.services.teaching import regrading
from lms_desktop.services.teaching.regrading import Changed
from lms_desktop.views import theme
from lms_desktop.views.course import regrade_dialog
from lms_desktop.views.course.regrade_dialog import RegradeDialog
from lms_desktop.views.session import Session
from tests.services.school_states import State, state, undo
from tests.services.teaching import quiz_of_all
from tests.services.teaching.quiz_of_all import QUIZ, answers, attempt, question
from tests.small_school import actor, opened, row_id
from tests.views.sittings import immediate, sitting

ALL = row_id(Quiz, QUIZ)
INES = actor("ines")


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school with a quiz whose answer was corrected after three had taken it."""
    with opened(database_url) as database:
        with database.engine.begin() as connection:
            quiz_of_all.fill(connection, essay=False)
            attempt(connection, "gains", answers({"one": "5", "several": ["a", "c"]}), 38, False)
            attempt(connection, "loses", answers({"one": "4", "several": ["a", "c"]}), 63, True, student="bo")
            attempt(connection, "stays", answers({"truth": "true"}), 13, False)
            attempt(connection, "by place", '["5"]', 0, False)
            attempt(connection, "under way", "[]", ended=False)
            change = text("UPDATE quiz_questions SET correct_answer = '5' WHERE id = :id")
            connection.execute(change, {"id": question("one")})
        yield database


@pytest.fixture
def session(qapp: QApplication, school: Database, tmp_path: Path) -> Iterator[Session]:
    """Ines, whose quiz it is."""
    theme.install(qapp, theme.Scheme.LIGHT, 100)
    with sitting(school, INES, tmp_path) as made:
        yield made


def shown(qtbot: QtBot, session: Session, quiz: str = QUIZ) -> RegradeDialog:
    """The dialog, with the keyboard."""
    dialog = RegradeDialog(session, row_id(Quiz, quiz))
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def rows(dialog: RegradeDialog) -> list[list[str]]:
    """What the table says."""
    model = dialog.model
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def everything(school: Database) -> State:
    """What all tables hold."""
    with as_worker():
        return state(school)


def sql(school: Database, statement: str, **values: Any) -> None:
    """What somebody else saves."""
    with as_worker(), school.engine.begin() as connection:
        connection.execute(text(statement), values)


def test_whose_result_changes_is_shown_then_done_and_taken_back(
    qtbot: QtBot, session: Session, school: Database
) -> None:
    before = everything(school)
    dialog = shown(qtbot, session)
    assert dialog.heading.text() == "Regrade “Of Algebra”"
    assert rows(dialog) == [
        ["Bo bo@school.edu", "63 %", "38 %", "Passed", "Not passed"],
        ["Ana ana@school.edu", "38 %", "63 %", "Not passed", "Passed"],
    ]
    assert dialog.sums.text() == "2 result(s) change, of which 1 now pass and 1 no longer do. Unchanged: 1."
    assert dialog.left_out.text() == "Left as they are: 1 whose answers are kept by place, 1 still under way."
    assert everything(school) == before
    assert dialog.apply.hasFocus()
    QTest.keyClick(dialog.apply, Qt.Key.Key_Return)
    assert dialog.result() == RegradeDialog.DialogCode.Accepted
    assert dialog.outcome is not None
    assert dialog.outcome.sentence == "Regraded “Of Algebra”: 2 results changed."
    assert len(dialog.outcome.changes) == 2
    with as_worker():
        undo(school, INES, dialog.outcome.operation)
    assert everything(school) == before


def test_what_is_left_out_can_be_wanted_in(qtbot: QtBot, session: Session) -> None:
    dialog = shown(qtbot, session)
    assert dialog.places.isVisible()
    assert not dialog.by_hand.isVisible()
    dialog.places.click()
    assert ["Ana ana@school.edu", "0 %", "25 %", "Not passed", "Not passed"] in rows(dialog)
    assert dialog.left_out.text() == "Left as they are: 1 still under way."
    assert dialog.places.isVisible()
    dialog.places.click()
    assert len(rows(dialog)) == 2


def test_a_quiz_changed_meanwhile_is_looked_at_once_more(qtbot: QtBot, session: Session, school: Database) -> None:
    dialog = shown(qtbot, session)
    sql(school, "UPDATE quiz_questions SET correct_answer = '4' WHERE id = :id", id=question("one"))
    before = everything(school)
    dialog.apply.click()
    assert dialog.isVisible()
    assert "Nothing was written" in dialog.notice.text
    assert dialog.notice.isVisible()
    assert everything(school) == before
    assert rows(dialog) == []
    assert dialog.sums.text() == "No result changes."
    assert not dialog.apply.isEnabled()


def test_somebody_elses_result_meanwhile_is_left_alone(qtbot: QtBot, session: Session, school: Database) -> None:
    dialog = shown(qtbot, session)
    sql(school, "UPDATE quiz_attempts SET score = 99 WHERE score = 63")
    dialog.apply.click()
    assert dialog.outcome is not None
    assert dialog.outcome.sentence.endswith("Left alone, for others changed them meanwhile: 1.")


def test_a_large_one_can_be_stopped(
    qtbot: QtBot, session: Session, school: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (regrading, regrade_dialog):
        monkeypatch.setattr(module, "LARGE", 2)
    dialog = shown(qtbot, session)
    before = everything(school)
    immediate(session).hold()
    dialog.apply.click()
    assert dialog.progress.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    immediate(session).release()
    assert dialog.notice.text == "Cancelled. Nothing was changed."
    assert everything(school) == before
    dialog.apply.click()
    assert dialog.outcome is not None
    assert len(dialog.outcome.besides) == 1


def test_a_quiz_out_of_reach(qtbot: QtBot, session: Session) -> None:
    dialog = shown(qtbot, session, "of botany")
    assert "you may not see this" in dialog.notice.text
    assert not dialog.apply.isEnabled()


def test_the_model(qtmodeltester: ModelTester) -> None:
    changes = [
        Changed("1", "1", "s", None, None, 60, True, "Ana", "ana@school.edu"),
        Changed("2", "1", "s", 60, True, 0, False, "", ""),
    ]
    model = RegradesModel()
    qtmodeltester.check(model)
    model.show(changes)
    qtmodeltester.check(model)
    assert model.headerData(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole) == "The percentage of points"
    assert model.index(0, 1).data(Qt.ItemDataRole.AccessibleTextRole) == "no value"
