"""A page whose first rows are long in coming: it says so, and what was given up can be had all the same."""

from dataclasses import replace
from time import monotonic

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import User
from lms_desktop.errors import UserError
from lms_desktop.services.paging import Page, Want
from lms_desktop.spec import Filter, Operator, Query, Sort
from lms_desktop.views import slow_reading
from lms_desktop.views.entity_page import EntityPage
from lms_desktop.views.page_parts import ask_ahead
from lms_desktop.views.session import Session
from tests.postgres import plain_connection


def opened_page(qtbot: QtBot, session: Session) -> EntityPage:
    """The page of people, as it is opened."""
    page = EntityPage(session, CATALOG[User])
    qtbot.addWidget(page)
    page.resize(1200, 600)
    page.show()
    page.activate()
    return page


def test_rows_asked_for_before_there_was_a_page_are_said_to_be_slow(
    qtbot: QtBot, session: Session, database_url: URL
) -> None:
    with plain_connection(database_url) as elsewhere:
        with elsewhere.cursor() as cursor:
            cursor.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        ask_ahead(session, CATALOG[User])
        page = opened_page(qtbot, session)
        qtbot.waitUntil(lambda: page.banner.isVisible() and "Reading for" in page.banner.text)
        elsewhere.rollback()
    qtbot.waitUntil(lambda: page.model.loaded and not session.desk.jobs)
    assert not page.banner.isVisible()


def test_what_was_given_up_is_read_when_it_is_wanted_with_its_columns(qtbot: QtBot, session: Session) -> None:
    columns = ("email", "full_name")
    state = {"columns": list(columns), "filters": [], "sorts": [], "search": ""}
    session.preferences.save_page_state("users", state)
    page = opened_page(qtbot, session)
    assert page.columns == columns
    assert page.slow.stop()
    assert page.banner.text == "Nothing was read."
    (button,) = (one for one in page.banner.findChildren(QPushButton) if one.text() == "Read it now")
    button.click()
    qtbot.waitUntil(lambda: page.model.loaded and not session.desk.jobs)
    assert not page.banner.isVisible()
    assert tuple(field.key for field in page.model.fields) == columns


def test_why_one_order_takes_long_is_not_said_of_another(qtbot: QtBot, session: Session, database_url: URL) -> None:
    page = opened_page(qtbot, session)
    qtbot.waitUntil(lambda: page.model.loaded and not session.desk.jobs)
    slow, other = (Query(User, zone=session.zone, sorts=(Sort(key),)) for key in ("email", "role"))
    with plain_connection(database_url) as elsewhere:
        with elsewhere.cursor() as cursor:
            cursor.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        page.model.show(slow, page.columns)
        page.slow.explain(slow, "There is no index.")
        assert page.slow.reason == "There is no index."
        page.model.show(other, page.columns)
        assert page.slow.reason == ""
        page.slow.explain(slow, "There is no index.")
        assert page.slow.reason == "", "the answer comes when it is not asked for any more"
        elsewhere.rollback()
    qtbot.waitUntil(lambda: page.model.query == other and not session.desk.jobs)


def test_escape_stops_no_reading_that_nobody_can_have_seen(
    qtbot: QtBot, session: Session, database_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened_page(qtbot, session)
    qtbot.waitUntil(lambda: page.model.loaded and not session.desk.jobs)
    now, other = [monotonic()], Query(User, zone=session.zone, sorts=(Sort("email"),))
    monkeypatch.setattr(slow_reading, "monotonic", lambda: now[0])
    with plain_connection(database_url) as elsewhere:
        with elsewhere.cursor() as cursor:
            cursor.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        page.model.show(other, page.columns)
        now[0] += 0.1
        QTest.keyClick(page.table, Qt.Key.Key_Escape)
        waiting = [page.model.pending]
        now[0] += 0.1
        QTest.keyClick(page.table, Qt.Key.Key_Escape)
        waiting.append(page.model.pending)
        assert waiting == [other, None]
        elsewhere.rollback()
    qtbot.waitUntil(lambda: not session.desk.jobs)
    assert page.model.query != other


def test_why_rows_could_not_be_read_stays_in_sight_while_those_that_are_shown_are_read_again(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened_page(qtbot, session)
    qtbot.waitUntil(lambda: page.model.loaded and not session.desk.jobs)
    other, fetch = Query(User, zone=session.zone, sorts=(Sort("email"),)), session.pages.fetch

    def refuse(uow: UnitOfWork, query: Query, columns: tuple[str, ...], want: Want) -> Page:
        if query == other:
            raise UserError("Not now.")
        return fetch(uow, query, columns, want)

    with monkeypatch.context() as patch:
        patch.setattr(session.pages, "fetch", refuse)
        with qtbot.waitSignal(page.model.arrived):
            page.model.show(other, page.columns)
    qtbot.waitUntil(lambda: not session.desk.jobs)
    assert page.banner.isVisible()
    assert "Not now." in page.banner.text
    page.model.refresh()
    qtbot.waitUntil(lambda: page.model.query == other)
    assert not page.banner.isVisible()


def test_letters_lead_behind_the_end_that_was_supposed(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened_page(qtbot, session)
    qtbot.waitUntil(lambda: page.model.loaded and not session.desk.jobs)
    model, said = page.model, list[str]()
    last = model.total - 1
    begins = model.row_cells(last)[0].text[0]  # type: ignore[index]
    page.status.connect(said.append)
    monkeypatch.setattr(model, "total", last)
    monkeypatch.setattr(model, "exact", False)
    page.table.typed.emit(begins)
    qtbot.waitUntil(lambda: not session.desk.jobs)
    assert not any("nothing begins" in words for words in said)
    monkeypatch.undo()
    model.counted.emit()
    assert page.table.currentIndex().row() == last


def test_the_columns_keep_their_places_until_a_filtered_table_is_counted(
    qtbot: QtBot, session: Session, database_url: URL
) -> None:
    with plain_connection(database_url) as elsewhere, elsewhere.cursor() as cursor:
        cursor.execute(
            "INSERT INTO users (id, email, full_name, role, is_active, mfa_enabled, password_hash)"
            " SELECT gen_random_uuid(), i || '@school.edu', 'Student ' || i, 'student', true, false, ''"
            " FROM generate_series(1, 300) i"
        )
        elsewhere.commit()
    page = opened_page(qtbot, session)
    page.resize(1200, 2200)
    qtbot.waitUntil(lambda: page.model.exact and not session.desk.jobs)
    bar, widths, moments = page.table.verticalScrollBar(), set[int](), list[bool]()

    def note() -> None:
        widths.add(page.table.viewport().width())
        moments.append(page.model.exact)

    page.model.modelReset.connect(note)
    page.model.counted.connect(note)
    page.filters.query_changed.emit(replace(page.model.query, filters=(Filter("role", Operator.ONE_OF, ("student",)),)))
    qtbot.waitUntil(lambda: moments[-1:] == [True] and not session.desk.jobs)
    assert False in moments, "it was shown before it was counted"
    assert len(widths) == 1
    assert bar.isVisible()
    page.filters.query_changed.emit(replace(page.model.query, search="nobody at all"))
    qtbot.waitUntil(lambda: page.model.exact and not page.model.total)
    assert not bar.isVisible()
