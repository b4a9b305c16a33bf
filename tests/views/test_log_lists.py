"""The lists of the log as Qt models, and what beside them is said of an operation."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, update

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from lms_desktop.admin.logs import logs_for
from lms_desktop.database.unit_of_work import Database, Outcome, UnitOfWork
from lms_desktop.entities import Course
from lms_desktop.models.cells import SORTABLE_ROLE
from lms_desktop.models.log_table import LogTable
from lms_desktop.services.history import FieldChange
from lms_desktop.services.log_pages import LogPages
from lms_desktop.spec import Json, Query, Text
from lms_desktop.views import history_page, theme
from lms_desktop.views.change_view import DiffText, FieldChangeView, changed_lines
from lms_desktop.views.history_page import HistoryPage
from lms_desktop.views.session import Session
from tests.small_school import act, actor, opened, row_id
from tests.views.sittings import change, sitting

ALGEBRA = row_id(Course, "algebra")


@pytest.fixture
def database(database_url: URL) -> Iterator[Database]:
    """The small school."""
    with opened(database_url) as database:
        yield database


@pytest.fixture
def session(database: Database, tmp_path: Path, qapp: QApplication) -> Iterator[Session]:
    """An administrator's sitting, at which everything is done at once."""
    theme.install(qapp, theme.Scheme.LIGHT, 100)
    with sitting(database, actor("admin"), tmp_path) as session:
        yield session


def rename(title: str, course: str = ALGEBRA) -> Callable[[UnitOfWork], Outcome]:
    """An operation that gives a course another title."""

    def work(uow: UnitOfWork) -> Outcome:
        uow.execute(update(Course).where(Course.id == course).values(title=title))
        uow.touch(Course, [course], "update")
        return uow.outcome(f"Called it {title}.")

    return work


@pytest.mark.parametrize("place", range(3), ids=["operations", "deleted", "sign-ins"])
def test_each_list_is_a_proper_model(session: Session, qtmodeltester: ModelTester, place: int) -> None:
    session.desk.commit(rename("One"))
    logs = logs_for(session.actor)
    entity = list(logs)[place]
    model = LogTable(session.desk, LogPages(session.catalog, logs), Query(entity))
    model.show(Query(entity))
    qtmodeltester.check(model)
    assert model.headerData(0, Qt.Orientation.Horizontal, SORTABLE_ROLE) is False
    model.deleteLater()


def test_what_is_saved_comes_on_top_and_the_row_that_is_read_stays(session: Session, qtbot: QtBot) -> None:
    session.desk.commit(rename("One"))
    page = HistoryPage(session)
    qtbot.addWidget(page)
    page.resize(1000, 600)
    page.show()
    page.activate()
    table = page.lists[0].table
    first = page.panel.operation()
    assert (page.lists[0].model.total, table.currentIndex().row()) == (1, 0)
    session.desk.commit(rename("Two"))
    qtbot.waitUntil(lambda: page.lists[0].model.total == 2)
    assert table.currentIndex().row() == 1
    assert page.panel.operation() == first


def test_an_operation_on_two_hundred_rows_is_shown_a_part_at_a_time(session: Session, qtbot: QtBot) -> None:
    def work(uow: UnitOfWork) -> Outcome:
        for number in range(50):
            rename(f"Title {number}")(uow)
        return uow.outcome("Changed it often.")

    session.desk.commit(work)
    page = HistoryPage(session)
    qtbot.addWidget(page)
    page.show()
    page.activate()
    assert len(page.panel.cards()) == 20
    page.panel.more.click()
    page.panel.more.click()
    assert len(page.panel.cards()) == 50
    assert not page.panel.more.isVisible()
    assert page.panel.cards()[0].head.isChecked()
    assert not page.panel.cards()[1].head.isChecked()


def test_lines_of_long_texts_are_compared() -> None:
    assert changed_lines("a\nb\nc\nd\ne\nf\ng", "a\nB\nc\nd\ne\nf\nG") == [
        (" ", "a"),
        ("-", "b"),
        ("+", "B"),
        (" ", "c"),
        ("…", ""),
        (" ", "f"),
        ("-", "g"),
        ("+", "G"),
    ]


def test_json_is_compared_by_its_parts_and_a_secret_says_only_that_it_was_changed(session: Session) -> None:
    change = FieldChange("metadata", "Further data", Json(), '{"a": 1, "b": 2}', '{"a": 1, "b": 3}')
    view = FieldChangeView(change, "U", "UTC")
    (diff,) = view.findChildren(DiffText)
    assert [sign for sign, _ in diff.lines()] == [" ", "-", "+", " "]
    secret = FieldChangeView(FieldChange("password_hash", "Password", Text(), hidden=True), "U", "UTC")
    assert secret.accessibleName() == "Password was changed."


def test_places_of_the_history_are_come_back_to(session: Session, qtbot: QtBot) -> None:
    session.desk.commit(rename("One"))
    session.desk.commit(rename("Two"))
    page = HistoryPage(session)
    qtbot.addWidget(page)
    page.show()
    page.activate()
    page.lists[0].table.selectRow(1)
    place = page.place()
    page.tabs.setCurrentIndex(1)
    page.return_to(place)
    assert page.tabs.currentIndex() == 0
    assert page.lists[0].current_id() == place.record_id
    assert page.panel.operation() == place.record_id


def test_the_own_history_has_neither_other_people_nor_sign_ins(
    database: Database, tmp_path: Path, qtbot: QtBot, qapp: QApplication
) -> None:
    theme.install(qapp, theme.Scheme.LIGHT, 100)
    act(database, actor("admin"), rename("Theirs"))
    with sitting(database, actor("ines"), tmp_path) as session:
        page = HistoryPage(session)
        qtbot.addWidget(page)
        page.show()
        page.activate()
        assert page.title() == "My history"
        assert page.tabs.count() == 2
        assert page.lists[0].model.total == 0
        session.desk.commit(rename("Mine"))
        qtbot.waitUntil(lambda: page.lists[0].model.total == 1)


def test_tables_whose_changes_are_not_taken_down_are_named_and_covered(
    session: Session, database_url: URL, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = HistoryPage(session)
    qtbot.addWidget(page)
    page.show()
    page.activate()
    assert not page.gaps.isVisible()
    change(database_url, "DROP TRIGGER lms_desktop_update ON courses")
    session.log.look()
    assert page.gaps.isVisible()
    assert page.gaps.text == "Changes to these are not taken down here: Courses."
    monkeypatch.setattr(history_page, "ask_to_install", lambda _: True)
    page.gaps.findChildren(QPushButton)[0].click()
    qtbot.waitUntil(lambda: not page.gaps.isVisible())
    session.desk.commit(rename("One"))
    qtbot.waitUntil(lambda: page.lists[0].model.total == 1)
