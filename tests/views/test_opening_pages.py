"""Opening a page: what stands on the screen until its rows are there, and what is ready before anybody opens it."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QPushButton
from shiboken6 import isValid

from lms_desktop.views import theme
from lms_desktop.views.connection_info import ConnectionInfo
from lms_desktop.views.entity_page import EntityPage
from lms_desktop.views.main_window import MainWindow
from lms_desktop.views.session import Session
from lms_desktop.views.side_bar import SideBar


@pytest.fixture
def window(qtbot: QtBot, session: Session) -> Iterator[MainWindow]:
    """The main window, shown on the page of users."""
    made = MainWindow(session, ConnectionInfo("school", "this computer"), first="users")
    qtbot.addWidget(made)
    made.resize(1400, 800)
    made.show()
    qtbot.waitUntil(lambda: _of(made, "users").model.loaded and not session.desk.jobs)
    yield made
    made.close()


class Paintings(QObject):
    """Notes of each painting of some widgets whether the rows of a page were there."""

    def __init__(self, page: EntityPage, side: SideBar) -> None:
        super().__init__(page)
        self._page = page
        self.with_rows: list[bool] = []
        for widget in (page.filters, page.table.viewport(), side):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject::eventFilter."""
        if event.type() is QEvent.Type.Paint:
            self.with_rows.append(self._page.model.loaded)
        return False


def _of(window: MainWindow, name: str) -> EntityPage:
    page = window.page_of(name)
    assert isinstance(page, EntityPage)
    return page


def _buttons(window: MainWindow) -> list[QPushButton]:
    """The buttons of the page shown, in the bar at the top."""
    return [made for made in window.top._actions.findChildren(QPushButton) if not made.isHidden()]


def test_nothing_is_painted_before_the_rows_of_another_page_are_there(qtbot: QtBot, window: MainWindow) -> None:
    page = _of(window, "courses")
    seen = Paintings(page, window.side)
    window._stack._held._timer.setInterval(60_000)
    window.open_page("courses")
    qtbot.waitUntil(lambda: len(seen.with_rows) > 2)
    assert all(seen.with_rows)


def test_a_page_opened_again_while_it_is_awaited_is_painted_whole(qtbot: QtBot, window: MainWindow) -> None:
    page = _of(window, "courses")
    window._stack._held._timer.setInterval(60_000)
    window.open_page("courses")
    window.open_page("courses")
    qtbot.waitUntil(lambda: page.model.loaded)
    assert all(part.updatesEnabled() for part in (page, page.filters, page.filters.search, page.table.viewport()))


def test_a_page_whose_rows_do_not_come_is_painted_without_them(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _of(window, "courses")
    monkeypatch.setattr(page.model, "show", lambda *_: None)
    seen = Paintings(page, window.side)
    window.open_page("courses")
    qtbot.waitUntil(lambda: len(seen.with_rows) > 2)
    assert not any(seen.with_rows)


def test_a_page_made_ahead_has_its_buttons_and_the_widths_of_its_columns(qtbot: QtBot, window: MainWindow) -> None:
    window.preparing._timer.setInterval(1)
    with qtbot.waitSignal(window.preparing.prepared, check_params_cb=lambda page: page.name == "courses") as ended:
        window.preparing.start()
    page = ended.args[0]
    assert isinstance(page, EntityPage)
    ready = window.top._made[page._primary, "primary"]
    widths = [page.table.columnWidth(column) for column in range(len(page.model.fields))]
    form = page.splitter.sizes()
    window.open_page("courses")
    qtbot.waitUntil(lambda: page.model.loaded)
    assert _buttons(window)[-1] is ready[-1]
    assert [page.table.columnWidth(column) for column in range(len(page.model.fields))] == widths
    assert page.splitter.sizes() == form


def test_the_buttons_of_a_page_last_as_long_as_it_does(qtbot: QtBot, window: MainWindow) -> None:
    before = _buttons(window)
    window.open_page("courses")
    assert not set(before) & set(_buttons(window))
    window.open_page("users")
    assert _buttons(window) == before
    window.shut_pages(("courses",))
    qtbot.waitUntil(lambda: not any(isValid(made) for made in before))


def test_the_buttons_of_a_page_made_ahead_stay_unseen_when_those_of_another_come_back(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.open_page("attempts")  # whose buttons can all give way
    own = _buttons(window)
    assert own
    theme.current().set_text_size(200)
    window.resize(window.minimumSizeHint())
    qtbot.waitUntil(lambda: not window.top._actions.isVisible())
    window.preparing._timer.setInterval(1)
    with qtbot.waitSignal(window.preparing.prepared, check_params_cb=lambda page: page.name == "courses"):
        window.preparing.start()
    theme.current().set_text_size(100)
    window.resize(1400, 800)
    qtbot.waitUntil(lambda: all(made.isVisible() for made in own))
    assert [made for made in window.top._actions.findChildren(QPushButton) if made.isVisible()] == own


def test_a_page_opened_while_its_form_is_only_begun_shows_it_whole(qtbot: QtBot, window: MainWindow) -> None:
    def begun() -> EntityPage | None:
        page = window.preparing._made.get("courses")
        raw = page.beside._raw if isinstance(page, EntityPage) else None
        return page if isinstance(page, EntityPage) and raw is not None and raw._to_build else None

    window.preparing.start()
    qtbot.waitUntil(lambda: begun() is not None)
    page = begun()
    assert page is not None
    window.preparing.stop()
    raw = page.beside._raw
    assert raw is not None
    window.open_page("courses")
    assert page.isVisible()
    assert not raw.isVisible()
    qtbot.waitUntil(lambda: page.beside._form is raw and raw.record() is not None)
    assert raw.isVisible()
