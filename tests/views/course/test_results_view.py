"""The results of a quiz on the screen: overview, list, an attempt beside it, and what happens meanwhile."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, text

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Quiz, QuizAttempt
from lms_desktop.models.desk import as_worker
from lms_desktop.models.live import Batch
from lms_desktop.models.quiz_results import HardnessModel, SpreadModel
from lms_desktop.services import gate
from lms_desktop.services.teaching import attempts
from lms_desktop.services.teaching.results import Figures, Hardness
from lms_desktop.views import theme
from lms_desktop.views.course import results_view
from lms_desktop.views.course.results_view import ResultsView
from lms_desktop.views.session import Session
from tests.services.teaching import quiz_of_all
from tests.services.teaching.quiz_of_all import QUIZ, RIGHT, answers, attempt
from tests.small_school import actor, opened, row_id
from tests.views.sittings import immediate, sitting


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school with a quiz of every type that four have taken, and one takes."""
    with opened(database_url) as database:
        with database.engine.begin() as connection:
            quiz_of_all.fill(connection)
            attempt(connection, "all", answers(RIGHT), 100, True)
            attempt(connection, "some", answers({"one": "5", "several": ["a", "c"], "gone": "?"}), 38, False)
            attempt(connection, "none", "[]", 0, False)
            attempt(connection, "by place", '["4"]')
            attempt(connection, "under way", None, ended=False)
        yield database


@pytest.fixture
def session(qapp: QApplication, school: Database, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Session]:
    """Ines, or whoever is asked for."""
    theme.install(qapp, theme.Scheme.LIGHT, 100)
    with sitting(school, actor(getattr(request, "param", "ines")), tmp_path) as made:
        yield made


def shown(qtbot: QtBot, session: Session, quiz: str = QUIZ) -> ResultsView:
    """The view on the screen."""
    view = ResultsView(session)
    qtbot.addWidget(view)
    view.resize(1000, 700)
    view.show_quiz(row_id(Quiz, quiz))
    view.show()
    return view


def sql(school: Database, statement: str, **values: Any) -> None:
    """What somebody else saves."""
    with as_worker(), school.engine.begin() as connection:
        connection.execute(text(statement), values)


def cells(view: ResultsView, row: int) -> list[str]:
    """What a row of the questions says."""
    model = view.overview.questions_model
    return [str(model.index(row, column).data()) for column in range(model.columnCount())]


def choose(view: ResultsView, name: str) -> None:
    """Make an attempt current in the list."""
    wanted = row_id(QuizAttempt, name)
    model = view.attempts.model
    row = next(row for row in range(model.rowCount()) if model.row_id(row) == wanted)
    view.attempts.table.setCurrentIndex(model.index(row, 0))


def test_the_overview_says_how_it_went(qtbot: QtBot, session: Session) -> None:
    view = shown(qtbot, session)
    assert view.sums.text() == (
        "5 attempt(s) · 1 under way · 1 without a score · 33 % passed · median 38 % of the points · usually 10 min"
    )
    assert view.overview.picture.accessibleDescription() == (
        "Scores: 0–9 %: 1; 30–39 %: 1; 90–100 %: 1. The pass mark is 60 %."
    )
    assert cells(view, 0) == ["1", "The *one* one?", "50 %", "3", "0.30", "5 × 1"]
    assert cells(view, 4)[2] == "not marked by itself"
    view.overview.as_table.click()
    assert view.overview.spread.isVisible()
    spread = view.overview.spread_model
    assert [spread.index(3, column).data() for column in range(3)] == ["30–39 %", "1", "33.3 %"]


def test_a_usual_mistake_about_truth_is_said_as_a_word(qtbot: QtBot, session: Session, school: Database) -> None:
    with as_worker(), school.engine.begin() as connection:
        attempt(connection, "mistaken", answers({"truth": "false"}), 0, False)
    view = shown(qtbot, session)
    assert [row[5] for row in map(partial(cells, view), range(5)) if "False" in row[5]] == ["False × 1"]


