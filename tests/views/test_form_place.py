"""The place of a page's form: rows do not wait for it, and nobody notices that it came later."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from lms_desktop.admin import CATALOG
from lms_desktop.entities import User
from lms_desktop.views.entity_page import EntityPage
from lms_desktop.views.session import Session
from tests.small_school import actor, opened, row_id
from tests.views.sittings import sitting


@pytest.fixture
def session(qtbot: QtBot, database_url: URL, tmp_path: Path) -> Iterator[Session]:
    """The administrator's sitting at the small school."""
    with opened(database_url) as school, sitting(school, actor("admin"), tmp_path) as made:
        yield made


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> EntityPage:
    """The page of people, which nobody has opened yet."""
    made = EntityPage(session, CATALOG[User])
    qtbot.addWidget(made)
    made.resize(1200, 600)
    return made


def test_the_rows_come_before_there_is_a_form(qtbot: QtBot, page: EntityPage) -> None:
    forms: list[bool] = []
    page.model.arrived.connect(lambda: forms.append(page.beside._form is not None))
    page.show()
    page.activate()
    qtbot.waitUntil(lambda: bool(forms))
    assert forms == [False]
    assert page.beside.row_id() == page.model.row_id(0), "the place knows which record it will show"
    qtbot.waitUntil(lambda: page.beside._form is not None)
    qtbot.waitUntil(lambda: page.form.record() is not None)
    assert page.form.row_id() == page.model.row_id(0)
    assert page.form.isVisible()
    assert page.form.size() == page.beside.size()


def test_no_form_is_made_before_the_rows_that_somebody_hurries_on_to(
    qtbot: QtBot, page: EntityPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def is_busy() -> bool:
        asked.append(1)
        return len(asked) < 4

    monkeypatch.setattr(page.session.desk.waiting, "is_busy", is_busy)
    page.show()
    page.activate()
    made_after: list[int] = []
    page.beside.made.connect(lambda: made_after.append(len(asked)))
    qtbot.waitUntil(lambda: bool(made_after))
    assert made_after[0] >= 4


def test_nobody_has_a_form_made_after_the_page_was_left(
    qtbot: QtBot, page: EntityPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = [True]  # else the form may be there before the page is left
    monkeypatch.setattr(page.session.desk.waiting, "is_busy", lambda: busy[0])
    page.show()
    page.activate()
    qtbot.waitUntil(lambda: page.beside._coming)
    page.hide()
    busy[0] = False
    qtbot.waitUntil(lambda: not page.beside._coming)
    assert page.beside._form is None
    page.show()
    qtbot.waitUntil(lambda: page.beside._form is not None)


def test_whoever_asks_for_the_form_has_it_at_once(page: EntityPage) -> None:
    wanted = row_id(User, "ines")
    page.beside.show_record(wanted)
    assert page.form.row_id() == wanted


def test_a_place_without_a_form_holds_nothing_unfinished(page: EntityPage) -> None:
    assert page.unfinished() == 0
    assert page.take_editors()
    page.discard()
    page.refresh()
    assert page.beside._form is None, "none of this needs a form"


def test_a_page_is_made_ready_in_steps(page: EntityPage) -> None:
    steps = 1
    while page.prepare():
        steps += 1
    assert steps > 2
    assert page.beside._form is not None


def test_whoever_asks_for_a_form_that_is_only_begun_has_it_whole(page: EntityPage) -> None:
    wanted = row_id(User, "ines")
    page.beside.show_record(wanted)
    page.prepare()
    begun = page.beside._raw
    assert begun is not None
    assert not hasattr(begun, "details"), "the first step makes its head alone"
    assert page.form is begun
    assert page.form.details.fields.rows
    assert page.form.row_id() == wanted
