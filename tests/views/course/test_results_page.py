"""The page of a quiz's results: how one comes to it, what it is called, how one comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtWidgets import QApplication

from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Enrollment, Quiz, QuizAttempt
from lms_desktop.services.edits import Record
from lms_desktop.views import theme
from lms_desktop.views.course.results_page import ResultsPage
from lms_desktop.views.course.ways import RESULTS_PAGE, way_to_results
from lms_desktop.views.page import Destination
from tests.services.teaching import quiz_of_all
from tests.services.teaching.quiz_of_all import QUIZ, RIGHT, answers, attempt
from tests.small_school import actor, opened, row_id
from tests.views.sittings import sitting


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school with an attempt at a quiz of every type."""
    with opened(database_url) as database:
        with database.engine.begin() as connection:
            quiz_of_all.fill(connection)
            attempt(connection, "all", answers(RIGHT), 100, True)
        yield database


@pytest.fixture
def page(qtbot: QtBot, qapp: QApplication, school: Database, tmp_path: Path) -> Iterator[ResultsPage]:
    """The page, of the administrator."""
    theme.install(qapp, theme.Scheme.LIGHT, 100)
    with sitting(school, actor("admin"), tmp_path) as session:
        page = ResultsPage(session)
        qtbot.addWidget(page)
        page.resize(1000, 700)
        page.show()
        yield page


def record(entity: type, **values: str | None) -> Record:
    """A record with these values."""
    return Record(entity, "1", "1", "", "", values, {}, frozenset())


def test_it_is_opened_at_a_quiz_and_at_an_attempt(page: ResultsPage, qtbot: QtBot) -> None:
    quiz, key = row_id(Quiz, QUIZ), row_id(QuizAttempt, "all")
    assert page.title() == "Results"
    with qtbot.waitSignal(page.title_changed):
        page.go_to(Destination(RESULTS_PAGE, quiz))
    assert page.title() == "Results of Of Algebra"
    assert page.crumb().text == "Quizzes"
    assert page.crumb().destination == Destination("quizzes", quiz)
    assert page.view.overview.isVisible()
    page.go_to(Destination(RESULTS_PAGE, quiz, within=(QuizAttempt, key)))
    assert page.view.detail.shown is not None
    assert page.view.detail.shown.student == "Ana"
    there = page.place()
    page.go_to(Destination(RESULTS_PAGE, row_id(Quiz, "of nothing")))
    assert page.title() == "Results of Of Nothing"
    page.return_to(there)
    assert page.title() == "Results of Of Algebra"
    assert page.view.attempt_id() == key


def test_the_ways_to_it() -> None:
    assert way_to_results(None) is None
    assert way_to_results(record(Enrollment)) is None
    assert way_to_results(record(Quiz, course_id="c")) is None, "the page of the course has them"
    assert way_to_results(record(Quiz, course_id=None)) == Destination(RESULTS_PAGE, "1")
    way = way_to_results(record(QuizAttempt, quiz_id="q"))
    assert way == Destination(RESULTS_PAGE, "q", within=(QuizAttempt, "1"))


def test_what_is_there_is_named(page: ResultsPage) -> None:
    assert [action.text() for action in page.toolbar_actions()] == ["Preview as a student"]


def test_opened_by_its_name_it_shows_the_quiz_that_was_taken_last(page: ResultsPage) -> None:
    page.activate()
    latest = page.view.quiz_id()
    assert latest not in ("", row_id(Quiz, QUIZ)), "the attempts of the small school began today"
    page.go_to(Destination(RESULTS_PAGE, row_id(Quiz, QUIZ)))
    page.deactivate()
    page.view.show_quiz("")
    page.activate()
    assert page.view.quiz_id() == row_id(Quiz, QUIZ)