def test_an_attempt_stands_beside_the_list(qtbot: QtBot, session: Session) -> None:
    view = shown(qtbot, session)
    view.show_attempts.click()
    assert view.attempts.table.isVisible()
    titles = [view.attempts.model.headerData(i, Qt.Orientation.Horizontal) for i in range(6)]
    assert titles == ["Student", "Score", "Result", "Started", "Duration", "Ended"]
    tip = view.attempts.model.headerData(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert "percentage of points" in tip
    choose(view, "some")
    words = [card.words for card in view.detail.cards]
    assert words[:3] == ["Wrong, 0 of 2 point(s)", "Right, 3 of 3 point(s)", "Not answered, 0 of 1 point(s)"]
    assert view.detail.shown is not None
    assert view.detail.shown.lost == (("?",),)
    choose(view, "under way")
    assert view.detail.shown is not None
    assert view.detail.shown.ended is None


def test_where_it_is_narrow_an_attempt_has_half_of_the_room_below_the_list(qtbot: QtBot, session: Session) -> None:
    view = shown(qtbot, session)
    view.resize(480, 620)
    view.show_attempts.click()
    choose(view, "some")
    qtbot.waitUntil(lambda: view.detail.shown is not None)
    qtbot.wait(1)
    assert view.detail.mapTo(view, QPoint()).y() > view.attempts.mapTo(view, QPoint()).y()
    assert view.detail.height() >= view.attempts.height() - 1


def test_halves_go_up_wherever_they_are_said(qtbot: QtBot, session: Session, school: Database) -> None:
    sql(school, "UPDATE quiz_attempts SET ended_at = started_at + interval '150 s' WHERE ended_at IS NOT NULL")
    sql(school, "UPDATE quiz_attempts SET score = 37 WHERE score = 0")
    sql(school, "UPDATE quiz_attempts SET score = NULL WHERE score = 100")
    view = shown(qtbot, session)
    assert view.sums.text().endswith("median 38 % of the points · usually 3 min")  # of 37 and 38, and of 2.5 minutes
    view.show_attempts.click()
    choose(view, "some")
    model = view.attempts.model
    row = view.attempts.table.currentIndex().row()
    assert model.index(row, 4).data() == "3 min"
    assert view.detail.shown is not None
    assert view.detail._when(view.detail.shown).endswith(", 3 min")


def test_what_is_saved_meanwhile_is_read_again(
    qtbot: QtBot, session: Session, school: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = shown(qtbot, session)
    view._soon.setInterval(0)
    sql(school, "DELETE FROM quiz_attempts WHERE score = 100")
    session.desk.noticed.emit(Batch(frozenset({"quiz_attempts"})))
    qtbot.waitUntil(lambda: view.sums.text().startswith("4 attempt(s)"))
    assert cells(view, 0)[2] == "33 %"
    monkeypatch.setattr(results_view, "FEW", 2)
    sql(school, "UPDATE quiz_questions SET correct_answer = '5' WHERE points = 2 AND options IS NOT NULL")
    session.desk.noticed.emit(Batch(frozenset({"quiz_questions"})))
    qtbot.waitUntil(view.overview.again.isVisible)
    view.overview.again.click()
    assert cells(view, 0)[5] == "4 × 1"
    assert not view.overview.again.isVisible()


def test_in_portions_and_a_quiz_that_is_left_meanwhile(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "PORTION", 2)
    monkeypatch.setattr(Hardness, "__init__", _small_portions(Hardness.__init__))
    desk = immediate(session)
    view = ResultsView(session)
    qtbot.addWidget(view)
    desk.hold()
    view.show_quiz(row_id(Quiz, QUIZ))
    view.show()
    desk.release(2)  # the figures, and the first portion or the list: the rest is still to come
    view.show_quiz(row_id(Quiz, "of sums"))
    desk.release()
    assert view.figures is not None
    assert view.figures.title == "Of Sums"
    assert view.hardness is not None
    assert view.hardness.quiz_id == row_id(Quiz, "of sums")
    view.show_quiz(row_id(Quiz, QUIZ))
    assert view.hardness is not None
    assert (view.hardness.seen, view.hardness.marked) == (5, 4)


def _small_portions(begin: Any) -> Any:
    def init(self: Hardness, uow: Any, quiz_id: str) -> None:
        begin(self, uow, quiz_id, 2)

    return init


def test_a_quiz_that_nobody_took(qtbot: QtBot, session: Session, school: Database) -> None:
    sql(school, "DELETE FROM quiz_attempts")
    view = shown(qtbot, session)
    assert view.overview.empty.isVisible()
    assert view.overview.empty.accessibleName() == "Nobody has taken this quiz yet."
    assert not view.regrade.isEnabled()


def test_a_quiz_that_some_take_and_nobody_has_a_score_of(qtbot: QtBot, session: Session, school: Database) -> None:
    sql(school, "UPDATE quiz_attempts SET score = NULL, passed = NULL")
    view = shown(qtbot, session)
    overview = view.overview
    assert overview.none.isVisible()
    assert overview.none.text() == "There is no score yet."
    for part in (overview.picture, overview.spread, overview.as_table):
        assert not part.isVisible(), "an empty picture says nothing"
    assert overview.questions.isVisible()
    sql(school, "UPDATE quiz_attempts SET score = 80 WHERE ended_at IS NOT NULL")
    view.refresh()
    assert overview.picture.isVisible()
    assert overview.as_table.isVisible()
    assert not overview.none.isVisible()


def test_a_quiz_out_of_reach(qtbot: QtBot, session: Session) -> None:
    view = shown(qtbot, session, "of botany")
    assert "you may not see this" in view.banner.text
    assert view.banner.isVisible()
    assert view.figures is None
    assert view.attempts.model.rowCount() == 0


@pytest.mark.parametrize(("session", "may"), [("ines", True), ("registrar", False)], indirect=["session"])
def test_regrading_is_offered_to_those_who_may(qtbot: QtBot, session: Session, may: bool) -> None:
    view = shown(qtbot, session)
    assert view.sums.text()
    assert view.regrade.isVisible() is may


def test_nothing_is_read_until_somebody_sees_it(qtbot: QtBot, session: Session) -> None:
    view = ResultsView(session)
    qtbot.addWidget(view)
    view.show_quiz(row_id(Quiz, QUIZ))
    assert view.figures is None
    view.show()
    assert view.figures is not None


def test_the_models(qtmodeltester: ModelTester, school: Database) -> None:
    with gate.reading(school, actor("ines")) as uow:
        hardness = Hardness(uow, row_id(Quiz, QUIZ))
        list(hardness.through(uow))
    spread, questions = SpreadModel(), HardnessModel()
    for model in (spread, questions):
        qtmodeltester.check(model)
    spread.show(Figures("x", 60, 0, 0, 0, 0, None, None, None, (0,) * 10))
    questions.show(hardness)
    for model in (spread, questions):
        qtmodeltester.check(model)
        for column in range(model.columnCount()):
            assert model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)


def test_the_list_of_another_quiz_is_never_that_of_the_former(qtbot: QtBot, session: Session) -> None:
    view = shown(qtbot, session)
    view.show_attempts.click()
    assert view.attempts.isVisible()
    view.show_quiz(row_id(Quiz, "of botany"))  # out of reach
    assert not view.attempts.isVisible()
    view.show_quiz(row_id(Quiz, "of sums"))
    assert view.attempts.isVisible()
    assert view.attempts.model.rowCount() == 1


def test_an_attempt_that_others_mark_is_read_again(qtbot: QtBot, session: Session, school: Database) -> None:
    view = shown(qtbot, session)
    view._soon.setInterval(0)
    view.show_attempts.click()
    choose(view, "all")
    sql(school, "UPDATE quiz_attempts SET score = 77 WHERE score = 100")
    session.desk.noticed.emit(Batch(frozenset({"quiz_attempts"})))
    qtbot.waitUntil(lambda: view.detail.shown is not None and view.detail.shown.score == 77)


def test_the_results_are_written_into_a_file(
    qtbot: QtBot, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = shown(qtbot, session)
    file = tmp_path / "results.csv"
    asked: list[str] = []

    def name(parent: object, title: str, first: str, kinds: str) -> tuple[str, str]:
        asked.append(first)
        return str(file), kinds

    monkeypatch.setattr(QFileDialog, "getSaveFileName", name)
    said: list[str] = []
    view.message.connect(said.append)
    view.export.click()
    assert asked == ["Of Algebra.csv"]
    assert said == [f"Written to {file}."]
    assert not view.busy.busy
    lines = file.read_bytes().decode("utf-8").split("\r\n")
    assert lines[0].startswith("\ufeffStudent,E-mail,Started,Ended,Score,Passed,1. The *one* one?,")
    assert len(lines) == 7  # the head, five attempts, and nothing behind the last
    assert list(tmp_path.glob(".*.csv*")) == []


def test_what_is_read_meanwhile_does_not_end_the_line_of_an_export(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    view, desk = shown(qtbot, session), immediate(session)
    desk.hold()
    view.refresh()
    view.exporting.start(view.quiz_id(), tmp_path / "results.csv")
    desk.release(desk.held - 1)
    desk.release(2)
    assert desk.held == 1, "the file alone is still to be written"
    assert view.busy.busy
    desk.release()
    assert not view.busy.busy


def test_an_export_can_be_cancelled(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    view, desk = shown(qtbot, session), immediate(session)
    bar, said, file = view.exporting.bar, list[str](), tmp_path / "results.csv"
    view.message.connect(said.append)
    assert not bar.isVisible()
    desk.hold()
    view.exporting.start(view.quiz_id(), file)
    assert bar.isVisible()
    assert bar.words.text() == "Reading the attempts"
    qtbot.mouseClick(bar.cancel_button, Qt.MouseButton.LeftButton)
    assert said == ["Cancelled. Nothing was written."]
    assert not bar.isVisible()
    assert not view.busy.busy
    desk.release()
    assert not file.exists()
    view.exporting.start(view.quiz_id(), file)
    assert file.exists(), "and begun again"
    assert not bar.isVisible()


def test_the_keyboard_goes_back_where_an_export_is_not_stopped_any_more(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    view, desk = shown(qtbot, session), immediate(session)
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    view.show_attempts.click()
    table = view.attempts.table
    table.setFocus()
    cancel, file = view.exporting.bar.cancel_button, tmp_path / "results.csv"
    desk.hold()
    view.exporting.start(view.quiz_id(), file)
    cancel.setFocus(Qt.FocusReason.TabFocusReason)
    while cancel.isEnabled():
        assert cancel.hasFocus()
        desk.release(1)
    assert not file.exists(), "it is still to be written"
    assert table.hasFocus()
    desk.release()
    assert file.exists()


def test_where_the_file_cannot_be_written_it_is_said(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    view = shown(qtbot, session)
    trouble: list[object] = []
    view.trouble.connect(trouble.append)
    view.exporting.start(view.quiz_id(), tmp_path / "nowhere" / "results.csv")
    assert len(trouble) == 1
    assert not view.busy.busy
